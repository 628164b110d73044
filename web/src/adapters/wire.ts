// A wire to the PBX that goes silent without closing: a cable that was pulled, a proxy that forgot it, a laptop that slept send
// no FIN, and neither SIP.js nor JsSIP notices. After 20 s without a message the PBX is asked (OPTIONS, RFC 3261 section 11: any
// answer will do, a refusal too), and the wire is given up 5 s later. CRLF pings (RFC 5626 section 4.4.1) would be cheaper, but
// a PBX need not answer them on a WebSocket, where RFC 7118 leaves keep-alives to the server.

import type { AdapterClock } from './common.js'

/** One look; two quiet ones are silence. A timer that looks costs nothing while traffic flows: no message sets one. */
const LOOK_MS = 10_000
const ANSWER_MS = 5_000

export interface WireWatch {
  /** The wire was connected: from now on it is listened to. */
  start(): void
  /** Something came in. */
  heard(): void
  stop(): void
}

export interface Wire {
  /** Sends a question that every PBX answers. False where this library cannot. */
  ask(): boolean
  /** Nobody has answered: take the wire for closed. */
  lost(): void
}

export function watchWire(clock: AdapterClock, { ask, lost }: Wire): WireWatch {
  let timer: unknown
  let quiet = 0
  const again = (run: () => void, ms: number) => {
    clock.clearTimeout(timer)
    timer = clock.setTimeout(run, ms)
  }
  const look = () => {
    quiet += 1
    if (quiet < 2) return again(look, LOOK_MS)
    // Of an answer `heard` tells, as of anything else.
    if (ask()) again(judge, ANSWER_MS)
  }
  const judge = () => {
    if (quiet < 2) return again(look, LOOK_MS)
    timer = undefined
    lost()
  }
  return {
    start() {
      quiet = 0
      again(look, LOOK_MS)
    },
    heard() {
      quiet = 0
    },
    stop() {
      clock.clearTimeout(timer)
      timer = undefined
    },
  }
}

/** Calls `heard` before whatever `listener` names on `target` does. Gives back what was there. */
export function overhear(target: object | undefined, listener: string, heard: () => void): () => void {
  const owner = target as Record<string, unknown> | undefined
  const before = owner?.[listener]
  if (!owner || typeof before !== 'function') return () => {}
  const between = (...given: unknown[]) => {
    heard()
    return before.apply(owner, given)
  }
  owner[listener] = between
  return () => {
    if (owner[listener] === between) owner[listener] = before
  }
}
