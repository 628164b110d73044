// Rate limits: by agent for those who are signed in, by address for others.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Client, startHub, type TestHub } from './support/harness.js'

let t: TestHub
beforeAll(async () => {
  t = await startHub({ rateLimit: { requests: 10, passwords: 3, signIns: 6, window_ms: 3_600_000 } })
})
afterAll(() => t.stop())

it('the eleventh request of an agent is 429 with Retry-After, and another agent is not touched', async () => {
  for (let i = 0; i < 10; i++) expect((await t.alice.get('/api/agents')).status).toBe(200)
  const { status, body, headers } = await t.alice.get('/api/agents')
  expect([status, body.code]).toEqual([429, 'rate_limited'])
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await t.bob.get('/api/agents')).status).toBe(200)
})

it('another token of the same agent shares its limit', async () => {
  const other = new Client(t.url, await t.hub.auth.issueToken({ extension: '1001' }))
  expect((await other.get('/api/agents')).status).toBe(429)
})

it('the fourth password of one extension from an address is 429, and the seventh sign-in of all', async () => {
  const attempt = async (body: object) => (await t.anonymous.post('/api/sign-in', body)).status
  const tries = []
  for (let i = 0; i < 4; i++) tries.push(await attempt({ extension: '1001', password: 'guess' }))
  expect(tries).toEqual([401, 401, 401, 429])
  // Another agent of the same office may still sign in.
  expect(await attempt({ extension: '1002', password: 'guess' })).toBe(401)
  expect(await attempt({ code: await t.hub.auth.issueCode('1002') })).toBe(200)
  expect(await attempt({ code: await t.hub.auth.issueCode('1002') })).toBe(429)
})

it('guessed tokens and unknown paths count for the address', async () => {
  const statuses = []
  for (let i = 0; i < 12; i++)
    statuses.push((await new Client(t.url, `guess-${'x'.repeat(30)}${i}`).get('/api/me')).status)
  expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401))
  expect(statuses.slice(10)).toEqual([429, 429])
  expect((await t.anonymous.get('/nothing')).status).toBe(429)
})
