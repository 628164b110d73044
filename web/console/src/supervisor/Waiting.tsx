// Who waits: position, how long, priority, why, and on demand everybody who could take it or could not. Sorted as
// routing does; each call reads its own item.

import { memo, useCallback, useContext, useEffect, useId, useState } from 'react'
import { watchMs } from '../acd/measure.ts'
import { refusalText } from '../acd/rest.ts'
import { phoneNumber, timeOfDay } from '../lib/format.ts'
import { Icon } from '../ui/icons.tsx'
import { Spinner } from '../ui/parts.tsx'
import { sameKeys } from '../wall/derived.ts'
import { useWall, type Wall } from '../wall/store.ts'
import { StaleContext } from '../wall/Tiles.tsx'
import { since, useTicking } from '../wall/ticker.ts'
import { explanationOf, setPriority } from './actions.ts'
import { CallMenu } from './CallMenu.tsx'
import { type Explanation, type Line, readExplanation, reasonText } from './explanation.ts'
import { useNames } from './names.ts'
import { waitingOf } from './rows.ts'
import { useLooked } from './useLooked.ts'

const first = 8

export function Waiting() {
  const [queue, setQueue] = useState('')
  const [all, setAll] = useState(false)
  const [opened, setOpened] = useState('')
  const compute = useCallback((wall: Wall) => waitingOf(wall, queue), [queue])
  const keys = useLooked(compute, sameKeys)
  const queues = useWall((wall) => [...wall.acdQueues.keys()].sort().join('\n'))
  const free = useWall((wall) => {
    let number = 0
    for (const agent of wall.acdAgents.values())
      if (agent.state === 'Available' && agent.why === 'ready' && agent.queues.length > 0) number += 1
    return number
  })
  const heading = useId()
  const places = placesOf(keys)
  const shown = all ? keys.slice(0, 200) : keys.slice(0, first)
  const hidden = keys.length - shown.length
  return (
    <section className="panel waits" aria-labelledby={heading}>
      <header>
        <h2 className="grow" id={heading}>
          Waiting · {keys.length}
        </h2>
        <select aria-label="Queue of the waiting" value={queue} onChange={(event) => setQueue(event.target.value)}>
          <option value="">All queues</option>
          {queues
            .split('\n')
            .filter((name) => name !== '')
            .map((name) => (
              <option key={name}>{name}</option>
            ))}
        </select>
        <span className="dim">waited · priority</span>
      </header>
      {keys.length === 0 ? (
        <div className="empty">
          <Icon name="inbox" />
          <strong>Nobody is waiting</strong>
          <p>{free === 1 ? '1 agent is free.' : `${free} agents are free.`}</p>
        </div>
      ) : (
        <ol>
          {shown.map((key) => (
            <WaitingCall
              key={key}
              id={key}
              place={places.get(key) ?? 0}
              open={opened === key}
              onOpen={() => setOpened((before) => (before === key ? '' : key))}
            />
          ))}
        </ol>
      )}
      {(hidden > 0 || (all && keys.length > first)) && (
        <p className="foot">
          <span className="grow">{hidden > 0 ? `${hidden} more` : 'All of them'}</span>
          <button type="button" className="btn quiet" onClick={() => setAll(!all)}>
            {all ? 'Show fewer' : 'Show all'}
          </button>
        </p>
      )}
    </section>
  )
}

/** The place of each in its own queue. The hub tells a call's position only when the call itself changes. */
function placesOf(keys: readonly string[]): ReadonlyMap<string, number> {
  const { acdCalls } = useWall.getState()
  const last = new Map<string, number>()
  const places = new Map<string, number>()
  for (const key of keys) {
    const queue = acdCalls.get(key)?.queue ?? ''
    const place = (last.get(queue) ?? 0) + 1
    last.set(queue, place)
    places.set(key, place)
  }
  return places
}

interface WaitingCallProps {
  id: string
  place: number
  open: boolean
  onOpen: () => void
}

