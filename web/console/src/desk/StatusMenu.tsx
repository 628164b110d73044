// The agent's status: what is shown, what is being saved, what comes next.

import * as Menu from '@radix-ui/react-dropdown-menu'
import { useRef, useState } from 'react'
import { useSecondsUntil } from '../lib/clock.ts'
import { useWantedFocus } from '../lib/focus.ts'
import { clock } from '../lib/format.ts'
import { shownKey, useHotkey } from '../lib/hotkeys.ts'
import { usePart, usePhone } from '../lib/phone.ts'
import { run } from '../lib/problems.ts'
import type { AgentStatus } from '../lib/types.ts'
import { derived, selectable, statusWords } from '../lib/words.ts'
import { Icon } from '../ui/icons.tsx'
import { Elapsed, Spinner } from '../ui/parts.tsx'
import { offered } from './names.ts'

export function StatusMenu() {
  const phone = usePhone()
  const agent = usePart((state) => state.agent)
  const ringing = usePart((state) => Object.values(state.calls).find(offered))
  const [open, setOpen] = useState(false)
  const trigger = useRef<HTMLButtonElement>(null)
  useHotkey('status', () => setOpen((was) => !was))
  useWantedFocus('status', trigger)

  const shown = statusWords[agent.status]
  const word = ringing === undefined ? shown.word : 'Ringing'
  const choose = (status: AgentStatus) => {
    void run(phone, `“${statusWords[status].word}” was not set.`, phone.setStatus(status))
  }

  return (
    <div className="status">
      <Menu.Root open={open} onOpenChange={setOpen} modal={false}>
        <Menu.Trigger asChild>
          <button
            type="button"
            className="menu-button"
            ref={trigger}
            aria-keyshortcuts={shownKey('status').replace(' ', '+')}
            title={shownKey('status')}
          >
            <span className={`st ${ringing === undefined ? shown.tone : 'ring'}`}>
              <Icon
                name={ringing === undefined ? shown.icon : 'ringing'}
                className={ringing !== undefined || agent.status === 'ON_CALL' ? 'lg pulse' : 'lg'}
              />
            </span>
            <span className="grow">
              <span className="sr">My status: </span>
              <b>{word}</b>
              <StatusNote />
            </span>
            <Elapsed since={ringing === undefined ? agent.since : ringing.startedAt} className="t" />
            {agent.write === 'Saving' ? <Spinner /> : <Icon name="chev" />}
          </button>
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Content className="menu-list" align="start" sideOffset={4} collisionPadding={8} aria-label="My status">
            <Menu.RadioGroup
              value={agent.requested || (agent.nextStatus === '' ? agent.status : '')}
              onValueChange={(value) => choose(value as AgentStatus)}
            >
              {selectable.map((status) => (
                <StatusItem key={status} status={status} checked={agent.status === status} />
              ))}
              <Menu.Separator className="menu-line" />
              {derived.map((status) => (
                <StatusItem key={status} status={status} checked={agent.status === status} disabled />
              ))}
            </Menu.RadioGroup>
          </Menu.Content>
        </Menu.Portal>
      </Menu.Root>
      <NextStatus />
      <PauseLine />
    </div>
  )
}

function StatusItem({
  status,
  checked,
  disabled = false,
}: {
  status: AgentStatus
  checked: boolean
  disabled?: boolean
}) {
  const { word, icon, tone, note } = statusWords[status]
  return (
    <Menu.RadioItem className="menu-item" value={status} disabled={disabled}>
      <span className={`st ${tone}`}>
        <Icon name={icon} />
      </span>
      <span className="grow">
        <b>{word}</b>
        <small>{note}</small>
      </span>
      {checked && <Icon name="check" />}
    </Menu.RadioItem>
  )
}

/** The small line under the status: what is on its way or not certain. */
function StatusNote() {
  const agent = usePart((state) => state.agent)
  const notice = usePart((state) => state.notice.code)
  const known = usePart((state) => state.connection.events === 'Open')
  const left = useSecondsUntil(agent.status === 'WRAP_UP' ? agent.wrapUpEndsAt : null)
  if (agent.write === 'Saving' && agent.requested !== '')
    return <small>Saving “{statusWords[agent.requested].word}”</small>
  if (notice === 'status_not_saved') return <small>Change not saved</small>
  if (agent.status === 'WRAP_UP' && agent.wrapUpEndsAt !== null)
    return <small>Ends by itself in {clock(left * 1000)}</small>
  if (!known) return <small>Not confirmed</small>
  if (agent.reason !== null) return <small className="cut">{agent.reason}</small>
  return null
}

function NextStatus() {
  const phone = usePhone()
  const next = usePart((state) => state.agent.nextStatus)
  if (next === '') return null
  const { word, icon } = statusWords[next]
  return (
    <p className="next" title="Starts when this call and its wrap-up are over">
      <Icon name={icon} />
      <span className="grow">
        Then: <b>{word}</b>
      </span>
      <button
        type="button"
        className="btn quiet"
        aria-label={`Cancel: do not go to ${word}`}
        onClick={() => void run(phone, 'The next status was not cancelled.', phone.cancelNextStatus())}
      >
        Cancel
      </button>
    </p>
  )
}

/** The PBX follows the CRM; while it does not, that is said. */
function PauseLine() {
  const pause = usePart((state) => state.agent.pause)
  if (pause === 'pending') {
    return (
      <p className="next">
        <Icon name="clock" />
        PBX not told yet, retrying
      </p>
    )
  }
  if (pause === 'failed') {
    return (
      <p className="next warn">
        <Icon name="alert" />
        PBX did not follow. Your status in the CRM stands.
      </p>
    )
  }
  return null
}
