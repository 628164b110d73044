// A stand-in for the SIP.js library: the class surface that the adapter uses, with the same states, guards and
// quirks, and no network. What the PBX does is decided by `pbx`, an object of hooks; `push*` functions and
// `setState` deliver its news. Used by the recordings (run.mjs) and by tests/adapters.

export const SessionState = {
  Initial: 'Initial',
  Establishing: 'Establishing',
  Established: 'Established',
  Terminating: 'Terminating',
  Terminated: 'Terminated',
}
export const RegistererState = {
  Initial: 'Initial',
  Registered: 'Registered',
  Unregistered: 'Unregistered',
  Terminated: 'Terminated',
}

class Emitter {
  #listeners = new Set()
  addListener(listener) {
    this.#listeners.add(listener)
  }
  removeListener(listener) {
    this.#listeners.delete(listener)
  }
  emit(value) {
    for (const listener of [...this.#listeners]) listener(value)
  }
}

/** A SIP message: `{method, status, phrase, callId, headers, body}` as in the recordings. */
export function message(fields = {}) {
  const headers = Object.entries(fields.headers ?? {}).map(([name, value]) => [name.toLowerCase(), [value].flat()])
  const all = new Map(headers)
  return {
    method: fields.method,
    statusCode: fields.status,
    reasonPhrase: fields.phrase,
    callId: fields.callId ?? '',
    body: fields.body ?? fields.bodyStart ?? '',
    getHeader: (name) => all.get(name.toLowerCase())?.[0],
    getHeaders: (name) => all.get(name.toLowerCase()) ?? [],
    hasHeader: (name) => all.has(name.toLowerCase()),
  }
}

/** Bye, Notification, Info…: a request that must be answered. `answered` counts for the tests. */
export function request(fields = {}) {
  const incoming = {
    request: message(fields),
    answered: 0,
    accept: async () => void incoming.answered++,
    reject: async () => void incoming.answered++,
  }
  return incoming
}

export function identity(uri, displayName = '') {
  const parsed = parseUri(uri)
  return parsed && { uri: parsed, displayName: displayName ?? '' }
}

function parseUri(text) {
  const found = /^(sips?):(?:([^@]*)@)?([^;>?]+)/i.exec(String(text ?? '').trim())
  if (!found) return undefined
  const [, scheme, user = '', host] = found
  return { scheme, user, host, toString: () => `${scheme}:${user}@${host}` }
}

class MediaHandler {
  peerConnection = {
    connectionState: 'new',
    iceConnectionState: 'new',
    getSenders: () => [{ track: this.track }],
    getStats: async () => this.pbx.stats?.(this.session) ?? new Map(),
  }
  peerConnectionDelegate = undefined
  remoteMediaStream = { fake: 'stream' }
  track = { enabled: true }
  receiving = true
  constructor(session, pbx) {
    this.session = session
    this.pbx = pbx
  }
  enableSenderTracks(on) {
    this.track.enabled = on
  }
  enableReceiverTracks(on) {
    this.receiving = on
  }
  sendDtmf(tones) {
    return this.pbx.sendDtmf?.(this.session, tones) ?? true
  }
  setConnection(connection, ice) {
    const before = this.peerConnection.connectionState
    this.peerConnection.connectionState = connection ?? before
    this.peerConnection.iceConnectionState = ice ?? this.peerConnection.iceConnectionState
    if (connection && connection !== before) this.peerConnectionDelegate?.onconnectionstatechange?.({})
  }
}

/** The library, speaking to `pbx`. Its hooks may be absent; then nothing answers. */
export function fakeSip(pbx) {
  const guard = (session, ...allowed) => {
    if (!allowed.includes(session.state)) throw new Error(`Invalid session state ${session.state}`)
  }

  class Session {
    state = SessionState.Initial
    stateChange = new Emitter()
    delegate = undefined
    assertedIdentity = undefined
    sessionDescriptionHandler = undefined
    sessionDescriptionHandlerOptionsReInvite = {}
    pendingReinvite = false
    onNotify = undefined

    setState(state) {
      if (this.state === SessionState.Terminated) return
      this.state = state
      this.stateChange.emit(state)
    }
    /** Media exists: the library tells the delegate once. */
    setUpMedia(provisional = false) {
      if (this.sessionDescriptionHandler) return
      this.sessionDescriptionHandler = new MediaHandler(this, pbx)
      this.delegate?.onSessionDescriptionHandler?.(this.sessionDescriptionHandler, provisional)
    }
    async bye(options = {}) {
      guard(this, SessionState.Established)
      pbx.bye?.(this, options.requestDelegate ?? {})
    }
    async info(options = {}) {
      guard(this, SessionState.Established)
      pbx.info?.(this, options.requestDelegate ?? {}, options.requestOptions)
    }
    async invite(options = {}) {
      guard(this, SessionState.Established)
      if (this.pendingReinvite) throw new Error('Reinvite in progress. Please wait until complete, then try again.')
      this.pendingReinvite = true
      if (options.sessionDescriptionHandlerOptions) {
        this.sessionDescriptionHandlerOptionsReInvite = options.sessionDescriptionHandlerOptions
      }
      const { onAccept, onReject } = options.requestDelegate ?? {}
      const done = (tell) => (response) => {
        this.pendingReinvite = false
        tell?.(response)
      }
      pbx.reinvite?.(this, { onAccept: done(onAccept), onReject: done(onReject) }, options)
    }
    async refer(to, options = {}) {
      guard(this, SessionState.Established)
      if (to instanceof Session && to.state !== SessionState.Established) {
        throw new Error(`Invalid session state ${this.state}`)
      }
      this.onNotify = options.onNotify
      pbx.refer?.(this, to, options.requestDelegate ?? {})
    }

    // News from the PBX ---------------------------------------------------------------------------------------
    pushBye(fields) {
      if (this.state !== SessionState.Established) return undefined
      const bye = request({ method: 'BYE', ...fields })
      if (this.delegate?.onBye) this.delegate.onBye(bye)
      else bye.accept()
      return bye
    }
    pushCancel(fields) {
      this.delegate?.onCancel?.({ request: message({ method: 'CANCEL', ...fields }) })
    }
    pushInvite(fields) {
      this.delegate?.onInvite?.(message({ method: 'INVITE', ...fields }), '', 200)
    }
    pushNotify(fields) {
      const notification = request({ method: 'NOTIFY', ...fields })
      const hear = this.onNotify ?? this.delegate?.onNotify
      if (hear) hear(notification)
      else notification.accept()
      return notification
    }
    push(method, fields) {
      const incoming = request(fields)
      this.delegate?.[method]?.(incoming)
      return incoming
    }
  }

  class Inviter extends Session {
    constructor(userAgent, target, options = {}) {
      super()
      this.userAgent = userAgent
      this.target = target
      this.options = options
      this.remoteIdentity = { uri: target, displayName: '' }
      this.request = { callId: `out-${++ids}@fake` }
      pbx.created?.(this)
    }
    async invite(options = {}) {
      if (this.state !== SessionState.Initial) return super.invite(options)
      this.answers = options.requestDelegate ?? {}
      return pbx.invite?.(this, this.answers)
    }
    async cancel() {
      guard(this, SessionState.Initial, SessionState.Establishing)
      this.setState(SessionState.Terminating)
      pbx.cancel?.(this)
    }
  }

  class Invitation extends Session {
    constructor({ from, name = '', asserted, callId, headers }) {
      super()
      this.remoteIdentity = identity(from, name) ?? { uri: { user: '', host: '' }, displayName: name }
      this.assertedIdentity = asserted && identity(asserted.uri, asserted.name)
      this.request = message({ method: 'INVITE', callId, headers })
      this.id = `${callId}+tag`
    }
    async accept(options = {}) {
      guard(this, SessionState.Initial)
      this.acceptOptions = options
      this.setState(SessionState.Establishing)
      return pbx.accept?.(this)
    }
    async reject(options = {}) {
      guard(this, SessionState.Initial, SessionState.Establishing)
      this.rejectedWith = options.statusCode ?? 480
      if (pbx.reject) pbx.reject(this, this.rejectedWith)
      else this.setState(SessionState.Terminated)
    }
  }

  class Registerer {
    state = RegistererState.Initial
    stateChange = new Emitter()
    constructor(userAgent, options = {}) {
      this.userAgent = userAgent
      this.options = options
      pbx.registerer?.(this)
    }
    setState(state) {
      if (this.state === state) return
      this.state = state
      this.stateChange.emit(state)
    }
    async register(options = {}) {
      if (this.state === RegistererState.Terminated) throw new Error('Registerer terminated. Unable to register.')
      pbx.register?.(this, options.requestDelegate ?? {})
    }
    async unregister(options = {}) {
      pbx.unregister?.(this, options.requestDelegate ?? {})
    }
    async dispose() {
      this.state = RegistererState.Terminated
    }
  }

  class UserAgent {
    static makeURI(text) {
      return parseUri(text)
    }
    delegate = {}
    state = 'Stopped'
    constructor(options) {
      this.options = options
      pbx.agent?.(this)
    }
    async start() {
      this.state = 'Started'
      return pbx.start?.(this)
    }
    async reconnect() {
      if (this.state === 'Stopped') throw new Error('User agent stopped.')
      return pbx.reconnect?.(this)
    }
    async stop() {
      this.state = 'Stopped'
      pbx.stop?.(this)
    }
  }

  let ids = 0
  return { SessionState, RegistererState, Session, Inviter, Invitation, Registerer, UserAgent }
}
