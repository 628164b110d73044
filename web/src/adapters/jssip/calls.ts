// One JsSIP session and its life: offered or dialled, connected, ended. Where
// JsSIP would hang a good call up by itself, or forget one, it is kept from it here.

import { attempt, ignore, RINGING_WITHOUT_SOCKET_MS, readNameAddr } from '../common.js'
import { closeStream } from '../media/media.js'
import { watchQuality } from '../media/quality.js'
import { replacesValue } from '../replaces.js'
import { type Ending, readEnding } from './causes.js'
import type { Core, JssipCall, Message, Session, Terminate } from './context.js'
import { check } from './hold.js'
import { digitsFailed, infoDigit, playRemote, stopRemote } from './sound.js'

/** RTCSession.C.STATUS_1XX_RECEIVED: a CANCEL is sent at once, and JsSIP forgets that it sent one. */
const k1xxReceived = 2

export function newCall(id: string, incoming: boolean): JssipCall {
  return {
    id,
    incoming,
    session: undefined,
    stream: undefined,
    established: false,
    ended: false,
    endedByUs: false,
    answering: false,
    reason: '',
    ownCause: '',
    lastProgress: 0,
    resuming: false,
    held: false,
    reoffer: null,
    holdWanted: null,
    muted: false,
    digits: [],
    remote: undefined,
    orphaned: false,
    checking: false,
    name: '',
    number: '',
    dialog: { callId: '', ours: '', theirs: '' },
    quality: undefined,
    iceTimer: undefined,
    ringTimer: undefined,
  }
}

/** Listens to everything a session may say. */
export function watch(core: Core, call: JssipCall, session: Session): void {
  call.session = session
  guard(core, call, session)
  const on = (event: string, hear: (event: never) => void) => {
    session.on(event, (said) => {
      if (!call.ended) hear(said as never)
    })
  }
  on('peerconnection', ({ peerconnection }: { peerconnection: RTCPeerConnection }) =>
    watchConnection(core, call, peerconnection),
  )
  on('icecandidate', ({ ready }: { ready?: () => void }) => limitGathering(core, call, ready))
  on('sending', ({ request }: { request?: Message }) => dialed(core, call, request))
  on('progress', ({ originator, response }: { originator: string; response?: Message | null }) => {
    if (originator === 'remote' && response) progress(core, call, response)
  })
  on('accepted', ({ response }: { response?: Message | null }) => accepted(core, call, response ?? undefined))
  on('confirmed', () => accepted(core, call, undefined))
  on('ended', (ending: Ending) => ended(core, call, ending))
  on('failed', (ending: Ending) => ended(core, call, ending))
  on('update', ({ request }: { request: Message }) => remoteChanged(core, call, request))
  on('reinvite', ({ request }: { request: Message }) => remoteChanged(core, call, request))
  on('newDTMF', ({ originator, dtmf }: { originator: string; dtmf: object }) => {
    if (originator === 'local') infoDigit(core, call, dtmf)
  })
  on('getusermediafailed', (error: unknown) => {
    call.reason = core.media.refused(error)
  })
  if (core.borrowed) return
  // Nobody may move the agent's call from outside: Asterisk never asks, so neither a REFER nor a Replaces is followed.
  on('refer', ({ reject }: { reject?: () => void }) =>
    attempt(
      () => reject?.(),
      () => {},
    ),
  )
  on('replaces', ({ reject }: { reject?: () => void }) =>
    attempt(
      () => reject?.(),
      () => {},
    ),
  )
}

export function watchConnection(core: Core, call: JssipCall, connection: RTCPeerConnection): void {
  connection.addEventListener?.('track', () => playRemote(core, call))
}

/**
 * JsSIP hangs up by `this.terminate()` too: when a re-INVITE is refused ("Hold Failed"), and when a request could not be sent
 * because the socket is down. A talk survives both. Everything else passes, and what JsSIP names as cause is kept.
 */
function guard(core: Core, call: JssipCall, session: Session): void {
  const terminate = session.terminate
  session.terminate = (options: Terminate = {}) => {
    const byItself = options.cause !== undefined
    if (byItself && call.established && !call.endedByUs && !session.isEnded()) {
      const refused = /^(Hold|Unhold|Media Renegotiation) Failed$/.test(options.reason_phrase ?? '')
      const noSocket = options.cause === 'Connection Error'
      if (refused && call.reoffer) return call.reoffer.settle(false, 'refused by the PBX')
      if (noSocket) {
        call.orphaned = true
        digitsFailed(core, call, 'no connection to the PBX')
        core.context.log('info', `call ${call.id}: not sent, the connection to the PBX is down`)
        return call.reoffer?.settle(false, 'no connection to the PBX')
      }
    }
    if (byItself) call.ownCause = options.cause ?? ''
    else call.endedByUs = true
    terminate.call(session, options)
  }
}

