// The adapter on a UserAgent, and on a SessionManager, that the application has already: the real SIP.js, the server in memory.
import * as SIP from 'sip.js'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { chain, kAnswered } from '../../web/src/adapters/sipjs/borrowed.js'
import { type SipjsOptions, sipjs } from '../../web/src/adapters/sipjs/index.js'
import type { SoftphoneAdapter, SoftphoneEvent } from '../../web/src/ports.js'
import { sipServer } from './sip_server.mjs'

// biome-ignore lint/suspicious/noExplicitAny: the server is plain JavaScript
type Any = any

const kCarol = { number: '+442079460123', name: 'Carol Customer' }
const kPatience = { timeout: 4_000, interval: 5 }
const ending: (() => Promise<unknown>)[] = []

// SessionManager listens to the page's `online` and `offline`.
beforeEach(() => vi.stubGlobal('window', new EventTarget()))
afterEach(async () => {
  for (const end of ending.splice(0)) await end()
  vi.unstubAllGlobals()
})

async function attach(options: SipjsOptions) {
  const adapter: SoftphoneAdapter = sipjs({ sip: SIP, ...options })
  ending.unshift(async () => adapter.stop())
  const events: Any[] = []
  await adapter.start({
    emit: (event: SoftphoneEvent) => void events.push(event),
    session: {
      extension: '1001',
      extensionId: 'e-1001',
      number: '1001',
      name: 'Alice',
      sip: { uri: 'sip:1001@pbx.test', server: 'wss://pbx.test/ws' },
    },
    log: () => {},
  })
  const of = (type: SoftphoneEvent['type']) => events.filter((event) => event.type === type)
  const heard = (type: SoftphoneEvent['type'], times = 1): Promise<Any> =>
    vi.waitFor(() => {
      expect(of(type).length, `${type} among ${events.map((event) => event.type)}`).toBeGreaterThanOrEqual(times)
      return of(type)[times - 1]
    }, kPatience)
  return { adapter, events, of, heard }
}

const agentOptions = (server: Any) => ({
  uri: SIP.UserAgent.makeURI('sip:1001@pbx.test') as SIP.URI,
  authorizationUsername: '1001',
  authorizationPassword: 'secret',
  logBuiltinEnabled: false,
  ...server.userAgentOptions,
})

describe('a UserAgent of the application', () => {
  async function own(delegate: SIP.UserAgentDelegate = {}) {
    const server: Any = sipServer()
    const userAgent = new SIP.UserAgent({ ...agentOptions(server), delegate })
    ending.push(() => userAgent.stop())
    return { server, userAgent }
  }

  test('is started, registered and used, and left running with the delegate it had', async () => {
    const heardByThem: string[] = []
    const theirs: SIP.UserAgentDelegate = {
      onConnect: () => void heardByThem.push('connect'),
      onInvite: () => void heardByThem.push('invite'),
    }
    const { server, userAgent } = await own(theirs)
    const { adapter, heard } = await attach({ userAgent })
    await heard('Registered')
    const id = server.offer(kCarol)
    await heard('CallOffered')
    adapter.answer(id)
    await heard('CallConnected')
    adapter.hangup(id)
    expect(await heard('CallEnded')).toMatchObject({ origin: 'local' })
    expect(heardByThem).toEqual(['connect', 'invite'])
    await adapter.stop()
    expect(userAgent.delegate).toBe(theirs)
    expect(userAgent.isConnected()).toBe(true)
  })

  test('what the application refuses by itself is not offered', async () => {
    const { server, userAgent } = await own({ onInvite: (invitation) => void invitation.reject({ statusCode: 603 }) })
    const { of, heard } = await attach({ userAgent })
    await heard('Registered')
    server.offer(kCarol)
    await vi.waitFor(() => expect(server.received).toContain('603 INVITE'), kPatience)
    expect(of('CallOffered')).toHaveLength(0)
  })

  test('a talk that it has already is taken up, a call that rings is offered', async () => {
    const { server, userAgent } = await own({})
    await userAgent.start()
    userAgent.delegate = { onInvite: (invitation) => void invitation.accept() }
    const register = new SIP.Registerer(userAgent)
    await register.register()
    await vi.waitFor(() => expect(server.contact).not.toBe(''), kPatience)
    const talk = server.offer(kCarol)
    await vi.waitFor(() => expect(server.received).toContain('200 INVITE'), kPatience)
    userAgent.delegate = {}
    // Without a delegate for it SIP.js refuses what comes in.
    userAgent.delegate = { onInvite: () => {} }
    server.offer({ number: '2002', name: 'Dan' })
    await vi.waitFor(
      () => expect(server.received.filter((line: string) => line === '180 INVITE')).toHaveLength(2),
      kPatience,
    )
    const { adapter, heard, of } = await attach({ userAgent })
    expect(await heard('CallResumed')).toMatchObject({ call_id: talk, on: false })
    expect(of('RemoteChanged')).toMatchObject([kCarol])
    expect(of('CallOffered')).toMatchObject([{ number: '2002' }])
    adapter.hold(talk, true)
    expect(await heard('HoldConfirmed')).toMatchObject({ call_id: talk, on: true })
    server.ask(talk, 'BYE', { Reason: 'Q.850;cause=16' })
    expect(await heard('CallEnded')).toMatchObject({ call_id: talk, origin: 'remote' })
  })
})

