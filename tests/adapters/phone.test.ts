// Adapters inside a real phone: the engine's WebAssembly, the store and a backend in memory, from the built package.
import { expect, test } from 'vitest'
import { load } from '../traces/load.mjs'
import { fakeWebphone } from './fake_webphone.mjs'
import { jssipPbx } from './jssip_pbx.mjs'

// biome-ignore lint/suspicious/noExplicitAny: the built package is loaded as a customer would, without its sources' types
type Any = any

const { offhook, testing, mizu, jssip }: Any = await load()

async function phone(softphone: (clock: Any) => Any) {
  const clock = testing.virtualClock()
  const backend = testing.scriptedBackend()
  const phone = await offhook.createPhone({
    session: {
      extension: '1001',
      extensionId: 'e-17',
      number: '1001',
      name: 'Alice',
      sip: { server: 'wss://pbx.test/ws' },
    },
    api: { baseUrl: '/api', token: () => 'token', fetch: backend.fetch },
    softphone: softphone(clock),
    clock,
    seed: 7,
  })
  await clock.run(1_000)
  return { clock, backend, phone, state: () => phone.store.getState() }
}

const written = ({ writes }: Any) => writes.map(({ kind, status }: Any) => `${kind}:${status}`)

test('a phone on Mizu: a call comes in, is answered, held, and hung up by the customer', async () => {
  let api: Any
  const {
    clock,
    backend,
    phone: desk,
    state,
  } = await phone((c) => {
    api = fakeWebphone(c)
    return mizu(api, { clock: c })
  })
  expect(state().registration.state).toBe('Registered')
  const call = api.incoming({ number: '+442079460123', name: 'Carol' })
  await clock.run(2_000)
  await Promise.all([desk.answer(call.callid), clock.run(1_000)])
  await Promise.all([desk.hold(call.callid), clock.run(1_000)])
  expect(state().calls[call.callid]).toMatchObject({
    state: 'Active',
    hold: 'On',
    number: '+442079460123',
    name: 'Carol',
  })
  api.end(call, 'bye received')
  await clock.run(2_000)
  expect(written(backend)).toEqual(['create:ringing', 'update:talking', 'update:answered'])
  expect(backend.writes.at(-1).record).toMatchObject({
    end_reason: 'remote_hangup',
    call_from: '+442079460123',
    call_to: '1001',
  })
  expect(state().anomalies).toBe(0)
  desk.dispose()
})

test('a phone on Mizu: a busy number, by the CDR', async () => {
  let api: Any
  const {
    clock,
    backend,
    phone: desk,
    state,
  } = await phone((c) => {
    api = fakeWebphone(c)
    return mizu(api, { clock: c })
  })
  await Promise.all([desk.call('+442079460123'), clock.run(1_000)])
  api.end(api.calls[0], '486 Busy Here')
  await clock.run(2_000)
  expect(written(backend)).toEqual(['create:ringing', 'update:no_answered'])
  expect(backend.writes.at(-1).record).toMatchObject({
    end_reason: 'busy',
    call_from: '1001',
    call_to: '+442079460123',
  })
  expect(state().anomalies).toBe(0)
  desk.dispose()
})

test('a phone on scripted(): a refused hold is told, and the call goes on', async () => {
  const softphone = testing.scripted()
  const { clock, phone: desk, state } = await phone(() => softphone)
  const id = softphone.peer.offer({ number: '+442079460123', name: 'Carol' })
  await Promise.all([desk.answer(id), clock.run(100)])
  softphone.peer.refuseHold()
  await Promise.all([expect(desk.hold(id)).rejects.toMatchObject({ code: 'softphone_refused' }), clock.run(100)])
  expect(state().calls[id]).toMatchObject({ state: 'Active', hold: 'Off' })
  expect(softphone.commands.map(({ name }: Any) => name)).toEqual(['start', 'answer', 'hold'])
  expect(state().anomalies).toBe(0)
  desk.dispose()
})

test('a phone on simulated(): dials, is answered, transfers', async () => {
  const { clock, backend, phone: desk, state } = await phone((c) => testing.simulated({ clock: c }))
  const [id] = await Promise.all([desk.call('+442079460123'), clock.run(5_000)])
  expect(state().calls[id].state).toBe('Active')
  await Promise.all([desk.transfer.blind(id, '1003'), clock.run(5_000)])
  expect(backend.writes.at(-1).record).toMatchObject({ status: 'answered', end_reason: 'transferred' })
  expect(state().anomalies).toBe(0)
  desk.dispose()
})

test('a backend that is away for a while still gets every call_log', async () => {
  const softphone = testing.scripted()
  const { clock, backend, phone: desk, state } = await phone(() => softphone)
  backend.fail({ match: '/call-logs', with: 'network', times: 2 })
  backend.fail({ match: '/call-logs', with: 503 })
  const id = softphone.peer.offer({ number: '+442079460123' })
  await clock.run(100)
  softphone.peer.hangup(id)
  await clock.run(60_000)
  expect(backend.callLogs.size).toBe(1)
  expect(backend.writes.at(-1)).toMatchObject({ status: 'missed' })
  expect(state().outbox.pending).toBe(0)
  desk.dispose()
})

test('a phone on JsSIP: a refused hold is told and the call goes on, its quality is shown, and the other side hangs up', async () => {
  let pbx: Any
  const {
    clock,
    backend,
    phone: desk,
    state,
  } = await phone((c) => {
    pbx = jssipPbx(c)
    return jssip({ jssip: pbx.jssip, clock: c, random: () => 0.5 })
  })
  expect(state().registration.state).toBe('Registered')
  const session = pbx.offer({ number: '+442079460123', name: 'Carol' })
  await clock.run(1_000)
  await Promise.all([desk.answer(session.callId), clock.run(1_000)])
  pbx.script.reinvites.push(488)
  const held = desk.hold(session.callId).catch((error: Any) => error.code)
  await clock.run(1_000)
  expect(await held).toBe('softphone_refused')
  expect(state().calls[session.callId]).toMatchObject({ state: 'Active', hold: 'Off' })
  pbx.stats.measure(session, { loss_percent: 20, jitter_ms: 40, rtt_ms: 400 })
  await clock.run(8_000)
  expect(Object.values(state().quality ?? {})).toMatchObject([{ lossPercent: 20, rttMs: 400 }])
  pbx.bye(session)
  await clock.run(2_000)
  expect(written(backend)).toEqual(['create:ringing', 'update:talking', 'update:answered'])
  expect(backend.writes.at(-1).record).toMatchObject({ end_reason: 'remote_hangup', call_from: '+442079460123' })
  expect(state().anomalies).toBe(0)
  desk.dispose()
})
