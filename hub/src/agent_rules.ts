// Which pause a CRM status asks of the queues, whether a new status is a new
// interval, and when it has lasted too long: pure functions. With a PBX the
// Centre decides what each queue is sent, by the same table (a test compares
// them); this one is what is shown before it has spoken, and without a PBX.
import type { AgentStatusWord } from './schemas.js'

export interface Pause {
  paused: boolean
  reason_paused: string | null
}

/** A reason that begins so was given by a machine, and a machine may take it back. */
const AUTO = 'Auto:'

/** The pause that belongs to a status. ON_CALL is derived and leaves the pause as it is. */
export function pauseFor(status: AgentStatusWord, reason: string | null): Pause | 'unchanged' {
  switch (status) {
    case 'ONLINE':
      return { paused: false, reason_paused: null }
    case 'ON_CALL':
      return 'unchanged'
    case 'WRAP_UP':
      return { paused: true, reason_paused: 'WRAP_UP' }
    case 'OFFLINE':
      return { paused: true, reason_paused: reason?.startsWith(AUTO) ? reason : 'offline' }
    case 'PAUSE':
    case 'BREAK':
    case 'TRAINING':
    case 'MEETING':
    case 'DO_NOT_DISTURB':
      return { paused: true, reason_paused: reason || status }
    default:
      return status satisfies never
  }
}

interface Interval {
  status: string
  reason: string | null
  call_log_id: string | null
}

/** True when the agent does something else than before, so that a new interval of time begins. */
export function isNewInterval(before: Interval, after: Interval): boolean {
  return before.status !== after.status || before.reason !== after.reason || before.call_log_id !== after.call_log_id
}

export const STUCK_AFTER_MS = 60 * 60 * 1000
/** A meeting or a training may last all day; OFFLINE and ONLINE are no time to end. */
export const STUCK_STATUSES: readonly AgentStatusWord[] = ['WRAP_UP', 'PAUSE', 'BREAK', 'DO_NOT_DISTURB']

/** When the status will have lasted too long; null when it may last. */
export function stuckAt(status: AgentStatusWord, since: number, after_ms: number): number | null {
  return STUCK_STATUSES.includes(status) ? since + after_ms : null
}
