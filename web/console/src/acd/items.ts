// The contact centre as the hub tells it (docs/queues.md): queues, agents as routing sees them, calls, and who
// supervises what. Names are the wire's. An item without its key is refused; a field
// that is missing or strange gets a value that claims nothing.

import type { AgentStatus } from '../lib/types.ts'
import { amount, asFields, many, statuses, text, time, word } from '../wall/items.ts'

/** What was counted in a queue over a span. Times in ms. */
export interface Counts {
  offered: number
  answered: number
  /** The short ones are among them. */
  abandoned: number
  short_abandoned: number
  timeout: number
  overflowed: number
  refused: number
  answered_in_sl: number
  abandoned_in_sl: number
  wait_answered_ms: number
  wait_abandoned_ms: number
  talk_ms: number
  hold_ms: number
  wrap_up_ms: number
  wrap_ups: number
  rona: number
  offers: number
  transfers: number
}

const countNames = [
  'offered',
  'answered',
  'abandoned',
  'short_abandoned',
  'timeout',
  'overflowed',
  'refused',
  'answered_in_sl',
  'abandoned_in_sl',
  'wait_answered_ms',
  'wait_abandoned_ms',
  'talk_ms',
  'hold_ms',
  'wrap_up_ms',
  'wrap_ups',
  'rona',
  'offers',
  'transfers',
] as const satisfies readonly (keyof Counts)[]

export const noCounts = Object.fromEntries(countNames.map((name) => [name, 0])) as unknown as Counts

export const agentCounts = [
  'logged_in',
  'available',
  'ringing',
  'on_call',
  'hold',
  'wrap_up',
  'break',
  'offline',
  'unreachable',
] as const
export type AgentCounts = Record<(typeof agentCounts)[number], number>

export type SlFormula = 'SL1' | 'SL2' | 'SL3' | 'SL4' | 'SL5' | 'SL6'
export const slFormulas: readonly SlFormula[] = ['SL1', 'SL2', 'SL3', 'SL4', 'SL5', 'SL6']

export interface AcdQueue {
  queue: string
  mode: 'asterisk' | 'offhook'
  open: boolean
  waiting: number
  longest_wait_since: number | null
  longest_call_id: string
  agents: AgentCounts
  in_progress: number
  /** What a caller who comes now may expect to wait; an estimate. */
  ewt_ms: number | null
  today: Counts
  last_30: Counts
  sl_formula: SlFormula
  sl_ms: number
  as_of: number | null
}

/** The states of `centre_agent`. */
export type AcdState = 'Available' | 'Ringing' | 'OnCall' | 'WrapUp' | 'Break' | 'Offline' | 'Unknown'
export type WrapUpMode = 'none' | 'manual' | 'timed' | 'optional'

export interface WrapUpItem {
  call_id: string
  since: number | null
  until: number | null
  mode: WrapUpMode
}

export interface AcdAgent {
  extension: string
  state: AcdState
  since: number | null
  /** Why he gets no call, or `ready`. */
  why: string
  until: number | null
  status: AgentStatus | null
  next_status: string
  call_id: string
  queue: string
  skills: readonly { skill: string; level: number }[]
  queues: readonly string[]
  calls_today: number
  talk_ms_today: number
  missed_today: number
  wrap_up: WrapUpItem | null
}

/** The states of `queue_call`. */
export type CallState = 'Idle' | 'Queued' | 'AgentRinging' | 'Active' | 'Terminating' | 'Completed' | 'Unknown'

export interface AcdCall {
  call_id: string
  queue: string
  mode: 'asterisk' | 'offhook'
  state: CallState
  from: string
  priority: number
  enqueued_at: number | null
  position: number
  /** Whom it is offered to or who has it; several where all are rung. */
  agents: readonly string[]
  attempt: string
  attempts: number
  since: number | null
  answered_at: number | null
  offer_until: number | null
  held: boolean
  recording: boolean
  record_id: string
  supervisors: readonly { extension: string; mode: SpyMode }[]
  /** Why it waits. */
  reason: string
  ended_at: number | null
  outcome: string
}

export type SpyMode = 'monitor' | 'coach' | 'barge'
export const spyModes: readonly SpyMode[] = ['monitor', 'coach', 'barge']

/** How far a supervisor at a call has come (docs/machines/supervisor.md); `calling` is his own telephone, which is rung first. */
export type SessionStep = 'calling' | SpyMode | 'switching' | 'taking_over' | 'ended' | 'failed'

export interface Session {
  supervisor: string
  call_id: string
  step: SessionStep
  /** What is asked for: of a session that calls or switches, what it will be. */
  wanted: SpyMode
  since: number | null
  /** Why it ended; a word for support. */
  reason: string
}

type Fields = Record<string, unknown>

const keyed = (value: unknown, key: string): Fields | null => {
  const item = asFields(value)
  return item === null || text(item[key]) === '' ? null : item
}

function countsOf(value: unknown): Counts {
  const fields = asFields(value)
  if (fields === null) return noCounts
  return Object.fromEntries(countNames.map((name) => [name, amount(fields[name])])) as unknown as Counts
}

