// A bare telephone: SIP over UDP and RTP (G.711 µ-law) in one process, nothing of ours in between. It sends a tone of its
// own and knows which tones it hears, so "who hears whom" is measured; it rings until the test says what to do. As much
// of SIP as the scenarios of the queue need (RFC 3261, 3515, 3891, 4733), on loopback: no authentication, no retransmission
// but of the final answer.

import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { EventEmitter, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

const host = '127.0.0.1'
const pbxPort = 5060
const frame = 160 // samples of 20 ms
const rate = 8000
const token = () => randomBytes(6).toString('hex')

/** µ-law of a linear sample (ITU-T G.711), and back. */
function encode(sample) {
  const sign = sample < 0 ? 0x80 : 0
  let value = Math.min(Math.abs(sample), 32635) + 132
  let exponent = 7
  for (let mask = 0x4000; exponent > 0 && !(value & mask); mask >>= 1) exponent -= 1
  value = (value >> (exponent + 3)) & 0x0f
  return ~(sign | (exponent << 4) | value) & 0xff
}
const decoded = Int16Array.from({ length: 256 }, (_, code) => {
  const byte = ~code & 0xff
  const value = ((((byte & 0x0f) << 3) + 132) << ((byte >> 4) & 7)) - 132
  return byte & 0x80 ? -value : value
})

/** The share of a tone in what was heard, 0 to 1 (Goertzel). */
function share(samples, hertz) {
  let energy = 0
  const k = 2 * Math.cos((2 * Math.PI * hertz) / rate)
  let a = 0
  let b = 0
  for (const sample of samples) {
    const next = sample + k * a - b
    b = a
    a = next
    energy += sample * sample
  }
  if (energy < samples.length * 1000) return 0 // silence
  return (2 * (a * a + b * b - k * a * b)) / (samples.length * energy)
}

function parse(text) {
  const split = text.indexOf('\r\n\r\n')
  const [start, ...lines] = text.slice(0, split).split('\r\n')
  const headers = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
  })
  const all = (name) => headers.flatMap(([key, value]) => (key.toLowerCase() === name.toLowerCase() ? [value] : []))
  const [first, second] = start.split(' ')
  const response = first === 'SIP/2.0'
  return {
    start,
    headers,
    all,
    get: (name) => all(name)[0],
    body: text.slice(split + 4),
    method: response ? null : first,
    uri: second,
    status: response ? Number(second) : 0,
  }
}
const tagOf = (value) => value?.match(/;tag=([^;>\s]+)/)?.[1]
const uriOf = (value) => value?.match(/<([^>]+)>/)?.[1] ?? value

/** One call of a telephone. Emits nothing itself: the telephone does. */
class Call {
  state = 'calling' // calling, ringing, offered, up, over
  status = 0
  cause = null
  marks = {} // when what happened, performance.now()
  constructor(fields) {
    Object.assign(this, fields)
  }
}

export class BarePhone extends EventEmitter {
  calls = []
  heard = new Int16Array(rate * 4)
  #at = 0
  #sequence = 1
  #stamp = 0

  /** REQUIRES: `close` afterwards. `tone`: what it sends, hertz. `user`: its extension, or the caller's number. */
  static async open(user, tone) {
    const phone = new BarePhone()
    phone.setMaxListeners(0)
    phone.user = user
    phone.tone = tone
    phone.sip = createSocket('udp4')
    phone.rtp = createSocket('udp4')
    for (const socket of [phone.sip, phone.rtp]) {
      socket.bind(0, host)
      await once(socket, 'listening')
    }
    phone.port = phone.sip.address().port
    phone.sip.on('message', (data) => data.length > 4 && !phone.dead && phone.#take(parse(data.toString())))
    phone.rtp.on('message', (data) => phone.dead || phone.#hear(data))
    phone.timer = setInterval(() => phone.#speak(), 20)
    return phone
  }

  get call() {
    return this.calls.at(-1)
  }

  async register(expires = 600) {
    const id = token()
    this.#send(
      this.#request('REGISTER', `sip:${host}`, {
        id,
        to: `<sip:${this.user}@${host}>`,
        cseq: 1,
        extra: [`Expires: ${expires}`],
      }),
    )
    const answer = await this.#answer(id, 'REGISTER')
    if (answer.status !== 200) throw new Error(`${this.user}: REGISTER ${answer.status}`)
  }

