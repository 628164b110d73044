// What an agent writes of a call (notes and disposition of his call_log) beside
// what the engine tells of it (call_records): SaveCallNotes of the hub. The two
// come in any order, so each side looks for the other when it is stored, in its
// own transaction. Rows of call_records are locked by their ids' order in both.
import { inArray, sql } from 'drizzle-orm'
import type { Tx } from '../database.js'
import { call_records } from '../schema.js'

/** What of a stored call_log says whose talk it was, and what was written. */
export interface NotedLog {
  extension: string
  yeastar_call_id: string | null
  /** ms UTC, by the Phone's clock as corrected by the hub's. */
  connected_at: number | null
  notes: string | null
  disposition: string | null
}

/**
 * Where the PBX's id of the call was not told to the Phone, the moment of the answer says which talk it was: an agent
 * answers one call at a time.
 */
const SAME_ANSWER_MS = 5_000
/** So long a caller waits at most. */
const DAY_MS = 86_400_000
/** A Phone rings no longer than this before it is answered. */
const RING_MOST_MS = 900_000

/** Also when the call came back to a queue: its id then ends in -2. */
const sameCall = sql.raw(`(r.call_id = l.yeastar_call_id or starts_with(r.call_id, l.yeastar_call_id || '-'))`)
const distance = sql.raw('abs(r.answered_at - l.connected_at)')
const sameTalk = sql`(${sameCall} or ${distance} <= ${SAME_ANSWER_MS})`

/** Puts what was written into the records of these talks; a call that was in no queue has none. */
export async function noteRecords(tx: Tx, logs: readonly NotedLog[]): Promise<void> {
  const talked = logs.filter(({ connected_at }) => connected_at !== null)
  if (talked.length === 0) return
  const values = talked.map(
    (log) =>
      sql`(${log.extension}::text, ${log.yeastar_call_id}::text, ${log.connected_at}::bigint, ${log.notes || null}::text, ${log.disposition}::text)`,
  )
  const found = await tx.execute(sql`
    select r.id, l.notes, l.disposition
    from (values ${sql.join(values, sql`, `)}) as l (extension, yeastar_call_id, connected_at, notes, disposition)
    cross join lateral (
      select r.id from call_records r
      where r.agent_id = l.extension and r.answered_at is not null
        and r.enqueued_at between l.connected_at - ${DAY_MS}::bigint and l.connected_at + ${RING_MOST_MS}::bigint
        and ${sameTalk}
      order by ${sameCall} desc, ${distance} limit 1
    ) r order by r.id`)
  const rows = (found as unknown as { rows: { id: string; notes: string | null; disposition: string | null }[] }).rows
  await lockRecords(
    tx,
    rows.map(({ id }) => id),
  )
  for (const { id, notes, disposition } of rows) {
    await tx
      .update(call_records)
      .set({ notes, disposition })
      .where(inArray(call_records.id, [id]))
  }
}

/** Looks for what was written of talks whose records are stored now; what a record has already stays. */
export async function notesOfLogs(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const list = sql.join(
    ids.map((id) => sql`${id}`),
    sql`, `,
  )
  await tx.execute(sql`
    update call_records set notes = found.notes, disposition = found.disposition
    from (
      select r.id, l.notes, l.disposition from call_records r
      cross join lateral (
        select nullif(l.notes, '') as notes, l.disposition from call_logs l
        where l.extension = r.agent_id and l.connected_at is not null
          and l.started_at between r.answered_at - ${RING_MOST_MS}::bigint and r.answered_at + ${SAME_ANSWER_MS}::bigint
          and (nullif(l.notes, '') is not null or l.disposition is not null)
          and ${sameTalk}
        order by ${sameCall} desc, ${distance} limit 1
      ) l
      where r.id in (${list}) and r.notes is null and r.disposition is null and not r.anonymised
    ) found where call_records.id = found.id`)
}

/** Those that are there, in the order in which everybody locks several of them. */
export async function lockRecords(tx: Tx, ids: string[]): Promise<void> {
  if (ids.length < 2) return
  await tx
    .select({ id: call_records.id })
    .from(call_records)
    .where(inArray(call_records.id, ids))
    .orderBy(call_records.id)
    .for('update')
}
