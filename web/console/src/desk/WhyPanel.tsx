// "Why am I not getting calls?": the answer first, blockers above the ticks,
// each with its remedy.

import { useMemo } from 'react'
import { usePart, usePhone } from '../lib/phone.ts'
import { run } from '../lib/problems.ts'
import { Icon, type IconName } from '../ui/icons.tsx'
import { Countdown, Elapsed, Panel } from '../ui/parts.tsx'
import { useOurs, useOwnAgent } from './centre.ts'
import { openDevices } from './DevicesPanel.tsx'
import { answer, type Check, checks } from './why.ts'

const look: Record<Check['kind'], [icon: IconName, tone: string, label: string]> = {
  no: ['no', 'busy', 'Blocks calls'],
  wait: ['clock', 'ring', 'Wait'],
  unknown: ['unknown', '', 'Not known'],
  note: ['help', '', 'Note'],
  ok: ['ok', 'free', 'Yes'],
}

export function WhyPanel() {
  const state = usePart((all) => all)
  const own = useOwnAgent()
  const ours = useOurs()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the clocks' difference changes nothing that is listed
  const list = useMemo(() => checks(state, { own, ours }), [state, own])
  const first = answer(state, list)
  const [icon, tone] = look[first.kind]
  return (
    <Panel icon="help" className="why" title="Why am I not getting calls?">
      <p className="answer">
        <span className={`st ${tone}`}>
          <Icon name={icon} className="lg" />
        </span>
        <span>{first.text}</span>
      </p>
      <ul className="checks">
        {list.map((item) => (
          <CheckRow key={item.text} item={item} />
        ))}
      </ul>
    </Panel>
  )
}

function CheckRow({ item }: { item: Check }) {
  const phone = usePhone()
  const [icon, tone, label] = look[item.kind]
  return (
    <li className={item.kind}>
      <span className={`st ${tone}`}>
        <Icon name={icon} label={label} />
      </span>
      <span className="grow">
        {item.text}
        {(item.note !== '' || item.since !== null || item.until !== null) && (
          <small>
            {item.note} {item.since !== null && <Elapsed since={item.since} />}
            {item.until !== null && <Countdown until={item.until} label="Next try" />}
          </small>
        )}
      </span>
      {item.remedy === 'available' && (
        <button
          type="button"
          className="btn"
          onClick={() => void run(phone, '“Available” was not set.', phone.setStatus('ONLINE'))}
        >
          Available
        </button>
      )}
      {item.remedy === 'devices' && (
        <button type="button" className="btn" onClick={openDevices}>
          Microphone
        </button>
      )}
      {item.remedy === 'reload' && (
        <button type="button" className="btn" onClick={() => location.reload()}>
          Reload
        </button>
      )}
    </li>
  )
}
