// Hold is our own re-INVITE: SIP.js has no hold event and Asterisk tells
// nobody. One re-INVITE at a time; the last wish made meanwhile follows it.

import type { Session } from 'sip.js'
import { attempt } from '../common.js'
import { alive, check } from './calls.js'
import type { Core, SipCall } from './context.js'
import { applyTracks, playRemote, stopRemote } from './media.js'

const kRetriesAfterGlare = 1
/** RFC 3261 14.1: ours begins only after the PBX's own re-INVITE has had its ACK. SIP.js throws this otherwise, its offer made. */
const kTheirsUnderWay = /ongoing re-INVITE server transaction/
const kRetriesWhileTheirs = 20
const kTheirsMs = 200

export function hold(core: Core, call: SipCall, on: boolean): void {
  if (!call.established) {
    core.emit({ type: 'HoldRefused', call_id: call.id, reason: 'not connected' })
    return
  }
  if (call.holdInFlight !== null) {
    call.holdWanted = on
    return
  }
  if (call.held === on) {
    core.emit({ type: 'HoldConfirmed', call_id: call.id, on })
    return
  }
  reinvite(core, call, on, kRetriesAfterGlare, kRetriesWhileTheirs)
}

const theirsUnderWay = (call: SipCall) =>
  !!(call.session.dialog as { reinviteUserAgentServer?: unknown } | undefined)?.reinviteUserAgentServer

/**
 * The direction is set by `hold` in the handler's options. `holdModifier` is not used: SIP.js applies modifiers to the
 * answer too, where it turns `recvonly` into `inactive`, and the next offer then asks for `recvonly`: one-way audio after hold.
 */
function reinvite(core: Core, call: SipCall, on: boolean, retries: number, patience: number): void {
  const before = call.session.sessionDescriptionHandlerOptionsReInvite
  call.holdInFlight = on
  const afterTheirs = () => {
    core.clock.setTimeout(() => !call.ended && reinvite(core, call, on, retries, patience - 1), kTheirsMs)
  }
  if (patience > 0 && theirsUnderWay(call)) {
    afterTheirs()
    return
  }

  const settle = (ok: boolean, reason: string) => {
    if (call.ended || call.holdInFlight === null) return
    call.holdInFlight = null
    if (ok) {
      call.held = on
      applyTracks(call)
      alive(core, call)
      if (on) stopRemote(core, call)
      else playRemote(core, call)
      core.emit({ type: 'HoldConfirmed', call_id: call.id, on })
    } else {
      call.session.sessionDescriptionHandlerOptionsReInvite = before
      core.emit({ type: 'HoldRefused', call_id: call.id, reason })
    }
    const next = call.holdWanted
    call.holdWanted = null
    if (call.ended) return
    if (next !== null) hold(core, call, next)
    else if (call.checking) check(core, call)
  }

  attempt(
    () =>
      call.session.invite({
        sessionDescriptionHandlerOptions: { ...before, hold: on } as Session['sessionDescriptionHandlerOptions'],
        sessionDescriptionHandlerModifiers: [],
        requestDelegate: {
          onAccept: () => settle(true, ''),
          onReject: (response) => {
            const status = response.message.statusCode ?? 0
            // 491: both sides sent a re-INVITE. RFC 3261 14.1 says who waits how long.
            if (status === 491 && retries > 0 && !call.ended) {
              const wait = call.incoming ? core.random() * 2_000 : 2_100 + core.random() * 1_900
              core.clock.setTimeout(() => !call.ended && reinvite(core, call, on, retries - 1, patience), wait)
              return
            }
            settle(false, `${status} ${response.message.reasonPhrase ?? ''}`.trim())
          },
        },
      }),
    (reason) => {
      // Both began in the same moment: theirs takes our unsent offer back by itself.
      if (patience > 0 && (theirsUnderWay(call) || kTheirsUnderWay.test(reason))) afterTheirs()
      else settle(false, reason)
    },
  )
}
