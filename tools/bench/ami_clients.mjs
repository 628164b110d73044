// The AMI clients that are compared, each connected as its README says to a socket that we feed, with one subscriber to all
// events, which counts them by name. And ours: the hub's engine, live, which besides keeps what the PBX holds.

import { createRequire } from 'node:module'
import { Host } from '../../tests/traces/ami_replay.mjs'
import { replaceNet } from './ami_socket.mjs'

const require = createRequire(import.meta.url)
const turn = () => new Promise((resolve) => setImmediate(resolve))
const silent = { debug() {}, info() {}, warn() {}, error() {}, trace() {}, fatal() {} }

/** Answers every action as a PBX does that says yes. */
function answering(socket) {
  socket.onWritten = (text) => {
    const id = /^actionid: *(.*?)\r$/im.exec(text)?.[1] ?? ''
    setImmediate(() =>
      socket.push(Buffer.from(`Response: Success\r\nActionID: ${id}\r\nMessage: Authentication accepted\r\n\r\n`)),
    )
  }
}

async function greeted(open) {
  const opened = replaceNet()
  const ready = open()
  const socket = opened[0]
  answering(socket)
  await turn()
  socket.push(Buffer.from('Asterisk Call Manager/11.0.0\r\n'))
  for (let i = 0; i < 5; i++) await turn()
  await ready
  return socket
}

const counter = () => {
  const names = new Map()
  let last
  return {
    names,
    seen: (name, event) => {
      last = event
      names.set(name, (names.get(name) ?? 0) + 1)
    },
    last: () => last,
  }
}

export const clients = {
  'asterisk-manager': async () => {
    const { names, seen } = counter()
    const socket = await greeted(() => {
      const ami = new (require('asterisk-manager'))(5038, 'pbx', 'user', 'secret', true)
      ami.on('managerevent', (event) => seen(event.event, event))
    })
    return { names, feed: (chunk) => socket.push(chunk) }
  },
  'asterisk-ami-client': async () => {
    const { names, seen } = counter()
    const socket = await greeted(async () => {
      const ami = new (require('asterisk-ami-client'))()
      ami.on('event', (event) => seen(event.Event, event))
      await ami.connect('user', 'secret', { host: 'pbx', port: 5038 })
    })
    return { names, feed: (chunk) => socket.push(chunk) }
  },
  'ami-io': async () => {
    const { names, seen } = counter()
    const socket = await greeted(() => {
      const AmiIo = require('ami-io')
      const ami = AmiIo.createClient({ logger: new AmiIo.SilentLogger(), encoding: 'utf8' })
      ami.on('event', (event) => seen(event.event, event))
      ami.connect()
    })
    return { names, feed: (chunk) => socket.push(chunk) }
  },
  nami: async () => {
    const { names, seen } = counter()
    const socket = await greeted(() => {
      const { Nami } = require('nami')
      const ami = new Nami({ host: 'pbx', port: 5038, username: 'user', secret: 'secret', logger: silent })
      ami.on('namiEvent', (event) => seen(event.event, event))
      ami.open()
    })
    return { names, feed: (chunk) => socket.push(chunk) }
  },
  offhook: async () => {
    const opened = replaceNet()
    const host = await Host.open({ learn_extensions: true })
    host.start()
    const { state } = host.centre.state().changes.link
    if (state !== 'live') throw new Error(`the Centre is ${state}, not live`)
    const socket = require('node:net').connect()
    opened.length = 0
    // Ten thousand events a second of the PBX's time: what is shown is gathered for 100 ms and comes with a timer.
    const before = host.centre.state().changes.link.counters.events
    let replies = 0
    host.onReply = () => replies++
    socket.on('data', (chunk) => {
      host.bytes(chunk)
      host.until(host.now + chunk.length / 4000)
    })
    return {
      feed: (chunk) => socket.push(chunk),
      total: () => host.centre.state().changes.link.counters.events - before,
      state: () => host.centre.state(),
      replies: () => replies,
    }
  },
}
