// The sums on top and a tile for each queue. While the board is stale they say what was.

import { type ReactNode, useState } from 'react'
import { Icon } from '../ui/icons.tsx'
import { sameFields, useDerived } from './derived.ts'
import { queuesOf, type ShownQueue, totalsOf, useChoice } from './filter.ts'
import { believed, useHealth, useStaleSince, useWall } from './store.ts'
import { useEachSecond, useTicking } from './ticker.ts'

/** A wait as `m:ss`; a stale one stands still. */
export function waited(moment: number | null, now: number): string {
  if (moment === null) return 'none'
  const seconds = Math.max(0, Math.floor((now - moment) / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

export function Wait({ moment }: { moment: number | null }) {
  const stale = useStaleSince()
  const skew = useWall((wall) => wall.skew)
  const text = useTicking<HTMLSpanElement>((now) => waited(moment, (stale ?? now) + skew))
  return <span ref={text} />
}

export function Totals() {
  const totals = useDerived(totalsOf, sameFields)
  const live = believed(useHealth())
  const queues = useWall((wall) => wall.queues.size + wall.acdQueues.size > 0)
  const number = (value: number) => (live ? value : '–')
  return (
    <dl className={live ? 'tots' : 'tots stale'} aria-label="All agents and queues">
      {queues && (
        <>
          <Total
            word="Waiting"
            value={totals.waiting}
            note="all queues"
            tone={live && totals.waiting > 0 ? 'ring' : ''}
          />
          <Total word="Longest wait" value={<Wait moment={totals.longestSince} />} note="all queues" />
        </>
      )}
      <Total
        word="Free"
        value={number(totals.free)}
        note={`of ${totals.signedIn} signed in`}
        tone={live && totals.free > 0 ? 'free' : ''}
      />
      <Total word="On call" value={number(totals.onCall)} note={`${number(totals.ringing)} ringing`} />
      <Total word="Wrap-up" value={totals.wrapUp} note="after a call" />
      <Total word="Away" value={totals.away} note="pause, break, …" />
      {!queues && <Total word="Offline" value={number(totals.offline)} note="or without a phone" />}
    </dl>
  )
}

function Total({ word, value, note, tone = '' }: { word: string; value: ReactNode; note: string; tone?: string }) {
  return (
    <div className={tone}>
      <dt>{word}</dt>
      <dd className="num">{value}</dd>
      <dd className="sub">{note}</dd>
    </div>
  )
}

/** Waits over this are watched, over the second are acted on. */
const watchMs = 60_000
const actMs = 120_000

export function Queues() {
  const queues = useWall((wall) => wall.queues)
  const acdQueues = useWall((wall) => wall.acdQueues)
  const all = [...queuesOf({ queues, acdQueues })].sort((left, right) => left.queue.localeCompare(right.queue))
  if (all.length === 0) return null
  return (
    <ul className="queues" aria-label="Queues">
      {all.map((queue) => (
        <QueueTile key={queue.queue} queue={queue} />
      ))}
    </ul>
  )
}

/** The flag follows the queue at once, and time each second. */
function useFlag(queue: ShownQueue, skew: number) {
  const [now, setNow] = useState(Date.now)
  useEachSecond((moment) => {
    if (flagOf(queue, moment + skew) !== flagOf(queue, now + skew)) setNow(moment)
  })
  return flagOf(queue, now + skew)
}

function flagOf(queue: ShownQueue, now: number): 'act' | 'watch' | 'calm' {
  const wait = queue.longest_since === null ? 0 : now - queue.longest_since
  if (wait > actMs || (queue.waiting > 0 && queue.available === 0)) return 'act'
  return wait > watchMs ? 'watch' : 'calm'
}

const flags = {
  act: { word: 'Act now', icon: 'alert' },
  watch: { word: 'Watch', icon: 'clock' },
  calm: { word: 'Calm', icon: 'check' },
} as const

function QueueTile({ queue }: { queue: ShownQueue }) {
  const live = believed(useHealth())
  const skew = useWall((wall) => wall.skew)
  const chosen = useChoice((choice) => choice.queue === queue.queue)
  const flag = useFlag(queue, skew)
  const { word, icon } = flags[flag]
  return (
    <li>
      <button
        type="button"
        className={`q ${live ? flag : 'stale'}`}
        aria-pressed={chosen}
        title={chosen ? 'Show the agents of all queues' : 'Show only this queue’s agents'}
        onClick={() => useChoice.setState({ queue: chosen ? '' : queue.queue })}
      >
        <span className="head">
          <b className="cut">{queue.queue}</b>
          <span className="flag">
            <Icon name={live ? icon : 'unknown'} />
            {live ? word : 'Not live'}
          </span>
        </span>
        <span className="nums">
          <span className="wt">
            <b className="num">{queue.waiting}</b> waiting
          </span>
          <span className="lg">
            <b className="num" aria-hidden="true">
              <Wait moment={queue.longest_since} />
            </b>{' '}
            longest wait
          </span>
          <span className="fr">
            <b className="num">{live ? queue.available : '–'}</b> of {queue.members} free
          </span>
        </span>
      </button>
    </li>
  )
}
