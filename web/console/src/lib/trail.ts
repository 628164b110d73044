// Which state each machine was in, and when it left: read off the store, for
// the inspector. Bounded; names no customer.

import { create } from 'zustand'
import type { Phone, State } from './types.ts'

export interface Step {
  machine: string
  /** Which one of several: a call's or a call_log's id; empty when there is only one. */
  instance: string
  from: string | null
  to: string
  at: number
}

export interface Trail {
  steps: readonly Step[]
}

const stepsMax = 400
/** The latest calls and records; older ones no longer move. */
const callsMost = 3
const logsMost = 4

export const useTrail = create<Trail>(() => ({ steps: [] }))

/** Every machine's present state, keyed `machine/instance`. */
export function machineStates(state: State): Map<string, string> {
  const states = new Map<string, string>()
  states.set('registration/', state.registration.state)
  states.set('activity/', state.agent.activity)
  states.set('status_write/', state.agent.write)
  states.set('pause/', state.agent.pause)
  states.set('link/', state.connection.events)
  states.set('tabs/', state.tab.state)
  for (const call of Object.values(state.calls).slice(-callsMost)) {
    states.set(`call/${call.id}`, call.state)
    states.set(`hold/${call.id}`, call.hold)
    states.set(`mute/${call.id}`, call.mute)
    states.set(`dtmf/${call.id}`, call.dtmf)
    states.set(`transfer/${call.id}`, call.transfer)
    states.set(`contact/${call.id}`, call.contact)
  }
  for (const log of Object.values(state.callLogs).slice(-logsMost)) states.set(`delivery/${log.key}`, log.delivery)
  return states
}

function split(key: string): [string, string] {
  const slash = key.indexOf('/')
  return [key.slice(0, slash), key.slice(slash + 1)]
}

export function startTrail(phone: Phone) {
  let before = new Map<string, string>()
  const read = (state: State) => {
    const after = machineStates(state)
    const steps: Step[] = []
    for (const [key, to] of after) {
      const from = before.get(key) ?? null
      if (from === to) continue
      const [machine, instance] = split(key)
      steps.push({ machine, instance, from, to, at: Date.now() })
    }
    before = after
    if (steps.length > 0) useTrail.setState((trail) => ({ steps: [...trail.steps, ...steps].slice(-stepsMax) }))
  }
  useTrail.setState({ steps: [] })
  read(phone.store.getState())
  phone.store.subscribe(() => read(phone.store.getState()))
}
