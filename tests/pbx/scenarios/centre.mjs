// What the hub sees of a real Asterisk, and what it does there: telephones, calls, queues, pauses, the link that is cut,
// the PBX that dies, transfer and recording for the Phone. The witnesses are a wallboard and Asterisk itself.

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { logged, mediaFlows } from '../claims.mjs'
import { fulfilled } from '../parties.mjs'
import { dropAll, registerAll } from '../sipp.mjs'
import { asteriskKilled, browserKilled } from './centre_killed.mjs'
import { byThePbx } from './centre_route.mjs'
import { answered, customerInCall, inbound, missed } from './common.mjs'

const live = ({ link }) => link?.state === 'live'
const registered = ({ registration }) => registration.state === 'Registered'

/** What Asterisk itself says of a member of a queue. */
const queueShow = (stage, queue, extension) =>
  stage
    .pbx(`queue show ${queue}`)
    .split('\n')
    .find((line) => line.includes(`PJSIP/${extension}`)) ?? ''
const pausedAtPbx = (stage, queue, extension) => /\bpaused\b/.test(queueShow(stage, queue, extension))

const setStatus = (stage, extension, status, reason) =>
  stage.api('PUT', `/agents/${extension}/status`, { status, reason })

/** Both agents ready and at rest, seen so; what was shown before is forgotten. */
async function begin({ wall, alice, bob }) {
  await wall.until('the link to the PBX', live, 40_000)
  for (const agent of [alice, bob]) {
    await agent.until('registered', registered, undefined, 40_000)
    await wall.until(
      `${agent.extension} registered`,
      () => wall.extension(agent.extension)?.registration === 'registered',
    )
    if (wall.status(agent.extension)?.status !== 'ONLINE') await agent.do('setStatus', 'ONLINE').catch(() => {})
    await wall.untilCode(agent.extension, 0)
    await wall.until(
      `${agent.extension} ONLINE and not paused`,
      () =>
        wall.status(agent.extension)?.status === 'ONLINE' &&
        ['support', 'sales'].every((queue) => wall.member(agent.extension, queue)?.observed.paused === false),
    )
  }
  wall.mark()
}

/** A page anew whose queue_number messages do not arrive; gives the list of them, each to be told by a call. */
async function holdQueueNumbers(agent) {
  const held = []
  await agent.page.routeWebSocket(/\/api\/ws/, (page) => {
    const hub = page.connectToServer()
    hub.onMessage((message) => {
      if (String(message).includes('"type":"queue_number"')) held.push(() => page.send(message))
      else page.send(message)
    })
  })
  await agent.reload()
  return held
}

/** A code comes, and how long after the event it was shown. */
async function within(ms, what, claim) {
  const began = Date.now()
  assert.ok(await fulfilled(claim, ms), `${what} within ${ms} ms`)
  return Date.now() - began
}

