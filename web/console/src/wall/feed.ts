// The line of a wallboard, or of a list of colleagues, to the hub (docs/wire.md): one WebSocket, opened again when it
// is lost, asked when it is silent. A revision that is left out, or an item that cannot
// be read, is answered by asking for the whole. It draws nothing and sets no status.

import { readAcdAgent, readAcdCall, readAcdQueue, readSession, type Session, sessionKey } from '../acd/items.ts'
import {
  asFields,
  type MemberItem,
  readAgent,
  readAlarms,
  readExtension,
  readLink,
  readMember,
  readQueue,
} from './items.ts'
import type { Wall } from './store.ts'

/** What a wallboard asks for. */
const topics = [
  'agent_status',
  'extension_status',
  'queue_member',
  'queue_status',
  'queues',
  'acd_agents',
  'acd_calls',
  'supervision',
] as const
export type Topic = (typeof topics)[number]

/** Nothing heard for so long: the hub is asked; it tells its link every 5 s where it has a PBX. */
const silenceMs = 12_000
const answerMs = 5_000
/** Nobody who asks again after a restart should come at the same moment as all others. */
const backOffMs = (attempt: number, random: number) => Math.min(15_000, 500 * 2 ** attempt) * (0.75 + random / 2)

interface Store {
  getState(): Wall
  setState(part: Partial<Wall>): void
}

export interface FeedOptions {
  url: string
  token: () => string
  store: Store
  /** All of them unless less is wanted. */
  topics?: readonly Topic[]
  /** The hub no longer knows the token. */
  onRefused: () => void
  WebSocket?: typeof WebSocket
}

/** Changes are shown ten times a second at most: statuses come one by one, and each drawing asks every tile. */
const showMs = 100

interface Waiting {
  items: unknown[]
  removed: unknown[]
}

interface Gathered {
  revision: number
  items: unknown[]
  next: number
}

export class Feed {
  readonly #options: FeedOptions
  #socket: WebSocket | null = null
  #revisions = new Map<Topic, number>()
  #parts = new Map<Topic, Gathered>()
  /** Topics whose whole has been asked for. */
  #wanting = new Set<Topic>()
  #attempt = 0
  #heardAt = 0
  #timers = { retry: 0, silence: 0, answer: 0, show: 0 }
  #waiting = new Map<Topic, Waiting>()
  #closed = false

  constructor(options: FeedOptions) {
    this.#options = options
    addEventListener('online', this.#hurry)
    document.addEventListener('visibilitychange', this.#look)
    this.#open()
  }

  close(): void {
    this.#show()
    this.#closed = true
    removeEventListener('online', this.#hurry)
    document.removeEventListener('visibilitychange', this.#look)
    this.#drop()
  }

  readonly #hurry = () => {
    if (this.#socket === null && !this.#closed) this.#open()
  }

  /** A tab that slept may have missed the end of its socket. */
  readonly #look = () => {
    if (document.visibilityState === 'visible' && this.#socket?.readyState === 1) this.#ask()
  }

  #drop(): void {
    const { retry, silence, answer } = this.#timers
    for (const timer of [retry, silence, answer]) clearTimeout(timer)
    const socket = this.#socket
    this.#socket = null
    if (socket === null) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
  }

  #open(): void {
    this.#drop()
    const Socket = this.#options.WebSocket ?? WebSocket
    const socket = new Socket(this.#options.url)
    this.#socket = socket
    this.#show()
    this.#parts.clear()
    this.#wanting.clear()
    this.#timers.answer = setTimeout(() => this.#lost(), answerMs * 2) as unknown as number
    socket.onopen = () => {
      const last_revision = Object.fromEntries(this.#revisions)
      const wanted = this.#options.topics ?? topics
      this.#send({ type: 'hello', token: this.#options.token(), topics: wanted, last_revision })
      // Its answer comes after all that hello asks for: then the picture is whole.
      this.#ask()
    }
    socket.onmessage = ({ data }) => this.#heard(data)
    socket.onclose = ({ code }) => {
      if (code === 4401 || code === 4403) {
        this.close()
        this.#options.onRefused()
      } else this.#lost()
    }
  }

  #lost(): void {
    this.#drop()
    if (this.#closed) return
    const wait = backOffMs(this.#attempt, Math.random())
    this.#attempt += 1
    const { lostSince } = this.#options.store.getState()
    this.#options.store.setState({
      hub: 'lost',
      lostSince: lostSince ?? (this.#heardAt || Date.now()),
      retryAt: Date.now() + wait,
    })
    this.#timers.retry = setTimeout(() => this.#open(), wait) as unknown as number
  }

  #send(message: object): void {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message))
  }

  #ask(): void {
    this.#send({ type: 'ping' })
    clearTimeout(this.#timers.answer)
    this.#timers.answer = setTimeout(() => this.#lost(), answerMs) as unknown as number
  }

  #heard(data: unknown): void {
    this.#heardAt = Date.now()
    clearTimeout(this.#timers.silence)
    this.#timers.silence = setTimeout(() => this.#ask(), silenceMs) as unknown as number
    const frame = readFrame(data)
    if (frame === null || !this.#take(frame)) this.#unread()
  }

  /** False when the frame cannot be read. Types that are not for a wallboard are read and left. */
  #take(frame: Record<string, unknown>): boolean {
    switch (frame.type) {
      case 'welcome':
        this.#welcome(frame)
        return true
      case 'pong':
        this.#whole(frame)
        return true
      case 'link':
        this.#link(frame)
        return true
      case 'snapshot':
        return this.#snapshot(frame)
      case 'change':
        return this.#changes(frame, [frame.item], [])
      case 'changes':
        return this.#changes(frame, listOf(frame.items), listOf(frame.removed))
      default:
        return typeof frame.type === 'string'
    }
  }

  #unread(): void {
    this.#options.store.setState({ unread: this.#options.store.getState().unread + 1 })
  }

  #skew(frame: Record<string, unknown>): Partial<Wall> {
    return typeof frame.server_time === 'number' ? { skew: frame.server_time - Date.now() } : {}
  }

  #welcome(frame: Record<string, unknown>): void {
    const { hub } = this.#options.store.getState()
    this.#options.store.setState({ ...this.#skew(frame), ...(hub === 'open' ? {} : { hub: 'catching_up' }) })
  }

