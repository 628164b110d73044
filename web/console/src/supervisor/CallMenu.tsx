// What else a supervisor may do with a call: coach, barge, transfer, move to another queue, end it. What cannot be
// taken back is asked about first.

import * as Menu from '@radix-ui/react-dropdown-menu'
import { useState } from 'react'
import type { AcdCall } from '../acd/items.ts'
import { phoneNumber } from '../lib/format.ts'
import { Ask } from '../ui/Ask.tsx'
import { Icon, type IconName } from '../ui/icons.tsx'
import { useWall } from '../wall/store.ts'
import { hangUp, move, removeCall, supervise, transfer } from './actions.ts'

type Question = 'transfer' | 'move' | 'hangup' | 'remove'

export function CallMenu({ call, name }: { call: AcdCall; name: string }) {
  const [asks, setAsks] = useState<Question | null>(null)
  const active = call.state === 'Active'
  // A call can only be moved between queues that the hub routes: the PBX's own take nobody from it.
  const targets = useTargets(call)
  return (
    <>
      <Menu.Root modal={false}>
        <Menu.Trigger asChild>
          <button type="button" className="btn icon" aria-label={`More for the call of ${name}`}>
            <Icon name="more" />
          </button>
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Content className="menu-list" align="end" sideOffset={4} collisionPadding={8}>
            {active && (
              <>
                <Item
                  icon="whisper"
                  word="Coach"
                  note="only the agent hears you"
                  do={() => void supervise(call.call_id, 'coach')}
                />
                <Item icon="barge" word="Barge" note="both hear you" do={() => void supervise(call.call_id, 'barge')} />
                <Menu.Separator className="menu-line" />
                <Item icon="transfer" word="Transfer…" note="to a number or extension" do={() => setAsks('transfer')} />
                <Item icon="hangup" word="Hang up…" note="ends it for both" do={() => setAsks('hangup')} />
              </>
            )}
            {!active && (
              <>
                {targets.length > 0 && (
                  <Item
                    icon="transfer"
                    word="Move to another queue…"
                    note="keeps the time waited"
                    do={() => setAsks('move')}
                  />
                )}
                <Item icon="transfer" word="Transfer…" note="to a number or extension" do={() => setAsks('transfer')} />
                <Item icon="x" word="Out of the queue…" note="as its overflow says" do={() => setAsks('remove')} />
                <Item icon="hangup" word="Hang up…" note="ends the call" do={() => setAsks('hangup')} />
              </>
            )}
          </Menu.Content>
        </Menu.Portal>
      </Menu.Root>
      {asks !== null && <Questions asks={asks} call={call} name={name} onClose={() => setAsks(null)} />}
    </>
  )
}

function Item({ icon, word, note, do: act }: { icon: IconName; word: string; note: string; do: () => void }) {
  return (
    <Menu.Item className="menu-item" onSelect={act}>
      <Icon name={icon} />
      <span className="grow">
        <b>{word}</b>
        <small>{note}</small>
      </span>
    </Menu.Item>
  )
}

/** The queues that this call can be moved to. */
function useTargets({ queue, mode }: AcdCall): readonly string[] {
  const routed = useWall((wall) =>
    [...wall.acdQueues.values()]
      .flatMap((one) => (one.mode === 'offhook' ? [one.queue] : []))
      .sort()
      .join('\n'),
  )
  return mode === 'offhook' ? routed.split('\n').filter((name) => name !== '' && name !== queue) : []
}

interface QuestionProps {
  asks: Question
  call: AcdCall
  name: string
  onClose: () => void
}

function Questions({ asks, call, name, onClose }: QuestionProps) {
  const [value, setValue] = useState('')
  const [missing, setMissing] = useState('')
  const targets = useTargets(call)
  const who = phoneNumber(call.from)
  const done = (request: Promise<boolean>) => {
    void request
    onClose()
  }
  switch (asks) {
    case 'hangup':
      return (
        <Ask title="End this call?" yes="Hang up" danger onYes={() => done(hangUp(call.call_id))} onClose={onClose}>
          <p>
            {who} is disconnected{call.state === 'Active' ? `, and so is ${name}` : ''}. This cannot be taken back.
          </p>
        </Ask>
      )
    case 'remove':
      return (
        <Ask
          title="Take this call out of the queue?"
          yes="Take out"
          danger
          onYes={() => done(removeCall(call.call_id))}
          onClose={onClose}
        >
          <p>
            {who} leaves {call.queue} and goes where the queue’s overflow leads. The place is lost.
          </p>
        </Ask>
      )
    case 'move':
      return (
        <Ask
          title="Move to another queue"
          yes="Move"
          problem={missing}
          onYes={() => (value === '' ? setMissing('Choose a queue.') : done(move(call.call_id, value)))}
          onClose={onClose}
        >
          <p>{who} keeps the time already waited.</p>
          <label className="field">
            <span>Queue</span>
            <select value={value} onChange={(event) => setValue(event.target.value)}>
              <option value="">Choose…</option>
              {targets.map((queue) => (
                <option key={queue}>{queue}</option>
              ))}
            </select>
          </label>
        </Ask>
      )
    case 'transfer':
      return (
        <Ask
          title="Transfer this call"
          yes="Transfer"
          problem={missing}
          onYes={() => (value.trim() === '' ? setMissing('Say where to.') : done(transfer(call.call_id, value.trim())))}
          onClose={onClose}
        >
          <p>
            {who} is sent there at once{call.state === 'Active' ? `; ${name} is free after it` : ''}.
          </p>
          <label className="field">
            <span>Number or extension</span>
            <input className="in" value={value} onChange={(event) => setValue(event.target.value)} autoComplete="off" />
          </label>
        </Ask>
      )
  }
}
