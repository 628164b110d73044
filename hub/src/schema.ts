// The tables, in Drizzle's words. Names are the wire's (docs/wire.md); times
// are milliseconds since 1970 as bigint. SQL is in hub/migrations, generated
// from this file and applied at start; nothing else creates tables.
import { bigint, boolean, index, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'

export * from './acd/tables.js'

const ms = (name: string) => bigint(name, { mode: 'number' })

/** People who use a Phone. Their SIP account and password hash never leave this table except to themselves. */
export const agents = pgTable(
  'agents',
  {
    extension: text('extension').primaryKey(),
    extension_id: text('extension_id').notNull(),
    number: text('number').notNull(),
    name: text('name').notNull(),
    role: text('role').notNull(),
    password_hash: text('password_hash'),
    sip: jsonb('sip').$type<Record<string, unknown>>(),
    /** Last word of the Phone about its SIP registration; null when no Phone is connected. */
    registration: text('registration'),
    registration_at: ms('registration_at'),
    /** IANA name; null means the hub's. Decides when the agent's day begins. */
    time_zone: text('time_zone'),
    /** The PBX's name of the telephone, e.g. PJSIP/1001; null means PJSIP/ and the extension. */
    endpoint: text('endpoint'),
    created_at: ms('created_at').notNull(),
    /** Has left: may not sign in, is in no list; what he did stays. */
    left_at: ms('left_at'),
  },
  (t) => [uniqueIndex('agents_extension_id').on(t.extension_id)],
)

/** The CRM's status of each agent: the source of truth for what the agent wants. */
export const agent_statuses = pgTable('agent_statuses', {
  extension: text('extension')
    .primaryKey()
    .references(() => agents.extension, { onDelete: 'cascade' }),
  status: text('status').notNull(),
  /** What the status took the place of; given back when a machine took it away. */
  previous_status: text('previous_status'),
  previous_reason: text('previous_reason'),
  reason: text('reason'),
  since: ms('since').notNull(),
  source: text('source').notNull(),
  call_log_id: text('call_log_id'),
  /** What the PBX was last seen to hold: an observation, never a wish. */
  pbx_paused: boolean('pbx_paused'),
  pbx_reason: text('pbx_reason'),
})

/** One row an interval; the open one has no `until`. */
export const agent_status_history = pgTable(
  'agent_status_history',
  {
    id: ms('id').primaryKey().generatedAlwaysAsIdentity(),
    extension: text('extension')
      .notNull()
      .references(() => agents.extension, { onDelete: 'cascade' }),
    status: text('status').notNull(),
    reason: text('reason'),
    source: text('source').notNull(),
    call_log_id: text('call_log_id'),
    since: ms('since').notNull(),
    until: ms('until'),
  },
  (t) => [
    index('agent_status_history_extension').on(t.extension, t.id),
    index('agent_status_history_until').on(t.until),
  ],
)

/** The pause wanted for an agent, in all queues (`queue` is empty) or in one. */
export const queue_members = pgTable(
  'queue_members',
  {
    extension: text('extension')
      .notNull()
      .references(() => agents.extension, { onDelete: 'cascade' }),
    queue: text('queue').notNull().default(''),
    paused: boolean('paused').notNull(),
    reason_paused: text('reason_paused'),
    /** A PBX has confirmed it. */
    synced: boolean('synced').notNull().default(false),
    /** Why the PBX did not, when it was asked and refused or was silent. */
    sync_error: text('sync_error'),
    updated_at: ms('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.extension, t.queue] })],
)

export const contacts = pgTable(
  'contacts',
  {
    id: ms('id').primaryKey().generatedAlwaysAsIdentity(),
    /** Normalised: an optional + and digits. */
    number: text('number').notNull(),
    name: text('name'),
    company: text('company'),
    created_at: ms('created_at').notNull(),
  },
  (t) => [uniqueIndex('contacts_number').on(t.number)],
)

export const call_logs = pgTable(
  'call_logs',
  {
    id: ms('id').primaryKey().generatedAlwaysAsIdentity(),
    /** Whose Phone wrote it; decides who may see it. */
    extension: text('extension').notNull(),
    key: text('key').notNull(),
    call_id: text('call_id'),
    type: text('type').notNull(),
    status: text('status').notNull(),
    end_reason: text('end_reason').notNull(),
    call_from: text('call_from'),
    call_to: text('call_to'),
    extension_id: text('extension_id').notNull(),
    contact_id: text('contact_id'),
    contact_name: text('contact_name'),
    duration: ms('duration').notNull(),
    started_at: ms('started_at'),
    connected_at: ms('connected_at'),
    ended_at: ms('ended_at'),
    hold_ms: ms('hold_ms').notNull(),
    queue_name: text('queue_name'),
    server_call_log_token: text('server_call_log_token'),
    yeastar_call_id: text('yeastar_call_id'),
    queue_number: text('queue_number'),
    channel_id: text('channel_id'),
    sip_call_id: text('sip_call_id'),
    notes: text('notes'),
    disposition: text('disposition'),
    revision: ms('revision').notNull(),
    created_at: ms('created_at').notNull(),
    updated_at: ms('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('call_logs_extension_key').on(t.extension, t.key),
    index('call_logs_extension_id').on(t.extension_id, t.id),
    index('call_logs_started_at').on(t.started_at),
  ],
)

/** Bearer tokens and one-time sign-in codes, by SHA-256 only. */
export const tokens = pgTable(
  'tokens',
  {
    hash: text('hash').primaryKey(),
    kind: text('kind').notNull(),
    /** Null for a token of a program rather than an agent. */
    extension: text('extension').references(() => agents.extension, { onDelete: 'cascade' }),
    role: text('role').notNull(),
    expires: ms('expires').notNull(),
    created_at: ms('created_at').notNull(),
  },
  (t) => [index('tokens_expires').on(t.expires)],
)

/** First answers, given again to a request that comes twice. */
export const idempotency_keys = pgTable(
  'idempotency_keys',
  {
    scope: text('scope').notNull(),
    path: text('path').notNull(),
    key: text('key').notNull(),
    body_hash: text('body_hash').notNull(),
    status: ms('status').notNull(),
    answer: text('answer').notNull(),
    created_at: ms('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.scope, t.path, t.key] }), index('idempotency_keys_created_at').on(t.created_at)],
)

/** Who changed or did something for another agent. Rows are added, never changed. */
export const audit = pgTable(
  'audit',
  {
    id: ms('id').primaryKey().generatedAlwaysAsIdentity(),
    at: ms('at').notNull(),
    /** `agent:1003`, or `token:…` of a program. */
    actor: text('actor').notNull(),
    role: text('role').notNull(),
    /** What was done, e.g. `status.set`. */
    action: text('action').notNull(),
    /** Whom it concerns. */
    extension: text('extension').notNull(),
    before: jsonb('before').$type<Record<string, unknown>>(),
    after: jsonb('after').$type<Record<string, unknown>>(),
  },
  (t) => [index('audit_extension').on(t.extension, t.id)],
)

/** The last revision told on each stream. */
export const revisions = pgTable('revisions', {
  stream: text('stream').primaryKey(),
  revision: ms('revision').notNull(),
})
