// A recording of JsSIP: its events at their recorded times into the stand-in for the library.

import { fakeJssip, message, Status } from './fake_jssip.mjs'
import { Recording } from './recording.mjs'

const kEnds = ['session.ended', 'session.failed']

/** The recorded events of JsSIP, and what was answered to what the adapter asks of it. */
export class JssipRecording extends Recording {
  #ua = undefined
  #taken = new Set() // labels of dialled sessions that a call of ours has
  #done = new Map() // `label kind` → what waits for a recorded answer
  #referred = new Map() // label → the handlers of its REFER

  /** The adapter on the stand-in. */
  adapter({ jssip }, clock) {
    this.library = fakeJssip(this.hooks())
    return jssip({ jssip: this.library, clock, random: () => 0.5 })
  }

  isOver(session) {
    return session.isEnded()
  }

  /** `cmd.call` has no label: the next session that the recorded library made is its own. */
  labelOfCall() {
    const next = this.lines
      .slice(this.at)
      .find(({ ev, originator, s }) => ev === 'ua.newRTCSession' && originator === 'local' && !this.#taken.has(s))
    if (next) this.#taken.add(next.s)
    return next?.s
  }

  // What the adapter asks of the library. The recorded answer comes at its time; what was not recorded succeeds at once.
  hooks() {
    const ofUa = this.lines.filter(({ ev }) => /^ua\.(connect|regist)/.test(ev))
    const first = ofUa[0]?.ev
    return {
      ua: (ua) => {
        this.#ua = ua
      },
      start: () => {
        if (first !== 'ua.connecting' && first !== 'ua.connected') this.#ua.connected()
      },
      register: () => {
        // A recording that registers tells when; another begins registered.
        if (first !== 'ua.connecting' && first !== 'ua.connected' && first !== 'ua.registered') this.#register()
        else if (this.at > 0 && !this.#later(/^ua\.regist/)) this.#register()
      },
      unregister: () => {
        if (!this.#later(/^ua\.unregistered$/)) this.#ua.unregistered({})
      },
      created: (session) => {
        const label = this.outgoing.shift()
        if (label === undefined) return
        this.sessions.set(label, session)
        this.ids.set(label, this.dialled?.callId)
      },
      terminate: (session, options) => {
        // Our phone hangs up where the recorded one did not: JsSIP then ends the session at once.
        if (!this.endsAsRecorded(session, ...kEnds)) session.hangUp(options)
      },
      reoffer: (session, kind, answered) => {
        const label = this.label(session)
        if (this.ahead(label, `${kind}.done`)) this.#done.set(`${label} ${kind}`, answered)
        else answered(200)
      },
      refer: (session, _target, { eventHandlers }) => this.#referred.set(this.label(session), eventHandlers),
      info: (_session, _tone, dtmf) => dtmf.emit('succeeded', {}),
    }
  }

  #later(pattern) {
    return this.lines.slice(this.at).some(({ ev }) => pattern.test(ev))
  }

  #register() {
    this.#ua.registered(message({ method: 'REGISTER', status: 200 }))
  }

  callback(line) {
    const [source, ...rest] = line.ev.split('.')
    const what = rest.join('.')
    if (source === 'ua') return this.#ofUa(line, what)
    const session = this.sessions.get(line.s)
    if (!session) return undefined
    if (source === 'session') return this.#ofSession(session, line, what)
    if (source === 'pc') return this.#ofConnection(session, line)
    if (source === 'refer') return this.#ofRefer(line, what)
    if (what === 'done') return this.#take(`${line.s} ${source}`)
    return undefined
  }

  #take(key) {
    const answered = this.#done.get(key)
    this.#done.delete(key)
    answered?.(200)
  }

  #ofUa(line, what) {
    const ua = this.#ua
    const data = line.data ?? {}
    const response = data.response ? message(data.response) : null
    switch (what) {
      case 'connected':
        return ua.connected()
      case 'disconnected':
        return ua.disconnected(data)
      case 'registered':
        return ua.registered(response)
      case 'unregistered':
        return ua.isRegistered() ? ua.unregistered({ ...data, response }) : undefined
      case 'registrationFailed':
        return ua.registrationFailed(response, data.cause)
      case 'newRTCSession':
        return line.originator === 'remote' ? this.#called(line) : undefined
      default:
        return undefined
    }
  }

  #called(line) {
    const { request = {} } = line
    const callId = request.callId ?? `${line.s}@recording`
    this.ids.set(line.s, callId)
    const from = line.remoteUri ?? request.from?.uri
    // The session is known before the adapter hears of it: what it does at once must find its label.
    this.library.received = (session) => this.sessions.set(line.s, session)
    const { fromTag, toTag, headers } = request
    this.#ua.receiveInvite({ from, name: line.remoteName ?? request.from?.name, callId, fromTag, toTag, headers })
  }

  #ofSession(session, line, what) {
    const data = line.data ?? {}
    const msg = data.message ?? data.response ?? data.request
    const sip = msg && typeof msg === 'object' ? message(msg) : msg
    switch (what) {
      case 'peerconnection':
        return session.setUpMedia()
      case 'sending':
        session.status = Status.INVITE_SENT
        return session.emit('sending', { request: sip })
      case 'progress':
        if (data.originator !== 'remote') return undefined
        session.status = Status.PROGRESS
        return session.emit('progress', { originator: 'remote', response: sip })
      case 'accepted':
        return session.accepted(data.originator, sip)
      case 'confirmed':
        return session.confirmed(data.originator)
      case 'ended':
      case 'failed':
        return session.end(data.originator, sip, data.cause)
      case 'update':
      case 'reinvite':
        return session.emit(what, { request: sip, reject() {} })
      case 'getusermediafailed':
        return session.emit(what, Object.assign(new Error(data.message ?? ''), { name: data.name ?? data.error }))
      default:
        // Hold, mute and digits of the recording are what our own commands do; the rest changes nothing.
        return undefined
    }
  }

  #ofConnection(session, line) {
    const { connection } = session
    if (!connection || line.ice === undefined) return
    connection.iceConnectionState = line.ice
    connection.connectionState = line.conn ?? connection.connectionState
    // JsSIP itself hangs up a call whose ICE fails; the recording tells when.
    if (line.ice === 'failed' && !this.ahead(line.s, ...kEnds))
      session.terminate({ cause: 'RTP Timeout', status_code: 408 })
  }

  #ofRefer(line, what) {
    const { response, request } = line.data ?? {}
    const status = Number(/^\s*SIP\/2\.0\s+(\d{3})/.exec(request?.bodyStart ?? request?.body ?? '')?.[1] ?? 0)
    this.#referred.get(line.s)?.[what]?.({
      ...(response ? { response: message(response) } : {}),
      ...(request ? { request: message(request), status_line: { status_code: status } } : {}),
    })
  }
}
