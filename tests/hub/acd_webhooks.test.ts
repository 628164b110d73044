// Webhooks: signed, delivered at least once, retried, given up; and never sent
// into our own network.
import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isPublic, webhookAgent } from '../../hub/src/acd/webhook_address.js'
import type { CentreEffect } from '../../hub/src/pbx/centre_types.js'
import { webhook_outbox, webhooks } from '../../hub/src/schema.js'
import { startHub, type TestHub } from './support/harness.js'
import { acdRecord, Script } from './support/scripted_centre.js'

const cc = '/api/contact-centre/webhooks'

interface Got {
  headers: IncomingMessage['headers']
  body: string
  path: string
}

/** A receiver that answers as the test wants; `undefined` never. */
async function receiver(answer: (got: Got, n: number) => number | undefined) {
  const got: Got[] = []
  const server: Server = createServer((request, response) => {
    let body = ''
    request.on('data', (bytes) => {
      body += bytes
    })
    request.on('end', () => {
      const one = { headers: request.headers, body, path: request.url ?? '' }
      got.push(one)
      const status = answer(one, got.length)
      if (status === undefined) return
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {})
      response.end()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { got, url, close }
}

const until = async (what: string, claim: () => unknown, ms = 15_000) => {
  for (const end = Date.now() + ms; !(await claim()); await new Promise((done) => setTimeout(done, 10))) {
    if (Date.now() > end) throw new Error(`waited ${ms} ms for: ${what}`)
  }
}

describe('with targets that are allowed', () => {
  let script: Script
  let t: TestHub
  const open: { close(): void }[] = []
  beforeAll(async () => {
    script = new Script()
    const hooks = { allowPrivate: true, retry_ms: [20, 20], timeout_ms: 1000 }
    t = await startHub({ pbx: script.options, contactCentre: { webhooks: hooks }, clock: Date.now })
  })
  afterEach(async () => {
    for (const one of open.splice(0)) one.close()
    for (const { id } of (await t.program.get(cc)).body.items) await t.program.send('DELETE', `${cc}/${id}`)
  })
  afterAll(() => t.stop())

  const listen = async (answer: (got: Got, n: number) => number | undefined) => {
    const one = await receiver(answer)
    open.push(one)
    return one
  }
  const say = async (...effects: CentreEffect[]) => {
    script.now.say(effects)
    t.hub.pbx.phoneTold('1001', null)
    await t.hub.acd.settle()
  }
  const event = (name: string, data: unknown = {}): CentreEffect => ({ type: 'webhook', event: name, data })
  const rows = () => t.hub.database.db.select().from(webhook_outbox)

  it('a delivery is signed as Standard Webhooks say, and only those who asked get it', async () => {
    const all = await listen(() => 204)
    const some = await listen(() => 200)
    const made = (await t.program.post(cc, { url: all.url, events: ['*'] })).body
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
    await t.program.post(cc, { url: some.url, events: ['call.abandoned'], secret })
    expect(made.secret).toMatch(/^whsec_/)
    const listed = (await t.program.get(cc)).body
    expect(listed.items).toMatchObject([{ id: made.id, url: all.url, events: ['*'], waiting: 0, dead: 0 }, {}])
    expect(JSON.stringify(listed)).not.toContain('whsec_')

    await say(event('call.queued', { call_id: '1.1' }), event('call.abandoned', { call_id: '1.1' }))
    await until('both are told', () => all.got.length === 2 && some.got.length === 1)
    const [got] = some.got as [Got]
    expect(JSON.parse(got.body)).toMatchObject({ type: 'call.abandoned', data: { call_id: '1.1' } })
    const { 'webhook-id': id, 'webhook-timestamp': at } = got.headers
    const key = Buffer.alloc(32, 7)
    const expected = createHmac('sha256', key).update(`${id}.${at}.${got.body}`).digest('base64')
    expect(got.headers['webhook-signature']).toBe(`v1,${expected}`)
    expect(Math.abs(Number(at) - Date.now() / 1000)).toBeLessThan(30)
    expect(t.log.join('')).not.toContain('whsec_')
  })

  it('a record that is final is told once, however often it is written', async () => {
    const { url, got } = await listen(() => 200)
    await t.program.post(cc, { url, events: ['record.final'] })
    const write = (more: object): CentreEffect => ({ type: 'record.write', record: acdRecord('w1', more) })
    await say(write({}))
    await say(write({ final: true, outcome: 'answered' }), write({ final: true, outcome: 'answered' }))
    await say(write({ final: true, outcome: 'answered' }))
    await until('it is told', () => got.length > 0)
    await until('all is sent', async () => (await rows()).every(({ state }) => state === 'delivered'))
    expect(got).toHaveLength(1)
    expect(got[0]?.headers['webhook-id']).toBe('msg_record_w1')
    expect(JSON.parse(got[0]?.body ?? '').data).toMatchObject({ id: 'w1', outcome: 'answered' })
  })

  it('what fails is tried again with the same id, then given up; it can be tried anew', async () => {
    let status = 500
    const { url, got } = await listen(() => status)
    const { id } = (await t.program.post(cc, { url, events: ['*'] })).body
    await say(event('call.queued'))
    // Woken as the clock of the hub would every 5 s.
    await until('it is given up', async () => {
      t.hub.acd.webhooks.wake()
      return (await rows()).every(({ state }) => state === 'dead')
    })
    expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(got).toHaveLength(3)
    const dead = (await t.program.get(`${cc}/${id}/dead`)).body.items
    expect(dead).toMatchObject([{ event: 'call.queued', attempts: 3, last_error: 'answered 500' }])
    status = 200
    expect((await t.program.post(`${cc}/${id}/retry`)).body).toEqual({ tried: 1 })
    await until('it is taken', async () => (await rows()).every(({ state }) => state === 'delivered'))
  })

  it('who wants no more (410) is not asked again; a redirect is not followed; who is silent costs 1 s', async () => {
    const gone = await listen(() => 410)
    const moved = await listen(() => 302)
    const silent = await listen(() => undefined)
    for (const { url } of [gone, moved, silent]) await t.program.post(cc, { url, events: ['call.queued'] })
    const quick = await listen(() => 200)
    await t.program.post(cc, { url: quick.url, events: ['call.queued'] })
    const begun = Date.now()
    await say(event('call.queued'))
    await until('the quick one is told', () => quick.got.length === 1)
    expect(Date.now() - begun).toBeLessThan(5000)
    await until('all are done', async () => {
      t.hub.acd.webhooks.wake()
      return (await rows()).every(({ state }) => state !== 'waiting')
    })
    expect(gone.got).toHaveLength(1)
    expect(moved.got.map(({ path }) => path)).toEqual(['/hook', '/hook', '/hook'])
    const errors = (await rows()).map(({ last_error }) => last_error).sort()
    expect(errors).toEqual(['answered 302', 'answered 410: wants no more', 'no answer in time', null].sort())
  })

  it('is refused: not a URL, no right, no such webhook, a bad secret', async () => {
    const post = async (body: object, as = t.program) => (await as.post(cc, body)).body.code
    expect(await post({ url: 'nonsense', events: ['*'] })).toBe('webhook_url')
    expect(await post({ url: 'ftp://a.example/', events: ['*'] })).toBe('webhook_url')
    expect(await post({ url: 'https://u:p@a.example/', events: ['*'] })).toBe('webhook_url')
    expect(await post({ url: 'https://a.example/', events: [] })).toBe('validation_failed')
    expect(await post({ url: 'https://a.example/', events: ['*'], secret: 'short' })).toBe('validation_failed')
    expect(await post({ url: 'https://a.example/', events: ['*'] }, t.sue)).toBe('role_required')
    expect((await t.program.get(`${cc}/wh_0/dead`)).body.code).toBe('webhook_unknown')
    expect((await t.program.send('DELETE', `${cc}/wh_0`)).body.code).toBe('webhook_unknown')
  })
})

describe('our own network', () => {
  it('is not public', () => {
    const inside = ['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0']
    const inside6 = [
      '::1',
      '::',
      'fe80::1',
      'fd00::1',
      '::ffff:127.0.0.1',
      '::ffff:8.8.8.8',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
    ]
    for (const address of [...inside, ...inside6, '224.0.0.1', '255.255.255.255', 'a.example']) {
      expect([address, isPublic(address)]).toEqual([address, false])
    }
    for (const address of ['8.8.8.8', '172.32.0.1', '192.167.1.1', '2606:4700::1111', '2a00:1450::1']) {
      expect([address, isPublic(address)]).toEqual([address, true])
    }
  })

  it('is refused when it is registered, and when a name leads there later', async () => {
    const script = new Script()
    const t = await startHub({
      pbx: script.options,
      contactCentre: { webhooks: { retry_ms: [] } },
      clock: Date.now,
    })
    const inside = await receiver(() => 200)
    try {
      for (const url of [
        'http://hooks.example.com/',
        'https://127.0.0.1/',
        'https://[::1]/',
        'https://localhost:9/',
        'https://10.0.0.1/',
        'https://0x7f.1/',
        'https://[::ffff:127.0.0.1]/',
        'https://169.254.169.254/latest/meta-data',
      ]) {
        expect([url, (await t.program.post(cc, { url, events: ['*'] })).body.code]).toEqual([url, 'webhook_url'])
      }
      // Registered while private targets and http were allowed.
      const url = inside.url.replace('127.0.0.1', 'localhost')
      const hook = {
        id: 'wh_1',
        url,
        events: ['*'],
        secret: `whsec_${Buffer.alloc(32).toString('base64')}`,
        created_at: 1,
      }
      await t.hub.database.db.insert(webhooks).values(hook)
      await t.hub.acd.webhooks.load()
      script.now.say([{ type: 'webhook', event: 'call.queued', data: {} }])
      t.hub.pbx.phoneTold('1001', null)
      await t.hub.acd.settle()
      await until('it is given up', async () => (await t.program.get(`${cc}/wh_1/dead`)).body.items.length === 1)
      const [dead] = (await t.program.get(`${cc}/wh_1/dead`)).body.items
      expect(dead.last_error).toMatch(/Expected https/)
      // And a name that leads here by now is refused when the connection is made.
      const agent = webhookAgent(false)
      const asked = agent.request({ origin: new URL(url).origin, path: '/hook', method: 'POST' })
      await expect(asked).rejects.toThrow(/localhost is .*private network/)
      await agent.destroy()
      expect(inside.got).toEqual([])
    } finally {
      inside.close()
      await t.stop()
    }
  })
})
