// The pure rules of the hub, without a database.
import { describe, expect, it } from 'vitest'
import { isNewInterval, pauseFor } from '../../hub/src/agent_rules.js'
import { mergeCallLog } from '../../hub/src/call_log_rules.js'
import type { CallLogRow } from '../../hub/src/call_logs.js'
import { canonicalJson, parseJson } from '../../hub/src/json_body.js'
import { normaliseNumber } from '../../hub/src/numbers.js'
import { rootCause, toProblem } from '../../hub/src/problem.js'
import { AGENT_STATUSES } from '../../hub/src/schemas.js'
import { snapshotFrames } from '../../hub/src/socket.js'

const codeOf = (work: () => unknown): string => {
  try {
    work()
    return 'accepted'
  } catch (error) {
    return toProblem(error).code
  }
}

describe('the pause that belongs to a status', () => {
  it.each([
    ['ONLINE', null, { paused: false, reason_paused: null }],
    ['ONLINE', 'back', { paused: false, reason_paused: null }],
    ['ON_CALL', null, 'unchanged'],
    ['WRAP_UP', 'notes', { paused: true, reason_paused: 'WRAP_UP' }],
    ['PAUSE', null, { paused: true, reason_paused: 'PAUSE' }],
    ['BREAK', 'lunch', { paused: true, reason_paused: 'lunch' }],
    ['TRAINING', null, { paused: true, reason_paused: 'TRAINING' }],
    ['MEETING', 'weekly', { paused: true, reason_paused: 'weekly' }],
    ['DO_NOT_DISTURB', null, { paused: true, reason_paused: 'DO_NOT_DISTURB' }],
    ['OFFLINE', 'home', { paused: true, reason_paused: 'offline' }],
    ['OFFLINE', 'Auto: SIP not registered', { paused: true, reason_paused: 'Auto: SIP not registered' }],
  ] as const)('%s with reason %s', (status, reason, pause) => {
    expect(pauseFor(status, reason)).toEqual(pause)
  })

  it('is known for every status of the wire', () => {
    for (const status of AGENT_STATUSES) expect(pauseFor(status, null)).toBeDefined()
  })

  it('begins a new interval only when the agent does something else', () => {
    const lunch = { status: 'BREAK', reason: 'lunch', call_log_id: null }
    expect(isNewInterval(lunch, { ...lunch })).toBe(false)
    expect(isNewInterval(lunch, { ...lunch, reason: 'smoke' })).toBe(true)
    expect(isNewInterval(lunch, { ...lunch, status: 'ONLINE' })).toBe(true)
    expect(isNewInterval(lunch, { ...lunch, call_log_id: '7' })).toBe(true)
  })
})

describe('what a write may do to a call_log', () => {
  const stored = (extra: Partial<CallLogRow>) =>
    ({ status: 'talking', revision: 5, duration: 0, end_reason: 'none', notes: '', ...extra }) as CallLogRow

  it.each([4, 5])('revision %i changes nothing when 5 is stored', (revision) => {
    expect(mergeCallLog(stored({}), { revision, notes: 'late' }, 9)).toBeNull()
  })

  it('a newer revision is taken over, and what it leaves out stays', () => {
    expect(mergeCallLog(stored({}), { revision: 6, notes: 'called back' }, 9)).toEqual({
      notes: 'called back',
      revision: 6,
      updated_at: 9,
    })
  })

  it.each([
    ['talking', 'ringing'],
    ['answered', 'talking'],
    ['missed', 'ringing'],
    ['no_answered', 'talking'],
  ])('%s is never lowered to %s, but the notes of that write are kept', (before, after) => {
    const input = { revision: 6, status: after as 'ringing', duration: 1, end_reason: 'none' as const, notes: 'n' }
    expect(mergeCallLog(stored({ status: before, duration: 700 }), input, 9)).toEqual({
      notes: 'n',
      revision: 6,
      updated_at: 9,
    })
  })

  it('one final status may correct another', () => {
    const merged = mergeCallLog(stored({ status: 'missed' }), { revision: 6, status: 'answered' }, 9)
    expect(merged?.status).toBe('answered')
  })

  it('stores whole milliseconds', () => {
    const merged = mergeCallLog(null, { revision: 1, duration: 12.6, started_at: 1.2, status: 'ringing' }, 9)
    expect(merged).toMatchObject({ duration: 13, started_at: 1 })
  })
})

