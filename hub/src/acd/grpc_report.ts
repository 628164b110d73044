// A report over gRPC: the request as the question that REST asks too, and the
// result as a message. A number without data is left out of its map: proto3 has
// no null. Nothing is counted here.
import { check } from './check.js'
import type { ReportRow } from './report_engine.js'
import { type ReportAnswered, ReportParams, ReportQuery, type ReportQueryWire } from './report_question.js'
import type { ReportKind } from './reports.js'

type Message = Record<string, unknown>

/** `QUEUES` … of the request as REST's word, and the rest as REST's query. Throws Problem `validation_failed`. */
export function reportQuestion(request: Message): { kind: ReportKind; query: ReportQueryWire } {
  const { kind, productive, ...rest } = request
  const word = String(kind ?? '')
    .toLowerCase()
    .replaceAll('_', '-')
  const query: Record<string, string> = {}
  for (const [name, value] of Object.entries(rest)) query[name] = String(value)
  if (Array.isArray(productive) && productive.length > 0) query.productive = productive.join(',')
  return { kind: check(ReportParams, { kind: word }).kind, query: check(ReportQuery, query) }
}

/** The result as `GetReportResponse`. */
export function reportMessage({ total, rows, ...head }: ReportAnswered): Message {
  return { ...head, total: rowMessage(total), rows: rows.map(rowMessage) }
}

function rowMessage({ numbers, time, ...row }: ReportRow): Message {
  const known = Object.entries(numbers).filter(([, value]) => value !== null)
  return { ...row, numbers: Object.fromEntries(known), time: time ?? {} }
}
