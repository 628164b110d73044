// The contact centre's settings by REST: what is stored, what the engine is
// told, and what is refused.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { QUEUE_DEFAULTS } from '../../hub/src/acd/settings_schemas.js'
import { startHub, type TestHub } from './support/harness.js'
import { acdAgent, acdCall, acdQueue, Script } from './support/scripted_centre.js'

let script: Script
let t: TestHub
beforeEach(async () => {
  script = new Script()
  t = await startHub({ pbx: script.options })
})
afterEach(() => t.stop())

const cc = '/api/contact-centre'
const put = (path: string, body: object = {}) => t.program.put(`${cc}/${path}`, body)
const told = () => script.now.of('QueuesChanged').at(-1) as never as { queues: object[]; agents: object[] }
const refused = async (answer: Promise<{ status: number; body: { code: string } }>) => {
  const { status, body } = await answer
  return [status, body.code]
}

describe('queues', () => {
  it('a queue has the defaults of the documentation, and the engine is told of it whole', async () => {
    const made = await put('queues/support')
    expect([made.status, made.body]).toEqual([200, { queue: 'support', ...QUEUE_DEFAULTS }])
    expect(told()).toMatchObject({ queues: [{ queue: 'support', ...QUEUE_DEFAULTS }], agents: [] })
    expect((await t.sue.get(`${cc}/queues/support/settings`)).body).toEqual(made.body)
    expect((await t.sue.get(`${cc}/settings`)).body).toEqual({ queues: [made.body], agents: [] })
  })

  it('a change replaces all settings, and what is left out has its default again', async () => {
    await put('queues/support', { strategy: 'ring_all', max_waiting: 5 })
    expect((await put('queues/support', { ring_ms: 20_000 })).body).toMatchObject({
      strategy: 'longest_idle',
      max_waiting: 0,
      ring_ms: 20_000,
    })
    expect(script.now.of('QueuesChanged')).toHaveLength(2)
  })

  it('are there for the next hub: the engine is told of them before it begins', async () => {
    await put('skills/german')
    await put('queues/support', { skills: [{ skill: 'german', min: 3 }] })
    await put('agents/1001', { skills: [{ skill: 'german', level: 5 }], queues: [{ queue: 'support' }] })
    t.hub.pbx.standDown('test')
    await t.hub.pbx.start()
    const types = script.now.events.map(({ type }) => type)
    expect(types.indexOf('QueuesChanged')).toBeLessThan(types.indexOf('Started'))
    expect(told()).toMatchObject({
      queues: [{ queue: 'support' }],
      agents: [
        {
          extension: '1001',
          skills: [{ skill: 'german', level: 5 }],
          queues: [{ queue: 'support', penalty: 0, position: 1, weight: 1 }],
        },
      ],
    })
  })

  const REFUSED: [object, number, string][] = [
    [{ ring_ms: 1 }, 400, 'validation_failed'],
    [{ strategy: 'by_height' }, 400, 'validation_failed'],
    [{ mode: 'offhook', open: 'yes' }, 400, 'validation_failed'],
    [{ announce: { position: true } }, 400, 'validation_failed'],
    [{ skills: [{ skill: 'welsh', min: 1 }] }, 422, 'skill_unknown'],
    [{ relaxation: [{ after_ms: 1000, skills: [{ skill: 'welsh', min: 1 }] }] }, 422, 'skill_unknown'],
    [{ overflow: { kind: 'queue', target: 'nowhere' } }, 422, 'queue_unknown'],
    [{ overflow: { kind: 'queue', target: 'support' } }, 422, 'overflow_target'],
    [{ overflow: { kind: 'external', target: 'mother' } }, 422, 'overflow_target'],
    [{ overflow: { kind: 'external', target: '*69' } }, 422, 'overflow_target'],
    [{ overflow: { kind: 'announce', target: '' } }, 422, 'overflow_target'],
    [{ overflow: { kind: 'external', target: '1\r\nAction: Originate' } }, 400, 'validation_failed'],
    [{ wrap_up: { mode: 'timed', ms: 0 } }, 422, 'wrap_up'],
    [
      {
        relaxation: [
          { after_ms: 5, skills: [] },
          { after_ms: 5, skills: [] },
        ],
      },
      422,
      'relaxation',
    ],
  ]
  it('what cannot be is refused, and nothing is stored or told', async () => {
    for (const [body, status, code] of REFUSED) {
      expect([body, ...(await refused(put('queues/support', body)))]).toEqual([body, status, code])
    }
    expect((await t.sue.get(`${cc}/settings`)).body.queues).toEqual([])
    expect(script.now.of('QueuesChanged')).toEqual([])
  })

  it('a name that could end a line of the PBX is refused', async () => {
    for (const name of ['a%0d%0ab', 'a,b', 'a%20b', '%22']) {
      expect(await refused(put(`queues/${name}`))).toEqual([400, 'validation_failed'])
    }
  })

  it('overflows may not go round', async () => {
    await put('queues/a')
    await put('queues/b', { overflow: { kind: 'queue', target: 'a' } })
    await put('queues/c', { overflow: { kind: 'queue', target: 'b' } })
    expect(await refused(put('queues/a', { overflow: { kind: 'queue', target: 'c' } }))).toEqual([
      422,
      'overflow_circle',
    ])
  })

  it('a queue with calls, or into which another overflows, is not removed', async () => {
    await put('queues/a')
    await put('queues/b', { overflow: { kind: 'queue', target: 'a' } })
    const remove = (queue: string) => t.program.send('DELETE', `${cc}/queues/${queue}`)
    expect(await refused(remove('a'))).toEqual([409, 'queue_in_use'])
    script.now.say([], { acd_calls: [acdCall('1.1', { queue: 'b' })] })
    t.hub.pbx.phoneTold('1001', null)
    expect(await refused(remove('b'))).toEqual([409, 'queue_in_use'])
    script.now.say([], { acd_calls: [{ ...acdCall('1.1', { queue: 'b' }), gone: true }] })
    t.hub.pbx.phoneTold('1001', null)
    expect((await remove('b')).status).toBe(204)
    expect((await remove('a')).status).toBe(204)
    expect(await refused(remove('a'))).toEqual([404, 'queue_unknown'])
    expect(told()).toMatchObject({ queues: [], agents: [] })
  })

  it('are shown with their numbers; before the engine has told any, with none', async () => {
    await put('queues/support')
    await put('queues/sales')
    script.now.say([], { acd_queues: [acdQueue('support', { waiting: 3 })] })
    t.hub.pbx.phoneTold('1001', null)
    const { items } = (await t.sue.get(`${cc}/queues`)).body
    expect(items).toMatchObject([
      { queue: 'sales', waiting: null, as_of: null, sl_formula: 'SL4' },
      { queue: 'support', waiting: 3, as_of: 1_790_000_000_000 },
    ])
    expect((await t.sue.get(`${cc}/queues/support`)).body.waiting).toBe(3)
    expect(await refused(t.sue.get(`${cc}/queues/nowhere`))).toEqual([404, 'queue_unknown'])
  })

  it('an agent sees the queues that it serves, and no others', async () => {
    await put('queues/support')
    await put('queues/sales')
    await put('agents/1001', { queues: [{ queue: 'sales' }] })
    expect((await t.alice.get(`${cc}/queues`)).body.items.map(({ queue }: { queue: string }) => queue)).toEqual([
      'sales',
    ])
    expect(await refused(t.alice.get(`${cc}/queues/support`))).toEqual([404, 'queue_unknown'])
    expect((await t.bob.get(`${cc}/queues`)).body.items).toEqual([])
  })
})

