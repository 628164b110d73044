// What a caller hears and can do while he waits on the real PBX: his position, a key that leads out, a sound at the end.

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { fulfilled } from '../parties.mjs'
import { music, tones } from '../queue_stage.mjs'

const everything = Object.values(tones)
const recordOf = (items, caller) => items.find(({ from }) => from === caller.user)
const musicOnly = (caller) => String(caller.hears(music, ...everything)) === String(music)
const spoken = (caller) => caller.hearsSound && caller.hears(music, ...everything).length === 0

export const queueWaiting = [
  [
    'the position is said every so often: each hears his own number instead of the music, and then the music again',
    async (stage) => {
      await stage.queue({ announce: { position: true, every_ms: 12_000, sounds: '' } }, { members: [] })
      const [first, second] = stage.callers
      await stage.call(0)
      await stage.waits(first)
      await stage.call(1)
      await stage.waits(second)
      for (const caller of [first, second]) {
        assert.ok(await fulfilled(() => spoken(caller), 16_000), `${caller.user} hears a voice`)
        assert.ok(await fulfilled(() => musicOnly(caller), 12_000), `${caller.user} hears music again`)
      }
      await stage.pbxLog.until(/Playing 'queue-youarenext/)
      await stage.pbxLog.until(/Playing 'queue-thereare.*Playing 'digits\/2.*Playing 'queue-callswaiting/s)
      // Whoever is being spoken to is connected all the same, at once.
      assert.ok(await fulfilled(() => spoken(first), 16_000))
      await stage.join('3001')
      await stage.talk(stage.alice, first)
      first.hangup()
    },
  ],
  [
    'the key that leads out: another does nothing, this one takes the caller to the overflow, also while he is spoken to',
    async (stage) => {
      const settings = { leave_key: '1', overflow: { kind: 'external', target: '3003' } }
      await stage.queue(settings, { members: [] })
      const caller = await stage.call()
      await stage.waits(caller)
      await caller.press('2')
      await sleep(700)
      assert.equal(stage.board.callOf(caller.user)?.state, 'Queued')
      await caller.press('1')
      await stage.sue.until('offered', 3000)
      stage.sue.answer()
      await stage.hear(stage.sue, caller)
      const rows = await stage.records((items) => recordOf(items, caller)?.overflow_to === 'external:3003')
      assert.deepEqual(
        [recordOf(rows, caller)?.outcome, recordOf(rows, caller)?.overflow_to],
        ['overflow', 'external:3003'],
      )
      caller.hangup()
      await stage.sue.until('over')
      await stage.queue({ ...settings, announce: { position: true, every_ms: 1000, sounds: '' } }, { members: [] })
      const other = await stage.call(1)
      assert.ok(await fulfilled(() => spoken(other), 10_000))
      await other.press('1')
      await stage.sue.until('offered', 3000)
      stage.sue.reject()
    },
  ],
  [
    'a callback by key: the caller may go, an agent sees whom he will call and declines, a supervisor takes it out',
    async (stage) => {
      await stage.queue({ leave_key: '*', overflow: { kind: 'callback', target: '' } }, { members: [] })
      const caller = await stage.call()
      await stage.waits(caller)
      await caller.press('*')
      await stage.pbxLog.until(/Playing 'auth-thankyou/, 5000)
      await caller.until('over', 10_000)
      await stage.board.until('the callback waits', (board) => board.callOf(caller.user)?.state === 'Queued')
      await stage.join('3001')
      const offer = await stage.alice.until('offered')
      assert.equal(offer.from, caller.user, 'the agent sees whom he will call')
      stage.alice.reject(486)
      await stage.board.until('it waits again', (board) => board.callOf(caller.user)?.state === 'Queued')
      const { call_id } = stage.board.callOf(caller.user)
      await stage.api('DELETE', `/contact-centre/calls/${encodeURIComponent(call_id)}`)
      await stage.board.until('a supervisor took it out', (board) => board.callOf(caller.user) === undefined)
    },
  ],
  [
    'the time is over: a sound and then the end; or the end at once',
    async (stage) => {
      await stage.queue(
        { max_wait_ms: 1500, overflow: { kind: 'announce', target: 'queue-thankyou' } },
        { members: [] },
      )
      const told = await stage.call(0)
      assert.ok(await fulfilled(() => spoken(told), 8000), 'he hears a voice')
      await stage.pbxLog.until(/Playing 'queue-thankyou/)
      await told.until('over', 10_000)
      await stage.queue({ max_wait_ms: 1500, overflow: { kind: 'hangup', target: '' } }, { members: [] })
      const cut = await stage.call(1)
      await cut.until('over', 5000)
      const both = (items) => [told, cut].map((caller) => recordOf(items, caller)?.overflow_to)
      const rows = await stage.records((items) => both(items).every(Boolean))
      assert.deepEqual(both(rows), ['announce:queue-thankyou', 'hangup'])
      assert.equal(recordOf(rows, cut).outcome, 'timeout')
    },
  ],
  [
    'a number is to be called: each agent sees it before he answers, one declines, the next takes it and is joined',
    async (stage) => {
      await stage.queue({ reject_ms: 8000 })
      const { call_id } = await stage.api('POST', '/contact-centre/queues/support/calls', { number: '3003' })
      const first = await stage.alice.until('offered')
      assert.equal(first.from, '3003')
      await stage.board.until('shown', ({ shown }) => shown.acd_calls.get(call_id)?.agent === '3001')
      assert.equal(stage.board.shown.acd_calls.get(call_id).from, '3003')
      assert.ok(stage.sue.call === undefined || stage.sue.call.state === 'over', 'the number is not called yet')
      stage.alice.reject(486)
      const second = await stage.bob.until('offered')
      assert.equal(second.from, '3003')
      stage.bob.answer()
      await stage.sue.until('offered')
      stage.sue.answer()
      await stage.hear(stage.bob, stage.sue)
      stage.bob.hangup()
      await stage.sue.until('over')
      const rows = await stage.records((items) => items.some((row) => row.call_id === call_id && row.outcome))
      const row = rows.find((one) => one.call_id === call_id)
      assert.deepEqual([row.outcome, row.agent_id, row.direction], ['answered', '3002', 'outbound'])
    },
  ],
]
