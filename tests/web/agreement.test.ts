// biome-ignore-all lint/style/noNonNullAssertion: a test fails all the same
// Cold and hot face are two ways into the same machines: the same events give
// the same state and the same effects, whatever the events are.
import { describe, expect, it } from 'vitest'
import { EngineLink } from '../../web/src/engine/link.js'
import type { ColdClass, EngineModule } from '../../web/src/engine/module.js'
import type { PhoneEvent } from '../../web/src/generated/events.js'
import schema from '../../web/src/generated/schema.json' with { type: 'json' }
import { PlainLeaves } from '../../web/src/replay/leaves.js'
import { coldEngine, realModule } from './real_phone.js'

interface Reply {
  version: number
  error: { code: string; message: string } | null
  changes: { leaf: string; slot: number; value: unknown }[]
  effects: Record<string, unknown>[]
}

interface Field {
  name: string
  kind: string
  words?: string[]
}

/** xorshift: the seed is printed with a failure. */
function random(seed: number) {
  let s = seed | 1
  return (below: number) => {
    s ^= s << 13
    s ^= s >>> 17
    s ^= s << 5
    return (s >>> 0) % below
  }
}

const config = (seed: number) =>
  JSON.stringify({
    seed,
    extension: '1001',
    extension_id: 'e-17',
    number: '1001',
    name: 'Zoë',
    has_events_socket: true,
    login: true,
  })

const NUMBERS = ['+442079460123', '1002', '', 'sip:bob@x', 'Ünïcødé', '*98', '0', '+1 (202) 555-0100']
const TEXTS = ['', 'a', 'busy – besetzt', '日本', 'x'.repeat(300), '"\\\u0000\n', '😀']
const IDS = ['c1', 'c2', 'c3', 'c4', 'gone', '__proto__']
const BODIES = [
  '{"id":"7","revision":1,"created":true,"number":"+44","name":"Bob"}',
  '{"status":"PAUSE","reason":"lunch","extension":"1001","since":5,"revision":3}',
  '{"type":"queue_number","extension":"1001","call_from":"+442079460123","queue_name":"Support","queue_number":"6402","yeastar_call_id":"1.2"}',
  '{"type":"change","stream":"agent_status","revision":4,"item":{"extension":"1002","name":"Bea","status":"ONLINE","since":9}}',
  '{"type":"snapshot","stream":"agent_status","revision":2,"items":[{"extension":"1003","name":null,"status":"BREAK"}]}',
  '{"type":"welcome","server_time":1,"extension":"1001","role":"agent"}',
  '<html>',
  '',
  '[]',
  '{"id":9}',
]

/** An event of any type with fields that are often, but not always, meaningful. */
function anyEvent(
  pick: (below: number) => number,
  effects: Record<string, unknown>[],
  commands: { next: number },
): PhoneEvent {
  const answers = effects.filter((effect) => effect.type === 'http.send' || effect.type === 'timer.set')
  const shape = schema.events[1 + pick(schema.events.length - 1)]!
  // The end of a phone is the end of its sequence: it comes seldom.
  if (shape.name === 'Disposed' && pick(20) > 0) return { type: 'SoftphoneReady' }
  const event: Record<string, unknown> = { type: shape.name }
  for (const field of shape.fields as Field[]) event[field.name] = value(field)
  return event as never

  function value(field: Field): unknown {
    switch (field.name) {
      case 'call_id':
      case 'other_call_id':
        return IDS[pick(IDS.length)]
      case 'command':
        return commands.next++
      case 'request':
      case 'timer':
        return answers.length > 0 && pick(8) > 0 ? answers[pick(answers.length)]!.id : pick(50)
      case 'status_code':
        return [0, 180, 183, 200, 201, 202, 404, 486, 487, 500, 503][pick(11)]
      case 'extension':
        return ['1001', '1002', '1003', ''][pick(4)]
    }
    if (field.words) return field.words[pick(field.words.length)]
    if (field.kind === 'Flag') return pick(2) === 1
    if (field.kind === 'Blob') return BODIES[pick(BODIES.length)]
    if (field.kind === 'Number') return pick(1000)
    return /number|call_from|target/.test(field.name) ? NUMBERS[pick(NUMBERS.length)] : TEXTS[pick(TEXTS.length)]
  }
}

