// The directory by REST: a CRM makes agents, changes them, opens the console for them, and takes out who has left.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { upsertAgents } from '../../hub/dist/agents.js'
import { idempotency_keys } from '../../hub/dist/schema.js'
import { Client, startHub, type TestHub } from './support/harness.js'
import { connect } from './support/phone_socket.js'

let t: TestHub
beforeAll(async () => {
  t = await startHub()
})
afterAll(() => t.stop())

const dora = { name: 'Dora', number: '+442079460111', endpoint: 'PJSIP/dora-desk', time_zone: 'Europe/London' }

describe('an agent of the CRM', () => {
  it('is made, and signs in by a one-time code', async () => {
    const made = await t.program.put('/api/directory/1011', { ...dora, password: 'correct horse 2' })
    const shown = { ...dora, extension: '1011', extension_id: 'e-1011', role: 'agent', has_password: true }
    expect([made.status, made.body]).toEqual([200, shown])
    expect((await t.program.get('/api/directory/1011')).body).toEqual(shown)
    const code = await t.program.post('/api/directory/1011/sign-in-code', undefined)
    expect(code.status).toBe(201)
    expect(code.body.link).toBe(`${t.url}/#code=${code.body.code}`)
    expect(code.body.expires_at - t.clock.now).toBe(15 * 60_000)
    const signedIn = await t.anonymous.post('/api/sign-in', { code: code.body.code })
    expect([signedIn.status, signedIn.body.session.name]).toEqual([200, 'Dora'])
    expect((await t.anonymous.post('/api/sign-in', { code: code.body.code })).status).toBe(401)
    expect((await t.anonymous.post('/api/sign-in', { extension: '1011', password: 'correct horse 2' })).status).toBe(
      200,
    )
  })

  it('is changed: what is left out stays, the role holds at once', async () => {
    const { body } = await t.anonymous.post('/api/sign-in', { extension: '1011', password: 'correct horse 2' })
    const own = new Client(t.url, body.token)
    expect((await own.get('/api/audit')).status).toBe(403)
    const changed = await t.program.put('/api/directory/1011', { name: 'Dora Ray', role: 'supervisor' })
    const role = { name: 'Dora Ray', role: 'supervisor' }
    expect(changed.body).toEqual({ ...dora, extension: '1011', extension_id: 'e-1011', has_password: true, ...role })
    expect((await own.get('/api/audit')).status).toBe(200)
  })

  it('who has left is signed out, in no list and no queue, and can come back', async () => {
    const { body } = await t.anonymous.post('/api/sign-in', { extension: '1011', password: 'correct horse 2' })
    const own = new Client(t.url, body.token)
    const page = await connect(t.url, body.token)
    const open = await t.program.post('/api/directory/1011/sign-in-code', undefined)
    await t.program.put('/api/contact-centre/queues/support', {})
    await t.program.put('/api/contact-centre/agents/1011', { queues: [{ queue: 'support' }] })
    expect((await t.program.send('DELETE', '/api/directory/1011')).status).toBe(204)
    expect((await page.closed).code).toBe(1008)
    expect((await own.get('/api/me')).status).toBe(401)
    expect((await t.anonymous.post('/api/sign-in', { code: open.body.code })).status).toBe(401)
    expect((await t.anonymous.post('/api/sign-in', { extension: '1011', password: 'correct horse 2' })).status).toBe(
      401,
    )
    for (const path of ['/api/directory/1011', '/api/contact-centre/agents/1011'])
      expect((await t.program.get(path)).status).toBe(404)
    expect((await t.program.send('DELETE', '/api/directory/1011')).status).toBe(404)
    const extensions = (await t.program.get('/api/directory')).body.items.map(
      (one: { extension: string }) => one.extension,
    )
    expect(extensions).toEqual(['1001', '1002', '1003'])
    const audit = (await t.program.get('/api/audit?extension=1011')).body.items
    expect(audit.map(({ action }: { action: string }) => action)).toEqual(
      expect.arrayContaining(['agent.left', 'agent.sign_in_code', 'agent.put']),
    )
    expect(JSON.stringify(audit)).not.toContain('scrypt')

    await t.program.put('/api/directory/1011', dora)
    expect((await t.program.get('/api/directory/1011')).body).toMatchObject({ name: 'Dora', has_password: false })
    expect((await t.program.get('/api/contact-centre/agents/1011')).body.queues).toEqual([])
  })
})

it('a SIP account that is stored with an agent is in no answer of the directory and in no audit', async () => {
  const sip = { server: 'wss://pbx.example/ws', username: '1013', password: 'of-the-telephone' }
  const seed = { extension: '1013', name: 'Eve', sip }
  await upsertAgents(t.hub.database.db, [seed], t.clock.now)
  const { status, body } = await t.program.put('/api/directory/1013', { name: 'Eve Ray' })
  expect([status, body.name]).toEqual([200, 'Eve Ray'])
  const audit = await t.program.get('/api/audit?extension=1013')
  expect(audit.body.items).toHaveLength(1)
  expect(JSON.stringify([body, audit.body])).not.toMatch(/of-the-telephone|wss:/)
})

it('nothing of a password is kept for Idempotency-Key', async () => {
  const body = { name: 'Eve Ray', password: 'a word of Eve' }
  const before = await t.hub.database.db.$count(idempotency_keys)
  for (let i = 0; i < 2; i++) expect((await t.program.put('/api/directory/1013', body, 'one-key')).status).toBe(200)
  expect(await t.hub.database.db.$count(idempotency_keys)).toBe(before)
})

describe('what is refused', () => {
  it.each([
    ['put', '/api/directory/1012', { name: 'A', time_zone: 'Europe/Nowhere' }, 422, 'unknown_time_zone'],
    ['put', '/api/directory/1012', { name: 'A', extension_id: 'e-1001' }, 409, 'extension_id_taken'],
    ['put', '/api/directory/1012', { name: 'A', role: 'king' }, 400, 'validation_failed'],
    ['put', '/api/directory/1012', { name: 'A', endpoint: 'PJSIP 1012' }, 400, 'validation_failed'],
    ['put', '/api/directory/1012', { name: 'A', password: 'short' }, 400, 'validation_failed'],
    ['post', '/api/directory/4711/sign-in-code', undefined, 404, 'agent_unknown'],
  ] as const)('%s %s %j', async (method, path, body, status, code) => {
    const answer = await t.program[method](path, body as object)
    expect([answer.status, answer.body.code]).toEqual([status, code])
    expect((await t.program.get('/api/directory/1012')).status).toBe(404)
  })

  it('whoever is no administrator', async () => {
    for (const client of [t.alice, t.sue]) {
      expect((await client.get('/api/directory')).status).toBe(403)
      expect((await client.put('/api/directory/1001', { name: 'Me', role: 'admin' })).status).toBe(403)
      expect((await client.post('/api/directory/1003/sign-in-code', undefined)).status).toBe(403)
      expect((await client.send('DELETE', '/api/directory/1003')).status).toBe(403)
    }
  })
})
