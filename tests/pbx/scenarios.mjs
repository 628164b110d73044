// What the tests against a real PBX play, one named scenario each. Every one ends with the same question: do the
// database of the CRM, the store of the page and the telephone at the other end tell the same story?

import assert from 'node:assert/strict'
import { logged, mediaFlows } from './claims.mjs'
import { fulfilled, sleep } from './stage.mjs'

const customerNumber = '+442079460123'
/** The dialplan rings this long before it gives up. */
const ringsMs = 12_000

const inbound = { type: 'inbound', call_from: customerNumber, call_to: '1001' }
const outbound = { type: 'outbound', call_from: '1001', call_to: customerNumber }
const answered = (end_reason) => ({ status: 'answered', end_reason })
const missed = (end_reason) => ({ status: 'missed', end_reason })
const unanswered = (end_reason) => ({ status: 'no_answered', end_reason })

/** The customer calls the agent, who answers; gives the call. */
async function customerInCall({ alice, customer }, number = '1001') {
  await customer.do('call', number)
  const { id } = await alice.call('Offered')
  await alice.do('answer', id)
  const call = await alice.call('Active')
  await customer.until('Established')
  await mediaFlows(alice, customer)
  return call
}

/** The agent calls the customer's number and the customer's telephone rings. */
async function customerRings({ alice, customer }) {
  const id = await alice.do('call', customerNumber)
  await customer.until('Initial')
  await alice.call('Ringing')
  return id
}

