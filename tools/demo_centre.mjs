// The contact centre of `npm start -- --pbx`: two queues with the demo's two agents, and customers who call one of them
// from the terminal by bare telephones, each with a tone of its own. It sets up what is not there yet, and changes
// nothing that somebody has set since.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './processes.mjs'

/** The numbers that lead to them in the dialplan (tests/pbx/asterisk-kit/asterisk/extensions.conf). */
export const supportNumber = '7300'
export const salesNumber = '7200'

// `support` is routed by the hub, `sales` by Asterisk's own app_queue (its queues.conf rings all): the hub looks on.
const queues = {
  support: { mode: 'offhook', max_wait_ms: 1_800_000 },
  sales: { mode: 'asterisk', strategy: 'ring_all' },
}
const agents = ['1001', '1002']

/** Numbers reserved for fiction, and tones that none is another's overtone of, in hertz. */
const customers = [
  ['+442079460123', 440],
  ['+442079460187', 523],
  ['+447700900142', 587],
  ['+447700900311', 659],
]

/** The queues and who serves them, on a hub that listens. `token`: an administrator's. */
export async function setUpCentre(url, token) {
  const { hubClient } = await import(pathToFileURL(join(root, 'hub/dist/client.js')))
  const hub = hubClient({ baseUrl: url, token: () => token })
  const stored = await hub.settings()
  if (stored.queues.length > 0) return
  for (const [queue, settings] of Object.entries(queues)) await hub.putQueue(queue, settings)
  for (const [index, extension] of agents.entries())
    await hub.putAgent(extension, {
      skills: [],
      queues: Object.keys(queues).map((queue) => ({ queue, penalty: 0, position: index + 1, weight: 1 })),
    })
}

/** Customers at telephones of their own, at most four at once. */
export class Customers {
  #phones = []

  /** One more calls the queue `support`; the sentence to print. */
  async call() {
    const used = new Set(this.#talking().map(({ user }) => user))
    const free = customers.find(([number]) => !used.has(number))
    if (!free) return `All ${customers.length} customers are on the telephone: h hangs up.`
    const [number, hertz] = free
    const { BarePhone } = await import(pathToFileURL(join(root, 'tests/pbx/bare_phone.mjs')))
    const phone = await BarePhone.open(number, hertz)
    this.#phones.push(phone)
    const call = phone.dial(supportNumber)
    phone.on('changed', () => {
      if (call.state === 'over') void this.#gone(phone)
    })
    return `${number} calls the queue support, with a tone of ${hertz} Hz.`
  }

  /** The one who has been there longest hangs up. */
  hangUp() {
    const [phone] = this.#talking()
    if (!phone) return 'No customer is on the telephone: c calls.'
    phone.hangup()
    return `${phone.user} hangs up.`
  }

  async close() {
    await Promise.all(this.#phones.splice(0).map((phone) => phone.close()))
  }

  #talking() {
    return this.#phones.filter(({ call }) => call?.state !== 'over')
  }

  async #gone(phone) {
    const at = this.#phones.indexOf(phone)
    if (at < 0) return
    this.#phones.splice(at, 1)
    await phone.close()
  }
}
