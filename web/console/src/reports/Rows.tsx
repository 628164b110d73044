// The table of a report: by queue, by agent or by interval, the total last. What is under the target is marked with a glyph and
// words, not with colour alone.

import type { ReactNode } from 'react'
import { Icon } from '../ui/icons.tsx'
import type { Report, Row } from './data.ts'
import type { Question, Table } from './question.ts'
import { intervalName, noData, percent, span } from './words.ts'

interface Column {
  head: ReactNode
  cell: (row: Row) => ReactNode
}

const flowedOut = ({ counters: c }: Row) => (c.timeout ?? 0) + (c.overflowed ?? 0) + (c.lost ?? 0)

function Level({ value, target }: { value: number | null | undefined; target: number }) {
  if (value === null || value === undefined) return <span className="dim">{noData}</span>
  if (target === 0 || value * 100 >= target) return percent(value)
  return (
    <span className="st over">
      <Icon name="alert" label="under target" />
      {percent(value)}
    </span>
  )
}

const time = (name: string) => (row: Row) => span(row.numbers[name])
const share = (name: string) => (row: Row) => percent(row.numbers[name])

function callColumns(report: Report, target: number): Column[] {
  const short = report.short_abandon_ms / 1000
  return [
    { head: 'Offered', cell: (row) => row.counters.offered },
    { head: 'Answered', cell: (row) => row.counters.answered },
    {
      head: (
        <>
          Abandoned <span className="dim">(&lt; {short} s)</span>
        </>
      ),
      cell: ({ counters }) => (
        <>
          {counters.abandoned} <span className="dim">({counters.short_abandoned})</span>
        </>
      ),
    },
    { head: 'Flowed out', cell: flowedOut },
    {
      head: `${report.sl_formula}, ${report.sl_ms / 1000} s`,
      cell: (row) => <Level value={row.numbers.service_level} target={target} />,
    },
    { head: 'ASA', cell: time('asa_ms') },
    { head: '90 % within', cell: time('wait_p90_ms') },
    { head: 'AHT', cell: time('aht_ms') },
  ]
}

function agentColumns(): Column[] {
  const spent = (name: string) => (row: Row) => (row.time === null ? noData : span(row.time[name]))
  return [
    { head: 'Answered', cell: (row) => row.counters.answered },
    { head: 'Missed', cell: (row) => row.counters.rona },
    { head: 'Talk', cell: time('att_ms') },
    { head: 'Wrap-up', cell: time('acw_ms') },
    { head: 'AHT', cell: time('aht_ms') },
    { head: 'Signed in', cell: spent('logged_in') },
    { head: 'Available', cell: spent('available') },
    { head: 'Occupancy', cell: share('occupancy') },
    { head: 'Utilisation', cell: share('utilisation_staffed') },
    { head: 'Adherence', cell: share('adherence') },
  ]
}

const heads: Record<Table, string> = { queues: 'Queue', agents: 'Agent', intervals: 'Interval' }

function nameOf(row: Row, question: Question): string {
  if (question.table === 'queues') return row.queue ?? ''
  if (question.table === 'agents') return row.agent ?? 'Nobody (not answered)'
  return intervalName(row.from ?? 0, question.interval, question.period)
}

const totals: Record<Table, string> = { queues: 'All queues', agents: 'All agents', intervals: 'Whole period' }

export function Rows({ report, question }: { report: Report; question: Question }) {
  const columns = question.table === 'agents' ? agentColumns() : callColumns(report, question.target)
  const rows =
    question.table === 'intervals' ? report.rows.filter((row) => (row.counters.offered ?? 0) > 0) : report.rows
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard
    <section className="scroll" tabIndex={0} aria-label={`By ${heads[question.table].toLowerCase()}`}>
      <table>
        <thead>
          <tr>
            <th scope="col">{heads[question.table]}</th>
            {columns.map((column, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the columns of one table never change their order
              <th className="r" scope="col" key={i}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={nameOf(row, question)}>
              <th scope="row">{nameOf(row, question)}</th>
              <Cells columns={columns} row={row} />
            </tr>
          ))}
          <tr className="sum">
            <th scope="row">{totals[question.table]}</th>
            <Cells columns={columns} row={report.total} />
          </tr>
        </tbody>
      </table>
    </section>
  )
}

function Cells({ columns, row }: { columns: Column[]; row: Row }) {
  return columns.map((column, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the columns of one table never change their order
    <td className="r num" key={i}>
      {column.cell(row)}
    </td>
  ))
}
