// Settings of queues, agents and skills as docs/queues.md has them, with their defaults, read
// off the hub's answers. Pure.

import type { SlFormula, WrapUpMode } from '../acd/items.ts'

export interface SkillWanted {
  skill: string
  min: number
  weight: number
  mandatory: boolean
}

export interface Relaxation {
  after_ms: number
  skills: readonly SkillWanted[]
}

export const strategies = [
  'longest_idle',
  'priority',
  'skills',
  'round_robin',
  'sticky',
  'fewest_calls',
  'least_talk',
  'random',
  'ring_all',
  'linear',
] as const
export const overflows = ['voicemail', 'queue', 'external', 'callback', 'announce', 'hangup'] as const

export interface QueueSettings {
  queue: string
  mode: 'asterisk' | 'offhook'
  open: boolean
  weight: number
  max_waiting: number
  join_empty: boolean
  strategy: (typeof strategies)[number]
  ageing_ms: number
  sticky_ms: number
  skills: readonly SkillWanted[]
  relaxation: readonly Relaxation[]
  max_wait_ms: number
  ring_ms: number
  max_attempts: number
  rona_after: number
  rona_ms: number
  reject_ms: number
  busy_ms: number
  unreachable_ms: number
  overflow: { kind: (typeof overflows)[number]; target: string }
  wrap_up: { mode: WrapUpMode; ms: number }
  announce: { position: boolean; every_ms: number; sounds: string }
  leave_key: string
  record: boolean
  sl_formula: SlFormula
  sl_ms: number
  short_abandon_ms: number
}

export const newQueue: QueueSettings = {
  queue: '',
  mode: 'offhook',
  open: true,
  weight: 0,
  max_waiting: 0,
  join_empty: true,
  strategy: 'longest_idle',
  ageing_ms: 60_000,
  sticky_ms: 30_000,
  skills: [],
  relaxation: [],
  max_wait_ms: 600_000,
  ring_ms: 15_000,
  max_attempts: 5,
  rona_after: 3,
  rona_ms: 5_000,
  reject_ms: 10_000,
  busy_ms: 60_000,
  unreachable_ms: 5_000,
  overflow: { kind: 'voicemail', target: '' },
  wrap_up: { mode: 'timed', ms: 30_000 },
  announce: { position: false, every_ms: 60_000, sounds: 'queue-thereare' },
  leave_key: '',
  record: false,
  sl_formula: 'SL4',
  sl_ms: 20_000,
  short_abandon_ms: 5_000,
}

export interface AgentSettings {
  extension: string
  skills: readonly { skill: string; level: number }[]
  queues: readonly { queue: string; penalty: number; position: number; weight: number }[]
}

export interface Skill {
  name: string
  description: string
}

type Fields = Record<string, unknown>
const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})
const items = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fields) : [])

const wanted = (one: Fields): SkillWanted => ({
  skill: String(one.skill ?? ''),
  min: Number(one.min ?? 1),
  weight: Number(one.weight ?? 1),
  mandatory: one.mandatory !== false,
})

/** What is left out has the default; what is unknown here is kept, so that saving loses nothing. */
export function readQueue(value: unknown): QueueSettings {
  const given = fields(value)
  return {
    ...newQueue,
    ...(given as Partial<QueueSettings>),
    overflow: { ...newQueue.overflow, ...fields(given.overflow) },
    wrap_up: { ...newQueue.wrap_up, ...fields(given.wrap_up) },
    announce: { ...newQueue.announce, ...fields(given.announce) },
    skills: items(given.skills).map(wanted),
    relaxation: items(given.relaxation).map((step) => ({
      after_ms: Number(step.after_ms ?? 0),
      skills: items(step.skills).map(wanted),
    })),
  }
}

export const readAgent = (value: unknown): AgentSettings => {
  const given = fields(value)
  return {
    extension: String(given.extension ?? ''),
    skills: items(given.skills).map((one) => ({ skill: String(one.skill), level: Number(one.level ?? 1) })),
    queues: items(given.queues).map((one) => ({
      queue: String(one.queue),
      penalty: Number(one.penalty ?? 0),
      position: Number(one.position ?? 1),
      weight: Number(one.weight ?? 1),
    })),
  }
}

export const readSkill = (value: unknown): Skill => {
  const given = fields(value)
  return { name: String(given.name ?? given.skill ?? ''), description: String(given.description ?? '') }
}

type Tree = Record<string, unknown>

export function valueAt(queue: QueueSettings, path: string): unknown {
  let value: unknown = queue
  for (const name of path.split('.')) value = (value as Tree | undefined)?.[name]
  return value
}

export function withValue(queue: QueueSettings, path: string, value: unknown): QueueSettings {
  const [first = '', second] = path.split('.')
  if (second === undefined) return { ...queue, [first]: value } as QueueSettings
  const inner = (queue as unknown as Record<string, Tree>)[first]
  return { ...queue, [first]: { ...inner, [second]: value } } as QueueSettings
}
