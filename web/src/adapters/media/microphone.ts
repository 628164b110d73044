// Asking for the microphone, and saying in a sentence why there is none. The
// browser's own names (NotAllowedError, …) mean nothing to an agent.

import { errorText } from '../common.js'

export type Permission = 'unknown' | 'prompt' | 'granted' | 'denied' | 'missing'

const kSentences: Readonly<Record<string, string>> = {
  NotAllowedError: 'the browser does not allow this page to use the microphone',
  PermissionDeniedError: 'the browser does not allow this page to use the microphone',
  SecurityError: 'the browser does not allow this page to use the microphone',
  NotFoundError: 'there is no microphone',
  DevicesNotFoundError: 'there is no microphone',
  NotReadableError: 'the microphone is in use by another program, or does not work',
  TrackStartError: 'the microphone is in use by another program, or does not work',
  AbortError: 'the microphone could not be opened',
  OverconstrainedError: 'the chosen microphone is not there',
}

const nameOf = (error: unknown) => (error as { name?: string } | null)?.name ?? ''

/** Why there is no microphone, with the browser's own name for it, for whoever looks it up. */
export function microphoneSentence(error: unknown): string {
  const name = nameOf(error)
  const sentence = kSentences[name]
  return sentence ? `${sentence} (${name})` : errorText(error)
}

export function isMicrophoneError(error: unknown): boolean {
  return nameOf(error) in kSentences
}

/** What a failed getUserMedia tells about the permission; nothing if it was about something else. */
export function permissionOf(error: unknown): Permission | undefined {
  const sentence = kSentences[nameOf(error)]
  if (sentence === kSentences.NotAllowedError) return 'denied'
  return sentence === kSentences.NotFoundError ? 'missing' : undefined
}

export function mediaDevices(): MediaDevices | undefined {
  return (globalThis as { navigator?: Navigator }).navigator?.mediaDevices
}

/** `deviceId` '' is the system's default. */
export function microphoneConstraints(
  audio: boolean | MediaTrackConstraints | undefined,
  deviceId: string,
): boolean | MediaTrackConstraints {
  const wanted = audio ?? true
  if (deviceId === '' || wanted === false) return wanted
  return { ...(wanted === true ? {} : wanted), deviceId: { exact: deviceId } }
}
