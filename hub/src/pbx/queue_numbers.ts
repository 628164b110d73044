// The last queue-number messages, for a Phone whose page was loading while its
// call came in: they are said again when it connects, as long as the call lives.
import type { CallItem } from './centre_types.js'

/** A Phone that comes later asks for a call that has long begun. */
const KEPT_MS = 10 * 60 * 1000
const MOST = 5_000

export class RecentQueueNumbers {
  readonly #now: () => number
  #messages = new Map<string, { extension: string; at: number; message: object }>()

  constructor(now: () => number) {
    this.#now = now
  }

  add(extension: string, callId: string, message: object): void {
    const key = `${extension}\n${callId}`
    this.#messages.delete(key)
    this.#messages.set(key, { extension, at: this.#now(), message })
    const [oldest] = this.#messages.keys()
    if (this.#messages.size > MOST && oldest !== undefined) this.#messages.delete(oldest)
  }

  of(extension: string): object[] {
    const after = this.#now() - KEPT_MS
    return [...this.#messages.values()].flatMap((m) => (m.extension === extension && m.at > after ? [m.message] : []))
  }

  /** Forgets what belonged to calls that are over. */
  ended(calls: readonly CallItem[]): void {
    for (const { call_id, ended_at, legs } of calls) {
      if (ended_at === null) continue
      const ids = [call_id, ...legs.map(({ uniqueid }) => uniqueid)]
      for (const [key] of this.#messages) if (ids.includes(key.slice(key.indexOf('\n') + 1))) this.#messages.delete(key)
    }
  }
}
