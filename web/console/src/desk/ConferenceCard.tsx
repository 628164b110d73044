// Two calls joined into one conversation that is no transfer: part them, mute
// towards both, or hang up on one.

import { phoneNumber } from '../lib/format.ts'
import { usePart, usePhone } from '../lib/phone.ts'
import { run } from '../lib/problems.ts'
import type { Call } from '../lib/types.ts'
import { whyNot } from '../lib/words.ts'
import { Icon } from '../ui/icons.tsx'
import { Elapsed } from '../ui/parts.tsx'
import { CallAction } from './CallAction.tsx'
import { MuteAll } from './ConsultCard.tsx'
import { CallNotice } from './Notices.tsx'
import { callName, firstName } from './names.ts'
import { ThreeStrip } from './ThreeStrip.tsx'

export function ConferenceCard({ first, second }: { first: Call; second: Call }) {
  const phone = usePhone()
  const since = usePart((state) => state.conference.since)
  const parting = usePart((state) => state.conference.state === 'Splitting')
  const can = usePart((state) => state.can.split)
  const party = (call: Call) => ({
    name: callName(call),
    note: callName(call) === phoneNumber(call.number) ? 'hears both' : phoneNumber(call.number),
    on: true,
    icon: 'user' as const,
  })
  const hangUp = (call: Call, last: boolean) => (
    <CallAction
      key={call.id}
      hotkey={last ? 'hangUp' : null}
      icon="hangup"
      word={`Hang up ${firstName(call, phoneNumber(call.number))}`}
      tone="stop"
      refused=""
      onPress={() => void run(phone, 'The call could not be hung up.', phone.hangup(call.id))}
    />
  )
  return (
    <section className="panel call consult" aria-label="Conference">
      <header>
        <span className="st busy" role="status">
          <Icon name="barge" className="pulse" />
          <b>Three-way call</b>
        </span>
        <span className="dim wide">all three hear each other</span>
        <span className="grow" />
        <Elapsed since={since} label="Conference time" className="dur-s" />
      </header>
      <div className="body">
        <ThreeStrip
          label="Who talks with whom"
          parties={[party(first), { name: 'You', note: 'talking to both', on: true, icon: 'user' }, party(second)]}
        />
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend and brings its own box */}
        <div className="ctls four" role="group" aria-label="Conference">
          <CallAction
            hotkey="threeWay"
            icon="split"
            word={parting ? 'Parting…' : 'Part the calls'}
            asked={parting}
            refused={whyNot(can)}
            onPress={() => void run(phone, 'The calls were not parted.', phone.split())}
          />
          <MuteAll calls={[first, second]} />
          {hangUp(second, false)}
          {hangUp(first, true)}
        </div>
        <p className="dim">
          Parted again you talk to {firstName(first, 'the first')}, and {firstName(second, 'the other')} waits on hold.
        </p>
        <CallNotice call={first} />
        <CallNotice call={second} />
      </div>
    </section>
  )
}
