#!/usr/bin/env node
// npm start: set-up, build, then the hub with its embedded database and the agent console, and a sign-in link for each
// demo agent. The telephone is simulated in the page; with --pbx it is a real Asterisk on this machine's loopback.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { Customers, salesNumber, setUpCentre, supportNumber } from './demo_centre.mjs'
import { endWithMe, root, run } from './processes.mjs'

const defaultPort = 8460
const kit = join(root, 'tests/pbx/asterisk-kit')
const admin = { extension: '1000', name: 'Ada Admin', role: 'admin' }
const halfADay = 12 * 60 * 60

const usage = `usage: npm start [-- options]
  --pbx       real calls and a contact centre with two queues, through an Asterisk that is installed into a folder of
              its own and listens on 127.0.0.1 only (needs root or sudo; 430 MB, about 80 s the first time)
  --port N    where the console is served (${defaultPort})
  --no-build  neither set-up nor build: as they are
  --help      this text
Records are kept in build/data; delete that folder to begin anew. DATABASE_URL names a PostgreSQL instead.`

/** Says what went wrong and what to do, without a stack. */
function stop(message) {
  console.error(`\n${message}`)
  process.exit(1)
}

function options() {
  try {
    const { values } = parseArgs({
      options: {
        pbx: { type: 'boolean' },
        port: { type: 'string', default: String(defaultPort) },
        'no-build': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    const port = Number(values.port)
    if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`--port ${values.port} is not a port`)
    return { ...values, port }
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`)
    process.exit(2)
  }
}

/** Runs one of the kit's scripts as root, for Asterisk on this machine's own loopback. */
function asRoot(script, ...args) {
  const settings = [`PBX_ROOT=${process.env.PBX_ROOT ?? join(process.env.HOME ?? '/root', '.cache/offhook-pbx')}`]
  settings.push('NETNS=', `OWNER_PID=${process.pid}`)
  const command = ['env', ...settings, join(kit, script), ...args]
  return process.getuid?.() === 0 ? run(command[0], command.slice(1)) : run('sudo', command, { sudo: true })
}

const sipAccount = (extension) => ({
  uri: `sip:${extension}@127.0.0.1`,
  server: 'ws://127.0.0.1:8088/ws',
  username: extension,
  password: `secret${extension}`,
})

async function prepare({ pbx, 'no-build': asIs }) {
  if (asIs) return
  const setup = await run(join(root, 'tools/setup'), pbx ? ['--pbx'] : [], { sudo: true })
  if (setup.code !== 0) stop('Set-up did not finish: see above what to do, then run npm start again.')
  const build = await run(process.execPath, ['tools/build.mjs'])
  if (build.code !== 0) stop('The build failed: see above. After a change of compilers, delete the folder build.')
}

async function startHub({ pbx, port }) {
  const hubFile = join(root, 'hub/dist/index.js')
  const { createHub, seedDemo, DEMO_AGENTS } = await import(pathToFileURL(hubFile)).catch((error) => {
    stop(`The hub could not be loaded (${error.message}). Run npm start without --no-build.`)
  })
  const data = join(root, 'build/data')
  mkdirSync(data, { recursive: true })
  const hub = await createHub({
    port,
    data,
    agents: [...DEMO_AGENTS, admin],
    databaseUrl: process.env.DATABASE_URL || undefined,
    console: join(root, 'web/console/dist'),
    logger: { level: 'warn', stream: process.stderr },
    ...(pbx
      ? { pbx: { url: 'ami://127.0.0.1:5038', user: 'hub', secret: 'hubsecret', engine: { tell_agent: true } } }
      : {}),
    simulate: !pbx,
    sip: pbx ? Object.fromEntries(['1001', '1002', '1003'].map((extension) => [extension, sipAccount(extension)])) : {},
  }).catch((error) => stop(error.message))
  await hub.listen().catch(async (error) => {
    await hub.close()
    if (error.code === 'EADDRINUSE') stop(`Port ${port} is in use. Give another one: npm start -- --port ${port + 1}`)
    stop(`The hub could not listen on port ${port}: ${error.message}`)
  })
  if (pbx) await setUpCentre(hub.url, await hub.auth.issueToken({ role: 'admin', ttl_ms: 60_000 }))
  const links = async () => {
    const link = `${hub.url}/#/admin?code=${await hub.auth.issueCode(admin.extension)}`
    return [...(await seedDemo(hub)), { ...admin, link }]
  }
  return { hub, links }
}

async function printLinks(links) {
  for (const { extension, name, link } of await links()) console.log(`  ${extension} ${name.padEnd(16)} ${link}`)
}

/** What is typed: a line is a wish. */
function listen(links, customers) {
  const wishes = { '': () => printLinks(links) }
  if (customers) {
    wishes.c = async () => console.log(await customers.call())
    wishes.h = () => console.log(customers.hangUp())
  }
  createInterface({ input: process.stdin }).on('line', (line) => {
    const wish = wishes[line.trim().toLowerCase()]
    if (wish) Promise.resolve(wish()).catch((error) => console.error(error.message))
    else console.log(customers ? 'c: a customer calls. h: one hangs up. Enter: new links.' : 'Enter gives new links.')
  })
}

async function main() {
  const asked = options()
  if (asked.help) return console.log(usage)
  let hub
  let pbxUp = false
  let leaving = false
  const customers = asked.pbx ? new Customers() : null
  const leave = async () => {
    leaving = true
    console.log('\nStopping.')
    await customers?.close()
    await hub?.close().catch(() => {})
    if (pbxUp) await asRoot('stop.sh')
  }
  endWithMe(leave)

  await prepare(asked)
  if (asked.pbx) {
    pbxUp = true
    const { code } = await asRoot('start.sh', String(halfADay))
    if (code !== 0) stop('Asterisk did not start: see above. npm start without --pbx needs no PBX.')
  }
  const started = await startHub(asked).catch(async (error) => {
    await leave()
    stop(error.message)
  })
  hub = started.hub
  if (leaving) return hub.close()

  console.log(`\nOffhook is running at ${hub.url}\n\nSign in, each link once and within 15 minutes:`)
  await printLinks(started.links)
  console.log(
    asked.pbx
      ? `
Open 1001 and 1002 in two tabs and allow the microphone: Alice and Bob. Both serve two queues: support, whose calls the hub
routes, and sales, whose calls Asterisk routes. Sue (1003) has the wallboard and the supervisor’s page, Ada (1000) the set-up.
A call for them: type c and Enter here, and a customer calls support (h hangs up); or dial ${supportNumber} for support,
${salesNumber} for sales, from any of these telephones. They call each other by extension, too. Besides, 600 is an echo, 602 is busy, 604 never answers.`
      : `
The telephone is simulated: the page has buttons for a customer who calls, answers or hangs up.
For real calls between two tabs: npm start -- --pbx`,
  )
  const keys = asked.pbx ? 'c calls support, h hangs up, Enter gives new links. ' : 'Enter gives new links. '
  console.log(`\n${process.stdin.isTTY ? keys : ''}Ctrl-C stops everything.`)
  listen(started.links, customers)
}

await main()
