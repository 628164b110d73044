// What a developer or a support desk asks for first, as one JSON-safe object:
// versions, the history of both connections, counts, the last oddities. Counted
// beside the work, read off the store when asked; bounded, and redacted.
import type { PhoneEffect } from '../generated/effects.js'
import type { PhoneEvent } from '../generated/events.js'
import type { PhoneState } from '../generated/state.js'
import type { Outcome, Reason } from '../generated/words.js'
import type { Redactor } from '../redaction.js'
import { version } from '../version.js'

const CHANGES_MOST = 50
const ANOMALIES_MOST = 20

export interface ConnectionChange {
  at: number
  /** `registration` at the PBX, `events` the backend's socket, `tab` this tab among the others. */
  of: 'registration' | 'events' | 'tab'
  from: string
  to: string
  reason: string | null
}

export interface AnomalyEntry {
  at: number
  code: string
  /** The event that was odd. */
  event: string
}

type Counts = Record<string, number>

export interface Diagnostics {
  at: number
  uptimeMs: number
  versions: { package: string; stateSchema: number | null; adapter: string; host: string }
  phase: string
  /** This tab among the tabs of one extension. */
  tab: { state: string; since: number | null; frozenMs: number }
  registration: { state: string; reason: string | null; statusCode: number; since: number | null }
  connection: { events: string; attempts: number; since: number | null; lastHeardAt: number | null; skewMs: number }
  /** The last 50 changes, oldest first. */
  history: ConnectionChange[]
  counters: {
    events: number
    effects: Counts
    /** done, refused, timed_out, and refused by reason. */
    commands: Counts
    /** By status class (2xx …) and by failure (network, timeout …). */
    requests: Counts
    anomalies: Counts
  }
  /** The last 20, oldest first. */
  anomalies: AnomalyEntry[]
  notice: { code: string; at: number | null }
  /** Why calls do not come, most important first. */
  blockers: string[]
  outbox: { pending: number; failing: number; rejected: number; oldest: number | null; drafts: number }
  calls: { live: number; states: Counts; quality: Counts; worstMos: number | null }
  devices: { permission: string }
  recording: { events: number; dropped: number }
}

export class Observer {
  /** The effects of every click, beside the others: a field is counted faster than a name. */
  timersSet = 0
  timersCleared = 0
  private done = 0
  private readonly effects: Counts = {}
  private readonly commands: Counts = {}
  private readonly requests: Counts = {}
  private readonly anomalyCounts: Counts = {}
  private readonly history: ConnectionChange[] = []
  private readonly anomalies: AnomalyEntry[] = []

  constructor(private readonly startedMono: number) {}

  /** An event has been taken. Compares what changes seldom by reference only. */
  event(event: PhoneEvent, at: number, before: PhoneState, after: PhoneState): void {
    if (event.type === 'HttpAnswered') count(this.requests, `${Math.floor((event.status_code ?? 0) / 100)}xx`)
    else if (event.type === 'HttpFailed') count(this.requests, event.failure)
    if (before === after) return
    if (after.anomalies !== before.anomalies) this.anomaly(event, at, before, after)
    if (after.registration !== before.registration)
      this.change(at, 'registration', before.registration.state, after.registration.state, after.registration.reason)
    if (after.connection !== before.connection) {
      const reason = event.type === 'SocketClosed' ? [event.code || '', event.reason ?? ''].join(' ').trim() : ''
      this.change(at, 'events', before.connection.events, after.connection.events, reason || null)
    }
    if (after.tab !== before.tab) this.change(at, 'tab', before.tab.state, after.tab.state, null)
  }

  effect(type: PhoneEffect['type']): void {
    count(this.effects, type)
  }

  settled(outcome: Outcome, reason: Reason): void {
    if (outcome === 'done') this.done++
    else count(this.commands, outcome)
    if (outcome === 'refused') count(this.commands, `refused: ${reason}`)
  }

