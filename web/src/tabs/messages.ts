// What the tabs of one extension say to each other over a BroadcastChannel:
// docs/tabs.md. Every message names its version and its sender. It comes from a
// page of the same origin, perhaps of another Offhook: what is not of this
// version, or of no form known here, is left alone.
import { eventNames, type PhoneEvent } from '../generated/events.js'
import type { Patch } from './mirror.js'

export const VERSION = 1

/** A command without its number: each engine counts its own. */
export type Order = { readonly type: PhoneEvent['type'] | 'DeviceChosen' } & Readonly<Record<string, unknown>>

export type Said =
  /** A tab is there, or has missed something: the leader answers with `state`. */
  | { t: 'hello' }
  /** A tab that does not lead is going. */
  | { t: 'bye' }
  /** The leader is there: each second, and in answer to `ping`. A higher `term` is a later leader. */
  | { t: 'beat'; term: number }
  | { t: 'ping' }
  /** The leader is going. */
  | { t: 'leaving'; term: number }
  /** What the leader shows: with `base` null all of it, for the tab `to` (or for all); else what has changed since number `base`. */
  | { t: 'state'; term: number; n: number; base: number | null; to: string; patch: Patch }
  /** A command for the leader, asked for at `at` (UTC ms). */
  | { t: 'do'; id: string; at: number; order: Order }
  /** The leader has it and will answer. */
  | { t: 'took'; id: string }
  /** What became of it: `code` is empty when done, else a PhoneError's. */
  | { t: 'done'; id: string; code: string; message: string; call_id: string }

export type Message = Said & { v: number; from: string }

const KINDS = ['hello', 'bye', 'beat', 'ping', 'leaving', 'state', 'do', 'took', 'done']

/** The message, or what is wrong with it. */
export function read(data: unknown): Message | string {
  if (data === null || typeof data !== 'object') return 'a message of no form'
  const message = data as Partial<Message>
  if (message.v !== VERSION) return `a message of version ${String(message.v)}`
  if (typeof message.from !== 'string' || message.from === '' || !KINDS.includes(String(message.t)))
    return `an unknown message '${String(message.t)}'`
  return message as Message
}

const FIRST_COMMAND = eventNames.indexOf('LoginRequested')

/** Commands, the choice of a device, and the one message a host may pass on. Nothing else of the engine's events is for another tab to say. */
export function isOrder(order: unknown): order is Order {
  const type = (order as Partial<Order> | null)?.type
  if (type === undefined) return false
  if (type === 'QueueNumberReceived' || type === 'DeviceChosen') return true
  return eventNames.indexOf(type) >= FIRST_COMMAND
}
