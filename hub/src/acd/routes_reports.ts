// Reports by REST: queues, agents, intervals and service levels over a range, as JSON or CSV. Supervisors only.
import { Type } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { typed } from '../api.js'
import type { Hub } from '../hub.js'
import { ProblemSchema } from '../schemas.js'
import { reportCsv } from './report_csv.js'
import { answerReport, ReportParams, ReportQuery } from './report_question.js'

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

/** Registers `GET /contact-centre/reports/{kind}`. */
export function reportRoutes(hub: Hub, api: FastifyInstance): void {
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
      const report = await answerReport(hub, kind, request.query)
      if (request.query.format !== 'csv') return report
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${kind}.csv"`)
        .serializer((text: unknown) => String(text))
        .send(reportCsv(report, report.zone) as never)
    },
  )
}
