// Calls in the queues by REST and as topics: pages, deeds of supervisors with
// their audit, an agent's own offer and wrap-up, and who sees what.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CentreEffect } from '../../hub/src/pbx/centre_types.js'
import { pbxTopics } from '../../hub/src/pbx/pbx_topics.js'
import { startHub, type TestHub } from './support/harness.js'
import { connect } from './support/phone_socket.js'
import { acdAgent, acdCall, acdQueue, Script } from './support/scripted_centre.js'

const cc = '/api/contact-centre'
let script: Script
let t: TestHub
beforeAll(async () => {
  script = new Script()
  t = await startHub({ pbx: script.options })
  for (const queue of ['support', 'sales']) await t.program.put(`${cc}/queues/${queue}`, {})
  await t.program.put(`${cc}/agents/1001`, { queues: [{ queue: 'support' }] })
})
afterAll(() => t.stop())

const say = (changes: object, effects: CentreEffect[] = []) => {
  script.now.say(effects, changes)
  t.hub.pbx.phoneTold('1001', null)
}
beforeEach(() => {
  script.onCommand = () => ({})
  say({
    acd_calls: [
      acdCall('1.1', { enqueued_at: 1_790_000_000_002 }),
      acdCall('1.2', { queue: 'sales', enqueued_at: 1_790_000_000_001 }),
      acdCall('1.3', { state: 'AgentRinging', agent: '1001', enqueued_at: 1_790_000_000_003 }),
      acdCall('1.4', { state: 'Active', agent: '1002', enqueued_at: 1_790_000_000_001 }),
    ],
    acd_agents: [acdAgent('1001'), acdAgent('1002')],
    acd_queues: [acdQueue('support'), acdQueue('sales')],
  })
})
const code = async (answer: Promise<{ status: number; body: { code: string } }>) => {
  const { status, body } = await answer
  return [status, body.code]
}
const last = () => script.now.commands().at(-1)
const audit = async () => (await t.sue.get('/api/audit?limit=1')).body.items[0]

