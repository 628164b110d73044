// The Phone's WebSocket: hello, snapshot, changes, queue numbers, and clients
// that misbehave or cannot keep up.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { upsertAgents } from '../../hub/src/index.js'
import { ringing, startHub, type TestHub } from './support/harness.js'
import { connect, TestPhone } from './support/phone_socket.js'

let t: TestHub
beforeAll(async () => {
  t = await startHub()
})
afterAll(() => t.stop())

const setStatus = (status: string, reason?: string) => t.alice.put('/api/agents/1001/status', { status, reason })

describe('hello', () => {
  it('is answered with welcome and a snapshot of each topic', async () => {
    await setStatus('BREAK', 'lunch')
    const call = (await t.alice.post('/api/call-logs', ringing('snapshot'))).body
    const phone = await new TestPhone(t.url).open()
    phone.send({ type: 'hello', token: t.alice.token, topics: ['agent_status', 'call_log'] })
    expect(await phone.next()).toEqual({ type: 'welcome', server_time: t.clock.now, extension: '1001', role: 'agent' })
    expect(await phone.next()).toEqual({
      type: 'snapshot',
      stream: 'agent_status',
      revision: t.hub.streams.agent_status.revision,
      items: [(await t.alice.get('/api/agents/1001/status')).body],
    })
    expect(await phone.next()).toEqual({
      type: 'snapshot',
      stream: 'call_log',
      revision: t.hub.streams.call_log.revision,
      items: [call],
    })
    await phone.close()
  })

  it('with one topic gives that topic only', async () => {
    const phone = await connect(t.url, t.alice.token, { topics: ['call_log', 'weather'] })
    await setStatus('ONLINE')
    expect((await phone.untilPong()).map((m) => [m.type, m.stream])).toEqual([['snapshot', 'call_log']])
    await phone.close()
  })

  it.each([
    ['an unknown token', { type: 'hello', token: 'x'.repeat(43) }],
    ['no token', { type: 'hello' }],
    ['a token of the wrong type', { type: 'hello', token: 7 }],
  ])('with %s is refused with token_invalid and 4401', async (_name, hello) => {
    const phone = await new TestPhone(t.url).open()
    phone.send(hello)
    expect(await phone.next()).toMatchObject({ type: 'error', code: 'token_invalid' })
    expect((await phone.closed).code).toBe(4401)
  })

  it('that does not come is refused with 4408', async () => {
    const hasty = await startHub({ limits: { hello_ms: 20 } })
    const phone = await new TestPhone(hasty.url).open()
    expect(await phone.next()).toMatchObject({ type: 'error', code: 'hello_timeout' })
    expect((await phone.closed).code).toBe(4408)
    await hasty.stop()
  })

  it('may be followed by other messages at once; they wait until it is accepted', async () => {
    const phone = await new TestPhone(t.url).open()
    phone.send({ type: 'hello', token: t.bob.token, topics: [] })
    phone.send({ type: 'agent_information', extension: '1002', registration: 'registered' })
    expect((await phone.untilPong()).map((m) => m.type)).toEqual(['welcome'])
    await phone.close()
  })

  it('of a Phone that is gone by then leaves nothing behind', async () => {
    const lonely = await startHub()
    const verify = lonely.hub.auth.verify.bind(lonely.hub.auth)
    const phone = await new TestPhone(lonely.url).open()
    const [server] = lonely.hub.app.websocketServer.clients
    const looked = new Promise<void>((done) => {
      lonely.hub.auth.verify = async (token) => {
        phone.ws.terminate()
        await new Promise((closed) => server?.once('close', closed))
        return verify(token).finally(done)
      }
    })
    phone.send({ type: 'hello', token: lonely.alice.token })
    await looked
    lonely.hub.auth.verify = verify
    const next = await connect(lonely.url, lonely.alice.token, { topics: [] })
    expect(lonely.hub.sockets.size).toBe(1)
    await next.close()
    await lonely.stop()
  })

  it('must be the first message', async () => {
    const phone = await new TestPhone(t.url).open()
    phone.send({ type: 'agent_information', extension: '1001', registration: 'registered' })
    expect(await phone.next()).toMatchObject({ type: 'error', code: 'bad_message' })
    phone.send({ type: 'hello', token: t.alice.token })
    expect(await phone.next()).toMatchObject({ type: 'welcome' })
    await phone.close()
  })

  it('lasts as long as its token: the socket is closed with 4401 when it expires', async () => {
    const brief = await startHub({ limits: { heartbeat_ms: 20 } })
    const token = await brief.hub.auth.issueToken({ extension: '1001', ttl_ms: 1000 })
    const phone = await connect(brief.url, token, { topics: [] })
    brief.clock.now += 2000
    expect(await phone.next()).toMatchObject({ type: 'error', code: 'token_invalid' })
    expect((await phone.closed).code).toBe(4401)
    await brief.stop()
  })
})

