// The traps of SIP.js in a call, one sentence each; docs/adapters.md tells the same story. The library is the stand-in of
// tests/traces, which behaves as the recordings do.
import { describe, expect, test } from 'vitest'
import { virtualClock } from '../../web/src/testing/index.js'
import { sipPbx } from './sip_pbx.mjs'
import { type Any, kCarol, phone } from './sip_phone.js'

describe('the end of a call', () => {
  test('waits for the status, which SIP.js tells after Terminated', async () => {
    const { pbx, clock, only, of, dialed } = await phone()
    pbx.refuse(await dialed(), 486, 'Busy Here', 'Q.850;cause=17')
    expect(of('CallEnded')).toHaveLength(0)
    await clock.run(10)
    expect(only('CallEnded')).toMatchObject({ origin: 'remote', status_code: 486, q850: 17 })
  })

  test('does not wait for ever when the status never comes', async () => {
    const { pbx, clock, only, dialed } = await phone()
    const inviter = await dialed()
    inviter.setState('Terminated')
    await clock.run(200)
    expect(only('CallEnded')).toMatchObject({ call_id: 'out-1', status_code: 0, origin: 'unknown' })
    inviter.answers.onReject({ message: { statusCode: 486, getHeader: () => undefined } })
    expect(pbx.sent).toContain('INVITE sip:+442079460123@pbx.test')
    only('CallEnded')
  })

  test('a status that comes before Terminated is used too', async () => {
    const { clock, only, dialed } = await phone()
    const inviter = await dialed()
    inviter.answers.onReject({ message: { method: 'INVITE', statusCode: 603, getHeader: () => 'Q.850;cause=16' } })
    inviter.setState('Terminated')
    await clock.run(0)
    expect(only('CallEnded')).toMatchObject({ status_code: 603, q850: 16, origin: 'remote' })
  })

  test.each([
    ['Q.850;cause=0', { q850: 0, reason: 'Q.850;cause=0' }],
    ['Q.850;cause=127', { q850: 127, reason: 'Q.850;cause=127' }],
    ['SIP;cause=200;text="Call completed elsewhere"', { q850: 26, reason: 'Call completed elsewhere' }],
    ['SIP;cause=200', { q850: 26, reason: 'Call completed elsewhere' }],
    ['Q.850;cause=26', { q850: 26, reason: 'Call completed elsewhere' }],
    ['SIP;cause=200;text="Call, completed", Q.850;cause=16', { q850: 16, reason: 'Call, completed' }],
    [undefined, { q850: 0, reason: '' }],
  ])('a CANCEL tells by its Reason why it stopped ringing: %s', async (reason, expected) => {
    const { pbx, only, ringing } = await phone()
    const { session } = await ringing()
    pbx.cancel(session, reason)
    expect(only('CallEnded')).toMatchObject({ origin: 'remote', status_code: 487, ...expected })
  })

  test('our own reject is neither a CANCEL nor a BYE: it comes from us, and the PBX hears 486', async () => {
    const { adapter, clock, only, ringing } = await phone()
    const { session, id } = await ringing()
    adapter.reject(id)
    await clock.run(100)
    expect(session.rejectedWith).toBe(486)
    expect(only('CallEnded')).toMatchObject({ origin: 'local', status_code: 0 })
  })

  test('a BYE from the other side is answered by us, and tells who hung up', async () => {
    const { pbx, only, talk } = await phone()
    const { session } = await talk()
    const bye = pbx.bye(session)
    expect(bye.answered).toBe(1)
    expect(only('CallEnded')).toMatchObject({ origin: 'remote', q850: 16 })
  })

  test('SIP.js ending a talk by itself is nobody’s hang-up', async () => {
    const { only, talk } = await phone()
    const { session } = await talk()
    session.setState('Terminated')
    expect(only('CallEnded').origin).toBe('unknown')
  })

  test('a cancel that crosses the answer ends the call without a status, from our side', async () => {
    const { adapter, clock, only, of, dialed } = await phone({ script: { rejectAnswers: false } })
    await dialed()
    adapter.hangup('out-1')
    await clock.run(500)
    expect(only('CallEnded')).toMatchObject({ origin: 'local', status_code: 0 })
    expect(of('CallConnected')).toHaveLength(0)
  })

  test('a 503 made by SIP.js itself is not an answer of the other side', async () => {
    const { clock, only, dialed } = await phone()
    const inviter = await dialed()
    inviter.setState('Terminated')
    inviter.answers.onReject({
      message: { statusCode: 503, reasonPhrase: 'Service Unavailable', getHeader: () => undefined },
    })
    await clock.run(0)
    expect(only('CallEnded')).toMatchObject({ origin: 'unknown', status_code: 503, reason: 'Service Unavailable' })
  })

  test('a call without a microphone ends with the browser’s words', async () => {
    const { only, of, dialed, clock } = await phone({ script: { microphone: false } })
    await dialed()
    await clock.run(500)
    expect(only('CallEnded')).toMatchObject({ call_id: 'out-1', reason: 'Permission denied' })
    expect(of('CallDialed')).toHaveLength(0)
  })
})

