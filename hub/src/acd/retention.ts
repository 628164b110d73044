// How long what is kept of calls is kept: records, their notes, the numbers in
// them. A sweeper, once an hour; what is not configured is kept for ever. Only
// calls that are over are touched.
import { createHmac } from 'node:crypto'
import { and, asc, eq, inArray, isNotNull, isNull, lt, or, sql } from 'drizzle-orm'
import type { FastifyBaseLogger } from 'fastify'
import type { Db } from '../database.js'
import { OptionError } from '../options.js'
import { call_records } from '../schema.js'

export interface RetentionOptions {
  /** Days after which a record is removed. */
  records_days?: number
  /** Days after which its notes are removed. */
  notes_days?: number
  /** Days after which the callers' numbers in it are replaced. */
  numbers_days?: number
  /** By what: nothing (the default), or a keyed hash, so that the same caller is still known to be the same. */
  numbers_key?: string
}

const DAY_MS = 86_400_000
/** Rows of one statement: the sweeper shares the database with the calls. */
const ROWS = 1_000
const KEY_MIN = 16

/** Throws OptionError with what to do. */
export function checkRetention({ numbers_key, ...days }: RetentionOptions): void {
  for (const [name, value] of Object.entries(days)) {
    if (value !== undefined && !(Number.isFinite(value) && value >= 0)) {
      throw new OptionError(`Retention: ${name} is a number of days, 0 or more.`)
    }
  }
  if (numbers_key !== undefined && numbers_key.length < KEY_MIN) {
    throw new OptionError(
      `Retention: numbers_key needs at least ${KEY_MIN} characters, or the numbers could be guessed.`,
    )
  }
}

/** A number as it is kept after `numbers_days`: the same for the same number and key. */
export function anonymised(number: string | null, key: string | undefined): string | null {
  if (number === null || key === undefined || number.startsWith('anon:')) return key === undefined ? null : number
  return `anon:${createHmac('sha256', key).update(number).digest('hex').slice(0, 24)}`
}

export class Retention {
  readonly #db: Db
  readonly #now: () => number
  readonly #log: FastifyBaseLogger
  readonly #o: RetentionOptions

  constructor(db: Db, now: () => number, log: FastifyBaseLogger, options: RetentionOptions) {
    checkRetention(options)
    this.#db = db
    this.#now = now
    this.#log = log
    this.#o = options
  }

  /** Removes and replaces what is due; how much that was. */
  async sweep(): Promise<{ records: number; notes: number; numbers: number }> {
    const { records_days, notes_days, numbers_days } = this.#o
    const done = {
      records: records_days === undefined ? 0 : await this.#records(records_days),
      notes: notes_days === undefined ? 0 : await this.#notes(notes_days),
      numbers: numbers_days === undefined ? 0 : await this.#numbers(numbers_days),
    }
    if (done.records + done.notes + done.numbers > 0) this.#log.info(done, 'records were removed or made anonymous')
    return done
  }

  /** Over for so many days. A record that never ended (a crash long ago) counts from its beginning. */
  #older(days: number) {
    const before = this.#now() - days * DAY_MS
    const r = call_records
    return and(lt(r.enqueued_at, before), or(lt(r.ended_at, before), and(isNull(r.ended_at), lt(r.updated_at, before))))
  }

  #records(days: number): Promise<number> {
    return this.#inParts(async () => {
      const ids = await this.#ids(this.#older(days))
      if (ids.length > 0) await this.#db.delete(call_records).where(inArray(call_records.id, ids))
      return ids.length
    })
  }

  #notes(days: number): Promise<number> {
    return this.#inParts(async () => {
      const ids = await this.#ids(and(this.#older(days), isNotNull(call_records.notes)))
      if (ids.length > 0) await this.#db.update(call_records).set({ notes: null }).where(inArray(call_records.id, ids))
      return ids.length
    })
  }

  #numbers(days: number): Promise<number> {
    const r = call_records
    const { numbers_key } = this.#o
    return this.#inParts(async () => {
      const rows = await this.#db
        .select({ id: r.id, from: r.from, to: r.to, overflow_to: r.overflow_to })
        .from(r)
        .where(and(this.#older(days), eq(r.anonymised, false)))
        .orderBy(asc(r.enqueued_at))
        .limit(ROWS)
      if (rows.length === 0) return 0
      const of = (name: 'from' | 'to' | 'overflow_to') => {
        const cases = rows.map((row) => sql`when ${row.id} then ${anonymised(row[name], numbers_key)}`)
        return sql`case ${r.id} ${sql.join(cases, sql` `)} end`
      }
      const ids = rows.map(({ id }) => id)
      // What a list of offers or participants holds are extensions, our own; the caller is in these columns only.
      await this.#db
        .update(r)
        .set({ from: of('from'), to: of('to'), overflow_to: of('overflow_to'), anonymised: true })
        .where(inArray(r.id, ids))
      return rows.length
    })
  }

  async #ids(where: ReturnType<typeof and>): Promise<string[]> {
    const rows = await this.#db.select({ id: call_records.id }).from(call_records).where(where).limit(ROWS)
    return rows.map(({ id }) => id)
  }

  async #inParts(part: () => Promise<number>): Promise<number> {
    for (let all = 0; ; ) {
      const done = await part()
      all += done
      if (done < ROWS) return all
    }
  }
}
