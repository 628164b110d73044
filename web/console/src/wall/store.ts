// The wallboard's state: what the hub told last, by key, and how far that can be
// believed. Filled by feed.ts alone. A change copies one map and keeps every other
// item the same object, so that a tile renders when its own item changes.

import { create } from 'zustand'
import type { AcdAgent, AcdCall, AcdQueue, Session } from '../acd/items.ts'
import type { AgentItem, Alarm, ExtensionItem, LinkItem, MemberItem, QueueItem } from './items.ts'

/** The way to the hub. `catching_up`: connected, but not everything that was missed has come yet. */
export type HubState = 'connecting' | 'catching_up' | 'open' | 'lost'

export interface Wall {
  extensions: ReadonlyMap<string, ExtensionItem>
  agents: ReadonlyMap<string, AgentItem>
  /** By extension, then by queue. */
  members: ReadonlyMap<string, ReadonlyMap<string, MemberItem>>
  queues: ReadonlyMap<string, QueueItem>
  /** The contact centre's own: its queues, agents as routing sees them, calls and supervisors' sessions. */
  acdQueues: ReadonlyMap<string, AcdQueue>
  acdAgents: ReadonlyMap<string, AcdAgent>
  acdCalls: ReadonlyMap<string, AcdCall>
  sessions: ReadonlyMap<string, Session>
  /** Null: the hub has no PBX. Undefined: not told yet. */
  link: LinkItem | null | undefined
  alarms: readonly Alarm[]
  hub: HubState
  /** Since when the hub is lost, by this computer's clock; null while it is there. */
  lostSince: number | null
  retryAt: number | null
  /** The hub's clock less this computer's, ms. */
  skew: number
  /** Whether the first full picture has come. */
  filled: boolean
  /** Frames or items that could not be read since the page was opened. */
  unread: number
}

export const emptyWall: Wall = {
  extensions: new Map(),
  agents: new Map(),
  members: new Map(),
  queues: new Map(),
  acdQueues: new Map(),
  acdAgents: new Map(),
  acdCalls: new Map(),
  sessions: new Map(),
  link: undefined,
  alarms: [],
  hub: 'connecting',
  lostSince: null,
  retryAt: null,
  skew: 0,
  filled: false,
  unread: 0,
}

export const useWall = create<Wall>(() => emptyWall)

/** Whose extension it is; empty where nobody is known by it. The CRM's status has the name, else the PBX's extension. */
export const nameIn = (wall: Pick<Wall, 'agents' | 'extensions'>, extension: string): string =>
  wall.agents.get(extension)?.name || wall.extensions.get(extension)?.name || ''

/**
 * How far what is shown can be believed. `no_pbx`: the CRM's statuses are all there is, and they are true. All but `live` and
 * `no_pbx` make the tiles stale.
 */
export type Health = 'starting' | 'live' | 'no_pbx' | 'hub_lost' | 'catching_up' | 'resyncing' | 'silent' | 'down'

export function healthOf(wall: Pick<Wall, 'hub' | 'link' | 'filled'>): Health {
  if (wall.hub === 'lost') return 'hub_lost'
  if (!wall.filled) return wall.hub === 'open' ? healthOfLink(wall.link) : 'starting'
  if (wall.hub !== 'open') return 'catching_up'
  return healthOfLink(wall.link)
}

function healthOfLink(link: Wall['link']): Health {
  if (link === undefined) return 'no_pbx'
  if (link === null) return 'no_pbx'
  switch (link.state) {
    case 'live':
    case 'silent':
    case 'resyncing':
      return link.state
    case 'booting':
      return 'resyncing'
    default:
      return 'down'
  }
}

export const believed = (health: Health) => health === 'live' || health === 'no_pbx'

/** Since when the whole board is stale, by this computer's clock; null while it is not. */
export function staleSince(wall: Wall): number | null {
  const health = healthOf(wall)
  if (believed(health)) return null
  if (wall.lostSince !== null) return wall.lostSince
  const at = wall.link?.last_event_at ?? wall.link?.since ?? null
  return at === null ? null : at - wall.skew
}

export const useHealth = () => useWall(healthOf)
export const useStaleSince = () => useWall(staleSince)
