// One SIP.js session and its life: offered or dialled, connected, ended. SIP.js
// says `Terminated` before it says why, and never says who: both are put
// together here, so that CallEnded is sent once and knows as much as can be known.

import type { Invitation, Inviter, Session, SessionDelegate } from 'sip.js'
import { attempt, ignore, RINGING_WITHOUT_SOCKET_MS, readReason } from '../common.js'
import { isMicrophoneError } from '../media/microphone.js'
import { watchQuality } from '../media/quality.js'
import { replacesValue } from '../replaces.js'
import { chain, kAnswered } from './borrowed.js'
import type { Core, SipCall } from './context.js'
import { hold } from './hold.js'
import { connectionOf, mediaHasFailed, playRemote, stopRemote, watchMedia } from './media.js'

/** `onReject` follows `Terminated` within 4–12 ms; when it does not come at all, the call ends without a status. */
const kWaitForRejectMs = 120

/** The part of an incoming request or response that we read. */
export interface Headers {
  getHeader(name: string): string | undefined
  getHeaders?(name: string): string[]
}

export function newCall(id: string, session: Session, incoming: boolean): SipCall {
  return {
    id,
    session,
    incoming,
    established: false,
    ended: false,
    endedByUs: false,
    endedByThem: false,
    answering: false,
    status: 0,
    q850: 0,
    reason: '',
    madeLocally: false,
    endTimer: undefined,
    lastProgress: 0,
    resuming: false,
    held: false,
    holdInFlight: null,
    holdWanted: null,
    muted: false,
    orphaned: false,
    checking: false,
    quality: undefined,
    name: '',
    number: '',
  }
}

/** Listens to everything a session may say. Delegates that exist must answer the request themselves. */
export function watch(core: Core, call: SipCall): void {
  const { session } = call
  core.calls.set(call.id, call)
  const own: SessionDelegate = {
    onBye: (bye) => {
      call.endedByThem = true
      noteReason(call, bye.request)
      attempt(() => bye.accept(), ignore)
    },
    onCancel: (cancel) => {
      call.endedByThem = true
      call.status = 487
      noteReason(call, cancel.request)
    },
    onInvite: (request) => remoteChanged(core, call, request),
    onInfo: (info) => attempt(() => info.accept(), ignore),
    onNotify: (notification) => attempt(() => notification.accept(), ignore),
    onMessage: (message) => attempt(() => message.accept(), ignore),
    // Nobody may move the agent's call from outside: Asterisk never asks, so a REFER is refused, not followed.
    onRefer: (referral) => attempt(() => referral.reject(), ignore),
    onSessionDescriptionHandler: (handler) => watchMedia(core, call, handler, () => mediaFailed(core, call)),
  }
  session.delegate = core.borrowed ? chain(session.delegate, own, kAnswered) : own
  session.stateChange.addListener((state) => {
    if (call.ended) return
    if (state === core.sip.SessionState.Established) established(core, call)
    else if (state === core.sip.SessionState.Terminated) terminated(core, call)
  })
}

function established(core: Core, call: SipCall): void {
  if (call.established) return
  call.established = true
  const { dialog: made } = call.session
  const dialog = made ? replacesValue(made.callId, made.localTag, made.remoteTag) : ''
  core.emit(
    call.resuming
      ? { type: 'CallResumed', call_id: call.id, sip_call_id: made?.callId ?? '', on: false, dialog }
      : { type: 'CallConnected', call_id: call.id, dialog },
  )
  begin(core, call)
}