describe('numbers', () => {
  const isInternal = (digits: string) => /^\d{3,5}$/.test(digits)

  it.each([
    ['+44 20 7946-0123', '+442079460123'],
    ['(020) 7946.0123', '02079460123'],
    ['sip:+442079460123@trunk.example;user=phone', '+442079460123'],
    ['tel:+442079460123', '+442079460123'],
    ['112233', '112233'],
  ])('%s is %s', (raw, number) => {
    expect(normaliseNumber(raw, isInternal)).toBe(number)
  })

  it.each([
    ['', 'number_blank'],
    ['   ', 'number_blank'],
    ['anonymous', 'number_anonymous'],
    ['<unknown>', 'number_anonymous'],
    ['sip:anonymous@anonymous.invalid', 'number_anonymous'],
    ['Restricted', 'number_anonymous'],
    ['1001', 'number_internal'],
    ['alice', 'number_invalid'],
    ['*47', 'number_invalid'],
    ['+', 'number_invalid'],
    ['1'.repeat(21), 'number_invalid'],
  ])('%j is refused with %s', (raw, code) => {
    expect(codeOf(() => normaliseNumber(raw, isInternal))).toBe(code)
  })
})

describe('JSON from outside', () => {
  it.each([
    ['{', 'bad_json'],
    ['', 'bad_json'],
    ['{"a":1}x', 'bad_json'],
    ['[NaN]', 'bad_json'],
    ['{"a":"\\u0000"}', 'bad_json'],
    ['['.repeat(33) + ']'.repeat(33), 'too_deep'],
    ['['.repeat(200_000), 'too_deep'],
    [`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`, 'too_deep'],
  ])('%.20j is refused with %s', (text, code) => {
    expect(codeOf(() => parseJson(text))).toBe(code)
  })

  it('brackets inside strings do not count as depth', () => {
    expect(parseJson(JSON.stringify({ a: '['.repeat(100), b: '\\"[[' }))).toEqual({ a: '['.repeat(100), b: '\\"[[' })
  })

  it('half a surrogate pair becomes a replacement character', () => {
    expect(parseJson('{"a":"x\\ud800y","b":"\\ud83d\\ude00"}')).toEqual({ a: 'x\ufffdy', b: '😀' })
  })

  it('the same value has one canonical text', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}')
  })
})

describe('a snapshot in frames', () => {
  const items = Array.from({ length: 500 }, (_, i) => ({ extension: String(1000 + i), name: 'é'.repeat(50) }))

  it('stays within the frame limit and says which part it is', () => {
    const frames = snapshotFrames('agent_status', 12, items, 4096)
    for (const frame of frames) expect(Buffer.byteLength(frame)).toBeLessThanOrEqual(4096)
    const parsed = frames.map((frame) => JSON.parse(frame))
    expect(parsed.map((f) => f.part)).toEqual(frames.map((_, i) => i + 1))
    expect(parsed.flatMap((f) => f.items)).toEqual(items)
    expect(new Set(parsed.map((f) => f.parts))).toEqual(new Set([frames.length]))
  })

  it('is one frame without parts when it fits, also when there is nothing', () => {
    expect(snapshotFrames('call_log', 3, [], 4096)).toEqual([
      '{"type":"snapshot","stream":"call_log","revision":3,"items":[]}',
    ])
  })
})

describe('causes of errors', () => {
  it('leave out the parameters that Drizzle quotes', () => {
    const inner = Object.assign(new Error('duplicate key'), { code: '23505' })
    const outer = new Error('Failed query: insert … params: secret', { cause: inner })
    expect(rootCause(outer)).toMatchObject({ message: 'duplicate key', code: '23505' })
  })

  it.each([
    ['ECONNREFUSED', 'database_unavailable'],
    ['57P01', 'database_unavailable'],
    ['23505', 'internal_error'],
  ])('%s answers %s', (code, expected) => {
    expect(toProblem(new Error('query', { cause: Object.assign(new Error('x'), { code }) })).code).toBe(expected)
  })
})
