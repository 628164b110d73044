// What the engine of the contact centre wants kept: records, journal,
// snapshots, what is now; and what an engine that begins is given of them.
import { afterEach, expect, it } from 'vitest'
import type { HubOptions } from '../../hub/src/index.js'
import type { CentreEffect } from '../../hub/src/pbx/centre_types.js'
import { acd_journal, acd_snapshots, agent_state, call_queue, call_records } from '../../hub/src/schema.js'
import { lastingStorage, type Storage, startHub, type TestHub } from './support/harness.js'
import { acdAgent, acdCall, acdRecord, Script } from './support/scripted_centre.js'

const cc = '/api/contact-centre'
let script: Script
let t: TestHub
let storage: Storage | undefined
afterEach(async () => {
  await t?.stop()
  await storage?.remove()
  storage = undefined
})

async function begin(contactCentre: HubOptions['contactCentre'] = {}) {
  script = new Script()
  storage = await lastingStorage()
  t = await startHub({ pbx: script.options, contactCentre }, storage)
}

/** The engine says something, and it is stored. */
async function say(effects: CentreEffect[], changes: object = {}) {
  script.now.say(effects, changes)
  t.hub.pbx.phoneTold('1001', null)
  await t.hub.acd.settle()
}
const journal = (entry: unknown): CentreEffect => ({ type: 'journal', entry })
const record = (id: string, more: object = {}): CentreEffect => ({ type: 'record.write', record: acdRecord(id, more) })
const rows = async () => t.hub.database.db.select().from(call_records)

it('a record is stored once, whatever is told again, with the columns of the contract', async () => {
  await begin()
  await say([record('r1')])
  expect(await rows()).toMatchObject([
    {
      id: 'r1',
      customer_session_id: 'c-r1',
      agent_session_id: null,
      queue_time_seconds: 12,
      wait_time: 12_999,
      talk_time_seconds: null,
      outcome: null,
      final: false,
    },
  ])
  const end = {
    agent_id: '1001',
    agent_session_id: 's2',
    answered_at: 1_790_000_013_000,
    ended_at: 1_790_000_060_500,
    talk_time: 47_500,
    wrap_up_time: 999,
    outcome: 'answered',
    hangup_by: 'caller',
    offers: [{ agent: '1001', attempt: 1 }],
    participants: ['1001'],
    final: true,
  }
  await say([record('r1', end), record('r1', end), record('r2')])
  await say([record('r1', { outcome: 'answered', agent_id: '1001', final: false })])
  const [first, second, ...more] = (await rows()).sort((a, b) => (a.id < b.id ? -1 : 1))
  expect(more).toEqual([])
  expect(second?.id).toBe('r2')
  expect(first).toMatchObject({ id: 'r1', outcome: 'answered', final: true })
  await say([record('r1', end)])
  const got = (await t.alice.get(`${cc}/records/r1`)).body
  expect(got).toMatchObject({
    talk_time_seconds: 47,
    wrap_up_time_seconds: 0,
    offers: [{ agent: '1001', attempt: 1 }],
    participants: ['1001'],
    end_estimated: null,
  })

  // Notes belong to people: what the engine tells later takes nothing away.
  expect((await t.alice.patch(`${cc}/records/r1`, { notes: 'wants a new contract' })).body.notes).toBe(
    'wants a new contract',
  )
  await say([record('r1', { ...end, notes: null })])
  expect((await t.alice.get(`${cc}/records/r1`)).body.notes).toBe('wants a new contract')
  expect((await t.bob.patch(`${cc}/records/r1`, { notes: 'x' })).body.code).toBe('record_unknown')
  expect((await t.sue.patch(`${cc}/records/r1`, { notes: null })).body.notes).toBeNull()
  const audit = (await t.sue.get('/api/audit')).body.items
  expect(audit[0]).toMatchObject({ action: 'record.notes', extension: '1001', after: { id: 'r1' } })

  // Pages and filters.
  await say([3, 4, 5].map((n) => record(`r${9 - n}`, { queue_name: 'sales', enqueued_at: 1_790_000_000_000 + n })))
  const page = (await t.sue.get(`${cc}/records?queue=sales&limit=2`)).body
  expect(page.items.map(({ id }: { id: string }) => id)).toEqual(['r4', 'r5'])
  const next = (await t.sue.get(`${cc}/records?queue=sales&limit=2&before=${page.next}`)).body
  expect([next.items.map(({ id }: { id: string }) => id), next.next]).toEqual([['r6'], null])
  const range = (await t.sue.get(`${cc}/records?from=1790000000004&until=1790000000005`)).body.items
  expect(range.map(({ id }: { id: string }) => id)).toEqual(['r5'])
  expect((await t.alice.get(`${cc}/records`)).body.items.map(({ id }: { id: string }) => id)).toEqual(['r1'])
  expect((await t.sue.get(`${cc}/records?outcome=answered&agent=1001`)).body.items).toHaveLength(1)
  expect((await t.alice.get(`${cc}/records?agent=1002`)).body.code).toBe('not_yours')
  expect((await t.sue.get(`${cc}/records?outcome=won`)).body.code).toBe('validation_failed')
  expect((await t.sue.get(`${cc}/records?from=5&until=5`)).body.code).toBe('range_empty')
  expect((await t.sue.get(`${cc}/records/r99`)).body.code).toBe('record_unknown')
})

