// The exported tables, ready to draw: edges between states, and which machine
// of the store each table is about.

import { machines } from 'offhook/machines'
import { machineStates } from '../lib/trail.ts'
import type { State } from '../lib/types.ts'

type Table = (typeof machines)[number]
type Row = Table['rows'][number]

export interface Rule {
  /** Position in the table; the first match wins. */
  at: number
  from: readonly string[]
  on: string
  guard: string
  /** Null: the state stays. */
  to: string | null
  actions: readonly string[]
}

export interface Machine {
  name: string
  states: readonly string[]
  rules: readonly Rule[]
}

function rule(row: Row, at: number): Rule {
  const from = ([row.from] as unknown[]).flat().flatMap((names) => String(names).split(/,\s*/))
  return { at, from, on: row.on, guard: row.guard, to: row.to === 'same' ? null : row.to, actions: row.actions }
}

const drawn: readonly Machine[] = machines.map((table) => ({
  name: table.name,
  states: table.states,
  rules: table.rows.map(rule),
}))

export interface Edge {
  from: string
  to: string
  events: readonly string[]
}

export function edges(machine: Machine): readonly Edge[] {
  const found = new Map<string, { from: string; to: string; events: string[] }>()
  for (const { from, to, on, guard } of machine.rules) {
    if (to === null) continue
    for (const state of from) {
      if (state === to) continue
      const key = `${state}→${to}`
      const edge = found.get(key) ?? { from: state, to, events: [] }
      const label = guard === '' ? on : `${on} [${guard}]`
      if (!edge.events.includes(label)) edge.events.push(label)
      found.set(key, edge)
    }
  }
  return [...found.values()]
}

/** Which table describes which part of the store. `toggle` serves hold and mute. */
const tableNames: Record<string, readonly string[]> = {
  registration: ['registration'],
  link: ['link'],
  call: ['call'],
  hold: ['toggle', 'hold'],
  mute: ['toggle', 'mute'],
  dtmf: ['dtmf'],
  transfer: ['transfer'],
  contact: ['contact'],
  delivery: ['delivery'],
  activity: ['activity', 'agent_activity'],
  status_write: ['write', 'status_write', 'agent_write'],
  pause: ['pause', 'agent_pause'],
}

export interface Instance {
  /** `machine/instance`, as in the trail. */
  key: string
  machine: string
  instance: string
  state: string
}

export function instances(state: State): readonly Instance[] {
  return [...machineStates(state)].map(([key, now]) => {
    const slash = key.indexOf('/')
    return { key, machine: key.slice(0, slash), instance: key.slice(slash + 1), state: now }
  })
}

export function tableFor(machine: string): Machine | undefined {
  const names = tableNames[machine] ?? [machine]
  return drawn.find(({ name }) => names.includes(name))
}

/** What the engine calls a machine in a trace, where the store's word for it is another. */
const traced: Record<string, string> = { write: 'status_write' }

/** Rows of the machine's table that were taken, from a replayed event. */
export function rowsOf(rows: readonly { machine: string; row: number }[], machine: string): ReadonlySet<number> {
  return new Set(
    rows.filter(({ machine: name, row }) => row >= 0 && (traced[name] ?? name) === machine).map(({ row }) => row),
  )
}
