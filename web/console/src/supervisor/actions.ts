// What a supervisor asks of the hub for a call, and how it went. A command that was taken proves nothing yet: what
// became of it comes by the feed. Refusals stand in a banner until the next attempt.

import { create } from 'zustand'
import type { SpyMode } from '../acd/items.ts'
import { type Answer, ask, part, refusalText } from '../acd/rest.ts'
import { say } from '../lib/live.ts'

interface Asked {
  /** A supervision that was asked for here and is not heard of yet. */
  wanted: { call_id: string; mode: SpyMode; at: number } | null
  /** The last refusal. */
  problem: { title: string; text: string; code: string } | null
  /** A session whose end has been seen, so that it is told once. */
  dismissed: string
  /** The session that is shown: its end is no answer to what is asked after it. */
  seen: string
}

export const dismissEnd = () => useAsked.setState(({ seen }) => ({ dismissed: seen, wanted: null }))

export const useAsked = create<Asked>(() => ({ wanted: null, problem: null, dismissed: '', seen: '' }))

export const dismissProblem = () => useAsked.setState({ problem: null })

async function send(title: string, request: Promise<Answer>): Promise<boolean> {
  const answer = await request
  if (answer.ok) {
    useAsked.setState({ problem: null })
    return true
  }
  if (ends.includes(answer.code)) return false
  const text = spyRefusals[answer.code] ?? refusalText(answer)
  useAsked.setState({ problem: { title, text, code: answer.code } })
  return false
}

const call = (call_id: string, what = '') => `/contact-centre/calls/${part(call_id)}${what}`

/** Words of a spying supervisor that the hub refuses before anything rings. */
const spyRefusals: Record<string, string> = {
  already_supervising: 'You are at another call. Stop there first.',
  not_talking: 'The call has not been answered, or is over.',
  not_supervising: 'You are not at this call any more, or your phone has not answered yet.',
  own_call: 'This is your own call.',
  not_waiting: 'The call does not wait any more: it rings, talks, or has left the queue.',
}

/** How a session ends is told by the session itself; the answer of the request, which comes then, says it once more. */
const ends: readonly string[] = ['no_answer', 'phone_gone', 'refused', 'failed', 'link_down', 'call_over', 'stopped']

/** No answer in time says nothing while the session is seen to go on. */
const goesOn = ({ status }: Answer, call_id: string) =>
  (status === 0 || status === 504) && useAsked.getState().seen.startsWith(`${call_id} `)

export async function supervise(call_id: string, mode: SpyMode): Promise<void> {
  useAsked.setState(({ seen }) => ({
    wanted: { call_id, mode, at: Date.now() },
    problem: null,
    dismissed: seen,
  }))
  const answer = await ask(call(call_id, '/supervise'), 'POST', { action: mode })
  if (answer.ok || goesOn(answer, call_id)) return
  if (ends.includes(answer.code)) return useAsked.setState({ wanted: null })
  useAsked.setState({
    wanted: null,
    problem: {
      title: 'You are not listening.',
      text: spyRefusals[answer.code] ?? refusalText(answer),
      code: answer.code,
    },
  })
}

export async function stopSupervising(call_id: string): Promise<void> {
  useAsked.setState({ wanted: null })
  await send(
    'Listening was not stopped. Hang up your phone instead.',
    ask(call(call_id, '/supervise'), 'POST', { action: 'stop' }),
  )
}

export const takeOver = (call_id: string) =>
  send(
    'The call was not taken over. It goes on as it was.',
    ask(call(call_id, '/supervise'), 'POST', { action: 'take_over' }),
  )

export const setPriority = (call_id: string, priority: number) =>
  send('The priority was not changed.', ask(call(call_id, '/priority'), 'PUT', { priority }))

export async function move(call_id: string, queue: string): Promise<boolean> {
  const done = await send('The call was not moved.', ask(call(call_id, '/move'), 'POST', { queue }))
  if (done) say(`Moved to ${queue}. The caller keeps the time waited.`)
  return done
}

export const removeCall = (call_id: string) =>
  send('The call was not taken out of the queue.', ask(call(call_id), 'DELETE'))

export const hangUp = (call_id: string) => send('The call was not ended.', ask(call(call_id, '/hangup'), 'POST', {}))

export const transfer = (call_id: string, target: string) =>
  send('The call was not transferred. It goes on as it was.', ask(call(call_id, '/transfer'), 'POST', { target }))

export const explanationOf = (call_id: string) => ask(call(call_id, '/explanation'))
