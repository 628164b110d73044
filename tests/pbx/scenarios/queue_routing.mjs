// The hub routes a queue on the real PBX (docs/queues.md, "On the PBX"): ring, answer, no answer, reject, abandon,
// overflow, transfers, recording. Who hears whom is measured by tones; what Asterisk and the records say is compared.

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { fulfilled } from '../parties.mjs'
import { music, tones } from '../queue_stage.mjs'

const everything = Object.values(tones)
const recordOf = (items, caller) => items.find(({ from }) => from === caller.user)

export const queueRouting = [
  [
    'a caller is offered to the first agent, they talk, the agent hangs up: answered, and the times add up',
    async (stage) => {
      await stage.queue()
      const caller = await stage.call()
      const offered = await stage.alice.until('offered')
      const header = (name) => offered.invite.get(name)
      assert.match(header('X-CC-Call'), /^\d+\.\d+$/)
      assert.ok(Number(header('X-CC-Try')) > 0)
      assert.ok(header('X-CC-Leg'))
      const onlyMusic = () => String(caller.hears(music, ...everything)) === String(music)
      assert.ok(await fulfilled(onlyMusic, 3000), 'music goes on while it rings')
      await stage.board.until('Ringing', (board) => board.agent('3001').state === 'Ringing')
      await stage.talk(stage.alice, caller)
      assert.equal(stage.board.callOf(caller.user).agent, '3001')
      await sleep(1000)
      stage.alice.hangup()
      await caller.until('over')
      await stage.board.until('free again', (board) => board.agent('3001').state === 'Available')
      const record = recordOf(await stage.records((items) => recordOf(items, caller)?.outcome === 'answered'), caller)
      assert.deepEqual(
        [record.outcome, record.hangup_by, record.agent_id, record.queue_name],
        ['answered', 'agent', '3001', 'support'],
      )
      assert.ok(record.talk_time > 900 && record.talk_time < 8000, `talk_time ${record.talk_time}`)
      assert.ok(record.wait_time >= record.ring_time, JSON.stringify(record))
    },
  ],
  [
    'nobody answers at the first agent: the second rings, with one Redirect each, and the caller hears music throughout',
    async (stage) => {
      await stage.queue({ ring_ms: 2000, rona_ms: 6000 })
      const caller = await stage.call()
      await stage.alice.until('offered')
      const bob = await stage.bob.until('offered')
      assert.equal(stage.alice.call.state, 'over')
      assert.deepEqual(caller.hears(music, ...everything), [music])
      await stage.talk(stage.bob, caller)
      assert.equal(bob.state, 'up')
      caller.hangup()
      await stage.bob.until('over')
      const record = recordOf(await stage.records((items) => recordOf(items, caller)?.outcome === 'answered'), caller)
      assert.deepEqual([record.hangup_by, record.agent_id, record.rona_count], ['caller', '3002', 1])
    },
  ],
  [
    'an agent rejects: the caller keeps his place before one who came later, and the other agent gets him',
    async (stage) => {
      await stage.queue({ reject_ms: 6000 }, { members: ['3001'] })
      const first = await stage.call(0)
      await stage.alice.until('offered')
      const second = await stage.call(1)
      await stage.waits(second)
      stage.alice.reject(486)
      await stage.board.until('both wait', (board) => board.callOf(first.user)?.state === 'Queued')
      assert.equal(stage.board.callOf(first.user).position, 1)
      await stage.join('3002')
      await stage.talk(stage.bob, first)
      stage.bob.hangup()
      await first.until('over')
    },
  ],
  [
    'a caller gives up while he waits, another while it rings: abandoned, and the telephone stops at once',
    async (stage) => {
      await stage.queue({}, { members: ['3001'] })
      const ringing = await stage.call(0)
      const call = await stage.alice.until('offered')
      const waiting = await stage.call(1)
      await stage.waits(waiting)
      waiting.hangup()
      await stage.board.until('gone', (board) => board.callOf(waiting.user) === undefined)
      ringing.hangup()
      await stage.alice.until('over', 2000, call)
      assert.equal(call.status, 487)
      await stage.board.until('Available', (board) => board.agent('3001').state === 'Available')
      const rows = await stage.records((items) =>
        [ringing, waiting].every((caller) => recordOf(items, caller)?.outcome === 'abandoned'),
      )
      for (const caller of [ringing, waiting]) assert.equal(recordOf(rows, caller)?.outcome, 'abandoned')
    },
  ],
  [
    'nobody is there until the time is over: the caller leaves a voicemail, and the record says timeout',
    async (stage) => {
      await stage.queue({ max_wait_ms: 4000, overflow: { kind: 'voicemail', target: '' } }, { members: [] })
      const before = stage.spool('voicemail').length
      const caller = await stage.call()
      await stage.waits(caller)
      await stage.pbxLog.until(/(VoiceMail|Record)\(/, 10_000)
      await sleep(2500)
      caller.hangup()
      const left = await fulfilled(() => stage.spool('voicemail').length > before, 5000)
      assert.ok(left, `a message was left: ${JSON.stringify(stage.spool('voicemail'))}`)
      const record = recordOf(await stage.records((items) => recordOf(items, caller)?.outcome === 'timeout'), caller)
      assert.equal(record?.outcome, 'timeout')
    },
  ],
  [
    'wrap-up: after a talk the agent is not rung until it is over; completed, he is rung at once',
    async (stage) => {
      await stage.queue({ wrap_up: { mode: 'timed', ms: 60_000 } }, { members: ['3001'] })
      const first = await stage.call(0)
      await stage.talk(stage.alice, first)
      const second = await stage.call(1)
      await stage.waits(second)
      stage.alice.hangup()
      await stage.board.until('WrapUp', (board) => board.agent('3001').state === 'WrapUp')
      await sleep(1000)
      assert.equal(stage.alice.call.state, 'over', 'not rung')
      await stage.api('POST', '/agents/3001/complete-wrap-up', {})
      await stage.talk(stage.alice, second)
      second.hangup()
      await stage.alice.until('over')
    },
  ],
  [
    'two callers, one agent: one rings, the other waits, and comes next; hold is seen',
    async (stage) => {
      await stage.queue({}, { members: ['3001'] })
      const first = await stage.call(0)
      await stage.alice.until('offered')
      const second = await stage.call(1)
      await stage.waits(second)
      await stage.talk(stage.alice, first)
      await stage.alice.hold(true)
      await stage.board.until('held', (board) => board.callOf(first.user)?.held === true)
      await stage.alice.hold(false)
      await stage.board.until('not held', (board) => board.callOf(first.user)?.held === false)
      first.hangup()
      await stage.talk(stage.alice, second)
      stage.alice.hangup()
    },
  ],
  [
    'the agent transfers blind: he is free at once, the record says so, and the colleague hears the caller',
    async (stage) => {
      await stage.queue()
      const caller = await stage.call()
      await stage.talk(stage.alice, caller)
      const call = stage.alice.call
      stage.alice.refer('3003')
      await stage.sue.until('offered')
      await stage.board.until('free', (board) => board.agent('3001').state === 'Available')
      stage.alice.hangup(call)
      stage.sue.answer()
      await stage.hear(stage.sue, caller)
      const record = recordOf(
        await stage.records((items) => recordOf(items, caller)?.outcome === 'transferred_blind'),
        caller,
      )
      assert.equal(record?.outcome, 'transferred_blind')
      caller.hangup()
      await stage.sue.until('over')
    },
  ],
  [
    'the agent transfers back into the queue: a new stay with its own record, and the other agent gets him',
    async (stage) => {
      await stage.queue({ strategy: 'longest_idle' })
      const caller = await stage.call()
      const first = await Promise.race([
        stage.alice.until('offered').then(() => stage.alice),
        stage.bob.until('offered').then(() => stage.bob),
      ])
      const other = first === stage.alice ? stage.bob : stage.alice
      await stage.talk(first, caller)
      first.refer('7300')
      await stage.talk(other, caller)
      first.hangup()
      const stays = stage.board.past
        .filter(({ stream, item }) => stream === 'acd_calls' && item.from === caller.user)
        .map(({ item }) => item.call_id)
      assert.equal(new Set(stays).size, 2, JSON.stringify([...new Set(stays)]))
      other.hangup()
      await caller.until('over')
    },
  ],
  [
    'the agent asks his colleague first and completes: the talk goes on with him, in two records',
    async (stage) => {
      await stage.queue()
      const caller = await stage.call()
      await stage.talk(stage.alice, caller)
      const talk = stage.alice.call
      await stage.alice.hold(true, talk)
      const consult = stage.alice.dial('3002')
      await stage.bob.until('offered')
      stage.bob.answer()
      await stage.alice.until('up', 5000, consult)
      stage.alice.refer('3002', talk, consult)
      await stage.hear(stage.bob, caller)
      await stage.board.until('Bob has the call', (board) => board.callOf(caller.user)?.agent === '3002')
      stage.alice.hangup(talk)
      stage.alice.hangup(consult)
      await stage.board.until('Alice is free', (board) => board.agent('3001').state === 'Available')
      caller.hangup()
      const rows = (
        await stage.records((items) =>
          items
            .filter(({ from }) => from === caller.user)
            .some(({ outcome, agent_id }) => outcome === 'answered' && agent_id === '3002'),
        )
      ).filter(({ from, offered_at }) => from === caller.user && offered_at > Date.now() - 60_000)
      assert.ok(
        rows.some(({ outcome, agent_id }) => outcome === 'transferred_attended' && agent_id === '3001'),
        JSON.stringify(rows),
      )
    },
  ],
  [
    'ring all: every telephone rings, the first to answer has the caller, the others stop as answered elsewhere',
    async (stage) => {
      await stage.queue({ strategy: 'ring_all' })
      const caller = await stage.call()
      const [alice] = await Promise.all([stage.alice.until('offered'), stage.bob.until('offered')])
      await stage.talk(stage.bob, caller)
      await stage.alice.until('over', 3000, alice)
      assert.match(alice.cause ?? '', /200|elsewhere/i)
      await stage.board.until('Alice Available', (board) => board.agent('3001').state === 'Available')
      stage.bob.hangup()
      await caller.until('over')
    },
  ],
  [
    'a recorded queue: the file is there, and longer than the talk began',
    async (stage) => {
      await stage.queue({ record: true })
      const caller = await stage.call()
      await stage.talk(stage.alice, caller)
      await sleep(1500)
      stage.alice.hangup()
      await caller.until('over')
      const file = () => stage.spool('monitor').find(({ name }) => name.startsWith('cc/'))
      assert.ok(await fulfilled(() => (file()?.size ?? 0) > 16_000, 5000), JSON.stringify(stage.spool('monitor')))
      const record = recordOf(await stage.records((items) => recordOf(items, caller)?.recording_url), caller)
      assert.match(record.recording_url, /^cc\/.*\.wav$/)
    },
  ],
]
