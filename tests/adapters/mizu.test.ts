// The quirks of Mizu WebPhone, one sentence each; docs/adapters.md tells the same story.
import { describe, expect, test } from 'vitest'
import { virtualClock } from '../../web/src/testing/index.js'
import { attach, kCarol, start } from './mizu_phone.js'

describe('names and identities', () => {
  test('old builds say callSetup, new ones setup, some both: each step is told once', async () => {
    for (const apibehaviour of [1, 0, 'old']) {
      const { api, clock, only, talk } = await start({ apibehaviour })
      const { call } = await talk()
      api.end(call, 'bye received')
      await clock.run(2_000)
      for (const type of ['CallOffered', 'CallConnected', 'CallEnded'] as const) only(type)
    }
  })

  test('Call-IDs come in brackets, and without them in the CDR', async () => {
    const { api, clock, only } = await start()
    const call = api.incoming(kCarol)
    expect(only('CallOffered')).toMatchObject({ call_id: call.callid, sip_call_id: call.callid })
    api.end(call, '486 Busy Here')
    await clock.run(500)
    expect(only('CallEnded').status_code).toBe(486)
  })

  test('handlers can only be added: a second phone on the same page takes over without a second subscription', async () => {
    const { api, clock, phone } = await start()
    const second = attach(api, clock)
    await clock.run(500)
    const before = phone.events.length
    api.incoming(kCarol)
    for (const kind of ['app', 'registration', 'call', 'cdr']) expect(api.handlers[kind]).toHaveLength(1)
    second.only('CallOffered')
    expect(phone.events).toHaveLength(before)
  })

  test('connected carries the line that is active: the Call-ID says which call it is', async () => {
    const { api, of } = await start()
    const first = api.incoming(kCarol)
    api.incoming({ number: '1003' })
    api.connect(first)
    expect(of('CallConnected').map(({ call_id }) => call_id)).toEqual([first.callid])
  })

  test('disconnected may carry the direction of another call', async () => {
    const { api, of } = await start()
    const call = api.incoming(kCarol)
    api.connect(call)
    api.end(call, 'bye received', { change: { direction: 1 } })
    expect(of('CallEnded').map(({ call_id }) => call_id)).toEqual([call.callid])
  })

  test('peername may be the caller’s name: the number is asked of the line', async () => {
    const { api, only } = await start({ friendlyPeer: true })
    api.incoming(kCarol)
    expect(only('CallOffered')).toMatchObject({ number: '+442079460123', name: 'Carol Customer' })
  })

  test('a comma in the name shifts the Call-ID away: it is still one call, with its whole name', async () => {
    const { api, adapter, clock, only } = await start()
    const call = api.incoming({ number: '5503301', name: 'Doe, John' })
    const { call_id, name, number } = only('CallOffered')
    expect({ name, number }).toEqual({ name: 'Doe, John', number: '5503301' })
    adapter.answer(call_id)
    await clock.run(100)
    expect(only('CallConnected').call_id).toBe(call_id)
    api.end(call, 'bye received')
    await clock.run(2_000)
    expect(only('CallEnded').call_id).toBe(call_id)
  })

  test('a caller of one character is reported as ourselves: the INVITE knows better', async () => {
    const { api, clock, only } = await start()
    api.fromHeader = '"Door" <sip:5@pbx.test>;tag=1'
    api.getlinedetails = () => ''
    api.incoming({ number: '5' })
    expect(only('CallOffered').number).toBe('')
    await clock.run(100)
    expect(only('RemoteChanged')).toMatchObject({ number: '5', name: 'Door' })
  })

  test('a header that cannot be read changes nothing', async () => {
    const { api, clock, of } = await start()
    api.getlinedetails = () => ''
    api.incoming({ number: '5' })
    await clock.run(100)
    expect(of('RemoteChanged')).toHaveLength(0)
  })

  test('a missing direction is outgoing when we have dialled that number, and incoming when not', async () => {
    for (const direction of [0, '', '1']) {
      const { api, adapter, clock, only, of } = await start()
      api.outgoing = { direction }
      adapter.dial('out-1', '1003')
      await clock.run(100)
      expect(only('CallDialed').call_id).toBe('out-1')
      api.incoming({ number: '+442079460123' }, { direction: direction === '1' ? '2' : direction })
      expect(of('CallOffered')).toHaveLength(1)
    }
  })

  test('lines may be strings, and -1 is no line', async () => {
    const { api, only } = await start()
    api.raw('setup', '2', '5503301', '', '3', '[abc@host]')
    expect(only('CallOffered')).toMatchObject({ line: '3', number: '5503301', call_id: 'abc@host' })
    api.raw('transfer', '', '', '', -1, '')
    only('CallOffered')
  })

  test('muted has neither peer nor Call-ID, and is no call', async () => {
    const { api, of } = await start()
    api.raw('muted', '', '', '', 1, '')
    api.raw('unmuted', '', '', '', 1, '')
    expect(of('CallOffered')).toHaveLength(0)
  })

  test('words that are no call event are ignored', async () => {
    const { api, events } = await start()
    const before = events.length
    for (const word of ['hold', 'reload', 'conference', '', undefined]) api.raw(word, 1, '1003', '', 1, '[x@y]')
    expect(events).toHaveLength(before)
  })
})

