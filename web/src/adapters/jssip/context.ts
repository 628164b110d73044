// What the parts of the JsSIP adapter share: the little of the library that is
// used, the options, the live calls, and a way to speak that falls silent after `stop`.

import type { AdapterContext, SoftphoneEvent } from '../../ports.js'
import type { AdapterClock } from '../common.js'
import type { Media } from '../media/media.js'
import type { QualityWatch } from '../media/quality.js'

/** A request or a response, as far as it is read. */
export interface Message {
  readonly method?: string
  readonly call_id?: string
  readonly from_tag?: string
  readonly to_tag?: string
  readonly status_code?: number
  readonly reason_phrase?: string
  getHeader(name: string): string | undefined
  getHeaders?(name: string): string[]
}

export interface Terminate {
  status_code?: number
  reason_phrase?: string
  cause?: string
}

// biome-ignore lint/suspicious/noExplicitAny: each event of JsSIP has a shape of its own
type Listener = (event: any) => void

/** JsSIP.RTCSession. */
export interface Session {
  readonly id: string
  readonly direction: string
  readonly status: number
  readonly connection: RTCPeerConnection | null
  readonly remote_identity: {
    readonly uri: { readonly user?: string; toString(): string }
    display_name?: string | null
  }
  on(event: string, listener: Listener): unknown
  answer(options: object): void
  terminate(options?: Terminate): void
  isEnded(): boolean
  isReadyToReOffer(): boolean
  isOnHold(): { local: boolean; remote: boolean }
  isMuted(): { audio?: boolean }
  hold(options: object, done: () => void): boolean
  unhold(options: object, done: () => void): boolean
  renegotiate(options: object, done: () => void): boolean
  mute(options: { audio: boolean }): void
  unmute(options: { audio: boolean }): void
  sendDTMF(tones: string, options: object): void
  refer(target: string, options: object): unknown
  /** Not of its public face; touched only where they exist. See calls.ts and hold.ts for why. */
  _is_canceled?: boolean
  _localHold?: boolean
}

/** JsSIP.UA. */
export interface UserAgent {
  start(): void
  stop(): void
  register(): void
  unregister(): void
  isConnected(): boolean
  isRegistered(): boolean
  call(target: string, options: object): unknown
  registrator(): object
  sendOptions?(target: string | object): unknown
  /** Of a UA that is JsSIP's own; `registrar_server` is a JsSIP.URI. */
  readonly configuration?: { readonly registrar_server?: object | null } | undefined
  on(event: string, listener: Listener): unknown
  removeListener(event: string, listener: Listener): unknown
}

/** The library itself: `import JsSIP from 'jssip'`. */
export interface JsSip {
  UA: new (configuration: never) => unknown
  WebSocketInterface: new (url: string) => unknown
}

export interface JssipOptions {
  /** `import JsSIP from 'jssip'`. Without it the adapter imports 'jssip' itself when it starts. */
  jssip?: JsSip
  /**
   * A JsSIP.UA that the application has already. It is used and listened to, started if it is not connected, and not
   * stopped; its configuration (no_answer_timeout, registration, …) stays as it is.
   */
  ua?: object
  /** WebSocket of the PBX, when the session's account does not name it. */
  server?: string
  /** Empty by default: no server is asked for addresses. */
  iceServers?: RTCIceServer[]
  /** JsSIP waits for the last candidate; this is how long at most. */
  iceGatheringTimeoutMs?: number
  /** Constraints for the microphone. */
  audio?: boolean | MediaTrackConstraints
  /** Announcements in a 183 are heard. */
  earlyMedia?: boolean
  /** Sent when the agent rejects. 486 lets Asterisk tell a reject from a phone that was not answered. */
  rejectStatusCode?: number
  /** `rtp` sends RFC 4733 events and falls back to INFO where there is no sender; `info` always sends INFO. */
  dtmf?: 'rtp' | 'info'
  expiresSeconds?: number
  /** Anything else of JsSIP's UA configuration; it wins over ours. */
  uaConfiguration?: Record<string, unknown>
  clock?: AdapterClock
  random?: () => number
}

/** A re-INVITE of ours: what for, and what to do when JsSIP would hang the call up because it was refused. */
export interface Reoffer {
  readonly kind: 'hold' | 'check'
  readonly on: boolean
  settle(ok: boolean, reason: string): void
}

/** One call leg and everything known about its end. */
export interface JssipCall {
  readonly id: string
  readonly incoming: boolean
  /** Absent while the microphone is asked for, before JsSIP is. */
  session: Session | undefined
  stream: MediaStream | undefined
  established: boolean
  ended: boolean
  /** We asked for the end: cancel, reject or BYE. */
  endedByUs: boolean
  answering: boolean
  /** The words of the browser, when it refused the microphone. */
  reason: string
  /** The cause with which JsSIP hung up by itself. */
  ownCause: string
  lastProgress: number
  /** It takes the place of a call whose page is gone. */
  resuming: boolean
  held: boolean
  /** The one re-INVITE there may be, and the hold asked for meanwhile. */
  reoffer: Reoffer | null
  holdWanted: boolean | null
  muted: boolean
  /** Digits on their way by INFO: how many answers each `dtmf` still waits for. */
  readonly digits: { left: number }[]
  /** What the other side sends, for the audio element. */
  remote: MediaStream | undefined
  /** The socket dropped while this call was up: nobody will tell us about its end. */
  orphaned: boolean
  /** `check` was asked and not answered yet. */
  checking: boolean
  name: string
  number: string
  /** Dialog identifiers as the PBX sees them, for Replaces: its own tag and ours. */
  dialog: { callId: string; ours: string; theirs: string }
  quality: QualityWatch | undefined
  iceTimer: unknown
  /** It rang when the socket dropped: how long that is believed. */
  ringTimer: unknown
}

export interface Core {
  readonly options: JssipOptions
  readonly context: AdapterContext
  readonly clock: AdapterClock
  readonly random: () => number
  readonly media: Media
  readonly calls: Map<string, JssipCall>
  readonly ua: UserAgent
  /** The UA belongs to the application. */
  readonly borrowed: boolean
  /** The call that `ua.call` is being called for. */
  dialing: JssipCall | undefined
  emit(event: SoftphoneEvent): void
}