export const scenarios = [
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
      assert.deepEqual(can.call, { ok: true, reason: 'ok' })
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
  [
    'hold, unhold, mute and digits, as the PBX and the customer see them',
    async (stage) => {
      const { alice, customer, pbxLog } = stage
      pbxLog.mark()
      const { id } = await customerInCall(stage)

      await alice.do('hold', id)
      await alice.until('held', (state, id) => state.calls[id].hold === 'On', id)
      await pbxLog.until(/Started music on hold.*PJSIP\/2001/)
      await alice.do('unhold', id)
      await alice.until('not held', (state, id) => state.calls[id].hold === 'Off', id)
      await pbxLog.until(/Stopped music on hold.*PJSIP\/2001/)
      await mediaFlows(alice, customer)

      const heard = async () => (await customer.media()).at(-1).heard
      const louder = async (ms) => {
        const before = await heard()
        await sleep(ms)
        return (await heard()) - before
      }
      assert.ok(await fulfilled(async () => (await louder(500)) > 1e-4, 5000), 'the customer hears the agent')
      await alice.do('mute', id)
      await alice.until('muted', (state, id) => state.calls[id].mute === 'On', id)
      assert.ok(
        await fulfilled(async () => (await louder(1500)) < 1e-6, 6000),
        'the customer hears nothing of a muted agent',
      )
      await mediaFlows(alice, customer)
      await alice.do('unmute', id)
      assert.ok(await fulfilled(async () => (await louder(500)) > 1e-4, 5000), 'the customer hears the agent again')

      await alice.do('dtmf', '5#', id)
      await pbxLog.until(/DTMF end '5' received on PJSIP\/1001/)
      await pbxLog.until(/DTMF end '#' received on PJSIP\/1001/)
      await alice.do('hangup', id)
      const [row] = await logged(alice, { ...inbound, ...answered('agent_hangup') })
      assert.ok(row.hold_ms > 0 && row.hold_ms < row.duration, `hold_ms ${row.hold_ms}`)
    },
  ],
  [
    'two calls at once: one held, swapped, both logged',
    async (stage) => {
      const { alice, bob, customer } = stage
      const first = await customerInCall(stage)
      await bob.do('call', '1001')
      const { id } = await alice.call('Offered')
      await alice.do('answer', id)
      await alice.until(
        'the second active',
        (state, id) => state.calls[id].state === 'Active' && state.activeCallId === id,
        id,
      )
      await alice.until('the first held', (state, id) => state.calls[id].hold === 'On', first.id)
      await mediaFlows(bob)

      await alice.do('hold', id)
      await alice.do('unhold', first.id)
      await alice.until('swapped', ({ calls }, [a, b]) => calls[a].hold === 'Off' && calls[b].hold === 'On', [
        first.id,
        id,
      ])
      await mediaFlows(customer)

      await alice.do('hangup', first.id)
      await customer.until('Terminated')
      await alice.do('unhold', id)
      await bob.do('hangup')
      await alice.until('no live call', ({ calls }) => Object.values(calls).every(({ state }) => state === 'Ended'))
      await logged(
        alice,
        { ...inbound, ...answered('agent_hangup') },
        { ...inbound, call_from: '1002', ...answered('remote_hangup') },
      )
      await logged(bob, { type: 'outbound', call_from: '1002', call_to: '1001', ...answered('agent_hangup') })
    },
  ],
  [
    'a queue call whose queue-number message comes through the CRM',
    async (stage) => {
      const { alice, customer } = stage
      const message = {
        extension: '1001',
        call_from: customerNumber,
        queue_name: 'Support',
        queue_number: '7000',
        server_call_log_token: 'token-of-this-call',
        yeastar_call_id: '1651057476.362',
        channel_id: 'PJSIP/1001-000000ae',
      }
      await customer.do('call', '7000')
      const { id } = await alice.call('Offered')
      await stage.api('POST', '/queue-number', { type: 'queue_number', ...message })
      await alice.until('queue_name', (state, id) => state.calls[id].queueName === 'Support', id)
      await alice.do('answer', id)
      await alice.call('Active')
      await mediaFlows(alice, customer)
      const { queueInfo, attendantTransferForm } = await alice.state()
      const { queue_name, server_call_log_token, yeastar_call_id, queue_number, channel_id } = message
      assert.deepEqual(queueInfo, { queue_name, server_call_log_token, yeastar_call_id, queue_number })
      assert.equal(attendantTransferForm.channel_id, channel_id)
      await customer.do('hangup')
      await alice.call('Ended')
      const told = { queue_name, server_call_log_token, yeastar_call_id, queue_number, channel_id }
      await logged(alice, { ...inbound, ...answered('remote_hangup'), ...told })
      await alice.until('queue information cleared', (state) => state.queueInfo.queue_name === null)
    },
  ],
  [
    'a queue call that one agent lets ring and the next one answers',
    async ({ alice, bob, customer }) => {
      await customer.do('call', '7000')
      await alice.call('Offered')
      const { id } = await bob.call('Offered')
      await alice.call('Ended')
      await bob.do('answer', id)
      await bob.call('Active')
      await mediaFlows(bob, customer)
      await customer.do('hangup')
      await bob.call('Ended')
      await logged(alice, { ...inbound, ...missed('timeout') })
      await logged(bob, { ...inbound, call_to: '1002', ...answered('remote_hangup') })
    },
  ],
  [
    'a blind transfer to the other agent',
    async (stage) => {
      const { alice, bob, customer } = stage
      const { id } = await customerInCall(stage)
      await alice.do('transfer.blind', id, '1002')
      const offered = await bob.call('Offered')
      await alice.call('Ended')
      await bob.do('answer', offered.id)
      await bob.call('Active')
      await mediaFlows(bob, customer)
      await customer.do('hangup')
      await bob.call('Ended')
      await logged(alice, { ...inbound, ...answered('transferred') })
      await logged(bob, { ...inbound, call_to: '1002', ...answered('remote_hangup') })
    },
  ],
  [
    'a call between the two agents',
    async ({ alice, bob }) => {
      await alice.do('call', '1002')
      const { id } = await bob.call('Offered')
      await bob.do('answer', id)
      await alice.call('Active')
      await mediaFlows(alice, bob)
      await alice.do('hangup')
      await bob.call('Ended')
      await logged(alice, { type: 'outbound', call_from: '1001', call_to: '1002', ...answered('agent_hangup') })
      await logged(bob, { type: 'inbound', call_from: '1001', call_to: '1002', ...answered('remote_hangup') })
    },
  ],
  [
    'the CRM cannot be reached while a call ends: its call_log arrives afterwards',
    async (stage) => {
      const { alice, customer } = stage
      await customerInCall(stage)
      await alice.page.route('**/api/call-logs**', (route) => route.abort('connectionrefused'))
      await customer.do('hangup')
      await alice.call('Ended')
      await alice.until('the call_log waits', ({ outbox }) => outbox.pending > 0 && outbox.failing > 0)
      const [stored] = (await stage.rows(alice)).slice(-1)
      assert.equal(stored.status, 'talking', 'the CRM has not heard of the end')
      await alice.page.unroute('**/api/call-logs**')
      await logged(alice, { ...inbound, ...answered('remote_hangup') })
      await alice.until('nothing waits', ({ outbox }) => outbox.pending === 0)
    },
  ],
  // The last one: the customer's bare telephone does not come back from it.
  [
    'the PBX restarts: the telephones register again by themselves, and calls go on',
    async (stage) => {
      const { alice, bob } = stage
      // A REGISTER that reaches a PBX half started is never answered: SIP gives it up after 32 s, and then tries again.
      const { since } = (await alice.state()).registration
      stage.pbx('core restart now')
      await alice.until('not registered', ({ registration }) => registration.state !== 'Registered')
      const { can } = await alice.state()
      assert.equal(can.call.reason, 'not_registered')
      for (const agent of [alice, bob]) {
        const again = ({ registration }, since) => registration.state === 'Registered' && registration.since > since
        await agent.until('registered again', again, since, 90_000)
      }
      await alice.do('call', '1002')
      await bob.do('answer', (await bob.call('Offered')).id)
      await mediaFlows(alice, bob)
      await alice.do('hangup')
      await bob.call('Ended')
      await logged(alice, { type: 'outbound', call_from: '1001', call_to: '1002', ...answered('agent_hangup') })
      await logged(bob, { type: 'inbound', call_from: '1001', call_to: '1002', ...answered('remote_hangup') })
    },
  ],
]
