// Agent status: CRM first, the pause of the table, history, and the PBX as
// best it can.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PausePort } from '../../hub/src/index.js'
import { startHub, type TestHub } from './support/harness.js'

let t: TestHub
beforeAll(async () => {
  t = await startHub()
})
afterAll(() => t.stop())

const put = (body: object, client = t.alice, extension = '1001') => client.put(`/api/agents/${extension}/status`, body)

describe('the status of an agent', () => {
  it('is 404 agent_unknown while the CRM holds none', async () => {
    const { status, body } = await t.alice.get('/api/agents/1002/status')
    expect([status, body.code]).toEqual([404, 'agent_unknown'])
    expect((await t.alice.get('/api/agents/7777/status')).status).toBe(404)
  })

  it('is stored with its pause and read back by anyone', async () => {
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
      paused: true,
      reason_paused: 'lunch',
      pause: 'pending',
      pbx: null,
      registration: null,
    })
    expect((await t.bob.get('/api/agents/1001/status')).body).toEqual(body)
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
    expect(body.items).toEqual([
      { status: 'ONLINE', reason: null, since: at + 5000, until: null },
      { status: 'BREAK', reason: 'tea', since: at + 1000, until: at + 5000 },
      { status: 'ONLINE', reason: null, since: at, until: at + 1000 },
    ])
    expect((await fresh.alice.get('/api/agents/1001/history?limit=1')).body.items).toHaveLength(1)
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

describe('an agent acts only for itself', () => {
  it.each([
    ['PUT', '/api/agents/1001/status', { status: 'ONLINE' }],
    ['GET', '/api/agents/1001/history', undefined],
    ['POST', '/api/members/1001/pause', { paused: true }],
  ])('%s %s by another agent is 403 not_yours', async (method, path, body) => {
    const reply = await t.bob.send(method, path, body)
    expect([reply.status, reply.body.code]).toEqual([403, 'not_yours'])
    expect((await t.sue.send(method, path, body)).status).toBe(200)
    expect((await t.program.send(method, path, body)).status).toBe(200)
  })
})

describe('with a PBX', () => {
  /** A PBX that answers when the test says so. */
  function scriptedPbx() {
    const asked: { extension: string; paused: boolean; reason: string | null; answer(error?: string): void }[] = []
    let onAsk = () => {}
    const port: PausePort = ({ extension, paused, reason }) =>
      new Promise((done, failed) => {
        const answer = (error?: string) => (error === undefined ? done() : failed(new Error(error)))
        asked.push({ extension, paused, reason, answer })
        onAsk()
      })
    return { asked, port, nextAsk: () => new Promise<void>((done) => (onAsk = done)) }
  }

  const nextChange = (hub: TestHub) =>
    new Promise<{ pause: string; paused: boolean }>((done) => {
      const stop = hub.hub.streams.agent_status.listen(({ item }) => {
        stop()
        done(item)
      })
    })

  it('a pause is pending, then synced when confirmed, and both are told', async () => {
    const pbx = scriptedPbx()
    const p = await startHub({ pausePort: pbx.port })
    expect((await put({ status: 'BREAK' }, p.alice)).body.pause).toBe('pending')
    expect(pbx.asked).toMatchObject([{ extension: '1001', paused: true, reason: 'BREAK' }])
    const told = nextChange(p)
    pbx.asked[0]?.answer()
    expect(await told).toMatchObject({ pause: 'synced', paused: true })
    expect(p.log.join('')).toContain('Asterisk queue member pause synced: true')
    expect(p.log.join('')).toContain('Asterisk queue member paused')
    expect((await p.alice.post('/api/members/1001/pause', { paused: true, reason_paused: 'BREAK' })).body.synced).toBe(
      true,
    )
    await p.stop()
  })

  it('a PBX that fails changes nothing but the pause, and the log says so', async () => {
    const pbx = scriptedPbx()
    const p = await startHub({ pausePort: pbx.port })
    await put({ status: 'BREAK' }, p.alice)
    const told = nextChange(p)
    pbx.asked[0]?.answer('no such interface')
    expect(await told).toMatchObject({ status: 'BREAK', pause: 'failed' })
    expect(p.log.join('')).toContain('Failed to sync pause state with Asterisk')
    expect(p.log.join('')).toContain('Failed to pause in Asterisk')
    await p.stop()
  })

  it('a late confirmation of an older pause does not confirm the newer one', async () => {
    const pbx = scriptedPbx()
    const p = await startHub({ pausePort: pbx.port })
    await put({ status: 'BREAK' }, p.alice)
    await put({ status: 'ONLINE' }, p.alice)
    pbx.asked[0]?.answer()
    const told = nextChange(p)
    pbx.asked[1]?.answer()
    expect(await told).toMatchObject({ pause: 'synced', paused: false })
    await p.stop()
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
