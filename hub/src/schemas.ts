// The wire's bodies and answers (docs/wire.md) as TypeBox schemas: they check
// requests, shape answers and make the OpenAPI document. Extra fields are
// ignored; wrong types are refused, never converted.
import { type Static, type TSchema, Type } from '@fastify/type-provider-typebox'
import { ROLES } from './roles.js'

/** The nine statuses; ON_CALL is derived by the Phone and never asked for. */
export const AGENT_STATUSES = [
  'ONLINE',
  'OFFLINE',
  'PAUSE',
  'BREAK',
  'TRAINING',
  'MEETING',
  'WRAP_UP',
  'DO_NOT_DISTURB',
  'ON_CALL',
] as const
export type AgentStatusWord = (typeof AGENT_STATUSES)[number]

export const SOURCES = ['none', 'crm', 'pbx', 'agent', 'call', 'auto', 'endpoint'] as const
export const LOG_STATUSES = ['ringing', 'talking', 'answered', 'missed', 'no_answered'] as const
export const END_REASONS = [
  'none',
  'agent_hangup',
  'remote_hangup',
  'transferred',
  'lost',
  'caller_cancel',
  'timeout',
  'answered_elsewhere',
  'rejected',
  'busy',
  'no_answer',
  'cancelled',
  'failed',
] as const
export const REGISTRATIONS = ['registered', 'unregistered', 'failed'] as const

export const words = <T extends string>(list: readonly T[], description?: string) =>
  Type.Unsafe<T>({ type: 'string', enum: [...list], ...(description ? { description } : {}) })

const text = (maxLength: number, options: object = {}) => Type.String({ maxLength, ...options })
const textOrNull = (maxLength: number) => Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength })
/** 8.64e15 is the last millisecond a Date can hold. */
const time = Type.Number({ minimum: 0, maximum: 8.64e15 })
const timeOrNull = Type.Unsafe<number | null>({ type: ['number', 'null'], minimum: 0, maximum: 8.64e15 })
const span = Type.Number({ minimum: 0, maximum: 8.64e15, description: 'milliseconds' })
const optional = <T extends TSchema>(schema: T) => Type.Optional(schema)

export const Extension = Type.String({ minLength: 1, maxLength: 40, pattern: '^[A-Za-z0-9_.+-]+$' })
export const ExtensionParams = Type.Object({ extension: Extension })
export const LimitQuery = Type.Object({ limit: optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })) })
const PageId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: '`next` of the page before' })
export const PageQuery = Type.Object({ ...LimitQuery.properties, before: optional(PageId) })
const next = Type.Unsafe<number | null>({ type: ['number', 'null'], description: 'the `before` of the next page' })

export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String(),
    detail: Type.String(),
    errors: optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
  },
  { description: 'RFC 9457 problem document' },
)

export const FindContact = Type.Object({ number: text(255), name: optional(textOrNull(255)) })
export const ContactAnswer = Type.Object({
  id: Type.String(),
  number: Type.String(),
  name: textOrNull(255),
  company: textOrNull(255),
  created: Type.Boolean(),
})

/** The call_log's fields that a Phone may write, all optional but those named in `CallLogCreate`. */
const callLogFields = {
  call_id: textOrNull(255),
  end_reason: words(END_REASONS),
  call_from: textOrNull(255),
  call_to: textOrNull(255),
  extension_id: textOrNull(255),
  contact_id: textOrNull(255),
  contact_name: textOrNull(255),
  duration: span,
  started_at: timeOrNull,
  connected_at: timeOrNull,
  ended_at: timeOrNull,
  hold_ms: span,
  queue_name: textOrNull(255),
  server_call_log_token: textOrNull(1024),
  yeastar_call_id: textOrNull(255),
  queue_number: textOrNull(255),
  channel_id: textOrNull(255),
  sip_call_id: textOrNull(255),
  notes: textOrNull(8000),
  disposition: textOrNull(255),
}
const callLogHead = {
  key: text(255, { minLength: 1 }),
  type: words(['inbound', 'outbound'] as const),
  status: words(LOG_STATUSES),
  revision: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
}
const partial = Type.Partial(Type.Object(callLogFields))

