// What the tests of many tabs stand on: one server for the page, the package
// and a scripted backend, Chromium, and tabs that a test can ask, crash, freeze
// and hang. The backend lives in this process, so it knows what the CRM has.

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { scriptedBackend } from '../../dist/testing.js'
import { launch, until } from '../browser/harness.mjs'

export { result, test, until } from '../browser/harness.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const types = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' }

/** One browser, one server; each test makes an office of its own in it. */
export async function openWorld() {
  // Each tab a renderer of its own, however little memory there is: a crash must not take others along.
  const browser = await launch(['--renderer-process-limit=100'])
  const offices = new Set()
  const server = createServer((request, response) => {
    serve(request, response).catch((error) => response.writeHead(500).end(String(error)))
  })
  let office
  const serve = async (request, response) => {
    const { pathname } = new URL(request.url, 'http://any')
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    if (pathname === '/told') {
      office.told.push(JSON.parse(body))
      return response.writeHead(204).end()
    }
    if (pathname.startsWith('/api/')) {
      if (office.away) return request.socket.destroy()
      const answer = await office.backend.fetch(pathname, {
        method: request.method,
        headers: request.headers,
        ...(body === '' ? {} : { body }),
      })
      const text = await answer.text()
      return response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') }).end(text)
    }
    const file = pathname === '/' ? 'tests/tabs/page.html' : pathname.slice(1)
    if (!/^(tests\/tabs\/page\.html|dist\/[\w.-]+)$/.test(file)) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
    response.end(readFileSync(join(root, file)))
  }
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${server.address().port}/`

  return {
    /** A browser profile of its own: storage, locks and channel are nobody else's. */
    async office() {
      const context = await browser.newContext()
      office = newOffice(context, url)
      offices.add(context)
      return office
    },
    async end() {
      for (const context of offices) await context.close().catch(() => {})
      await browser.close()
      server.closeAllConnections()
      server.close()
    },
  }
}

function newOffice(context, url) {
  const backend = scriptedBackend()
  backend.setAgent('1001', { status: 'ONLINE', reason: null, source: 'crm', since: 1, call_log_id: null })
  let opened = 0
  const office = {
    backend,
    /** The backend cannot be reached. */
    away: false,
    /** What pages told: each registration of a softphone. */
    told: [],
    tabs: [],
    logs: () => [...backend.callLogs.values()],
    registrations: () => office.told.length,
    /** `query`: 'alone' makes it a phone of its own. */
    async tab(query = '') {
      const page = await context.newPage()
      const tab = newTab(page, context)
      office.tabs.push(tab)
      await tab.goTo(`${url}?tab=${++opened}&${query}`)
      return tab
    },
    /** That many tabs, the first of which leads. */
    async open(count) {
      const tabs = []
      for (let i = 0; i < count; i++) tabs.push(await office.tab())
      await until('the first tab to be ready', () => tabs[0].is('Leader', 'ready'))
      for (const tab of tabs.slice(1)) await until('a follower', () => tab.is('Follower', 'ready'))
      return tabs
    },
    /** The one tab that leads, among these. */
    async leader(tabs, limitMs = 10_000) {
      let found
      await until(
        'a leader',
        async () => {
          for (const tab of tabs) if (await tab.is('Leader', 'ready')) found = tab
          return found
        },
        limitMs,
      )
      return found
    },
  }
  return office
}

function newTab(page, context) {
  const session = context.newCDPSession(page)
  let known = 0
  const tab = {
    page,
    cdp: async (method, params) => (await session).send(method, params),
    /** Opens the page; resolves when it has a phone. */
    async goTo(address) {
      await page.goto(address)
      await page.evaluate(() => window.opening.then(() => {}))
    },
    async reload() {
      await page.reload()
      await page.evaluate(() => window.opening.then(() => {}))
    },
    state: () =>
      page.evaluate(() => {
        const { agents, ...state } = window.phone.store.getState()
        return JSON.parse(JSON.stringify({ ...state, agents: agents.toArray() }))
      }),
    /** A command by its name; `draft.edit` is one too. What is wrong is its code. */
    do: (name, ...args) =>
      page.evaluate(
        ([path, given]) => {
          const [first, second] = path.split('.')
          const command = second ? window.phone[first][second] : window.phone[first]
          return command(...given).then(
            (id) => id ?? 'done',
            (error) => error.code ?? String(error),
          )
        },
        [name, args],
      ),
    /** Somebody calls the softphone of this tab. */
    offer: (number) => page.evaluate((from) => window.softphone.peer.offer({ number: from }), number),
    async is(state, phase) {
      const found = await tab.state()
      return found.tab.state === state && found.phase === phase
    },
    async call(id, state) {
      return (await tab.state()).calls[id]?.state === state
    },
    commands: () => page.evaluate(() => window.softphone.commands.map(({ name }) => name)),
    /** The renderer dies, as of a crash or a kill: nothing runs any more, nothing is said. */
    async crash() {
      const crashed = new Promise((resolve) => page.once('crash', resolve))
      // Its answer never comes.
      tab.cdp('Page.crash').catch(() => {})
      await crashed
    },
    /**
     * The whole renderer stands still, as in a machine's sleep or a frozen background tab; the browser believes it alive.
     * (CDP's `frozen` does nothing to a page in sight, and headless pages all are.)
     */
    async freeze() {
      process.kill(await tab.pid(), 'SIGSTOP')
    },
    async thaw() {
      process.kill(await tab.pid(), 'SIGCONT')
    },
    /** The renderer's process: the one that works when the page does. */
    async pid() {
      if (known) return known
      const system = await context.browser().newBrowserCDPSession()
      const times = async () => {
        const { processInfo } = await system.send('SystemInfo.getProcessInfo')
        return new Map(processInfo.filter(({ type }) => type === 'renderer').map(({ id, cpuTime }) => [id, cpuTime]))
      }
      const before = await times()
      await page.evaluate(() => {
        const end = performance.now() + 400
        while (performance.now() < end);
      })
      const worked = [...(await times())].map(([id, time]) => [id, time - (before.get(id) ?? time)])
      worked.sort(([, a], [, b]) => b - a)
      known = worked[0][0]
      return known
    },
    /** The main thread does nothing else for so long. */
    hang(ms) {
      return page.evaluate((length) => {
        setTimeout(() => {
          const end = performance.now() + length
          while (performance.now() < end);
        })
      }, ms)
    },
  }
  return tab
}
