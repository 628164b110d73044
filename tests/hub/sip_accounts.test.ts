// The file of SIP accounts: what is read from it, and what is said of one that cannot be used. No password is in a message.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSipFile } from '../../hub/dist/sip_accounts.js'
import { startHub, type TestHub } from './support/harness.js'

const folder = mkdtempSync(join(tmpdir(), 'sip-accounts-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileOf(text: unknown): string {
  const file = join(folder, `${Math.random()}.json`)
  writeFileSync(file, typeof text === 'string' ? text : JSON.stringify(text))
  return file
}
const shared = { server: 'wss://pbx.example/ws', domain: 'pbx.example' }

describe('what is read', () => {
  it('shared settings, and an agent’s own in their place', () => {
    const bob = { username: 'bob', password: 'p2', server: 'wss://other.example/ws' }
    const file = fileOf({ ...shared, agents: { 1001: { password: 'p1' }, 1002: bob } })
    expect(readSipFile(file)).toEqual({
      1001: { server: 'wss://pbx.example/ws', uri: 'sip:1001@pbx.example', username: '1001', password: 'p1' },
      1002: { server: 'wss://other.example/ws', uri: 'sip:bob@pbx.example', username: 'bob', password: 'p2' },
    })
  })
})

describe('what is refused, with what to do', () => {
  const agents = { 1001: { password: 'hunter-2-hunter' } }
  it.each([
    ['{"agents": {"1001": {"password": "hunter-2-hunter"}', /is not JSON\. Expected/],
    [[], /is not as described/],
    [shared, /has no "agents"/],
    [{ ...shared, agents: { 1001: {} } }, /the account of 1001 has no "password"/],
    [{ ...shared, agents: { 1001: 'hunter-2-hunter' } }, /the account of 1001 is not an object/],
    [{ server: shared.server, agents }, /the account of 1001 has no "domain"/],
    [{ ...shared, server: 'https://pbx.example', agents }, /the server of 1001 is not a WebSocket address/],
    [{ ...shared, agents: { '10 01': { password: 'hunter-2-hunter' } } }, /"10 01" is not an extension/],
  ])('%j', (text, message) => {
    const file = fileOf(text)
    expect(() => readSipFile(file)).toThrow(message)
    expect(() => readSipFile(file)).not.toThrow(/hunter/)
  })

  it('a file that is not there', () => {
    expect(() => readSipFile(join(folder, 'none'))).toThrow(/cannot be read \(ENOENT\)/)
  })
})

describe('whose page has which telephone', () => {
  const alices = { server: shared.server, uri: 'sip:1001@pbx.example', username: '1001', password: 'p1' }
  let t: TestHub
  beforeAll(async () => {
    t = await startHub({ sip: { 1001: alices } })
  })
  afterAll(() => t.stop())

  it('its own account, and none for who has none: nothing is simulated unless the hub was told so', async () => {
    expect((await t.alice.get('/api/me')).body.session.sip).toEqual(alices)
    const { session } = (await t.bob.get('/api/me')).body
    expect(session).not.toHaveProperty('sip')
    expect(session).not.toHaveProperty('simulated')
  })

  it('accounts that are read again hold from the next request on', async () => {
    t.hub.auth.setSipAccounts({ 1002: { ...alices, username: '1002' } })
    expect((await t.alice.get('/api/me')).body.session).not.toHaveProperty('sip')
    expect((await t.bob.get('/api/me')).body.session.sip.username).toBe('1002')
  })
})