export const CallLogCreate = Type.Object({
  key: callLogHead.key,
  type: callLogHead.type,
  status: callLogHead.status,
  revision: optional(callLogHead.revision),
  ...partial.properties,
})
export const CallLogUpdate = Type.Object({
  revision: callLogHead.revision,
  key: optional(callLogHead.key),
  type: optional(callLogHead.type),
  status: optional(callLogHead.status),
  ...partial.properties,
})
export const CallLogAnswer = Type.Object({
  id: Type.String(),
  ...callLogHead,
  ...callLogFields,
  extension_id: Type.String(),
})
export type CallLogWire = Static<typeof CallLogAnswer>
export type CallLogInput = Static<typeof CallLogUpdate>
export const CallLogParams = Type.Object({ id: Type.String({ maxLength: 40 }) })
export const CallLogQuery = Type.Object({ extension_id: optional(text(255)), ...LimitQuery.properties })
export const CallLogList = Type.Object({ items: Type.Array(CallLogAnswer) })

export const StatusPut = Type.Object({
  status: words(AGENT_STATUSES, 'ON_CALL is derived from the call and refused here'),
  reason: optional(textOrNull(255)),
  source: optional(words(SOURCES)),
  call_log_id: optional(textOrNull(255)),
})
/** A body that may be left out altogether. */
export const StatusVerbPost = Type.Unsafe<{ reason?: string | null; call_log_id?: string | null } | null>({
  type: ['object', 'null'],
  properties: { reason: textOrNull(255), call_log_id: textOrNull(255) },
})
export const AgentStatusAnswer = Type.Object({
  extension: Type.String(),
  name: Type.String(),
  status: words(AGENT_STATUSES),
  reason: textOrNull(255),
  since: time,
  source: words(SOURCES),
  call_log_id: textOrNull(255),
  stuck_at: Type.Unsafe<number | null>({
    type: ['number', 'null'],
    description: 'when this status will have lasted too long; null when it may last',
  }),
  paused: Type.Boolean(),
  reason_paused: textOrNull(255),
  pause: words(['synced', 'pending', 'failed'] as const),
  pbx: Type.Union([Type.Object({ paused: Type.Boolean(), reason: textOrNull(255) }), Type.Null()]),
  registration: Type.Unsafe<(typeof REGISTRATIONS)[number] | null>({
    type: ['string', 'null'],
    description: 'what the Phone last told of its SIP registration; null while no Phone is connected',
  }),
})
export type AgentStatusWire = Static<typeof AgentStatusAnswer>
export const AgentStatusList = Type.Object({ items: Type.Array(AgentStatusAnswer) })
export const HistoryAnswer = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.Integer(),
      status: words(AGENT_STATUSES),
      reason: textOrNull(255),
      source: words(SOURCES),
      since: time,
      until: timeOrNull,
    }),
  ),
  next,
})
export const DayAnswer = Type.Object({
  extension: Type.String(),
  name: Type.String(),
  time_zone: Type.String(),
  from: time,
  until: time,
  time: Type.Object(
    Object.fromEntries(AGENT_STATUSES.map((word) => [word, span])) as Record<AgentStatusWord, typeof span>,
  ),
  calls: Type.Integer(),
  answered: Type.Integer(),
  talk_ms: span,
  wrap_up_ms: span,
  average_handle_ms: Type.Unsafe<number | null>({ type: ['number', 'null'] }),
})
export const DayList = Type.Object({ items: Type.Array(DayAnswer) })
export const StuckQuery = Type.Object({ max_minutes: optional(Type.Number({ minimum: 0, maximum: 1_000_000 })) })

const anyObjectOrNull = Type.Unsafe<Record<string, unknown> | null>({
  type: ['object', 'null'],
  additionalProperties: true,
})
export const AuditQuery = Type.Object({ extension: optional(Extension), ...PageQuery.properties })
export const AuditAnswer = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.Integer(),
      at: time,
      actor: Type.String(),
      role: Type.String(),
      action: Type.String(),
      extension: Type.String(),
      before: anyObjectOrNull,
      after: anyObjectOrNull,
    }),
  ),
  next,
})

