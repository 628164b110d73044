// The wire between one agent's page and the PBX: a TCP proxy in this process, so that a scenario can cut it, keep it
// cut, or let it go silent (connected, and nothing arrives), as networks do. It understands nothing of what passes.

import { connect, createServer } from 'node:net'

export class Wire {
  #pairs = new Set()
  #cut = false
  #silent = false
  /** What was said, and lost, on connections that were made while the wire was silent. */
  unanswered = 0

  /** `from`: gives each connection the address of this machine that the far end sees. REQUIRES: `close` afterwards. */
  static async open(port, host = '127.0.0.1', from = () => undefined) {
    const wire = new Wire()
    wire.server = createServer((near) => wire.#join(near, { port, host, localAddress: from() }))
    await new Promise((resolve) => wire.server.listen(0, '127.0.0.1', resolve))
    wire.port = wire.server.address().port
    return wire
  }

  #join(near, there) {
    if (this.#cut) return near.destroy()
    const intoSilence = this.#silent
    const far = connect(there)
    const pair = [near, far]
    this.#pairs.add(pair)
    const end = () => {
      this.#pairs.delete(pair)
      for (const socket of pair) socket.destroy()
    }
    // A silent wire does not carry the end either: whoever is left learns of it when he next says something.
    const over = () => this.#silent || end()
    for (const [from, to] of [pair, [far, near]]) {
      from.on('data', (bytes) => {
        if (this.#silent) this.unanswered += intoSilence ? 1 : 0
        else if (to.destroyed) end()
        else to.write(bytes)
      })
      from.on('error', over)
      from.on('close', over)
    }
  }

  /** Ends every connection without a word, and refuses new ones until `mend`. */
  cut() {
    this.#cut = true
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy()
  }

  /** What is sent is lost from now on, an end too; the connections stay, and new ones are taken, but never answered. */
  silence() {
    this.#silent = true
    this.unanswered = 0
  }

  mend() {
    this.#cut = false
    this.#silent = false
  }

  async close() {
    this.cut()
    await new Promise((resolve) => this.server.close(resolve))
  }
}
