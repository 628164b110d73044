// Gathers what the engine wants kept and writes it in the order in which it
// came, one batch after another, each in one transaction: what was told
// together is stored together or not at all. While the database is away it
// keeps everything, within bounds; what cannot be stored by itself is logged
// and left out, so that it holds up nothing.
import type { FastifyBaseLogger } from 'fastify'
import { isDatabaseDown, rootCause } from '../problem.js'
import type { AcdChanges, AcdEffect } from './items.js'
import { type AcdStore, type Batch, emptyBatch, Fenced } from './store.js'

/** Entries of one transaction. */
const BATCH = 500
/** Entries in memory while the database is away; beyond it a snapshot takes their place. */
const JOURNAL_MOST = 100_000
const RETRY_MS = [100, 250, 500, 1000, 2000, 5000]

export interface WriterOptions {
  store: AcdStore
  log: FastifyBaseLogger
  now: () => number
  /** A snapshot is asked for after so many entries, or so much of their text, or so long. */
  entries: number
  bytes: number
  every_ms: number
  /** Asks the engine for a snapshot; it comes back as an effect. */
  askSnapshot(): void
  /** Another hub holds the lease. */
  onFenced(): void
  /** Something was put into the outbox. */
  onWebhooks(): void
}

type One =
  | { kind: 'journal'; entry: unknown; at: number }
  | { kind: 'snapshot'; state: unknown }
  | { kind: 'record'; record: Batch['records'][number]; at: number }
  | { kind: 'webhook'; event: string; data: unknown; at: number }
  | { kind: 'changes'; changes: AcdChanges }

export class AcdWriter {
  readonly #o: WriterOptions
  #waiting: One[] = []
  #journalWaiting = 0
  #running: Promise<void> | null = null
  #sinceSnapshot = { entries: 0, bytes: 0 }
  #asked = false
  #timer: NodeJS.Timeout | null = null
  #closed = false
  #wake: (() => void) | null = null
  /** What was left out because the database took it under no circumstances. */
  dropped = 0

  constructor(options: WriterOptions) {
    this.#o = options
  }

  /** From now on it writes; `behind`: entries that a restart had to read. */
  begin(behind: number): void {
    this.#sinceSnapshot = { entries: behind, bytes: 0 }
    this.#timer = setInterval(() => {
      if (this.#sinceSnapshot.entries > 0) this.#ask()
    }, this.#o.every_ms).unref()
    if (behind >= this.#o.entries) this.#ask()
  }

  effect(effect: AcdEffect): void {
    const at = this.#o.now()
    switch (effect.type) {
      case 'journal':
        this.#sinceSnapshot.entries++
        this.#sinceSnapshot.bytes += JSON.stringify(effect.entry)?.length ?? 0
        this.#journalWaiting++
        this.#push({ kind: 'journal', entry: effect.entry, at })
        this.#bound()
        return
      case 'journal.snapshot':
        this.#asked = false
        this.#sinceSnapshot = { entries: 0, bytes: 0 }
        this.#push({ kind: 'snapshot', state: effect.state })
        return
      case 'record.write':
        this.#push({ kind: 'record', record: effect.record, at })
        return
      case 'webhook':
        this.#push({ kind: 'webhook', event: effect.event, data: effect.data, at })
        return
      default:
    }
  }

  changes(changes: AcdChanges): void {
    if (changes.acd_calls?.length || changes.acd_agents?.length) this.#push({ kind: 'changes', changes })
  }

  /** Asks for a snapshot when it is time, once; and bounds what waits. */
  #bound(): void {
    const { entries, bytes } = this.#o
    const since = this.#sinceSnapshot
    if (since.entries >= entries || since.bytes >= bytes) this.#ask()
    if (this.#journalWaiting <= JOURNAL_MOST) return
    // The database has been away for long: a snapshot says all that these would.
    this.#waiting = this.#waiting.filter(({ kind }) => kind !== 'journal' && kind !== 'snapshot')
    this.#journalWaiting = 0
    this.#asked = false
    this.#ask()
  }

  #ask(): void {
    if (this.#asked || this.#closed) return
    this.#asked = true
    // Not now: the engine is in the middle of telling.
    setImmediate(() => {
      if (!this.#closed) this.#o.askSnapshot()
    })
  }

  #push(one: One): void {
    if (this.#closed) return
    this.#waiting.push(one)
    this.#running ??= this.#run().finally(() => {
      this.#running = null
    })
  }

