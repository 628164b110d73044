// Sound of JsSIP's calls: the remote stream in the page's audio element, mute, and digits.

import { attempt, errorText } from '../common.js'
import type { Core, JssipCall } from './context.js'

const kToneMs = 160
const kGapMs = 70

/** JsSIP keeps no remote stream: one is made of what the connection receives, and kept for the call's life. */
function remoteStream(call: JssipCall): MediaStream | undefined {
  const receivers = call.session?.connection?.getReceivers?.() ?? []
  const tracks = receivers.map(({ track }) => track).filter((track) => track?.kind === 'audio')
  if (tracks.length === 0 || typeof MediaStream !== 'function') return undefined
  call.remote ??= new MediaStream()
  const known = call.remote.getTracks()
  for (const track of tracks) if (!known.includes(track)) call.remote.addTrack(track)
  return call.remote
}

/** The audio element plays one call: the one that was connected, or taken off hold, last. */
export function playRemote(core: Core, call: JssipCall): void {
  if (call.ended || call.held || (!call.established && core.options.earlyMedia === false)) return
  const element = core.context.audio?.() ?? null
  const stream = element && remoteStream(call)
  if (!element || !stream) return
  if (element.srcObject !== stream) element.srcObject = stream
  attempt(
    () => element.play(),
    (reason) => core.context.log('warn', `remote audio does not play: ${reason}`),
  )
}

export function stopRemote(core: Core, call: JssipCall): void {
  const element = core.context.audio?.() ?? null
  if (!element || !call.remote || element.srcObject !== call.remote) return
  element.srcObject = null
  for (const other of core.calls.values()) if (other !== call && other.established) playRemote(core, other)
}

export function mute(core: Core, call: JssipCall, on: boolean): void {
  const { session } = call
  const refuse = (reason: string) => core.emit({ type: 'MuteRefused', call_id: call.id, reason })
  if (!session || !call.established) {
    refuse('not connected')
    return
  }
  if (!(session.connection?.getSenders() ?? []).some(({ track }) => track)) {
    refuse('no audio track')
    return
  }
  try {
    if (on) session.mute({ audio: true })
    else session.unmute({ audio: true })
  } catch (error) {
    refuse(errorText(error))
    return
  }
  call.muted = on
  core.emit({ type: 'MuteConfirmed', call_id: call.id, on })
}

/** JsSIP's own defaults take 1.1 s a digit, and a missing sender is only a line in its log. */
export function dtmf(core: Core, call: JssipCall, digits: string): void {
  const { session } = call
  const refuse = (reason: string) => core.emit({ type: 'DtmfRefused', call_id: call.id, reason })
  if (!session || !call.established) {
    refuse('not connected')
    return
  }
  const sender = session.connection?.getSenders().find(({ track }) => track?.kind === 'audio')
  const inBand = core.options.dtmf !== 'info' && sender?.dtmf && sender.dtmf.canInsertDTMF !== false
  // The first digit leaves within sendDTMF, so what waits for its answer is there before it.
  if (!inBand) call.digits.push({ left: digits.replace(/,/g, '').length })
  try {
    session.sendDTMF(digits, {
      transportType: inBand ? 'RFC2833' : 'INFO',
      duration: kToneMs,
      interToneGap: kGapMs,
    })
  } catch (error) {
    if (!inBand) call.digits.pop()
    refuse(errorText(error))
    return
  }
  if (inBand) core.emit({ type: 'DtmfSent', call_id: call.id })
}

/** JsSIP tells of each INFO digit when it is sent; the answers decide. The first refusal stops the rest of the queue. */
export function infoDigit(core: Core, call: JssipCall, digit: { on?(event: string, hear: () => void): unknown }): void {
  digit.on?.('succeeded', () => {
    const [sending] = call.digits
    if (!sending || --sending.left > 0) return
    call.digits.shift()
    core.emit({ type: 'DtmfSent', call_id: call.id })
  })
  digit.on?.('failed', () => digitsFailed(core, call, 'refused by the PBX'))
}

export function digitsFailed(core: Core, call: JssipCall, reason: string): void {
  for (const _ of call.digits.splice(0)) core.emit({ type: 'DtmfRefused', call_id: call.id, reason })
}
