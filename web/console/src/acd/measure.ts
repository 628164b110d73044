// What is worked out of a queue's numbers: service level by its formula, rates, averages, and how urgent it is.
// Pure. 0/0 is null and reads "no data", never 0 % and never 100 %.

import { type AcdQueue, type AgentCounts, agentCounts, type Counts, noCounts, type SlFormula } from './items.ts'

/** A part over a whole; null where there is no whole. */
export interface Ratio {
  part: number
  whole: number
}

/** What each formula is, in words, for those who ask. */
export const formulaWords: Record<SlFormula, string> = {
  SL1: 'answered in time ÷ offered',
  SL2: 'answered in time ÷ answered',
  SL3: 'answered in time ÷ (answered + abandoned)',
  SL4: 'answered in time ÷ (offered − abandoned early)',
  SL5: 'answered in time ÷ (offered − abandoned within that time)',
  SL6: '(answered + abandoned in time) ÷ (answered + abandoned)',
}

const wholes: Record<SlFormula, (counts: Counts) => number> = {
  SL1: (it) => it.offered,
  SL2: (it) => it.answered,
  SL3: (it) => it.answered + it.abandoned,
  SL4: (it) => it.offered - it.short_abandoned,
  SL5: (it) => it.offered - it.abandoned_in_sl,
  SL6: (it) => it.answered + it.abandoned,
}

export function serviceLevel(counts: Counts, formula: SlFormula): Ratio {
  const part = counts.answered_in_sl + (formula === 'SL6' ? counts.abandoned_in_sl : 0)
  return { part, whole: Math.max(0, wholes[formula](counts)) }
}

export const share = ({ part, whole }: Ratio): number | null => (whole > 0 ? part / whole : null)

/** `81 %`; `3.7 %` with a digit after the point; "no data" for 0/0. */
export function percent(value: number | null, digits = 0): string {
  return value === null ? 'no data' : `${(value * 100).toFixed(digits)} %`
}

/** Average handle time: talk, hold and wrap-up of what was answered; ringing is none of it. */
export const handleMs = (it: Counts): number | null =>
  it.answered > 0 ? (it.talk_ms + it.hold_ms + it.wrap_up_ms) / it.answered : null

/** A span as `m:ss`, from one hour on `h:mm:ss`. */
export function minutes(ms: number | null): string {
  if (ms === null) return 'no data'
  const seconds = Math.round(ms / 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const rest = Math.floor((seconds % 3600) / 60)
  return hours > 0 ? `${hours}:${two(rest)}:${two(seconds % 60)}` : `${rest}:${two(seconds % 60)}`
}

/** `SL4, 20 s`: what stands beside each service level. */
export const slName = ({ sl_formula, sl_ms }: Pick<AcdQueue, 'sl_formula' | 'sl_ms'>) =>
  `${sl_formula}, ${Math.round(sl_ms / 1000)} s`

/** Of a queue: a wait over `watchMs` is watched, over `actMs`, or with nobody free, is acted on. */
export const watchMs = 60_000
export const actMs = 120_000
/** What is aimed at, where nobody has said otherwise. */
export const slTarget = 0.8

export type Flag = 'act' | 'watch' | 'calm' | 'closed' | 'none' | 'stale'

/** `now` is the hub's clock. */
export function flagOf(queue: AcdQueue, now: number, live: boolean): Flag {
  if (!live) return 'stale'
  if (queue.as_of === null) return 'none'
  const wait = queue.longest_wait_since === null ? 0 : now - queue.longest_wait_since
  if (queue.waiting > 0 && (wait > actMs || queue.agents.available === 0)) return 'act'
  if (queue.waiting > 0 && wait > watchMs) return 'watch'
  return queue.open ? 'calm' : 'closed'
}

export interface Sums {
  waiting: number
  longestSince: number | null
  longestQueue: string
  today: Counts
  last30: Counts
  sl: Ratio
  sl30: Ratio
  /** `SL4, 20 s`, or that queues differ; empty without queues. */
  slName: string
  asOf: number | null
}

const add = <T extends object>(left: T, right: T): T =>
  Object.fromEntries(
    Object.keys(left).map((key) => [key, Number(left[key as keyof T]) + Number(right[key as keyof T])]),
  ) as T

const plus = (left: Ratio, right: Ratio): Ratio => ({ part: left.part + right.part, whole: left.whole + right.whole })

/** All queues together. A service level is summed by each queue's own formula. */
export function sumsOf(queues: Iterable<AcdQueue>): Sums {
  const names = new Set<string>()
  const sums: Sums = {
    waiting: 0,
    longestSince: null,
    longestQueue: '',
    today: noCounts,
    last30: noCounts,
    sl: { part: 0, whole: 0 },
    sl30: { part: 0, whole: 0 },
    slName: '',
    asOf: null,
  }
  for (const queue of queues) {
    names.add(slName(queue))
    sums.waiting += queue.waiting
    const since = queue.longest_wait_since
    if (since !== null && (sums.longestSince === null || since < sums.longestSince)) {
      sums.longestSince = since
      sums.longestQueue = queue.queue
    }
    sums.today = add(sums.today, queue.today)
    sums.last30 = add(sums.last30, queue.last_30)
    sums.sl = plus(sums.sl, serviceLevel(queue.today, queue.sl_formula))
    sums.sl30 = plus(sums.sl30, serviceLevel(queue.last_30, queue.sl_formula))
    sums.asOf = Math.max(sums.asOf ?? 0, queue.as_of ?? 0) || null
  }
  sums.slName = names.size === 1 ? ([...names][0] ?? '') : names.size === 0 ? '' : 'each queue’s own'
  return sums
}

export const noAgents = Object.fromEntries(agentCounts.map((name) => [name, 0])) as AgentCounts
