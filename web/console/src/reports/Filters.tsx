// What the report is about: period, queue, interval, formula and threshold, target; and the CSV file of the table in view.

import { useState } from 'react'
import { say } from '../lib/live.ts'
import { Icon } from '../ui/icons.tsx'
import { saveCsv, useQueueNames } from './data.ts'
import { formulas, intervals, moved, type Period, periods, type Question } from './question.ts'

interface Props {
  question: Question
  ask: (next: Question) => void
}

const short: Record<Question['interval'], string> = {
  '5m': '5 min',
  '15m': '15 min',
  '30m': '30 min',
  '1h': '1 h',
  '1d': '1 day',
}
const periodWords: Record<Period, string> = { day: 'Day', week: 'Week', month: 'Month' }
/** An interval that fits the period: a month in quarter hours is not looked at by anyone. */
const usual: Record<Period, Question['interval']> = { day: '15m', week: '1h', month: '1d' }

export function Filters({ question, ask }: Props) {
  const queues = useQueueNames()
  const [saving, setSaving] = useState<'no' | 'saving' | 'failed'>('no')
  const [failure, setFailure] = useState('')
  const set = (part: Partial<Question>) => ask({ ...question, ...part })
  const save = async () => {
    setSaving('saving')
    const problem = await saveCsv(question)
    setFailure(problem)
    setSaving(problem === '' ? 'no' : 'failed')
    say(problem === '' ? 'The CSV file was saved.' : problem)
  }
  // A queue of the address that is no more stays in the list, so that the choice shows what is asked.
  const named = question.queue !== '' && !queues.includes(question.queue) ? [...queues, question.queue] : queues
  return (
    <div className="bar">
      <h1>Queue report</h1>
      <span className="grow" />
      <label className="f">
        <span className="sr">Period</span>
        <select
          value={question.period}
          onChange={({ target }) => set({ period: target.value as Period, interval: usual[target.value as Period] })}
        >
          {periods.map((period) => (
            <option key={period} value={period}>
              {periodWords[period]}
            </option>
          ))}
        </select>
      </label>
      <span className="f">
        <button
          type="button"
          className="btn icon"
          aria-label={`The ${question.period} before`}
          onClick={() => ask(moved(question, -1))}
        >
          <Icon name="left" />
        </button>
        <label>
          <span className="sr">Day in it</span>
          <input
            type="date"
            value={question.date}
            onChange={({ target }) => target.value !== '' && set({ date: target.value })}
          />
        </label>
        <button
          type="button"
          className="btn icon"
          aria-label={`The next ${question.period}`}
          onClick={() => ask(moved(question, 1))}
        >
          <Icon name="right" />
        </button>
      </span>
      <label className="f">
        <span>Queues</span>
        <select value={question.queue} onChange={({ target }) => set({ queue: target.value })}>
          <option value="">{queues.length > 0 ? `All ${queues.length} queues` : 'All queues'}</option>
          {named.map((queue) => (
            <option key={queue}>{queue}</option>
          ))}
        </select>
      </label>
      <label className="f">
        <span>Interval</span>
        <select
          value={question.interval}
          onChange={({ target }) => set({ interval: target.value as Question['interval'] })}
        >
          {intervals.map((interval) => (
            <option key={interval} value={interval}>
              {short[interval]}
            </option>
          ))}
        </select>
      </label>
      <label className="f">
        <span>Service level</span>
        <select value={question.sl} onChange={({ target }) => set({ sl: target.value as Question['sl'] })}>
          {formulas.map((formula) => (
            <option key={formula}>{formula}</option>
          ))}
        </select>
      </label>
      <label className="f">
        <span className="sr">Answered within</span>
        <select value={question.within} onChange={({ target }) => set({ within: Number(target.value) })}>
          {[...new Set([10, 15, 20, 30, 60, question.within])]
            .sort((a, b) => a - b)
            .map((seconds) => (
              <option key={seconds} value={seconds}>
                {seconds} s
              </option>
            ))}
        </select>
      </label>
      <label className="f">
        <span>Target</span>
        <select value={question.target} onChange={({ target }) => set({ target: Number(target.value) })}>
          {[...new Set([0, 70, 75, 80, 85, 90, 95, question.target])]
            .sort((a, b) => a - b)
            .map((share) => (
              <option key={share} value={share}>
                {share === 0 ? 'none' : `${share} %`}
              </option>
            ))}
        </select>
      </label>
      <button type="button" className="btn primary dl" aria-busy={saving === 'saving'} onClick={save}>
        <Icon name="download" />
        {saving === 'saving' ? 'Saving…' : 'CSV'}
      </button>
      {saving === 'failed' && (
        <p className="why" role="alert">
          {failure}
        </p>
      )}
    </div>
  )
}
