// What every adapter needs and no library gives: timers that a test can
// replace, a bounded back-off, refusals, and reading of a few SIP headers. No state.

import type { AdapterContext, SipAccount, SoftphoneAdapter, SoftphoneCommandName, SoftphoneEvent } from '../ports.js'

/** The part of a clock that an adapter uses; `virtualClock()` of offhook/testing fits. */
export interface AdapterClock {
  setTimeout(run: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
}

export const systemClock: AdapterClock = {
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
}

/**
 * The socket dropped while a call rang here: its CANCEL may be lost. The PBX rings on, and a new socket can still answer; this
 * is how long it is believed.
 */
export const RINGING_WITHOUT_SOCKET_MS = 60_000

/** 1, 2, 4 … 30 s, each ±25 % so that an office does not come back in one instant. */
export function backoffMs(attempt: number, random: () => number): number {
  const base = Math.min(30_000, 1_000 * 2 ** Math.min(attempt, 5))
  return Math.round(base * (0.75 + random() * 0.5))
}

export interface ReasonHeader {
  /** Cause of the Q.850 value, 0 if there is none. */
  q850: number
  /** The text, or the header itself when it has no text: `Q.850;cause=0` is not the same as no header. */
  text: string
}

const kCompletedElsewhere = 'Call completed elsewhere'

/**
 * Reads the values of `Reason` (RFC 3326): `Q.850;cause=16;text="Normal"`, `SIP;cause=200;text="Call completed elsewhere"`.
 * SIP cause 200 means that another phone answered, which is Q.850 cause 26 (non-selected user clearing).
 */
export function readReason(values: readonly string[]): ReasonHeader {
  let q850 = 0
  let text = ''
  let elsewhere = false
  for (const value of values.flatMap(splitOutsideQuotes)) {
    const cause = Number(/;\s*cause\s*=\s*"?(\d{1,4})/i.exec(value)?.[1] ?? 0)
    if (/^\s*q\.850\b/i.test(value)) q850 = cause
    if (/^\s*sip\b/i.test(value) && cause === 200) elsewhere = true
    text ||= /;\s*text\s*=\s*"([^"]*)"/i.exec(value)?.[1]?.trim() ?? ''
  }
  if (elsewhere && q850 === 0) q850 = 26
  if (q850 === 26) text ||= kCompletedElsewhere
  return { q850, text: text || (values[0]?.trim() ?? '') }
}

function splitOutsideQuotes(value: string): string[] {
  return value.match(/(?:[^,"]|"[^"]*")+/g) ?? []
}

/** Words of an error, whatever was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error ?? '')
}

/** Runs a library call that may throw or reject; the library's mistakes never become ours. */
export function attempt(run: () => unknown, failed: (reason: string, error: unknown) => void): void {
  try {
    Promise.resolve(run()).catch((error) => failed(errorText(error), error))
  } catch (error) {
    failed(errorText(error), error)
  }
}

/** A refusal in the words that the port has for each command. */
export function refusal(callId: string, refused: SoftphoneCommandName, reason: string): SoftphoneEvent {
  const event = { call_id: callId, reason }
  if (refused === 'hold') return { type: 'HoldRefused', ...event }
  if (refused === 'mute') return { type: 'MuteRefused', ...event }
  if (refused === 'dtmf') return { type: 'DtmfRefused', ...event }
  if (refused === 'merge') return { type: 'MergeRefused', ...event }
  return { type: 'CommandRefused', call_id: callId, refused, reason }
}

/** Of the account's uri, else of its WebSocket. */
export function accountDomain(sip: SipAccount, server: string): string {
  const ofUri = /^(?:sips?:)?[^@]*@([^;>?]+)/i.exec(sip.uri ?? '')?.[1]
  return ofUri ?? /^wss?:\/\/([^/:]+)/i.exec(server)?.[1] ?? 'invalid'
}

/** `sip:1001@pbx.example` of the session's account. */
export function accountUri(session: AdapterContext['session'], server: string): string {
  const { uri, username } = session.sip
  if (!uri) return `sip:${username ?? session.extension}@${accountDomain(session.sip, server)}`
  return /^sips?:/i.test(uri) ? uri : `sip:${uri}`
}

/** A bare number is completed with the domain of the account; `*`, `+`, … stay, `#` and blanks are percent-encoded. */
export function sipTarget(target: string, domain: string): string {
  if (/^sips?:/i.test(target)) return target
  const user = target.replace(/[^A-Za-z0-9\-_.!~*'()&=+$,;?/%]/g, (c) => encodeURIComponent(c))
  return `sip:${user}@${domain}`
}

/** User and display name of a name-addr: `"Sue Supervisor" <sip:1003@vm>;tag=1`. */
export function readNameAddr(header: string | undefined): { number: string; name: string } | null {
  const user = /sips?:([^@>;]+)@/i.exec(header ?? '')?.[1]
  if (!user) return null
  const name =
    /^\s*"((?:[^"\\]|\\.)*)"\s*</.exec(header ?? '')?.[1] ?? /^\s*([^"<]*?)\s*</.exec(header ?? '')?.[1] ?? ''
  return { number: decode(user), name: name.replace(/\\(.)/g, '$1') }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export function ignore(): void {}

/**
 * An adapter that may be started again after it was stopped, each time as one that was just made: a tab that lost the
 * phone to another tab may get it back.
 */
export function restartable(make: () => SoftphoneAdapter): SoftphoneAdapter {
  let now = make()
  let stopped = false
  const face: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(now)) {
    const present = () => (now as unknown as Record<string, unknown>)[name]
    if (typeof value === 'function') face[name] = (...given: unknown[]) => (present() as typeof value)(...given)
    else Object.defineProperty(face, name, { enumerable: true, get: present })
  }
  return Object.assign(face as unknown as SoftphoneAdapter, {
    start(context: AdapterContext) {
      if (stopped) now = make()
      stopped = false
      return now.start(context)
    },
    stop() {
      stopped = true
      return now.stop()
    },
  })
}
