// A recording in the inspector: the same machines, table and state as live, at
// the event that was chosen. Played in this page; nothing is sent anywhere.

import { anomalyCodes } from 'offhook/replay'
import { type ReactNode, useMemo, useState } from 'react'
import { Icon } from '../ui/icons.tsx'
import { Panel, Spinner } from '../ui/parts.tsx'
import { MachineList, MachineView, preferred } from './Machines.tsx'
import { OpenButton } from './OpenRecording.tsx'
import { PlayBar } from './PlayBar.tsx'
import { closeRecording, goTo, type Playing, useReplay } from './recording.ts'
import { StateTree } from './StateTree.tsx'
import { StepDetail } from './StepDetail.tsx'
import { StepList } from './StepList.tsx'
import { instances, rowsOf } from './tables.ts'

export function ReplayPage({ choice }: { choice: ReactNode }) {
  const replay = useReplay()
  if (replay.phase === 'open') return <Open playing={replay.playing} at={replay.at} choice={choice} />
  return (
    <>
      <div className="views">{choice}</div>
      <section className="panel big" aria-label="Recording">
        {replay.phase === 'none' && <Nothing />}
        {replay.phase === 'opening' && (
          <p className="starting" role="status">
            <Spinner /> Playing {replay.name}…
          </p>
        )}
        {replay.phase === 'failed' && <Wrong name={replay.name} message={replay.message} remedy={replay.remedy} />}
      </section>
    </>
  )
}

function Nothing() {
  return (
    <div className="empty">
      <Icon name="file" />
      <strong>No recording open</strong>
      <p>
        Save one from a live phone (“Save recording”), or drop an <span className="mono">.offhook.jsonl</span> file
        here. The same file gives the same states on every machine.
      </p>
      <OpenButton main />
    </div>
  )
}

function Wrong({ name, message, remedy }: { name: string; message: string; remedy: string }) {
  return (
    <div className="empty" role="alert">
      <Icon name="alert" />
      <strong>{name} cannot be played</strong>
      <p>
        {message} {remedy}
      </p>
      <OpenButton main>Open another</OpenButton>
    </div>
  )
}

function Open({ playing, at, choice }: { playing: Playing; at: number; choice: ReactNode }) {
  const { steps, recording } = playing
  const moment = steps[at]
  const state = moment?.state ?? null
  const list = useMemo(() => (state === null ? [] : instances(state)), [state])
  const [chosen, setChosen] = useState<string | null>(null)
  // A call that moved is what one looks for; else whatever moved last.
  const moved = moment?.moves.find(({ machine }) => machine === 'call') ?? moment?.moves.at(-1)
  const shown =
    list.find(({ key }) => key === chosen) ??
    list.find(({ machine, instance }) => moved?.machine === machine && moved.instance === instance) ??
    preferred(list)
  const history = useMemo(() => {
    const mine = steps
      .slice(0, at + 1)
      .flatMap(({ moves }) => moves)
      .filter((move) => move.machine === shown?.machine && move.instance === shown.instance)
    const visited = new Set(mine.flatMap(({ from, to }) => (from === null ? [to] : [from, to])))
    return { visited, last: mine.at(-1) ?? null }
  }, [steps, at, shown?.machine, shown?.instance])
  const taken = useMemo(
    () => (shown === undefined || moment === undefined ? new Set<number>() : rowsOf(moment.rows, shown.machine)),
    [moment, shown],
  )
  if (moment === undefined) return null
  return (
    <>
      <Head playing={playing} choice={choice} />
      <div className="cols">
        <div className="l">
          <MachineList
            list={list}
            shown={shown}
            onChoose={(key) => setChosen(key === chosen ? null : key)}
            aside={<span className="dim num">at event {at}</span>}
          />
          <Anomalies playing={playing} at={at} />
        </div>
        <div className="m">
          {shown === undefined ? (
            <StepDetail moment={moment} />
          ) : (
            <MachineView instance={shown} history={history} taken={taken}>
              <StepDetail moment={moment} />
            </MachineView>
          )}
          {state !== null && <StateTree state={state} hide={false} />}
        </div>
        <StepList playing={playing} at={at} />
      </div>
      <PlayBar playing={playing} at={at} key={recording.length + playing.name} />
    </>
  )
}

function Head({ playing: { name, recording }, choice }: { playing: Playing; choice: ReactNode }) {
  return (
    <div className="views rec">
      {choice}
      <Icon name="file" />
      <span className="mono cut">{name}</span>
      {recording.redacted ? (
        <span className="tag">
          <Icon name="check" />
          numbers redacted
        </span>
      ) : (
        <span className="tag warn">
          <Icon name="alert" />
          not redacted
        </span>
      )}
      {recording.package !== null && <span className="dim">of offhook {recording.package}</span>}
      {recording.dropped > 0 && (
        <span className="dim num">the first {recording.dropped} events are not in the file</span>
      )}
      <span className="grow" />
      <OpenButton>Open another</OpenButton>
      <button type="button" className="btn" onClick={closeRecording}>
        Close
      </button>
    </div>
  )
}

const listedMost = 6

function Anomalies({ playing: { recording, steps }, at }: { playing: Playing; at: number }) {
  const { anomalies } = recording
  const kinds = useMemo(() => {
    const found = new Map<string, number[]>()
    for (const index of anomalies) {
      const code = steps[index]?.anomaly ?? ''
      found.set(code, [...(found.get(code) ?? []), index])
    }
    return [...found]
  }, [anomalies, steps])
  return (
    <Panel
      title="Anomalies"
      aside={
        <span className={anomalies.length > 0 ? 'tag warn' : 'tag ok'}>
          {anomalies.length > 0 && <Icon name="alert" />}
          {anomalies.length}
        </span>
      }
    >
      {anomalies.length === 0 ? (
        <p className="aside-note">Every event had a row of its own.</p>
      ) : (
        <ul className="anom">
          {kinds.slice(0, listedMost).map(([code, indices]) => {
            const next = indices.find((index) => index > at) ?? indices[0] ?? 0
            return (
              <li key={code} title={anomalyCodes[code as keyof typeof anomalyCodes]?.[1]}>
                <span className="grow cut">{code}</span>
                <b className="num">{indices.length}</b>
                <button type="button" className="btn quiet" onClick={() => goTo(next)}>
                  Go to {next}
                </button>
              </li>
            )
          })}
        </ul>
      )}
    </Panel>
  )
}
