// A panel of tiles. Tab comes to one of them, arrow keys go through the others, Enter opens
// what there is to know and to do. Tiles out of sight are laid out by nobody (wallboard.css).

import { type KeyboardEvent, type MouseEvent, type ReactNode, useId, useRef, useState } from 'react'
import { timeOfDay } from '../lib/format.ts'
import { Icon } from '../ui/icons.tsx'
import { sameKeys, useDerived } from './derived.ts'
import { agentsShown, everything, extensionsShown, isNarrowed, useChoice } from './filter.ts'
import { useStaleSince, useWall, type Wall } from './store.ts'
import { AgentTile, ExtensionTile } from './Tiles.tsx'

export type Kind = 'agents' | 'extensions'

const kinds = {
  agents: { title: 'Agents', shown: agentsShown, Tile: AgentTile, size: (wall: Wall) => wall.agents.size },
  extensions: {
    title: 'Extensions',
    shown: extensionsShown,
    Tile: ExtensionTile,
    size: (wall: Wall) => wall.extensions.size,
  },
} as const

interface BoardProps {
  kind: Kind
  /** The extension whose details are open, if one of this board's. */
  opened: string
  onOpen: (extension: string, tile: HTMLElement) => void
}

export function BoardPanel({ kind, opened, onOpen }: BoardProps) {
  const { title, shown, Tile, size } = kinds[kind]
  const keys = useDerived(shown, sameKeys)
  const all = useWall(size)
  const heading = useId()
  const [at, setAt] = useState('')
  const list = useRef<HTMLUListElement>(null)
  const reachable = keys.includes(at) ? at : keys[0]

  const onKeyDown = (event: KeyboardEvent<HTMLUListElement>) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const from = keys.indexOf((event.target as HTMLElement).dataset.key ?? '')
    const to = from < 0 ? undefined : target(event.key, from, keys.length, columnsOf(event.currentTarget))
    if (to === undefined) return
    event.preventDefault()
    const key = keys[to] ?? ''
    setAt(key)
    tileOf(list.current, key)?.focus()
  }
  const onClick = (event: MouseEvent<HTMLUListElement>) => {
    const tile = (event.target as HTMLElement).closest<HTMLElement>('[data-key]')
    if (tile === null) return
    setAt(tile.dataset.key ?? '')
    onOpen(tile.dataset.key ?? '', tile)
  }

  return (
    <section className={`panel board ${kind}`} aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        <span className="dim num">{keys.length === all ? all : `${keys.length} of ${all}`}</span>
        <span className="grow" />
        <AsOf />
      </header>
      {keys.length === 0 ? (
        <Nothing kind={kind} none={all === 0} />
      ) : (
        <ul className="tiles-grid" ref={list} aria-labelledby={heading} onKeyDown={onKeyDown} onClick={onClick}>
          {keys.map((key) => (
            <Tile key={key} extension={key} reachable={key === reachable} open={key === opened} />
          ))}
        </ul>
      )}
    </section>
  )
}

const tileOf = (list: HTMLElement | null, key: string) =>
  [...(list?.querySelectorAll<HTMLElement>('[data-key]') ?? [])].find((tile) => tile.dataset.key === key)

const columnsOf = (list: HTMLElement) => getComputedStyle(list).gridTemplateColumns.split(' ').length

/** Rows that PageUp and PageDown leap. */
const leap = 5

function target(key: string, from: number, size: number, columns: number): number | undefined {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -columns * leap,
    PageDown: columns * leap,
    Home: -size,
    End: size,
  }
  const step = steps[key]
  if (step === undefined) return undefined
  const to = from + step
  // Up from the first row and down from the last stay; leaps go as far as there is.
  if ((key === 'ArrowUp' && to < 0) || (key === 'ArrowDown' && to >= size)) return from
  return Math.max(0, Math.min(size - 1, to))
}

function AsOf() {
  const stale = useStaleSince()
  if (stale === null) return null
  return (
    <span className="tag bad">
      <Icon name="clock" />
      as of {timeOfDay(stale, true)}
    </span>
  )
}

function Nothing({ kind, none }: { kind: Kind; none: boolean }) {
  const link = useWall((wall) => wall.link)
  const filled = useWall((wall) => wall.filled)
  const narrowed = useChoice(isNarrowed)
  if (!none && narrowed) {
    return (
      <Empty icon="search" title={`No ${kind} fit`}>
        <button
          type="button"
          className="btn"
          onClick={() => useChoice.setState(({ sort }) => ({ ...everything, sort }))}
        >
          Show all again
        </button>
      </Empty>
    )
  }
  if (!filled) return <Empty icon="clock" title="Waiting for the hub" />
  if (kind === 'agents')
    return (
      <Empty icon="users" title="No agent has signed in yet">
        Each appears here with the first status.
      </Empty>
    )
  if (link == null)
    return (
      <Empty icon="server" title="No PBX is connected to this hub">
        Live extension status comes from Asterisk. Agents’ statuses come from the CRM and stand beside.
      </Empty>
    )
  return (
    <Empty icon="phone" title="The PBX shows no extension yet">
      They appear when the PBX has been read.
    </Empty>
  )
}

export function Empty({
  icon,
  title,
  children,
}: {
  icon: 'clock' | 'users' | 'server' | 'phone' | 'search'
  title: string
  children?: ReactNode
}) {
  return (
    <div className="empty">
      <Icon name={icon} />
      <strong>{title}</strong>
      {typeof children === 'string' ? <p>{children}</p> : children}
    </div>
  )
}
