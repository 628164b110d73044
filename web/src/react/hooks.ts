// Hooks over the store of the nearest <PhoneProvider>. Each renders its
// component when what it gives has changed, and for nothing else.
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import type { Clock } from '../clock.js'
import type { Call, PhoneState } from '../generated/state.js'
import type { Reason } from '../generated/words.js'
import { nothing } from './nothing.js'
import { beginning, usePhoneTree } from './provider.js'
import { beganAt, type Command, sameVerdict } from './verdicts.js'

/**
 * A part of the phone's state. Renders when the part changes: `equal` says what counts as the same, Object.is when left
 * out. Before there is a phone, and on a server, it selects from the state in which every phone begins.
 */
export function usePhoneState<T>(select: (state: PhoneState) => T, equal: (a: T, b: T) => boolean = Object.is): T {
  const { store } = usePhoneTree()
  const committed = useRef<{ value: T } | null>(null)
  const [now, atServer] = useMemo(() => {
    let last: { state: PhoneState; value: T } | null = null
    const selected = (state: PhoneState): T => {
      if (last?.state === state) return last.value
      const fresh = select(state)
      // The part that was shown stays the same object while it is equal, also for a selector that is new.
      const before = last ?? committed.current
      const value = before !== null && equal(before.value, fresh) ? before.value : fresh
      last = { state, value }
      return value
    }
    return [() => selected(store.getState()), () => selected(beginning())] as const
  }, [store, select, equal])
  const value = useSyncExternalStore(store.subscribe, now, atServer)
  useEffect(() => {
    committed.current = { value }
  }, [value])
  return value
}

/** The call of this id, the active one without; null when there is none. Renders for changes of that call only. */
export function useCall(id?: string): Call | null {
  return usePhoneState(useCallback((state: PhoneState) => state.calls[id ?? state.activeCallId ?? ''] ?? null, [id]))
}

/**
 * Whole seconds the call has been talking: 0 before it is answered, and what it came to once it has ended. Read from
 * timestamps, and renewed when the call's own second is full. A call's timestamps are of this machine's clock, as is
 * the reading: a server's clock that is wrong does not matter here.
 */
export function useDuration(call: Pick<Call, 'connectedAt' | 'endedAt' | 'durationMs'> | null | undefined): number {
  const ended = call != null && call.endedAt !== null
  const running = useElapsed(call == null || ended ? null : call.connectedAt)
  return ended ? Math.floor(call.durationMs / 1000) : running
}

/**
 * Whole seconds since a moment; 0 for null. With `server`, the moment is one that the backend has named (somebody
 * else's presence), and the clocks' difference (`connection.skewMs`) is taken into account.
 */
export function useElapsed(since: number | null, { server = false }: { server?: boolean } = {}): number {
  const { clock } = usePhoneTree()
  const skew = usePhoneState(useCallback((state: PhoneState) => (server ? state.connection.skewMs : 0), [server]))
  const from = since === null ? null : since - skew
  return useTicks(
    clock,
    from === null ? null : () => Math.floor(Math.max(0, clock.now() - from) / 1000),
    from === null ? nextNever : () => 1000 - modulo(clock.now() - from, 1000),
    from,
  )
}

export interface MayI {
  readonly ok: boolean
  /** 'ok', or why not: words for a person are yours. */
  readonly reason: Reason
  /** Whole seconds until it may be otherwise, counting down; null when time alone changes nothing. */
  readonly retryIn: number | null
}

/** Whether a command would be taken now: `useCan('hold').ok`. */
export function useCan(command: Command): MayI {
  const { store, clock } = usePhoneTree()
  const verdict = usePhoneState(
    useCallback((state: PhoneState) => state.can[command], [command]),
    sameVerdict,
  )
  const { ok, reason, retryIn } = verdict
  const end = retryIn === null ? null : beganAt(store, clock, command, verdict) + retryIn
  const left = () => Math.max(0, (end ?? 0) - clock.mono())
  const seconds = useTicks(
    clock,
    end === null ? null : () => Math.ceil(left() / 1000),
    end === null ? nextNever : () => (left() > 0 ? modulo(left(), 1000) || 1000 : null),
    end,
  )
  return useMemo(() => ({ ok, reason, retryIn: retryIn === null ? null : seconds }), [ok, reason, retryIn, seconds])
}

// Ticks -------------------------------------------------------------------------

const nextNever = () => null
/** Always from 0 to `by`, also for what is negative. */
const modulo = (value: number, by: number) => ((value % by) + by) % by

/** The number `read` gives, read anew after each `next` milliseconds while mounted. `from` is what both are computed from. */
function useTicks(clock: Clock, read: (() => number) | null, next: () => number | null, from: number | null): number {
  const ahead = useRef(next)
  useEffect(() => {
    ahead.current = next
  })
  const subscribe = useCallback(
    (changed: () => void) => {
      if (from === null) return nothing
      let handle: unknown
      const arm = () => {
        const ms = ahead.current()
        if (ms === null) return
        handle = clock.setTimeout(() => {
          arm()
          changed()
        }, ms)
      }
      arm()
      return () => clock.clearTimeout(handle)
    },
    [clock, from],
  )
  return useSyncExternalStore(subscribe, read ?? none, none)
}

const none = () => 0
