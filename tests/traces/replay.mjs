// One agent of one recording, replayed: the recorded callbacks of SIP.js at their recorded times into the real adapter
// inside a real phone, the recorded commands through the phone's own API. The virtual clock makes 60 s take no time.

import { fakeSip, identity, message, RegistererState, SessionState } from './fake_sipjs.mjs'

const kSettleMs = 15_000
const kStartUpMs = 1_000

/** @returns {{type, call_from, call_to, status, end_reason, duration, writes}[]} and the phone's anomalies */
export async function replay({ agent, header, lines, offhook, sipjs, testing, note }) {
  const extension = agent.replace(/\/.*$/, '')
  const t0 = Number(header.t0) || Date.UTC(2026, 0, 1)
  const clock = testing.virtualClock(t0 - kStartUpMs)
  const backend = testing.scriptedBackend()
  const recording = new Recording(lines, note)
  const sip = fakeSip(recording.hooks())
  const adapter = sipjs({ sip, clock, random: () => 0.5 })
  const phone = await offhook.createPhone({
    session: {
      extension,
      extensionId: `e-${extension}`,
      number: extension,
      name: recording.nameOfAgent(),
      sip: { uri: `sip:${extension}@pbx.test`, server: 'wss://pbx.test/ws', username: extension, password: 'secret' },
    },
    api: { baseUrl: 'https://crm.test/api', token: () => 'token', fetch: backend.fetch },
    softphone: {
      ...adapter,
      dial(callId, number) {
        recording.dialing(callId, number)
        adapter.dial(callId, number)
      },
    },
    seed: 7,
    clock,
    logger: {},
  })
  recording.phone = phone
  recording.sip = sip
  await clock.run(kStartUpMs)

  let closed = false
  for (const line of recording.lines) {
    const wait = line.ms - clock.mono() + kStartUpMs
    await clock.run(Math.max(0, wait))
    if (line.ev === 'runner.close-tab') {
      closed = true
      break
    }
    recording.play(line)
    await clock.run(0)
  }
  // A closed tab, or a recording that stops in mid-call: the phone goes, and its calls with it. Otherwise what is still
  // on its way (a status after Terminated, a time limit) is waited for.
  if (!closed && !recording.stopsInCall()) await clock.run(kSettleMs)
  const { anomalies } = phone.store.getState()
  const live = Object.values(phone.store.getState().callLogs)
  await phone.dispose()
  await clock.run(0)
  return { calls: live.map((log) => summary(log, backend, clock)), anomalies }
}

function summary(log, backend, clock) {
  const written = backend.writes.filter(({ record }) => record.key === log.key)
  const last = written.at(-1)?.record ?? log
  const over = last.end_reason !== 'none'
  return {
    type: last.type,
    call_from: last.call_from,
    call_to: last.call_to,
    status: last.status,
    end_reason: over ? last.end_reason : 'lost',
    duration: over ? last.duration : last.connected_at ? clock.now() - last.connected_at : 0,
    writes: written.map(({ kind, status }) => `${kind}:${status}`),
  }
}

/** Verbs of the recordings that mean the same to a phone. */
const kVerbs = {
  call: 'call',
  dial: 'call',
  invite: 'call',
  answer: 'answer',
  accept: 'answer',
  reject: 'reject',
  decline: 'reject',
  busy: 'reject',
  bye: 'hangup',
  cancel: 'hangup',
  hangup: 'hangup',
  terminate: 'hangup',
  end: 'hangup',
  hold: 'hold',
  unhold: 'unhold',
  mute: 'mute',
  unmute: 'unmute',
  dtmf: 'dtmf',
  dtmfInfo: 'dtmf',
  info: 'dtmf',
  refer: 'refer',
  transfer: 'refer',
}

/** The lines of one agent, and the sessions they speak of, by their label `s`. */
class Recording {
  phone = undefined
  sip = undefined
  #sessions = new Map() // label → fake session
  #ids = new Map() // label → call id in the phone
  #outgoing = [] // labels of calls being dialled
  #dialled = undefined
  #at = 0
  #agent = undefined
  #registerer = undefined
  #registration = {} // the delegates of the REGISTER under way
  #waiting = new Map() // `label kind` → what waits for a recorded answer

  constructor(lines, note) {
    this.lines = lines
    this.note = note
  }

  nameOfAgent() {
    return this.lines.find((line) => line.localName)?.localName ?? ''
  }

  /** Is there a session that neither ended nor was asked to? */
  stopsInCall() {
    const { calls } = this.phone.store.getState()
    return [...this.#sessions].some(([label, session]) => {
      const state = calls[this.#ids.get(label)]?.state
      return session.state !== SessionState.Terminated && state !== undefined && state !== 'Ending' && state !== 'Ended'
    })
  }

  dialing(callId, number) {
    this.#dialled = { callId, number }
  }

  /** Is there, from here on, such a line of this session? */
  #ahead(label, ...events) {
    return this.lines.slice(this.#at).some((line) => line.s === label && events.includes(line.ev))
  }

