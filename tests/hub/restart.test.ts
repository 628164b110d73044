// A hub that is stopped and started again on the same records.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { createHub, DatabaseError } from '../../hub/src/index.js'
import { Client, emptyStorage, onPostgres, ringing, type Storage, seedDirectory, startHub } from './support/harness.js'
import { connect } from './support/phone_socket.js'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

const directory = () => {
  const dir = mkdtempSync(join(tmpdir(), 'hub-test-'))
  cleanups.push(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** Records that outlive a hub: a directory that nobody has used yet, or a PostgreSQL database. */
async function lasting(): Promise<Storage> {
  if (onPostgres) {
    const storage = await emptyStorage()
    cleanups.push(storage.remove)
    return storage
  }
  return { options: { data: directory() }, remove: async () => {} }
}

it('keeps records, tokens, keys and revisions', async () => {
  const storage = await lasting()
  const first = await startHub({}, storage)
  const status = (await first.alice.put('/api/agents/1001/status', { status: 'BREAK', reason: 'tea' })).body
  const call = (await first.alice.post('/api/call-logs', ringing('kept'), 'kept')).body
  const contact = (await first.alice.post('/api/contacts/find-or-create', { number: '+15559000' })).body
  const phone = await connect(first.url, first.alice.token, { topics: [] })
  phone.send({ type: 'agent_information', extension: '1001', registration: 'registered' })
  await phone.untilPong()
  const { revision } = first.hub.streams.agent_status
  await first.stop()

  const second = await startHub({}, storage)
  const alice = new Client(second.url, first.alice.token)
  expect((await alice.get('/api/agents/1001/status')).body).toEqual({ ...status, registration: null })
  expect((await alice.post('/api/call-logs', ringing('kept'), 'kept')).body).toEqual(call)
  expect((await alice.get('/api/call-logs')).body.items).toEqual([call])
  const found = (await alice.post('/api/contacts/find-or-create', { number: '+15559000' })).body
  expect(found).toEqual({ ...contact, created: false })

  const again = await connect(second.url, alice.token, { topics: ['agent_status'] })
  expect((await again.next()).revision).toBe(revision)
  await alice.put('/api/agents/1001/status', { status: 'ONLINE' })
  expect((await again.next()).revision).toBe(revision + 1)
  await again.close()
  await second.stop()
})

it('a directory that another hub uses is refused with what to do', async () => {
  const data = directory()
  if (!onPostgres) seedDirectory(data)
  const hub = await createHub({ data })
  await expect(createHub({ data })).rejects.toThrow(/in use by process \d+\. Stop that hub first/)
  await hub.close()
  await (await createHub({ data })).close()
})

it('the lock of a hub that was killed does not keep the next one out', async () => {
  const data = directory()
  if (!onPostgres) seedDirectory(data)
  writeFileSync(join(data, 'hub.lock'), '4194999')
  await (await createHub({ data })).close()
})

it.each([
  ['postgresql://nobody:hidden-word@127.0.0.1:1/none', /127\.0\.0\.1:1\/none cannot be used.*DATABASE_URL/],
  ['mysql://root@localhost/x', /begins with mysql:/],
  ['not a url', /is not a URL\. Expected postgresql:/],
  ['', /is not a URL/],
])('DATABASE_URL %j is refused with what to do, without its password', async (databaseUrl, message) => {
  const error = await createHub({ databaseUrl }).then(
    () => null,
    (e: unknown) => e as Error,
  )
  expect(error).toBeInstanceOf(DatabaseError)
  expect(error?.message).toMatch(message)
  expect(error?.message).not.toContain('hidden-word')
})

it('a directory that cannot be made is refused with what to do', async () => {
  const file = join(directory(), 'file')
  writeFileSync(file, '')
  await expect(createHub({ data: join(file, 'data') })).rejects.toThrow(/cannot be made.*Give --data a directory/)
})

if (onPostgres) {
  it('connections that PostgreSQL ends are opened anew', async () => {
    const t = await startHub()
    await t.alice.put('/api/agents/1001/status', { status: 'ONLINE' })
    const { sql } = await import('../../hub/node_modules/drizzle-orm/index.js')
    await t.hub.database.db.execute(
      sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    )
    await t.hub.database.db.execute(sql`select pg_terminate_backend(pg_backend_pid())`).catch(() => {})
    const again = await t.alice.put('/api/agents/1001/status', { status: 'BREAK' })
    expect([again.status, again.body.status]).toEqual([200, 'BREAK'])
    await t.stop()
  })

  it('two hubs that start at once migrate one database', async () => {
    const storage = await lasting()
    const both = await Promise.all([createHub(storage.options), createHub(storage.options)])
    await Promise.all(both.map((hub) => hub.close()))
  })
}
