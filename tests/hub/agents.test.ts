// Agent status: CRM first, the pause of the table, history, and the PBX as
// best it can.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHub, type TestHub } from './support/harness.js'

let t: TestHub
beforeAll(async () => {
  t = await startHub()
})
afterAll(() => t.stop())

const put = (body: object, client = t.alice, extension = '1001') => client.put(`/api/agents/${extension}/status`, body)

describe('the status of an agent', () => {
  it('is 404 agent_unknown while the CRM holds none', async () => {
    const { status, body } = await t.bob.get('/api/agents/1002/status')
    expect([status, body.code]).toEqual([404, 'agent_unknown'])
    expect((await t.sue.get('/api/agents/7777/status')).status).toBe(404)
  })

  it('is stored with its pause and read back; everyone sees it as presence', async () => {
    const { status, body } = await put({ status: 'BREAK', reason: 'lunch', source: 'agent' })
    expect(status).toBe(200)
    expect(body).toEqual({
      extension: '1001',
      name: 'Alice',
      status: 'BREAK',
      reason: 'lunch',
      since: t.clock.now,
      source: 'agent',
      call_log_id: null,
      stuck_at: t.clock.now + 3_600_000,
      paused: true,
      reason_paused: 'lunch',
      pause: 'pending',
      pbx: null,
      registration: null,
    })
    expect((await t.alice.get('/api/agents/1001/status')).body).toEqual(body)
    expect((await t.bob.get('/api/agents')).body).toEqual({ items: [body] })
    expect(t.log.join('')).toContain('Agent status changed to: BREAK')
  })

  it.each([
    ['ONLINE', undefined, false, null],
    ['OFFLINE', undefined, true, 'offline'],
    ['PAUSE', undefined, true, 'PAUSE'],
    ['BREAK', 'tea', true, 'tea'],
    ['TRAINING', undefined, true, 'TRAINING'],
    ['MEETING', undefined, true, 'MEETING'],
    ['WRAP_UP', undefined, true, 'WRAP_UP'],
    ['DO_NOT_DISTURB', undefined, true, 'DO_NOT_DISTURB'],
  ])('%s (%s) pauses %s with %s', async (status, reason, paused, reason_paused) => {
    const { body } = await put({ status, reason })
    expect(body).toMatchObject({ status, paused, reason_paused, pause: 'pending' })
  })

  it('ON_CALL is derived and cannot be set', async () => {
    const { status, body } = await put({ status: 'ON_CALL' })
    expect([status, body.code]).toEqual([422, 'status_derived'])
  })

  it('WRAP_UP keeps the call_log it belongs to', async () => {
    expect((await put({ status: 'WRAP_UP', call_log_id: '12', source: 'call' })).body).toMatchObject({
      call_log_id: '12',
      source: 'call',
    })
  })

  it('set again as it is tells nobody and begins nothing', async () => {
    const first = (await put({ status: 'MEETING' })).body
    const revision = t.hub.streams.agent_status.revision
    t.clock.now += 1000
    expect((await put({ status: 'MEETING' })).body).toEqual(first)
    expect(t.hub.streams.agent_status.revision).toBe(revision)
  })

  it('set by another source is the same interval, told anew', async () => {
    const first = (await put({ status: 'OFFLINE', source: 'auto' })).body
    t.clock.now += 1000
    expect((await put({ status: 'OFFLINE', source: 'agent' })).body).toEqual({ ...first, source: 'agent' })
  })

  it('its history has an interval for each, newest first', async () => {
    const fresh = await startHub()
    const at = fresh.clock.now
    await put({ status: 'ONLINE' }, fresh.alice)
    fresh.clock.now = at + 1000
    await put({ status: 'BREAK', reason: 'tea' }, fresh.alice)
    fresh.clock.now = at + 5000
    await put({ status: 'ONLINE' }, fresh.alice)
    const { body } = await fresh.alice.get('/api/agents/1001/history')
    expect(body.items).toMatchObject([
      { status: 'ONLINE', reason: null, source: 'agent', since: at + 5000, until: null },
      { status: 'BREAK', reason: 'tea', source: 'agent', since: at + 1000, until: at + 5000 },
      { status: 'ONLINE', reason: null, source: 'agent', since: at, until: at + 1000 },
    ])
    expect(body.next).toBeNull()
    const pages = []
    for (let before = ''; ; ) {
      const page = (await fresh.alice.get(`/api/agents/1001/history?limit=1${before}`)).body
      pages.push(...page.items)
      if (page.next === null) break
      before = `&before=${page.next}`
    }
    expect(pages).toEqual(body.items)
    await fresh.stop()
  })

  it('two first writes that cross leave one status and one open interval', async () => {
    await Promise.all([put({ status: 'ONLINE' }, t.bob, '1002'), put({ status: 'BREAK' }, t.sue, '1002')])
    const { items } = (await t.sue.get('/api/agents/1002/history')).body
    expect(items.filter((i: { until: number | null }) => i.until === null)).toHaveLength(1)
    expect(items).toHaveLength(2)
  })
})

