// Bodies and answers of /contact-centre as TypeBox schemas (docs/queues.md,
// "REST"): they check requests, make the OpenAPI document and give the typed
// client (hub/src/client.ts) its types. Settings have a file of their own.
import { type Static, type TSchema, Type } from '@fastify/type-provider-typebox'
import type { AcdAgentItem, AcdCallItem, AcdQueueItem } from './items.js'
import { AgentSettings, Priority, QueueName, SkillName, SkillsWanted, words } from './settings_schemas.js'

const optional = <T extends TSchema>(schema: T) => Type.Optional(schema)
const textOrNull = Type.Unsafe<string | null>({ type: ['string', 'null'] })
const numberOrNull = Type.Unsafe<number | null>({ type: ['number', 'null'] })
const time = Type.Number({ minimum: 0, maximum: 8.64e15, description: 'ms since 1970, UTC' })
/** An item of the engine goes out as it is; docs/queues.md has its fields. */
const item = <T>() =>
  Type.Unsafe<T>({ type: 'object', additionalProperties: true, description: 'docs/queues.md has its fields' })
const items = <T extends TSchema>(schema: T) => Type.Object({ items: Type.Array(schema) })

export const QueueParams = Type.Object({ queue: QueueName })
export const SkillParams = Type.Object({ skill: SkillName })
/** A Linkedid, or the name that the engine has given: what can stand in a path. */
export const CallId = Type.String({ minLength: 1, maxLength: 150, pattern: '^[\\x21-\\x7e]+$' })
export const CallParams = Type.Object({ call_id: CallId })

export const QueueItem = item<AcdQueueItem>()
export const QueueItems = items(QueueItem)
export const AgentItem = Type.Object({
  ...AgentSettings.properties,
  name: Type.String(),
  now: Type.Unsafe<AcdAgentItem | null>({ type: ['object', 'null'], additionalProperties: true }),
})
export type AgentWire = Static<typeof AgentItem>
export const AgentItems = items(AgentItem)

export const CALL_STATES = ['Queued', 'AgentRinging', 'Active', 'Terminating'] as const
export const CallsQuery = Type.Object({
  queue: optional(QueueName),
  state: optional(words(CALL_STATES)),
  limit: optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
  after: optional(Type.String({ maxLength: 400, description: '`next` of the page before' })),
})
export const CallsAnswer = Type.Object({ items: Type.Array(item<AcdCallItem>()), next: textOrNull })

/** A name of AMI, or a number to be called; the schema of one field each, which of them is checked in the route. */
export const QueueCallPost = Type.Object({
  channel_id: optional(Type.String({ minLength: 1, maxLength: 128, pattern: '^[\\x21-\\x7e]+$' })),
  number: optional(Type.String({ minLength: 2, maxLength: 39, pattern: '^\\+?[0-9]+$' })),
  priority: optional(Priority),
  skills: optional(SkillsWanted),
})
export const QueueCallAnswer = Type.Object({ call_id: Type.String() })
export const PriorityPut = Type.Object({ priority: Priority })
export const MovePost = Type.Object({ queue: QueueName })
export const TransferPost = Type.Object({
  target: Type.String({ minLength: 1, maxLength: 128, pattern: '^[^\\x00-\\x1f\\x7f]+$' }),
})
export const SUPERVISIONS = ['monitor', 'coach', 'barge', 'stop', 'take_over'] as const
export const SupervisePost = Type.Object({
  action: words(SUPERVISIONS),
  supervisor: optional(
    Type.String({
      minLength: 1,
      maxLength: 40,
      pattern: '^[A-Za-z0-9_.+-]+$',
      description: 'of a program: whose telephone',
    }),
  ),
})
export const StateAnswer = Type.Object({ state: optional(Type.String()) })
export const Explanation = item<Record<string, unknown>>()
/** A body that may be left out altogether. */
export const ExtendPost = Type.Unsafe<{ ms?: number } | null>({
  type: ['object', 'null'],
  properties: { ms: { type: 'integer', minimum: 1000, maximum: 3_600_000 } },
})

export const OUTCOMES = [
  'answered',
  'abandoned',
  'timeout',
  'overflow',
  'transferred_blind',
  'transferred_attended',
  'rejected',
  'error',
  'lost',
  'pbx_restart',
] as const
export const HANGUPS = ['caller', 'agent', 'system', 'supervisor'] as const

