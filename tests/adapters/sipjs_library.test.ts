// The adapter on the real SIP.js, against a SIP server in memory: what the stand-in claims about the library is so.
import { afterEach, describe, expect, test, vi } from 'vitest'
import { sipjs } from '../../web/src/adapters/sipjs/index.js'
import type { SoftphoneAdapter, SoftphoneEvent } from '../../web/src/ports.js'
import { sipServer } from './sip_server.mjs'

// biome-ignore lint/suspicious/noExplicitAny: the server is plain JavaScript
type Any = any

const kCarol = { number: '+442079460123', name: 'Carol Customer' }
/** The library answers in its own time; a busy machine takes longer. */
const kPatience = { timeout: 4_000, interval: 5 }
const running: SoftphoneAdapter[] = []

async function phone(script: Record<string, unknown> = {}) {
  const server: Any = sipServer()
  Object.assign(server.script, script)
  const fast = {
    setTimeout: (run: () => void, ms: number) => setTimeout(run, ms / 20),
    clearTimeout: (timer: Any) => clearTimeout(timer),
  }
  const adapter = sipjs({ sip: server.sip, clock: fast, userAgentOptions: server.userAgentOptions })
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
  /** The next event of a kind; the library answers in its own time. */
  const heard = (type: SoftphoneEvent['type'], times = 1): Promise<Any> =>
    vi.waitFor(() => {
      expect(of(type).length, `${type} among ${events.map((event) => event.type)}`).toBeGreaterThanOrEqual(times)
      return of(type)[times - 1]
    }, kPatience)
  const talk = async () => {
    const id = server.offer(kCarol)
    await heard('CallOffered')
    adapter.answer(id)
    await heard('CallConnected')
    await vi.waitFor(() => expect(server.received).toContain('200 INVITE'), kPatience)
    return id as string
  }
  return { adapter, server, events, of, heard, talk }
}

afterEach(async () => {
  for (const adapter of running.splice(0)) await adapter.stop()
})

describe('sip.js 0.21', () => {
  test('registers with a challenge, unregisters and registers again', async () => {
    const { adapter, heard } = await phone()
    await heard('SoftphoneReady')
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

  test('tells a wrong password', async () => {
    const { heard, of } = await phone({ password: 'other' })
    expect(await heard('RegistrationFailed')).toMatchObject({ status_code: 401 })
    expect(of('Registered')).toHaveLength(0)
  })

  test('dials, rings, is busy: with status and cause', async () => {
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

  test('dials, is answered, and hangs up', async () => {
    const { adapter, server, heard } = await phone({ invite: [[200, 'OK']] })
    await heard('Registered')
    adapter.dial('out-1', '+442079460123')
    await heard('CallConnected')
    adapter.hangup('out-1')
    expect(await heard('CallEnded')).toMatchObject({ origin: 'local' })
    await vi.waitFor(() => expect(server.received.join()).toContain('BYE'), kPatience)
    expect(server.received).toContain('INVITE sip:+442079460123@pbx.test')
  })

  test('cancels a call that rings', async () => {
    const { adapter, heard } = await phone({ invite: [[180, 'Ringing']] })
    await heard('Registered')
    adapter.dial('out-1', '2001')
    await heard('CallProgress')
    adapter.hangup('out-1')
    expect(await heard('CallEnded')).toMatchObject({ origin: 'local', status_code: 487 })
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
    const { adapter, server, heard } = await phone()
    await heard('Registered')
    const id = server.offer(kCarol)
    await heard('CallOffered')
    adapter.reject(id)
    expect(await heard('CallEnded')).toMatchObject({ origin: 'local' })
    await vi.waitFor(() => expect(server.received).toContain('486 INVITE'), kPatience)
  })

  test('answers, holds, mutes, sends digits, and is hung up', async () => {
    const { adapter, server, heard, talk } = await phone()
    await heard('Registered')
    const id = await talk()
    adapter.hold(id, true)
    expect(await heard('HoldConfirmed')).toMatchObject({ on: true })
    expect(server.lastOffer).toContain('a=sendonly')
    adapter.hold(id, false)
    expect(await heard('HoldConfirmed', 2)).toMatchObject({ on: false })
    expect(server.lastOffer).toContain('a=sendrecv')
    server.script.reinvite = 488
    adapter.hold(id, true)
    expect((await heard('HoldRefused')).reason).toContain('488')
    adapter.mute(id, true)
    await heard('MuteConfirmed')
    adapter.dtmf(id, '12#')
    await heard('DtmfSent')
    expect(server.received).toContain('RTP 12#')
    server.ask(id, 'BYE', { Reason: 'Q.850;cause=16' })
    expect(await heard('CallEnded')).toMatchObject({ origin: 'remote', q850: 16 })
    await vi.waitFor(() => expect(server.received).toContain('200 BYE'), kPatience)
  })

  test('a refused re-INVITE leaves nothing behind: ours is sent again, and the PBX’s is answered', async () => {
    const { adapter, server, of, heard, talk } = await phone({ reinvites: [491] })
    await heard('Registered')
    const id = await talk()
    adapter.hold(id, true)
    await vi.waitFor(() => expect(server.received.some((line: string) => /^ACK/.test(line))).toBe(true), kPatience)
    server.reinviteClient(id, '"Bob" <sip:1002@vm>')
    expect(await heard('RemoteChanged')).toMatchObject({ number: '1002' })
    expect(await heard('HoldConfirmed')).toMatchObject({ call_id: id, on: true })
    expect(of('HoldRefused')).toHaveLength(0)
    expect(server.received.filter((line: string) => line === '200 INVITE')).toHaveLength(2)
    expect(server.received).not.toContain('488 INVITE')
  })

  test('transfers, hears every NOTIFY and answers it', async () => {
    const { adapter, server, heard, of, talk } = await phone({ referNotifies: ['100 Trying', '180 Ringing', '200 OK'] })
    await heard('Registered')
    const id = await talk()
    adapter.transfer(id, '1003', '')
    await heard('TransferProgress', 4)
    expect(of('TransferProgress').map(({ status_code }) => status_code)).toEqual([202, 100, 180, 200])
    await vi.waitFor(
      () => expect(server.received.filter((text: string) => text === '200 NOTIFY')).toHaveLength(3),
      kPatience,
    )
  })

  test('joins two calls by REFER with Replaces', async () => {
    const { adapter, server, heard, talk } = await phone({ invite: [[200, 'OK']], referNotifies: ['200 OK'] })
    await heard('Registered')
    const id = await talk()
    adapter.dial('out-1', '1003')
    await heard('CallConnected', 2)
    adapter.transfer(id, '', 'out-1')
    expect(await heard('TransferProgress', 2)).toMatchObject({ status_code: 200 })
    expect(server.received.join()).toContain('REFER')
  })

  test('learns of a new far end by re-INVITE', async () => {
    const { server, heard, talk } = await phone()
    await heard('Registered')
    const id = await talk()
    server.reinviteClient(id, '"Sue Supervisor" <sip:1003@vm>')
    expect(await heard('RemoteChanged')).toMatchObject({ number: '1003', name: 'Sue Supervisor' })
  })

  test('comes back after the socket dropped, and asks whether the call still lives', async () => {
    const { server, heard, of, talk } = await phone()
    await heard('Registered')
    await talk()
    server.drop()
    expect((await heard('Unregistered')).reason).toContain('4001')
    server.script.reinvite = 481
    server.script.refuseConnections = false
    await heard('Registered', 2)
    expect(await heard('CallEnded')).toMatchObject({ origin: 'unknown', status_code: 481 })
    expect(of('Unregistered')).toHaveLength(1)
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
})
