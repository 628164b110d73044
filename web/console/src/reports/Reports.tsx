// The reports page: a day, a week or a month of the queues, with the formula beside every number. The question stands in the
// address; the numbers are the hub's. While the next report is read, the last one stays in view.

import { useEffect, useState } from 'react'
import { timeOfDay } from '../lib/format.ts'
import { Icon } from '../ui/icons.tsx'
import { CallsChart, inUse, ServiceLevelChart } from './Charts.tsx'
import { type Reports as Data, type Failure, useReports } from './data.ts'
import { Filters } from './Filters.tsx'
import { addressOf, moved, periodName, type Question, readQuestion, type Table, tables } from './question.ts'
import { Rows } from './Rows.tsx'
import { formulaWords, intervalWords, percent, span } from './words.ts'

/** The question of the address, and the way to another one. */
function useQuestion(): [Question, (next: Question) => void] {
  const [question, setQuestion] = useState(() => readQuestion(location.hash))
  useEffect(() => {
    const moved = () => setQuestion(readQuestion(location.hash))
    addEventListener('hashchange', moved)
    return () => removeEventListener('hashchange', moved)
  }, [])
  return [
    question,
    (next) => {
      history.replaceState(null, '', addressOf(next))
      setQuestion(next)
    },
  ]
}

export function Reports() {
  const [question, ask] = useQuestion()
  const { reading, again } = useReports(question)
  const last = reading.phase === 'failed' ? null : reading.last
  return (
    <main className="reports-page">
      <Filters question={question} ask={ask} />
      <p className="as-of" role="status">
        {reading.phase === 'reading'
          ? `Reading ${periodName(question)}…`
          : last
            ? `As of ${timeOfDay(last.series.as_of, true)}`
            : ''}
        {reading.phase === 'read' && (
          <button type="button" className="link" onClick={again}>
            Read again
          </button>
        )}
      </p>
      {reading.phase === 'failed' && <Failed failure={reading.failure} again={again} />}
      {last && <Shown data={last} question={question} ask={ask} busy={reading.phase === 'reading'} />}
    </main>
  )
}

function Failed({ failure, again }: { failure: Failure; again: () => void }) {
  return (
    <div className="banner bad" role="alert">
      <Icon name="alert" />
      <p className="grow">
        <strong>The report could not be read.</strong>
        {failure.text} <span className="mono">{failure.code}</span>
      </p>
      <button type="button" className="btn" onClick={again}>
        Try again
      </button>
    </div>
  )
}

interface ShownProps {
  data: Data
  question: Question
  ask: (next: Question) => void
  busy: boolean
}

function Shown({ data, question, ask, busy }: ShownProps) {
  const { total } = data.series
  if ((total.counters.offered ?? 0) === 0 && total.time === null) {
    return (
      <section className="panel">
        <div className="empty">
          <Icon name="inbox" />
          <strong>
            No calls on {periodName(question)}
            {question.queue === '' ? '' : ` in ${question.queue}`}
          </strong>
          <p>Without calls a service level is “no data”: not 0 %, not 100 %.</p>
          <button type="button" className="btn" onClick={() => ask(moved(question, -1))}>
            Go to {periodName(moved(question, -1))}
          </button>
        </div>
      </section>
    )
  }
  const rows = inUse(data.series.rows)
  return (
    <div className="reports-body" aria-busy={busy}>
      <Kpis data={data} />
      <div className="report-grid">
        <section className="panel ch">
          <header>
            <h2>Service level per {intervalWords[question.interval]}</h2>
            <span className="dim grow cut">{formulaText(data, question)}</span>
            {question.target > 0 && (
              <>
                <span className="key">
                  <i className="k tgt" />
                  target {question.target} %
                </span>
                <span className="key">
                  <i className="k low" />
                  under it
                </span>
              </>
            )}
          </header>
          <ServiceLevelChart rows={rows} question={question} />
          <header className="sub">
            <h2 className="grow">Calls per {intervalWords[question.interval]}</h2>
            <span className="key">
              <i className="k a" />
              answered
            </span>
            <span className="key">
              <i className="k x" />
              abandoned
            </span>
            <span className="key">
              <i className="k s" />
              under {data.series.short_abandon_ms / 1000} s
            </span>
            <span className="key">
              <i className="k f" />
              flowed out
            </span>
          </header>
          <CallsChart rows={rows} question={question} total={total} />
        </section>
        <Six data={data} ask={(sl) => ask({ ...question, sl })} />
        <section className="panel tbl">
          <header>
            <h2 className="grow">By {tableWords[data.kind].toLowerCase()}</h2>
            <TableChoice chosen={question.table} choose={(table) => ask({ ...question, table })} />
          </header>
          <Rows report={data.table} question={{ ...question, table: data.kind }} />
        </section>
      </div>
    </div>
  )
}

