// A CRM in memory that speaks docs/wire.md, as a `fetch`. It can be told to
// fail, and remembers everything it was asked.

export interface BackendRequest {
  readonly method: string
  /** Below the base path, e.g. `/call-logs`. */
  readonly path: string
  readonly body: Record<string, unknown> | null
  readonly idempotencyKey: string
  readonly authorization: string
}

export interface BackendWrite {
  readonly kind: 'create' | 'update'
  readonly id: string
  readonly status: string
  readonly record: Record<string, unknown>
}

export interface Failure {
  /** Part of `METHOD /path`; every request when left out. */
  match?: string | RegExp
  /** How many requests fail; one when left out. */
  times?: number
  /** A status to answer with, or no answer: the connection breaks, or nothing ever comes. */
  with: number | 'network' | 'never'
  /** With 'network' or a status: the request is carried out all the same, only its answer is lost. */
  afterwards?: boolean
}

export interface ScriptedBackend {
  readonly fetch: typeof fetch
  readonly requests: readonly BackendRequest[]
  /** Every write of a call_log that was carried out, oldest first. */
  readonly writes: readonly BackendWrite[]
  readonly callLogs: ReadonlyMap<string, Record<string, unknown>>
  readonly contacts: ReadonlyMap<string, Record<string, unknown>>
  readonly agents: ReadonlyMap<string, Record<string, unknown>>
  /** What was last done to a channel: `{transfer, conference, recording}`, each the state that was answered. */
  readonly channels: ReadonlyMap<string, Record<string, unknown>>
  fail(failure: Failure): void
  /** Answers wait until `release` is called. */
  pause(): void
  release(): void
  setAgent(extension: string, status: Record<string, unknown>): void
}

export interface ScriptedBackendOptions {
  /** false: the backend reaches no PBX, and answers transfers, conferences and recordings with 501, as the hub does. */
  pbx?: boolean
}

interface Answer {
  status: number
  body: unknown
}

const kFinal = new Set(['answered', 'missed', 'no_answered'])

/** What a PBX makes of each action, as the state that the backend answers. */
const kDone: Record<string, Record<string, string>> = {
  transfer: { blind: 'done', start: 'consulting', complete: 'done', cancel: 'cancelled', swap: 'ready' },
  conference: { merge: 'merged', split: 'split' },
  recording: { start: 'on', pause: 'paused', resume: 'on', stop: 'off' },
}

