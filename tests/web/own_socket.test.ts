// The engine's own WebSocket against a real server: emscripten's API in phone.wasm, its JavaScript side in engine/host.ts.
// Waits for what the server and the engine report, never for time.
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { EngineLink } from '../../web/src/engine/link.js'
import { type SocketPort, wasmSocket } from '../../web/src/runtime/sockets.js'
import { realModule } from './real_phone.js'

const had = globalThis.WebSocket
let server: WebSocketServer
let url = ''
let heard: (string | number)[][]
let wanted: { count: number; done: () => void } | null = null
let port: SocketPort
let link: EngineLink

const hear = (...what: (string | number)[]) => {
  heard.push(what)
  if (wanted && heard.length >= wanted.count) wanted.done()
}
const until = (count: number) =>
  heard.length >= count ? undefined : new Promise<void>((done) => (wanted = { count, done }))
const peer = () => new Promise<WebSocket>((resolve) => server.once('connection', resolve))
const message = (from: WebSocket) =>
  new Promise<string>((resolve) => from.once('message', (data) => resolve(String(data))))

beforeEach(async () => {
  globalThis.WebSocket = WebSocket as never
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/events`
  heard = []
  wanted = null
  const module = await realModule()
  link = new EngineLink(module, '{"seed":1,"extension":"1001"}')
  port = wasmSocket(module, link, {
    opened: () => hear('opened'),
    message: (body) => hear('message', body),
    closed: (code, reason) => hear('closed', code, reason),
  })
})

afterEach(async () => {
  port.close()
  await new Promise((resolve) => server.close(resolve))
  globalThis.WebSocket = had
})

describe('the engine’s own WebSocket', () => {
  it('opens, sends and hears text of any characters and length, and frames of bytes', async () => {
    const connected = peer()
    port.open(url)
    const other = await connected
    await until(1)
    const hello = message(other)
    port.send('{"type":"hello","name":"Zoë 📞"}')
    expect(await hello).toBe('{"type":"hello","name":"Zoë 📞"}')
    const long = '€'.repeat(700_000)
    other.send('Ünique')
    other.send(long)
    other.send(Buffer.from('as bytes'))
    other.send('')
    await until(5)
    expect(heard).toEqual([
      ['opened'],
      ['message', 'Ünique'],
      ['message', long],
      ['message', 'as bytes'],
      ['message', ''],
    ])
  })

  it('tells the code and the reason of a close, and opens again', async () => {
    let connected = peer()
    port.open(url)
    ;(await connected).close(4401, 'token: abgelaufen, größer')
    await until(2)
    connected = peer()
    port.open(url)
    await connected
    await until(3)
    expect(heard).toEqual([['opened'], ['closed', 4401, 'token: abgelaufen, größer'], ['opened']])
  })

  it('that is closed here says nothing more', async () => {
    const connected = peer()
    port.open(url)
    const other = await connected
    await until(1)
    const gone = new Promise((resolve) => other.once('close', resolve))
    port.close()
    expect(await gone).toBe(1000)
    port.send('into nothing')
    expect(heard).toEqual([['opened']])
  })

  it.each(['http://127.0.0.1/', 'nonsense', 'ws://127.0.0.1/#part', 'wss://'])('does not open %s', (address) => {
    port.open(address)
    expect(heard).toEqual([['closed', 1006, expect.stringContaining('refused')]])
  })

  it('a port where nobody listens is a lost connection', async () => {
    const { port: free } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    port.open(`ws://127.0.0.1:${free}/`)
    await until(1)
    expect(heard).toEqual([['closed', 1006, '']])
  })

  it('many connections one after the other leave nothing behind', async () => {
    let before = 0
    for (let i = 0; i < 60; i++) {
      const connected = peer()
      port.open(url)
      await connected
      if (i === 20) before = link.memoryBytes()
    }
    expect(link.memoryBytes()).toBe(before)
  })
})
