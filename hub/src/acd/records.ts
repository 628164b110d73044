// Reads `call_records` page by page, and writes the one thing of them that a
// person may change: the notes.
import { and, desc, eq, gte, lt, type SQL } from 'drizzle-orm'
import { type Actor, note } from '../audit.js'
import type { Db } from '../database.js'
import { Problem } from '../problem.js'
import { call_records } from '../schema.js'
import type { CallRecordWire } from './schemas.js'

export interface RecordsFilter {
  queue?: string | undefined
  agent?: string | undefined
  outcome?: string | undefined
  /** Of `enqueued_at`: from, and before `until`. */
  from?: number | undefined
  until?: number | undefined
  before?: number | undefined
  limit: number
}

export const recordUnknown = (id: string) =>
  new Problem(404, 'record_unknown', 'No such record', `There is no call record ${id}.`)

type Row = typeof call_records.$inferSelect

/** A row as the wire has it. */
export function recordWire({ seq: _seq, updated_at: _at, ...row }: Row): CallRecordWire {
  return row
}

/** Newest first; `next` is the `before` of the next page. */
export async function readRecords(db: Db, filter: RecordsFilter) {
  const { queue, agent, outcome, from, until, before, limit } = filter
  const r = call_records
  const where: (SQL | undefined)[] = [
    queue === undefined ? undefined : eq(r.queue_name, queue),
    agent === undefined ? undefined : eq(r.agent_id, agent),
    outcome === undefined ? undefined : eq(r.outcome, outcome),
    from === undefined ? undefined : gte(r.enqueued_at, from),
    until === undefined ? undefined : lt(r.enqueued_at, until),
    before === undefined ? undefined : lt(r.seq, before),
  ]
  const rows = await db
    .select()
    .from(r)
    .where(and(...where))
    .orderBy(desc(r.seq))
    .limit(limit)
  return { items: rows.map(recordWire), next: rows.length === limit ? (rows.at(-1)?.seq ?? null) : null }
}

/** One record, or 404. */
export async function readRecord(db: Db, id: string): Promise<CallRecordWire> {
  const [row] = await db.select().from(call_records).where(eq(call_records.id, id))
  if (!row) throw recordUnknown(id)
  return recordWire(row)
}

/** Stores the notes; `actor` when it is not the record's own agent. */
export async function writeNotes(
  db: Db,
  now: number,
  id: string,
  notes: string | null,
  actor: Actor | null,
): Promise<CallRecordWire> {
  return db.transaction(async (tx) => {
    const [row] = await tx
      .update(call_records)
      .set({ notes, updated_at: now })
      .where(eq(call_records.id, id))
      .returning()
    if (!row) throw recordUnknown(id)
    // The notes themselves are not repeated in the audit: they are removed with the record, the audit stays.
    if (actor) await note(tx, now, { actor, action: 'record.notes', extension: row.agent_id ?? '', after: { id } })
    return recordWire(row)
  })
}
