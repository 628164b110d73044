// Opens the database: PGlite in a directory or in memory, or PostgreSQL by
// URL; applies the migrations; closes. One SQL dialect, one Drizzle face for
// both. It holds no records and no queries of its own.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import { migrate as migratePg } from 'drizzle-orm/node-postgres/migrator'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator'
import pg from 'pg'
import { rootCause } from './problem.js'
import * as schema from './schema.js'

export type Db = PgDatabase<PgQueryResultHKT, typeof schema>
/** The database inside a transaction; queries take either. */
export type Tx = Parameters<Parameters<Db['transaction']>[0]>[0]

export interface Database {
  db: Db
  kind: 'pglite' | 'postgresql'
  /** Where the records are, fit for a log line: no password. */
  where: string
  /** Answers whether a query comes back within the time. */
  alive(timeout_ms: number): Promise<boolean>
  close(): Promise<void>
}

/** The database cannot be used; the message says what to do. */
export class DatabaseError extends Error {
  override name = 'DatabaseError'
}

const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url))

/** Any constant will do, as long as every hub takes the same. */
const MIGRATION_LOCK = 846_012_001

/** Opens PostgreSQL when a URL is given, else PGlite in `data` (a directory, or `memory`). */
export async function openDatabase(options: {
  databaseUrl?: string | undefined
  data: string
  /** A dump of a PGlite directory to begin with, for `memory` only. */
  template?: Blob | undefined
  onError?: (error: unknown) => void
}): Promise<Database> {
  return options.databaseUrl !== undefined
    ? openPostgres(options.databaseUrl, options.onError ?? (() => {}))
    : openPglite(options.data, options.template)
}

async function openPostgres(url: string, onError: (error: unknown) => void): Promise<Database> {
  const where = describeUrl(url)
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 5_000 })
  // An idle connection that dies must not take the process with it; the next query tells.
  pool.on('error', onError)
  try {
    const client = await pool.connect()
    try {
      await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
      try {
        await migratePg(drizzlePg(client), { migrationsFolder: MIGRATIONS })
      } finally {
        await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK])
      }
    } finally {
      client.release()
    }
  } catch (error) {
    await pool.end().catch(() => {})
    throw new DatabaseError(
      `PostgreSQL at ${where} cannot be used: ${rootCause(error).message}. ` +
        'Check that the server runs, that the database exists and that DATABASE_URL has the right user and password; ' +
        'without DATABASE_URL the hub keeps its records in the --data directory.',
    )
  }
  const db = drizzlePg(pool, { schema }) as unknown as Db
  return { db, kind: 'postgresql', where, alive: (ms) => answers(db, ms), close: () => pool.end() }
}

/** Checks DATABASE_URL and hides its password. */
function describeUrl(url: string): string {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    throw new DatabaseError(
      'DATABASE_URL is not a URL. Expected postgresql://user:password@host:5432/database; unset it to use the --data directory.',
    )
  }
  if (parsed.protocol !== 'postgres:' && parsed.protocol !== 'postgresql:') {
    throw new DatabaseError(
      `DATABASE_URL begins with ${parsed.protocol}// but the hub speaks only PostgreSQL. Expected postgresql://user:password@host:5432/database.`,
    )
  }
  return `${parsed.host || parsed.searchParams.get('host') || 'localhost'}${parsed.pathname}`
}

async function openPglite(data: string, template?: Blob): Promise<Database> {
  const memory = data === 'memory'
  const dir = memory ? '' : resolve(data)
  const unlock = memory ? () => {} : lockDirectory(dir)
  let lite: PGlite
  try {
    lite = memory
      ? new PGlite({ dataDir: 'memory://', ...(template ? { loadDataDir: template } : {}) })
      : new PGlite(join(dir, 'pglite'))
    await lite.waitReady
    await migratePglite(drizzlePglite(lite), { migrationsFolder: MIGRATIONS })
  } catch (error) {
    unlock()
    throw new DatabaseError(
      `The records in ${memory ? 'memory' : dir} cannot be opened: ${rootCause(error).message}. ` +
        'Check the free space and the permissions, or give another --data directory.',
    )
  }
  const db = drizzlePglite(lite, { schema }) as unknown as Db
  const close = async () => {
    await lite.close()
    unlock()
  }
  return { db, kind: 'pglite', where: memory ? 'memory' : dir, alive: (ms) => answers(db, ms), close }
}

/** PGlite does not notice a second process in its directory and both would lose data, so the hub does. */
function lockDirectory(dir: string): () => void {
  const file = join(dir, 'hub.lock')
  try {
    mkdirSync(dir, { recursive: true })
  } catch (error) {
    throw new DatabaseError(
      `The directory ${dir} cannot be made: ${rootCause(error).message}. Give --data a directory you may write to.`,
    )
  }
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return () => rmSync(file, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new DatabaseError(`${dir} cannot be written: ${rootCause(error).message}. Give another --data directory.`)
      }
      const pid = Number(readFileSync(file, 'utf8'))
      if (isRunning(pid)) {
        throw new DatabaseError(
          `${dir} is in use by process ${pid}. Stop that hub first, give another --data directory, or use DATABASE_URL.`,
        )
      }
      rmSync(file, { force: true }) // left behind by a hub that was killed
    }
  }
  throw new DatabaseError(`${dir} is in use by another hub.`)
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function answers(db: Db, timeout_ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((done) => {
    timer = setTimeout(done, timeout_ms, false)
  })
  const query = db.execute(sql`select 1`).then(
    () => true,
    () => false,
  )
  return Promise.race([query, late]).finally(() => clearTimeout(timer))
}