  async #run(): Promise<void> {
    await new Promise<void>((done) => setImmediate(done)) // what is told together comes together
    while (this.#waiting.length > 0) {
      const taken = this.#waiting.slice(0, BATCH)
      // A snapshot holds for the entries before it: it ends its batch.
      const snapshot = taken.findIndex(({ kind }) => kind === 'snapshot')
      if (snapshot >= 0) taken.length = snapshot + 1
      if (!(await this.#store(taken))) return
      this.#waiting.splice(0, taken.length)
      this.#journalWaiting -= taken.filter(({ kind }) => kind === 'journal').length
      if (taken.some(({ kind }) => kind === 'webhook' || kind === 'record')) this.#o.onWebhooks()
    }
  }

  /** False: no more is written. */
  async #store(taken: One[]): Promise<boolean> {
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#o.store.write(batchOf(taken))
        if (attempt > 1) this.#o.log.info('the contact centre is written again')
        return true
      } catch (error) {
        if (error instanceof Fenced) {
          this.#waiting = []
          this.#closed = true
          this.#o.onFenced()
          return false
        }
        if (!isDatabaseDown(error)) return this.#oneByOne(taken, error)
        if (attempt === 1)
          this.#o.log.error({ cause: rootCause(error).message }, 'the contact centre cannot be written')
        if (this.#closed) return false
        await this.#sleep(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 5000)
      }
    }
  }

  /** Something in it is not taken: everything else is. */
  async #oneByOne(taken: One[], error: unknown): Promise<boolean> {
    if (taken.length > 1) {
      for (const one of taken) if (!(await this.#store([one]))) return false
      return true
    }
    this.dropped++
    const { kind } = taken[0] as One
    this.#o.log.error({ kind, cause: rootCause(error).message }, 'what the engine wanted kept was not taken')
    return true
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, ms)
      this.#wake = () => {
        clearTimeout(timer)
        done()
      }
    })
  }

  /** Resolves when everything that was told is stored, or after the time. */
  async settle(limit_ms = 5_000): Promise<void> {
    const end = performance.now() + limit_ms
    while (this.#running && performance.now() < end) {
      const late = new Promise<void>((done) => setTimeout(done, end - performance.now()).unref())
      await Promise.race([this.#running, late])
    }
  }

  /** Nothing is taken any more; what waits is written, or given up after the time. */
  async close(limit_ms = 5_000): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    await this.settle(limit_ms)
    this.#closed = true
    this.#wake?.()
  }
}

function batchOf(taken: One[]): Batch {
  const batch = emptyBatch()
  for (const one of taken) {
    if (one.kind === 'journal') batch.journal.push(one)
    else if (one.kind === 'snapshot') batch.snapshot = { state: one.state }
    else if (one.kind === 'webhook') batch.webhooks.push(one)
    else if (one.kind === 'record') {
      batch.records.push(one.record)
      const { record } = one
      if (record.final === true) {
        batch.webhooks.push({ event: 'record.final', data: record, at: one.at, id: `msg_record_${record.id}` })
      }
    } else {
      for (const call of one.changes.acd_calls ?? []) batch.calls.set(call.call_id, call.gone ? null : call)
      for (const agent of one.changes.acd_agents ?? []) batch.agents.set(agent.extension, agent.gone ? null : agent)
    }
  }
  return batch
}