  #whole(frame: Record<string, unknown>): void {
    clearTimeout(this.#timers.answer)
    this.#show()
    this.#attempt = 0
    const { hub } = this.#options.store.getState()
    if (hub === 'open') return
    this.#options.store.setState({ ...this.#skew(frame), hub: 'open', lostSince: null, retryAt: null, filled: true })
  }

  #link(frame: Record<string, unknown>): void {
    const { alarms } = this.#options.store.getState()
    const told = readAlarms(frame.alarms)
    const same = JSON.stringify(told) === JSON.stringify(alarms)
    this.#options.store.setState({ link: readLink(frame.link), alarms: same ? alarms : told })
  }

  #snapshot(frame: Record<string, unknown>): boolean {
    const topic = topicOf(frame)
    const revision = frame.revision
    if (topic === null) return typeof frame.stream === 'string'
    if (typeof revision !== 'number' || !Array.isArray(frame.items)) return false
    const part = typeof frame.part === 'number' ? frame.part : 1
    const parts = typeof frame.parts === 'number' ? frame.parts : 1
    const begun = part === 1 ? { revision, items: [], next: 1 } : this.#parts.get(topic)
    if (begun === undefined || begun.next !== part || begun.revision !== revision) {
      this.#resync(topic)
      return true
    }
    const gathered = { revision, items: [...begun.items, ...(frame.items as unknown[])], next: part + 1 }
    this.#parts.set(topic, gathered)
    if (part < parts) return true
    this.#parts.delete(topic)
    this.#wanting.delete(topic)
    this.#revisions.set(topic, revision)
    this.#waiting.delete(topic)
    this.#options.store.setState(this.#applied(topic, gathered.items, [], true))
    return true
  }

  #changes(frame: Record<string, unknown>, items: readonly unknown[], removed: readonly unknown[]): boolean {
    const topic = topicOf(frame)
    if (topic === null) return typeof frame.stream === 'string'
    if (typeof frame.revision !== 'number') return false
    const last = this.#revisions.get(topic)
    if (last !== undefined && frame.revision <= last) return true
    if (last !== undefined && frame.revision > last + 1) this.#resync(topic)
    this.#revisions.set(topic, frame.revision)
    // Also what comes after a gap is true, as each item is whole; only others may be missing.
    this.#wait(topic, items, removed)
    return true
  }

  #wait(topic: Topic, items: readonly unknown[], removed: readonly unknown[]): void {
    const waiting = this.#waiting.get(topic)
    // Together only while the last word on each key stays the last: a removed item may come back.
    if (waiting !== undefined && (removed.length > 0 || waiting.removed.length > 0)) this.#show()
    const { items: before = [], removed: gone = [] } = this.#waiting.get(topic) ?? {}
    this.#waiting.set(topic, { items: [...before, ...items], removed: [...gone, ...removed] })
    this.#timers.show ||= setTimeout(() => this.#show(), showMs) as unknown as number
  }

  /** Draws what has come. */
  #show(): void {
    clearTimeout(this.#timers.show)
    this.#timers.show = 0
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const [topic, { items, removed }] of waiting)
      this.#options.store.setState(this.#applied(topic, items, removed, false))
  }

  #resync(topic: Topic): void {
    if (this.#wanting.has(topic)) return
    this.#wanting.add(topic)
    this.#revisions.delete(topic)
    this.#send({ type: 'resync', topics: [topic] })
    // A hub that gives no whole is left; the next time it is asked without a revision.
    const socket = this.#socket
    setTimeout(() => {
      if (this.#socket === socket && this.#wanting.has(topic)) this.#lost()
    }, answerMs)
  }

  #applied(topic: Topic, items: readonly unknown[], removed: readonly unknown[], anew: boolean): Partial<Wall> {
    const wall = this.#options.store.getState()
    const fail = () => {
      this.#unread()
      if (!anew) this.#resync(topic)
    }
    switch (topic) {
      case 'extension_status':
        return { extensions: merged(wall.extensions, anew, items, removed, readExtension, (it) => it.extension, fail) }
      case 'agent_status':
        return { agents: merged(wall.agents, anew, items, removed, readAgent, (it) => it.extension, fail) }
      case 'queue_status':
        return { queues: merged(wall.queues, anew, items, removed, readQueue, (it) => it.queue, fail) }
      case 'queues':
        return { acdQueues: merged(wall.acdQueues, anew, items, removed, readAcdQueue, (it) => it.queue, fail) }
      case 'acd_agents':
        return { acdAgents: merged(wall.acdAgents, anew, items, removed, readAcdAgent, (it) => it.extension, fail) }
      case 'acd_calls':
        return { acdCalls: merged(wall.acdCalls, anew, items, removed, readAcdCall, (it) => it.call_id, fail) }
      case 'supervision':
        return { sessions: mergedSessions(wall.sessions, anew, items, removed, fail) }
      case 'queue_member':
        return { members: mergedMembers(wall.members, anew, items, removed, fail) }
    }
  }
}

