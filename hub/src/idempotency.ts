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
  #running = new Map<string, { bodyHash: string; answer: Promise<Answer<unknown>> }>()

  constructor(db: Db, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /** Runs `work` once for each key of each principal and path; without a key, simply runs it. */
  async once<T>(request: FastifyRequest, work: () => Promise<Answer<T>>): Promise<Answer<T>> {
    const key = request.headers['idempotency-key']
    if (typeof key !== 'string' || key === '') return work()
    const path = `${request.method} ${request.url.split('?')[0]}`
    const place = { scope: request.principal?.id ?? '', path, key }
    const bodyHash = createHash('sha256').update(canonicalJson(request.body)).digest('hex')
    const name = JSON.stringify(place)
    const running = this.#running.get(name)
    if (running) {
      if (running.bodyHash !== bodyHash) throw mismatch()
      return running.answer as Promise<Answer<T>>
    }
    const answer = this.#first(place, bodyHash, work).finally(() => this.#running.delete(name))
    this.#running.set(name, { bodyHash, answer })
    return answer
  }

  async #first<T>(
    place: { scope: string; path: string; key: string },
    bodyHash: string,
    work: () => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    const k = idempotency_keys
    const here = and(eq(k.scope, place.scope), eq(k.path, place.path), eq(k.key, place.key))
    const [known] = await this.#db.select().from(k).where(here)
    if (known && known.created_at > this.#now() - KEPT_MS) {
      if (known.body_hash !== bodyHash) throw mismatch()
      return { status: known.status, body: JSON.parse(known.answer) as T }
    }
    const answer = await work()
    const row = {
      ...place,
      body_hash: bodyHash,
      status: answer.status,
      answer: JSON.stringify(answer.body),
      created_at: this.#now(),
    }
    await this.#db
      .insert(k)
      .values(row)
      .onConflictDoUpdate({ target: [k.scope, k.path, k.key], set: row })
    return answer
  }

  /** Forgets what is older than a day. */
  async sweep(): Promise<void> {
    await this.#db.delete(idempotency_keys).where(lt(idempotency_keys.created_at, this.#now() - KEPT_MS))
  }
}
