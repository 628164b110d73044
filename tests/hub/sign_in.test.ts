// Signing in, tokens, and what never reaches the log.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seedDemo } from '../../hub/src/index.js'
import { Client, startHub, type TestHub } from './support/harness.js'

const SIP = { server: 'wss://pbx.example/ws', user: '1001', password: 'sip-secret-5309' }
const MINUTE = 60_000

let t: TestHub
beforeAll(async () => {
  t = await startHub({ sip: { '1001': SIP } })
})
afterAll(() => t.stop())

describe('a one-time code', () => {
  it('signs in once, with session and SIP account, for 12 hours', async () => {
    const code = await t.hub.auth.issueCode('1001')
    const first = await t.anonymous.post('/api/sign-in', { code })
    expect(first.status).toBe(200)
    expect(first.body).toEqual({
      token: expect.any(String),
      role: 'agent',
      expires_at: t.clock.now + 12 * 60 * MINUTE,
      session: { extension: '1001', extensionId: 'e-1001', number: '1001', name: 'Alice', sip: SIP },
    })
    expect(first.headers.get('cache-control')).toBe('no-store')
    const again = await t.anonymous.post('/api/sign-in', { code })
    expect(again.status).toBe(401)
    expect(again.body.code).toBe('sign_in_refused')
  })

  it('used by two at once signs in one of them', async () => {
    const code = await t.hub.auth.issueCode('1002')
    const both = await Promise.all([1, 2].map(() => t.anonymous.post('/api/sign-in', { code })))
    expect(both.map((r) => r.status).sort()).toEqual([200, 401])
  })

  it('is refused after 15 minutes', async () => {
    const code = await t.hub.auth.issueCode('1001')
    t.clock.now += 15 * MINUTE
    expect((await t.anonymous.post('/api/sign-in', { code })).status).toBe(401)
  })

  it('may be typed in lower case', async () => {
    const code = await t.hub.auth.issueCode('1001')
    expect((await t.anonymous.post('/api/sign-in', { code: ` ${code.toLowerCase()} ` })).status).toBe(200)
  })
})

describe('extension and password', () => {
  it('sign in when both are right', async () => {
    const { status, body } = await t.anonymous.post('/api/sign-in', { extension: '1001', password: 'correct horse' })
    expect(status).toBe(200)
    expect(body.session.name).toBe('Alice')
  })

  it.each([
    [{ extension: '1001', password: 'wrong' }, 401],
    [{ extension: '1002', password: '' }, 401],
    [{ extension: '9999', password: 'correct horse' }, 401],
    [{ extension: '1001' }, 400],
    [{}, 400],
    [{ code: 7 }, 400],
  ])('%j answers %i', async (body, status) => {
    expect((await t.anonymous.post('/api/sign-in', body)).status).toBe(status)
  })
})

describe('a token', () => {
  it('survives a reload: /me gives role and session again', async () => {
    const { body } = await t.alice.get('/api/me')
    expect(body).toEqual({ role: 'agent', session: expect.objectContaining({ extension: '1001', sip: SIP }) })
  })

  it('gives the SIP account to its own agent only', async () => {
    expect((await t.sue.get('/api/me')).body.session).not.toHaveProperty('sip')
    expect(JSON.stringify((await t.sue.get('/api/agents')).body)).not.toContain('sip-secret')
  })

  it('of a program has a role and no extension', async () => {
    const { body } = await t.program.get('/api/me')
    expect(body).toMatchObject({ role: 'admin', session: { extension: null } })
  })

  it('is refused when unknown, malformed or expired, each as a problem document', async () => {
    for (const token of ['x', 'x'.repeat(43), 'a'.repeat(5000)]) {
      const { status, body } = await new Client(t.url, token).get('/api/me')
      expect([status, body.code]).toEqual([401, 'token_invalid'])
    }
    expect((await t.anonymous.get('/api/me')).body.code).toBe('token_missing')
    const brief = new Client(t.url, await t.hub.auth.issueToken({ extension: '1001', ttl_ms: MINUTE }))
    expect((await brief.get('/api/me')).status).toBe(200)
    t.clock.now += MINUTE
    expect((await brief.get('/api/me')).body.code).toBe('token_invalid')
  })

  it('is stored as a hash only, and old ones are swept', async () => {
    const token = await t.hub.auth.issueToken({ extension: '1001', ttl_ms: 1 })
    const rows = () => t.hub.database.db.query.tokens.findMany()
    expect(JSON.stringify(await rows())).not.toContain(token)
    const before = (await rows()).length
    t.clock.now += 2
    await t.hub.auth.sweep()
    expect((await rows()).length).toBeLessThan(before)
  })
})

describe('the demo', () => {
  it('makes 1001, 1002 and the supervisor 1003 with links that sign in', async () => {
    const links = await seedDemo(t.hub)
    expect(links.map((l) => [l.extension, l.role])).toEqual([
      ['1001', 'agent'],
      ['1002', 'agent'],
      ['1003', 'supervisor'],
    ])
    for (const { link, name } of links) {
      const [page, code] = link.split('/#code=')
      expect(page).toBe(t.url)
      const { body } = await t.anonymous.post('/api/sign-in', { code })
      expect(body.session.name).toBe(name)
    }
  })
})

it('no token, password, code or SIP secret is in the log', async () => {
  const code = await t.hub.auth.issueCode('1001')
  const { body } = await t.anonymous.post('/api/sign-in', { code })
  t.hub.log.info({ token: body.token, session: { sip: SIP }, headers: { authorization: `Bearer ${body.token}` } }, 'x')
  t.hub.log.info({ password: 'correct horse', agent: { password_hash: 'scrypt$' } }, 'x')
  const log = t.log.join('')
  for (const secret of [body.token, code, 'sip-secret', 'correct horse', 'scrypt$', t.alice.token]) {
    expect(log).not.toContain(secret)
  }
})
