// The engine's alarms. The engine names each timer; it is told when one goes
// off, and what has gone off since is its own affair.
import type { Clock } from '../clock.js'

export interface Timers {
  set(timer: number, delayMs: number): void
  clear(timer: number): void
  clearAll(): void
}

export function createTimers(clock: Clock, fired: (timer: number) => void): Timers {
  const handles = new Map<number, unknown>()
  const clear = (timer: number) => {
    clock.clearTimeout(handles.get(timer))
    handles.delete(timer)
  }
  return {
    clear,
    set(timer, delayMs) {
      if (handles.has(timer)) clear(timer)
      const handle = clock.setTimeout(() => {
        if (handles.delete(timer)) fired(timer)
      }, delayMs)
      handles.set(timer, handle)
    },
    clearAll() {
      for (const timer of [...handles.keys()]) clear(timer)
    },
  }
}
