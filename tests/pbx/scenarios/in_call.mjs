// In a call: hold, mute, digits, two calls at once, colleagues, queues.

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { logged, mediaFlows } from '../claims.mjs'
import { fulfilled } from '../parties.mjs'
import { answered, customerInCall, customerNumber, inbound, missed } from './common.mjs'

export const inCall = [
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
]
