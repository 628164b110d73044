// What several scenarios begin with, and how their call_logs look.

import { mediaFlows } from '../claims.mjs'

export const customerNumber = '+442079460123'
/** The dialplan rings this long before it gives up. */
export const ringsMs = 12_000

export const inbound = { type: 'inbound', call_from: customerNumber, call_to: '1001' }
export const outbound = { type: 'outbound', call_from: '1001', call_to: customerNumber }
/** A consultation between the two agents, as each of them logs it. */
export const toBob = { type: 'outbound', call_from: '1001', call_to: '1002' }
export const fromAlice = { type: 'inbound', call_from: '1001', call_to: '1002' }
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

/** The customer is with Alice, who has asked Bob, and he has answered; gives the ids of both her calls. */
export async function consulting(stage) {
  const { alice, bob } = stage
  const { id } = await customerInCall(stage)
  const consultId = await alice.consult(id, '1002')
  await bob.do('answer', (await bob.call('Offered')).id)
  await alice.until('the consultation is ready', ({ consult }) => consult.state === 'Ready')
  await alice.until('the customer waits', ({ calls }, id) => calls[id].hold === 'On', id)
  await mediaFlows(alice, bob)
  return { id, consultId }
}

/** The consultation is over, and the agent talks to the customer again. */
export async function backWithCustomer({ alice, customer }, id) {
  await alice.until(
    'the customer is back',
    ({ calls }, id) => calls[id].hold === 'Off' && calls[id].state === 'Active',
    id,
  )
  await mediaFlows(alice, customer)
}
