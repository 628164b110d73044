// What the day is like, beside the numbers of now: service level, offered calls and handle time of the last half
// hour. The line comes from the intervals report of today where the hub has one, else
// from what was seen since this page was opened; which of the two it is stands below it.

import { useContext } from 'react'
import { useToday } from '../acd/intervals.ts'
import { handleMs, minutes, percent, share, slTarget, sumsOf } from '../acd/measure.ts'
import { type Point, useSeries } from '../acd/trend.ts'
import { timeOfDay } from '../lib/format.ts'
import { Icon } from '../ui/icons.tsx'
import { Spark } from '../ui/Spark.tsx'
import { sameFields, useDerived } from './derived.ts'
import type { Overview } from './QueueBoard.tsx'
import type { Wall } from './store.ts'
import { StaleContext } from './Tiles.tsx'

/** The last half hour; the parts of the handle time are each call's average. */
function lately(wall: Wall) {
  const { last30, sl30 } = sumsOf(wall.acdQueues.values())
  const each = (ms: number) => (last30.answered > 0 ? ms / last30.answered : null)
  return {
    sl: share(sl30),
    offered: last30.offered,
    aht: handleMs(last30),
    talk: each(last30.talk_ms),
    hold: each(last30.hold_ms),
    wrapUp: each(last30.wrap_up_ms),
  }
}

export function Trends({ sums }: { sums: Overview }) {
  const now = useDerived(lately, sameFields)
  const today = useToday()
  const { live, since } = useContext(StaleContext)
  const seen = { sl: useSeries('sl'), offered: useSeries('offered'), aht: useSeries('aht') }
  const points = today ?? seen
  const span = today === null ? 'since this page was opened' : 'today, by quarter hours'
  return (
    <section className="panel trends" aria-label="Trends">
      <header>
        <h2>Last 30 minutes</h2>
        {live ? (
          <span className="dim num">as of {timeOfDay(sums.asOf, true)}</span>
        ) : (
          <span className="tag bad">
            <Icon name="clock" />
            as of {timeOfDay(since, true)}
          </span>
        )}
      </header>
      <ul>
        <Trend
          name="Service level"
          value={percent(now.sl)}
          points={points.sl}
          target={slTarget}
          note={`${sums.slName} · dashed: target ${percent(slTarget)}`}
          span={span}
        />
        <Trend
          name="Offered"
          value={String(now.offered)}
          points={points.offered}
          floor={0}
          note={`${sums.offered} today`}
          span={span}
        />
        <Trend
          name="Handle time (AHT)"
          value={minutes(now.aht)}
          points={points.aht}
          note={
            now.aht === null
              ? 'talk, hold and wrap-up'
              : `talk ${minutes(now.talk)}, hold ${minutes(now.hold)}, wrap-up ${minutes(now.wrapUp)}`
          }
          span={span}
        />
      </ul>
      <p className="span dim">Lines: {span}.</p>
    </section>
  )
}

interface TrendProps {
  name: string
  value: string
  points: readonly Point[]
  target?: number
  floor?: number
  note: string
  span: string
}

function Trend({ name, value, points, target, floor, note, span }: TrendProps) {
  return (
    <li>
      <p>
        <span>{name}</span>
        <b className="num">{value}</b>
      </p>
      <Spark
        points={points}
        height={44}
        label={`${name}: ${value}; ${span}`}
        {...(target === undefined ? {} : { target })}
        {...(floor === undefined ? {} : { floor })}
      />
      <small>{note}</small>
    </li>
  )
}
