// Reports over what is stored: which rows, through the engine's formulas, as a result. At most two are made at a time: each reads
// every row of its range.
import type { Db } from '../database.js'
import { Problem } from '../problem.js'
import { openReport, type ReportResult, type ReportSettings } from './report_engine.js'
import { type Interval, MOST_ROWS, reportEdges } from './report_range.js'
import { reportPages } from './report_rows.js'

const AT_ONCE = 2

export const REPORT_KINDS = ['queues', 'agents', 'intervals', 'service-level'] as const
export type ReportKind = (typeof REPORT_KINDS)[number]

export interface ReportQuestion {
  kind: ReportKind
  from: number
  until: number
  interval: Interval
  zone: string
  queue?: string | undefined
  agent?: string | undefined
  settings: Omit<ReportSettings, 'by' | 'edges'>
}

export class Reports {
  readonly #db: Db
  readonly #now: () => number
  #running = 0

  constructor(db: Db, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /**
   * Reads all rows of the range and gives the numbers.
   * @throws Problem 422 for a range or setting that cannot be meant, 503 `reports_busy` while two others run
   */
  async make(question: ReportQuestion): Promise<ReportResult> {
    const { kind, from, until, interval, zone, queue, agent } = question
    const edges = reportEdges(from, until, interval, zone)
    if (this.#running >= AT_ONCE)
      throw new Problem(
        503,
        'reports_busy',
        'Reports are being made',
        'Two reports are being made. Ask again in a few seconds.',
      )
    this.#running++
    try {
      const by: ReportSettings['by'] = [
        ...(kind === 'agents' ? (['agent'] as const) : kind === 'intervals' ? [] : (['queue'] as const)),
        ...(edges.length > 2 ? (['interval'] as const) : []),
      ]
      const report = await this.#open({ ...question.settings, by, edges })
      try {
        const at = question.settings.interval_of ?? 'enqueued_at'
        const times = queue === undefined && kind !== 'service-level'
        for await (const page of reportPages(this.#db, { from, until, at, queue, agent, times, now: this.#now() }))
          report.add(page)
        const result = report.result()
        if (result.ignored.over_limit > 0)
          throw new Problem(
            422,
            'too_many_rows',
            'This report cannot be made',
            `It would have more than ${MOST_ROWS} rows. Ask for a shorter range, longer intervals, or one queue.`,
          )
        return result
      } finally {
        report.close()
      }
    } finally {
      this.#running--
    }
  }

  async #open(settings: ReportSettings) {
    try {
      return await openReport(settings)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw new Problem(422, 'bad_report', 'This report cannot be made', error.message)
    }
  }
}
