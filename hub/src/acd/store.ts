// Reads and writes the contact centre's own tables, one batch in one
// transaction: journal, records, snapshot, what is now, webhooks to be sent.
// Each transaction proves first that this hub still holds the lease. When and
// how much is written is the writer's (writer.ts).
import { and, asc, desc, eq, gt, inArray, lt, lte } from 'drizzle-orm'
import type { Db, Tx } from '../database.js'
import { acd_journal, acd_snapshots, agent_state, call_queue, call_records, hub_lease } from '../schema.js'
import { lockRecords, notesOfLogs } from './call_notes.js'
import type { AcdAgentItem, AcdCallItem, RecordTold, Restored } from './items.js'
import { overwritten, recordRow } from './record_rows.js'

/** Another hub holds the lease: nothing of this one may be written any more. */
export class Fenced extends Error {
  override name = 'Fenced'
}

/** What is written together. */
export interface Batch {
  journal: { entry: unknown; at: number }[]
  records: RecordTold[]
  /** The state after the last entry of `journal`. */
  snapshot: { state: unknown } | null
  calls: Map<string, AcdCallItem | null>
  agents: Map<string, AcdAgentItem | null>
  webhooks: { event: string; data: unknown; at: number /** Where the same event may come twice. */; id?: string }[]
}

export const emptyBatch = (): Batch => ({
  journal: [],
  records: [],
  snapshot: null,
  calls: new Map(),
  agents: new Map(),
  webhooks: [],
})

export interface StoreOptions {
  db: Db
  now: () => number
  /** How a call's skills and deadline follow from its queue. */
  queueOf(queue: string): { skills: unknown[]; max_wait_ms: number } | undefined
  /** Puts into the outbox what is to be sent; in the same transaction. */
  enqueueWebhooks(tx: Tx, events: Batch['webhooks']): Promise<void>
}

/** Rows of one statement; a statement has room for 65,535 parameters. */
const ROWS = 500
/** Snapshots that are kept: the last, and one before it. */
const SNAPSHOTS = 2

export const LEASE = 'pbx'

export class AcdStore {
  readonly #o: StoreOptions
  /** The lease's epoch under which is written; null: no lease is needed. */
  epoch: number | null = null
  /** The last entry that is stored. */
  #seq = 0

  constructor(options: StoreOptions) {
    this.#o = options
  }

  /** True when the engine has kept anything here. */
  get hasWritten(): boolean {
    return this.#seq > 0
  }

  /** What an engine that begins is given; and from which entry on is written. */
  async restore(): Promise<Restored> {
    const { db } = this.#o
    const [snapshot] = await db.select().from(acd_snapshots).orderBy(desc(acd_snapshots.seq)).limit(1)
    const rows = await db
      .select({ seq: acd_journal.seq, entry: acd_journal.entry })
      .from(acd_journal)
      .where(gt(acd_journal.seq, snapshot?.seq ?? 0))
      .orderBy(asc(acd_journal.seq))
    this.#seq = rows.at(-1)?.seq ?? snapshot?.seq ?? 0
    return { snapshot: snapshot?.state ?? null, journal: rows.map(({ entry }) => entry) }
  }

