// What the adapters share of sound: quality of a talk, which microphone, and why there is none.
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Media, media } from '../../web/src/adapters/media/media.js'
import { microphoneSentence } from '../../web/src/adapters/media/microphone.js'
import { compare, meanOpinionScore, noticeable, readStats, watchQuality } from '../../web/src/adapters/media/quality.js'
import { inputLevel, levelOf, listDevices } from '../../web/src/page_devices.js'
import type { SoftphoneEvent } from '../../web/src/ports.js'
import { virtualClock } from '../../web/src/testing/index.js'
import { fakeTrack } from './jssip_browser.js'
import { phone } from './sip_phone.js'

// biome-ignore lint/suspicious/noExplicitAny: stand-ins of the browser
type Any = any

afterEach(() => vi.unstubAllGlobals())

describe('the mean opinion score', () => {
  test.each([
    // loss %, jitter ms, round trip ms → G.107: toll quality above 4.0, few satisfied below 3.1
    [0, 0, 0, 4.4, 4.41],
    [0, 5, 60, 4.3, 4.4],
    [1, 10, 100, 4.1, 4.4],
    [5, 30, 200, 3.2, 3.8],
    [5, 40, 500, 2.4, 3.1],
    [20, 60, 800, 1, 1.7],
    [100, 0, 0, 1, 1.2],
  ])('of %d %% loss, %d ms jitter and %d ms round trip is from %d to %d', (loss, jitter, rtt, least, most) => {
    const mos = meanOpinionScore(loss, jitter, rtt)
    expect(mos).toBeGreaterThanOrEqual(least)
    expect(mos).toBeLessThanOrEqual(most)
  })

  test('falls with each of the three', () => {
    expect(meanOpinionScore(3, 10, 100)).toBeLessThan(meanOpinionScore(1, 10, 100))
    expect(meanOpinionScore(1, 80, 100)).toBeLessThan(meanOpinionScore(1, 10, 100))
    expect(meanOpinionScore(1, 10, 700)).toBeLessThan(meanOpinionScore(1, 10, 100))
  })
})

describe('the quality of a talk', () => {
  const report = (packetsReceived: number, packetsLost: number, jitter = 0.005, roundTripTime = 0.08) => [
    { type: 'inbound-rtp', kind: 'audio', packetsReceived, packetsLost, jitter },
    { type: 'inbound-rtp', kind: 'video', packetsReceived: 9, packetsLost: 9, jitter: 9 },
    { type: 'remote-inbound-rtp', kind: 'audio', roundTripTime },
    { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.5 },
  ]
  const watched = async (reports: Any[]) => {
    const clock = virtualClock()
    const told: Any[] = []
    const connection: Any = { getStats: async () => new Map(Object.entries(reports.shift() ?? reports)) }
    const watch = watchQuality(
      clock,
      () => connection,
      (measured) => told.push(measured),
    )
    await clock.run(2_000 * (reports.length + 2))
    watch.stop()
    return { told, clock }
  }

  test('is read from what came in, in the interval, and not in the whole call', async () => {
    const { told } = await watched([report(100, 10), report(200, 12)])
    expect(told).toEqual([{ mos: expect.any(Number), loss_percent: 2, jitter_ms: 5, rtt_ms: 80 }])
  })

  test('is told again only when the ear would notice', async () => {
    const steady = [report(100, 0), report(200, 0), report(300, 0), report(400, 0), report(480, 20)]
    const { told } = await watched(steady)
    expect(told.map(({ loss_percent }) => loss_percent)).toEqual([0, 20])
  })

  test('is not measured while nothing comes in: a held call is not a bad one', async () => {
    const { told } = await watched([report(100, 0), report(100, 0), report(100, 0)])
    expect(told).toEqual([])
  })

  test('is not measured after the call, nor without getStats', async () => {
    const clock = virtualClock()
    const told: Any[] = []
    const stats = [report(1, 0), report(100, 0)]
    const connection: Any = { getStats: async () => new Map(Object.entries(stats.shift() ?? [])) }
    const watch = watchQuality(
      clock,
      () => connection,
      (measured) => told.push(measured),
    )
    await clock.run(2_100)
    watch.stop()
    await clock.run(10_000)
    watchQuality(
      clock,
      () => ({}) as Any,
      (measured) => told.push(measured),
    )
    await clock.run(10_000)
    expect(told).toEqual([])
  })

  test('a browser without the far end’s report has the round trip of the connection', () => {
    const read = readStats(report(1, 0).filter(({ type }) => type !== 'remote-inbound-rtp'))
    expect(read?.rttMs).toBe(500)
    expect(readStats([{ type: 'codec' }])).toBeNull()
  })

  test('counters that fall back (a new stream) are no loss', () => {
    const now = { received: 50, lost: 0, jitterMs: 0, rttMs: 0 }
    expect(compare({ received: 20, lost: 9, jitterMs: 0, rttMs: 0 }, now)?.loss_percent).toBe(0)
    expect(compare({ received: 90, lost: 9, jitterMs: 0, rttMs: 0 }, now)).toBeNull()
    expect(noticeable({ mos: 4.3, jitter_ms: 5 }, { mos: 4.35, jitter_ms: 9 })).toBe(false)
  })
})

