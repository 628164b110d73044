// Webhooks: who is told of what, and the outbox that outlives the hub. What is
// to be sent is stored in the transaction of what it tells of; each delivery is
// tried until it is taken, and after the last try kept in a dead list. Signed
// as standardwebhooks.com says. The order of deliveries is not promised.
import { randomBytes, randomUUID } from 'node:crypto'
import { and, asc, count, desc, eq, inArray, lt, lte } from 'drizzle-orm'
import type { FastifyBaseLogger } from 'fastify'
import { Webhook } from 'standardwebhooks'
import { type Agent, request } from 'undici'
import { type Actor, note } from '../audit.js'
import type { Db, Tx } from '../database.js'
import { Problem, rootCause } from '../problem.js'
import { webhook_outbox, webhooks } from '../schema.js'
import { VERSION } from '../version.js'
import type { Batch } from './store.js'
import { checkWebhookUrl, webhookAgent } from './webhook_address.js'

export interface WebhookOptions {
  /** Targets on this machine and in private networks, and plain http, are allowed. Default: not. */
  allowPrivate?: boolean
  /** Waits between the tries; the first try is at once. Standard Webhooks' own are the default: about three days. */
  retry_ms?: number[]
  /** A target that has not answered by then has not taken it. Default and most: 10 s. */
  timeout_ms?: number
}

const S = 1_000
const RETRY_MS = [5 * S, 300 * S, 1800 * S, 7200 * S, 18_000 * S, 36_000 * S, 50_400 * S, 72_000 * S, 86_400 * S]
const TIMEOUT_MS = 10 * S
const HOOKS_MAX = 100
/** Deliveries to one target at once; a slow target holds up itself only. */
const AT_ONCE = 4
/** Deliveries that may wait for one target; of more the oldest are given up. */
const WAITING_MOST = 100_000
/** Looks for what is due, also when nothing new came. */
const LOOK_MS = 5 * S
const DELIVERED_KEPT_MS = 86_400 * S
const DEAD_KEPT_MS = 30 * 86_400 * S

type Hook = typeof webhooks.$inferSelect
type Row = typeof webhook_outbox.$inferSelect

export const webhookUnknown = (id: string) =>
  new Problem(404, 'webhook_unknown', 'No such webhook', `There is no webhook ${id}.`)

export class Webhooks {
  readonly #db: Db
  readonly #now: () => number
  readonly #log: FastifyBaseLogger
  readonly #o: WebhookOptions
  #hooks: Hook[] = []
  #agent: Agent
  #busy = new Set<string>()
  #timer: NodeJS.Timeout | null = null
  #sending = new Set<Promise<void>>()
  #running = false

  constructor(db: Db, now: () => number, log: FastifyBaseLogger, options: WebhookOptions) {
    this.#db = db
    this.#now = now
    this.#log = log
    this.#o = options
    this.#agent = webhookAgent(options.allowPrivate ?? false)
  }

  /** Reads who is told; also when another hub may have changed it. */
  async load(): Promise<void> {
    this.#hooks = await this.#db.select().from(webhooks).orderBy(asc(webhooks.created_at))
  }

