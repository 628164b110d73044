// The Centre in the hub: gives it bytes, events and time, and does what it
// asks for: socket, log-in, stored statuses, messages to Phones, topics. It
// decides nothing about the PBX; that is the engine's (docs/centre.md).
import type { FastifyBaseLogger } from 'fastify'
import type { MemberTold } from '../agent_pause.js'
import { StatusChanged, type StatusRequest, type StoredStatus } from '../agent_status.js'
import { Problem, rootCause } from '../problem.js'
import { AmiSocket } from './ami_socket.js'
import type { CentreAgent, CentreChanges, CentreEffect, CentreEvent, CentreReply, LinkItem } from './centre_types.js'
import { Commands } from './commands.js'
import type { PbxConfig } from './config.js'
import type { Centre } from './engine.js'
import type { PbxSide } from './index.js'
import { LinkBoard } from './link_board.js'
import { type PbxTopics, pbxTopics } from './pbx_topics.js'
import { RecentQueueNumbers } from './queue_numbers.js'
import type { Topic } from './topics.js'

/** What the service needs of the rest of the hub. */
export interface PbxHost {
  log: FastifyBaseLogger
  now: () => number
  frame_bytes: number
  ring: number
  putStatus(extension: string, request: StatusRequest): Promise<unknown>
  storedStatuses(): Promise<StoredStatus[]>
  settleMembers(members: readonly MemberTold[]): Promise<void>
  directory(): Promise<CentreAgent[]>
  /** Sends to the Phones of one extension; how many there are. */
  sendTo(extension: string, message: object): number
}

/** Agents that were made while the hub runs are known after this time. */
const DIRECTORY_MS = 30_000
/** How far ahead a timer of the runtime reaches. */
const WAKE_MOST_MS = 2_000_000_000

type OmitTime<E> = E extends CentreEvent ? Omit<E, 'at' | 'mono'> : never
/** An event before its time is put in. */
type Untimed = OmitTime<CentreEvent> | { type: 'CommandRequested'; id: string; command: string }

export class Pbx implements PbxSide {
  readonly topics: PbxTopics
  readonly link: LinkBoard
  readonly #centre: Centre
  readonly #socket: AmiSocket | null
  readonly #config: PbxConfig | null
  readonly #host: PbxHost
  readonly #commands: Commands
  readonly #queueNumbers: RecentQueueNumbers
  /** What was told last as stored: what a `status.write` was decided by. */
  #stored = new Map<string, number>()
  #directory = ''
  #agents: CentreAgent[] = []
  #inbox: Untimed[] = []
  #busy = false
  #closed = false
  #wake: NodeJS.Timeout | null = null
  #reread: NodeJS.Timeout | null = null

  /** `config` null: no connection is opened; bytes come by `receive` (tests and benches). */
  constructor(centre: Centre, config: PbxConfig | null, host: PbxHost) {
    this.#centre = centre
    this.#config = config
    this.#host = host
    this.topics = pbxTopics(host)
    this.link = new LinkBoard(host.now, config?.where ?? null)
    this.#queueNumbers = new RecentQueueNumbers(host.now)
    this.#commands = new Commands((event) => this.#dispatch(event))
    this.#socket = config
      ? new AmiSocket(config, {
          opened: () => this.#dispatch({ type: 'AmiOpened' }),
          closed: (reason) => this.#dispatch({ type: 'AmiClosed', reason }),
          bytes: (bytes) => this.receive(bytes),
        })
      : null
  }