function browser(given: Any = {}) {
  const listeners = new Map<string, () => void>()
  const status = {
    state: 'granted',
    addEventListener: (_: string, hear: () => void) => void listeners.set('permission', hear),
    removeEventListener: () => {},
  }
  const devices = {
    list: [
      { kind: 'audioinput', deviceId: 'desk', label: 'Desk' },
      { kind: 'audioinput', deviceId: 'headset', label: 'Headset' },
      { kind: 'audiooutput', deviceId: 'box', label: 'Box' },
    ],
    asked: [] as Any[],
    error: '',
    addEventListener: (_: string, hear: () => void) => void listeners.set('devices', hear),
    removeEventListener: (name: string) => void listeners.delete(name === 'devicechange' ? 'devices' : name),
    enumerateDevices: async () => devices.list,
    async getUserMedia(constraints: Any) {
      devices.asked.push(constraints.audio)
      if (devices.error) throw Object.assign(new Error('x'), { name: devices.error })
      const track: Any = { ...fakeTrack(), clone: () => ({ ...fakeTrack(), id: constraints.audio.deviceId?.exact }) }
      return { getTracks: () => [track], getAudioTracks: () => [track] }
    },
    ...given,
  }
  vi.stubGlobal('navigator', { mediaDevices: devices, permissions: { query: async () => status } })
  const change = (what: string) => {
    listeners.get(what)?.()
    return settle()
  }
  return { devices, status, change }
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0))

function shared(connections: Any[] = [], element: Any = null): { events: Any[]; sound: Media } {
  const events: Any[] = []
  const sound = media({
    context: { audio: () => element, emit: () => {}, log: () => {}, session: {} as Any },
    audio: { echoCancellation: true },
    connections: () => connections,
    emit: (event: SoftphoneEvent) => void events.push(event),
  })
  return { events, sound }
}

describe('microphone and loudspeaker', () => {
  test('the permission is told at the start and when it changes', async () => {
    const { status, change } = browser()
    const { events, sound } = shared()
    sound.watch()
    await settle()
    expect(events).toEqual([{ type: 'DevicesChanged', permission: 'granted', microphone: '', speaker: '' }])
    status.state = 'denied'
    await change('permission')
    expect(events.at(-1)).toMatchObject({ permission: 'denied' })
    sound.stop()
    status.state = 'granted'
    await change('permission')
    expect(events).toHaveLength(2)
  })

  test('a machine without a microphone is told as such', async () => {
    browser({ list: [] }).devices.list = []
    const { events, sound } = shared()
    sound.watch()
    await settle()
    expect(events).toMatchObject([{ permission: 'missing' }])
  })

  test('the chosen microphone takes over in live talks, muted ones stay muted, and the old one is closed', async () => {
    browser()
    const old = { ...fakeTrack(), enabled: false }
    const sender: Any = {
      track: old,
      async replaceTrack(track: Any) {
        sender.track = track
      },
    }
    const { events, sound } = shared([{ getSenders: () => [sender] }, undefined])
    await sound.devices.setMicrophone('headset')
    expect(sender.track).toMatchObject({ id: 'headset', enabled: false })
    expect(old.stopped).toBe(true)
    expect(events.at(-1)).toMatchObject({ microphone: 'headset' })
    expect(sound.constraints()).toEqual({ echoCancellation: true, deviceId: { exact: 'headset' } })
  })

  test('a chosen microphone that is unplugged gives way to the default', async () => {
    const { devices, change } = browser()
    const { events, sound } = shared()
    sound.watch()
    await sound.devices.setMicrophone('headset')
    devices.list = devices.list.filter(({ deviceId }: Any) => deviceId !== 'headset')
    await change('devices')
    expect(events.at(-1)).toMatchObject({ microphone: '' })
  })

  test('a microphone that is not there stays unchosen, with a sentence', async () => {
    const { devices } = browser()
    devices.error = 'OverconstrainedError'
    const { sound } = shared()
    await expect(sound.devices.setMicrophone('gone')).rejects.toThrow('the chosen microphone is not there')
    expect(sound.constraints()).toEqual({ echoCancellation: true })
  })

  test.each([
    ['NotAllowedError', 'does not allow', 'denied'],
    ['NotFoundError', 'there is no microphone', 'missing'],
    ['NotReadableError', 'in use by another program', undefined],
  ])('%s is said as a sentence', async (name, sentence, permission) => {
    const { devices } = browser()
    devices.error = name
    const { events, sound } = shared()
    await expect(sound.microphone()).rejects.toThrow(sentence)
    expect(events.map((event) => event.permission)).toEqual(permission ? [permission] : [])
    expect(microphoneSentence(new Error('plain'))).toBe('plain')
  })

  test('the loudspeaker is the audio element’s; a browser that cannot choose says so', async () => {
    browser()
    const chosen: string[] = []
    const able = shared([], { setSinkId: async (id: string) => void chosen.push(id) })
    await able.sound.devices.setSpeaker('box')
    expect(chosen).toEqual(['box'])
    expect(able.events).toMatchObject([{ speaker: 'box' }])
    await expect(shared([], {}).sound.devices.setSpeaker('box')).rejects.toThrow('cannot choose the loudspeaker')
  })

  test('without a browser nothing is told, and nothing throws', async () => {
    vi.stubGlobal('navigator', undefined)
    const { events, sound } = shared()
    sound.watch()
    expect(await sound.microphone()).toBeUndefined()
    await expect(sound.devices.setMicrophone('x')).rejects.toThrow('no browser')
    sound.stop()
    expect(events).toEqual([])
    expect(await listDevices()).toEqual({ microphones: [], speakers: [] })
  })
})

