// Which tiles are shown and in what order. Pure but for the kept choice: a screen on a wall
// that is loaded anew shows what it showed.

import { create } from 'zustand'
import type { AgentItem, ExtensionItem, QueueItem } from './items.ts'
import { believed, healthOf, type Wall } from './store.ts'
import { agentFace, extensionFace, type Face, type Group, hasNoPhone, nameOf, pauseOf, registrationOf } from './view.ts'

export type Sort = 'extension' | 'name' | 'status' | 'longest' | 'attention'

export interface Choice {
  search: string
  group: Group | ''
  queue: string
  registration: '' | 'registered' | 'not_registered'
  stuck: boolean
  sort: Sort
}

export const everything: Choice = {
  search: '',
  group: '',
  queue: '',
  registration: '',
  stuck: false,
  sort: 'extension',
}

const place = 'offhook.wall'

function kept(): Choice {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(place) ?? '{}')
    if (typeof read !== 'object' || read === null) return everything
    const known = Object.entries(read).filter(
      ([key, value]) => key in everything && typeof value === typeof everything[key as keyof Choice],
    )
    return { ...everything, ...Object.fromEntries(known), search: '' }
  } catch {
    return everything
  }
}

export const useChoice = create<Choice>(kept)

useChoice.subscribe((choice) => {
  try {
    localStorage.setItem(place, JSON.stringify(choice))
  } catch {
    // A browser that keeps nothing still filters; the choice lasts for this page.
  }
})

export const isNarrowed = ({ search, group, queue, registration, stuck }: Choice) =>
  search !== '' || group !== '' || queue !== '' || registration !== '' || stuck

interface Row {
  key: string
  name: string
  face: Face
  /** Greater is more urgent. */
  attention: number
}

const urgency: Record<Group, number> = {
  unknown: 3,
  ringing: 2,
  wrap_up: 1,
  hold: 1,
  on_call: 0,
  free: 0,
  away: 0,
  offline: -1,
}
const order: readonly Group[] = ['ringing', 'free', 'on_call', 'hold', 'wrap_up', 'away', 'unknown', 'offline']

const naturally = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
const ranks = new Map<string, number>()

/** Where a text stands among all that were ever sorted: people's order costs too much to be asked at each change. */
function rank(texts: readonly string[]): void {
  if (texts.every((text) => ranks.has(text))) return
  const all = [...new Set([...ranks.keys(), ...texts])].sort(naturally.compare)
  for (const [at, text] of all.entries()) ranks.set(text, at)
}

const between = (left: string, right: string) => (ranks.get(left) ?? 0) - (ranks.get(right) ?? 0)
const byKey = (left: Row, right: Row) => between(left.key, right.key)
const latest = (row: Row) => row.face.since ?? Number.MAX_SAFE_INTEGER

const sorts: Record<Sort, (left: Row, right: Row) => number> = {
  extension: byKey,
  name: (left, right) => between(left.name, right.name) || byKey(left, right),
  status: (left, right) => order.indexOf(left.face.group) - order.indexOf(right.face.group) || byKey(left, right),
  longest: (left, right) => latest(left) - latest(right) || byKey(left, right),
  attention: (left, right) => right.attention - left.attention || latest(left) - latest(right) || byKey(left, right),
}

const says = (text: string, wanted: string) => text.toLowerCase().includes(wanted)

function registrationFits(choice: Choice, registration: ExtensionItem['registration']): boolean {
  if (choice.registration === '') return true
  return choice.registration === 'registered' ? registration === 'registered' : hasNoPhone(registration)
}

function sorted(rows: Row[], choice: Choice): readonly string[] {
  rank(rows.map((row) => row.key))
  if (choice.sort === 'name') rank(rows.map((row) => row.name))
  return rows.sort(sorts[choice.sort]).map((row) => row.key)
}

/** Whether an agent's status has lasted too long, or his pause did not reach the PBX. */
export function needsHelp(wall: Wall, agent: AgentItem, now: number): boolean {
  const tooLong = agent.stuck_at !== null && agent.stuck_at <= now + wall.skew
  return tooLong || pauseOf(wall.members.get(agent.extension)).state === 'failed'
}

