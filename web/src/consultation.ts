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

/** Makes the handle of the consultation that the store shows, and closes the handle of the one before. */
export function consultations(store: ReadonlyStore<PhoneState>, ask: Ask): () => Consultation {
  let newest: object | undefined
  return () => {
    const { callId, consultCallId } = store.getState().consult
    const own = {}
    newest = own
    const command: Ask = (event) => {
      if (newest === own) return ask(event)
      const refused = Promise.reject(new PhoneError('no_consult'))
      refused.catch(() => {})
      return refused
    }
    return {
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
        return newest === own ? store.getState().consult.state : 'Idle'
      },
      callId: callId ?? '',
      consultCallId,
    }
  }
}
