// The reports as the hub makes them (GET /contact-centre/reports): asked for with the reader's token, the last ones kept in view
// while the next are read.

import { useCallback, useEffect, useState } from 'react'
import { currentToken, watchedFetch } from '../lib/session.ts'
import { type Question, rangeOf, type Table } from './question.ts'

export interface Row {
  queue?: string
  agent?: string | null
  from?: number
  until?: number
  counters: Record<string, number>
  numbers: Record<string, number | null>
  time: Record<string, number> | null
}

export interface Report {
  from: number
  until: number
  as_of: number
  sl_formula: string
  sl_ms: number
  short_abandon_ms: number
  formulas: Record<string, string>
  total: Row
  rows: Row[]
}

export interface Reports {
  /** By interval: the charts, the total, the six formulas. */
  series: Report
  /** The table in view, and what its rows are. */
  table: Report
  kind: Table
}

export interface Failure {
  code: string
  text: string
}

export type Reading =
  | { phase: 'reading'; last: Reports | null }
  | { phase: 'read'; last: Reports }
  | { phase: 'failed'; failure: Failure }

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone

/** The query of one report; `table` queues and agents are over the whole range. */
export function reportPath(kind: Table, question: Question, format?: 'csv'): string {
  const { from, until } = rangeOf(question)
  const text = new URLSearchParams({
    from: String(from),
    until: String(until),
    zone,
    sl_formula: question.sl,
    sl_ms: String(question.within * 1000),
  })
  if (kind === 'intervals') text.set('interval', question.interval)
  if (question.queue !== '') text.set('queue', question.queue)
  if (format) text.set('format', format)
  return `/api/contact-centre/reports/${kind}?${text}`
}

function failureOf(status: number, problem: { code?: unknown; detail?: unknown } | null): Failure {
  const code = typeof problem?.code === 'string' ? problem.code : `http_${status}`
  if (status === 403)
    return { code, text: 'Your role does not allow reports. Ask an administrator for the role supervisor.' }
  if (status === 404) return { code, text: 'There is no such queue any more. Choose another one.' }
  if (status === 422 && typeof problem?.detail === 'string') return { code, text: problem.detail }
  if (status === 429 || status === 503)
    return {
      code,
      text: 'The server is busy. Nothing is lost; calls are still being counted. Try again in a few seconds.',
    }
  return { code, text: 'The server failed on it. Try again, or choose a shorter period if it happens twice.' }
}

class Refused extends Error {
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.text)
    this.failure = failure
  }
}

async function read(path: string, signal: AbortSignal | null): Promise<Response> {
  const answer = await watchedFetch(path, { headers: { authorization: `Bearer ${currentToken()}` }, signal })
  if (answer.ok) return answer
  const problem = (await answer.json().catch(() => null)) as { code?: unknown; detail?: unknown } | null
  throw new Refused(failureOf(answer.status, problem))
}

async function readAll(question: Question, signal: AbortSignal): Promise<Reports> {
  const report = async (kind: Table) => (await (await read(reportPath(kind, question), signal)).json()) as Report
  const series = await report('intervals')
  const kind = question.table
  return { series, table: kind === 'intervals' ? series : await report(kind), kind }
}

const lost: Failure = {
  code: 'no_answer',
  text: 'The server did not answer. Nothing is lost; calls are still being counted. Try again when it is back.',
}

/** The reports of a question; `again` reads them anew. */
export function useReports(question: Question): { reading: Reading; again: () => void } {
  const [reading, setReading] = useState<Reading>({ phase: 'reading', last: null })
  const [turn, setTurn] = useState(0)
  const key = JSON.stringify(question)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` is what reads again, `key` stands for the question
  useEffect(() => {
    const stop = new AbortController()
    setReading((before) => ({ phase: 'reading', last: before.phase === 'failed' ? null : before.last }))
    readAll(JSON.parse(key) as Question, stop.signal).then(
      (last) => setReading({ phase: 'read', last }),
      (error: unknown) => {
        if (!stop.signal.aborted)
          setReading({ phase: 'failed', failure: error instanceof Refused ? error.failure : lost })
      },
    )
    return () => stop.abort()
  }, [key, turn])
  return { reading, again: useCallback(() => setTurn((before) => before + 1), []) }
}

/** The queues' names, for the choice of one. */
export function useQueueNames(): string[] {
  const [names, setNames] = useState<string[]>([])
  useEffect(() => {
    const stop = new AbortController()
    read('/api/contact-centre/queues', stop.signal)
      .then((answer) => answer.json())
      .then((body) => setNames((body as { items: { queue: string }[] }).items.map(({ queue }) => queue).sort()))
      .catch(() => undefined) // the report itself says what is wrong; without names it is about all queues
    return () => stop.abort()
  }, [])
  return names
}

/** Hands the table in view to the reader as a CSV file. Empty when it was, else what to tell. */
export async function saveCsv(question: Question): Promise<string> {
  try {
    const answer = await read(reportPath(question.table, question, 'csv'), null)
    const url = URL.createObjectURL(await answer.blob())
    const link = document.createElement('a')
    link.href = url
    link.download = `${question.table}-${question.date}-${question.sl}.csv`
    link.click()
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
    return ''
  } catch (error) {
    const { code, text } = error instanceof Refused ? error.failure : lost
    return `${text} (${code})`
  }
}