export const centre = [
  [
    'a call from outside: Free, Ringing, On Call, Free, with its source and call id, and the call is shown',
    async (stage) => {
      const { wall, alice, customer } = stage
      await begin(stage)
      await customerInCall(stage)
      await wall.untilCode('1001', 1)
      const item = wall.extension('1001')
      assert.deepEqual([item.text, item.colour, item.pulse], ['On Call', 'red', true])
      assert.ok(['AMI', 'Call'].includes(item.source))
      const call = wall.callOf('1001')
      assert.equal(call.call_id, item.call_id)
      assert.ok(call.answered_at >= call.started_at)
      await customer.do('hangup')
      await alice.call('Ended')
      await wall.untilCode('1001', 0)
      await wall.until('no call', () => wall.callOf('1001') === undefined)
      assert.deepEqual(wall.codes('1001'), [0, 8, 1, 0])
      assert.deepEqual(wall.codes('1002'), [0])
    },
  ],
  [
    'a call that nobody answers: Free, Ringing, Free, and no status changes by it',
    async (stage) => {
      const { wall, alice, customer } = stage
      await begin(stage)
      await customer.do('call', '1001')
      await alice.call('Offered')
      await wall.untilCode('1001', 8)
      await customer.do('hangup')
      await alice.call('Ended')
      await wall.untilCode('1001', 0)
      assert.deepEqual(wall.codes('1001'), [0, 8, 0])
      assert.equal(wall.status('1001').status, 'ONLINE')
      await logged(alice, { ...inbound, ...missed('caller_cancel') })
    },
  ],
  [
    'a second call rings in the first one: On Call and Ringing, until that one is gone',
    async (stage) => {
      const { wall, alice, bob, customer } = stage
      await begin(stage)
      await customerInCall(stage)
      await wall.untilCode('1001', 1)
      const id = await bob.do('call', '1001')
      await wall.untilCode('1001', 9)
      assert.equal(wall.extension('1002').code, 1, 'who calls is On Call')
      await bob.do('hangup', id)
      await wall.untilCode('1001', 1)
      await wall.untilCode('1002', 0)
      await customer.do('hangup')
      await alice.call('Ended')
      await wall.untilCode('1001', 0)
      assert.deepEqual(wall.codes('1001'), [0, 8, 1, 9, 1, 0])
    },
  ],
  [
    'hold: whoever is held or holds is On Hold, and On Call again afterwards',
    async (stage) => {
      const { wall, alice, customer } = stage
      await begin(stage)
      const { id } = await customerInCall(stage)
      await wall.untilCode('1001', 1)
      await alice.do('hold', id)
      await wall.untilCode('1001', 16)
      await alice.do('unhold', id)
      await wall.untilCode('1001', 1)
      await customer.do('hangup')
      await wall.untilCode('1001', 0)
      assert.deepEqual(wall.codes('1001'), [0, 8, 1, 16, 1, 0])
    },
  ],
  [
    'a blind transfer by the telephone: the first agent is Free while the second rings and talks',
    async (stage) => {
      const { wall, alice, bob, customer } = stage
      await begin(stage)
      const { id } = await customerInCall(stage)
      await alice.do('transfer.blind', id, '1002')
      const { id: second } = await bob.call('Offered')
      await wall.untilCode('1002', 8)
      await wall.untilCode('1001', 0)
      await bob.do('answer', second)
      await mediaFlows(bob, customer)
      await wall.untilCode('1002', 1)
      assert.equal(wall.extension('1001').code, 0)
      await customer.do('hangup')
      await wall.untilCode('1002', 0)
      assert.deepEqual(wall.codes('1001'), [0, 8, 1, 0])
      assert.deepEqual(wall.codes('1002'), [0, 8, 1, 0])
    },
  ],
  [
    'a queue rings both agents: one answers, the other is Free; his call_log carries queue and channel, from AMI alone',
    async (stage) => {
      const { wall, alice, bob, customer } = stage
      await begin(stage)
      await customer.do('call', '7200')
      const { id } = await alice.call('Offered')
      await bob.call('Offered')
      await wall.until('both ring', () => ['1001', '1002'].every((one) => wall.extension(one).code === 8))
      assert.equal(wall.shown.queue_status.get('sales').waiting, 1)
      await alice.do('answer', id)
      await alice.call('Active')
      await wall.untilCode('1001', 1)
      await wall.untilCode('1002', 0)
      await alice.until('the queue of the call', ({ queueInfo }) => queueInfo.queue_name === 'sales')
      const channel = wall.channelOf('1001')
      await alice.until('its channel', (state, channel) => state.attendantTransferForm.channel_id === channel, channel)
      await wall.until('nobody waits', () => wall.shown.queue_status.get('sales').waiting === 0)
      await customer.do('hangup')
      await alice.call('Ended')
      const [row] = await logged(alice, { ...inbound, ...answered('remote_hangup') })
      assert.equal(row.queue_name, 'sales')
      assert.equal(row.channel_id, channel)
      assert.ok(row.yeastar_call_id && row.server_call_log_token && row.queue_number, JSON.stringify(row))
      assert.deepEqual(wall.codes('1002'), [0, 8, 0])
    },
  ],
  [
    'two calls of one caller at the same time: the header tells them apart, and each call_log has its own names',
    async (stage) => {
      const { wall, alice, customer } = stage
      await begin(stage)
      await customer.do('call', '7003')
      const { id } = await alice.call('Offered')
      await alice.do('answer', id)
      await alice.call('Active')
      await wall.untilCode('1001', 1)
      await customer.do('call', '921001')
      const { id: second } = await alice.call('Offered')
      await wall.untilCode('1001', 9)
      const calls = [...wall.shown.calls.values()].filter(({ ended_at }) => ended_at === null)
      const ofQueue = calls.find(({ queue }) => queue === 'support')
      const direct = calls.find(({ queue }) => queue === null)
      assert.ok(ofQueue && direct, JSON.stringify(calls))
      const legOf = ({ legs }) => legs.find(({ extension }) => extension === '1001').channel
      const of = (rows, id) => rows.find(({ yeastar_call_id }) => yeastar_call_id === id)
      await customer.do('hangup')
      await alice.until('the second is over', ({ calls }, id) => calls[id].state === 'Ended', second)
      await customer.do('hangupFirst')
      await alice.call('Ended')
      const rows = await logged(
        alice,
        { ...inbound, ...answered('remote_hangup') },
        { ...inbound, ...missed('caller_cancel') },
      )
      const [one, other] = [of(rows, ofQueue.call_id), of(rows, direct.call_id)]
      assert.ok(one && other && one !== other, JSON.stringify({ rows, calls }))
      assert.deepEqual([one.status, one.queue_name, one.channel_id], ['answered', 'support', legOf(ofQueue)])
      assert.ok(one.queue_number && one.server_call_log_token)
      assert.deepEqual([other.status, other.queue_name ?? '', other.channel_id], ['missed', '', legOf(direct)])
      assert.ok(other.server_call_log_token && other.server_call_log_token !== one.server_call_log_token)
    },
  ],
  [
    'two calls of one caller in the same moment: the one that is answered has the channel that the PBX has answered',
    async (stage) => {
      const { wall, alice, customer } = stage
      // The hub's messages come when both calls are there already: by the number alone the first one is the newest call's.
      const late = await holdQueueNumbers(alice)
      await begin(stage)
      await Promise.all([customer.do('call', '921001'), customer.do('call', '921001')])
      const ringing = ({ calls }) => Object.values(calls).filter(({ state }) => state === 'Offered')
      await alice.until('both are offered', ({ calls }) => {
        return Object.values(calls).filter(({ state }) => state === 'Offered').length === 2
      })
      assert.ok(await fulfilled(() => late.length === 2, 5000), `${late.length} messages`)
      for (const tell of late) tell()
      const [, later] = ringing(await alice.state())
      await alice.do('answer', later.id)
      const legs = () => [...wall.shown.calls.values()].flatMap(({ ended_at, legs }) => (ended_at === null ? legs : []))
      const mine = (state) => legs().find((leg) => leg.extension === '1001' && leg.state === state)?.channel
      await wall.until('one leg is up', () => mine('up') && mine('ringing'))
      const [up, rings] = [mine('up'), mine('ringing')]
      await customer.do('hangupFirst')
      await customer.do('hangup')
      await alice.until('both are over', ({ calls }) => Object.values(calls).every(({ state }) => state === 'Ended'))
      const stored = async () => (await stage.rows(alice)).slice(alice.seen)
      const final = ({ status }) => ['answered', 'missed'].includes(status)
      await fulfilled(async () => (await stored()).length === 2 && (await stored()).every(final), 8000)
      const rows = await stored()
      const channelOf = (wanted) => rows.find(({ status }) => status === wanted)?.channel_id
      assert.deepEqual([rows.length, channelOf('answered'), channelOf('missed')], [2, up, rings])
      assert.equal(new Set(rows.map(({ yeastar_call_id }) => yeastar_call_id)).size, 2)
      await alice.closeTab()
      await alice.load()
    },
  ],
  [
    'a pause goes to every queue of the PBX and back; one made there is seen; Auto-Pause is not undone',
    async (stage) => {
      const { wall } = stage
      await begin(stage)
      await setStatus(stage, '1001', 'BREAK', 'lunch')
      await wall.until(
        'paused and confirmed',
        () => wall.status('1001').status === 'BREAK' && wall.status('1001').pause === 'synced',
      )
      for (const queue of ['support', 'sales']) {
        assert.ok(pausedAtPbx(stage, queue, '1001'), queueShow(stage, queue, '1001'))
        await wall.until('the reason', () => wall.member('1001', queue).observed.reason === 'lunch')
      }
      assert.ok(!pausedAtPbx(stage, 'support', '1002'))
      await setStatus(stage, '1001', 'ONLINE')
      await wall.until(
        'unpaused and confirmed',
        () => wall.status('1001').pause === 'synced' && !wall.status('1001').paused,
      )
      await within(3000, 'unpaused at the PBX', () => !pausedAtPbx(stage, 'support', '1001'))

      stage.pbx('queue pause member PJSIP/1002 queue support reason Auto-Pause')
      await wall.until('seen', () => wall.member('1002', 'support').observed.paused === true)
      await sleep(2000)
      assert.ok(pausedAtPbx(stage, 'support', '1002'), 'the hub has not undone it')
      assert.equal(wall.member('1002', 'support').observed.reason, 'Auto-Pause')
      stage.pbx('queue unpause member PJSIP/1002 queue support')
      await wall.until('seen again', () => wall.member('1002', 'support').observed.paused === false)
    },
  ],
  [
    'a tab that is closed is unregistered within a second, OFFLINE after the grace, and what it was when it is back',
    async (stage) => {
      const { wall, alice } = stage
      await begin(stage)
      await alice.closeTab()
      const gone = await within(1000, 'unregistered', () => wall.extension('1001').registration !== 'registered')
      assert.equal(wall.status('1001').status, 'ONLINE', 'not yet: a reload looks the same')
      await wall.until('OFFLINE', () => wall.status('1001').status === 'OFFLINE', 10_000)
      assert.match(wall.status('1001').reason, /^Auto: /)
      assert.equal(wall.status('1001').source, 'endpoint')
      await within(4000, 'paused at the PBX', () => pausedAtPbx(stage, 'support', '1001'))
      await alice.load()
      await alice.until('registered', registered, undefined, 40_000)
      const back = await within(1000, 'registered', () => wall.extension('1001').registration === 'registered')
      await wall.until('ONLINE again', () => wall.status('1001').status === 'ONLINE')
      await within(4000, 'unpaused at the PBX', () => !pausedAtPbx(stage, 'support', '1001'))
      console.log(`       seen after ${gone} ms and ${back} ms`)
    },
  ],
  [
    'a tab that is closed in a call: the telephone is gone, the call is shown as long as the PBX has it',
    async (stage) => {
      const { wall, alice, customer } = stage
      await begin(stage)
      await customerInCall(stage)
      await wall.untilCode('1001', 1)
      await alice.closeTab()
      await within(1500, 'unregistered', () => wall.extension('1001').registration !== 'registered')
      assert.equal(wall.extension('1001').code, 1)
      await customer.do('hangup')
      await within(2000, 'not On Call any more', () => wall.extension('1001').code !== 1)
      await alice.load()
      await alice.until('registered', registered, undefined, 40_000)
      await wall.untilCode('1001', 0)
      await alice.until(
        'no live call',
        ({ calls }) => Object.values(calls).every(({ state }) => state === 'Ended'),
        undefined,
        40_000,
      )
    },
  ],
  [
    'the link to the PBX is cut for 20 s during a call: stale, nobody changes status, and afterwards what is so',
    async (stage) => {
      const { wall, alice, customer, amiWire } = stage
      await begin(stage)
      await customerInCall(stage)
      await wall.untilCode('1001', 1)
      const before = wall.past.length
      amiWire.cut()
      await within(2000, 'the link is not live', () => !live(wall))
      await within(1000, 'stale', () => wall.extension('1001').stale && wall.extension('1001').code === 1)
      assert.equal((await stage.api('GET', '/health')).pbx.state, wall.link.state)
      await customer.do('hangup')
      await alice.call('Ended')
      await sleep(20_000)
      assert.equal(wall.extension('1001').code, 1, 'the last value stays, and is marked')
      const changed = wall.past
        .slice(before)
        .filter(({ stream, item }) => stream === 'agent_status' && /^Auto/.test(item.reason))
      assert.deepEqual(changed, [], 'silence is not taken for a telephone that is gone')
      amiWire.mend()
      await wall.until('the link is back', live, 40_000)
      await wall.untilCode('1001', 0)
      await wall.until('not stale', () => !wall.extension('1001').stale)
      await wall.until('no call', () => wall.callOf('1001') === undefined)
      await alice.do('finishWrapUp').catch(() => {})
    },
  ],
  [
    'the PBX transfers a leg and records it for the Phone; another agent may not',
    async (stage) => {
      const { wall, bob, alice, customer } = stage
      await begin(stage)
      await customerInCall(stage)
      await wall.untilCode('1001', 1)
      const channel = encodeURIComponent(wall.channelOf('1001'))
      const [mine, other] = [alice.given.token, bob.given.token]
      const record = (action) => stage.api('POST', `/calls/${channel}/recording`, { action }, mine)
      assert.deepEqual(await record('start'), { state: 'on' })
      assert.deepEqual(await record('pause'), { state: 'paused' })
      assert.deepEqual(await record('resume'), { state: 'on' })
      assert.deepEqual(await record('stop'), { state: 'off' })
      const transfer = (token) => {
        const attendant_transfer_form_data = { channel_id: decodeURIComponent(channel) }
        const body = { action: 'blind', target: '1002', attendant_transfer_form_data, call_log_id: null }
        return stage.api('POST', `/calls/${channel}/transfer`, body, token)
      }
      await assert.rejects(transfer(other), /403.*not_yours/)
      const { state } = await transfer(mine)
      assert.ok(['done', 'accepted'].includes(state), state)
      const { id } = await bob.call('Offered')
      await bob.do('answer', id)
      await mediaFlows(bob, customer)
      await wall.untilCode('1001', 0)
      await stage.api('POST', `/calls/${encodeURIComponent(wall.channelOf('1002'))}/hangup`, {}, stage.admin)
      await bob.call('Ended')
      await wall.untilCode('1002', 0)
      const { items } = await stage.api('GET', '/audit')
      assert.equal(items[0].action, 'call.hangup')
    },
  ],
  ...byThePbx(begin),
  [
    'two hundred telephones drop at once: an alarm, and nobody is taken offline',
    async (stage) => {
      const { wall } = stage
      await begin(stage)
      const registeredNow = () =>
        [...wall.shown.extension_status.values()].filter(
          (item) => /^3/.test(item.extension) && item.registration === 'registered',
        )
      await registerAll()
      await wall.until('200 registered', () => registeredNow().length === 200, 30_000)
      await stage.api('PUT', '/agents/3001/status', { status: 'ONLINE' })
      await dropAll()
      await wall.until('an alarm', ({ alarms }) => alarms.some(({ code }) => code === 'mass_drop'), 30_000)
      await sleep(6000)
      const offline = [...wall.shown.agent_status.values()].filter(
        ({ extension, status }) => /^3/.test(extension) && status === 'OFFLINE',
      )
      assert.deepEqual(offline, [])
      await registerAll()
      await stage.api('POST', '/pbx/resync', {})
      await wall.until('all back', () => registeredNow().length === 200, 30_000)
      await wall.until('no alarm', ({ alarms }) => alarms.length === 0, 60_000)
    },
  ],
  ...browserKilled(begin),
  ...asteriskKilled(begin, { setStatus, pausedAtPbx }),
]