export const PausePost = Type.Object({
  paused: Type.Boolean(),
  reason_paused: optional(textOrNull(255)),
  queue: optional(textOrNull(255)),
})
export const UnpausePost = Type.Unsafe<{ queue?: string | null } | null>({
  type: ['object', 'null'],
  properties: { queue: textOrNull(255) },
})
export const PauseAnswer = Type.Object({
  extension: Type.String(),
  paused: Type.Boolean(),
  reason_paused: textOrNull(255),
  synced: Type.Boolean({ description: 'a PBX has confirmed it' }),
})

export const QueueNumber = Type.Object({
  type: optional(Type.Literal('queue_number')),
  extension: Extension,
  call_from: optional(textOrNull(255)),
  queue_name: optional(textOrNull(255)),
  queue_number: optional(textOrNull(255)),
  server_call_log_token: optional(textOrNull(1024)),
  yeastar_call_id: optional(textOrNull(255)),
  channel_id: optional(textOrNull(255)),
})
export const QueueNumberAnswer = Type.Object({
  delivered: Type.Integer({ description: 'Phones of that extension that were connected' }),
})

export const SignIn = Type.Object({
  code: optional(text(200, { minLength: 1 })),
  extension: optional(Extension),
  password: optional(text(1024)),
})
export const Session = Type.Object({
  extension: textOrNull(40),
  extensionId: textOrNull(255),
  number: textOrNull(255),
  name: Type.String(),
  sip: optional(Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true })),
  simulated: optional(Type.Boolean({ description: 'no telephone: the page may play made-up callers (a demo)' })),
})
export const SignInAnswer = Type.Object({
  token: Type.String(),
  role: words(ROLES),
  expires_at: time,
  session: Session,
})
export const MeAnswer = Type.Object({ role: words(ROLES), session: Session })
export const HealthAnswer = Type.Object({
  status: words(['ok', 'degraded'] as const),
  database: words(['ok', 'unreachable'] as const),
  uptime_ms: Type.Number(),
  version: Type.String(),
  pbx: Type.Object({
    configured: Type.Boolean(),
    state: Type.String({ description: 'of the link to the PBX; "none" without one' }),
    since: timeOrNull,
    sync_age_ms: Type.Unsafe<number | null>({ type: ['number', 'null'] }),
    event_age_ms: Type.Unsafe<number | null>({ type: ['number', 'null'] }),
  }),
  lease: Type.Object(
    {
      state: words(['none', 'active', 'standby'] as const),
      epoch: Type.Unsafe<number | null>({ type: ['number', 'null'] }),
      since: timeOrNull,
      active_at: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
    },
    { description: 'whether this hub acts at the PBX, or stands by while another does' },
  ),
})
/** A channel's name at the PBX, e.g. PJSIP/1001-000000ae; percent-encoded in a path. */
const Channel = text(128, { minLength: 1, pattern: '^[\\x21-\\x7e]+$' })
export const ChannelParams = Type.Object({ channel_id: Channel })
export const TransferPost = Type.Object({
  action: words(['blind', 'start', 'complete', 'cancel', 'swap'] as const),
  target: optional(text(128, { pattern: '^[^\\x00-\\x1f\\x7f]*$', description: 'of blind and start' })),
  attendant_transfer_form_data: Type.Object({ channel_id: Channel }),
  call_log_id: optional(textOrNull(255)),
})
export const ConferencePost = Type.Object({
  action: words(['merge', 'split'] as const),
  other_channel_id: Channel,
})
export const RecordingPost = Type.Object({ action: words(['start', 'pause', 'resume', 'stop'] as const) })
export const ShownList = Type.Object({
  items: Type.Array(
    Type.Unsafe<object>({ type: 'object', additionalProperties: true, description: 'docs/centre.md has its fields' }),
  ),
})
export const CallStateAnswer = Type.Object({ state: optional(Type.String()) })

export const IdempotencyHeaders = Type.Object({
  'idempotency-key': optional(
    text(255, { description: 'the same key with the same path gives the first answer again' }),
  ),
})
