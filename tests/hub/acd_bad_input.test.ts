// What cannot be meant, by REST: each is refused with a problem document that
// says what is wrong, changes nothing, and reaches no engine. The same by gRPC
// is in acd_grpc.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startHub, type TestHub } from './support/harness.js'
import { acdCall, Script } from './support/scripted_centre.js'

const cc = '/api/contact-centre'
let script: Script
let t: TestHub
beforeAll(async () => {
  script = new Script()
  t = await startHub({ pbx: script.options })
  await t.program.put(`${cc}/queues/support`, {})
  script.now.say([], { acd_calls: [acdCall('1.1')] })
  t.hub.pbx.phoneTold('1001', null)
})
afterAll(() => t.stop())

const TEN_YEARS = 10 * 365 * 86_400_000
type Case = [method: string, path: string, body: object | undefined, status: number, code: string]
const CASES: Case[] = [
  ['POST', 'queues/nowhere/calls', { number: '12' }, 404, 'queue_unknown'],
  ['POST', 'queues/support/calls', { number: '12', skills: [{ skill: 'welsh', min: 1 }] }, 422, 'skill_unknown'],
  ['POST', 'queues/support/calls', { number: '12', channel_id: 'PJSIP/x-1' }, 422, 'channel_or_number'],
  ['POST', 'queues/support/calls', { number: '12', priority: 101 }, 400, 'validation_failed'],
  ['POST', 'queues/support/calls', { number: '12', priority: -101 }, 400, 'validation_failed'],
  ['POST', 'queues/support/calls', { number: '12', priority: 0.5 }, 400, 'validation_failed'],
  ['POST', 'queues/support/calls', { number: '12', priority: '7' }, 400, 'validation_failed'],
  ['POST', 'queues/support/calls', { number: 'sip:a@b\r\nX: y' }, 400, 'validation_failed'],
  ['POST', 'queues/support/calls', { number: '*69' }, 400, 'validation_failed'],
  ['PUT', 'calls/1.1/priority', { priority: 1e9 }, 400, 'validation_failed'],
  ['PUT', 'calls/9.9/priority', { priority: 1 }, 404, 'call_unknown'],
  ['POST', 'calls/1.1/move', { queue: 'nowhere' }, 422, 'queue_unknown'],
  ['POST', 'calls/9.9/hangup', undefined, 404, 'call_unknown'],
  ['DELETE', 'calls/9.9', undefined, 404, 'call_unknown'],
  ['POST', 'calls/1.1/supervise', { action: 'shout' }, 400, 'validation_failed'],
  ['PUT', 'agents/4711', { queues: [] }, 404, 'agent_unknown'],
  ['GET', 'agents/4711', undefined, 404, 'agent_unknown'],
  ['PUT', 'agents/1001', { queues: [{ queue: 'nowhere' }] }, 422, 'queue_unknown'],
  ['PUT', 'agents/1001', { skills: [{ skill: 'welsh', level: 3 }] }, 422, 'skill_unknown'],
  ['GET', `reports/queues?from=0&until=${TEN_YEARS}`, undefined, 422, 'range_too_long'],
  ['GET', 'reports/agents?agent=4711', undefined, 404, 'agent_unknown'],
  ['GET', 'reports/queues?queue=nowhere', undefined, 404, 'queue_unknown'],
  ['GET', 'records?queue=a%20b%00c', undefined, 400, 'validation_failed'],
]

it.each(CASES)('%s %s %j', async (method, path, body, status, code) => {
  const before = script.now.commands().length
  const answer = await t.program.send(method, `${cc}/${path}`, body)
  expect([answer.status, answer.body.code]).toEqual([status, code])
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(answer.body.detail.length).toBeGreaterThan(10)
  expect(script.now.commands()).toHaveLength(before)
})

it('without the right nothing of it is asked: an agent at everything of a supervisor, a supervisor at settings', async () => {
  const before = script.now.commands().length
  const refused = async (who: typeof t.alice, method: string, path: string, body?: object) => {
    const answer = await who.send(method, `${cc}/${path}`, body)
    expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 403, 'role_required'])
  }
  for (const [method, path, body] of [
    ['POST', 'queues/support/calls', { number: '12' }],
    ['GET', 'calls'],
    ['DELETE', 'calls/1.1'],
    ['PUT', 'calls/1.1/priority', { priority: 1 }],
    ['POST', 'calls/1.1/move', { queue: 'support' }],
    ['POST', 'calls/1.1/hangup'],
    ['POST', 'calls/1.1/transfer', { target: '9' }],
    ['GET', 'calls/1.1/explanation'],
    ['POST', 'calls/1.1/supervise', { action: 'monitor' }],
    ['GET', 'reports/queues'],
  ] as [string, string, object?][]) {
    await refused(t.alice, method, path, body)
  }
  await refused(t.sue, 'PUT', 'queues/support', {})
  await refused(t.sue, 'DELETE', 'queues/support')
  await refused(t.sue, 'PUT', 'agents/1001', { queues: [] })
  await refused(t.sue, 'POST', 'webhooks', { url: 'https://a.example/', events: ['*'] })
  expect(script.now.commands()).toHaveLength(before)
})

it('a thousand QueueCall for one call with one key are one; each is answered with the same call', async () => {
  script.onCommand = () => ({ state: { call_id: 'cb-1' } })
  const before = script.now.commands().length
  const ask = () => t.program.post(`${cc}/queues/support/calls`, { number: '+442079460123' }, 'one')
  for (let round = 0; round < 10; round++) {
    const answers = await Promise.all(Array.from({ length: 100 }, ask))
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.call_id ?? body.code}`))).toEqual(
      new Set(['201 cb-1']),
    )
  }
  expect(script.now.commands()).toHaveLength(before + 1)
})
