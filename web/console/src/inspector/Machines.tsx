// The machines and where they stand, and one of them as diagram and table: for
// the live phone and for a recording alike.

import type { ReactNode } from 'react'
import type { Step } from '../lib/trail.ts'
import { Icon, type IconName } from '../ui/icons.tsx'
import { Panel } from '../ui/parts.tsx'
import { Diagram } from './Diagram.tsx'
import { RuleTable } from './RuleTable.tsx'
import { type Instance, tableFor } from './tables.ts'

/** A call in progress is what one looks for; else the registration. */
export function preferred(list: readonly Instance[]): Instance | undefined {
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
  tabs: 'file',
}

const rowsMost = 24

export function MachineList({
  list,
  shown,
  onChoose,
  aside = <span className="dim num">{list.length}</span>,
}: {
  list: readonly Instance[]
  shown: Instance | undefined
  onChoose: (key: string) => void
  aside?: ReactNode
}) {
  const rows = list.slice(0, rowsMost)
  return (
    <Panel className="mach" title="Machines" aside={aside}>
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

export interface History {
  visited: ReadonlySet<string>
  last: Step | null
}

const nothing: ReadonlySet<number> = new Set()

interface ViewProps {
  instance: Instance
  history: History
  /** Rows of the table that the event at hand took. */
  taken?: ReadonlySet<number>
  /** Stands between the diagram and the table. */
  children?: ReactNode
}

export function MachineView({ instance, history: { visited, last }, taken = nothing, children }: ViewProps) {
  const machine = tableFor(instance.machine)
  if (machine === undefined) {
    return (
      <>
        <Panel title={instance.machine}>
          <p className="aside-note">
            In state <b>{instance.state}</b>. The package shows no table of that name.
          </p>
        </Panel>
        {children}
      </>
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
      {children}
      <RuleTable machine={machine} state={instance.state} taken={taken} />
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
