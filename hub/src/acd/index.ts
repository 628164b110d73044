// The contact centre in the hub: puts settings, store, writer, lease and
// webhooks together and stands between them and the PBX's side. It routes no
// call; that is the engine's (docs/queues.md).
import { randomInt, randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { FastifyBaseLogger } from 'fastify'
import { dayStart } from '../agent_day.js'
import type { Database } from '../database.js'
import type { PbxSide } from '../pbx/index.js'
import type { AcdHost } from '../pbx/service.js'
import { rootCause } from '../problem.js'
import { revisions } from '../schema.js'
import type { GrpcOptions } from './grpc.js'
import type { AcdChanges, AcdEffect, Restored } from './items.js'
import { Lease } from './lease.js'
import { Reports } from './reports.js'
import { Retention, type RetentionOptions } from './retention.js'
import { AcdSettings } from './settings.js'
import type { SettingsWire } from './settings_schemas.js'
import { AcdStore } from './store.js'
import { type WebhookOptions, Webhooks } from './webhooks.js'
import { AcdWriter } from './writer.js'

/** What may be set of it; the defaults stand behind. */
export interface AcdOptions {
  /** Entries of the journal after which a snapshot is taken: 1,000. */
  snapshotEntries?: number
  /** Bytes of the journal after which a snapshot is taken: 256 KiB, so that a restart fits into the engine at once. */
  snapshotBytes?: number
  /** Or after this time: 5 minutes. */
  snapshotEvery_ms?: number
  webhooks?: WebhookOptions
  /** Serves hub/proto on a port of its own; absent: not. */
  grpc?: GrpcOptions
  /** How long records, notes and numbers are kept; what is not given is kept for ever. */
  retention?: RetentionOptions
}

const SNAPSHOT_ENTRIES = 1_000
const SNAPSHOT_BYTES = 256 * 1024
const SNAPSHOT_MS = 5 * 60_000
/** How long a stop waits for calls to be given back to the dialplan. */
const DRAIN_MS = 2_000
/** Where several hubs share the database, settings that another has changed are known after this time. */
const RELOAD_MS = 5_000
/** The row of `revisions` that holds the engine's seed. */
const SEED = 'acd_seed'
/** No lease has this epoch: nothing may be written. */
const NO_EPOCH = -1

export interface AcdParts {
  database: Database
  log: FastifyBaseLogger
  now: () => number
  options: AcdOptions
  /** Whose midnight begins the day of the queues. */
  zone: string
  /** Where this hub answers; known when it listens. */
  address(): string | null
}

export class Acd implements AcdHost {
  readonly store: AcdStore
  readonly lease: Lease
  readonly webhooks: Webhooks
  readonly retention: Retention
  readonly reports: Reports
  readonly #settings: AcdSettings
  readonly #parts: AcdParts
  #writer: AcdWriter
  #pbx: PbxSide | null = null
  #active = false
  #day: [from: number, until: number] = [0, 0]
  #reload: NodeJS.Timeout | null = null

  constructor(parts: AcdParts) {
    const { database, now, log } = parts
    this.#parts = parts
    this.#settings = new AcdSettings(database.db, now)
    this.reports = new Reports(database.db, now)
    this.retention = new Retention(database.db, now, log, parts.options.retention ?? {})
    this.webhooks = new Webhooks(database.db, now, log, parts.options.webhooks ?? {})
    this.store = new AcdStore({
      db: database.db,
      now,
      queueOf: (queue) => this.#settings.queue(queue),
      enqueueWebhooks: (tx, events) => this.webhooks.enqueue(tx, events),
    })
    this.#writer = this.#newWriter()
    this.lease = new Lease({
      db: database.db,
      log,
      holder: randomUUID(),
      alone: database.kind === 'pglite',
      address: parts.address,
      onActive: (epoch) => this.#begin(epoch),
      onLost: (detail) => this.#end(detail),
    })
  }

  #newWriter(): AcdWriter {
    const { log, now, options } = this.#parts
    return new AcdWriter({
      store: this.store,
      log,
      now,
      entries: options.snapshotEntries ?? SNAPSHOT_ENTRIES,
      bytes: options.snapshotBytes ?? SNAPSHOT_BYTES,
      every_ms: options.snapshotEvery_ms ?? SNAPSHOT_MS,
      askSnapshot: () => this.#pbx?.askSnapshot(),
      onFenced: () => this.lease.lost('another hub writes the records'),
      onWebhooks: () => this.webhooks.wake(),
    })
  }

  get settings(): AcdSettings {
    return this.#settings
  }

  /** Begins: at once where nobody else can be active, else when the lease is this hub's. */
  async start(pbx: PbxSide, onSettings: () => void): Promise<void> {
    this.#pbx = pbx
    this.#settings.onChanged = (settings) => {
      if (this.#active) pbx.queuesChanged(settings)
      onSettings()
    }
    await this.#settings.load()
    await this.webhooks.load()
    if (pbx.link.where === null) return pbx.start()
    await this.lease.start()
    if (this.#parts.database.kind === 'pglite') return
    // Another hub may have changed them.
    this.#reload = setInterval(() => {
      if (this.lease.state.state === 'active' && !this.lease.hasStandby) return
      Promise.all([this.#settings.load(), this.webhooks.load()]).catch((error: unknown) =>
        this.#failed(error, 'settings were not read again'),
      )
    }, RELOAD_MS).unref()
  }

  #failed(error: unknown, what: string): void {
    this.#parts.log.error({ cause: rootCause(error).message }, what)
  }

  async #begin(epoch: number): Promise<void> {
    this.store.epoch = epoch
    this.#writer = this.#newWriter()
    await this.#settings.load()
    await this.webhooks.load()
    await this.store.forgetNow()
    await this.#pbx?.start()
    this.#active = true
    this.webhooks.start()
  }

  #end(detail: string): void {
    this.#active = false
    this.webhooks.stop()
    this.store.epoch = NO_EPOCH
    void this.#writer.close(0)
    this.#pbx?.standDown(detail)
  }

  // --- what the PBX's side asks for and tells (AcdHost) ---

  async restored(): Promise<Restored | null> {
    const restored = await this.store.restore()
    this.#writer.begin(restored.journal.length)
    return restored.snapshot === null && restored.journal.length === 0 ? null : restored
  }

  /**
   * What the engine's random choices and names begin from: the same for every engine on this database, since a journal
   * that is read again must give the records the names under which they are stored.
   */
  async seed(): Promise<number> {
    const { db } = this.#parts.database
    await db
      .insert(revisions)
      .values({ stream: SEED, revision: randomInt(1, 2 ** 31) })
      .onConflictDoNothing()
    const [row] = await db.select().from(revisions).where(eq(revisions.stream, SEED))
    return row?.revision ?? 1
  }

  currentSettings(): SettingsWire {
    return this.#settings.current
  }

  /** The next midnight, at which the queues' day begins anew. */
  midnight(at: number): number {
    const [from, until] = this.#day
    if (at >= from && at < until) return until
    const { zone } = this.#parts
    const begun = dayStart(at, zone)
    // Some days have 23 or 25 hours.
    this.#day = [begun, dayStart(begun + 36 * 3_600_000, zone)]
    return this.#day[1]
  }

  effect(effect: AcdEffect): void {
    this.#writer.effect(effect)
  }

  changes(changes: AcdChanges): void {
    this.#writer.changes(changes)
  }

  /** Resolves when everything that the engine told is stored. */
  settle(): Promise<void> {
    return this.#writer.settle()
  }

  /** Forgets what is old enough: once an hour. */
  async sweep(): Promise<void> {
    await this.webhooks.sweep()
    await this.retention.sweep()
  }

  // --- the end ---

  /** Gives the waiting calls back to the dialplan, unless another hub is there to go on with them. */
  async drain(): Promise<void> {
    if (this.#reload) clearInterval(this.#reload)
    const pbx = this.#pbx
    if (!this.#active || !pbx || pbx.link.state !== 'live') return
    const routes = this.#settings.current.queues.some(({ mode }) => mode === 'offhook')
    if (routes && !this.lease.hasStandby) {
      const late = new Promise<void>((done) => setTimeout(done, DRAIN_MS).unref())
      // An engine that knows no such command has nothing to give back.
      await Promise.race([
        pbx.ask('drain', {}).then(
          () => {},
          () => {},
        ),
        late,
      ])
    }
    if (this.store.hasWritten) pbx.askSnapshot()
  }

  /** After the PBX's side has ended: writes what waits, then lets another hub begin. */
  async stop(): Promise<void> {
    await this.#writer.close()
    await this.webhooks.close()
    this.#active = false
    await this.lease.stop()
  }
}
