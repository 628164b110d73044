// Search, filters, order and which boards: fields of the page's own, read by filter.ts. What
// they leave is said once the reader stops typing.

import { useEffect, useRef } from 'react'
import { count } from '../lib/format.ts'
import { say } from '../lib/live.ts'
import { Icon } from '../ui/icons.tsx'
import { agentsShown, type Choice, everything, extensionsShown, isNarrowed, type Sort, useChoice } from './filter.ts'
import { useWall } from './store.ts'
import { type Board, LargeButton, Tabs } from './Tabs.tsx'
import { groupWords } from './view.ts'

const sortWords: Record<Sort, string> = {
  extension: 'By extension',
  name: 'By name',
  status: 'By status',
  longest: 'Longest first',
  attention: 'Needs help first',
}

const set = (part: Partial<Choice>) => useChoice.setState(part)

export function Controls({ board }: { board: Board }) {
  const choice = useChoice()
  const queues = useQueueNames()
  useAnnouncedCount(choice, board)
  return (
    <search className="controls">
      <Tabs />
      <div className="search">
        <Icon name="search" />
        <input
          className="in"
          type="search"
          aria-label="Search"
          placeholder="Name, extension or number"
          autoComplete="off"
          value={choice.search}
          onChange={(event) => set({ search: event.target.value })}
        />
      </div>
      <Choose
        label="Status"
        value={choice.group}
        options={[['', 'Any status'], ...Object.entries(groupWords)]}
        onChange={(group) => set({ group: group as Choice['group'] })}
      />
      {queues.length > 0 && (
        <Choose
          label="Queue"
          value={choice.queue}
          options={[['', 'All queues'], ...queues.map((queue) => [queue, queue] as const)]}
          onChange={(queue) => set({ queue })}
        />
      )}
      <Choose
        label="Registration"
        value={choice.registration}
        options={[
          ['', 'Any phone'],
          ['registered', 'Registered'],
          ['not_registered', 'Not registered'],
        ]}
        onChange={(registration) => set({ registration: registration as Choice['registration'] })}
      />
      <button
        type="button"
        className="btn"
        aria-pressed={choice.stuck}
        title="Agents whose status has lasted too long or whose pause failed, extensions in doubt"
        onClick={() => set({ stuck: !choice.stuck })}
      >
        <Icon name="alert" />
        Stuck
      </button>
      <Choose
        label="Order"
        value={choice.sort}
        options={Object.entries(sortWords)}
        onChange={(sort) => set({ sort: sort as Sort })}
      />
      {isNarrowed(choice) && (
        <button type="button" className="btn quiet" onClick={() => set({ ...everything, sort: choice.sort })}>
          Show all
        </button>
      )}
      <span className="grow" />
      <LargeButton />
    </search>
  )
}

interface ChooseProps {
  label: string
  value: string
  options: readonly (readonly [value: string, word: string])[]
  onChange: (value: string) => void
}

function Choose({ label, value, options, onChange }: ChooseProps) {
  const known = options.some(([option]) => option === value)
  return (
    <select aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      {!known && <option value={value}>{value}</option>}
      {options.map(([option, word]) => (
        <option key={option} value={option}>
          {word}
        </option>
      ))}
    </select>
  )
}

function useQueueNames(): readonly string[] {
  const text = useWall((wall) => {
    const names = new Set(wall.queues.keys())
    if (names.size === 0) for (const own of wall.members.values()) for (const queue of own.keys()) names.add(queue)
    return [...names].sort().join('\n')
  })
  return text === '' ? [] : text.split('\n')
}

const sayAfterMs = 700

function useAnnouncedCount(choice: Choice, board: Board) {
  const first = useRef(true)
  useEffect(() => {
    if (first.current) {
      first.current = false
      return undefined
    }
    const timer = setTimeout(() => {
      const wall = useWall.getState()
      const agents = count(agentsShown(wall, choice, Date.now()).length, 'agent')
      const extensions = count(extensionsShown(wall, choice).length, 'extension')
      if (board === 'agents') say(`${agents} shown.`)
      else if (board === 'extensions') say(`${extensions} shown.`)
      else say(`${agents} and ${extensions} shown.`)
    }, sayAfterMs)
    return () => clearTimeout(timer)
  }, [choice, board])
}
