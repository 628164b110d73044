// The handle of an attended transfer: what the page holds while its agent asks
// somebody. It keeps no state of its own: the store's `consult` is the state.
import { PhoneError } from './errors.js'
import type { PhoneEvent } from './generated/events.js'
import type { PhoneState } from './generated/state.js'
import type { ConsultState } from './generated/words.js'
import type { ReadonlyStore } from './store/store.js'

/** Each command rejects with a PhoneError when refused: `no_consult` once the consultation is over, `consult_not_ready` before the target has answered. */
export interface Consultation {
  /** Joins customer and target; resolves when the PBX has done it. Both calls of this phone then end. */
  complete(): Promise<void>
  /** Hangs up on the target; resolves when that is over. The customer is taken back from hold. */
  cancel(): Promise<void>
  /** Talks to the one who waits, and lets the other wait. */
  swap(): Promise<void>
  /** All three talk; `phone.split()` parts them again. */
  threeWay(): Promise<void>
  /** Now, from the store. `Idle` when it is over; how it ended is the store's `consult.result`. */
  readonly state: ConsultState
  /** The customer's call. */
  readonly callId: string
  /** The call to the target; null when the PBX makes it on the same leg. */
  readonly consultCallId: string | null
}

type Command = Extract<PhoneEvent, { command: number }>
type Ask = (event: (command: number) => Command) => Promise<void>

export interface Consultations {
  /** The handle of the consultation that has just begun. */
  begun(): Consultation
  /** The handle of the one that is under way, whoever began it; null when nobody is asked. The same one each time. */
  current(): Consultation | null
}

/** A consultation is known by its two calls and its target; one that was over stays over, also when the next is just like it. */
export function consultations(store: ReadonlyStore<PhoneState>, ask: Ask): Consultations {
  let newest: { key: string; handle: Consultation } | null = null
  const keyNow = () => {
    const { callId, consultCallId, target } = store.getState().consult
    return JSON.stringify([callId, consultCallId, target])
  }
  // A tab that is between two leaders shows nothing for a moment: nothing is over by that.
  store.subscribe(({ phase, consult }) => {
    if (consult.state === 'Idle' && phase !== 'loading') newest = null
  })

  const make = (): Consultation => {
    const { callId, consultCallId } = store.getState().consult
    const key = keyNow()
    const runs = () => newest?.handle === handle && keyNow() === key
    const command: Ask = (event) => {
      if (runs()) return ask(event)
      const refused = Promise.reject(new PhoneError('no_consult'))
      refused.catch(() => {})
      return refused
    }
    const handle: Consultation = {
      complete: () => command((number) => ({ type: 'ConsultCompleted', command: number })),
      cancel: () => command((number) => ({ type: 'ConsultCancelled', command: number })),
      swap: () => command((number) => ({ type: 'SwapRequested', command: number })),
      threeWay: () =>
        command((number) => ({
          type: 'MergeRequested',
          command: number,
          call_id: callId ?? undefined,
          other_call_id: consultCallId ?? undefined,
        })),
      get state() {
        return runs() ? store.getState().consult.state : 'Idle'
      },
      callId: callId ?? '',
      consultCallId,
    }
    return handle
  }
  const current = () => {
    if (store.getState().consult.state === 'Idle') return null
    const key = keyNow()
    if (newest?.key !== key) newest = { key, handle: make() }
    return newest.handle
  }
  return { begun: () => current() ?? make(), current }
}
