// A record as the engine tells it → a row of `call_records`. Whatever the
// engine says becomes a value that the database takes: a record that could not
// be stored would hold up all that come after it.
import { getTableColumns, sql } from 'drizzle-orm'
import { call_records } from '../schema.js'
import type { RecordTold } from './items.js'

type Row = typeof call_records.$inferInsert

const TEXTS = [
  'customer_session_id',
  'agent_session_id',
  'recording_url',
  'notes',
  'queue_name',
  'agent_id',
  'direction',
  'from',
  'to',
  'outcome',
  'hangup_by',
  'overflow_to',
  'transfer_from_record',
  'mode',
] as const
const NUMBERS = [
  'offered_at',
  'enqueued_at',
  'first_ring_at',
  'answered_at',
  'ended_at',
  'wrap_up_ended_at',
  'ring_time',
  'hold_time',
  'talk_time',
  'wait_time',
  'wrap_up_time',
  'attempts',
  'rona_count',
  'part',
] as const
const TREES = ['offers', 'participants'] as const
/** Whole seconds of the milliseconds beside them. */
const SECONDS = [
  ['queue_time_seconds', 'wait_time'],
  ['talk_time_seconds', 'talk_time'],
  ['wrap_up_time_seconds', 'wrap_up_time'],
] as const

/** PostgreSQL holds no U+0000. */
const clean = (text: string, most = 8_000) => text.replaceAll('\0', '').slice(0, most)

const asText = (value: unknown): string | null => {
  if (value === null || value === undefined || value === '') return null
  return clean(typeof value === 'string' ? value : JSON.stringify(value))
}
const asNumber = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= 8.64e15 ? Math.round(value) : null
const asTree = (value: unknown): unknown =>
  value === null || value === undefined ? null : JSON.parse(JSON.stringify(value).replaceAll('\\u0000', ''))
const asInt = (value: number | null) => (value === null ? null : Math.min(Math.max(value, -2147483648), 2147483647))

/** The row of a record; null when it has no id to be kept by. */
export function recordRow(told: RecordTold, now: number): Row | null {
  if (typeof told.id !== 'string' || told.id === '') return null
  const row: Record<string, unknown> = {
    id: clean(told.id, 255),
    call_id: asText(told.call_id) ?? '',
    final: told.final === true,
    end_estimated: typeof told.end_estimated === 'boolean' ? told.end_estimated : null,
    updated_at: now,
  }
  for (const name of TEXTS) row[name] = asText(told[name])
  for (const name of NUMBERS) row[name] = asNumber(told[name])
  for (const name of TREES) row[name] = asTree(told[name])
  row.queue_name ??= ''
  row.enqueued_at ??= now
  row.attempts = asInt(row.attempts as number | null)
  row.rona_count = asInt(row.rona_count as number | null)
  row.part = asInt(row.part as number | null)
  for (const [seconds, ms] of SECONDS) {
    const value = row[ms] as number | null
    row[seconds] = value === null ? null : asInt(Math.floor(value / 1000))
  }
  return row as Row
}

/** What a record that is told again writes over the stored one: all but its identity, and what a person has added. */
export function overwritten() {
  const columns = getTableColumns(call_records)
  const set: Record<string, unknown> = {}
  for (const name of Object.keys(columns)) {
    if (['id', 'seq', 'anonymised', 'disposition'].includes(name)) continue
    set[name] = sql.raw(`excluded."${name}"`)
  }
  set.notes = sql`coalesce(${call_records.notes}, excluded."notes")`
  set.recording_url = sql`coalesce(excluded."recording_url", ${call_records.recording_url})`
  set.final = sql`${call_records.final} or excluded."final"`
  return set
}