describe('outgoing calls', () => {
  test('call() gives no id: two calls are told apart by their numbers', async () => {
    const { adapter, clock, of } = await start()
    adapter.dial('out-1', '1003')
    adapter.dial('out-2', '1004')
    await clock.run(100)
    expect(of('CallDialed').map(({ call_id, sip_call_id }) => [call_id, sip_call_id])).toEqual([
      ['out-1', 'call-1@10.0.0.1'],
      ['out-2', 'call-2@10.0.0.1'],
    ])
  })

  test('a number may come back in national form', async () => {
    const { api, adapter, clock, only } = await start()
    api.outgoing = { peer: '02079460123' }
    adapter.dial('out-1', '+442079460123')
    await clock.run(100)
    expect(only('CallDialed').call_id).toBe('out-1')
  })

  test('a comma would be sent as digits', async () => {
    const { api, adapter } = await start()
    adapter.dial('out-1', '123,456')
    expect(api.did).toContain('call 123456')
  })

  test('setup may be missing: a call that dies at once ends all the same', async () => {
    const { api, adapter, clock, only, of } = await start()
    api.mute1xx = true
    adapter.dial('out-1', '1003')
    api.raw('disconnected', 1, '1003', '', 1, '[never-seen@host]')
    await clock.run(1_000)
    expect(only('CallEnded').call_id).toBe('out-1')
    expect(of('CallOffered')).toHaveLength(0)
  })

  test('a call may be known by nothing but its CDR', async () => {
    const { api, adapter, only } = await start()
    api.mute1xx = true
    adapter.dial('out-1', '1003')
    api.rawCdr('1001', '1003', '0', '0', 1, '1003', '404 Not Found', 1, '', 'NA')
    expect(only('CallEnded')).toMatchObject({ call_id: 'out-1', status_code: 404, origin: 'remote' })
  })

  test('a call that the library never mentions can be given up', async () => {
    const { api, adapter, clock, only } = await start()
    api.mute1xx = true
    api.deaf = true
    adapter.dial('out-1', '1003')
    adapter.hangup('out-1')
    await clock.run(900)
    expect(only('CallEnded')).toMatchObject({ call_id: 'out-1', origin: 'local' })
  })

  test('ringing is repeated by some builds and told once', async () => {
    const { api, adapter, clock, only } = await start()
    adapter.dial('out-1', '1003')
    await clock.run(100)
    for (let i = 0; i < 3; i += 1) api.tell('ringing', api.calls[0])
    expect(only('CallProgress').status_code).toBe(180)
  })

  test('an api that says ERROR has refused', async () => {
    const { api, adapter, only } = await start()
    api.call = () => 'ERROR: no line'
    adapter.dial('out-1', '1003')
    expect(only('CommandRefused')).toMatchObject({ refused: 'dial', call_id: 'out-1' })
  })
})

