// What a supervisor may do to an agent: set a status, pause and unpause in queues. The hub
// decides, stores, tells the PBX and writes down who asked; what became of it comes by the feed.

import { currentToken, watchedFetch } from '../lib/session.ts'
import type { AgentStatus } from '../lib/types.ts'

/** Roles whose holder may act on others. */
export const mayAct = (role: string) => role === 'supervisor' || role === 'admin'

/** Random without `crypto.randomUUID`, which a page without TLS lacks. */
function fresh(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('-')
}

async function send(method: 'PUT' | 'POST', path: string, body: object): Promise<string> {
  try {
    const answer = await watchedFetch(`/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${currentToken()}`,
        'content-type': 'application/json',
        'idempotency-key': fresh(),
      },
      body: JSON.stringify(body),
    })
    if (answer.ok) return ''
    const problem: unknown = await answer.json().catch(() => null)
    return refusal(answer.status, (problem as { code?: unknown } | null)?.code)
  } catch {
    return 'The server did not answer. Nothing was changed; try again when it is back.'
  }
}

function refusal(status: number, code: unknown): string {
  const named = typeof code === 'string' ? ` (${code})` : ''
  if (status === 403) return `Your role does not allow this. Ask an administrator${named}.`
  if (status === 404) return `The CRM does not know this agent${named}.`
  if (status === 429) return `Too many requests. Wait a moment, then try again${named}.`
  return `The server did not accept it${named}. What stands here is what is so.`
}

/** Empty when it is stored, else what to tell the reader. */
export const setStatus = (extension: string, status: AgentStatus, reason: string) =>
  send('PUT', `/agents/${encodeURIComponent(extension)}/status`, { status, reason: reason || null, source: 'crm' })

/** `queue` empty: in all queues. Empty when it is stored, else what to tell the reader. */
export const setPause = (extension: string, queue: string, paused: boolean, reason: string) =>
  send('POST', `/members/${encodeURIComponent(extension)}/pause`, {
    paused,
    reason_paused: paused ? reason || 'PAUSE' : null,
    ...(queue === '' ? {} : { queue }),
  })

/** The hub reads all of the PBX's lists anew. Empty when it was asked, else what to tell the reader. */
export const readAgain = () => send('POST', '/pbx/resync', {})
