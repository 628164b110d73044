// Which time a report is about, and where its intervals begin: quarter hours by the clock, days, weeks and months where
// the report's zone has them. Pure functions; what they throw is meant for the client.
import { DateTime, type DateTimeUnit } from 'luxon'
import { Problem } from '../problem.js'

/** The intervals of a report; `none` is one row for the whole range. */
export const INTERVALS = ['none', '5m', '15m', '30m', '1h', '1d', '1w', '1mo'] as const
export type Interval = (typeof INTERVALS)[number]

/** How far a report reaches. */
export const MOST_DAYS = 400
/** Rows of a result; a report of more than that is asked for in parts. */
export const MOST_ROWS = 50_000

const MINUTES: Partial<Record<Interval, number>> = { '5m': 5, '15m': 15, '30m': 30, '1h': 60 }
const UNITS: Partial<Record<Interval, DateTimeUnit>> = { '1d': 'day', '1w': 'week', '1mo': 'month' }

const refuse = (code: string, detail: string) => new Problem(422, code, 'This report cannot be made', detail)

/**
 * The borders of a report, in ms UTC: begin, borders between intervals, end.
 * @throws Problem 422 `range_empty`, `range_too_long`, `zone_unknown`, `too_many_rows`
 */
export function reportEdges(from: number, until: number, interval: Interval, zone: string): number[] {
  if (!DateTime.fromMillis(0, { zone }).isValid)
    throw refuse('zone_unknown', `There is no time zone ${zone}. Expected an IANA name, e.g. Europe/London.`)
  if (!(from < until)) throw refuse('range_empty', '`from` is before `until`, both in ms UTC.')
  if (until - from > MOST_DAYS * 86_400_000)
    throw refuse('range_too_long', `A report reaches over ${MOST_DAYS} days at most. Ask for shorter ones.`)
  const edges = [from]
  for (const edge of borders(from, until, interval, zone)) {
    if (edge > from && edge < until) edges.push(edge)
    if (edges.length > MOST_ROWS)
      throw refuse('too_many_rows', `Over ${MOST_ROWS} intervals. Ask for a shorter range or longer intervals.`)
  }
  edges.push(until)
  return edges
}

function* borders(from: number, until: number, interval: Interval, zone: string): Generator<number> {
  const minutes = MINUTES[interval]
  const unit = UNITS[interval]
  if (minutes !== undefined) {
    // Quarter hours of UTC are those of every zone but a few of history; an hour begins where the zone says.
    const step = minutes * 60_000
    const offset = DateTime.fromMillis(from, { zone }).offset * 60_000
    for (let at = Math.ceil((from + offset) / step) * step - offset; at < until; at += step) yield at
  } else if (unit !== undefined) {
    let day = DateTime.fromMillis(from, { zone }).startOf(unit)
    while (day.toMillis() < until) {
      yield day.toMillis()
      day = day.plus({ [unit]: 1 }).startOf(unit)
    }
  }
}

/** Today in `zone`: what a report is about when nothing was asked for. */
export function today(now: number, zone: string): number {
  return DateTime.fromMillis(now, { zone }).startOf('day').toMillis()
}

/** A time as a spreadsheet reads it, in the report's zone. */
export const isoIn = (zone: string, at: number): string =>
  DateTime.fromMillis(at, { zone }).toISO({ suppressMilliseconds: true }) ?? String(at)
