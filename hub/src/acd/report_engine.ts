// A report as the engine makes it (docs/reports.md): settings, pages of rows, result. The formulas are the engine's; this
// file only carries the bytes. Each report has an instance of its own, so that its memory goes with it.
import { centreInstance } from '../pbx/engine.js'

/** Most bytes of one page of rows. */
const PAGE_BYTES = 1024 * 1024

export interface ReportSettings {
  by: readonly ('queue' | 'agent' | 'interval')[]
  /** ms UTC: the report's begin, the borders of its intervals, its end. */
  edges: readonly number[]
  sl_formula?: string
  sl_ms?: number
  short_abandon_ms?: number
  interval_of?: 'enqueued_at' | 'ended_at'
  percentiles_of?: 'answered' | 'offered'
  ringing_is_handling?: boolean
  productive?: readonly string[]
}

/** One cell: counts, and the numbers made of them; null is "no data". */
export interface ReportRow {
  queue?: string
  agent?: string | null
  from?: number
  until?: number
  counters: Record<string, number>
  numbers: Record<string, number | null>
  time: Record<string, number> | null
}

export interface ReportResult {
  from: number
  until: number
  sl_formula: string
  sl_ms: number
  short_abandon_ms: number
  /** What each number is, in words. */
  formulas: Record<string, string>
  total: ReportRow
  rows: ReportRow[]
  ignored: { outside: number; malformed: number; over_limit: number }
}

/** Rows as they are stored; each list may be left out. */
export interface ReportPage {
  records?: readonly object[]
  statuses?: readonly object[]
  schedules?: readonly object[]
}

export interface Report {
  add(page: ReportPage): void
  result(): ReportResult
  close(): void
}

interface Exports {
  oc_report_new(bytes: number): number
  oc_report_add(handle: number, bytes: number): number
  oc_report_result(handle: number): number
  oc_report_delete(handle: number): void
  oc_out_bytes(): number
}

/** @throws RangeError when the settings cannot be meant; its message says why */
export async function openReport(settings: ReportSettings): Promise<Report> {
  const { exports, put, take } = await centreInstance()
  const wasm = exports as unknown as Exports
  let handle = wasm.oc_report_new(put(JSON.stringify(settings)))
  if (handle === 0) throw new RangeError((JSON.parse(take(wasm.oc_out_bytes())) as { message: string }).message)
  const add = (page: ReportPage): void => {
    const text = JSON.stringify(page)
    if (Buffer.byteLength(text) > PAGE_BYTES) {
      for (const half of halves(page)) add(half)
    } else if (wasm.oc_report_add(handle, put(text)) !== 0) throw new Error('the engine could not read a page of rows')
  }
  return {
    add,
    result: () => JSON.parse(take(wasm.oc_report_result(handle))) as ReportResult,
    close() {
      if (handle !== 0) wasm.oc_report_delete(handle)
      handle = 0
    },
  }
}

/** The same rows in two pages; a single row that is too long for one is an error of ours, and thrown as such. */
function halves(page: ReportPage): [ReportPage, ReportPage] {
  const [first, second]: [ReportPage, ReportPage] = [{}, {}]
  let split = false
  for (const name of ['records', 'statuses', 'schedules'] as const) {
    const rows = page[name] ?? []
    const middle = rows.length >> 1
    first[name] = rows.slice(0, middle)
    second[name] = rows.slice(middle)
    split ||= middle > 0
  }
  if (!split && Object.values(first).every((rows) => rows.length === 0))
    throw new Error('one row of a report is longer than a page')
  return [first, second]
}
