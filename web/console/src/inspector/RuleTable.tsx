// The machine's table, word for word, with the rows of the present state marked.

import { useState } from 'react'
import { Panel } from '../ui/parts.tsx'
import type { Machine } from './tables.ts'

interface Props {
  machine: Machine
  state: string
  /** Rows that were taken just now: marked, and shown wherever they start. */
  taken: ReadonlySet<number>
}

export function RuleTable({ machine, state, taken }: Props) {
  const [all, setAll] = useState(false)
  const rows = all ? machine.rules : machine.rules.filter((rule) => rule.from.includes(state) || taken.has(rule.at))
  return (
    <Panel
      title={`Table ${machine.name}`}
      aside={
        <label className="tick">
          <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} />
          all {machine.rules.length} rows
        </label>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="scroll" aria-label={`Rows of ${machine.name}`} tabIndex={0}>
        <table>
          <caption className="sr">
            Rows of the machine {machine.name}
            {all ? '' : ` that start in ${state}`}; the first match wins
          </caption>
          <thead>
            <tr>
              <th scope="col">State</th>
              <th scope="col">Event</th>
              <th scope="col">Guard</th>
              <th scope="col">Next</th>
              <th scope="col">Actions</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((rule) => (
              <tr key={rule.at} className={taken.has(rule.at) ? 'took' : all && rule.from.includes(state) ? 'on' : ''}>
                <th scope="row">
                  {rule.from.join(', ')}
                  {taken.has(rule.at) && <span className="sr"> (taken)</span>}
                </th>
                <td>{rule.on}</td>
                <td className="dim">{rule.guard || '–'}</td>
                <td>{rule.to ?? <span className="dim">stays</span>}</td>
                <td className="mono dim">{rule.actions.join(', ') || '–'}</td>
              </tr>
            ))}
            {rows.length === 0 && (
              <tr>
                <td colSpan={5} className="dim">
                  No row starts in {state}: every event is ignored here, and counted.
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </section>
    </Panel>
  )
}
