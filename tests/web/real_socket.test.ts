// biome-ignore-all lint/style/noNonNullAssertion: a test fails all the same
// Both drivers against a real WebSocket server: the engine's own, inside the
// WebAssembly, and a class given by the host. The same must be heard.
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { realClock } from '../../web/src/clock.js'
import type { PhoneState } from '../../web/src/generated/state.js'
import { realPhone } from './real_phone.js'

let server: WebSocketServer
let url: string
const heard: Record<string, unknown>[] = []

beforeEach(async () => {
  heard.length = 0
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const message = JSON.parse(String(data))
      heard.push(message)
      if (message.type !== 'hello') return
      socket.send(JSON.stringify({ type: 'welcome', server_time: 1, extension: '1001', role: 'agent' }))
      const item = { extension: '1002', name: 'Zoë – 証明', status: 'BREAK', reason: 'tea', since: 5 }
      socket.send(JSON.stringify({ type: 'snapshot', stream: 'agent_status', revision: 3, items: [item] }))
    })
  })
})

afterEach(async () => {
  Reflect.deleteProperty(globalThis, 'WebSocket')
  for (const client of server.clients) client.terminate()
  await new Promise((resolve) => server.close(resolve))
})

async function eventually(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 20))
  expect(holds()).toBe(true)
}

const drivers = [
  ['the engine’s own', () => Object.assign(globalThis, { WebSocket }) && {}],
  ['the host’s class', () => ({ WebSocket: WebSocket as never })],
] as const

describe.each(drivers)('%s', (_, prepare) => {
  const connected = async () => {
    const { phone, softphone } = await realPhone({ sockets: { events: url, ...prepare() }, clock: realClock })
    softphone.says({ type: 'SoftphoneReady' })
    softphone.says({ type: 'Registered' })
    const until = (what: (state: PhoneState) => boolean) =>
      new Promise<void>((resolve, reject) => {
        const late = setTimeout(
          () => reject(new Error(`still ${JSON.stringify(phone.store.getState().connection)}`)),
          8000,
        )
        const look = () => {
          if (!what(phone.store.getState())) return
          clearTimeout(late)
          end()
          resolve()
        }
        const end = phone.store.subscribe(look)
        look()
      })
    return { phone, until }
  }

  it('says hello with the token first, hears presence, and tells its registration', async () => {
    const { phone, until } = await connected()
    await until((state) => state.agents.size === 1)
    expect(heard[0]).toMatchObject({ type: 'hello', token: 'secret-token' })
    expect(phone.store.getState().agents.get('1002')).toMatchObject({
      name: 'Zoë – 証明',
      status: 'BREAK',
      reason: 'tea',
    })
    expect(phone.store.getState().connection.events).toBe('Open')
    await eventually(() => heard.some((one) => one.type === 'agent_information'))
    expect(heard.find((one) => one.type === 'agent_information')).toMatchObject({
      extension: '1001',
      registration: 'registered',
    })
    phone.dispose()
  })

  it('comes back after the server has closed, and leaves when the phone is disposed of', async () => {
    const { phone, until } = await connected()
    await until((state) => state.connection.events === 'Open')
    for (const client of server.clients) client.close(1001, 'restart')
    await until((state) => state.connection.events !== 'Open')
    await until((state) => state.connection.events === 'Open')
    const hellos = () => heard.filter((one) => one.type === 'hello')
    await eventually(() => hellos().length === 2)
    phone.dispose()
    await eventually(() => server.clients.size === 0)
  })

  it('an address where nobody listens is a closed connection that is tried again', async () => {
    const good = url
    url = 'ws://127.0.0.1:9/nobody'
    const { phone, until } = await connected()
    await until((state) => state.connection.events === 'Waiting' && state.connection.attempts > 0)
    expect(phone.store.getState().connection.retryAt).toBeGreaterThan(0)
    phone.dispose()
    url = good
  })
})
