// An engine by script, in the place of centre.wasm: notes what it is told, says
// what a test wants. It tests the hub's side of docs/queues.md; what the true
// engine decides is tests/centre and tests/engine.
import type { CentreChanges, CentreEffect, CentreEvent, CentreReply } from '../../../hub/src/pbx/centre_types.js'
import type { Centre } from '../../../hub/src/pbx/engine.js'

type Event = CentreEvent & Record<string, unknown>

const LIVE = {
  state: 'live' as const,
  since: 0,
  reason: null,
  detail: null,
  attempts: 0,
  next_attempt_at: null,
  pbx: { version: 'scripted', started_at: null },
  last_event_at: null,
  synced_at: null,
  counters: {},
}

/** The engines of one test: each hub that begins opens one. */
export class Script {
  engines: ScriptedCentre[] = []
  /** What a command is answered with; absent: done. */
  onCommand: (event: Event) => Partial<Extract<CentreEffect, { type: 'command.settled' }>> = () => ({})
  /** What else an event is answered with. */
  onEvent: (event: Event) => { changes?: CentreChanges; effects?: CentreEffect[] } = () => ({})

  open = async (): Promise<Centre> => {
    const engine = new ScriptedCentre(this)
    this.engines.push(engine)
    return engine
  }

  get now(): ScriptedCentre {
    const engine = this.engines.at(-1)
    if (!engine) throw new Error('no engine was opened')
    return engine
  }

  /** Options of a PBX that this script plays; nothing is connected to. */
  get options() {
    return { url: 'ami://127.0.0.1:1', user: 'hub', secret: 'none', openCentre: this.open }
  }
}

export class ScriptedCentre implements Centre {
  readonly events: Event[] = []
  closed = false
  readonly #script: Script
  #pending: { changes: CentreChanges; effects: CentreEffect[] } = { changes: {}, effects: [] }

  constructor(script: Script) {
    this.#script = script
  }

  /** Told with the next event that comes in; `hub.pbx.phoneTold` brings one. */
  say(effects: CentreEffect[], changes: CentreChanges = {}): void {
    this.#pending.effects.push(...effects)
    Object.assign(this.#pending.changes, changes)
  }

  of(type: string): Event[] {
    return this.events.filter((event) => event.type === type)
  }

  /** What was asked, without what every event has. */
  commands(): Record<string, unknown>[] {
    return this.of('CommandRequested').map((event) => {
      const { at: _at, mono: _mono, midnight: _midnight, type: _type, id: _id, ...rest } = event
      return rest
    })
  }

  receive(): null {
    return null
  }

  channel(): null {
    return null
  }

  dispatch(event: CentreEvent): CentreReply {
    if (this.closed) throw new Error('the engine is closed')
    this.events.push(event as Event)
    const { changes, effects } = this.#pending
    this.#pending = { changes: {}, effects: [] }
    if (event.type === 'Started') changes.link = LIVE
    if (event.type === 'SnapshotAsked') {
      effects.push({ type: 'journal.snapshot', state: { entries: this.of('PhoneTold').length } })
    }
    if (event.type === 'CommandRequested') {
      const settled = {
        type: 'command.settled' as const,
        id: event.id,
        ok: true,
        code: null,
        detail: null,
        state: null,
      }
      effects.push({ ...settled, ...this.#script.onCommand(event as Event) })
    }
    const more = this.#script.onEvent(event as Event)
    return {
      version: this.events.length,
      error: null,
      wake_ms: null,
      changes: { ...changes, ...more.changes },
      effects: [...effects, ...(more.effects ?? [])],
    }
  }

  state(): CentreReply {
    return { version: 0, error: null, wake_ms: null, changes: {}, effects: [] }
  }

  memoryBytes(): number {
    return 0
  }

  close(): void {
    this.closed = true
  }
}

/** A call in a queue, as the engine shows it. */
export const acdCall = (call_id: string, more: object = {}) => ({
  call_id,
  queue: 'support',
  mode: 'offhook',
  state: 'Queued' as const,
  from: '+442079460123',
  priority: 0,
  enqueued_at: 1_790_000_000_000,
  position: 1,
  agent: null,
  attempt: null,
  attempts: 0,
  since: 1_790_000_000_000,
  answered_at: null,
  offer_until: null,
  held: false,
  recording: false,
  record_id: `r-${call_id}`,
  supervisors: [],
  reason: 'no_agent',
  ended_at: null,
  outcome: null,
  ...more,
})

export const acdAgent = (extension: string, more: object = {}) => ({
  extension,
  state: 'Available' as const,
  since: 1_790_000_000_000,
  why: 'ready',
  until: null,
  status: 'ONLINE',
  next_status: null,
  call_id: null,
  queue: null,
  skills: [],
  queues: ['support'],
  calls_today: 0,
  talk_ms_today: 0,
  missed_today: 0,
  wrap_up: null,
  ...more,
})

export const acdQueue = (queue: string, more: object = {}) => ({
  queue,
  mode: 'offhook',
  open: true,
  waiting: 0,
  longest_wait_since: null,
  longest_call_id: null,
  agents: {
    logged_in: 0,
    available: 0,
    ringing: 0,
    on_call: 0,
    hold: 0,
    wrap_up: 0,
    break: 0,
    offline: 0,
    unreachable: 0,
  },
  in_progress: 0,
  ewt_ms: null,
  today: null,
  last_30: null,
  sl_formula: 'SL4',
  sl_ms: 20_000,
  as_of: 1_790_000_000_000,
  ...more,
})

export const acdRecord = (id: string, more: object = {}) => ({
  id,
  call_id: `c-${id}`,
  customer_session_id: `c-${id}`,
  agent_session_id: null,
  queue_name: 'support',
  agent_id: null,
  direction: 'inbound',
  from: '+442079460123',
  to: '600',
  enqueued_at: 1_790_000_000_000,
  wait_time: 12_999,
  outcome: null,
  ...more,
})
