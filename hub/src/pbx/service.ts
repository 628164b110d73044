// The Centre in the hub: gives it bytes, events and time, and does what it
// asks for: socket, log-in, stored statuses, messages to Phones, topics. It
// decides nothing about the PBX; that is the engine's (docs/centre.md).
import type { FastifyBaseLogger } from 'fastify'
import type { AcdCallItem, AcdChanges, AcdEffect, Restored } from '../acd/items.js'
import type { SettingsWire } from '../acd/settings_schemas.js'
import type { MemberTold } from '../agent_pause.js'
import { StatusChanged, type StatusRequest, type StoredStatus } from '../agent_status.js'
import { Problem, rootCause } from '../problem.js'
import { AmiSocket } from './ami_socket.js'
import type { CentreAgent, CentreChanges, CentreEffect, CentreEvent, CentreReply, LinkItem } from './centre_types.js'
import { type CommandAnswer, Commands } from './commands.js'
import type { PbxConfig } from './config.js'
import type { Centre } from './engine.js'
import type { PbxSide } from './index.js'
import { LinkBoard } from './link_board.js'
import { type PbxTopics, pbxTopics } from './pbx_topics.js'
import { RecentQueueNumbers } from './queue_numbers.js'
import type { Topic } from './topics.js'
import { WrapUps } from './wrap_ups.js'

/** Where the contact centre of the hub keeps what the engine decides (hub/src/acd). */
export interface AcdHost {
  /** What an engine's randomness begins from. */
  seed(): Promise<number>
  /** What an engine that begins is given of the one before; null: there is nothing. */
  restored(): Promise<Restored | null>
  currentSettings(): SettingsWire
  /** The next midnight, where the engine counts a new day. */
  midnight(at: number): number
  effect(effect: AcdEffect): void
  changes(changes: AcdChanges): void
}

