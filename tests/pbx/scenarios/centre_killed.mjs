// What is killed without a word, with SIGKILL and in a call: the agent's browser, and Asterisk itself, which is then
// started again. Nothing says goodbye, so everything that is shown is what the hub has found out.

import assert from 'node:assert/strict'
import { mediaFlows } from '../claims.mjs'
import { customerInCall } from './common.mjs'

const live = ({ link }) => link?.state === 'live'
const registered = ({ registration }) => registration.state === 'Registered'

/** What was shown of one extension since `from`. */
const shownOf = (wall, extension, from) =>
  wall.past
    .slice(from)
    .flatMap(({ stream, item }) => (stream === 'extension_status' && item.extension === extension ? [item] : []))

export const browserKilled = (begin) => [
  [
    'a browser is killed in a call: no telephone within a second, On Call as long as the PBX has the leg, OFFLINE, and back',
    async (stage) => {
      const { wall, alice, customer } = stage
      await begin(stage)
      await alice.closeTab()
      const kill = await stage.apart(alice)
      try {
        // The PBX gives a leg up whose media has been silent for 6 s.
        stage.pjsip((text) => text.replace('aors=1001\n', 'aors=1001\nrtp_timeout=6\n'))
        await alice.load()
        await alice.until('registered', registered, undefined, 40_000)
        await wall.until('registered', () => wall.extension('1001').registration === 'registered')
        await wall.until('ONLINE', () => wall.status('1001').status === 'ONLINE')
        await customerInCall(stage)
        await wall.untilCode('1001', 1)
        const from = wall.past.length
        const began = Date.now()
        kill()
        await wall.until('unregistered', () => wall.extension('1001').registration !== 'registered', 1000)
        const seen = Date.now() - began
        assert.equal(wall.extension('1001').code, 1, 'the leg lives')
        assert.ok(wall.callOf('1001'))
        await wall.until('the leg is over', () => wall.callOf('1001') === undefined, 20_000)
        const over = Date.now() - began
        await wall.until('not On Call', () => wall.extension('1001').code !== 1)
        await wall.until('OFFLINE', () => wall.status('1001').status === 'OFFLINE', 20_000)
        const said = wall.past
          .slice(from)
          .find(
            ({ stream, item }) => stream === 'agent_status' && item.extension === '1001' && item.status === 'OFFLINE',
          )
        const offline = said.at - began
        assert.equal(wall.status('1001').reason, 'Auto: SIP not registered')
        assert.ok(over > 4000, `the leg outlives its browser: ${over} ms`)
        const early = shownOf(wall, '1001', from).filter(({ code, legs }) => legs > 0 && code !== 1)
        assert.deepEqual(early, [])
        await customer.until('Terminated')
        console.log(`       seen after ${seen} ms, the leg ended after ${over} ms, OFFLINE after ${offline} ms`)
      } finally {
        kill()
        stage.pjsip((text) => text)
        alice.context = undefined
        await alice.load()
      }
      await alice.until('registered', registered, undefined, 40_000)
      await wall.until('ONLINE again', () => wall.status('1001').status === 'ONLINE')
      await wall.untilCode('1001', 0)
      await alice.until(
        'no live call',
        ({ calls }) => Object.values(calls).every(({ state }) => state === 'Ended'),
        undefined,
        40_000,
      )
    },
  ],
]

/** The last of all: the customer's bare telephone does not come back from it. */
export const asteriskKilled = (begin, { setStatus, pausedAtPbx }) => [
  [
    'Asterisk is killed in a call and started again: stale and never Free, the call ends pbx_restart, pauses come anew',
    async (stage) => {
      const { wall, alice, bob } = stage
      await begin(stage)
      await setStatus(stage, '1002', 'BREAK', 'tea')
      await wall.until('paused', () => wall.status('1002').pause === 'synced')
      await customerInCall(stage)
      await wall.untilCode('1001', 1)
      const { call_id } = wall.callOf('1001')
      const { started_at } = wall.link.pbx
      const from = wall.past.length
      const began = Date.now()
      stage.killPbx()
      await wall.until('the link is down', (wall) => !live(wall), 10_000)
      const down = Date.now() - began
      await wall.until('all stale', ({ shown }) => [...shown.extension_status.values()].every(({ stale }) => stale))
      assert.equal(wall.extension('1001').code, 1, 'the last value stays, and is marked')
      const free = shownOf(wall, '1001', from).filter(({ code }) => code === 0)
      assert.deepEqual(free, [], 'nobody is Free of whom nothing is known')
      stage.startPbx()
      await wall.until('the link is back', live, 60_000)
      assert.ok(wall.link.pbx.started_at > started_at, JSON.stringify(wall.link))
      await wall.until('no call', () => wall.callOf('1001') === undefined)
      const ended = wall.past
        .slice(from)
        .find(({ stream, item }) => stream === 'calls' && item.call_id === call_id && item.ended_at !== null)
      assert.equal(ended?.item.end, 'pbx_restart', JSON.stringify(ended))
      await wall.until('not stale', () => !wall.extension('1001').stale && wall.extension('1001').code !== 1)
      // This Asterisk forgets pauses with its process (`persistentmembers = no`): what is there now, the hub has sent.
      await wall.until('paused again', () => wall.member('1002', 'support')?.observed.paused === true, 90_000)
      for (const queue of ['support', 'sales']) assert.ok(pausedAtPbx(stage, queue, '1002'))
      assert.ok(!pausedAtPbx(stage, 'support', '1001') || wall.status('1001').status !== 'ONLINE')
      for (const agent of [alice, bob]) {
        await wall.until('registered', () => wall.extension(agent.extension).registration === 'registered', 90_000)
      }
      await setStatus(stage, '1002', 'ONLINE')
      wall.mark()
      await alice.do('call', '1002')
      await bob.do('answer', (await bob.call('Offered')).id)
      await mediaFlows(alice, bob)
      await wall.untilCode('1002', 1)
      await alice.do('hangup')
      await wall.untilCode('1002', 0)
      console.log(`       the link was down after ${down} ms`)
    },
  ],
]