/** The agents to show, as extensions in order. `now` is this computer's clock. */
export function agentsShown(wall: Wall, choice: Choice, now: number): readonly string[] {
  const live = believed(healthOf(wall))
  const wanted = choice.search.trim().toLowerCase()
  const rows: Row[] = []
  for (const agent of wall.agents.values()) {
    const item = wall.extensions.get(agent.extension)
    const members = wall.members.get(agent.extension)
    if (wanted !== '' && !says(agent.extension, wanted) && !says(agent.name, wanted)) {
      if (!says(item?.peer ?? '', wanted)) continue
    }
    if (choice.queue !== '' && members?.has(choice.queue) !== true) continue
    if (!registrationFits(choice, registrationOf(agent, item))) continue
    const face = agentFace(agent, item, live)
    if (choice.group !== '' && face.group !== choice.group) continue
    const help = needsHelp(wall, agent, now)
    if (choice.stuck && !help) continue
    rows.push({ key: agent.extension, name: nameOf(agent), face, attention: urgency[face.group] + (help ? 10 : 0) })
  }
  return sorted(rows, choice)
}

/** The extensions to show, in order. */
export function extensionsShown(wall: Wall, choice: Choice): readonly string[] {
  const live = believed(healthOf(wall))
  const wanted = choice.search.trim().toLowerCase()
  const rows: Row[] = []
  for (const item of wall.extensions.values()) {
    if (wanted !== '' && !says(item.extension, wanted) && !says(item.name, wanted) && !says(item.peer, wanted)) continue
    if (choice.queue !== '' && wall.members.get(item.extension)?.has(choice.queue) !== true) continue
    if (!registrationFits(choice, item.registration)) continue
    const face = extensionFace(item, live)
    if (choice.group !== '' && face.group !== choice.group) continue
    if (choice.stuck && !item.suspect) continue
    rows.push({
      key: item.extension,
      name: nameOf(item),
      face,
      attention: urgency[face.group] + (item.suspect ? 10 : 0),
    })
  }
  return sorted(rows, choice)
}

export interface Totals {
  free: number
  ringing: number
  onCall: number
  wrapUp: number
  away: number
  offline: number
  signedIn: number
  waiting: number
  longestSince: number | null
}

/** What stands on top, over all agents and queues, whatever is filtered. */
export type ShownQueue = Omit<QueueItem, 'strategy'>

/**
 * The PBX's queues, those that the hub routes by the hub's own numbers: their callers wait in the dialplan, where the
 * PBX's queue of the same name, which takes over without a hub, knows nothing of them.
 */
export function queuesOf({ queues, acdQueues }: Pick<Wall, 'queues' | 'acdQueues'>): readonly ShownQueue[] {
  const routed = [...acdQueues.values()].flatMap(({ queue, mode, waiting, longest_wait_since, agents }) =>
    mode === 'offhook'
      ? { queue, waiting, longest_since: longest_wait_since, members: agents.logged_in, available: agents.available }
      : [],
  )
  return [...[...queues.values()].filter(({ queue }) => acdQueues.get(queue)?.mode !== 'offhook'), ...routed]
}

export function totalsOf(wall: Wall): Totals {
  const live = believed(healthOf(wall))
  const by = new Map<Group, number>()
  for (const agent of wall.agents.values()) {
    const { group } = agentFace(agent, wall.extensions.get(agent.extension), live)
    by.set(group, (by.get(group) ?? 0) + 1)
  }
  const of = (group: Group) => by.get(group) ?? 0
  let waiting = 0
  let longestSince: number | null = null
  for (const queue of queuesOf(wall)) {
    waiting += queue.waiting
    if (queue.longest_since !== null) longestSince = Math.min(longestSince ?? queue.longest_since, queue.longest_since)
  }
  return {
    free: of('free'),
    ringing: of('ringing'),
    onCall: of('on_call') + of('hold'),
    wrapUp: of('wrap_up'),
    away: of('away'),
    offline: of('offline') + of('unknown'),
    signedIn: wall.agents.size - of('offline'),
    waiting,
    longestSince,
  }
}