/** What the service needs of the rest of the hub. */
export interface PbxHost {
  log: FastifyBaseLogger
  now: () => number
  frame_bytes: number
  ring: number
  /** Answers with what is stored then. */
  putStatus(extension: string, request: StatusRequest): Promise<{ since: number }>
  storedStatuses(): Promise<StoredStatus[]>
  settleMembers(members: readonly MemberTold[]): Promise<void>
  directory(): Promise<CentreAgent[]>
  /** Sends to the Phones of one extension; how many there are. */
  sendTo(extension: string, message: object): number
  acd?: AcdHost | undefined
  /** A fresh engine, after `standDown`. */
  openCentre?: () => Promise<Centre>
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
  /** null: another hub acts at the PBX. */
  #centre: Centre | null
  readonly #socket: AmiSocket | null
  readonly #config: PbxConfig | null
  readonly #host: PbxHost
  readonly #commands: Commands
  readonly #queueNumbers: RecentQueueNumbers
  readonly #wrapUps: WrapUps
  /** What was told last as stored: what a `status.write` was decided by. */
  #stored = new Map<string, number>()
  /** The engine's own writes that are under way: the last of each extension, with the interval that it left, or null. */
  #writing = new Map<string, Promise<number | null>>()
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
    this.topics = pbxTopics(host, config?.engine.tell_agent)
    this.link = new LinkBoard(host.now, config?.where ?? null)
    this.#queueNumbers = new RecentQueueNumbers(host.now)
    const settingsOf = (queue: string) => host.acd?.currentSettings().queues.find((one) => one.queue === queue)
    this.#wrapUps = new WrapUps(
      (queue) => settingsOf(queue)?.wrap_up.mode,
      (extension, message) => host.sendTo(extension, message),
    )
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
    this.#centre ??= (await this.#host.openCentre?.()) ?? null
    this.#directory = ''
    await this.#readDirectory()
    await this.#startAcd()
    for (const stored of await this.#host.storedStatuses()) this.statusStored(stored)
    this.#dispatch({ type: 'Started' })
    this.#reread = setInterval(() => {
      this.#readDirectory().catch((error: unknown) => this.#failed(error, 'the agents were not read'))
    }, DIRECTORY_MS).unref()
  }

  /** What the contact centre was before, and its settings; where there is neither, nothing is said. */
  async #startAcd(): Promise<void> {
    const { acd } = this.#host
    if (!acd) return
    const restored = await acd.restored()
    if (restored) this.#restore(restored)
    const settings = acd.currentSettings()
    // It is the settings that let the engine begin with what it was given.
    if (restored || settings.queues.length + settings.agents.length > 0) this.queuesChanged(settings)
  }

  #restore(restored: Restored): void {
    try {
      this.#dispatch({ type: 'AcdRestored', ...restored })
    } catch (error) {
      // What the engine cannot take it does without: the PBX tells which calls there are.
      this.#failed(error, 'the contact centre begins without what was kept')
    }
  }

  queuesChanged({ queues, agents }: SettingsWire): void {
    this.#dispatch({ type: 'QueuesChanged', queues, agents })
  }

  askSnapshot(): void {
    this.#dispatch({ type: 'SnapshotAsked' })
  }

  standDown(detail: string): void {
    if (this.#wake) clearTimeout(this.#wake)
    if (this.#reread) clearInterval(this.#reread)
    this.#socket?.close()
    this.#commands.close()
    this.#centre?.close()
    this.#centre = null
    this.#inbox = []
    for (const topic of Object.values(this.topics) as Topic<object>[]) topic.clear()
    this.link.set({ ...STANDS_BY, since: this.#host.now(), detail })
  }

  async #readDirectory(): Promise<void> {
    const agents = await this.#host.directory()
    const text = JSON.stringify(agents)
    if (text === this.#directory || this.#closed || !this.#centre) return
    this.#directory = text
    this.#agents = agents
    this.#dispatch({ type: 'AgentsChanged', agents })
  }

  #failed(error: unknown, what: string, more: object = {}): void {
    this.#host.log.error({ ...more, cause: rootCause(error).message }, what)
  }

  /** The engine's word: what is told to onlookers is gathered, and a leg may be younger than that. */
  extensionOf(channel: string): string | null {
    const leg = this.#closed ? null : this.#centre?.channel(channel)
    if (leg?.extension) return leg.extension
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

  /** A Phone has connected: what it missed of its call, and of the wrap-up after it, is said again. */
  phoneConnected(extension: string): void {
    for (const message of this.#queueNumbers.of(extension)) this.#host.sendTo(extension, message)
    const wrapUp = this.#wrapUps.message(extension)
    if (wrapUp) this.#host.sendTo(extension, wrapUp)
  }

  async command(command: string, fields: object): Promise<string | undefined> {
    const { state } = await this.ask(command, fields)
    return typeof state === 'string' && state !== '' ? state : undefined
  }

  async ask(command: string, fields: object): Promise<CommandAnswer> {
    if (this.link.state !== 'live') throw linkDown(this.link.state, this.link.reason)
    return this.#commands.run(command, fields)
  }

  receive(bytes: Uint8Array): void {
    const centre = this.#centre
    if (this.#closed || !centre) return
    this.#run(() => centre.receive(bytes, this.#host.now(), performance.now()))
  }

  #dispatch(event: Untimed): void {
    if (this.#closed || !this.#centre) return
    this.#inbox.push(event)
    if (this.#busy) return // what is under way takes it when it is done
    this.#run(() => null)
  }

  #timed(event: Untimed): CentreEvent {
    const at = this.#host.now()
    return { ...event, at, mono: performance.now(), midnight: this.#host.acd?.midnight(at) ?? 0 } as CentreEvent
  }

  /** One step of the engine, then what it asks for, then what came in meanwhile. */
  #run(step: () => CentreReply | null): void {
    this.#busy = true
    try {
      for (let reply = step(); ; ) {
        if (reply) this.#take(reply)
        const next = this.#inbox.shift()
        if (!next || this.#closed || !this.#centre) break
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
    show(this.topics.queues, changes.acd_queues)
    show(this.topics.acd_agents, changes.acd_agents)
    this.#wrapUps.agents(changes.acd_agents ?? [])
    // A call that is over is told once more with its outcome; the topic then takes it away.
    show(this.topics.acd_calls, changes.acd_calls?.map(onceMore))
    if (changes.acd_queues || changes.acd_agents || changes.acd_calls) this.#host.acd?.changes(changes)
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
      case 'supervision':
        show(this.topics.supervision, [effect.session])
        this.#wrapUps.session(effect.session)
        return
      case 'note':
        return // what an agent is told is in its items: offer, missed and wrap-up in acd_agents, who listens in acd_calls
      case 'record.write':
      case 'journal':
      case 'journal.snapshot':
      case 'webhook':
        this.#host.acd?.effect(effect)
        return
      case 'status.write':
        this.#writeStatus(effect)
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

  /**
   * One after the other for each agent. The engine decides a write in the knowledge of its own before it, stored or
   * not: only what somebody else has set meanwhile is in its way.
   */
  #writeStatus(effect: Extract<CentreEffect, { type: 'status.write' }>): void {
    const { extension } = effect
    const known = this.#stored.get(extension) ?? null
    const before = this.#writing.get(extension)
    const work = (async () => {
      const own = (await before) ?? null
      return this.#storeStatus(effect, own === null ? [known] : [known, own])
    })()
    this.#writing.set(extension, work)
    void work.then(() => {
      if (this.#writing.get(extension) === work) this.#writing.delete(extension)
    })
  }

  /** When the interval that is open then began; null: refused, which the engine is told. */
  async #storeStatus(
    { extension, status, reason, source }: Extract<CentreEffect, { type: 'status.write' }>,
    onlySince: (number | null)[],
  ): Promise<number | null> {
    const request = {
      status: status as StatusRequest['status'],
      reason: reason || null,
      source: source === 'acd' ? ('auto' as const) : ('endpoint' as const),
      call_log_id: null,
      onlySince,
    }
    try {
      return (await this.#host.putStatus(extension, request)).since
    } catch (error) {
      const code = error instanceof StatusChanged ? 'changed' : error instanceof Problem ? error.code : 'not_stored'
      if (code === 'not_stored')
        this.#failed(error, 'a status of the endpoint synchronisation was not stored', { extension })
      this.#dispatch({ type: 'StatusRefused', extension, code })
      return null
    }
  }

  close(): void {
    this.#closed = true
    if (this.#wake) clearTimeout(this.#wake)
    if (this.#reread) clearInterval(this.#reread)
    this.#wrapUps.close()
    this.#socket?.close()
    this.#commands.close()
    this.link.close()
    for (const topic of Object.values(this.topics)) topic.close()
    this.#centre?.close()
  }
}

/** What the link is while another hub acts at the PBX. */
const STANDS_BY: LinkItem = {
  state: 'down',
  since: 0,
  reason: 'standby',
  detail: null,
  attempts: 0,
  next_attempt_at: null,
  pbx: null,
  last_event_at: null,
  synced_at: null,
  counters: {},
}

function show<T extends { gone?: boolean }>(topic: Topic<T>, items: T[] | undefined): void {
  if (!items || items.length === 0) return
  topic.remove(items.filter(({ gone }) => gone))
  topic.put(items.filter(({ gone }) => !gone))
}

const onceMore = ({ gone, ...call }: AcdCallItem): AcdCallItem =>
  gone && call.ended_at == null ? { ...call, gone } : call

const emptyAsNull = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value === '' ? null : value]))

const linkDown = (state: string, reason: string | null) =>
  new Problem(
    503,
    'pbx_unreachable',
    'PBX not reachable',
    `The link to the PBX is ${state}${reason ? `: ${reason}` : ''}. The call was left as it is.`,
  )
