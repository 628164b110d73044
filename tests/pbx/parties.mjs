// Who takes part: the agents, each a page with the package in it, and the customer with a bare telephone. What they
// can be told, what can be waited for, and what Asterisk itself wrote.

import { readFileSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Wire } from './wire.mjs'

export const patience = 15_000
const sipPort = 8088

/** Asks until the answer is true (then true) or the time is over (then false). */
export async function fulfilled(ask, ms) {
  for (const end = Date.now() + ms; ; await sleep(40)) {
    if (await ask()) return true
    if (Date.now() > end) return false
  }
}

export class Agent {
  static async open(stage, extension) {
    const agent = new Agent()
    agent.stage = stage
    agent.extension = extension
    agent.extensionId = `e-${extension}`
    // An Asterisk as old as 16.28 takes all WebSockets from one address for one: when one closes, all registrations from
    // there are gone (docs/operate.md), also the one that came instead. There each connection has an address of its own.
    let connections = 0
    const own = () => `127.0.${Number(extension) - 990}.${(connections++ % 250) + 1}`
    agent.wire = await Wire.open(sipPort, '127.0.0.1', process.env.PBX_VERSION === '16' ? own : undefined)
    agent.seen = 0
    agent.past = []
    // As the console does it: a one-time code becomes a token and the session with its SIP account.
    const code = await stage.hub.auth.issueCode(extension)
    const { token, session } = await stage.api('POST', '/sign-in', { code }, 'none')
    const server = `ws://127.0.0.1:${agent.wire.port}/ws`
    agent.given = { token, session: { ...session, sip: { ...session.sip, server } }, library: stage.library }
    await agent.load()
    return agent
  }

  /** A page of this agent's own, with a phone in it. */
  async load() {
    this.page = await this.stage.page('agent', `agent ${this.extension}`, this.context)
    await this.page.evaluate((given) => window.boot(given), this.given)
  }

  /** The agent presses F5: the page, its telephone and its calls are gone, and it starts anew. */
  async reload() {
    await this.page.reload()
    await this.stage.booted(this.page)
    await this.page.evaluate((given) => window.boot(given), this.given)
  }

  /** The tab is closed; `load` opens another. */
  async closeTab() {
    await this.page.close({ runBeforeUnload: false })
  }

  state() {
    return this.page.evaluate(() => window.state())
  }

  /** A command of the package's face, e.g. `do('hold', id)` or `do('transfer.blind', id, '1002')`. */
  do(command, ...args) {
    return this.page.evaluate(
      ({ command, args }) => {
        const path = command.split('.')
        const last = path.pop()
        const owner = path.reduce((object, name) => object[name], window.phone)
        return owner[last](...args)
      },
      { command, args },
    )
  }

  /** The code with which a command is refused; fails when it is not. */
  async refused(command, ...args) {
    const code = await this.page.evaluate(
      async ({ command, args }) => {
        const path = command.split('.')
        const last = path.pop()
        const owner = path.reduce((object, name) => object[name], window.phone)
        try {
          await owner[last](...args)
          return null
        } catch (error) {
          return error.code ?? String(error)
        }
      },
      { command, args },
    )
    if (code === null) throw new Error(`${this.extension}: ${command} was not refused`)
    return code
  }

  /** Asks `target` first; the handle stays in the page as `window.consult`. */
  consult(id, target) {
    return this.page.evaluate(
      async ([id, target]) => {
        window.consult = await window.phone.transfer.attended(id, target)
        return window.consult.consultCallId
      },
      [id, target],
    )
  }

  /** `complete`, `cancel` or `swap` of the attended transfer under way. */
  consulted(verb) {
    return this.page.evaluate((verb) => window.consult[verb](), verb)
  }

  /** Waits until the store fulfils a claim; the claim is a function of the state and of `given`. */
  async until(what, claim, given, ms = patience) {
    const expression = `Boolean((${claim})(window.phone.store.getState(), ${JSON.stringify(given) ?? 'undefined'}))`
    if (await fulfilled(() => this.page.evaluate(expression), ms)) return
    const { phase, calls, agent, registration, connection, consult, notice, anomalies, lastAnomaly } =
      await this.state()
    const now = { phase, calls: Object.values(calls), agent: agent.status, registration, connection, consult, notice }
    Object.assign(now, { anomalies, lastAnomaly })
    throw new Error(`${this.extension} waited ${ms / 1000} s for: ${what}. Its state: ${JSON.stringify(now)}`)
  }

  /** This scenario's call in that state, as soon as there is one. Calls that ended before stay visible for a while. */
  async call(wanted, ms = patience) {
    await this.until(
      `a call in state ${wanted}`,
      ({ calls }, [wanted, past]) =>
        Object.values(calls).some(({ id, state }) => state === wanted && !past.includes(id)),
      [wanted, this.past],
      ms,
    )
    return Object.values((await this.state()).calls).find(
      ({ id, state }) => state === wanted && !this.past.includes(id),
    )
  }

  media() {
    return this.page.evaluate(() => window.media())
  }

  async rest() {
    this.wire.mend()
    const { calls } = await this.state()
    for (const { id, state } of Object.values(calls)) if (state !== 'Ended') await this.do('hangup', id).catch(() => {})
    await this.until('no live call', (state) => Object.values(state.calls).every(({ state }) => state === 'Ended'))
    this.past = Object.keys((await this.state()).calls)
    for (const { call_log_id } of (await this.state()).drafts) await this.do('draft.save', call_log_id, {})
    if ((await this.state()).agent.status === 'WRAP_UP') await this.do('finishWrapUp').catch(() => {})
    this.seen = (await this.stage.rows(this)).length
  }
}

export class Customer {
  static async open(stage, server) {
    const customer = new Customer()
    customer.page = await stage.page('customer', 'customer')
    const account = { server, extension: '2001', password: 'secret2001' }
    await customer.page.evaluate((given) => window.boot(given), account)
    return customer
  }

  do(command, ...args) {
    return this.page.evaluate(({ command, args }) => window[command](...args), { command, args })
  }

  async until(wanted, ms = patience) {
    if (await fulfilled(async () => (await this.do('state')).state === wanted, ms)) return
    throw new Error(`the customer waited ${ms / 1000} s for ${wanted}: ${JSON.stringify(await this.do('state'))}`)
  }

  media() {
    return this.page.evaluate(() => window.media())
  }

  async rest() {
    const { state } = await this.do('state')
    if (state === null || state === 'Terminated') return
    await this.do('hangup').catch(() => {})
    await this.until('Terminated')
  }
}

/** What Asterisk itself wrote: the witness for what no browser can see. */
export class PbxLog {
  #file = process.env.PBX_LOG
  #from = 0

  mark() {
    this.#from = statSync(this.#file).size
  }

  restarted() {
    this.#from = 0
  }

  since() {
    return readFileSync(this.#file).subarray(this.#from).toString('utf8')
  }

  async until(pattern, ms = patience) {
    if (await fulfilled(() => pattern.test(this.since()), ms)) return
    throw new Error(`Asterisk's log did not show ${pattern} within ${ms / 1000} s`)
  }
}
