// What was seen since the page was opened, six points a minute: the sparklines of the wallboard where no report has
// them. Fed by the store alone; lives as long as the tab, so that changing the page
// loses nothing. A time in which the board was not live is a gap, never a zero.

import { useSyncExternalStore } from 'react'
import { believed, healthOf, useWall, type Wall } from '../wall/store.ts'
import { handleMs, share, sumsOf } from './measure.ts'

export interface Point {
  at: number
  /** Null: not known then. */
  value: number | null
}

const stepMs = 10_000
const most = 361

type Series = readonly Point[]
const series = new Map<string, Series>()
const listeners = new Set<() => void>()
const none: Series = []

function put(name: string, at: number, value: number | null) {
  const before = series.get(name) ?? none
  const last = before.at(-1)
  const bucket = Math.floor(at / stepMs) * stepMs
  if (last !== undefined && last.at === bucket) {
    // The highest of a step: what was bad for ten seconds is seen.
    const worst = name.startsWith('waiting ') && value !== null ? Math.max(last.value ?? value, value) : value
    if (worst === last.value) return
    series.set(name, [...before.slice(0, -1), { at: bucket, value: worst }])
    return
  }
  series.set(name, [...before, { at: bucket, value }].slice(-most))
}

function sample(wall: Wall) {
  if (!wall.filled || wall.acdQueues.size === 0) return
  const now = Date.now()
  const live = believed(healthOf(wall))
  for (const queue of wall.acdQueues.values()) put(`waiting ${queue.queue}`, now, live ? queue.waiting : null)
  const sums = sumsOf(wall.acdQueues.values())
  put('sl', now, live ? share(sums.sl30) : null)
  put('offered', now, live ? sums.last30.offered : null)
  put('aht', now, live ? handleMs(sums.last30) : null)
  for (const listener of listeners) listener()
}

let timer: ReturnType<typeof setInterval> | undefined
let stop = () => {}
let due: ReturnType<typeof setTimeout> | undefined

function later() {
  due ??= setTimeout(() => {
    due = undefined
    sample(useWall.getState())
  }, 1000)
}

/** Watches from now on; the points stay when nobody does. */
export function watchTrends(): () => void {
  if (timer === undefined) {
    timer = setInterval(later, stepMs / 2)
    stop = useWall.subscribe((now, before) => {
      if (now.acdQueues !== before.acdQueues || now.hub !== before.hub || now.link !== before.link) later()
    })
    later()
  }
  return () => {
    clearInterval(timer)
    clearTimeout(due)
    timer = due = undefined
    stop()
  }
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useSeries = (name: string): Series => useSyncExternalStore(subscribe, () => series.get(name) ?? none)
