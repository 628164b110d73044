// A tile for each queue. Each reads its own queue and nothing else; the order follows how urgent they are. Many
// queues get small tiles that scroll, and those out of sight are laid out by nobody.

import { memo, useContext, useState } from 'react'
import type { AcdQueue } from '../acd/items.ts'
import {
  type Flag,
  flagOf,
  formulaWords,
  handleMs,
  minutes,
  percent,
  serviceLevel,
  share,
  slName,
} from '../acd/measure.ts'
import { useSeries } from '../acd/trend.ts'
import { Icon, type IconName } from '../ui/icons.tsx'
import { Spark } from '../ui/Spark.tsx'
import { useDerived } from './derived.ts'
import { believed, healthOf, useWall, type Wall } from './store.ts'
import { StaleContext } from './Tiles.tsx'
import { Wait } from './Totals.tsx'
import { useEachSecond } from './ticker.ts'

export type TileOrder = 'urgent' | 'name'

const flags: Record<Flag, { word: string; icon: IconName }> = {
  act: { word: 'Act now', icon: 'alert' },
  watch: { word: 'Watch', icon: 'clock' },
  calm: { word: 'On target', icon: 'check' },
  closed: { word: 'Closed', icon: 'minus' },
  none: { word: 'No data', icon: 'unknown' },
  stale: { word: 'Not live', icon: 'unknown' },
}

const urgency: Record<Flag, number> = { act: 0, watch: 1, calm: 2, stale: 2, none: 3, closed: 4 }
const naturally = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** All names by urgency, then by name; those of the same urgency keep their place. */
function ordered(wall: Wall): readonly { queue: string; urgent: number }[] {
  const live = believed(healthOf(wall))
  const now = Date.now() + wall.skew
  return [...wall.acdQueues.values()]
    .map((queue) => ({ queue: queue.queue, urgent: urgency[flagOf(queue, now, live)] }))
    .sort((left, right) => left.urgent - right.urgent || naturally.compare(left.queue, right.queue))
}

const sameOrder = (left: ReturnType<typeof ordered>, right: ReturnType<typeof ordered>) =>
  left.length === right.length && left.every((one, at) => one.queue === right[at]?.queue)

const manyQueues = 8

export function QueueTiles({ search, order }: { search: string; order: TileOrder }) {
  const all = useDerived(ordered, sameOrder)
  const wanted = search.trim().toLowerCase()
  const found = all.map(({ queue }) => queue).filter((queue) => queue.toLowerCase().includes(wanted))
  const names = order === 'name' ? [...found].sort(naturally.compare) : found
  const many = all.length > manyQueues
  if (names.length === 0) return <p className="panel nothing-found">No queue has “{search}” in its name.</p>
  return (
    <section className={many ? 'tiles many' : 'tiles'} aria-label="Queues" {...(many ? { tabIndex: 0 } : {})}>
      {names.map((queue) => (
        <QueueTile key={queue} name={queue} small={many} />
      ))}
    </section>
  )
}

/** The flag follows the queue at once, and time each second. */
function useFlag(queue: AcdQueue | undefined, live: boolean): Flag {
  const skew = useWall((wall) => wall.skew)
  const [now, setNow] = useState(Date.now)
  const at = (moment: number) => (queue === undefined ? 'none' : flagOf(queue, moment + skew, live))
  useEachSecond((moment) => {
    if (at(moment) !== at(now)) setNow(moment)
  })
  return at(Math.max(now, Date.now()))
}

const QueueTile = memo(function QueueTile({ name, small }: { name: string; small: boolean }) {
  const queue = useWall((wall) => wall.acdQueues.get(name))
  const { live } = useContext(StaleContext)
  const flag = useFlag(queue, live)
  if (queue === undefined) return null
  const { word, icon } = flags[flag]
  const level = share(serviceLevel(queue.today, queue.sl_formula))
  const { agents, today } = queue
  return (
    <article className={`qt ${flag}${small ? ' small' : ''}`} aria-label={`${queue.queue}: ${word}`}>
      <header>
        <h2 className="cut" title={queue.queue}>
          {queue.queue}
        </h2>
        <span className="flag">
          <Icon name={icon} />
          {word}
        </span>
      </header>
      <div className="nums">
        <p className="w">
          <b className="num">{flag === 'none' ? '–' : queue.waiting}</b>
          <span>waiting</span>
        </p>
        <p className={`l${queue.longest_wait_since === null ? ' no' : ''}`}>
          <b className="num">
            <Wait moment={queue.longest_wait_since} />
          </b>
          <span>longest wait</span>
        </p>
      </div>
      {!small && <WaitingLine queue={queue} />}
      <dl className="day">
        <div>
          <dt>Free</dt>
          <dd>
            <b className="num">{live && flag !== 'none' ? agents.available : '–'}</b> of{' '}
            {flag === 'none' ? '–' : agents.logged_in}
          </dd>
        </div>
        <div className="sl" title={`${queue.sl_formula}: ${formulaWords[queue.sl_formula]}`}>
          <dt>
            <span className="wide">Service level </span>
            {slName(queue)}
          </dt>
          <dd>
            <b className="num">{percent(level)}</b>
          </dd>
        </div>
        <div className="more">
          <dt>Answered</dt>
          <dd>
            <b className="num">{today.answered}</b> of {today.offered}
          </dd>
        </div>
        <div className="more">
          <dt>Abandoned</dt>
          <dd>
            <b className="num">{today.abandoned}</b>
          </dd>
        </div>
        <div className="more">
          <dt>AHT</dt>
          <dd>
            <b className="num">{minutes(handleMs(today))}</b>
          </dd>
        </div>
      </dl>
    </article>
  )
})

function WaitingLine({ queue }: { queue: AcdQueue }) {
  const points = useSeries(`waiting ${queue.queue}`)
  const most = Math.max(0, ...points.map(({ value }) => value ?? 0))
  return (
    <Spark
      points={points}
      floor={0}
      label={`${queue.queue}: callers waiting since this page was opened, ${most} at most, ${queue.waiting} now`}
    />
  )
}
