// The same Idempotency-Key with the same path gives the first answer again,
// for a day. A duplicate that arrives while the first is under way waits for
// it. Refusals are not kept: they did nothing, and may be right later.
import { createHash } from 'node:crypto'
import { and, eq, lt } from 'drizzle-orm'
import type { FastifyRequest } from 'fastify'
import type { Db } from './database.js'
import { canonicalJson } from './json_body.js'
import { Problem } from './problem.js'
import { idempotency_keys } from './schema.js'

export interface Answer<T> {
  status: number
  body: T
}

interface Place {
  scope: string
  path: string
  key: string
}

/** An answer and the hash of the body that it answered. */
interface Known<T> extends Answer<T> {
  bodyHash: string
}

const KEPT_MS = 24 * 60 * 60 * 1000

const mismatch = () =>
  new Problem(
    422,
    'idempotency_mismatch',
    'Another request had this key',
    'This Idempotency-Key was used on this path with another body. A new request needs a new key.',
  )

export class Idempotency {
  readonly #db: Db
  readonly #now: () => number
  #running = new Map<string, { answer: Promise<Known<unknown>> }>()

  constructor(db: Db, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /**
   * Runs `work` once for each key of each principal and path; without a key,
   * simply runs it. Another body with the same key is refused, unless
   * `supersedes` finds that it is a newer state of what was answered first:
   * a Phone whose create was never answered repeats it with what it knows now.
   */
  async once<T>(
    request: FastifyRequest,
    work: () => Promise<Answer<T>>,
    supersedes: (first: T) => boolean = () => false,
  ): Promise<Answer<T>> {
    const key = request.headers['idempotency-key']
    const path = `${request.method} ${request.url.split('?')[0]}`
    const { principal, body } = request
    return this.onceFor({ principal, path, key: typeof key === 'string' ? key : '', body }, work, supersedes)
  }

  /** The same for what came by another way than HTTP. */
  async onceFor<T>(
    asked: { principal: { id: string } | null; path: string; key: string; body: unknown },
    work: () => Promise<Answer<T>>,
    supersedes: (first: T) => boolean = () => false,
  ): Promise<Answer<T>> {
    const { principal, path, key, body } = asked
    if (key === '') return work()
    const place = { scope: principal?.id ?? '', path, key }
    const bodyHash = createHash('sha256').update(canonicalJson(body)).digest('hex')
    const name = JSON.stringify(place)
    const running = this.#running.get(name)
    const first = running ?? { answer: this.#first(place, bodyHash, work) }
    if (!running) {
      this.#running.set(name, first)
      void first.answer.catch(() => {}).finally(() => this.#running.delete(name))
    }
    const known = (await first.answer) as Known<T>
    if (known.bodyHash === bodyHash) return known
    if (supersedes(known.body)) return work()
    throw mismatch()
  }

  /** The stored answer of this place, or that of `work`, which is then stored. */
  async #first<T>(place: Place, bodyHash: string, work: () => Promise<Answer<T>>): Promise<Known<T>> {
    const k = idempotency_keys
    const here = and(eq(k.scope, place.scope), eq(k.path, place.path), eq(k.key, place.key))
    const [stored] = await this.#db.select().from(k).where(here)
    if (stored && stored.created_at > this.#now() - KEPT_MS) {
      return { status: stored.status, body: JSON.parse(stored.answer) as T, bodyHash: stored.body_hash }
    }
    const { status, body } = await work()
    const row = { ...place, body_hash: bodyHash, status, answer: JSON.stringify(body), created_at: this.#now() }
    await this.#db
      .insert(k)
      .values(row)
      .onConflictDoUpdate({ target: [k.scope, k.path, k.key], set: row })
    return { status, body, bodyHash }
  }

  /** Forgets what is older than a day. */
  async sweep(): Promise<void> {
    await this.#db.delete(idempotency_keys).where(lt(idempotency_keys.created_at, this.#now() - KEPT_MS))
  }
}
