// Records that outlive a process: the file of offhook/node, killed and torn, and
// the driver between engine and any storage. IndexedDB: tests/tabs, in Chromium.
import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { PhoneEvent } from '../../web/src/generated/events.js'
import { fileStorage } from '../../web/src/storage/file.js'
import { createKeeper } from '../../web/src/storage/keeper.js'
import type { PhoneStorage } from '../../web/src/storage/port.js'
import { StorageFenced } from '../../web/src/storage/port.js'
import { virtualClock } from '../../web/src/testing/clock.js'
import { settle } from './harness.js'

const folders: string[] = []
const path = () => {
  const folder = mkdtempSync(join(tmpdir(), 'offhook-file-'))
  folders.push(folder)
  return join(folder, 'phone.journal')
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const loaded = async (file: string) => {
  const storage = fileStorage(file)
  const records = Object.fromEntries((await storage.load()).map(({ record, body }) => [record, body]))
  await storage.close()
  return records
}

describe('a file', () => {
  it('gives back what was put into it, the last word of each record', async () => {
    const file = path()
    const storage = fileStorage(file)
    expect(await storage.load()).toEqual([])
    await Promise.all([storage.put('a', 'one'), storage.put('b', 'two\nlines “ü”'), storage.put('a', 'three')])
    await storage.put('c', 'gone')
    await storage.delete('c')
    await storage.close()
    expect(await loaded(file)).toEqual({ a: 'three', b: 'two\nlines “ü”' })
  })

  it('is for its owner only', async () => {
    const file = path()
    const storage = fileStorage(file)
    await storage.load()
    expect(statSync(file).mode & 0o077).toBe(0)
    await storage.close()
  })

  it('keeps everything up to a torn line', async () => {
    const file = path()
    const storage = fileStorage(file)
    await storage.load()
    await storage.put('a', 'one')
    await storage.close()
    appendFileSync(file, '["b","half of a li')
    expect(await loaded(file)).toEqual({ a: 'one' })
    // And what is put afterwards does not stand behind the torn line.
    const again = fileStorage(file)
    await again.load()
    await again.put('c', 'whole')
    await again.close()
    expect(await loaded(file)).toEqual({ a: 'one', c: 'whole' })
  })

  it('does not grow with the number of changes', async () => {
    const file = path()
    const storage = fileStorage(file)
    await storage.load()
    for (let i = 0; i < 2_000; i++) await storage.put('a', `text ${i}`.padEnd(100))
    const { size } = statSync(file)
    expect(size).toBeLessThan(100 * 600)
    await storage.put('b', 'after')
    await storage.close()
    expect(await loaded(file)).toEqual({ a: 'text 1999'.padEnd(100), b: 'after' })
  })

  it('takes nothing from whoever has loaded before somebody else did', async () => {
    const file = path()
    const first = fileStorage(file)
    await first.load()
    const second = fileStorage(file)
    await second.load()
    await expect(first.put('a', 'old')).rejects.toBeInstanceOf(StorageFenced)
    await second.put('a', 'new')
    await first.close()
    await second.close()
    expect(await loaded(file)).toEqual({ a: 'new' })
  })

  it('has every confirmed record after its process was killed', async () => {
    const file = path()
    const script = `
      import { fileStorage } from '${new URL('../../dist/node.js', import.meta.url)}'
      const storage = fileStorage(${JSON.stringify(file)})
      await storage.load()
      for (let i = 0; ; i++) {
        await storage.put('record-' + (i % 40), String(i))
        process.stdout.write(i + '\\n')
      }`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let told = ''
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk) => {
        told += chunk
        if (told.includes('\n1200\n')) resolve()
      })
    })
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('close', resolve))
    const last = Number(told.trimEnd().split('\n').at(-1))
    const records = await loaded(file)
    for (let i = last - 39; i <= last; i++) {
      const kept = Number(records[`record-${i % 40}`])
      // What was confirmed is there; what was not yet may be.
      expect(kept === i || kept === i + 40, `record ${i}: ${kept}`).toBe(true)
    }
    expect(readFileSync(file, 'utf8').endsWith('\n')).toBe(true)
  })
})