describe('a SessionManager of the application', () => {
  async function own(delegate: object = {}) {
    const server: Any = sipServer()
    const manager = new SIP.Web.SessionManager('wss://pbx.test/ws', {
      aor: 'sip:1001@pbx.test',
      delegate,
      reconnectionDelay: 0,
      userAgentOptions: agentOptions(server),
    })
    ending.push(() => manager.disconnect())
    return { server, manager }
  }

  test('registers as it does, its sessions are observed and commanded, and its delegate goes on hearing', async () => {
    const heardByThem: string[] = []
    const { server, manager } = await own({
      onRegistered: () => void heardByThem.push('registered'),
      onCallReceived: () => void heardByThem.push('received'),
      onCallAnswered: () => void heardByThem.push('answered'),
      onCallHangup: () => void heardByThem.push('hangup'),
    })
    const before = manager.delegate
    const { adapter, heard, of } = await attach({ sessionManager: manager })
    await heard('Registered')
    expect(of('Registering')).toHaveLength(1)
    const id = server.offer(kCarol)
    expect(await heard('CallOffered')).toMatchObject({ call_id: id, ...kCarol })
    adapter.answer(id)
    await heard('CallConnected')
    expect(manager.managedSessions).toHaveLength(1)
    server.ask(id, 'BYE', { Reason: 'Q.850;cause=16' })
    expect(await heard('CallEnded')).toMatchObject({ origin: 'remote', q850: 16 })
    adapter.dial('out-1', '2001')
    adapter.hangup('out-1')
    await heard('CallEnded', 2)
    adapter.unregister()
    await heard('Unregistered')
    expect(heardByThem).toEqual(['registered', 'received', 'answered', 'hangup'])
    await adapter.stop()
    expect(manager.delegate).toBe(before)
    expect(manager.isConnected()).toBe(true)
  })

  test('a wrong password is told with its status', async () => {
    const { server, manager } = await own()
    server.script.password = 'other'
    const { heard } = await attach({ sessionManager: manager })
    expect(await heard('RegistrationFailed')).toMatchObject({ status_code: 401 })
  })

  test('a call that the application takes by itself is known as connected', async () => {
    const { server, manager } = await own()
    const { heard } = await attach({ sessionManager: manager })
    await heard('Registered')
    const id = server.offer(kCarol)
    await heard('CallOffered')
    const [managed] = manager.managedSessions
    if (managed) await manager.answer(managed.session)
    expect(await heard('CallConnected')).toMatchObject({ call_id: id })
  })
})

describe('two delegates', () => {
  test('both hear what happens; a request is answered by theirs alone', () => {
    const heard: string[] = []
    class Theirs {
      name = 'theirs'
      onInvite() {
        heard.push(this.name)
      }
      onNotify() {
        heard.push(`${this.name} answers`)
      }
      onMessage?: () => void
    }
    const both = chain<Any>(
      new Theirs(),
      {
        onInvite: () => heard.push('ours'),
        onNotify: () => heard.push('ours answers'),
        onRefer: () => heard.push('refer'),
      },
      kAnswered,
    )
    for (const name of ['onInvite', 'onNotify', 'onRefer']) both[name]()
    expect(heard).toEqual(['theirs', 'ours', 'theirs answers', 'refer'])
  })
})
