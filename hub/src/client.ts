// A client of the contact centre, typed by the hub's own schemas: REST as
// functions, the topics of the WebSocket as lists that are kept up to date. For
// browsers and Node; it imports types only, so it brings nothing of the hub.
import type { Static } from '@fastify/type-provider-typebox'
import type { AcdAgentItem, AcdCallItem, AcdQueueItem, SupervisionItem } from './acd/items.js'
import type * as s from './acd/schemas.js'
import type * as settings from './acd/settings_schemas.js'
import type { AgentStatusAnswer } from './schemas.js'

export type { AcdAgentItem, AcdCallItem, AcdQueueItem, QueueCounters, SupervisionItem } from './acd/items.js'
export type { AgentWire, CallRecordWire } from './acd/schemas.js'
export type { AgentSettingsWire, QueueSettingsWire, SettingsWire } from './acd/settings_schemas.js'

export interface ClientOptions {
  /** Where the hub is, e.g. https://hub.example; without /api. */
  baseUrl: string
  token: () => string | Promise<string>
  fetch?: typeof globalThis.fetch
  /** Default: the host's own. In Node 20 that of `ws`. */
  WebSocket?: new (
    url: string,
  ) => SocketLike
}

/** What is used of a WebSocket. */
export interface SocketLike {
  send(text: string): void
  close(): void
  onopen: ((event: never) => unknown) | null
  onmessage: ((event: never) => unknown) | null
  onclose: ((event: never) => unknown) | null
  onerror: ((event: never) => unknown) | null
}

/** A refusal of the hub; `code` is one of docs/errors.md. */
export class HubError extends Error {
  override name = 'HubError'
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, detail: string) {
    super(detail)
    this.status = status
    this.code = code
  }
}

/** A key for one deed: give the same again when the answer was lost. */
export interface Deed {
  idempotencyKey?: string
}

export interface TopicItems {
  queues: AcdQueueItem
  acd_agents: AcdAgentItem
  acd_calls: AcdCallItem
  supervision: SupervisionItem
}
export type TopicName = keyof TopicItems

export interface Watch {
  /** All items of a topic, as they are known now. */
  items<T extends TopicName>(topic: T): readonly TopicItems[T][]
  /** False while the hub is out of reach: what is shown is then of an earlier time. */
  readonly live: boolean
  stop(): void
}

const KEYS: { [T in TopicName]: (item: TopicItems[T]) => string } = {
  queues: ({ queue }) => queue,
  acd_agents: ({ extension }) => extension,
  acd_calls: ({ call_id }) => call_id,
  supervision: ({ supervisor, call_id }) => `${supervisor}\n${call_id}`,
}
const RETRY_MS = [500, 1_000, 2_000, 5_000, 10_000, 30_000]
/** The hub answers a ping; one that does not is left. */
const PING_MS = 20_000

