// Reports: where their intervals begin, what the engine makes of stored rows, the CSV file, and the answers by REST.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reportCsv } from '../../hub/src/acd/report_csv.js'
import { openReport, type ReportRow } from '../../hub/src/acd/report_engine.js'
import { reportEdges } from '../../hub/src/acd/report_range.js'
import { agent_status_history, call_records, schedules } from '../../hub/src/schema.js'
import { startHub, type TestHub } from './support/harness.js'

const at = (iso: string) => Date.parse(iso)

describe('the intervals of a report', () => {
  it('are quarter hours by the clock, with a begin and an end that need not be', () => {
    const edges = reportEdges(at('2026-11-19T08:07:00Z'), at('2026-11-19T09:01:00Z'), '15m', 'Europe/London')
    expect(edges.map((edge) => new Date(edge).toISOString().slice(11, 16))).toEqual([
      '08:07',
      '08:15',
      '08:30',
      '08:45',
      '09:00',
      '09:01',
    ])
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
    const lines = reportCsv(await twoQueues(), 'Europe/London')
      .trimEnd()
      .split('\r\n')
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

describe('by REST', () => {
  const cc = '/api/contact-centre'
  let t: TestHub
  beforeAll(async () => {
    t = await startHub({ timeZone: 'Europe/London', clock: () => begin + 3_000_000 })
    await t.hub.acd.settings.load()
    const rows = [
      record('support', 1, 5, true),
      record('support', 2, 40, true),
      record('support', 20, 3, false),
      record('billing', 3, 50, false),
    ]
    await t.hub.database.db
      .insert(call_records)
      .values(rows.map((row, i) => ({ ...row, id: `r${i}`, call_id: `c${i}`, updated_at: begin })))
    await t.hub.database.db.insert(agent_status_history).values([
      { extension: '1001', status: 'ONLINE', source: 'agent', since: begin, until: begin + 1_800_000 },
      { extension: '1001', status: 'BREAK', source: 'agent', since: begin + 1_800_000, until: null },
    ])
    await t.hub.database.db
      .insert(schedules)
      .values([{ extension: '1001', from: begin, until: begin + 3_000_000, status: 'ONLINE' }])
  })
  afterAll(() => t.stop())

  const ask = (path: string) => t.sue.get(`${cc}/reports/${path}`)
  const range = `from=${begin}&until=${begin + 3_600_000}`

  it('today is the default, each number beside the formula that it was made by', async () => {
    const { status, body } = await ask('queues')
    expect(status).toBe(200)
    expect([body.from, body.until, body.zone]).toEqual([at('2026-11-19T00:00:00Z'), begin + 3_000_000, 'Europe/London'])
    expect(body.rows.map((row: ReportRow) => [row.queue, row.counters.offered])).toEqual([
      ['billing', 1],
      ['support', 3],
    ])
    expect(body.total.counters).toMatchObject({ offered: 4, answered: 2, abandoned: 2, short_abandoned: 1 })
    expect(body.total.numbers.service_level).toBeCloseTo(1 / 3, 6)
    expect([body.sl_formula, body.formulas.service_level]).toEqual([
      'SL4',
      'answered in T / (offered - short abandons)',
    ])
  })

  it('a series has a row for each interval, calls or not', async () => {
    const { body } = await ask(`intervals?${range}&interval=15m`)
    expect(body.rows.map((row: ReportRow) => row.counters.offered)).toEqual([3, 1, 0, 0])
    expect(body.rows[2].numbers.service_level).toBeNull()
  })

  it('one queue by its own thresholds, which a question may overrule', async () => {
    await t.program.put(`${cc}/queues/support`, { sl_formula: 'SL2', sl_ms: 60_000 })
    expect((await ask(`queues?${range}&queue=support`)).body).toMatchObject({
      sl_formula: 'SL2',
      sl_ms: 60_000,
      total: { numbers: { service_level: 1 } },
    })
    const own = (await ask(`queues?${range}&queue=support&sl_formula=SL1&sl_ms=20000`)).body
    expect([own.sl_formula, own.total.numbers.service_level]).toEqual(['SL1', 0.333333])
  })

  it('an agent’s time: statuses, occupancy and adherence', async () => {
    const { body } = await ask(`agents?${range}`)
    const alice = body.rows.find((row: ReportRow) => row.agent === '1001')
    expect(alice.time).toMatchObject({ ONLINE: 1_800_000, BREAK: 1_200_000, logged_in: 3_000_000, handling: 120_000 })
    expect(alice.numbers).toMatchObject({ occupancy: 0.066667, adherence: 0.6 })
  })

  it('as a CSV file', async () => {
    const answer = await fetch(`${t.hub.url}${cc}/reports/queues?${range}&format=csv`, {
      headers: { authorization: `Bearer ${t.sue.token}` },
    })
    expect(answer.headers.get('content-type')).toContain('text/csv')
    expect(answer.headers.get('content-disposition')).toContain('queues.csv')
    expect((await answer.text()).split('\r\n')[1]).toMatch(/^billing,1,0,1,/)
  })

  it('refuses what cannot be meant, and who may not ask', async () => {
    const refused = async (path: string) => {
      const { status, body } = await ask(path)
      return [status, body.code]
    }
    expect(await refused(`queues?from=0&until=${begin}`)).toEqual([422, 'range_too_long'])
    expect(await refused(`queues?from=${begin}&until=${begin}`)).toEqual([422, 'range_empty'])
    expect(await refused('queues?zone=Moon/Base')).toEqual([422, 'zone_unknown'])
    expect(await refused(`queues?${range}&queue=nowhere`)).toEqual([404, 'queue_unknown'])
    expect(await refused('queues?sl_formula=SL9')).toEqual([400, 'validation_failed'])
    expect(await refused('queues?productive=SLEEPING')).toEqual([422, 'bad_report'])
    expect(await refused('moods')).toEqual([400, 'validation_failed'])
    expect((await t.alice.get(`${cc}/reports/queues`)).status).toBe(403)
  })
})
