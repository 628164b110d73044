// The phone from inside: its machines and where they stand, the events that
// came in, and the state they made. Live, with numbers hidden; or a recording.

import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { usePart } from '../lib/phone.ts'
import { useTrail } from '../lib/trail.ts'
import type { State } from '../lib/types.ts'
import { Icon } from '../ui/icons.tsx'
import { Panel } from '../ui/parts.tsx'
import { Events } from './Events.tsx'
import { type History, MachineList, MachineView, preferred } from './Machines.tsx'
import { DropZone, OpenButton } from './OpenRecording.tsx'
import { ReplayPage } from './Replay.tsx'
import { useReplay } from './recording.ts'
import { StateTree } from './StateTree.tsx'
import { type Instance, instances } from './tables.ts'

const views = [
  ['live', 'Live phone'],
  ['recording', 'Recording'],
] as const
type View = (typeof views)[number][0]

export function Inspector() {
  const opened = useReplay((replay) => replay.phase)
  const [view, setView] = useState<View>(opened === 'none' ? 'live' : 'recording')
  useEffect(() => {
    if (opened === 'opening') setView('recording')
  }, [opened])
  const choice = (
    <div className="seg" role="radiogroup" aria-label="What to inspect">
      {views.map(([name, word]) => (
        // biome-ignore lint/a11y/useSemanticElements: a segment looks and reads as one of a radio group
        <button key={name} type="button" role="radio" aria-checked={view === name} onClick={() => setView(name)}>
          {word}
        </button>
      ))}
    </div>
  )
  return (
    <main>
      <h1 className="sr">Inspector</h1>
      {view === 'live' ? <Live choice={choice} /> : <ReplayPage choice={choice} />}
      <DropZone />
    </main>
  )
}

function Live({ choice }: { choice: ReactNode }) {
  const state = usePart((all) => all)
  const list = useMemo(() => instances(state), [state])
  const [chosen, setChosen] = useState<string | null>(null)
  const shown = list.find(({ key }) => key === chosen) ?? preferred(list)
  return (
    <>
      <div className="views">
        {choice}
        <span className="grow" />
        <OpenButton />
      </div>
      <div className="cols">
        <div className="l">
          <MachineList list={list} shown={shown} onChoose={setChosen} />
          <Anomalies state={state} />
        </div>
        <div className="m">
          {shown !== undefined && <LiveMachine instance={shown} />}
          <StateTree state={state} />
        </div>
        <Events />
      </div>
    </>
  )
}

function LiveMachine({ instance }: { instance: Instance }) {
  return <MachineView instance={instance} history={useHistoryOf(instance)} />
}

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

function useHistoryOf(instance: Instance): History {
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
