// A phone without a PBX: the package's scripted softphone, with the buttons of
// the simulation panel as the other side. For trying the console out, and for
// its tests.

import { create, type StoreApi, type UseBoundStore } from 'zustand'
import { refusedRecord, simulatedPbx } from './simulatedBackend.ts'
import type { PhoneOptions } from './types.ts'

type Adapter = PhoneOptions['softphone']
type Event = Parameters<Parameters<Adapter['start']>[0]['emit']>[0]

export type LineSound = 'good' | 'fair' | 'poor'

/** One made-up line: who, whether it still only rings, and how it sounds. */
export interface SimulatedLine {
  callId: string
  number: string
  direction: 'inbound' | 'outbound'
  connected: boolean
  sound: LineSound
}

/** What goes wrong on purpose. */
export interface Faults {
  holdRefused: boolean
  transferRefused: boolean
  recordRefused: boolean
  microphoneBlocked: boolean
}

interface Lines extends Faults {
  list: readonly SimulatedLine[]
}

export interface Simulation {
  lines: UseBoundStore<StoreApi<Lines>>
  customerCalls(): void
  answers(callId: string): void
  isBusy(callId: string): void
  doesNotAnswer(callId: string): void
  hangsUp(callId: string): void
  sounds(callId: string, sound: LineSound): void
  set(fault: keyof Faults, on: boolean): void
  /** The phone's `fetch`, with what only a PBX could answer answered here. */
  backend(fetch: typeof globalThis.fetch): typeof globalThis.fetch
}

/** Who calls in turn: invented people on numbers reserved for fiction, and one whom nobody knows. */
const customers: readonly { number: string; name: string }[] = [
  { number: '+442079460123', name: 'Marta Keller' },
  { number: '+441614960555', name: 'Lukas Brandt' },
  { number: '+442079460188', name: 'Aoife Byrne' },
  { number: '+441632960042', name: '' },
]

/** A PBX takes its time, and a console shows it. */
const delayMs = { answer: 120, switch: 250, ring: 400, transfer: 600, merge: 300 }
const soundEveryMs = 1000

const sounds: Record<LineSound, { mos: number; jitter_ms: number; loss_percent: number; rtt_ms: number }> = {
  good: { mos: 4.4, jitter_ms: 4, loss_percent: 0, rtt_ms: 42 },
  fair: { mos: 3.8, jitter_ms: 38, loss_percent: 2.1, rtt_ms: 180 },
  poor: { mos: 2.3, jitter_ms: 95, loss_percent: 8.4, rtt_ms: 420 },
}

function follow(list: readonly SimulatedLine[], event: Event): readonly SimulatedLine[] {
  switch (event.type) {
    case 'CallOffered':
      return [
        ...list,
        { callId: event.call_id, number: event.number, direction: 'inbound', connected: false, sound: 'good' },
      ]
    case 'CallConnected':
      return list.map((line) => (line.callId === event.call_id ? { ...line, connected: true } : line))
    case 'CallEnded':
      return list.filter((line) => line.callId !== event.call_id)
    default:
      return list
  }
}

export async function openSimulation(): Promise<{ adapter: Adapter; simulation: Simulation }> {
  const { scripted } = await import('offhook/testing')
  const softphone = scripted({ register: false, features: 'transfer attended conference' })
  const { peer } = softphone
  const lines = create<Lines>(() => ({
    list: [],
    holdRefused: false,
    transferRefused: false,
    recordRefused: false,
    microphoneBlocked: false,
  }))
  const chosen = { microphone: '', speaker: '' }
  let calls = 0
  let stopped = false
  let measuring: ReturnType<typeof setInterval> | undefined

  const later = (ms: number, action: () => void) => {
    setTimeout(() => {
      if (!stopped) action()
    }, ms)
  }
  const ifAlive = (callId: string, action: (callId: string) => void) => {
    if (softphone.liveCalls().includes(callId)) action(callId)
  }
  const tellDevices = () =>
    peer.emit({
      type: 'DevicesChanged',
      permission: lines.getState().microphoneBlocked ? 'denied' : 'granted',
      ...chosen,
    })
  const choose = async (which: keyof typeof chosen, deviceId: string) => {
    chosen[which] = deviceId
    tellDevices()
  }
  const measure = () => {
    for (const line of lines.getState().list)
      if (line.connected) peer.emit({ type: 'QualityMeasured', call_id: line.callId, ...sounds[line.sound] })
  }

  const adapter: Adapter = {
    ...softphone,
    name: 'simulated',
    start(context) {
      const emit = (event: Event) => {
        lines.setState(({ list }) => ({ list: follow(list, event) }))
        context.emit(event)
      }
      const started = softphone.start({ ...context, emit })
      peer.emit({ type: 'Registering' })
      later(delayMs.answer, peer.registered)
      tellDevices()
      measuring = setInterval(measure, soundEveryMs)
      return started
    },
    dial(callId, number) {
      const line = { callId, number, direction: 'outbound', connected: false, sound: 'good' } as const
      lines.setState(({ list }) => ({ list: [...list, line] }))
      softphone.dial(callId, number)
      later(delayMs.ring, () => ifAlive(callId, peer.ring))
    },
    answer: (callId) => later(delayMs.answer, () => softphone.answer(callId)),
    hold(callId, on) {
      later(delayMs.switch, () => {
        if (lines.getState().holdRefused) peer.refuseHold()
        softphone.hold(callId, on)
      })
    },
    mute: (callId, on) => later(delayMs.answer, () => softphone.mute(callId, on)),
    transfer(callId, target, other) {
      later(delayMs.transfer, () => {
        if (lines.getState().transferRefused) peer.refuse('transfer', '403 Forbidden')
        softphone.transfer(callId, target, other)
      })
    },
    merge: (callId, other, on) => later(delayMs.merge, () => softphone.merge?.(callId, other, on)),
    devices: {
      setMicrophone: (deviceId) => choose('microphone', deviceId),
      setSpeaker: (deviceId) => choose('speaker', deviceId),
    },
    stop() {
      stopped = true
      clearInterval(measuring)
      lines.setState({ list: [] })
      return softphone.stop()
    },
  }

  const simulation: Simulation = {
    lines,
    customerCalls() {
      const { number, name } = customers[calls % customers.length] ?? { number: '', name: '' }
      calls += 1
      peer.offer({ number, name, callId: `simulated-${Date.now().toString(36)}-${calls}` })
    },
    answers: (callId) => ifAlive(callId, peer.answer),
    isBusy: (callId) => ifAlive(callId, peer.busy),
    doesNotAnswer: (callId) => ifAlive(callId, peer.noAnswer),
    hangsUp: (callId) => ifAlive(callId, peer.hangup),
    sounds(callId, sound) {
      lines.setState(({ list }) => ({
        list: list.map((line) => (line.callId === callId ? { ...line, sound } : line)),
      }))
    },
    set(fault, on) {
      lines.setState({ [fault]: on })
      if (fault === 'microphoneBlocked') tellDevices()
    },
    backend: (fetch) => async (input, init) =>
      (await simulatedPbx(input, init)) ??
      (lines.getState().recordRefused ? refusedRecord(input, init) : null) ??
      fetch(input, init),
  }
  return { adapter, simulation }
}
