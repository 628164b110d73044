// Settings of queues, agents and skills as TypeBox schemas (docs/queues.md,
// "Settings"), with their defaults. They check what an administrator sends;
// what one setting says of another is checked in settings.ts.
import { type Static, type TSchema, Type } from '@fastify/type-provider-typebox'

export const STRATEGIES = [
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
export const OVERFLOWS = ['voicemail', 'queue', 'external', 'callback', 'announce', 'hangup'] as const
export const WRAP_UPS = ['none', 'manual', 'timed', 'optional'] as const
export const SL_FORMULAS = ['SL1', 'SL2', 'SL3', 'SL4', 'SL5', 'SL6'] as const

export const words = <T extends string>(list: readonly T[], description?: string) =>
  Type.Unsafe<T>({ type: 'string', enum: [...list], ...(description ? { description } : {}) })

/** A queue's name as the PBX has it: it goes into actions and dialplans, so no line ends, commas or quotes. */
export const QueueName = Type.String({ minLength: 1, maxLength: 80, pattern: '^[A-Za-z0-9_.+-]+$' })
export const SkillName = Type.String({ minLength: 1, maxLength: 80, pattern: '^[^\\x00-\\x1f\\x7f,;|"\'/]+$' })
const optional = <T extends TSchema>(schema: T) => Type.Optional(schema)
/** A day: no time of a queue is longer. */
const DAY_MS = 86_400_000
const span = (minimum = 0) => Type.Integer({ minimum, maximum: DAY_MS, description: 'milliseconds' })
const count = (maximum: number) => Type.Integer({ minimum: 0, maximum })

export const LEVEL_MAX = 10
export const PRIORITY_MAX = 100
export const Priority = Type.Integer({
  minimum: -PRIORITY_MAX,
  maximum: PRIORITY_MAX,
  description: 'larger is earlier; one point is `ageing_ms` of waiting',
})
export const SkillWanted = Type.Object({
  skill: SkillName,
  min: Type.Integer({ minimum: 1, maximum: LEVEL_MAX }),
  weight: optional(Type.Number({ minimum: 0, maximum: 100 })),
  mandatory: optional(Type.Boolean()),
})
export const SkillsWanted = Type.Array(SkillWanted, { maxItems: 20 })

const queueFields = {
  mode: words(['asterisk', 'offhook'] as const, 'who routes: app_queue, or the Centre'),
  open: Type.Boolean(),
  weight: Type.Integer({ minimum: -1000, maximum: 1000 }),
  max_waiting: Type.Integer({ minimum: 0, maximum: 100_000, description: '0: no limit' }),
  join_empty: Type.Boolean(),
  strategy: words(STRATEGIES),
  ageing_ms: span(1),
  sticky_ms: span(),
  skills: SkillsWanted,
  relaxation: Type.Array(Type.Object({ after_ms: span(), skills: SkillsWanted }), { maxItems: 20 }),
  max_wait_ms: span(),
  ring_ms: Type.Integer({ minimum: 1000, maximum: 300_000, description: 'milliseconds' }),
  max_attempts: count(1000),
  rona_after: count(100),
  rona_ms: span(),
  reject_ms: span(),
  busy_ms: span(),
  unreachable_ms: span(),
  overflow: Type.Object({
    kind: words(OVERFLOWS),
    target: Type.String({ maxLength: 128, pattern: '^[^\\x00-\\x1f\\x7f,"]*$' }),
  }),
  wrap_up: Type.Object({ mode: words(WRAP_UPS), ms: span() }),
  announce: Type.Object({
    position: Type.Boolean(),
    every_ms: span(),
    sounds: Type.String({ maxLength: 128, pattern: '^[A-Za-z0-9_/&.-]*$' }),
  }),
  leave_key: Type.String({
    pattern: '^[0-9*#]?$',
    description: 'the key that takes a waiting caller to the overflow; empty: none',
  }),
  record: Type.Boolean(),
  sl_formula: words(SL_FORMULAS),
  sl_ms: span(1),
  short_abandon_ms: span(),
}

/** What an administrator sends: every field may be left out. */
export const QueuePut = Type.Partial(Type.Object(queueFields))
export const QueueSettings = Type.Object({ queue: QueueName, ...queueFields })
export type QueueSettingsWire = Static<typeof QueueSettings>

export const AgentPut = Type.Object({
  skills: optional(
    Type.Array(Type.Object({ skill: SkillName, level: Type.Integer({ minimum: 1, maximum: LEVEL_MAX }) }), {
      maxItems: 100,
    }),
  ),
  queues: optional(
    Type.Array(
      Type.Object({
        queue: QueueName,
        penalty: optional(count(1000)),
        position: optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
        weight: optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      }),
      { maxItems: 200 },
    ),
  ),
})
export const AgentSettings = Type.Object({
  extension: Type.String(),
  skills: Type.Array(Type.Object({ skill: Type.String(), level: Type.Integer() })),
  queues: Type.Array(
    Type.Object({
      queue: Type.String(),
      penalty: Type.Integer(),
      position: Type.Integer(),
      weight: Type.Integer(),
    }),
  ),
})
export type AgentSettingsWire = Static<typeof AgentSettings>

export const SkillPut = Type.Object({
  description: optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 500 })),
})
export const Skill = Type.Object({
  name: Type.String(),
  description: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
})

export const Settings = Type.Object({ queues: Type.Array(QueueSettings), agents: Type.Array(AgentSettings) })
export type SettingsWire = Static<typeof Settings>

/** docs/queues.md shows these; a queue begins with them. */
export const QUEUE_DEFAULTS: Omit<QueueSettingsWire, 'queue'> = {
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
