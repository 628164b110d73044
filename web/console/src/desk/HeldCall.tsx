// A call that waits on hold while another one, or none, is in the middle.

import { phoneNumber } from '../lib/format.ts'
import { usePhone } from '../lib/phone.ts'
import { run } from '../lib/problems.ts'
import type { Call } from '../lib/types.ts'
import { Icon } from '../ui/icons.tsx'
import { Elapsed } from '../ui/parts.tsx'
import { callName } from './names.ts'

const holdWord: Record<Call['hold'], string> = {
  Off: 'Waits',
  TurningOn: 'Holding…',
  On: 'On hold',
  TurningOff: 'Resuming…',
}

export function HeldCall({ call, swaps }: { call: Call; swaps: boolean }) {
  const phone = usePhone()
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
      <button
        type="button"
        className="btn main"
        title={swaps ? 'Resuming holds the other call' : undefined}
        onClick={() => void run(phone, 'The call could not be resumed.', phone.unhold(call.id))}
      >
        <Icon name="swap" />
        Resume
      </button>
      <button
        type="button"
        className="btn main icon"
        aria-label={`Hang up ${name}`}
        onClick={() => void run(phone, 'The call could not be hung up.', phone.hangup(call.id))}
      >
        <Icon name="hangup" />
      </button>
    </section>
  )
}
