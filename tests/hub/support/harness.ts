// Starts a real hub on a free port and speaks to it as programs do. With
// OFFHOOK_TEST_DB=postgres each hub gets a database of its own on the server
// of OFFHOOK_TEST_PG_URL (run-postgres.mjs starts one).
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import { createHub, type Hub, type HubOptions } from '../../../hub/src/index.js'

export const onPostgres = process.env.OFFHOOK_TEST_DB === 'postgres'

/** Where the records of a test are: the part of the options that names them, and how to remove them. */
export interface Storage {
  options: Pick<HubOptions, 'data' | 'databaseUrl' | 'template'>
  remove(): Promise<void>
}

function serverUrl(): string {
  const url = process.env.OFFHOOK_TEST_PG_URL
  if (!url) throw new Error('OFFHOOK_TEST_DB=postgres needs OFFHOOK_TEST_PG_URL; run tests/hub/run-postgres.mjs')
  return url
}

async function admin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl() })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** An empty database: PGlite in memory, or a fresh one on the PostgreSQL server. */
export async function emptyStorage(): Promise<Storage> {
  if (!onPostgres) {
    const template = new Blob([readFileSync(inject('template'))])
    return { options: { data: 'memory', template }, remove: async () => {} }
  }
  const name = `hub_${randomUUID().replaceAll('-', '')}`
  await admin(`create database ${name}`)
  const url = new URL(serverUrl())
  url.pathname = `/${name}`
  return {
    options: { databaseUrl: url.href },
    remove: () => admin(`drop database ${name} with (force)`),
  }
}

/** A directory for `--data` that is as after a first start, without the three seconds that making it anew takes. */
export function seedDirectory(dir: string): void {
  const to = join(dir, 'pglite')
  mkdirSync(to, { recursive: true })
  execFileSync('tar', ['-xf', inject('template'), '-C', to], { stdio: 'ignore' })
}

/** The same that outlives a hub: a directory, or a database. */
export async function lastingStorage(): Promise<Storage> {
  if (onPostgres) return emptyStorage()
  const dir = mkdtempSync(join(tmpdir(), 'hub-test-'))
  seedDirectory(dir)
  return { options: { data: dir }, remove: async () => rmSync(dir, { recursive: true, force: true }) }
}

export interface Reply {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: answers are checked field by field
  body: any
}

/** A client with a token, or without. */
export class Client {
  constructor(
    readonly url: string,
    readonly token: string | null = null,
  ) {}

  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const all: Record<string, string> = { ...headers }
    if (this.token) all.authorization ??= `Bearer ${this.token}`
    const init: RequestInit = { method, headers: all }
    if (body !== undefined) {
      all['content-type'] ??= 'application/json'
      init.body = typeof body === 'string' ? body : JSON.stringify(body)
    }
    const response = await fetch(this.url + path, init)
    const text = await response.text()
    const json = /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text }
  }

  get = (path: string) => this.send('GET', path)
  post = (path: string, body?: unknown, key?: string) => this.send('POST', path, body, withKey(key))
  patch = (path: string, body?: unknown, key?: string) => this.send('PATCH', path, body, withKey(key))
  put = (path: string, body?: unknown, key?: string) => this.send('PUT', path, body, withKey(key))
}

const withKey = (key?: string): Record<string, string> => (key === undefined ? {} : { 'idempotency-key': key })

export interface TestHub {
  hub: Hub
  url: string
  /** Every log line so far. */
  log: string[]
  /** The clock of the hub; tests move it. */
  clock: { now: number }
  anonymous: Client
  alice: Client
  bob: Client
  sue: Client
  /** A program with the role admin. */
  program: Client
  stop(): Promise<void>
}

export const AGENTS = [
  { extension: '1001', name: 'Alice', password: 'correct horse' },
  { extension: '1002', name: 'Bob' },
  { extension: '1003', name: 'Sue', role: 'supervisor' as const },
]

/** A hub with Alice (1001), Bob (1002) and the supervisor Sue (1003). */
export async function startHub(options: HubOptions = {}, storage?: Storage): Promise<TestHub> {
  const own = storage ?? (await emptyStorage())
  const log: string[] = []
  const clock = { now: 1_790_000_000_000 }
  const hub = await createHub({
    port: 0,
    agents: AGENTS,
    rateLimit: false,
    clock: () => clock.now,
    logger: { level: 'trace', stream: { write: (line) => log.push(line) } },
    ...own.options,
    ...options,
  })
  const url = await hub.listen()
  const as = async (extension: string) => new Client(url, await hub.auth.issueToken({ extension }))
  return {
    hub,
    url,
    log,
    clock,
    anonymous: new Client(url),
    alice: await as('1001'),
    bob: await as('1002'),
    sue: await as('1003'),
    program: new Client(url, await hub.auth.issueToken({ role: 'admin' })),
    async stop() {
      await hub.close()
      if (!storage) await own.remove()
    },
  }
}

/** A call_log as a Phone sends it while it rings. */
export function ringing(key: string, extra: object = {}) {
  return {
    key,
    call_id: `call-${key}`,
    type: 'inbound',
    status: 'ringing',
    end_reason: 'none',
    call_from: '+442079460123',
    call_to: '1001',
    extension_id: null,
    contact_id: null,
    contact_name: null,
    duration: 0,
    started_at: 1_790_000_000_000,
    connected_at: null,
    ended_at: null,
    hold_ms: 0,
    queue_name: null,
    server_call_log_token: null,
    yeastar_call_id: null,
    queue_number: null,
    channel_id: null,
    sip_call_id: `${key}@pbx`,
    notes: '',
    disposition: null,
    revision: 1,
    ...extra,
  }
}
