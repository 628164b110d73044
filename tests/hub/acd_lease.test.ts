// Several hubs on one database: one acts at the PBX, another takes over within
// 6 s, and what the first still wants to write is refused.
import { afterEach, expect, it } from 'vitest'
import { sql } from '../../hub/node_modules/drizzle-orm/index.js'
import { Lease } from '../../hub/src/acd/lease.js'
import { AcdStore, emptyBatch, Fenced } from '../../hub/src/acd/store.js'
import { type Database, openDatabase } from '../../hub/src/database.js'
import { call_records, hub_lease } from '../../hub/src/schema.js'
import { emptyStorage, onPostgres, startHub } from './support/harness.js'
import { acdCall, acdRecord, Script } from './support/scripted_centre.js'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const silent = { info() {}, warn() {}, error() {} } as never

async function database(): Promise<Database> {
  const storage = await emptyStorage()
  const opened = await openDatabase(storage.options as { data: string })
  cleanups.push(storage.remove, () => opened.close())
  return opened
}

function hub(db: Database['db'], holder: string) {
  const store = new AcdStore({ db, now: Date.now, queueOf: () => undefined, enqueueWebhooks: async () => {} })
  const log: string[] = []
  const lease = new Lease({
    db,
    log: silent,
    holder,
    alone: false,
    address: () => `http://${holder}`,
    onActive: async (epoch) => {
      store.epoch = epoch
      await store.restore()
      log.push('active')
    },
    onLost: (detail) => log.push(detail),
  })
  cleanups.push(() => lease.stop())
  return { store, lease, log }
}

const until = async (what: string, claim: () => unknown, ms = 15_000) => {
  const begun = Date.now()
  for (; !(await claim()); await new Promise((done) => setTimeout(done, 10))) {
    if (Date.now() > begun + ms) throw new Error(`waited ${ms} ms for: ${what}`)
  }
  return Date.now() - begun
}
const batch = (id: string) => ({ ...emptyBatch(), journal: [{ entry: { id }, at: 1 }], records: [acdRecord(id)] })

it('one is active and the other stands by; when the first is gone the other acts within 6 s', async () => {
  const { db } = await database()
  const cut = { on: false }
  const away = () => {
    throw new Error('Connection terminated')
  }
  const cuttable = new Proxy(db, {
    get: (target, name) => {
      if (cut.on && (name === 'update' || name === 'insert')) return away
      const value = Reflect.get(target, name) as unknown
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const [a, b] = [hub(cuttable, 'a'), hub(db, 'b')]
  await a.lease.start()
  await b.lease.start()
  expect(a.lease.state).toMatchObject({ state: 'active', epoch: 1, active_at: 'http://a' })
  expect(b.lease.state).toMatchObject({ state: 'standby', epoch: null, active_at: 'http://a' })
  await a.store.write(batch('r1'))

  // It renews: after more than the lease's time it is still a's.
  await new Promise((done) => setTimeout(done, 5_500))
  expect([a.lease.state.state, b.lease.state.state]).toEqual(['active', 'standby'])
  expect(a.lease.hasStandby).toBe(true)

  // a cannot reach the database any more: it stops by itself, before b begins.
  cut.on = true
  const order: string[] = []
  void until('a stops', () => a.lease.state.state === 'standby').then(() => order.push('a stops'))
  const waited = await until('b acts', () => b.lease.state.state === 'active')
  order.push('b acts')
  expect(order).toEqual(['a stops', 'b acts'])
  expect(waited).toBeLessThan(6_500)
  expect(b.lease.state).toMatchObject({ epoch: 2, active_at: 'http://b' })

  // a is back and writes what it still had: refused, all of it.
  cut.on = false
  await expect(a.store.write(batch('r2'))).rejects.toThrow(Fenced)
  await b.store.write(batch('r3'))
  expect((await db.select().from(call_records)).map(({ id }) => id).sort()).toEqual(['r1', 'r3'])
  expect((await b.store.restore()).journal).toEqual([{ id: 'r1' }, { id: 'r3' }])
  expect(a.log.at(-1)).toMatch(/stands by/)
})

it('a hub that stops in order gives the lease back: the other acts at once', async () => {
  const { db } = await database()
  const [a, b] = [hub(db, 'a'), hub(db, 'b')]
  await a.lease.start()
  await b.lease.start()
  await a.lease.stop()
  expect(await until('b acts', () => b.lease.state.state === 'active')).toBeLessThan(2_500)
})

it('a lease that was left behind is waited for, unless nobody else can have the database', async () => {
  const { db } = await database()
  const now = sql`(extract(epoch from clock_timestamp()) * 1000)::bigint`
  await db.insert(hub_lease).values({ name: 'pbx', holder: 'dead', epoch: 7, expires: sql`${now} + 60000` })
  const a = hub(db, 'a')
  await a.lease.start()
  expect(a.lease.state.state).toBe('standby')
  const alone = new Lease({
    db,
    log: silent,
    holder: 'alone',
    alone: true,
    address: () => null,
    onActive: async () => {},
    onLost: () => {},
  })
  await alone.start()
  expect(alone.state).toMatchObject({ state: 'active', epoch: 8 })
  await alone.stop()
})

if (onPostgres) {
  it('two whole hubs: the one that stands by says where to ask, and takes over with what was kept', {
    timeout: 120_000,
  }, async () => {
    const storage = await emptyStorage()
    cleanups.push(storage.remove)
    const [one, two] = [new Script(), new Script()]
    const a = await startHub({ pbx: one.options, clock: Date.now }, storage)
    const b = await startHub({ pbx: two.options, clock: Date.now }, storage)
    cleanups.push(a.stop, b.stop)
    expect((await a.anonymous.get('/api/health')).body).toMatchObject({
      pbx: { state: 'live' },
      lease: { state: 'active' },
    })
    expect((await b.anonymous.get('/api/health')).body).toMatchObject({
      pbx: { state: 'down' },
      lease: { state: 'standby', active_at: a.url },
    })
    await a.program.put('/api/contact-centre/queues/support', {})
    one.now.say([{ type: 'journal', entry: { n: 1 } }], { acd_calls: [acdCall('1.1')] })
    a.hub.pbx.phoneTold('1001', null)
    await a.hub.acd.settle()
    const asked = await b.program.post('/api/contact-centre/calls/1.1/hangup')
    expect([asked.status, asked.body.code]).toEqual([503, 'hub_stands_by'])
    expect(asked.body.detail).toContain(a.url)

    // The lease is taken away from a, as if its process had stood still for too long.
    await a.hub.database.db.update(hub_lease).set({ expires: 0 })
    await until('b acts', () => two.engines.length > 1 && two.now.of('Started').length > 0)
    const told = two.now.events.map(({ type }) => type)
    expect(told.indexOf('AcdRestored')).toBeLessThan(told.indexOf('Started'))
    expect(two.now.of('AcdRestored')[0]).toMatchObject({ journal: [{ n: 1 }] })
    expect(two.now.of('QueuesChanged')[0]).toMatchObject({ queues: [{ queue: 'support' }] })
    await until('a stands by', () => a.hub.acd.lease.state.state === 'standby')
    expect(one.engines[0]?.closed).toBe(true)
    expect(a.hub.pbx.topics.acd_calls.size).toBe(0)

    // And back again, with a fresh engine.
    await b.stop()
    await until('a acts', () => one.engines.length === 2 && one.now.of('Started').length > 0)
  })
}