describe('the pause by itself', () => {
  it('is recorded and shown with the status', async () => {
    await put({ status: 'ONLINE' })
    const { status, body } = await t.alice.post('/api/members/1001/pause', { paused: true, reason_paused: 'by hand' })
    expect(status).toBe(200)
    expect(body).toEqual({ extension: '1001', paused: true, reason_paused: 'by hand', synced: false })
    expect((await t.alice.get('/api/agents/1001/status')).body).toMatchObject({
      status: 'ONLINE',
      paused: true,
      reason_paused: 'by hand',
    })
  })

  it('of one queue leaves the others alone', async () => {
    await put({ status: 'ONLINE' })
    await put({ status: 'BREAK' })
    await put({ status: 'ONLINE' })
    const { body } = await t.alice.post('/api/members/1001/pause', { paused: true, queue: 'support' })
    expect(body).toMatchObject({ paused: true })
    expect((await t.alice.get('/api/agents/1001/status')).body.paused).toBe(false)
  })

  it('of an extension that does not exist is 404', async () => {
    expect((await t.sue.post('/api/members/7777/pause', { paused: true })).body.code).toBe('agent_unknown')
  })
})

describe('by verb', () => {
  it.each([
    ['online', undefined, { status: 'ONLINE', reason: null, paused: false }],
    ['break', { reason: 'tea' }, { status: 'BREAK', reason: 'tea', paused: true }],
    ['wrap-up', { call_log_id: '12' }, { status: 'WRAP_UP', call_log_id: '12' }],
    ['complete-wrap-up', undefined, { status: 'ONLINE', call_log_id: null }],
    ['offline', {}, { status: 'OFFLINE', reason_paused: 'offline' }],
  ])('%s %j', async (verb, body, expected) => {
    const reply = await t.alice.post(`/api/agents/1001/${verb}`, body)
    expect(reply.status).toBe(200)
    expect(reply.body).toMatchObject(expected)
  })

  it('wrap-up that is not under way cannot be completed', async () => {
    await put({ status: 'BREAK' })
    const { status, body } = await t.alice.post('/api/agents/1001/complete-wrap-up')
    expect([status, body.code]).toEqual([409, 'not_in_wrap_up'])
    expect((await t.alice.get('/api/agents/1001/status')).body.status).toBe('BREAK')
  })

  it('a body that is none is refused', async () => {
    expect((await t.alice.post('/api/agents/1001/break', { reason: 7 })).body.code).toBe('validation_failed')
  })
})

describe('an agent acts only for itself', () => {
  it.each([
    ['PUT', '/api/agents/1001/status', { status: 'ONLINE' }],
    ['POST', '/api/agents/1001/online', undefined],
    ['GET', '/api/agents/1001/status', undefined],
    ['GET', '/api/agents/1001/history', undefined],
    ['GET', '/api/agents/1001/today', undefined],
    ['POST', '/api/members/1001/pause', { paused: true }],
    ['POST', '/api/members/1001/unpause', undefined],
  ])('%s %s by another agent is 403 not_yours', async (method, path, body) => {
    const reply = await t.bob.send(method, path, body)
    expect([reply.status, reply.body.code]).toEqual([403, 'not_yours'])
    expect((await t.sue.send(method, path, body)).status).toBe(200)
    expect((await t.program.send(method, path, body)).status).toBe(200)
  })

  it.each(['/api/agents/today', '/api/agents/stuck', '/api/audit'])('%s is for supervisors', async (path) => {
    expect((await t.bob.get(path)).body.code).toBe('role_required')
    expect((await t.sue.get(path)).status).toBe(200)
  })
})

describe('the audit', () => {
  it('has what a supervisor or a program did for another, and nothing an agent did for itself', async () => {
    const a = await startHub()
    await put({ status: 'ONLINE' }, a.alice)
    await put({ status: 'BREAK', reason: 'sent' }, a.sue)
    await put({ status: 'BREAK', reason: 'sent' }, a.sue)
    await a.program.post('/api/members/1001/pause', { paused: false, queue: 'support' })
    await put({ status: 'ONLINE' }, a.sue, '1003')
    const { items, next } = (await a.sue.get('/api/audit')).body
    expect(items).toMatchObject([
      {
        actor: expect.stringMatching(/^token:/),
        role: 'admin',
        action: 'pause.set',
        extension: '1001',
        before: null,
        after: { queue: 'support', paused: false, reason_paused: null },
      },
      {
        at: a.clock.now,
        actor: 'agent:1003',
        role: 'supervisor',
        action: 'status.set',
        extension: '1001',
        before: { status: 'ONLINE', reason: null },
        after: { status: 'BREAK', reason: 'sent' },
      },
    ])
    expect(next).toBeNull()
    expect((await a.sue.get('/api/audit?extension=1002')).body.items).toEqual([])
    const first = (await a.sue.get('/api/audit?limit=1')).body
    expect((await a.sue.get(`/api/audit?limit=1&before=${first.next}`)).body.items).toEqual([items[1]])
    await a.stop()
  })
})

