// Microphone and loudspeaker: which, whether they may be used, and how loud the
// microphone is. Opened from the bar on top.

import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { create } from 'zustand'
import { phoneLibrary, usePart, usePhone } from '../lib/phone.ts'
import { run } from '../lib/problems.ts'
import type { State } from '../lib/types.ts'
import { Icon } from '../ui/icons.tsx'

type List = Awaited<ReturnType<ReturnType<typeof phoneLibrary>['listDevices']>>
type Device = List['microphones'][number]

const permissions: Record<State['devices']['permission'], { text: string; tone: 'ok' | 'warn' | 'bad' }> = {
  unknown: { text: 'The phone has not said yet whether it may use the microphone.', tone: 'warn' },
  prompt: { text: 'The browser will ask for the microphone with your first call, or when you test it.', tone: 'warn' },
  granted: { text: 'The microphone may be used.', tone: 'ok' },
  denied: {
    text: 'The browser blocks the microphone: callers would not hear you. Click the icon beside the address, allow Microphone, then test.',
    tone: 'bad',
  },
  missing: { text: 'No microphone is plugged in. Plug in a headset, then test.', tone: 'bad' },
}

const usePanel = create<{ open: boolean }>(() => ({ open: false }))
const setOpen = (open: boolean) => usePanel.setState({ open })

/** From another place of the desk: what to do about a microphone that may not be used. */
export const openDevices = () => setOpen(true)

export function DevicesButton() {
  const open = usePanel((panel) => panel.open)
  const button = useRef<HTMLButtonElement>(null)
  const box = useRef<HTMLDivElement>(null)
  const id = useId()
  const permission = usePart((state) => state.devices.permission)
  const bad = permission === 'denied' || permission === 'missing'

  const close = () => {
    setOpen(false)
    button.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && open) close()
  }
  useEffect(() => {
    if (!open) return
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && box.current?.contains(event.target) === false) setOpen(false)
    }
    addEventListener('pointerdown', outside)
    return () => removeEventListener('pointerdown', outside)
  }, [open])

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes the panel wherever the focus is in it
    <div className="devices" ref={box} onKeyDown={onKeyDown}>
      <button
        type="button"
        className={bad ? 'btn quiet icon bad' : 'btn quiet icon'}
        ref={button}
        aria-label={bad ? 'Microphone and speaker: microphone not usable' : 'Microphone and speaker'}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        <Icon name={bad ? 'mic-off' : 'mic'} />
      </button>
      {open && <DevicesPanel id={id} onClose={close} />}
    </div>
  )
}

function useDevices(permission: string): List {
  const [list, setList] = useState<List>({ microphones: [], speakers: [] })
  // biome-ignore lint/correctness/useExhaustiveDependencies: names are known once the microphone is allowed
  useEffect(() => {
    let gone = false
    const read = () =>
      void phoneLibrary()
        .listDevices()
        .then((found) => {
          if (!gone) setList(found)
        })
    read()
    navigator.mediaDevices?.addEventListener('devicechange', read)
    return () => {
      gone = true
      navigator.mediaDevices?.removeEventListener('devicechange', read)
    }
  }, [permission])
  return list
}

function DevicesPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const phone = usePhone()
  const devices = usePart((state) => state.devices)
  const [tested, setTested] = useState(0)
  const list = useDevices(`${devices.permission} ${tested}`)
  const first = useRef<HTMLSelectElement>(null)
  const { text, tone } = permissions[devices.permission]
  useEffect(() => first.current?.focus(), [])
  return (
    <div className="panel devices-panel" role="dialog" aria-label="Microphone and speaker" id={id}>
      <header>
        <Icon name="mic" />
        <h2 className="grow">Microphone and speaker</h2>
        <button type="button" className="btn quiet icon" aria-label="Close microphone and speaker" onClick={onClose}>
          <Icon name="x" />
        </button>
      </header>
      <div className="body">
        <p className={`permission ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
          <Icon name={tone === 'ok' ? 'ok' : tone === 'bad' ? 'mic-off' : 'info'} />
          <span>{text}</span>
        </p>
        <Choice
          ref={first}
          word="Microphone"
          devices={list.microphones}
          value={devices.microphone ?? ''}
          choose={(deviceId) =>
            void run(phone, 'The microphone was not changed.', phone.devices.setMicrophone(deviceId))
          }
        />
        <Level microphone={devices.microphone ?? ''} onOpened={() => setTested((now) => now + 1)} />
        <Choice
          word="Speaker"
          devices={list.speakers}
          value={devices.speaker ?? ''}
          choose={(deviceId) => void run(phone, 'The speaker was not changed.', phone.devices.setSpeaker(deviceId))}
        />
      </div>
    </div>
  )
}

interface ChoiceProps {
  ref?: React.Ref<HTMLSelectElement>
  word: string
  devices: readonly Device[]
  value: string
  choose: (deviceId: string) => void
}

function Choice({ ref, word, devices, value, choose }: ChoiceProps) {
  // 'default' is the browser's own name of what '' means here.
  const named = devices.filter(({ deviceId }) => deviceId !== '' && deviceId !== 'default')
  const known = value === '' || named.some(({ deviceId }) => deviceId === value)
  return (
    <label className="field">
      <span>{word}</span>
      <select className="in" ref={ref} value={value} onChange={(event) => choose(event.target.value)}>
        <option value="">As the system</option>
        {named.map(({ deviceId, label }, index) => (
          <option key={deviceId} value={deviceId}>
            {label || `${word} ${index + 1}`}
          </option>
        ))}
        {!known && <option value={value}>Not plugged in</option>}
      </select>
    </label>
  )
}

/** How loud the microphone is, while it is tested. */
function Level({ microphone, onOpened }: { microphone: string; onOpened: () => void }) {
  const [testing, setTesting] = useState(false)
  const [level, setLevel] = useState(0)
  const [problem, setProblem] = useState('')
  const opened = useRef(onOpened)
  opened.current = onOpened

  useEffect(() => {
    if (!testing) return
    let heard = false
    const stop = phoneLibrary().inputLevel(
      (now) => {
        if (!heard) opened.current()
        heard = true
        setLevel(now)
      },
      microphone === '' ? {} : { deviceId: microphone },
      (error) => {
        setTesting(false)
        setProblem(problemText(error))
      },
    )
    return () => {
      stop()
      setLevel(0)
    }
  }, [testing, microphone])

  return (
    <div className="level">
      <button
        type="button"
        className="btn"
        aria-pressed={testing}
        onClick={() => {
          setProblem('')
          setTesting((now) => !now)
        }}
      >
        <Icon name={testing ? 'stop' : 'mic'} />
        {testing ? 'Stop the test' : 'Test microphone'}
      </button>
      <meter aria-label="Microphone level" min={0} max={1} value={level} />
      {problem !== '' && (
        <p className="form-error flat" role="alert">
          <Icon name="alert" />
          {problem}
        </p>
      )}
    </div>
  )
}

function problemText(error: unknown): string {
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError')
    return 'The browser blocks the microphone. Click the icon beside the address, allow Microphone, then test again.'
  if (name === 'NotFoundError' || name === 'OverconstrainedError')
    return 'That microphone is not there. Plug it in, or choose another, then test again.'
  if (name === 'NotReadableError') return 'Another program holds the microphone. Close it there, then test again.'
  return 'The microphone could not be opened. Plug it in anew, then test again.'
}
