// A stand-in for the JsSIP library: the part of UA and RTCSession that the adapter uses, with the same states, events and
// quirks, and no network. What the PBX does is decided by `pbx`, an object of hooks; `receive*`, `end` and `emit` deliver its
// news. Used by the recordings (run.mjs) and by tests/adapters.

import { EventEmitter } from 'node:events'
import { message as sipMessage } from './fake_sipjs.mjs'

export const Status = {
  NULL: 0,
  INVITE_SENT: 1,
  PROGRESS: 2,
  WAITING_FOR_ANSWER: 4,
  ANSWERED: 5,
  WAITING_FOR_ACK: 6,
  CANCELED: 7,
  TERMINATED: 8,
  CONFIRMED: 9,
}

/** A request or response: `{method, status, phrase, callId, fromTag, toTag, headers, body}` as in the recordings. */
export function message(fields = {}) {
  const known = sipMessage(fields)
  return {
    ...known,
    method: fields.method,
    call_id: fields.callId ?? '',
    from_tag: fields.fromTag ?? '',
    to_tag: fields.toTag ?? '',
    status_code: fields.status,
    reason_phrase: fields.phrase,
  }
}

export function identity(uri, name = null) {
  const [, user = '', host = ''] = /^sips?:(?:([^@]*)@)?([^;>?]+)/i.exec(String(uri ?? '')) ?? []
  return { uri: { user, host, toString: () => `sip:${user}@${host}` }, display_name: name }
}

class Connection extends EventTarget {
  connectionState = 'new'
  iceConnectionState = 'new'
  signalingState = 'stable'
  track = { kind: 'audio', enabled: true, stop() {} }
  constructor(session, pbx) {
    super()
    this.getStats = async () => pbx.stats?.(session) ?? new Map()
    this.dtmf = { canInsertDTMF: pbx.rtpDtmf?.(session) ?? true }
  }
  getSenders() {
    return [{ track: this.track, dtmf: this.dtmf }]
  }
  getReceivers() {
    return [{ track: { kind: 'audio' } }]
  }
  async setLocalDescription() {
    this.signalingState = 'stable'
  }
}

