// The wire to the PBX: asked when nothing comes, given up when nobody answers, on the WebSockets of the real libraries; and a
// microphone that the browser gives too late.
import JsSIP from 'jssip'
import * as SIP from 'sip.js'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { jssip } from '../../web/src/adapters/jssip/index.js'
import { sipjs } from '../../web/src/adapters/sipjs/index.js'
import { overhear, watchWire } from '../../web/src/adapters/wire.js'
import type { SoftphoneAdapter, SoftphoneEvent } from '../../web/src/ports.js'
import { virtualClock } from '../../web/src/testing/clock.js'
import { stubBrowser } from './jssip_browser.js'
import { sipServer } from './sip_server.mjs'

// biome-ignore lint/suspicious/noExplicitAny: the server is plain JavaScript
type Any = any

/** A WebSocket that opens, takes everything and says nothing; asked to close it goes on waiting for an answer. */
class DeadSocket extends EventTarget {
  static made: DeadSocket[] = []
  static opens = true
  static readonly OPEN = 1
  readonly OPEN = 1
  readonly CONNECTING = 0
  readyState = 0
  closed = false
  sent: string[] = []
  onopen?: () => void
  constructor() {
    super()
    DeadSocket.made.push(this)
    if (!DeadSocket.opens) return
    setTimeout(() => {
      this.readyState = 1
      this.dispatchEvent(new Event('open'))
      this.onopen?.()
    })
  }
  send(text: string) {
    this.sent.push(text)
  }
  close() {
    this.closed = true
  }
}

const fast = {
  setTimeout: (run: () => void, ms: number) => setTimeout(run, ms / 50),
  clearTimeout: (timer: Any) => clearTimeout(timer),
}
const session = {
  extension: '1001',
  extensionId: 'e-1001',
  number: '1001',
  name: 'Alice',
  sip: { uri: 'sip:1001@pbx.test', server: 'wss://pbx.test/ws', username: '1001', password: 'secret' },
}
const running: SoftphoneAdapter[] = []
async function start(adapter: SoftphoneAdapter) {
  running.push(adapter)
  const events: SoftphoneEvent[] = []
  await adapter.start({ emit: (event: SoftphoneEvent) => void events.push(event), session, log: () => {} })
  return events
}

afterEach(async () => {
  for (const adapter of running.splice(0)) await adapter.stop()
  DeadSocket.made = []
  DeadSocket.opens = true
  vi.unstubAllGlobals()
})

describe('the watch', () => {
  const watched = () => {
    const clock = virtualClock()
    const said: string[] = []
    const watch = watchWire(clock, { ask: () => said.push('ask') > 0, lost: () => void said.push('lost') })
    watch.start()
    return { clock, said, watch }
  }

  test('asks after 20 s of silence and gives up 5 s later', async () => {
    const { clock, said } = watched()
    await clock.advance(19_999)
    expect(said).toEqual([])
    await clock.advance(1)
    expect(said).toEqual(['ask'])
    await clock.advance(4_999)
    expect(said).toEqual(['ask'])
    await clock.advance(1)
    expect(said).toEqual(['ask', 'lost'])
    await clock.advance(600_000)
    expect(said).toEqual(['ask', 'lost'])
  })

  test('asks nothing while something comes in, and nothing once it is stopped', async () => {
    const { clock, said, watch } = watched()
    for (let i = 0; i < 20; i++) {
      await clock.advance(9_000)
      watch.heard()
    }
    expect(said).toEqual([])
    watch.stop()
    await clock.advance(600_000)
    expect(said).toEqual([])
  })

  test('an answer of any kind keeps the wire', async () => {
    const { clock, said, watch } = watched()
    await clock.advance(24_000)
    watch.heard()
    await clock.advance(10_000)
    expect(said).toEqual(['ask'])
  })

  test('what is overheard is heard by its owner, and is given back', () => {
    const heard: string[] = []
    const owner = { on: (text: string) => void heard.push(text) }
    const before = owner.on
    const giveBack = overhear(owner, 'on', () => heard.push('we'))
    owner.on('message')
    expect(heard).toEqual(['we', 'message'])
    giveBack()
    expect(owner.on).toBe(before)
  })
})

describe('a WebSocket that is dead and does not close', () => {
  test.each([
    ['SIP.js', () => sipjs({ sip: SIP, clock: fast, random: () => 0.5 })],
    [
      'JsSIP',
      () => jssip({ jssip: JsSIP as Any, clock: fast, uaConfiguration: { connection_recovery_min_interval: 1 } }),
    ],
  ])('%s: asked by OPTIONS, given up at once, and connected anew', async (_name, make) => {
    stubBrowser()
    vi.stubGlobal('WebSocket', DeadSocket)
    const events = await start(make())
    await vi.waitFor(() => expect(DeadSocket.made.length).toBeGreaterThanOrEqual(2), { timeout: 8_000 })
    const [first] = DeadSocket.made
    expect(first?.sent.some((text) => text.startsWith('OPTIONS sip:pbx.test SIP/2.0'))).toBe(true)
    expect(first?.closed).toBe(true)
    expect(events.filter(({ type }) => type === 'Unregistered')).toHaveLength(1)
  })
})

// SIP.js gives such a one up by itself, after 5 s.
test('JsSIP: a WebSocket that is taken and never answered is given up, said once, and another is tried', async () => {
  stubBrowser()
  vi.stubGlobal('WebSocket', DeadSocket)
  DeadSocket.opens = false
  const uaConfiguration = { connection_recovery_min_interval: 1 }
  const events = await start(jssip({ jssip: JsSIP as Any, clock: fast, uaConfiguration }))
  await vi.waitFor(() => expect(DeadSocket.made).toHaveLength(3), { timeout: 8_000 })
  expect(DeadSocket.made.map(({ closed }) => closed)).toEqual([true, true, false])
  expect(events.filter(({ type }) => type === 'RegistrationFailed')).toHaveLength(1)
})

test('SIP.js: a microphone that is allowed after the call was cancelled is closed', async () => {
  const browser = stubBrowser()
  vi.stubGlobal(
    'MediaStream',
    class {
      getTracks = () => []
      getAudioTracks = () => []
      addTrack() {}
    },
  )
  let allow = () => {}
  browser.prompt = new Promise((resolve) => {
    allow = resolve
  })
  const server: Any = sipServer()
  const { transportConstructor } = server.userAgentOptions
  const adapter = sipjs({ sip: server.sip, clock: fast, userAgentOptions: { transportConstructor } })
  const events = await start(adapter)
  await vi.waitFor(() => expect(events.some(({ type }) => type === 'Registered')).toBe(true))
  adapter.dial('out-1', '2001')
  await vi.waitFor(() => expect(browser.connections).toHaveLength(1))
  adapter.hangup('out-1')
  await vi.waitFor(() => expect(events.some(({ type }) => type === 'CallEnded')).toBe(true))
  allow()
  await vi.waitFor(() => expect(browser.opened).toHaveLength(1))
  await vi.waitFor(() => expect(browser.opened[0]?.stopped).toBe(true))
})