describe('agents and skills', () => {
  it('are listed with the routing’s view of now', async () => {
    await put('skills/german', { description: 'speaks German' })
    await put('agents/1002', { skills: [{ skill: 'german', level: 2 }] })
    script.now.say([], { acd_agents: [acdAgent('1002', { state: 'WrapUp' })] })
    t.hub.pbx.phoneTold('1001', null)
    const { items } = (await t.sue.get(`${cc}/agents`)).body
    expect(items).toMatchObject([
      { extension: '1001', name: 'Alice', skills: [], queues: [], now: null },
      { extension: '1002', name: 'Bob', skills: [{ skill: 'german', level: 2 }], now: { state: 'WrapUp' } },
      { extension: '1003' },
    ])
    expect((await t.bob.get(`${cc}/agents/1002`)).body).toEqual(items[1])
    expect(await refused(t.bob.get(`${cc}/agents/1001`))).toEqual([403, 'not_yours'])
    expect(await refused(t.sue.get(`${cc}/agents/9999`))).toEqual([404, 'agent_unknown'])
    expect((await t.sue.get(`${cc}/skills`)).body.items).toEqual([{ name: 'german', description: 'speaks German' }])
  })

  it('one list may be set without the other', async () => {
    await put('skills/german')
    await put('queues/support')
    await put('agents/1001', { skills: [{ skill: 'german', level: 5 }], queues: [{ queue: 'support', penalty: 2 }] })
    const { body } = await put('agents/1001', { skills: [] })
    expect(body).toEqual({
      extension: '1001',
      skills: [],
      queues: [{ queue: 'support', penalty: 2, position: 1, weight: 1 }],
    })
  })

  const REFUSED: [string, object, number, string][] = [
    ['agents/9999', {}, 404, 'agent_unknown'],
    ['agents/1001', { skills: [{ skill: 'welsh', level: 1 }] }, 422, 'skill_unknown'],
    ['agents/1001', { queues: [{ queue: 'nowhere' }] }, 422, 'queue_unknown'],
    ['agents/1001', { skills: [{ skill: 'german', level: 11 }] }, 400, 'validation_failed'],
    [
      'agents/1001',
      {
        skills: [
          { skill: 'german', level: 1 },
          { skill: 'german', level: 2 },
        ],
      },
      422,
      'named_twice',
    ],
  ]
  it('what cannot be is refused', async () => {
    await put('skills/german')
    for (const [path, body, status, code] of REFUSED) {
      expect([body, ...(await refused(put(path, body)))]).toEqual([body, status, code])
    }
  })

  it('a skill that a queue asks for is not removed; else it goes from the agents too', async () => {
    await put('skills/german')
    await put('queues/support', { relaxation: [{ after_ms: 1000, skills: [{ skill: 'german', min: 1 }] }] })
    await put('agents/1001', { skills: [{ skill: 'german', level: 5 }] })
    const remove = () => t.program.send('DELETE', `${cc}/skills/german`)
    expect(await refused(remove())).toEqual([409, 'skill_in_use'])
    await put('queues/support')
    expect((await remove()).status).toBe(204)
    expect((await t.sue.get(`${cc}/agents/1001`)).body.skills).toEqual([])
    expect(await refused(remove())).toEqual([404, 'skill_unknown'])
  })
})

