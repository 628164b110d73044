// The arguments of `offhook-hub`: help, parsing and checking, before anything
// heavy is loaded. What a command then does is in cli_commands.ts.
import { existsSync } from 'node:fs'
import { isIP } from 'node:net'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readGrpcTls } from './acd/grpc_tls.js'
import { type AgentSeed, DEFAULT_DATA, DEFAULT_HOST, DEFAULT_PORT, type HubOptions } from './options.js'
import { pbxConfig, pbxFromEnvironment } from './pbx/config.js'
import { ROLES, type Role } from './roles.js'
import { readSipFile } from './sip_accounts.js'
import { VERSION } from './version.js'

export const HELP = `offhook-hub ${VERSION}: REST, WebSocket and records for Offhook phones

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
  --demo            make the agents 1001, 1002 and 1003 and print a sign-in link for each; implies --simulate
  --simulate        agents without a SIP account get made-up callers in their page, to try the console out
  --time-zone NAME  where agents' days begin, e.g. Europe/London (default: this machine's)
  --log-level WORD  trace, debug, info, warn, error, fatal or silent (default info)
  --help            this text
  --version         the version

The PBX (docs/operate.md)
  --ami-url URL     Asterisk's AMI: ami://host:5038, or amis://host:5039 for TLS
  --ami-user NAME   the section of manager.conf
  --ami-secret-file FILE   its secret, one line; or OFFHOOK_AMI_SECRET. There is no flag for the secret itself.

Behind a proxy, with telephones (docs/deploy.md)
  --sip-file FILE   JSON with the SIP accounts that the agents' pages register with; read again at SIGHUP
  --trust-proxy ADDRESSES   proxies whose X-Forwarded-For is believed: addresses or networks, comma between

The contact centre (docs/queues.md)
  --grpc-port N     serve gRPC on this port too, on the same address (default: not)
  --grpc-cert FILE --grpc-key FILE
                    its certificate (with those up to its issuer) and key, PEM; without them it is plain HTTP/2

agent add
  --extension N --name TEXT [--role ${ROLES.join('|')}] [--extension-id ID] [--number N]
  --time-zone NAME  where this agent's day begins
  --endpoint NAME   the PBX's name of the telephone (default PJSIP/ and the extension)
  --password-stdin  read the password from standard input, one line

agent code
  --extension N

token add
  --role ${ROLES.join('|')} [--days N] (default 365)

Environment
  DATABASE_URL      postgresql://user:password@host:5432/database, instead of --data
  OFFHOOK_AMI_URL, OFFHOOK_AMI_USER, OFFHOOK_AMI_SECRET or OFFHOOK_AMI_SECRET_FILE
                    the PBX, as with the options above
  OFFHOOK_AMI_CA    file of certificates (PEM) to believe, for amis://
  OFFHOOK_SIP_FILE, OFFHOOK_TRUST_PROXY
                    as with the options above
  OFFHOOK_PUBLIC_URL
                    where others reach this hub; a hub that stands by names it (default: where it listens)
  OFFHOOK_KEEP_RECORDS_DAYS, OFFHOOK_KEEP_NOTES_DAYS, OFFHOOK_KEEP_NUMBERS_DAYS
                    days after which call records, their notes, the callers' numbers in them go (default: never)
  OFFHOOK_NUMBERS_KEY
                    with it numbers become a keyed hash instead of nothing; at least 16 characters
  OFFHOOK_WEBHOOKS_PRIVATE
                    1: webhooks may reach this machine and private networks, by http too
`

/** A mistake in the command line; the message says how to put it right. */
export class UsageError extends Error {}

const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  data: { type: 'string' },
  console: { type: 'string' },
  demo: { type: 'boolean' },
  simulate: { type: 'boolean' },
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
  'time-zone': { type: 'string' },
  endpoint: { type: 'string' },
  'ami-url': { type: 'string' },
  'ami-user': { type: 'string' },
  'ami-secret-file': { type: 'string' },
  'grpc-port': { type: 'string' },
  'grpc-cert': { type: 'string' },
  'grpc-key': { type: 'string' },
  'sip-file': { type: 'string' },
  'trust-proxy': { type: 'string' },
} as const

export type Values = ReturnType<typeof readArguments>['values']

/** Splits the command line into options and words. */
export function readArguments(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true, strict: true })
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. To specify')[0]}. See offhook-hub --help.`)
  }
}

/** The hub's options, checked. */
export function hubOptions(values: Values): HubOptions {
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

/** The PBX to connect to, checked; for a hub that starts, not for the other commands. */
export function pbxOptions(values: Values): Pick<HubOptions, 'pbx' | 'timeZone'> {
  const pbx = pbxFromEnvironment(process.env, {
    url: values['ami-url'],
    user: values['ami-user'],
    secretFile: values['ami-secret-file'],
  })
  if (pbx) pbxConfig(pbx)
  return { ...(pbx ? { pbx } : {}), ...(values['time-zone'] === undefined ? {} : { timeZone: values['time-zone'] }) }
}

/** Where the SIP accounts are; undefined: nowhere. */
export function sipFileOf(values: Values, env: Record<string, string | undefined> = process.env): string | undefined {
  return values['sip-file'] ?? (env.OFFHOOK_SIP_FILE || undefined)
}

/** What a hub needs that stands behind a proxy and hands out telephones, checked; for a hub that starts. */
export function pageOptions(
  values: Values,
  env: Record<string, string | undefined> = process.env,
): Pick<HubOptions, 'sip' | 'trustProxy' | 'simulate'> {
  const file = sipFileOf(values, env)
  const proxies = (values['trust-proxy'] ?? env.OFFHOOK_TRUST_PROXY ?? '')
    .split(',')
    .flatMap((word) => word.trim() || [])
  for (const word of proxies) {
    const [address = '', bits] = word.split('/')
    const widest = isIP(address) === 6 ? 128 : 32
    if (isIP(address) === 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= widest))) {
      throw new UsageError(`--trust-proxy ${word} is no address. Expected e.g. 127.0.0.1 or 10.0.0.0/8, comma between.`)
    }
  }
  return {
    ...(file === undefined ? {} : { sip: readSipFile(file) }),
    ...(proxies.length === 0 ? {} : { trustProxy: proxies }),
    simulate: values.demo === true || values.simulate === true,
  }
}