describe('too long in a status', () => {
  it('is marked beforehand, and listed once it is so, the longest first', async () => {
    const s = await startHub()
    const at = s.clock.now
    await put({ status: 'WRAP_UP' }, s.alice)
    s.clock.now = at + 60_000
    await put({ status: 'BREAK' }, s.bob, '1002')
    expect((await put({ status: 'MEETING' }, s.sue, '1003')).body.stuck_at).toBeNull()
    const stuck = async (query = '') =>
      (await s.sue.get(`/api/agents/stuck${query}`)).body.items.map((item: { extension: string }) => item.extension)
    s.clock.now = at + 3_599_999
    expect(await stuck()).toEqual([])
    s.clock.now = at + 3_600_000
    expect(await stuck()).toEqual(['1001'])
    s.clock.now = at + 3_660_000
    expect(await stuck()).toEqual(['1001', '1002'])
    expect(await stuck('?max_minutes=61')).toEqual(['1001'])
    expect((await s.alice.get('/api/agents/1001/status')).body.stuck_at).toBe(at + 3_600_000)
    await s.stop()
  })
})

describe('what the PBX did with a pause', () => {
  const member = (state: string, more: object = {}) => ({
    extension: '1001',
    queue: 'support',
    wanted: { paused: true, reason: 'BREAK' },
    observed: { paused: state === 'synced', reason: state === 'synced' ? 'BREAK' : '' },
    state,
    ...more,
  })

  it('is pending, failed with the reason, then synced, each told once', async () => {
    const p = await startHub()
    await put({ status: 'BREAK' }, p.alice)
    const told: { pause: string; pbx: object | null }[] = []
    p.hub.streams.agent_status.listen(({ item }) => told.push(item))
    for (const state of ['pending', 'failed', 'failed', 'synced', 'synced']) {
      await p.hub.pauses.settle([member(state, state === 'failed' ? { error: 'Interface not found' } : {})])
    }
    expect(told.map(({ pause, pbx }) => [pause, pbx])).toEqual([
      ['pending', { paused: false, reason: null }],
      ['failed', { paused: false, reason: null }],
      ['synced', { paused: true, reason: 'BREAK' }],
    ])
    expect((await p.alice.get('/api/agents/1001/status')).body.pbx).toEqual({ paused: true, reason: 'BREAK' })
    await p.stop()
  })

  it('is as bad as in the worst queue, and a queue that is gone counts no more', async () => {
    const p = await startHub()
    await put({ status: 'BREAK' }, p.alice)
    const shown = async () => (await p.alice.get('/api/agents/1001/status')).body
    await p.hub.pauses.settle([member('synced'), member('failed', { queue: 'sales', error: 'no such queue' })])
    expect(await shown()).toMatchObject({ pause: 'failed', pbx: { paused: false } })
    await p.hub.pauses.settle([member('failed', { queue: 'sales', gone: true })])
    expect(await shown()).toMatchObject({ pause: 'synced', pbx: { paused: true, reason: 'BREAK' } })
    await p.hub.pauses.forget()
    expect(await shown()).toMatchObject({ pause: 'pending', pbx: null })
    await p.stop()
  })

  it('of a telephone that is nobody of ours changes nothing', async () => {
    await t.hub.pauses.settle([member('synced', { extension: '7777' })])
    expect((await t.sue.get('/api/agents')).body.items.map((i: { extension: string }) => i.extension)).not.toContain(
      '7777',
    )
  })
})

it('a status that cannot be stored is logged as an error and answered as one', async () => {
  const broken = await startHub()
  expect((await put({ status: 'ONLINE' }, broken.alice)).status).toBe(200)
  broken.hub.streams.agent_status.write = () => Promise.reject(new Error('disk on fire'))
  const { status, body } = await put({ status: 'OFFLINE' }, broken.alice)
  expect([status, body.code]).toEqual([500, 'internal_error'])
  expect(JSON.stringify(body)).not.toContain('fire')
  expect(broken.log.join('')).toContain('Failed to set agent offline')
  expect((await put({ status: 'BREAK' }, broken.alice)).status).toBe(500)
  expect(broken.log.join('')).toContain('status change error')
  await broken.stop()
})
