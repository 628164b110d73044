// What HubSpot has been told of each call, from its announcement to its
// completion. An engagement that is begun is always completed: after the call
// and its wrap-up, at a deadline, or by the next page, which finds it in the
// ledger. Otherwise it would stay in HubSpot as a call that never ended.
import type { Call, CallLog, PhoneState } from '../generated/state.js'
import { isFinal, type Ledger, notesOf, type Tools } from './common.js'
import {
  type EngagementProperties,
  endStatus,
  engagementOf,
  type HubSpotSdk,
  type ObjectCoordinates,
} from './hubspot_words.js'

/** How long the end of a call waits for the id of its engagement. */
const ENGAGEMENT_WAIT_MS = 5_000

/** What the ledger keeps of a call: 'open' from its announcement, 'done' once it is completed. */
type Note = {
  state: 'open' | 'done'
  /** When it was announced, UTC. */
  at: number
  answered: boolean
  /** An engagement was asked for and neither made nor refused yet. */
  waits: boolean
  engagementId?: number
}

interface Told {
  readonly key: string
  readonly callId: string
  note: Note
  stage: 'Announced' | 'Ended'
  /** Since when there is no call any more, monotonic; null while there is. */
  over: number | null
  /** Whom HubSpot knows by this number, until the page has gone there. */
  match: ObjectCoordinates | null
}

export interface CallsOptions {
  announce(call: Call): boolean
  createEngagement(call: Call): boolean
  pop: 'ring' | 'answer' | 'never'
  hideWidget: boolean
  completeWithinMs: number
  dispositions: Readonly<Record<string, string>>
  /** Properties of who was called by a click in HubSpot. */
  callee(callId: string): EngagementProperties
  engagement(properties: EngagementProperties, log: CallLog): EngagementProperties
}

export class HubSpotCalls {
  private readonly told = new Map<string, Told>()
  /** Calls here that are none of HubSpot's business. */
  private readonly passed = new Set<string>()
  private adopted = false
  private timer: unknown

  constructor(
    private readonly sdk: HubSpotSdk,
    private readonly ledger: Ledger,
    private readonly tools: Tools,
    private readonly options: CallsOptions,
    private readonly lookAgain: () => void,
  ) {}

  /** Compares what HubSpot was told with what is so, and tells the difference. */
  follow(state: PhoneState): void {
    const now = this.tools.clock.mono()
    const here = new Set<string>()
    for (const call of Object.values(state.calls)) {
      if (call.callLogId === null) continue
      here.add(call.callLogId)
      const told = this.told.get(call.callLogId) ?? this.meet(call.callLogId, call, state)
      if (told) this.followCall(told, call, now)
    }
    for (const key of this.passed) if (!here.has(key)) this.passed.delete(key)
    if (!this.adopted && state.phase === 'ready') this.adopt(here, now)
    for (const told of [...this.told.values()]) {
      if (!here.has(told.key)) told.over ??= now
      this.followEnd(told, state, now)
    }
    this.wakeAtNextDeadline(now)
  }

  /** Another tab leads now: whatever is open is its to complete. */
  letGo(): void {
    this.told.clear()
    this.passed.clear()
    this.adopted = false
    this.stop()
  }

  /** Completes all that has ended, whatever it still waits for: the page goes. */
  flush(state: PhoneState): void {
    for (const told of [...this.told.values()]) {
      if (told.over === null) continue
      this.end(told, state)
      this.complete(told, state)
    }
  }

  stop(): void {
    this.tools.clock.clearTimeout(this.timer)
    this.timer = undefined
  }

  /** HubSpot has made an engagement; without `key` it is the one of the oldest call that waits for it. */
  engagementMade(engagementId: number, key: string | undefined): void {
    for (const { note } of this.told.values()) if (note.engagementId === engagementId) return
    const told = this.find(key, ({ note }) => note.waits)
    if (told) this.note(told, { engagementId, waits: false })
  }

  engagementRefused(key: string | undefined): void {
    const told = this.find(key, ({ note }) => note.waits)
    if (told) this.note(told, { waits: false })
  }

  /** HubSpot knows this caller; without `key` it is the newest call that is not answered. */
  matched(coordinates: ObjectCoordinates, key: string | undefined): void {
    const told = this.find(key, ({ over, note }) => over === null && !note.answered, 'newest')
    if (told) told.match = coordinates
  }

  callIdOf(key: string | undefined): string | undefined {
    return key === undefined ? undefined : this.told.get(key)?.callId
  }

  // ---------------------------------------------------------------------------

  private find(key: string | undefined, fits: (told: Told) => boolean, which = 'oldest'): Told | undefined {
    if (key !== undefined) return this.told.get(key)
    const fitting = [...this.told.values()].filter(fits)
    return which === 'oldest' ? fitting[0] : fitting.at(-1)
  }

