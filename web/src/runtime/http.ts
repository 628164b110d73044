// http.send, carried out with fetch. One effect gives exactly one event:
// HttpAnswered with the status and the body as it came, or HttpFailed with the
// reason why there is no answer. Paths and bodies: docs/wire.md.
import type { Clock } from '../clock.js'
import type { PhoneEffect } from '../generated/effects.js'
import type { PhoneEvent } from '../generated/events.js'
import type { HttpFailure, RequestName } from '../generated/words.js'
import type { ApiOptions, LogLevel, Session } from './options.js'

/** A longer answer is not one of ours. */
const ANSWER_MOST = 256 * 1024

const PATHS: Readonly<Record<RequestName, string>> = {
  contact_find_or_create: 'POST /contacts/find-or-create',
  call_log_create: 'POST /call-logs',
  call_log_update: 'PATCH /call-logs/{record}',
  agent_status_get: 'GET /agents/{extension}/status',
  agent_status_put: 'PUT /agents/{extension}/status',
  queue_pause: 'POST /members/{extension}/pause',
  call_transfer: 'POST /calls/{record}/transfer',
  call_conference: 'POST /calls/{record}/conference',
  call_recording: 'POST /calls/{record}/recording',
  wrap_up_extend: 'POST /agents/{extension}/extend-wrap-up',
}

export type HttpSend = Extract<PhoneEffect, { type: 'http.send' }>

export interface Http {
  send(effect: HttpSend): void
  /** Gives up what is only read. Writes go on to their end: they may be the last word on a call. */
  stop(): void
  /** Gives up everything: another tab sends it now. */
  abort(): void
}

interface Host {
  api: ApiOptions
  session: Required<Session>
  clock: Clock
  log(level: LogLevel, text: string): void
  emit(event: PhoneEvent): void
}

class Failed {
  constructor(readonly failure: HttpFailure) {}
}

export function createHttp(host: Host): Http {
  /** What gives each request under way up, and whether it only reads. */
  const running = new Map<() => void, boolean>()
  return {
    send(effect) {
      const abort = new AbortController()
      // Given up, it is over at once: neither `token` nor a custom fetch has to know AbortSignal.
      let over = false
      const end = (event: PhoneEvent) => {
        if (over) return
        over = true
        host.clock.clearTimeout(limit)
        running.delete(giveUp)
        host.emit(event)
      }
      const failed = (failure: HttpFailure) => end({ type: 'HttpFailed', request: effect.id, failure })
      const giveUp = (failure: HttpFailure = 'aborted') => {
        failed(failure)
        abort.abort()
      }
      const limit = host.clock.setTimeout(() => giveUp('timeout'), host.api.timeoutMs ?? effect.timeout_ms)
      running.set(giveUp, effect.request === 'agent_status_get')
      exchange(effect, host, abort.signal).then(end, (error: unknown) => {
        const failure = error instanceof Failed ? error.failure : 'network'
        if (!over && !(error instanceof Failed)) host.log('debug', `${effect.request}: ${failure} (${String(error)})`)
        failed(failure)
      })
    },
    stop() {
      for (const [giveUp, reads] of [...running]) if (reads) giveUp()
    },
    abort() {
      for (const giveUp of [...running.keys()]) giveUp()
    },
  }
}

async function exchange(effect: HttpSend, host: Host, signal: AbortSignal): Promise<PhoneEvent> {
  const body = outgoing(effect, host)
  const first = await host.api.token({ refresh: false })
  let response = await request(effect, body, first, host, signal)
  if (response.status === 401) {
    const fresh = await host.api.token({ refresh: true })
    if (fresh !== first) {
      void response.body?.cancel().catch(() => {})
      response = await request(effect, body, fresh, host, signal)
    }
  }
  const text = await bodyOf(response)
  return {
    type: 'HttpAnswered',
    request: effect.id,
    status_code: response.status,
    server_time: moment(response.headers?.get('date')),
    retry_after_ms: retryAfter(response, host.clock.now()),
    body: incoming(effect, host, text, response.status),
  }
}

