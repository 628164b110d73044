// A softphone for people without a PBX: it takes its time, rings, answers and
// hangs up by itself. The console's demonstration runs on it; tests use scripted().

import { type Clock, realClock } from '../clock.js'
import type { SoftphoneAdapter } from '../ports.js'
import { type Peer, scripted } from './scripted.js'

/** What the other side does with a call that we make. */
export type Behaviour = 'answer' | 'busy' | 'no_answer'

export interface SimulatedOptions {
  behaviour?: Behaviour
  clock?: Clock
  /** Until the other side rings, until it answers, and until the PBX gives up, in ms. */
  ringAfterMs?: number
  answerAfterMs?: number
  giveUpAfterMs?: number
}

export interface SimulatedSoftphone extends SoftphoneAdapter {
  /** What else may happen, as with scripted(). */
  readonly peer: Peer
  /** Somebody calls. Gives the call's id. */
  incoming(number: string, name?: string): string
  /** The other side hangs up, or gives up; the newest call without an id. */
  remoteHangup(callId?: string): void
  behaviour(next: Behaviour): void
}

export function simulated(options: SimulatedOptions = {}): SimulatedSoftphone {
  const clock = options.clock ?? realClock
  const { ringAfterMs = 400, answerAfterMs = 2_500, giveUpAfterMs = 20_000 } = options
  const { peer, ...phone } = scripted({
    register: false,
    transfers: false,
    features: 'transfer attended conference check',
  })
  const timers = new Map<unknown, string>()
  let next = options.behaviour ?? 'answer'
  let calls = 0
  let stopped = false

  /** Something that happens to a call later, unless the call is over by then. */
  const later = (callId: string, ms: number, run: () => void) => {
    const timer = clock.setTimeout(() => {
      timers.delete(timer)
      if (!stopped && phone.liveCalls().includes(callId)) run()
    }, ms)
    timers.set(timer, callId)
  }

  return {
    name: 'simulated',
    peer,
    start(context) {
      stopped = false
      phone.start(context)
      peer.emit({ type: 'Registering' })
      const timer = clock.setTimeout(() => {
        timers.delete(timer)
        peer.registered()
      }, 150)
      timers.set(timer, '')
    },
    register: phone.register,
    unregister: phone.unregister,
    dial(callId, number) {
      phone.dial(callId, number)
      later(callId, ringAfterMs, () => peer.ring(callId))
      if (next === 'answer') later(callId, answerAfterMs, () => peer.answer(callId))
      else if (next === 'busy') later(callId, ringAfterMs * 3, () => peer.busy(callId))
      else later(callId, giveUpAfterMs, () => peer.noAnswer(callId))
    },
    answer: phone.answer,
    reject: phone.reject,
    hangup: phone.hangup,
    hold: phone.hold,
    mute: phone.mute,
    dtmf: phone.dtmf,
    transfer(callId, target, otherCallId) {
      phone.transfer(callId, target, otherCallId)
      later(callId, ringAfterMs, () => peer.transferResult(180, callId))
      later(callId, ringAfterMs * 3, () => {
        peer.transferResult(200, callId)
        if (otherCallId && phone.liveCalls().includes(otherCallId)) peer.hangup(otherCallId)
      })
    },
    merge: (callId, otherCallId, on) => phone.merge?.(callId, otherCallId, on),
    check: (callId) => phone.check?.(callId),
    stop() {
      stopped = true
      for (const timer of timers.keys()) clock.clearTimeout(timer)
      timers.clear()
      return phone.stop()
    },
    incoming(number, name = '') {
      calls += 1
      const callId = peer.offer({ number, name, callId: `simulated-${calls}` })
      later(callId, giveUpAfterMs, () => {
        if (!phone.isConnected(callId)) peer.stopRinging('timeout', callId)
      })
      return callId
    },
    remoteHangup(callId) {
      if (phone.liveCalls().length > 0) peer.hangup(callId)
    },
    behaviour(wanted) {
      next = wanted
    },
  }
}