describe('REST', () => {
  it('lists calls oldest first, in pages, by queue and state', async () => {
    const ids = (page: { items: { call_id: string }[] }) => page.items.map(({ call_id }) => call_id)
    const page = (await t.sue.get(`${cc}/calls?limit=3`)).body
    expect(ids(page)).toEqual(['1.2', '1.4', '1.1'])
    const rest = (await t.sue.get(`${cc}/calls?limit=3&after=${encodeURIComponent(page.next)}`)).body
    expect([ids(rest), rest.next]).toEqual([['1.3'], null])
    expect(ids((await t.sue.get(`${cc}/calls?queue=sales`)).body)).toEqual(['1.2'])
    expect(ids((await t.sue.get(`${cc}/calls?state=Queued`)).body)).toEqual(['1.2', '1.1'])
    expect(await code(t.sue.get(`${cc}/calls?queue=nowhere`))).toEqual([404, 'queue_unknown'])
    expect(await code(t.sue.get(`${cc}/calls?state=Asleep`))).toEqual([400, 'validation_failed'])
  })

  it('a supervisor deals with a call, and it is noted', async () => {
    script.onCommand = () => ({ state: 'done' })
    expect((await t.sue.send('DELETE', `${cc}/calls/1.1`)).body).toEqual({ state: 'done' })
    expect(last()).toEqual({ command: 'dequeue', call_id: '1.1' })
    await t.sue.put(`${cc}/calls/1.1/priority`, { priority: -100 })
    expect(last()).toEqual({ command: 'priority', call_id: '1.1', priority: -100 })
    await t.sue.post(`${cc}/calls/1.1/move`, { queue: 'sales' })
    expect(last()).toEqual({ command: 'move', call_id: '1.1', queue: 'sales' })
    await t.sue.post(`${cc}/calls/1.4/transfer`, { target: '600' })
    expect(last()).toEqual({ command: 'transfer_call', call_id: '1.4', target: '600' })
    await t.sue.post(`${cc}/calls/1.4/hangup`)
    expect(last()).toEqual({ command: 'hangup_call', call_id: '1.4' })
    expect(await audit()).toMatchObject({
      actor: 'agent:1003',
      action: 'call.hangup',
      extension: '1002',
      before: { queue: 'support', state: 'Active', priority: 0 },
      after: { call_id: '1.4' },
    })
    for (const action of ['monitor', 'coach', 'barge', 'take_over', 'stop']) {
      expect((await t.sue.post(`${cc}/calls/1.4/supervise`, { action })).status).toBe(200)
      expect(last()).toEqual({ command: 'supervise', action, supervisor: '1003', call_id: '1.4' })
      expect(await audit()).toMatchObject({
        action: `supervise.${action}`,
        extension: '1002',
        after: { call_id: '1.4' },
      })
    }
    await t.program.post(`${cc}/calls/1.4/supervise`, { action: 'monitor', supervisor: '1003' })
    expect(last()).toMatchObject({ supervisor: '1003' })
  })

  it('queues a call of the PBX or a number; the same key queues one', async () => {
    const answers: unknown[] = [{ state: { call_id: 'a' } }, { detail: '{"call_id":"b"}' }, { state: 'c' }]
    script.onCommand = () => answers.shift() as object
    const post = (body: object, key?: string) => t.sue.post(`${cc}/queues/support/calls`, body, key)
    expect(await post({ channel_id: 'PJSIP/trunk-1', priority: 5 }, 'q')).toMatchObject({
      status: 201,
      body: { call_id: 'a' },
    })
    expect((await post({ channel_id: 'PJSIP/trunk-1', priority: 5 }, 'q')).body).toEqual({ call_id: 'a' })
    expect((await post({ number: '+442079460123' })).body).toEqual({ call_id: 'b' })
    expect((await post({ number: '600' })).body).toEqual({ call_id: 'c' })
    const queued = script.now.commands().filter(({ command }) => command === 'queue_call')
    expect(queued).toEqual([
      { command: 'queue_call', queue: 'support', channel_id: 'PJSIP/trunk-1', priority: 5 },
      { command: 'queue_call', queue: 'support', number: '+442079460123' },
      { command: 'queue_call', queue: 'support', number: '600' },
    ])
  })

  it('explains', async () => {
    script.onCommand = () => ({ detail: { call_id: '1.1', candidates: [] } })
    expect((await t.sue.get(`${cc}/calls/1.1/explanation`)).body).toEqual({ call_id: '1.1', candidates: [] })
    script.onCommand = () => ({ detail: '{"call_id":"1.1","ahead":2}' })
    expect((await t.sue.get(`${cc}/calls/1.1/explanation`)).body).toEqual({ call_id: '1.1', ahead: 2 })
  })

  it('bad input and what the engine refuses are problem documents, and nothing is noted', async () => {
    const before = await audit()
    const cases: [string, string, object | undefined, number, string][] = [
      ['PUT', 'calls/1.1/priority', { priority: 101 }, 400, 'validation_failed'],
      ['PUT', 'calls/1.1/priority', { priority: 1.5 }, 400, 'validation_failed'],
      ['PUT', 'calls/9.9/priority', { priority: 1 }, 404, 'call_unknown'],
      ['POST', 'calls/1.1/move', { queue: 'nowhere' }, 422, 'queue_unknown'],
      ['POST', 'calls/9.9/supervise', { action: 'monitor' }, 404, 'call_unknown'],
      ['POST', 'calls/1.4/supervise', { action: 'whisper' }, 400, 'validation_failed'],
      ['POST', 'calls/1.4/supervise', { action: 'monitor', supervisor: '1002' }, 403, 'not_yours'],
      ['POST', 'calls/1.4/transfer', { target: '6\r\nAction: x' }, 400, 'validation_failed'],
      ['POST', 'queues/nowhere/calls', { number: '600' }, 404, 'queue_unknown'],
      ['POST', 'queues/support/calls', {}, 422, 'channel_or_number'],
      ['POST', 'queues/support/calls', { number: '12', channel_id: 'x' }, 422, 'channel_or_number'],
      ['POST', 'queues/support/calls', { number: '12', skills: [{ skill: 'welsh', min: 1 }] }, 422, 'skill_unknown'],
      ['POST', 'queues/support/calls', { number: 'mother' }, 400, 'validation_failed'],
      ['DELETE', 'calls/9.9', undefined, 404, 'call_unknown'],
    ]
    for (const [method, path, body, status, problem] of cases) {
      const got = await code(t.sue.send(method, `${cc}/${path}`, body))
      expect([path, body, ...got]).toEqual([path, body, status, problem])
    }
    script.onCommand = () => ({ ok: false, code: 'call_unknown', detail: 'The call is over.' })
    const refused = await t.sue.post(`${cc}/calls/1.1/hangup`)
    expect([refused.status, refused.body.code, refused.body.detail]).toEqual([404, 'call_unknown', 'The call is over.'])
    expect((await audit()).id).toBe(before.id)
    for (const path of ['calls/1.1/hangup', 'calls/1.4/supervise']) {
      expect(await code(t.alice.post(`${cc}/${path}`, { action: 'monitor' }))).toEqual([403, 'role_required'])
    }
  })

  it('an agent answers or refuses its own offer', async () => {
    expect((await t.alice.post(`${cc}/offers/1.3/reject`)).status).toBe(200)
    expect(last()).toEqual({ command: 'reject', extension: '1001', call_id: '1.3' })
    await t.alice.post(`${cc}/offers/1.3/accept`)
    expect(last()).toEqual({ command: 'accept', extension: '1001', call_id: '1.3' })
    expect(await code(t.bob.post(`${cc}/offers/1.3/reject`))).toEqual([403, 'not_yours'])
    expect(await code(t.alice.post(`${cc}/offers/9.9/reject`))).toEqual([404, 'call_unknown'])
  })

  it('wrap-up is ended once and extended by its agent; without one it is refused', async () => {
    const extend = (as = t.alice, body?: object) => as.post('/api/agents/1001/extend-wrap-up', body)
    await t.alice.post('/api/agents/1001/online')
    expect(await code(extend())).toEqual([409, 'not_in_wrap_up'])
    expect(await code(t.alice.post('/api/agents/1001/complete-wrap-up'))).toEqual([409, 'not_in_wrap_up'])
    const wrap_up = { call_id: '1.0', since: 1, until: 2, mode: 'timed' }
    say({ acd_agents: [acdAgent('1001', { state: 'WrapUp', queue: 'support', wrap_up })] })
    expect((await extend()).body).toMatchObject({ extension: '1001', status: 'ONLINE' })
    expect(last()).toEqual({ command: 'extend_wrap_up', extension: '1001', ms: 30_000 })
    await extend(t.sue, { ms: 60_000 })
    expect(last()).toMatchObject({ ms: 60_000 })
    expect(await audit()).toMatchObject({ action: 'wrap_up.extend', extension: '1001' })
    expect(await code(extend(t.bob))).toEqual([403, 'not_yours'])
    expect(await code(extend(t.alice, { ms: 5 }))).toEqual([400, 'validation_failed'])
    // The CRM's status WRAP_UP, which the Phone has set, ends with it.
    await t.alice.post('/api/agents/1001/wrap-up')
    expect((await t.alice.post('/api/agents/1001/complete-wrap-up')).body).toMatchObject({ status: 'ONLINE' })
    expect(last()).toEqual({ command: 'complete_wrap_up', extension: '1001' })
  })

  it('shifts are set whole, and may not overlap', async () => {
    const put = (items: object[]) => t.sue.put(`${cc}/schedules/1001`, { items })
    const items = [
      { from: 2_000, until: 3_000, status: 'BREAK' },
      { from: 1_000, until: 2_000, status: 'ONLINE' },
    ]
    expect((await put(items)).body).toEqual({ items: [items[1], items[0]] })
    expect((await t.sue.get(`${cc}/schedules/1001?from=2500`)).body.items).toEqual([items[0]])
    expect(await code(put([...items, { from: 2_999, until: 4_000, status: 'ONLINE' }]))).toEqual([
      422,
      'shifts_overlap',
    ])
    expect(await code(put([{ from: 2, until: 2, status: 'ONLINE' }]))).toEqual([422, 'range_empty'])
    expect(await code(put([{ from: 2, until: 3, status: 'ON_CALL' }]))).toEqual([400, 'validation_failed'])
    expect(await code(t.sue.get(`${cc}/schedules/9999`))).toEqual([404, 'agent_unknown'])
    expect(await code(t.alice.get(`${cc}/schedules/1001`))).toEqual([403, 'role_required'])
  })
})

