// Agents whose phones leave transfers to the PBX (`transferRoute: 'pbx'`): asked of the hub, done by Asterisk's manager
// interface on the agent's own leg, the result told by the socket. Attended ones go by Asterisk's own feature, so the
// call comes by the extension whose Dial allows it (`tT`).

import assert from 'node:assert/strict'
import { logged, mediaFlows } from '../claims.mjs'
import { answered, backWithCustomer, customerInCall, customerNumber } from './common.mjs'

/** 91001 rings 1001 with the features of the PBX allowed to both sides. */
const withFeatures = '91001'
const toAlice = { type: 'inbound', call_from: customerNumber }

/** Alice's page anew, with that route. */
export async function routed({ alice, wall }, route) {
  if ((alice.given.transferRoute ?? 'auto') === route) return
  alice.given.transferRoute = route
  await alice.reload()
  await alice.until('registered', ({ registration }) => registration.state === 'Registered', undefined, 40_000)
  await wall.until('registered', () => wall.extension('1001')?.registration === 'registered')
}

async function talking(stage) {
  const { alice, wall } = stage
  const { id } = await customerInCall(stage, withFeatures)
  await wall.untilCode('1001', 1)
  await alice.until('its channel', ({ attendantTransferForm }) => attendantTransferForm.channel_id !== '')
  return id
}

/** Alice asks Bob by the PBX, and he has answered. */
async function asking(stage) {
  const { alice, bob } = stage
  const id = await talking(stage)
  const consultId = await alice.consult(id, '1002')
  await alice.until('the target is called', ({ consult }) => consult.state === 'Consulting')
  await bob.do('answer', (await bob.call('Offered')).id)
  await alice.until('the consultation is ready', ({ consult }) => consult.state === 'Ready')
  await mediaFlows(alice, bob)
  return { id, consultId }
}

export const byThePbx = (begin) => [
  [
    'the phone leaves a blind transfer to the PBX: done, and the call_log says so',
    async (stage) => {
      const { wall, alice, bob, customer } = stage
      await routed(stage, 'pbx')
      await begin(stage)
      const id = await talking(stage)
      await alice.do('transfer.blind', id, '1002')
      await bob.do('answer', (await bob.call('Offered')).id)
      await mediaFlows(bob, customer)
      await alice.call('Ended')
      await wall.untilCode('1001', 0)
      await customer.do('hangup')
      await bob.call('Ended')
      const [row] = await logged(alice, { ...toAlice, call_to: '1001', ...answered('transferred') })
      assert.ok(row.channel_id, JSON.stringify(row))
    },
  ],
  [
    'the phone leaves an attended transfer to the PBX: asked, ready, completed',
    async (stage) => {
      const { wall, alice, bob, customer } = stage
      await routed(stage, 'pbx')
      await begin(stage)
      await asking(stage)
      await alice.consulted('complete')
      await mediaFlows(bob, customer)
      await alice.call('Ended')
      const { consult } = await alice.state()
      assert.deepEqual([consult.state, consult.result], ['Idle', 'transferred'])
      await wall.untilCode('1001', 0)
      await wall.untilCode('1002', 1)
      await customer.do('hangup')
      await bob.call('Ended')
      await logged(alice, { ...toAlice, call_to: '1001', ...answered('transferred') })
    },
  ],
  [
    'the phone leaves an attended transfer to the PBX and takes it back: the customer is back',
    async (stage) => {
      const { wall, alice, bob, customer } = stage
      await routed(stage, 'pbx')
      await begin(stage)
      const { id } = await asking(stage)
      await alice.consulted('cancel')
      await bob.call('Ended')
      await backWithCustomer(stage, id)
      assert.equal((await alice.state()).consult.result, 'cancelled')
      await wall.untilCode('1002', 0)
      await customer.do('hangup')
      await alice.call('Ended')
      await logged(alice, { ...toAlice, call_to: '1001', ...answered('remote_hangup') })
    },
  ],
  [
    'the phone leaves an attended transfer to the PBX and the colleague rejects: the customer is back',
    async (stage) => {
      const { alice, bob, customer } = stage
      await routed(stage, 'pbx')
      await begin(stage)
      const id = await talking(stage)
      await alice.consult(id, '1002')
      await bob.do('reject', (await bob.call('Offered')).id)
      await alice.until('the consultation is over', ({ consult }) => consult.result === 'target_failed')
      await backWithCustomer(stage, id)
      await alice.do('hangup', id)
      await customer.until('Terminated')
      await logged(alice, { ...toAlice, call_to: '1001', ...answered('agent_hangup') })
    },
  ],
  [
    'the phone has its call recorded: on, paused, on, off, and what another asks for is shown as well',
    async (stage) => {
      const { wall, alice, customer } = stage
      await routed(stage, 'pbx')
      await begin(stage)
      const id = await talking(stage)
      const shows = (wanted) =>
        alice.until(`recording ${wanted}`, ({ calls }, [id, wanted]) => calls[id].recording === wanted, [id, wanted])
      await alice.do('recordCall.start', id)
      await shows('On')
      await alice.do('recordCall.pause', id)
      await shows('Paused')
      await alice.do('recordCall.resume', id)
      await shows('On')
      await alice.do('recordCall.stop', id)
      await shows('Off')
      const path = `/calls/${encodeURIComponent(wall.channelOf('1001'))}/recording`
      await stage.api('POST', path, { action: 'start' }, stage.admin)
      await shows('On')
      await customer.do('hangup')
      await alice.call('Ended')
      await logged(alice, { ...toAlice, call_to: '1001', ...answered('remote_hangup') })
      await routed(stage, 'auto')
    },
  ],
]
