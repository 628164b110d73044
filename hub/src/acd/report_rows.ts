// The stored rows that a report is made of, page by page in the order of time, so that a year of calls needs no more memory than a
// day: records of calls, intervals of statuses, schedules. Queries only; what they mean is the engine's.
import { and, asc, eq, gt, gte, isNull, lt, or, type SQL } from 'drizzle-orm'
import type { Db } from '../database.js'
import { agent_status_history, call_records, schedules } from '../schema.js'
import type { ReportPage } from './report_engine.js'

const PAGE_ROWS = 2_000

export interface RowFilter {
  from: number
  until: number
  /** The column by which a call belongs to the range. */
  at: 'enqueued_at' | 'ended_at'
  queue?: string | undefined
  agent?: string | undefined
  /** Statuses and schedules too. */
  times: boolean
  /** Until when an open status has lasted. */
  now: number
}

/** Pages until there are no more rows. */
export async function* reportPages(db: Db, filter: RowFilter): AsyncGenerator<ReportPage> {
  yield* recordPages(db, filter)
  if (!filter.times) return
  yield* statusPages(db, filter)
  yield* schedulePages(db, filter)
}

async function* recordPages(db: Db, f: RowFilter): AsyncGenerator<ReportPage> {
  const t = call_records
  const at = t[f.at]
  let after: SQL | undefined
  for (;;) {
    const rows = await db
      .select({
        id: t.id,
        queue_name: t.queue_name,
        agent_id: t.agent_id,
        outcome: t.outcome,
        enqueued_at: t.enqueued_at,
        answered_at: t.answered_at,
        ended_at: t.ended_at,
        talk_time: t.talk_time,
        hold_time: t.hold_time,
        ring_time: t.ring_time,
        wrap_up_time: t.wrap_up_time,
        wrap_up_ended_at: t.wrap_up_ended_at,
        offers: t.offers,
        rona_count: t.rona_count,
        wait_time: t.wait_time,
        part: t.part,
      })
      .from(t)
      .where(
        and(
          gte(at, f.from),
          lt(at, f.until),
          f.queue === undefined ? undefined : eq(t.queue_name, f.queue),
          f.agent === undefined ? undefined : eq(t.agent_id, f.agent),
          after,
        ),
      )
      .orderBy(asc(at), asc(t.id))
      .limit(PAGE_ROWS)
    if (rows.length > 0) yield { records: rows }
    const last = rows.at(-1)
    if (!last || rows.length < PAGE_ROWS) return
    const reached = last[f.at] as number
    after = or(gt(at, reached), and(eq(at, reached), gt(t.id, last.id)))
  }
}

async function* statusPages(db: Db, f: RowFilter): AsyncGenerator<ReportPage> {
  const t = agent_status_history
  let last = 0
  for (;;) {
    const rows = await db
      .select({ id: t.id, extension: t.extension, status: t.status, since: t.since, until: t.until })
      .from(t)
      .where(
        and(
          gt(t.id, last),
          lt(t.since, f.until),
          or(isNull(t.until), gt(t.until, f.from)),
          f.agent === undefined ? undefined : eq(t.extension, f.agent),
        ),
      )
      .orderBy(asc(t.id))
      .limit(PAGE_ROWS)
    // An open one lasts until now, not until the end of a range that reaches into tomorrow.
    if (rows.length > 0) yield { statuses: rows.map((row) => ({ ...row, until: row.until ?? f.now })) }
    if (rows.length < PAGE_ROWS) return
    last = rows.at(-1)?.id ?? last
  }
}

async function* schedulePages(db: Db, f: RowFilter): AsyncGenerator<ReportPage> {
  const t = schedules
  let after: SQL | undefined
  for (;;) {
    const rows = await db
      .select({ extension: t.extension, status: t.status, from: t.from, until: t.until })
      .from(t)
      .where(
        and(
          lt(t.from, f.until),
          gt(t.until, f.from),
          f.agent === undefined ? undefined : eq(t.extension, f.agent),
          after,
        ),
      )
      .orderBy(asc(t.extension), asc(t.from))
      .limit(PAGE_ROWS)
    if (rows.length > 0) yield { schedules: rows }
    const last = rows.at(-1)
    if (!last || rows.length < PAGE_ROWS) return
    after = or(gt(t.extension, last.extension), and(eq(t.extension, last.extension), gt(t.from, last.from)))
  }
}