describe('changes', () => {
  it('of a status reach every Phone, with the next revision', async () => {
    const phone = await connect(t.url, t.bob.token, { topics: ['agent_status'] })
    const { revision } = await phone.next()
    const stored = (await setStatus('MEETING', 'weekly')).body
    expect(await phone.next()).toEqual({ type: 'change', stream: 'agent_status', revision: revision + 1, item: stored })
    await phone.close()
  })

  it('of a call_log reach its own extension and supervisors, nobody else', async () => {
    const hello = { topics: ['call_log'] }
    const [alice, bob, sue] = await Promise.all([t.alice, t.bob, t.sue].map((c) => connect(t.url, c.token, hello)))
    await Promise.all([alice?.next(), bob?.next(), sue?.next()])
    const item = (await t.alice.post('/api/call-logs', ringing('mine'))).body
    expect(await alice?.next()).toMatchObject({ type: 'change', stream: 'call_log', item })
    expect(await sue?.next()).toMatchObject({ type: 'change', stream: 'call_log', item })
    expect(await bob?.untilPong()).toEqual([])
    await Promise.all([alice?.close(), bob?.close(), sue?.close()])
  })

  it('missed while away are told after the return, in order and without a snapshot', async () => {
    const first = await connect(t.url, t.bob.token, { topics: ['agent_status'] })
    const { revision } = await first.next()
    await first.close()
    for (const status of ['ONLINE', 'TRAINING', 'ONLINE']) await setStatus(status)
    const again = await connect(t.url, t.bob.token, {
      topics: ['agent_status'],
      last_revision: { agent_status: revision },
    })
    const missed = await again.untilPong()
    expect(missed.map((m) => [m.type, m.revision, m.item.status])).toEqual([
      ['change', revision + 1, 'ONLINE'],
      ['change', revision + 2, 'TRAINING'],
      ['change', revision + 3, 'ONLINE'],
    ])
    await again.close()
  })

  it('nothing missed, nothing told', async () => {
    const last_revision = {
      agent_status: t.hub.streams.agent_status.revision,
      call_log: t.hub.streams.call_log.revision,
    }
    const phone = await connect(t.url, t.bob.token, { last_revision })
    expect(await phone.untilPong()).toEqual([])
    await phone.close()
  })

  it.each([
    ['older than what is kept', 0],
    ['of another database', 1_000_000],
    ['of the wrong type', 'seven'],
  ])('a last revision %s gives a snapshot', async (_name, last) => {
    const small = await startHub({ limits: { ring: 2 } })
    for (const status of ['ONLINE', 'BREAK', 'ONLINE']) await small.alice.put('/api/agents/1001/status', { status })
    const hello = { topics: ['agent_status'], last_revision: { agent_status: last } }
    const phone = await connect(small.url, small.bob.token, hello)
    expect(await phone.next()).toMatchObject({ type: 'snapshot', revision: 3 })
    await phone.close()
    await small.stop()
  })

  it('that happen while the snapshot is read are told once it is sent', async () => {
    const phones = await Promise.all(Array.from({ length: 5 }, () => new TestPhone(t.url).open()))
    for (const phone of phones) phone.send({ type: 'hello', token: t.bob.token, topics: ['agent_status'] })
    const writes = await Promise.all(Array.from({ length: 6 }, (_, i) => setStatus('BREAK', `reason ${i}`)))
    expect(writes.every((w) => w.status === 200)).toBe(true)
    const current = (await t.alice.get('/api/agents/1001/status')).body
    for (const phone of phones) {
      const seen = await phone.untilPong()
      const items = seen.flatMap((m) => (m.type === 'snapshot' ? m.items : m.type === 'change' ? [m.item] : []))
      expect(items.at(-1)).toEqual(current)
      const revisions = seen.filter((m) => m.type !== 'welcome').map((m) => m.revision)
      expect(revisions).toEqual([...revisions].sort((a, b) => a - b))
      expect(revisions.at(-1)).toBe(t.hub.streams.agent_status.revision)
      await phone.close()
    }
  })
})