/** The contact centre's part, checked; for a hub that starts. */
export function contactCentreOptions(
  values: Values,
  env: Record<string, string | undefined> = process.env,
): Pick<HubOptions, 'contactCentre' | 'publicUrl'> {
  const days = (name: string) => {
    const text = env[`OFFHOOK_KEEP_${name}_DAYS`]
    if (text === undefined || text === '') return undefined
    if (!/^\d+(\.\d+)?$/.test(text)) {
      throw new UsageError(`OFFHOOK_KEEP_${name}_DAYS is ${text}. Expected a number of days, e.g. 90.`)
    }
    return Number(text)
  }
  const [records_days, notes_days, numbers_days] = [days('RECORDS'), days('NOTES'), days('NUMBERS')]
  const numbers_key = env.OFFHOOK_NUMBERS_KEY || undefined
  const retention = {
    ...(records_days === undefined ? {} : { records_days }),
    ...(notes_days === undefined ? {} : { notes_days }),
    ...(numbers_days === undefined ? {} : { numbers_days }),
    ...(numbers_key === undefined ? {} : { numbers_key }),
  }
  const grpc = values['grpc-port'] === undefined ? undefined : Number(values['grpc-port'])
  if (grpc !== undefined && !(Number.isInteger(grpc) && grpc >= 0 && grpc <= 65_535)) {
    throw new UsageError(`--grpc-port ${values['grpc-port']} is not a port. Expected a number from 0 to 65535.`)
  }
  const tls = grpcTlsOf(values)
  if (tls && grpc === undefined)
    throw new UsageError('--grpc-cert and --grpc-key are for --grpc-port, which is missing.')
  return {
    contactCentre: {
      retention,
      webhooks: { allowPrivate: env.OFFHOOK_WEBHOOKS_PRIVATE === '1' },
      ...(grpc === undefined ? {} : { grpc: { port: grpc, ...(tls ? { tls } : {}) } }),
    },
    publicUrl: env.OFFHOOK_PUBLIC_URL || undefined,
  }
}

function grpcTlsOf({ 'grpc-cert': cert, 'grpc-key': key }: Values) {
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined || key === undefined) throw new UsageError('--grpc-cert and --grpc-key belong together.')
  return readGrpcTls(cert, key)
}

/** The console beside the hub, when it has been built. */
function builtConsole(): string | undefined {
  const dir = fileURLToPath(new URL('../console', import.meta.url))
  return existsSync(`${dir}/index.html`) ? dir : undefined
}

const EXTENSION = /^[A-Za-z0-9_.+-]{1,40}$/

/** The extension that a command is about. */
export function extensionOf(values: Values): string {
  const { extension } = values
  if (extension === undefined) throw new UsageError('--extension is missing, e.g. --extension 1001.')
  if (!EXTENSION.test(extension))
    throw new UsageError(`--extension ${extension} is not an extension: up to 40 letters and digits.`)
  return extension
}

/** The role given, or agent. */
export function roleOf(values: Values): Role {
  const role = ROLES.find((word) => word === (values.role ?? 'agent'))
  if (!role) throw new UsageError(`--role ${values.role} is unknown. Expected ${ROLES.join(', ')}.`)
  return role
}

/** The agent to be made, without its password. */
export function agentOf(values: Values): AgentSeed {
  const extension = extensionOf(values)
  const role = roleOf(values)
  if (!values.name) throw new UsageError('--name is missing, e.g. --name Alice.')
  return {
    extension,
    name: values.name,
    role,
    ...(values['extension-id'] === undefined ? {} : { extension_id: values['extension-id'] }),
    ...(values.number === undefined ? {} : { number: values.number }),
    ...(values['time-zone'] === undefined ? {} : { time_zone: values['time-zone'] }),
    ...(values.endpoint === undefined ? {} : { endpoint: endpointOf(values.endpoint) }),
  }
}

/** A channel of the PBX is named by technology and telephone, e.g. PJSIP/1001. */
function endpointOf(endpoint: string): string {
  if (/^[A-Za-z0-9]+\/[\x21-\x7e]{1,120}$/.test(endpoint)) return endpoint
  throw new UsageError(`--endpoint ${endpoint} is not the name of a telephone. Expected e.g. PJSIP/1001.`)
}

/** How long a program's token is to last. */
export function lifetimeOf(values: Values): number {
  const days = Number(values.days ?? 365)
  if (!(days >= 1 && days <= 3650)) throw new UsageError(`--days ${values.days} is not a number from 1 to 3650.`)
  return days * 24 * 60 * 60 * 1000
}
