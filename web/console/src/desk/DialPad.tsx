// The empty middle of the desk: nothing rings, and a number can be called.

import { type FormEvent, useRef, useState } from 'react'
import { shownKey } from '../lib/hotkeys.ts'
import { usePart, usePhone } from '../lib/phone.ts'
import { codeOf } from '../lib/problems.ts'
import { reasonText, whyNot } from '../lib/words.ts'
import { Icon } from '../ui/icons.tsx'
import { Action } from '../ui/parts.tsx'
import { Keys } from './Keypad.tsx'

export function DialPad({ quiet }: { quiet: boolean }) {
  const [keypad, setKeypad] = useState(false)
  const dial = useDial()
  const registered = usePart((state) => state.registration.state === 'Registered')
  return (
    <section className="panel" aria-label="Call a number">
      {!quiet && (
        <div className="empty">
          <Icon name="phone" />
          <strong>No call right now</strong>
          <p>
            {registered
              ? `The next call appears and rings here. Press ${shownKey('answer')} to answer it from anywhere on this page.`
              : 'No call can ring here until the phone is registered with the PBX.'}
          </p>
        </div>
      )}
      <form className={quiet ? 'dial alone' : 'dial'} onSubmit={dial.submit}>
        <div className="search grow">
          <Icon name="search" />
          <input
            className="in tall"
            ref={dial.field}
            aria-label="Number to call"
            aria-invalid={dial.error !== ''}
            aria-describedby={dial.error === '' ? undefined : 'dial-error'}
            placeholder="Extension or number"
            inputMode="tel"
            autoComplete="off"
            maxLength={64}
            value={dial.number}
            onChange={(event) => dial.change(event.target.value)}
          />
        </div>
        <button
          type="button"
          className="btn main"
          aria-pressed={keypad}
          aria-label="Keypad"
          onClick={() => setKeypad((open) => !open)}
        >
          <Icon name="keypad" />
        </button>
        <Action type="submit" className="btn main primary" refused={dial.refused}>
          <Icon name="phone" />
          Call
        </Action>
      </form>
      {dial.error !== '' && (
        <p className="form-error" id="dial-error" role="alert">
          <Icon name="alert" />
          {dial.error}
        </p>
      )}
      {keypad && (
        <div className="pad dial-keys">
          <Keys onKey={(key) => dial.change(dial.number + key)} />
        </div>
      )}
    </section>
  )
}

function useDial() {
  const phone = usePhone()
  const can = usePart((state) => state.can.call)
  const [number, setNumber] = useState('')
  const [error, setError] = useState('')
  const field = useRef<HTMLInputElement>(null)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (number.trim() === '') {
      setError('Type a number or an extension first.')
      field.current?.focus()
      return
    }
    if (!can.ok) {
      setError(`${whyNot(can)}.`)
      return
    }
    setError('')
    phone.call(number.trim()).then(
      () => setNumber(''),
      (refusal: unknown) => {
        setError(`${reasonText(codeOf(refusal))}. Check it, then call again.`)
        field.current?.focus()
      },
    )
  }
  const change = (next: string) => {
    setNumber(next)
    setError('')
  }
  return { number, error, field, submit, change, refused: whyNot(can) }
}
