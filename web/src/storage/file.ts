// Records in one file, for a phone in Node: a journal of lines, each a change,
// written and synced a batch at a time, so that a process that is killed loses
// nothing that was kept. A line torn by a power cut is the last one, and is
// dropped. One process a file: a second one is told so by its first write.
import { type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Batch, type PhoneStorage, StorageFenced } from './port.js'

/** A journal with more than this many changes beyond its records is written anew. */
const SPARE = 512

export function fileStorage(path: string): PhoneStorage {
  const records = new Map<string, string>()
  let file: FileHandle | null = null
  /** Lines in the journal. */
  let lines = 0

  const write = async (changes: ReadonlyMap<string, string | null>) => {
    if (!file) throw new Error(`${path} is not loaded`)
    // Written anew by another process: what we hold is no longer the file.
    const { nlink } = await file.stat()
    if (nlink === 0) throw new StorageFenced()
    const text = [...changes].map(([record, body]) => lineOf(record, body)).join('')
    await file.appendFile(text)
    await file.datasync()
    lines += changes.size
    for (const [record, body] of changes) {
      if (body === null) records.delete(record)
      else records.set(record, body)
    }
    if (lines > records.size + SPARE) await compact()
  }
  const batch = new Batch(write)

  /** A whole new journal beside the old one, then in its place: at every moment one of them is complete. */
  const compact = async () => {
    const fresh = `${path}.new`
    const next = await open(fresh, 'w', 0o600)
    try {
      await next.appendFile([...records].map(([record, body]) => lineOf(record, body)).join(''))
      await next.datasync()
      await rename(fresh, path)
      await syncFolder(path)
    } catch (error) {
      await next.close()
      throw error
    }
    await file?.close()
    file = next
    lines = records.size
  }

  return {
    async load() {
      await batch.idle()
      await mkdir(dirname(path), { recursive: true })
      records.clear()
      for (const [record, body] of read(await textOf(path))) {
        if (body === null) records.delete(record)
        else records.set(record, body)
      }
      await compact()
      batch.forget()
      return [...records].map(([record, body]) => ({ record, body }))
    },
    put: (record, body) => batch.add(record, body),
    delete: (record) => batch.add(record, null),
    async close() {
      await batch.idle()
      const closing = file
      file = null
      await closing?.close()
    },
  }
}

const lineOf = (record: string, body: string | null) => `${JSON.stringify([record, body])}\n`

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return ''
    throw error
  }
}

/** The changes in order, up to the first line that is none: what follows a torn line is not to be trusted. */
function read(text: string): [string, string | null][] {
  const changes: [string, string | null][] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    let change: unknown
    try {
      change = JSON.parse(line)
    } catch {
      break
    }
    if (!Array.isArray(change) || typeof change[0] !== 'string') break
    changes.push([change[0], typeof change[1] === 'string' ? change[1] : null])
  }
  return changes
}

/** The new name too is on the disk only when the folder is; where a folder cannot be opened, it is as safe as the system makes it. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(dirname(path), 'r')
    await folder.sync()
    await folder.close()
  } catch {
    // Windows.
  }
}
