// Which of several hubs on one database acts at the PBX: a row with a holder
// and a time, renewed every 2 s, taken over when it has expired. Each change of
// holder raises the epoch, and what an earlier holder still writes is refused
// by it (store.ts). The clock is the database's: hubs need not agree on one.
import { and, eq, sql } from 'drizzle-orm'
import type { FastifyBaseLogger } from 'fastify'
import type { Db } from '../database.js'
import { rootCause } from '../problem.js'
import { hub_lease } from '../schema.js'
import { LEASE } from './store.js'

/** So long a lease holds after it was renewed last. */
const TTL_MS = 4_500
const RENEW_MS = 2_000
/** A hub that stands by looks this often: with TTL_MS it takes over within 6 s. */
const LOOK_MS = 1_000
/** The holder gives up this long before others may take over. */
const MARGIN_MS = 500
/** A standby that was seen so lately could take over. */
const STANDBY_MS = 10_000

export interface LeaseOptions {
  db: Db
  log: FastifyBaseLogger
  holder: string
  /** No other process can use the database: a lease that was left behind is taken at once. */
  alone: boolean
  /** Where this hub answers; known when it listens. */
  address(): string | null
  onActive(epoch: number): Promise<void>
  /** Everything at the PBX must end now. */
  onLost(detail: string): void
}

export interface LeaseState {
  state: 'none' | 'active' | 'standby'
  epoch: number | null
  since: number | null
  /** The active hub's address. */
  active_at: string | null
}

const nowSql = sql`(extract(epoch from clock_timestamp()) * 1000)::bigint`

export class Lease {
  readonly #o: LeaseOptions
  #state: LeaseState['state'] = 'none'
  #epoch: number | null = null
  #since: number | null = null
  #activeAt: string | null = null
  #timer: NodeJS.Timeout | null = null
  #stopped = false
  /** performance.now() when the last successful renewal began. */
  #renewed = 0
  #standbySeen = false
  #running: Promise<void> = Promise.resolve()

  constructor(options: LeaseOptions) {
    this.#o = options
  }

  get state(): LeaseState {
    return { state: this.#state, epoch: this.#epoch, since: this.#since, active_at: this.#activeAt }
  }

  /** Tries at once; resolves when this hub is active, or stands by. */
  async start(): Promise<void> {
    await this.#turn()
    this.#plan()
  }

  #plan(): void {
    if (this.#stopped) return
    this.#timer = setTimeout(
      () => {
        this.#running = this.#turn().then(() => this.#plan())
      },
      this.#state === 'active' ? RENEW_MS : LOOK_MS,
    ).unref()
  }

  async #turn(): Promise<void> {
    if (this.#state === 'active') return this.#renew()
    try {
      await this.#take()
    } catch (error) {
      this.#stand(this.#activeAt)
      this.#o.log.warn({ cause: rootCause(error).message }, 'the lease of the active hub cannot be read')
    }
  }

  async #renew(): Promise<void> {
    const begun = performance.now()
    const late = setTimeout(() => this.#overdue(), Math.max(0, this.#renewed + TTL_MS - MARGIN_MS - begun)).unref()
    try {
      const [row] = await this.#o.db
        .update(hub_lease)
        .set({ expires: sql`${nowSql} + ${TTL_MS}`, address: this.#o.address() })
        .where(
          and(eq(hub_lease.name, LEASE), eq(hub_lease.holder, this.#o.holder), eq(hub_lease.epoch, this.#epoch ?? 0)),
        )
        .returning({ seen: sql<boolean>`coalesce(${hub_lease.standby_seen} > ${nowSql} - ${STANDBY_MS}, false)` })
      if (!row) return this.lost('another hub has taken over')
      this.#renewed = begun
      this.#standbySeen = row.seen
    } catch (error) {
      this.#o.log.warn({ cause: rootCause(error).message }, 'the lease of the active hub was not renewed')
      if (performance.now() > this.#renewed + TTL_MS - MARGIN_MS) this.#overdue()
    } finally {
      clearTimeout(late)
    }
  }

  /** Not renewed in time. Where nobody stands by, nobody takes over: to go on serves the callers better. */
  #overdue(): void {
    if (this.#state === 'active' && this.#standbySeen) this.lost('the lease could not be renewed in time')
  }

  async #take(): Promise<void> {
    const { db, holder, alone } = this.#o
    const begun = performance.now()
    const mine = { holder, address: this.#o.address(), expires: sql`${nowSql} + ${TTL_MS}`, standby_seen: null }
    const [row] = await db
      .insert(hub_lease)
      .values({ name: LEASE, epoch: 1, ...mine })
      .onConflictDoUpdate({
        target: hub_lease.name,
        set: { ...mine, epoch: sql`${hub_lease.epoch} + 1` },
        setWhere: alone ? sql`true` : sql`${hub_lease.expires} < ${nowSql}`,
      })
      .returning({ epoch: hub_lease.epoch })
    if (!row) {
      const [held] = await db
        .update(hub_lease)
        .set({ standby_seen: nowSql })
        .where(eq(hub_lease.name, LEASE))
        .returning({ address: hub_lease.address })
      return this.#stand(held?.address ?? null)
    }
    if (this.#stopped) return this.#release(row.epoch)
    this.#renewed = begun
    this.#standbySeen = false
    this.#epoch = row.epoch
    this.#activeAt = this.#o.address()
    this.#since = Date.now()
    this.#state = 'active'
    this.#o.log.info({ epoch: row.epoch }, 'this hub is active at the PBX')
    await this.#o.onActive(row.epoch)
  }

  #stand(activeAt: string | null): void {
    const first = this.#state !== 'standby'
    this.#activeAt = activeAt
    if (!first) return
    this.#state = 'standby'
    this.#epoch = null
    this.#since = Date.now()
    this.#o.log.info({ active: activeAt ?? 'another hub' }, 'this hub stands by: another is active at the PBX')
    this.#o.onLost(`Another hub is active${activeAt ? `: ${activeAt}` : '.'}`)
  }

  /** This hub is not the holder any more. */
  lost(detail: string): void {
    if (this.#state !== 'active') return
    this.#o.log.error({ epoch: this.#epoch }, `this hub is not active any more: ${detail}`)
    this.#state = 'standby'
    this.#epoch = null
    this.#since = Date.now()
    this.#activeAt = null
    this.#o.onLost(`This hub stands by: ${detail}.`)
  }

  /** True while another hub waits to take over. */
  get hasStandby(): boolean {
    return this.#standbySeen
  }

  /** Gives the lease back, so that another can begin at once. */
  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#timer) clearTimeout(this.#timer)
    await this.#running
    if (this.#state === 'active' && this.#epoch !== null) await this.#release(this.#epoch)
    this.#state = 'none'
  }

  async #release(epoch: number): Promise<void> {
    await this.#o.db
      .update(hub_lease)
      .set({ expires: 0, address: null })
      .where(and(eq(hub_lease.name, LEASE), eq(hub_lease.holder, this.#o.holder), eq(hub_lease.epoch, epoch)))
      .catch((error: unknown) => {
        this.#o.log.warn({ cause: rootCause(error).message }, 'the lease of the active hub was not given back')
      })
  }
}