  read(
    state: PhoneState,
    host: {
      at: number
      mono: number
      adapter: string
      snapshot: string | null
      events: number
      dropped: number
      redactor: Redactor
    },
  ): Diagnostics {
    const { registration, connection, tab, outbox } = state
    const calls = Object.values(state.calls)
    const quality = Object.values(state.quality)
    const measured = quality.map(({ mos }) => mos).filter((mos) => mos > 0)
    const schema = /^\{"schema":(\d+)/.exec(host.snapshot ?? '')
    const all: Diagnostics = {
      at: host.at,
      uptimeMs: Math.round(host.mono - this.startedMono),
      versions: {
        package: version,
        stateSchema: schema ? Number(schema[1]) : null,
        adapter: host.adapter,
        host: hostKind(),
      },
      phase: state.phase,
      tab: { state: tab.state, since: tab.since, frozenMs: tab.frozenMs },
      registration: {
        state: registration.state,
        reason: registration.reason,
        statusCode: registration.statusCode,
        since: registration.since,
      },
      connection: {
        events: connection.events,
        attempts: connection.attempts,
        since: connection.since,
        lastHeardAt: connection.lastHeardAt,
        skewMs: connection.skewMs,
      },
      history: this.history,
      counters: {
        events: host.events,
        effects: counted({ 'timer.set': this.timersSet, 'timer.clear': this.timersCleared }, this.effects),
        commands: counted({ done: this.done }, this.commands),
        requests: this.requests,
        anomalies: this.anomalyCounts,
      },
      anomalies: this.anomalies,
      notice: { code: state.notice.code, at: state.notice.at },
      blockers: state.blockers.map(({ reason }) => reason),
      outbox: {
        pending: outbox.pending,
        failing: outbox.failing,
        rejected: outbox.rejected,
        oldest: outbox.oldest,
        drafts: state.drafts.length,
      },
      calls: {
        live: calls.filter((call) => call.state !== 'Ended').length,
        states: tally(calls.map((call) => call.state)),
        quality: tally(quality.map((one) => one.state)),
        worstMos: measured.length > 0 ? Math.min(...measured) : null,
      },
      devices: { permission: state.devices.permission },
      recording: { events: host.events - host.dropped, dropped: host.dropped },
    }
    return host.redactor.clean(all, true)
  }

  private anomaly(event: PhoneEvent, at: number, before: PhoneState, after: PhoneState): void {
    const code = after.lastAnomaly
    this.anomalyCounts[code] = (this.anomalyCounts[code] ?? 0) + after.anomalies - before.anomalies
    this.anomalies.push({ at, code, event: event.type })
    if (this.anomalies.length > ANOMALIES_MOST) this.anomalies.shift()
  }

  private change(at: number, of: ConnectionChange['of'], from: string, to: string, reason: string | null): void {
    if (from === to) return
    this.history.push({ at, of, from, to, reason })
    if (this.history.length > CHANGES_MOST) this.history.shift()
  }
}

function count(counts: Counts, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1
}

/** What was counted, of both; nothing that never was. */
function counted(fields: Counts, named: Counts): Counts {
  return Object.fromEntries([...Object.entries(fields), ...Object.entries(named)].filter(([, times]) => times > 0))
}

function tally(names: readonly string[]): Counts {
  const counts: Counts = {}
  for (const name of names) count(counts, name)
  return counts
}

/** Which browser or Node, and its main version: enough to know the trap, too little to know the person. */
function hostKind(): string {
  const host = globalThis as { navigator?: { userAgent?: string }; process?: { versions?: { node?: string } } }
  const node = host.process?.versions?.node
  if (node) return `Node ${node.split('.')[0]}`
  const agent = host.navigator?.userAgent ?? ''
  const [, name, version] =
    /\b(Edg|OPR|Firefox)\/(\d+)/.exec(agent) ??
    /\b(Chrome)\/(\d+)/.exec(agent) ??
    /\bVersion\/(\d+).*\b(Safari)\//.exec(agent) ??
    []
  if (!name || !version) return 'unknown'
  return /^\d+$/.test(name) ? `${version} ${name}` : `${name} ${version}`
}