/**
 * Before a CANCEL. A 200 that crosses it reaches JsSIP 3.13 in a state where it is dropped: no ACK, no BYE, and the callee
 * stays in a call with nobody (versatica/JsSIP#836). With this mark, which JsSIP itself sets in earlier states only, it
 * answers a late 200 with ACK and BYE.
 */
export function markCancelled(session: Session): void {
  if (session.status === k1xxReceived && '_is_canceled' in session) session._is_canceled = true
}

/** JsSIP waits for the end of gathering; some time after the first candidate `ready` sends what is there. */
function limitGathering(core: Core, call: JssipCall, ready: (() => void) | undefined): void {
  if (!ready || call.iceTimer !== undefined) return
  call.iceTimer = core.clock.setTimeout(() => {
    call.iceTimer = undefined
    if (!call.ended) ready()
  }, core.options.iceGatheringTimeoutMs ?? 2_000)
}

function dialed(core: Core, call: JssipCall, request: Message | undefined): void {
  if (call.incoming) return
  call.dialog = { callId: request?.call_id ?? '', ours: '', theirs: '' }
  if (!call.resuming) core.emit({ type: 'CallDialed', call_id: call.id, sip_call_id: call.dialog.callId })
}

function progress(core: Core, call: JssipCall, response: Message): void {
  nameFromAnswer(core, call, response)
  const status = response.status_code ?? 0
  if (status === call.lastProgress) return
  call.lastProgress = status
  if (!call.resuming) core.emit({ type: 'CallProgress', call_id: call.id, status_code: status })
}

function accepted(core: Core, call: JssipCall, response: Message | undefined): void {
  if (response) nameFromAnswer(core, call, response)
  // JsSIP's own request does not name its tag; the answer has both.
  if (response && !call.incoming) {
    call.dialog.ours = response.from_tag ?? ''
    call.dialog.theirs = response.to_tag ?? ''
  }
  if (call.established) return
  call.established = true
  const { callId, ours, theirs } = call.dialog
  const dialog = replacesValue(callId, ours, theirs)
  core.emit(
    call.resuming
      ? { type: 'CallResumed', call_id: call.id, sip_call_id: callId, on: false, dialog }
      : { type: 'CallConnected', call_id: call.id, dialog },
  )
  playRemote(core, call)
  call.quality = watchQuality(
    core.clock,
    () => call.session?.connection,
    (measured) => core.emit({ type: 'QualityMeasured', call_id: call.id, ...measured }),
  )
}

/** JsSIP says `ended` or `failed` once; after a race of BYE and 200 it may still say `accepted`, which is too late. */
export function ended(core: Core, call: JssipCall, ending: Ending): void {
  if (call.ended) return
  call.ended = true
  core.calls.delete(call.id)
  core.clock.clearTimeout(call.iceTimer)
  core.clock.clearTimeout(call.ringTimer)
  call.quality?.stop()
  stopRemote(core, call)
  release(call)
  core.emit({ type: 'CallEnded', call_id: call.id, ...readEnding(call, ending) })
}

/** The microphone was opened by us, so JsSIP does not close it. */
export function release(call: JssipCall): void {
  if (!call.stream) return
  closeStream(call.stream)
  for (const { track } of call.session?.connection?.getSenders?.() ?? []) track?.stop?.()
}

/** After the socket dropped: who hangs up now will not reach us. JsSIP itself ends a call whose media fails. */
export function orphan(core: Core): void {
  for (const call of core.calls.values()) {
    if (call.established) call.orphaned = true
    else if (call.incoming) call.ringTimer ??= core.clock.setTimeout(() => stopRinging(call), RINGING_WITHOUT_SOCKET_MS)
  }
}

function stopRinging(call: JssipCall): void {
  if (call.ended || call.established || call.answering) return
  attempt(() => call.session?.terminate({ status_code: 480, cause: 'Connection Error' }), ignore)
}

/** After the socket came back the PBX must learn our new address, and we whether the calls still live. */
export function revive(core: Core): void {
  for (const call of core.calls.values()) if (call.orphaned) check(core, call)
}

/** Asterisk tells JsSIP of a new far end by UPDATE, or by re-INVITE; only P-Asserted-Identity of that request names it. */
function remoteChanged(core: Core, call: JssipCall, request: Message): void {
  const identity = readNameAddr(request.getHeader('P-Asserted-Identity'))
  if (identity) changeTo(core, call, identity.number, identity.name)
}

/** remote_identity of an outgoing call never has a name. The number stays what the agent dialled. */
function nameFromAnswer(core: Core, call: JssipCall, response: Message): void {
  const identity = readNameAddr(response.getHeader('P-Asserted-Identity'))
  if (identity && !call.incoming) changeTo(core, call, '', identity.name)
}

function changeTo(core: Core, call: JssipCall, number: string, name: string): void {
  if ((number === '' || number === call.number) && (name === '' || name === call.name)) return
  if (number) call.number = number
  if (name) call.name = name
  core.emit({ type: 'RemoteChanged', call_id: call.id, ...(number && { number }), ...(name && { name }) })
}
