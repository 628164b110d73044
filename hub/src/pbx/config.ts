// How to reach the PBX: from options, environment or flags, checked before
// anything is opened. The secret comes from the environment, a file or the
// options, never from a command line; it is in no message of this file.
import { readFileSync } from 'node:fs'
import { OptionError } from '../options.js'
import type { CentreConfig } from './centre_types.js'
import type { Centre } from './engine.js'

/** What an operator gives. */
export interface PbxOptions {
  /** ami://host:5038, or amis://host:5039 for TLS. */
  url: string
  user: string
  secret: string
  /** File of certificates (PEM) to believe besides the system's; only with amis. */
  ca?: string
  /** Settings of the engine, docs/centre.md; the directory is the hub's. */
  engine?: Omit<CentreConfig, 'agents'>
  /** Another engine than centre.wasm: for tests. */
  openCentre?: (config: CentreConfig) => Promise<Centre>
}

/** The same, checked. */
export interface PbxConfig {
  host: string
  port: number
  tls: boolean
  /** PEM. */
  ca: string | undefined
  user: string
  secret: string
  engine: Omit<CentreConfig, 'agents'>
  openCentre: ((config: CentreConfig) => Promise<Centre>) | undefined
  /** Fit for a log line. */
  where: string
}

const AMI_PORT = 5038
const AMIS_PORT = 5039
const EXPECTED = 'Expected ami://host:5038, or amis://host:5039 for TLS.'

/** Checks the options; throws OptionError with what to do. */
export function pbxConfig(options: PbxOptions): PbxConfig {
  const { tls, hostname, port } = readUrl(options.url)
  checkWord('OFFHOOK_AMI_USER', options.user)
  checkWord('The secret of the PBX (OFFHOOK_AMI_SECRET or OFFHOOK_AMI_SECRET_FILE)', options.secret)
  const ca = options.ca === undefined ? undefined : readText('OFFHOOK_AMI_CA', options.ca)
  if (ca !== undefined && !tls) {
    throw new OptionError('OFFHOOK_AMI_CA is for amis:// only; with ami:// nothing is encrypted.')
  }
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const where = `${tls ? 'amis' : 'ami'}://${hostname}:${port}`
  const { user, secret, engine = {}, openCentre } = options
  return { host, port, tls, ca, user, secret, engine, openCentre, where }
}

function readUrl(text: string): { tls: boolean; hostname: string; port: number } {
  let url: URL
  try {
    // URL knows no ami, so its host would not be read as one; http has the same shape.
    if (!/^amis?:\/\//.test(text)) throw new Error('scheme')
    url = new URL(text.replace(/^ami/, 'http'))
  } catch {
    throw new OptionError(`OFFHOOK_AMI_URL is not the address of a PBX. ${EXPECTED}`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new OptionError(`OFFHOOK_AMI_URL may hold no user or secret: others can read it. ${EXPECTED}`)
  }
  if (url.hostname === '' || !['', '/'].includes(url.pathname) || url.search !== '') {
    throw new OptionError(`OFFHOOK_AMI_URL names no host, or more than a host and a port. ${EXPECTED}`)
  }
  const tls = text.startsWith('amis')
  // URL leaves out the port that http has anyway.
  const port = url.port || /:(\d+)\/?$/.exec(text)?.[1]
  return { tls, hostname: url.hostname, port: port === undefined ? (tls ? AMIS_PORT : AMI_PORT) : Number(port) }
}

/** What goes into a line of the protocol must not be able to end it. */
function checkWord(name: string, value: string): void {
  if (value === '') throw new OptionError(`${name} is missing. It is the section of manager.conf, and its secret.`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\x00-\x1f\x7f]/.test(value)) throw new OptionError(`${name} holds a line end or another control character.`)
  if (Buffer.byteLength(value) > 256) throw new OptionError(`${name} is longer than 256 bytes.`)
}

function readText(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new OptionError(`${name} names ${file}, which cannot be read (${code}). Give the path of a readable file.`)
  }
}

/** From OFFHOOK_AMI_…, flags first; undefined when no PBX is named. Throws OptionError. */
export function pbxFromEnvironment(
  env: Record<string, string | undefined>,
  flags: { url?: string | undefined; user?: string | undefined; secretFile?: string | undefined } = {},
): PbxOptions | undefined {
  const url = flags.url ?? (env.OFFHOOK_AMI_URL || undefined)
  const user = flags.user ?? env.OFFHOOK_AMI_USER ?? ''
  const file = flags.secretFile ?? (env.OFFHOOK_AMI_SECRET_FILE || undefined)
  const given = env.OFFHOOK_AMI_SECRET ?? ''
  if (url === undefined) {
    const lonely = user !== '' || file !== undefined || given !== ''
    if (lonely) throw new OptionError(`A user or secret of a PBX is given, but no OFFHOOK_AMI_URL. ${EXPECTED}`)
    return undefined
  }
  if (file !== undefined && given !== '' && flags.secretFile === undefined) {
    throw new OptionError('Both OFFHOOK_AMI_SECRET and OFFHOOK_AMI_SECRET_FILE are set. Unset one of them.')
  }
  // A file ends with a line end; the secret does not.
  const secret = file === undefined ? given : readText('OFFHOOK_AMI_SECRET_FILE', file).replace(/\r?\n$/, '')
  const ca = env.OFFHOOK_AMI_CA || undefined
  return { url, user, secret, ...(ca === undefined ? {} : { ca }) }
}
