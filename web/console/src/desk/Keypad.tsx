// Twelve keys. For a call, digits are handed to the phone one by one; it sends
// them together, 2 s after the last.

import { useEffect, useRef, useState } from 'react'
import { usePart, usePhone } from '../lib/phone.ts'
import { run } from '../lib/problems.ts'
import type { Call } from '../lib/types.ts'

const keys: readonly (readonly [key: string, letters: string])[] = [
  ['1', ''],
  ['2', 'ABC'],
  ['3', 'DEF'],
  ['4', 'GHI'],
  ['5', 'JKL'],
  ['6', 'MNO'],
  ['7', 'PQRS'],
  ['8', 'TUV'],
  ['9', 'WXYZ'],
  ['*', ''],
  ['0', '+'],
  ['#', ''],
]

export function Keys({ onKey }: { onKey: (key: string) => void }) {
  return (
    <div className="keys">
      {keys.map(([key, letters]) => (
        <button type="button" className="btn" key={key} onClick={() => onKey(key)}>
          {key}
          <small>{letters}</small>
        </button>
      ))}
    </div>
  )
}

export function Keypad({ call }: { call: Call }) {
  const phone = usePhone()
  const pad = useRef<HTMLDivElement>(null)
  const sent = useSent(call)
  const press = (key: string) => void run(phone, 'The digits were not sent.', phone.dtmf(key, call.id))

  useEffect(() => pad.current?.focus(), [])

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend and brings its own box
    <div
      className="pad"
      role="group"
      aria-label="Keypad. Type digits, star or hash"
      tabIndex={-1}
      ref={pad}
      onKeyDown={(event) => {
        if (event.altKey || event.ctrlKey || event.metaKey || !/^[0-9*#]$/.test(event.key)) return
        event.preventDefault()
        press(event.key)
      }}
    >
      <Keys onKey={press} />
      <div className="sent">
        <p className="label">Sent</p>
        <p className="num big">{spread(sent) || '–'}</p>
        <p className="label" role="status">
          {call.dtmf === 'Sending'
            ? 'Going out'
            : call.dtmf === 'Collecting'
              ? 'Goes out 2 s after the last digit'
              : 'Nothing waits'}
        </p>
        <p className="num big wait">{call.dtmf === 'Idle' ? '–' : spread(call.dtmfDigits)}</p>
        <p className="dim">Digits go out together. Typing on the keyboard works too.</p>
      </div>
    </div>
  )
}

const spread = (digits: string) => [...digits].join(' ')

/**
 * What went out since the keypad opened: digits leave the waiting line when the
 * phone sends them, and are taken back when it says that they did not go.
 */
function useSent(call: Call): string {
  const notice = usePart((state) => state.notice)
  const [sent, setSent] = useState<readonly string[]>([])
  const before = useRef('')
  const failedAt = notice.code === 'dtmf_failed' && notice.callId === call.id ? notice.at : null
  const seen = useRef(failedAt)
  useEffect(() => {
    const went = before.current
    if (went !== '' && call.dtmfDigits === '') setSent((already) => [...already, went].slice(-6))
    before.current = call.dtmfDigits
  }, [call.dtmfDigits])
  useEffect(() => {
    if (failedAt !== null && failedAt !== seen.current) setSent((already) => already.slice(0, -1))
    seen.current = failedAt
  }, [failedAt])
  return sent.join('')
}
