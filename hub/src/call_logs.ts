// call_logs: created once by key, updated by id, told on the call_log stream.
// Writes that arrive while one is under way go together in the next
// transaction: one read, one insert, one update, however many they are.
import { and, desc, eq, getTableColumns, inArray, or, sql } from 'drizzle-orm'
import { noteRecords } from './acd/call_notes.js'
import { mergeCallLog } from './call_log_rules.js'
import type { Db, Tx } from './database.js'
import { agents, call_logs } from './schema.js'
import type { CallLogInput, CallLogWire } from './schemas.js'
import type { ChangeStream } from './streams.js'

export type CallLogRow = typeof call_logs.$inferSelect

/** One write: a create (by owner and key) or an update (by id). */
export interface CallLogWrite {
  id: number | null
  owner: { extension: string; extension_id: string } | null
  input: CallLogInput
}

/** `refused` is an update of a record that is not the writer's. */
export type CallLogOutcome = { kind: 'stored'; row: CallLogRow } | { kind: 'unknown' } | { kind: 'refused' }

/** More than this goes into the next transaction. */
const BATCH_MAX = 200

interface Waiting {
  write: CallLogWrite
  done: (outcome: CallLogOutcome) => void
  failed: (error: unknown) => void
}

export class CallLogs {
  readonly #db: Db
  readonly #stream: ChangeStream<CallLogWire>
  readonly #now: () => number
  #waiting: Waiting[] = []
  #flushing = false

  constructor(db: Db, stream: ChangeStream<CallLogWire>, now: () => number) {
    this.#db = db
    this.#stream = stream
    this.#now = now
  }

  /** Stores one write; resolves when it is committed and told. */
  write(write: CallLogWrite): Promise<CallLogOutcome> {
    return new Promise((done, failed) => {
      this.#waiting.push({ write, done, failed })
      if (!this.#flushing) void this.#flush()
    })
  }

  async #flush(): Promise<void> {
    this.#flushing = true
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_MAX)
      try {
        const outcomes = await this.#store(batch.map((w) => w.write))
        batch.forEach((w, i) => {
          w.done(outcomes[i] ?? { kind: 'unknown' })
        })
      } catch (error) {
        for (const w of batch) w.failed(error)
      }
    }
    this.#flushing = false
  }

  #store(writes: CallLogWrite[]): Promise<CallLogOutcome[]> {
    return this.#stream.write(async (tx) => {
      const records = new Records(await readForUpdate(tx, writes))
      const pending = writes.map((write) => records.apply(write, this.#now()))
      await insertRows(tx, records.created())
      await updateRows(tx, records.updated())
      await noteRecords(tx, records.noted())
      const outcomes = pending.map((p): CallLogOutcome => ('row' in p ? { kind: 'stored', row: p.row } : p))
      const changed = records.changed().map((row) => ({ item: callLogWire(row), extension: row.extension }))
      return { changed, result: outcomes }
    })
  }

  /** The newest call_logs, of one extension_id or of all. */
  async list(filter: { extension_id?: string | undefined; limit: number }): Promise<CallLogWire[]> {
    const rows = await this.#db
      .select()
      .from(call_logs)
      .where(filter.extension_id === undefined ? undefined : eq(call_logs.extension_id, filter.extension_id))
      .orderBy(desc(call_logs.id))
      .limit(filter.limit)
    return rows.map(callLogWire)
  }

  /** The owner of an extension_id, when a supervisor writes for an agent. */
  async ownerOf(extension_id: string): Promise<{ extension: string; extension_id: string } | null> {
    const [row] = await this.#db
      .select({ extension: agents.extension, extension_id: agents.extension_id })
      .from(agents)
      .where(eq(agents.extension_id, extension_id))
    return row ?? null
  }
}

/** The records of one batch, as they become: several writes may meet in one record. */
class Records {
  #byId = new Map<number, CallLogRow>()
  #byKey = new Map<string, CallLogRow>()
  #fresh = new Set<CallLogRow>()
  #dirty = new Set<CallLogRow>()
  #noted = new Set<CallLogRow>()

