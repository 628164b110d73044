// The two charts of a report: service level and calls per interval. SVG in the tokens' colours; every point says its value on
// hover, the finding stands in the title, the numbers themselves in the table "Interval". A gap stays a gap.

import type { Row } from './data.ts'
import type { Question } from './question.ts'
import { intervalName, intervalWords, percent } from './words.ts'

const left = 44
const right = 792
const width = right - left

const hour = 3_600_000

/** Marks on the time axis, at most eleven: whole hours where they can be, else where intervals begin. */
function marks(rows: Row[], question: Question): { x: number; text: string }[] {
  const first = rows[0]?.from ?? 0
  const hours = ((rows.at(-1)?.until ?? first) - first) / hour
  const every =
    question.period === 'day' && question.interval !== '1d' ? [1, 2, 3, 4, 6].find((n) => hours / n <= 11) : undefined
  const step = Math.max(1, Math.ceil(rows.length / 11))
  const short = question.period === 'day' ? question.interval : '1d'
  return rows.flatMap((row, i) => {
    if (row.from === undefined) return []
    const at = new Date(row.from)
    const marked = every === undefined ? i % step === 0 : at.getMinutes() === 0 && at.getHours() % every === 0
    return marked ? [{ x: left + (i / rows.length) * width, text: intervalName(row.from, short, question.period) }] : []
  })
}

/** The intervals from the first call's to the last one's, whole hours on both sides. */
export function inUse(rows: Row[]): Row[] {
  const used = rows.map((row, i) => ((row.counters.offered ?? 0) > 0 ? i : -1)).filter((i) => i >= 0)
  if (used.length === 0) return rows
  const from = Math.floor((rows[used[0] ?? 0]?.from ?? 0) / hour) * hour
  const until = Math.ceil((rows[used.at(-1) ?? 0]?.until ?? 0) / hour) * hour
  return rows.filter((row) => (row.until ?? 0) > from && (row.from ?? 0) < until)
}

function Axis({ rows, question, y }: { rows: Row[]; question: Question; y: number }) {
  return marks(rows, question).map(({ x, text }) => (
    <text className="ax" key={x} x={x} y={y}>
      {text}
    </text>
  ))
}

const placeOf = (i: number, n: number) => left + ((i + 0.5) / n) * width

export function ServiceLevelChart({ rows, question }: { rows: Row[]; question: Question }) {
  const values = rows.map((row) => row.numbers.service_level ?? null)
  const known = values.filter((value) => value !== null)
  const least = Math.min(1, ...known)
  // The scale begins at a round share below the lowest point, so that 90 and 95 % can be told apart.
  const floor = Math.max(0, Math.floor(Math.min(least, question.target / 100) * 5) / 5 - (least < 0.2 ? 0.2 : 0))
  const y = (value: number) => 10 + (1 - (value - floor) / (1 - floor || 1)) * 148
  const ticks = Array.from({ length: Math.round((1 - floor) / 0.2) + 1 }, (_, i) => floor + i * 0.2)
  const lowest = values.indexOf(known.length > 0 ? least : null)
  const lowestFrom = rows[lowest]?.from
  const each = intervalWords[question.interval]
  const finding =
    known.length === 0
      ? `No calls, so no service level, in any ${each}.`
      : `Service level per ${each}. Lowest ${percent(least, 0)} at ${lowestFrom === undefined ? '–' : intervalName(lowestFrom, question.interval, question.period)}.`
  let path = ''
  values.forEach((value, i) => {
    if (value === null) return
    path += `${values[i - 1] == null ? 'M' : 'L'}${placeOf(i, rows.length).toFixed(1)} ${y(value).toFixed(1)} `
  })
  return (
    <svg
      className="chart"
      viewBox="0 0 800 182"
      role="img"
      aria-label={`${finding} Target ${question.target} percent.`}
    >
      {ticks.map((tick) => (
        <g key={tick}>
          <path className="grid-line" d={`M${left} ${y(tick)}H${right}`} />
          <text className="ax" x={left - 8} y={y(tick) + 4} textAnchor="end">
            {Math.round(tick * 100)} %
          </text>
        </g>
      ))}
      {question.target > 0 && <path className="tgt" d={`M${left} ${y(question.target / 100)}H${right}`} />}
      <path className="line" d={path} />
      {values.map((value, i) => {
        const from = rows[i]?.from
        if (value === null || from === undefined) return null
        const low = value * 100 < question.target
        return (
          <circle
            className={low ? 'low' : 'dot'}
            key={from}
            cx={placeOf(i, rows.length)}
            cy={y(value)}
            r={low ? 3.5 : 2.5}
          >
            <title>{`${intervalName(from, question.interval, question.period)}: ${percent(value)}`}</title>
          </circle>
        )
      })}
      {lowestFrom !== undefined && known.length > 2 && least < 1 && (
        <text
          className="note"
          x={Math.min(right - 50, Math.max(left + 50, placeOf(lowest, rows.length)))}
          y={y(least) > 140 ? y(least) - 9 : y(least) + 17}
          textAnchor="middle"
        >
          {`${percent(least, 0)} at ${intervalName(lowestFrom, question.interval, question.period)}`}
        </text>
      )}
      <Axis rows={rows} question={question} y={180} />
    </svg>
  )
}

/** What became of the calls of one interval, from below. */
const parts = (c: Record<string, number>): [className: string, name: string, value: number][] => [
  ['a', 'answered', c.answered ?? 0],
  ['x', 'abandoned', (c.abandoned ?? 0) - (c.short_abandoned ?? 0)],
  ['s', 'abandoned early', c.short_abandoned ?? 0],
  ['f', 'flowed out', (c.timeout ?? 0) + (c.overflowed ?? 0) + (c.lost ?? 0)],
]

/** A round number that is at least `most`, with a round half. */
function ceiling(most: number): number {
  for (let scale = 2; ; scale *= 10) for (const step of [1, 2, 5]) if (scale * step >= most) return scale * step
}

export function CallsChart({ rows, question, total }: { rows: Row[]; question: Question; total: Row }) {
  const top = ceiling(Math.max(1, ...rows.map((row) => row.counters.offered ?? 0)))
  const y = (value: number) => 126 - (value / top) * 118
  const bar = Math.min(40, (width / rows.length) * 0.68)
  const c = total.counters
  const finding = `Calls per ${intervalWords[question.interval]} by outcome. ${c.offered} offered, ${c.answered} answered, ${c.abandoned} abandoned.`
  return (
    <svg className="chart" viewBox="0 0 800 150" role="img" aria-label={finding}>
      <defs>
        <pattern id="hx" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="5" height="5" className="hbg" />
          <path className="hl" d="M0 0V5" />
        </pattern>
      </defs>
      {[0, top / 2, top].map((tick) => (
        <g key={tick}>
          <path className="grid-line" d={`M${left} ${y(tick)}H${right}`} />
          <text className="ax" x={left - 8} y={y(tick) + 4} textAnchor="end">
            {tick}
          </text>
        </g>
      ))}
      {rows.map((row, i) => {
        let below = 0
        return parts(row.counters).map(([className, name, value]) => {
          if (value <= 0) return null
          const from = below
          below += value
          return (
            <rect
              className={className}
              key={`${row.from}${name}`}
              x={placeOf(i, rows.length) - bar / 2}
              width={bar}
              y={y(below)}
              height={Math.max(1, y(from) - y(below) - 0.8)}
            >
              <title>{`${intervalName(row.from ?? 0, question.interval, question.period)}: ${value} ${name}`}</title>
            </rect>
          )
        })
      })}
      <Axis rows={rows} question={question} y={146} />
    </svg>
  )
}
