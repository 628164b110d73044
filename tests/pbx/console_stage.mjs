// What the console's scenario plays on: the hub as `npm start -- --pbx` sets it up, with the built console, three desks
// in one Chromium (Alice, Bob, a supervisor), each in a context of its own, and customers at bare telephones.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { Customers, setUpCentre } from '../../tools/demo_centre.mjs'
import { root } from '../../tools/processes.mjs'
import { fulfilled, PbxLog } from './parties.mjs'
import { launching } from './stage.mjs'

const account = (extension) => ({
  uri: `sip:${extension}@127.0.0.1`,
  server: 'ws://127.0.0.1:8088/ws',
  username: extension,
  password: `secret${extension}`,
})

export class ConsoleStage {
  #said = []

  /** REQUIRES: `close` afterwards, also when this fails. */
  async open() {
    const { createHub, DEMO_AGENTS } = await import(pathToFileURL(join(root, 'hub/dist/index.js')))
    this.hub = await createHub({
      port: 0,
      data: 'memory',
      agents: [...DEMO_AGENTS],
      console: join(root, 'web/console/dist'),
      logger: { level: 'warn', stream: process.stderr },
      pbx: { url: 'ami://127.0.0.1:5038', user: 'hub', secret: 'hubsecret', engine: { tell_agent: true } },
      sip: Object.fromEntries(DEMO_AGENTS.map(({ extension }) => [extension, account(extension)])),
    })
    await this.hub.listen()
    await setUpCentre(this.hub.url, await this.hub.auth.issueToken({ role: 'admin' }))
    this.customers = new Customers()
    this.pbxLog = new PbxLog()
    this.browser = await chromium.launch(launching())
    this.alice = await this.#desk('1001', '')
    this.bob = await this.#desk('1002', '')
    this.sue = await this.#desk('1003', 'supervisor')
    await this.sue.getByRole('row', { name: /Bob Agent.*Free/ }).waitFor()
    const registered = () => this.pbx('pjsip show contacts').includes('1003/')
    if (!(await fulfilled(registered))) throw new Error('the supervisor’s telephone was not registered')
  }

  /** A page signed in by a one-time link, its telephone registered. */
  async #desk(extension, page) {
    const context = await this.browser.newContext({
      permissions: ['microphone'],
      viewport: { width: 1280, height: 860 },
    })
    const desk = await context.newPage()
    desk.setDefaultTimeout(10_000)
    desk.on('pageerror', (error) => this.#said.push(`${extension} error: ${error.stack ?? error}`))
    await desk.goto(`${this.hub.url}/#/${page}?code=${await this.hub.auth.issueCode(extension)}`)
    if (page === '') await desk.getByText('Phone registered').first().waitFor({ state: 'attached' })
    return desk
  }

  async rest() {
    while (!this.customers.hangUp().startsWith('No customer')) await new Promise((done) => setTimeout(done, 100))
    this.#said.length = 0
  }

  said() {
    return this.#said
  }

  /** A line on Asterisk's own console; its answer. */
  pbx(line) {
    const { PBX_ROOT, NETNS } = process.env
    const config = `/etc/offhook/${NETNS}/asterisk.conf`
    return execFileSync('chroot', [PBX_ROOT, '/usr/sbin/asterisk', '-C', config, '-rx', line], { encoding: 'utf8' })
  }

  async close() {
    await this.customers?.close()
    await this.browser?.close().catch(() => {})
    await this.hub?.close().catch(() => {})
  }
}
