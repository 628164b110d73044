// The microphone and the loudspeaker of all calls of one adapter: which are
// chosen, whether the browser allows them, and changing them in a live talk.

import type { AdapterContext, SoftphoneDevices, SoftphoneEvent } from '../../ports.js'
import { attempt, ignore } from '../common.js'
import { mediaDevices, microphoneConstraints, microphoneSentence, type Permission, permissionOf } from './microphone.js'

export interface MediaHost {
  readonly context: AdapterContext
  /** The adapter's option `audio`. */
  readonly audio: boolean | MediaTrackConstraints | undefined
  /** Connections of the calls that have a microphone now. */
  connections(): Iterable<RTCPeerConnection | null | undefined>
  emit(event: SoftphoneEvent): void
}

export interface Media {
  readonly devices: SoftphoneDevices
  /** Constraints of the microphone that is chosen. */
  constraints(): boolean | MediaTrackConstraints
  /** Opens it; undefined where there is no browser. Rejects with a sentence, and DevicesChanged says so too. */
  microphone(): Promise<MediaStream | undefined>
  /** The browser refused a microphone that was asked for elsewhere. Gives the sentence for it. */
  refused(error: unknown): string
  watch(): void
  /** A device that a library has changed by itself. */
  chosen(device: { microphone?: string; speaker?: string }): void
  stop(): void
}

interface Sink {
  setSinkId?(deviceId: string): Promise<void>
}

export function media(host: MediaHost): Media {
  let permission: Permission = 'unknown'
  let microphone = ''
  let speaker = ''
  let told = ''
  let status: PermissionStatus | undefined
  let stopped = false

  const tell = () => {
    const now = [permission, microphone, speaker].join('\n')
    if (stopped || now === told) return
    told = now
    host.emit({ type: 'DevicesChanged', permission, microphone, speaker })
  }
  const permitted = (next: Permission | undefined) => {
    if (!next) return
    permission = next
    tell()
  }

  const open = async (deviceId: string): Promise<MediaStream | undefined> => {
    const devices = mediaDevices()
    if (!devices) return undefined
    try {
      const audio = microphoneConstraints(host.audio, deviceId)
      const stream = await devices.getUserMedia({ audio, video: false })
      permitted('granted')
      return stream
    } catch (error) {
      throw new Error(refused(error))
    }
  }
  const refused = (error: unknown): string => {
    permitted(permissionOf(error))
    return microphoneSentence(error)
  }

  const readPermission = async () => {
    const devices = mediaDevices()
    if (!devices) return
    const state = status?.state
    const inputs = (await devices.enumerateDevices()).filter(({ kind }) => kind === 'audioinput')
    if (stopped) return
    // A device that was chosen and is unplugged gives way to the default; ids are hidden until the page is allowed.
    if (
      microphone &&
      inputs.some(({ deviceId }) => deviceId) &&
      !inputs.some(({ deviceId }) => deviceId === microphone)
    )
      microphone = ''
    permission = inputs.length === 0 ? 'missing' : (state ?? permissionByLabel(inputs))
    tell()
  }
  /** Browsers that do not answer permissions.query({name: 'microphone'}) still hide labels from a page without it. */
  const permissionByLabel = (inputs: MediaDeviceInfo[]): Permission =>
    inputs.some(({ label }) => label !== '') ? 'granted' : permission === 'missing' ? 'unknown' : permission
  const changed = () => attempt(readPermission, ignore)

  return {
    constraints: () => microphoneConstraints(host.audio, microphone),
    microphone: () => open(microphone),
    refused,

    devices: {
      async setMicrophone(deviceId) {
        const live = [...host.connections()].flatMap((connection) => audioSenders(connection))
        // Opened even without a call: whether it is there and allowed is known before the next call rings.
        const stream = await open(deviceId)
        if (!stream) throw new Error('microphones cannot be chosen here: there is no browser')
        const [track] = stream.getAudioTracks()
        try {
          for (const sender of live) {
            const own = track?.clone()
            const before = sender.track
            if (!own) continue
            own.enabled = before?.enabled ?? true
            await sender.replaceTrack(own)
            before?.stop()
          }
        } finally {
          track?.stop()
        }
        microphone = deviceId
        tell()
      },
      async setSpeaker(deviceId) {
        const element = host.context.audio?.() as Sink | null | undefined
        if (!element?.setSinkId) throw new Error('this browser cannot choose the loudspeaker')
        try {
          await element.setSinkId(deviceId)
        } catch (error) {
          const gone = (error as Error | null)?.name === 'NotFoundError'
          throw new Error(gone ? 'the chosen loudspeaker is not there' : microphoneSentence(error))
        }
        speaker = deviceId
        tell()
      },
    },

    chosen(device) {
      microphone = device.microphone ?? microphone
      speaker = device.speaker ?? speaker
      tell()
    },
    watch() {
      const devices = mediaDevices()
      if (!devices) return
      devices.addEventListener?.('devicechange', changed)
      attempt(async () => {
        const found = await navigator.permissions
          ?.query({ name: 'microphone' as PermissionName })
          .catch(() => undefined)
        if (stopped) return
        status = found
        status?.addEventListener?.('change', changed)
        await readPermission()
      }, ignore)
    },
    stop() {
      stopped = true
      mediaDevices()?.removeEventListener?.('devicechange', changed)
      status?.removeEventListener?.('change', changed)
    },
  }
}

function audioSenders(connection: RTCPeerConnection | null | undefined): RTCRtpSender[] {
  return (connection?.getSenders?.() ?? []).filter((sender) => sender.track?.kind === 'audio')
}

export function closeStream(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop()
}