/** A talk that the application has already, on a user agent of its own. */
export function adopt(core: Core, session: Session): void {
  const made = session.dialog
  const call = newCall(made?.callId ?? session.id, session, 'accept' in session)
  const options = session.sessionDescriptionHandlerOptionsReInvite as { hold?: boolean } | undefined
  call.established = true
  call.held = options?.hold === true
  watch(core, call)
  const handler = session.sessionDescriptionHandler
  if (handler) watchMedia(core, call, handler, () => mediaFailed(core, call))
  const dialog = made ? replacesValue(made.callId, made.localTag, made.remoteTag) : ''
  core.emit({ type: 'CallResumed', call_id: call.id, sip_call_id: call.id, on: call.held, dialog })
  const identity = session.assertedIdentity ?? session.remoteIdentity
  changeTo(core, call, identity.uri.user ?? '', identity.displayName ?? '')
  begin(core, call)
}

function begin(core: Core, call: SipCall): void {
  playRemote(core, call)
  call.quality = watchQuality(
    core.clock,
    () => connectionOf(call),
    (measured) => core.emit({ type: 'QualityMeasured', call_id: call.id, ...measured }),
  )
}

function terminated(core: Core, call: SipCall): void {
  const statusStillToCome = !call.established && !call.incoming && call.status < 300
  if (!statusStillToCome) ended(core, call)
  else call.endTimer ??= core.clock.setTimeout(() => ended(core, call), kWaitForRejectMs)
}

/** The final answer to our INVITE; before or after `Terminated`. */
export function rejected(
  core: Core,
  call: SipCall,
  message: Headers & { method?: string; statusCode?: number | undefined; reasonPhrase?: string | undefined },
): void {
  if (call.ended) return
  call.status = message.statusCode ?? 0
  call.madeLocally = !message.method
  noteReason(call, message)
  call.reason ||= message.reasonPhrase ?? ''
  if (call.session.state === core.sip.SessionState.Terminated) ended(core, call)
}

export function ended(core: Core, call: SipCall): void {
  if (call.ended) return
  call.ended = true
  core.clock.clearTimeout(call.endTimer)
  core.calls.delete(call.id)
  call.quality?.stop()
  stopRemote(core, call)
  // Whoever refuses to replace a dialog does not end it: it was over before.
  const answeredByThem = !call.resuming && call.status >= 300 && !call.madeLocally && !call.incoming
  core.emit({
    type: 'CallEnded',
    call_id: call.id,
    origin: call.endedByThem ? 'remote' : call.endedByUs ? 'local' : answeredByThem ? 'remote' : 'unknown',
    status_code: call.status,
    q850: call.q850,
    reason: call.reason,
  })
}

/** Ends a call whose far end can no longer be reached, and tells the PBX if it still listens. */
export function abandon(core: Core, call: SipCall, status: number, reason: string): void {
  if (call.ended) return
  call.status = status
  call.reason = reason
  ended(core, call)
  if (call.session.state === core.sip.SessionState.Established) attempt(() => call.session.bye(), ignore)
}

/** After the socket dropped: who hangs up now will not reach us, so these calls are watched more closely. */
export function orphan(core: Core): void {
  for (const call of core.calls.values()) {
    if (!call.established) {
      if (call.incoming)
        call.endTimer ??= core.clock.setTimeout(() => stopRinging(core, call), RINGING_WITHOUT_SOCKET_MS)
      continue
    }
    call.orphaned = true
    if (mediaHasFailed(call)) abandon(core, call, 0, 'media lost')
  }
}

function stopRinging(core: Core, call: SipCall): void {
  if (call.ended || call.established || call.session.state !== core.sip.SessionState.Initial) return
  abandon(core, call, 0, 'connection lost')
  attempt(() => (call.session as Invitation).reject(), ignore)
}

/** After the socket came back the PBX must learn our new address, and we whether the calls still live. */
export function revive(core: Core): void {
  for (const call of core.calls.values()) if (call.orphaned) probe(core, call)
}

/** Asked for from outside; a hold under way asks the same question, and its answer answers this one. */
export function check(core: Core, call: SipCall): void {
  if (!call.established) return
  call.checking = true
  probe(core, call)
}

/** The PBX has answered inside the call: it knows it. */
export function alive(core: Core, call: SipCall): void {
  call.orphaned = false
  if (call.checking) core.emit({ type: 'CallAlive', call_id: call.id })
  call.checking = false
}

