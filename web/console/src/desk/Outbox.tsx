// Call records that the CRM does not have although they were sent: retried, or
// refused. A refused one may be sent again or given up, which is asked twice.

import { useRef, useState } from 'react'
import { timeOfDay } from '../lib/format.ts'
import { useLine, usePart, usePhone } from '../lib/phone.ts'
import { run } from '../lib/problems.ts'
import type { CallLog } from '../lib/types.ts'
import { logText, whyNot } from '../lib/words.ts'
import { Icon } from '../ui/icons.tsx'
import { Action, Panel } from '../ui/parts.tsx'
import { logName } from './RecentCalls.tsx'

export function OutboxPanel() {
  const phone = usePhone()
  const logs = usePart((state) => state.callLogs)
  const retry = usePart((state) => state.can.retryOutbox)
  const list = Object.values(logs)
    .filter((log) => log.delivery === 'Rejected' || log.delivery === 'Waiting')
    .sort((left, right) => (right.started_at ?? 0) - (left.started_at ?? 0))
  if (list.length === 0) return null
  return (
    <Panel
      icon="up"
      className="outbox"
      title="Not in the CRM yet"
      aside={
        <Action
          className="btn"
          refused={whyNot(retry)}
          onClick={() => void run(phone, 'Nothing could be sent again.', phone.retryOutbox())}
        >
          Retry
        </Action>
      }
    >
      <ul className="rows">
        {list.map((log) => (
          <OutboxRow key={log.key} log={log} />
        ))}
      </ul>
      <p className="foot">
        <Icon name="file" />
        Kept here with their notes, also after a reload.
      </p>
    </Panel>
  )
}

function OutboxRow({ log }: { log: CallLog }) {
  const phone = usePhone()
  const { account } = useLine()
  const [asking, setAsking] = useState(false)
  const discard = useRef<HTMLButtonElement>(null)
  const name = logName(log, account.session.extension)
  const refused = log.delivery === 'Rejected'
  const keep = () => {
    setAsking(false)
    requestAnimationFrame(() => discard.current?.focus())
  }
  return (
    <li className={asking ? 'asking' : ''}>
      <span className={refused ? 'st busy' : 'st ring'}>
        <Icon name={refused ? 'alert' : 'up'} label={refused ? 'Refused by the CRM' : 'Waits to be sent again'} />
      </span>
      <span className="grow">
        <b className="cut">{name}</b>
        <small className="dim">
          {timeOfDay(log.started_at)} · {logText(log)} · {refused ? 'refused' : 'sent again by itself'}
          {log.last_error !== null && <span className="mono"> {log.last_error}</span>}
        </small>
      </span>
      {refused && !asking && (
        <button
          type="button"
          className="btn"
          ref={discard}
          aria-label={`Discard the record of ${name}`}
          onClick={() => setAsking(true)}
        >
          <Icon name="trash" />
          Discard
        </button>
      )}
      {asking && (
        // biome-ignore lint/a11y/useSemanticElements: a question inside a row, no form
        <div
          className="ask-row"
          role="group"
          aria-label={`Discard the record of ${name}?`}
          onKeyDown={(event) => {
            if (event.key === 'Escape') keep()
          }}
        >
          <span className="ask">It is never sent then, nor are its notes.</span>
          <button
            type="button"
            className="btn danger"
            onClick={() => void run(phone, 'The record was not discarded.', phone.discardOutbox(log.key))}
          >
            Discard for good
          </button>
          {/* biome-ignore lint/a11y/noAutofocus: the question was asked by a press */}
          <button type="button" className="btn" autoFocus onClick={keep}>
            Keep
          </button>
        </div>
      )}
    </li>
  )
}
