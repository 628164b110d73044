// Where a phone keeps what must outlive a reload: unsent call_logs, drafts,
// calls under way, as records of text. What is in a record is the engine's
// affair (docs/storage.md). Tokens and SIP passwords are in none: the engine
// never sees them.

export interface StoredRecord {
  record: string
  body: string
}

/**
 * A place for records. Bring your own (Electron, React Native, a server) by implementing these four; `indexedDbStorage`
 * and `fileStorage` of `offhook/node` are two of them.
 */
export interface PhoneStorage {
  /**
   * Everything kept, in any order. Called once, before the first `put`. From here on whoever has loaded before must not
   * write any more, if the place can be shared: their `put` and `delete` reject with a StorageFenced.
   */
  load(): Promise<readonly StoredRecord[]>
  /**
   * Keeps `body` (at most 256 KiB of text) under `record`, instead of what was there. Calls of one turn of the event loop
   * belong together: all of them are kept, or none. Resolves when kept; a rejection is shown as `storage_failed` and the
   * phone goes on without.
   */
  put(record: string, body: string): Promise<void>
  /** Forgets `record`; no error when there is none. */
  delete(record: string): Promise<void>
  /** Writes what waits and lets go. `load` may open it again. */
  close(): Promise<void>
}

/** Somebody else has loaded the records since, and writes them now. */
export class StorageFenced extends Error {
  override readonly name = 'StorageFenced'
  constructor() {
    super('another phone of this extension keeps the records now')
  }
}

/** What waits to be written: the last word on each record, and the promise of the write that takes them all. */
export class Batch {
  private changes = new Map<string, string | null>()
  private written: Promise<void> | null = null
  /** One write at a time, in the order of the turns. */
  private tail: Promise<void> = Promise.resolve()

  constructor(private readonly write: (changes: ReadonlyMap<string, string | null>) => Promise<void>) {}

  /** `body` null deletes. */
  add(record: string, body: string | null): Promise<void> {
    this.changes.set(record, body)
    if (this.written) return this.written
    const written = this.tail.then(() => this.flush())
    this.written = written
    this.tail = written.catch(() => {})
    return written
  }

  /** Resolves when nothing is under way, whatever became of it. */
  idle(): Promise<void> {
    return this.tail
  }

  forget(): void {
    this.changes.clear()
  }

  private async flush(): Promise<void> {
    const changes = this.changes
    this.changes = new Map()
    this.written = null
    try {
      if (changes.size > 0) await this.write(changes)
    } catch (error) {
      // The next write brings these too, unless it has something newer.
      if (!(error instanceof StorageFenced))
        for (const [record, body] of changes) if (!this.changes.has(record)) this.changes.set(record, body)
      throw error
    }
  }
}
