// What every variant is given: the same events in the same order, at the same virtual times. A variant is an object
// with `says` (the softphone reports), `answer`, `hold`, `mute` (the user asks) and `call(id)` (what the store shows).

/** Time that moves when the workload says so; `setTimeout` is kept, because ours sets time limits. */
export class BenchClock {
  at = 1_700_000_000_000
  live = new Map()
  last = 0

  now = () => this.at
  mono = () => this.at - 1_699_999_990_000

  setTimeout = (fn, ms) => {
    this.live.set(++this.last, { fn, due: this.at + ms, ms })
    return this.last
  }

  clearTimeout = (handle) => {
    this.live.delete(handle)
  }

  advance(ms) {
    this.at += ms
    for (const [handle, { fn, due }] of this.live) {
      if (due > this.at) continue
      this.live.delete(handle)
      fn()
    }
  }

  /** Alarms of exactly this length: how many requests wait for their answer. */
  waiting(ms) {
    let count = 0
    for (const alarm of this.live.values()) if (alarm.ms === ms) count++
    return count
  }
}

const IDS = 4096
const ids = Array.from({ length: IDS }, (_, i) => `7f3a91c04be2${(i * 2654435761).toString(16)}@pbx`)
const numbers = Array.from({ length: 64 }, (_, i) => `030555${1000 + i * 37}`)
const names = Array.from({ length: 64 }, (_, i) => `Caller ${i}`)
let calls = 0

/** A SIP Call-ID comes from the network: new text for every call, here from a stock larger than what is remembered. */
export const nextId = () => ids[calls++ & (IDS - 1)]

export const CALL_EVENTS = 9
export const CONTROL_EVENTS = 8
/** Between two calls: longer than an ended call stays visible. */
export const PAUSE_MS = 10_000

/** One incoming call, answered, held, resumed, mute asked for, ended by the caller: nine events. */
export function oneCall(to, clock, id) {
  const who = calls & 63
  to.says({ type: 'CallOffered', call_id: id, sip_call_id: id, number: numbers[who], name: names[who], at: clock.at })
  clock.at += 2137
  to.answer(id)
  clock.at += 91
  to.says({ type: 'CallConnected', call_id: id, at: clock.at })
  clock.at += 4021
  to.hold(id, true)
  clock.at += 57
  to.says({ type: 'HoldConfirmed', call_id: id, on: true, at: clock.at })
  clock.at += 7333
  to.hold(id, false)
  clock.at += 61
  to.says({ type: 'HoldConfirmed', call_id: id, on: false, at: clock.at })
  clock.at += 1009
  to.mute(id, true)
  clock.at += 13
  to.says({ type: 'CallEnded', call_id: id, origin: 'remote', q850: 16, at: clock.at })
}

/** What a live call begins with, before its control is measured. */
export function connect(to, clock, id) {
  to.says({ type: 'CallOffered', call_id: id, sip_call_id: id, number: numbers[0], name: names[0], at: clock.at })
  clock.at += 2137
  to.answer(id)
  clock.at += 91
  to.says({ type: 'CallConnected', call_id: id, at: clock.at })
}

/** Hold and mute on and off again, each asked for and confirmed: eight events. */
export function control(to, clock, id) {
  for (const on of [true, false]) {
    clock.at += 101
    to.hold(id, on)
    clock.at += 57
    to.says({ type: 'HoldConfirmed', call_id: id, on, at: clock.at })
    clock.at += 11
    to.mute(id, on)
    clock.at += 3
    to.says({ type: 'MuteConfirmed', call_id: id, on, at: clock.at })
  }
}

/** What the backend answers; the numbers of docs/wire.md. */
let records = 0
export function backendAnswer(request) {
  switch (request) {
    case 'call_log_create':
      return { status: 201, body: `{"id":"log-${++records & (IDS - 1)}"}` }
    case 'contact_find_or_create':
      return { status: 200, body: `{"id":"contact-${++records & 63}","name":"Ada Example","created":false}` }
    case 'agent_status_get':
      return { status: 200, body: '{"extension":"1001","status":"ONLINE","since":1699999000000}' }
    case 'queue_pause':
      return { status: 200, body: '{"extension":"1001","paused":false,"synced":true}' }
    default:
      return { status: 200, body: '{}' }
  }
}

export const benchConfig = {
  session: { extension: '1001', extensionId: 'e-17', number: '1001', name: 'Alice' },
  seed: 7,
}

// 10,000 agents ---------------------------------------------------------------

export const AGENTS = 10_000
const agentNames = Array.from({ length: AGENTS }, (_, i) => `Agent ${i}`)
const statuses = ['ONLINE', 'BREAK', 'TRAINING', 'MEETING']

/**
 * Keys of the two kinds there are: ids ('agent-20417') and plain numbers ('20417'). It matters to a flat object: V8 keeps
 * keys that are small whole numbers in an array, and copies that much faster than names.
 */
const keys = {
  ids: Array.from({ length: AGENTS }, (_, i) => `agent-${20_000 + i}`),
  digits: Array.from({ length: AGENTS }, (_, i) => String(20_000 + i)),
}

/** Update number `n`: the first AGENTS introduce each agent, later ones jump about among them. */
export function agentUpdate(n, kind) {
  const i = n < AGENTS ? n : (n * 7919) % AGENTS
  return {
    type: 'AgentStatusReceived',
    extension: keys[kind][i],
    name: agentNames[i],
    status: statuses[(n + (n >> 12)) & 3],
    reason: '',
    since: 1_700_000_000_000 + n,
    revision: n + 1,
  }
}
