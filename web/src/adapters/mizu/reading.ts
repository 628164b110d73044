// What Mizu's callback arguments really mean. Nothing here keeps state; every
// function names the trap it reads around.

import { text } from './api.js'

export type CallEventName =
  | 'setup'
  | 'trying'
  | 'ringing'
  | 'connected'
  | 'disconnected'
  | 'muted'
  | 'unmuted'
  | 'transfer'
  | 'midcall'

const kNames: ReadonlySet<string> = new Set([
  'setup',
  'trying',
  'ringing',
  'connected',
  'disconnected',
  'muted',
  'unmuted',
  'transfer',
  'midcall',
])

export interface CallEvent {
  name: CallEventName
  /** 'unknown' for 0, "" and whatever else is not 1 or 2. */
  direction: 'out' | 'in' | 'unknown'
  peer: string
  display: string
  line: string
  /** Without its brackets; empty when the argument was not a Call-ID at all. */
  callId: string
}

/** Two vocabularies: `callSetup` of old builds, `setup` of new ones, and with apibehaviour 0 or -1 both, back to back. */
export function readCallEvent(args: readonly unknown[]): CallEvent | null {
  const raw = text(args[0])
  const name = raw.replace(/^call(?=[A-Z])/, '').toLowerCase()
  if (!kNames.has(name)) return null
  const direction = text(args[1])
  let display = text(args[3]).trim()
  const id = readCallId(args[5])
  // "Doe, John" shifts the fields by one: the rest of the name stands where the Call-ID should.
  if (!id && text(args[5]).trim() !== '') display = `${display}, ${text(args[5]).trim()}`
  return {
    name: name as CallEventName,
    direction: direction === '1' ? 'out' : direction === '2' ? 'in' : 'unknown',
    peer: text(args[2]).trim(),
    display,
    line: readLine(args[4]),
    callId: id,
  }
}

/** `[abc@1.2.3.4]` in events, `abc@1.2.3.4` in CDRs. Without brackets it must at least look like an id. */
export function readCallId(value: unknown): string {
  const raw = text(value).trim()
  const bracketed = /^\[(.+)\]$/.exec(raw)?.[1]
  if (bracketed) return bracketed.trim()
  return /^\S+@\S+$/.test(raw) || (/^\S{12,}$/.test(raw) && /\d/.test(raw)) ? raw : ''
}

/** Lines are numbers, or strings once the app has called setline("1"); -1 and 0 are no line. */
function readLine(value: unknown): string {
  const line = Number(text(value))
  return Number.isInteger(line) && line > 0 ? String(line) : ''
}

export interface LineDetails {
  callId: string
  peer: string
  held: boolean
}

/**
 * `LINEDETAILS,line,state,callid,remoteusername,localusername,type,localaddress,serveraddress,mute,hold,remotefullname` by the
 * manual; other layouts are in the field. Null when it is none, and the Call-ID is empty where there is none in its place.
 */
export function readLineDetails(details: string): LineDetails | null {
  const fields = details.split(',').map((field) => field.trim())
  if (fields[0] !== 'LINEDETAILS') return null
  const hold = fields.length >= 12 ? (fields[10] ?? '') : ''
  return { callId: readCallId(fields[3]), peer: fields[4] ?? '', held: /^[24]$/.test(hold) || hold === 'true' }
}

export function looksLikeNumber(value: string): boolean {
  return /^[+*#]?[\d\s().*#-]+$/.test(value) && /\d/.test(value)
}

/** Digits for comparing what was dialled with what is reported. */
export function digits(value: string): string {
  return value.replace(/[^\d*#]/g, '')
}

/** `+442079460123` dialled may come back as `02079460123` or `2079460123`. */
export function sameNumber(a: string, b: string): boolean {
  const [x, y] = [digits(a), digits(b)]
  if (x === '' || y === '') return a !== '' && a === b
  const [short, long] = x.length <= y.length ? [x, y] : [y, x]
  return x === y || (short.length >= 7 && long.endsWith(short.replace(/^0+/, '')))
}

export interface Peer {
  number: string
  name: string
  /** Nothing number-like was found, or only our own name: ask the INVITE. */
  doubtful: boolean
}

/**
 * `peername` is the number, or the caller's display name (some builds), or our own user name when the caller is empty or
 * one character long. The first candidate that looks like a number, and is not ourselves, is the number.
 */
export function readPeer(event: CallEvent, localUsers: readonly string[], lineDetails: string): Peer {
  const isUs = (value: string) => localUsers.includes(value)
  const candidates = [event.peer, event.display, lineDetails.split(',')[4]?.trim() ?? '']
  const number = candidates.find((value) => looksLikeNumber(value) && !isUs(value)) ?? ''
  const name =
    [event.display, event.peer].find(
      (value) => value !== '' && value !== number && !looksLikeNumber(value) && !isUs(value),
    ) ?? ''
  if (number) return { number, name, doubtful: false }
  // A SIP user may be a word. If the peer is neither a number nor us, it is the best there is.
  const word = event.peer !== '' && !isUs(event.peer) ? event.peer : ''
  return { number: word, name: name === word ? '' : name, doubtful: true }
}

/** User and display name of a From header: `"Doe, John" <sip:+44@host>;tag=1`. */
export function readFrom(header: string): { number: string; name: string } | null {
  if (/^error/i.test(header)) return null
  const user = /sips?:([^@>;]+)@/i.exec(header)?.[1]
  if (!user) return null
  return { number: decodeURIComponent(user), name: /^\s*(?:from:\s*)?"([^"]*)"/i.exec(header)?.[1] ?? '' }
}

export interface Cdr {
  callId: string
  caller: string
  called: string
  peer: string
  direction: 'out' | 'in' | 'unknown'
  reason: string
}

export function readCdr(args: readonly unknown[]): Cdr {
  const direction = text(args[4])
  return {
    caller: text(args[0]).trim(),
    called: text(args[1]).trim(),
    peer: text(args[5]).trim(),
    direction: direction === '1' ? 'out' : direction === '2' ? 'in' : 'unknown',
    reason: text(args[6]).trim(),
    callId: readCallId(args[8]),
  }
}

export interface Ending {
  origin: 'unknown' | 'local' | 'remote'
  status: number
  transferred: boolean
}

/** The reason of a CDR: `486 Busy Here`, or words of the library's own. */
export function readEnding(reason: string, endedByUs: boolean): Ending {
  const fallback = endedByUs ? 'local' : 'remote'
  const status = Number(/^(\d{3})\b/.exec(reason)?.[1] ?? 0)
  if (status >= 300) return { origin: fallback, status, transferred: false }
  const has = (pattern: RegExp) => pattern.test(reason)
  if (has(/transfer/i)) return { origin: 'local', status: 0, transferred: true }
  if (has(/cancel received/i)) return { origin: 'remote', status: 487, transferred: false }
  if (has(/timeout|no response/i)) return { origin: 'remote', status: 408, transferred: false }
  if (has(/rejected by peer/i)) return { origin: 'remote', status: 603, transferred: false }
  if (has(/autoreject/i)) return { origin: 'local', status: 486, transferred: false }
  if (has(/user hung ?up|^rejected|^ignored/i)) return { origin: 'local', status: 0, transferred: false }
  return { origin: fallback, status: 0, transferred: false }
}
