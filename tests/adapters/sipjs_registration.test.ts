// The traps of SIP.js around registration and the socket, one sentence each.
import { describe, expect, test } from 'vitest'
import { phone } from './sip_phone.js'

describe('registration and the socket', () => {
  test('no STUN server is asked, SIP.js does not reconnect on its own, and nothing of the account is logged', async () => {
    const { pbx, logged } = await phone()
    const { options } = pbx.agent
    expect(options.sessionDescriptionHandlerFactoryOptions.peerConnectionConfiguration.iceServers).toEqual([])
    expect(options.reconnectionAttempts ?? 0).toBe(0) // SIP.js's own default; given, it would warn
    expect(options.logBuiltinEnabled).toBe(false)
    expect(logged.join()).not.toContain('secret')
  })

  test('a dropped socket means unregistered, though SIP.js still says Registered', async () => {
    const { pbx, only } = await phone()
    pbx.drop()
    expect(pbx.registerer.state).toBe('Registered')
    expect(only('Unregistered').reason).toContain('4001')
  })

  test('reconnects with growing pauses, then registers and says so once', async () => {
    const { pbx, clock, of } = await phone()
    pbx.drop()
    await clock.run(950)
    expect(pbx.sent.filter((sent: string) => sent === 'reconnect')).toHaveLength(0)
    await clock.run(100)
    expect(pbx.sent.filter((sent: string) => sent === 'reconnect')).toHaveLength(1)
    await clock.run(10 * 60_000)
    const attempts = pbx.sent.filter((sent: string) => sent === 'reconnect').length
    expect(attempts).toBeGreaterThan(15)
    expect(attempts).toBeLessThan(30)
    pbx.script.connects = true
    await clock.run(60_000)
    expect(of('Registered')).toHaveLength(2)
    expect(of('Unregistered')).toHaveLength(1)
  })

  test('when the first connection fails it is ready all the same, and keeps trying', async () => {
    const { pbx, clock, only, of } = await phone({ script: { connects: false } })
    only('SoftphoneReady')
    expect(only('RegistrationFailed').status_code).toBe(503)
    pbx.script.connects = true
    await clock.run(5_000)
    expect(of('Registered')).toHaveLength(1)
  })

  test('a wrong password is told once and not tried again', async () => {
    const { pbx, clock, only } = await phone({ script: { register: 401 } })
    await clock.run(10 * 60_000)
    expect(only('RegistrationFailed')).toMatchObject({ status_code: 401 })
    expect(pbx.sent.filter((sent: string) => sent === 'REGISTER')).toHaveLength(1)
  })

  test('a registrar in trouble is asked again', async () => {
    const { pbx, clock, of } = await phone({ script: { register: 503 } })
    pbx.script.register = 200
    await clock.run(3_000)
    expect(of('Registered')).toHaveLength(1)
  })

  test('a registration that expires is told and renewed', async () => {
    const { pbx, clock, only, of } = await phone()
    pbx.registerer.setState('Unregistered')
    only('Unregistered')
    await clock.run(3_000)
    expect(of('Registered')).toHaveLength(2)
  })

  test('with socket and media both gone the call is lost; media alone does not end it', async () => {
    const { pbx, clock, only, of, talk } = await phone()
    const { session } = await talk()
    session.sessionDescriptionHandler.setConnection('failed')
    await clock.run(100)
    expect(of('CallEnded')).toHaveLength(0)
    session.sessionDescriptionHandler.setConnection('connected')
    pbx.drop()
    expect(of('CallEnded')).toHaveLength(0)
    session.sessionDescriptionHandler.setConnection('failed')
    expect(only('CallEnded')).toMatchObject({ origin: 'unknown', reason: 'media lost' })
  })

  test('when only media failed, the PBX is asked: SIP.js may have dropped its BYE', async () => {
    const { pbx, clock, only, talk } = await phone({ script: { reinvites: [481] } })
    const { session } = await talk()
    session.sessionDescriptionHandler.setConnection('failed')
    await clock.run(100)
    expect(pbx.sent).toContain('re-INVITE')
    expect(only('CallEnded')).toMatchObject({ origin: 'unknown', status_code: 481 })
  })

  test('a hold asked for while the PBX is asked follows', async () => {
    const { adapter, pbx, clock, only, talk } = await phone()
    const { session, id } = await talk()
    session.sessionDescriptionHandler.setConnection('failed')
    adapter.hold(id, true)
    await clock.run(100)
    expect(pbx.sent.slice(-2)).toEqual(['re-INVITE', 're-INVITE hold'])
    expect(only('HoldConfirmed').on).toBe(true)
  })

  test('after a reconnect a re-INVITE finds out whether the call still lives', async () => {
    for (const [status, ended] of [
      [200, 0],
      [481, 1],
    ] as const) {
      const { pbx, clock, of, talk } = await phone()
      await talk()
      pbx.drop()
      pbx.script.connects = true
      pbx.script.reinvites = [status]
      await clock.run(3_000)
      expect(pbx.sent).toContain('re-INVITE')
      expect(of('CallEnded')).toHaveLength(ended)
      if (ended) expect(of('CallEnded')[0]).toMatchObject({ origin: 'unknown', status_code: 481 })
    }
  })

  test('an account without a server or with a bad address cannot start', async () => {
    for (const account of [{ uri: 'sip:1001@pbx.test' }, { uri: 'sip:', server: 'wss://pbx.test/ws' }]) {
      const { only, adapter } = await phone({ account })
      expect(only('SoftphoneFailed').reason).toContain('SIP account')
      adapter.dial('out-1', '1003')
      await adapter.stop()
    }
  })

  test('without an address the account is made of user and server', async () => {
    const { pbx } = await phone({ account: { server: 'wss://pbx.test:8089/ws' } })
    expect(String(pbx.agent.options.uri)).toBe('sip:1001@pbx.test')
  })

  test('stopping hangs up what still lives', async () => {
    const { adapter, pbx, talk, events } = await phone()
    await talk()
    const before = events.length
    await adapter.stop()
    expect(pbx.sent).toContain('BYE')
    expect(events).toHaveLength(before)
  })
})

test('a call that rings when the socket drops is believed for a minute, for its CANCEL may be lost', async () => {
  const { adapter, pbx, clock, only, of, ringing } = await phone()
  await ringing()
  pbx.drop()
  pbx.script.connects = true
  await clock.run(59_000)
  expect(of('CallEnded')).toHaveLength(0)
  await clock.run(2_000)
  expect(only('CallEnded')).toMatchObject({ origin: 'unknown', reason: 'connection lost' })
  await adapter.stop()
})
