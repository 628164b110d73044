// Since when each verdict of `can` holds. The state says for how long it will
// ("counted from when this verdict began"), so that it need not change every
// second; whoever counts down has to know the beginning.
import type { Clock } from '../clock.js'
import type { Can, PhoneState, Verdict } from '../generated/state.js'
import type { ReadonlyStore } from '../store/store.js'

export type Command = keyof Can

interface Beginning {
  readonly verdict: Verdict
  readonly mono: number
}

const beginnings = /* @__PURE__ */ new WeakMap<ReadonlyStore<PhoneState>, Map<Command, Beginning>>()

export const sameVerdict = (a: Verdict, b: Verdict) =>
  a === b || (a.reason === b.reason && a.ok === b.ok && a.retryIn === b.retryIn)

/** The monotonic reading at which `verdict` began; now, for one nobody has seen begin. */
export function beganAt(store: ReadonlyStore<PhoneState>, clock: Clock, command: Command, verdict: Verdict): number {
  let known = beginnings.get(store)
  if (!known) {
    known = new Map()
    beginnings.set(store, known)
  }
  const found = known.get(command)
  if (found && sameVerdict(found.verdict, verdict)) return found.mono
  const mono = clock.mono()
  known.set(command, { verdict, mono })
  return mono
}

/** Notes every beginning, until the function it gives is called. */
export function watchVerdicts(store: ReadonlyStore<PhoneState>, clock: Clock): () => void {
  const note = (can: Can) => {
    for (const command of Object.keys(can) as Command[]) {
      if (can[command].retryIn === null) beginnings.get(store)?.delete(command)
      else beganAt(store, clock, command, can[command])
    }
  }
  note(store.getState().can)
  return store.subscribe((state, before) => {
    if (state.can !== before.can) note(state.can)
  })
}
