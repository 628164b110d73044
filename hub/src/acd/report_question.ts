// What is asked of a report and how it is answered, once for REST and gRPC: the
// checks of the question, the thresholds that a queue brings along, the result
// with its time and zone. The numbers are the engine's (report_engine.ts).
import { type Static, Type } from '@fastify/type-provider-typebox'
import { agentExists } from '../agents.js'
import type { Hub } from '../hub.js'
import { Problem } from '../problem.js'
import type { ReportResult } from './report_engine.js'
import { INTERVALS, today } from './report_range.js'
import { REPORT_KINDS, type ReportKind } from './reports.js'
import { queueUnknown } from './settings.js'
import type { QueueSettingsWire } from './settings_schemas.js'

const words = <T extends string>(list: readonly T[], description?: string) =>
  Type.Unsafe<T>({ type: 'string', enum: [...list], ...(description ? { description } : {}) })
// A query's values are text; they are read here, since types are never converted.
const digits = (description: string) => Type.String({ pattern: '^[0-9]{1,16}$', description })
const name = (description: string) => Type.String({ minLength: 1, maxLength: 80, description })

export const ReportParams = Type.Object({ kind: words(REPORT_KINDS) })
export const ReportQuery = Type.Object({
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

export type ReportQueryWire = Static<typeof ReportQuery>

export interface ReportAnswered extends ReportResult {
  /** ms UTC: when it was made. */
  as_of: number
  zone: string
}

/**
 * Makes the report that was asked for.
 * @throws Problem 404 `queue_unknown` or `agent_unknown`, and what `Reports.make` throws
 */
export async function answerReport(hub: Hub, kind: ReportKind, q: ReportQueryWire): Promise<ReportAnswered> {
  const now = hub.now()
  const zone = q.zone ?? hub.options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  const own = q.queue === undefined ? undefined : hub.acd.settings.queue(q.queue)
  const result = await hub.acd.reports.make({
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
  if (q.agent !== undefined) await needAgent(hub, q.agent, result)
  return { ...result, as_of: now, zone }
}

/** One that was taken out still has its history; one that never was is a mistake. */
async function needAgent(hub: Hub, agent: string, { total }: ReportResult): Promise<void> {
  const { offered = 0, refused = 0 } = total.counters
  if (offered + refused + (total.time?.logged_in ?? 0) > 0 || (await agentExists(hub.database.db, agent))) return
  throw new Problem(404, 'agent_unknown', 'No such agent', `There is no agent ${agent}.`)
}

/** A queue's own thresholds. */
const pick = ({ sl_formula, sl_ms, short_abandon_ms }: QueueSettingsWire) => ({ sl_formula, sl_ms, short_abandon_ms })

/** An unknown zone is complained about where the range is read. */
function startOfToday(now: number, zone: string): number {
  const at = today(now, zone)
  return Number.isNaN(at) ? 0 : at
}
