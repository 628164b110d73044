// What the parts of the SIP.js adapter share: the library, the options, the
// live calls, and a way to speak that falls silent after `stop`.

import type * as SipJs from 'sip.js'
import type { AdapterContext, SoftphoneEvent } from '../../ports.js'
import type { AdapterClock } from '../common.js'
import type { Media } from '../media/media.js'
import type { QualityWatch } from '../media/quality.js'

export type Sip = typeof SipJs

export interface SipjsOptions {
  /** `import * as SIP from 'sip.js'`. Without it the adapter imports 'sip.js' itself when it starts. */
  sip?: Sip
  /**
   * A UserAgent that the application has already. It is used and listened to, started if it is not, and not stopped;
   * what its own delegate hears it goes on hearing.
   */
  userAgent?: SipJs.UserAgent | undefined
  /** SIP.js's SessionManager that the application has already: its sessions are taken up, its registration is its own. */
  sessionManager?: SessionManagerLike
  /** WebSocket of the PBX, when the session's account does not name it. */
  server?: string
  /** Empty by default: SIP.js would otherwise ask a public STUN server and wait five seconds for it. */
  iceServers?: RTCIceServer[]
  iceGatheringTimeoutMs?: number
  /** Constraints for the microphone. */
  audio?: boolean | MediaTrackConstraints
  /** Applies the answer in a 183, so that announcements are heard. Turn it off behind a proxy that forks INVITEs. */
  earlyMedia?: boolean
  /** Sent when the agent rejects. 486 lets Asterisk tell a reject from a phone that was not answered. */
  rejectStatusCode?: number
  /** `rtp` sends RFC 4733 events and falls back to INFO where there is no sender; `info` always sends INFO. */
  dtmf?: 'rtp' | 'info'
  expiresSeconds?: number
  userAgentOptions?: Partial<SipJs.UserAgentOptions>
  clock?: AdapterClock
  random?: () => number
}

/** What is used of `Web.SessionManager`; it connects, reconnects and registers by itself. */
export interface SessionManagerLike {
  readonly userAgent: SipJs.UserAgent
  delegate?: object | undefined
  isConnected(): boolean
  connect(): Promise<void>
  register(options?: object): Promise<void>
  unregister(): Promise<void>
}

/** One call leg and everything known about its end. */
export interface SipCall {
  readonly id: string
  readonly session: SipJs.Session
  readonly incoming: boolean
  established: boolean
  ended: boolean
  /** We asked for the end: cancel, reject or BYE. */
  endedByUs: boolean
  /** The far end's BYE or CANCEL was seen. SIP.js has no other sign of who hung up. */
  endedByThem: boolean
  /** The agent has said yes, and the microphone is being opened. */
  answering: boolean
  status: number
  q850: number
  reason: string
  /** The final answer was made by the library itself (no transport), not by the PBX. */
  madeLocally: boolean
  endTimer: unknown
  lastProgress: number
  /** It takes the place of a call whose page is gone. */
  resuming: boolean
  held: boolean
  /** The hold state of the re-INVITE in flight, and the one asked for meanwhile. */
  holdInFlight: boolean | null
  holdWanted: boolean | null
  muted: boolean
  /** The socket dropped while this call was up: nobody will tell us about its end. */
  orphaned: boolean
  /** `check` was asked and not answered yet. */
  checking: boolean
  quality: QualityWatch | undefined
  name: string
  number: string
}

export interface Core {
  readonly sip: Sip
  readonly options: SipjsOptions
  readonly context: AdapterContext
  readonly clock: AdapterClock
  readonly random: () => number
  readonly calls: Map<string, SipCall>
  readonly media: Media
  /** The user agent belongs to the application. */
  readonly borrowed: boolean
  emit(event: SoftphoneEvent): void
}
