// A phone without a PBX: the package's scripted softphone, with the buttons of
// the simulation panel as the other side. For trying the console out, and for
// its tests.

import { create, type StoreApi, type UseBoundStore } from 'zustand'
import type { PhoneOptions } from './types.ts'

type Adapter = PhoneOptions['softphone']
type Event = Parameters<Parameters<Adapter['start']>[0]['emit']>[0]

/** One made-up line: who, and whether it still only rings. */
export interface SimulatedLine {
  callId: string
  number: string
  direction: 'inbound' | 'outbound'
  connected: boolean
}

interface Lines {
  list: readonly SimulatedLine[]
  holdRefused: boolean
}

export interface Simulation {
  lines: UseBoundStore<StoreApi<Lines>>
  customerCalls(): void
  customerAnswers(callId: string): void
  customerIsBusy(callId: string): void
  customerDoesNotAnswer(callId: string): void
  customerHangsUp(callId: string): void
  /** While on, hold is refused, as some PBXs do. */
  refuseHold(on: boolean): void
}

/** Who calls in turn: invented people on numbers reserved for fiction, and one whom nobody knows. */
const customers: readonly { number: string; name: string }[] = [
  { number: '+442079460123', name: 'Marta Keller' },
  { number: '+441614960555', name: 'Lukas Brandt' },
  { number: '+442079460188', name: 'Aoife Byrne' },
  { number: '+441632960042', name: '' },
]

/** A PBX takes its time, and a console shows it. */
const delayMs = { answer: 120, switch: 250, ring: 400, transfer: 600 }

function follow(list: readonly SimulatedLine[], event: Event): readonly SimulatedLine[] {
  switch (event.type) {
    case 'CallOffered':
      return [...list, { callId: event.call_id, number: event.number, direction: 'inbound', connected: false }]
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
  const softphone = scripted({ register: false })
  const { peer } = softphone
  const lines = create<Lines>(() => ({ list: [], holdRefused: false }))
  let calls = 0
  let stopped = false

  const later = (ms: number, action: () => void) => {
    setTimeout(() => {
      if (!stopped) action()
    }, ms)
  }
  const ifAlive = (callId: string, action: (callId: string) => void) => {
    if (softphone.liveCalls().includes(callId)) action(callId)
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
      return started
    },
    dial(callId, number) {
      lines.setState(({ list }) => ({ list: [...list, { callId, number, direction: 'outbound', connected: false }] }))
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
    transfer: (callId, target, other) => later(delayMs.transfer, () => softphone.transfer(callId, target, other)),
    stop() {
      stopped = true
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
    customerAnswers: (callId) => ifAlive(callId, peer.answer),
    customerIsBusy: (callId) => ifAlive(callId, peer.busy),
    customerDoesNotAnswer: (callId) => ifAlive(callId, peer.noAnswer),
    customerHangsUp: (callId) => ifAlive(callId, peer.hangup),
    refuseHold: (on) => lines.setState({ holdRefused: on }),
  }
  return { adapter, simulation }
}