  /** Calls a number; resolves when the INVITE is sent. */
  dial(number, headers = []) {
    const call = new Call({
      id: token(),
      local: token(),
      remote: null,
      cseq: 1,
      target: `sip:${number}@${host}:${pbxPort}`,
      to: `<sip:${number}@${host}>`,
      out: true,
    })
    this.calls.push(call)
    call.branch = `z9hG4bK${token()}`
    this.#send(this.#inDialog('INVITE', call, { extra: headers, sdp: true, branch: call.branch }))
    return call
  }

  answer(call = this.call) {
    call.marks.answered = performance.now()
    this.#reply(call.invite, 200, 'OK', call, true)
    this.#state(call, 'up')
  }

  reject(status = 486, call = this.call) {
    this.#reply(call.invite, status, 'No', call)
    this.#over(call, status)
  }

  hangup(call = this.call) {
    if (!call || call.state === 'over') return
    if (call.state === 'up') {
      call.marks.bye = performance.now()
      this.#send(this.#inDialog('BYE', call))
      this.#over(call, 0)
    } else if (call.out) this.#send(this.#inDialog('CANCEL', call, { branch: call.branch, cseq: 1 }))
    else this.reject(480, call)
  }

  /** Holds or takes back, as a telephone does: a new INVITE. */
  async hold(on = true, call = this.call) {
    this.#send(this.#inDialog('INVITE', call, { sdp: on ? 'sendonly' : 'sendrecv' }))
    await this.#answer(call.id, 'INVITE')
  }

