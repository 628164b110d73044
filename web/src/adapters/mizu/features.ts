// What a Mizu package can do beyond calls, by what it has and what it says:
// conference, devices, and whether it still knows a call. Packages and engines differ.

import type { SoftphoneDevices } from '../../ports.js'
import type { AdapterClock } from '../common.js'
import { mediaDevices } from '../media/microphone.js'
import { isRefusal, isTrue, text, type WebphoneApi } from './api.js'
import { readCallId, readLineDetails } from './reading.js'

const kRecording = 0
const kPlayback = 1
/** Engines that live outside the page and keep their calls over a reload of it. */
const kOutside = /^(ns|java|app)$/i
const kLines = 9

/** Words of SOFTPHONE_FEATURES. getavailablecallfunc() is believed where it answers. */
export function featuresOf(api: WebphoneApi, transferType: number): string {
  const said = text(api.getavailablecallfunc?.())
  const may = (word: string) => said === '' || isRefusal(said) || said.includes(word)
  const words: string[] = []
  if (api.transfer && transferType !== 0 && may('transfer')) words.push('transfer', 'attended')
  if (api.conference && may('conference')) words.push('conference')
  if (api.isincall) words.push('check')
  return words.join(' ') || 'none'
}

/**
 * Lost only when the library says that there is no call at all. With another call up it cannot be told which one it means,
 * and line details differ too much between packages to end a call on them.
 */
export function isGone(api: WebphoneApi): boolean {
  const result = api.isincall?.()
  return result === false || /^(false|0)$/i.test(text(result))
}

export interface KeptCall {
  callId: string
  line: string
  number: string
  held: boolean
}

/** Calls that an engine outside the page has kept, by its lines. */
export function keptCalls(api: WebphoneApi): KeptCall[] {
  if (!kOutside.test(text(api.getenginename?.())) || !isTrue(api.isincall?.())) return []
  const kept: KeptCall[] = []
  for (let line = 1; line <= kLines; line += 1) {
    const found = readLineDetails(text(api.getlinedetails?.(line)))
    if (!found?.callId || kept.some(({ callId }) => callId === found.callId)) continue
    kept.push({ callId: readCallId(found.callId), line: String(line), number: found.peer, held: found.held })
  }
  return kept
}

/** Mizu knows devices by name; pages know them by the browser's id. */
export function mizuDevices(
  api: WebphoneApi,
  clock: AdapterClock,
  chosen: (device: { microphone?: string; speaker?: string }) => void,
): SoftphoneDevices | undefined {
  if (!api.setdevice) return undefined
  const choose = async (device: number, deviceId: string): Promise<void> => {
    const known = await mediaDevices()
      ?.enumerateDevices?.()
      .catch(() => [])
    const label = known?.find((one) => one.deviceId === deviceId)?.label
    const names = await deviceNames(api, clock, device)
    const name =
      deviceId === ''
        ? (names.find((one) => /default/i.test(one)) ?? 'Default')
        : (names.find((one) => one === label || one === deviceId) ?? label ?? deviceId)
    if (isRefusal(api.setdevice?.(device, name, true)))
      throw new Error(`the web phone does not take the device ${name}`)
  }
  return {
    async setMicrophone(deviceId) {
      await choose(kRecording, deviceId)
      chosen({ microphone: deviceId })
    },
    async setSpeaker(deviceId) {
      await choose(kPlayback, deviceId)
      chosen({ speaker: deviceId })
    },
  }
}

/** One string, a name in each line. Some packages never call back. */
function deviceNames(api: WebphoneApi, clock: AdapterClock, device: number): Promise<string[]> {
  return new Promise((resolve) => {
    if (!api.getdevicelist) {
      resolve([])
      return
    }
    const limit = clock.setTimeout(() => resolve([]), 1_000)
    api.getdevicelist(device, (list) => {
      clock.clearTimeout(limit)
      const names = text(list).split(/\r?\n/)
      resolve(names.map((name) => name.trim()).filter((name) => name !== '' && !/^error/i.test(name)))
    })
  })
}
