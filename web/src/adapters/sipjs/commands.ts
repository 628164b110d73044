// The commands of the port, in the words of SIP.js. Whatever the state of the
// session, `hangup` finds the verb that ends it.

import type { Invitation, Inviter } from 'sip.js'
import { accountDomain, attempt, errorText, ignore, refusal, sipTarget } from '../common.js'
import { closeStream } from '../media/media.js'
import { isMicrophoneError, mediaDevices } from '../media/microphone.js'
import { invite, newCall, watch } from './calls.js'
import type { Core, SipCall } from './context.js'

export function offer(core: Core, invitation: Invitation): void {
  const { request } = invitation
  const id = core.calls.has(request.callId) ? invitation.id : request.callId
  const identity = invitation.assertedIdentity ?? invitation.remoteIdentity
  const call = newCall(id, invitation, true)
  call.number = identity.uri.user ?? ''
  call.name = identity.displayName || invitation.remoteIdentity.displayName || ''
  watch(core, call)
  core.emit({
    type: 'CallOffered',
    call_id: id,
    sip_call_id: request.callId,
    number: call.number,
    name: call.name,
    uniqueid: request.getHeader('X-Asterisk-Uniqueid') ?? '',
    linkedid: request.getHeader('X-Asterisk-Linkedid') ?? '',
  })
}

export function dial(core: Core, inviter: Inviter, callId: string, number: string, resuming = false): void {
  const call = newCall(callId, inviter, false)
  call.resuming = resuming
  call.number = number
  watch(core, call)
  invite(core, call, inviter)
}

/**
 * Where there is a browser the microphone is opened first, and closed when SIP.js has it: SIP.js ends a call whose microphone is
 * refused; so it rings on, and the agent may allow the microphone and answer again.
 */
export function answer(core: Core, call: SipCall): void {
  const refuse = (reason: string) => {
    call.answering = false
    if (!call.ended) core.emit(refusal(call.id, 'answer', reason))
  }
  if (!call.incoming || call.established || call.answering) {
    if (!call.ended) core.emit(refusal(call.id, 'answer', 'not ringing'))
    return
  }
  call.answering = true
  if (!mediaDevices()) {
    accept(core, call, refuse)
    return
  }
  core.media.microphone().then(
    (stream) => {
      if (call.ended || call.endedByUs) closeStream(stream)
      else accept(core, call, refuse, () => closeStream(stream))
    },
    (error) => refuse(errorText(error)),
  )
}

function accept(core: Core, call: SipCall, refuse: (reason: string) => void, over: () => void = ignore): void {
  const options = { sessionDescriptionHandlerOptions: mediaOptions(core) }
  attempt(
    () => (call.session as Invitation).accept(options).finally(over),
    (reason, error) => {
      const why = isMicrophoneError(error) ? core.media.refused(error) : reason
      call.reason ||= why
      refuse(why)
    },
  )
}

export function reject(core: Core, call: SipCall): void {
  if (call.incoming && !call.established) hangup(core, call, 'reject')
  else core.emit({ type: 'CommandRefused', call_id: call.id, refused: 'reject', reason: 'not ringing' })
}

export function hangup(core: Core, call: SipCall, command: 'hangup' | 'reject' = 'hangup'): void {
  const { SessionState } = core.sip
  const { session } = call
  call.endedByUs = true
  const failed = (reason: string) => {
    if (call.ended) return
    call.endedByUs = false
    core.emit({ type: 'CommandRefused', call_id: call.id, refused: command, reason })
  }
  switch (session.state) {
    case SessionState.Established:
      // The answer to a BYE matters to nobody: 481 and a dead socket both mean that it is over.
      attempt(() => session.bye({ requestDelegate: { onReject: ignore } }), failed)
      break
    case SessionState.Initial:
    case SessionState.Establishing:
      if (call.incoming) {
        // `status_code` stays 0: it is for what the other side answered, and 486 would read as a busy machine.
        const statusCode = core.options.rejectStatusCode ?? 486
        attempt(() => (session as Invitation).reject({ statusCode }), failed)
      } else attempt(() => (session as Inviter).cancel(), failed)
      break
    default:
      break // already on its way out
  }
}

/** REFER; with `other` a REFER with Replaces. The far end reports by NOTIFY, each a SIP status line. */
export function transfer(core: Core, call: SipCall, target: string, other: SipCall | undefined): void {
  const refuse = (reason: string) => {
    if (!call.ended) core.emit({ type: 'CommandRefused', call_id: call.id, refused: 'transfer', reason })
  }
  const to = other ? other.session : targetUri(core, target)
  let obstacle = ''
  if (!call.established) obstacle = 'not connected'
  // SIP.js would refuse too, but with the state of the wrong session in its message.
  else if (other && !other.established) obstacle = 'the other call is not connected'
  else if (!to) obstacle = `not a SIP target: ${target}`
  if (obstacle || !to) {
    refuse(obstacle)
    return
  }
  const report = (status: number) => {
    if (!call.ended && status > 0) core.emit({ type: 'TransferProgress', call_id: call.id, status_code: status })
  }
  attempt(
    () =>
      call.session.refer(to, {
        requestDelegate: {
          onAccept: (response) => report(response.message.statusCode ?? 202),
          onReject: (response) => report(response.message.statusCode ?? 500),
        },
        onNotify: (notification) => {
          attempt(() => notification.accept(), ignore)
          report(Number(/^\s*SIP\/2\.0\s+(\d{3})/.exec(notification.request.body ?? '')?.[1] ?? 0))
        },
      }),
    refuse,
  )
}

/** A bare number is completed with the domain of the account. */
export function targetUri(core: Core, target: string): ReturnType<Core['sip']['UserAgent']['makeURI']> {
  return core.sip.UserAgent.makeURI(sipTarget(target, accountDomain(core.context.session.sip, serverOf(core))))
}

export function serverOf(core: Core): string {
  return core.context.session.sip.server ?? core.options.server ?? ''
}

export function mediaOptions(core: Core): object {
  return { constraints: { audio: core.media.constraints(), video: false } }
}
