// The adapter on the real JsSIP, against a SIP server in memory: what the stand-in claims about the library is so.
import JsSIP from 'jssip'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type JssipOptions, jssip } from '../../web/src/adapters/jssip/index.js'
import type { SoftphoneAdapter, SoftphoneEvent } from '../../web/src/ports.js'
import { type Browser, stubBrowser } from './jssip_browser.js'
import { sipServer } from './sip_server.mjs'

// biome-ignore lint/suspicious/noExplicitAny: the server is plain JavaScript
type Any = any

const kCarol = { number: '+442079460123', name: 'Carol Customer' }
/** The library answers in its own time; a busy machine takes longer. */
const kPatience = { timeout: 6_000, interval: 5 }
const running: SoftphoneAdapter[] = []
let browser: Browser

beforeEach(() => {
  browser = stubBrowser()
})
afterEach(async () => {
  for (const adapter of running.splice(0)) await adapter.stop()
  vi.unstubAllGlobals()
})

async function phone(script: Record<string, unknown> = {}, options: JssipOptions = {}) {
  const server: Any = sipServer()
  Object.assign(server.script, script)
  const fast = {
    setTimeout: (run: () => void, ms: number) => setTimeout(run, ms / 20),
    clearTimeout: (timer: Any) => clearTimeout(timer),
  }
  const adapter = jssip({
    jssip: { ...JsSIP, WebSocketInterface: class {} },
    clock: fast,
    // JsSIP's own intervals are in whole seconds.
    uaConfiguration: { sockets: [server.jssipSocket()], connection_recovery_min_interval: 1 },
    ...options,
  })
  running.push(adapter)
  const events: Any[] = []
  await adapter.start({
    emit: (event: SoftphoneEvent) => void events.push(event),
    session: {
      extension: '1001',
      extensionId: 'e-1001',
      number: '1001',
      name: 'Alice',
      sip: { uri: 'sip:1001@pbx.test', server: 'wss://pbx.test/ws', username: '1001', password: 'secret' },
    },
    log: () => {},
  })
  const of = (type: SoftphoneEvent['type']) => events.filter((event) => event.type === type)
  const heard = (type: SoftphoneEvent['type'], times = 1): Promise<Any> =>
    vi.waitFor(() => {
      expect(of(type).length, `${type} among ${events.map((event) => event.type)}`).toBeGreaterThanOrEqual(times)
      return of(type)[times - 1]
    }, kPatience)
  const received = (what: string, times = 1) =>
    vi.waitFor(
      () =>
        expect(
          server.received.filter((line: string) => line.startsWith(what)).length,
          `${what} among ${server.received}`,
        ).toBeGreaterThanOrEqual(times),
      kPatience,
    )
  const talk = async () => {
    const id = server.offer(kCarol)
    await heard('CallOffered')
    adapter.answer(id)
    await heard('CallConnected')
    await received('200 INVITE')
    return id as string
  }
  return { adapter, server, events, of, heard, received, talk }
}

