// How an agent is shown as routing sees him: word, glyph, colour, since when; and why he gets no call, in
// words for his supervisor and for himself. Pure. What is not heard now never says Free.

import { statusWords } from '../lib/words.ts'
import type { IconName } from '../ui/icons.tsx'
import type { AgentItem } from '../wall/items.ts'
import type { Tone } from '../wall/view.ts'
import type { AcdAgent } from './items.ts'

export type AcdGroup = 'free' | 'ringing' | 'on_call' | 'wrap_up' | 'away' | 'offline' | 'unknown'

export interface AcdFace {
  word: string
  icon: IconName
  tone: Tone
  pulse: boolean
  since: number | null
  /** When it ends by itself: a cool-down, a timed wrap-up, an offer. */
  until: number | null
  group: AcdGroup
}

const unroutable: Record<string, { word: string; icon: IconName; group: AcdGroup }> = {
  not_registered: { word: 'No phone', icon: 'unknown', group: 'unknown' },
  unreachable: { word: 'No phone', icon: 'unknown', group: 'unknown' },
  link_down: { word: 'Unknown', icon: 'unknown', group: 'unknown' },
  cool_down: { word: 'Short pause', icon: 'clock', group: 'away' },
}

function bare(agent: AcdAgent): Omit<AcdFace, 'since' | 'until'> {
  const own = agent.status === null ? undefined : statusWords[agent.status]
  switch (agent.state) {
    case 'Ringing':
      return { word: 'Ringing', icon: 'ringing', tone: 'ring', pulse: true, group: 'ringing' }
    case 'OnCall':
      if (agent.why === 'other_call')
        return { word: 'On other call', icon: 'phone', tone: 'busy', pulse: true, group: 'on_call' }
      return { word: 'On call', icon: 'phone', tone: 'busy', pulse: true, group: 'on_call' }
    case 'WrapUp':
      return { word: 'Wrap-up', icon: 'pen', tone: 'none', pulse: false, group: 'wrap_up' }
    case 'Offline':
      return { word: 'Offline', icon: 'power', tone: 'none', pulse: false, group: 'offline' }
    case 'Break':
      return { word: own?.word ?? 'Break', icon: own?.icon ?? 'pause', tone: 'none', pulse: false, group: 'away' }
    case 'Available': {
      if (agent.why === '' || agent.why === 'ready')
        return { word: 'Free', icon: 'free', tone: 'free', pulse: false, group: 'free' }
      if (agent.why === 'reserved')
        return { word: 'Ringing', icon: 'ringing', tone: 'ring', pulse: true, group: 'ringing' }
      const known = unroutable[agent.why] ?? { word: 'Not ready', icon: 'clock' as const, group: 'away' as const }
      return { ...known, tone: 'none', pulse: false }
    }
    case 'Unknown':
      return { word: 'Unknown', icon: 'unknown', tone: 'none', pulse: false, group: 'unknown' }
  }
}

/** `live` false: the whole board is stale; then what moves stands still and nobody is free. */
export function acdFace(agent: AcdAgent, live: boolean): AcdFace {
  const face = { ...bare(agent), since: agent.since, until: agent.wrap_up?.until ?? agent.until }
  if (live) return face
  const moves = face.group === 'free' || face.group === 'ringing' || face.group === 'on_call'
  return {
    ...face,
    word: moves ? `was ${face.word}` : face.word,
    icon: face.group === 'free' ? 'unknown' : face.icon,
    tone: 'none',
    pulse: false,
    until: null,
    group: moves ? 'unknown' : face.group,
  }
}

export const groupNames: Record<AcdGroup, string> = {
  free: 'free',
  ringing: 'ringing',
  on_call: 'on call',
  wrap_up: 'wrap-up',
  away: 'away',
  offline: 'offline',
  unknown: 'no phone',
}
export const groupOrder: readonly AcdGroup[] = ['free', 'ringing', 'on_call', 'wrap_up', 'away', 'unknown', 'offline']

/** Why somebody gets no call, as his supervisor reads it; `with` is a name and a span filled in by the caller. */
export const whyWords: Record<string, string> = {
  ready: 'may be called',
  cool_down: 'short pause after a call that was not taken',
  not_registered: 'phone not registered',
  unreachable: 'phone does not answer the PBX',
  link_down: 'the PBX is not heard',
  other_call: 'on another call',
  reserved: 'a call is being offered',
  ringing: 'a call is being offered',
  on_call: 'on a queue call',
  wrap_up: 'wrap-up',
  intent: 'not available by own choice',
  break: 'on break',
  offline: 'signed off',
}

export const whyText = (why: string) => whyWords[why] ?? why.replaceAll('_', ' ')

/** A status that has lasted too long by the CRM's limits. */
export const isStuck = (item: AgentItem | undefined, now: number) =>
  item !== undefined && item.stuck_at !== null && item.stuck_at <= now
