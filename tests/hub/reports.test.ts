// Reports: where their intervals begin, what the engine makes of stored rows, the CSV file, and the answers by REST.
import { describe, expect, it } from 'vitest'
import { reportCsv } from '../../hub/src/acd/report_csv.js'
import { openReport, type ReportRow } from '../../hub/src/acd/report_engine.js'
import { reportEdges } from '../../hub/src/acd/report_range.js'

const at = (iso: string) => Date.parse(iso)

describe('the intervals of a report', () => {
  it('are quarter hours by the clock, with a begin and an end that need not be', () => {
    const edges = reportEdges(at('2026-11-19T08:07:00Z'), at('2026-11-19T09:01:00Z'), '15m', 'Europe/London')
    expect(edges.map((edge) => new Date(edge).toISOString().slice(11, 16))).toEqual(['08:07', '08:15', '08:30', '08:45', '09:00', '09:01'])
  })

  it('begin where the zone has its hours, half an hour beside UTC too', () => {
    const edges = reportEdges(at('2026-11-18T18:30:00Z'), at('2026-11-18T20:30:00Z'), '1h', 'Asia/Kolkata')
    expect(edges).toEqual([at('2026-11-18T18:30:00Z'), at('2026-11-18T19:30:00Z'), at('2026-11-18T20:30:00Z')])
  })

  it('are days of 23 and 25 hours where the clock is changed', () => {
    const spring = reportEdges(at('2026-03-28T00:00:00Z'), at('2026-03-29T23:00:00Z'), '1d', 'Europe/London')
    expect(spring.map((edge, i) => (edge - (spring[i - 1] ?? edge)) / 3_600_000)).toEqual([0, 24, 23])
    const autumn = reportEdges(at('2026-10-24T23:00:00Z'), at('2026-10-26T00:00:00Z'), '1d', 'Europe/London')
    expect(autumn.map((edge, i) => (edge - (autumn[i - 1] ?? edge)) / 3_600_000)).toEqual([0, 25])
  })

  it('are refused when they cannot be meant, with a code', () => {
    const code = (make: () => unknown) => {
      try {
        make()
        return 'none'
      } catch (error) {
        return (error as { code: string }).code
      }
    }
    const begin = at('2016-01-01T00:00:00Z')
    expect(code(() => reportEdges(begin, begin, '15m', 'UTC'))).toBe('range_empty')
    expect(code(() => reportEdges(begin, at('2026-01-01T00:00:00Z'), '1d', 'UTC'))).toBe('range_too_long')
    expect(code(() => reportEdges(begin, begin + 1000, '15m', 'Moon/Base'))).toBe('zone_unknown')
    expect(code(() => reportEdges(begin, begin + 400 * 86_400_000, '5m', 'UTC'))).toBe('too_many_rows')
    expect(code(() => reportEdges(begin, begin + 400 * 86_400_000, '1d', 'UTC'))).toBe('none')
  })
})

const begin = at('2026-11-19T08:00:00Z')
const record = (queue_name: string, minute: number, wait_s: number, answered: boolean) => ({
  queue_name,
  agent_id: answered ? '1001' : null,
  outcome: answered ? 'answered' : 'abandoned',
  enqueued_at: begin + minute * 60_000,
  answered_at: answered ? begin + minute * 60_000 + wait_s * 1000 : null,
  ended_at: begin + minute * 60_000 + wait_s * 1000 + (answered ? 60_000 : 0),
  talk_time: answered ? 60_000 : 0,
  hold_time: 0,
  wrap_up_time: 0,
  offers: 1,
  rona_count: 0,
})

async function twoQueues() {
  const report = await openReport({ by: ['queue'], edges: [begin, begin + 3_600_000], sl_formula: 'SL1' })
  report.add({ records: [record('support', 1, 5, true), record('support', 2, 40, true)] })
  report.add({ records: [record('billing', 3, 50, false)] })
  const result = report.result()
  report.close()
  return result
}

describe('a report by the engine', () => {
  it('has a row for each queue and the total, each number with its formula in words', async () => {
    const result = await twoQueues()
    const row = (queue: string) => result.rows.find((each) => each.queue === queue) as ReportRow
    expect(row('support').numbers.service_level).toBe(0.5)
    expect(row('support').numbers.asa_ms).toBe(22_500)
    expect(row('billing').numbers.service_level).toBe(0)
    expect(row('billing').numbers.asa_ms).toBeNull()
    expect(result.total.counters.offered).toBe(3)
    for (const name of Object.keys(result.total.numbers)) expect(result.formulas[name], name).toBeTypeOf('string')
  })

  it('does not miss a row of a page that is larger than the engine takes at once', async () => {
    const report = await openReport({ by: [], edges: [begin, begin + 3_600_000] })
    report.add({ records: Array.from({ length: 9_000 }, (_, i) => record('support', i % 50, 5, true)) })
    expect(report.result().total.counters.answered).toBe(9_000)
    report.close()
  })

  it('says why settings are refused', async () => {
    await expect(openReport({ by: [], edges: [begin] })).rejects.toThrow('edges')
  })
})

describe('the CSV file', () => {
  it('has a header with the formula and its threshold, a line for each row, and the total', async () => {
    const lines = reportCsv(await twoQueues(), 'Europe/London').trimEnd().split('\r\n')
    expect(lines).toHaveLength(4)
    expect(lines[0]).toContain('"service_level (SL1, 20 s)"')
    expect(lines.at(-1)).toMatch(/^total,3,2,1,/)
  })

  it('never hands a spreadsheet a formula', async () => {
    const report = await openReport({ by: ['queue'], edges: [begin, begin + 3_600_000] })
    report.add({ records: [record('=cmd|calc', 1, 5, true)] })
    const text = reportCsv(report.result(), 'UTC')
    report.close()
    expect(text).not.toMatch(/(^|,)=cmd/m)
    expect(text).toContain("'=cmd|calc")
  })
})