describe('jssip 3.13', () => {
  test('registers with a challenge, unregisters and registers again', async () => {
    const { adapter, heard } = await phone()
    expect(await heard('SoftphoneReady')).toMatchObject({ features: 'transfer attended check resume' })
    await heard('Registered')
    adapter.unregister()
    await heard('Unregistered')
    adapter.register()
    await heard('Registered', 2)
  })

  test('sends a REGISTER anew that a starting PBX has swallowed, long before SIP gives it up', async () => {
    const { heard, of } = await phone({ swallowRegisters: 2 })
    await heard('Registered')
    expect(of('RegistrationFailed')).toHaveLength(0)
  })

  test('tells a wrong password, and does not repeat it', async () => {
    const { heard, of, server } = await phone({ password: 'other' })
    expect(await heard('RegistrationFailed')).toMatchObject({ status_code: 401 })
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(of('Registered')).toHaveLength(0)
    expect(server.received).toHaveLength(2)
  })

  test('dials, rings, is busy: with status, cause and the name that the PBX asserts', async () => {
    const asserted = { 'P-Asserted-Identity': '"Carol Customer" <sip:+442079460123@vm>' }
    const { adapter, heard, of } = await phone({
      invite: [
        [180, 'Ringing', asserted],
        [486, 'Busy Here', { Reason: 'Q.850;cause=17' }],
      ],
    })
    await heard('Registered')
    adapter.dial('out-1', '2001')
    expect(await heard('CallEnded')).toMatchObject({ call_id: 'out-1', origin: 'remote', status_code: 486, q850: 17 })
    expect(of('CallProgress')).toMatchObject([{ status_code: 180 }])
    expect(of('RemoteChanged')).toMatchObject([{ name: 'Carol Customer' }])
    expect(of('CallDialed')).toHaveLength(1)
  })

  test('dials, is answered, hangs up, and closes the microphone', async () => {
    const { adapter, server, heard, received } = await phone({ invite: [[200, 'OK']] })
    await heard('Registered')
    adapter.dial('out-1', '*43#')
    await heard('CallConnected')
    adapter.hangup('out-1')
    expect(await heard('CallEnded')).toMatchObject({ origin: 'local' })
    await received('BYE')
    expect(server.received).toContain('INVITE sip:*43%23@pbx.test')
    expect(browser.opened.map(({ stopped }) => stopped)).toEqual([true])
  })

  test('cancels a call that rings', async () => {
    const { adapter, heard, received } = await phone({ invite: [[180, 'Ringing']] })
    await heard('Registered')
    adapter.dial('out-1', '2001')
    await heard('CallProgress')
    adapter.hangup('out-1')
    expect(await heard('CallEnded')).toMatchObject({ origin: 'local' })
    await received('CANCEL')
  })

  test('a 200 that crosses the CANCEL is acknowledged and hung up: JsSIP would leave the callee in the call', async () => {
    const { adapter, heard, received, of } = await phone({ invite: [[180, 'Ringing']], answersCancelled: true })
    await heard('Registered')
    adapter.dial('out-1', '2001')
    await heard('CallProgress')
    adapter.hangup('out-1')
    await received('CANCEL')
    await received('ACK')
    await received('BYE')
    expect(of('CallConnected')).toHaveLength(0)
    expect(of('CallEnded')).toHaveLength(1)
  })

  test('a hang-up while the browser asks for the microphone ends the call, and closes what is opened later', async () => {
    const { adapter, heard, of, server } = await phone()
    await heard('Registered')
    let allow = () => {}
    browser.prompt = new Promise((resolve) => {
      allow = resolve
    })
    adapter.dial('out-1', '2001')
    adapter.hangup('out-1')
    expect(await heard('CallEnded')).toMatchObject({ origin: 'local' })
    allow()
    await vi.waitFor(() => expect(browser.opened.map(({ stopped }) => stopped)).toEqual([true]), kPatience)
    expect(of('CallDialed')).toHaveLength(0)
    expect(server.received.join()).not.toContain('INVITE')
  })

  test('a microphone that the browser refuses is told in a sentence, and an incoming call rings on', async () => {
    const { adapter, heard, of, server } = await phone()
    await heard('Registered')
    browser.refusal = 'NotAllowedError'
    adapter.dial('out-1', '2001')
    expect((await heard('CallEnded')).reason).toContain('does not allow this page to use the microphone')
    expect(of('DevicesChanged').at(-1)).toMatchObject({ permission: 'denied' })
    const id = server.offer(kCarol)
    await heard('CallOffered')
    adapter.answer(id)
    expect(await heard('CommandRefused')).toMatchObject({ refused: 'answer' })
    browser.refusal = ''
    adapter.answer(id)
    await heard('CallConnected')
  })

  test('is called: number, name and the ids of the PBX', async () => {
    const { server, heard } = await phone()
    await heard('Registered')
    const id = server.offer({
      ...kCarol,
      headers: { 'X-Asterisk-Uniqueid': '1795.22', 'X-Asterisk-Linkedid': '1795.21' },
    })
    expect(await heard('CallOffered')).toMatchObject({
      call_id: id,
      ...kCarol,
      uniqueid: '1795.22',
      linkedid: '1795.21',
    })
    server.cancel(id, 'SIP;cause=200;text="Call completed elsewhere"')
    expect(await heard('CallEnded')).toMatchObject({
      origin: 'remote',
      q850: 26,
      reason: 'Call completed elsewhere',
      status_code: 487,
    })
  })

  test('rejects with 486', async () => {
    const { adapter, server, heard, received } = await phone()
    await heard('Registered')
    const id = server.offer(kCarol)
    await heard('CallOffered')
    adapter.reject(id)
    expect(await heard('CallEnded')).toMatchObject({ origin: 'local', status_code: 0 })
    await received('486 INVITE')
  })

  test('answers, holds, mutes, sends digits, and is hung up', async () => {
    const { adapter, server, heard, received, talk } = await phone()
    await heard('Registered')
    const id = await talk()
    adapter.hold(id, true)
    expect(await heard('HoldConfirmed')).toMatchObject({ on: true })
    expect(server.lastOffer).toContain('a=sendonly')
    adapter.hold(id, false)
    expect(await heard('HoldConfirmed', 2)).toMatchObject({ on: false })
    expect(server.lastOffer).toContain('a=sendrecv')
    adapter.mute(id, true)
    await heard('MuteConfirmed')
    expect(browser.opened[0]?.enabled).toBe(false)
    adapter.dtmf(id, '12#')
    await heard('DtmfSent')
    expect(browser.digits).toEqual(['12#'])
    server.ask(id, 'BYE', { Reason: 'Q.850;cause=16' })
    expect(await heard('CallEnded')).toMatchObject({ origin: 'remote', q850: 16 })
    await received('200 BYE')
  })

  test('a refused hold keeps the call, which JsSIP would hang up, and the next hold is asked again', async () => {
    const { adapter, server, heard, received, of, talk } = await phone()
    await heard('Registered')
    const id = await talk()
    server.script.reinvite = 488
    adapter.hold(id, true)
    await heard('HoldRefused')
    expect(of('CallEnded')).toHaveLength(0)
    expect(browser.opened[0]?.enabled).toBe(true)
    server.script.reinvite = 200
    adapter.hold(id, true)
    expect(await heard('HoldConfirmed')).toMatchObject({ on: true })
    expect(server.lastOffer).toContain('a=sendonly')
    await received('INVITE', 2)
    expect(server.received.join()).not.toContain('BYE')
  })

  test('sends digits by INFO, and tells when the PBX has taken the last', async () => {
    const { adapter, server, heard, talk } = await phone({}, { dtmf: 'info' })
    await heard('Registered')
    const id = await talk()
    adapter.dtmf(id, '1#')
    await heard('DtmfSent')
    expect(server.received.filter((line: string) => line.startsWith('INFO'))).toHaveLength(2)
  })

  test('transfers, and hears every NOTIFY up to the result', async () => {
    const { adapter, heard, of, received, talk } = await phone({
      referNotifies: ['100 Trying', '180 Ringing', '200 OK'],
    })
    await heard('Registered')
    const id = await talk()
    adapter.transfer(id, '1003', '')
    await heard('TransferProgress', 4)
    expect(of('TransferProgress').map(({ status_code }) => status_code)).toEqual([202, 100, 180, 200])
    await received('200 NOTIFY', 3)
  })

  test('joins two calls by REFER with Replaces, with the tags as the PBX has them', async () => {
    const { adapter, server, heard, talk } = await phone({ invite: [[200, 'OK']], referNotifies: ['200 OK'] })
    await heard('Registered')
    const id = await talk()
    adapter.dial('out-1', '1003')
    await heard('CallConnected', 2)
    adapter.transfer(id, '', 'out-1')
    expect(await heard('TransferProgress', 2)).toMatchObject({ status_code: 200 })
    const [, ours] = /;tag=([^;]+)/.exec(server.lastInvite.one('From')) ?? []
    expect(server.lastReferTo).toContain(`to-tag%3Dserver%3Bfrom-tag%3D${ours}`)
    // The other way round: the consultation is the call that came in, whose tag of the PBX is `pbx`.
    adapter.transfer('out-1', '', id)
    await heard('TransferProgress', 4)
    expect(server.lastReferTo).toMatch(/Replaces=[^>]*to-tag%3Dpbx%3Bfrom-tag/)
  })

  test('learns of a new far end by UPDATE, and by re-INVITE', async () => {
    const { server, heard, talk } = await phone()
    await heard('Registered')
    const id = await talk()
    server.ask(id, 'UPDATE', { 'P-Asserted-Identity': '"Sue Supervisor" <sip:1003@vm>' })
    expect(await heard('RemoteChanged')).toMatchObject({ number: '1003', name: 'Sue Supervisor' })
    server.reinviteClient(id, '"Bob Agent" <sip:1002@vm>')
    expect(await heard('RemoteChanged', 2)).toMatchObject({ number: '1002', name: 'Bob Agent' })
  })

  test('asks whether a call still lives', async () => {
    const { adapter, server, heard, of, talk } = await phone()
    await heard('Registered')
    const id = await talk()
    adapter.check?.(id)
    expect(await heard('CallAlive')).toMatchObject({ call_id: id })
    // Any other refusal comes from a PBX that knows the call.
    server.script.reinvite = 488
    adapter.check?.(id)
    await heard('CallAlive', 2)
    expect(of('CallEnded')).toHaveLength(0)
    server.script.reinvite = 481
    adapter.check?.(id)
    expect(await heard('CallEnded')).toMatchObject({ origin: 'unknown', status_code: 481 })
  })

  test('comes back after the socket dropped, and asks whether the call still lives', async () => {
    const { server, heard, of, talk } = await phone()
    await heard('Registered')
    await talk()
    server.drop()
    expect((await heard('Unregistered')).reason).toContain('4001')
    expect(of('CallEnded')).toHaveLength(0)
    server.script.reinvite = 481
    server.script.refuseConnections = false
    await heard('Registered', 2)
    expect(await heard('CallEnded')).toMatchObject({ origin: 'unknown', status_code: 481 })
    expect(of('Unregistered')).toHaveLength(1)
  })

  test('a hold asked for while the socket is down is refused, and the call lives', async () => {
    const { adapter, server, heard, of, talk } = await phone()
    await heard('Registered')
    const id = await talk()
    server.drop()
    await heard('Unregistered')
    adapter.hold(id, true)
    expect((await heard('HoldRefused')).reason).toContain('no connection')
    expect(of('CallEnded')).toHaveLength(0)
  })

  test('a wire that goes silent without closing is given up: registered anew, and the call asked for', async () => {
    const { server, heard, of, talk } = await phone()
    await heard('Registered')
    await talk()
    server.goSilent()
    expect((await heard('Unregistered')).type).toBe('Unregistered')
    server.script.reinvite = 481
    await heard('Registered', 2)
    expect(await heard('CallEnded')).toMatchObject({ origin: 'unknown', status_code: 481 })
    expect(of('Unregistered')).toHaveLength(1)
  })

  test('a wire on which nothing happens is asked, and kept while the PBX answers', async () => {
    const { server, heard, of } = await phone()
    await heard('Registered')
    const asked = () => server.received.filter((line: string) => line === 'OPTIONS sip:pbx.test')
    await vi.waitFor(() => expect(asked().length).toBeGreaterThanOrEqual(2), kPatience)
    expect(of('Unregistered')).toHaveLength(0)
    expect(of('Registered')).toHaveLength(1)
  })

  test('keeps trying when the first connection fails', async () => {
    const { server, heard } = await phone({ refuseConnections: true })
    expect(await heard('RegistrationFailed')).toMatchObject({ status_code: 503 })
    server.script.refuseConnections = false
    await heard('Registered')
  })

  test('a call whose media fails is lost', async () => {
    const { heard, talk } = await phone()
    await heard('Registered')
    await talk()
    browser.connections[0]?.fail()
    expect(await heard('CallEnded')).toMatchObject({ origin: 'unknown', reason: 'RTP Timeout' })
  })

  test('works on a UA that the application has already, and leaves it running', async () => {
    const own = sipServer() as Any
    const ua = new JsSIP.UA({
      sockets: own.jssipSocket(),
      uri: 'sip:1001@pbx.test',
      password: 'secret',
    })
    ua.start()
    await vi.waitFor(() => expect(ua.isRegistered()).toBe(true), kPatience)
    const { adapter, heard, of } = await phone({}, { ua })
    await heard('Registered')
    const id = own.offer(kCarol)
    await heard('CallOffered')
    adapter.answer(id)
    await heard('CallConnected')
    await adapter.stop()
    expect(ua.isConnected()).toBe(true)
    await vi.waitFor(() => expect(own.received.join()).toContain('BYE'), kPatience)
    own.offer(kCarol)
    expect(of('CallOffered')).toHaveLength(1)
    ua.stop()
  })

  test('takes up a call again whose page is gone, by an INVITE with Replaces', async () => {
    const before = await phone()
    await before.heard('Registered')
    await before.talk()
    const { dialog } = await before.heard('CallConnected')
    expect(dialog).toMatch(/^[^;]+;to-tag=[^;]+;from-tag=[^;]+$/)
    const { adapter, server, heard, of } = await phone({
      invite: [
        [100, 'Trying'],
        [200, 'OK'],
      ],
    })
    await heard('Registered')
    adapter.resume?.('call-7', dialog, kCarol.number)
    expect(await heard('CallResumed')).toMatchObject({ call_id: 'call-7', on: false })
    expect(server.lastInvite.one('Replaces')).toBe(dialog)
    expect(server.lastInvite.one('Require')).toContain('replaces')
    expect([...of('CallDialed'), ...of('CallConnected'), ...of('CallProgress')]).toEqual([])
    adapter.hangup('call-7')
    expect(await heard('CallEnded')).toMatchObject({ call_id: 'call-7', origin: 'local' })
  })

  test('a call that nobody has any more cannot be taken up: it ends', async () => {
    const { adapter, server, heard } = await phone({ invite: [[481, 'Call/Transaction Does Not Exist']] })
    await heard('Registered')
    adapter.resume?.('call-7', 'gone@pbx;to-tag=a;from-tag=b', '')
    expect(await heard('CallEnded')).toMatchObject({ call_id: 'call-7', origin: 'unknown', status_code: 481 })
    const invites = server.received.length
    adapter.resume?.('call-8', 'not a dialog\r\nX-Injected: yes', kCarol.number)
    expect(await heard('CallEnded', 2)).toMatchObject({ call_id: 'call-8' })
    expect(server.received).toHaveLength(invites)
  })
})
