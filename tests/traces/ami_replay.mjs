// Plays a recording of AMI into the Centre (centre.wasm) as the hub would, with the recording's own times, and gathers what
// was shown. The recording has no login and no lists, so a small PBX here answers them: nothing is going on, and who is
// registered is not told. It is no test: check_ami.mjs compares.

import { openCentre } from '../../hub/dist/pbx/engine.js'

const encoder = new TextEncoder()

/** Ends of messages in `bytes`: offsets after each empty line, CRLF or LF. */
function messagesIn(bytes) {
  const found = []
  let from = 0
  let lineStart = 0
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== 10) continue
    const empty = i === lineStart || (i === lineStart + 1 && bytes[i - 1] === 13)
    lineStart = i + 1
    if (!empty) continue
    found.push({ off: from, len: i + 1 - from })
    from = i + 1
  }
  if (from < bytes.length) found.push({ off: from, len: bytes.length - from })
  return found
}

/** Messages that change nothing that is shown: without an index no time passes for them. */
const kPassedOver =
  /^Event: (VarSet|Newexten|RTCP\w+|MusicOnHold\w+|TestEvent|Cdr|ChallengeSent|SuccessfulAuth|DTMF\w+|NewCallerid)\r?$/m

/** UTC seconds that a message tells, of its own or of the channel that it makes; undefined when none. */
function toldTime(text) {
  const stamp = /^(?:Timestamp|SentNTP): (\d{9,10}(?:\.\d+)?)\r?$/m.exec(text)
  if (stamp) return Number(stamp[1]) * 1000
  const security = /^EventTV: (\d{4}-\d\d-\d\dT[\d:.]+)([+-]\d{4})\r?$/m.exec(text)
  if (security) return Date.parse(`${security[1]}${security[2].slice(0, 3)}:${security[2].slice(3)}`)
  const created = /^Event: Newchannel\r?$/m.test(text) && /^Uniqueid: (\d{9,10})\.\d+\r?$/m.exec(text)
  return created ? Number(created[1]) * 1000 : undefined
}

/**
 * What of a recording the PBX said, in the order it came: `[{ms, bytes}]`. Left out are what the recorder wrote beside it
 * (lines that begin with `>>>`), and the greeting and `FullyBooted` of the recorder's own connection. Times are those of
 * the index. Without one each message comes `spacing` ms after the one before, further apart than changes are gathered
 * for, and never before the time that a message tells.
 */
export function packetsOf(bytes, index, spacing = 150) {
  const decoder = new TextDecoder('latin1') // a byte a character: nothing is lost, whatever it is
  const times = (index ?? [])
    .filter((e) => e?.dir === 'in' && Number.isInteger(e.off) && Number.isFinite(e.ms) && e.off < bytes.length)
    .sort((a, b) => a.off - b.off)
  const packets = []
  let entry = -1
  let ms = 0
  let began
  let greeted = false
  const messages = messagesIn(bytes)
  // `timestampevents` is on: then the messages' own times are good enough to be the only ones.
  const stamped = bytes.toString('latin1').split(/^Timestamp: \d/m).length > messages.length / 2
  for (const { off, len } of messages) {
    let text = decoder.decode(bytes.subarray(off, off + len)).replace(/^\uFEFF|^\xEF\xBB\xBF/, '')
    const whole = text.length
    text = text.replace(/^>>>[^\n]*\n?/gm, '')
    if (/^Asterisk Call Manager\//.test(text)) {
      text = text.replace(/^[^\n]*\n/, '')
      greeted = true
    }
    if (text.trim() === '' && text.length !== whole) continue
    if (/^Event: FullyBooted\r?$/m.test(text) && (greeted || packets.length === 0)) continue
    while (entry + 1 < times.length && times[entry + 1].off <= off) entry++
    if (times.length > 0) ms = Math.max(ms, entry < 0 ? 0 : times[entry].ms)
    else if (!kPassedOver.test(text)) {
      const told = toldTime(text)
      began ??= told === undefined ? undefined : told - ms
      ms = Math.max(stamped ? ms : ms + spacing, told === undefined ? 0 : told - began)
    }
    packets.push({ ms, bytes: text.length === whole ? bytes.subarray(off, off + len) : Buffer.from(text, 'latin1') })
  }
  return packets
}

const kCompletes = {
  CoreShowChannels: 'CoreShowChannelsComplete',
  BridgeList: 'BridgeListComplete',
  QueueStatus: 'QueueStatusComplete',
  DeviceStateList: 'DeviceStateListComplete',
  ExtensionStateList: 'ExtensionStateListComplete',
}

/** What a PBX on which nothing goes on answers. Who is registered it does not say: no list is better than an empty one. */
export function answerOf(action) {
  const name = /^Action: (.*)\r$/m.exec(action)?.[1]
  const id = /^ActionID: (.*)\r$/m.exec(action)?.[1]
  const complete = kCompletes[name]
  if (complete) {
    return `Response: Success\r\nActionID: ${id}\r\nEventList: start\r\n\r\nEvent: ${complete}\r\nActionID: ${id}\r\nEventList: Complete\r\nListItems: 0\r\n\r\n`
  }
  if (/^(PJSIPShow|Agents)/.test(name))
    return `Response: Error\r\nActionID: ${id}\r\nMessage: Invalid/unknown command: ${name}.\r\n\r\n`
  return `Response: Success\r\nActionID: ${id}\r\n\r\n`
}

