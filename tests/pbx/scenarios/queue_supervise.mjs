// A supervisor at a call on the real PBX: who hears whom is measured by tones, in each mode and while they change.

import assert from 'node:assert/strict'
import { fulfilled } from '../parties.mjs'
import { tones } from '../queue_stage.mjs'

/** Exactly these of the three hear these tones. */
export async function hear(stage, caller, wanted) {
  const { alice, sue } = stage
  const all = [tones.alice, tones.sue, caller.tone]
  const heard = () => ({ alice: alice.hears(...all), sue: sue.hears(...all), caller: caller.hears(...all) })
  const same = () => JSON.stringify(heard()) === JSON.stringify(wanted)
  assert.ok(await fulfilled(same, 8000), `wanted ${JSON.stringify(wanted)}, heard ${JSON.stringify(heard())}`)
}

export const supervise = (stage, call, action) =>
  stage.api('POST', `/contact-centre/calls/${call.call_id}/supervise`, { action, supervisor: '3003' })

/** Alice talks to the caller, the supervisor listens. */
export async function listening(stage, first = 'monitor') {
  await stage.queue({}, { members: ['3001'] })
  const caller = await stage.call()
  await stage.talk(stage.alice, caller)
  const call = stage.board.callOf(caller.user)
  const asked = supervise(stage, call, first)
  await stage.sue.until('offered')
  stage.sue.answer()
  const { state } = await asked
  assert.equal(state, first)
  return { caller, call }
}

export const queueSupervise = [
  [
    'monitor, coach, barge and back on one call: each hears exactly whom it should, and the board names who listens',
    async (stage) => {
      const { caller, call } = await listening(stage)
      const both = [tones.alice, caller.tone]
      await hear(stage, caller, { alice: [caller.tone], sue: both, caller: [tones.alice] })
      await stage.board.until('shown', (board) =>
        board
          .callOf(caller.user)
          ?.supervisors?.some(({ extension, mode }) => extension === '3003' && mode === 'monitor'),
      )
      assert.equal((await supervise(stage, call, 'coach')).state, 'coach')
      await hear(stage, caller, { alice: [tones.sue, caller.tone], sue: both, caller: [tones.alice] })
      assert.equal((await supervise(stage, call, 'barge')).state, 'barge')
      await hear(stage, caller, { alice: [tones.sue, caller.tone], sue: both, caller: [tones.alice, tones.sue] })
      assert.equal((await supervise(stage, call, 'monitor')).state, 'monitor')
      await hear(stage, caller, { alice: [caller.tone], sue: both, caller: [tones.alice] })
      assert.equal((await supervise(stage, call, 'stop')).state, 'stopped')
      await stage.sue.until('over')
      await stage.hear(stage.alice, caller)
      await stage.board.until('nobody listens', (board) => board.callOf(caller.user)?.supervisors?.length === 0)
      stage.alice.hangup()
    },
  ],
  [
    'the supervisor takes the call over: the agent is free, the caller talks to the supervisor',
    async (stage) => {
      const { caller, call } = await listening(stage, 'coach')
      assert.equal((await supervise(stage, call, 'take_over')).state, 'taken_over')
      await stage.alice.until('over')
      await stage.hear(stage.sue, caller)
      await stage.board.until('Alice is free', (board) => board.agent('3001').state === 'Available')
      stage.sue.hangup()
      await caller.until('over')
    },
  ],
  [
    'the call ends while somebody listens: the supervisor’s telephone is free as well',
    async (stage) => {
      const { caller } = await listening(stage)
      caller.hangup()
      await stage.sue.until('over')
      await stage.alice.until('over')
    },
  ],
  [
    'a supervisor who rejects, and a call that nobody talks: refused with a reason',
    async (stage) => {
      await stage.queue({}, { members: ['3001'] })
      const caller = await stage.call()
      await stage.alice.until('offered')
      await stage.board.until('shown', (board) => board.callOf(caller.user))
      const { call_id } = stage.board.callOf(caller.user)
      await assert.rejects(supervise(stage, { call_id }, 'monitor'), /not_talking/)
      await stage.talk(stage.alice, caller)
      const asked = supervise(stage, { call_id }, 'monitor')
      await stage.sue.until('offered')
      stage.sue.reject(486)
      await assert.rejects(asked, /refused/)
      await stage.hear(stage.alice, caller)
    },
  ],
]
