// The link to the PBX and the alarms that stand, as every onlooker is told
// them: at once when they change, and every 5 s for the age of the data.
import type { LinkItem } from './centre_types.js'

export interface Alarm {
  code: string
  detail: string
  since: number
}

const EVERY_MS = 5_000

/** Alarms of which several stand at once: what is before the colon says which. */
const SEVERAL = new Set(['pause_failed', 'queue_wrapup_long'])
const keyOf = (code: string, detail: string) => (SEVERAL.has(code) ? `${code} ${detail.split(': ')[0]}` : code)
/** Most that one frame carries; whoever has a hundred needs no list. */
const MOST_ALARMS = 100

export class LinkBoard {
  readonly #now: () => number
  /** Where the PBX is; null without one. */
  readonly where: string | null
  #link: LinkItem | null = null
  #alarms = new Map<string, Alarm>()
  #listeners = new Set<() => void>()
  #timer: NodeJS.Timeout

  constructor(now: () => number, where: string | null) {
    this.#now = now
    this.where = where
    this.#timer = setInterval(() => this.#tell(), EVERY_MS).unref()
  }

  /** `none` before the first word of the Centre. */
  get state(): string {
    return this.#link?.state ?? 'none'
  }

  /** Why it is so, in words. */
  get reason(): string | null {
    return this.#link?.detail ?? this.#link?.reason ?? null
  }

  set(link: LinkItem): void {
    this.#link = link
    this.#tell()
  }

  alarm(code: string, detail: string, active: boolean): void {
    const key = keyOf(code, detail)
    if (active) this.#alarms.set(key, { code, detail, since: this.#alarms.get(key)?.since ?? this.#now() })
    else this.#alarms.delete(key)
    this.#tell()
  }

  /** The frame for an onlooker; alarms are the supervisors'. */
  frame(withAlarms: boolean): string {
    const alarms = withAlarms ? [...this.#alarms.values()].slice(0, MOST_ALARMS) : []
    return JSON.stringify({ type: 'link', link: this.#link, alarms, server_time: this.#now() })
  }

  /** For GET /health. */
  health() {
    const age = (at: number | null | undefined) => (at == null ? null : Math.max(0, this.#now() - at))
    return {
      configured: this.where !== null,
      state: this.state,
      since: this.#link?.since ?? null,
      sync_age_ms: age(this.#link?.synced_at),
      event_age_ms: age(this.#link?.last_event_at),
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  /** Calls back whenever the frame is to be sent anew; returns how to stop. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#listeners.clear()
  }
}
