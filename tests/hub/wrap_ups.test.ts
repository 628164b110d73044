// What an agent's Phones are told of the wrap-up after a call of a queue.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { AcdAgentItem, SupervisionItem } from '../../hub/src/acd/items.js'
import { WrapUps } from '../../hub/src/pbx/wrap_ups.js'
import { acdAgent } from './support/scripted_centre.js'

const agent = (state: AcdAgentItem['state'], more: Partial<AcdAgentItem> = {}): AcdAgentItem =>
  acdAgent('1001', { state, ...more }) as AcdAgentItem
const session = (end: string | null): SupervisionItem => ({
  supervisor: '1001',
  call_id: 'c2',
  agent: '1002',
  mode: 'monitor',
  state: end === null ? 'Monitor' : 'Ended',
  since: 1,
  end,
})

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())
/** So long nothing may have changed before "none" is told. */
const settle = () => vi.advanceTimersByTime(250)

function begin() {
  const told: unknown[] = []
  const modes: Record<string, string> = { support: 'timed', sales: 'none' }
  const wrapUps = new WrapUps(
    (queue) => modes[queue],
    (_, message) => told.push((message as { wrap_up: unknown }).wrap_up),
  )
  return { told, wrapUps }
}

it('the mode while the call lasts, begin and end of the wrap-up, its extension, and that it is over; each once', () => {
  const { told, wrapUps } = begin()
  wrapUps.agents([agent('Available'), agent('Ringing', { queue: 'support', call_id: 'c1' })])
  expect(told).toEqual([])
  const talks = agent('OnCall', { queue: 'support', call_id: 'c1' })
  wrapUps.agents([talks, { ...talks, talk_ms_today: 5 }])
  const wraps = (until: number) =>
    agent('WrapUp', { wrap_up: { call_id: 'c1', since: 10, until, mode: 'timed' }, queue: null })
  wrapUps.agents([wraps(40), wraps(70), agent('Available')])
  settle()
  expect(told).toEqual([
    { mode: 'timed', since: null, until: null },
    { mode: 'timed', since: 10, until: 40 },
    { mode: 'timed', since: 10, until: 70 },
    null,
  ])
})

it('between a transfer and the wrap-up after it, with a leg left for a moment, nothing is told to be over', () => {
  const { told, wrapUps } = begin()
  wrapUps.agents([agent('OnCall', { queue: 'support', call_id: 'c1' }), agent('OnCall')])
  wrapUps.agents([agent('WrapUp', { wrap_up: { call_id: 'c1', since: 10, until: 40, mode: 'timed' } })])
  settle()
  expect(told).toEqual([
    { mode: 'timed', since: null, until: null },
    { mode: 'timed', since: 10, until: 40 },
  ])
})

it('a queue without a wrap-up says so; a call, and a wrap-up, that is no queue’s is not the centre’s', () => {
  const { told, wrapUps } = begin()
  wrapUps.agents([agent('OnCall', { queue: 'sales', call_id: 'c1' }), agent('Available')])
  settle()
  wrapUps.agents([
    agent('OnCall'),
    agent('WrapUp', { wrap_up: { call_id: '', since: 1, until: null, mode: 'manual' } }),
  ])
  expect(told).toEqual([{ mode: 'none', since: null, until: null }, null])
})

it('a supervisor who listens has none after it; who takes the call over has the queue’s', () => {
  const { told, wrapUps } = begin()
  wrapUps.session(session(null))
  wrapUps.agents([agent('OnCall', { queue: 'support', call_id: 'c2' })])
  wrapUps.session(session('taken_over'))
  wrapUps.agents([agent('Available')])
  settle()
  expect(told).toEqual([{ mode: 'none', since: null, until: null }, { mode: 'timed', since: null, until: null }, null])
})

it('a Phone that connects is told what is so now, also that there is none; nothing of agents who are not known', () => {
  const { wrapUps } = begin()
  expect(wrapUps.message('1001')).toBeNull()
  wrapUps.agents([agent('Available')])
  expect(wrapUps.message('1001')).toEqual({ type: 'wrap_up', extension: '1001', wrap_up: null })
  wrapUps.agents([{ ...agent('Available'), gone: true }])
  expect(wrapUps.message('1001')).toBeNull()
})
