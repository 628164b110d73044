// The contact centre's tables (docs/queues.md, "What is stored"), in Drizzle's
// words; schema.ts passes them on. Times are milliseconds since 1970, UTC.
// `call_queue` and `agent_state` hold what is now and are written anew at each
// start; `call_records` hold what was; journal and snapshots belong to the engine.
import {
  bigint,
  boolean,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'

const ms = (name: string) => bigint(name, { mode: 'number' })

/** One queue's settings, as the wire has them (settings_schemas.ts). */
export const queues = pgTable('queues', {
  queue: text('queue').primaryKey(),
  settings: jsonb('settings').$type<Record<string, unknown>>().notNull(),
  created_at: ms('created_at').notNull(),
  updated_at: ms('updated_at').notNull(),
})

export const skills = pgTable('skills', {
  name: text('name').primaryKey(),
  description: text('description'),
  created_at: ms('created_at').notNull(),
})

/** Who serves which queue. No reference to `agents`: whoever is taken out there is left out of what the engine is told. */
export const queue_agents = pgTable(
  'queue_agents',
  {
    extension: text('extension').notNull(),
    queue: text('queue')
      .notNull()
      .references(() => queues.queue, { onDelete: 'cascade' }),
    penalty: integer('penalty').notNull().default(0),
    position: integer('position').notNull().default(1),
    weight: integer('weight').notNull().default(1),
  },
  (t) => [primaryKey({ columns: [t.extension, t.queue] }), index('queue_agents_queue').on(t.queue)],
)

export const agent_skills = pgTable(
  'agent_skills',
  {
    extension: text('extension').notNull(),
    skill: text('skill')
      .notNull()
      .references(() => skills.name, { onDelete: 'cascade' }),
    level: integer('level').notNull(),
  },
  (t) => [primaryKey({ columns: [t.extension, t.skill] })],
)

/** The calls that wait, ring or talk now. */
export const call_queue = pgTable(
  'call_queue',
  {
    id: ms('id').primaryKey().generatedAlwaysAsIdentity(),
    session_id: text('session_id').notNull(),
    priority: integer('priority').notNull().default(0),
    enqueued_at: ms('enqueued_at').notNull(),
    skills_required: jsonb('skills_required').$type<unknown[]>().notNull(),
    queue_name: text('queue_name').notNull(),
    call_id: text('call_id').notNull().unique(),
    state: text('state').notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** When it overflows unless somebody answers; null: never. */
    deadline_at: ms('deadline_at'),
  },
  (t) => [index('call_queue_queue_name').on(t.queue_name)],
)

/** The routing's view of each agent now. */
export const agent_state = pgTable('agent_state', {
  agent_id: text('agent_id').primaryKey(),
  current_state: text('current_state').notNull(),
  /** Since when available; of one who is not yet, when that is expected; null: not known. */
  available_at: ms('available_at'),
  skills: jsonb('skills').$type<unknown[]>().notNull(),
  current_session_id: text('current_session_id'),
  since: ms('since').notNull(),
  why: text('why'),
})

/** One row for each stay of a call in a queue. The `*_seconds` are whole seconds of the milliseconds beside them. */
export const call_records = pgTable(
  'call_records',
  {
    id: text('id').primaryKey(),
    /** The order of writing: what pages go by. */
    seq: ms('seq').generatedAlwaysAsIdentity(),
    customer_session_id: text('customer_session_id'),
    agent_session_id: text('agent_session_id'),
    queue_time_seconds: integer('queue_time_seconds'),
    talk_time_seconds: integer('talk_time_seconds'),
    wrap_up_time_seconds: integer('wrap_up_time_seconds'),
    recording_url: text('recording_url'),
    notes: text('notes'),
    /** Of the agent's call_log, as its notes: no word of the engine's. */
    disposition: text('disposition'),
    call_id: text('call_id').notNull(),
    queue_name: text('queue_name').notNull(),
    agent_id: text('agent_id'),
    direction: text('direction'),
    from: text('from'),
    to: text('to'),
    offered_at: ms('offered_at'),
    enqueued_at: ms('enqueued_at').notNull(),
    first_ring_at: ms('first_ring_at'),
    answered_at: ms('answered_at'),
    ended_at: ms('ended_at'),
    wrap_up_ended_at: ms('wrap_up_ended_at'),
    outcome: text('outcome'),
    hangup_by: text('hangup_by'),
    ring_time: ms('ring_time'),
    hold_time: ms('hold_time'),
    talk_time: ms('talk_time'),
    wait_time: ms('wait_time'),
    wrap_up_time: ms('wrap_up_time'),
    attempts: integer('attempts'),
    rona_count: integer('rona_count'),
    offers: jsonb('offers').$type<unknown>(),
    overflow_to: text('overflow_to'),
    transfer_from_record: text('transfer_from_record'),
    /** Of its stay: 0 from the door on, n after a transfer to an agent or the loss of one. */
    part: integer('part'),
    end_estimated: boolean('end_estimated'),
    mode: text('mode'),
    participants: jsonb('participants').$type<unknown>(),
    /** Nothing of it will change any more, but the notes. */
    final: boolean('final').notNull().default(false),
    /** Numbers were replaced by the retention's sweeper. */
    anonymised: boolean('anonymised').notNull().default(false),
    updated_at: ms('updated_at').notNull(),
  },
  (t) => [
    index('call_records_seq').on(t.seq),
    index('call_records_enqueued_at').on(t.enqueued_at),
    index('call_records_queue_name').on(t.queue_name, t.enqueued_at),
    index('call_records_agent_id').on(t.agent_id, t.enqueued_at),
    index('call_records_call_id').on(t.call_id),
  ],
)

/** What the engine was told and did, in order; only the engine reads the entries. */
export const acd_journal = pgTable('acd_journal', {
  seq: ms('seq').primaryKey(),
  at: ms('at').notNull(),
  epoch: ms('epoch').notNull(),
  // json, not jsonb: the text as the engine wrote it.
  entry: json('entry').$type<unknown>().notNull(),
})

/** The engine's state after the journal's entry `seq`. */
export const acd_snapshots = pgTable('acd_snapshots', {
  seq: ms('seq').primaryKey(),
  at: ms('at').notNull(),
  epoch: ms('epoch').notNull(),
  state: json('state').$type<unknown>().notNull(),
})

/** Which hub acts at the PBX. The times are the database's, so that hubs need not agree on a clock. */
export const hub_lease = pgTable('hub_lease', {
  name: text('name').primaryKey(),
  holder: text('holder').notNull(),
  /** Where that hub answers. */
  address: text('address'),
  /** Rises with each change of holder; what an earlier holder still writes is refused by it. */
  epoch: ms('epoch').notNull(),
  expires: ms('expires').notNull(),
  /** When a hub that would take over last looked. */
  standby_seen: ms('standby_seen'),
})

export const webhooks = pgTable('webhooks', {
  id: text('id').primaryKey(),
  url: text('url').notNull(),
  events: jsonb('events').$type<string[]>().notNull(),
  /** The key that signs; never shown after it was given. */
  secret: text('secret').notNull(),
  created_at: ms('created_at').notNull(),
})

/** What is to be delivered, what was tried, and what was given up. */
export const webhook_outbox = pgTable(
  'webhook_outbox',
  {
    id: ms('id').primaryKey().generatedAlwaysAsIdentity(),
    webhook_id: text('webhook_id')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    /** The same for every try, so that a receiver can drop what it has. */
    message_id: text('message_id').notNull(),
    event: text('event').notNull(),
    body: text('body').notNull(),
    state: text('state').notNull(),
    attempts: integer('attempts').notNull().default(0),
    next_at: ms('next_at').notNull(),
    last_error: text('last_error'),
    created_at: ms('created_at').notNull(),
    delivered_at: ms('delivered_at'),
  },
  (t) => [
    index('webhook_outbox_due').on(t.state, t.next_at),
    uniqueIndex('webhook_outbox_message').on(t.webhook_id, t.message_id),
  ],
)

/** When an agent is meant to be in which status: what adherence is measured by. */
export const schedules = pgTable(
  'schedules',
  {
    extension: text('extension').notNull(),
    from: ms('from').notNull(),
    until: ms('until').notNull(),
    status: text('status').notNull(),
  },
  (t) => [primaryKey({ columns: [t.extension, t.from] })],
)
