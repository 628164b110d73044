// Writes the made recordings: stories told to the real engine, which say the ids of timers and requests, and random
// ones. The same on every run; run it when an event's fields change. What is hand-written (bad_input.jsonl) stays.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadEngine, root } from './engine.mjs'

const PhoneEngine = await loadEngine()
const schema = JSON.parse(PhoneEngine.schema())
const base = {
  extension: '1001',
  extension_id: 'e-17',
  number: '1001',
  name: 'Zoë',
  wrap_up: { mode: 'timed', seconds: 30 },
  has_events_socket: true,
  seed: 42,
}

/** A phone that writes down what it is told, and knows what it has open. */
class Desk {
  at = 1_700_000_000_000
  mono = 1_000
  timers = []
  requests = []
  dialled = []
  lines = []
  commands = 0

  constructor(config = {}) {
    const text = JSON.stringify({ ...base, ...config })
    this.lines.push(text)
    this.phone = new PhoneEngine(text)
  }
  tell(type, fields = {}) {
    const line = JSON.stringify({ type, at: this.at, mono: this.mono, ...fields })
    this.lines.push(line)
    const { effects } = JSON.parse(this.phone.dispatch(line))
    for (const effect of effects) {
      if (effect.type === 'timer.set') this.timers.push({ timer: effect.timer, due: this.mono + effect.delay_ms })
      if (effect.type === 'timer.clear') this.timers = this.timers.filter(({ timer }) => timer !== effect.timer)
      if (effect.type === 'http.send') this.requests.push(effect)
      if (effect.type === 'softphone.dial') this.dialled.push(effect.call_id)
    }
    return effects
  }
  ask(type, fields = {}) {
    this.commands += 1
    return this.tell(type, { command: this.commands, ...fields })
  }
  wait(ms) {
    const until = this.mono + ms
    for (;;) {
      const [next] = this.timers.filter(({ due }) => due <= until).sort((a, b) => a.due - b.due)
      if (!next) break
      this.timers = this.timers.filter((timer) => timer !== next)
      this.pass(Math.max(0, next.due - this.mono))
      this.tell('TimerFired', { timer: next.timer })
    }
    this.pass(until - this.mono)
  }
  pass(ms) {
    this.at += ms
    this.mono += ms
  }
  answer(kind, status_code = 200, body = {}) {
    const at = this.requests.findIndex(({ request }) => request === kind)
    if (at < 0) throw new Error(`no open request ${kind}`)
    const [{ id }] = this.requests.splice(at, 1)
    return this.tell('HttpAnswered', { request: id, status_code, body: JSON.stringify(body) })
  }
  lose(kind, failure = 'network') {
    const at = this.requests.findIndex(({ request }) => request === kind)
    if (at < 0) throw new Error(`no open request ${kind}`)
    const [{ id }] = this.requests.splice(at, 1)
    return this.tell('HttpFailed', { request: id, failure })
  }
  answerAll() {
    const answers = {
      contact_find_or_create: [200, { id: 'c-1', name: 'Ann Müller ☎' }],
      call_log_create: [201, { id: 'log-1' }],
      call_log_update: [200, {}],
      agent_status_get: [200, { status: 'ONLINE', reason: null, since: 5 }],
      agent_status_put: [200, {}],
      queue_pause: [200, { synced: true }],
    }
    while (this.requests.length > 0) this.answer(this.requests[0].request, ...answers[this.requests[0].request])
  }
  start() {
    this.tell('Started')
    this.tell('SoftphoneReady')
    this.tell('SocketOpened')
    this.tell('Registered')
    this.answerAll()
  }
  offer(call_id, number = '+442079460123', more = {}) {
    this.tell('CallOffered', { call_id, sip_call_id: `sip-${call_id}`, number, ...more })
  }
}

