// What goes wrong around a call: the CRM away, the wire cut or silent, the page loaded anew, closed or killed, the PBX
// restarted.

import assert from 'node:assert/strict'
import { logged, mediaFlows } from '../claims.mjs'
import { fulfilled } from '../parties.mjs'
import { answered, backWithCustomer, consulting, customerInCall, fromAlice, inbound, toBob } from './common.mjs'

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

/** The wire carries nothing from now on, and stays open; waits until the telephone has found that out by itself. */
async function goesSilent({ alice }) {
  const began = Date.now()
  alice.wire.silence()
  await alice.until('the silence was noticed', notRegistered, undefined, 40_000)
  const seconds = (Date.now() - began) / 1000
  // Two looks, 10 s apart, the first of them at most 10 s after the last message; 5 s for an answer (docs/adapters.md).
  assert.ok(seconds > 14 && seconds < 37, `noticed after ${seconds} s`)
  assert.equal((await alice.state()).can.call.reason, 'not_registered')
}

/** The agent loads the page anew while he consults; both his calls are taken up, and the consultation is the page's again. */
async function reloadedInConsultation(stage) {
  const { alice, bob, customer } = stage
  const { id, consultId } = await consulting(stage)
  await alice.reload()
  await alice.until('both calls are taken up', ({ calls }, ids) => ids.every((id) => calls[id]?.state === 'Active'), [
    id,
    consultId,
  ])
  await alice.until('the consultation is ready', ({ consult }) => consult.state === 'Ready')
  await alice.until('the customer waits', ({ calls }, id) => calls[id].hold === 'On', id)
  assert.equal((await customer.do('state')).state, 'Established')
  await mediaFlows(bob)
  const handle = await alice.page.evaluate(() => {
    window.consult = window.phone.transfer.current()
    const { state, callId, consultCallId } = window.consult
    return { state, callId, consultCallId }
  })
  assert.deepEqual(handle, { state: 'Ready', callId: id, consultCallId: consultId })
  return { id, consultId }
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
    'the wire goes silent in a call without closing: noticed, given up, registered anew, and the call goes on',
    async (stage) => {
      const { alice, customer } = stage
      const { id, callLogId } = await customerInCall(stage)
      await goesSilent(stage)
      await mediaFlows(alice, customer)
      // The next WebSocket is taken and never answered either: that attempt is given up, too.
      assert.ok(await fulfilled(() => alice.wire.unanswered > 0, 10_000), 'it tries to connect')
      alice.wire.mend()
      await alice.until('registered again', registered, undefined, 40_000)
      await mediaFlows(alice, customer)
      await alice.do('hold', id)
      await alice.until('held', ({ calls }, id) => calls[id].hold === 'On', id)
      await alice.do('unhold', id)
      await alice.until('talking again', ({ calls }, id) => calls[id].hold === 'Off', id)
      await mediaFlows(alice, customer)
      // The PBX's BYE comes by the new wire: the re-INVITE has told it where we are.
      await customer.do('hangup')
      await alice.call('Ended')
      const [row] = await logged(alice, { ...inbound, ...answered('remote_hangup') })
      assert.equal(row.key, callLogId, 'one record for the whole call')
      // And a new call finds the agent, not the wire of before.
      await alice.until('free again', ({ calls }) => Object.values(calls).every(({ state }) => state === 'Ended'))
      if ((await alice.state()).agent.status === 'WRAP_UP') await alice.do('finishWrapUp')
      alice.past = Object.keys((await alice.state()).calls)
      await customerInCall(stage)
      await alice.do('hangup')
      await customer.until('Terminated')
      await logged(alice, { ...inbound, ...answered('agent_hangup') })
    },
  ],
  [
    'the customer hangs up while the wire is silent: the call that nobody ended is found and closed',
    async (stage) => {
      const { alice, customer } = stage
      await customerInCall(stage)
      alice.wire.silence()
      await customer.do('hangup')
      await customer.until('Terminated')
      await goesSilent(stage)
      alice.wire.mend()
      await alice.until('registered again', registered, undefined, 40_000)
      await alice.call('Ended', 30_000)
      // The re-INVITE is answered by 481; or, as long as the PBX’s own BYE has not run out (32 s), by that BYE once more.
      const [row] = (await stage.rows(alice)).slice(-1)
      assert.ok(['remote_hangup', 'lost'].includes(row.end_reason), row.end_reason)
      await logged(alice, { ...inbound, ...answered(row.end_reason) })
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
    'the page is loaded anew in a consultation, which is then completed: the customer talks to the colleague',
    async (stage) => {
      const { alice, bob, customer } = stage
      await reloadedInConsultation(stage)
      await alice.consulted('complete')
      await alice.until('both legs over', ({ calls }) => Object.values(calls).every(({ state }) => state === 'Ended'))
      await mediaFlows(bob, customer)
      await customer.do('hangup')
      await bob.call('Ended')
      await logged(alice, { ...inbound, ...answered('transferred') }, { ...toBob, ...answered('remote_hangup') })
      await logged(bob, { ...fromAlice, ...answered('remote_hangup') })
    },
  ],
  [
    'the page is loaded anew in a consultation, which is then given up: the customer is back',
    async (stage) => {
      const { alice, bob, customer } = stage
      const { id } = await reloadedInConsultation(stage)
      await alice.consulted('cancel')
      await bob.call('Ended')
      await backWithCustomer(stage, id)
      await customer.do('hangup')
      await alice.call('Ended')
      await logged(alice, { ...inbound, ...answered('remote_hangup') }, { ...toBob, ...answered('agent_hangup') })
      await logged(bob, { ...fromAlice, ...answered('remote_hangup') })
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
