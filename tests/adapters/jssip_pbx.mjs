// A PBX behind the stand-in for JsSIP: it answers as Asterisk did in the recordings, after some milliseconds, unless a test
// tells it otherwise through `script`.

import { fakeJssip, message, Status } from '../traces/fake_jssip.mjs'
import { makeStats } from './talk_stats.mjs'

export function jssipPbx(clock) {
  const script = {
    /** Status of REGISTER, and whether the socket can be opened. */
    register: 200,
    connects: true,
    /** Statuses of the next re-INVITEs; 200 when the list is empty. */
    reinvites: [],
    refer: 202,
    info: 200,
    rtpDtmf: true,
    /** false: JsSIP says that it negotiates something else. */
    ready: true,
  }
  const pbx = { ua: undefined, out: [], in: [], sent: [], script }
  const later = (ms, run) => clock.setTimeout(run, ms)
  const connect = () =>
    later(5, () => {
      if (script.connects) pbx.ua.connected()
      else pbx.ua.disconnected({ error: true, code: 1006, reason: '' })
    })

  pbx.stats = makeStats()
  pbx.jssip = fakeJssip({
    stats: (session) => pbx.stats.report(session),
    ua: (ua) => {
      pbx.ua = ua
    },
    start: connect,
    stop: () => pbx.sent.push('stop'),
    register() {
      pbx.sent.push('REGISTER')
      later(20, () => {
        if (script.register === 200) pbx.ua.registered(message({ status: 200 }))
        else {
          const response = message({ status: script.register, phrase: 'Refused' })
          pbx.ua.registrationFailed(response, 'Authentication Error')
        }
      })
    },
    unregister: () => later(20, () => pbx.ua.unregistered({})),
    created: (session) => pbx.out.push(session),
    invite: (session) =>
      later(5, () => {
        if (session.isEnded()) return
        session.status = Status.INVITE_SENT
        pbx.sent.push(`INVITE ${session.target}`)
        session.emit('sending', { request: message({ method: 'INVITE', callId: session.callId, fromTag: 'ours' }) })
      }),
    answer: (session) =>
      later(10, () => {
        if (session.isEnded()) return
        session.accepted('local')
        session.confirmed('remote')
      }),
    terminate(session, options) {
      if (session.isTalk()) pbx.sent.push('BYE')
      else if (session.direction === 'outgoing') pbx.sent.push('CANCEL')
      else pbx.sent.push(String(options.status_code ?? 480))
      session.hangUp(options)
    },
    ready: () => script.ready,
    reoffer(session, kind, answered) {
      pbx.sent.push(kind === 'refresh' ? 're-INVITE' : `re-INVITE ${kind}`)
      pbx.lastReoffer = session
      const status = script.reinvites.shift() ?? 200
      // JsSIP repeats a re-INVITE that was answered by 491 once, by itself, after a second.
      if (status === 491) later(1_020, () => answered(script.reinvites.shift() ?? 200))
      else if (status !== 0) later(20, () => answered(status))
    },
    refer(session, target, { replaces, eventHandlers }) {
      pbx.sent.push(`REFER ${replaces ? 'with Replaces' : target}`)
      pbx.lastReplaces = replaces
      session.referHandlers = eventHandlers
      later(10, () => {
        if (script.refer >= 300) return eventHandlers.requestFailed({ response: message({ status: script.refer }) })
        eventHandlers.requestSucceeded({ response: message({ status: 202 }) })
        pbx.notify(session, 100)
      })
    },
    rtpDtmf: () => script.rtpDtmf,
    insertDtmf: (_session, tones) => void pbx.sent.push(`RTP ${tones}`),
    info(_session, tone, dtmf) {
      pbx.sent.push(`INFO ${tone}`)
      later(10, () => dtmf.emit(script.info === 200 ? 'succeeded' : 'failed', {}))
    },
  })

  let calls = 0
  return Object.assign(pbx, {
    notify(session, status_code) {
      const event =
        status_code === 100 ? 'trying' : status_code < 200 ? 'progress' : status_code < 300 ? 'accepted' : 'failed'
      session.referHandlers?.[event]?.({ status_line: { status_code } })
    },
    /** An INVITE for us. */
    offer({ number, name, headers = {} }) {
      const callId = `in-${++calls}@pbx.test`
      const session = pbx.ua.receiveInvite({ from: `sip:${number}@pbx.test`, name, callId, headers })
      pbx.in.push(session)
      return session
    },
    progress(session, status, headers = {}) {
      session.status = Status.PROGRESS
      session.emit('progress', { originator: 'remote', response: message({ method: 'INVITE', status, headers }) })
    },
    accept(session) {
      session.accepted('remote', message({ method: 'INVITE', status: 200, toTag: 'theirs' }))
      session.confirmed('local')
    },
    refuse(session, status, phrase, reason) {
      const headers = reason ? { Reason: reason } : {}
      session.end('remote', message({ method: 'INVITE', status, phrase, headers }), 'Busy')
    },
    bye: (session, reason = 'Q.850;cause=16') =>
      session.end('remote', message({ method: 'BYE', headers: { Reason: reason } }), 'Terminated'),
    cancel: (session, reason) =>
      session.end('remote', message({ method: 'CANCEL', headers: reason ? { Reason: reason } : {} }), 'Canceled'),
    drop() {
      script.connects = false
      pbx.ua.disconnected({ error: false, code: 4001, reason: '' })
    },
    back() {
      script.connects = true
      connect()
    },
  })
}

/** The far end as the conformance suite sees it: calls by the adapter's ids. */
export function jssipWorld(clock) {
  const pbx = jssipPbx(clock)
  const dialled = []
  const byId = (id) => pbx.out[dialled.indexOf(id)] ?? pbx.in.find((session) => session.callId === id)
  return {
    clock,
    pbx,
    dialled,
    peer: {
      offer: ({ number, name }) => void pbx.offer({ number, name }),
      ring: (id) => pbx.progress(byId(id), 180),
      answer: (id) => pbx.accept(byId(id)),
      hangup: (id) => void pbx.bye(byId(id)),
      cancel: (id) => pbx.cancel(byId(id), 'Q.850;cause=127'),
      busy: (id) => pbx.refuse(byId(id), 486, 'Busy Here', 'Q.850;cause=17'),
      refuseHold: () => void pbx.script.reinvites.push(488),
      acceptTransfer: (id) => pbx.notify(byId(id), 200),
      glare: () => void pbx.script.reinvites.push(491),
      forget: () => void pbx.script.reinvites.push(481),
      changeRemote(id, { number, name }) {
        const headers = { 'P-Asserted-Identity': `"${name}" <sip:${number}@vm>` }
        byId(id).emit('update', { request: message({ method: 'UPDATE', headers }) })
      },
      measure: (id, heard) => void pbx.stats.measure(byId(id), heard),
    },
  }
}

/** Remembers the order of the dialled ids, which is that of the sessions. */
export function withIds(adapter, world) {
  return {
    ...adapter,
    dial(id, number) {
      world.dialled.push(id)
      adapter.dial(id, number)
    },
  }
}