describe('ringing and the other side', () => {
  test('180 rings and 183 is early media; repeats are told once', async () => {
    const { pbx, of, dialed } = await phone()
    const inviter = await dialed()
    for (const status of [180, 180, 183, 183]) pbx.progress(inviter, status)
    expect(of('CallProgress').map(({ status_code }) => status_code)).toEqual([180, 183])
  })

  test('the number is the user part, whatever the host; P-Asserted-Identity wins over From', async () => {
    const { only, ringing } = await phone()
    await ringing({ number: 'anonymous', name: 'Anonymous', asserted: { uri: 'sip:+442079460123@vm', name: 'Carol' } })
    expect(only('CallOffered')).toMatchObject({ number: '+442079460123', name: 'Carol' })
  })

  test('the ids of Asterisk’s channel are read from the INVITE when the dialplan sends them', async () => {
    const { only, ringing } = await phone()
    await ringing({ ...kCarol, headers: { 'X-Asterisk-Uniqueid': '1795.22', 'X-Asterisk-Linkedid': '1795.21' } })
    expect(only('CallOffered')).toMatchObject({ uniqueid: '1795.22', linkedid: '1795.21' })
  })

  test('a new far end is announced by a re-INVITE with P-Asserted-Identity', async () => {
    const { pbx, only, of, talk } = await phone()
    const { session } = await talk()
    session.pushInvite({ headers: {} })
    expect(of('RemoteChanged')).toHaveLength(0)
    session.assertedIdentity = { uri: { user: '1003' }, displayName: 'Sue Supervisor' }
    session.pushInvite({ headers: { 'P-Asserted-Identity': '"Sue Supervisor" <sip:1003@vm>' } })
    expect(only('RemoteChanged')).toMatchObject({ number: '1003', name: 'Sue Supervisor' })
    expect(pbx.in).toHaveLength(1)
  })

  test('the name of a called party comes with the 180; the number stays as dialled', async () => {
    const { pbx, only, dialed } = await phone()
    const inviter = await dialed('2001')
    inviter.assertedIdentity = { uri: { user: '+442079460123' }, displayName: 'Carol Customer' }
    pbx.progress(inviter, 180)
    pbx.progress(inviter, 183)
    expect(only('RemoteChanged')).toEqual({ type: 'RemoteChanged', call_id: 'out-1', name: 'Carol Customer' })
  })

  test('star codes and hashes survive into the request', async () => {
    const { pbx, dialed } = await phone()
    await dialed('*43#')
    expect(pbx.sent).toContain('INVITE sip:*43%23@pbx.test')
  })

  test('requests inside a call are answered; a REFER from outside is not followed', async () => {
    const { talk, of } = await phone()
    const { session } = await talk()
    for (const request of ['onInfo', 'onMessage', 'onRefer']) expect(session.push(request, {}).answered).toBe(1)
    expect(session.pushNotify({}).answered).toBe(1)
    expect(of('TransferProgress')).toHaveLength(0)
  })

  test('SIP.js does not stop the ringing by itself after a minute', async () => {
    const { pbx } = await phone()
    expect(pbx.agent.options.noAnswerTimeout).toBeGreaterThan(600)
  })

  test('an answer that the browser refuses is told as such', async () => {
    const { adapter, clock, only, ringing } = await phone({ script: { microphone: false } })
    const { id } = await ringing()
    adapter.answer(id)
    await clock.run(500)
    expect(only('CallEnded').origin).toBe('unknown')
  })
})

