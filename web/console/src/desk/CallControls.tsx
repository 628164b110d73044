// Hold, mute, keypad, transfer, hang up. Requested, confirmed and refused look
// different: a button is pressed only when the phone has confirmed it.

import { useRef } from 'react'
import { useWantedFocus, wantFocus } from '../lib/focus.ts'
import type { Hotkey } from '../lib/hotkeys.ts'
import { usePart, usePhone } from '../lib/phone.ts'
import { run } from '../lib/problems.ts'
import type { Call } from '../lib/types.ts'
import { whyNot } from '../lib/words.ts'
import type { IconName } from '../ui/icons.tsx'
import { CallAction } from './CallAction.tsx'

interface Props {
  call: Call
  keypad: boolean
  onKeypad: () => void
  transfer: boolean
  onTransfer: () => void
}

export function CallControls({ call, keypad, onKeypad, transfer, onTransfer }: Props) {
  const phone = usePhone()
  const can = usePart((state) => state.can)
  const serverAway = usePart((state) => state.connection.events !== 'Open' && state.connection.attempts > 0)
  const connected = call.state === 'Active'

  const hold = () => {
    const on = !call.holdWanted
    void run(
      phone,
      on ? 'Hold did not work.' : 'The call could not be resumed.',
      on ? phone.hold(call.id) : phone.unhold(call.id),
    )
  }
  const mute = () => {
    const on = !call.muteWanted
    void run(
      phone,
      on ? 'Mute did not work.' : 'Unmute did not work.',
      on ? phone.mute(call.id) : phone.unmute(call.id),
    )
  }
  const hangUp = () => {
    wantFocus('disposition')
    void run(phone, 'The call could not be hung up.', phone.hangup(call.id))
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend and brings its own box
    <div className="ctls" role="group" aria-label="Call">
      <SwitchButton
        hotkey="hold"
        state={call.hold}
        wanted={call.holdWanted}
        refused={whyNot(can.hold)}
        onPress={hold}
        words={['Hold', 'Holding…', 'On hold', 'Resuming…']}
        icon="pause"
      />
      <SwitchButton
        hotkey="mute"
        state={call.mute}
        wanted={call.muteWanted}
        refused={whyNot(can.mute)}
        onPress={mute}
        words={['Mute', 'Muting…', 'Muted', 'Unmuting…']}
        icon={call.mute === 'Off' ? 'mic' : 'mic-off'}
      />
      <CallAction
        hotkey="keypad"
        pressed={keypad}
        refused={connected ? '' : 'Only once the call is connected'}
        onPress={onKeypad}
        icon="keypad"
        word="Keypad"
      />
      <CallAction
        hotkey="transfer"
        pressed={transfer}
        refused={transfer || can.attendedTransfer.ok ? '' : whyNot(can.blindTransfer)}
        onPress={onTransfer}
        icon="transfer"
        word={call.transfer === 'Requested' || call.transfer === 'Accepted' ? 'Transferring…' : 'Transfer'}
        {...(serverAway ? { title: 'Colleagues’ presence is not known while the server is away' } : {})}
      />
      <CallAction
        hotkey="hangUp"
        icon="hangup"
        word={call.state === 'Ending' ? 'Ending…' : 'Hang up'}
        tone="stop"
        asked={call.state === 'Ending'}
        refused={whyNot(can.hangup)}
        onPress={hangUp}
      />
    </div>
  )
}

interface SwitchProps {
  hotkey: Hotkey & ('hold' | 'mute')
  state: Call['hold']
  wanted: boolean
  refused: string
  /** Off, wished on, on, wished off. */
  words: readonly [string, string, string, string]
  icon: IconName
  onPress: () => void
}

/** Shows what is wished while it is not so yet; a new press is a new wish, and the phone carries out the last one. */
function SwitchButton({ hotkey, state, wanted, refused, words, icon, onPress }: SwitchProps) {
  const button = useRef<HTMLButtonElement>(null)
  const so = state === 'On' || state === 'TurningOff'
  const asked = state === 'TurningOn' || state === 'TurningOff'
  useWantedFocus(hotkey === 'hold' ? 'hold' : null, button)
  return (
    <CallAction
      ref={button}
      hotkey={hotkey}
      icon={icon}
      word={asked ? (wanted ? words[1] : words[3]) : so ? words[2] : words[0]}
      pressed={so}
      asked={asked}
      changeable
      refused={asked ? '' : refused}
      onPress={onPress}
    />
  )
}
