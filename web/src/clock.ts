// Time, as the runtime sees it: two readings and one alarm. The real clock is
// the host's; tests give a virtual one (offhook/testing) and move it by hand.

export interface Clock {
  /** Milliseconds since 1970, UTC. Shown to people, sent to the backend. */
  now(): number
  /** Milliseconds that never go back. Durations and time limits are measured with this one. */
  mono(): number
  /** Calls `fn` once, after at least `ms`. The handle goes to `clearTimeout`. */
  setTimeout(fn: () => void, ms: number): unknown
  clearTimeout(handle: unknown): void
}

/** setTimeout wraps beyond this (about 24.8 days). */
const LONGEST = 2 ** 31 - 1

export const realClock: Clock = {
  now: () => Date.now(),
  mono: () => performance.now(),
  setTimeout: (fn, ms) => setTimeout(fn, Math.min(Math.max(ms, 0), LONGEST)),
  clearTimeout: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout>),
}