  /** What was now is not known to be so any more. */
  async forgetNow(): Promise<void> {
    await this.#o.db.transaction(async (tx) => {
      await this.#fence(tx)
      await tx.delete(call_queue)
      await tx.delete(agent_state)
    })
  }

  /** Stores a batch, all of it or nothing. Throws Fenced when the lease is another's. */
  async write(batch: Batch): Promise<void> {
    const seq = this.#seq
    await this.#o.db.transaction(async (tx) => {
      await this.#fence(tx)
      await this.#journal(tx, batch, seq)
      await this.#records(tx, batch.records)
      await this.#calls(tx, batch.calls)
      await this.#agents(tx, batch.agents)
      if (batch.webhooks.length > 0) await this.#o.enqueueWebhooks(tx, batch.webhooks)
    })
    this.#seq = seq + batch.journal.length
  }

  async #fence(tx: Tx): Promise<void> {
    if (this.epoch === null) return
    const [lease] = await tx
      .select({ epoch: hub_lease.epoch })
      .from(hub_lease)
      .where(eq(hub_lease.name, LEASE))
      .for('share')
    if (lease?.epoch !== this.epoch) throw new Fenced(`epoch ${this.epoch} is over, ${lease?.epoch ?? 'none'} holds`)
  }

  async #journal(tx: Tx, { journal, snapshot }: Batch, from: number): Promise<void> {
    const epoch = this.epoch ?? 0
    const rows = journal.map(({ entry, at }, i) => ({ seq: from + i + 1, at, epoch, entry: entry ?? null }))
    for (const part of parts(rows)) await tx.insert(acd_journal).values(part)
    if (!snapshot) return
    const row = { seq: from + journal.length, at: this.#o.now(), epoch, state: snapshot.state ?? null }
    await tx.insert(acd_snapshots).values(row).onConflictDoUpdate({ target: acd_snapshots.seq, set: row })
    const kept = await tx
      .select({ seq: acd_snapshots.seq })
      .from(acd_snapshots)
      .orderBy(desc(acd_snapshots.seq))
      .limit(SNAPSHOTS)
    const oldest = kept.at(-1)?.seq ?? 0
    await tx.delete(acd_snapshots).where(lt(acd_snapshots.seq, oldest))
    await tx.delete(acd_journal).where(lte(acd_journal.seq, oldest))
  }

  async #records(tx: Tx, told: RecordTold[]): Promise<void> {
    const now = this.#o.now()
    // The last word of each; one statement may not touch a row twice.
    const last = new Map(told.map((record) => [record.id, record]))
    const rows = [...last.values()].flatMap((record) => recordRow(record, now) ?? [])
    for (const part of parts(rows)) {
      await lockRecords(
        tx,
        part.map(({ id }) => id),
      )
      await tx
        .insert(call_records)
        .values(part)
        .onConflictDoUpdate({
          target: call_records.id,
          set: overwritten(),
          setWhere: eq(call_records.anonymised, false),
        })
    }
    // The agent may have written his notes before the engine told the end of the talk.
    const over = rows.flatMap(({ id, agent_id, answered_at, ended_at }) =>
      agent_id && answered_at && ended_at ? [id] : [],
    )
    for (const part of parts(over)) await notesOfLogs(tx, part)
  }

  async #calls(tx: Tx, calls: Batch['calls']): Promise<void> {
    const ids = [...calls.keys()]
    // Taken out and put in anew: who waits now is a handful of rows.
    for (const part of parts(ids)) await tx.delete(call_queue).where(inArray(call_queue.call_id, part))
    const rows = [...calls.values()].flatMap((call) => (call && call.ended_at === null ? [this.#callRow(call)] : []))
    for (const part of parts(rows)) await tx.insert(call_queue).values(part)
  }

  #callRow(call: AcdCallItem): typeof call_queue.$inferInsert {
    const queue = this.#o.queueOf(call.queue)
    return {
      session_id: call.call_id,
      priority: call.priority ?? 0,
      enqueued_at: call.enqueued_at,
      skills_required: queue?.skills ?? [],
      queue_name: call.queue,
      call_id: call.call_id,
      state: call.state,
      attempts: call.attempts ?? 0,
      deadline_at: queue && queue.max_wait_ms > 0 ? call.enqueued_at + queue.max_wait_ms : null,
    }
  }

  async #agents(tx: Tx, agents: Batch['agents']): Promise<void> {
    const ids = [...agents.keys()]
    for (const part of parts(ids)) await tx.delete(agent_state).where(inArray(agent_state.agent_id, part))
    const rows = [...agents.values()].flatMap((agent) => (agent ? [agentRow(agent, this.#o.now())] : []))
    for (const part of parts(rows)) await tx.insert(agent_state).values(part)
  }

  /** Entries and snapshots that are stored, for tests and health. */
  async sizes(): Promise<{ journal: number; snapshots: number; last: number }> {
    const { db } = this.#o
    const journal = await db.$count(acd_journal)
    const snapshots = await db.$count(acd_snapshots)
    return { journal, snapshots, last: this.#seq }
  }

  /** True when a record is stored and will not change any more. */
  async isFinal(id: string): Promise<boolean> {
    const { db } = this.#o
    const where = and(eq(call_records.id, id), eq(call_records.final, true))
    return (await db.select({ id: call_records.id }).from(call_records).where(where)).length > 0
  }
}

function agentRow(agent: AcdAgentItem, now: number): typeof agent_state.$inferInsert {
  return {
    agent_id: agent.extension,
    current_state: agent.state,
    available_at: agent.state === 'Available' && agent.until === null ? agent.since : agent.until,
    skills: agent.skills ?? [],
    current_session_id: agent.call_id,
    since: agent.since ?? now, // as it was when the engine first heard of him
    why: agent.why,
  }
}

function parts<T>(rows: T[]): T[][] {
  const list: T[][] = []
  for (let at = 0; at < rows.length; at += ROWS) list.push(rows.slice(at, at + ROWS))
  return list
}
