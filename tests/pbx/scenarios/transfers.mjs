// Blind and attended transfers with all their endings, as Asterisk 22 plays them: NOTIFY 200 says that the dialplan took
// the call, 404 leaves the customer with the agent, 486 has lost the customer already, and Asterisk itself never ends
// the transferor's leg before a minute is over.

import assert from 'node:assert/strict'
import { logged, mediaFlows } from '../claims.mjs'
import {
  answered,
  backWithCustomer,
  consulting,
  customerInCall,
  fromAlice,
  inbound,
  missed,
  ringsMs,
  toBob,
  unanswered,
} from './common.mjs'

const taken = { ...inbound, call_to: '1002' }

export const transfers = [
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
      await logged(bob, { ...taken, ...answered('remote_hangup') })
    },
  ],
  [
    'a blind transfer to a colleague who lets it ring: transferred for one, missed for the other',
    async (stage) => {
      const { alice, bob, customer } = stage
      const { id } = await customerInCall(stage)
      await alice.do('transfer.blind', id, '1002')
      await bob.call('Offered')
      await alice.call('Ended')
      await bob.call('Ended', ringsMs + 5000)
      await customer.until('Terminated')
      await logged(alice, { ...inbound, ...answered('transferred') })
      await logged(bob, { ...taken, ...missed('timeout') })
    },
  ],
  [
    'a blind transfer to a colleague on a break is refused, and the call goes on',
    async (stage) => {
      const { alice, bob, customer } = stage
      const { id } = await customerInCall(stage)
      await bob.do('setStatus', 'BREAK', 'lunch')
      await alice.until('Bob on a break', () => {
        const bob = window.phone.store.getState().agents.get('1002')
        return bob?.status === 'BREAK'
      })
      assert.equal(await alice.refused('transfer.blind', id, '1002'), 'target_unavailable')
      await mediaFlows(alice, customer)
      await bob.do('setStatus', 'ONLINE')
      await alice.do('hangup', id)
      await logged(alice, { ...inbound, ...answered('agent_hangup') })
    },
  ],
  [
    'a blind transfer to a number that does not exist leaves the customer with the agent',
    async (stage) => {
      const { alice, customer } = stage
      const { id } = await customerInCall(stage)
      assert.equal(await alice.refused('transfer.blind', id, '9999999'), 'softphone_refused')
      await backWithCustomer(stage, id)
      await alice.do('hangup', id)
      await customer.until('Terminated')
      await logged(alice, { ...inbound, ...answered('agent_hangup') })
    },
  ],
  [
    'a blind transfer to a busy number: the PBX has let go of the customer, and the call does not stay behind',
    async (stage) => {
      const { alice, customer } = stage
      await customerInCall(stage)
      const { id } = await alice.call('Active')
      const outcome = await alice.page.evaluate(
        (id) =>
          window.phone.transfer.blind(id, '602').then(
            () => 'done',
            (error) => error.code,
          ),
        id,
      )
      await alice.call('Ended', 30_000)
      await customer.until('Terminated', 30_000)
      const [row] = (await stage.rows(alice)).slice(-1)
      assert.equal(outcome, 'softphone_refused')
      assert.ok(['remote_hangup', 'lost'].includes(row.end_reason), row.end_reason) // the PBX's BYE, or our asking, is first
      await logged(alice, { ...inbound, ...answered(row.end_reason) })
    },
  ],
  [
    'an attended transfer, completed: the customer talks to the colleague',
    async (stage) => {
      const { alice, bob, customer } = stage
      await consulting(stage)
      await alice.consulted('complete')
      await alice.until('both legs over', ({ calls }) => Object.values(calls).every(({ state }) => state === 'Ended'))
      await mediaFlows(bob, customer)
      const { consult } = await alice.state()
      assert.deepEqual([consult.state, consult.result], ['Idle', 'transferred'])
      await customer.do('hangup')
      await bob.call('Ended')
      await logged(alice, { ...inbound, ...answered('transferred') }, { ...toBob, ...answered('remote_hangup') })
      await logged(bob, { ...fromAlice, ...answered('remote_hangup') })
    },
  ],
  [
    'an attended transfer, given up: the colleague goes, the customer is back',
    async (stage) => {
      const { alice, bob, customer } = stage
      const { id } = await consulting(stage)
      await alice.consulted('cancel')
      await bob.call('Ended')
      await backWithCustomer(stage, id)
      assert.equal((await alice.state()).consult.result, 'cancelled')
      await customer.do('hangup')
      await alice.call('Ended')
      await logged(alice, { ...inbound, ...answered('remote_hangup') }, { ...toBob, ...answered('agent_hangup') })
      await logged(bob, { ...fromAlice, ...answered('remote_hangup') })
    },
  ],
  [
    'an attended transfer, swapped there and back before it is completed',
    async (stage) => {
      const { alice, bob, customer } = stage
      const { id, consultId } = await consulting(stage)
      await alice.consulted('swap')
      const held = ({ calls }, [on, off]) => calls[on].hold === 'On' && calls[off].hold === 'Off'
      await alice.until('the colleague waits', held, [consultId, id])
      await mediaFlows(customer)
      await alice.consulted('swap')
      await alice.until('the customer waits again', held, [id, consultId])
      await alice.consulted('complete')
      await mediaFlows(bob, customer)
      await bob.do('hangup')
      await customer.until('Terminated')
      await logged(alice, { ...inbound, ...answered('transferred') }, { ...toBob, ...answered('remote_hangup') })
      await logged(bob, { ...fromAlice, ...answered('agent_hangup') })
    },
  ],
  [
    'an attended transfer to a colleague who rejects: the customer is back',
    async (stage) => {
      const { alice, bob } = stage
      const { id } = await customerInCall(stage)
      await alice.consult(id, '1002')
      await bob.do('reject', (await bob.call('Offered')).id)
      await alice.until('the consultation is over', ({ consult }) => consult.result === 'target_failed')
      await backWithCustomer(stage, id)
      await alice.do('hangup', id)
      const [, consult] = await logged(
        alice,
        { ...inbound, ...answered('agent_hangup') },
        { ...toBob, ...unanswered('busy') },
      )
      assert.equal(consult.duration, 0)
      await logged(bob, { ...fromAlice, ...missed('rejected') })
    },
  ],
  [
    'an attended transfer to a colleague who does not answer: the customer is back',
    async (stage) => {
      const { alice, bob } = stage
      const { id } = await customerInCall(stage)
      await alice.consult(id, '1002')
      await bob.call('Offered')
      await bob.call('Ended', ringsMs + 5000)
      await alice.until('the consultation is over', ({ consult }) => consult.result === 'target_failed')
      await backWithCustomer(stage, id)
      await alice.do('hangup', id)
      await logged(alice, { ...inbound, ...answered('agent_hangup') }, { ...toBob, ...unanswered('no_answer') })
      await logged(bob, { ...fromAlice, ...missed('timeout') })
    },
  ],
  [
    'an attended transfer cannot be completed while the colleague rings, and can afterwards',
    async (stage) => {
      const { alice, bob, customer } = stage
      const { id } = await customerInCall(stage)
      await alice.consult(id, '1002')
      const { id: offered } = await bob.call('Offered')
      const code = await alice.page.evaluate(() =>
        window.consult.complete().then(
          () => null,
          (error) => error.code,
        ),
      )
      assert.equal(code, 'consult_not_ready')
      await bob.do('answer', offered)
      await alice.until('the consultation is ready', ({ consult }) => consult.state === 'Ready')
      await alice.consulted('complete')
      await mediaFlows(bob, customer)
      await bob.do('hangup')
      await customer.until('Terminated')
      await logged(alice, { ...inbound, ...answered('transferred') }, { ...toBob, ...answered('remote_hangup') })
      await logged(bob, { ...fromAlice, ...answered('agent_hangup') })
    },
  ],
  [
    'the customer hangs up during a consultation: both legs end',
    async (stage) => {
      const { alice, bob, customer } = stage
      await consulting(stage)
      await customer.do('hangup')
      await bob.call('Ended')
      await alice.until('both legs over', ({ calls }) => Object.values(calls).every(({ state }) => state === 'Ended'))
      assert.equal((await alice.state()).consult.result, 'customer_left')
      await logged(alice, { ...inbound, ...answered('remote_hangup') }, { ...toBob, ...answered('agent_hangup') })
      await logged(bob, { ...fromAlice, ...answered('remote_hangup') })
    },
  ],
]
