// The door `offhook/salesforce`: a phone in a Salesforce call centre, by Open
// CTI for Lightning Experience. Numbers can be clicked while the phone can
// dial, a call that rings opens its record and the panel, and every call_log
// becomes one Task.
import type { Call, CallLog, PhoneState } from '../generated/state.js'
import type { Phone } from '../phone.js'
import { type Connected, follow, type IntegrationOptions, Ledger, leads, type Tools, toolsFor } from './common.js'
import { SalesforceLogs } from './salesforce_logs.js'
import {
  type ClickPayload,
  type CtiResponse,
  clickedRelation,
  foundRelation,
  type OpenCti,
  type Relation,
  type TaskFields,
  wordsOf,
} from './salesforce_words.js'

export type { Connected, IntegrationOptions, KeyValues } from './common.js'
export type { CtiResponse, OpenCti, TaskFields } from './salesforce_words.js'

export interface OpenCtiOptions extends IntegrationOptions {
  /** Which calls open a record as they ring; all when left out. */
  pop?(call: Call): boolean
  /** Which finished calls become a Task; all when left out. */
  log?(log: CallLog): boolean
  /** The last word on a Task's fields. */
  task?(fields: TaskFields, log: CallLog): TaskFields
  /** The Task of a call is there. */
  saved?(log: CallLog, recordId: string): void
  /** Opens the softphone panel when a call rings; true when left out. */
  showPanel?: boolean
}

/**
 * Joins a phone with Salesforce. `cti` is `sforce.opencti` of Lightning's opencti_min.js. Nothing is ever thrown;
 * problems go to `logger`.
 */
export function connectOpenCti(phone: Phone, cti: OpenCti, options: OpenCtiOptions = {}): Connected {
  const tools = toolsFor('salesforce', options)
  try {
    return new OpenCtiLink(phone, cti, options, tools)
  } catch (error) {
    tools.log('error', `not connected: ${String(error)}`)
    return { dispose() {} }
  }
}

/** Open CTI cannot be told to stop listening: one listener an object, for whoever is connected to it now. */
const listeners = /* @__PURE__ */ new WeakMap<OpenCti, { clicked: ((payload: ClickPayload) => void) | null }>()

class OpenCtiLink implements Connected {
  private readonly logs: SalesforceLogs
  private readonly unfollow: () => void
  private readonly clicked: (payload: ClickPayload) => void
  private clickable: boolean | null = null
  private led = false
  private disposed = false
  /** Calls that have rung here, while they are in the state. */
  private readonly rung = new Set<string>()
  /** Whom a call is with, until its call_log is noted. */
  private readonly relations = new Map<string, Relation>()

  constructor(
    private readonly phone: Phone,
    private readonly cti: OpenCti,
    private readonly options: OpenCtiOptions,
    private readonly tools: Tools,
  ) {
    const { log = () => true, task = (fields) => fields, saved = () => {} } = options
    this.logs = new SalesforceLogs(cti, new Ledger('offhook.salesforce', options.storage, tools), tools, {
      wanted: log,
      task,
      saved,
    })
    this.clicked = (payload) => this.dial(payload)
    this.listen()
    this.unfollow = follow(phone, tools, (state) => this.follow(state))
    tools.safely(() => this.follow(phone.store.getState()))
  }

  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    this.unfollow()
    this.logs.letGo()
    const heard = listeners.get(this.cti)
    if (heard?.clicked !== this.clicked) return
    heard.clicked = null
    this.setClickable(false)
  }

  private listen(): void {
    const known = listeners.get(this.cti)
    if (known) {
      known.clicked = this.clicked
      return
    }
    const heard = { clicked: this.clicked as ((payload: ClickPayload) => void) | null }
    this.cti.onClickToDial({ listener: (payload) => heard.clicked?.(payload) })
    listeners.set(this.cti, heard)
  }

  // From Salesforce -----------------------------------------------------------------

  private dial(payload: ClickPayload): void {
    this.tools.safely(() => {
      const number = String(payload?.number ?? '')
      this.phone.call(number).then(
        (callId) => this.relate(callId, clickedRelation(payload)),
        (error: unknown) => this.tools.log('warn', `not dialled: ${String(error)}`),
      )
    })
  }

  /** Told of now, or with the call_log when that comes. */
  private relate(callId: string, relation: Relation): void {
    this.tools.safely(() => {
      const key = this.phone.store.getState().calls[callId]?.callLogId
      if (key) this.logs.relate(key, relation)
      else this.relations.set(callId, relation)
    })
  }

  // From the phone ------------------------------------------------------------------

  private follow(state: PhoneState): void {
    if (this.disposed) return
    this.setClickable(state.can.call.ok)
    const leading = leads(state)
    if (leading) {
      for (const call of Object.values(state.calls)) this.followCall(call)
      this.logs.follow(state)
    } else if (this.led) this.logs.letGo()
    this.led = leading
    for (const id of this.rung) if (!state.calls[id]) this.rung.delete(id)
  }

  private followCall(call: Call): void {
    const relation = this.relations.get(call.id)
    if (relation && call.callLogId) {
      this.relations.delete(call.id)
      this.logs.relate(call.callLogId, relation)
    }
    if (call.direction !== 'inbound' || call.state !== 'Offered' || this.rung.has(call.id)) return
    this.rung.add(call.id)
    if (this.options.showPanel !== false) {
      this.tools.safely(() =>
        this.cti.setSoftphonePanelVisibility({ visible: true, callback: this.told('the panel was not shown') }),
      )
    }
    if (call.number !== '' && (this.options.pop?.(call) ?? true)) this.pop(call)
  }

  private pop(call: Call): void {
    this.tools.safely(() =>
      this.cti.searchAndScreenPop({
        searchParams: call.number,
        callType: this.cti.CALL_TYPE.INBOUND,
        deferred: false,
        callback: (response) => {
          this.told('no record was opened')(response)
          if (response?.success && !this.disposed) this.relate(call.id, foundRelation(response.returnValue))
        },
      }),
    )
  }

  private setClickable(on: boolean): void {
    if (this.clickable === on) return
    this.clickable = on
    const callback = this.told(`click-to-dial was not ${on ? 'enabled' : 'disabled'}`)
    this.tools.safely(() => (on ? this.cti.enableClickToDial({ callback }) : this.cti.disableClickToDial({ callback })))
  }

  private told(what: string): (response: CtiResponse) => void {
    return (response) => {
      if (response && !response.success) this.tools.log('warn', `${what}: ${wordsOf(response.errors)}`)
    }
  }
}
