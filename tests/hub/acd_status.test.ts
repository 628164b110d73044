// Statuses that engine and people write one behind the other: in order, and
// refused only where somebody else has decided otherwise meanwhile.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { CentreEffect } from '../../hub/src/pbx/centre_types.js'
import { startHub, type TestHub } from './support/harness.js'
import { Script } from './support/scripted_centre.js'

let script: Script
let t: TestHub
beforeAll(async () => {
  script = new Script()
  t = await startHub({ pbx: script.options, clock: tick() })
})
afterAll(() => t.stop())
beforeEach(() => script.now.events.splice(0))

/** Each question a millisecond later, so that no two intervals begin at once. */
function tick() {
  let now = 1_790_000_000_000
  return () => ++now
}

const write = (status: string, reason = ''): CentreEffect =>
  ({ type: 'status.write', extension: '1001', status, reason, source: 'acd', restores: false }) as CentreEffect
/** The engine wants these, all in one answer. */
const wants = (...effects: CentreEffect[]) => {
  script.now.say(effects)
  t.hub.pbx.phoneTold('1001', null)
}
const set = (status: string) => t.alice.put('/api/agents/1001/status', { status })
const held = async () => (await t.alice.get('/api/agents/1001/status')).body.status
const refused = () => script.now.of('StatusRefused').map(({ code }) => code)
/** As a request that has come in already: what is asked for after it is stored after it. */
const put = (status: 'BREAK' | 'ONLINE') =>
  t.hub.statuses.put('1001', { status, reason: null, source: 'agent', call_log_id: null })
const until = async (claim: () => boolean) => {
  for (const end = Date.now() + 10_000; !claim(); await new Promise((done) => setTimeout(done, 5))) {
    if (Date.now() > end) throw new Error(`refused ${refused()}`)
  }
}
const told = () => script.now.of('StatusStored').map(({ status }) => status)
const settled = async (...statuses: string[]) => {
  await until(() => told().length >= statuses.length)
  expect(told()).toEqual(statuses)
}

it('two of the engine, the second before the first is stored: both, in order', async () => {
  await set('ONLINE')
  script.now.events.splice(0)
  wants(write('WRAP_UP'), write('ONLINE'))
  wants(write('BREAK', 'RONA'))
  await settled('WRAP_UP', 'ONLINE', 'BREAK')
  expect([refused(), await held()]).toEqual([[], 'BREAK'])
})

it('the engine wants what a person has set already: no conflict, and it stays the person’s', async () => {
  await set('WRAP_UP')
  script.now.events.splice(0)
  const person = put('ONLINE')
  wants(write('ONLINE'))
  await person
  await settled('ONLINE', 'ONLINE')
  expect(refused()).toEqual([])
  expect((await t.alice.get('/api/agents/1001/status')).body).toMatchObject({ status: 'ONLINE', source: 'agent' })
})

it('a person’s word that is stored first is not undone by what the engine had decided before it', async () => {
  await set('ONLINE')
  script.now.events.splice(0)
  const person = put('BREAK')
  wants(write('WRAP_UP'), write('ONLINE'))
  await person
  await until(() => refused().length === 2)
  expect([refused(), await held()]).toEqual([['changed', 'changed'], 'BREAK'])
  // What it decides from then on is done.
  wants(write('ONLINE'))
  await settled('BREAK', 'ONLINE')
})

it('a person’s word between two of the engine is the last; the engine is told that its second was refused', async () => {
  await set('ONLINE')
  script.now.events.splice(0)
  wants(write('WRAP_UP'))
  await until(() => told().includes('WRAP_UP'))
  const person = put('BREAK')
  wants(write('ONLINE'))
  await person
  await until(() => refused().length === 1)
  expect([refused(), await held()]).toEqual([['changed'], 'BREAK'])
})

it('a person’s two quick clicks are both done, the last is what holds', async () => {
  const answers = await Promise.all([set('BREAK'), set('ONLINE'), set('MEETING')])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  const history = (await t.alice.get('/api/agents/1001/history?limit=3')).body.items
  expect(history.map(({ until }: { until: number | null }) => until === null)).toEqual([true, false, false])
  expect(await held()).toBe(history[0].status)
})
