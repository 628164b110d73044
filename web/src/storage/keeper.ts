// storage.* effects carried out by a PhoneStorage. What is kept comes back as
// StateLoaded, record by record, the last one marked; a place that fails or
// does not answer is one StorageFailed, and the phone works on without it.
import type { Clock } from '../clock.js'
import type { PhoneEffect } from '../generated/effects.js'
import type { PhoneEvent } from '../generated/events.js'
import type { LogLevel } from '../runtime/options.js'
import type { PhoneStorage, StoredRecord } from './port.js'

/** Some browsers never answer when their database is damaged; an agent cannot wait for it. */
const LOAD_MS = 3_000

/** A place that fails now and then is not told to be well after each success: all is written anew then. */
const RECOVERED_MS = 5_000

/** Characters of one part: 256 KiB cross the boundary, and a character takes up to three bytes. */
const PART_MOST = 80 * 1024

export type StorageEffect = Extract<PhoneEffect, { type: `storage.${string}` }>

export interface Keeper {
  perform(effect: StorageEffect): void
  /** Resolves when what was asked for in this turn is written, or has failed. */
  idle(): Promise<void>
  /** Resolves when all is written; takes nothing from then on. */
  close(): Promise<void>
}

interface Host {
  clock: Clock
  log(level: LogLevel, text: string): void
  emit(event: PhoneEvent): void
}

export function createKeeper(storage: PhoneStorage, { clock, log, emit }: Host): Keeper {
  let closed = false
  /** Writes of one turn fail together, with one and the same error. */
  let told: unknown = null
  /** When one failed last (ms, monotonic), until one has succeeded long enough after it. */
  let failedAt: number | null = null
  /** Writes under way. */
  const under = new Set<Promise<void>>()

  const failed = (error: unknown) => {
    if (closed || told === error) return
    told = error
    failedAt = clock.mono()
    log('warn', `storage: ${String(error)}`)
    emit({ type: 'StorageFailed', reason: reasonOf(error) })
  }
  const succeeded = () => {
    if (closed || failedAt === null || clock.mono() - failedAt < RECOVERED_MS) return
    failedAt = null
    log('info', 'storage: works again')
    emit({ type: 'StorageRecovered' })
  }
  const writing = (write: () => Promise<void>) => {
    const done = attempt(write)
      .then(succeeded, failed)
      .then(() => {
        under.delete(done)
      })
    under.add(done)
  }
  const load = () => {
    let waiting = true
    const once = (take: () => void) => {
      if (!waiting) return
      waiting = false
      clock.clearTimeout(limit)
      if (!closed) take()
    }
    const limit = clock.setTimeout(() => once(() => failed(new Error('no answer'))), LOAD_MS)
    attempt(() => storage.load()).then(
      (records) => once(() => loaded(records)),
      (error: unknown) => once(() => failed(error)),
    )
  }
  const loaded = (records: readonly StoredRecord[]) => {
    const parts = inParts(records)
    for (const [i, body] of parts.entries()) emit({ type: 'StateLoaded', on: i === parts.length - 1, body })
  }

  return {
    perform(effect) {
      if (closed) return
      if (effect.type === 'storage.load') load()
      else if (effect.type === 'storage.put') writing(() => storage.put(effect.record, effect.body))
      else writing(() => storage.delete(effect.record))
    },
    async idle() {
      // Whoever asks may be in the middle of the turn.
      await Promise.resolve()
      await Promise.all(under)
    },
    close() {
      if (closed) return Promise.resolve()
      closed = true
      return attempt(() => storage.close()).catch((error: unknown) =>
        log('warn', `storage did not close: ${String(error)}`),
      )
    },
  }
}

/**
 * What `StateLoaded` brings: the members of `meta` and the others as `leaves`, in parts that cross the boundary. The bodies
 * are the engine's own JSON and are put together as they are; one that is no JSON object any more would cost the part it is
 * in, and is left out.
 */
function inParts(records: readonly StoredRecord[]): string[] {
  const meta = records.find(({ record }) => record === 'meta')?.body ?? '{}'
  const members = isObject(meta) ? meta.trim().slice(1, -1).trim() : ''
  const parts: string[] = []
  let leaves: string[] = []
  let length = members.length
  const part = () => {
    const list = `"leaves":[${leaves.join(',')}]`
    parts.push(parts.length === 0 && members !== '' ? `{${members},${list}}` : `{${list}}`)
    leaves = []
    length = 0
  }
  const inOrder = records.filter(({ record }) => record !== 'meta').sort((a, b) => (a.record < b.record ? -1 : 1))
  for (const { body } of inOrder) {
    if (!isObject(body)) continue
    if (leaves.length > 0 && length + body.length > PART_MOST) part()
    leaves.push(body)
    length += body.length
  }
  part()
  return parts
}

function isObject(body: string): boolean {
  try {
    const value: unknown = JSON.parse(body)
    return value !== null && typeof value === 'object' && !Array.isArray(value)
  } catch {
    return false
  }
}

/** A storage of somebody else may throw where it should reject. */
async function attempt<T>(run: () => T | Promise<T>): Promise<T> {
  return run()
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.name + (error.message ? `: ${error.message}` : '') : String(error)
}
