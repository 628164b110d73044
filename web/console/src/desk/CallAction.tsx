// A big button of a call: glyph, word, key. It says why it may not be pressed,
// and while its command is on the way it looks asked, not done.

import type { Ref } from 'react'
import { ariaKey, type Hotkey, shownKey, useHotkey } from '../lib/hotkeys.ts'
import { Icon, type IconName } from '../ui/icons.tsx'
import { Action, Spinner } from '../ui/parts.tsx'

interface Props {
  ref?: Ref<HTMLButtonElement>
  hotkey: Hotkey | null
  icon: IconName
  word: string
  tone?: 'primary' | 'stop'
  /** For a button that is on or off. */
  pressed?: boolean
  asked?: boolean
  /** While asked: may the wish be changed? */
  changeable?: boolean
  refused: string
  title?: string
  onPress: () => void
}

export function CallAction({
  ref,
  hotkey,
  icon,
  word,
  tone,
  pressed,
  asked = false,
  changeable = false,
  refused,
  title,
  onPress,
}: Props) {
  const free = refused === '' && (!asked || changeable)
  const named = asked ? '' : refused
  useHotkey(
    hotkey ?? 'answer',
    () => {
      if (free) onPress()
    },
    hotkey !== null,
  )
  return (
    <Action
      {...(ref === undefined ? {} : { ref })}
      className={`btn ctl ${asked ? 'asked' : (tone ?? '')}`.trim()}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      {...(hotkey === null ? {} : { 'aria-keyshortcuts': ariaKey(hotkey) })}
      {...(title === undefined ? {} : { title })}
      aria-busy={asked}
      refused={named}
      onClick={free ? onPress : undefined}
    >
      {asked ? <Spinner /> : <Icon name={icon} className="lg" />}
      <span>{word}</span>
      {hotkey !== null && <kbd>{shownKey(hotkey)}</kbd>}
    </Action>
  )
}
