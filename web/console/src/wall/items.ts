// What the hub tells a wallboard (docs/wire.md, "What the PBX shows"), read off
// the wire with the names it has there. An item that lacks its key is refused;
// a field that is missing or strange gets a value that claims nothing.

import type { AgentStatus } from '../lib/types.ts'

export type Registration = 'registered' | 'unregistered' | 'unreachable' | 'failed' | 'unknown'
export type Colour = 'green' | 'red' | 'orange' | 'blue' | 'grey'

export interface ExtensionItem {
  extension: string
  name: string
  endpoint: string
  code: number
  text: string
  colour: Colour
  pulse: boolean
  since: number | null
  /** `AMI` or `Call`: which of the two is believed. */
  source: string
  event: string
  call_id: string
  peer: string
  suspect: boolean
  stale: boolean
  stale_since: number | null
  registration: Registration
  registration_since: number | null
  registration_reason: string
}

export interface AgentItem {
  extension: string
  name: string
  status: AgentStatus
  reason: string
  since: number | null
  source: string
  call_log_id: string
  paused: boolean
  reason_paused: string
  pause: 'synced' | 'pending' | 'failed'
  registration: Registration | null
  /** When this status has lasted too long, ms UTC. */
  stuck_at: number | null
}

export interface Wanted {
  paused: boolean
  reason: string
}

export interface MemberItem {
  extension: string
  queue: string
  wanted: Wanted | null
  observed: Wanted | null
  state: 'synced' | 'pending' | 'failed' | 'untouched'
  error: string
  in_call: boolean
}

export interface QueueItem {
  queue: string
  strategy: string
  waiting: number
  longest_since: number | null
  members: number
  available: number
}

export type LinkState =
  | 'down'
  | 'connecting'
  | 'logging_in'
  | 'booting'
  | 'resyncing'
  | 'live'
  | 'silent'
  | 'refused'
  | 'unknown'

export interface LinkItem {
  state: LinkState
  since: number | null
  /** A word for support; `detail` is a sentence, where the hub has one. */
  reason: string
  detail: string
  attempts: number
  next_attempt_at: number | null
  last_event_at: number | null
  synced_at: number | null
  version: string
}

export interface Alarm {
  code: string
  detail: string
  since: number | null
}

type Fields = Record<string, unknown>

export const asFields = (value: unknown): Fields | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null

export const text = (value: unknown): string => (typeof value === 'string' ? value : '')
export const amount = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0)
/** A moment; 0 is no moment. */
export const time = (value: unknown): number | null => amount(value) || null
/** A number of things, told as such or as the list of them. */
export const many = (value: unknown): number => (Array.isArray(value) ? value.length : amount(value))

export function word<T extends string>(value: unknown, words: readonly T[], other: T): T {
  return words.includes(value as T) ? (value as T) : other
}

const colours: readonly Colour[] = ['green', 'red', 'orange', 'blue', 'grey']
const registrations: readonly Registration[] = ['registered', 'unregistered', 'unreachable', 'failed', 'unknown']
export const statuses: readonly AgentStatus[] = [
  'ONLINE',
  'OFFLINE',
  'PAUSE',
  'BREAK',
  'TRAINING',
  'MEETING',
  'WRAP_UP',
  'DO_NOT_DISTURB',
  'ON_CALL',
]

export function readExtension(value: unknown): ExtensionItem | null {
  const item = asFields(value)
  const extension = text(item?.extension)
  if (item === null || extension === '' || typeof item.code !== 'number') return null
  return {
    extension,
    name: text(item.name),
    endpoint: text(item.endpoint),
    code: item.code,
    text: text(item.text) || 'Unknown',
    colour: word(item.colour, colours, 'grey'),
    pulse: item.pulse === true,
    since: time(item.since),
    source: text(item.source),
    event: text(item.event),
    call_id: text(item.call_id),
    peer: text(item.peer),
    suspect: item.suspect === true,
    stale: item.stale === true,
    stale_since: time(item.stale_since),
    registration: word(item.registration, registrations, 'unknown'),
    registration_since: time(item.registration_since),
    registration_reason: text(item.registration_reason),
  }
}

export function readAgent(value: unknown): AgentItem | null {
  const item = asFields(value)
  const extension = text(item?.extension)
  if (item === null || extension === '' || !statuses.includes(item.status as AgentStatus)) return null
  return {
    extension,
    name: text(item.name),
    status: item.status as AgentStatus,
    reason: text(item.reason),
    since: time(item.since),
    source: text(item.source),
    call_log_id: text(item.call_log_id),
    paused: item.paused === true,
    reason_paused: text(item.reason_paused),
    pause: word(item.pause, ['synced', 'pending', 'failed'], 'pending'),
    registration: item.registration == null ? null : word(item.registration, registrations, 'unknown'),
    stuck_at: time(item.stuck_at),
  }
}

function readWanted(value: unknown): Wanted | null {
  const pause = asFields(value)
  return pause === null ? null : { paused: pause.paused === true, reason: text(pause.reason) }
}

export function readMember(value: unknown): MemberItem | null {
  const item = asFields(value)
  const extension = text(item?.extension)
  const queue = text(item?.queue)
  if (item === null || extension === '' || queue === '') return null
  return {
    extension,
    queue,
    wanted: readWanted(item.wanted),
    observed: readWanted(item.observed),
    state: word(item.state, ['synced', 'pending', 'failed', 'untouched'], 'pending'),
    error: text(item.error),
    in_call: item.in_call === true,
  }
}

export function readQueue(value: unknown): QueueItem | null {
  const item = asFields(value)
  const queue = text(item?.queue)
  if (item === null || queue === '') return null
  return {
    queue,
    strategy: text(item.strategy),
    waiting: amount(item.waiting),
    longest_since: time(item.longest_since),
    members: many(item.members),
    available: many(item.available),
  }
}

export function readLink(value: unknown): LinkItem | null {
  const item = asFields(value)
  if (item === null) return null
  return {
    state: word<LinkState>(
      item.state,
      ['down', 'connecting', 'logging_in', 'booting', 'resyncing', 'live', 'silent', 'refused'],
      'unknown',
    ),
    since: time(item.since),
    reason: text(item.reason),
    detail: text(item.detail),
    attempts: amount(item.attempts),
    next_attempt_at: time(item.next_attempt_at),
    last_event_at: time(item.last_event_at),
    synced_at: time(item.synced_at),
    version: text(asFields(item.pbx)?.version),
  }
}

export function readAlarms(value: unknown): readonly Alarm[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((one: unknown) => {
    const alarm = asFields(one)
    const code = text(alarm?.code)
    return alarm === null || code === '' ? [] : [{ code, detail: text(alarm.detail), since: time(alarm.since) }]
  })
}
