// Hold, and the question whether a call still lives: both are a re-INVITE, of
// which there may be one at a time. The last wish made meanwhile follows it.

import { attempt } from '../common.js'
import type { Core, JssipCall, Reoffer } from './context.js'
import { playRemote, stopRemote } from './sound.js'

/** `hold()` returns false, and does nothing, while JsSIP negotiates something else: asked again until it takes it. */
const kRetryMs = 100
const kRetries = 40

export function hold(core: Core, call: JssipCall, on: boolean): void {
  const { session } = call
  if (!session || !call.established) {
    refuse(core, call, 'not connected')
    return
  }
  if (call.reoffer) {
    call.holdWanted = on
    return
  }
  if (call.held === on) {
    confirm(core, call, on)
    return
  }
  // JsSIP would send into a closed socket, and then hang the call up.
  if (!core.ua.isConnected()) {
    refuse(core, call, 'no connection to the PBX')
    return
  }
  const reoffer: Reoffer = {
    kind: 'hold',
    on,
    settle: (ok, reason) => {
      if (!finish(call, reoffer)) return
      if (ok) held(core, call, on)
      else {
        undo(call, !on)
        refuse(core, call, reason)
      }
      followUp(core, call)
    },
  }
  call.reoffer = reoffer
  send(core, call, reoffer, () => {
    // The application may have held it by itself meanwhile; JsSIP then has nothing to do.
    if (session.isOnHold().local === on) {
      reoffer.settle(true, '')
      return true
    }
    const done = () => reoffer.settle(true, '')
    return on ? session.hold({}, done) : session.unhold({}, done)
  })
}

/** A re-INVITE that changes nothing: a PBX that has ended the call answers 481, and JsSIP ends the session. */
export function check(core: Core, call: JssipCall): void {
  const { session } = call
  if (!session || !call.established || call.ended) return
  // A hold under way asks the same question. Without a socket the question waits for the next one.
  if (call.reoffer) return
  if (!core.ua.isConnected()) {
    call.orphaned = true
    return
  }
  const reoffer: Reoffer = {
    kind: 'check',
    on: call.held,
    settle: (ok, reason) => {
      if (!finish(call, reoffer)) return
      if (ok || reason === 'refused by the PBX') alive(core, call)
      else core.context.log('debug', `call ${call.id} not asked: ${reason}`)
      if (!ok) undo(call, call.held)
      followUp(core, call)
    },
  }
  call.reoffer = reoffer
  send(core, call, reoffer, () => session.renegotiate({}, () => reoffer.settle(true, '')))
}

function send(core: Core, call: JssipCall, reoffer: Reoffer, go: () => boolean, left = kRetries): void {
  if (call.ended || call.reoffer !== reoffer) return
  let taken = false
  try {
    taken = call.session?.isReadyToReOffer() === true && go()
  } catch (error) {
    reoffer.settle(false, String(error))
    return
  }
  if (taken) return
  if (left === 0) {
    reoffer.settle(false, 'another change of this call is still under way')
    return
  }
  core.clock.setTimeout(() => send(core, call, reoffer, go, left - 1), kRetryMs)
}

function finish(call: JssipCall, reoffer: Reoffer): boolean {
  if (call.ended || call.reoffer !== reoffer) return false
  call.reoffer = null
  return true
}

function held(core: Core, call: JssipCall, on: boolean): void {
  call.held = on
  if (on) stopRemote(core, call)
  else playRemote(core, call)
  alive(core, call)
  confirm(core, call, on)
}

/** JsSIP notes the new state before it is agreed, and keeps it when it is not; the offer stays pending in the connection. */
function undo(call: JssipCall, on: boolean): void {
  const { session } = call
  if (!session) return
  if ('_localHold' in session) session._localHold = on
  const { connection } = session
  if (connection?.signalingState === 'have-local-offer') {
    attempt(
      () => connection.setLocalDescription({ type: 'rollback' }),
      () => {},
    )
  }
  const speaks = !call.muted && !on
  for (const { track } of connection?.getSenders?.() ?? []) if (track) track.enabled = speaks
}

/** The PBX has answered inside the call: it knows it. */
function alive(core: Core, call: JssipCall): void {
  call.orphaned = false
  if (call.checking) core.emit({ type: 'CallAlive', call_id: call.id })
  call.checking = false
}

function followUp(core: Core, call: JssipCall): void {
  const next = call.holdWanted
  call.holdWanted = null
  if (call.ended) return
  if (next !== null) hold(core, call, next)
  else if (call.checking) check(core, call)
}

function confirm(core: Core, call: JssipCall, on: boolean): void {
  core.emit({ type: 'HoldConfirmed', call_id: call.id, on })
}

function refuse(core: Core, call: JssipCall, reason: string): void {
  core.emit({ type: 'HoldRefused', call_id: call.id, reason })
}