function run(module: EngineModule, PhoneEngine: ColdClass, seed: number, length: number) {
  const pick = random(seed)
  const hot = new EngineLink(module, config(seed))
  const cold = new PhoneEngine(config(seed))
  const leaves = new PlainLeaves()
  const commands = { next: 1 }
  let effects: Record<string, unknown>[] = []
  let coldState = leaves.state(0)
  let at = 1_700_000_000_000
  for (let i = 0; i < length; i++) {
    at += pick(4000)
    const mono = at - 1_700_000_000_000
    const event: PhoneEvent = i === 0 ? { type: 'Started' } : anyEvent(pick, effects, commands)
    const where = `seed ${seed}, event ${i}: ${JSON.stringify(event)}`
    const error = hot.dispatch(event, at, mono)
    const reply = JSON.parse(cold.dispatch(JSON.stringify({ ...event, at, mono }))) as Reply
    expect(error === 0, where).toBe(reply.error === null)
    for (const { leaf, slot, value } of reply.changes) leaves.put(leaf, slot, value)
    if (reply.changes.length > 0) coldState = leaves.state(reply.version)
    expect(hot.effects, where).toEqual(reply.effects)
    expect(plain(hot.state), where).toEqual(plain(coldState))
    effects = [...effects, ...reply.effects].slice(-40)
    if (event.type === 'Disposed') break
  }
  const counted = hot.state.anomalies
  hot.dispose()
  cold.delete()
  return counted
}

const plain = (state: object) => ({ ...state, agents: [...(state as { agents: Iterable<unknown> }).agents] })

describe('cold and hot face', () => {
  it('agree after every one of 40 random sequences of 250 events', async () => {
    const module = await realModule()
    const PhoneEngine = await coldEngine()
    const first = Number(process.env.SEED ?? 1)
    for (let seed = first; seed < first + 40; seed++) run(module, PhoneEngine, seed * 7919, 250)
  })

  it('agree over thousands of calls, while strings come and go', async () => {
    const module = await realModule()
    const PhoneEngine = await coldEngine()
    const hot = new EngineLink(module, config(5))
    const cold = new PhoneEngine(config(5))
    const leaves = new PlainLeaves()
    let version = 0
    let command = 0
    const both = (event: PhoneEvent, at: number) => {
      expect(hot.dispatch(event, at, at), JSON.stringify(event)).toBe(0)
      const reply = JSON.parse(cold.dispatch(JSON.stringify({ ...event, at, mono: at }))) as Reply
      for (const { leaf, slot, value } of reply.changes) leaves.put(leaf, slot, value)
      version = reply.version
      for (const effect of hot.effects) {
        if (effect.type === 'http.send')
          both({ type: 'HttpAnswered', request: effect.id, status_code: 201, body: `{"id":"log-${effect.id}"}` }, at)
      }
    }
    both({ type: 'Started' }, 1)
    both({ type: 'SoftphoneReady' }, 2)
    both({ type: 'Registered' }, 3)
    for (let i = 0; i < 1500; i++) {
      const at = 1000 + i * 20_000
      const call_id = `call ${i} with a name`
      both({ type: 'CallOffered', call_id, number: `+4420794${String(i).padStart(5, '0')}`, name: `Ünique ${i}` }, at)
      both({ type: 'AnswerRequested', command: ++command, call_id }, at + 1)
      both({ type: 'CallConnected', call_id }, at + 2)
      both({ type: 'CallEnded', call_id, origin: 'remote', reason: `because ${i}` }, at + 3)
      const timers = hot.effects.filter((effect) => effect.type === 'timer.set')
      for (const { timer } of timers) both({ type: 'TimerFired', timer }, at + 9000)
      if (i % 100 === 0) expect(plain(hot.state)).toEqual(plain(leaves.state(version)))
    }
    expect(plain(hot.state)).toEqual(plain(leaves.state(version)))
    expect(Object.keys(hot.state.callLogs).length).toBeLessThanOrEqual(110)
  })
})