describe('how a call ended', () => {
  test('ringing may be missing, and setup too', async () => {
    const { api, only } = await start()
    api.raw('ringing', 2, '5503301', '', 1, '[a@h]')
    only('CallOffered')
    api.raw('connected', 2, '5503301', '', 1, '[a@h]')
    only('CallConnected')
  })

  test.each([
    ['cancel received', { origin: 'remote', status_code: 487 }],
    ['ring timeout', { origin: 'remote', status_code: 408, reason: 'ring timeout' }],
    ['autoreject', { origin: 'local', status_code: 486 }],
    ['rejected', { origin: 'local', status_code: 0 }],
  ])('an incoming call that was not answered waits for its CDR: %s', async (reason, expected) => {
    const { api, clock, only, of } = await start()
    api.end(api.incoming(kCarol), reason)
    await clock.run(400)
    expect(of('CallEnded')).toHaveLength(0)
    await clock.run(200)
    expect(only('CallEnded')).toMatchObject(expected)
  })

  test.each([
    ['486 Busy Here', 486],
    ['603 Decline', 603],
    ['call rejected by peer', 603],
    ['call setup timeout', 408],
    ['no response', 408],
  ])('so does an outgoing one: %s', async (reason, status) => {
    const { api, adapter, clock, only } = await start()
    adapter.dial('out-1', '1003')
    await clock.run(100)
    api.end(api.calls[0], reason)
    await clock.run(600)
    expect(only('CallEnded')).toMatchObject({ origin: 'remote', status_code: status, reason })
  })

  test('a CDR that never comes is waited for 800 ms; a call that rang then was not answered', async () => {
    const { api, adapter, clock, only, of } = await start()
    adapter.dial('out-1', '1003')
    await clock.run(100)
    api.tell('ringing', api.calls[0])
    api.end(api.calls[0], '', { cdr: false })
    await clock.run(790)
    expect(of('CallEnded')).toHaveLength(0)
    await clock.run(20)
    expect(only('CallEnded')).toMatchObject({ status_code: 480, origin: 'remote' })
  })

  test('a CDR that is later than that changes nothing', async () => {
    const { api, clock, only, of } = await start({ cdrAfterMs: 5_000 })
    api.end(api.incoming(kCarol), 'cancel received')
    await clock.run(10_000)
    only('CallEnded')
    only('CallOffered')
    expect(of('CommandRefused')).toHaveLength(0)
  })

  test('disconnected twice is one end', async () => {
    const { api, clock, only, talk } = await start()
    const { call } = await talk()
    api.end(call, 'bye received')
    api.raw('disconnected', 2, kCarol.number, '', 1, `[${call.callid}]`)
    await clock.run(2_000)
    only('CallEnded')
    only('CallOffered')
  })

  test('a talk ends at the moment it ends, not when its CDR comes: durations are right', async () => {
    const { api, only, talk } = await start()
    const { call } = await talk()
    api.end(call, 'bye received')
    expect(only('CallEnded').origin).toBe('remote')
  })

  test('our own hang-up is ours, whatever the CDR says later', async () => {
    const { adapter, clock, only, talk } = await start()
    const { id } = await talk()
    adapter.hangup(id)
    await clock.run(2_000)
    expect(only('CallEnded').origin).toBe('local')
  })

  test('an end without a beginning is no call', async () => {
    const { api, clock, events } = await start()
    const before = events.length
    api.raw('disconnected', 2, '5503301', '', 1, '[gone@h]')
    await clock.run(2_000)
    expect(events).toHaveLength(before)
  })
})

