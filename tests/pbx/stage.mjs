// Everything the scenarios play on: the hub with a database in memory, one Chromium with a page for each agent and
// one for the customer, and what was learnt from all of them. Runs inside Asterisk's network namespace.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { root } from '../../tools/processes.mjs'
import { chromiumPath } from './chromium.mjs'
import { Agent, Customer, fulfilled, PbxLog, patience } from './parties.mjs'
import { Wallboard } from './wallboard.mjs'
import { Wire } from './wire.mjs'

const here = join(root, 'tests/pbx')
const sipServer = 'ws://127.0.0.1:8088/ws'

const account = (extension) => ({
  uri: `sip:${extension}@127.0.0.1`,
  server: sipServer,
  username: extension,
  password: `secret${extension}`,
})

/** For the Centre's scenarios: a supervisor who looks on, and two hundred telephones without a page. */
const onlookers = [
  { extension: '1003', extension_id: 'e-1003', name: 'Sue Supervisor', role: 'supervisor' },
  ...Array.from({ length: 200 }, (_, i) => ({ extension: `${3001 + i}`, name: `Agent ${3001 + i}` })),
]

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

export const launching = () => ({
  executablePath: chromiumPath(),
  headless: false,
  args: chromiumFlags,
  ignoreDefaultArgs: ['--headless=old'],
  handleSIGINT: false,
  handleSIGTERM: false,
})

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

async function startHub(pages, amiPort) {
  const { createHub } = await import(pathToFileURL(join(root, 'hub/dist/index.js')))
  const hub = await createHub({
    port: 0,
    data: 'memory',
    console: pages,
    agents: amiPort ? [...seeds, ...onlookers] : seeds,
    ...(amiPort
      ? { pbx: { url: `ami://127.0.0.1:${amiPort}`, user: 'hub', secret: 'hubsecret', engine: { grace_ms: 3000 } } }
      : {}),
    sip: Object.fromEntries(seeds.map(({ extension }) => [extension, account(extension)])),
    logger: { level: 'warn', stream: process.stderr },
  })
  await hub.listen()
  return hub
}

export class Stage {
  /**
   * A lane's: `library`: what is behind the adapter of the agents' pages, 'sipjs' or 'jssip'. `centre`: the hub is
   * connected to Asterisk's AMI as well, by a wire that can be cut, and a supervisor looks on.
   */
  constructor({ library = 'sipjs', centre = false } = {}) {
    this.library = library
    this.centre = centre
  }

  /** REQUIRES: `close` afterwards, also when this fails. */
  async open() {
    this.folder = mkdtempSync(join(tmpdir(), 'offhook-pbx-'))
    await buildPages(this.folder)
    if (this.centre) this.amiWire = await Wire.open(5038)
    this.hub = await startHub(this.folder, this.amiWire?.port)
    this.admin = await this.hub.auth.issueToken({ role: 'admin' })
    this.browser = await chromium.launch(launching())
    this.context = await this.browser.newContext({ permissions: ['microphone'] })
    this.alice = await Agent.open(this, '1001')
    this.bob = await Agent.open(this, '1002')
    this.customer = await Customer.open(this, sipServer)
    this.pbxLog = new PbxLog()
    if (this.centre) this.wall = await Wallboard.open(this, '1003')
  }

  /** A page of the console's server, whose own messages are kept for the report of a failure. */
  async page(name, title, context = this.context) {
    const page = await context.newPage()
    page.said = []
    page.on('console', (message) => page.said.push(`${title} ${message.type()}: ${message.text()}`))
    page.on('pageerror', (error) => page.said.push(`${title} error: ${error.stack ?? error}`))
    await page.goto(`${this.hub.url}/${name}.html`)
    await this.booted(page)
    return page
  }

  /** Waits until the page's own program is there. */
  async booted(page) {
    const there = () => page.evaluate(() => typeof window.boot === 'function').catch(() => false)
    if (!(await fulfilled(there, patience))) throw new Error(`a page did not load:\n${page.said.join('\n')}`)
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

  /** Asterisk is gone at once, without a word to anybody. */
  killPbx() {
    const { PBX_ROOT, NETNS } = process.env
    process.kill(Number(readFileSync(join(PBX_ROOT, 'run/offhook', NETNS, 'asterisk.pid'), 'utf8')), 'SIGKILL')
  }

  /** And there again, with nothing left of what it knew; its log begins anew. */
  startPbx() {
    const { PBX_ROOT, NETNS } = process.env
    // Else start.sh may find its wrapper not gone yet, and would take down the namespace we are in.
    rmSync(join(PBX_ROOT, 'var/lib/offhook', NETNS, 'pid'), { force: true })
    execFileSync(join(here, 'asterisk-kit/start.sh'), ['600'], { stdio: 'ignore' })
    this.pbxLog.restarted()
  }

  /** Asterisk's pjsip.conf, changed from what it is in the kit, and read by Asterisk. */
  pjsip(change) {
    const { PBX_ROOT, NETNS } = process.env
    const kit = readFileSync(join(here, 'asterisk-kit/asterisk/pjsip.conf'), 'utf8')
    writeFileSync(join(PBX_ROOT, 'etc/offhook', NETNS, 'pjsip.conf'), change(kit))
    this.pbx('module reload res_pjsip.so')
  }

  /** The agent's next page is in a Chromium of its own; gives how to kill it with all its processes. */
  async apart(agent) {
    const server = await chromium.launchServer(launching())
    const browser = await chromium.connect(server.wsEndpoint())
    agent.context = await browser.newContext({ permissions: ['microphone'] })
    let alive = true
    return () => {
      // Its processes are a group of their own.
      if (alive) process.kill(-server.process().pid, 'SIGKILL')
      alive = false
    }
  }

  /** The stored call_logs of an agent, oldest first. */
  async rows(agent) {
    const { items } = await this.api('GET', `/call-logs?extension_id=${agent.extensionId}&limit=200`)
    return items.reverse()
  }

  said() {
    return [this.alice, this.bob, this.customer].flatMap((party) => party?.page.said ?? [])
  }

  /** Brings every party back to rest after a scenario, however it ended. */
  async rest() {
    this.amiWire?.mend()
    await this.customer.rest()
    for (const agent of [this.alice, this.bob]) await agent.rest()
    for (const page of [this.alice, this.bob, this.customer]) page.page.said.length = 0
  }

  async close() {
    await this.browser?.close().catch(() => {})
    for (const agent of [this.alice, this.bob]) await agent?.wire.close()
    this.wall?.close()
    await this.hub?.close().catch(() => {})
    await this.amiWire?.close()
    if (this.folder) rmSync(this.folder, { recursive: true, force: true })
  }
}