export const CallRecord = Type.Object({
  id: Type.String(),
  customer_session_id: textOrNull,
  agent_session_id: textOrNull,
  queue_time_seconds: numberOrNull,
  talk_time_seconds: numberOrNull,
  wrap_up_time_seconds: numberOrNull,
  recording_url: textOrNull,
  notes: textOrNull,
  disposition: textOrNull,
  call_id: Type.String(),
  queue_name: Type.String(),
  agent_id: textOrNull,
  direction: textOrNull,
  from: textOrNull,
  to: textOrNull,
  offered_at: numberOrNull,
  enqueued_at: time,
  first_ring_at: numberOrNull,
  answered_at: numberOrNull,
  ended_at: numberOrNull,
  wrap_up_ended_at: numberOrNull,
  outcome: textOrNull,
  hangup_by: textOrNull,
  ring_time: numberOrNull,
  hold_time: numberOrNull,
  talk_time: numberOrNull,
  wait_time: numberOrNull,
  wrap_up_time: numberOrNull,
  attempts: numberOrNull,
  rona_count: numberOrNull,
  offers: Type.Unsafe<unknown>({}),
  overflow_to: textOrNull,
  transfer_from_record: textOrNull,
  part: numberOrNull,
  end_estimated: Type.Unsafe<boolean | null>({ type: ['boolean', 'null'] }),
  mode: textOrNull,
  participants: Type.Unsafe<unknown>({}),
  final: Type.Boolean(),
  anonymised: Type.Boolean(),
})
export type CallRecordWire = Static<typeof CallRecord>
export const RecordsQuery = Type.Object({
  queue: optional(QueueName),
  agent: optional(Type.String({ minLength: 1, maxLength: 40, pattern: '^[A-Za-z0-9_.+-]+$' })),
  outcome: optional(words(OUTCOMES)),
  from: optional(time),
  until: optional(time),
  limit: optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
  before: optional(
    Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: '`next` of the page before' }),
  ),
})
export const RecordsAnswer = Type.Object({ items: Type.Array(CallRecord), next: numberOrNull })
export const RecordParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 150 }) })
export const RecordPatch = Type.Object({
  notes: Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 8000 }),
})

export const Shift = Type.Object({
  from: time,
  until: time,
  status: words(['ONLINE', 'OFFLINE', 'PAUSE', 'BREAK', 'TRAINING', 'MEETING', 'WRAP_UP', 'DO_NOT_DISTURB'] as const),
})
export const SchedulePut = Type.Object({ items: Type.Array(Shift, { maxItems: 2000 }) })
export const ScheduleQuery = Type.Object({ from: optional(time), until: optional(time) })

/** Events of which a webhook may be told; the last ends a record, the others are the engine's. */
export const WEBHOOK_EVENT = '^[a-z][a-z0-9_]*(\\.[a-z0-9_]+)*$|^\\*$'
export const WebhookPost = Type.Object({
  url: Type.String({ minLength: 1, maxLength: 2000 }),
  events: Type.Array(Type.String({ maxLength: 80, pattern: WEBHOOK_EVENT }), { minItems: 1, maxItems: 50 }),
  secret: optional(
    Type.String({
      pattern: '^whsec_[A-Za-z0-9+/]{32,88}={0,2}$',
      description: '24 to 64 bytes in base64 behind whsec_; made when it is left out, and shown in this answer only',
    }),
  ),
})
export const Webhook = Type.Object({
  id: Type.String(),
  url: Type.String(),
  events: Type.Array(Type.String()),
  created_at: time,
  waiting: Type.Integer({ description: 'deliveries that are still tried' }),
  dead: Type.Integer({ description: 'deliveries that were given up' }),
})
export const WebhookMade = Type.Object({
  ...Webhook.properties,
  secret: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'null when this request was repeated' }),
})
export const WebhookItems = items(Webhook)
export const WebhookParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 80 }) })
export const Delivery = Type.Object({
  id: Type.Integer(),
  webhook_id: Type.String(),
  message_id: Type.String(),
  event: Type.String(),
  attempts: Type.Integer(),
  last_error: textOrNull,
  created_at: time,
})
export const DeadQuery = Type.Object({
  limit: optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  before: optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
})
export const DeadAnswer = Type.Object({ items: Type.Array(Delivery), next: numberOrNull })
