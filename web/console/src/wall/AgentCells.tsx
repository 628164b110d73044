// Agents as routing sees them, those over their limit first. Each cell reads its own agent; clocks run outside
// React, and cells out of sight are laid out by nobody (wallboard.css).

import { memo, useContext, useId } from 'react'
import { type AcdGroup, acdFace, groupNames, groupOrder, isStuck } from '../acd/face.ts'
import { timeOfDay } from '../lib/format.ts'
import { Icon } from '../ui/icons.tsx'
import { useDerived } from './derived.ts'
import { believed, healthOf, useWall, type Wall } from './store.ts'
import { StaleContext } from './Tiles.tsx'
import { since, useTicking } from './ticker.ts'

const order: Record<AcdGroup, number> = {
  ringing: 1,
  on_call: 2,
  free: 3,
  wrap_up: 4,
  away: 5,
  unknown: 6,
  offline: 7,
}

/** Nobody reads more on a wall; all of them have a board of their own. */
const most = 120

interface Shown {
  keys: readonly string[]
  /** `3 free · 1 ringing · …` */
  says: string
  signedIn: number
  over: number
}

function shown(wall: Wall): Shown {
  const live = believed(healthOf(wall))
  const now = Date.now() + wall.skew
  const by = new Map<AcdGroup, number>()
  const rows = []
  let over = 0
  for (const agent of wall.acdAgents.values()) {
    const face = acdFace(agent, live)
    by.set(face.group, (by.get(face.group) ?? 0) + 1)
    if (face.group === 'offline') continue
    const stuck = isStuck(wall.agents.get(agent.extension), now)
    if (stuck) over += 1
    rows.push({ key: agent.extension, rank: stuck ? 0 : order[face.group], since: agent.since ?? now })
  }
  rows.sort((left, right) => left.rank - right.rank || left.since - right.since)
  const says = groupOrder.flatMap((group) => {
    const number = by.get(group) ?? 0
    return number === 0 ? [] : [`${number} ${groupNames[group]}`]
  })
  return { keys: rows.slice(0, most).map(({ key }) => key), says: says.join(' · '), signedIn: rows.length, over }
}

const same = (left: Shown, right: Shown) =>
  left.says === right.says &&
  left.over === right.over &&
  left.signedIn === right.signedIn &&
  left.keys.length === right.keys.length &&
  left.keys.every((key, at) => key === right.keys[at])

export function AgentCells() {
  const { keys, says, over, signedIn } = useDerived(shown, same)
  const { live, since: stale } = useContext(StaleContext)
  const heading = useId()
  return (
    <section className="panel cells" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>Agents</h2>
        <span className="dim grow cut">{live ? says : ''}</span>
        {live && over > 0 && (
          <span className="tag warn">
            <Icon name="alert" />
            {over} over limit
          </span>
        )}
        {!live && (
          <span className="tag bad">
            <Icon name="clock" />
            as of {timeOfDay(stale, true)}
          </span>
        )}
      </header>
      {keys.length === 0 ? (
        <div className="empty">
          <Icon name="users" />
          <strong>Nobody is signed in</strong>
          <p>Agents of the queues appear here when they sign in.</p>
        </div>
      ) : (
        // Scrolls when there are many: Tab must reach it.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard
        <ul aria-labelledby={heading} tabIndex={0}>
          {keys.map((key) => (
            <AgentCell key={key} extension={key} />
          ))}
        </ul>
      )}
      {signedIn > keys.length && (
        <p className="more">
          {signedIn - keys.length} more are on the board of the <a href="#/wallboard/agents">agents</a>.
        </p>
      )}
    </section>
  )
}

const AgentCell = memo(function AgentCell({ extension }: { extension: string }) {
  const agent = useWall((wall) => wall.acdAgents.get(extension))
  const person = useWall((wall) => wall.agents.get(extension))
  const skew = useWall((wall) => wall.skew)
  const { live, since: stale } = useContext(StaleContext)
  const age = useTicking<HTMLSpanElement>((now) =>
    since(agent?.since == null ? null : agent.since - skew, stale ?? now),
  )
  if (agent === undefined) return null
  const face = acdFace(agent, live)
  const over = live && isStuck(person, Date.now() + skew)
  return (
    <li>
      <b className="cut">{person?.name || extension}</b>
      <span className={`st ${face.tone === 'none' ? '' : face.tone}`}>
        <Icon name={face.icon} className={face.pulse ? 'pulse' : ''} />
        <span className="cut">
          {face.word}
          {agent.queue !== '' && face.group === 'on_call' && <span className="dim"> · {agent.queue}</span>}
        </span>
      </span>
      <span className={over ? 'num over' : 'num'}>
        {over && <Icon name="alert" label="over limit" />}
        <span ref={age} />
      </span>
    </li>
  )
})
