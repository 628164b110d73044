// biome-ignore-all lint/style/noNonNullAssertion: a test fails all the same
import { describe, expect, it } from 'vitest'
import { createPhone, options } from './doors.js'
import { fakePhone, settle } from './harness.js'

class FakeSocket {
  static made: FakeSocket[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null
  onerror: (() => void) | null = null
  binaryType = 'blob'
  readyState = 0
  sent: string[] = []
  closed: number[] = []
  constructor(readonly url: string) {
    if (url.includes('refused')) throw new SyntaxError('bad address')
    FakeSocket.made.push(this)
  }
  send(text: string) {
    this.sent.push(text)
  }
  close(code: number) {
    this.closed.push(code)
  }
  opens() {
    this.readyState = 1
    this.onopen?.()
  }
}

const hello = { type: 'socket.send', body: '{"type":"hello","topics":["agent_status"]}' }
const after = { type: 'socket.send', body: '{"type":"agent_information"}' }

const react = (event: { type: string; body?: string }) => {
  if (event.type === 'Started') return { effects: [{ type: 'socket.open' }] }
  if (event.type === 'SocketOpened') return { effects: [hello, after] }
  if (event.type === 'SocketMessage' && event.body === 'reopen') return { effects: [{ type: 'socket.open' }] }
  return event.type === 'SocketMessage' && event.body === 'bye' ? { effects: [{ type: 'socket.close' }] } : {}
}

const url = 'wss://crm/api/ws'

describe('a WebSocket given by the host', () => {
  it('opens, says hello with the token first, tells messages and the end', async () => {
    FakeSocket.made = []
    const { engine } = await fakePhone(react, { sockets: { events: url, WebSocket: FakeSocket } })
    const [socket] = FakeSocket.made
    expect(socket!.url).toBe(url)
    socket!.opens()
    await settle()
    expect(socket!.sent.map((text) => JSON.parse(text))).toEqual([
      { type: 'hello', token: 'secret-token', topics: ['agent_status'] },
      { type: 'agent_information' },
    ])
    socket!.onmessage?.({ data: '{"type":"welcome"}' })
    socket!.onmessage?.({ data: new TextEncoder().encode('{"type":"pong"}').buffer })
    socket!.onclose?.({ code: 4401, reason: 'token_invalid' })
    expect(engine.seen.slice(1)).toMatchObject([
      { type: 'SocketOpened' },
      { type: 'SocketMessage', body: '{"type":"welcome"}' },
      { type: 'SocketMessage', body: '{"type":"pong"}' },
      { type: 'SocketClosed', code: 4401, reason: 'token_invalid' },
    ])
  })

  it('after the token was refused the next hello carries a fresh one, and the one after that does not ask again', async () => {
    FakeSocket.made = []
    const asked: boolean[] = []
    const { engine } = await fakePhone(
      (event) => (event.type === 'SocketClosed' ? { effects: [{ type: 'socket.open' }] } : react(event)),
      {
        api: { baseUrl: 'http://b', token: ({ refresh }: { refresh: boolean }) => `T${asked.push(refresh)}` },
        sockets: { events: url, WebSocket: FakeSocket },
      },
    )
    for (const code of [4401, 1008, 1006]) {
      const socket = FakeSocket.made.at(-1)!
      socket.opens()
      await settle()
      socket.onclose?.({ code, reason: '' })
    }
    FakeSocket.made.at(-1)!.opens()
    await settle()
    expect(asked).toEqual([false, true, true, false])
    expect(FakeSocket.made.map((socket) => JSON.parse(socket.sent[0]!).token)).toEqual(['T1', 'T2', 'T3', 'T4'])
    expect(engine.seen.filter((event) => event.type === 'SocketClosed')).toHaveLength(3)
  })

  it('a message for an old connection is nobody’s, and neither is its late token', async () => {
    FakeSocket.made = []
    let token: (text: string) => void = () => {}
    const { engine } = await fakePhone(react, {
      api: { baseUrl: 'http://b', token: () => new Promise<string>((resolve) => (token = resolve)) },
      sockets: { events: url, WebSocket: FakeSocket },
    })
    const [first] = FakeSocket.made
    first!.opens()
    first!.onmessage?.({ data: 'reopen' })
    const second = FakeSocket.made[1]!
    token('T')
    await settle()
    expect([first!.sent, second.sent]).toEqual([[], []])
    const before = engine.seen.length
    first!.onmessage?.({ data: '{}' })
    first!.onclose?.({ code: 1000, reason: '' })
    expect(engine.seen.length).toBe(before)
  })

  it('without a token the connection is closed and the engine hears it', async () => {
    FakeSocket.made = []
    const { engine } = await fakePhone(react, {
      api: { baseUrl: 'http://b', token: () => Promise.reject(new Error('signed out')) },
      sockets: { events: url, WebSocket: FakeSocket },
    })
    FakeSocket.made[0]!.opens()
    await settle()
    expect(FakeSocket.made[0]!.sent).toEqual([])
    expect(FakeSocket.made[0]!.closed).toEqual([1000])
    expect(engine.seen.at(-1)).toMatchObject({ type: 'SocketClosed', code: 1006 })
  })

  it('an address that the class refuses is a closed connection', async () => {
    const { engine } = await fakePhone(react, { sockets: { events: 'wss://refused', WebSocket: FakeSocket } })
    expect(engine.seen.at(-1)).toMatchObject({ type: 'SocketClosed', code: 1006 })
  })
})

describe('the engine’s own WebSocket', () => {
  it('is driven through the exports and tells the same events', async () => {
    globalThis.WebSocket ??= FakeSocket as never
    const { engine } = await fakePhone(react, { sockets: { events: url } })
    expect(engine.socket.opened).toEqual([url])
    engine.fromSocket(0)
    await settle()
    expect(engine.socket.sent.map((text) => JSON.parse(text).type)).toEqual(['hello', 'agent_information'])
    engine.fromSocket(1, '{"name":"Zoë"}')
    engine.fromSocket(1, 'bye')
    engine.fromSocket(2, 'nobody’s', 1006)
    engine.fromSocket(1, 'reopen')
    expect(engine.seen.slice(2)).toMatchObject([
      { type: 'SocketMessage', body: '{"name":"Zoë"}' },
      { type: 'SocketMessage', body: 'bye' },
    ])
    expect(engine.seen).toHaveLength(4)
    expect(engine.socket.closed).toBe(1)
  })

  it('that closes is let go of, and the next one is another', async () => {
    globalThis.WebSocket ??= FakeSocket as never
    const { engine } = await fakePhone(react, { sockets: { events: url } })
    engine.fromSocket(1, 'reopen')
    expect(engine.socket.opened).toHaveLength(2)
    engine.fromSocket(2, 'old', 1000, 1)
    engine.fromSocket(2, 'gone', 1001, 2)
    expect(engine.seen.slice(2)).toMatchObject([{ type: 'SocketClosed', code: 1001, reason: 'gone' }])
    expect([engine.socket.closed, engine.socket.dropped]).toEqual([1, 1])
  })
})

describe('a host without WebSocket', () => {
  it('is told so, before anything starts', async () => {
    const had = globalThis.WebSocket
    Reflect.deleteProperty(globalThis, 'WebSocket')
    try {
      await expect(createPhone(options({ sockets: { events: url } }))).rejects.toMatchObject({ code: 'no_websocket' })
    } finally {
      if (had) globalThis.WebSocket = had
    }
  })
})