const modeOf = (value: unknown) => word(value, ['asterisk', 'offhook'] as const, 'asterisk')
const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(text).filter((one) => one !== '') : []
/** Zero is a time of this kind: "at once". */
const span = (value: unknown): number | null => (typeof value === 'number' && value >= 0 ? value : null)
/** A number or a text as text: keys and attempts may be either. */
const label = (value: unknown): string => (typeof value === 'number' ? String(value) : text(value))

export function readAcdQueue(value: unknown): AcdQueue | null {
  const item = keyed(value, 'queue')
  if (item === null) return null
  const agents = asFields(item.agents) ?? {}
  return {
    queue: text(item.queue),
    mode: modeOf(item.mode),
    open: item.open !== false,
    waiting: amount(item.waiting),
    longest_wait_since: time(item.longest_wait_since),
    longest_call_id: text(item.longest_call_id),
    agents: Object.fromEntries(agentCounts.map((name) => [name, many(agents[name])])) as AgentCounts,
    in_progress: amount(item.in_progress),
    ewt_ms: span(item.ewt_ms),
    today: countsOf(item.today),
    last_30: countsOf(item.last_30),
    sl_formula: word(item.sl_formula, slFormulas, 'SL4'),
    sl_ms: amount(item.sl_ms) || 20_000,
    as_of: time(item.as_of),
  }
}

const states: readonly AcdState[] = ['Available', 'Ringing', 'OnCall', 'WrapUp', 'Break', 'Offline']
const wrapUpModes: readonly WrapUpMode[] = ['none', 'manual', 'timed', 'optional']

function readWrapUp(value: unknown): WrapUpItem | null {
  const item = asFields(value)
  if (item === null) return null
  const until = time(item.until)
  return {
    call_id: text(item.call_id),
    since: time(item.since),
    until,
    mode: word(item.mode, wrapUpModes, until === null ? 'manual' : 'timed'),
  }
}

export function readAcdAgent(value: unknown): AcdAgent | null {
  const item = keyed(value, 'extension')
  if (item === null) return null
  const skills = Array.isArray(item.skills) ? (item.skills as unknown[]) : []
  return {
    extension: text(item.extension),
    state: word(item.state, states, 'Unknown'),
    since: time(item.since),
    why: text(item.why),
    until: time(item.until),
    status: statuses.find((status) => status === item.status) ?? null,
    next_status: text(item.next_status),
    call_id: text(item.call_id),
    queue: text(item.queue),
    skills: skills.flatMap((one) => {
      const skill = text(asFields(one)?.skill)
      return skill === '' ? [] : [{ skill, level: amount(asFields(one)?.level) }]
    }),
    queues: textsOf(item.queues),
    calls_today: amount(item.calls_today),
    talk_ms_today: amount(item.talk_ms_today),
    missed_today: amount(item.missed_today),
    wrap_up: readWrapUp(item.wrap_up),
  }
}

const callStates: readonly CallState[] = ['Idle', 'Queued', 'AgentRinging', 'Active', 'Terminating', 'Completed']

export function readAcdCall(value: unknown): AcdCall | null {
  const item = keyed(value, 'call_id')
  if (item === null) return null
  const agent = text(item.agent)
  const supervisors = Array.isArray(item.supervisors) ? (item.supervisors as unknown[]) : []
  return {
    call_id: text(item.call_id),
    queue: text(item.queue),
    mode: modeOf(item.mode),
    state: word(item.state, callStates, 'Unknown'),
    from: text(item.from),
    priority: amount(item.priority),
    enqueued_at: time(item.enqueued_at),
    position: amount(item.position),
    agents: agent === '' ? textsOf(item.agents) : [agent],
    attempt: label(item.attempt),
    attempts: amount(item.attempts),
    since: time(item.since),
    answered_at: time(item.answered_at),
    offer_until: time(item.offer_until),
    held: item.held === true,
    recording: item.recording === true,
    record_id: label(item.record_id),
    supervisors: supervisors.flatMap((one) => {
      const extension = text(asFields(one)?.extension)
      return extension === '' ? [] : [{ extension, mode: word(asFields(one)?.mode, spyModes, 'monitor') }]
    }),
    reason: text(item.reason),
    ended_at: time(item.ended_at),
    outcome: text(item.outcome),
  }
}

const stepOf: Record<string, SessionStep> = {
  Idle: 'calling',
  Calling: 'calling',
  Monitor: 'monitor',
  Coach: 'coach',
  Barge: 'barge',
  Switching: 'switching',
  TakingOver: 'taking_over',
  Ended: 'ended',
}
/** Ends that were meant, or that are nobody's failure. */
const goodEnds: readonly string[] = ['', 'stopped', 'call_over', 'taken_over']

export const sessionKey = ({ supervisor, call_id }: Session) => `${supervisor}\n${call_id}`

/** A supervisor is at one call at a time; what has ended is told once more. */
export function readSession(value: unknown): Session | null {
  const item = keyed(value, 'supervisor')
  if (item === null) return null
  const reason = text(item.reason) || text(item.end) || text(item.detail)
  const step = stepOf[text(item.state)] ?? spyModes.find((mode) => mode === item.mode) ?? 'calling'
  return {
    supervisor: text(item.supervisor),
    call_id: text(item.call_id),
    step: step === 'ended' && !goodEnds.includes(reason) ? 'failed' : step,
    wanted: word(item.wanted ?? item.mode, spyModes, 'monitor'),
    since: time(item.since),
    reason,
  }
}
