// A radio group of big buttons. Arrows move and choose; 1 to 9 choose while the
// group has the focus.

import type { KeyboardEvent, RefObject } from 'react'
import type { Disposition } from '../lib/dispositions.ts'
import { Icon } from '../ui/icons.tsx'

interface Props {
  labelledBy: string
  items: readonly Disposition[]
  value: string
  onPick: (code: string) => void
  /** The button that takes the focus when the group is entered. */
  first: RefObject<HTMLButtonElement | null>
  invalid: boolean
}

const steps: Record<string, number> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }

export function Choices({ labelledBy, items, value, onPick, first, invalid }: Props) {
  const chosen = items.findIndex((item) => item.code === value)
  const entry = Math.max(0, chosen)

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const step = steps[event.key]
    const at = step === undefined ? Number(event.key) - 1 : (entry + step + items.length) % items.length
    const item = items[at]
    if (item === undefined) return
    event.preventDefault()
    onPick(item.code)
    const buttons = event.currentTarget.querySelectorAll<HTMLButtonElement>('[role="radio"]')
    buttons[at]?.focus()
  }

  return (
    <div
      className="choices"
      role="radiogroup"
      aria-labelledby={labelledBy}
      aria-required="true"
      aria-invalid={invalid}
      onKeyDown={onKeyDown}
    >
      {items.map((item, index) => (
        // biome-ignore lint/a11y/useSemanticElements: a big button with its digit, not a bare dot
        <button
          type="button"
          role="radio"
          key={item.code}
          className="choice"
          aria-checked={index === chosen}
          tabIndex={index === entry ? 0 : -1}
          ref={index === entry ? first : undefined}
          onClick={() => onPick(item.code)}
        >
          <kbd>{index + 1}</kbd>
          <span>{item.word}</span>
          {index === chosen && <Icon name="check" />}
        </button>
      ))}
    </div>
  )
}
