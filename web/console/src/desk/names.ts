// How the other side of a call is named: the contact, else the name the PBX
// sent, else the number.

import { phoneNumber } from '../lib/format.ts'
import { usePart } from '../lib/phone.ts'
import type { Call, State } from '../lib/types.ts'

export function callName(call: Pick<Call, 'contactName' | 'name' | 'number'>): string {
  return call.contactName || call.name || phoneNumber(call.number)
}

/** For sentences: "Marta can still hear you", or `nobody` when no name is known. */
export function firstName(call: Pick<Call, 'contactName' | 'name'> | undefined, nobody = 'the caller'): string {
  const name = call?.contactName || call?.name || ''
  return /^\p{L}/u.test(name) ? (name.split(/\s+/)[0] ?? nobody) : nobody
}

/** What the presence list calls an extension; empty when it does not know it. */
export const useColleagueName = (extension: string) =>
  usePart((state) => (extension === '' ? '' : (state.agents.get(extension)?.name ?? '')))

export const offered = (call: Call) => call.state === 'Offered' || call.state === 'Answering'
export const inTalk = (call: Call) => ['Dialing', 'Ringing', 'Active', 'Ending', 'Recovering'].includes(call.state)
export const alive = (call: Call) => offered(call) || inTalk(call)
export const anyAlive = (state: State) => Object.values(state.calls).some(alive)
