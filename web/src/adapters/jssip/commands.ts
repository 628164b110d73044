// The commands of the port, in the words of JsSIP. Whatever the state of the
// session, `hangup` finds the verb that ends it.

import { accountDomain, attempt, errorText, ignore, readNameAddr, refusal, sipTarget } from '../common.js'
import { closeStream } from '../media/media.js'
import { ended, markCancelled, newCall, watch, watchConnection } from './calls.js'
import type { Core, JssipCall, Message, Session } from './context.js'

export function offer(core: Core, session: Session, request: Message): void {
  const callId = request.call_id ?? session.id
  const id = core.calls.has(callId) ? session.id : callId
  const call = newCall(id, true)
  const asserted = readNameAddr(request.getHeader('P-Asserted-Identity'))
  const from = session.remote_identity
  call.number = asserted?.number || (from.uri.user ?? '')
  call.name = asserted?.name || from.display_name || ''
  call.dialog = { callId, ours: request.to_tag ?? '', theirs: request.from_tag ?? '' }
  core.calls.set(id, call)
  watch(core, call, session)
  core.emit({
    type: 'CallOffered',
    call_id: id,
    sip_call_id: callId,
    number: call.number,
    name: call.name,
    uniqueid: request.getHeader('X-Asterisk-Uniqueid') ?? '',
    linkedid: request.getHeader('X-Asterisk-Linkedid') ?? '',
  })
}

/** The microphone first: JsSIP would leave it open if the agent hangs up while the browser still asks for it. */
export function dial(core: Core, callId: string, number: string, extraHeaders?: string[]): void {
  const call = newCall(callId, false)
  call.resuming = extraHeaders !== undefined
  call.number = number
  core.calls.set(callId, call)
  core.media.microphone().then(
    (stream) => {
      if (call.ended) return closeStream(stream)
      call.stream = stream
      const { emit } = core
      core.dialing = call
      try {
        core.ua.call(sipTarget(number, domainOf(core)), {
          ...mediaOptions(core, stream),
          ...(extraHeaders && { extraHeaders }),
          eventHandlers: {
            // Said before newRTCSession, so nobody could listen for it later.
            peerconnection: ({ peerconnection }: { peerconnection: RTCPeerConnection }) =>
              watchConnection(core, call, peerconnection),
          },
        })
      } catch (error) {
        // Not a target, or no WebRTC: there never was a call.
        if (!call.session) {
          call.ended = true
          core.calls.delete(callId)
          closeStream(stream)
          emit(
            call.resuming
              ? { type: 'CallEnded', call_id: callId, reason: errorText(error) }
              : refusal(callId, 'dial', errorText(error)),
          )
        }
      } finally {
        core.dialing = undefined
      }
    },
    (error) => {
      call.reason = errorText(error)
      ended(core, call, {})
    },
  )
}

export function answer(core: Core, call: JssipCall): void {
  const { session } = call
  const refuse = (reason: string) => {
    call.answering = false
    closeStream(call.stream)
    if (!call.ended) core.emit(refusal(call.id, 'answer', reason))
  }
  if (!session || !call.incoming || call.established || call.answering) {
    if (!call.ended) core.emit(refusal(call.id, 'answer', 'not ringing'))
    return
  }
  call.answering = true
  core.media.microphone().then(
    (stream) => {
      if (call.ended) return closeStream(stream)
      call.stream = stream
      attempt(() => session.answer(mediaOptions(core, stream)), refuse)
    },
    // The call rings on: the agent may allow the microphone and answer again.
    (error) => refuse(errorText(error)),
  )
}

export function reject(core: Core, call: JssipCall): void {
  if (call.incoming && !call.established) hangup(core, call, 'reject')
  else core.emit(refusal(call.id, 'reject', 'not ringing'))
}

export function hangup(core: Core, call: JssipCall, command: 'hangup' | 'reject' = 'hangup'): void {
  const { session } = call
  call.endedByUs = true
  // The browser still asks for the microphone: there is nothing to tell the PBX.
  if (!session) {
    ended(core, call, { originator: 'local' })
    return
  }
  if (session.isEnded()) return
  if (!call.incoming) markCancelled(session)
  // `status_code` of the event stays 0: it is for what the other side answered, and 486 would read as a busy machine.
  const ringing = call.incoming && !call.established
  attempt(
    () => session.terminate(ringing ? { status_code: core.options.rejectStatusCode ?? 486 } : {}),
    (reason) => {
      if (call.ended) return
      call.endedByUs = false
      core.emit(refusal(call.id, command, reason))
    },
  )
}

/** REFER; with `other` a REFER with Replaces. The far end reports by NOTIFY, each a SIP status line. */
export function transfer(core: Core, call: JssipCall, target: string, other: JssipCall | undefined): void {
  const refuse = (reason: string) => {
    if (!call.ended) core.emit(refusal(call.id, 'transfer', reason))
  }
  const { session } = call
  if (!session || !call.established) {
    refuse('not connected')
    return
  }
  // JsSIP would send `to-tag=null`, and the PBX would answer by NOTIFY 404.
  if (other && (!other.established || !other.session)) {
    refuse('the other call is not connected')
    return
  }
  if (!core.ua.isConnected()) {
    refuse('no connection to the PBX')
    return
  }
  const report = (status: number | undefined) => {
    if (!call.ended && status) core.emit({ type: 'TransferProgress', call_id: call.id, status_code: status })
  }
  const notified = ({ status_line }: { status_line?: { status_code?: number | string } }) =>
    report(Number(status_line?.status_code ?? 0))
  attempt(() => {
    const to = other ? (other.session?.remote_identity.uri.toString() ?? '') : sipTarget(target, domainOf(core))
    const sent = session.refer(to, {
      ...(other && { replaces: replacing(other) }),
      eventHandlers: {
        requestSucceeded: ({ response }: { response?: Message }) => report(response?.status_code ?? 202),
        requestFailed: ({ response }: { response?: Message | null }) => report(response?.status_code ?? 500),
        trying: notified,
        progress: notified,
        accepted: notified,
        failed: notified,
      },
    })
    if (sent === false) refuse('not connected')
  }, refuse)
}

/**
 * What JsSIP reads of the session to be replaced. For a call that came in it would exchange the two tags: RFC 3891 section 3
 * wants the PBX's own tag as to-tag.
 */
function replacing(other: JssipCall): object {
  const { callId, ours, theirs } = other.dialog
  return { _request: { call_id: callId }, _to_tag: theirs, _from_tag: ours }
}

function mediaOptions(core: Core, stream: MediaStream | undefined): object {
  return {
    pcConfig: { iceServers: core.options.iceServers ?? [] },
    ...(stream ? { mediaStream: stream } : {}),
    mediaConstraints: { audio: core.media.constraints(), video: false },
  }
}

function domainOf(core: Core): string {
  const { sip } = core.context.session
  return accountDomain(sip, sip.server ?? core.options.server ?? '')
}

/** Lets go of every call when the phone stops. */
export function drop(core: Core): void {
  for (const call of [...core.calls.values()]) {
    core.clock.clearTimeout(call.iceTimer)
    core.clock.clearTimeout(call.ringTimer)
    call.quality?.stop()
    attempt(() => hangup(core, call), ignore)
  }
  core.calls.clear()
}
