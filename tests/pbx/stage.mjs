// Everything the scenarios play on: the hub with a database in memory, one Chromium with a page for each agent and
// one for the customer, and what was learnt from all of them. Runs inside Asterisk's network namespace.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { root } from '../../tools/processes.mjs'
import { chromiumPath } from './chromium.mjs'

export { sleep }

const here = join(root, 'tests/pbx')
const sipServer = 'ws://127.0.0.1:8088/ws'
const patience = 15_000

const account = (extension) => ({
  uri: `sip:${extension}@127.0.0.1`,
  server: sipServer,
  username: extension,
  password: `secret${extension}`,
})

const seeds = [
  { extension: '1001', extension_id: 'e-1001', name: 'Alice Agent' },
  { extension: '1002', extension_id: 'e-1002', name: 'Bob Agent' },
]

const chromiumFlags = [
  '--headless=new',
  '--no-sandbox',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  // Asterisk is on loopback, and Chromium leaves loopback addresses out of ICE otherwise.
  '--allow-loopback-in-peer-connection',
  // All pages but one are in the background; their timers must run all the same.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-gpu',
  '--no-first-run',
]

/** Asks until the answer is true (then true) or the time is over (then false). */
export async function fulfilled(ask, ms) {
  for (const end = Date.now() + ms; ; await sleep(40)) {
    if (await ask()) return true
    if (Date.now() > end) return false
  }
}

/** Bundles the pages as a customer's bundler would and gives the folder to serve. */
async function buildPages(folder) {
  await build({
    entryPoints: { agent: join(here, 'pages/agent.js'), customer: join(here, 'pages/customer.js') },
    outdir: folder,
    bundle: true,
    format: 'esm',
    splitting: false,
    platform: 'browser',
    target: 'chrome120',
    define: { global: 'window' },
    assetNames: '[name]',
    logLevel: 'error',
  })
  for (const page of ['agent', 'customer']) {
    const html = `<!doctype html><meta charset="utf-8"><title>${page}</title><script type="module" src="/${page}.js"></script>`
    writeFileSync(join(folder, `${page}.html`), html)
  }
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Offhook</title>')
}

async function startHub(pages) {
  const { createHub } = await import(pathToFileURL(join(root, 'hub/dist/index.js')))
  const hub = await createHub({
    port: 0,
    data: 'memory',
    console: pages,
    agents: seeds,
    sip: Object.fromEntries(seeds.map(({ extension }) => [extension, account(extension)])),
    logger: { level: 'warn', stream: process.stderr },
  })
  await hub.listen()
  return hub
}

export class Stage {
  /** REQUIRES: `close` afterwards, also when this fails. */
  async open() {
    this.folder = mkdtempSync(join(tmpdir(), 'offhook-pbx-'))
    await buildPages(this.folder)
    this.hub = await startHub(this.folder)
    this.admin = await this.hub.auth.issueToken({ role: 'admin' })
    this.browser = await chromium.launch({
      executablePath: chromiumPath(),
      headless: false,
      args: chromiumFlags,
      ignoreDefaultArgs: ['--headless=old'],
      handleSIGINT: false,
      handleSIGTERM: false,
    })
    this.context = await this.browser.newContext({ permissions: ['microphone'] })
    this.alice = await Agent.open(this, '1001')
    this.bob = await Agent.open(this, '1002')
    this.customer = await Customer.open(this)
    this.pbxLog = new PbxLog()
  }

  /** A page of the console's server, whose own messages are kept for the report of a failure. */
  async page(name, title) {
    const page = await this.context.newPage()
    page.said = []
    page.on('console', (message) => page.said.push(`${title} ${message.type()}: ${message.text()}`))
    page.on('pageerror', (error) => page.said.push(`${title} error: ${error.stack ?? error}`))
    await page.goto(`${this.hub.url}/${name}.html`)
    if (!(await fulfilled(() => page.evaluate(() => typeof window.boot === 'function'), patience))) {
      throw new Error(`the page of ${title} did not load:\n${page.said.join('\n')}`)
    }
    return page
  }