  #label(session) {
    for (const [label, known] of this.#sessions) if (known === session) return label
    return undefined
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
        if (startsUnregistered && this.#at === 0) return
        if (this.lines.slice(this.#at).some(({ ev }) => /^register\.on|^registerer\.stateChange/.test(ev))) {
          if (this.#at > 0) return
        }
        registerer.setState(RegistererState.Registered)
        delegate.onAccept?.({ message: message({ method: 'REGISTER', status: 200 }) })
      },
      unregister: (registerer) => registerer.setState(RegistererState.Unregistered),
      created: (inviter) => {
        const label = this.#outgoing.shift()
        if (label === undefined) return
        this.#sessions.set(label, inviter)
        this.#ids.set(label, this.#dialled?.callId)
      },
      invite: (inviter) => {
        const label = this.#label(inviter)
        return new Promise((resolve, reject) => this.#wait(label, 'invite', { resolve, reject }))
      },
      accept: (invitation) => {
        const label = this.#label(invitation)
        return new Promise((resolve, reject) => this.#wait(label, 'accept', { resolve, reject }))
      },
      reject: (invitation) => {
        if (!this.#endsAsRecorded(invitation)) invitation.setState(SessionState.Terminated)
      },
      cancel: (inviter) => {
        if (this.#endsAsRecorded(inviter)) return
        inviter.setState(SessionState.Terminated)
        inviter.answers.onReject?.({
          message: message({ method: 'INVITE', status: 487, phrase: 'Request Terminated' }),
        })
      },
      bye: (session, delegate) => {
        if (!this.#endsAsRecorded(session)) {
          // Our phone hangs up where the recorded one did not: SIP.js then ends the session at once.
          session.setState(SessionState.Terminated)
          delegate.onAccept?.({ message: message({ method: 'BYE', status: 200, phrase: 'OK' }) })
        }
        this.#wait(this.#label(session), 'bye', delegate)
      },
      reinvite: (session, delegate, options) => {
        const label = this.#label(session)
        const on = options.sessionDescriptionHandlerOptions?.hold
        const kind = on === undefined ? 'refresh' : on ? 'hold' : 'unhold'
        this.#wait(label, kind, delegate)
        if (this.#ahead(label, `${kind}.onAccept`, `${kind}.onReject`)) return
        delegate.onAccept({ message: message({ method: 'INVITE', status: 200, phrase: 'OK' }) })
      },
      refer: (session, _to, delegate) => this.#wait(this.#label(session), 'refer', delegate),
      info: (session, delegate) => this.#wait(this.#label(session), 'info', delegate),
      sendDtmf: () => true,
    }
  }

  /** The recorded agent ended this session too, so its end comes when it was recorded. */
  #endsAsRecorded(session) {
    const label = this.#label(session)
    const byUs = this.lines.find(
      (line) => line.s === label && /^cmd\.(bye|cancel|reject|hangup|terminate|decline|end)$/.test(line.ev),
    )
    return byUs !== undefined && this.#ahead(label, 'session.stateChange')
  }

  play(line) {
    this.#at = this.lines.indexOf(line) + 1
    try {
      if (line.ev.startsWith('cmd.')) this.#command(line, line.ev.slice(4))
      else this.#callback(line)
    } catch (error) {
      this.note(`${line.ev} at ${line.ms}: ${error.message}`)
    }
  }

  #command(line, verb) {
    const { phone } = this
    const id = this.#ids.get(line.s)
    const done = (promise) =>
      Promise.resolve(promise).catch((error) => this.note(`${line.ev} at ${line.ms}: ${error.message}`))
    const meaning = kVerbs[verb]
    if (meaning === undefined) return this.note(`${line.ev} at ${line.ms}: not a command that a phone knows`)
    if (meaning === 'call') {
      this.#outgoing.push(line.s)
      const forget = () => {
        this.#outgoing = this.#outgoing.filter((label) => label !== line.s)
      }
      return done(Promise.resolve(phone.call(String(line.target))).finally(forget))
    }
    if (id === undefined) return
    switch (meaning) {
      case 'dtmf':
        return done(phone.dtmf(String(line.tones ?? line.tone ?? line.digits ?? ''), id))
      case 'refer':
        if (line.replaces === undefined) return done(phone.transfer.blind(id, String(line.target)))
        return done(phone.transfer.attended(id, this.#ids.get(line.replaces)))
      default:
        return done(phone[meaning](id))
    }
  }

  #callback(line) {
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
      const invitation = new this.sip.Invitation({
        from: line.remoteUri ?? msg.from?.uri,
        name: line.remoteName ?? msg.from?.name,
        asserted: line.asserted,
        callId: line.callId ?? msg.callId ?? `${line.s}@recording`,
        headers: msg.headers,
      })
      this.#sessions.set(line.s, invitation)
      this.#ids.set(line.s, invitation.request.callId)
      delegate.onInvite?.(invitation)
    }
  }

  #ofSession(line, what) {
    const session = this.#sessions.get(line.s)
    if (!session) return
    this.#know(session, line.asserted ?? line.after?.asserted)
    switch (what) {
      case 'stateChange':
        // SIP.js resolves these promises right after the state; a recording may lack the line.
        if (
          line.to === SessionState.Establishing &&
          !this.#ahead(line.s, 'invite.promise.resolved', 'invite.promise.rejected')
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
    const session = this.#sessions.get(line.s)
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
