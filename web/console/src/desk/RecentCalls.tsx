// The last calls, each with whether the CRM has it: ✓ saved, ↑ on its way,
// ⚠ not accepted. Earlier ones come from the server, the phone's own win.

import { useMemo } from 'react'
import { useElapsed } from '../lib/clock.ts'
import { clock, count, phoneNumber, timeOfDay } from '../lib/format.ts'
import { type PastLog, useHistory } from '../lib/history.ts'
import { useLine, usePart } from '../lib/phone.ts'
import type { CallLog } from '../lib/types.ts'
import { deliveryMark, logText } from '../lib/words.ts'
import { Icon, type IconName } from '../ui/icons.tsx'
import { Elapsed, Panel } from '../ui/parts.tsx'
import { useColleagueName } from './names.ts'

type Row = PastLog & { mark: ReturnType<typeof deliveryMark>; error: string | null; connected_at: number | null }

const shown = 8

/** The other side of a record, by name or number. */
export function logName(log: Pick<PastLog, 'contact_name' | 'type' | 'call_from' | 'call_to'>, own: string): string {
  if (log.contact_name) return log.contact_name
  const other = log.type === 'inbound' ? log.call_from : log.call_to
  return other === own ? 'This extension' : phoneNumber(other)
}

const fromPhone = (log: CallLog): Row => ({ ...log, mark: deliveryMark(log.delivery), error: log.last_error })
const fromServer = (log: PastLog): Row => ({ ...log, mark: 'saved', error: null, connected_at: null })

function useRows(): readonly Row[] {
  const logs = usePart((state) => state.callLogs)
  const past = useHistory((history) => history.items)
  return useMemo(() => {
    const rows = new Map<string, Row>()
    for (const log of past) rows.set(log.key, fromServer(log))
    for (const log of Object.values(logs)) rows.set(log.key, fromPhone(log))
    return [...rows.values()].sort((left, right) => (right.started_at ?? 0) - (left.started_at ?? 0)).slice(0, shown)
  }, [logs, past])
}

export function RecentCalls() {
  const rows = useRows()
  return (
    <Panel icon="clock" className="recent" title="Recent calls">
      {rows.length === 0 ? (
        <p className="aside-note">No calls yet today. Each call is listed here, with whether the CRM has its record.</p>
      ) : (
        <ul className="rows">
          {rows.map((row) => (
            <RecentRow key={row.key} row={row} />
          ))}
        </ul>
      )}
      <OutboxFoot />
    </Panel>
  )
}

function direction(row: Row): [icon: IconName, label: string, tone: string] {
  if (row.status === 'missed') return ['missed', 'Missed', 'st busy']
  return row.type === 'inbound' ? ['in', 'Inbound', 'st'] : ['out', 'Outbound', 'st']
}

function RecentRow({ row }: { row: Row }) {
  const { account } = useLine()
  const [icon, label, tone] = direction(row)
  const name = logName(row, account.session.extension)
  const colleague = useColleagueName(row.type === 'inbound' ? row.call_from : row.call_to)
  const live = row.status === 'talking' && row.connected_at !== null
  return (
    <li>
      <span className={tone}>
        <Icon name={icon} label={label} />
      </span>
      <span className="grow">
        <b className="cut">{row.contact_name ? name : colleague || name}</b>
        <small className="cut dim">
          {row.queue_name || 'Direct'} · {logText(row)}
        </small>
      </span>
      <span className="num rt">
        <span>{live ? <Elapsed since={row.connected_at} /> : row.duration > 0 ? clock(row.duration) : '–'}</span>
        <small className="dim">{timeOfDay(row.started_at)}</small>
      </span>
      <Mark mark={row.mark} error={row.error} />
    </li>
  )
}

function Mark({ mark, error }: { mark: Row['mark']; error: string | null }) {
  if (mark === 'saved') {
    return (
      <span className="st free" title="In the CRM">
        <Icon name="check" label="In the CRM" />
      </span>
    )
  }
  if (mark === 'discarded') {
    return (
      <span className="st" title="Given up: the CRM does not have it">
        <Icon name="trash" label="Given up" />
      </span>
    )
  }
  if (mark === 'waiting') {
    return (
      <span className="st ring" title="Waits to be saved in the CRM">
        <Icon name="up" label="Waits to be saved" />
      </span>
    )
  }
  return (
    <span className="st busy" title={error === null ? 'Not accepted by the CRM' : `Not accepted by the CRM: ${error}`}>
      <Icon name="alert" label="Not accepted" />
    </span>
  )
}

/** One line that sums it up; what to do about it stands in the panel of the outbox. */
function OutboxFoot() {
  const outbox = usePart((state) => state.outbox)
  const oldest = useElapsed(outbox.oldest)
  const givenUp = usePart((state) => Object.values(state.callLogs).filter((log) => log.delivery === 'Discarded').length)
  if (outbox.rejected > 0) {
    return (
      <p className="foot" role="status">
        <span className="st busy">
          <Icon name="alert" />
        </span>
        <span className="grow">{outbox.rejected} not accepted by the CRM. Kept here with the notes.</span>
      </p>
    )
  }
  if (outbox.pending > 0) {
    return (
      <p className="foot">
        <span className="st ring">
          <Icon name="up" />
        </span>
        <span className="grow">
          {count(outbox.pending, 'record')} on the way to the CRM{outbox.failing > 0 && <> since {oldest}, retrying</>}
        </span>
      </p>
    )
  }
  return (
    <p className="foot">
      <span className="st free">
        <Icon name="check" />
      </span>
      {givenUp > 0 ? `${count(givenUp, 'record')} given up, all others in the CRM` : 'All saved in the CRM'}
    </p>
  )
}
