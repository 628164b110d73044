// The agent's day: midnight where the agent is, time in each status, calls and
// handle time; the pure rule, then through REST.
import { describe, expect, it } from 'vitest'
import { type DayCall, dayOf, dayStart, type StatusInterval } from '../../hub/src/agent_day.js'
import { AGENTS, ringing, startHub } from './support/harness.js'

const hour = 3_600_000
const utc = (text: string) => Date.parse(`${text}Z`)

describe('midnight', () => {
  it.each([
    ['2026-01-15T12:00', 'UTC', '2026-01-15T00:00'],
    ['2026-01-15T04:30', 'America/New_York', '2026-01-14T05:00'],
    ['2026-01-15T05:00', 'America/New_York', '2026-01-15T05:00'],
    ['2026-07-01T20:00', 'Asia/Kathmandu', '2026-07-01T18:15'],
    // The day of 25 hours, and the one of 23.
    ['2026-10-25T22:30', 'Europe/Berlin', '2026-10-24T22:00'],
    ['2026-03-29T21:30', 'Europe/Berlin', '2026-03-28T23:00'],
    // Beirut has no midnight on that day: its clocks go from 23:59 to 01:00.
    ['2026-03-29T12:00', 'Asia/Beirut', '2026-03-28T22:00'],
  ])('before %s in %s was at %s', (now, zone, midnight) => {
    expect(new Date(dayStart(utc(now), zone)).toISOString()).toBe(new Date(utc(midnight)).toISOString())
  })
})

const interval = (status: StatusInterval['status'], since: number, until: number | null): StatusInterval => ({
  status,
  since,
  until,
})
const call = (connected: number | null, ended: number | null, more: Partial<DayCall> = {}): DayCall => ({
  started_at: (connected ?? ended ?? 0) - 10,
  connected_at: connected,
  ended_at: ended,
  duration: connected !== null && ended !== null ? ended - connected : 0,
  ...more,
})

describe('the day', () => {
  it('splits an interval at midnight and counts the open one until now', () => {
    const { time } = dayOf([interval('ONLINE', 50, 130), interval('BREAK', 130, null)], [], 100, 200)
    expect(time).toMatchObject({ ONLINE: 30, BREAK: 70, OFFLINE: 0, ON_CALL: 0 })
  })

  it('takes time in calls out of the status beneath, two calls at once only once', () => {
    const calls = [call(110, 130), call(120, 150), call(190, null)]
    const { time } = dayOf([interval('ONLINE', 0, 140), interval('WRAP_UP', 140, null)], calls, 100, 200)
    expect(time).toMatchObject({ ONLINE: 10, ON_CALL: 30 + 10 + 10, WRAP_UP: 40 })
    expect(Object.values(time).reduce((a, b) => a + b)).toBe(100)
  })

  it('a call over midnight is time of today and no call of today', () => {
    const day = dayOf([interval('ONLINE', 0, null)], [call(50, 120)], 100, 200)
    expect(day).toMatchObject({ calls: 0, answered: 0, talk_ms: 0, average_handle_ms: null })
    expect(day.time.ON_CALL).toBe(20)
  })

  it('the average comes from sums and is never rounded', () => {
    const calls = [call(110, 111), call(120, 121), call(130, 132), call(null, 140)]
    const day = dayOf([interval('WRAP_UP', 150, 151)], calls, 100, 200)
    expect(day).toMatchObject({ calls: 4, answered: 3, talk_ms: 4, wrap_up_ms: 1 })
    expect(day.average_handle_ms).toBe(5 / 3)
  })

  it('a call that goes on is not yet in the average', () => {
    expect(dayOf([], [call(150, null)], 100, 200)).toMatchObject({ calls: 1, answered: 0, average_handle_ms: null })
  })

  it('times add up to what the intervals cover, whatever they are', () => {
    let seed = 7
    const random = (n: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return seed % n
    }
    for (let round = 0; round < 200; round++) {
      const marks = Array.from({ length: 6 }, () => random(300)).sort((a, b) => a - b)
      const words = ['ONLINE', 'BREAK', 'WRAP_UP', 'OFFLINE', 'PAUSE'] as const
      const intervals = words.map((word, i) => interval(word, marks[i] as number, marks[i + 1] as number))
      const calls = Array.from({ length: 4 }, () => {
        const began = random(300)
        return call(began, random(4) === 0 ? null : began + random(60))
      })
      const { time } = dayOf(intervals, calls, 100, 250)
      const covered = Math.max(0, Math.min(250, marks[5] as number) - Math.max(100, marks[0] as number))
      expect(Object.values(time).reduce((a, b) => a + b)).toBe(covered)
      expect(Math.min(...Object.values(time))).toBeGreaterThanOrEqual(0)
    }
  })
})

describe('through REST', () => {
  it('each agent has the day of the own zone', async () => {
    const [alice, bob, sue] = AGENTS
    const t = await startHub({
      timeZone: 'UTC',
      agents: [{ ...alice, time_zone: 'Asia/Tokyo' }, bob, sue] as typeof AGENTS,
    })
    t.clock.now = utc('2026-05-05T14:00')
    for (const [client, extension] of [
      [t.alice, '1001'],
      [t.bob, '1002'],
    ] as const) {
      await client.put(`/api/agents/${extension}/status`, { status: 'ONLINE' })
    }
    t.clock.now = utc('2026-05-05T16:00')
    const tokyo = (await t.alice.get('/api/agents/1001/today')).body
    expect(tokyo).toMatchObject({ time_zone: 'Asia/Tokyo', from: utc('2026-05-05T15:00'), until: t.clock.now })
    expect(tokyo.time.ONLINE).toBe(hour)
    expect((await t.bob.get('/api/agents/1002/today')).body).toMatchObject({
      time_zone: 'UTC',
      time: { ONLINE: 2 * hour },
    })
    const { items } = (await t.sue.get('/api/agents/today')).body
    expect(
      items.map(({ extension, time }: { extension: string; time: { ONLINE: number } }) => [extension, time.ONLINE]),
    ).toEqual([
      ['1001', hour],
      ['1002', 2 * hour],
      ['1003', 0],
    ])
    expect((await t.sue.get('/api/agents/7777/today')).body.code).toBe('agent_unknown')
    await t.stop()
  })

  it('counts the calls of the call_logs', async () => {
    const t = await startHub({ timeZone: 'UTC' })
    const now = t.clock.now
    await t.alice.put('/api/agents/1001/status', { status: 'ONLINE' })
    const times = { started_at: now + 1000, connected_at: now + 3000, ended_at: now + 10_500 }
    const answered = { status: 'answered', end_reason: 'remote_hangup', duration: 7500, ...times }
    await t.alice.post('/api/call-logs', ringing('a', answered))
    await t.alice.post('/api/call-logs', ringing('b', { status: 'missed', started_at: now, ended_at: now + 500 }))
    t.clock.now = now + 20_000
    expect((await t.alice.get('/api/agents/1001/today')).body).toMatchObject({
      calls: 2,
      answered: 1,
      talk_ms: 7500,
      average_handle_ms: 7500,
      time: { ONLINE: 12_500, ON_CALL: 7500 },
    })
    await t.stop()
  })

  it('a zone that there is none of is refused at the start', async () => {
    await expect(startHub({ timeZone: 'Mars/Olympus' })).rejects.toThrow('There is no time zone Mars/Olympus')
  })
})