  /** Tells the Centre who there is and what the CRM holds, then lets it begin. */
  async start(): Promise<void> {
    await this.#readDirectory()
    for (const stored of await this.#host.storedStatuses()) this.statusStored(stored)
    this.#dispatch({ type: 'Started' })
    this.#reread = setInterval(() => {
      this.#readDirectory().catch((error: unknown) => this.#failed(error, 'the agents were not read'))
    }, DIRECTORY_MS).unref()
  }

  async #readDirectory(): Promise<void> {
    const agents = await this.#host.directory()
    const text = JSON.stringify(agents)
    if (text === this.#directory || this.#closed) return
    this.#directory = text
    this.#agents = agents
    this.#dispatch({ type: 'AgentsChanged', agents })
  }

  #failed(error: unknown, what: string, more: object = {}): void {
    this.#host.log.error({ ...more, cause: rootCause(error).message }, what)
  }

  extensionOf(channel: string): string | null {
    const endpoint = channel.slice(0, channel.lastIndexOf('-'))
    return this.#agents.find((agent) => agent.endpoint === endpoint)?.extension ?? null
  }

  statusStored(stored: StoredStatus): void {
    this.#stored.set(stored.extension, stored.since)
    this.#dispatch({ type: 'StatusStored', ...stored })
  }

  phoneTold(extension: string, registration: string | null): void {
    this.#dispatch({ type: 'PhoneTold', extension, registration: registration ?? 'unregistered' })
  }

  /** A Phone has connected: what it missed of its call is said again. */
  phoneConnected(extension: string): void {
    for (const message of this.#queueNumbers.of(extension)) this.#host.sendTo(extension, message)
  }

  command(command: string, fields: object): Promise<string | undefined> {
    if (this.link.state !== 'live') throw linkDown(this.link.state, this.link.reason)
    return this.#commands.run(command, fields)
  }

  receive(bytes: Uint8Array): void {
    if (this.#closed) return
    this.#run(() => this.#centre.receive(bytes, this.#host.now(), performance.now()))
  }

  #dispatch(event: Untimed): void {
    if (this.#closed) return
    this.#inbox.push(event)
    if (this.#busy) return // what is under way takes it when it is done
    this.#run(() => null)
  }

  #timed(event: Untimed): CentreEvent {
    return { ...event, at: this.#host.now(), mono: performance.now() } as CentreEvent
  }

  /** One step of the engine, then what it asks for, then what came in meanwhile. */
  #run(step: () => CentreReply | null): void {
    this.#busy = true
    try {
      for (let reply = step(); ; ) {
        if (reply) this.#take(reply)
        const next = this.#inbox.shift()
        if (!next || this.#closed) break
        reply = this.#centre.dispatch(this.#timed(next))
        if (reply.error && next.type === 'CommandRequested') this.#commands.refuse(String(next.id), reply.error)
      }
    } finally {
      this.#busy = false
    }
  }

  #take(reply: CentreReply): void {
    if (reply.error) this.#host.log.error({ ...reply.error }, 'the Centre refused an event')
    this.#show(reply.changes)
    for (const effect of reply.effects) this.#perform(effect)
    this.#setWake(reply.wake_ms)
  }

  #setWake(wake_ms: number | null): void {
    if (this.#wake) clearTimeout(this.#wake)
    this.#wake = null
    if (wake_ms === null || this.#closed) return
    this.#wake = setTimeout(() => this.#dispatch({ type: 'Woke' }), Math.min(Math.max(wake_ms, 0), WAKE_MOST_MS))
  }

  #show(changes: CentreChanges): void {
    const { link, extensions, members, queues, calls } = changes
    if (link) this.#showLink(link)
    show(this.topics.extension_status, extensions)
    show(this.topics.queue_member, members)
    show(this.topics.queue_status, queues)
    show(this.topics.calls, calls)
    if (calls) this.#queueNumbers.ended(calls)
    if (!members || members.length === 0) return
    this.#host
      .settleMembers(members)
      .catch((error: unknown) => this.#failed(error, 'the result of a pause was not stored'))
  }

  #showLink(link: LinkItem): void {
    const before = this.link.state
    this.link.set(link)
    if (before === link.state || (before === 'none' && link.state === 'down')) return // it has not yet begun
    const level = link.state === 'down' || link.state === 'refused' || link.state === 'silent' ? 'warn' : 'info'
    const { reason } = this.link
    this.#host.log[level]({ pbx: this.#config?.where, ...(reason ? { reason } : {}) }, `link to the PBX: ${link.state}`)
  }

  #perform(effect: CentreEffect): void {
    switch (effect.type) {
      case 'ami.connect':
        this.#socket?.open()
        return
      case 'ami.close':
        this.#socket?.close()
        return
      case 'ami.login':
        this.#login(effect.action_id)
        return
      case 'ami.send':
        this.#socket?.write(effect.text)
        return
      case 'status.write':
        void this.#writeStatus(effect)
        return
      case 'queue_number': {
        const { type: _type, extension, ...fields } = effect
        const message = { type: 'queue_number', extension, ...emptyAsNull(fields) }
        this.#queueNumbers.add(extension, effect.yeastar_call_id, message)
        this.#host.sendTo(extension, message)
        return
      }
      case 'phone.message':
        this.#host.sendTo(effect.extension, effect.message)
        return
      case 'command.settled':
        this.#commands.settle(effect)
        return
      case 'alarm':
        this.link.alarm(effect.code, effect.detail, effect.active)
        if (effect.active) this.#host.log.warn({ alarm: effect.code }, effect.detail)
        else this.#host.log.info({ alarm: effect.code }, `over: ${effect.detail}`)
        return
      case 'log': {
        const { type: _type, level, text, ...more } = effect
        this.#host.log[level](more, text)
        return
      }
      default:
        effect satisfies never
    }
  }

  /** The only place that has the secret; it goes into the socket and nowhere else. */
  #login(actionId: string): void {
    if (!this.#config) return
    const { user, secret } = this.#config
    const lines = ['Action: Login', `ActionID: ${actionId}`, `Username: ${user}`, `Secret: ${secret}`, 'Events: system']
    this.#socket?.write(`${lines.join('\r\n')}\r\n\r\n`)
  }

  async #writeStatus(effect: Extract<CentreEffect, { type: 'status.write' }>): Promise<void> {
    const { extension, status, reason } = effect
    const request = {
      status: status as StatusRequest['status'],
      reason: reason || null,
      source: 'endpoint' as const,
      call_log_id: null,
      onlySince: this.#stored.get(extension) ?? null,
    }
    try {
      await this.#host.putStatus(extension, request)
    } catch (error) {
      const code = error instanceof StatusChanged ? 'changed' : error instanceof Problem ? error.code : 'not_stored'
      if (code === 'not_stored')
        this.#failed(error, 'a status of the endpoint synchronisation was not stored', { extension })
      this.#dispatch({ type: 'StatusRefused', extension, code })
    }
  }

  close(): void {
    this.#closed = true
    if (this.#wake) clearTimeout(this.#wake)
    if (this.#reread) clearInterval(this.#reread)
    this.#socket?.close()
    this.#commands.close()
    this.link.close()
    for (const topic of Object.values(this.topics)) topic.close()
    this.#centre.close()
  }
}

function show<T extends { gone?: boolean }>(topic: Topic<T>, items: T[] | undefined): void {
  if (!items || items.length === 0) return
  topic.remove(items.filter(({ gone }) => gone))
  topic.put(items.filter(({ gone }) => !gone))
}

const emptyAsNull = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value === '' ? null : value]))

const linkDown = (state: string, reason: string | null) =>
  new Problem(
    503,
    'pbx_unreachable',
    'PBX not reachable',
    `The link to the PBX is ${state}${reason ? `: ${reason}` : ''}. The call was left as it is.`,
  )
