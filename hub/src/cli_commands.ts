// What the commands of `offhook-hub` do, once their arguments are checked.
import { agentExists, listAgents, upsertAgents } from './agents.js'
import { UsageError } from './cli_args.js'
import { createHub, type Hub } from './hub.js'
import type { AgentSeed, HubOptions } from './options.js'
import type { Role } from './roles.js'
import { DEMO_AGENTS, linkFor, seedDemo } from './seed.js'
import { readSipFile } from './sip_accounts.js'
import { VERSION } from './version.js'

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

/** Runs a hub until it is told to stop. `sipFile` is read again at SIGHUP. */
export async function start(options: HubOptions, demo: boolean, sipFile?: string): Promise<void> {
  // The demo's agents are there before the PBX is asked about them.
  const hub = await createHub(demo ? { ...options, agents: [...DEMO_AGENTS, ...(options.agents ?? [])] } : options)
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
  process.on('SIGHUP', () => readAgain(hub, sipFile))
  try {
    await hub.listen()
  } catch (error) {
    await hub.close()
    throw listenError(error, options)
  }
  say(`Offhook hub ${VERSION} at ${hub.url}`)
  say(`  API      ${hub.url}/docs`)
  if (hub.grpcPort !== null) say(`  gRPC     port ${hub.grpcPort}`)
  say(`  records  ${hub.database.kind}, ${hub.database.where}`)
  await printLinks(hub, demo)
}

/** A file that cannot be used changes nothing: who has a telephone keeps it. */
function readAgain(hub: Hub, sipFile: string | undefined): void {
  if (sipFile === undefined) {
    hub.log.info('SIGHUP: there is no --sip-file to read again')
    return
  }
  try {
    const accounts = readSipFile(sipFile)
    hub.auth.setSipAccounts(accounts)
    hub.log.info({ file: sipFile, accounts: Object.keys(accounts).length }, 'the SIP accounts were read again')
  } catch (error) {
    hub.log.error({ cause: (error as Error).message }, 'the SIP accounts stay as they were')
  }
}

async function printLinks(hub: Hub, demo: boolean): Promise<void> {
  if (demo) {
    for (const { extension, name, link } of await seedDemo(hub)) say(`  sign in  ${extension} ${name}: ${link}`)
    return
  }
  const [first] = await listAgents(hub.database.db)
  if (!first) {
    say(
      `  There are no agents yet. ${hub.database.kind === 'pglite' ? 'Stop the hub and make' : 'Make'} one, or start with --demo:`,
    )
    say('    offhook-hub agent add --extension 1001 --name Alice --role admin --password-stdin')
    return
  }
  // A service's output is a journal, where a way in does not belong; the embedded database cannot be asked from outside.
  if (!process.stdout.isTTY && hub.database.kind !== 'pglite') {
    say(`  sign in  offhook-hub agent code --extension ${first.extension} prints a one-time code for ${first.name}`)
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
async function withHub(options: HubOptions, work: (hub: Hub) => Promise<void>): Promise<void> {
  const hub = await createHub({ ...options, logger: { level: 'error', stream: process.stderr }, console: false })
  try {
    await work(hub)
  } finally {
    await hub.close()
  }
}

/** Makes an agent, or changes one. */
export async function addAgent(options: HubOptions, seed: AgentSeed, passwordFromStdin: boolean): Promise<void> {
  const password = passwordFromStdin ? await readPassword() : undefined
  await withHub(options, async (hub) => {
    await upsertAgents(hub.database.db, [password === undefined ? seed : { ...seed, password }], hub.now())
    say(`Agent ${seed.extension} ${seed.name} (${seed.role}) is stored.`)
  })
}

async function readPassword(): Promise<string> {
  let text = ''
  for await (const chunk of process.stdin) text += chunk
  const password = text.split(/\r?\n/)[0] ?? ''
  if (password.length < 8) throw new UsageError('The password from standard input is shorter than 8 characters.')
  return password
}

/** Prints the agents, one a line. */
export function printAgents(options: HubOptions): Promise<void> {
  return withHub(options, async (hub) => {
    const all = await listAgents(hub.database.db)
    say(all.length === 0 ? 'There are no agents.' : all.map((a) => `${a.extension}\t${a.role}\t${a.name}`).join('\n'))
  })
}

/** Prints a one-time sign-in code. */
export function printCode(options: HubOptions, extension: string): Promise<void> {
  return withHub(options, async (hub) => {
    if (!(await agentExists(hub.database.db, extension))) {
      throw new UsageError(
        `There is no agent ${extension}. Make it with: offhook-hub agent add --extension ${extension} --name …`,
      )
    }
    say(await hub.auth.issueCode(extension))
  })
}

/** Prints a token for a program. */
export function addToken(options: HubOptions, role: Role, ttl_ms: number): Promise<void> {
  return withHub(options, async (hub) => say(await hub.auth.issueToken({ role, ttl_ms })))
}
