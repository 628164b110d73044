// An agent's day: when it began (midnight where the agent is), time in each
// status since, calls and handle time. Pure functions; the queries that feed
// them are in agent_stats.ts.
import { DateTime } from 'luxon'
import { OptionError } from './options.js'
import { AGENT_STATUSES, type AgentStatusWord } from './schemas.js'

export interface StatusInterval {
  status: AgentStatusWord
  since: number
  until: number | null
}

export interface DayCall {
  started_at: number | null
  connected_at: number | null
  ended_at: number | null
  /** Between connect and end by the Phone's monotonic clock, in ms. */
  duration: number
}

export interface Day {
  time: Record<AgentStatusWord, number>
  calls: number
  answered: number
  talk_ms: number
  wrap_up_ms: number
  average_handle_ms: number | null
}

/** The last midnight in `zone` at or before `now`; where the clock skips midnight, the first instant of that day. */
export function dayStart(now: number, zone: string): number {
  return DateTime.fromMillis(now, { zone }).startOf('day').toMillis()
}

/** Throws OptionError when the runtime knows no such IANA name. */
export function checkTimeZone(zone: string | undefined): void {
  if (zone === undefined || DateTime.fromMillis(0, { zone }).isValid) return
  throw new OptionError(`There is no time zone ${zone}. Expected an IANA name, e.g. Europe/London.`)
}

interface Span {
  from: number
  until: number
}

/**
 * What an agent did between two times. `intervals` do not overlap; `calls` may.
 * Time in an answered call counts as ON_CALL instead of the status beneath it, so the times add up to what the
 * intervals cover. A call counts on the day on which it began, its handle time once it has ended.
 */
export function dayOf(intervals: StatusInterval[], calls: DayCall[], from: number, until: number): Day {
  const time = Object.fromEntries(AGENT_STATUSES.map((word) => [word, 0])) as Record<AgentStatusWord, number>
  const talking = union(calls.flatMap((call) => talkSpan(call, from, until) ?? []))
  for (const interval of intervals) {
    const span = clip({ from: interval.since, until: interval.until ?? until }, from, until)
    if (!span) continue
    const onCall = talking.reduce((sum, talk) => sum + overlap(span, talk), 0)
    time[interval.status] += span.until - span.from - onCall
    time.ON_CALL += onCall
  }
  const began = calls.filter(({ started_at }) => started_at !== null && started_at >= from)
  const handled = began.filter((call) => call.connected_at !== null && call.ended_at !== null)
  const talk_ms = handled.reduce((sum, { duration }) => sum + duration, 0)
  const wrap_up_ms = time.WRAP_UP
  const average_handle_ms = handled.length === 0 ? null : (talk_ms + wrap_up_ms) / handled.length
  return { time, calls: began.length, answered: handled.length, talk_ms, wrap_up_ms, average_handle_ms }
}

function talkSpan({ connected_at, ended_at }: DayCall, from: number, until: number): Span | null {
  return connected_at === null ? null : clip({ from: connected_at, until: ended_at ?? until }, from, until)
}

function clip(span: Span, from: number, until: number): Span | null {
  const clipped = { from: Math.max(span.from, from), until: Math.min(span.until, until) }
  return clipped.until > clipped.from ? clipped : null
}

const overlap = (a: Span, b: Span) => Math.max(0, Math.min(a.until, b.until) - Math.max(a.from, b.from))

/** The same time as disjoint spans in order: two calls at once are one time on the telephone. */
function union(spans: Span[]): Span[] {
  const joined: Span[] = []
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last && span.from <= last.until) last.until = Math.max(last.until, span.until)
    else joined.push({ ...span })
  }
  return joined
}
