// How the other side of a call is named: the contact, else the name the PBX
// sent, else the number.

import { phoneNumber } from '../lib/format.ts'
import type { Call, State } from '../lib/types.ts'

export function callName(call: Pick<Call, 'contactName' | 'name' | 'number'>): string {
  return call.contactName || call.name || phoneNumber(call.number)
}

/** For sentences: "Marta can still hear you", or "the caller" when nobody knows the name. */
export function firstName(call: Pick<Call, 'contactName' | 'name'> | undefined): string {
  const name = call?.contactName || call?.name || ''
  return /^\p{L}/u.test(name) ? (name.split(/\s+/)[0] ?? 'the caller') : 'the caller'
}

export const offered = (call: Call) => call.state === 'Offered' || call.state === 'Answering'
export const inTalk = (call: Call) => ['Dialing', 'Ringing', 'Active', 'Ending', 'Recovering'].includes(call.state)
export const alive = (call: Call) => offered(call) || inTalk(call)
export const anyAlive = (state: State) => Object.values(state.calls).some(alive)
