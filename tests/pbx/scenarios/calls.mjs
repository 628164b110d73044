// Registration, and one call at a time: every way in which it can begin and end.

import assert from 'node:assert/strict'
import { logged, mediaFlows } from '../claims.mjs'
import {
  answered,
  customerInCall,
  customerNumber,
  customerRings,
  inbound,
  missed,
  outbound,
  ringsMs,
  unanswered,
} from './common.mjs'

export const calls = [
  [
    'two agents register, and the CRM knows it',
    async (stage) => {
      const { alice, bob } = stage
      for (const agent of [alice, bob]) {
        await agent.until(
          'registered and ready',
          ({ registration, phase }) => registration.state === 'Registered' && phase === 'ready',
        )
        await agent.until('ONLINE', (state) => state.agent.status === 'ONLINE')
        await agent.until('the events socket is open', ({ connection }) => connection.events === 'Open')
      }
      const { items } = await stage.api('GET', '/agents')
      const told = items.map(({ extension, status, registration }) => ({ extension, status, registration }))
      assert.deepEqual(told, [
        { extension: '1001', status: 'ONLINE', registration: 'registered' },
        { extension: '1002', status: 'ONLINE', registration: 'registered' },
      ])
      const { anomalies, lastAnomaly, can } = await alice.state()
      assert.deepEqual({ anomalies, lastAnomaly }, { anomalies: 0, lastAnomaly: 'none' })
      assert.deepEqual(can.call, { ok: true, reason: 'ok', retryIn: null })
    },
  ],
  [
    'an answered inbound call that the agent ends',
    async (stage) => {
      const { alice, customer } = stage
      const call = await customerInCall(stage)
      assert.equal(call.number, customerNumber)
      assert.equal(call.name, 'Carol Customer')
      await alice.until('ON_CALL', (state) => state.agent.status === 'ON_CALL')
      await alice.do('hangup')
      await customer.until('Terminated')
      await alice.until('WRAP_UP', (state) => state.agent.status === 'WRAP_UP')
      const [row] = await logged(alice, { ...inbound, ...answered('agent_hangup') })
      const { drafts } = await alice.state()
      assert.deepEqual(
        drafts.map(({ call_log_id }) => call_log_id),
        [row.key],
      )
      await alice.do('draft.save', row.key, { notes: 'Wants a call back on Monday.', disposition: 'callback' })
      const [saved] = (await stage.rows(alice)).slice(-1)
      assert.equal(saved.notes, 'Wants a call back on Monday.')
      assert.equal(saved.disposition, 'callback')
    },
  ],
  [
    'an answered inbound call that the customer ends',
    async (stage) => {
      const { alice, customer } = stage
      await customerInCall(stage)
      await customer.do('hangup')
      await alice.call('Ended')
      await logged(alice, { ...inbound, ...answered('remote_hangup') })
    },
  ],
  [
    'a missed call: the caller gives up',
    async ({ alice, customer }) => {
      await customer.do('call', '1001')
      await alice.call('Offered')
      await customer.do('hangup')
      await alice.call('Ended')
      await logged(alice, { ...inbound, ...missed('caller_cancel') })
      const { agent, drafts } = await alice.state()
      assert.equal(agent.status, 'ONLINE', 'an unanswered call causes no wrap-up')
      assert.equal(drafts.length, 0)
    },
  ],
  [
    'a missed call: the PBX stops ringing',
    async ({ alice, customer }) => {
      await customer.do('call', '1001')
      await alice.call('Offered')
      await alice.call('Ended', ringsMs + 5000)
      await logged(alice, { ...inbound, ...missed('timeout') })
    },
  ],
  [
    'a call that the agent rejects',
    async ({ alice, customer }) => {
      await customer.do('call', '1001')
      const { id } = await alice.call('Offered')
      await alice.do('reject', id)
      await customer.until('Terminated')
      await logged(alice, { ...inbound, ...missed('rejected') })
    },
  ],
  [
    'a call that another agent of the group answers',
    async ({ alice, bob, customer }) => {
      await customer.do('call', '7100')
      await alice.call('Offered')
      const { id } = await bob.call('Offered')
      await bob.do('answer', id)
      await alice.call('Ended')
      await mediaFlows(bob, customer)
      await bob.do('hangup')
      await logged(alice, { ...inbound, ...missed('answered_elsewhere') })
      await logged(bob, { ...inbound, call_to: '1002', ...answered('agent_hangup') })
    },
  ],
  [
    'an answered outbound call',
    async (stage) => {
      const { alice, customer } = stage
      await customerRings(stage)
      await customer.do('answer')
      await alice.call('Active')
      await mediaFlows(alice, customer)
      await alice.do('hangup')
      await customer.until('Terminated')
      await logged(alice, { ...outbound, ...answered('agent_hangup') })
    },
  ],
  [
    'an outbound call to a busy number',
    async ({ alice }) => {
      await alice.do('call', '602')
      await alice.call('Ended')
      await logged(alice, { ...outbound, call_to: '602', ...unanswered('busy') })
    },
  ],
  [
    'an outbound call to a customer who is busy',
    async (stage) => {
      await customerRings(stage)
      await stage.customer.do('refuse', 486)
      await stage.alice.call('Ended')
      await logged(stage.alice, { ...outbound, ...unanswered('busy') })
    },
  ],
  [
    'an outbound call that nobody answers',
    async (stage) => {
      await customerRings(stage)
      await stage.alice.call('Ended', ringsMs + 5000)
      await logged(stage.alice, { ...outbound, ...unanswered('no_answer') })
    },
  ],
  [
    'an outbound call that the agent gives up',
    async (stage) => {
      const { alice, customer } = stage
      await alice.do('hangup', await customerRings(stage))
      await customer.until('Terminated')
      await alice.call('Ended')
      await logged(alice, { ...outbound, ...unanswered('cancelled') })
    },
  ],
  [
    'an outbound call to a number that does not exist',
    async ({ alice }) => {
      await alice.do('call', '9999999')
      await alice.call('Ended')
      await logged(alice, { ...outbound, call_to: '9999999', ...unanswered('failed') })
    },
  ],
]
