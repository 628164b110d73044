// What createHub takes, its defaults, and the logger that never writes a
// secret. No behaviour beyond that.
import type { FastifyServerOptions } from 'fastify'
import type { AcdOptions } from './acd/index.js'
import type { PbxOptions } from './pbx/config.js'
import type { Role } from './roles.js'

export interface AgentSeed {
  extension: string
  name: string
  role?: Role
  extension_id?: string
  number?: string
  password?: string
  sip?: Record<string, unknown>
  /** IANA name, e.g. Europe/London; decides when the agent's day begins. Default: the hub's. */
  time_zone?: string
  /** The PBX's name of the telephone. Default PJSIP/ and the extension. */
  endpoint?: string
}

export interface HubLimits {
  /** Largest request body. */
  body_bytes: number
  /** Largest socket frame from a Phone. */
  frame_bytes: number
  /** A client that is further behind than this is closed with 1013. */
  buffered_bytes: number
  /** A socket that has not said hello by then is closed. */
  hello_ms: number
  /** A silent socket is pinged this often, and dropped when it does not answer. */
  heartbeat_ms: number
  /** Changes kept in memory for each stream. */
  ring: number
}

export interface HubOptions {
  /** Default 127.0.0.1: this machine only. */
  host?: string
  /** Default 8460; 0 takes any free port. */
  port?: number
  /** Directory of the embedded database, or `memory`. Default ./hub-data. */
  data?: string
  /** A dump of a PGlite directory for `memory` to begin with: many hubs in one test start four times as fast. */
  template?: Blob | undefined
  /** PostgreSQL instead of the embedded database. */
  databaseUrl?: string | undefined
  /** Directory of the built console, served at /; false or absent serves none. */
  console?: string | false | undefined
  /** Agents to make or bring up to date at start. */
  agents?: AgentSeed[]
  /** SIP account by extension, handed to that agent's pages. Kept in memory, never stored, never logged. */
  sip?: Record<string, Record<string, unknown>>
  /** Agents without a SIP account get made-up callers in their page, to try things out. Default false: no telephone. */
  simulate?: boolean
  /** Default false. A level word, or a level and a stream with `write`. */
  logger?: false | string | { level: string; stream: { write(line: string): void } }
  /**
   * Requests a minute for each principal (or address); tries of one extension's password from one address; sign-ins from
   * one address, behind which a whole office may be. False for none.
   */
  rateLimit?: { requests?: number; passwords?: number; signIns?: number; window_ms?: number } | false
  /** Numbers of this shape are extensions, not contacts. Default ^\d{3,5}$. */
  internalPattern?: string
  limits?: Partial<HubLimits>
  /** Default 12 hours. */
  tokenTtl_ms?: number
  /** Default 15 minutes. */
  codeTtl_ms?: number
  /** The PBX to connect to when the hub listens; absent: none. */
  pbx?: PbxOptions | undefined
  /** Journal, webhooks, retention: the contact centre's (docs/queues.md). */
  contactCentre?: AcdOptions | undefined
  /** Where others reach this hub; a hub that stands by says so of the active one. Default: where it listens. */
  publicUrl?: string | undefined
  /** IANA name of the zone in which agents' days begin. Default: this machine's. */
  timeZone?: string
  /** Longer than this in wrap-up, pause, break or do-not-disturb is `stuck`. Default one hour. */
  stuckAfter_ms?: number
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  trustProxy?: string[] | boolean
  /** Milliseconds since 1970, UTC. Tests give their own. */
  clock?: () => number
}

/** An option that cannot be used; the message says what to do. */
export class OptionError extends Error {
  override name = 'OptionError'
}

export const DEFAULT_PORT = 8460
export const DEFAULT_HOST = '127.0.0.1'
export const DEFAULT_DATA = './hub-data'

export const DEFAULT_LIMITS: HubLimits = {
  body_bytes: 256 * 1024,
  frame_bytes: 64 * 1024,
  buffered_bytes: 1024 * 1024,
  hello_ms: 5_000,
  heartbeat_ms: 30_000,
  ring: 1_000,
}

export const DEFAULT_RATES = { requests: 1_200, passwords: 20, signIns: 600, window_ms: 60_000 }
export const TOKEN_TTL_MS = 12 * 60 * 60 * 1000
export const CODE_TTL_MS = 15 * 60 * 1000

/** Wherever these names turn up in a log line, their value does not. */
const SECRET_NAMES = ['token', 'password', 'password_hash', 'authorization', 'sip', 'secret', 'databaseUrl']

/** Fastify's logger option, with secrets removed. */
export function loggerOptions(logger: HubOptions['logger']): NonNullable<FastifyServerOptions['logger']> {
  if (!logger) return false
  const level = typeof logger === 'string' ? logger : logger.level
  const paths = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])
  return {
    level,
    redact: { paths: [...paths, 'req.headers.authorization', 'headers.authorization'], censor: '[redacted]' },
    ...(typeof logger === 'object' ? { stream: logger.stream } : {}),
  }
}