describe('topics', () => {
  const supervision = {
    supervisor: '1003',
    call_id: '1.4',
    agent: '1002',
    mode: 'coach',
    state: 'Coach',
    since: 1,
    end: null,
  }
  const topics = ['queues', 'acd_agents', 'acd_calls', 'supervision']
  const keys = (frame: { items: Record<string, string>[] }) =>
    frame.items.map((item) => item.call_id ?? item.extension ?? item.queue).sort()
  /** The next frame of a stream; links are told in between. */
  const next = async (phone: Awaited<ReturnType<typeof connect>>, stream: string) => {
    for (;;) {
      const frame = (await phone.next()) as unknown as {
        stream?: string
        type: string
        items: Record<string, string>[]
        removed: unknown[]
        revision: number
      }
      if (frame.stream === stream) return frame
    }
  }

  it('who listens to its call an agent is shown by policy only (tell_agent); supervisors always', async () => {
    const heard = acdCall('1.5', {
      state: 'Active',
      agent: '1001',
      supervisors: [{ extension: '1003', mode: 'coach' }],
    })
    const alice = await connect(t.url, t.alice.token, { topics })
    await next(alice, 'acd_calls')
    say({ acd_calls: [heard] }, [{ type: 'note', extension: '1001', code: 'supervised', call_id: '1.5', until: null }])
    expect((await next(alice, 'acd_calls')).items).toMatchObject([{ call_id: '1.5', supervisors: [] }])
    const again = await connect(t.url, t.alice.token, { topics })
    const items = (await next(again, 'acd_calls')).items as unknown as (typeof heard)[]
    expect(items.map(({ supervisors }) => supervisors)).toEqual([[], []])
    const shown = (await t.sue.get(`${cc}/calls`)).body.items as (typeof heard)[]
    expect(shown.find(({ call_id }) => call_id === '1.5')?.supervisors).toEqual(heard.supervisors)

    const told = pbxTopics({ now: () => 1, frame_bytes: 10_000, ring: 10 }, true).acd_calls
    told.put([heard])
    const [frame] = told.snapshot(true, { extension: '1001', queues: [] }).frames
    expect(JSON.parse(String(frame)).items).toMatchObject([{ supervisors: heard.supervisors }])
    told.close()
    say({ acd_calls: [{ ...heard, gone: true }] })
    expect((await next(alice, 'acd_calls')).removed).toEqual(['1.5'])
    for (const one of [alice, again]) one.close()
  })

  it('a supervisor sees all; an agent its own queues, itself and the call it is offered', async () => {
    const sue = await connect(t.url, t.sue.token, { topics })
    const alice = await connect(t.url, t.alice.token, { topics })
    expect(keys(await next(sue, 'queues'))).toEqual(['sales', 'support'])
    expect(keys(await next(alice, 'queues'))).toEqual(['support'])
    expect(keys(await next(sue, 'acd_agents'))).toEqual(['1001', '1002'])
    expect(keys(await next(alice, 'acd_agents'))).toEqual(['1001'])
    expect(keys(await next(sue, 'acd_calls'))).toEqual(['1.1', '1.2', '1.3', '1.4'])
    const offered = await next(alice, 'acd_calls')
    expect(keys(offered)).toEqual(['1.3'])

    // The offer goes on to Bob: gone for Alice, changed for Sue; revisions have no gap for either.
    say({ acd_calls: [acdCall('1.3', { state: 'AgentRinging', agent: '1002' })] })
    const told = await next(sue, 'acd_calls')
    const gone = await next(alice, 'acd_calls')
    expect([keys(told), told.removed]).toEqual([['1.3'], []])
    expect([keys(gone), gone.removed, gone.revision]).toEqual([[], ['1.3'], offered.revision + 1])

    // The end is told with its outcome, then the call is gone.
    say({ acd_calls: [{ ...acdCall('1.4', { state: 'Completed', ended_at: 5, outcome: 'answered' }), gone: true }] })
    const end = await next(sue, 'acd_calls')
    expect([end.items, end.removed]).toMatchObject([[{ call_id: '1.4', outcome: 'answered' }], ['1.4']])
    expect((await next(alice, 'acd_calls')).removed).toEqual([])

    say({}, [{ type: 'supervision', session: supervision }])
    expect((await next(sue, 'supervision')).items).toMatchObject([{ supervisor: '1003', mode: 'coach' }])

    // Its end is told, and then it is gone.
    say({}, [{ type: 'supervision', session: { ...supervision, state: 'Ended', end: 'hangup' } }])
    expect((await next(sue, 'supervision')).removed).toEqual([['1003', '1.4']])

    // An agent that gets another queue sees it at once.
    await t.program.put(`${cc}/agents/1001`, { queues: [{ queue: 'support' }, { queue: 'sales' }] })
    const anew = await next(alice, 'queues')
    expect([anew.type, keys(anew)]).toEqual(['snapshot', ['sales', 'support']])
    expect(JSON.stringify(await alice.untilPong())).not.toContain('supervision')
    await sue.close()
    await alice.close()
  })
})