describe('commands', () => {
  test('setline stands right before every command, with the Call-ID', async () => {
    const { api, adapter, clock, talk } = await start()
    const { id } = await talk()
    api.did.length = 0
    adapter.dtmf(id, '1')
    adapter.transfer(id, '1003', '')
    adapter.hangup(id)
    await clock.run(0)
    expect(api.did.slice(0, 6)).toEqual([
      `setline ${id}`,
      'dtmf 1',
      `setline ${id}`,
      'transfer 1003',
      `setline ${id}`,
      'hangup',
    ])
  })

  test('hold has no event: isonhold() is asked until it agrees', async () => {
    const { adapter, clock, of, only, talk } = await start()
    const { id } = await talk()
    adapter.hold(id, true)
    await clock.run(100)
    expect(of('HoldConfirmed')).toHaveLength(0)
    await clock.run(400)
    expect(only('HoldConfirmed').on).toBe(true)
  })

  test('being held by the other side is not our hold', async () => {
    const { api, adapter, clock, only, of, talk } = await start()
    api.heldAs = 3
    const { id } = await talk()
    adapter.hold(id, true)
    await clock.run(3_000)
    only('HoldRefused')
    expect(of('HoldConfirmed')).toHaveLength(0)
  })

  test('mute is confirmed by its event, or by ismuted() where there is none, and never twice', async () => {
    for (const silentMute of [false, true]) {
      const { api, adapter, clock, only, talk } = await start()
      api.silentMute = silentMute
      const { id } = await talk()
      adapter.mute(id, true)
      await clock.run(3_000)
      expect(only('MuteConfirmed')).toMatchObject({ call_id: id, on: true })
      expect(api.did).toContain('mute true 2')
    }
  })

  test('a mute that does not happen is refused', async () => {
    const { api, adapter, clock, only, talk } = await start()
    api.muteFails = true
    const { id } = await talk()
    adapter.mute(id, true)
    await clock.run(3_000)
    only('MuteRefused')
  })

  test('a transfer has succeeded when the library lets our leg go', async () => {
    const { api, adapter, clock, of, only, talk } = await start()
    const { id, call } = await talk()
    adapter.transfer(id, '1003', '')
    await clock.run(200)
    expect(of('TransferProgress').map(({ status_code }) => status_code)).toEqual([202])
    api.end(call, 'transfer done')
    await clock.run(1_000)
    expect(of('TransferProgress').map(({ status_code }) => status_code)).toEqual([202, 200])
    expect(only('CallEnded').call_id).toBe(id)
  })

  test('a caller who hangs up during a transfer has not been transferred', async () => {
    const { api, adapter, clock, of, only, talk } = await start()
    const { id, call } = await talk()
    adapter.transfer(id, '1003', '')
    await clock.run(200)
    api.end(call, 'bye received')
    await clock.run(1_000)
    expect(of('TransferProgress').map(({ status_code }) => status_code)).toEqual([202])
    expect(only('CallEnded').origin).toBe('remote')
  })

  test('two calls are joined by a transfer to nowhere', async () => {
    const { api, adapter, clock, talk } = await start()
    const { id } = await talk()
    adapter.dial('out-1', '1003')
    await clock.run(100)
    api.connect(api.calls[1])
    adapter.transfer(id, '', 'out-1')
    expect(api.did.slice(-2)).toEqual([`setline ${id}`, 'transfer '])
  })
})

describe('start and end', () => {
  test('what the last user left in the browser is cleared before our account is set', async () => {
    const { api } = await start()
    expect(api.parameters.has('realm')).toBe(false)
    expect(api.parameters.get('password')).toBe('secret')
    expect(api.parameters.get('serveraddress')).toBe('pbx.test')
    expect(api.parameters.get('webrtcserveraddress')).toBe('wss://pbx.test:8089/ws')
    expect(api.did.indexOf('start')).toBe(api.did.length - 1)
  })

  test('nothing is touched before the library says loaded', async () => {
    const { api, clock, only } = await start({ loaded: false })
    expect(api.did).toEqual([])
    api.app('loaded')
    await clock.run(100)
    only('SoftphoneReady')
    only('Registered')
  })

  test('loaded may have been said before we came: then it starts after a while', async () => {
    const { clock, only } = await start({ loaded: false })
    await clock.run(3_000)
    only('SoftphoneReady')
  })

  test('a script tag that is missing is said in words', async () => {
    const phone = attach(undefined, virtualClock())
    expect(phone.only('SoftphoneFailed').reason).toContain('script tag')
    phone.adapter.dial('out-1', '1003')
    await phone.adapter.stop()
  })

  test('a failed registration keeps its text and its status', async () => {
    const { api, only } = await start()
    api.registration('failed', 'Authentication failed (403 Forbidden)')
    expect(only('RegistrationFailed')).toMatchObject({
      status_code: 403,
      reason: 'Authentication failed (403 Forbidden)',
    })
  })

  test('an error in our own handling is logged, where the library would swallow it', async () => {
    const { api, phone, logged } = await start()
    phone.throwing = true
    api.incoming(kCarol)
    expect(api.swallowed).toHaveLength(0)
    expect(logged.join()).toContain('the host is broken')
  })

  test('stopping hangs up, stops the library and takes the password out of the browser', async () => {
    const { api, adapter, talk } = await start()
    await talk()
    await adapter.stop()
    expect(api.did).toContain('setline -2')
    expect(api.did).toContain('stop')
    expect(api.parameters.has('password')).toBe(false)
  })
})