export function scriptedBackend(options: ScriptedBackendOptions = {}): ScriptedBackend {
  const requests: BackendRequest[] = []
  const writes: BackendWrite[] = []
  const callLogs = new Map<string, Record<string, unknown>>()
  const contacts = new Map<string, Record<string, unknown>>()
  const agents = new Map<string, Record<string, unknown>>()
  const channels = new Map<string, Record<string, unknown>>()
  const answered = new Map<string, Answer>()
  const failures: Required<Failure>[] = []
  let paused: Promise<void> | undefined
  let release = () => {}

  const routes: [string, RegExp, (request: BackendRequest, part: string) => Answer][] = [
    [
      'POST',
      /\/contacts\/find-or-create$/,
      ({ body }) => findOrCreate(String(body?.number ?? ''), String(body?.name ?? '')),
    ],
    ['POST', /\/call-logs$/, ({ body }) => create(body ?? {})],
    ['PATCH', /\/call-logs\/([^/]+)$/, ({ body }, id) => update(id, body ?? {})],
    ['GET', /\/call-logs$/, () => ok({ items: [...callLogs.values()].reverse() })],
    ['GET', /\/agents$/, () => ok({ items: [...agents.values()] })],
    [
      'GET',
      /\/agents\/([^/]+)\/status$/,
      (_, extension) => {
        const agent = agents.get(extension)
        return agent ? ok(agent) : problem(404, 'agent_unknown')
      },
    ],
    [
      'PUT',
      /\/agents\/([^/]+)\/status$/,
      ({ body }, extension) => {
        const agent = {
          extension,
          source: 'crm',
          call_log_id: null,
          since: Date.now(),
          ...agents.get(extension),
          ...body,
        }
        agents.set(extension, agent)
        return ok(agent)
      },
    ],
    [
      'POST',
      /\/members\/([^/]+)\/pause$/,
      ({ body }, extension) =>
        ok({ extension, paused: body?.paused, reason_paused: body?.reason_paused, synced: true }),
    ],
    ...Object.keys(kDone).map((what): [string, RegExp, (request: BackendRequest, part: string) => Answer] => [
      'POST',
      new RegExp(`/calls/([^/]+)/${what}$`),
      ({ body }, channel) => ofCall(what, channel, body ?? {}),
    ]),
    ['GET', /\/health$/, () => ok({ status: 'ok', database: 'memory', uptime_ms: 0, version: 'scripted' })],
  ]

  function findOrCreate(raw: string, name: string): Answer {
    const number = raw.replace(/[^\d+]/g, '')
    const known = contacts.get(number)
    if (known) return ok({ ...known, created: false })
    const contact = { id: `contact-${contacts.size + 1}`, number, name, company: null }
    contacts.set(number, contact)
    return ok({ ...contact, created: true })
  }

  function create(record: Record<string, unknown>): Answer {
    const id = `log-${callLogs.size + 1}`
    const stored = { ...record, id }
    callLogs.set(id, stored)
    writes.push({ kind: 'create', id, status: String(record.status ?? ''), record: stored })
    return { status: 201, body: stored }
  }

  function update(id: string, record: Record<string, unknown>): Answer {
    const before = callLogs.get(id)
    if (!before) return problem(404, 'call_log_unknown')
    const stale = Number(record.revision ?? 0) <= Number(before.revision ?? 0)
    const reopened = kFinal.has(String(before.status)) && !kFinal.has(String(record.status ?? before.status))
    if (stale || reopened) return ok(before)
    const stored: Record<string, unknown> = { ...before, ...record, id }
    callLogs.set(id, stored)
    writes.push({ kind: 'update', id, status: String(stored.status ?? ''), record: stored })
    return ok(stored)
  }

  function ofCall(what: string, channel: string, body: Record<string, unknown>): Answer {
    if (options.pbx === false) return problem(501, 'pbx_not_connected')
    const state = kDone[what]?.[String(body.action)]
    if (state === undefined) return problem(400, 'validation_failed')
    channels.set(channel, { ...channels.get(channel), [what]: state })
    return ok({ channel_id: channel, state })
  }

  function carryOut(request: BackendRequest): Answer {
    if (request.authorization === '') return problem(401, 'token_invalid')
    for (const [method, pattern, run] of routes) {
      const found = pattern.exec(request.path)
      if (method !== request.method || !found) continue
      const key = request.idempotencyKey && `${method} ${request.path} ${request.idempotencyKey}`
      const first = key ? answered.get(key) : undefined
      if (first) return first
      const answer = run(request, decodeURIComponent(found[1] ?? ''))
      if (key) answered.set(key, answer)
      return answer
    }
    return problem(404, 'not_found')
  }

  function failureOf(request: BackendRequest): Required<Failure> | undefined {
    const name = `${request.method} ${request.path}`
    const index = failures.findIndex(({ match }) =>
      typeof match === 'string' ? name.includes(match) : match.test(name),
    )
    const failure = failures[index]
    if (failure) {
      failure.times -= 1
      if (failure.times <= 0) failures.splice(index, 1)
    }
    return failure
  }

  return {
    requests,
    writes,
    callLogs,
    contacts,
    agents,
    channels,
    fail: ({ match = '', times = 1, with: how, afterwards = false }) =>
      void failures.push({ match, times, with: how, afterwards }),
    pause() {
      paused ??= new Promise((resolve) => {
        release = resolve
      })
    },
    release() {
      paused = undefined
      release()
    },
    setAgent: (extension, status) => void agents.set(extension, { extension, ...status }),

    fetch: async (input, init) => {
      const request = readRequest(input, init)
      requests.push(request)
      const failure = failureOf(request)
      const answer = !failure || failure.afterwards ? carryOut(request) : undefined
      if (failure?.with === 'never') return await untilAborted(init?.signal)
      await paused
      if (init?.signal?.aborted) throw new DOMException('aborted', 'AbortError')
      if (failure?.with === 'network') throw new TypeError('fetch failed')
      if (failure) return respond(problem(failure.with as number, 'scripted'))
      return respond(answer ?? problem(500, 'internal'))
    },
  }
}

function readRequest(input: RequestInfo | URL, init: RequestInit | undefined): BackendRequest {
  const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url
  const headers = new Headers(init?.headers)
  const path = url
    .replace(/^[a-z]+:\/\/[^/]+/i, '')
    .replace(/[?#].*$/, '')
    .replace(/^\/api(?=\/)/, '')
  return {
    method: (init?.method ?? 'GET').toUpperCase(),
    path,
    body:
      typeof init?.body === 'string' && init.body !== '' ? (JSON.parse(init.body) as Record<string, unknown>) : null,
    idempotencyKey: headers.get('idempotency-key') ?? '',
    authorization: headers.get('authorization') ?? '',
  }
}

function untilAborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')), { once: true })
  })
}

function ok(body: unknown): Answer {
  return { status: 200, body }
}

function problem(status: number, code: string): Answer {
  return { status, body: { type: 'about:blank', title: code, status, code } }
}

function respond({ status, body }: Answer): Response {
  const type = status >= 400 ? 'application/problem+json' : 'application/json'
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': type } })
}
