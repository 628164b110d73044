// A call that waits on hold while another one, or none, is in the middle.

import { phoneNumber } from '../lib/format.ts'
import { ariaKey, shownKey, useHotkey } from '../lib/hotkeys.ts'
import { usePart, usePhone } from '../lib/phone.ts'
import { run } from '../lib/problems.ts'
import type { Call } from '../lib/types.ts'
import { whyNot } from '../lib/words.ts'
import { Icon } from '../ui/icons.tsx'
import { Action, Elapsed, Spinner } from '../ui/parts.tsx'
import { callName } from './names.ts'

const holdWord: Record<Call['hold'], string> = {
  Off: 'Waits',
  TurningOn: 'Holding…',
  On: 'On hold',
  TurningOff: 'Resuming…',
}

interface Props {
  call: Call
  /** Resuming holds the other call. */
  swaps: boolean
  /** The only other call beside a connected one: swap and three-way have their keys here. */
  pair: boolean
}

export function HeldCall({ call, swaps, pair }: Props) {
  const phone = usePhone()
  const merge = usePart((state) => state.can.merge)
  const joining = usePart((state) => state.conference.state === 'Merging')
  const swap = () => void run(phone, 'The call could not be resumed.', phone.swap(call.id))
  const join = () => void run(phone, 'The calls were not joined.', phone.merge(undefined, call.id))
  const mayJoin = pair && merge.reason !== 'not_supported'
  useHotkey('swap', swap, pair)
  useHotkey('threeWay', () => merge.ok && join(), mayJoin)
  const name = callName(call)
  return (
    <section className="panel held" aria-label={`Held call: ${name}`}>
      <span className="st">
        <Icon name="pause" className="lg" />
      </span>
      <div className="grow">
        <b className="cut">{name}</b>
        <small className="cut dim">
          <span className="num">{phoneNumber(call.number)}</span> · {call.queueName || 'direct call'}
        </small>
      </div>
      <span className="hold-t">
        <small>{holdWord[call.hold]}</small>
        <b>
          <Elapsed since={call.heldSince} />
        </b>
      </span>
      {mayJoin && (
        <Action
          className="btn main icon"
          aria-label="Three-way call with both"
          aria-busy={joining}
          {...(pair ? { 'aria-keyshortcuts': ariaKey('threeWay') } : {})}
          refused={joining ? '' : whyNot(merge)}
          onClick={join}
        >
          {joining ? <Spinner /> : <Icon name="barge" />}
        </Action>
      )}
      <button
        type="button"
        className="btn main"
        title={swaps ? 'Resuming holds the other call' : undefined}
        {...(pair ? { 'aria-keyshortcuts': ariaKey('swap') } : {})}
        onClick={swap}
      >
        {call.hold === 'TurningOff' ? <Spinner /> : <Icon name="swap" />}
        Resume {pair && <kbd>{shownKey('swap')}</kbd>}
      </button>
      <button
        type="button"
        className="btn main icon red"
        aria-label={`Hang up ${name}`}
        onClick={() => void run(phone, 'The call could not be hung up.', phone.hangup(call.id))}
      >
        <Icon name="hangup" />
      </button>
    </section>
  )
}
