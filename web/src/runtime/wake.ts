// Notices that the phone stood still: the machine slept, the browser froze the
// page or put it into its back/forward cache, or the main thread hung. Told by
// two clocks and one tick a second; the page's own events only say when to
// look. Also hears of the network going and coming, as far as the host knows.
import type { Clock } from '../clock.js'

const TICK_MS = 1_000
/** A page in sight, or Node: nothing but a standstill keeps a tick away for so long. */
const SEEN_MS = 3_000
/** Browsers let the timers of a hidden page fire once a minute; that is no standstill. */
const HIDDEN_MS = 65_000

export interface Standstill {
  ms: number
  /** Only the timers of a hidden page came late. Nothing was missed, but another tab may have thought so. */
  throttled: boolean
}

export interface Wake {
  /** Called with both clocks before anything is done. Says the same standstill only once. */
  gap(at: number, mono: number): Standstill | null
  stop(): void
}

interface Told {
  clock: Clock
  /** Something may have been missed: ask `gap`. */
  look(): void
  network(online: boolean): void
}

interface Page {
  document?: EventTarget & { visibilityState?: string }
  addEventListener?: EventTarget['addEventListener']
  removeEventListener?: EventTarget['removeEventListener']
}

export function watchWake({ clock, look, network }: Told): Wake {
  const page = globalThis as unknown as Page
  const { document } = page
  let lastAt = clock.now()
  let lastMono = clock.mono()
  /** Frozen pages say so: then every second counts, seen or not. */
  let frozen = false
  let hidden = document?.visibilityState === 'hidden'
  let timer: unknown
  let stopped = false

  const wait = () => {
    timer = clock.setTimeout(() => {
      look()
      if (!stopped) wait()
    }, TICK_MS)
    // A phone that only waits must not keep Node alive.
    ;(timer as { unref?(): void } | null)?.unref?.()
  }
  const undo: (() => void)[] = []
  const listen = (
    target: Pick<Page, 'addEventListener' | 'removeEventListener'> | undefined,
    name: string,
    run: () => void,
  ) => {
    if (!target?.addEventListener) return
    target.addEventListener(name, run)
    undo.push(() => target.removeEventListener?.(name, run))
  }
  listen(document, 'freeze', () => {
    frozen = true
  })
  listen(document, 'resume', () => {
    look()
    frozen = false
  })
  listen(document, 'visibilitychange', () => {
    // What passed until now is measured by what the page was until now.
    look()
    hidden = document?.visibilityState === 'hidden'
  })
  if (document) {
    listen(page, 'pageshow', look)
    listen(page, 'online', () => network(true))
    listen(page, 'offline', () => network(false))
  }
  wait()

  return {
    gap(at, mono) {
      const still = mono - lastMono
      // Where the monotonic clock rests in a sleep, the wall clock runs away from it.
      const slept = at - lastAt - still
      lastAt = at
      lastMono = mono
      if (slept <= SEEN_MS && still <= SEEN_MS) return null
      if (slept > SEEN_MS) return { ms: still + slept, throttled: false }
      return { ms: still, throttled: hidden && !frozen && still <= HIDDEN_MS }
    },
    stop() {
      stopped = true
      clock.clearTimeout(timer)
      for (const one of undo.splice(0)) one()
    },
  }
}
