// What the contact centre's engine shows and asks for, as docs/queues.md lists
// it ("Through centre.wasm"). Types only; nothing here decides anything.

/** Told once with its key when the item is no longer there. */
interface MayGo {
  gone?: boolean
}

export interface QueueCounters {
  offered: number
  answered: number
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

export interface AcdQueueItem extends MayGo {
  queue: string
  mode: string
  open: boolean
  waiting: number | null
  longest_wait_since: number | null
  longest_call_id: string | null
  agents: Record<
    'logged_in' | 'available' | 'ringing' | 'on_call' | 'hold' | 'wrap_up' | 'break' | 'offline' | 'unreachable',
    number
  > | null
  in_progress: number | null
  ewt_ms: number | null
  today: QueueCounters | null
  last_30: QueueCounters | null
  sl_formula: string
  sl_ms: number
  /** null: nothing is known of it yet, as on a hub that stands by. */
  as_of: number | null
}

export interface AcdAgentItem extends MayGo {
  extension: string
  state: 'Available' | 'Ringing' | 'OnCall' | 'WrapUp' | 'Break' | 'Offline'
  /** null: as it was when the engine first heard of him. */
  since: number | null
  why: string | null
  until: number | null
  status: string
  next_status: string | null
  call_id: string | null
  queue: string | null
  skills: { skill: string; level: number }[]
  queues: string[]
  calls_today: number
  talk_ms_today: number
  missed_today: number
  wrap_up: { call_id: string; since: number; until: number | null; mode: string } | null
}

export interface AcdCallItem extends MayGo {
  call_id: string
  queue: string
  mode: string
  state: 'Idle' | 'Queued' | 'AgentRinging' | 'Active' | 'Terminating' | 'Completed'
  from: string
  priority: number
  enqueued_at: number
  position: number | null
  agent: string | null
  agents?: string[]
  attempt: number | null
  attempts: number
  since: number
  answered_at: number | null
  offer_until: number | null
  held: boolean
  recording: boolean
  record_id: string | null
  supervisors: { extension: string; mode: string }[]
  reason: string | null
  ended_at: number | null
  outcome: string | null
}

/** One supervisor at one call. */
export interface SupervisionItem extends MayGo {
  supervisor: string
  call_id: string
  agent: string
  /** What was asked for: monitor, coach, barge. */
  mode: string
  state: string
  since: number
  /** How it ended; null while it lasts. */
  end: string | null
}

export interface AcdChanges {
  acd_queues?: AcdQueueItem[]
  acd_agents?: AcdAgentItem[]
  acd_calls?: AcdCallItem[]
}

/** A row of `call_records` as the engine has it; what it does not name stays. */
export interface RecordTold extends Record<string, unknown> {
  id: string
  call_id: string
}

export type AcdEffect =
  | { type: 'record.write'; record: RecordTold }
  | { type: 'journal'; entry: unknown }
  | { type: 'journal.snapshot'; state: unknown }
  | { type: 'webhook'; event: string; data: unknown }
  | { type: 'supervision'; session: SupervisionItem }

/** What an engine that begins is given of the one before. */
export interface Restored {
  snapshot: unknown
  journal: unknown[]
}
