// Records in the browser's IndexedDB, one database an extension. Nothing is
// opened before `load`. Every write reads the epoch in its own transaction: a
// tab that was frozen while another took over writes nothing any more.
import { type IDBPDatabase, openDB } from 'idb'
import { Batch, type PhoneStorage, StorageFenced, type StoredRecord } from './port.js'

const RECORDS = 'records'
const META = 'meta'
const EPOCH = 'epoch'

/** `name` of the database; the phone's own is `offhook:` and its extension. */
export function indexedDbStorage(name: string): PhoneStorage {
  let opened: Promise<IDBPDatabase> | null = null
  /** Which load is ours. */
  let epoch = 0

  const database = () => {
    opened ??= openDB(name, 1, {
      upgrade(db) {
        db.createObjectStore(RECORDS)
        db.createObjectStore(META)
      },
      // A newer Offhook in another tab wants to change the shape: it must not wait for this one.
      blocking: close,
      terminated: () => {
        opened = null
      },
    })
    opened.catch(() => {
      opened = null
    })
    return opened
  }
  const close = () => {
    const closing = opened
    opened = null
    closing?.then(
      (db) => db.close(),
      () => {},
    )
  }
  const write = async (changes: ReadonlyMap<string, string | null>) => {
    const db = await database()
    const tx = db.transaction([RECORDS, META], 'readwrite')
    const done = tx.done
    // Awaited below; a failure on the way there must not be an unhandled one.
    done.catch(() => {})
    const newest = ((await tx.objectStore(META).get(EPOCH)) as number | undefined) ?? 0
    if (newest > epoch) {
      tx.abort()
      throw new StorageFenced()
    }
    // The user has emptied the site's data: it is ours again.
    if (newest < epoch) void tx.objectStore(META).put(epoch, EPOCH)
    const records = tx.objectStore(RECORDS)
    for (const [record, body] of changes)
      (body === null ? records.delete(record) : records.put(body, record)).catch(() => {})
    // Without waiting for a turn of the event loop: this page may be closed in a moment.
    tx.commit()
    await done
  }
  const batch = new Batch(write)

  return {
    async load() {
      await batch.idle()
      const db = await database()
      const tx = db.transaction([RECORDS, META], 'readwrite')
      const meta = tx.objectStore(META)
      const records = tx.objectStore(RECORDS)
      const next = (((await meta.get(EPOCH)) as number | undefined) ?? 0) + 1
      const [keys, bodies] = await Promise.all([records.getAllKeys(), records.getAll(), meta.put(next, EPOCH)])
      await tx.done
      epoch = next
      batch.forget()
      return keys.map((record, i): StoredRecord => ({ record: String(record), body: String(bodies[i]) }))
    },
    put: (record, body) => batch.add(record, body),
    delete: (record) => batch.add(record, null),
    async close() {
      await batch.idle()
      close()
    },
  }
}