/** An HTTP date (RFC 9110, 5.6.7) in milliseconds since 1970; 0 when there is none. A page of another origin sees it only if it is exposed. */
function moment(date: string | null | undefined): number {
  const at = date ? Date.parse(date) : Number.NaN
  return Number.isFinite(at) && at > 0 ? at : 0
}

/** Retry-After (RFC 9110, 10.2.3), seconds or a date, as milliseconds from now; a date is compared with the server's own clock. 0: not said. */
function retryAfter(response: Response, now: number): number {
  const text = response.headers?.get('retry-after')?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const until = moment(text)
  return until === 0 ? 0 : Math.max(0, until - (moment(response.headers?.get('date')) || now))
}

function request(effect: HttpSend, body: string, token: string, host: Host, signal: AbortSignal): Promise<Response> {
  const [method, path] = methodAndPath(effect, host)
  const headers: Record<string, string> = { accept: 'application/json', authorization: `Bearer ${token}` }
  if (effect.idempotency_key !== '') headers['idempotency-key'] = effect.idempotency_key
  const init: RequestInit = { method, headers, signal, cache: 'no-store' }
  if (method !== 'GET' && method !== 'HEAD' && body !== '') {
    headers['content-type'] = 'application/json'
    init.body = body
    // A page that is being left still sends its last call_log; browsers allow 64 KiB of that.
    init.keepalive = body.length < 16 * 1024
  }
  const send = host.api.fetch ?? fetch
  return send(host.api.baseUrl.replace(/\/+$/, '') + path, init)
}

function methodAndPath(effect: HttpSend, { api, session }: Host): [string, string] {
  const given = api.paths?.[effect.request]
  const pattern = typeof given === 'function' ? given(effect.record, session) : (given ?? PATHS[effect.request])
  const [method, path] = /^[A-Z]+ /.test(pattern) ? split(pattern) : [split(PATHS[effect.request])[0], pattern]
  const filled = path
    .replaceAll(/\{(?:record|id)\}/g, encodeURIComponent(effect.record))
    .replaceAll('{extension}', encodeURIComponent(session.extension))
  return [method, filled]
}

function split(pattern: string): [string, string] {
  const space = pattern.indexOf(' ')
  return [pattern.slice(0, space), pattern.slice(space + 1).trim()]
}

function outgoing(effect: HttpSend, { api, log }: Host): string {
  if (!api.transform?.request) return effect.body
  try {
    const ours: unknown = effect.body === '' ? null : JSON.parse(effect.body)
    return JSON.stringify(api.transform.request(effect.request, ours, effect.record)) ?? ''
  } catch (error) {
    log('error', `api.transform.request failed for ${effect.request}: ${String(error)}`)
    throw new Failed('aborted')
  }
}

/** What is not JSON goes to the engine as it is: it says what is wrong with it. */
function incoming(effect: HttpSend, { api, log }: Host, text: string, status: number): string {
  if (!api.transform?.answer) return text
  let theirs: unknown
  try {
    theirs = text === '' ? null : JSON.parse(text)
  } catch {
    return text
  }
  try {
    return JSON.stringify(api.transform.answer(effect.request, theirs, status)) ?? ''
  } catch (error) {
    log('error', `api.transform.answer failed for ${effect.request}: ${String(error)}`)
    throw new Failed('bad_answer')
  }
}

async function bodyOf(response: Response): Promise<string> {
  if (Number(response.headers?.get('content-length') ?? 0) > ANSWER_MOST) throw tooLong(response)
  if (!response.body?.getReader) {
    const text = await response.text()
    if (text.length > ANSWER_MOST) throw new Failed('bad_answer')
    return text
  }
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let bytes = 0; ; ) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.length
    if (bytes > ANSWER_MOST) {
      void reader.cancel().catch(() => {})
      throw new Failed('bad_answer')
    }
    text += decoder.decode(value, { stream: true })
  }
}

function tooLong(response: Response): Failed {
  void response.body?.cancel().catch(() => {})
  return new Failed('bad_answer')
}