describe('hold, mute and digits', () => {
  test('one re-INVITE at a time; of the wishes made meanwhile the last one follows', async () => {
    const { adapter, clock, pbx, of, talk } = await phone()
    const { id } = await talk()
    adapter.hold(id, true)
    adapter.hold(id, false)
    adapter.hold(id, true)
    adapter.hold(id, false)
    await clock.run(200)
    expect(pbx.sent.filter((sent: string) => sent.startsWith('re-INVITE'))).toEqual([
      're-INVITE hold',
      're-INVITE unhold',
    ])
    expect(of('HoldConfirmed').map(({ on }) => on)).toEqual([true, false])
  })

  test('hold sets the direction by option, not by a modifier of the answer too', async () => {
    const { adapter, clock, pbx, talk } = await phone()
    const { id } = await talk()
    adapter.hold(id, true)
    await clock.run(100)
    expect(pbx.lastReinvite).toMatchObject({
      sessionDescriptionHandlerOptions: { hold: true },
      sessionDescriptionHandlerModifiers: [],
    })
  })

  test('a refused hold leaves the next re-INVITE as it was', async () => {
    const { adapter, clock, only, talk } = await phone({ script: { reinvites: [488] } })
    const { id, session } = await talk()
    adapter.hold(id, true)
    await clock.run(100)
    expect(only('HoldRefused').reason).toContain('488')
    expect(session.sessionDescriptionHandlerOptionsReInvite).toEqual({})
  })

  test('when both sides re-INVITE at once, ours is sent again later', async () => {
    const { adapter, clock, only, of, talk } = await phone({ script: { reinvites: [491] } })
    const { id } = await talk()
    adapter.hold(id, true)
    await clock.run(100)
    expect(of('HoldRefused')).toHaveLength(0)
    await clock.run(2_000)
    expect(only('HoldConfirmed').on).toBe(true)
  })

  test('mute switches the microphone’s track, and hold does not switch it back', async () => {
    const { adapter, clock, talk } = await phone()
    const { id, session } = await talk()
    const { track } = session.sessionDescriptionHandler
    adapter.mute(id, true)
    expect(track.enabled).toBe(false)
    adapter.hold(id, true)
    await clock.run(100)
    adapter.hold(id, false)
    await clock.run(100)
    expect(track.enabled).toBe(false)
    adapter.mute(id, false)
    expect(track.enabled).toBe(true)
  })

  test('digits go as RTP events; without a sender as INFO, one after the other', async () => {
    const { adapter, clock, pbx, of, only, talk } = await phone()
    const { id } = await talk()
    adapter.dtmf(id, '12#')
    expect(pbx.sent).toContain('RTP 12#')
    only('DtmfSent')
    pbx.script.rtpDtmf = false
    adapter.dtmf(id, '34')
    expect(pbx.sent.at(-1)).not.toBe('INFO 4')
    await clock.run(100)
    expect(pbx.sent.slice(-2)).toEqual(['INFO 3', 'INFO 4'])
    expect(of('DtmfSent')).toHaveLength(2)
  })

  test('an INFO that the PBX refuses is no digit sent', async () => {
    const { adapter, clock, only, of, talk } = await phone({ options: { dtmf: 'info' }, script: { info: 415 } })
    const { id } = await talk()
    adapter.dtmf(id, '1')
    await clock.run(100)
    expect(only('DtmfRefused').reason).toContain('415')
    expect(of('DtmfSent')).toHaveLength(0)
  })

  test('remote audio plays in the given element, until the call ends', async () => {
    const element = { srcObject: null as unknown, play: async () => {} }
    const { pbx, talk } = await phone({ audio: () => element })
    const { session } = await talk()
    expect(element.srcObject).toBe(session.sessionDescriptionHandler.remoteMediaStream)
    pbx.bye(session)
    expect(element.srcObject).toBeNull()
  })
})

describe('transfer', () => {
  test('a blind transfer reports REFER’s answer and every NOTIFY, each of them answered', async () => {
    const { adapter, clock, pbx, of, talk } = await phone()
    const { id, session } = await talk()
    adapter.transfer(id, '1003', '')
    await clock.run(50)
    session.pushNotify({ body: 'SIP/2.0 180 Ringing\r\n' })
    session.pushNotify({ body: '' })
    session.pushNotify({ body: 'SIP/2.0 200 OK\r\n' })
    expect(pbx.sent).toContain('REFER sip:1003@pbx.test')
    expect(pbx.lastNotify.answered).toBe(1)
    expect(of('TransferProgress').map(({ status_code }) => status_code)).toEqual([202, 100, 180, 200])
    expect(of('CallEnded')).toHaveLength(0)
  })

  test('a refused REFER is told by its status', async () => {
    const { adapter, clock, only, talk } = await phone({ script: { refer: 403 } })
    const { id } = await talk()
    adapter.transfer(id, '1003', '')
    await clock.run(50)
    expect(only('TransferProgress').status_code).toBe(403)
  })

  test('an attended transfer refers to the other session, once that one is connected', async () => {
    const { adapter, clock, pbx, only, talk, dialed } = await phone()
    const { id } = await talk()
    const consult = await dialed('1003')
    adapter.transfer(id, '', 'out-1')
    expect(only('CommandRefused')).toMatchObject({ refused: 'transfer', reason: 'the other call is not connected' })
    pbx.accept(consult)
    adapter.transfer(id, '', 'out-1')
    await clock.run(50)
    expect(pbx.sent).toContain('REFER with Replaces')
  })
})

test('the real library has the surface that the stand-in shows', async () => {
  const real: Any = await import('sip.js')
  const fake: Any = sipPbx(virtualClock()).sip
  for (const name of ['Inviter', 'Invitation', 'Registerer', 'UserAgent', 'Session']) {
    const methods = (of: Any) => {
      const found = new Set<string>()
      for (let at = of.prototype; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
        for (const key of Object.getOwnPropertyNames(at)) found.add(key)
      }
      return found
    }
    const known = methods(real[name])
    const ours = [...methods(fake[name])].filter((key) => !/^(constructor|setState|setUpMedia|push.*)$/.test(key))
    expect(
      ours.filter((key) => !known.has(key)),
      name,
    ).toEqual([])
  }
  expect(real.SessionState).toMatchObject(fake.SessionState)
  expect(real.RegistererState).toMatchObject(fake.RegistererState)
})
