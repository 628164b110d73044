// A socket that a test's bytes come out of: `net` of the program is replaced, so that a client opens this one and takes what
// it would take from a real one, through the same stream code of Node (flowing, setEncoding), without the kernel's part.

import { createRequire } from 'node:module'
import { Duplex } from 'node:stream'

// Node makes these when they are first used, and of net.Socket when they are pipes: the real one.
export const ours = [process.stdout, process.stderr]

const net = createRequire(import.meta.url)('node:net')

class FakeSocket extends Duplex {
  readyState = 'open'
  /** What the client writes. */
  onWritten = () => {}
  constructor() {
    super({ readableHighWaterMark: 1 << 20 })
  }
  connect() {
    setImmediate(() => this.emit('connect'))
    return this
  }
  setKeepAlive() {
    return this
  }
  setNoDelay() {
    return this
  }
  setTimeout() {
    return this
  }
  ref() {
    return this
  }
  unref() {
    return this
  }
  _read() {}
  _write(chunk, _encoding, done) {
    this.onWritten(chunk.toString())
    done()
  }
}

/** The sockets that were opened since, in their order. */
export function replaceNet() {
  const opened = []
  const open = () => {
    const socket = new FakeSocket()
    opened.push(socket)
    return socket
  }
  const connect = (...args) => {
    const socket = open().connect()
    const ready = args.at(-1)
    if (typeof ready === 'function') socket.once('connect', ready)
    return socket
  }
  net.connect = connect
  net.createConnection = connect
  net.Socket = function Socket() {
    return open()
  }
  return opened
}