  /** From now on what is due is sent; only the active hub does. */
  start(): void {
    if (this.#running) return
    this.#running = true
    this.#timer = setInterval(() => this.wake(), LOOK_MS).unref()
    this.wake()
  }

  stop(): void {
    this.#running = false
    if (this.#timer) clearInterval(this.#timer)
  }

  async close(): Promise<void> {
    this.stop()
    await this.#agent.destroy().catch(() => {})
    await Promise.allSettled([...this.#sending])
  }

  // --- registration ---

  async list() {
    const o = webhook_outbox
    const rows = await this.#db
      .select({ id: o.webhook_id, state: o.state, n: count() })
      .from(o)
      .where(inArray(o.state, ['waiting', 'dead']))
      .groupBy(o.webhook_id, o.state)
    const of = (id: string, state: string) => rows.find((row) => row.id === id && row.state === state)?.n ?? 0
    await this.load()
    return this.#hooks.map(({ id, url, events, created_at }) => ({
      id,
      url,
      events,
      created_at,
      waiting: of(id, 'waiting'),
      dead: of(id, 'dead'),
    }))
  }

  /** Registers a target; its secret is in this answer and in no other. */
  async add(input: { url: string; events: string[]; secret?: string }, actor: Actor) {
    const url = checkWebhookUrl(input.url, this.#o.allowPrivate ?? false)
    await this.load()
    if (this.#hooks.length >= HOOKS_MAX) {
      throw new Problem(422, 'too_many_webhooks', 'Too many', `There may be at most ${HOOKS_MAX} webhooks.`)
    }
    const secret = input.secret ?? `whsec_${randomBytes(32).toString('base64')}`
    checkSecret(secret)
    const hook = { id: `wh_${randomUUID()}`, url, events: [...new Set(input.events)], secret, created_at: this.#now() }
    await this.#db.transaction(async (tx) => {
      await tx.insert(webhooks).values(hook)
      const after = { id: hook.id, url, events: hook.events }
      await note(tx, this.#now(), { actor, action: 'webhook.add', extension: '', after })
    })
    this.#hooks.push(hook)
    return { ...hook, waiting: 0, dead: 0 }
  }

  async remove(id: string, actor: Actor): Promise<void> {
    await this.#db.transaction(async (tx) => {
      const [row] = await tx.delete(webhooks).where(eq(webhooks.id, id)).returning()
      if (!row) throw webhookUnknown(id)
      const before = { id, url: row.url, events: row.events }
      await note(tx, this.#now(), { actor, action: 'webhook.remove', extension: '', before })
    })
    this.#hooks = this.#hooks.filter((hook) => hook.id !== id)
  }

  /** What was given up, newest first; `next` is the `before` of the next page. */
  async dead(id: string, limit: number, before?: number) {
    await this.#need(id)
    const o = webhook_outbox
    const items = await this.#db
      .select({
        id: o.id,
        webhook_id: o.webhook_id,
        message_id: o.message_id,
        event: o.event,
        attempts: o.attempts,
        last_error: o.last_error,
        created_at: o.created_at,
      })
      .from(o)
      .where(and(eq(o.webhook_id, id), eq(o.state, 'dead'), before === undefined ? undefined : lt(o.id, before)))
      .orderBy(desc(o.id))
      .limit(limit)
    return { items, next: items.length === limit ? (items.at(-1)?.id ?? null) : null }
  }

  /** Tries everything again that was given up; how many that is. */
  async retry(id: string): Promise<number> {
    await this.#need(id)
    const o = webhook_outbox
    const rows = await this.#db
      .update(o)
      .set({ state: 'waiting', attempts: 0, next_at: this.#now() })
      .where(and(eq(o.webhook_id, id), eq(o.state, 'dead')))
      .returning({ id: o.id })
    this.wake()
    return rows.length
  }

  async #need(id: string): Promise<void> {
    const [row] = await this.#db.select({ id: webhooks.id }).from(webhooks).where(eq(webhooks.id, id))
    if (!row) throw webhookUnknown(id)
  }

  // --- the outbox ---

  /** Puts events into the outbox of each target that wants them. */
  async enqueue(tx: Tx, events: Batch['webhooks']): Promise<void> {
    const rows = events.flatMap(({ event, data, at, id }) => {
      const body = JSON.stringify({ type: event, timestamp: new Date(at).toISOString(), data })
      const wanted = this.#hooks.filter((hook) => hook.events.includes('*') || hook.events.includes(event))
      const message_id = id ?? `msg_${randomUUID()}`
      return wanted.map((hook) => ({ webhook_id: hook.id, message_id, event, body, ...this.#fresh() }))
    })
    if (rows.length === 0) return
    // One that was removed meanwhile, at this hub or another, is left out: it may not cost what is stored beside it.
    const there = await tx.select({ id: webhooks.id }).from(webhooks).for('share')
    const wanted = rows.filter(({ webhook_id }) => there.some(({ id }) => id === webhook_id))
    for (let at = 0; at < wanted.length; at += 500) {
      const part = wanted.slice(at, at + 500)
      // The same message twice is one.
      await tx.insert(webhook_outbox).values(part).onConflictDoNothing()
    }
  }

  #fresh() {
    const now = this.#now()
    return { state: 'waiting', attempts: 0, next_at: now, created_at: now }
  }

  /** Sends what is due. */
  wake(): void {
    if (!this.#running || this.#hooks.length === 0) return
    for (const hook of this.#hooks) {
      if (this.#busy.has(hook.id)) continue
      this.#busy.add(hook.id)
      const work = this.#drain(hook)
        .catch((error: unknown) => {
          this.#log.warn({ webhook: hook.id, cause: rootCause(error).message }, 'the outbox could not be read')
        })
        .finally(() => {
          this.#busy.delete(hook.id)
          this.#sending.delete(work)
        })
      this.#sending.add(work)
    }
  }

  async #drain(hook: Hook): Promise<void> {
    const o = webhook_outbox
    while (this.#running && this.#hooks.some(({ id }) => id === hook.id)) {
      const due = await this.#db
        .select()
        .from(o)
        .where(and(eq(o.webhook_id, hook.id), eq(o.state, 'waiting'), lte(o.next_at, this.#now())))
        .orderBy(asc(o.next_at), asc(o.id))
        .limit(AT_ONCE)
      if (due.length === 0) return
      await Promise.all(due.map((row) => this.#deliver(hook, row)))
    }
  }

  async #deliver(hook: Hook, row: Row): Promise<void> {
    const error = await this.#send(hook, row)
    if (!this.#running) return
    const o = webhook_outbox
    const attempts = row.attempts + 1
    const now = this.#now()
    const waits = this.#o.retry_ms ?? RETRY_MS
    const wait = waits[attempts - 1]
    const set =
      error === null
        ? { state: 'delivered', attempts, delivered_at: now, last_error: null }
        : wait === undefined || error === GONE
          ? { state: 'dead', attempts, last_error: error }
          : // ± 10 %, so that all who failed together do not come back together
            { attempts, last_error: error, next_at: now + Math.round(wait * (0.9 + Math.random() * 0.2)) }
    await this.#db.update(o).set(set).where(eq(o.id, row.id))
    if (set.state === 'dead') {
      this.#log.warn({ webhook: hook.id, event: row.event, attempts, cause: error }, 'a webhook was given up')
    }
  }

  /** null: taken; else why not. */
  async #send(hook: Hook, row: Row): Promise<string | null> {
    const at = new Date() // receivers compare it with their own clock
    try {
      // Registered when it was allowed, perhaps: an address in digits is resolved by nobody who would look again.
      checkWebhookUrl(hook.url, this.#o.allowPrivate ?? false)
      const { statusCode, body } = await request(hook.url, {
        method: 'POST',
        dispatcher: this.#agent,
        signal: AbortSignal.timeout(Math.min(this.#o.timeout_ms ?? TIMEOUT_MS, TIMEOUT_MS)),
        headers: {
          'content-type': 'application/json',
          'user-agent': `offhook-hub/${VERSION}`,
          'webhook-id': row.message_id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
          'webhook-signature': new Webhook(hook.secret).sign(row.message_id, at, row.body),
        },
        body: row.body,
      })
      await body.dump({ limit: 16 * 1024 }).catch(() => {})
      if (statusCode >= 200 && statusCode < 300) return null
      return statusCode === 410 ? GONE : `answered ${statusCode}`
    } catch (error) {
      const { message } = rootCause(error)
      return /timeout|aborted/i.test(message) ? 'no answer in time' : message.slice(0, 300)
    }
  }

  /** Forgets what was delivered a day ago, or given up a month ago; gives up what waits in too great a number. */
  async sweep(): Promise<void> {
    const o = webhook_outbox
    const now = this.#now()
    await this.#db.delete(o).where(and(eq(o.state, 'delivered'), lt(o.created_at, now - DELIVERED_KEPT_MS)))
    await this.#db.delete(o).where(and(eq(o.state, 'dead'), lt(o.created_at, now - DEAD_KEPT_MS)))
    for (const { id } of this.#hooks) {
      const [edge] = await this.#db
        .select({ id: o.id })
        .from(o)
        .where(and(eq(o.webhook_id, id), eq(o.state, 'waiting')))
        .orderBy(desc(o.id))
        .limit(1)
        .offset(WAITING_MOST)
      if (!edge) continue
      const where = and(eq(o.webhook_id, id), eq(o.state, 'waiting'), lte(o.id, edge.id))
      await this.#db.update(o).set({ state: 'dead', last_error: 'too many were waiting' }).where(where)
    }
  }
}

const GONE = 'answered 410: wants no more'

function checkSecret(secret: string): void {
  try {
    new Webhook(secret)
    const bytes = Buffer.from(secret.replace(/^whsec_/, ''), 'base64').length
    if (bytes >= 24 && bytes <= 64) return
  } catch {
    // said below
  }
  throw new Problem(422, 'webhook_secret', 'Not a secret', 'A secret is whsec_ and 24 to 64 bytes in base64.')
}
