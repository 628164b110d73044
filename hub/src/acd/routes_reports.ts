// Reports by REST: queues, agents, intervals and service levels over a range, as JSON or CSV. Supervisors only.
import { type Static, Type } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { typed } from '../api.js'
import type { Hub } from '../hub.js'
import { ProblemSchema } from '../schemas.js'
import { reportCsv } from './report_csv.js'
import { INTERVALS, today } from './report_range.js'
import { REPORT_KINDS, Reports } from './reports.js'
import { queueUnknown } from './settings.js'
import type { QueueSettingsWire } from './settings_schemas.js'

const words = <T extends string>(list: readonly T[], description?: string) =>
  Type.Unsafe<T>({ type: 'string', enum: [...list], ...(description ? { description } : {}) })
// A query's values are text; they are read here, since types are never converted.
const digits = (description: string) => Type.String({ pattern: '^[0-9]{1,16}$', description })
const name = (description: string) => Type.String({ minLength: 1, maxLength: 80, description })

const ReportParams = Type.Object({ kind: words(REPORT_KINDS) })
const ReportQuery = Type.Object({
  from: Type.Optional(digits('ms UTC; default: midnight today in `zone`')),
  until: Type.Optional(digits('ms UTC; default: now')),
  interval: Type.Optional(words(INTERVALS, 'default: none; for /intervals 15m')),
  zone: Type.Optional(name('IANA name of the zone in which days begin; default: the hub’s')),
  queue: Type.Optional(name('only this queue; its own thresholds are the default then')),
  agent: Type.Optional(name('only this extension')),
  sl_formula: Type.Optional(words(['SL1', 'SL2', 'SL3', 'SL4', 'SL5', 'SL6'] as const)),
  sl_ms: Type.Optional(digits('answered within, ms')),
  short_abandon_ms: Type.Optional(digits('an abandon is short below this, ms')),
  interval_of: Type.Optional(words(['enqueued_at', 'ended_at'] as const, 'the interval to which a call belongs')),
  percentiles_of: Type.Optional(words(['answered', 'offered'] as const)),
  ringing_is_handling: Type.Optional(words(['true', 'false'] as const)),
  productive: Type.Optional(Type.String({ maxLength: 200, description: 'statuses, separated by commas' })),
  format: Type.Optional(words(['json', 'csv'] as const)),
})

const numbers = (description: string) =>
  Type.Unsafe<Record<string, number>>({ type: 'object', additionalProperties: { type: 'number' }, description })
const Row = Type.Object({
  queue: Type.Optional(Type.String()),
  agent: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'null: nobody answered' })),
  from: Type.Optional(Type.Number()),
  until: Type.Optional(Type.Number()),
  counters: numbers('counts and sums of ms'),
  numbers: Type.Unsafe<Record<string, number | null>>({
    type: 'object',
    additionalProperties: { type: ['number', 'null'] },
    description: 'null is no data',
  }),
  time: Type.Unsafe<Record<string, number> | null>({
    type: ['object', 'null'],
    additionalProperties: { type: 'number' },
    description: 'ms in each status',
  }),
})
const ReportAnswer = Type.Object({
  from: Type.Number(),
  until: Type.Number(),
  as_of: Type.Number({ description: 'ms UTC' }),
  zone: Type.String(),
  sl_formula: Type.String(),
  sl_ms: Type.Number(),
  short_abandon_ms: Type.Number(),
  formulas: Type.Unsafe<Record<string, string>>({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'what each number is',
  }),
  total: Row,
  rows: Type.Array(Row),
  ignored: numbers('rows that are not in it'),
})
type Query = Static<typeof ReportQuery>

/** Registers `GET /contact-centre/reports/{kind}`. */
export function reportRoutes(hub: Hub, api: FastifyInstance): void {
  const reports = new Reports(hub.database.db, hub.now)
  const hubZone = hub.options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  typed(api).get(
    '/contact-centre/reports/:kind',
    {
      config: { access: 'supervisor' as const },
      schema: {
        tags: ['contact centre'],
        security: [{ token: [] }],
        summary: 'Numbers of queues, agents and intervals',
        description:
          'Each number stands beside its formula’s name (docs/reports.md). `null` is no data. A range of at most 400 days. With format=csv: text/csv.',
        params: ReportParams,
        querystring: ReportQuery,
        response: { 200: ReportAnswer, '4xx': ProblemSchema, '5xx': ProblemSchema },
      },
    },
    async (request, reply) => {
      const { kind } = request.params
      const q: Query = request.query
      const now = hub.now()
      const zone = q.zone ?? hubZone
      const own = q.queue === undefined ? undefined : hub.acd.settings.queue(q.queue)
      const result = await reports.make({
        kind,
        from: q.from === undefined ? startOfToday(now, zone) : Number(q.from),
        until: q.until === undefined ? now : Number(q.until),
        interval: q.interval ?? (kind === 'intervals' ? '15m' : 'none'),
        zone,
        queue: q.queue,
        agent: q.agent,
        settings: {
          ...(own ? pick(own) : {}),
          ...(q.sl_formula ? { sl_formula: q.sl_formula } : {}),
          ...(q.sl_ms ? { sl_ms: Number(q.sl_ms) } : {}),
          ...(q.short_abandon_ms ? { short_abandon_ms: Number(q.short_abandon_ms) } : {}),
          ...(q.interval_of ? { interval_of: q.interval_of } : {}),
          ...(q.percentiles_of ? { percentiles_of: q.percentiles_of } : {}),
          ringing_is_handling: q.ringing_is_handling === 'true',
          productive: q.productive ? q.productive.split(',') : [],
        },
      })
      const { offered = 0, refused = 0 } = result.total.counters
      // One that was removed still has its history; one that never was is a mistake.
      if (q.queue !== undefined && own === undefined && offered + refused === 0) throw queueUnknown(q.queue)
      if (q.format !== 'csv') return { ...result, as_of: now, zone }
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${kind}.csv"`)
        .serializer((text: unknown) => String(text))
        .send(reportCsv(result, zone) as never)
    },
  )
}

/** A queue's own thresholds. */
const pick = ({ sl_formula, sl_ms, short_abandon_ms }: QueueSettingsWire) => ({ sl_formula, sl_ms, short_abandon_ms })

/** An unknown zone is complained about where the range is read. */
function startOfToday(now: number, zone: string): number {
  const at = today(now, zone)
  return Number.isNaN(at) ? 0 : at
}