describe('sipjs(), answering without a microphone', () => {
  test('the call rings on, and is answered once the microphone is allowed', async () => {
    const { devices } = browser()
    const { adapter, clock, only, of, ringing } = await phone()
    const { id } = await ringing()
    devices.error = 'NotAllowedError'
    adapter.answer(id)
    await settle()
    expect(only('CommandRefused')).toMatchObject({
      refused: 'answer',
      reason: expect.stringContaining('does not allow'),
    })
    expect(of('CallEnded')).toHaveLength(0)
    devices.error = ''
    adapter.answer(id)
    adapter.answer(id)
    await settle()
    await clock.run(100)
    only('CallConnected')
    expect(of('CommandRefused')).toHaveLength(2)
  })

  test('a hang-up while the browser asks closes what is opened later', async () => {
    const { devices } = browser()
    let allow = () => {}
    const asked = new Promise<void>((resolve) => {
      allow = resolve
    })
    const tracks: Any[] = []
    devices.getUserMedia = async () => {
      await asked
      const track = fakeTrack()
      tracks.push(track)
      return { getTracks: () => [track], getAudioTracks: () => [track] }
    }
    const { adapter, clock, only, of, ringing } = await phone()
    const { id } = await ringing()
    adapter.answer(id)
    adapter.hangup(id)
    allow()
    await settle()
    await clock.run(500)
    expect(only('CallEnded')).toMatchObject({ origin: 'local' })
    expect(of('CallConnected')).toHaveLength(0)
    expect(tracks.map(({ stopped }) => stopped)).toEqual([true])
  })
})

describe('for a page that lets its user choose', () => {
  test('lists what is plugged in', async () => {
    browser()
    expect(await listDevices()).toEqual({
      microphones: [
        { deviceId: 'desk', label: 'Desk' },
        { deviceId: 'headset', label: 'Headset' },
      ],
      speakers: [{ deviceId: 'box', label: 'Box' }],
    })
  })

  test('the level is 0 in silence, 1 at full scale, and half at -30 dB', () => {
    expect(levelOf([0, 0, 0])).toBe(0)
    expect(levelOf([1, -1, 1])).toBe(1)
    expect(levelOf([0.0316, -0.0316])).toBeCloseTo(0.5, 2)
  })

  test('a microphone that cannot be opened is told once; stopping at once closes what opens later', async () => {
    const { devices } = browser()
    devices.error = 'NotAllowedError'
    const failed = vi.fn()
    inputLevel(() => {}, {}, failed)
    await settle()
    expect(failed).toHaveBeenCalledTimes(1)
    devices.error = ''
    const tracks: Any[] = []
    const open = devices.getUserMedia
    devices.getUserMedia = async (constraints: Any) => {
      const stream = await open(constraints)
      tracks.push(...stream.getTracks())
      return stream
    }
    const stop = inputLevel(() => {}, { deviceId: 'headset' }, failed)
    stop()
    stop()
    await settle()
    expect(devices.asked.at(-1)).toEqual({ deviceId: { exact: 'headset' } })
    expect(tracks.map(({ stopped }) => stopped)).toEqual([true])
    expect(failed).toHaveBeenCalledTimes(1)
  })
})