function formulaText({ series }: Data, question: Question): string {
  const words = formulaWords(series.sl_ms / 1000, series.short_abandon_ms / 1000).find(({ id }) => id === question.sl)
  return words === undefined ? question.sl : `${words.id} = ${words.text}`
}

function Kpis({ data }: { data: Data }) {
  const { counters: c, numbers: n } = data.series.total
  const short = data.series.short_abandon_ms / 1000
  const flowed = (c.timeout ?? 0) + (c.overflowed ?? 0) + (c.lost ?? 0)
  const waiting = c.waiting ?? 0
  return (
    <dl className="kpis">
      <div className="main">
        <dt>Service level</dt>
        <dd className="num">{percent(n.service_level)}</dd>
        <dd className="sub">
          {data.series.sl_formula}, {data.series.sl_ms / 1000} s: {c.answered_in_sl} answered in time
        </dd>
      </div>
      <div>
        <dt>Offered</dt>
        <dd className="num">{c.offered}</dd>
        <dd className="sub">
          {c.answered} answered, {flowed} flowed out{waiting > 0 ? `, ${waiting} still waiting` : ''}
        </dd>
      </div>
      <div>
        <dt>Abandoned</dt>
        <dd className="num">{percent(n.abandonment_rate)}</dd>
        <dd className="sub">
          {c.abandoned} of {c.offered}; {c.short_abandoned} under {short} s
        </dd>
      </div>
      <div>
        <dt>Answered after (ASA)</dt>
        <dd className="num">{span(n.asa_ms)}</dd>
        <dd className="sub">90 % within {span(n.wait_p90_ms)}</dd>
      </div>
      <div>
        <dt>Handle time (AHT)</dt>
        <dd className="num">{span(n.aht_ms)}</dd>
        <dd className="sub">
          talk {span(n.att_ms)}, hold {span(n.hold_per_answered_ms)}, wrap-up {span(n.acw_ms)}
        </dd>
      </div>
    </dl>
  )
}

function Six({ data, ask }: { data: Data; ask: (sl: Question['sl']) => void }) {
  const { numbers } = data.series.total
  return (
    <section className="panel six">
      <header>
        <h2 className="grow">Same calls, six formulas</h2>
      </header>
      <ul>
        {formulaWords(data.series.sl_ms / 1000, data.series.short_abandon_ms / 1000).map(({ id, text, remark }) => (
          <li key={id} {...(id === data.series.sl_formula ? { 'aria-current': 'true' as const } : {})}>
            <button type="button" className="six-choice" onClick={() => ask(id)}>
              <b className="num">{id}</b>
              <span className="grow">
                <span>{text}</span>
                <small>{remark}</small>
              </span>
              <b className="num">{percent(numbers[id])}</b>
              {id === data.series.sl_formula ? <Icon name="check" label="chosen" /> : <i />}
            </button>
          </li>
        ))}
      </ul>
      <p className="foot">A contract names one of these. Its name goes into every export.</p>
    </section>
  )
}

const tableWords: Record<Table, string> = { queues: 'Queue', agents: 'Agent', intervals: 'Interval' }

function TableChoice({ chosen, choose }: { chosen: Table; choose: (table: Table) => void }) {
  return (
    <fieldset className="seg">
      <legend className="sr">Rows</legend>
      {tables.map((table) => (
        <label key={table} className={table === chosen ? 'on' : ''}>
          <input type="radio" name="rows" className="sr" checked={table === chosen} onChange={() => choose(table)} />
          {tableWords[table]}
        </label>
      ))}
    </fieldset>
  )
}
