// A PBX behind the stand-in for SIP.js: it answers as Asterisk did in the recordings, after some milliseconds, unless a
// test tells it otherwise through `script`.

import { fakeSip, identity, message, RegistererState, SessionState } from '../traces/fake_sipjs.mjs'
import { makeStats } from './talk_stats.mjs'

export function sipPbx(clock) {
  const script = {
    /** Status of REGISTER, and whether the socket can be opened. */
    register: 200,
    connects: true,
    /** Statuses of the next re-INVITEs; 200 when the list is empty. */
    reinvites: [],
    microphone: true,
    rejectAnswers: true,
    refer: 202,
    info: 200,
    rtpDtmf: true,
  }
  const pbx = { agent: undefined, registerer: undefined, out: [], in: [], sent: [], script }
  const later = (ms, run) => clock.setTimeout(run, ms)
  const after = (ms) => new Promise((resolve) => later(ms, resolve))
  const answer = (status, phrase = 'OK', headers = {}) => ({
    message: message({ method: 'INVITE', status, phrase, headers }),
  })
  const connect = async () => {
    await after(5)
    if (!script.connects) throw new Error('WebSocket closed (code: 1006)')
    pbx.agent.delegate.onConnect?.()
  }

  pbx.stats = makeStats()
  pbx.sip = fakeSip({
    stats: (session) => pbx.stats.report(session),
    agent: (agent) => {
      pbx.agent = agent
    },
    registerer: (registerer) => {
      pbx.registerer = registerer
    },
    start: connect,
    reconnect: () => {
      pbx.sent.push('reconnect')
      return connect()
    },
    stop: () => pbx.sent.push('stop'),
    register(registerer, delegate) {
      pbx.sent.push('REGISTER')
      later(20, () => {
        if (script.register === 200) {
          registerer.setState(RegistererState.Registered)
          delegate.onAccept?.(answer(200))
        } else {
          registerer.setState(RegistererState.Unregistered)
          delegate.onReject?.(answer(script.register, 'Refused'))
        }
      })
    },
    unregister: (registerer) => later(20, () => registerer.setState(RegistererState.Unregistered)),
    created: (inviter) => pbx.out.push(inviter),
    async invite(inviter) {
      await after(5)
      if (!script.microphone) {
        inviter.setState(SessionState.Terminated)
        throw new Error('Permission denied')
      }
      inviter.setUpMedia()
      inviter.setState(SessionState.Establishing)
      pbx.sent.push(`INVITE ${inviter.target}`)
    },
    async accept(invitation) {
      await after(10)
      if (!script.microphone) {
        invitation.setState(SessionState.Terminated)
        throw new Error('Permission denied')
      }
      invitation.setUpMedia()
      invitation.setState(SessionState.Established)
    },
    cancel(inviter) {
      pbx.sent.push('CANCEL')
      later(10, () => inviter.setState(SessionState.Terminated))
      if (script.rejectAnswers)
        later(16, () => inviter.answers.onReject?.(answer(487, 'Request Terminated', { Reason: 'Q.850;cause=0' })))
    },
    bye(session, delegate) {
      pbx.sent.push('BYE')
      session.setState(SessionState.Terminated)
      later(15, () => delegate.onAccept?.(answer(200)))
    },
    reinvite(_session, delegate, options) {
      const hold = options.sessionDescriptionHandlerOptions?.hold
      pbx.sent.push(hold === undefined ? 're-INVITE' : hold ? 're-INVITE hold' : 're-INVITE unhold')
      pbx.lastReinvite = options
      const status = script.reinvites.shift() ?? 200
      later(20, () => (status === 200 ? delegate.onAccept(answer(200)) : delegate.onReject(answer(status, 'Refused'))))
    },
    refer(session, to, delegate) {
      pbx.sent.push(`REFER ${to.state === undefined ? to : 'with Replaces'}`)
      later(10, () => {
        if (script.refer >= 300) return delegate.onReject?.(answer(script.refer, 'Refused'))
        delegate.onAccept?.(answer(202, 'Accepted'))
        pbx.lastNotify = session.pushNotify({ body: 'SIP/2.0 100 Trying\r\n' })
      })
    },
    info(_session, delegate, options) {
      pbx.sent.push(`INFO ${/Signal=(.)/.exec(options.body.content)[1]}`)
      later(10, () =>
        script.info === 200 ? delegate.onAccept(answer(200)) : delegate.onReject(answer(script.info, 'Refused')),
      )
    },
    sendDtmf(_session, tones) {
      if (script.rtpDtmf) pbx.sent.push(`RTP ${tones}`)
      return script.rtpDtmf
    },
  })

  let calls = 0
  return Object.assign(pbx, {
    /** An INVITE for us. */
    offer({ number, name, headers = {}, asserted }) {
      const uri = `sip:${number}@pbx.test`
      const invitation = new pbx.sip.Invitation({
        from: uri,
        name,
        asserted,
        callId: `in-${++calls}@pbx.test`,
        headers,
      })
      pbx.in.push(invitation)
      pbx.agent.delegate.onInvite(invitation)
      return invitation
    },
    progress(inviter, status, phrase = 'Ringing') {
      inviter.answers.onProgress?.(answer(status, phrase))
    },
    accept(inviter) {
      inviter.setState(SessionState.Established)
      inviter.answers.onAccept?.(answer(200))
    },
    /** SIP.js says Terminated first and the status some milliseconds later. */
    refuse(inviter, status, phrase, reason) {
      inviter.setState(SessionState.Terminated)
      later(8, () => inviter.answers.onReject?.(answer(status, phrase, reason ? { Reason: reason } : {})))
    },
    bye(session, reason = 'Q.850;cause=16') {
      const bye = session.pushBye({ headers: { Reason: reason } })
      session.setState(SessionState.Terminated)
      return bye
    },
    cancel(invitation, reason) {
      invitation.pushCancel({ headers: reason ? { Reason: reason } : {} })
      invitation.setState(SessionState.Terminated)
    },
    drop(error = new Error('WebSocket closed (code: 4001)')) {
      script.connects = false
      pbx.agent.delegate.onDisconnect(error)
    },
  })
}