const WaitingCall = memo(function WaitingCall({ id, place, open, onOpen }: WaitingCallProps) {
  const call = useWall((wall) => wall.acdCalls.get(id))
  const skew = useWall((wall) => wall.skew)
  const { since: stale } = useContext(StaleContext)
  const enqueued = call?.enqueued_at == null ? null : call.enqueued_at - skew
  const age = useTicking<HTMLSpanElement>((now) => since(enqueued, stale ?? now))
  const panel = useId()
  if (call === undefined) return null
  const who = phoneNumber(call.from)
  const over = enqueued !== null && Date.now() - enqueued > watchMs
  return (
    <li className={open ? 'open' : ''}>
      <div className="wl">
        <span className="num pos" title={`Position in ${call.queue}`}>
          {place || '–'}
        </span>
        <div className="grow">
          <b className="cut num">{who}</b>
          <small className="cut">
            {call.queue}
            {call.attempts > 0 && ` · offered ${call.attempts}×`}
          </small>
        </div>
        <span className={over ? 'num st over' : 'num'}>
          {over && <Icon name="alert" label="waits long" />}
          <span ref={age} />
        </span>
        <Priority id={id} who={who} value={call.priority} />
        <CallMenu call={call} name={who} />
      </div>
      <button type="button" className="why" aria-expanded={open} aria-controls={panel} onClick={onOpen}>
        <span>{reasonText(call.reason)}</span>
        <Icon name="chev" />
        <span className="sr">Who could take the call of {who}</span>
      </button>
      <div id={panel}>{open && <Candidates id={id} who={who} said={reasonText(call.reason)} />}</div>
    </li>
  )
})

const most = 100

function Priority({ id, who, value }: { id: string; who: string; value: number }) {
  const to = (next: number) => void setPriority(id, Math.max(-most, Math.min(most, next)))
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend and brings its own box
    <span className="prio" role="group" aria-label={`Priority of ${who}`}>
      <button type="button" className="btn icon" aria-label={`Lower priority of ${who}`} onClick={() => to(value - 1)}>
        −
      </button>
      <b className="num">
        <span className="sr">Priority </span>
        {value}
      </b>
      <button type="button" className="btn icon" aria-label={`Raise priority of ${who}`} onClick={() => to(value + 1)}>
        +
      </button>
    </span>
  )
}

/** Asked for again while it is open: who is free changes. */
const againMs = 5_000

function Candidates({ id, who, said }: { id: string; who: string; said: string }) {
  const [found, setFound] = useState<{ explanation: Explanation | null; problem: string; at: number } | null>(null)
  const nameOf = useNames()
  useEffect(() => {
    let open = true
    const look = async () => {
      const answer = await explanationOf(id)
      if (!open) return
      const now = Date.now() + useWall.getState().skew
      const explanation = answer.ok ? readExplanation(answer.body, now) : null
      const problem = explanation !== null ? '' : answer.ok ? 'The hub has no explanation of it.' : refusalText(answer)
      setFound({ explanation, problem, at: Date.now() })
    }
    void look()
    const timer = setInterval(() => void look(), againMs)
    return () => {
      open = false
      clearInterval(timer)
    }
  }, [id])
  if (found === null)
    return (
      <p className="exp dim">
        <Spinner /> Asking why…
      </p>
    )
  const { explanation, problem, at } = found
  if (explanation === null)
    return (
      <p className="exp form-error flat" role="alert">
        <Icon name="alert" />
        {problem}
      </p>
    )
  return (
    <div className="exp">
      {explanation.summary !== said && <p>{explanation.summary}</p>}
      <table aria-label={`Candidates for ${who}`}>
        <tbody>
          {explanation.lines.map((line) => (
            <CandidateRow key={`${line.agent} ${line.kind}`} line={line} name={nameOf(line.agent)} />
          ))}
        </tbody>
      </table>
      <p className="dim num">
        {explanation.more > 0 && `${explanation.more} more. `}As of {timeOfDay(at, true)}.
      </p>
    </div>
  )
}

const lookOf: Record<Line['kind'], readonly ['ok' | 'check' | 'clock' | 'no', string]> = {
  chosen: ['ok', 'free'],
  candidate: ['check', 'free'],
  soon: ['clock', 'ring'],
  excluded: ['no', ''],
}

function CandidateRow({ line, name }: { line: Line; name: string }) {
  const [icon, tone] = lookOf[line.kind]
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>
        <span className={`st ${tone}`}>
          <Icon name={icon} />
          {line.text}
        </span>
      </td>
    </tr>
  )
}
