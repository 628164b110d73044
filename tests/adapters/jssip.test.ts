// The traps of JsSIP in a call, one sentence each; docs/adapters.md tells the same story. The library is the stand-in of
// tests/traces, which behaves as the recordings do; jssip_library.test.ts asks the real one.
import { describe, expect, test } from 'vitest'
import { type JssipOptions, jssip } from '../../web/src/adapters/jssip/index.js'
import type { SoftphoneEvent } from '../../web/src/ports.js'
import { virtualClock } from '../../web/src/testing/index.js'
import { jssipPbx } from './jssip_pbx.mjs'

// biome-ignore lint/suspicious/noExplicitAny: the stand-in is plain JavaScript
type Any = any

const kCarol = { number: '+442079460123', name: 'Carol Customer' }

async function phone({ options, script }: { options?: JssipOptions; script?: Any } = {}) {
  const clock = virtualClock()
  const pbx: Any = jssipPbx(clock)
  Object.assign(pbx.script, script)
  const adapter = jssip({ jssip: pbx.jssip, clock, random: () => 0.5, ...options })
  const events: SoftphoneEvent[] = []
  await adapter.start({
    emit: (event) => void events.push(event),
    session: {
      extension: '1001',
      extensionId: 'e-1001',
      number: '1001',
      name: 'Alice',
      sip: { uri: 'sip:1001@pbx.test', server: 'wss://pbx.test/ws', username: '1001', password: 'secret' },
    },
    log: () => {},
  })
  await clock.run(1_000)
  const of = (type: SoftphoneEvent['type']): Any[] => events.filter((event) => event.type === type)
  const only = (type: SoftphoneEvent['type']): Any => {
    expect(of(type), type).toHaveLength(1)
    return of(type)[0]
  }
  const talk = async () => {
    const session = pbx.offer(kCarol)
    adapter.answer(session.callId)
    await clock.run(100)
    return { session, id: session.callId as string }
  }
  return { adapter, clock, pbx, events, of, only, talk }
}

describe('hold', () => {
  test('waits until JsSIP is ready for it, where hold() would do nothing', async () => {
    const { adapter, clock, pbx, of, only, talk } = await phone()
    const { id } = await talk()
    pbx.script.ready = false
    adapter.hold(id, true)
    await clock.run(1_000)
    expect([...of('HoldConfirmed'), ...of('HoldRefused')]).toEqual([])
    pbx.script.ready = true
    await clock.run(1_000)
    expect(only('HoldConfirmed')).toMatchObject({ on: true })
  })

  test('is refused in words when JsSIP never becomes ready', async () => {
    const { adapter, clock, pbx, only, talk } = await phone()
    const { id } = await talk()
    pbx.script.ready = false
    adapter.hold(id, true)
    await clock.run(10_000)
    expect(only('HoldRefused').reason).toContain('still under way')
  })

  test('the last wish made meanwhile follows', async () => {
    const { adapter, clock, pbx, of, talk } = await phone()
    const { id } = await talk()
    for (const on of [true, false, true, false]) adapter.hold(id, on)
    await clock.run(1_000)
    expect(pbx.sent.filter((sent: string) => sent.startsWith('re-INVITE'))).toEqual([
      're-INVITE hold',
      're-INVITE unhold',
    ])
    expect(of('HoldConfirmed').map(({ on }) => on)).toEqual([true, false])
  })

  test('a refused hold leaves the microphone as it was', async () => {
    const { adapter, clock, pbx, of, talk } = await phone({ script: { reinvites: [488] } })
    const { id, session } = await talk()
    adapter.hold(id, true)
    await clock.run(100)
    expect(of('HoldRefused')).toHaveLength(1)
    expect(session.isOnHold().local).toBe(false)
    expect(session.connection).toMatchObject({ signalingState: 'stable', track: { enabled: true } })
    expect(pbx.sent).not.toContain('BYE')
  })

  test('a socket that drops during a hold refuses the hold; JsSIP would hang the call up', async () => {
    const { adapter, clock, pbx, of, only, talk } = await phone({ script: { reinvites: [0] } })
    const { id, session } = await talk()
    adapter.hold(id, true)
    await clock.run(50)
    pbx.drop()
    session.terminate({ status_code: 500, reason_phrase: 'Connection Error', cause: 'Connection Error' })
    expect(only('HoldRefused').reason).toContain('no connection')
    expect(of('CallEnded')).toHaveLength(0)
  })
})

