// What the reader asks of the reports: which days, which queue, by which formula. It stands in the address, so that a report can be
// passed on as a link; what is left out there is the default. No requests here.

export const periods = ['day', 'week', 'month'] as const
export type Period = (typeof periods)[number]
export const intervals = ['5m', '15m', '30m', '1h', '1d'] as const
export type Interval = (typeof intervals)[number]
export const formulas = ['SL1', 'SL2', 'SL3', 'SL4', 'SL5', 'SL6'] as const
export type Formula = (typeof formulas)[number]
export const tables = ['queues', 'agents', 'intervals'] as const
export type Table = (typeof tables)[number]

export interface Question {
  period: Period
  /** A day of the period, `2026-11-19`. */
  date: string
  /** Empty: all queues. */
  queue: string
  interval: Interval
  sl: Formula
  /** Answered within, seconds. */
  within: number
  /** Share of calls that should be; 0: no target is drawn. */
  target: number
  table: Table
}

const two = (value: number) => String(value).padStart(2, '0')
/** `2026-11-19` where the reader is. */
export const dayOf = (at: Date) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`

const oneOf = <T extends string>(list: readonly T[], asked: string | null, otherwise: T): T =>
  list.find((one) => one === asked) ?? otherwise

const numberOf = (asked: string | null, most: number, otherwise: number) =>
  asked !== null && /^\d{1,5}$/.test(asked) && Number(asked) <= most ? Number(asked) : otherwise

function defaults(): Question {
  const date = dayOf(new Date())
  return { period: 'day', date, queue: '', interval: '15m', sl: 'SL4', within: 20, target: 80, table: 'queues' }
}

/** The question of an address like `#/reports?date=2026-11-19&queue=support`; what cannot be meant is the default. */
export function readQuestion(hash: string): Question {
  const asked = new URLSearchParams(hash.split('?')[1] ?? '')
  const own = defaults()
  const date = asked.get('date') ?? ''
  const period = oneOf(periods, asked.get('period'), own.period)
  return {
    period,
    date: /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(Date.parse(date)) ? date : own.date,
    queue: (asked.get('queue') ?? '').slice(0, 80),
    interval: oneOf(
      intervals,
      asked.get('interval'),
      period === 'day' ? own.interval : period === 'week' ? '1h' : '1d',
    ),
    sl: oneOf(formulas, asked.get('sl'), own.sl),
    within: numberOf(asked.get('within'), 3600, own.within),
    target: numberOf(asked.get('target'), 100, own.target),
    table: oneOf(tables, asked.get('table'), own.table),
  }
}

/** The address of a question. */
export function addressOf(question: Question): string {
  const own = defaults()
  const text = new URLSearchParams()
  for (const [name, value] of Object.entries(question))
    if (name === 'interval' || value !== own[name as keyof Question]) text.set(name, String(value))
  const query = text.toString()
  return query === '' ? '#/reports' : `#/reports?${query}`
}

const midnight = (date: string) => new Date(`${date}T00:00:00`)

/** Begin and end of the period in which the day lies, ms UTC, in the reader's zone. Weeks begin on Monday. */
export function rangeOf({ period, date }: Pick<Question, 'period' | 'date'>): { from: number; until: number } {
  const from = midnight(date)
  if (period === 'week') from.setDate(from.getDate() - ((from.getDay() + 6) % 7))
  if (period === 'month') from.setDate(1)
  const until = new Date(from)
  if (period === 'day') until.setDate(until.getDate() + 1)
  if (period === 'week') until.setDate(until.getDate() + 7)
  if (period === 'month') until.setMonth(until.getMonth() + 1)
  return { from: from.getTime(), until: until.getTime() }
}

/** The same period, so many further. */
export function moved(question: Question, by: number): Question {
  const at = new Date(rangeOf(question).from)
  if (question.period === 'day') at.setDate(at.getDate() + by)
  if (question.period === 'week') at.setDate(at.getDate() + 7 * by)
  if (question.period === 'month') at.setMonth(at.getMonth() + by)
  return { ...question, date: dayOf(at) }
}

const dayName = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
})
const monthName = new Intl.DateTimeFormat(undefined, { month: 'long', year: 'numeric' })

/** The period in words: `Thu 19 Nov 2026`, `week of Mon 16 Nov 2026`, `November 2026`. */
export function periodName(question: Pick<Question, 'period' | 'date'>): string {
  const { from } = rangeOf(question)
  if (question.period === 'month') return monthName.format(from)
  return question.period === 'week' ? `the week of ${dayName.format(from)}` : dayName.format(from)
}
