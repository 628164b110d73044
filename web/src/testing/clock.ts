// A clock that stands still until a test moves it. `createPhone({clock})` and
// the adapters' `clock` option take it.

import type { Clock } from '../clock.js'

export interface VirtualClock extends Clock {
  /** Moves time and runs what falls due, in order; without waiting for promises in between. */
  advance(ms: number): void
  /** The same, but lets promises settle before and after every timer: for code that awaits. */
  run(ms?: number): Promise<void>
  /** The machine sleeps: time passes, no timer runs. What is overdue runs at the next `advance` or `run`. */
  sleep(ms: number): void
  /** How many timers wait. */
  readonly pending: number
}

interface Timer {
  readonly id: number
  readonly due: number
  readonly fn: () => void
}

/** `start` is UTC in ms; the monotonic reading begins at 0. */
export function virtualClock(start = Date.UTC(2026, 0, 1)): VirtualClock {
  const timers = new Map<number, Timer>()
  let mono = 0
  let ids = 0

  /** The earliest timer due by `end`; of equals the older one. */
  const next = (end: number): Timer | undefined => {
    let found: Timer | undefined
    for (const timer of timers.values()) {
      if (timer.due <= end && (!found || timer.due < found.due)) found = timer
    }
    return found
  }
  const fire = (timer: Timer) => {
    timers.delete(timer.id)
    mono = Math.max(mono, timer.due)
    timer.fn()
  }

  return {
    now: () => start + mono,
    mono: () => mono,
    setTimeout(fn, ms) {
      ids += 1
      timers.set(ids, { id: ids, due: mono + Math.max(0, ms), fn })
      return ids
    },
    clearTimeout(handle) {
      timers.delete(handle as number)
    },
    advance(ms) {
      const end = mono + ms
      for (let timer = next(end); timer; timer = next(end)) fire(timer)
      mono = end
    },
    async run(ms = 0) {
      const end = mono + ms
      await settled()
      for (let timer = next(end); timer; timer = next(end)) {
        fire(timer)
        await settled()
      }
      mono = end
    },
    sleep(ms) {
      mono += ms
    },
    get pending() {
      return timers.size
    },
  }
}

/** Resolves when the promises now under way have settled, bodies of in-memory responses included. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => {
        port1.close()
        resolve()
      }
      port2.postMessage(null)
    })
  }
}
