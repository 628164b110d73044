// What a softphone adapter is: it turns a library's objects into the engine's
// softphone events and carries out softphone commands. An adapter knows this
// file and its library, nothing else: not the engine, not the store, not the CRM.

/** Everything an adapter may say. One flat object an event; absent fields are empty. */
export type SoftphoneEvent =
  /** The library works. `features`: words of SOFTPHONE_FEATURES, blank between; 'transfer attended' when left out. */
  | { type: 'SoftphoneReady'; features?: string }
  | { type: 'SoftphoneFailed'; reason: string }
  | { type: 'Registering' }
  | { type: 'Registered' }
  /** `retry_after_ms`: when the library tries again by itself, as far as it is known; 0 or left out: it does not, or does not say. */
  | { type: 'Unregistered'; reason?: string; retry_after_ms?: number }
  | { type: 'RegistrationFailed'; status_code?: number; reason?: string; retry_after_ms?: number }
  /** An incoming call rings here. `call_id` is minted by the adapter and unique for its life (the SIP Call-ID serves). */
  | {
      type: 'CallOffered'
      call_id: string
      sip_call_id?: string
      number: string
      name?: string
      line?: string
      uniqueid?: string
      linkedid?: string
    }
  /** The outgoing call named by `dial`'s call_id is on its way (the INVITE exists). Sent once. */
  | { type: 'CallDialed'; call_id: string; sip_call_id?: string; line?: string }
  /** A provisional answer: status_code 180 rings, 183 early media, 0 when the library does not say. */
  | { type: 'CallProgress'; call_id: string; status_code?: number }
  /**
   * Both sides talk. `dialog`: whatever the adapter needs to take this call up again from another page (`resume`), as
   * text that only the adapter reads; no secret. Left out where that is not possible.
   */
  | { type: 'CallConnected'; call_id: string; dialog?: string }
  /**
   * The call is over; sent exactly once, when the cause is known as well as it ever will be.
   * `origin`: which side ended it. `status_code`: final SIP status of the INVITE, 0 if none. `q850`: cause of the
   * Reason header, 0 if none. `reason`: Reason text or the library's own words.
   */
  | {
      type: 'CallEnded'
      call_id: string
      origin?: 'unknown' | 'local' | 'remote'
      status_code?: number
      q850?: number
      reason?: string
    }
  | { type: 'RemoteChanged'; call_id: string; number?: string; name?: string }
  | { type: 'HoldConfirmed'; call_id: string; on: boolean }
  | { type: 'HoldRefused'; call_id: string; reason?: string }
  | { type: 'MuteConfirmed'; call_id: string; on: boolean }
  | { type: 'MuteRefused'; call_id: string; reason?: string }
  | { type: 'DtmfSent'; call_id: string }
  | { type: 'DtmfRefused'; call_id: string; reason?: string }
  /** status_code: 202 accepted, then the NOTIFY sipfrag's code; >= 300 failed. */
  | { type: 'TransferProgress'; call_id: string; status_code: number }
  | { type: 'CommandRefused'; call_id: string; refused: SoftphoneCommandName; reason?: string }
  /**
   * A call that was there before the page was loaded goes on: the library still had it (a phone outside the page; said
   * once for each, after SoftphoneReady), or `resume` has brought it back. `on`: it is on hold. `call_id` is the one
   * used from now on.
   */
  | { type: 'CallResumed'; call_id: string; sip_call_id?: string; on: boolean; dialog?: string }
  /** The answer to `check`: the other side still knows the call. When it does not, `CallEnded` is the answer. */
  | { type: 'CallAlive'; call_id: string }
  /** Both calls are one conversation now (`on`), or two again. */
  | { type: 'MergeConfirmed'; call_id: string; other_call_id: string; on: boolean }
  | { type: 'MergeRefused'; call_id: string; reason?: string }
  /** Every few seconds in a call. `mos` 1 to 4.5; a 0 is not measured. */
  | {
      type: 'QualityMeasured'
      call_id: string
      mos?: number
      jitter_ms?: number
      loss_percent?: number
      rtt_ms?: number
    }
  /** Microphone, speaker (device ids, '' the default) and the microphone's permission, when they are known or change. */
  | {
      type: 'DevicesChanged'
      permission: 'unknown' | 'prompt' | 'granted' | 'denied' | 'missing'
      microphone?: string
      speaker?: string
    }

