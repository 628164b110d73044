// Calls whose notes were never finished: the wrap-up ran out, or the page was closed.

import { clock, timeOfDay } from '../lib/format.ts'
import { useLine, usePart, usePhone } from '../lib/phone.ts'
import { run } from '../lib/problems.ts'
import type { Draft } from '../lib/types.ts'
import { Icon } from '../ui/icons.tsx'
import { Panel } from '../ui/parts.tsx'
import { logName } from './RecentCalls.tsx'

export function Unfinished({ drafts, onContinue }: { drafts: readonly Draft[]; onContinue: (id: string) => void }) {
  const phone = usePhone()
  const can = usePart((state) => state.can.startWrapUp)
  if (drafts.length === 0) return null
  const wrapUp = can.ok && (
    <button
      type="button"
      className="btn"
      title="Queue calls wait until you have finished"
      onClick={() => void run(phone, 'The wrap-up did not begin.', phone.startWrapUp())}
    >
      <Icon name="pen" />
      Wrap up
    </button>
  )
  return (
    <Panel
      icon="file"
      title="Unfinished notes"
      aside={
        <>
          <span className="tag">{drafts.length}</span>
          {wrapUp}
        </>
      }
    >
      <ul className="rows">
        {drafts.map((draft) => (
          <UnfinishedRow key={draft.call_log_id} draft={draft} onContinue={() => onContinue(draft.call_log_id)} />
        ))}
      </ul>
    </Panel>
  )
}

function UnfinishedRow({ draft, onContinue }: { draft: Draft; onContinue: () => void }) {
  const { account } = useLine()
  const log = usePart((state) => state.callLogs[draft.call_log_id])
  const name = log === undefined ? 'Earlier call' : logName(log, account.session.extension)
  const facts = [
    log?.queue_name ?? '',
    timeOfDay(log?.started_at ?? draft.since),
    log === undefined ? '' : clock(log.duration),
  ]
  if (draft.disposition === null) facts.push('not said how it ended')
  return (
    <li>
      <span className="grow">
        <b className="cut">{name}</b>
        <small className="dim">{facts.filter((fact) => fact !== '').join(' · ')}</small>
      </span>
      <button type="button" className="btn" aria-label={`Continue notes on ${name}`} onClick={onContinue}>
        Continue
      </button>
    </li>
  )
}