  /** A call this page has not seen before: told by another page, to be announced, or passed over. */
  private meet(key: string, call: Call, state: PhoneState): Told | undefined {
    if (this.passed.has(key)) return undefined
    const before = this.ledger.get(key) as Note | undefined
    if (before ? before.state === 'done' : call.state === 'Ended' || !this.options.announce(call)) {
      this.passed.add(key)
      return undefined
    }
    if (before) return this.take(key, call.id, before, null)
    const createEngagement = this.options.createEngagement(call)
    const at = call.startedAt ?? this.tools.clock.now()
    const told = this.take(key, call.id, { state: 'open', at, answered: false, waits: createEngagement }, null)
    this.note(told, {})
    const log = state.callLogs[key]
    const inbound = call.direction === 'inbound'
    const started = {
      externalCallId: key,
      fromNumber: (log?.call_from ?? (inbound ? call.number : '')) || 'anonymous',
      toNumber: (log?.call_to ?? (inbound ? '' : call.number)) || 'anonymous',
      callStartTime: at,
      createEngagement,
    }
    this.tools.safely(() => (inbound ? this.sdk.incomingCall(started) : this.sdk.outgoingCall(started)))
    return told
  }

  private take(key: string, callId: string, note: Note, over: number | null): Told {
    const told: Told = { key, callId, note, stage: 'Announced', over, match: null }
    this.told.set(key, told)
    return told
  }

  private followCall(told: Told, call: Call, now: number): void {
    if (call.connectedAt !== null && !told.note.answered) {
      this.note(told, { answered: true })
      this.tools.safely(() => this.sdk.callAnswered({ externalCallId: told.key }))
    }
    const { pop } = this.options
    if (told.match && (pop === 'ring' || (pop === 'answer' && told.note.answered))) this.navigate(told, told.match)
    if (call.state !== 'Ended' || told.over !== null) return
    told.over = now
    if (call.endReason === 'transferred')
      this.tools.safely(() => this.sdk.callTransferred?.({ externalCallId: told.key }))
  }

  private navigate(told: Told, objectCoordinates: ObjectCoordinates): void {
    told.match = null
    const { engagementId } = told.note
    const where = { objectCoordinates: objectCoordinates as never, openIn: 'CURRENT_TAB' as const }
    this.tools.safely(() => this.sdk.navigateToRecord(engagementId === undefined ? where : { ...where, engagementId }))
  }

  /** What an earlier page, or a tab that is gone, has announced and not completed. */
  private adopt(here: ReadonlySet<string>, now: number): void {
    this.adopted = true
    for (const [key, entry] of this.ledger.entries()) {
      const note = entry as Note
      if (note.state === 'open' && !here.has(key) && !this.told.has(key))
        this.take(key, '', { ...note, waits: false }, now)
    }
  }

  private followEnd(told: Told, state: PhoneState, now: number): void {
    if (told.over === null) return
    const waited = now - told.over
    if (told.note.waits && waited < ENGAGEMENT_WAIT_MS) return
    this.end(told, state)
    const log = state.callLogs[told.key]
    const inWrapUp = state.agent.wrapUpCallLogId === told.key
    const settled = log === undefined || (isFinal(log) && !inWrapUp)
    if (settled || waited >= this.options.completeWithinMs) this.complete(told, state)
  }

  private end(told: Told, state: PhoneState): void {
    if (told.stage === 'Ended') return
    told.stage = 'Ended'
    const log = state.callLogs[told.key]
    const callEndStatus = isFinal(log) ? endStatus(log) : told.note.answered ? 'COMPLETED' : 'FAILED'
    // The SDK's type asks for the engagement; a call for which none was made has none.
    const engagement = { engagementId: told.note.engagementId as number }
    this.tools.safely(() =>
      this.sdk.callEnded({
        externalCallId: told.key,
        ...(told.note.engagementId === undefined ? ({} as typeof engagement) : engagement),
        callEndStatus,
      }),
    )
  }

  private complete(told: Told, state: PhoneState): void {
    this.told.delete(told.key)
    if (state.calls[told.callId]) this.passed.add(told.key)
    const { engagementId } = told.note
    this.note(told, { state: 'done' })
    this.tools.safely(() =>
      this.sdk.callCompleted({
        externalCallId: told.key,
        ...(engagementId === undefined ? {} : { engagementId }),
        hideWidget: this.options.hideWidget,
        engagementProperties: this.propertiesOf(told, state),
      }),
    )
  }

  private propertiesOf(told: Told, state: PhoneState) {
    const log = state.callLogs[told.key]
    const callee = this.options.callee(told.callId)
    if (!log) {
      const status = told.note.answered ? 'COMPLETED' : 'CANCELED'
      return { hs_timestamp: String(told.note.at), hs_call_status: status, ...callee }
    }
    const { notes, disposition } = notesOf(state, log)
    const word = disposition === null ? undefined : (this.options.dispositions[disposition] ?? disposition)
    const properties = { ...engagementOf(log, notes, word), ...callee }
    return { hs_timestamp: properties.hs_timestamp, ...this.options.engagement(properties, log) }
  }

  private note(told: Told, more: Partial<Note>): void {
    told.note = { ...told.note, ...more }
    this.ledger.set(told.key, told.note)
  }

  private wakeAtNextDeadline(now: number): void {
    this.stop()
    let next = Number.POSITIVE_INFINITY
    for (const { over, note } of this.told.values()) {
      if (over === null) continue
      const waited = now - over
      next = Math.min(next, (note.waits ? ENGAGEMENT_WAIT_MS : this.options.completeWithinMs) - waited)
    }
    if (next === Number.POSITIVE_INFINITY) return
    this.timer = this.tools.clock.setTimeout(this.lookAgain, Math.max(1, next))
  }
}