it('a record that the database would not take is mended or left out, and holds up nothing', async () => {
  await begin()
  await say([
    journal({ n: 1 }),
    record('bad', { from: 'a\0b', offers: ['x\0'], wait_time: Number.NaN, attempts: 1e12, talk_time: 'long' }),
    { type: 'record.write', record: { id: '', call_id: '' } },
    { type: 'record.write', record: { id: 'empty', call_id: 'c' } },
    journal({ n: 2 }),
    record('good'),
  ])
  const stored = Object.fromEntries((await rows()).map((row) => [row.id, row]))
  expect(Object.keys(stored).sort()).toEqual(['bad', 'empty', 'good'])
  expect(stored.bad).toMatchObject({ from: 'ab', offers: ['x'], wait_time: null, talk_time: null })
  expect((await t.hub.acd.store.sizes()).journal).toBe(2)
})

it('the journal keeps the order, is given to the next engine, and is cut by snapshots', {
  timeout: 120_000,
}, async () => {
  await begin({ snapshotEntries: 100, snapshotEvery_ms: 3_600_000 })
  await say(Array.from({ length: 60 }, (_, n) => journal({ n })))
  const { db } = t.hub.database
  expect((await db.select().from(acd_journal)).map(({ seq }) => seq)).toEqual(
    Array.from({ length: 60 }, (_, i) => i + 1),
  )
  expect(await db.select().from(acd_snapshots)).toEqual([])

  // Another hub on the same records: it is told before it begins.
  await t.stop()
  script = new Script()
  t = await startHub({ pbx: script.options, contactCentre: { snapshotEntries: 100 } }, storage)
  const events = script.now.events
  const restored = events.find(({ type }) => type === 'AcdRestored') as unknown as {
    snapshot: object
    journal: object[]
  }
  expect(events.findIndex(({ type }) => type === 'AcdRestored')).toBeLessThan(
    events.findIndex(({ type }) => type === 'Started'),
  )
  // The ordered stop took a snapshot: nothing has to be done again.
  expect([restored.snapshot !== null, restored.journal]).toEqual([true, []])

  for (let round = 0; round < 5; round++) {
    await say(Array.from({ length: 50 }, (_, n) => journal({ round, n })))
    await new Promise((done) => setImmediate(done))
    await t.hub.acd.settle()
  }
  const sizes = await t.hub.acd.store.sizes()
  expect(sizes.last).toBe(310)
  expect(sizes.snapshots).toBe(2)
  expect(sizes.journal).toBeLessThan(210)
  const kept = await t.hub.acd.store.restore()
  expect(kept.journal.length).toBeLessThan(100)
  expect(kept.journal.every((entry) => typeof (entry as { n: number }).n === 'number')).toBe(true)
})

it('who waits and who is what are tables of now; a new start begins them anew', async () => {
  await begin()
  await t.program.put(`${cc}/skills/german`, {})
  await t.program.put(`${cc}/queues/support`, { max_wait_ms: 60_000, skills: [{ skill: 'german', min: 2 }] })
  const { db } = t.hub.database
  await say([], {
    acd_calls: [acdCall('1.1', { priority: 7 }), acdCall('1.2')],
    acd_agents: [acdAgent('1001'), acdAgent('1002', { state: 'OnCall', call_id: '1.3', why: null })],
  })
  expect(await db.select().from(call_queue)).toMatchObject([
    {
      session_id: '1.1',
      priority: 7,
      enqueued_at: 1_790_000_000_000,
      skills_required: [{ skill: 'german', min: 2 }],
      queue_name: 'support',
      call_id: '1.1',
      state: 'Queued',
      attempts: 0,
      deadline_at: 1_790_000_060_000,
    },
    { call_id: '1.2' },
  ])
  expect(await db.select().from(agent_state)).toMatchObject([
    { agent_id: '1001', current_state: 'Available', available_at: 1_790_000_000_000, current_session_id: null },
    { agent_id: '1002', current_state: 'OnCall', available_at: null, current_session_id: '1.3' },
  ])
  await say([], {
    acd_calls: [acdCall('1.1', { state: 'Active', agent: '1001', attempts: 1 }), { ...acdCall('1.2'), gone: true }],
    acd_agents: [{ ...acdAgent('1002'), gone: true }],
  })
  await say([], { acd_calls: [acdCall('1.4', { state: 'Completed', ended_at: 1_790_000_000_500 })] })
  expect(await db.select().from(call_queue)).toMatchObject([{ call_id: '1.1', state: 'Active', attempts: 1 }])
  expect(await db.select().from(agent_state)).toHaveLength(1)

  await t.stop()
  t = await startHub({ pbx: script.options }, storage)
  expect(await t.hub.database.db.select().from(call_queue)).toEqual([])
  expect(await t.hub.database.db.select().from(agent_state)).toEqual([])
})

it('each event brings the next midnight, at which the queues count anew: told the last one, they would count nothing', async () => {
  await begin()
  await say([])
  const { at, midnight } = script.now.events.at(-1) as unknown as { at: number; midnight: number }
  expect(midnight).toBeGreaterThan(at)
  expect(midnight - at).toBeLessThanOrEqual(25 * 3_600_000)
})
