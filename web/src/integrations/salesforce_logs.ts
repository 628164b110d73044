// Each final call_log becomes one Task. A failure is tried again with growing
// delays, a bounded number of times; notes that are saved later go into the
// Task that is there.
import type { CallLog, PhoneState } from '../generated/state.js'
import { isFinal, type Ledger, type Tools } from './common.js'
import { type CtiResponse, type OpenCti, type Relation, type TaskFields, taskOf, wordsOf } from './salesforce_words.js'

/** 2, 4, 8, 16, 32, 60, 60 seconds: some three minutes in which an hour-long page need not be reloaded. */
const DELAYS_MS = [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]

/**
 * open: noticed while the call lived. sent: handed to Salesforce, which is not asked twice: the frame's message is
 * delivered even if this page goes, and a second Task would be a second call. saved: there, under `id`.
 */
type Note = { state: 'open' | 'sent' | 'saved' | 'failed'; id?: string; WhoId?: string; WhatId?: string; text?: string }

interface Waiting {
  attempts: number
  timer: unknown
}

export interface LogsOptions {
  wanted(log: CallLog): boolean
  task(fields: TaskFields, log: CallLog): TaskFields
  saved(log: CallLog, recordId: string): void
}

export class SalesforceLogs {
  private readonly waiting = new Map<string, Waiting>()
  /** The part of the state that was looked at last, and what its logs are noted as: the storage is not read anew each time. */
  private seen: PhoneState['callLogs'] | null = null
  private readonly notes = new Map<string, Note>()

  constructor(
    private readonly cti: OpenCti,
    private readonly ledger: Ledger,
    private readonly tools: Tools,
    private readonly options: LogsOptions,
  ) {}

  /** Whom the call of this log is with; the first who is told of stays. A tab that does not lead tells the one that does. */
  relate(key: string, relation: Relation): void {
    const note = this.stored(key) ?? { state: 'open' }
    if (note.WhoId || note.WhatId || note.state !== 'open') return
    this.note(key, { ...note, ...relation })
  }

  follow({ callLogs }: PhoneState): void {
    if (callLogs === this.seen) return
    this.seen = callLogs
    for (const log of Object.values(callLogs)) this.followLog(log)
    for (const key of this.notes.keys()) if (!callLogs[key]) this.notes.delete(key)
  }

  /** Another tab leads now, or nobody. What is still answered is noted, and nothing new is begun. */
  letGo(): void {
    this.seen = null
    this.notes.clear()
    for (const { timer } of this.waiting.values()) this.tools.clock.clearTimeout(timer)
    this.waiting.clear()
  }

  // ---------------------------------------------------------------------------

  private stored(key: string): Note | undefined {
    return this.ledger.get(key) as Note | undefined
  }

  private noteOf(key: string): Note | undefined {
    const known = this.notes.get(key) ?? this.stored(key)
    if (known) this.notes.set(key, known)
    return known
  }

  private note(key: string, note: Note): void {
    this.notes.set(key, note)
    this.ledger.set(key, note)
  }

  private followLog(log: CallLog): void {
    const note = this.noteOf(log.key)
    if (!isFinal(log)) {
      if (!note) this.note(log.key, { state: 'open' })
      return
    }
    // A final one that nobody has seen live is history, brought back by a snapshot.
    if (!note || this.waiting.has(log.key)) return
    if (note.state === 'open' && this.options.wanted(log)) this.create(log, note, 0)
    else if (note.state === 'saved' && note.id !== undefined && note.text !== textOf(log)) this.update(log, note, 0)
  }

  private create(log: CallLog, known: Note, attempts: number): void {
    // Another tab may have told meanwhile whom the call is with, or have saved it.
    const note = this.stored(log.key) ?? known
    if (note.state !== 'open') {
      this.notes.set(log.key, note)
      return
    }
    const { WhoId, WhatId } = note
    const relation = { ...(WhoId ? { WhoId } : {}), ...(WhatId ? { WhatId } : {}) }
    const fields = this.options.task({ ...taskOf(log, log.notes, log.disposition), ...relation }, log)
    const text = textOf(log)
    this.note(log.key, { ...note, state: 'sent' })
    this.save(log, fields, attempts, {
      done: (id) => {
        this.note(log.key, { ...note, state: 'saved', text, ...(id === undefined ? {} : { id }) })
        if (id !== undefined) this.tools.safely(() => this.options.saved(log, id))
      },
      failed: (over) => this.note(log.key, { ...note, state: over ? 'failed' : 'open' }),
    })
  }

  private update(log: CallLog, note: Note, attempts: number): void {
    const whole = this.options.task(taskOf(log, log.notes, log.disposition), log)
    const fields: TaskFields = { Id: note.id as string }
    for (const name of ['Description', 'CallDisposition', 'Subject']) {
      const value = whole[name]
      if (value !== undefined) fields[name] = value
    }
    const text = textOf(log)
    this.note(log.key, { ...note, text })
    this.save(log, fields, attempts, {
      done: () => {},
      failed: (over) => this.note(log.key, over ? { ...note, text } : note),
    })
  }

  private save(
    log: CallLog,
    value: TaskFields,
    attempts: number,
    then: { done(id: string | undefined): void; failed(over: boolean): void },
  ): void {
    let answered = false
    const answer = (response: CtiResponse<{ recordId?: string } | string>) => {
      // One answer counts; a late one of a connection that is over changes nothing.
      if (answered) return
      answered = true
      if (response?.success) {
        then.done(idOf(response.returnValue))
        // What was saved meanwhile goes into the Task that now has an id.
        this.followAgain(log.key)
        return
      }
      this.fail(log.key, attempts, wordsOf(response?.errors ?? null), then.failed)
    }
    try {
      this.cti.saveLog({ value, callback: (response) => this.tools.safely(() => answer(response)) })
    } catch (error) {
      answered = true
      this.fail(log.key, attempts, String(error), then.failed)
    }
  }

  private fail(key: string, attempts: number, why: string, failed: (over: boolean) => void): void {
    const delay = DELAYS_MS[attempts]
    failed(delay === undefined)
    if (delay === undefined) {
      this.tools.log('error', `the log of call ${key} was not saved after ${attempts + 1} attempts: ${why}`)
      return
    }
    if (this.seen === null) return
    this.tools.log('warn', `the log of call ${key} was not saved, again in ${delay / 1000} s: ${why}`)
    const timer = this.tools.clock.setTimeout(() => this.tools.safely(() => this.again(key, attempts + 1)), delay)
    this.waiting.set(key, { attempts: attempts + 1, timer })
  }

  private again(key: string, attempts: number): void {
    this.waiting.delete(key)
    const log = this.seen?.[key]
    const note = this.noteOf(key)
    if (!log || !note) return
    if (note.state === 'open') this.create(log, note, attempts)
    else if (note.state === 'saved') this.update(log, note, attempts)
  }

  private followAgain(key: string): void {
    const log = this.seen?.[key]
    if (log) this.followLog(log)
  }
}

/** What is written into a Task that is there: a change of it is an update. */
function textOf({ notes, disposition }: CallLog): string {
  return `${disposition ?? ''}\n${notes}`
}

function idOf(returnValue: { recordId?: string } | string | null): string | undefined {
  const id = typeof returnValue === 'string' ? returnValue : returnValue?.recordId
  return typeof id === 'string' && id !== '' ? id : undefined
}
