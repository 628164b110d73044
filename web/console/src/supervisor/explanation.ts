// The explanation of one decision (docs/queues.md, "An explanation") as sentences. Pure. What it does not name is
// counted, never guessed.

import { clock } from '../lib/format.ts'

export interface Line {
  agent: string
  /** The chosen one, who could be, or who could not. */
  kind: 'chosen' | 'candidate' | 'soon' | 'excluded'
  text: string
}

export interface Explanation {
  /** The sentence on top. */
  summary: string
  lines: readonly Line[]
  /** How many are not named. */
  more: number
}

type Fields = Record<string, unknown>
const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fields) : [])
const text = (value: unknown) => (typeof value === 'string' ? value : '')
const amount = (value: unknown) => (typeof value === 'number' ? value : 0)

const strategies: Record<string, string> = {
  longest_idle: 'free longest',
  priority: 'free longest',
  skills: 'best skills',
  round_robin: 'next in turn',
  sticky: 'who spoke with the caller last',
  fewest_calls: 'fewest calls',
  least_talk: 'least talk time',
  random: 'by lot',
  ring_all: 'all are rung',
  linear: 'first in the list',
}

/** Why a call waits, or why it went where it went. */
const reasons: Record<string, string> = {
  ringing: 'It is being offered.',
  nobody_free: 'Nobody who may take it is free.',
  nobody_present: 'Nobody of this queue is signed in.',
  nobody_suitable: 'Nobody free is suitable: see why.',
  no_members: 'Nobody serves this queue.',
  skill_missing: 'Nobody free has the skills that are asked for.',
  sticky_agent_busy: 'Kept for the agent who spoke with the caller last.',
  only_missed: 'Who is free did not take this call just now.',
  other_queue_first: 'Who is free is kept for a heavier queue.',
  link_down: 'The PBX is not heard; nothing is routed.',
  asterisk: 'The PBX’s own queue routes it.',
  only_one: 'The only one who may take it.',
}

export const reasonText = (code: string) => {
  if (code === '') return 'The next free agent takes it.'
  const words = code.replaceAll('_', ' ')
  return reasons[code] ?? `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
}

/** Until when, as a span from `now` (the hub's clock). */
const left = (until: unknown, now: number) =>
  typeof until === 'number' && until > now ? `, ${clock(until - now)} left` : ''

function excludedText(one: Fields, now: number): string {
  const skill = text(one.skill)
  const level = amount(one.level)
  const needs = one.needs ?? one.min
  switch (text(one.reason)) {
    case 'not_in_queue':
      return 'not in this queue'
    case 'offline':
      return 'signed off'
    case 'break':
      return 'on break'
    case 'not_registered':
      return 'phone not registered'
    case 'on_call':
      return 'on a call'
    case 'ringing':
      return 'has another offer'
    case 'wrap_up':
      return `wrap-up${left(one.until, now)}`
    case 'cool_down':
      return `short pause${left(one.until, now)}`
    case 'missed_this_call':
      return 'did not take this call'
    case 'skill_missing':
      if (skill === '') return 'a skill is missing'
      return `${skill} ${level > 0 ? `${level} is asked for` : 'is missing'}${
        typeof needs === 'number' ? `, needs ${needs}` : ''
      }`
    case 'not_the_sticky_agent':
      return 'kept for somebody else'
    case 'other_queue_first':
      return 'kept for a heavier queue'
    case 'link_down':
      return 'PBX not heard'
    case 'ready':
      return 'free'
    default:
      return text(one.reason).replaceAll('_', ' ') || 'not told'
  }
}

/** Reads the hub's answer; null when it is none. `now` is the hub's clock. */
export function readExplanation(body: unknown, now: number): Explanation | null {
  const answer = fields(body)
  if (text(answer.call_id) === '') return null
  const decision = fields(answer.decision)
  const chosen = text(decision.agent)
  const by = strategies[text(answer.strategy)] ?? text(answer.strategy)
  const candidates = list(answer.candidates)
  const excluded = list(answer.excluded)
  const lines: Line[] = [
    ...candidates.map((one): Line => {
      const taken = one.chosen === true
      const rank = amount(one.rank)
      return {
        agent: text(one.agent),
        kind: taken ? 'chosen' : 'candidate',
        text: taken ? `chosen: ${by}` : `may take it${rank > 0 ? `, rank ${rank}` : ''}`,
      }
    }),
    ...excluded.map((one): Line => {
      const soon = typeof one.until === 'number' && one.until > now
      return { agent: text(one.agent), kind: soon ? 'soon' : 'excluded', text: excludedText(one, now) }
    }),
  ]
  const counted = amount(answer.candidate_count) + amount(answer.excluded_count)
  const ahead = amount(answer.ahead)
  const before = ahead > 0 ? ` ${ahead === 1 ? 'One is' : `${ahead} are`} before it.` : ''
  const summary =
    chosen === ''
      ? `${reasonText(text(decision.reason))}${before}`
      : `${candidates.length === 1 ? 'The only one who may take it' : `One of ${candidates.length} who may take it`}: ${by}.${before}`
  return { summary, lines, more: Math.max(0, counted - lines.length) }
}
