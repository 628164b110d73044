// A line without axes: a trend beside its number. A point that is not known breaks the line; the finding
// stands in words in its name.

import type { Point } from '../acd/trend.ts'

interface SparkProps {
  points: readonly Point[]
  /** What the line shows and finds, for screen readers. */
  label: string
  /** Drawn dashed, when it is in reach of the values. */
  target?: number
  /** Of the drawing's own units; the line is stretched to the place it is given. */
  height?: number
  /** The axis begins here; else at the least value. */
  floor?: number
}

const width = 300

/** Runs of known points, as coordinates. */
function runs(points: readonly Point[], x: (at: number) => number, y: (value: number) => number) {
  const all: (readonly [number, number])[][] = [[]]
  for (const { at, value } of points) {
    if (value === null) all.push([])
    else all.at(-1)?.push([x(at), y(value)])
  }
  return all.filter((run) => run.length > 0)
}

const written = (run: readonly (readonly [number, number])[]) =>
  run.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join(' ')

export function Spark({ points, label, target, height = 60, floor }: SparkProps) {
  const known = points.flatMap(({ value }) => (value === null ? [] : [value]))
  const first = points[0]?.at ?? 0
  const span = Math.max(1, (points.at(-1)?.at ?? 0) - first)
  const least = floor ?? Math.min(...known)
  const range = Math.max(Math.max(...known) - least, floor === undefined ? 0.0001 : 1)
  const x = (at: number) => ((at - first) / span) * width
  const y = (value: number) => height - 3 - ((value - least) / range) * (height - 12)
  const lines = known.length < 2 ? [] : runs(points, x, y)
  const aim = target === undefined || known.length < 2 ? null : y(target)
  return (
    <svg className="spark" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {lines.map((run) => (
        <g key={run[0]?.[0]}>
          <path
            className="area"
            d={`${written(run)} L${run.at(-1)?.[0].toFixed(1)} ${height} L${run[0]?.[0].toFixed(1)} ${height}Z`}
          />
          <path className="line" d={written(run)} />
        </g>
      ))}
      {lines.length === 0 && <path className="tgt" d={`M0 ${height - 3}H${width}`} />}
      {aim !== null && aim > 0 && aim < height && <path className="tgt" d={`M0 ${aim.toFixed(1)}H${width}`} />}
    </svg>
  )
}
