// Records in the browser's IndexedDB, one database an extension. Nothing is
// opened before `load`. Each load begins an epoch, and what is written stands
// under the epoch of its writer: what a tab writes that was frozen while another
// took over is never read. So a write need not ask first, and is on its way
// before the turn ends in which it was asked for: a page may die at any moment.
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
    const records = tx.objectStore(RECORDS)
    const asked: Promise<unknown>[] = [tx.done]
    for (const [record, body] of changes) {
      const key = [epoch, record]
      asked.push(body === null ? records.delete(key) : records.put(body, key))
    }
    const newest = tx.objectStore(META).get(EPOCH) as Promise<number | undefined>
    tx.commit()
    await Promise.all([...asked, newest])
    const current = (await newest) ?? 0
    if (current > epoch) throw new StorageFenced()
    // The user has emptied the site's data: it is ours again.
    if (current < epoch) await db.put(META, epoch, EPOCH)
  }
  const batch = new Batch(write)

  return {
    async load() {
      await batch.idle()
      const db = await database()
      const tx = db.transaction([RECORDS, META], 'readwrite')
      const meta = tx.objectStore(META)
      const records = tx.objectStore(RECORDS)
      const last = ((await meta.get(EPOCH)) as number | undefined) ?? 0
      const of = IDBKeyRange.bound([last], [last, []])
      const [keys, bodies] = await Promise.all([records.getAllKeys(of), records.getAll(of)])
      const found = keys.map(
        (key, i): StoredRecord => ({ record: String((key as string[])[1]), body: String(bodies[i]) }),
      )
      const asked: Promise<unknown>[] = [records.clear(), meta.put(last + 1, EPOCH), tx.done]
      for (const { record, body } of found) asked.push(records.put(body, [last + 1, record]))
      await Promise.all(asked)
      epoch = last + 1
      batch.forget()
      return found
    },
    put: (record, body) => batch.add(record, body),
    delete: (record) => batch.add(record, null),
    async close() {
      await batch.idle()
      close()
    },
  }
}