  /** The hub's REST interface; the answer's body, or an error that shows it. */
  async api(method, path, body, token = this.admin) {
    const response = await fetch(`${this.hub.url}/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        ...(method === 'GET' ? {} : { 'idempotency-key': `pbx-${Date.now()}-${Math.random()}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text ? JSON.parse(text) : undefined
  }

  /** A line on Asterisk's own console; its answer. */
  pbx(line) {
    const { PBX_ROOT, NETNS } = process.env
    const config = `/etc/offhook/${NETNS}/asterisk.conf`
    return execFileSync('chroot', [PBX_ROOT, '/usr/sbin/asterisk', '-C', config, '-rx', line], { encoding: 'utf8' })
  }

  /** The stored call_logs of an agent, oldest first. */
  async rows(agent) {
    const { items } = await this.api('GET', `/call-logs?extension_id=${agent.extensionId}&limit=50`)
    return items.reverse()
  }

  said() {
    return [this.alice, this.bob, this.customer].flatMap((party) => party?.page.said ?? [])
  }

  /** Brings every party back to rest after a scenario, however it ended. */
  async rest() {
    await this.customer.rest()
    for (const agent of [this.alice, this.bob]) await agent.rest()
    for (const page of [this.alice, this.bob, this.customer]) page.page.said.length = 0
  }

  async close() {
    await this.browser?.close().catch(() => {})
    await this.hub?.close().catch(() => {})
    if (this.folder) rmSync(this.folder, { recursive: true, force: true })
  }
}

class Agent {
  static async open(stage, extension) {
    const agent = new Agent()
    agent.stage = stage
    agent.extension = extension
    agent.extensionId = `e-${extension}`
    agent.page = await stage.page('agent', `agent ${extension}`)
    // As the console does it: a one-time code becomes a token and the session with its SIP account.
    const code = await stage.hub.auth.issueCode(extension)
    const { token, session } = await stage.api('POST', '/sign-in', { code }, 'none')
    await agent.page.evaluate((given) => window.boot(given), { token, session })
    agent.seen = 0
    agent.past = []
    return agent
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

  /** Waits until the store fulfils a claim; the claim is a function of the state and of `given`. */
  async until(what, claim, given, ms = patience) {
    const expression = `Boolean((${claim})(window.phone.store.getState(), ${JSON.stringify(given) ?? 'undefined'}))`
    if (await fulfilled(() => this.page.evaluate(expression), ms)) return
    const { phase, calls, agent, registration, connection, notice, anomalies, lastAnomaly } = await this.state()
    const now = { phase, calls: Object.values(calls), agent: agent.status, registration, connection, notice }
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
    const { calls } = await this.state()
    for (const { id, state } of Object.values(calls)) if (state !== 'Ended') await this.do('hangup', id).catch(() => {})
    await this.until('no live call', (state) => Object.values(state.calls).every(({ state }) => state === 'Ended'))
    this.past = Object.keys((await this.state()).calls)
    for (const { call_log_id } of (await this.state()).drafts) await this.do('draft.save', call_log_id, {})
    if ((await this.state()).agent.status === 'WRAP_UP') await this.do('finishWrapUp').catch(() => {})
    this.seen = (await this.stage.rows(this)).length
  }
}

class Customer {
  static async open(stage) {
    const customer = new Customer()
    customer.page = await stage.page('customer', 'customer')
    await customer.page.evaluate((given) => window.boot(given), {
      server: sipServer,
      extension: '2001',
      password: 'secret2001',
    })
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
class PbxLog {
  #file = process.env.PBX_LOG
  #from = 0

  mark() {
    this.#from = statSync(this.#file).size
  }

  since() {
    return readFileSync(this.#file).subarray(this.#from).toString('utf8')
  }

  async until(pattern, ms = patience) {
    if (await fulfilled(() => pattern.test(this.since()), ms)) return
    throw new Error(`Asterisk's log did not show ${pattern} within ${ms / 1000} s`)
  }
}
