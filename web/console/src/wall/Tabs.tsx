// Which board is on the wall, as an address of its own so that a screen that is loaded anew shows what it
// showed. Without an address: the queues where there are any.

import { useSubpage } from '../lib/route.ts'
import { useSettings } from '../lib/settings.ts'
import { Icon } from '../ui/icons.tsx'
import { useWall } from './store.ts'

export type Board = 'agents' | 'extensions' | 'both'
export type Tab = 'queues' | Board

const tabs: readonly (readonly [Tab, string])[] = [
  ['queues', 'Queues'],
  ['agents', 'Agents'],
  ['extensions', 'Extensions'],
  ['both', 'Both'],
]

export function useTab(): Tab {
  const asked = useSubpage()
  const queues = useWall((wall) => wall.acdQueues.size > 0)
  return tabs.find(([tab]) => tab === asked)?.[0] ?? (queues ? 'queues' : 'both')
}

export function Tabs() {
  const shown = useTab()
  return (
    <nav className="seg tabs" aria-label="Boards">
      {tabs.map(([tab, word]) => (
        <a key={tab} href={`#/wallboard/${tab}`} {...(tab === shown ? { 'aria-current': 'page' as const } : {})}>
          {word}
        </a>
      ))}
    </nav>
  )
}

/** Bigger, to be read from three metres. */
export function LargeButton() {
  const large = useSettings((settings) => settings.large)
  return (
    <button
      type="button"
      className="btn"
      aria-pressed={large}
      onClick={() => useSettings.setState({ large: !large })}
      title="Bigger, to be read from three metres"
    >
      <Icon name="plus" />
      Large
    </button>
  )
}
