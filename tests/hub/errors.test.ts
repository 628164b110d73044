// Every error is a problem document, whatever was sent; nothing of the inside
// is told. Roles, bad input, and the database going away.
import { connect as connectTcp } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Reply, ringing, startHub, type TestHub } from './support/harness.js'

let t: TestHub
beforeAll(async () => {
  t = await startHub()
})
afterAll(() => t.stop())

function expectProblem(reply: Reply, status: number, code: string): void {
  expect([reply.status, reply.body.code]).toEqual([status, code])
  expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(reply.body).toMatchObject({ type: `urn:offhook:problem:${code}`, status, title: expect.any(String) })
  expect(reply.body.detail.length).toBeGreaterThan(10)
  expect(JSON.stringify(reply.body)).not.toMatch(/node_modules|\.ts:|\.js:|at .*\(/)
}

describe('what is not there', () => {
  it.each([
    ['GET', '/api/nothing'],
    ['GET', '/nothing.html'],
    ['DELETE', '/api/agents'],
    ['POST', '/api/me'],
    ['GET', '/api/call-logs/1'],
    ['GET', '/../../etc/passwd'],
  ])('%s %s is 404 not_found', async (method, path) => {
    expectProblem(await t.alice.send(method, path), 404, 'not_found')
  })

  it('a path that is no URL is 400', async () => {
    expectProblem(await t.alice.send('GET', '/api/agents/%zz/status'), 400, 'bad_request')
  })

  it('a socket path without a socket is 426', async () => {
    expectProblem(await t.alice.get('/api/ws'), 426, 'upgrade_required')
  })
})

describe('a body that is not as described', () => {
  const post = (body: unknown, headers?: Record<string, string>) =>
    t.alice.send('POST', '/api/call-logs', body, headers)

  it.each([
    ['cut off', '{"key":', 'bad_json'],
    ['empty', '', 'bad_json'],
    ['not JSON', 'key=1', 'bad_json'],
    ['a NUL', '{"key":"\\u0000","type":"inbound","status":"ringing"}', 'bad_json'],
    ['nested 5,000 deep', `{"key":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'too_deep'],
    ['nested 100,000 deep', '['.repeat(100_000), 'too_deep'],
    ['an array', '[]', 'validation_failed'],
    ['null', 'null', 'validation_failed'],
    ['a number', '7', 'validation_failed'],
  ])('%s is refused', async (_name, body, code) => {
    expectProblem(await post(body), 400, code)
  })

  it.each([
    ['key', 7],
    ['key', ''],
    ['key', 'k'.repeat(256)],
    ['type', 'sideways'],
    ['status', 'RINGING'],
    ['end_reason', 'boredom'],
    ['duration', '61'],
    ['duration', -1],
    ['duration', 1e300],
    ['started_at', '2026-01-01'],
    ['revision', 1.5],
    ['revision', '1'],
    ['notes', { text: 'x' }],
    ['notes', 'x'.repeat(8001)],
    ['call_from', ['+44']],
    ['hold_ms', true],
  ])('%s: %.30j is the wrong type, and says so', async (field, value) => {
    const reply = await post(ringing('wrong', { [field]: value }))
    expectProblem(reply, 400, 'validation_failed')
    expect(reply.body.errors[0].path).toBe(`body/${field}`)
  })

  it('a field that is missing is named', async () => {
    const { key: _key, ...rest } = ringing('x')
    const reply = await post(rest)
    expectProblem(reply, 400, 'validation_failed')
    expect(JSON.stringify(reply.body.errors)).toContain('key')
  })

  it('more than 256 KiB is 413', async () => {
    expectProblem(await post(JSON.stringify({ key: 'x'.repeat(257 * 1024) })), 413, 'body_too_large')
  })

  it('another media type is 415', async () => {
    expectProblem(await post('key=1', { 'content-type': 'application/x-www-form-urlencoded' }), 415, 'media_type')
    expectProblem(await post('<key/>', { 'content-type': 'text/xml' }), 415, 'media_type')
  })

  it('extra fields are ignored, also __proto__', async () => {
    const text = JSON.stringify(ringing('extra', { colour: 'red', id: '77' })).replace(
      '{',
      '{"__proto__":{"role":"admin"},',
    )
    const { status, body } = await post(text)
    expect(status).toBe(201)
    expect(body).not.toHaveProperty('colour')
    expect(body.id).not.toBe('77')
  })

  it.each(['limit=0', 'limit=201', 'limit=x'])('a query of %s is refused', async (query) => {
    expectProblem(await t.alice.get(`/api/call-logs?${query}`), 400, 'validation_failed')
  })

  it('an extension of odd letters is refused before it is looked up', async () => {
    expectProblem(await t.alice.get("/api/agents/1001'--/status"), 400, 'validation_failed')
  })

  it('HTTP that is none is answered with a problem document', async () => {
    const { port } = new URL(t.url)
    const answer = await new Promise<string>((done) => {
      let text = ''
      const socket = connectTcp(Number(port), '127.0.0.1', () => socket.end('nonsense\r\n\r\n'))
      socket.on('data', (data) => {
        text += data
      })
      socket.on('close', () => done(text))
    })
    expect(answer).toContain('400 Bad Request')
    expect(answer).toContain('"code":"bad_request"')
  })
})

describe('roles', () => {
  it('queue-number needs a supervisor or a program', async () => {
    expectProblem(await t.alice.post('/api/queue-number', { extension: '1001' }), 403, 'role_required')
    expect((await t.sue.post('/api/queue-number', { extension: '1001' })).status).toBe(202)
    expect((await t.program.post('/api/queue-number', { extension: '1001' })).status).toBe(202)
  })

  it.each([
    ['POST', '/api/contacts/find-or-create'],
    ['POST', '/api/call-logs'],
    ['PATCH', '/api/call-logs/1'],
    ['GET', '/api/call-logs'],
    ['GET', '/api/agents'],
    ['GET', '/api/agents/1001/status'],
    ['PUT', '/api/agents/1001/status'],
    ['GET', '/api/agents/1001/history'],
    ['POST', '/api/members/1001/pause'],
    ['POST', '/api/queue-number'],
    ['GET', '/api/me'],
  ])('%s %s needs a token, and says so before it reads the body', async (method, path) => {
    const body = method === 'GET' ? undefined : '{"cut off'
    expectProblem(await t.anonymous.send(method, path, body), 401, 'token_missing')
  })

  it('another scheme of authorization is no token', async () => {
    const reply = await t.anonymous.send('GET', '/api/me', undefined, { authorization: 'Basic YTpi' })
    expectProblem(reply, 401, 'token_invalid')
  })
})

describe('when the inside fails', () => {
  it('the client gets 500 and no detail, the log gets the cause', async () => {
    const list = t.hub.callLogs.list
    t.hub.callLogs.list = () => Promise.reject(new Error('a secret of the inside'))
    const reply = await t.alice.get('/api/call-logs')
    t.hub.callLogs.list = list
    expectProblem(reply, 500, 'internal_error')
    expect(JSON.stringify(reply.body)).not.toContain('secret')
    expect(t.log.join('')).toContain('a secret of the inside')
  })

  it('without its database the hub answers 503, and health says why', async () => {
    const lost = await startHub()
    expect((await lost.anonymous.get('/api/health')).body).toMatchObject({ status: 'ok', database: 'ok' })
    await lost.alice.get('/api/me')
    await lost.hub.database.close()
    expectProblem(await lost.alice.get('/api/agents'), 503, 'database_unavailable')
    const health = await lost.anonymous.get('/api/health')
    expect(health.status).toBe(200)
    expect(health.body).toMatchObject({ status: 'degraded', database: 'unreachable' })
    await lost.hub.app.close()
  })
})

it('health needs no token and tells version and uptime', async () => {
  t.clock.now += 5000
  const { status, body } = await t.anonymous.get('/api/health')
  expect(status).toBe(200)
  expect(body).toEqual({
    status: 'ok',
    database: 'ok',
    uptime_ms: expect.any(Number),
    version: expect.stringMatching(/^\d/),
    pbx: { configured: false, state: 'none', since: null, sync_age_ms: null, event_age_ms: null },
    lease: { state: 'none', epoch: null, since: null, active_at: null },
  })
  expect(body.uptime_ms).toBeGreaterThanOrEqual(5000)
})
