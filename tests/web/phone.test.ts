// biome-ignore-all lint/style/noNonNullAssertion: a test fails all the same
// The whole phone on the real engine, with a backend and a softphone that misbehave.
import { describe, expect, it } from 'vitest'
import { EngineLink } from '../../web/src/engine/link.js'
import type { Call, CallLog } from '../../web/src/generated/state.js'
import type { PhoneOptions } from '../../web/src/runtime/options.js'
import { never, type Sent, settle, testBackend } from './harness.js'
import { realModule, realPhone } from './real_phone.js'

type Answer = (sent: Sent, times: number) => Response | Promise<Response>

const good: Answer = (sent) => {
  if (sent.url.includes('find-or-create'))
    return Response.json({ id: 'c-1', number: '+442079460123', name: 'Bob', created: true })
  if (sent.url.includes('/status')) return Response.json({ code: 'agent_unknown' }, { status: 404 })
  if (sent.url.includes('/pause')) return Response.json({ synced: true })
  return Response.json({ ...(sent.body as object), id: 'log-1' }, { status: sent.method === 'POST' ? 201 : 200 })
}

async function ready(answer: Answer = good, more: Partial<PhoneOptions> = {}) {
  const backend = testBackend(answer)
  const set = await realPhone({ api: { baseUrl: 'http://crm/api', token: () => 'T', fetch: backend.fetch }, ...more })
  set.softphone.says({ type: 'SoftphoneReady' })
  set.softphone.says({ type: 'Registered' })
  await settle()
  const log = (): CallLog => Object.values(set.phone.store.getState().callLogs)[0]!
  const call = (id: string): Call => set.phone.store.getState().calls[id]!
  const run = async (ms: number) => {
    set.clock.advance(ms)
    await settle()
  }
  return { ...set, backend, log, call, run }
}

const offer = { type: 'CallOffered', call_id: 'in-1', sip_call_id: 'sip-1', number: '+442079460123' } as const

describe('a call', () => {
  it('in, answered, held, ended: what the store shows and what the backend holds at the end', async () => {
    const { phone, softphone, backend, log, call, run } = await ready()
    softphone.says(offer)
    expect(call('in-1')).toMatchObject({ state: 'Offered', direction: 'inbound', number: '+442079460123' })
    expect(phone.store.getState().can.answer).toEqual({ ok: true, reason: 'ok', retryIn: null })
    const answered = phone.answer()
    expect(softphone.calls).toContain('answer in-1')
    softphone.says({ type: 'CallConnected', call_id: 'in-1' })
    await answered
    const held = phone.hold()
    expect(call('in-1').hold).toBe('TurningOn')
    softphone.says({ type: 'HoldConfirmed', call_id: 'in-1', on: true })
    await held
    expect(call('in-1').hold).toBe('On')
    await run(7000)
    softphone.says({ type: 'CallEnded', call_id: 'in-1', origin: 'remote' })
    await settle()
    expect(log()).toMatchObject({
      id: 'log-1',
      status: 'answered',
      end_reason: 'remote_hangup',
      duration: 7000,
      delivery: 'Saved',
    })
    const last = backend.sent.filter((one) => one.url.includes('call-logs')).at(-1)!
    expect(last).toMatchObject({
      method: 'PATCH',
      url: 'http://crm/api/call-logs/log-1',
      body: { status: 'answered', duration: 7000 },
    })
    expect(backend.sent.filter((one) => one.method === 'POST' && one.url.endsWith('/call-logs'))).toHaveLength(1)
    await run(5000)
    expect(phone.store.getState().calls).toEqual({})
  })

  it('out: the promise gives the call’s id, and the contact is found on the way', async () => {
    const { phone, softphone, call } = await ready()
    const promise = phone.call('+44 20 7946 0123')
    const dialled = softphone.calls.find((one) => one.startsWith('dial'))!.split(' ')[1]!
    softphone.says({ type: 'CallDialed', call_id: dialled, sip_call_id: 'sip-9' })
    expect(await promise).toBe(dialled)
    await settle()
    expect(call(dialled)).toMatchObject({ state: 'Dialing', contactName: 'Bob' })
  })

  it('every command that is not possible now is refused with the reason that can shows', async () => {
    const { phone } = await ready()
    const { can } = phone.store.getState()
    await expect(phone.hold()).rejects.toMatchObject({ code: 'no_such_call' })
    expect(can.hold.reason).toBe('no_such_call')
    await expect(phone.answer('nobody')).rejects.toMatchObject({ code: 'no_such_call' })
    await expect(phone.call('')).rejects.toMatchObject({ code: 'bad_number' })
  })

  it('a softphone that never answers ends the command by its time limit', async () => {
    const { phone, softphone, run } = await ready()
    softphone.says(offer)
    void phone.answer('in-1')
    softphone.says({ type: 'CallConnected', call_id: 'in-1' })
    const held = phone.hold()
    await run(60_000)
    await expect(held).rejects.toMatchObject({ name: 'PhoneError' })
    expect(phone.store.getState().calls['in-1']!.hold).toBe('Off')
  })
})

