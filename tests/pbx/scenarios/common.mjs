// What several scenarios begin with, and how their call_logs look.

import { mediaFlows } from '../claims.mjs'

export const customerNumber = '+442079460123'
/** The dialplan rings this long before it gives up. */
export const ringsMs = 12_000

export const inbound = { type: 'inbound', call_from: customerNumber, call_to: '1001' }
export const outbound = { type: 'outbound', call_from: '1001', call_to: customerNumber }
export const answered = (end_reason) => ({ status: 'answered', end_reason })
export const missed = (end_reason) => ({ status: 'missed', end_reason })
export const unanswered = (end_reason) => ({ status: 'no_answered', end_reason })

/** The customer calls the agent, who answers; gives the call. */
export async function customerInCall({ alice, customer }, number = '1001') {
  await customer.do('call', number)
  const { id } = await alice.call('Offered')
  await alice.do('answer', id)
  const call = await alice.call('Active')
  await customer.until('Established')
  await mediaFlows(alice, customer)
  return call
}

/** The agent calls the customer's number and the customer's telephone rings. */
export async function customerRings({ alice, customer }) {
  const id = await alice.do('call', customerNumber)
  await customer.until('Initial')
  await alice.call('Ringing')
  return id
}
