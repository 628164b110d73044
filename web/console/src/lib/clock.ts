// One ticking clock for the page. Durations are computed from timestamps at
// every tick, never counted, so a sleeping tab is right again when it wakes.

import { useSyncExternalStore } from 'react'
import { clock } from './format.ts'

const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

function tick() {
  now = Date.now()
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  if (timer === undefined) {
    now = Date.now()
    timer = setInterval(tick, 250)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

/** `mm:ss` since a moment; the caller renders only when the text changes. */
export function useElapsed(since: number | null): string {
  return useSyncExternalStore(subscribe, () => clock(since === null ? null : Math.max(0, now - since)))
}

/** Whole seconds until a moment, never below zero. */
export function useSecondsUntil(moment: number | null): number {
  return useSyncExternalStore(subscribe, () => (moment === null ? 0 : Math.max(0, Math.ceil((moment - now) / 1000))))
}
