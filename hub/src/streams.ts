// A stream of changes: a gap-free revision, the last changes in memory, and
// who listens. The revision lives in the database and rises in the same
// transaction as the record, so a change is told if and only if it is stored.
// Not a queue between processes: one hub writes one database.
import { eq, sql } from 'drizzle-orm'
import type { Db, Tx } from './database.js'
import { revisions } from './schema.js'

export type StreamName = 'agent_status' | 'call_log'

export interface Change<T> {
  revision: number
  item: T
  /** The extension that the item belongs to; decides who may see it. */
  extension: string
  /** The frame, encoded once for all who get it. */
  frame: string
}

/** What a transaction changed, in order. */
export interface Written<T, R> {
  changed: { item: T; extension: string }[]
  result: R
}

export class ChangeStream<T> {
  readonly name: StreamName
  readonly #db: Db
  readonly #size: number
  #revision = 0
  #ring: Change<T>[] = []
  #listeners = new Set<(change: Change<T>) => void>()
  #tail: Promise<unknown> = Promise.resolve()

  constructor(db: Db, name: StreamName, size: number) {
    this.#db = db
    this.name = name
    this.#size = size
  }

  /** Reads the last revision; call before anything else. */
  async open(): Promise<void> {
    await this.#db.insert(revisions).values({ stream: this.name, revision: 0 }).onConflictDoNothing()
    const [row] = await this.#db.select().from(revisions).where(eq(revisions.stream, this.name))
    this.#revision = row?.revision ?? 0
  }

  get revision(): number {
    return this.#revision
  }

  /**
   * Runs one writer at a time in a transaction, raises the revision by what it
   * changed, and tells the listeners after the commit, in order. The database
   * would serialise the writers on the revision anyway; here they queue
   * without holding locks.
   */
  write<R>(work: (tx: Tx) => Promise<Written<T, R>>): Promise<R> {
    const run = this.#tail.then(async () => {
      let last = 0
      const written = await this.#db.transaction(async (tx) => {
        const done = await work(tx)
        const n = done.changed.length
        if (n > 0) {
          const [row] = await tx
            .update(revisions)
            .set({ revision: sql`${revisions.revision} + ${n}` })
            .where(eq(revisions.stream, this.name))
            .returning()
          last = row?.revision ?? 0
        }
        return done
      })
      const first = last - written.changed.length + 1
      written.changed.forEach((change, i) => {
        this.#tell(first + i, change)
      })
      return written.result
    })
    this.#tail = run.catch(() => {})
    return run
  }

  #tell(revision: number, { item, extension }: { item: T; extension: string }): void {
    const frame = JSON.stringify({ type: 'change', stream: this.name, revision, item })
    const change = { revision, item, extension, frame }
    this.#revision = revision
    this.#ring.push(change)
    if (this.#ring.length > this.#size) this.#ring.shift()
    for (const listener of this.#listeners) listener(change)
  }

  /** Calls back for each change from now on; returns how to stop. */
  listen(listener: (change: Change<T>) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The changes after `revision`, or null when they are no longer all here. */
  since(revision: number): readonly Change<T>[] | null {
    if (revision === this.#revision) return []
    const oldest = this.#ring[0]?.revision
    if (oldest === undefined || revision > this.#revision || revision < oldest - 1) return null
    return this.#ring.slice(revision - oldest + 1)
  }

  /** Waits until the writers that have begun are done. */
  async settle(): Promise<void> {
    await this.#tail
  }
}
