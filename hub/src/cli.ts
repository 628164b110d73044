#!/usr/bin/env node
// The command `offhook-hub`: reads arguments, starts a hub or changes agents,
// and says in plain words what went wrong and what to do. No logic of the hub.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { agentExists, listAgents, upsertAgents } from './agents.js'
import { DatabaseError } from './database.js'
import { createHub, type Hub } from './hub.js'
import { DEFAULT_DATA, DEFAULT_HOST, DEFAULT_PORT, type HubOptions } from './options.js'
import { ROLES, type Role } from './schemas.js'
import { linkFor, seedDemo } from './seed.js'
import { VERSION } from './version.js'

const HELP = `offhook-hub ${VERSION}: REST, WebSocket and records for Offhook phones

Usage
  offhook-hub [options]              start the hub
  offhook-hub agent add [options]    make an agent, or change one
  offhook-hub agent list [options]   list the agents
  offhook-hub agent code [options]   print a one-time sign-in code (15 minutes)
  offhook-hub token add [options]    print a token for a program

Options
  --port N          port to listen on (default ${DEFAULT_PORT}; 0 takes any free one)
  --host ADDRESS    address to listen on (default ${DEFAULT_HOST}: this machine only)
  --data DIR        directory of the embedded database (default ${DEFAULT_DATA}; "memory" keeps nothing)
  --console DIR     directory of the built console, served at /
  --demo            make the agents 1001, 1002 and 1003 and print a sign-in link for each
  --log-level WORD  trace, debug, info, warn, error, fatal or silent (default info)
  --help            this text
  --version         the version

agent add
  --extension N --name TEXT [--role ${ROLES.join('|')}] [--extension-id ID] [--number N]
  --password-stdin  read the password from standard input, one line

agent code
  --extension N

token add
  --role ${ROLES.join('|')} [--days N] (default 365)

Environment
  DATABASE_URL      postgresql://user:password@host:5432/database, instead of --data
`

/** A mistake in the command line; the message says how to put it right. */
class UsageError extends Error {}

const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  data: { type: 'string' },
  console: { type: 'string' },
  demo: { type: 'boolean' },
  'log-level': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  extension: { type: 'string' },
  name: { type: 'string' },
  role: { type: 'string' },
  'extension-id': { type: 'string' },
  number: { type: 'string' },
  'password-stdin': { type: 'boolean' },
  days: { type: 'string' },
} as const

type Values = ReturnType<typeof readArguments>['values']

function readArguments(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true, strict: true })
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. To specify')[0]}. See offhook-hub --help.`)
  }
}

const say = (text: string): void => {
  process.stdout.write(`${text}
`)
}

async function main(args: string[]): Promise<void> {
  const { values, positionals } = readArguments(args)
  if (values.help) return say(HELP)
  if (values.version) return say(VERSION)
  const command = positionals.join(' ')
  switch (command) {
    case '':
    case 'start':
      return start(values)
    case 'agent add':
      return withHub(values, (hub) => addAgent(hub, values))
    case 'agent list':
      return withHub(values, printAgents)
    case 'agent code':
      return withHub(values, (hub) => printCode(hub, values))
    case 'token add':
      return withHub(values, (hub) => addToken(hub, values))
    default:
      throw new UsageError(`There is no command "${command}". See offhook-hub --help.`)
  }
}

function hubOptions(values: Values): HubOptions {
  const port = values.port === undefined ? DEFAULT_PORT : Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError(`--port ${values.port} is not a port. Expected a number from 0 to 65535.`)
  }
  if (values.console !== undefined && !existsSync(values.console)) {
    throw new UsageError(
      `--console ${values.console} does not exist. Build the console first, or leave the option out.`,
    )
  }
  const level = values['log-level'] ?? 'info'
  if (!/^(trace|debug|info|warn|error|fatal|silent)$/.test(level)) {
    throw new UsageError(`--log-level ${level} is unknown. Expected trace, debug, info, warn, error, fatal or silent.`)
  }
  const databaseUrl = process.env.DATABASE_URL
  return {
    port,
    host: values.host ?? DEFAULT_HOST,
    data: values.data ?? DEFAULT_DATA,
    databaseUrl: databaseUrl === undefined || databaseUrl === '' ? undefined : databaseUrl,
    console: values.console ?? builtConsole(),
    // Standard output is for people; the log goes beside it.
    logger: { level, stream: process.stderr },
  }
}

/** The console beside the hub, when it has been built. */
function builtConsole(): string | undefined {
  const dir = fileURLToPath(new URL('../../web/console/dist', import.meta.url))
  return existsSync(`${dir}/index.html`) ? dir : undefined
}

