// One event of a recording: what came in, what it changed, what the phone asked
// for; and why, when it changed nothing.

import { anomalyCodes, type LeafChange } from 'offhook/replay'
import { Fragment } from 'react'
import { Icon } from '../ui/icons.tsx'
import { Panel } from '../ui/parts.tsx'
import type { Moment } from './recording.ts'
import { tableFor } from './tables.ts'

const fieldsMost = 14

export function StepDetail({ moment }: { moment: Moment }) {
  const { event, index, changes, effects, error, anomaly } = moment
  if (event === null) {
    return (
      <Panel title="The beginning" className="det">
        <p className="aside-note">
          {moment.state === null
            ? 'Nothing has happened yet. Go on with → or Play.'
            : 'What came before is not in this file: it begins with the whole state, as it was then.'}
        </p>
      </Panel>
    )
  }
  return (
    <Panel
      className="det"
      title={
        <>
          {anomaly !== null && <Icon name="alert" label="Odd" className="odd" />} Event {index}{' '}
          <span className="mono">{event.type}</span>
        </>
      }
      aside={<Verdict moment={moment} />}
    >
      <div className="three">
        <div>
          <h3>In</h3>
          <pre>{JSON.stringify(readable(event), null, 2)}</pre>
        </div>
        <div>
          <h3>State</h3>
          {changes.length === 0 && (
            <p>{error === null ? 'Nothing changed.' : `Refused, nothing changed: ${error.message}.`}</p>
          )}
          {anomaly !== null && <Why code={anomaly} />}
          {sorted(changes).map((change) =>
            change.leaf === 'Can' ? (
              <Verdicts key="Can" change={change} />
            ) : (
              <Change key={`${change.leaf} ${change.slot}`} change={change} />
            ),
          )}
        </div>
        <div>
          <h3>
            Out: {effects.length} {effects.length === 1 ? 'effect' : 'effects'}
          </h3>
          <ol>
            {effects.map(({ type, id, ...what }) => (
              <li key={id} className="cut" title={brief(what, 400)}>
                {type} <span>{brief(what, 60)}</span>
              </li>
            ))}
          </ol>
        </div>
      </div>
    </Panel>
  )
}

function Verdict({ moment: { rows, anomaly, error } }: { moment: Moment }) {
  if (error !== null) return <span className="tag warn">refused: {error.code}</span>
  if (anomaly !== null) return <span className="tag warn">{anomaly}</span>
  const taken = rows.filter(({ row }) => row >= 0)
  const first = taken[0]
  if (first === undefined) return <span className="dim">no machine was asked</span>
  const count = tableFor(first.machine)?.rules.length ?? 0
  const more = taken.length > 1 ? `, then ${taken.length - 1} more` : ''
  return (
    <span className="dim num" title={taken.map(({ machine, row }) => `${machine} ${row + 1}`).join(', ')}>
      {first.machine}: row {first.row + 1} of {count}
      {more}
    </span>
  )
}

function Why({ code }: { code: string }) {
  const [, means, remedy] = anomalyCodes[code as keyof typeof anomalyCodes] ?? [0, code, '']
  return (
    <p className="why">
      {means} {remedy}
    </p>
  )
}

const order = ['Call', 'CallLog', 'Registration', 'Connection', 'Agent', 'Consult', 'Conference']

/** Calls and their records first, what may be commanded last. */
function sorted(changes: readonly LeafChange[]): LeafChange[] {
  const rank = ({ leaf }: LeafChange) => {
    const place = order.indexOf(leaf)
    return leaf === 'Can' ? order.length + 1 : place < 0 ? order.length : place
  }
  return [...changes].sort((left, right) => rank(left) - rank(right))
}

/** What may be commanded now, by reason: thirty verdicts often change at once. */
function Verdicts({ change: { before, after } }: { change: LeafChange }) {
  const reasons = new Map<string, string[]>()
  for (const [name, verdict] of Object.entries(after ?? {})) {
    if (before !== null && JSON.stringify(before[name]) === JSON.stringify(verdict)) continue
    const reason = shown(verdict)
    reasons.set(reason, [...(reasons.get(reason) ?? []), name])
  }
  return (
    <dl aria-label="Can">
      <dt className="leaf-name">Can</dt>
      <dd />
      {[...reasons].map(([reason, names]) => (
        <Fragment key={reason}>
          <dt>{reason}</dt>
          <dd>{names.join(', ')}</dd>
        </Fragment>
      ))}
    </dl>
  )
}

function Change({ change: { leaf, slot, before, after } }: { change: LeafChange }) {
  const title = `${leaf}${slot > 0 ? ` ${slot}` : ''}`
  if (after === null) {
    return (
      <p>
        <b>{title}</b> is gone
      </p>
    )
  }
  const names = Object.keys(after).filter((name) =>
    before === null ? !blank(after[name]) : JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  )
  if (names.length === 0) return null
  return (
    <dl aria-label={title}>
      <dt className="leaf-name">{title}</dt>
      <dd className="dim">{before === null ? 'new' : ''}</dd>
      {names.slice(0, fieldsMost).map((name) => (
        <Field key={name} name={name} before={before?.[name]} after={after[name]} fresh={before === null} />
      ))}
      {names.length > fieldsMost && (
        <>
          <dt />
          <dd className="dim">{names.length - fieldsMost} more fields</dd>
        </>
      )}
    </dl>
  )
}

function Field({ name, before, after, fresh }: { name: string; before: unknown; after: unknown; fresh: boolean }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {!fresh && (
          <>
            <del>{shown(before, name)}</del>{' '}
          </>
        )}
        {fresh ? shown(after, name) : <ins>{shown(after, name)}</ins>}
      </dd>
    </>
  )
}

const blank = (value: unknown) =>
  value === null || value === '' || value === 0 || value === false || (value as { ok?: boolean }).ok === false

/** A moment is shown as the clock of the recording's day (UTC): 19:05:21.788. */
const isMoment = /(?:since|oldest|until|At|_at|^at)$/

function shown(value: unknown, name = ''): string {
  if (typeof value === 'number' && value > 1e12 && isMoment.test(name))
    return new Date(value).toISOString().slice(11, 23)
  if (value === null || value === '' || value === undefined) return 'none'
  if (typeof value === 'object') return String((value as { reason?: unknown }).reason ?? JSON.stringify(value))
  return String(value)
}

/** A text that is JSON, opened: an answer of the backend, a message of the socket. */
function readable(event: object): object {
  const { type, at, mono, ...fields } = event as { type: unknown; at: unknown; mono: unknown; body?: unknown }
  const first = { type, at, mono, ...fields }
  if (typeof fields.body !== 'string' || fields.body === '') return first
  try {
    return { ...first, body: JSON.parse(fields.body) as unknown }
  } catch {
    return first
  }
}

function brief(fields: object, most: number): string {
  const text = Object.entries(fields)
    .filter(([name, value]) => value !== '' && value !== 0 && value !== false && name !== 'idempotency_key')
    .map(([, value]) => String(value))
    .join(' ')
  return text.length > most ? `${text.slice(0, most)}…` : text
}