/** The library, speaking to `pbx`. Its hooks may be absent; then nothing answers. */
export function fakeJssip(pbx) {
  let ids = 0

  class Session extends EventEmitter {
    status = Status.NULL
    connection = null
    data = {}
    _is_canceled = false
    _localHold = false
    pending = false
    #muted = false
    constructor(ua, { direction, remote, callId }) {
      super()
      this.ua = ua
      this.direction = direction
      this.remote_identity = remote
      this.callId = callId
      this.id = `${callId}tag`
    }
    setUpMedia() {
      if (this.connection) return
      this.connection = new Connection(this, pbx)
      this.emit('peerconnection', { peerconnection: this.connection })
    }
    isEnded = () => this.status === Status.TERMINATED || this.status === Status.CANCELED
    isTalk = () => this.status === Status.CONFIRMED || this.status === Status.WAITING_FOR_ACK
    isReadyToReOffer = () => !this.pending && (pbx.ready?.(this) ?? true)
    isOnHold = () => ({ local: this._localHold, remote: false })
    isMuted = () => ({ audio: this.#muted })

    /** The library's own end: `failed` before the answer, `ended` after it. */
    end(originator, msg, cause) {
      if (this.status === Status.TERMINATED) return
      const event = this.isTalk() ? 'ended' : 'failed'
      this.status = Status.TERMINATED
      this.emit(event, { originator, message: msg ?? null, cause })
    }
    answer(options = {}) {
      if (this.status !== Status.WAITING_FOR_ANSWER) throw new Error(`Invalid status: ${this.status}`)
      this.answerOptions = options
      this.status = Status.ANSWERED
      this.setUpMedia()
      pbx.answer?.(this)
    }
    accepted(originator, response) {
      this.setUpMedia()
      this.status = originator === 'remote' ? Status.CONFIRMED : Status.WAITING_FOR_ACK
      this.emit('accepted', { originator, response: response ?? null })
    }
    confirmed(originator) {
      this.status = Status.CONFIRMED
      this.emit('confirmed', { originator, ack: null })
    }
    terminate(options = {}) {
      if (this.isEnded()) throw new Error(`Invalid status: ${this.status}`)
      if (pbx.terminate) pbx.terminate(this, options)
      else this.hangUp(options)
    }
    /** What terminate() does in each state. */
    hangUp(options = {}) {
      if (this.isTalk()) this.end('local', null, options.cause ?? 'Terminated')
      else this.end('local', null, this.direction === 'incoming' ? 'Rejected' : 'Canceled')
    }
    hold(_options, done) {
      return this.#reoffer(true, 'Hold', done)
    }
    unhold(_options, done) {
      return this.#reoffer(false, 'Unhold', done)
    }
    renegotiate(_options, done) {
      if (!this.isTalk() || !this.isReadyToReOffer()) return false
      this.#send('refresh', 'Media Renegotiation', done)
      return true
    }
    #reoffer(on, name, done) {
      if (!this.isTalk() || this._localHold === on || !this.isReadyToReOffer()) return false
      this._localHold = on
      this.emit(on ? 'hold' : 'unhold', { originator: 'local' })
      this.#send(on ? 'hold' : 'unhold', name, done)
      return true
    }
    /** A refused re-INVITE ends the call: that is what JsSIP does. */
    #send(kind, name, done) {
      this.pending = true
      this.connection.signalingState = 'have-local-offer'
      const answered = (status) => {
        if (this.isEnded()) return
        this.pending = false
        if (status === 200) {
          this.connection.signalingState = 'stable'
          done?.()
        } else if (status === 481 || status === 408) {
          this.terminate({ status_code: 500, reason_phrase: 'Dialog Error', cause: 'Dialog Error' })
        } else this.terminate({ cause: 'WebRTC Error', status_code: 500, reason_phrase: `${name} Failed` })
      }
      pbx.reoffer?.(this, kind, answered)
    }
    mute() {
      this.#muted = true
      this.connection.track.enabled = false
      this.emit('muted', { audio: true })
    }
    unmute() {
      this.#muted = false
      this.connection.track.enabled = !this._localHold
      this.emit('unmuted', { audio: true })
    }
    sendDTMF(tones, options) {
      if (!this.isTalk()) throw new Error(`Invalid status: ${this.status}`)
      if (options.transportType === 'RFC2833') return pbx.insertDtmf?.(this, tones)
      for (const tone of tones) {
        const dtmf = new EventEmitter()
        this.emit('newDTMF', { originator: 'local', dtmf })
        pbx.info?.(this, tone, dtmf)
      }
    }
    refer(target, options = {}) {
      if (!this.isTalk()) return false
      pbx.refer?.(this, target, options)
      return {}
    }
  }

  class UA extends EventEmitter {
    #connected = false
    #registered = false
    #dialled = []
    constructor(configuration) {
      super()
      this.configuration = configuration
      pbx.ua?.(this)
    }
    start() {
      pbx.start?.(this)
    }
    stop() {
      pbx.stop?.(this)
    }
    isConnected = () => this.#connected
    isRegistered = () => this.#registered
    register() {
      pbx.register?.(this)
    }
    unregister() {
      if (this.#registered) pbx.unregister?.(this)
    }
    registrator() {
      return {}
    }
    call(target, options = {}) {
      const session = new Session(this, {
        direction: 'outgoing',
        remote: identity(target),
        callId: `out-${++ids}@fake`,
      })
      this.#dialled.push(session)
      session.target = target
      session.callOptions = options
      for (const [event, handler] of Object.entries(options.eventHandlers ?? {})) session.on(event, handler)
      session.setUpMedia()
      pbx.created?.(session)
      this.emit('newRTCSession', { originator: 'local', session, request: message({ callId: session.callId }) })
      pbx.invite?.(session)
      return session
    }

    // News from the PBX ---------------------------------------------------------------------------------------
    connected() {
      this.#connected = true
      this.emit('connected', {})
      if (this.configuration.register !== false) pbx.register?.(this)
    }
    disconnected(event) {
      this.#connected = false
      // The INVITE of a call that is not answered yet dies with its socket, and JsSIP cancels it.
      for (const session of this.#dialled.splice(0)) {
        if (session.isEnded() || session.isTalk() || session.status === Status.NULL) continue
        const cause = 'Connection Error'
        session.terminate({ status_code: 500, reason_phrase: cause, cause })
      }
      this.emit('disconnected', event)
      if (this.#registered) this.unregistered({})
    }
    registered(response) {
      if (this.#registered) return
      this.#registered = true
      this.emit('registered', { response })
    }
    unregistered(event) {
      this.#registered = false
      this.emit('unregistered', event)
    }
    registrationFailed(response, cause) {
      this.emit('registrationFailed', { response, cause })
      if (this.#registered) this.unregistered({ response, cause })
    }
    receiveInvite({ from, name, callId, headers, fromTag, toTag }) {
      const session = new Session(this, { direction: 'incoming', remote: identity(from, name), callId })
      session.status = Status.WAITING_FOR_ANSWER
      library.received?.(session)
      const request = message({
        method: 'INVITE',
        callId,
        fromTag: fromTag ?? 'theirs',
        toTag: toTag ?? 'ours',
        headers,
      })
      this.emit('newRTCSession', { originator: 'remote', session, request })
      if (!session.isEnded()) session.emit('progress', { originator: 'local', response: null })
      return session
    }
  }

  class WebSocketInterface {
    constructor(url) {
      this.url = url
    }
  }

  const library = { UA, WebSocketInterface }
  return library
}
