// Sound: the remote stream in the page's audio element, the microphone on and
// off, digits, and the one thing only media can tell, that the far end is gone.

import type { Session } from 'sip.js'
import { attempt } from '../common.js'
import type { Core, SipCall } from './context.js'

/** What we use of SIP.js's web SessionDescriptionHandler; another factory may offer less. */
interface MediaHandler {
  peerConnection?: RTCPeerConnection | undefined
  remoteMediaStream?: MediaStream
  peerConnectionDelegate?: { onconnectionstatechange?: () => void; ontrack?: () => void } | undefined
  enableSenderTracks?(on: boolean): void
  enableReceiverTracks?(on: boolean): void
  sendDtmf?(tones: string): boolean
  rollbackDescription?: () => Promise<void>
}

function mediaOf(session: Session): MediaHandler | undefined {
  return session.sessionDescriptionHandler as unknown as MediaHandler | undefined
}

export function watchMedia(core: Core, call: SipCall, handler: unknown, failed: () => void): void {
  const media = handler as MediaHandler
  media.rollbackDescription ??= () => rollback(media.peerConnection)
  media.peerConnectionDelegate = {
    ...media.peerConnectionDelegate,
    ontrack: () => playRemote(core, call),
    onconnectionstatechange: () => {
      if (media.peerConnection?.connectionState !== 'failed' || call.ended) return
      core.context.log('warn', `call ${call.id}: media connection failed`)
      failed()
    },
  }
}

/**
 * A re-INVITE that was refused leaves its offer in the connection: SIP.js asks its handler to take it back, and its own
 * does not know how. Every offer after it would fail, ours and the PBX's.
 */
async function rollback(connection: RTCPeerConnection | undefined): Promise<void> {
  if (connection?.signalingState === 'have-local-offer') await connection.setLocalDescription({ type: 'rollback' })
  else if (connection?.signalingState === 'have-remote-offer')
    await connection.setRemoteDescription({ type: 'rollback' })
}

/** None while there is no media, or with media of another making. */
export function connectionOf(call: SipCall): RTCPeerConnection | undefined {
  return mediaOf(call.session)?.peerConnection
}

export function mediaHasFailed(call: SipCall): boolean {
  return mediaOf(call.session)?.peerConnection?.connectionState === 'failed'
}

/** The audio element plays one call: the one that was connected, or taken off hold, last. */
export function playRemote(core: Core, call: SipCall): void {
  if (call.ended || call.held) return
  const element = core.context.audio?.() ?? null
  const stream = mediaOf(call.session)?.remoteMediaStream
  if (!element || !stream) return
  if (element.srcObject !== stream) element.srcObject = stream
  attempt(
    () => element.play(),
    (reason) => core.context.log('warn', `remote audio does not play: ${reason}`),
  )
}

export function stopRemote(core: Core, call: SipCall): void {
  const element = core.context.audio?.() ?? null
  if (!element || element.srcObject !== mediaOf(call.session)?.remoteMediaStream) return
  element.srcObject = null
  for (const other of core.calls.values()) if (other !== call && other.established) playRemote(core, other)
}

/** The microphone sends when the call is neither muted nor held; the loudspeaker plays unless it is held. */
export function applyTracks(call: SipCall): boolean {
  const media = mediaOf(call.session)
  const speaks = !call.muted && !call.held
  try {
    if (media?.enableSenderTracks) {
      media.enableSenderTracks(speaks)
      media.enableReceiverTracks?.(!call.held)
      return true
    }
    const senders = media?.peerConnection?.getSenders()
    if (!senders || senders.length === 0) return false
    for (const sender of senders) if (sender.track) sender.track.enabled = speaks
    return true
  } catch {
    return false
  }
}

export function mute(core: Core, call: SipCall, on: boolean): void {
  const before = call.muted
  call.muted = on
  if (call.established && applyTracks(call)) {
    core.emit({ type: 'MuteConfirmed', call_id: call.id, on })
    return
  }
  call.muted = before
  core.emit({ type: 'MuteRefused', call_id: call.id, reason: call.established ? 'no audio track' : 'not connected' })
}

export function dtmf(core: Core, call: SipCall, digits: string): void {
  const settle = (refusal: string) => {
    if (refusal) core.emit({ type: 'DtmfRefused', call_id: call.id, reason: refusal })
    else core.emit({ type: 'DtmfSent', call_id: call.id })
  }
  if (!call.established) settle('not connected')
  else if (core.options.dtmf !== 'info' && sendEvents(core, call, digits)) settle('')
  else sendInfo(call, [...digits], settle)
}

/** RFC 4733, in the voice stream: 0.24 s a digit, queued by the browser. */
function sendEvents(core: Core, call: SipCall, digits: string): boolean {
  try {
    return mediaOf(call.session)?.sendDtmf?.(digits) ?? false
  } catch (error) {
    core.context.log('debug', `RFC 4733 digits failed, trying INFO: ${String(error)}`)
    return false
  }
}

/** One INFO a digit, each after the answer to the one before: they carry no order of their own. */
function sendInfo(call: SipCall, digits: string[], settle: (refusal: string) => void): void {
  const [digit, ...rest] = digits
  if (digit === undefined) {
    settle('')
    return
  }
  const content = `Signal=${digit}\r\nDuration=160`
  attempt(
    () =>
      call.session.info({
        requestOptions: {
          body: { contentDisposition: 'render', contentType: 'application/dtmf-relay', content },
        },
        requestDelegate: {
          onAccept: () => (call.ended ? settle('call ended') : sendInfo(call, rest, settle)),
          onReject: ({ message }) => settle(`${message.statusCode} ${message.reasonPhrase ?? ''}`.trim()),
        },
      }),
    settle,
  )
}