describe('the driver', () => {
  const made = (storage: Partial<PhoneStorage>) => {
    const events: PhoneEvent[] = []
    const logged: string[] = []
    const clock = virtualClock()
    const whole: PhoneStorage = {
      load: async () => [],
      put: async () => {},
      delete: async () => {},
      close: async () => {},
      ...storage,
    }
    const keeper = createKeeper(whole, {
      clock,
      log: (_, text) => logged.push(text),
      emit: (event) => events.push(event),
    })
    return { keeper, events, clock, logged }
  }
  const load = { type: 'storage.load', id: 1 } as const
  const put = (record: string) => ({ type: 'storage.put', id: 2, record, body: `{${record}}` }) as const

  it('tells what was kept as one state, the engine’s own words first', async () => {
    const { keeper, events } = made({
      load: async () => [
        { record: 'log/2', body: '{"leaf":"CallLog"}' },
        { record: 'meta', body: '{"schema":2,"next_id":7}' },
        { record: 'agent', body: '{"leaf":"Agent"}' },
        { record: 'call/1', body: '{"leaf":"Ca' },
      ],
    })
    keeper.perform(load)
    await settle()
    expect(events).toEqual([
      {
        type: 'StateLoaded',
        on: true,
        body: '{"schema":2,"next_id":7,"leaves":[{"leaf":"Agent"},{"leaf":"CallLog"}]}',
      },
    ])
  })

  it('tells it in parts that the engine takes, and marks the last', async () => {
    const long = (i: number) => ({
      record: `log/${i}`,
      body: JSON.stringify({ leaf: 'CallLog', notes: 'ü'.repeat(30_000) }),
    })
    const { keeper, events } = made({
      load: async () => [{ record: 'meta', body: '{"schema":2}' }, ...[1, 2, 3, 4, 5].map(long)],
    })
    keeper.perform(load)
    await settle()
    const parts = events as { type: string; on: boolean; body: string }[]
    expect(parts.map(({ on }) => on)).toEqual([false, false, true])
    expect(parts.map(({ body }) => JSON.parse(body).leaves.length)).toEqual([2, 2, 1])
    expect(parts.map(({ body }) => JSON.parse(body).schema)).toEqual([2, undefined, undefined])
    for (const { body } of parts) expect(Buffer.byteLength(body)).toBeLessThan(200 * 1024)
  })

  it('tells that nothing was kept', async () => {
    const { keeper, events } = made({})
    keeper.perform(load)
    await settle()
    expect(events).toEqual([{ type: 'StateLoaded', on: true, body: '{"leaves":[]}' }])
  })

  it('gives up a place that does not answer, and hears nothing of it later', async () => {
    let answer = (_: []) => {}
    const { keeper, events, clock } = made({ load: () => new Promise<[]>((resolve) => (answer = resolve)) })
    keeper.perform(load)
    await clock.run(3_000)
    expect(events).toEqual([{ type: 'StorageFailed', reason: 'Error: no answer' }])
    answer([])
    await settle()
    expect(events).toHaveLength(1)
  })

  it('tells a failed write once, however many records were in it', async () => {
    const quota = new DOMException('no room', 'QuotaExceededError')
    const { keeper, events, logged } = made({ put: () => Promise.reject(quota) })
    keeper.perform(put('a'))
    keeper.perform(put('b'))
    await keeper.idle()
    expect(events).toEqual([{ type: 'StorageFailed', reason: 'QuotaExceededError: no room' }])
    expect(logged).toHaveLength(1)
  })

  it('tells that it works again when a write succeeds a while after one that failed, once', async () => {
    let full = true
    const { keeper, events, clock } = made({
      put: async () => {
        if (full) throw new DOMException('no room', 'QuotaExceededError')
      },
    })
    const write = async (record: string) => {
      keeper.perform(put(record))
      await keeper.idle()
      return events.at(-1)?.type
    }
    expect(await write('a')).toBe('StorageFailed')
    full = false
    clock.advance(4_999)
    expect(await write('b')).toBe('StorageFailed') // a place that fails now and then
    clock.advance(1)
    expect(await write('c')).toBe('StorageRecovered')
    await write('d')
    expect(events.map(({ type }) => type)).toEqual(['StorageFailed', 'StorageRecovered'])
    full = true
    expect(await write('e')).toBe('StorageFailed')
  })

  it('takes a storage that throws for one that fails', async () => {
    const { keeper, events } = made({
      load() {
        throw new TypeError('not here')
      },
    })
    keeper.perform(load)
    await settle()
    expect(events).toEqual([{ type: 'StorageFailed', reason: 'TypeError: not here' }])
  })

  it('says nothing after it is closed', async () => {
    const { keeper, events } = made({ put: () => Promise.reject(new Error('late')) })
    keeper.perform(put('a'))
    await keeper.close()
    keeper.perform(put('b'))
    await settle()
    expect(events).toEqual([])
  })
})
