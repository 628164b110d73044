// A Phone's socket for tests: what it was sent, in order, to be awaited one
// by one. Nothing here waits for a time to pass.
import { WebSocket } from 'ws'

// biome-ignore lint/suspicious/noExplicitAny: messages are checked field by field
type Message = any

export class TestPhone {
  readonly ws: WebSocket
  readonly closed: Promise<{ code: number; reason: string }>
  #inbox: Message[] = []
  #waiting: ((message: Message) => void)[] = []

  constructor(url: string) {
    this.ws = new WebSocket(`${url.replace('http', 'ws')}/api/ws`)
    this.ws.on('message', (data) => {
      const message = JSON.parse(data.toString())
      const waiting = this.#waiting.shift()
      if (waiting) waiting(message)
      else this.#inbox.push(message)
    })
    this.closed = new Promise((done) => {
      this.ws.on('close', (code, reason) => done({ code, reason: reason.toString() }))
    })
    this.ws.on('error', () => {})
  }

  async open(): Promise<this> {
    await new Promise((done, failed) => this.ws.once('open', done).once('error', failed))
    return this
  }

  send(message: unknown): void {
    this.ws.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  /** The next message, in the order of arrival. */
  next(): Promise<Message> {
    const message = this.#inbox.shift()
    return message === undefined ? new Promise((done) => this.#waiting.push(done)) : Promise.resolve(message)
  }

  /** All messages up to the answer to a ping: proves what was not sent. */
  async untilPong(): Promise<Message[]> {
    this.send({ type: 'ping' })
    const all: Message[] = []
    for (;;) {
      const message = await this.next()
      if (message.type === 'pong') return all
      all.push(message)
    }
  }

  async close(): Promise<void> {
    this.ws.close()
    await this.closed
  }
}

/** A socket that has said hello; its welcome has been read. */
export async function connect(url: string, token: string | null, hello: object = {}): Promise<TestPhone> {
  const phone = await new TestPhone(url).open()
  phone.send({ type: 'hello', token, ...hello })
  const welcome = await phone.next()
  if (welcome.type !== 'welcome') throw new Error(`expected welcome, got ${JSON.stringify(welcome)}`)
  return phone
}