export type SoftphoneCommandName =
  | 'dial'
  | 'answer'
  | 'reject'
  | 'hangup'
  | 'hold'
  | 'mute'
  | 'dtmf'
  | 'transfer'
  | 'register'
  | 'merge'

/**
 * What a softphone may be able to do beyond calls: blind transfer, transfer with consultation (REFER with Replaces),
 * joining two calls into a conference, asking the other side whether a call still exists, and taking up a call again
 * that a page has lost.
 */
export const SOFTPHONE_FEATURES = ['transfer', 'attended', 'conference', 'check', 'resume'] as const

export interface SoftphoneDevices {
  /** From now on, in a live call at once. '' is the system's default. `DevicesChanged` follows. */
  setMicrophone(deviceId: string): Promise<void>
  setSpeaker(deviceId: string): Promise<void>
}

/** SIP account of the session. Stays in the host: the engine never sees it. */
export interface SipAccount {
  uri?: string
  server?: string
  username?: string
  password?: string
  displayName?: string
  [option: string]: unknown
}

export interface AdapterContext {
  /** Report what happened. Safe at any time, also after `stop` (then ignored). Never throws. */
  emit(event: SoftphoneEvent): void
  session: { extension: string; extensionId: string; number: string; name: string; sip: SipAccount }
  /** Where remote audio is played; an adapter that needs an element asks for one. Absent in Node. */
  audio?: () => HTMLAudioElement | null
  log(level: 'debug' | 'info' | 'warn' | 'error', text: string): void
}

/**
 * A softphone behind the engine. Commands never throw and never return results: what became of them is an event.
 * A command for an unknown or ended call is answered by CommandRefused (hold, mute, dtmf: HoldRefused, …).
 */
export interface SoftphoneAdapter {
  readonly name: string
  /**
   * Connect and register. Answer with SoftphoneReady (or SoftphoneFailed) and registration events. Until then the network is
   * not touched: in a tab that follows another there is an adapter too. After `stop` it may come again, and begins anew.
   */
  start(context: AdapterContext): void | Promise<void>
  register(): void
  unregister(): void
  dial(callId: string, number: string): void
  answer(callId: string): void
  reject(callId: string): void
  /** Cancel, decline or BYE: whatever ends the call in its present state. */
  hangup(callId: string): void
  hold(callId: string, on: boolean): void
  mute(callId: string, on: boolean): void
  dtmf(callId: string, digits: string): void
  /** Blind when otherCallId is empty; else attended (REFER with Replaces). */
  transfer(callId: string, target: string, otherCallId: string): void
  /** Joins two calls, so that all three hear each other (`on`), or parts them. Only with the feature 'conference'. */
  merge?(callId: string, otherCallId: string, on: boolean): void
  /** Asks the other side whether the call still exists: CallAlive or CallEnded. Only with the feature 'check'. */
  check?(callId: string): void
  /**
   * Takes a call up again whose page is gone: CallResumed, or CallEnded when nobody has it any more. Only with the
   * feature 'resume'. SIP: an INVITE with Replaces (RFC 3891) for the dialog that `CallConnected` told.
   */
  resume?(callId: string, dialog: string, number: string): void
  /** Microphone and speaker; absent where the library chooses by itself. A promise rejects with a sentence for a person. */
  readonly devices?: SoftphoneDevices
  /** Let go of everything. No event is emitted afterwards. Idempotent. */
  stop(): void | Promise<void>
}
