// What a tile says: word, glyph, colour and since when, from the phone that the PBX
// shows and the person that the CRM holds. Pure. What is stale never says Free.

import type { AgentStatus } from '../lib/types.ts'
import { statusWords } from '../lib/words.ts'
import type { IconName } from '../ui/icons.tsx'
import type { AgentItem, Colour, ExtensionItem, MemberItem, Registration } from './items.ts'

/** What the board can be filtered by; each tile is in one. */
export type Group = 'free' | 'ringing' | 'on_call' | 'hold' | 'wrap_up' | 'away' | 'offline' | 'unknown'

export const groupWords: Record<Group, string> = {
  free: 'Free',
  ringing: 'Ringing',
  on_call: 'On call',
  hold: 'On hold',
  wrap_up: 'Wrap-up',
  away: 'Away',
  offline: 'Offline',
  unknown: 'No phone or unknown',
}

export type Tone = 'free' | 'busy' | 'ring' | 'hold' | 'none'

export interface Face {
  word: string
  icon: IconName
  tone: Tone
  pulse: boolean
  since: number | null
  group: Group
}

const tones: Record<Colour, Tone> = { green: 'free', red: 'busy', orange: 'ring', blue: 'hold', grey: 'none' }

const phones: Record<number, { icon: IconName; group: Group }> = {
  [-2]: { icon: 'unknown', group: 'offline' },
  [-1]: { icon: 'unknown', group: 'offline' },
  0: { icon: 'free', group: 'free' },
  1: { icon: 'phone', group: 'on_call' },
  2: { icon: 'phone', group: 'on_call' },
  4: { icon: 'power', group: 'offline' },
  8: { icon: 'ringing', group: 'ringing' },
  9: { icon: 'ringing', group: 'ringing' },
  16: { icon: 'pause', group: 'hold' },
  17: { icon: 'pause', group: 'hold' },
}
const strange = { icon: 'unknown', group: 'unknown' } as const

/** Without colour, movement or a claim about now. */
function faded(face: Face, group: Group): Face {
  const claims = face.group === 'free' || face.group === 'on_call' || face.group === 'ringing' || face.group === 'hold'
  return {
    ...face,
    word: claims ? `was ${face.word}` : face.word,
    icon: face.group === 'free' ? 'unknown' : face.icon,
    tone: 'none',
    pulse: false,
    group: claims ? group : face.group,
  }
}

/** The phone as the PBX shows it. `live` false: the whole board is stale. */
export function extensionFace(item: ExtensionItem, live: boolean): Face {
  const { icon, group } = phones[item.code] ?? strange
  const face: Face = {
    word: item.text,
    icon,
    tone: tones[item.colour],
    pulse: item.pulse,
    since: item.since,
    group,
  }
  // Of a phone that was gone nothing is known now either.
  if (live && !item.stale) return face
  const word = group === 'unknown' ? face.word : `was ${face.word}`
  return { ...faded(face, 'unknown'), word, group: 'unknown' }
}

const groups: Record<AgentStatus, Group> = {
  ONLINE: 'free',
  ON_CALL: 'on_call',
  WRAP_UP: 'wrap_up',
  PAUSE: 'away',
  BREAK: 'away',
  TRAINING: 'away',
  MEETING: 'away',
  DO_NOT_DISTURB: 'away',
  OFFLINE: 'offline',
}

/** The PBX's word first; a Phone's own only where the PBX has none. */
export function registrationOf(agent: Pick<AgentItem, 'registration'>, item: ExtensionItem | undefined): Registration {
  if (item !== undefined && item.registration !== 'unknown') return item.registration
  return agent.registration ?? 'unknown'
}

export const hasNoPhone = (registration: Registration) =>
  registration === 'unregistered' || registration === 'unreachable' || registration === 'failed'

/** What of an agent his face needs. */
export type Person = Pick<AgentItem, 'status' | 'since' | 'registration'>

const busyGroups: readonly Group[] = ['on_call', 'ringing', 'hold']

/**
 * The person as the CRM holds him; while he is available, his phone says whether he rings, talks or has none. A status other than
 * ONLINE stands whatever the phone does.
 */
export function agentFace(agent: Person, item: ExtensionItem | undefined, live: boolean): Face {
  const { word, icon, tone } = statusWords[agent.status]
  const own: Face = {
    word,
    icon,
    tone: tone === '' ? 'none' : tone,
    pulse: agent.status === 'ON_CALL',
    since: agent.since,
    group: groups[agent.status],
  }
  const derived = agent.status === 'ONLINE' || agent.status === 'ON_CALL'
  const phone = derived && item !== undefined ? phones[item.code] : undefined
  const face =
    item !== undefined && phone !== undefined && busyGroups.includes(phone.group)
      ? { ...extensionFace(item, true), word: groupWords[phone.group] }
      : own
  if (!live || (derived && item?.stale === true)) return faded(face, 'unknown')
  if (derived && face === own && hasNoPhone(registrationOf(agent, item))) {
    return { ...own, word: 'No phone', icon: 'unknown', tone: 'none', pulse: false, group: 'unknown' }
  }
  return face
}

export type PauseState = 'none' | 'synced' | 'pending' | 'failed'

/** The worst of an agent's queues: what a supervisor must see first. `none` where the PBX shows no queue of his. */
export function pauseOf(members: ReadonlyMap<string, MemberItem> | undefined): { state: PauseState; error: string } {
  let state: PauseState = 'none'
  for (const member of members?.values() ?? []) {
    if (member.state === 'failed') return { state: 'failed', error: `${member.queue}: ${member.error || 'refused'}` }
    if (member.state === 'pending') state = 'pending'
    else if (state === 'none') state = 'synced'
  }
  return { state, error: '' }
}

export const registrationText: Record<Registration, string> = {
  registered: 'Registered',
  unregistered: 'Not registered',
  unreachable: 'Registered, but does not answer',
  failed: 'Registration failed',
  unknown: 'Not known',
}

export const nameOf = (item: { name: string; extension: string }) => item.name || item.extension
