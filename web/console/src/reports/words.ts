// How the reports' numbers are written: percent with a space, spans as mm:ss, "no data" for 0/0, and the formulas in short.

import { clock, timeOfDay } from '../lib/format.ts'
import type { Formula, Interval } from './question.ts'

export const noData = 'no data'

/** `80.9 %`, or "no data". */
export const percent = (value: number | null | undefined, digits = 1) =>
  value === null || value === undefined ? noData : `${(value * 100).toFixed(digits)} %`

/** `04:20`, or "no data". */
export const span = (ms: number | null | undefined) =>
  ms === null || ms === undefined ? noData : clock(Math.round(ms / 1000) * 1000)

export interface FormulaWords {
  id: Formula
  text: string
  remark: string
}

/** The six in words, with T and S put in. */
export function formulaWords(withinS: number, shortS: number): FormulaWords[] {
  const t = `≤ ${withinS} s`
  return [
    { id: 'SL1', text: `answered ${t} ÷ offered`, remark: 'abandons count against' },
    { id: 'SL2', text: `answered ${t} ÷ answered`, remark: 'abandons ignored' },
    { id: 'SL3', text: `answered ${t} ÷ (answered + abandoned)`, remark: 'flow-outs left out' },
    { id: 'SL4', text: `answered ${t} ÷ (offered − short abandons)`, remark: `short: under ${shortS} s` },
    { id: 'SL5', text: `answered ${t} ÷ (offered − abandons ${t})`, remark: 'early abandons left out' },
    {
      id: 'SL6',
      text: `(answered + abandoned) ${t} ÷ (answered + abandoned)`,
      remark: 'early abandons count in favour',
    },
  ]
}

export const intervalWords: Record<Interval, string> = {
  '5m': '5 minutes',
  '15m': 'quarter hour',
  '30m': 'half hour',
  '1h': 'hour',
  '1d': 'day',
}

const day = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short' })

/** When an interval begins: the time of day, or the day. */
export const intervalName = (from: number, interval: Interval, period: string) =>
  interval === '1d' ? day.format(from) : period === 'day' ? timeOfDay(from) : `${day.format(from)} ${timeOfDay(from)}`
