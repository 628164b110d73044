// One tile for an agent, one for an extension. Each reads its own item from the store and
// nothing else, so that one change renders one tile; clocks run outside React.

import { createContext, memo, useContext } from 'react'
import { timeOfDay } from '../lib/format.ts'
import { Icon } from '../ui/icons.tsx'
import type { ExtensionItem } from './items.ts'
import { useWall } from './store.ts'
import { since, useTicking } from './ticker.ts'
import { agentFace, extensionFace, type Face, hasNoPhone, nameOf, pauseOf, registrationOf } from './view.ts'

interface TileProps {
  extension: string
  /** Whether Tab comes to this one; the others are reached with the arrow keys. */
  reachable: boolean
  open: boolean
}

/** Since when the whole board is stale, null while it is live. Given by the page, as it concerns all tiles at once. */
export const StaleContext = createContext<{ live: boolean; since: number | null }>({ live: true, since: null })

/** The hub's time in this computer's. */
const ours = (moment: number | null) => (moment === null ? null : moment - useWall.getState().skew)

/** How long it has been so; of a stale tile how old the news is. */
function Age({ moment, old }: { moment: number | null; old: boolean }) {
  const text = useTicking<HTMLSpanElement>((now) => (old ? `${since(moment, now)} old` : since(moment, now)))
  // A name that changes each second would be read out each second: screen readers get the time of day.
  return <span className="num t" ref={text} aria-hidden="true" />
}

function tileClass(face: Face, stale: boolean, open: boolean): string {
  return `tile ${stale ? 'stale' : face.tone}${open ? ' open' : ''}`
}

/** For screen readers: since when, and whether it can be believed. */
function spokenState(face: Face, stale: boolean, staleAt: number | null): string {
  const began = ours(face.since)
  if (stale) return `, last known at ${timeOfDay(staleAt, true)}`
  return began === null ? '' : ` since ${timeOfDay(began)}`
}

const staleMoment = (item: ExtensionItem | undefined, board: number | null) => board ?? ours(item?.stale_since ?? null)

export const ExtensionTile = memo(function ExtensionTile({ extension, reachable, open }: TileProps) {
  const item = useWall((wall) => wall.extensions.get(extension))
  const { live, since: boardStale } = useContext(StaleContext)
  if (item === undefined) return null
  const face = extensionFace(item, live)
  const stale = !live || item.stale
  const staleAt = staleMoment(item, boardStale)
  return (
    <li>
      <button
        type="button"
        className={tileClass(face, stale, open)}
        data-key={extension}
        tabIndex={reachable ? 0 : -1}
        aria-haspopup="dialog"
        aria-expanded={open}
      >
        <Icon name={face.icon} className={face.pulse ? 'pulse' : ''} />
        <b className="num n">{extension}</b>
        <Age moment={stale ? staleAt : ours(face.since)} old={stale} />
        <span className="w cut">
          {face.word}
          <span className="sr">{spokenState(face, stale, staleAt)}</span>
          {item.peer !== '' && <span className="p num"> · {item.peer}</span>}
        </span>
        <span className="m cut">
          {item.name !== '' && <span className="cut">{item.name}</span>}
          <span className="src">
            <span className="sr">, told by </span>
            {item.source}
          </span>
          {item.suspect && <Icon name="help" label="doubtful, being checked" />}
          {hasNoPhone(item.registration) && <Icon name="phone-off" label="not registered" />}
        </span>
      </button>
    </li>
  )
})

export const AgentTile = memo(function AgentTile({ extension, reachable, open }: TileProps) {
  const agent = useWall((wall) => wall.agents.get(extension))
  const item = useWall((wall) => wall.extensions.get(extension))
  const members = useWall((wall) => wall.members.get(extension))
  const { live, since: boardStale } = useContext(StaleContext)
  if (agent === undefined) return null
  const face = agentFace(agent, item, live)
  const stale = !live || face.word.startsWith('was ')
  const staleAt = staleMoment(item, boardStale)
  const pause = pauseOf(members)
  return (
    <li>
      <button
        type="button"
        className={tileClass(face, stale, open)}
        data-key={extension}
        tabIndex={reachable ? 0 : -1}
        aria-haspopup="dialog"
        aria-expanded={open}
      >
        <Icon name={face.icon} className={face.pulse ? 'pulse' : ''} />
        <b className="n cut">
          {nameOf(agent)}
          <span className="sr"> {extension}</span>
        </b>
        <Age moment={stale ? staleAt : ours(face.since)} old={stale} />
        <span className="w cut">
          {face.word}
          <span className="sr">{spokenState(face, stale, staleAt)}</span>
          {agent.reason !== '' && <span className="p"> · {agent.reason}</span>}
        </span>
        <span className="m">
          <span className="num">{extension}</span>
          <span className="flags">
            <Stuck at={agent.stuck_at} stale={stale} />
            {pause.state === 'pending' && <Icon name="clock" className="warn" label="pause not confirmed by the PBX" />}
            {pause.state === 'failed' && <Icon name="alert" className="bad" label={`pause failed, ${pause.error}`} />}
            {hasNoPhone(registrationOf(agent, item)) && <Icon name="phone-off" label="phone not registered" />}
          </span>
        </span>
      </button>
    </li>
  )
})

/** Appears when the status has lasted too long. */
function Stuck({ at, stale }: { at: number | null; stale: boolean }) {
  const text = useTicking<HTMLSpanElement>((now) => {
    const moment = ours(at)
    return !stale && moment !== null && moment <= now ? 'too long' : ''
  })
  return <span className="stuck" ref={text} />
}
