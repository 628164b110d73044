// What is lost in a talk, and what goes on: an agent's telephone, his page, the hub beside a supervisor, the wire to the PBX.

import assert from 'node:assert/strict'
import { fulfilled } from '../parties.mjs'
import { music, tones } from '../queue_stage.mjs'
import { hear, listening, supervise } from './queue_supervise.mjs'

const everything = Object.values(tones)
const of = (items, caller, since) => items.filter(({ from, offered_at }) => from === caller.user && offered_at > since)

export const queueLost = [
  [
    'an agent’s telephone dies in a talk: the caller hears music again and is the first to be served, by somebody else',
    async (stage) => {
      // So long the dead telephone is not rung for him again; else he might be ringing there when Alice comes.
      await stage.queue({ unreachable_ms: 60_000 }, { members: ['3002'] })
      const since = Date.now() - 1000
      const [talking, waiting] = stage.callers
      await stage.call(0)
      await stage.talk(stage.bob, talking)
      await stage.call(1)
      const { call_id } = await stage.waits(waiting)
      await stage.api('PUT', `/contact-centre/calls/${call_id}/priority`, { priority: 50 })
      stage.bob.die()
      const back = (board) => board.callOf(talking.user)?.state !== 'Active'
      await stage.board.until('he waits again', back, 10_000)
      assert.ok(await fulfilled(() => String(talking.hears(music, ...everything)) === String(music), 3000))
      await stage.join('3001')
      await stage.talk(stage.alice, talking)
      stage.alice.hangup()
      const rows = of(
        await stage.records((items) => of(items, talking, since).some((row) => row.outcome === 'answered')),
        talking,
        since,
      )
      const told = rows.map(({ outcome, agent_id }) => `${outcome} ${agent_id}`).sort()
      assert.deepEqual(told, ['answered 3001', 'error 3002'])
      await talking.until('over')
      stage.bob.revive()
    },
  ],
  [
    'the agent’s page is loaded anew in a talk: its new leg takes the place of the old one, call and record go on',
    async (stage) => {
      await stage.queue({}, { members: ['3001'] })
      const since = Date.now() - 1000
      const caller = await stage.call()
      await stage.talk(stage.alice, caller)
      const before = stage.alice.call
      const { id, remote, local } = before
      const { call_id } = stage.board.callOf(caller.user)
      const legs = async () => JSON.stringify(await stage.api('GET', '/calls'))
      const leg = () => stage.pbx('core show channels concise').match(/^PJSIP\/3001-[^!]*/m)?.[0]
      const first = leg()
      assert.ok((await legs()).includes(first), await legs())
      const replaces = `Replaces: ${id};to-tag=${remote};from-tag=${local}`
      const again = stage.alice.dial('3001', ['Require: replaces', replaces])
      await stage.alice.until('up', 3000, again)
      await stage.alice.until('over', 3000, before)
      const second = leg()
      const heard = async () => (await legs()).includes(second) && !(await legs()).includes(first)
      assert.ok(await fulfilled(heard, 3000), `${first} is not ${second}: ${await legs()}`)
      await stage.hear(stage.alice, caller)
      assert.equal(stage.board.callOf(caller.user)?.call_id, call_id)
      assert.equal(stage.board.agent('3001').state, 'OnCall')
      // Who listens is joined to the leg that talks now.
      const asked = supervise(stage, { call_id }, 'monitor')
      await stage.sue.until('offered')
      stage.sue.answer()
      assert.equal((await asked).state, 'monitor')
      await hear(stage, caller, { alice: [caller.tone], sue: [tones.alice, caller.tone], caller: [tones.alice] })
      stage.alice.hangup(again)
      await caller.until('over')
      await stage.sue.until('over')
      const rows = of(await stage.records((items) => of(items, caller, since)[0]?.outcome), caller, since)
      assert.deepEqual(
        rows.map((row) => [row.outcome, row.agent_id, row.hangup_by]),
        [['answered', '3001', 'agent']],
      )
    },
  ],
  [
    'a supervisor ends the agent’s leg by an order: the call is over, nobody waits again',
    async (stage) => {
      await stage.queue({}, { members: ['3001'] })
      const caller = await stage.call()
      await stage.talk(stage.alice, caller)
      const line = stage.pbx('core show channels concise').match(/^PJSIP\/3001-[^!]*/m)
      await stage.api('POST', `/calls/${encodeURIComponent(line[0])}/hangup`)
      await stage.alice.until('over', 3000)
      await caller.until('over', 3000)
      await stage.board.until('Alice is free', (board) => board.agent('3001').state === 'Available')
    },
  ],
  [
    'the hub is killed while a supervisor coaches: all three talk on; started again it knows her, changes the mode and ends it',
    async (stage) => {
      const { caller, call } = await listening(stage, 'coach')
      const both = [tones.alice, caller.tone]
      await hear(stage, caller, { alice: [tones.sue, caller.tone], sue: both, caller: [tones.alice] })
      await stage.killHub()
      await hear(stage, caller, { alice: [tones.sue, caller.tone], sue: both, caller: [tones.alice] })
      await stage.startHub()
      await stage.board.until('known again', (board) =>
        board.callOf(caller.user)?.supervisors?.some(({ extension, mode }) => extension === '3003' && mode === 'coach'),
      )
      const session = [...stage.board.shown.supervision.values()].find(({ supervisor }) => supervisor === '3003')
      assert.deepEqual([session?.state, session?.agent, session?.call_id], ['Coach', '3001', call.call_id])
      assert.equal((await supervise(stage, call, 'barge')).state, 'barge')
      await hear(stage, caller, { alice: [tones.sue, caller.tone], sue: both, caller: [tones.alice, tones.sue] })
      assert.equal((await supervise(stage, call, 'stop')).state, 'stopped')
      await stage.sue.until('over')
      await stage.hear(stage.alice, caller)
      stage.alice.hangup()
    },
  ],
  [
    'the wire to the PBX is cut: its own queue takes who waits; mended, one is taken back with his place, one who talks is left',
    async (stage) => {
      await stage.queue({}, { members: ['3001'] })
      const [talking, waiting] = stage.callers
      await stage.call(0)
      await stage.talk(stage.alice, talking)
      await stage.call(1)
      const before = await stage.waits(waiting)
      stage.wire.cut()
      await stage.pbxLog.until(/Executing \[s@hub-fallback:\d+\] Queue\(/, 12_000)
      stage.wire.mend()
      const { board } = stage
      await board.until('the link', ({ link }) => link?.state === 'live', 30_000)
      await board.until('he is taken back', () => board.callOf(waiting.user)?.mode === 'offhook')
      await stage.hear(stage.alice, talking)
      assert.equal(board.callOf(talking.user).agent, '3001')
      const now = board.callOf(waiting.user)
      assert.ok(Math.abs(now.enqueued_at - before.enqueued_at) < 2500, JSON.stringify({ before, now }))
      stage.alice.hangup()
      await stage.talk(stage.alice, waiting)
      stage.alice.hangup()
      await waiting.until('over')
    },
  ],
  [
    'the wire is cut, and the PBX’s own queue has connected somebody when it is mended: she is known as talking, and nobody moves him',
    async (stage) => {
      await stage.queue({}, { members: ['3001'] })
      const [talking, waiting] = stage.callers
      await stage.call(0)
      await stage.talk(stage.alice, talking)
      await stage.call(1)
      await stage.waits(waiting)
      stage.wire.cut()
      await stage.pbxLog.until(/Executing \[s@hub-fallback:\d+\] Queue\(/, 12_000)
      const one = stage.alice.call
      stage.alice.hangup(one)
      await talking.until('over')
      const rung = () => stage.alice.call !== one && stage.alice.call.state === 'offered'
      assert.ok(await fulfilled(rung, 10_000), 'the PBX’s own queue rings her')
      stage.alice.answer()
      await stage.hear(stage.alice, waiting)
      stage.wire.mend()
      const { board } = stage
      await board.until('the link', ({ link }) => link?.state === 'live', 30_000)
      await board.until(
        'Alice talks',
        () => board.agent('3001')?.state === 'OnCall' || board.agent('3001')?.why === 'other_call',
      )
      await stage.hear(stage.alice, waiting)
      stage.alice.hangup()
      await waiting.until('over')
      await board.until('Alice is free', () => board.agent('3001')?.state === 'Available')
    },
  ],
]