describe('a queue number', () => {
  const message = {
    extension: '1001',
    call_from: '+442079460123',
    queue_name: 'Support',
    queue_number: '6402',
    server_call_log_token: 'slt-1',
    yeastar_call_id: '1651057476.362',
    channel_id: 'PJSIP/1001-000000ae',
  }

  it('reaches all Phones of its extension and no other', async () => {
    const phones = await Promise.all(
      [t.alice, t.alice, t.bob, t.sue].map((c) => connect(t.url, c.token, { topics: [] })),
    )
    const { status, body } = await t.program.post('/api/queue-number', message)
    expect([status, body]).toEqual([202, { delivered: 2 }])
    const told = await Promise.all(phones.map((phone) => phone.untilPong()))
    const whole = [{ type: 'queue_number', ...message }]
    expect(told).toEqual([whole, whole, [], []])
    await Promise.all(phones.map((phone) => phone.close()))
  })

  it('sent twice with the same key is told once', async () => {
    const phone = await connect(t.url, t.alice.token, { topics: [] })
    await t.program.post('/api/queue-number', message, 'queue-1')
    await t.program.post('/api/queue-number', message, 'queue-1')
    expect(await phone.untilPong()).toHaveLength(1)
    await phone.close()
  })

  it('for an extension without a Phone is accepted and delivered to none', async () => {
    expect((await t.program.post('/api/queue-number', { extension: '4711' })).body).toEqual({ delivered: 0 })
  })
})

describe('agent_information', () => {
  it('is kept with the agent and told with its status, until its last Phone is gone', async () => {
    await setStatus('ONLINE')
    const watcher = await connect(t.url, t.sue.token, { topics: ['agent_status'] })
    await watcher.next()
    const [one, two] = [
      await connect(t.url, t.alice.token, { topics: [] }),
      await connect(t.url, t.alice.token, { topics: [] }),
    ]
    const information = {
      type: 'agent_information',
      extension: '1001',
      extension_id: 'e-1001',
      number: '1001',
      name: 'Alice',
    }
    one.send({ ...information, registration: 'registered' })
    expect((await watcher.next()).item).toMatchObject({
      extension: '1001',
      status: 'ONLINE',
      registration: 'registered',
    })
    two.send({ ...information, registration: 'registered' })
    await two.untilPong()
    await two.close()
    one.send({ ...information, registration: 'failed' })
    expect((await watcher.next()).item.registration).toBe('failed')
    await one.close()
    expect((await watcher.next()).item.registration).toBeNull()
    await watcher.close()
  })

  it('of another extension is refused, and so is an unknown word', async () => {
    const phone = await connect(t.url, t.bob.token, { topics: [] })
    phone.send({ type: 'agent_information', extension: '1001', registration: 'registered' })
    expect(await phone.next()).toMatchObject({ type: 'error', code: 'not_yours' })
    phone.send({ type: 'agent_information', extension: '1002', registration: 'maybe' })
    expect(await phone.next()).toMatchObject({ type: 'error', code: 'bad_message' })
    await phone.close()
  })
})