  /** Transfers: to a number, or to the other side of a second call of this telephone. */
  refer(target, call = this.call, other = null) {
    const replaces = other
      ? `?Replaces=${encodeURIComponent(`${other.id};to-tag=${other.remote};from-tag=${other.local}`)}`
      : ''
    this.#send(
      this.#inDialog('REFER', call, {
        extra: [`Refer-To: <sip:${target}@${host}${replaces}>`, `Referred-By: <sip:${this.user}@${host}>`],
      }),
    )
  }

  /** Waits for the newest call to be in that state. */
  async until(state, ms = 15_000, call = null) {
    const end = Date.now() + ms
    for (;;) {
      const one = call ?? this.call
      if (one?.state === state) return one
      if (Date.now() > end)
        throw new Error(
          `${this.user} waited ${ms / 1000} s for ${state}: ${one?.state ?? 'no call'} ${one?.status ?? ''}`,
        )
      await Promise.race([once(this, 'changed'), sleep(100)])
    }
  }

  /** Which of these tones it heard in the last half second, by their share. */
  hears(...tones) {
    const last = rate / 2
    const samples = Float64Array.from(
      { length: last },
      (_, i) => this.heard[(this.#at - last + i + this.heard.length) % this.heard.length],
    )
    return tones.filter((tone) => share(samples, tone) > 0.1)
  }

  /** As a telephone whose power is cut: from now on it says nothing, and hears nothing. `revive` ends it. */
  die() {
    this.dead = true
  }

  revive() {
    if (!this.dead) return
    this.dead = false
    for (const call of this.calls) if (call.state !== 'over') this.#over(call, 0)
  }

  /** What it heard in the last half second was no silence, whatever it was. */
  get hearsSound() {
    const last = Array.from({ length: rate / 2 }, (_, i) => this.heard.at((this.#at - 1 - i) % this.heard.length))
    return last.reduce((sum, sample) => sum + sample * sample, 0) > last.length * 1000
  }

  /** Presses a key: an event of 100 ms in the stream (RFC 4733). */
  async press(key, call = this.call) {
    const stamp = this.#stamp >>> 0
    for (let i = 1; i <= 8; i += 1) {
      const packet = Buffer.alloc(16)
      packet[0] = 0x80
      packet[1] = 101 | (i === 1 ? 0x80 : 0)
      packet.writeUInt16BE(this.#sequence++ & 0xffff, 2)
      packet.writeUInt32BE(stamp, 4)
      packet.writeUInt32BE(this.port, 8)
      packet[12] = '0123456789*#'.indexOf(key)
      packet[13] = 10 | (i > 5 ? 0x80 : 0)
      packet.writeUInt16BE(Math.min(i, 5) * frame, 14)
      this.rtp.send(packet, call.media, host)
      if (i < 6) await sleep(20)
    }
  }

  async close() {
    clearInterval(this.timer)
    for (const call of this.calls) this.hangup(call)
    await sleep(30)
    this.sip.close()
    this.rtp.close()
  }

  // ---- SIP

  #request(method, uri, { id, to, cseq, extra = [], local = token(), branch = `z9hG4bK${token()}`, body = '' }) {
    return [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP ${host}:${this.port};branch=${branch};rport`,
      'Max-Forwards: 70',
      `From: <sip:${this.user}@${host}>;tag=${local}`,
      `To: ${to}`,
      `Call-ID: ${id}`,
      `CSeq: ${cseq} ${method}`,
      `Contact: <sip:${this.user}@${host}:${this.port}>`,
      'Allow: INVITE, ACK, CANCEL, BYE, NOTIFY, REFER, OPTIONS, UPDATE',
      'Supported: replaces',
      ...extra,
      ...(body ? ['Content-Type: application/sdp'] : []),
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n')
  }

  #inDialog(method, call, { extra = [], sdp = false, branch, cseq } = {}) {
    const number = cseq ?? (method === 'ACK' ? call.cseq : call.sent ? ++call.cseq : call.cseq)
    call.sent = true
    const to = call.out || call.remote === null ? call.to : call.to
    return this.#request(method, call.target, {
      id: call.id,
      to: call.remote ? `${to.replace(/;tag=.*/, '')};tag=${call.remote}` : to,
      cseq: number,
      extra,
      local: call.local,
      branch,
      body: sdp ? this.#sdp(sdp === true ? 'sendrecv' : sdp) : '',
    })
  }

  #sdp(direction) {
    const { port } = this.rtp.address()
    return `v=0\r\no=- 1 ${++this.#sequence} IN IP4 ${host}\r\ns=-\r\nc=IN IP4 ${host}\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=${direction}\r\n`
  }

  #reply(request, status, reason, call, sdp = false) {
    const to = request.get('To')
    const body = sdp ? this.#sdp('sendrecv') : ''
    const lines = [
      `SIP/2.0 ${status} ${reason}`,
      ...request.all('Via').map((via) => `Via: ${via}`),
      ...request.all('Record-Route').map((route) => `Record-Route: ${route}`),
      `From: ${request.get('From')}`,
      `To: ${tagOf(to) ? to : `${to};tag=${call?.local ?? token()}`}`,
      `Call-ID: ${request.get('Call-ID')}`,
      `CSeq: ${request.get('CSeq')}`,
      `Contact: <sip:${this.user}@${host}:${this.port}>`,
      ...(body ? ['Content-Type: application/sdp'] : []),
      `Content-Length: ${body.length}`,
      '',
      body,
    ]
    this.#send(lines.join('\r\n'))
  }

  #send(text) {
    if (this.dead) return
    this.sip.send(text, pbxPort, host)
  }

  async #answer(id, method) {
    for (const end = Date.now() + 5000; ; ) {
      const found = await Promise.race([
        once(this, 'response').then(([one]) => one),
        sleep(end - Date.now()).then(() => null),
      ])
      if (!found) throw new Error(`${this.user}: no answer to ${method}`)
      if (found.get('Call-ID') === id && found.get('CSeq').endsWith(method) && found.status >= 200) return found
    }
  }

  #state(call, state) {
    call.state = state
    call.marks[state] ??= performance.now()
    this.emit('changed')
  }

  #over(call, status) {
    call.status = status
    this.#state(call, 'over')
  }

  #media(call, message) {
    const port = Number(message.body.match(/m=audio (\d+)/)?.[1])
    if (port) call.media = port
  }

  #take(message) {
    const call = this.calls.find(({ id }) => id === message.get('Call-ID'))
    if (message.method) return this.#requested(message, call)
    this.emit('response', message)
    if (!call || !message.get('CSeq').endsWith('INVITE')) return
    if (message.status >= 200) {
      const fresh = call.remote === null || call.state === 'calling' || call.state === 'ringing'
      call.remote = tagOf(message.get('To'))
      const target = call.target
      if (message.status < 300) call.target = uriOf(message.get('Contact')) ?? target
      // Of a refusal the ACK belongs to the INVITE (its branch), of a 200 it is a request of its own.
      const number = Number(message.get('CSeq').split(' ')[0])
      this.#send(
        this.#inDialog('ACK', message.status < 300 ? call : { ...call, target }, {
          cseq: number,
          ...(message.status < 300 ? {} : { branch: call.branch }),
        }),
      )
      if (!fresh) return
      if (message.status < 300) {
        this.#media(call, message)
        this.#state(call, 'up')
      } else this.#over(call, message.status)
    } else if (message.status >= 180 && call.state === 'calling') this.#state(call, 'ringing')
  }

  #requested(message, call) {
    switch (message.method) {
      case 'INVITE': {
        if (call) {
          this.#media(call, message)
          this.#reply(message, 200, 'OK', call, true)
          return
        }
        const from = message.get('From')
        const one = new Call({
          id: message.get('Call-ID'),
          local: token(),
          remote: tagOf(from),
          cseq: 100,
          target: uriOf(message.get('Contact')),
          to: from,
          invite: message,
          from: from.match(/sip:([^@>]+)/)?.[1],
          out: false,
          sent: true,
        })
        this.#media(one, message)
        this.calls.push(one)
        this.#reply(message, 100, 'Trying', one)
        this.#reply(message, 180, 'Ringing', one)
        this.#state(one, 'offered')
        this.emit('offered', one)
        return
      }
      case 'CANCEL':
        this.#reply(message, 200, 'OK', call)
        if (call?.state !== 'offered') return
        call.cause = message.get('Reason') ?? null
        this.#reply(call.invite, 487, 'Request Terminated', call)
        this.#over(call, 487)
        return
      case 'BYE':
        this.#reply(message, 200, 'OK', call)
        if (call) this.#over(call, 0)
        return
      case 'ACK':
        return
      default:
        this.#reply(message, 200, 'OK', call, message.method === 'UPDATE' && message.body !== '')
        if (message.method === 'NOTIFY' && call) {
          call.notified = message.body.trim()
          this.emit('changed')
        }
    }
  }

  // ---- RTP (RFC 3550)

  #speak() {
    const packet = Buffer.alloc(12 + frame)
    packet[0] = 0x80
    packet.writeUInt16BE(this.#sequence++ & 0xffff, 2)
    packet.writeUInt32BE(this.#stamp >>> 0, 4)
    packet.writeUInt32BE(this.port, 8)
    for (let i = 0; i < frame; i += 1)
      packet[12 + i] = encode(Math.round(6000 * Math.sin((2 * Math.PI * this.tone * (this.#stamp + i)) / rate)))
    this.#stamp += frame
    if (this.dead) return
    for (const call of this.calls) if (call.state === 'up' && call.media) this.rtp.send(packet, call.media, host)
  }

  #hear(packet) {
    if ((packet[1] & 0x7f) !== 0) return
    for (let i = 12; i < packet.length; i += 1) {
      this.heard[this.#at] = decoded[packet[i]]
      this.#at = (this.#at + 1) % this.heard.length
    }
  }
}
