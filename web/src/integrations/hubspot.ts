// The door `offhook/hubspot`: a phone in HubSpot's calling iframe, by
// @hubspot/calling-extensions-sdk. A click on a number dials, calls appear as
// engagements, known callers open their record, and every call is completed
// once. Messages before READY would be dropped by the SDK: they wait for it.
import type { Call, CallLog, PhoneState } from '../generated/state.js'
import type { Phone } from '../phone.js'
import { type Connected, follow, type IntegrationOptions, Ledger, leads, type Tools, toolsFor } from './common.js'
import { HubSpotCalls } from './hubspot_calls.js'
import type {
  DialData,
  EngagementData,
  EngagementProperties,
  Handlers,
  HubSpotSdk,
  MatchData,
  ReadyData,
  Size,
} from './hubspot_words.js'

export type { Connected, IntegrationOptions, KeyValues } from './common.js'
export type { EngagementProperties, HubSpotSdk } from './hubspot_words.js'

/** `CallingExtensions`, the SDK's default export. Its options are its own. */
export type CallingExtensionsClass = new (options: never) => HubSpotSdk

export interface HubSpotOptions extends IntegrationOptions {
  /** Which calls HubSpot hears of; all when left out. */
  announce?(call: Call): boolean
  /** Whether HubSpot makes an engagement of its own for a call; always when left out. */
  createEngagement?(call: Call): boolean
  /** When the record of a caller whom HubSpot knows is opened; as it rings when left out. */
  pop?: 'ring' | 'answer' | 'never'
  /** How many of several records found: only a single one when left out. */
  popFirstOfMany?: boolean
  /** Hides HubSpot's calling widget once a call is completed; the phone stays in sight when left out. */
  hideWidget?: boolean
  /** How long after its end a call in wrap-up is completed all the same; 2 minutes when left out. */
  completeWithinMs?: number
  /** HubSpot's ids of call outcomes (a GUID each) by our disposition. */
  dispositions?: Readonly<Record<string, string>>
  /** The last word on an engagement's properties (hs_call_…). */
  engagement?(properties: EngagementProperties, log: CallLog): EngagementProperties
  /** Size of the widget. */
  sizeInfo?: Size
  /** Handlers of yours for the SDK's events; ours come first. */
  eventHandlers?: Handlers
  debugMode?: boolean
}

/** Waiting: for READY. Silent: HubSpot's remote, while the calling window speaks. */
type Link = 'Waiting' | 'Silent' | 'Ready' | 'Disposed'

/**
 * Joins a phone with HubSpot. `sdk` is the class `CallingExtensions`, or an instance that you have made: then its event
 * handlers go on being called. Nothing is ever thrown; problems go to `logger`.
 */
export function connectHubSpot(
  phone: Phone,
  sdk: CallingExtensionsClass | HubSpotSdk,
  options: HubSpotOptions = {},
): Connected {
  const tools = toolsFor('hubspot', options)
  try {
    return new HubSpotLink(phone, sdk, options, tools)
  } catch (error) {
    tools.log('error', `not connected: ${String(error)}`)
    return { dispose() {} }
  }
}

interface Instance extends HubSpotSdk {
  options?: { eventHandlers?: Handlers }
  iFrameManager?: { isReady?: boolean; remove?(): void }
}

class HubSpotLink implements Connected {
  private link: Link = 'Waiting'
  private readonly sdk: Instance
  private readonly calls: HubSpotCalls
  private readonly ends: (() => void)[] = []
  private readonly callees = new Map<string, EngagementProperties>()
  private led = false
  private engagementId: number | undefined
  private told: { login: boolean; available: boolean } | null = null

  constructor(
    private readonly phone: Phone,
    sdk: CallingExtensionsClass | HubSpotSdk,
    private readonly options: HubSpotOptions,
    private readonly tools: Tools,
  ) {
    this.sdk = this.attach(sdk)
    this.calls = new HubSpotCalls(
      this.sdk,
      new Ledger('offhook.hubspot', options.storage, tools),
      tools,
      {
        announce: options.announce ?? (() => true),
        createEngagement: options.createEngagement ?? (() => true),
        pop: options.pop ?? 'ring',
        hideWidget: options.hideWidget ?? false,
        completeWithinMs: options.completeWithinMs ?? 120_000,
        dispositions: options.dispositions ?? {},
        engagement: options.engagement ?? ((properties) => properties),
        callee: (callId) => this.callees.get(callId) ?? {},
      },
      () => this.look(),
    )
    this.ends.push(follow(phone, tools, (state) => this.follow(state)))
    const flush = () => tools.safely(() => this.flush())
    globalThis.addEventListener?.('pagehide', flush)
    this.ends.push(() => globalThis.removeEventListener?.('pagehide', flush))
    if (this.sdk.iFrameManager?.isReady) this.ready({})
  }

  dispose(): void {
    if (this.link === 'Disposed') return
    this.tools.safely(() => this.flush())
    this.link = 'Disposed'
    this.calls.stop()
    for (const end of this.ends) this.tools.safely(end)
  }

  // The SDK -----------------------------------------------------------------------

  private attach(sdk: CallingExtensionsClass | HubSpotSdk): Instance {
    const ours = this.handlers()
    if (typeof sdk === 'function') {
      const given = this.options.eventHandlers ?? {}
      const settings = { debugMode: this.options.debugMode ?? false, eventHandlers: this.chained(ours, given) }
      const made: Instance = new sdk(settings as never)
      this.ends.push(() => made.iFrameManager?.remove?.())
      return made
    }
    const instance: Instance = sdk
    const settings = instance.options
    if (!settings) throw new Error('the SDK’s instance has no options: give the class CallingExtensions')
    const before = settings.eventHandlers ?? {}
    settings.eventHandlers = this.chained(ours, { ...before, ...this.options.eventHandlers })
    this.ends.push(() => {
      settings.eventHandlers = before
    })
    return instance
  }

