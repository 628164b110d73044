// Ways out of a queue that are not an agent's answer, and what a supervisor does with a caller: numbers outside, another queue,
// callbacks, priority, transfer, hang-up.

import assert from 'node:assert/strict'
import { fulfilled } from '../parties.mjs'

const recordOf = (items, caller) => items.find(({ from }) => from === caller.user)
const post = (stage, call_id, path, body = {}) => stage.api('POST', `/contact-centre/calls/${call_id}/${path}`, body)

export const queueOverflow = [
  [
    'the time is over: the caller is sent to a number outside, and talks there',
    async (stage) => {
      await stage.queue({ max_wait_ms: 2000, overflow: { kind: 'external', target: '3003' } }, { members: [] })
      const caller = await stage.call()
      await stage.sue.until('offered')
      stage.sue.answer()
      await stage.hear(stage.sue, caller)
      const wanted = (items) => recordOf(items, caller)?.overflow_to === 'external:3003'
      assert.equal(recordOf(await stage.records(wanted), caller)?.outcome, 'timeout')
      caller.hangup()
    },
  ],
  [
    'the time is over: the caller goes on in another queue without hearing of it, and its agent gets him',
    async (stage) => {
      await stage.queue({}, { members: ['3002'], name: 'sales' })
      await stage.api('PUT', '/contact-centre/queues/support', {
        mode: 'offhook',
        max_wait_ms: 2000,
        overflow: { kind: 'queue', target: 'sales' },
      })
      const caller = await stage.call()
      await stage.talk(stage.bob, caller)
      assert.equal(stage.board.callOf(caller.user).queue, 'sales')
      stage.bob.hangup()
      await caller.until('over')
    },
  ],
  [
    'a supervisor moves who waits to another queue, and its agent gets him',
    async (stage) => {
      await stage.queue({}, { members: [] })
      await stage.queue({}, { members: ['3002'], name: 'sales' })
      const caller = await stage.call()
      const { call_id } = await stage.waits(caller)
      await post(stage, call_id, 'move', { queue: 'sales' })
      await stage.talk(stage.bob, caller)
      assert.equal(stage.board.callOf(caller.user).queue, 'sales')
      stage.bob.hangup()
      await caller.until('over')
    },
  ],
  [
    'a callback: the agent’s telephone rings first, then the number; both talk, and the record is outbound',
    async (stage) => {
      await stage.queue({}, { members: ['3001'] })
      const { call_id } = await stage.api('POST', '/contact-centre/queues/support/calls', { number: '3003' })
      assert.ok(call_id)
      await stage.alice.until('offered')
      stage.alice.answer()
      await stage.sue.until('offered')
      stage.sue.answer()
      await stage.hear(stage.alice, stage.sue)
      await stage.board.until('OnCall', (board) => board.agent('3001').state === 'OnCall')
      stage.sue.hangup()
      await stage.alice.until('over')
      const rows = await stage.records((items) => items.some((row) => row.call_id === call_id && row.outcome))
      const row = rows.find((one) => one.call_id === call_id)
      assert.deepEqual([row?.outcome, row?.direction, row?.agent_id], ['answered', 'outbound', '3001'])
    },
  ],
  [
    'an agent declines the offer in the page: the telephone stops, and nobody is lost',
    async (stage) => {
      await stage.queue({ reject_ms: 3000 }, { members: ['3001'] })
      const caller = await stage.call()
      const offer = await stage.alice.until('offered')
      await stage.board.until('shown', (board) => board.callOf(caller.user)?.agent === '3001')
      const { call_id } = stage.board.callOf(caller.user)
      await stage.api('POST', `/contact-centre/offers/${call_id}/reject`, undefined, stage.aliceToken)
      await stage.alice.until('over', 3000, offer)
      const again = () => stage.alice.call !== offer && stage.alice.call.state === 'offered'
      assert.ok(await fulfilled(again, 10_000), 'he rings again when the cool-down is over')
      await stage.talk(stage.alice, caller)
    },
  ],
  [
    'a supervisor gives one caller priority, sends one to a number, and ends the call of one',
    async (stage) => {
      await stage.queue({}, { members: ['3001'] })
      const [first, second, third] = stage.callers
      await stage.call(0)
      await stage.talk(stage.alice, first)
      await stage.call(1)
      await stage.waits(second)
      await stage.call(2)
      const { call_id } = await stage.waits(third)
      await stage.api('PUT', `/contact-centre/calls/${call_id}/priority`, { priority: 10 })
      await post(stage, stage.board.callOf(first.user).call_id, 'hangup')
      await first.until('over')
      await stage.talk(stage.alice, third)
      await post(stage, stage.board.callOf(second.user).call_id, 'transfer', { target: '3003' })
      await stage.sue.until('offered')
      stage.sue.answer()
      await stage.hear(stage.sue, second)
      const rows = await stage.records((items) => recordOf(items, first)?.outcome === 'answered')
      assert.equal(recordOf(rows, first).hangup_by, 'supervisor')
    },
  ],
]