/** The operations of /api/contact-centre. Each rejects with HubError when the hub refuses. */
export function hubClient(options: ClientOptions) {
  const base = `${options.baseUrl.replace(/\/+$/, '')}/api`
  const fetcher = options.fetch ?? globalThis.fetch

  async function call<T>(method: string, path: string, body?: unknown, deed: Deed = {}): Promise<T> {
    const headers: Record<string, string> = { authorization: `Bearer ${await options.token()}` }
    if (body !== undefined) headers['content-type'] = 'application/json'
    if (method !== 'GET') headers['idempotency-key'] = deed.idempotencyKey ?? globalThis.crypto.randomUUID()
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    const response = await fetcher(base + path, init)
    const text = await response.text()
    const json = /json/.test(response.headers.get('content-type') ?? '')
    const answer = json && text !== '' ? (JSON.parse(text) as unknown) : undefined
    if (response.ok) return answer as T
    const problem = (answer ?? {}) as { code?: string; detail?: string }
    throw new HubError(response.status, problem.code ?? 'unknown', problem.detail ?? `answered ${response.status}`)
  }
  const at = (...parts: string[]) => `/contact-centre/${parts.map(encodeURIComponent).join('/')}`
  const query = (fields: object) => {
    const pairs = Object.entries(fields).filter(([, value]) => value !== undefined)
    return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}`
  }
  type State = Static<typeof s.StateAnswer>
  type Status = Static<typeof AgentStatusAnswer>

  return {
    queues: () => call<Static<typeof s.QueueItems>>('GET', at('queues')),
    queue: (queue: string) => call<AcdQueueItem>('GET', at('queues', queue)),
    settings: () => call<settings.SettingsWire>('GET', at('settings')),
    putQueue: (queue: string, body: Static<typeof settings.QueuePut>, deed?: Deed) =>
      call<settings.QueueSettingsWire>('PUT', at('queues', queue), body, deed),
    deleteQueue: (queue: string, deed?: Deed) => call<void>('DELETE', at('queues', queue), undefined, deed),
    agents: () => call<Static<typeof s.AgentItems>>('GET', at('agents')),
    agent: (extension: string) => call<s.AgentWire>('GET', at('agents', extension)),
    putAgent: (extension: string, body: Static<typeof settings.AgentPut>, deed?: Deed) =>
      call<settings.AgentSettingsWire>('PUT', at('agents', extension), body, deed),
    skills: () => call<{ items: Static<typeof settings.Skill>[] }>('GET', at('skills')),
    putSkill: (skill: string, body: Static<typeof settings.SkillPut>, deed?: Deed) =>
      call<Static<typeof settings.Skill>>('PUT', at('skills', skill), body, deed),
    deleteSkill: (skill: string, deed?: Deed) => call<void>('DELETE', at('skills', skill), undefined, deed),

    calls: (filter: Static<typeof s.CallsQuery> = {}) =>
      call<Static<typeof s.CallsAnswer>>('GET', at('calls') + query(filter)),
    queueCall: (queue: string, body: Static<typeof s.QueueCallPost>, deed?: Deed) =>
      call<Static<typeof s.QueueCallAnswer>>('POST', at('queues', queue, 'calls'), body, deed),
    dequeue: (id: string, deed?: Deed) => call<State>('DELETE', at('calls', id), undefined, deed),
    priority: (id: string, priority: number, deed?: Deed) =>
      call<State>('PUT', at('calls', id, 'priority'), { priority }, deed),
    move: (id: string, queue: string, deed?: Deed) => call<State>('POST', at('calls', id, 'move'), { queue }, deed),
    hangup: (id: string, deed?: Deed) => call<State>('POST', at('calls', id, 'hangup'), undefined, deed),
    transfer: (id: string, target: string, deed?: Deed) =>
      call<State>('POST', at('calls', id, 'transfer'), { target }, deed),
    supervise: (id: string, action: Static<typeof s.SupervisePost>['action'], deed?: Deed & { supervisor?: string }) =>
      call<State>(
        'POST',
        at('calls', id, 'supervise'),
        { action, ...(deed?.supervisor === undefined ? {} : { supervisor: deed.supervisor }) },
        deed,
      ),
    explanation: (id: string) => call<Record<string, unknown>>('GET', at('calls', id, 'explanation')),
    accept: (id: string, deed?: Deed) => call<State>('POST', at('offers', id, 'accept'), undefined, deed),
    reject: (id: string, deed?: Deed) => call<State>('POST', at('offers', id, 'reject'), undefined, deed),
    completeWrapUp: (extension: string, deed?: Deed) =>
      call<Status>('POST', `/agents/${encodeURIComponent(extension)}/complete-wrap-up`, undefined, deed),
    extendWrapUp: (extension: string, ms?: number, deed?: Deed) =>
      call<Status>(
        'POST',
        `/agents/${encodeURIComponent(extension)}/extend-wrap-up`,
        ms === undefined ? undefined : { ms },
        deed,
      ),

    records: (filter: Static<typeof s.RecordsQuery> = {}) =>
      call<Static<typeof s.RecordsAnswer>>('GET', at('records') + query(filter)),
    record: (id: string) => call<s.CallRecordWire>('GET', at('records', id)),
    writeNotes: (id: string, notes: string | null, deed?: Deed) =>
      call<s.CallRecordWire>('PATCH', at('records', id), { notes }, deed),
    schedule: (extension: string, range: Static<typeof s.ScheduleQuery> = {}) =>
      call<Static<typeof s.SchedulePut>>('GET', at('schedules', extension) + query(range)),
    putSchedule: (extension: string, body: Static<typeof s.SchedulePut>, deed?: Deed) =>
      call<Static<typeof s.SchedulePut>>('PUT', at('schedules', extension), body, deed),
    webhooks: () => call<Static<typeof s.WebhookItems>>('GET', at('webhooks')),
    addWebhook: (body: Static<typeof s.WebhookPost>, deed?: Deed) =>
      call<Static<typeof s.WebhookMade>>('POST', at('webhooks'), body, deed),
    removeWebhook: (id: string, deed?: Deed) => call<void>('DELETE', at('webhooks', id), undefined, deed),

    /** Keeps the items of topics; `onChange` whenever one of them, or `live`, has changed. */
    watch: (topics: readonly TopicName[], onChange: (topic: TopicName | null) => void): Watch =>
      watch(options, topics, onChange),
  }
}

interface Frame {
  type: string
  stream?: TopicName
  revision?: number
  part?: number
  items?: TopicItems[TopicName][]
  removed?: (string | string[])[]
}

function watch(
  options: ClientOptions,
  topics: readonly TopicName[],
  onChange: (topic: TopicName | null) => void,
): Watch {
  const Socket = options.WebSocket ?? (globalThis as unknown as { WebSocket: ClientOptions['WebSocket'] }).WebSocket
  if (!Socket) throw new Error('This host has no WebSocket; pass one, in Node 20 that of ws.')
  const lists = new Map(topics.map((topic) => [topic, new Map<string, unknown>()]))
  const revisions: Partial<Record<TopicName, number>> = {}
  let socket: SocketLike | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let ping: ReturnType<typeof setInterval> | undefined
  let [live, stopped, heard, attempt] = [false, false, true, 0]

  const setLive = (now: boolean) => {
    if (live === now) return
    live = now
    onChange(null)
  }
  const resync = (topic: TopicName) => socket?.send(JSON.stringify({ type: 'resync', topics: [topic] }))

  const take = (frame: Frame) => {
    heard = true
    if (frame.type === 'welcome') {
      attempt = 0
      return setLive(true)
    }
    const { stream: topic, revision = 0, items = [], removed = [] } = frame
    const list = topic && lists.get(topic)
    if (!topic || !list) return
    if (frame.type === 'snapshot') {
      if ((frame.part ?? 1) === 1) list.clear()
    } else if (frame.type !== 'changes' || revision <= (revisions[topic] ?? 0)) return
    else if (revisions[topic] !== undefined && revision !== (revisions[topic] ?? 0) + 1) return resync(topic)
    revisions[topic] = revision
    const keyOf = KEYS[topic] as (item: unknown) => string
    for (const item of items) list.set(keyOf(item), item)
    for (const key of removed) list.delete(typeof key === 'string' ? key : key.join('\n'))
    onChange(topic)
  }

  const open = async () => {
    const token = await options.token()
    if (stopped) return
    const one = new Socket(`${options.baseUrl.replace(/^http/, 'ws').replace(/\/+$/, '')}/api/ws`)
    socket = one
    one.onopen = () => one.send(JSON.stringify({ type: 'hello', token, topics, last_revision: revisions }))
    one.onmessage = ((event: { data: unknown }) => take(JSON.parse(String(event.data)) as Frame)) as never
    one.onerror = () => {} // `onclose` follows
    one.onclose = () => {
      if (socket === one) lost()
    }
    heard = true
    ping = setInterval(() => {
      if (!heard) return one.close()
      heard = false
      one.send('{"type":"ping"}')
    }, PING_MS)
  }
  const lost = () => {
    socket = null
    clearInterval(ping)
    setLive(false)
    if (stopped) return
    const wait = RETRY_MS[Math.min(attempt++, RETRY_MS.length - 1)] ?? 30_000
    timer = setTimeout(() => begin(), wait * (0.5 + Math.random() / 2))
  }
  const begin = () => {
    open().catch(() => lost()) // no token: tried again
  }
  begin()

  return {
    items: <T extends TopicName>(topic: T) => [...(lists.get(topic)?.values() ?? [])] as TopicItems[T][],
    get live() {
      return live
    },
    stop() {
      stopped = true
      clearTimeout(timer)
      clearInterval(ping)
      socket?.close()
    },
  }
}

export type HubClient = ReturnType<typeof hubClient>