async function start(values: Values): Promise<void> {
  const options = hubOptions(values)
  const hub = await createHub(options)
  let stopping = false
  const stop = () => {
    if (stopping) process.exit(1) // the second Ctrl-C does not wait
    stopping = true
    hub.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  try {
    await hub.listen()
  } catch (error) {
    await hub.close()
    throw listenError(error, options)
  }
  say(`Offhook hub ${VERSION} at ${hub.url}`)
  say(`  API      ${hub.url}/docs`)
  say(`  records  ${hub.database.kind}, ${hub.database.where}`)
  await printLinks(hub, values.demo === true)
}

async function printLinks(hub: Hub, demo: boolean): Promise<void> {
  if (demo) {
    for (const { extension, name, link } of await seedDemo(hub)) say(`  sign in  ${extension} ${name}: ${link}`)
    return
  }
  const [first] = await listAgents(hub.database.db)
  if (!first) {
    say('  There are no agents yet. Stop the hub and make one, or start with --demo:')
    say('    offhook-hub agent add --extension 1001 --name Alice --role admin --password-stdin')
    return
  }
  const link = linkFor(hub, await hub.auth.issueCode(first.extension))
  say(`  sign in  ${first.extension} ${first.name}: ${link} (once, within 15 minutes)`)
}

function listenError(error: unknown, { host, port }: HubOptions): Error {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'EADDRINUSE')
    return new UsageError(`Port ${port} on ${host} is in use. Stop the other program or give another --port.`)
  if (code === 'EACCES') return new UsageError(`Port ${port} needs more rights. Give a --port above 1023.`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new UsageError(`This machine has no address ${host}. Give another --host, e.g. 127.0.0.1 or 0.0.0.0.`)
  }
  return error as Error
}

/** Runs one task on the database, without listening. */
async function withHub(values: Values, work: (hub: Hub) => Promise<void>): Promise<void> {
  const hub = await createHub({
    ...hubOptions(values),
    logger: { level: 'error', stream: process.stderr },
    console: false,
  })
  try {
    await work(hub)
  } finally {
    await hub.close()
  }
}

const EXTENSION = /^[A-Za-z0-9_.+-]{1,40}$/

function extensionOf(values: Values): string {
  const { extension } = values
  if (extension === undefined) throw new UsageError('--extension is missing, e.g. --extension 1001.')
  if (!EXTENSION.test(extension))
    throw new UsageError(`--extension ${extension} is not an extension: up to 40 letters and digits.`)
  return extension
}

function roleOf(values: Values): Role {
  const role = ROLES.find((word) => word === (values.role ?? 'agent'))
  if (!role) throw new UsageError(`--role ${values.role} is unknown. Expected ${ROLES.join(', ')}.`)
  return role
}

async function addAgent(hub: Hub, values: Values): Promise<void> {
  const extension = extensionOf(values)
  const role = roleOf(values)
  if (!values.name) throw new UsageError('--name is missing, e.g. --name Alice.')
  const password = values['password-stdin'] ? await readPassword() : undefined
  const seed = {
    extension,
    name: values.name,
    role,
    ...(values['extension-id'] === undefined ? {} : { extension_id: values['extension-id'] }),
    ...(values.number === undefined ? {} : { number: values.number }),
    ...(password === undefined ? {} : { password }),
  }
  await upsertAgents(hub.database.db, [seed], hub.now())
  say(`Agent ${extension} ${values.name} (${role}) is stored.`)
}

async function readPassword(): Promise<string> {
  let text = ''
  for await (const chunk of process.stdin) text += chunk
  const password = text.split(/\r?\n/)[0] ?? ''
  if (password.length < 8) throw new UsageError('The password from standard input is shorter than 8 characters.')
  return password
}

async function printAgents(hub: Hub): Promise<void> {
  const all = await listAgents(hub.database.db)
  say(all.length === 0 ? 'There are no agents.' : all.map((a) => `${a.extension}\t${a.role}\t${a.name}`).join('\n'))
}

async function printCode(hub: Hub, values: Values): Promise<void> {
  const extension = extensionOf(values)
  if (!(await agentExists(hub.database.db, extension))) {
    throw new UsageError(
      `There is no agent ${extension}. Make it with: offhook-hub agent add --extension ${extension} --name …`,
    )
  }
  say(await hub.auth.issueCode(extension))
}

async function addToken(hub: Hub, values: Values): Promise<void> {
  const days = Number(values.days ?? 365)
  if (!(days > 0 && days <= 3650)) throw new UsageError(`--days ${values.days} is not a number from 1 to 3650.`)
  say(await hub.auth.issueToken({ role: roleOf(values), ttl_ms: days * 24 * 60 * 60 * 1000 }))
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const expected = error instanceof UsageError || error instanceof DatabaseError
  process.stderr.write(`offhook-hub: ${expected ? (error as Error).message : ((error as Error).stack ?? error)}\n`)
  process.exit(expected ? 2 : 1)
})
