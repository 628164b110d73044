// The same Idempotency-Key with the same path gives the first answer again.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ringing, startHub, type TestHub } from './support/harness.js'

let t: TestHub
beforeAll(async () => {
  t = await startHub()
})
afterAll(() => t.stop())

const DAY = 24 * 60 * 60 * 1000

it('a create sent twice gives the first answer twice, also after the record has moved on', async () => {
  const first = await t.alice.post('/api/call-logs', ringing('twice'), 'twice')
  await t.alice.patch(`/api/call-logs/${first.body.id}`, { status: 'talking', revision: 2 })
  const second = await t.alice.post('/api/call-logs', ringing('twice'), 'twice')
  expect([second.status, second.body]).toEqual([201, first.body])
})

it('the order of the fields does not matter, nor the spaces', async () => {
  const body = { number: '+15551000', name: 'Ada' }
  const first = await t.alice.post('/api/contacts/find-or-create', body, 'order')
  const second = await t.alice.post(
    '/api/contacts/find-or-create',
    '{ "name": "Ada",  "number": "+15551000" }',
    'order',
  )
  expect(second.body).toEqual(first.body)
  expect(second.body.created).toBe(true)
})

it('ten duplicates that cross do the work once', async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => t.alice.post('/api/contacts/find-or-create', { number: '+15551001' }, 'cross')),
  )
  expect(answers.every((a) => a.body.created === true)).toBe(true)
  expect(new Set(answers.map((a) => a.body.id)).size).toBe(1)
})

it('the same key with another body is refused', async () => {
  await t.alice.post('/api/contacts/find-or-create', { number: '+15551002' }, 'other')
  const { status, body } = await t.alice.post('/api/contacts/find-or-create', { number: '+15551003' }, 'other')
  expect([status, body.code]).toEqual([422, 'idempotency_mismatch'])
})

it('the same key with another call_log is refused', async () => {
  await t.alice.post('/api/call-logs', ringing('one'), 'mixed')
  const { status, body } = await t.alice.post('/api/call-logs', ringing('two'), 'mixed')
  expect([status, body.code]).toEqual([422, 'idempotency_mismatch'])
})

it('another body that crosses the first is refused too', async () => {
  const send = (number: string) => t.alice.post('/api/contacts/find-or-create', { number }, 'crossed')
  const both = await Promise.all([send('+15551004'), send('+15551005')])
  expect(both.map((r) => r.status).sort()).toEqual([200, 422])
})

it('the same key on another path, or of another agent, is another request', async () => {
  await t.alice.put('/api/agents/1001/status', { status: 'ONLINE' }, 'shared')
  const pause = await t.alice.post('/api/members/1001/pause', { paused: true }, 'shared')
  expect(pause.body).toMatchObject({ paused: true })
  const bobs = await t.bob.post('/api/members/1002/pause', { paused: false }, 'shared')
  expect(bobs.body).toMatchObject({ extension: '1002', paused: false })
})

it('another token of the same agent gets the first answer: a page signs in anew and repeats', async () => {
  const first = await t.alice.post('/api/contacts/find-or-create', { number: '+15551006' }, 'again')
  const token = await t.hub.auth.issueToken({ extension: '1001' })
  const second = await t.anonymous.send(
    'POST',
    '/api/contacts/find-or-create',
    { number: '+15551006' },
    {
      'idempotency-key': 'again',
      authorization: `Bearer ${token}`,
    },
  )
  expect(second.body).toEqual(first.body)
})

it('a refusal is not kept', async () => {
  const write = () => t.program.post('/api/call-logs', ringing('later', { extension_id: 'e-1004' }), 'later')
  expect((await write()).status).toBe(422)
  const { upsertAgents } = await import('../../hub/src/index.js')
  await upsertAgents(t.hub.database.db, [{ extension: '1004', name: 'New' }], t.clock.now)
  expect((await write()).status).toBe(201)
})

it('a status change sent twice happens once', async () => {
  await t.alice.put('/api/agents/1001/status', { status: 'BREAK' }, 'status-1')
  await t.alice.put('/api/agents/1001/status', { status: 'ONLINE' }, 'status-2')
  const replay = await t.alice.put('/api/agents/1001/status', { status: 'BREAK' }, 'status-1')
  expect(replay.body.status).toBe('BREAK')
  expect((await t.alice.get('/api/agents/1001/status')).body.status).toBe('ONLINE')
})

it('a key is forgotten after a day', async () => {
  const send = () => t.alice.post('/api/contacts/find-or-create', { number: '+15551007' }, 'old')
  expect((await send()).body.created).toBe(true)
  t.clock.now += DAY + 1
  const token = await t.hub.auth.issueToken({ extension: '1001' })
  const headers = { 'idempotency-key': 'old', authorization: `Bearer ${token}` }
  const later = await t.anonymous.send('POST', '/api/contacts/find-or-create', { number: '+15551007' }, headers)
  expect(later.body.created).toBe(false)
  await t.hub.idempotency.sweep()
  expect(await t.hub.database.db.query.idempotency_keys.findMany()).toHaveLength(1)
})
