// What a write may do to a stored call_log: pure functions, no database.
// Phones repeat and reorder their writes; `revision` says which is newer, and
// the rank of `status` never falls, so a late "ringing" reopens nothing.
import type { CallLogRow } from './call_logs.js'
import type { CallLogInput } from './schemas.js'

/** ringing < talking < final. */
export function statusRank(status: string): number {
  return status === 'ringing' ? 0 : status === 'talking' ? 1 : 2
}

const BLANK: Omit<CallLogRow, 'id' | 'extension' | 'extension_id' | 'key' | 'created_at'> = {
  call_id: null,
  type: 'inbound',
  status: 'ringing',
  end_reason: 'none',
  call_from: null,
  call_to: null,
  contact_id: null,
  contact_name: null,
  duration: 0,
  started_at: null,
  connected_at: null,
  ended_at: null,
  hold_ms: 0,
  queue_name: null,
  server_call_log_token: null,
  yeastar_call_id: null,
  queue_number: null,
  channel_id: null,
  sip_call_id: null,
  notes: null,
  disposition: null,
  revision: 0,
  updated_at: 0,
}

/** What belongs to the status and stays with it when a write may not lower it. */
const OF_STATUS = ['status', 'end_reason', 'duration', 'connected_at', 'ended_at', 'hold_ms'] as const

/** The clock of a browser may have fractions of a millisecond; the columns have none. */
const WHOLE = ['duration', 'started_at', 'connected_at', 'ended_at', 'hold_ms'] as const

/**
 * The fields that change, or null when nothing does: the revision is not above
 * the stored one. With no stored record, all fields of a new one.
 */
export function mergeCallLog(stored: CallLogRow | null, input: CallLogInput, now: number): Partial<CallLogRow> | null {
  const revision = input.revision ?? 0
  if (stored && revision <= stored.revision) return null
  const next: Record<string, unknown> = stored ? {} : { ...BLANK, type: input.type }
  for (const name of Object.keys(BLANK) as (keyof typeof BLANK)[]) {
    const value = (input as Record<string, unknown>)[name]
    if (value !== undefined && name !== 'type' && name !== 'updated_at') next[name] = value
  }
  for (const name of WHOLE) {
    const value = next[name]
    if (typeof value === 'number') next[name] = Math.round(value)
  }
  if (stored && input.status !== undefined && statusRank(input.status) < statusRank(stored.status)) {
    for (const name of OF_STATUS) delete next[name]
  }
  next.revision = revision
  next.updated_at = now
  return next as Partial<CallLogRow>
}