describe('the end of a call', () => {
  test.each([
    ['RTP Timeout', { origin: 'unknown', status_code: 0, reason: 'RTP Timeout' }],
    ['Dialog Error', { origin: 'unknown', status_code: 481 }],
    ['Request Timeout', { origin: 'unknown', status_code: 408 }],
  ])('that JsSIP made by itself (%s) is nobody’s hang-up', async (cause, expected) => {
    const { only, talk } = await phone()
    const { session } = await talk()
    session.terminate({ cause, status_code: 500 })
    expect(only('CallEnded')).toMatchObject(expected)
  })

  test('that the application asked for, by JsSIP itself, is our side’s', async () => {
    const { only, talk } = await phone()
    const { session } = await talk()
    session.terminate()
    expect(only('CallEnded')).toMatchObject({ origin: 'local' })
  })

  test('an accepted that comes after the end connects nothing', async () => {
    const { adapter, clock, pbx, of } = await phone()
    adapter.dial('out-1', '2001')
    await clock.run(100)
    const [session] = pbx.out
    pbx.progress(session, 180)
    adapter.hangup('out-1')
    pbx.accept(session)
    await clock.run(100)
    expect(of('CallConnected')).toHaveLength(0)
    expect(of('CallEnded')).toHaveLength(1)
    expect(session._is_canceled).toBe(true)
  })

  test('an INVITE that dies with its socket is lost, though JsSIP says Canceled', async () => {
    const { adapter, clock, pbx, only } = await phone()
    adapter.dial('out-1', '2001')
    await clock.run(100)
    pbx.drop()
    expect(only('CallEnded')).toMatchObject({ origin: 'unknown', reason: 'connection lost' })
  })

  test('a call that rings when the socket drops is believed for a minute, for its CANCEL may be lost', async () => {
    const { clock, pbx, of, only } = await phone()
    pbx.offer(kCarol)
    pbx.drop()
    await clock.run(59_000)
    expect(of('CallEnded')).toHaveLength(0)
    await clock.run(2_000)
    expect(only('CallEnded')).toMatchObject({ origin: 'unknown', reason: 'connection lost' })
  })
})

describe('digits', () => {
  test('go by INFO where there is no sender, and the first refusal stops them', async () => {
    const { adapter, clock, pbx, only, of, talk } = await phone({ script: { rtpDtmf: false } })
    const { id } = await talk()
    adapter.dtmf(id, '12')
    await clock.run(100)
    expect(pbx.sent.filter((sent: string) => sent.startsWith('INFO'))).toEqual(['INFO 1', 'INFO 2'])
    only('DtmfSent')
    pbx.script.info = 415
    adapter.dtmf(id, '34')
    await clock.run(100)
    only('DtmfRefused')
    expect(of('DtmfSent')).toHaveLength(1)
  })
})

describe('registration', () => {
  test('a refused REGISTER is repeated with back-off, a wrong password is not', async () => {
    const { clock, pbx, of } = await phone({ script: { register: 503 } })
    await clock.run(20_000)
    expect(of('RegistrationFailed').length).toBeGreaterThan(2)
    pbx.script.register = 200
    await clock.run(31_000)
    expect(of('Registered')).toHaveLength(1)
    const wrong = await phone({ script: { register: 403 } })
    await wrong.clock.run(120_000)
    expect(wrong.of('RegistrationFailed')).toMatchObject([{ status_code: 403 }])
    expect(wrong.pbx.sent).toEqual(['REGISTER'])
  })

  test('a drop is told once, and the registration after it', async () => {
    const { clock, pbx, events, of } = await phone()
    pbx.drop()
    await clock.run(1_000)
    pbx.back()
    await clock.run(1_000)
    expect(of('Unregistered')).toHaveLength(1)
    expect(events.slice(-2).map(({ type }) => type)).toEqual(['Registering', 'Registered'])
  })

  test('who has unregistered stays so over a reconnect', async () => {
    const { adapter, clock, pbx, of, only } = await phone()
    adapter.unregister()
    await clock.run(1_000)
    expect(only('Unregistered')).toMatchObject({ reason: 'requested' })
    pbx.drop()
    pbx.back()
    await clock.run(10_000)
    expect(of('Registered')).toHaveLength(1)
    only('Unregistered')
  })
})
