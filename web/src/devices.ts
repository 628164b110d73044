// The choice of microphone and speaker. It goes straight to the softphone, which
// alone knows the page's devices; what is in use comes back as `store.devices`.
// No engine is asked: a choice changes nothing that is allowed.
import { PhoneError } from './errors.js'
import type { SoftphoneAdapter, SoftphoneDevices } from './ports.js'

export interface DeviceChoice {
  /**
   * From now on, in a live call at once. `deviceId` as `navigator.mediaDevices.enumerateDevices()` gives it; '' is the system's
   * default. Rejects with `not_supported` when the softphone chooses by itself, with `softphone_refused` and the library's own
   * sentence when it fails.
   */
  setMicrophone(deviceId: string): Promise<void>
  setSpeaker(deviceId: string): Promise<void>
}

/** A choice on its way to the tab that has the softphone. */
export interface DeviceChosen {
  readonly type: 'DeviceChosen'
  readonly which: 'microphone' | 'speaker'
  readonly id: string
}

export function chooseDevices(adapter: SoftphoneAdapter): DeviceChoice {
  const choose = async (how: (devices: SoftphoneDevices) => Promise<void>): Promise<void> => {
    if (!adapter.devices) throw new PhoneError('not_supported')
    try {
      await how(adapter.devices)
    } catch (error) {
      throw new PhoneError('softphone_refused', error instanceof Error ? error.message : String(error), error)
    }
  }
  return {
    setMicrophone: (deviceId) => choose((devices) => devices.setMicrophone(String(deviceId))),
    setSpeaker: (deviceId) => choose((devices) => devices.setSpeaker(String(deviceId))),
  }
}