describe('a malformed frame', () => {
  it.each(['', '{', '7', 'null', '[]', '{}', '{"type":7}', `{"type":${'['.repeat(50)}${']'.repeat(50)}}`])(
    '%.20j is answered with bad_message and the connection stays',
    async (frame) => {
      const phone = await connect(t.url, t.alice.token, { topics: [] })
      phone.send(frame)
      expect(await phone.next()).toMatchObject({ type: 'error', code: 'bad_message' })
      expect(await phone.untilPong()).toEqual([])
      await phone.close()
    },
  )

  it('in binary is answered likewise', async () => {
    const phone = await connect(t.url, t.alice.token, { topics: [] })
    phone.ws.send(Buffer.from('{"type":"ping"}'))
    expect(await phone.next()).toMatchObject({ type: 'error', code: 'bad_message' })
    await phone.close()
  })

  it('of an unknown type, or a second hello, is ignored', async () => {
    const phone = await connect(t.url, t.alice.token, { topics: [] })
    phone.send({ type: 'weather', sunny: true })
    phone.send({ type: 'hello', token: 'x' })
    expect(await phone.untilPong()).toEqual([])
    await phone.close()
  })

  it('above 64 KiB closes the connection with 1009', async () => {
    const phone = await connect(t.url, t.alice.token, { topics: [] })
    phone.send({ type: 'ping', padding: 'x'.repeat(65 * 1024) })
    expect((await phone.closed).code).toBe(1009)
  })

  it('is one too many after two hundred: the flood is closed with 1008', async () => {
    const phone = await connect(t.url, t.alice.token, { topics: [] })
    for (let i = 0; i < 250; i++) phone.send('{')
    expect((await phone.closed).code).toBe(1008)
  })
})

describe('a client that does not read', () => {
  const big = (i: number) => ({ item: { n: i, notes: 'x'.repeat(8000) } as never, extension: '1001' })

  it('is closed with 1013, and the others are not held up', async () => {
    const slow = await connect(t.url, t.alice.token, { topics: ['call_log'] })
    const quick = await connect(t.url, t.alice.token, { topics: ['call_log'] })
    await Promise.all([slow.next(), quick.next()])
    slow.ws.pause()
    const given = () => t.log.join('').includes('could not keep up')
    let sent = 0
    // What the system's own buffers take differs from machine to machine; the bound only ends a failing test.
    while (!given() && sent < 5000) {
      await t.hub.streams.call_log.write(async () => ({
        changed: Array.from({ length: 20 }, (_, i) => big(sent + i)),
        result: 0,
      }))
      sent += 20
      for (let i = 0; i < 20; i++) await quick.next()
    }
    expect(given()).toBe(true)
    slow.ws.resume()
    expect((await slow.closed).code).toBe(1013)
    expect(await quick.untilPong()).toEqual([])
    await quick.close()
  })

  it('a snapshot larger than the limit is paced for a client that does read', async () => {
    const many = await startHub({
      limits: { buffered_bytes: 2048, frame_bytes: 1024 },
    })
    const crowd = Array.from({ length: 200 }, (_, i) => ({ extension: String(2000 + i), name: `Agent ${i}` }))
    await upsertAgents(many.hub.database.db, crowd, 1)
    const { sql } = await import('../../hub/node_modules/drizzle-orm/index.js')
    await many.hub.database.db.execute(
      sql`insert into agent_statuses (extension, status, since, source) select extension, 'ONLINE', 1, 'agent' from agents where extension like '2%'`,
    )
    const token = await many.hub.auth.issueToken({ extension: '2000' })
    const phone = await connect(many.url, token, { topics: ['agent_status'] })
    const frames = await phone.untilPong()
    expect(frames.length).toBeGreaterThan(20)
    expect(frames.flatMap((f) => f.items).map((i) => i.extension)).toEqual(
      Array.from({ length: 200 }, (_, i) => String(2000 + i)),
    )
    await phone.close()
    await many.stop()
  })
})

it('ping is answered with the time of the server, also before hello', async () => {
  const phone = await new TestPhone(t.url).open()
  phone.send({ type: 'ping' })
  expect(await phone.next()).toEqual({ type: 'pong', server_time: t.clock.now })
  await phone.close()
})

it('a hub that stops tells its Phones with 1001', async () => {
  const stopping = await startHub()
  const phone = await connect(stopping.url, stopping.alice.token, { topics: [] })
  await stopping.stop()
  expect((await phone.closed).code).toBe(1001)
})
