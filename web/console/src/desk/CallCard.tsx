// The active call: who, how long, and what may be done with it.

import { useState } from 'react'
import type { SpyMode } from '../acd/items.ts'
import { clock, phoneNumber, timeOfDay } from '../lib/format.ts'
import { usePart } from '../lib/phone.ts'
import type { Call } from '../lib/types.ts'
import { endText } from '../lib/words.ts'
import { Icon } from '../ui/icons.tsx'
import { Elapsed } from '../ui/parts.tsx'
import { CallControls } from './CallControls.tsx'
import { useOwnTalk } from './centre.ts'
import { Keypad } from './Keypad.tsx'
import { QualityTag, RecordingControls, RecordingTag } from './LineTags.tsx'
import { CallNotice } from './Notices.tsx'
import { callName } from './names.ts'
import { Avatar, ContactTag } from './OfferCard.tsx'

export function CallCard({
  call,
  transferOpen,
  onTransfer,
}: {
  call: Call
  transferOpen: boolean
  onTransfer: () => void
}) {
  const [keypad, setKeypad] = useState(false)
  const name = callName(call)
  return (
    <section className="panel call" aria-label="Active call">
      <CallHeader call={call} />
      <div className="body">
        <div className="who">
          <Avatar name={name} />
          <div className="grow">
            <h3 className="cut">{name}</h3>
            <p className="cut dim">
              <span className="num">{phoneNumber(call.number)}</span>
            </p>
            <CallTags call={call} />
          </div>
          {call.connectedAt !== null && call.state !== 'Ended' && (
            <Elapsed since={call.connectedAt} label="Call time" className="dur" />
          )}
          {call.state === 'Ended' && call.connectedAt !== null && <b className="dur num">{clock(call.durationMs)}</b>}
        </div>
        {call.state !== 'Ended' && (
          <CallControls
            call={call}
            keypad={keypad}
            onKeypad={() => setKeypad((open) => !open)}
            transfer={transferOpen}
            onTransfer={onTransfer}
          />
        )}
        <RecordingControls call={call} />
        {keypad && call.state === 'Active' && <Keypad call={call} />}
        <CallNotice call={call} />
      </div>
    </section>
  )
}

function CallHeader({ call }: { call: Call }) {
  const since = call.connectedAt ?? call.startedAt
  const [word, tone, pulse] = headline(call)
  return (
    <header>
      <span className={`st ${tone}`}>
        <Icon
          name={
            call.hold === 'On' && call.state === 'Active' ? 'pause' : call.state === 'Ended' ? 'phone-off' : 'phone'
          }
          className={pulse ? 'pulse' : ''}
        />
        <b>{word}</b>
      </span>
      <span className="grow" />
      {since !== null && <span className="dim num wide">since {timeOfDay(since, true)}</span>}
    </header>
  )
}

function headline(call: Call): [word: string, tone: string, pulse: boolean] {
  switch (call.state) {
    case 'Dialing':
      return ['Calling', 'busy', true]
    case 'Ringing':
      return ['Rings there', 'busy', true]
    case 'Ending':
      return ['Ending', '', false]
    case 'Recovering':
      return ['Looking for the call', 'busy', true]
    case 'Ended':
      return [endText(call.endReason), '', false]
    case 'Idle':
    case 'Offered':
    case 'Answering':
    case 'Active':
      return call.hold === 'On' ? ['On hold', 'busy', false] : ['Active call', 'busy', true]
    default:
      return call.state satisfies never
  }
}

function CallTags({ call }: { call: Call }) {
  const talk = useOwnTalk()
  const queue =
    usePart((state) => (state.activeCallId === call.id ? state.queueInfo.queue_name : null)) ??
    call.queueName ??
    talk?.queue ??
    null
  return (
    <p className="tags">
      <span className="tag">
        <Icon name={call.direction === 'inbound' ? 'in' : 'out'} />
        {call.direction === 'inbound' ? 'Inbound' : 'Outbound'}
      </span>
      {queue !== null && <span className="tag">{queue}</span>}
      <ContactTag call={call} />
      <RecordingTag call={call} />
      <QualityTag call={call} />
      {call.state === 'Active' && <SupervisorTags />}
      {call.mute === 'On' && (
        <span className="tag warn">
          <Icon name="mic-off" />
          You are muted
        </span>
      )}
    </p>
  )
}

const presence: Record<SpyMode, string> = { monitor: 'listens', coach: 'coaches', barge: 'is in the call' }

/** Who of the supervisors is at this call, as the hub tells the agent by its policy. */
function SupervisorTags() {
  const call = useOwnTalk()
  const agents = usePart((state) => state.agents)
  return (call?.supervisors ?? []).map(({ extension, mode }) => (
    <span className="tag sel" role="status" key={extension}>
      <Icon name={mode === 'monitor' ? 'ear' : mode === 'coach' ? 'whisper' : 'barge'} />
      {agents.get(extension)?.name || extension} {presence[mode]}
    </span>
  ))
}
