// The events of a recording, oldest first: a window of them around the present
// one, or those that match the filter.

import { useEffect, useMemo, useRef, useState } from 'react'
import { Icon } from '../ui/icons.tsx'
import { Panel } from '../ui/parts.tsx'
import { goTo, type Moment, type Playing, timeAt, timeText } from './recording.ts'

const shownMost = 160

export function StepList({ playing, at }: { playing: Playing; at: number }) {
  const [filter, setFilter] = useState('')
  const { steps, recording } = playing
  const wanted = filter.trim().toLowerCase()
  const matching = useMemo(
    () =>
      steps.filter(
        ({ event, anomaly }) =>
          event !== null &&
          (wanted === '' || `${anomaly ?? ''} ${JSON.stringify(event)}`.toLowerCase().includes(wanted)),
      ),
    [steps, wanted],
  )
  const place = matching.findIndex(({ index }) => index >= at)
  const centre = place < 0 ? matching.length : place
  const from = Math.max(0, Math.min(centre - shownMost / 2, matching.length - shownMost))
  const rows = matching.slice(from, from + shownMost)
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    const row = list.current?.querySelector<HTMLElement>(`[data-step="${at}"]`)
    const box = list.current
    if (!row || !box) return
    // Within the list only: the page stays where it is.
    const top = row.offsetTop - box.offsetTop
    if (top < box.scrollTop) box.scrollTop = top - row.offsetHeight
    else if (top + row.offsetHeight > box.scrollTop + box.clientHeight)
      box.scrollTop = top + row.offsetHeight * 2 - box.clientHeight
    // The list is another one when the filter changes.
    void wanted
  }, [at, wanted])
  const effects = useMemo(() => steps.reduce((sum, step) => sum + step.effects.length, 0), [steps])
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
      <div className="eh" aria-hidden="true">
        <span className="n">#</span>
        <span>time</span>
        <span className="grow">event</span>
        <span>out</span>
      </div>
      <ol className="ev-list" ref={list}>
        {rows.map((moment) => (
          <Row key={moment.index} moment={moment} at={at} time={timeText(timeAt(playing, moment.index))} />
        ))}
      </ol>
      {rows.length === 0 && (
        <p className="aside-note">
          {wanted === '' ? 'No event.' : 'No event matches. Clear the filter to see them all.'}
        </p>
      )}
      <div className="foot">
        <span className="num">
          {recording.length} events, {effects} effects
          {matching.length > shownMost && `; ${shownMost} shown`}
        </span>
      </div>
    </Panel>
  )
}

function Row({ moment, at, time }: { moment: Moment; at: number; time: string }) {
  const { index, event, anomaly, moves, effects } = moment
  const look = index === at ? 'sel' : index > at ? 'fut' : ''
  const move = moves.find(({ machine }) => machine === 'call') ?? moves.at(-1)
  return (
    <li className={look} data-step={index}>
      <button
        type="button"
        className="ev"
        onClick={() => goTo(index)}
        {...(index === at ? { 'aria-current': 'step' as const } : {})}
      >
        <span className="num dim n">{index}</span>
        <span className="num mono">{time}</span>
        <span className="grow">
          <b className="cut">{event?.type}</b>
          <small className="cut">
            {anomaly !== null && (
              <em className="w">
                <Icon name="alert" />
                {anomaly}
              </em>
            )}
            {move !== undefined && <em>→ {move.to}</em>} {facts(event)}
          </small>
        </span>
        <span className="num dim fx">
          {effects.length || '–'}
          <span className="sr"> effects</span>
        </span>
      </button>
    </li>
  )
}

function facts(event: Moment['event']): string {
  if (event === null) return ''
  const { type: _type, at: _at, mono: _mono, ...fields } = event
  const parts: string[] = []
  for (const [name, value] of Object.entries(fields)) {
    if (value === '' || value === null || value === undefined || name === 'body') continue
    parts.push(typeof value === 'string' ? value.slice(-20) : `${name} ${String(value)}`)
    if (parts.length === 2) break
  }
  return parts.join(' · ')
}
