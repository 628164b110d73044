// A phone without a PBX: the other side is played by the buttons of the
// simulation panel. For trying the console out, and for its tests.

import { create } from 'zustand'
import type { PhoneOptions } from './types.ts'

type Adapter = PhoneOptions['softphone']
type Context = Parameters<Adapter['start']>[0]

/** One made-up line: who, and whether it still only rings. */
export interface SimulatedLine {
  callId: string
  number: string
  direction: 'inbound' | 'outbound'
  connected: boolean
}

export interface Simulation {
  lines: ReturnType<typeof createLines>
  customerCalls(number?: string): void
  customerAnswers(callId: string): void
  customerIsBusy(callId: string): void
  customerDoesNotAnswer(callId: string): void
  customerHangsUp(callId: string): void
  /** While on, hold is refused, as some PBXs do. */
  refuseHold(on: boolean): void
}

const createLines = () =>
  create<{ list: readonly SimulatedLine[]; holdRefused: boolean }>(() => ({ list: [], holdRefused: false }))

/** Numbers of the demonstration's contacts (reserved for fiction), and one that nobody knows. */
const customers = ['+442079460123', '+441614960555', '+442079460188', '+441632960042']

export async function openSimulation(): Promise<{ adapter: Adapter; simulation: Simulation }> {
  const lines = createLines()
  let context: Context | null = null
  let calls = 0

  const emit: Context['emit'] = (event) => context?.emit(event)
  const find = (callId: string) => lines.getState().list.find((line) => line.callId === callId)
  const add = (line: SimulatedLine) => lines.setState(({ list }) => ({ list: [...list, line] }))
  const connect = (callId: string) =>
    lines.setState(({ list }) => ({
      list: list.map((line) => (line.callId === callId ? { ...line, connected: true } : line)),
    }))
  const end = (callId: string, origin: 'local' | 'remote', status_code = 0) => {
    if (find(callId) === undefined) return
    lines.setState(({ list }) => ({ list: list.filter((line) => line.callId !== callId) }))
    emit({ type: 'CallEnded', call_id: callId, origin, status_code })
  }
  /** Libraries never answer within the same call, so neither does this one. */
  const soon = (action: () => void, ms = 120) => setTimeout(action, ms)

  const adapter: Adapter = {
    name: 'simulated',
    start(given) {
      context = given
      emit({ type: 'SoftphoneReady' })
      emit({ type: 'Registering' })
      soon(() => emit({ type: 'Registered' }), 200)
    },
    register() {
      emit({ type: 'Registering' })
      soon(() => emit({ type: 'Registered' }), 200)
    },
    unregister() {
      soon(() => emit({ type: 'Unregistered' }))
    },
    dial(callId, number) {
      add({ callId, number, direction: 'outbound', connected: false })
      emit({ type: 'CallDialed', call_id: callId })
      soon(() => emit({ type: 'CallProgress', call_id: callId, status_code: 180 }), 400)
    },
    answer(callId) {
      soon(() => {
        if (find(callId) === undefined) return
        connect(callId)
        emit({ type: 'CallConnected', call_id: callId })
      })
    },
    reject(callId) {
      soon(() => end(callId, 'local', 486))
    },
    hangup(callId) {
      soon(() => end(callId, 'local', find(callId)?.connected === true ? 0 : 487))
    },
    hold(callId, on) {
      soon(() => {
        if (lines.getState().holdRefused) emit({ type: 'HoldRefused', call_id: callId, reason: 'simulated' })
        else emit({ type: 'HoldConfirmed', call_id: callId, on })
      }, 250)
    },
    mute(callId, on) {
      soon(() => emit({ type: 'MuteConfirmed', call_id: callId, on }))
    },
    dtmf(callId) {
      soon(() => emit({ type: 'DtmfSent', call_id: callId }))
    },
    transfer(callId) {
      soon(() => emit({ type: 'TransferProgress', call_id: callId, status_code: 202 }), 300)
      soon(() => emit({ type: 'TransferProgress', call_id: callId, status_code: 200 }), 1200)
    },
    stop() {
      context = null
      lines.setState({ list: [] })
    },
  }

  const simulation: Simulation = {
    lines,
    customerCalls(number) {
      calls += 1
      const callId = `simulated-${Date.now().toString(36)}-${calls}`
      const from = number ?? customers[(calls - 1) % customers.length] ?? ''
      add({ callId, number: from, direction: 'inbound', connected: false })
      emit({ type: 'CallOffered', call_id: callId, number: from })
    },
    customerAnswers(callId) {
      connect(callId)
      emit({ type: 'CallConnected', call_id: callId })
    },
    customerIsBusy: (callId) => end(callId, 'remote', 486),
    customerDoesNotAnswer: (callId) => end(callId, 'remote', 480),
    customerHangsUp: (callId) => end(callId, 'remote', find(callId)?.connected === true ? 0 : 487),
    refuseHold: (on) => lines.setState({ holdRefused: on }),
  }
  return { adapter, simulation }
}
