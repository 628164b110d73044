// A report as CSV (RFC 4180, UTF-8): one line a row, the total last. The service level's column is named with its formula and
// threshold. Cells that a spreadsheet would run as a formula are escaped.
import { stringify } from 'csv-stringify/sync'
import type { ReportResult, ReportRow } from './report_engine.js'
import { isoIn } from './report_range.js'

/** The text of the file; an empty cell is "no data". */
export function reportCsv(report: ReportResult, zone: string): string {
  const first = report.rows[0]
  const keys = (['queue', 'agent', 'from', 'until'] as const).filter((key) => first && key in first)
  const numbers = Object.keys(report.total.numbers)
  const counters = Object.keys(report.total.counters)
  const times = Object.keys(report.total.time ?? {})
  const header = [
    ...keys,
    ...counters,
    ...numbers.map((name) =>
      name === 'service_level' ? `service_level (${report.sl_formula}, ${report.sl_ms / 1000} s)` : name,
    ),
    ...times.map((name) => `${name}_ms`),
  ]
  const line = (row: ReportRow, total: boolean): (string | number | null)[] => [
    ...keys.map((key, i) => {
      if (total) return i === 0 ? 'total' : ''
      const value = row[key]
      return typeof value === 'number' ? isoIn(zone, value) : (value ?? '')
    }),
    ...counters.map((name) => row.counters[name] ?? 0),
    ...numbers.map((name) => row.numbers[name] ?? null),
    ...times.map((name) => row.time?.[name] ?? null),
  ]
  return stringify([header, ...report.rows.map((row) => line(row, false)), line(report.total, true)], {
    escape_formulas: true,
    record_delimiter: 'windows',
  })
}
