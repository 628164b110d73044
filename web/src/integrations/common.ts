// What the output adapters share: who speaks for all tabs, a log that never
// throws, and a short memory of which call_logs a vendor was given, kept over a
// reload and shared by the tabs of one origin.
import { type Clock, realClock } from '../clock.js'
import type { CallLog, PhoneState } from '../generated/state.js'
import type { Phone } from '../phone.js'
import type { Logger, LogLevel } from '../runtime/options.js'

/** Two methods of localStorage. */
export interface KeyValues {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
}

export interface IntegrationOptions {
  /** Where problems are told; warnings and errors go to the console when left out. */
  logger?: Logger
  /** Where it is noted which call_logs were handed over: ids only. localStorage when left out; null for nowhere. */
  storage?: KeyValues | null
  clock?: Clock
}

export interface Connected {
  /** Ends the connection; a second call does nothing. The phone goes on. */
  dispose(): void
}

export interface Tools {
  readonly clock: Clock
  log(level: LogLevel, text: string): void
  /** `work`, and nothing it throws reaches the page. */
  safely(work: () => void): void
}

export function toolsFor(name: string, { logger, clock = realClock }: IntegrationOptions): Tools {
  const target: Logger = logger ?? {
    warn: (text) => console.warn(text),
    error: (text) => console.error(text),
  }
  const log: Tools['log'] = (level, text) => {
    try {
      target[level]?.(`offhook/${name}: ${text}`)
    } catch {
      // A logger that throws must not stop a call.
    }
  }
  const safely = (work: () => void) => {
    try {
      work()
    } catch (error) {
      log('error', String(error))
    }
  }
  return { clock, log, safely }
}

/** With several tabs, one speaks to the vendor: a call is announced and logged once. */
export function leads({ tab }: PhoneState): boolean {
  return tab.state === 'Leader' || tab.state === 'Alone'
}

export type FinalLog = CallLog & { readonly status: 'answered' | 'missed' | 'no_answered' }

export function isFinal(log: CallLog | undefined): log is FinalLog {
  return log !== undefined && (log.status === 'answered' || log.status === 'missed' || log.status === 'no_answered')
}

/** The notes as saved, or as typed so far: a call that is completed by force keeps them. */
export function notesOf(state: PhoneState, log: CallLog): { notes: string; disposition: string | null } {
  const draft = state.drafts.find((one) => one.call_log_id === log.key)
  return { notes: log.notes || draft?.notes || '', disposition: log.disposition ?? draft?.disposition ?? null }
}

/** Follows the phone until the function it gives is called. */
export function follow(phone: Phone, tools: Tools, changed: (state: PhoneState) => void): () => void {
  return phone.store.subscribe((state) => tools.safely(() => changed(state)))
}

// The ledger --------------------------------------------------------------------

/** Only calls of the last hours can still be open. */
const MOST = 200

export type Entry = Readonly<Record<string, string | number | boolean>>

/** Notes by key, the oldest given up when there are too many. A storage that fails is a memory that ends with the page. */
export class Ledger {
  private notes: Record<string, Entry> = {}
  private readonly storage: KeyValues | null

  constructor(
    private readonly name: string,
    given: KeyValues | null | undefined,
    private readonly tools: Tools,
  ) {
    this.storage = given === undefined ? pageStorage() : given
  }

  get(key: string): Entry | undefined {
    return this.read()[key]
  }

  set(key: string, entry: Entry): void {
    const notes = this.read()
    delete notes[key]
    notes[key] = entry
    const keys = Object.keys(notes)
    for (const old of keys.slice(0, Math.max(0, keys.length - MOST))) delete notes[old]
    this.notes = notes
    try {
      this.storage?.setItem(this.name, JSON.stringify(notes))
    } catch (error) {
      this.tools.log('warn', `what was handed over is not kept over a reload: ${String(error)}`)
    }
  }

  entries(): [string, Entry][] {
    return Object.entries(this.read())
  }

  /** Another tab may have written meanwhile. */
  private read(): Record<string, Entry> {
    try {
      const text = this.storage?.getItem(this.name)
      const found: unknown = text ? JSON.parse(text) : null
      if (found !== null && typeof found === 'object') this.notes = { ...(found as Record<string, Entry>) }
    } catch (error) {
      this.tools.log('debug', `stored notes are not readable: ${String(error)}`)
    }
    return this.notes
  }
}

/** Embedded in another site the storage may be forbidden: asking alone throws then. */
function pageStorage(): KeyValues | null {
  try {
    return globalThis.localStorage ?? null
  } catch {
    return null
  }
}
