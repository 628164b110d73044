// call_logs: created once, updated by revision, seen by who may see them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ringing, startHub, type TestHub } from './support/harness.js'

let t: TestHub
beforeAll(async () => {
  t = await startHub()
})
afterAll(() => t.stop())

const create = async (key: string, extra: object = {}) =>
  (await t.alice.post('/api/call-logs', ringing(key, extra), key)).body
const patch = (id: string, body: object) => t.alice.patch(`/api/call-logs/${id}`, body)

describe('the story of a call', () => {
  it('is created ringing, updated talking, ended answered, and noted afterwards', async () => {
    const sent = ringing('story', { extension_id: 'e-1001', queue_name: 'Support', yeastar_call_id: '1651057476.362' })
    const created = await t.alice.post('/api/call-logs', sent, 'story')
    expect(created.status).toBe(201)
    expect(created.body).toEqual({ ...sent, id: expect.stringMatching(/^\d+$/) })
    const { id } = created.body

    const talking = { ...sent, status: 'talking', connected_at: 1_790_000_004_000, contact_id: '7', revision: 2 }
    expect((await patch(id, talking)).body).toEqual({ ...talking, id })

    const ended = {
      ...talking,
      status: 'answered',
      end_reason: 'remote_hangup',
      duration: 61_234.567,
      ended_at: 1_790_000_065_234,
      revision: 3,
    }
    expect((await patch(id, ended)).body).toEqual({ ...ended, id, duration: 61_235 })

    const noted = (await patch(id, { ...ended, notes: 'wants a call back', disposition: 'sale', revision: 4 })).body
    expect(noted).toMatchObject({ notes: 'wants a call back', disposition: 'sale', status: 'answered', revision: 4 })
    expect((await t.alice.get('/api/call-logs?limit=1')).body.items).toEqual([noted])
  })

  it('may leave out everything that is not known', async () => {
    const { status, body } = await t.alice.post('/api/call-logs', { key: 'bare', type: 'outbound', status: 'ringing' })
    expect(status).toBe(201)
    expect(body).toMatchObject({ extension_id: 'e-1001', duration: 0, hold_ms: 0, revision: 0, end_reason: 'none' })
  })
})

describe('revision', () => {
  it.each([1, 0])('%i on 1 changes nothing and answers with the stored record', async (revision) => {
    const stored = await create(`same-${revision}`)
    const { status, body } = await patch(stored.id, { ...stored, notes: 'late', revision })
    expect([status, body]).toEqual([200, stored])
  })

  it('decides when writes arrive in the wrong order', async () => {
    const { id } = await create('reordered')
    await Promise.all([5, 3, 4, 2].map((revision) => patch(id, { revision, notes: `revision ${revision}` })))
    const { items } = (await t.alice.get('/api/call-logs?limit=1')).body
    expect(items[0]).toMatchObject({ notes: 'revision 5', revision: 5 })
  })

  it('is needed for an update', async () => {
    const { id } = await create('without')
    expect((await patch(id, { notes: 'x' })).body.code).toBe('validation_failed')
  })
})

describe('a final status', () => {
  it.each(['answered', 'missed', 'no_answered'])('%s is never reopened', async (status) => {
    const { id } = await create(`final-${status}`)
    const final = (await patch(id, { status, end_reason: 'timeout', duration: 5, ended_at: 99, revision: 2 })).body
    for (const [revision, reopened] of [
      [3, 'talking'],
      [4, 'ringing'],
    ] as const) {
      const { body } = await patch(id, {
        status: reopened,
        end_reason: 'none',
        duration: 0,
        ended_at: null,
        notes: 'n',
        revision,
      })
      expect(body).toEqual({ ...final, notes: 'n', revision })
    }
  })

  it('talking does not fall back to ringing', async () => {
    const { id } = await create('rank', { status: 'talking' })
    expect((await patch(id, { status: 'ringing', revision: 9 })).body.status).toBe('talking')
  })
})