describe('who may', () => {
  it('only an administrator changes settings, and each change is in the audit', async () => {
    for (const path of ['queues/support', 'skills/german', 'agents/1001']) {
      expect(await refused(t.sue.put(`${cc}/${path}`, {}))).toEqual([403, 'role_required'])
    }
    for (const path of ['settings', 'agents', 'skills', 'queues/support/settings', 'calls']) {
      expect(await refused(t.alice.get(`${cc}/${path}`))).toEqual([403, 'role_required'])
    }
    await put('skills/german')
    await put('queues/support', { ring_ms: 9000 })
    await put('queues/support')
    await put('agents/1001', { queues: [{ queue: 'support' }] })
    const { items } = (await t.sue.get('/api/audit')).body
    expect(items.map(({ action }: { action: string }) => action)).toEqual([
      'agent.settings',
      'queue.put',
      'queue.put',
      'skill.put',
    ])
    expect(items[1]).toMatchObject({ before: { ring_ms: 9000 }, after: { queue: 'support', ring_ms: 15_000 } })
  })

  it('the same key sets once', async () => {
    await t.program.put(`${cc}/queues/support`, { ring_ms: 9000 }, 'k')
    await put('queues/support', { ring_ms: 8000 })
    const again = await t.program.put(`${cc}/queues/support`, { ring_ms: 9000 }, 'k')
    expect(again.body.ring_ms).toBe(9000)
    expect((await t.sue.get(`${cc}/queues/support/settings`)).body.ring_ms).toBe(8000)
  })
})
