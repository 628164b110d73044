// All agents, those who need a look first: state, how long, queues, the call, and what may be done. Rows out of
// sight are not drawn; each row reads its own agent, and clocks run outside React.

import * as Menu from '@radix-ui/react-dropdown-menu'
import { memo, useCallback, useContext, useRef, useState } from 'react'
import { acdFace } from '../acd/face.ts'
import type { AcdAgent, AcdCall } from '../acd/items.ts'
import { phoneNumber, timeOfDay } from '../lib/format.ts'
import { alert, say } from '../lib/live.ts'
import type { AgentStatus } from '../lib/types.ts'
import { selectable, statusWords } from '../lib/words.ts'
import { Icon } from '../ui/icons.tsx'
import { useWindow } from '../ui/useWindow.ts'
import { setStatus } from '../wall/actions.ts'
import { nameIn, useWall } from '../wall/store.ts'
import { StaleContext } from '../wall/Tiles.tsx'
import { since, useTicking } from '../wall/ticker.ts'
import { supervise } from './actions.ts'
import { CallMenu } from './CallMenu.tsx'
import { concern, rowsOf, type Show, sameRows } from './rows.ts'
import { modeWords } from './SessionBar.tsx'
import type { Mine } from './session.ts'
import { useLooked } from './useLooked.ts'

const rowPx = 41

