// Requests of the contact centre's pages (docs/queues.md, "REST"): sent with the reader's token, refused with a
// sentence that says what happened and what to do. It keeps nothing.

import { currentToken, watchedFetch } from '../lib/session.ts'

export interface Answer {
  ok: boolean
  /** HTTP's; 0 when nothing came back. */
  status: number
  body: unknown
  /** The problem's code for support; empty when it was done. */
  code: string
  /** What the server says of it, in its own words; may be empty. */
  detail: string
  /** Refused fields: the pointer of each, and what is wrong with it. */
  fields: Readonly<Record<string, string>>
}

/** Random without `crypto.randomUUID`, which a page without TLS lacks. */
function fresh(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('-')
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')

/** `errors: [{path: "body/ring_ms", message}]`, as dotted names. */
function fieldsOf(errors: unknown): Record<string, string> {
  if (Array.isArray(errors)) {
    return Object.fromEntries(
      (errors as Record<string, unknown>[]).map((error) => [
        (text(error.pointer) || text(error.field) || text(error.path))
          .replace(/^[#/]+/, '')
          .replace(/^body\//, '')
          .replaceAll('/', '.'),
        plain(text(error.detail) || text(error.message)),
      ]),
    )
  }
  return typeof errors === 'object' && errors !== null ? (errors as Record<string, string>) : {}
}

/** A check's own words are for programmers; a person is told what they mean. */
const plain = (message: string) =>
  message.startsWith('must match pattern') ? 'Some of these characters are not allowed here.' : sentence(message)

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export async function ask(path: string, method: Method = 'GET', body?: object): Promise<Answer> {
  try {
    const answer = await watchedFetch(`/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${currentToken()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'GET' ? {} : { 'idempotency-key': fresh() }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const value: unknown = await answer.json().catch(() => null)
    if (answer.ok) return { ok: true, status: answer.status, body: value, code: '', detail: '', fields: {} }
    const problem = (value ?? {}) as Record<string, unknown>
    return {
      ok: false,
      status: answer.status,
      body: value,
      code: text(problem.code) || `http_${answer.status}`,
      detail: text(problem.detail),
      fields: fieldsOf(problem.errors),
    }
  } catch {
    return { ok: false, status: 0, body: null, code: 'no_answer', detail: '', fields: {} }
  }
}

/** What to tell the reader of a refusal: what stands, and what to do. */
export function refusalText({ status, detail }: Answer): string {
  if (status === 0) return 'The server did not answer. Nothing was changed; try again when it is back.'
  if (status === 403) return 'Your role does not allow this. Ask an administrator.'
  if (status === 404) return 'It is not there any more: it may have ended meanwhile.'
  if (status === 429) return 'Too many requests. Wait a moment, then try again.'
  if (status >= 500) return 'The server has a problem of its own. What stands here is what is so; try again.'
  return detail === '' ? 'The server did not accept it. What stands here is what is so.' : sentence(detail)
}

const sentence = (words: string) =>
  `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.?!]$/.test(words) ? '' : '.'}`

export const part = encodeURIComponent
