// The last events, as they were dispatched: the list of events is the
// recording. Bounded in number and in text. When the beginning falls out, the
// recording begins with a checkpoint: the engine's whole state at that place,
// so that what follows is still replayed exactly.
// biome-ignore-all lint/style/noNonNullAssertion: places are within the ring
import type { PhoneEvent } from '../generated/events.js'
import type { Presence } from '../generated/state.js'
import type { Redactor } from '../redaction.js'
import type { PagedList } from '../store/paged_list.js'
import { version } from '../version.js'

const EVENTS_MOST = 8192
/** A checkpoint is asked for so often, so that at least half of the ring can always be replayed. */
const CHECKPOINT_EVERY = EVENTS_MOST / 2
/** So many fields of an event are kept as they are; the few events with more are kept whole. */
const WIDTH = 6
/** Answers and messages are the long ones; all together they stay below this many characters. */
const TEXT_MOST = 4 * 1024 * 1024

export type RecordedEvent = PhoneEvent & { at: number; mono: number }

export interface Recording {
  /** What the engine was told at its creation, and in `recording` what this file is. */
  config: { recording: RecordingHead; [name: string]: unknown }
  /** The state that `events` begin from; null when they begin with the phone. */
  checkpoint: object | null
  /** Events before the first of these, which are kept no more. */
  dropped: number
  events: RecordedEvent[]
}

export interface RecordingHead {
  format: 1
  package: string
  redacted: boolean
  dropped: number
}

interface Checkpoint {
  /** How many events came before. */
  before: number
  /** The engine's state without the other agents: they change one by one, and the store's list of then still has them. */
  state: string
  agents: PagedList<Presence>
}

export class Recorder {
  /**
   * WIDTH cells an event: its fields' values, in the order of its names. Eight thousand objects that live a while and then die
   * would be copied by the garbage collector again and again: a quarter of a phone's time under load.
   */
  private readonly cells: unknown[] = []
  /** The names of each event's fields; null when its first cell is the event itself. */
  private readonly shapes: (readonly string[] | null)[] = []
  /** The names that an event of this type had last. */
  private readonly known = new Map<string, readonly string[]>()
  /** Three numbers an event: at, mono, and how much long text it carries. */
  private readonly times = new Float64Array(EVENTS_MOST * 3)
  private checkpoints: Checkpoint[] = []
  private first = 0
  private next = 0
  private text = 0
  private textSince = 0
  private due = CHECKPOINT_EVERY

  constructor(
    private readonly configJson: string,
    private readonly redactor: Redactor,
  ) {}

  /** How many events there have been. */
  get count(): number {
    return this.next
  }

  /** How many of them are kept no more. */
  get dropped(): number {
    return this.first
  }

  add(event: PhoneEvent, at: number, mono: number): void {
    const place = this.next & (EVENTS_MOST - 1)
    if (this.next - this.first === EVENTS_MOST) this.drop()
    this.put(event, place)
    this.times[place * 3] = at
    this.times[place * 3 + 1] = mono
    this.times[place * 3 + 2] = 0
    this.next++
  }

  /** Counts the text of the event added last, for those that carry much of it. */
  addText(length: number): void {
    this.times[((this.next - 1) & (EVENTS_MOST - 1)) * 3 + 2] = length
    this.text += length
    this.textSince += length
    if (this.textSince > TEXT_MOST / 4) this.due = this.next
    while (this.text > TEXT_MOST && this.next - this.first > 1) this.drop()
  }

  /** Whether the engine's state should be kept now, between two events. */
  get checkpointDue(): boolean {
    return this.next >= this.due
  }

  /** `state` is the engine's after the last event added, without `agents`; empty when it cannot be told just now. */
  keep(state: string, agents: PagedList<Presence>): void {
    if (state === '') return
    this.textSince = 0
    this.due = this.next + CHECKPOINT_EVERY
    // Of those from before the ring's beginning none is of use any more.
    const still = this.checkpoints.filter(({ before }) => before >= this.first)
    this.checkpoints = [...still, { before: this.next, state, agents }]
  }

  /** A copy. Tokens and passwords never are in it; `redact` also hides numbers, names and notes. */
  recording(redact: boolean): Recording {
    const from = this.checkpoints.find(({ before }) => before >= this.first)
    const whole = this.first === 0 && this.checkpoints[0]?.before !== 0
    const begin = whole ? 0 : (from?.before ?? this.first)
    const events: RecordedEvent[] = []
    for (let i = begin; i < this.next; i++) {
      const place = i & (EVENTS_MOST - 1)
      events.push({ at: this.times[place * 3]!, mono: this.times[place * 3 + 1]!, ...this.eventAt(place) })
    }
    const head: RecordingHead = { format: 1, package: version, redacted: redact, dropped: begin }
    const config = { ...(JSON.parse(this.configJson) as object), recording: head }
    const checkpoint = whole || !from ? null : wholeState(from)
    // One call: the same text has the same mask in configuration, checkpoint and events.
    return this.redactor.clean({ config, checkpoint, dropped: begin, events }, redact)
  }

  private drop(): void {
    const place = this.first & (EVENTS_MOST - 1)
    this.text -= this.times[place * 3 + 2]!
    for (let i = 0; i < WIDTH; i++) this.cells[place * WIDTH + i] = undefined
    this.first++
  }

  private put(event: PhoneEvent, place: number): void {
    const { cells } = this
    const from = place * WIDTH
    const names = this.known.get(event.type)
    let count = 0
    if (names !== undefined) {
      for (const name in event) {
        const value: unknown = event[name as keyof PhoneEvent]
        if (names[count] !== name || typeof value === 'object') {
          count = -1
          break
        }
        cells[from + count] = value
        count++
      }
    }
    if (names === undefined || count !== names.length) this.putOther(event, place)
    else {
      for (; count < WIDTH; count++) cells[from + count] = undefined
      this.shapes[place] = names
    }
  }

  /** An event unlike the last of its type: from now on the others are expected to be like this one. */
  private putOther(event: PhoneEvent, place: number): void {
    const names = Object.keys(event)
    const plain = names.length <= WIDTH && Object.values(event).every((value) => typeof value !== 'object')
    if (plain) this.known.set(event.type, names)
    for (let i = 0; i < WIDTH; i++)
      this.cells[place * WIDTH + i] = plain ? event[names[i] as keyof PhoneEvent] : i === 0 ? event : undefined
    this.shapes[place] = plain ? names : null
  }

  private eventAt(place: number): PhoneEvent {
    const names = this.shapes[place]
    const from = place * WIDTH
    if (!names) return this.cells[from] as PhoneEvent
    return Object.fromEntries(names.map((name, i) => [name, this.cells[from + i]])) as unknown as PhoneEvent
  }
}

/** The engine's state as it would have written all of it. */
function wholeState({ state, agents }: Checkpoint): object {
  const parsed = JSON.parse(state) as { leaves: object[] }
  for (const [slot, value] of agents.changesSince(undefined))
    parsed.leaves.push({ leaf: 'Presence', slot, value, live: {}, bits: {}, log: -1 })
  return parsed
}

/** A recording as the text of a file: the configuration, the checkpoint if there is one, then one event a line. */
export function recordingText({ config, checkpoint, events }: Recording): string {
  const lines: unknown[] = [config, ...(checkpoint ? [{ checkpoint }] : []), ...events]
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`
}
