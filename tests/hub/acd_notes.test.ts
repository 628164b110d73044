// What an agent writes of a call of a queue (notes and disposition of his
// call_log) is in the record of that talk, whichever of the two comes first.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ringing, startHub, type TestHub } from './support/harness.js'
import { acdRecord, Script } from './support/scripted_centre.js'

const T = 1_790_000_000_000
let script: Script
let t: TestHub
beforeAll(async () => {
  script = new Script()
  t = await startHub({ pbx: script.options })
})
afterAll(() => t.stop())

/** A talk of Alice, `at` seconds after the beginning, as the engine tells it. */
async function talk(id: string, call_id: string, at: number, more: object = {}) {
  const answered_at = T + at * 1000
  const times = { enqueued_at: answered_at - 8000, answered_at, ended_at: answered_at + 30_000, talk_time: 30_000 }
  const record = acdRecord(id, { call_id, agent_id: '1001', outcome: 'answered', ...times, ...more })
  script.now.say([{ type: 'record.write', record }])
  t.hub.pbx.phoneTold('1001', null)
  await t.hub.acd.settle()
}

let revision = 1
/** The same talk as the Phone writes it. */
async function log(key: string, yeastar_call_id: string | null, at: number, more: object = {}, as = t.alice) {
  const connected_at = T + at * 1000 + 40
  const times = { started_at: connected_at - 3000, connected_at, ended_at: connected_at + 30_000, duration: 30_000 }
  const body = { status: 'answered', end_reason: 'remote_hangup', yeastar_call_id, revision: ++revision, ...times }
  const { status } = await as.post('/api/call-logs', ringing(key, { ...body, ...more }))
  expect(status).toBe(201)
}
const written = async (id: string) => {
  const { notes, disposition } = (await t.sue.get(`/api/contact-centre/records/${id}`)).body
  return [notes, disposition]
}

it('the record first, then the notes; a later word of the agent replaces the first, also by nothing', async () => {
  await talk('a', '17.1', 100)
  await log('a', '17.1', 100)
  expect(await written('a')).toEqual([null, null])
  await log('a', '17.1', 100, { notes: 'wants a contract', disposition: 'sale' })
  expect(await written('a')).toEqual(['wants a contract', 'sale'])
  await log('a', '17.1', 100, { notes: 'wants two', disposition: 'sale' })
  // What the engine tells afterwards, the end of the wrap-up, takes nothing away.
  await talk('a', '17.1', 100, { wrap_up_time: 5000, final: true })
  expect(await written('a')).toEqual(['wants two', 'sale'])
  await log('a', '17.1', 100, { notes: '', disposition: 'sale' })
  expect(await written('a')).toEqual([null, 'sale'])
})

it('the notes first, then the record; of a talk that goes on nothing is looked for', async () => {
  await log('b', '18.1', 200, { notes: 'first', disposition: 'info' })
  await talk('b', '18.1', 200, { ended_at: null })
  await talk('b', '18.1', 200)
  expect(await written('b')).toEqual(['first', 'info'])
})

it('a call that came back to the same agent has two records, each with the notes of its talk', async () => {
  await talk('c1', '19.1', 300)
  await log('c2', '19.1', 400, { notes: 'second talk' })
  await log('c1', '19.1', 300, { notes: 'first talk' })
  await talk('c2', '19.1-2', 400)
  expect([await written('c1'), await written('c2')]).toEqual([
    ['first talk', null],
    ['second talk', null],
  ])
})

it('without the id of the PBX the moment of the answer tells; another agent, another moment and another call do not', async () => {
  await talk('d', '20.1', 500)
  await log('d-bob', '20.1', 500, { notes: 'of Bob' }, t.bob)
  await log('d-late', null, 560, { notes: 'another call' })
  await log('d-percent', '%', 570, { notes: 'no pattern' })
  await log('d-own', null, 590, { notes: 'called out', type: 'outbound' })
  expect(await written('d')).toEqual([null, null])
  await log('d', null, 500, { notes: 'by the moment' })
  expect(await written('d')).toEqual(['by the moment', null])
  await log('e', null, 600, { notes: 'before' })
  await talk('e', '21.1', 600)
  expect(await written('e')).toEqual(['before', null])
})

it('many at once, in one write and in one batch, meet', async () => {
  const many = Array.from({ length: 40 }, (_, n) => n)
  const both = async (n: number) => {
    await log(`m${n}`, `30.${n}`, 1000 + 10 * n, { notes: `note ${n}` })
    // Again with another word, so that updates and engine cross.
    await log(`m${n}`, `30.${n}`, 1000 + 10 * n, { notes: `note ${n}!` })
  }
  await Promise.all([...many.map(both), ...many.map((n) => talk(`m${n}`, `30.${n}`, 1000 + 10 * n))])
  for (const n of many) expect(await written(`m${n}`)).toEqual([`note ${n}!`, null])
})
