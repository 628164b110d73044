// A hub that is killed (SIGKILL) while it writes: what it said is stored is
// there, a record is there if and only if its entry of the journal is, and the
// next hub goes on where the journal ends.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { AcdStore } from '../../hub/src/acd/store.js'
import { openDatabase } from '../../hub/src/database.js'
import { call_records } from '../../hub/src/schema.js'
import { lastingStorage } from './support/harness.js'

const child = fileURLToPath(new URL('./support/acd_child.mjs', import.meta.url))

/** Runs until it has stored a few hundred more, and a moment longer; the last that it said was stored. */
async function runAndKill(options: object, more_ms: number): Promise<{ begun: number; stored: number }> {
  const hub = spawn(process.execPath, [child, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  let error = ''
  const number = (word: string) => Number([...said.matchAll(new RegExp(`^${word} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? -1)
  hub.stderr.on('data', (bytes) => {
    error += bytes
  })
  const ended = new Promise<number | null>((done) => hub.on('close', done))
  await new Promise<void>((done, failed) => {
    hub.stdout.on('data', (bytes) => {
      said += bytes
      if (number('stored') > number('begun') + 250) done()
    })
    hub.on('close', (code) => failed(new Error(`the hub ended with ${code}: ${error}`)))
  })
  await new Promise((done) => setTimeout(done, more_ms))
  hub.kill('SIGKILL')
  await ended
  return { begun: number('begun'), stored: number('stored') }
}

it('loses no record that was stored, and tears none from its journal', { timeout: 240_000 }, async () => {
  const storage = await lastingStorage()
  try {
    let last = 0
    for (const more_ms of [0, 3, 17]) {
      const { begun, stored } = await runAndKill(storage.options, more_ms)
      expect(begun).toBeGreaterThanOrEqual(last)
      const database = await openDatabase(storage.options as { data: string })
      const store = new AcdStore({
        db: database.db,
        now: Date.now,
        queueOf: () => undefined,
        enqueueWebhooks: async () => {},
      })
      const { snapshot, journal } = await store.restore()
      const rows = await database.db.select({ id: call_records.id, w: call_records.wrap_up_time }).from(call_records)
      const sizes = await store.sizes()
      await database.close()

      const entries = journal.map((entry) => (entry as { n: number }).n)
      const told = (snapshot as { told: number } | null)?.told ?? 0
      const end = entries.at(-1) ?? told
      expect(entries).toEqual(Array.from({ length: end - told }, (_, i) => told + i + 1))
      expect(end).toBeGreaterThanOrEqual(stored)
      const ids = rows.map(({ id }) => Number(id.slice(1))).sort((a, b) => a - b)
      expect(ids).toEqual(Array.from({ length: end }, (_, i) => i + 1))
      expect(rows.every(({ id, w }) => w === Number(id.slice(1)))).toBe(true)
      expect(sizes.journal).toBeLessThan(1_000) // it is cut
      last = stored
    }
  } finally {
    await storage.remove()
  }
})