function readFrame(data: unknown): Record<string, unknown> | null {
  if (typeof data !== 'string') return null
  try {
    return asFields(JSON.parse(data))
  } catch {
    return null
  }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : [])

function topicOf(frame: Record<string, unknown>): Topic | null {
  return topics.find((topic) => topic === frame.stream) ?? null
}

/** A snapshot keeps the objects of items that are what they were, so that their tiles do not render. */
function merged<T>(
  before: ReadonlyMap<string, T>,
  anew: boolean,
  items: readonly unknown[],
  removed: readonly unknown[],
  read: (value: unknown) => T | null,
  keyOf: (item: T) => string,
  fail: () => void,
): ReadonlyMap<string, T> {
  const next = new Map(anew ? [] : before)
  for (const value of items) {
    const item = read(value)
    if (item === null) {
      fail()
      continue
    }
    const key = keyOf(item)
    if (asFields(value)?.gone === true) {
      next.delete(key)
      continue
    }
    const was = before.get(key)
    next.set(key, was !== undefined && alike(was, item) ? was : item)
  }
  for (const key of removed) next.delete(Array.isArray(key) ? key.join('\n') : String(key))
  return next
}

const isOver = ({ step }: Session) => step === 'ended' || step === 'failed'

/** A session's end is told together with its removal, and is kept to be read until its supervisor's next one. */
function mergedSessions(
  before: ReadonlyMap<string, Session>,
  anew: boolean,
  items: readonly unknown[],
  removed: readonly unknown[],
  fail: () => void,
): ReadonlyMap<string, Session> {
  const told = merged(before, anew, items, [], readSession, sessionKey, fail)
  const gone = new Set(removed.map((key) => (Array.isArray(key) ? key.join('\n') : String(key))))
  const busy = new Set([...told.values()].filter((session) => !isOver(session)).map(({ supervisor }) => supervisor))
  return new Map(
    [...told].filter(([key, session]) => (isOver(session) ? !busy.has(session.supervisor) : !gone.has(key))),
  )
}

const alike = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right)

function mergedMembers(
  before: Wall['members'],
  anew: boolean,
  items: readonly unknown[],
  removed: readonly unknown[],
  fail: () => void,
): Wall['members'] {
  const touched = new Map<string, Map<string, MemberItem>>()
  const of = (extension: string) => {
    const own = touched.get(extension) ?? new Map(anew ? [] : before.get(extension))
    touched.set(extension, own)
    return own
  }
  for (const value of items) {
    const item = readMember(value)
    if (item === null) fail()
    else of(item.extension).set(item.queue, item)
  }
  for (const key of removed) if (Array.isArray(key)) of(String(key[0])).delete(String(key[1]))
  const next = new Map(anew ? [] : before)
  for (const [extension, own] of touched) {
    const was = before.get(extension)
    if (own.size === 0) next.delete(extension)
    else next.set(extension, was !== undefined && alike([...was], [...own]) ? was : own)
  }
  return next
}
