// The text of a recording to its parts, and what is wrong with a damaged one,
// by line. docs/recording.md has the format.
import { PhoneError } from '../errors.js'
import { eventNames } from '../generated/events.js'
import type { RecordedEvent } from '../runtime/recorder.js'

export interface ParsedRecording {
  /** The first line, as the engine takes it. */
  config: string
  redacted: boolean
  /** Events before the first, which were kept no more. */
  dropped: number
  /** Version of the package that recorded; null when the file does not say. */
  package: string | null
  /** The state to begin from, as text, or null. */
  checkpoint: string | null
  events: RecordedEvent[]
  /** The line of each event, counted from 1. */
  lines: number[]
}

const wrong = (line: number, what: string) => new PhoneError('bad_recording', `Line ${line}: ${what}`)

/** Throws `bad_recording` with the line and what is wrong there. */
export function parseRecording(text: string): ParsedRecording {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/)
  const objects: { at: number; value: Record<string, unknown> }[] = []
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue
    objects.push({ at: index + 1, value: objectOf(line, index + 1, lastOf(lines) === index) })
  }
  const [head, ...rest] = objects
  if (!head) throw wrong(1, 'the file is empty.')
  if (typeof head.value.extension !== 'string' || head.value.extension === '')
    throw wrong(head.at, 'a recording begins with the configuration of a phone; this line has no "extension".')
  const about = (head.value.recording ?? {}) as Record<string, unknown>
  if (about.format !== undefined && about.format !== 1)
    throw wrong(head.at, `this is format ${String(about.format)}; format 1 can be read here.`)
  const begins = rest[0]?.value.checkpoint
  if (begins !== undefined) rest.shift()
  else if (Number(about.dropped ?? 0) > 0)
    throw wrong(head.at + 1, 'the beginning is not in this file, and the checkpoint to begin from is missing.')
  for (const { at, value } of rest) check(value, at)
  return {
    config: JSON.stringify(head.value),
    redacted: about.redacted === true,
    dropped: Number(about.dropped ?? 0),
    package: typeof about.package === 'string' ? about.package : null,
    checkpoint: begins === undefined ? null : JSON.stringify(begins),
    events: rest.map(({ value }) => value as unknown as RecordedEvent),
    lines: rest.map(({ at }) => at),
  }
}

function lastOf(lines: readonly string[]): number {
  let last = lines.length - 1
  while (last > 0 && lines[last]?.trim() === '') last -= 1
  return last
}

function objectOf(line: string, at: number, isLast: boolean): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    if (at === 1) throw wrong(1, 'this is no recording: each line of one is a JSON object.')
    const cut = isLast ? ' The file ends in the middle of an event: it was not downloaded whole.' : ''
    throw wrong(at, `not JSON (${error instanceof Error ? error.message : String(error)}).${cut}`)
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw wrong(at, 'not a JSON object.')
  return value as Record<string, unknown>
}

function check(event: Record<string, unknown>, at: number): void {
  if ('checkpoint' in event) throw wrong(at, 'a checkpoint can only be the second line.')
  if (typeof event.type !== 'string') throw wrong(at, 'an event has a "type".')
  if (!(eventNames as readonly string[]).includes(event.type))
    throw wrong(at, `"${event.type.slice(0, 60)}" is no event that this version knows.`)
  for (const time of ['at', 'mono'])
    if (typeof event[time] !== 'number')
      throw wrong(at, `${event.type} has no time: "${time}" is a number of milliseconds.`)
}