const stories = {
  inbound_answered(desk) {
    desk.start()
    desk.tell('SocketMessage', {
      body: '{"type":"queue_number","extension":"1001","call_from":"+442079460123","queue_name":"Support","queue_number":"queue-6402","yeastar_call_id":"1651.1","channel_id":"PJSIP/1001-1"}',
    })
    desk.offer('a', '+44 20 7946 0123')
    desk.pass(3_000)
    desk.ask('AnswerRequested')
    desk.pass(250)
    desk.tell('CallConnected', { call_id: 'a' })
    desk.answerAll()
    desk.ask('HoldRequested', { call_id: 'a', on: true })
    desk.tell('HoldConfirmed', { call_id: 'a', on: true })
    desk.wait(20_000)
    desk.ask('HoldRequested', { call_id: 'a', on: false })
    desk.tell('HoldConfirmed', { call_id: 'a', on: false })
    desk.ask('DtmfRequested', { digits: '12#' })
    desk.wait(2_000)
    desk.tell('DtmfSent', { call_id: 'a' })
    desk.tell('CallEnded', { call_id: 'a', origin: 'remote', q850: 16 })
    desk.answerAll()
    desk.ask('DraftSaved', {
      call_log_id: 'log-1',
      notes: 'called about the "invoice"\n\tagain',
      disposition: 'solved',
    })
    desk.answerAll()
    desk.wait(60_000)
  },
  outbound_ends(desk) {
    desk.start()
    const ends = [
      [486, 17],
      [480, 19],
      [603, 16],
      [403, 21],
      [404, 3],
      [487, 0],
      [503, 34],
    ]
    for (const [status_code, q850] of ends) {
      desk.ask('DialRequested', { number: '+44 (20) 7946-0123' })
      const call_id = desk.dialled.at(-1)
      desk.tell('CallDialed', { call_id, sip_call_id: `sip-${call_id}` })
      desk.tell('CallProgress', { call_id, status_code: 183 })
      desk.tell('CallProgress', { call_id, status_code: 180 })
      desk.pass(7_300)
      desk.tell('CallEnded', { call_id, origin: 'remote', status_code, q850 })
      desk.answerAll()
    }
    desk.wait(10_000)
  },
  two_calls_and_a_transfer(desk) {
    desk.start()
    desk.offer('a')
    desk.offer('b', '1002', { uniqueid: '1651.7' })
    desk.ask('AnswerRequested', { call_id: 'a' })
    desk.tell('CallConnected', { call_id: 'a' })
    desk.ask('StatusRequested', { status: 'BREAK', reason: 'coffee' })
    desk.ask('AnswerRequested', { call_id: 'b' })
    desk.tell('HoldConfirmed', { call_id: 'a', on: true })
    desk.tell('CallConnected', { call_id: 'b' })
    desk.answerAll()
    desk.ask('TransferRequested', { call_id: 'a', other_call_id: 'b' })
    for (const status_code of [202, 100, 200]) desk.tell('TransferProgress', { call_id: 'a', status_code })
    desk.tell('CallEnded', { call_id: 'b', origin: 'remote' })
    desk.wait(8_000)
    desk.answerAll()
    desk.wait(60_000)
    desk.answerAll()
  },
  backend_away(desk) {
    desk.start()
    desk.offer('a')
    desk.lose('call_log_create', 'timeout')
    desk.lose('contact_find_or_create')
    desk.ask('AnswerRequested')
    desk.tell('CallConnected', { call_id: 'a' })
    desk.pass(61_234)
    desk.tell('CallEnded', { call_id: 'a', origin: 'local' })
    for (let minute = 0; minute < 4; minute += 1) {
      desk.wait(60_000)
      for (const { request } of [...desk.requests]) desk.lose(request, 'network')
    }
    desk.tell('SocketClosed', { code: 1006, reason: '' })
    desk.wait(120_000)
    desk.answerAll()
    desk.ask('OutboxRetried')
    desk.answerAll()
    desk.wait(60_000)
    desk.answerAll()
    desk.tell('Disposed')
  },
  sleep_and_wrong_clocks(desk) {
    desk.start()
    desk.offer('a')
    desk.ask('AnswerRequested')
    desk.tell('CallConnected', { call_id: 'a' })
    desk.pass(3_600_000)
    desk.at -= 7_200_000.75
    desk.mono += 0.4
    desk.tell('CallEnded', { call_id: 'a', origin: 'unknown', reason: 'lost' })
    desk.mono -= 500
    desk.tell('CallEnded', { call_id: 'a', origin: 'unknown', reason: 'lost' })
    desk.answerAll()
    desk.wait(40_000)
  },
}

const numbers = ['+442079460123', '1002', '', 'anonymous', 'sip:bob@pbx', '*98', 'Zoë']
const bodies = [
  '{"id":"7","name":"Ann"}',
  '{"id":12}',
  '<html>',
  '',
  '{"status":"BREAK","reason":"x","since":5.5}',
  '{"synced":true}',
  '{"event":"call_log","data":{"queue_name":"Sales","server_call_log_token":"t","call_from":"1002"}}',
  '{"type":"snapshot","stream":"agent_status","revision":3,"items":[{"extension":"1002","name":"Bob","status":"ONLINE"},{"extension":"1001","status":"MEETING"}]}',
]

/** xorshift32: the same choices everywhere. */
function choices(seed) {
  let state = seed | 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

function random(desk, seed, events) {
  const below = choices(seed * 7919)
  const one = (list) => list[below(list.length)]
  desk.start()
  for (let i = 0; i < events; i += 1) {
    desk.pass(below(6) === 0 ? below(30_000) : below(300) / 4)
    let shape = one(schema.events)
    if (below(4) === 0 && desk.timers.length > 0) shape = schema.events.find(({ name }) => name === 'TimerFired')
    if (below(4) === 0 && desk.requests.length > 0) shape = schema.events.find(({ name }) => name === 'HttpAnswered')
    if (shape.name === 'Disposed') continue
    const value = ({ name, kind, words }) => {
      if (name === 'timer')
        return desk.timers.length > 0 ? desk.timers.splice(below(desk.timers.length), 1)[0].timer : below(50)
      if (name === 'request')
        return desk.requests.length > 0 ? desk.requests.splice(below(desk.requests.length), 1)[0].id : below(50)
      if (name === 'call_id' || name === 'other_call_id') return one(['a', 'b', 'c', ...desk.dialled.slice(-2)])
      if (name === 'body') return one(bodies)
      if (name === 'status_code') return one([0, 180, 200, 202, 404, 486, 503])
      if (name === 'number' || name === 'target' || name === 'call_from') return one(numbers)
      if (name === 'command') return ++desk.commands
      if (words) return one(words)
      if (kind === 'Flag') return below(2) === 1
      if (kind === 'Number' || kind === 'Time') return below(4000) / 8
      return one(['', 'x', '1001', '12#', 'lost', '"\\ \u0001 ☎'])
    }
    desk.tell(shape.name, Object.fromEntries(shape.fields.map((field) => [field.name, value(field)])))
  }
}

function write(name, desk) {
  writeFileSync(join(root, 'tests/replay', `${name}.jsonl`), `${desk.lines.join('\n')}\n`)
  desk.phone.delete()
}

for (const [name, story] of Object.entries(stories)) {
  const desk = new Desk()
  story(desk)
  write(name, desk)
}
for (let seed = 1; seed <= 4; seed += 1) {
  const desk = new Desk({
    seed,
    wrap_up: { mode: ['timed', 'manual', 'none', 'optional'][seed % 4] },
    calls_max: seed + 1,
  })
  random(desk, seed, 250)
  write(`random_${seed}`, desk)
}
