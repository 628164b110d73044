// The last events, as they were dispatched: the list of events is the
// recording. Bounded in number and in text; what fell out is counted.
// biome-ignore-all lint/style/noNonNullAssertion: places are within the ring
import type { PhoneEvent } from '../generated/events.js'

const EVENTS_MOST = 4096
/** Answers and messages are the long ones; all together they stay below this many characters. */
const TEXT_MOST = 4 * 1024 * 1024

export type RecordedEvent = PhoneEvent & { at: number; mono: number }

export interface Recording {
  /** What the engine was told at its creation. */
  config: unknown
  /** Events before the first of these, which are kept no more. */
  dropped: number
  events: RecordedEvent[]
}

export class Recorder {
  private readonly events: (PhoneEvent | undefined)[] = new Array(EVENTS_MOST).fill(undefined)
  /** Three numbers an event: at, mono, and how much long text it carries. */
  private readonly times = new Float64Array(EVENTS_MOST * 3)
  private first = 0
  private next = 0
  private text = 0

  constructor(private readonly configJson: string) {}

  add(event: PhoneEvent, at: number, mono: number): void {
    const place = this.next & (EVENTS_MOST - 1)
    if (this.next - this.first === EVENTS_MOST) this.drop()
    this.events[place] = event
    this.times[place * 3] = at
    this.times[place * 3 + 1] = mono
    this.times[place * 3 + 2] = 0
    this.next++
  }

  /** Counts the text of the event added last, for those that carry much of it. */
  addText(length: number): void {
    this.times[((this.next - 1) & (EVENTS_MOST - 1)) * 3 + 2] = length
    this.text += length
    while (this.text > TEXT_MOST && this.next - this.first > 1) this.drop()
  }

  /** A copy. Tokens and passwords never are in it; `redact` also hides numbers, names and notes. */
  recording(redact: boolean): Recording {
    const events: RecordedEvent[] = []
    const hide = redact ? hider() : null
    for (let i = this.first; i < this.next; i++) {
      const place = i & (EVENTS_MOST - 1)
      const event = { at: this.times[place * 3]!, mono: this.times[place * 3 + 1]!, ...this.events[place]! }
      events.push(clean(event, hide) as RecordedEvent)
    }
    return { config: clean(JSON.parse(this.configJson) as object, hide), dropped: this.first, events }
  }

  private drop(): void {
    const place = this.first & (EVENTS_MOST - 1)
    this.text -= this.times[place * 3 + 2]!
    this.events[place] = undefined
    this.first++
  }
}

// Redaction -------------------------------------------------------------------

const SECRET = /^(?:token|access_token|refresh_token|id_token|authorization|password|secret|cookie)$/i
const PRIVATE =
  /^(?:number|name|company|call_from|call_to|target|digits|notes|disposition|contact_name|peername|extension|queue_number)$/

type Hide = (value: string) => string

/** The same text gets the same mask of the same length, so that a hidden recording still fits together. */
function hider(): Hide {
  const masks = new Map<string, string>()
  return (value) => {
    const known = masks.get(value)
    if (known !== undefined) return known
    const digits = /^\+?[\d*#]+$/.test(value)
    const serial = String(masks.size + 1)
    const mask = digits
      ? (value.startsWith('+') ? '+' : '') + serial.padStart(value.replace('+', '').length, '0')
      : `#${serial}`.padEnd(value.length, '·')
    masks.set(value, mask)
    return mask
  }
}

function clean(value: unknown, hide: Hide | null, key = ''): unknown {
  if (typeof value === 'string') {
    if (value === '') return value
    if (SECRET.test(key)) return '***'
    if (key === 'body') return cleanText(value, hide)
    return hide && PRIVATE.test(key) ? hide(value) : value
  }
  if (Array.isArray(value)) return value.map((item) => clean(item, hide, key))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, clean(inner, hide, name)]))
}

/** JSON is cleaned inside; anything else is kept, or hidden whole. */
function cleanText(text: string, hide: Hide | null): string {
  try {
    return JSON.stringify(clean(JSON.parse(text), hide))
  } catch {
    return hide ? hide(text) : text.replace(/(bearer|token|password)([\s"':=]+)[^\s"',;&<>]+/gi, '$1$2***')
  }
}
