// Which agents the supervisor's table shows, in what order: those who need a look first, then who rings, talks,
// and so on. Pure.

import { type AcdGroup, acdFace, isStuck } from '../acd/face.ts'
import type { AcdAgent, AcdCall } from '../acd/items.ts'
import { believed, healthOf, nameIn, type Wall } from '../wall/store.ts'
import { pauseOf } from '../wall/view.ts'

export type Show = 'all' | 'on_call' | 'look'

export interface Rows {
  keys: readonly string[]
  all: number
  onCall: number
  look: number
}

const order: Record<AcdGroup, number> = {
  ringing: 1,
  on_call: 2,
  wrap_up: 3,
  away: 4,
  unknown: 4,
  free: 5,
  offline: 6,
}

/** What is unusual about somebody, as his supervisor reads it; empty when nothing is. */
export function concern(wall: Wall, agent: AcdAgent, now: number): string {
  const person = wall.agents.get(agent.extension)
  if (agent.status === 'ONLINE' && (agent.why === 'not_registered' || agent.why === 'unreachable'))
    return 'phone lost while free'
  const pause = pauseOf(wall.members.get(agent.extension))
  if (pause.state === 'failed') return `pause failed, ${pause.error}`
  if (agent.why === 'cool_down' && agent.missed_today > 2) return `${agent.missed_today} missed today`
  return isStuck(person, now) ? 'over limit' : ''
}

export function rowsOf(wall: Wall, show: Show, search: string, queue: string): Rows {
  const live = believed(healthOf(wall))
  const now = Date.now() + wall.skew
  const wanted = search.trim().toLowerCase()
  const rows: { key: string; rank: number; since: number }[] = []
  let all = 0
  let onCall = 0
  let look = 0
  for (const agent of wall.acdAgents.values()) {
    // Who serves no queue and has no call of one is nobody's to look after here: supervisors, the office.
    if (agent.queues.length === 0 && agent.call_id === '') continue
    all += 1
    const { group } = acdFace(agent, live)
    const worry = concern(wall, agent, now) !== ''
    if (group === 'on_call') onCall += 1
    if (worry) look += 1
    if (show === 'on_call' && group !== 'on_call') continue
    if (show === 'look' && !worry) continue
    if (queue !== '' && !agent.queues.includes(queue)) continue
    const name = nameIn(wall, agent.extension)
    if (wanted !== '' && !name.toLowerCase().includes(wanted) && !agent.extension.includes(wanted)) continue
    rows.push({ key: agent.extension, rank: worry ? 0 : order[group], since: agent.since ?? now })
  }
  rows.sort((left, right) => left.rank - right.rank || left.since - right.since || (left.key < right.key ? -1 : 1))
  return { keys: rows.map(({ key }) => key), all, onCall, look }
}

export const sameRows = (left: Rows, right: Rows) =>
  left.all === right.all &&
  left.onCall === right.onCall &&
  left.look === right.look &&
  left.keys.length === right.keys.length &&
  left.keys.every((key, at) => key === right.keys[at])

export const isWaiting = (call: AcdCall) => call.state === 'Queued'

/** Who waits, the next one first. One point of priority is taken as a minute here; the queue's own order is its position. */
export function waitingOf(wall: Wall, queue: string): readonly string[] {
  const calls = [...wall.acdCalls.values()].filter((call) => isWaiting(call) && (queue === '' || call.queue === queue))
  const key = (call: AcdCall) => (call.enqueued_at ?? 0) - call.priority * 60_000
  return calls.sort((left, right) => key(left) - key(right)).map((call) => call.call_id)
}