describe('a backend that', () => {
  const answered = async (answer: Answer) => {
    const set = await ready(answer)
    set.softphone.says(offer)
    void set.phone.answer('in-1')
    set.softphone.says({ type: 'CallConnected', call_id: 'in-1' })
    set.softphone.says({ type: 'CallEnded', call_id: 'in-1', origin: 'remote' })
    await settle()
    return set
  }
  const onlyLogs =
    (answer: Answer): Answer =>
    (sent, times) =>
      sent.url.includes('call-logs') ? answer(sent, times) : good(sent, times)

  it.each<[string, Answer]>([
    ['answers 500', () => new Response('{}', { status: 500 })],
    ['answers 503 with HTML', () => new Response('<html>sorry</html>', { status: 503 })],
    ['cannot be reached', () => Promise.reject(new TypeError('refused'))],
  ])('%s gets the call_log again later, with the same key', async (_, bad) => {
    let up = false
    const { phone, backend, log, run } = await answered(
      onlyLogs((sent, times) => (up ? good(sent, times) : bad(sent, times))),
    )
    expect(log().delivery).not.toBe('Saved')
    expect(phone.store.getState().outbox.pending).toBe(1)
    up = true
    for (let i = 0; i < 20; i++) await run(2_000)
    expect(log()).toMatchObject({ delivery: 'Saved', id: 'log-1', status: 'answered' })
    expect(phone.store.getState().outbox.pending).toBe(0)
    const creates = backend.sent.filter((one) => one.method === 'POST' && one.url.endsWith('/call-logs'))
    expect(creates.length).toBeGreaterThan(1)
    expect(new Set(creates.map((one) => one.headers['idempotency-key'])).size).toBe(1)
  })

  it('says nothing at all: the request ends by its limit and comes again', async () => {
    let up = false
    const { log, run } = await answered(onlyLogs((sent, times) => (up ? good(sent, times) : never())))
    await run(10_000)
    up = true
    for (let i = 0; i < 20; i++) await run(2_000)
    expect(log().delivery).toBe('Saved')
  })

  it('answers 200 with HTML, as a login page does, is not believed', async () => {
    const { phone, log } = await answered(onlyLogs(() => new Response('<html>sign in</html>')))
    expect(log().delivery).not.toBe('Saved')
    expect(phone.store.getState().lastAnomaly).toBe('bad_answer')
  })

  it('refuses for good with 422 is not asked again by itself', async () => {
    const { backend, log, run } = await answered(onlyLogs(() => Response.json({ code: 'invalid' }, { status: 422 })))
    const before = backend.sent.length
    await run(120_000)
    expect(log().delivery).toBe('Rejected')
    expect(backend.sent.length).toBe(before)
  })

  it('answers twice is counted, and the second answer changes nothing', async () => {
    const module = await realModule()
    const link = new EngineLink(module, JSON.stringify({ seed: 1, extension: '1001' }))
    link.dispatch({ type: 'Started' }, 1, 1)
    link.dispatch({ type: 'SoftphoneReady' }, 1, 1)
    link.dispatch({ type: 'CallOffered', call_id: 'x', number: '+442079460123' }, 2, 2)
    const create = link.effects.find((effect) => effect.type === 'http.send' && effect.request === 'call_log_create')!
    const answer = { type: 'HttpAnswered', request: create.id, status_code: 201, body: '{"id":"9"}' } as const
    link.dispatch(answer, 3, 3)
    const once = link.state
    link.dispatch(answer, 4, 4)
    expect(link.state.callLogs).toBe(once.callLogs)
    expect(link.state.anomalies).toBe(once.anomalies + 1)
    expect(link.state.lastAnomaly).toBe('late_answer')
  })
})

