// biome-ignore-all lint/style/noNonNullAssertion: a test fails all the same
// phone.diagnostics(): what a support desk asks for first.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { settle, testBackend } from './harness.js'
import { realPhone } from './real_phone.js'

async function phoneOf(status = 200) {
  const backend = testBackend(() => Response.json({ id: '7' }, { status }))
  const set = await realPhone({ api: { baseUrl: 'http://crm/api', token: () => 'T', fetch: backend.fetch } })
  set.softphone.says({ type: 'SoftphoneReady' })
  set.softphone.says({ type: 'Registered' })
  await settle()
  return set
}

describe('diagnostics', () => {
  it('tells versions, uptime, connections and what has been counted', async () => {
    const { phone, softphone, clock } = await phoneOf()
    clock.advance(61_000)
    await settle()
    softphone.says({ type: 'CallOffered', call_id: 'a', number: '+442079460123', name: 'Carol' })
    await expect(phone.hold('nobody')).rejects.toThrow()
    await settle()
    const told = phone.diagnostics()
    expect(told).toMatchObject({
      uptimeMs: 61_000,
      versions: {
        package: '0.1.0',
        stateSchema: expect.any(Number),
        adapter: 'test',
        host: expect.stringMatching(/^Node \d+$/),
      },
      phase: 'ready',
      tab: { state: 'Alone' },
      registration: { state: 'Registered' },
      calls: { live: 1, states: { Offered: 1 } },
      devices: { permission: 'unknown' },
      counters: { commands: { refused: 1, 'refused: no_such_call': 1 } },
    })
    expect(told.counters.effects['softphone.start']).toBe(1)
    expect(told.counters.requests['2xx']).toBeGreaterThan(0)
    expect(told.counters.events).toBe(phone.recording().events.length)
    expect(JSON.parse(JSON.stringify(told))).toEqual(told)
    expect(JSON.stringify(told)).not.toMatch(/442079460123|Carol/)
  })

  it('keeps the last 50 changes of the connections with their reasons, and the last 20 anomalies with their events', async () => {
    const { phone, softphone, clock } = await phoneOf()
    for (let i = 0; i < 40; i++) {
      clock.advance(1000)
      softphone.says({ type: 'Unregistered', reason: 'the socket is gone' })
      softphone.says({ type: 'Registered' })
      softphone.says({ type: 'CallConnected', call_id: 'nobody' })
    }
    const { history, anomalies, counters } = phone.diagnostics()
    expect(history).toHaveLength(50)
    expect(history.at(-2)).toMatchObject({ of: 'registration', from: 'Registered', reason: 'the socket is gone' })
    expect(history.at(-1)).toMatchObject({ of: 'registration', to: 'Registered' })
    expect(history.every((one, i) => i === 0 || one.at >= history[i - 1]!.at)).toBe(true)
    expect(anomalies).toHaveLength(20)
    expect(anomalies[0]).toMatchObject({ code: 'unknown_call', event: 'CallConnected' })
    expect(counters.anomalies.unknown_call).toBe(40)
  })

  it('tells how requests end, by status and by failure', async () => {
    const { phone } = await phoneOf(503)
    expect(phone.diagnostics().counters.requests['5xx']).toBeGreaterThan(0)
  })

  it('can still be asked for after the end', async () => {
    const { phone } = await phoneOf()
    phone.dispose()
    expect(phone.diagnostics()).toMatchObject({ phase: 'disposed', versions: { stateSchema: null } })
  })
})

describe('the console', () => {
  afterEach(() => vi.restoreAllMocks())

  it('without a logger hears each warning once; with one it hears nothing', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const { phone, softphone } = await realPhone({ logger: undefined })
    await settle()
    for (let i = 0; i < 3; i++) softphone.says({ type: 'Nonsense' } as never)
    expect(warn.mock.calls.flat().filter((text) => String(text).includes('Nonsense'))).toHaveLength(1)
    phone.dispose()
    warn.mockClear()
    const quiet = await realPhone({ logger: {} })
    quiet.softphone.says({ type: 'Nonsense' } as never)
    expect(warn).not.toHaveBeenCalled()
    quiet.phone.dispose()
  })

  it('a download needs a page, and says so', async () => {
    const { phone } = await phoneOf()
    expect(() => phone.downloadRecording()).toThrowError(expect.objectContaining({ code: 'no_page' }))
  })
})
