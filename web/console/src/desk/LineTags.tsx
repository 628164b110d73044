// How the line sounds and whether it is recorded. Nothing is shown of what is
// not known, or not possible here.

import * as Tooltip from '@radix-ui/react-tooltip'
import { useId } from 'react'
import { usePart, usePhone } from '../lib/phone.ts'
import { run } from '../lib/problems.ts'
import type { Call, Quality } from '../lib/types.ts'
import { whyNot } from '../lib/words.ts'
import { Icon } from '../ui/icons.tsx'
import { Action, Spinner } from '../ui/parts.tsx'

const lines: Record<Exclude<Quality['state'], 'Unknown'>, [word: string, tone: string]> = {
  Good: ['Good line', 'ok'],
  Fair: ['Fair line', 'warn'],
  Poor: ['Poor line', 'bad'],
}

function measured({ mos, jitterMs, lossPercent, rttMs }: Quality): string {
  const parts = [
    mos > 0 ? `MOS ${mos.toFixed(1)} of 4.5` : '',
    `jitter ${Math.round(jitterMs)} ms`,
    `loss ${lossPercent.toFixed(1)} %`,
    rttMs > 0 ? `round trip ${Math.round(rttMs)} ms` : '',
  ]
  return parts.filter((part) => part !== '').join(' · ')
}

/** Good, fair or poor; the numbers on hover, on focus and for a screen reader. */
export function QualityTag({ call }: { call: Call }) {
  const quality = usePart((state) => state.quality[call.id])
  const id = useId()
  if (quality === undefined || quality.state === 'Unknown' || call.state !== 'Active') return null
  const [word, tone] = lines[quality.state]
  const text = measured(quality)
  return (
    <>
      <Tooltip.Root>
        <Tooltip.Trigger asChild>
          <button type="button" className={`tag ask ${tone}`} aria-describedby={id}>
            <Icon name="signal" />
            {word}
          </button>
        </Tooltip.Trigger>
        <Tooltip.Portal>
          <Tooltip.Content className="tip" side="top" sideOffset={6} aria-hidden="true">
            {text}
          </Tooltip.Content>
        </Tooltip.Portal>
      </Tooltip.Root>
      <span className="sr" id={id}>
        {text}
      </span>
    </>
  )
}

const recordings: Record<Exclude<Call['recording'], 'Off'>, string> = {
  Starting: 'Recording starts…',
  On: 'Recording',
  Pausing: 'Recording pauses…',
  Paused: 'Recording paused',
  Resuming: 'Recording goes on…',
  Stopping: 'Recording stops…',
}

export function RecordingTag({ call }: { call: Call }) {
  if (call.recording === 'Off') return null
  const asked = call.recording !== 'On' && call.recording !== 'Paused'
  return (
    <span className={call.recording === 'On' ? 'tag bad' : 'tag'} role="status">
      {asked ? <Spinner /> : <Icon name={call.recording === 'On' ? 'rec' : 'pause'} />}
      {recordings[call.recording]}
    </span>
  )
}

/** Both, for a card that has no tags of its own. */
export function LineTags({ call }: { call: Call }) {
  const quality = usePart((state) => state.quality[call.id])
  if (call.recording === 'Off' && (quality === undefined || quality.state === 'Unknown')) return null
  return (
    <p className="tags">
      <RecordingTag call={call} />
      <QualityTag call={call} />
    </p>
  )
}

/** Start, pause, resume, stop; only where the PBX can record. */
export function RecordingControls({ call }: { call: Call }) {
  const phone = usePhone()
  const can = usePart((state) => state.can)
  if (call.state !== 'Active' || (call.recording === 'Off' && can.startRecording.reason === 'not_supported'))
    return null
  const off = call.recording === 'Off'
  const paused = call.recording === 'Paused'
  const ask = (what: 'start' | 'pause' | 'resume' | 'stop') =>
    void run(phone, 'The recording did not change.', phone.recordCall[what](call.id))
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend and brings its own box
    <div className="rec" role="group" aria-label="Recording">
      {off ? (
        <Action className="btn" refused={whyNot(can.startRecording)} onClick={() => ask('start')}>
          <Icon name="rec" />
          Record
        </Action>
      ) : (
        <>
          <Action
            className="btn"
            refused={whyNot(paused ? can.resumeRecording : can.pauseRecording)}
            onClick={() => ask(paused ? 'resume' : 'pause')}
          >
            <Icon name={paused ? 'rec' : 'pause'} />
            {paused ? 'Resume recording' : 'Pause recording'}
          </Action>
          <Action className="btn" refused={whyNot(can.stopRecording)} onClick={() => ask('stop')}>
            <Icon name="stop" />
            Stop recording
          </Action>
        </>
      )}
    </div>
  )
}
