// Hold, mute, keypad, transfer, hang up. Requested, confirmed and refused look
// different: a button is pressed only when the phone has confirmed it.

import { useRef } from 'react'
import { useWantedFocus, wantFocus } from '../lib/focus.ts'
import { type Hotkey, shownKey, useHotkey } from '../lib/hotkeys.ts'
import { usePart, usePhone } from '../lib/phone.ts'
import { run } from '../lib/problems.ts'
import type { Call } from '../lib/types.ts'
import { whyNot } from '../lib/words.ts'
import { Icon, type IconName } from '../ui/icons.tsx'
import { Action, Spinner } from '../ui/parts.tsx'

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
    const on = call.hold === 'Off' || call.hold === 'TurningOff'
    void run(
      phone,
      on ? 'Hold did not work.' : 'The call could not be resumed.',
      on ? phone.hold(call.id) : phone.unhold(call.id),
    )
  }
  const mute = () => {
    const on = call.mute === 'Off' || call.mute === 'TurningOff'
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
        refused={whyNot(can.hold)}
        onPress={hold}
        words={{ Off: 'Hold', TurningOn: 'Holding…', On: 'On hold', TurningOff: 'Resuming…' }}
        icon="pause"
      />
      <SwitchButton
        hotkey="mute"
        state={call.mute}
        refused={whyNot(can.mute)}
        onPress={mute}
        words={{ Off: 'Mute', TurningOn: 'Muting…', On: 'Muted', TurningOff: 'Unmuting…' }}
        icon={call.mute === 'Off' ? 'mic' : 'mic-off'}
      />
      <PanelButton
        hotkey="keypad"
        open={keypad}
        refused={connected ? '' : 'Only once the call is connected'}
        onPress={onKeypad}
        icon="keypad"
        word="Keypad"
      />
      <PanelButton
        hotkey="transfer"
        open={transfer}
        refused={transfer ? '' : whyNot(can.blindTransfer)}
        onPress={onTransfer}
        icon="transfer"
        word={call.transfer === 'Requested' || call.transfer === 'Accepted' ? 'Transferring…' : 'Transfer'}
        {...(serverAway ? { title: 'Colleagues’ presence is not known while the server is away' } : {})}
      />
      <HangUp refused={whyNot(can.hangup)} ending={call.state === 'Ending'} onPress={hangUp} />
    </div>
  )
}

interface SwitchProps {
  hotkey: Hotkey & ('hold' | 'mute')
  state: Call['hold']
  refused: string
  words: Record<Call['hold'], string>
  icon: IconName
  onPress: () => void
}

function SwitchButton({ hotkey, state, refused, words, icon, onPress }: SwitchProps) {
  const button = useRef<HTMLButtonElement>(null)
  const asked = state === 'TurningOn' || state === 'TurningOff'
  useHotkey(hotkey, () => {
    if (!asked && refused === '') onPress()
  })
  useWantedFocus(hotkey === 'hold' ? 'hold' : null, button)
  return (
    <Action
      ref={button}
      className={asked ? 'btn ctl asked' : 'btn ctl'}
      aria-pressed={state === 'On' || state === 'TurningOff'}
      aria-busy={asked}
      aria-keyshortcuts={aria(hotkey)}
      refused={asked ? '' : refused}
      onClick={asked ? undefined : onPress}
    >
      {asked ? <Spinner /> : <Icon name={icon} className="lg" />}
      <span>{words[state]}</span>
      <kbd>{shownKey(hotkey)}</kbd>
    </Action>
  )
}

interface PanelButtonProps {
  hotkey: Hotkey
  open: boolean
  refused: string
  icon: IconName
  word: string
  title?: string
  onPress: () => void
}

function PanelButton({ hotkey, open, refused, icon, word, title, onPress }: PanelButtonProps) {
  useHotkey(hotkey, () => {
    if (refused === '') onPress()
  })
  return (
    <Action
      className="btn ctl"
      aria-pressed={open}
      aria-keyshortcuts={aria(hotkey)}
      refused={refused}
      onClick={onPress}
      {...(title === undefined ? {} : { title })}
    >
      <Icon name={icon} className="lg" />
      <span>{word}</span>
      <kbd>{shownKey(hotkey)}</kbd>
    </Action>
  )
}

function HangUp({ refused, ending, onPress }: { refused: string; ending: boolean; onPress: () => void }) {
  useHotkey('hangUp', () => {
    if (refused === '') onPress()
  })
  return (
    <Action
      className={ending ? 'btn ctl asked' : 'btn ctl stop'}
      aria-busy={ending}
      refused={ending ? '' : refused}
      onClick={ending ? undefined : onPress}
      aria-keyshortcuts={aria('hangUp')}
    >
      {ending ? <Spinner /> : <Icon name="hangup" className="lg" />}
      <span>{ending ? 'Ending…' : 'Hang up'}</span>
      <kbd>{shownKey('hangUp')}</kbd>
    </Action>
  )
}

const aria = (hotkey: Hotkey) => shownKey(hotkey).replace(' ', '+')