export function AgentsTable({ mine }: { mine: Mine | null }) {
  const [show, setShow] = useState<Show>('all')
  const [search, setSearch] = useState('')
  const [queue, setQueue] = useState('')
  const compute = useCallback(
    (wall: Parameters<typeof rowsOf>[0]) => rowsOf(wall, show, search, queue),
    [show, search, queue],
  )
  const rows = useLooked(compute, sameRows)
  const queues = useWall((wall) => [...wall.acdQueues.keys()].sort().join('\n'))
  const place = useRef<HTMLDivElement>(null)
  const { from, until, above, below } = useWindow(place, rows.keys.length, rowPx)
  const { live, since: stale } = useContext(StaleContext)
  return (
    <section className="panel agents" aria-label="Agents">
      <header>
        <h2>Agents</h2>
        <fieldset className="seg" aria-label="Show">
          <Choice value="all" now={show} set={setShow} word={`All ${rows.all}`} />
          <Choice value="on_call" now={show} set={setShow} word={`On call ${rows.onCall}`} />
          <Choice value="look" now={show} set={setShow} word={`Needs a look ${rows.look}`} alert />
        </fieldset>
        <span className="grow" />
        {queues !== '' && (
          <select aria-label="Queue" value={queue} onChange={(event) => setQueue(event.target.value)}>
            <option value="">All queues</option>
            {queues.split('\n').map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
        <div className="search">
          <Icon name="search" />
          <input
            className="in"
            type="search"
            aria-label="Find an agent"
            placeholder="Name or extension"
            autoComplete="off"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard */}
      <section className="scroll" ref={place} tabIndex={0} aria-label="Table of agents">
        <table aria-rowcount={rows.keys.length + 1}>
          <thead>
            <tr>
              <th scope="col">Agent</th>
              <th scope="col">State</th>
              <th scope="col" className="r">
                In state
              </th>
              <th scope="col">Queues</th>
              <th scope="col">Call or note</th>
              <th scope="col" className="r">
                <span className="sr">Action</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {above > 0 && <Filler height={above} />}
            {rows.keys.slice(from, until).map((key, at) => (
              <Row key={key} extension={key} index={from + at + 2} mine={mine} />
            ))}
            {below > 0 && <Filler height={below} />}
          </tbody>
        </table>
        {rows.keys.length === 0 && (
          <div className="empty">
            <Icon name="users" />
            <strong>{rows.all === 0 ? 'No agent serves a queue yet' : 'Nobody like that'}</strong>
            <p>{rows.all === 0 ? 'An administrator gives agents their queues in Set-up.' : 'Choose another filter.'}</p>
          </div>
        )}
      </section>
      <p className="foot num">
        {rows.keys.length} of {rows.all}, those that need a look first.{' '}
        {live ? 'Live.' : `As of ${timeOfDay(stale, true)}.`}
      </p>
    </section>
  )
}

function Filler({ height }: { height: number }) {
  return (
    <tr className="filler">
      <td colSpan={6} style={{ height }} />
    </tr>
  )
}

interface ChoiceProps {
  value: Show
  now: Show
  set: (show: Show) => void
  word: string
  alert?: boolean
}

function Choice({ value, now, set, word, alert: warns = false }: ChoiceProps) {
  return (
    <label>
      <input type="radio" className="sr" name="show" checked={value === now} onChange={() => set(value)} />
      <span>
        {warns && <Icon name="alert" />}
        {word}
      </span>
    </label>
  )
}

const Row = memo(function Row({ extension, index, mine }: { extension: string; index: number; mine: Mine | null }) {
  const agent = useWall((wall) => wall.acdAgents.get(extension))
  const known = useWall((wall) => nameIn(wall, extension))
  const call = useWall((wall) => (agent === undefined ? undefined : wall.acdCalls.get(agent.call_id)))
  const worry = useWall((wall) => (agent === undefined ? '' : concern(wall, agent, Date.now() + wall.skew)))
  const skew = useWall((wall) => wall.skew)
  const { live, since: stale } = useContext(StaleContext)
  const age = useTicking<HTMLSpanElement>((now) =>
    since(agent?.since == null ? null : agent.since - skew, stale ?? now),
  )
  if (agent === undefined) return null
  const face = acdFace(agent, live)
  const name = known || extension
  const watched =
    mine !== null &&
    call !== undefined &&
    mine.call_id === call.call_id &&
    mine.step !== 'failed' &&
    mine.step !== 'ended'
  const over = worry === 'over limit'
  const held = live && call?.held === true && face.group === 'on_call'
  return (
    <tr aria-rowindex={index} {...(watched ? { 'aria-selected': true, className: 'watched' } : {})}>
      <th scope="row">
        <span className="nm cut">{name}</span> <span className="num dim">{extension}</span>
      </th>
      <td>
        <span className={`st ${face.tone === 'none' ? '' : face.tone}`}>
          <Icon name={held ? 'pause' : face.icon} className={face.pulse && !held ? 'pulse' : ''} />
          {held ? 'On hold' : face.word}
        </span>
      </td>
      <td className="r">
        <span className={over ? 'st over' : 'num'}>
          {over && <Icon name="alert" label="over limit" />}
          <span ref={age} />
        </span>
      </td>
      <td className="ql cut" title={agent.queues.join(', ')}>
        {agent.queues.join(', ')}
      </td>
      <td className="cl">
        <Note agent={agent} call={call} worry={over ? '' : worry} />
      </td>
      <td className="r do">
        {call !== undefined && call.state === 'Active' ? (
          <OnCall call={call} name={name} mine={mine} watched={watched} />
        ) : (
          <StatusChoice extension={extension} name={name} now={agent.status} />
        )}
      </td>
    </tr>
  )
})

function Note({ agent, call, worry }: { agent: AcdAgent; call: AcdCall | undefined; worry: string }) {
  if (worry !== '')
    return (
      <span className="st ring">
        <Icon name="alert" />
        {worry}
      </span>
    )
  if (call !== undefined)
    return (
      <>
        <span className="num">{phoneNumber(call.from)}</span> <span className="dim">· {call.queue}</span>
        {call.recording && (
          <span className="rec-dot">
            <Icon name="rec" label="recorded" />
          </span>
        )}
      </>
    )
  if (agent.next_status !== '')
    return <span className="dim">then {statusWords[agent.next_status as AgentStatus]?.word ?? agent.next_status}</span>
  return <span className="dim">{agent.missed_today > 0 ? `${agent.missed_today} missed today` : '–'}</span>
}

function OnCall({ call, name, mine, watched }: { call: AcdCall; name: string; mine: Mine | null; watched: boolean }) {
  const { doing, icon } = modeWords[watched && mine !== null ? mine.mode : 'monitor']
  return (
    <>
      <button
        type="button"
        className="btn"
        aria-pressed={watched}
        aria-label={watched ? `${doing} ${name}` : `Monitor ${name}`}
        onClick={() => void (watched ? undefined : supervise(call.call_id, 'monitor'))}
      >
        <Icon name={icon} />
        {watched ? doing.split(' ')[0] : 'Monitor'}
      </button>
      <CallMenu call={call} name={name} />
    </>
  )
}

function StatusChoice({ extension, name, now }: { extension: string; name: string; now: AgentStatus | null }) {
  const choose = async (status: AgentStatus) => {
    const problem = await setStatus(extension, status, '')
    if (problem === '') say(`${name}: ${statusWords[status].word}.`)
    else alert(problem)
  }
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger asChild>
        <button type="button" className="btn quiet" aria-label={`Status of ${name}`}>
          Status <Icon name="chev" />
        </button>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Content className="menu-list" align="end" sideOffset={4} collisionPadding={8}>
          <Menu.RadioGroup value={now ?? ''} onValueChange={(value) => void choose(value as AgentStatus)}>
            {selectable.map((status) => (
              <Menu.RadioItem className="menu-item low" key={status} value={status}>
                <span className={`st ${statusWords[status].tone}`}>
                  <Icon name={statusWords[status].icon} />
                </span>
                <span className="grow">{statusWords[status].word}</span>
                {now === status && <Icon name="check" />}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  )
}