  /** Ours, then theirs; after the end theirs alone. */
  private chained(ours: Handlers, theirs: Handlers): Handlers {
    const both: Handlers = { defaultEventHandler: () => {}, ...theirs }
    for (const [name, handler] of Object.entries(ours)) {
      both[name] = (data, event) => {
        if (this.link !== 'Disposed') this.tools.safely(() => handler(data, event))
        theirs[name]?.(data, event)
      }
    }
    return both
  }

  private handlers(): Handlers {
    const made = (data: unknown) => {
      const { engagementId, externalCallId } = (data ?? {}) as EngagementData
      if (typeof engagementId === 'number') this.calls.engagementMade(engagementId, externalCallId)
      this.look()
    }
    return {
      onReady: (data) => this.ready((data ?? {}) as ReadyData),
      onDialNumber: (data) => this.dial((data ?? {}) as DialData),
      onEndCall: (data) => this.hangup((data ?? {}) as EngagementData),
      onCreateEngagementSucceeded: made,
      // The SDK's older word for the same.
      onEngagementCreated: made,
      onCreateEngagementFailed: (data) => {
        this.calls.engagementRefused(((data ?? {}) as EngagementData).externalCallId)
        this.failed('no engagement was made', data)
        this.look()
      },
      onCallerIdMatchSucceeded: (data) => this.matched((data ?? {}) as MatchData),
      onUpdateEngagementFailed: (data) => this.failed('an engagement was not updated', data),
      onNavigateToRecordFailed: (data) => this.failed('the record was not opened', data),
    }
  }

  private failed(what: string, data: unknown): void {
    const error = (data as { error?: { message?: unknown } } | null)?.error
    this.tools.log('warn', `${what}${error === undefined ? '' : `: ${String(error.message ?? error)}`}`)
  }

  private ready({ engagementId, iframeLocation, usesCallingWindow }: ReadyData): void {
    // With a calling window, the small frame in the navigation bar shows what the window does and says nothing itself.
    this.link = iframeLocation === 'remote' && usesCallingWindow === true ? 'Silent' : 'Ready'
    this.engagementId = typeof engagementId === 'number' ? engagementId : this.engagementId
    this.told = null
    this.look()
  }

  private dial({ phoneNumber, calleeInfo }: DialData): void {
    if (!phoneNumber) {
      this.tools.log('warn', 'HubSpot asked to dial no number')
      return
    }
    const { calleeId, calleeObjectTypeId } = calleeInfo ?? {}
    this.phone.call(String(phoneNumber)).then(
      (callId) => {
        if (calleeId === undefined || calleeId === null) return
        this.callees.set(callId, {
          hs_call_callee_object_id: String(calleeId),
          ...(calleeObjectTypeId ? { hs_call_callee_object_type_id: String(calleeObjectTypeId) } : {}),
        })
        for (const old of [...this.callees.keys()].slice(0, -50)) this.callees.delete(old)
      },
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error)
        this.tools.log('warn', `not dialled: ${message}`)
        if (this.link === 'Ready') this.tools.safely(() => this.sdk.sendError({ message }))
      },
    )
  }

  private hangup({ externalCallId }: EngagementData): void {
    this.phone.hangup(this.calls.callIdOf(externalCallId)).catch((error: unknown) => {
      this.tools.log('warn', `not hung up: ${String(error)}`)
    })
  }

  private matched({ callerIdMatches = [], externalCallId }: MatchData): void {
    const [first] = callerIdMatches
    if (first === undefined || (callerIdMatches.length > 1 && !this.options.popFirstOfMany)) return
    this.calls.matched(first.objectCoordinates, externalCallId)
    this.look()
  }

  // The phone -----------------------------------------------------------------------

  private look(): void {
    this.tools.safely(() => this.follow(this.phone.store.getState()))
  }

  private follow(state: PhoneState): void {
    if (this.link !== 'Ready') return
    this.tellPresence(state)
    const leading = leads(state)
    if (leading) this.calls.follow(state)
    else if (this.led) this.calls.letGo()
    this.led = leading
    if (leading && state.phase === 'disposed') this.calls.flush(state)
  }

  private tellPresence(state: PhoneState): void {
    const { registration, agent } = state
    // While it registers anew the user is as logged in as before: HubSpot would close the dialler for a moment.
    const login =
      registration.state === 'Registered' || (registration.state === 'Registering' && this.told?.login === true)
    const available = login && agent.status === 'ONLINE'
    const before = this.told
    this.told = { login, available }
    if (before === null) {
      const { engagementId } = this
      const { sizeInfo } = this.options
      this.tools.safely(() =>
        this.sdk.initialized({
          isLoggedIn: login,
          isAvailable: available,
          ...(engagementId === undefined ? {} : { engagementId }),
          ...(sizeInfo === undefined ? {} : { sizeInfo }),
        }),
      )
      return
    }
    if (before.login !== login) this.tools.safely(() => (login ? this.sdk.userLoggedIn() : this.sdk.userLoggedOut()))
    if (before.available !== available)
      this.tools.safely(() => (available ? this.sdk.userAvailable() : this.sdk.userUnavailable()))
  }

  private flush(): void {
    const state = this.phone.store.getState()
    if (this.link !== 'Ready' || !leads(state)) return
    this.calls.follow(state)
    this.calls.flush(state)
  }
}
