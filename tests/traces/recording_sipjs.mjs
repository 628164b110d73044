// A recording of SIP.js: its callbacks at their recorded times into the stand-in for the library.

import { fakeSip, identity, message, RegistererState, SessionState } from './fake_sipjs.mjs'
import { Recording } from './recording.mjs'

/** The recorded callbacks of SIP.js, and what was answered to what the adapter asks of it. */
export class SipjsRecording extends Recording {
  #agent = undefined
  #registerer = undefined
  #registration = {} // the delegates of the REGISTER under way
  #waiting = new Map() // `label kind` → what waits for a recorded answer

  /** The adapter on the stand-in. */
  adapter({ sipjs }, clock) {
    this.library = fakeSip(this.hooks())
    return sipjs({ sip: this.library, clock, random: () => 0.5 })
  }

  isOver(session) {
    return session.state === SessionState.Terminated
  }

  #wait(label, kind, delegate) {
    this.#waiting.set(`${label} ${kind}`, delegate)
  }

  #take(label, ...kinds) {
    for (const kind of kinds) {
      const found = this.#waiting.get(`${label} ${kind}`)
      if (found) return found
    }
    return undefined
  }

  // What the adapter asks of the library. The recorded answer comes at its time; what was not recorded succeeds at once.
  hooks() {
    const first = this.lines.find(({ ev }) => ev === 'registerer.stateChange' || ev === 'ua.stateChange')
    const startsUnregistered = first?.to === 'Registered' || first?.to === 'Started'
    return {
      agent: (agent) => {
        this.#agent = agent
      },
      registerer: (registerer) => {
        this.#registerer = registerer
      },
      start: () => {
        if (first?.to !== 'Started') this.#agent.delegate.onConnect?.()
      },
      reconnect: () => {
        // Back only if the recording says so, and then at its time.
        throw new Error('the recording has no connection here')
      },
      register: (registerer, delegate) => {
        this.#registration = delegate
        if (startsUnregistered && this.at === 0) return
        if (this.lines.slice(this.at).some(({ ev }) => /^register\.on|^registerer\.stateChange/.test(ev))) {
          if (this.at > 0) return
        }
        registerer.setState(RegistererState.Registered)
        delegate.onAccept?.({ message: message({ method: 'REGISTER', status: 200 }) })
      },
      unregister: (registerer) => registerer.setState(RegistererState.Unregistered),
      created: (inviter) => {
        const label = this.outgoing.shift()
        if (label === undefined) return
        this.sessions.set(label, inviter)
        this.ids.set(label, this.dialled?.callId)
      },
      invite: (inviter) => {
        const label = this.label(inviter)
        return new Promise((resolve, reject) => this.#wait(label, 'invite', { resolve, reject }))
      },
      accept: (invitation) => {
        const label = this.label(invitation)
        return new Promise((resolve, reject) => this.#wait(label, 'accept', { resolve, reject }))
      },
      reject: (invitation) => {
        if (!this.endsAsRecorded(invitation, 'session.stateChange')) invitation.setState(SessionState.Terminated)
      },
      cancel: (inviter) => {
        if (this.endsAsRecorded(inviter, 'session.stateChange')) return
        inviter.setState(SessionState.Terminated)
        inviter.answers.onReject?.({
          message: message({ method: 'INVITE', status: 487, phrase: 'Request Terminated' }),
        })
      },
      bye: (session, delegate) => {
        if (!this.endsAsRecorded(session, 'session.stateChange')) {
          // Our phone hangs up where the recorded one did not: SIP.js then ends the session at once.
          session.setState(SessionState.Terminated)
          delegate.onAccept?.({ message: message({ method: 'BYE', status: 200, phrase: 'OK' }) })
        }
        this.#wait(this.label(session), 'bye', delegate)
      },
      reinvite: (session, delegate, options) => {
        const label = this.label(session)
        const on = options.sessionDescriptionHandlerOptions?.hold
        const kind = on === undefined ? 'refresh' : on ? 'hold' : 'unhold'
        this.#wait(label, kind, delegate)
        if (this.ahead(label, `${kind}.onAccept`, `${kind}.onReject`)) return
        delegate.onAccept({ message: message({ method: 'INVITE', status: 200, phrase: 'OK' }) })
      },
      refer: (session, _to, delegate) => this.#wait(this.label(session), 'refer', delegate),
      info: (session, delegate) => this.#wait(this.label(session), 'info', delegate),
      sendDtmf: () => true,
    }
  }

  callback(line) {
    const [source, ...rest] = line.ev.split('.')
    const what = rest.join('.')
    switch (source) {
      case 'ua':
        return this.#ofAgent(line, what)
      case 'transport':
        return undefined
      case 'registerer':
        return what === 'stateChange' ? this.#registerer?.setState(line.to) : undefined
      case 'register':
      case 'unregister':
        return this.#registration[what]?.({ message: message(line.msg) })
      case 'session':
      case 'pc':
        return this.#ofSession(line, line.ev === 'pc' ? 'pc' : what)
      default:
        return this.#answer(line, source, what)
    }
  }

  #ofAgent(line, what) {
    const { delegate } = this.#agent
    if (what === 'onConnect') delegate.onConnect?.()
    if (what === 'onDisconnect') delegate.onDisconnect?.(line.error ? new Error(line.error) : undefined)
    if (what === 'onInvite') {
      const { msg = {} } = line
      const invitation = new this.library.Invitation({
        from: line.remoteUri ?? msg.from?.uri,
        name: line.remoteName ?? msg.from?.name,
        asserted: line.asserted,
        callId: line.callId ?? msg.callId ?? `${line.s}@recording`,
        headers: msg.headers,
      })
      this.sessions.set(line.s, invitation)
      this.ids.set(line.s, invitation.request.callId)
      delegate.onInvite?.(invitation)
    }
  }

  #ofSession(line, what) {
    const session = this.sessions.get(line.s)
    if (!session) return
    this.#know(session, line.asserted ?? line.after?.asserted)
    switch (what) {
      case 'stateChange':
        // SIP.js resolves these promises right after the state; a recording may lack the line.
        if (
          line.to === SessionState.Establishing &&
          !this.ahead(line.s, 'invite.promise.resolved', 'invite.promise.rejected')
        ) {
          this.#take(line.s, 'invite')?.resolve()
        }
        return session.setState(line.to)
      case 'onSessionDescriptionHandler':
        return session.setUpMedia(line.provisional)
      case 'onBye':
        return void session.pushBye(line.msg)
      case 'onCancel':
        return session.pushCancel(line.msg)
      case 'onInvite':
        return session.pushInvite(line.msg)
      case 'onNotify':
        return void session.pushNotify(line.msg)
      case 'pc':
        return session.sessionDescriptionHandler?.setConnection(line.conn, line.ice)
      default:
        if (/^on(Info|Refer|Message|Ack)$/.test(what)) session.push(what, line.msg)
    }
  }

  /** Answers to what we sent: `invite.onProgress`, `accept.promise.rejected`, `hold.onReject`, `refer.onNotify`… */
  #answer(line, source, what) {
    const session = this.sessions.get(line.s)
    if (!session) return
    this.#know(session, line.asserted ?? line.snap?.asserted)
    const response = { message: message(line.msg) }
    if (source === 'invite' && what.startsWith('on')) {
      // The name in P-Asserted-Identity is read by SIP.js before the delegate hears of the answer.
      this.#know(session, assertedIn(line.msg))
      session.answers?.[what]?.(response)
    } else if (what === 'promise.resolved') this.#take(line.s, source)?.resolve()
    else if (what === 'promise.rejected')
      this.#take(line.s, source)?.reject(new Error(String(line.error ?? line.reason ?? 'rejected')))
    else if (source === 'refer' && what === 'onNotify') session.pushNotify(line.msg)
    else this.#take(line.s, source)?.[what]?.(response)
  }

  #know(session, asserted) {
    if (asserted) session.assertedIdentity = identity(asserted.uri, asserted.name)
  }
}

function assertedIn(msg) {
  const found = /^\s*(?:"([^"]*)"\s*)?<(sips?:[^>]+)>/i.exec(msg?.headers?.['P-Asserted-Identity'] ?? '')
  return found ? { uri: found[2], name: found[1] ?? '' } : undefined
}
