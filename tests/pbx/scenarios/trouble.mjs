// What goes wrong around a call: the CRM away, the wire cut, the page loaded anew, closed or killed, the PBX restarted.

import assert from 'node:assert/strict'
import { logged, mediaFlows } from '../claims.mjs'
import { answered, customerInCall, inbound } from './common.mjs'

const registered = ({ registration }) => registration.state === 'Registered'
const notRegistered = ({ registration }) => registration.state !== 'Registered'

/** The agent's page comes back after it was gone; the call of before is found lost, its notes can still be written. */
async function foundLost({ alice }, callLogId) {
  await alice.until('registered again', registered, undefined, 30_000)
  await alice.until(
    'the call is over',
    ({ calls }) => Object.values(calls).every(({ state }) => state === 'Ended'),
    undefined,
    30_000,
  )
  const [row] = await logged(alice, { ...inbound, ...answered('lost') })
  assert.equal(row.key, callLogId, 'the same record as before')
  const { drafts } = await alice.state()
  assert.ok(
    drafts.some(({ call_log_id }) => call_log_id === row.key),
    'its notes can still be written',
  )
}

export const trouble = [
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
  [
    'the wire to the PBX is cut in a call: sound goes on, the telephone registers again, the call can be ended',
    async (stage) => {
      const { alice, customer } = stage
      const { id } = await customerInCall(stage)
      alice.wire.cut()
      await alice.until('not registered', notRegistered)
      assert.equal((await alice.state()).can.call.reason, 'not_registered')
      await mediaFlows(alice, customer)
      alice.wire.mend()
      await alice.until('registered again', registered, undefined, 40_000)
      await mediaFlows(alice, customer)
      await alice.do('hangup', id)
      await customer.until('Terminated')
      await logged(alice, { ...inbound, ...answered('agent_hangup') })
    },
  ],
  [
    'the customer hangs up while the wire is cut: the call that nobody ended is found and closed',
    async (stage) => {
      const { alice, customer } = stage
      await customerInCall(stage)
      alice.wire.cut()
      await alice.until('not registered', notRegistered)
      await customer.do('hangup')
      await customer.until('Terminated')
      alice.wire.mend()
      await alice.until('registered again', registered, undefined, 40_000)
      await alice.call('Ended', 30_000)
      await logged(alice, { ...inbound, ...answered('lost') })
    },
  ],
  [
    'the page is loaded anew in a call: the call goes on, with sound, in the same record',
    async (stage) => {
      const { alice, customer } = stage
      const { callLogId } = await customerInCall(stage)
      await alice.reload()
      const { id } = await alice.call('Active', 20_000)
      await mediaFlows(alice, customer)
      assert.equal((await customer.do('state')).state, 'Established')
      await alice.do('hold', id)
      await alice.until('held', ({ calls }, id) => calls[id].hold === 'On', id)
      await alice.do('unhold', id)
      await alice.do('hangup', id)
      await customer.until('Terminated')
      const [row] = await logged(alice, { ...inbound, ...answered('agent_hangup') })
      assert.equal(row.key, callLogId, 'one record for the whole call')
    },
  ],
  [
    'the tab is closed in a call and opened again: the call goes on',
    async (stage) => {
      const { alice, customer } = stage
      const { callLogId } = await customerInCall(stage)
      await alice.closeTab()
      await alice.load()
      await alice.call('Active', 20_000)
      await mediaFlows(alice, customer)
      await customer.do('hangup')
      await alice.call('Ended')
      const [row] = await logged(alice, { ...inbound, ...answered('remote_hangup') })
      assert.equal(row.key, callLogId, 'one record for the whole call')
    },
  ],
  [
    'the customer hangs up while the page is away: the record is closed as lost, once',
    async (stage) => {
      const { alice, customer } = stage
      const { id, callLogId } = await customerInCall(stage)
      // A hold is kept, and with it when the call was last known to live; otherwise that is written every 10 s.
      await alice.do('hold', id)
      await alice.do('unhold', id)
      await alice.until('talking again', ({ calls }, id) => calls[id].hold === 'Off', id)
      await alice.closeTab()
      await customer.do('hangup')
      await customer.until('Terminated')
      await alice.load()
      await foundLost(stage, callLogId)
    },
  ],
  // The last one: the customer's bare telephone does not come back from it.
  [
    'the PBX restarts in a call: the call is over, the telephones register again by themselves, and calls go on',
    async (stage) => {
      const { alice, bob } = stage
      await customerInCall(stage)
      // A REGISTER that reaches a PBX half started is never answered: SIP gives it up after 32 s, and then tries again.
      const { since } = (await alice.state()).registration
      stage.pbx('core restart now')
      await alice.until('not registered', notRegistered)
      const { can } = await alice.state()
      assert.equal(can.call.reason, 'not_registered')
      for (const agent of [alice, bob]) {
        const again = ({ registration }, since) => registration.state === 'Registered' && registration.since > since
        await agent.until('registered again', again, since, 90_000)
      }
      await alice.until(
        'the call is over',
        ({ calls }) => Object.values(calls).every(({ state }) => state === 'Ended'),
        undefined,
        40_000,
      )
      const [row] = (await stage.rows(alice)).slice(-1)
      assert.ok(['lost', 'remote_hangup'].includes(row.end_reason), row.end_reason)
      await logged(alice, { ...inbound, ...answered(row.end_reason) })
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