/** The far end as the conformance suite sees it: calls by the adapter's ids. */
export function sipWorld(clock) {
  const pbx = sipPbx(clock)
  const ids = new Map()
  const byId = (id) => ids.get(id) ?? pbx.in.find((invitation) => invitation.request.callId === id)
  return {
    clock,
    pbx,
    ids,
    peer: {
      offer: ({ number, name }) => void pbx.offer({ number, name }),
      ring: (id) => pbx.progress(byId(id), 180),
      answer: (id) => pbx.accept(byId(id)),
      hangup: (id) => void pbx.bye(byId(id)),
      cancel: (id) => pbx.cancel(byId(id), 'Q.850;cause=127'),
      busy: (id) => pbx.refuse(byId(id), 486, 'Busy Here', 'Q.850;cause=17'),
      refuseHold: () => void pbx.script.reinvites.push(488),
      acceptTransfer: (id) => void byId(id).pushNotify({ body: 'SIP/2.0 200 OK\r\n' }),
      glare: () => void pbx.script.reinvites.push(491),
      forget: () => void pbx.script.reinvites.push(481),
      changeRemote(id, { number, name }) {
        byId(id).assertedIdentity = identity(`sip:${number}@vm`, name)
        byId(id).pushInvite({ headers: { 'P-Asserted-Identity': `"${name}" <sip:${number}@vm>` } })
      },
      measure: (id, heard) => void pbx.stats.measure(byId(id), heard),
    },
  }
}

/** Remembers which fake session belongs to which dialled id. */
export function withIds(adapter, world) {
  return {
    ...adapter,
    dial(id, number) {
      const before = world.pbx.out.length
      adapter.dial(id, number)
      if (world.pbx.out.length > before) world.ids.set(id, world.pbx.out.at(-1))
    },
  }
}
