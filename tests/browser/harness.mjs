// What the browser tests stand on: the real hub as its own process, Chromium,
// a signed-in desk, axe, and a count of what passed. A test is a sentence of
// the product; it fails by throwing.

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const shots = join(root, 'build/shots')
const cli = join(root, 'hub/dist/cli.js')
const console_ = join(root, 'web/console/dist')
const require = createRequire(import.meta.url)
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

export const password = 'long-enough-1'

const counts = { passed: 0, failed: 0 }
const only = process.env.ONLY ?? ''

/** Runs one test; a failure is printed and the next one goes on. */
export async function test(name, body) {
  if (only !== '' && !name.includes(only)) return
  const start = performance.now()
  try {
    await body()
    counts.passed += 1
    console.log(`ok   ${name} (${Math.round(performance.now() - start)} ms)`)
  } catch (error) {
    counts.failed += 1
    console.log(`FAIL ${name}\n     ${String(error?.message ?? error).replaceAll('\n', '\n     ')}`)
  }
}

export const result = () => counts

/**
 * A port that is free now, below those that the system gives out: the hub is stopped and started again on it, and other
 * suites run meanwhile.
 */
async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    const server = createServer()
    const free = await new Promise((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!free) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
}

/** The hub of the tests: its data outlives it, so that it can be killed and started again. */
export async function createTestHub() {
  const data = mkdtempSync(join(tmpdir(), 'offhook-browser-'))
  const port = await freePort()
  let running = null

  const runCli = (args, input) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [cli, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
      let text = ''
      child.stdout.on('data', (chunk) => (text += chunk))
      child.stderr.on('data', (chunk) => (text += chunk))
      child.on('exit', (code) => (code === 0 ? resolve(text) : reject(new Error(`hub: ${text}`))))
      child.stdin.end(input)
    })

  const hub = {
    url: `http://127.0.0.1:${port}`,
    codes: {},
    async setUp() {
      for (const [extension, name] of [
        ['1001', 'Alice Novak'],
        ['1002', 'Bob Okafor'],
      ]) {
        await runCli(
          ['agent', 'add', '--extension', extension, '--name', name, '--password-stdin', '--data', data],
          `${password}\n`,
        )
      }
      const supervisor = await runCli(['token', 'add', '--role', 'admin', '--days', '1', '--data', data], '')
      hub.adminToken = supervisor.trim().split('\n').at(-1)
    },
    async start() {
      const child = spawn(
        process.execPath,
        [cli, '--demo', '--port', String(port), '--data', data, '--console', console_, '--log-level', 'error'],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      )
      running = child
      let text = ''
      await new Promise((resolve, reject) => {
        child.stdout.on('data', (chunk) => {
          text += chunk
          if (/1003 .*#code=/.test(text)) resolve()
        })
        child.on('exit', () => reject(new Error(`the hub ended: ${text}`)))
        setTimeout(() => reject(new Error(`the hub did not start: ${text}`)), 30_000).unref()
      })
      for (const [, extension, code] of text.matchAll(/sign in\s+(\d+) .*#code=(\S+)/g)) hub.codes[extension] = code
    },
    /** Without mercy: no socket is closed in order. */
    async kill() {
      const child = running
      running = null
      if (child === null) return
      child.removeAllListeners('exit')
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
    },
    async end() {
      await hub.kill()
      rmSync(data, { recursive: true, force: true })
    },
    async get(path) {
      const answer = await fetch(`${hub.url}/api${path}`, { headers: { authorization: `Bearer ${hub.adminToken}` } })
      return answer.json()
    },
    async post(path, body) {
      const answer = await fetch(`${hub.url}/api${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${hub.adminToken}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return { status: answer.status, body: await answer.json().catch(() => null) }
    },
  }
  return hub
}

export async function launch(more = []) {
  mkdirSync(shots, { recursive: true })
  const { chromium } = require('playwright-core')
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      ...more,
    ],
  })
}

/** A page that remembers every violation of the policy and every error. */
export async function openPage(browser, { width = 1280, height = 800, theme = 'light' } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce' })
  const page = await context.newPage()
  page.setDefaultTimeout(8000)
  const complaints = []
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.on('console', (message) => {
    const text = message.text()
    // A hub that was killed on purpose is reported by the browser; that is not the page's mistake.
    if (message.type() === 'error' && !/Failed to load resource|WebSocket connection|ERR_/.test(text))
      complaints.push(text)
  })
  await page.addInitScript(() => {
    window.cspViolations = []
    addEventListener('securitypolicyviolation', (event) => {
      window.cspViolations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`)
    })
  })
  page.complaints = async () => [...complaints, ...(await page.evaluate(() => window.cspViolations))]
  return page
}

export async function signIn(page, hub, extension = '1001', query = '') {
  await signInAs(page, hub, extension, query)
  await ready(page)
}

export async function signInAs(page, hub, extension, query = '') {
  await page.goto(`${hub.url}/${query}`)
  await page.getByLabel('Extension').fill(extension)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

export async function ready(page) {
  await page.getByRole('button', { name: /My status/ }).waitFor()
  await page.getByText('Phone registered').first().waitFor({ state: 'attached' })
  await page.getByText('Connected', { exact: true }).first().waitFor({ state: 'attached' })
}

/** Serious and critical violations of the page as it stands. */
export async function axe(page, scene) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource)
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] })
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.target.join(' ')).join(', ')})`)
  })
  if (found.length > 0) throw new Error(`axe on ${scene}: ${found.join('; ')}`)
}

export async function shot(page, name, fullPage = false) {
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage })
}

/** The page as it stands, in light and in dark: examined by axe, and a picture of each. */
export async function bothThemes(page, name) {
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme })
    await axe(page, `${name}, ${theme}`)
    await shot(page, `${name}-${theme}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

/** Until `read` gives something true; for what the browser's own waiting does not see. */
export async function until(what, read, timeoutMs = 10_000) {
  const end = Date.now() + timeoutMs
  for (;;) {
    const value = await read()
    if (value) return value
    if (Date.now() > end) throw new Error(`timed out waiting for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
