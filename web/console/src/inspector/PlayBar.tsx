// The bar under a recording: steps, the slider, playing. One step of the slider
// is one event, so that arrow keys go event by event; what was odd is marked.

import { useEffect, useRef, useState } from 'react'
import { Icon } from '../ui/icons.tsx'
import { goBy, goTo, goToAnomaly, type Playing, timeAt, timeText } from './recording.ts'

const speeds = [
  ['1', '1×'],
  ['8', '8×'],
  ['skip', 'Skip waits'],
] as const
type Speed = (typeof speeds)[number][0]

/** A step with no wait in between is still to be seen. */
const skipMs = 220
const leastMs = 40
const ticksMost = 400

/** How long until the next event is shown. */
function waitFor(playing: Playing, at: number, speed: Speed): number {
  if (speed === 'skip') return skipMs
  return Math.max(leastMs, (timeAt(playing, at + 1) - timeAt(playing, at)) / Number(speed))
}

function usePlay(playing: Playing, at: number, speed: Speed): [on: boolean, set: (on: boolean) => void] {
  const [on, set] = useState(false)
  const { length } = playing.recording
  useEffect(() => {
    if (!on) return
    if (at >= length) {
      set(false)
      return
    }
    const timer = setTimeout(() => goBy(1), waitFor(playing, at, speed))
    return () => clearTimeout(timer)
  }, [on, at, speed, playing, length])
  return [on, set]
}

const keys: ReadonlyMap<string, () => void> = new Map([
  ['ArrowLeft', () => goBy(-1)],
  ['ArrowRight', () => goBy(1)],
  ['PageUp', () => goBy(-10)],
  ['PageDown', () => goBy(10)],
  ['Home', () => goTo(0)],
  ['End', () => goTo(Number.POSITIVE_INFINITY)],
  ['KeyN', goToAnomaly],
])

/** Where a key is somebody else's. */
function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [role="menu"]') !== null
}

export function PlayBar({ playing, at }: { playing: Playing; at: number }) {
  const [speed, setSpeed] = useState<Speed>('skip')
  const [on, setOn] = usePlay(playing, at, speed)
  const { recording, steps } = playing
  const { length, anomalies } = recording
  const play = () => {
    if (!on && at >= length) goTo(0)
    setOn(!on)
  }
  const latest = useRef(play)
  latest.current = play

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || typing(event.target)) return
      const onButton = event.target instanceof HTMLElement && event.target.closest('button, summary, a') !== null
      const act = event.code === 'Space' && !onButton ? latest.current : keys.get(event.code)
      if (act === undefined) return
      event.preventDefault()
      act()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])

  const here = timeText(timeAt(playing, at))
  const event = steps[at]?.event?.type ?? 'the beginning'
  const odd = steps[at]?.anomaly ?? null
  return (
    <section className="panel play" aria-label="Replay">
      <div className="bt">
        <StepButton icon="first" label="The beginning" keys="Home" onClick={() => goTo(0)} />
        <StepButton icon="left" label="One event back" keys="←" onClick={() => goBy(-1)} />
        <button type="button" className="btn main primary" onClick={play} title="Space">
          <Icon name={on ? 'pause' : 'play'} />
          {on ? 'Pause' : 'Play'}
        </button>
        <StepButton icon="right" label="One event on" keys="→" onClick={() => goBy(1)} />
        <StepButton icon="last" label="The end" keys="End" onClick={() => goTo(length)} />
      </div>
      <span className="num mono">{here}</span>
      <div className="track grow">
        <Ticks anomalies={anomalies} length={length} at={at} />
        <input
          type="range"
          min={0}
          max={length}
          value={at}
          aria-label="Event"
          aria-valuetext={`Event ${at} of ${length}, ${event}${odd === null ? '' : `, ${odd}`}, ${here}`}
          onChange={(change) => goTo(Number(change.target.value))}
        />
      </div>
      <span className="num mono dim">{timeText(timeAt(playing, length))}</span>
      <span className="num">
        event <b>{at}</b> of {length}
      </span>
      <div className="seg" role="radiogroup" aria-label="Speed">
        {speeds.map(([value, word]) => (
          // biome-ignore lint/a11y/useSemanticElements: a segment looks and reads as one of a radio group
          <button key={value} type="button" role="radio" aria-checked={speed === value} onClick={() => setSpeed(value)}>
            {word}
          </button>
        ))}
      </div>
    </section>
  )
}

interface StepButtonProps {
  icon: 'first' | 'left' | 'right' | 'last'
  label: string
  keys: string
  onClick: () => void
}

function StepButton({ icon, label, keys, onClick }: StepButtonProps) {
  return (
    <button type="button" className="btn icon" aria-label={label} title={`${label} (${keys})`} onClick={onClick}>
      <Icon name={icon} />
    </button>
  )
}

/** One mark an event while there is room for them; what was odd always. */
function Ticks({ anomalies, length, at }: { anomalies: readonly number[]; length: number; at: number }) {
  const place = (index: number) => (length === 0 ? 0 : (index / length) * 1000)
  const every = Math.max(1, Math.ceil(length / ticksMost))
  const marks = Array.from({ length: Math.floor(length / every) }, (_, index) => (index + 1) * every)
  const path = (list: readonly number[]) => list.map((index) => `M${place(index).toFixed(1)} 0V14`).join('')
  return (
    <svg viewBox="0 0 1000 14" preserveAspectRatio="none" aria-hidden="true">
      <path d={path(marks.filter((index) => index > at))} />
      <path className="on" d={path(marks.filter((index) => index <= at))} />
      <path className="w" d={path(anomalies)} />
    </svg>
  )
}