/** A Centre with a host around it: a clock that moves when told, and a PBX that answers. */
export class Host {
  /** @param answer what the PBX sends back to an action; `(text) => string` */
  constructor(centre, { startAt = 1_795_166_000_000, answer = answerOf } = {}) {
    this.centre = centre
    this.at0 = startAt
    this.now = 0
    this.wake = null
    this.answer = answer
    this.effects = []
    this.onReply = () => {}
  }
  static async open(config, options) {
    return new Host(await openCentre(config), options)
  }
  take(reply) {
    if (!reply) return
    this.wake = reply.wake_ms === null ? null : this.now + reply.wake_ms
    this.onReply(reply, this.now)
    for (const effect of reply.effects) {
      this.effects.push(effect)
      if (effect.type === 'ami.connect') {
        this.event({ type: 'AmiOpened' })
        this.text('Asterisk Call Manager/11.0.0\r\n')
      } else if (effect.type === 'ami.login') {
        this.text(`Response: Success\r\nActionID: ${effect.action_id}\r\nMessage: Authentication accepted\r\n\r\n`)
        this.text(
          'Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 86400\r\nLastReload: 86400\r\nStatus: Fully Booted\r\n\r\n',
        )
      } else if (effect.type === 'ami.send') this.text(this.answer(effect.text))
    }
  }
  bytes(bytes) {
    this.take(this.centre.receive(bytes, this.at0 + this.now, this.now))
  }
  text(text) {
    if (text) this.bytes(encoder.encode(text))
  }
  event(event) {
    this.take(this.centre.dispatch({ ...event, at: this.at0 + this.now, mono: this.now }))
  }
  /** Time passes; what is due on the way is done when it is due. */
  until(ms) {
    for (let turns = 0; this.wake !== null && this.wake <= ms && turns < 100_000; turns++) {
      this.now = Math.max(this.now, this.wake)
      this.wake = null
      this.event({ type: 'Woke' })
    }
    this.now = Math.max(this.now, ms)
  }
  start() {
    this.event({ type: 'Started' })
    this.until(this.now + 1000)
  }
}

const kQuiet = { sync_ms: 86_400_000, reconcile_ms: 86_400_000, ping_ms: 86_400_000 }
const kTold = [
  'dropped',
  'replaced',
  'unrecognised',
  'unknown_channel',
  'lost_legs',
  'over_limit',
  'unusual',
  'suspects',
]

/** Replays packets; the line that `ami.mjs` prints. */
export async function replayAmi(scenario, packets, config = {}) {
  const host = await Host.open({ learn_extensions: true, ...kQuiet, ...config })
  try {
    const shown = { extensions: {}, registered: {}, paused: {} }
    const calls = new Map()
    let counters = {}
    host.onReply = ({ changes }) => {
      for (const { extension, code, registration, gone } of changes.extensions ?? []) {
        if (gone) continue
        shown.extensions[extension] ??= [0] // not heard of before: it was free
        const codes = shown.extensions[extension]
        if (codes.at(-1) !== code) codes.push(code)
        if (registration !== 'unknown') shown.registered[extension] = registration === 'registered'
      }
      for (const { extension, queue, observed, gone } of changes.members ?? []) {
        if (!extension) continue
        shown.paused[extension] ??= {}
        if (gone) delete shown.paused[extension][queue]
        else shown.paused[extension][queue] = observed.paused
      }
      for (const call of changes.calls ?? []) calls.set(call.call_id, call)
      if (changes.link) counters = changes.link.counters
    }
    host.start()
    const from = host.now
    for (const { ms, bytes } of packets) {
      host.until(from + ms)
      host.bytes(bytes)
    }
    const end = host.at0 + host.now
    host.until(host.now + 5000) // the last changes are shown; no grace period ends
    counters = host.centre.state().changes.link?.counters ?? counters
    const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)))
    return {
      scenario,
      extensions: sorted(shown.extensions),
      registered: sorted(shown.registered),
      paused: sorted(Object.fromEntries(Object.entries(shown.paused).map(([e, queues]) => [e, sorted(queues)]))),
      calls: [...calls.values()]
        .sort((a, b) => a.started_at - b.started_at || (a.call_id < b.call_id ? -1 : 1))
        .map((call) => ({
          from: call.from,
          to: call.to,
          answered: call.answered_at !== null,
          duration_s:
            call.answered_at === null ? 0 : Math.round(((call.ended_at ?? end) - call.answered_at) / 100) / 10,
          end: call.end,
          queue: call.queue,
        })),
      anomalies: kTold.reduce((sum, name) => sum + (counters[name] ?? 0), 0),
    }
  } finally {
    host.centre.close()
  }
}
