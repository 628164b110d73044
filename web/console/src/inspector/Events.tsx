// What came in, newest first, with numbers and names hidden. The list of events
// is the recording: it can be saved and replayed.

import { useMemo, useState } from 'react'
import { usePart, usePhone } from '../lib/phone.ts'
import { useTrail } from '../lib/trail.ts'
import { Icon } from '../ui/icons.tsx'
import { Panel } from '../ui/parts.tsx'

const shownMost = 150

interface Entry {
  number: number
  type: string
  at: number
  mono: number
  fields: Record<string, unknown>
}

function useEntries(): { entries: readonly Entry[]; total: number } {
  const phone = usePhone()
  const version = usePart((state) => state.version)
  return useMemo(() => {
    void version
    const { events, dropped } = phone.recording({ redact: true })
    const entries = events.slice(-shownMost).map((event, index): Entry => {
      const { type, at, mono, ...fields } = event
      return { number: dropped + Math.max(0, events.length - shownMost) + index + 1, type, at, mono, fields }
    })
    return { entries: entries.reverse(), total: dropped + events.length }
  }, [phone, version])
}

/** Which states changed by the event of that moment. */
function useChanges(): ReadonlyMap<number, string> {
  const steps = useTrail((trail) => trail.steps)
  return useMemo(() => {
    const changes = new Map<number, string>()
    for (const { at, machine, to } of steps) changes.set(at, `${machine} → ${to}`)
    return changes
  }, [steps])
}

function clockOf(mono: number, first: number): string {
  const ms = Math.max(0, mono - first)
  const minutes = String(Math.floor(ms / 60_000)).padStart(2, '0')
  return `${minutes}:${((ms % 60_000) / 1000).toFixed(3).padStart(6, '0')}`
}

export function Events() {
  const phone = usePhone()
  const { entries, total } = useEntries()
  const changes = useChanges()
  const [filter, setFilter] = useState('')
  const [open, setOpen] = useState<number | null>(null)
  const wanted = filter.trim().toLowerCase()
  const rows =
    wanted === ''
      ? entries
      : entries.filter((entry) => `${entry.type} ${JSON.stringify(entry.fields)}`.toLowerCase().includes(wanted))
  const first = useMemo(() => phone.recording({ redact: true }).events[0]?.mono ?? 0, [phone])

  return (
    <Panel
      className="evs"
      title="Events"
      aside={
        <div className="search">
          <Icon name="search" />
          <input
            className="in"
            aria-label="Filter events"
            placeholder="type, call, field"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
          />
        </div>
      }
    >
      <ol className="ev-list">
        {rows.map((entry) => (
          <EventRow
            key={entry.number}
            entry={entry}
            time={clockOf(entry.mono, first)}
            change={changes.get(entry.at)}
            open={open === entry.number}
            onToggle={() => setOpen(open === entry.number ? null : entry.number)}
          />
        ))}
      </ol>
      {rows.length === 0 && (
        <p className="aside-note">
          {wanted === '' ? 'No event yet.' : 'No event matches. Clear the filter to see them all.'}
        </p>
      )}
      <div className="foot">
        <span className="grow num">
          {total} events{total > shownMost && `, last ${shownMost} shown`}
        </span>
        <button type="button" className="btn" onClick={() => phone.downloadRecording()}>
          Save recording
        </button>
      </div>
    </Panel>
  )
}

interface RowProps {
  entry: Entry
  time: string
  change: string | undefined
  open: boolean
  onToggle: () => void
}

function EventRow({ entry, time, change, open, onToggle }: RowProps) {
  const facts = summary(entry.fields)
  return (
    <li className={open ? 'sel' : ''}>
      <button type="button" className="ev" aria-expanded={open} onClick={onToggle}>
        <span className="num dim n">{entry.number}</span>
        <span className="num mono">{time}</span>
        <span className="grow">
          <b className="cut">{entry.type}</b>
          <small className="cut">
            {change !== undefined && <em>→ {change.replace(/^.*→ /, '')}</em>} {facts}
          </small>
        </span>
      </button>
      {open && (
        <pre>{JSON.stringify({ type: entry.type, at: entry.at, mono: entry.mono, ...entry.fields }, null, 2)}</pre>
      )}
    </li>
  )
}

function summary(fields: Record<string, unknown>): string {
  const parts: string[] = []
  for (const [name, value] of Object.entries(fields)) {
    if (value === '' || value === null || name === 'body') continue
    parts.push(typeof value === 'string' ? value.slice(-24) : `${name} ${String(value)}`)
    if (parts.length === 2) break
  }
  return parts.join(' · ')
}
