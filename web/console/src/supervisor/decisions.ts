// What routing did since the page was opened, read off the changes of calls: offered to whom, answered, back in the
// queue, left. Why it did so is asked for one call at a time (the explanation).

import { create } from 'zustand'
import type { AcdCall } from '../acd/items.ts'
import { useWall } from '../wall/store.ts'

export interface Decision {
  key: string
  at: number
  call_id: string
  from: string
  queue: string
  what: 'offered' | 'answered' | 'back' | 'left'
  agents: readonly string[]
  outcome: string
}

const most = 30

export const useDecisions = create<{ list: readonly Decision[] }>(() => ({ list: [] }))

/** A call that is seen first while it rings was offered at once: somebody was free. */
function decided(before: AcdCall | undefined, after: AcdCall): Decision['what'] | null {
  if (before === undefined) return after.state === 'AgentRinging' ? 'offered' : null
  if (after.state === 'AgentRinging')
    return before.state === 'AgentRinging' && before.attempt === after.attempt ? null : 'offered'
  if (after.state === before.state) return null
  if (after.state === 'Queued') return before.state === 'AgentRinging' ? 'back' : null
  if (after.state === 'Active') return 'answered'
  return after.state === 'Completed' && before.state !== 'Active' && before.state !== 'Terminating' ? 'left' : null
}

let last = 0

/** Watches until it is told to stop. What the first picture shows was decided before. */
export function watchDecisions(): () => void {
  return useWall.subscribe((now, before) => {
    if (now.acdCalls === before.acdCalls || !before.filled || before.hub !== 'open') return
    const found: Decision[] = []
    for (const [id, call] of now.acdCalls) {
      const was = before.acdCalls.get(id)
      if (was === call) continue
      const what = decided(was, call)
      if (what === null) continue
      last += 1
      const agents = what === 'back' ? (was?.agents ?? []) : call.agents
      const { call_id, from, queue, outcome } = call
      found.push({ key: String(last), at: Date.now() + now.skew, call_id, from, queue, what, agents, outcome })
    }
    if (found.length > 0) useDecisions.setState(({ list }) => ({ list: [...found.reverse(), ...list].slice(0, most) }))
  })
}