describe('one record, however often it is created', () => {
  it('a create that was never answered may be repeated with what is known by now', async () => {
    const first = await create('repeat')
    const again = await t.alice.post('/api/call-logs', ringing('repeat', { status: 'talking', revision: 3 }), 'repeat')
    expect(again.status).toBe(201)
    expect(again.body).toMatchObject({ id: first.id, status: 'talking', revision: 3 })
  })

  it('twenty creates that cross, without Idempotency-Key, make one record', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => t.alice.post('/api/call-logs', ringing('crossing'))),
    )
    expect(new Set(answers.map((a) => a.body.id)).size).toBe(1)
    expect(new Set(answers.map((a) => a.status))).toEqual(new Set([201]))
  })

  it('the same key of another agent is another record', async () => {
    const mine = await create('shared')
    const theirs = (await t.bob.post('/api/call-logs', ringing('shared'))).body
    expect(theirs.id).not.toBe(mine.id)
    expect(theirs.extension_id).toBe('e-1002')
  })

  it('a hundred writes at once are all stored and told in order', async () => {
    const revisions: number[] = []
    const stop = t.hub.streams.call_log.listen((change) => revisions.push(change.revision))
    const before = t.hub.streams.call_log.revision
    const keys = Array.from({ length: 100 }, (_, i) => `many-${i}`)
    const made = await Promise.all(keys.map((key) => create(key, { notes: key })))
    stop()
    expect(made.map((m) => m.notes)).toEqual(keys)
    expect(revisions).toEqual(keys.map((_, i) => before + i + 1))
  })
})

describe('who may', () => {
  it('an agent does not write, change or list what is not its own', async () => {
    const mine = await create('private')
    const refused = [
      await t.bob.patch(`/api/call-logs/${mine.id}`, { notes: 'hello', revision: 99 }),
      await t.bob.get('/api/call-logs?extension_id=e-1001'),
      await t.bob.post('/api/call-logs', ringing('forged', { extension_id: 'e-1001' })),
    ]
    expect(refused.map((r) => [r.status, r.body.code])).toEqual(Array(3).fill([403, 'not_yours']))
    expect((await t.alice.get('/api/call-logs?limit=1')).body.items[0]).toEqual(mine)
    const { items } = (await t.bob.get('/api/call-logs')).body
    expect(new Set(items.map((i: { extension_id: string }) => i.extension_id))).toEqual(new Set(['e-1002']))
  })

  it('a supervisor lists all, or those of one extension_id, newest first', async () => {
    const all = (await t.sue.get('/api/call-logs?limit=200')).body.items
    const ids = all.map((i: { id: string }) => Number(i.id))
    expect(ids).toEqual([...ids].sort((a, b) => b - a))
    expect(new Set(all.map((i: { extension_id: string }) => i.extension_id)).size).toBeGreaterThan(1)
    const bobs = (await t.sue.get('/api/call-logs?extension_id=e-1002')).body.items
    expect(bobs.every((i: { extension_id: string }) => i.extension_id === 'e-1002')).toBe(true)
  })

  it('a program writes for an agent by extension_id, and for nobody else', async () => {
    const { body } = await t.program.post('/api/call-logs', ringing('by-program', { extension_id: 'e-1002' }))
    expect((await t.bob.get('/api/call-logs?limit=1')).body.items).toEqual([body])
    const unknown = await t.program.post('/api/call-logs', ringing('nobody', { extension_id: 'e-9' }))
    expect([unknown.status, unknown.body.code]).toEqual([422, 'agent_unknown'])
    expect((await t.program.post('/api/call-logs', ringing('none'))).body.code).toBe('not_yours')
  })

  it.each(['999999', 'abc', '-1', '1e3', '9'.repeat(30)])('call_log %s is unknown: 404', async (id) => {
    const { status, body } = await patch(id, { revision: 1 })
    expect([status, body.code]).toEqual([404, 'call_log_unknown'])
  })
})