/** A re-INVITE that changes nothing: a PBX that has ended the call answers 481. */
function probe(core: Core, call: SipCall): void {
  if (call.ended || call.holdInFlight !== null) return
  // It occupies the one re-INVITE there may be; a hold asked for meanwhile follows it.
  call.holdInFlight = call.held
  const over = () => {
    const next = call.holdWanted
    call.holdInFlight = null
    call.holdWanted = null
    if (next !== null && !call.ended) hold(core, call, next)
  }
  attempt(
    () =>
      call.session.invite({
        requestDelegate: {
          onAccept: () => {
            alive(core, call)
            over()
          },
          onReject: ({ message }) => {
            const status = message.statusCode ?? 0
            if (status === 481 || status === 404 || status === 410) {
              abandon(core, call, status, 'the PBX has ended this call')
            } else if (message.method) alive(core, call)
            over()
          },
        },
      }),
    (reason) => {
      core.context.log('debug', `call ${call.id} not refreshed: ${reason}`)
      over()
    },
  )
}

/**
 * The far end's media is gone. With the socket down too, nobody will ever tell us more: the call is lost. With the
 * socket up the PBX is asked, because SIP.js drops a BYE that comes while a call is being answered.
 */
function mediaFailed(core: Core, call: SipCall): void {
  if (call.orphaned) abandon(core, call, 0, 'media lost')
  else if (call.established) probe(core, call)
}

function noteReason(call: SipCall, message: Headers): void {
  const values = message.getHeaders?.('Reason') ?? [message.getHeader('Reason') ?? '']
  const { q850, text } = readReason(values.filter((value) => value !== ''))
  if (q850) call.q850 = q850
  if (text) call.reason = text
}

/** Asterisk tells of a new far end by re-INVITE; only P-Asserted-Identity of that request names it. */
function remoteChanged(core: Core, call: SipCall, request: Headers): void {
  if (!request.getHeader('P-Asserted-Identity')) return
  const identity = call.session.assertedIdentity
  changeTo(core, call, identity?.uri.user ?? '', identity?.displayName ?? '')
}

function changeTo(core: Core, call: SipCall, number: string, name: string): void {
  if (call.ended || ((number === '' || number === call.number) && (name === '' || name === call.name))) return
  if (number) call.number = number
  if (name) call.name = name
  core.emit({ type: 'RemoteChanged', call_id: call.id, ...(number && { number }), ...(name && { name }) })
}

/** Sends the INVITE of an outgoing call. */
export function invite(core: Core, call: SipCall, inviter: Inviter): void {
  attempt(
    () =>
      inviter
        .invite({
          requestDelegate: {
            onProgress: (response) => progress(core, call, response.message.statusCode ?? 0),
            onAccept: () => nameFromAnswer(core, call),
            onReject: (response) => rejected(core, call, response.message),
            onRedirect: (response) => rejected(core, call, response.message),
          },
        })
        .then(() => {
          if (!call.ended && !call.resuming)
            core.emit({ type: 'CallDialed', call_id: call.id, sip_call_id: inviter.request.callId })
        }),
    (reason, error) => {
      // No microphone, or no way to make an offer: there never was an INVITE.
      call.reason ||= isMicrophoneError(error) ? core.media.refused(error) : reason
      ended(core, call)
    },
  )
}

function progress(core: Core, call: SipCall, status: number): void {
  if (call.ended) return
  nameFromAnswer(core, call)
  if (status === call.lastProgress) return
  call.lastProgress = status
  if (!call.resuming) core.emit({ type: 'CallProgress', call_id: call.id, status_code: status })
}

/** remoteIdentity of an outgoing call never has a name. The number stays what the agent dialled. */
function nameFromAnswer(core: Core, call: SipCall): void {
  changeTo(core, call, '', call.session.assertedIdentity?.displayName ?? '')
}
