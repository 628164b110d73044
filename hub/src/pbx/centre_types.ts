// What goes into the Centre and comes out of it, as docs/centre.md lists it. Types only.

import type { AcdChanges, AcdEffect } from '../acd/items.js'
import type { SettingsWire } from '../acd/settings_schemas.js'

export interface CentreAgent {
  extension: string
  endpoint: string
  name: string
}

export interface CentreConfig {
  agents?: readonly CentreAgent[]
  seed?: number
  extension_pattern?: string
  learn_extensions?: boolean
  event_classes?: string
  grace_ms?: number
  sync_ms?: number
  reconcile_ms?: number
  ping_ms?: number
  list_ms?: number
  coalesce_ms?: number
  arbitration_ms?: number
  echo_ms?: number
  wrap_up_ms?: number
  mass_guard?: { share: number; more_than: number }
  literal_seed_rules?: boolean
  /** Callers whom the PBX's own queue has may be taken back; true. */
  pull_back?: boolean
  /** An agent is shown who listens to its call; false. */
  tell_agent?: boolean
}

interface When {
  /** ms UTC */
  at: number
  /** ms, monotonic */
  mono: number
}

export type CentreEvent = When &
  (
    | { type: 'Started' | 'AmiOpened' | 'Woke' }
    | { type: 'AmiClosed'; reason: string }
    | { type: 'AgentsChanged'; agents: readonly CentreAgent[] }
    | {
        type: 'StatusStored'
        extension: string
        status: string
        reason: string | null
        since: number
        source: string
        call_log_id?: string | null
        previous?: { status: string; reason: string | null } | null
      }
    | { type: 'StatusRefused'; extension: string; code: string }
    | ({ type: 'CommandRequested'; id: string; command: string } & Record<string, unknown>)
    | { type: 'PhoneTold'; extension: string; registration: string }
    | ({ type: 'QueuesChanged' } & SettingsWire)
    | { type: 'AcdRestored'; snapshot: unknown; journal: unknown[] }
    | { type: 'SnapshotAsked' }
  )

export type LinkState = 'down' | 'connecting' | 'logging_in' | 'booting' | 'resyncing' | 'live' | 'silent' | 'refused'

export interface LinkItem {
  state: LinkState
  since: number
  /** A code, and beside it what was said or what to do. */
  reason: string | null
  detail: string | null
  attempts: number
  next_attempt_at: number | null
  pbx: { version: string; started_at: number | null } | null
  last_event_at: number | null
  synced_at: number | null
  counters: Record<string, number>
}

/** Told once with its key when the item is no longer there. */
interface MayGo {
  gone?: boolean
}

export interface ExtensionItem extends MayGo {
  extension: string
  name: string
  endpoint: string
  code: number
  text: string
  colour: string
  pulse: boolean
  since: number
  source: 'AMI' | 'Call'
  event: string
  call_id: string | null
  peer: string | null
  legs: number
  suspect: boolean
  stale: boolean
  stale_since: number | null
  registration: 'registered' | 'unregistered' | 'unreachable' | 'unknown'
  registration_since: number | null
  registration_reason: string | null
  /** What a Phone said of itself; never evidence. */
  registration_told: string | null
}

export interface MemberItem extends MayGo {
  extension: string
  queue: string
  interface: string
  wanted: { paused: boolean; reason: string } | null
  observed: { paused: boolean; reason: string }
  state: 'synced' | 'pending' | 'deferred' | 'differs' | 'failed' | 'untouched'
  error: string | null
  status: number
  penalty: number
  in_call: boolean
  calls_taken: number
  last_call_at: number | null
}

export interface CallItem extends MayGo {
  call_id: string
  from: string
  to: string
  extension: string | null
  queue: string | null
  started_at: number
  answered_at: number | null
  ended_at: number | null
  end: 'answered' | 'no_answer' | 'busy' | 'cancelled' | 'failed' | 'lost' | 'pbx_restart' | null
  estimated: boolean
  transferred: boolean
  legs: { uniqueid: string; channel: string; extension: string | null; state: string }[]
}

export interface QueueItem extends MayGo {
  queue: string
  strategy: string
  waiting: number
  longest_since: number | null
  members: number
  available: number
  entries: { position: number; channel: string; uniqueid: string; from: string; since: number }[]
}

export interface CentreChanges extends AcdChanges {
  link?: LinkItem
  extensions?: ExtensionItem[]
  members?: MemberItem[]
  calls?: CallItem[]
  queues?: QueueItem[]
}

export type CentreEffect =
  | AcdEffect
  | { type: 'ami.connect' | 'ami.close' }
  | { type: 'ami.login'; action_id: string }
  | { type: 'ami.send'; text: string }
  | { type: 'status.write'; extension: string; status: string; reason: string; source: string; restores: boolean }
  | {
      type: 'queue_number'
      extension: string
      call_from: string
      queue_name: string
      queue_number: string
      server_call_log_token: string
      yeastar_call_id: string
      channel_id: string
    }
  | { type: 'phone.message'; extension: string; message: Record<string, unknown> }
  | {
      type: 'command.settled'
      id: string
      ok: boolean
      code: string | null
      /** Words of a refusal; of some commands the answer. */
      detail: unknown
      state: unknown
    }
  | { type: 'note'; extension: string; code: string; call_id: string; until: number | null }
  | { type: 'alarm'; code: string; detail: string; active: boolean }
  | ({ type: 'log'; level: 'debug' | 'info' | 'warn' | 'error'; text: string } & Record<string, unknown>)

export interface CentreReply {
  version: number
  error: { code: string; message: string } | null
  /** When it wants `Woke`, ms from now; null: not. */
  wake_ms: number | null
  changes: CentreChanges
  effects: CentreEffect[]
}
