// The phone from inside: its machines and where they stand, the events that
// came in, and the state they made. Everything is live; numbers are hidden.

import { useMemo, useState } from 'react'
import { usePart } from '../lib/phone.ts'
import { type Step, useTrail } from '../lib/trail.ts'
import type { State } from '../lib/types.ts'
import { Icon, type IconName } from '../ui/icons.tsx'
import { Panel } from '../ui/parts.tsx'
import { Diagram } from './Diagram.tsx'
import { Events } from './Events.tsx'
import { RuleTable } from './RuleTable.tsx'
import { StateTree } from './StateTree.tsx'
import { type Instance, instances, tableFor } from './tables.ts'

export function Inspector() {
  const state = usePart((all) => all)
  const list = useMemo(() => instances(state), [state])
  const [chosen, setChosen] = useState<string | null>(null)
  const shown = list.find(({ key }) => key === chosen) ?? preferred(list)
  return (
    <main>
      <h1 className="sr">Inspector</h1>
      <div className="cols">
        <div className="l">
          <MachineList list={list} shown={shown} onChoose={setChosen} />
          <Anomalies state={state} />
        </div>
        <div className="m">
          {shown !== undefined && <MachineView instance={shown} />}
          <StateTree state={state} />
        </div>
        <Events />
      </div>
    </main>
  )
}

/** A call in progress is what one looks for; else the registration. */
function preferred(list: readonly Instance[]): Instance | undefined {
  return (
    list.findLast(({ machine, state }) => machine === 'call' && state !== 'Ended') ??
    list.findLast(({ machine }) => machine === 'call') ??
    list[0]
  )
}

const icons: Record<string, IconName> = {
  call: 'phone',
  hold: 'pause',
  mute: 'mic',
  dtmf: 'keypad',
  transfer: 'transfer',
  contact: 'user',
  delivery: 'up',
  activity: 'user',
  status_write: 'pen',
  pause: 'server',
  link: 'wifi',
  registration: 'phone',
}

const rowsMost = 24

function MachineList({
  list,
  shown,
  onChoose,
}: {
  list: readonly Instance[]
  shown: Instance | undefined
  onChoose: (key: string) => void
}) {
  const rows = list.slice(0, rowsMost)
  return (
    <Panel className="mach" title="Machines" aside={<span className="dim num">{list.length}</span>}>
      <ul>
        {rows.map((instance) => (
          <li key={instance.key}>
            <button
              type="button"
              onClick={() => onChoose(instance.key)}
              {...(instance.key === shown?.key ? { 'aria-current': true } : {})}
            >
              <Icon name={icons[instance.machine] ?? 'list'} />
              <span className="grow">
                <b className="cut">{instance.machine}</b>
                {instance.instance !== '' && <small className="cut mono">{short(instance.instance)}</small>}
              </span>
              <span className="st">{instance.state}</span>
            </button>
          </li>
        ))}
      </ul>
      {list.length > rowsMost && <p className="foot">{list.length - rowsMost} more call records are not listed</p>}
    </Panel>
  )
}

export const short = (id: string) => (id.length > 14 ? `…${id.slice(-12)}` : id)

function Anomalies({ state }: { state: State }) {
  return (
    <Panel
      title="Anomalies"
      aside={
        <span className={state.anomalies > 0 ? 'tag warn' : 'tag ok'}>
          {state.anomalies > 0 && <Icon name="alert" />}
          {state.anomalies}
        </span>
      }
    >
      <p className="aside-note">
        {state.anomalies === 0
          ? 'Every event so far had a row of its own.'
          : `Last: ${state.lastAnomaly}. Odd events are ignored and counted; nothing else changed.`}
      </p>
    </Panel>
  )
}

function useHistoryOf(instance: Instance): { visited: ReadonlySet<string>; last: Step | null } {
  const steps = useTrail((trail) => trail.steps)
  return useMemo(() => {
    const mine = steps.filter((step) => step.machine === instance.machine && step.instance === instance.instance)
    const visited = new Set<string>()
    for (const { from, to } of mine) {
      if (from !== null) visited.add(from)
      visited.add(to)
    }
    return { visited, last: mine.at(-1) ?? null }
  }, [steps, instance.machine, instance.instance])
}

function MachineView({ instance }: { instance: Instance }) {
  const machine = tableFor(instance.machine)
  const { visited, last } = useHistoryOf(instance)
  if (machine === undefined) {
    return (
      <Panel title={instance.machine}>
        <p className="aside-note">
          In state <b>{instance.state}</b>. The package shows no table of that name.
        </p>
      </Panel>
    )
  }
  return (
    <>
      <Panel
        title={
          <>
            {instance.machine} <span className="mono dim">{short(instance.instance)}</span>
          </>
        }
        aside={
          <>
            <Legend className="now" word="now" />
            <Legend className="was" word="visited" />
            <Legend className="" word="not yet" />
          </>
        }
      >
        <Diagram machine={machine} state={instance.state} visited={visited} taken={last} />
      </Panel>
      <RuleTable machine={machine} state={instance.state} />
    </>
  )
}

function Legend({ className, word }: { className: string; word: string }) {
  return (
    <span className="legend">
      <i className={`k ${className}`} />
      {word}
    </span>
  )
}