describe('a stored state', () => {
  it('is taken up: what was not sent is sent', async () => {
    const first = await ready((sent, times) => (sent.url.includes('call-logs') ? never() : good(sent, times)))
    first.softphone.says(offer)
    void first.phone.answer('in-1')
    first.softphone.says({ type: 'CallConnected', call_id: 'in-1' })
    const stored = first.phone.snapshot()
    first.phone.dispose()
    const second = await ready(good, { restore: stored })
    for (let i = 0; i < 20; i++) await second.run(2_000)
    expect(second.log()).toMatchObject({ delivery: 'Saved', call_id: 'in-1', status: 'answered' })
  })

  it.each([
    ['no text', ''],
    ['half of one', '{"version":1,"calls":[{'],
    ['of another kind', '{"hello":"world"}'],
    ['a list', '[]'],
    ['a megabyte of brackets', '['.repeat(1_000_000)],
  ])('that is %s is reported and not used; the phone works', async (_, restore) => {
    const { phone, softphone, logged } = await ready(good, { restore })
    expect(logged.join('\n')).toContain('stored state')
    softphone.says(offer)
    expect(phone.store.getState().calls['in-1']!.state).toBe('Offered')
  })
})

describe('a softphone that', () => {
  it('calls back after dispose changes nothing and throws nothing', async () => {
    const { phone, softphone } = await ready()
    softphone.says(offer)
    phone.dispose()
    const at = phone.store.getState()
    softphone.says({ type: 'CallConnected', call_id: 'in-1' })
    softphone.says({ type: 'CallEnded', call_id: 'in-1' })
    expect(phone.store.getState()).toBe(at)
  })

  it('throws when it starts leaves phase failed', async () => {
    const { softphone } = await ready()
    const { phone } = await realPhone({
      softphone: {
        ...softphone,
        start() {
          throw new Error('no microphone')
        },
      },
    })
    await settle()
    expect(phone.store.getState().phase).toBe('failed')
  })

  it('says things nobody knows is not believed', async () => {
    const { phone, softphone, logged } = await ready()
    softphone.says({ type: 'Nonsense' } as never)
    softphone.says({ type: 'CallConnected', call_id: 'unknown' })
    softphone.says({ type: 'CallEnded', call_id: 'unknown', origin: 'both' as never })
    expect(phone.store.getState().lastAnomaly).toBe('unknown_call')
    expect(logged.join('\n')).toContain('Nonsense')
  })
})

describe('the recording', () => {
  it('put into another engine gives the same state', async () => {
    const { phone, softphone, run } = await ready()
    softphone.says(offer)
    void phone.answer()
    softphone.says({ type: 'CallConnected', call_id: 'in-1' })
    void phone.setStatus('BREAK', 'lunch')
    await run(3000)
    softphone.says({ type: 'CallEnded', call_id: 'in-1', origin: 'remote' })
    await run(1000)
    const { config, events, dropped } = phone.recording()
    expect(dropped).toBe(0)
    const link = new EngineLink(await realModule(), JSON.stringify(config))
    for (const { at, mono, ...event } of events) link.dispatch(event, at, mono)
    expect({ ...link.state, agents: [] }).toEqual({ ...phone.store.getState(), agents: [] })
  })
})