  constructor(rows: CallLogRow[]) {
    for (const row of rows) {
      this.#byId.set(row.id, row)
      this.#byKey.set(keyOf(row.extension, row.key), row)
    }
  }

  apply(write: CallLogWrite, now: number): { row: CallLogRow } | { kind: 'unknown' } | { kind: 'refused' } {
    const { id, owner, input } = write
    const stored = id !== null ? this.#byId.get(id) : owner && this.#byKey.get(keyOf(owner.extension, input.key ?? ''))
    if (!stored) return owner && id === null ? { row: this.#create(owner, input, now) } : { kind: 'unknown' }
    if (owner && stored.extension !== owner.extension) return { kind: 'refused' }
    const merged = mergeCallLog(stored, input, now)
    if (merged) {
      const { notes, disposition } = stored
      Object.assign(stored, merged)
      if ((stored.notes || '') !== (notes || '') || stored.disposition !== disposition) this.#noted.add(stored)
      if (!this.#fresh.has(stored)) this.#dirty.add(stored)
    }
    return { row: stored }
  }

  #create(owner: { extension: string; extension_id: string }, input: CallLogInput, now: number): CallLogRow {
    const row = mergeCallLog(null, input, now) as CallLogRow
    Object.assign(row, { ...owner, key: input.key, created_at: now })
    this.#fresh.add(row)
    if (row.notes || row.disposition) this.#noted.add(row)
    this.#byKey.set(keyOf(row.extension, row.key), row)
    return row
  }

  created = () => [...this.#fresh]
  updated = () => [...this.#dirty]
  /** Those whose notes or disposition were written. */
  noted = () => [...this.#noted]
  changed = () => [...this.#fresh, ...this.#dirty]
}

const keyOf = (extension: string, key: string) => `${extension}\n${key}`

async function readForUpdate(tx: Tx, writes: CallLogWrite[]): Promise<CallLogRow[]> {
  const ids = writes.flatMap((w) => (w.id === null ? [] : [w.id]))
  const creates = writes.flatMap((w) => (w.id === null && w.owner ? [{ ...w.owner, key: w.input.key ?? '' }] : []))
  const byKey = creates.map((c) => and(eq(call_logs.extension, c.extension), eq(call_logs.key, c.key)))
  return tx
    .select()
    .from(call_logs)
    .where(or(...(ids.length > 0 ? [inArray(call_logs.id, ids)] : []), ...byKey))
    .orderBy(call_logs.id)
    .for('update')
}

/** Inserts and takes over the ids. The order of RETURNING is the order of VALUES. */
async function insertRows(tx: Tx, rows: CallLogRow[]): Promise<void> {
  if (rows.length === 0) return
  const made = await tx
    .insert(call_logs)
    .values(rows as (typeof call_logs.$inferInsert)[])
    .returning({ id: call_logs.id })
  made.forEach(({ id }, i) => {
    const row = rows[i]
    if (row) row.id = id
  })
}

/** Everything may change but who it is, whose it is and which way the call went. */
const FIXED = new Set(['id', 'extension', 'extension_id', 'key', 'type', 'created_at'])
const UPDATED = Object.keys(getTableColumns(call_logs)).filter((name) => !FIXED.has(name))

async function updateRows(tx: Tx, rows: CallLogRow[]): Promise<void> {
  if (rows.length === 0) return
  const set = UPDATED.map((name) => `"${name}" = v."${name}"`).join(', ')
  await tx.execute(
    sql`update call_logs set ${sql.raw(set)} from jsonb_populate_recordset(null::call_logs, ${JSON.stringify(rows)}::jsonb) v where call_logs.id = v.id`,
  )
}

/** A stored row as the wire has it. */
export function callLogWire(row: CallLogRow): CallLogWire {
  const { extension: _owner, created_at: _created, updated_at: _updated, id, ...fields } = row
  return { id: String(id), ...fields } as CallLogWire
}
