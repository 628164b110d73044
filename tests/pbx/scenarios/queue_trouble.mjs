// The hub is killed without a word, stopped in order, started again; and the PBX routes a queue by itself while the hub looks on.

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { fulfilled } from '../parties.mjs'
import { music, tones } from '../queue_stage.mjs'

const everything = Object.values(tones)

export const queueTrouble = [
  [
    'the hub is killed with one who talks, one who rings, one who waits: the talk goes on, the ring connects, the PBX’s own queue takes who waits within 8 s; started again it has them',
    async (stage) => {
      await stage.queue()
      const [talking, ringing, waiting] = stage.callers
      await stage.call(0)
      await stage.talk(stage.alice, talking)
      await stage.call(1)
      const ring = await stage.bob.until('offered')
      await stage.call(2)
      await stage.waits(waiting)
      const began = performance.now()
      await stage.killHub()
      await sleep(1500)
      await stage.hear(stage.alice, talking)
      stage.bob.answer(ring)
      await stage.hear(stage.bob, ringing)
      await stage.pbxLog.until(/Executing \[s@hub-fallback:\d+\] Queue\(/, 12_000)
      const taken = performance.now() - began
      assert.ok(taken < 8000 + 500, `taken over after ${Math.round(taken)} ms`)
      assert.deepEqual(waiting.hears(music, ...everything), [music], 'and he hears music')
      await stage.startHub()
      const { board } = stage
      await board.until('all are known again', () => stage.callers.every(({ user }) => board.callOf(user)))
      assert.equal(board.callOf(talking.user).agent, '3001')
      assert.equal(board.callOf(ringing.user).agent, '3002')
      await stage.hear(stage.alice, talking)
      await stage.hear(stage.bob, ringing)
      stage.alice.hangup()
      await stage.talk(stage.alice, waiting)
      for (const agent of [stage.alice, stage.bob]) agent.hangup()
      for (const caller of stage.callers) await caller.until('over')
      console.log(`       the PBX’s own queue had him ${Math.round(taken)} ms after the kill`)
    },
  ],
  [
    'the hub is killed while it rings and nobody answers: the caller goes to the PBX’s own queue, and is served there',
    async (stage) => {
      await stage.queue({ ring_ms: 4000 }, { members: ['3001'] })
      const caller = await stage.call()
      await stage.alice.until('offered')
      await stage.killHub()
      await stage.alice.until('over', 8000)
      await stage.pbxLog.until(/Executing \[s@hub-fallback:\d+\] Queue\(/, 12_000)
      const again = await (async () => {
        for (;;) {
          const call = stage.alice.call
          if (call.state === 'offered') return call
          await sleep(50)
        }
      })()
      stage.alice.answer(again)
      await stage.hear(stage.alice, caller)
      await stage.startHub()
      await stage.hear(stage.alice, caller)
      caller.hangup()
      await stage.alice.until('over')
    },
  ],
  [
    'the hub stops in order: who waits goes to the PBX’s own queue within a tick, a talk is left alone',
    async (stage) => {
      await stage.queue({}, { members: ['3001'] })
      const [talking, waiting] = stage.callers
      await stage.call(0)
      await stage.talk(stage.alice, talking)
      await stage.call(1)
      await stage.waits(waiting)
      const began = performance.now()
      await stage.stopHub()
      await stage.pbxLog.until(/Executing \[s@hub-fallback:\d+\] Queue\(/, 5000)
      console.log(`       after ${Math.round(performance.now() - began)} ms`)
      await stage.hear(stage.alice, talking)
      await stage.startHub()
    },
  ],
  [
    'who is added to the queue in the hub is a member of the PBX’s own queue as well, paused like his status',
    async (stage) => {
      await stage.queue({}, { members: ['3001'] })
      const member = () =>
        stage
          .pbx('queue show support')
          .split('\n')
          .find((line) => line.includes('PJSIP/3001'))
      assert.ok(await fulfilled(() => member() !== undefined, 5000), stage.pbx('queue show support'))
      assert.ok(await fulfilled(() => !/paused/.test(member()), 5000), member())
      await stage.api('PUT', '/agents/3001/status', { status: 'BREAK', reason: 'tea' })
      assert.ok(await fulfilled(() => /paused:tea/.test(member()), 5000), member())
      await stage.ready('3001')
      assert.ok(await fulfilled(() => !/paused/.test(member()), 5000), member())
    },
  ],
  [
    'mode asterisk: app_queue decides, the hub only looks on: waiting, ringing, talking, no answer, wrap-up and record',
    async (stage) => {
      await stage.queue({ mode: 'asterisk', wrap_up: { mode: 'timed', ms: 30_000 } })
      for (const extension of ['3001', '3002']) stage.pbx(`queue add member PJSIP/${extension} to support`)
      const caller = await stage.call(0, '7000')
      const { board } = stage
      const rung = await Promise.race([
        stage.alice.until('offered').then(() => stage.alice),
        stage.bob.until('offered').then(() => stage.bob),
      ])
      await board.until('Ringing', () => board.agent(rung.extension)?.state === 'Ringing')
      await stage.talk(rung, caller)
      assert.equal(board.callOf(caller.user).mode, 'asterisk')
      rung.hangup()
      await board.until('WrapUp', () => board.agent(rung.extension)?.state === 'WrapUp')
      const [record] = (
        await stage.records((items) =>
          items.some(
            ({ mode, from, outcome }) => mode === 'asterisk' && from === caller.user && outcome === 'answered',
          ),
        )
      ).filter(({ mode, from }) => mode === 'asterisk' && from === caller.user)
      assert.deepEqual([record.outcome, record.agent_id, record.hangup_by], ['answered', rung.extension, 'agent'])
      await stage.api('POST', `/agents/${rung.extension}/complete-wrap-up`, {})
    },
  ],
]
