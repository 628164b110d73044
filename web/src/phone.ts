// createPhone: the package's face. Loads the engine, joins it with the store,
// the backend, the socket and the softphone, and gives commands as functions
// whose promises always settle.

import { type Consultation, consultations } from './consultation.js'
import { chooseDevices, type DeviceChoice } from './devices.js'
import type { EngineLink } from './engine/link.js'
import { compileOnce, type WasmSource } from './engine/load.js'
import type { EngineModule, EngineStart } from './engine/module.js'
import { PhoneError } from './errors.js'
import type { PhoneEvent } from './generated/events.js'
import type { PhoneState } from './generated/state.js'
import { type AgentStatus, agentStatusWords } from './generated/words.js'
import type { Redactor } from './redaction.js'
import { type CommandEvent, PhoneBody } from './runtime/body.js'
import type { Diagnostics } from './runtime/diagnostics.js'
import { createHttp } from './runtime/http.js'
import { type ApiOptions, checkOptions, type PhoneOptions, type Settings } from './runtime/options.js'
import { type Recording, recordingText } from './runtime/recorder.js'
import { type EventsSocket, jsSocket, type SocketEvents, wasmSocket, withToken } from './runtime/sockets.js'
import { createSoftphone, pageAudio } from './runtime/softphone.js'
import type { ReadonlyStore } from './store/store.js'

/** The message of docs/wire.md that tells which queue a call came through; also in its bare form. */
export interface QueueNumberMessage {
  extension?: string
  call_from?: string
  queue_name?: string
  server_call_log_token?: string
  yeastar_call_id?: string
  queue_number?: string
  channel_id?: string
  data?: QueueNumberMessage
  [other: string]: unknown
}

export interface DraftText {
  notes?: string
  disposition?: string | null
}

/** Commands resolve when done, and reject with a PhoneError when refused or without an answer in time. */
export interface Phone {
  readonly store: ReadonlyStore<PhoneState>
  login(): Promise<void>
  logout(): Promise<void>
  /** Dials; resolves with the call's id when the call is under way. */
  call(number: string): Promise<string>
  // Without an id: the call that rings here (answer, reject), or the active one (all others).
  answer(id?: string): Promise<void>
  reject(id?: string): Promise<void>
  hangup(id?: string): Promise<void>
  hold(id?: string, on?: boolean): Promise<void>
  unhold(id?: string): Promise<void>
  mute(id?: string, on?: boolean): Promise<void>
  unmute(id?: string): Promise<void>
  dtmf(digits: string, id?: string): Promise<void>
  readonly transfer: {
    /** Resolves when the target has the call. A colleague who takes no calls is refused: `target_unavailable`. */
    blind(id: string | undefined, target: string): Promise<void>
    /**
     * Asks `target` first, while `id` waits on hold: a number, or the id of a call that was made to ask. Resolves when the
     * consultation is under way, with its handle.
     */
    attended(id: string | undefined, target: string): Promise<Consultation>
    /**
     * The consultation that is under way, in whichever tab it was begun and also after a reload: the handle that `attended`
     * resolves to. Null when nobody is asked. After a reload its commands are refused with `recovering` until the calls are found.
     */
    current(): Consultation | null
  }
  /** Takes the other call up (or `id`) and holds the active one. Resolves when it is talked to. */
  swap(id?: string): Promise<void>
  /** Joins two calls into one conversation: without ids the active one and the one on hold. */
  merge(id?: string, otherId?: string): Promise<void>
  /** Two calls again; the one that waited before waits again. */
  split(): Promise<void>
  /** Recording of a call at the PBX, through the backend. Not `recording()`, which is this session's list of events. */
  readonly recordCall: {
    start(id?: string): Promise<void>
    pause(id?: string): Promise<void>
    resume(id?: string): Promise<void>
    stop(id?: string): Promise<void>
  }
  setStatus(status: AgentStatus, reason?: string): Promise<void>
  cancelNextStatus(): Promise<void>
  /** Begins wrap-up while a draft is open: what the mode `optional` is for. Timed when `wrapUp.seconds` says so. */
  startWrapUp(): Promise<void>
  finishWrapUp(): Promise<void>
  /** By 1 to 86400 seconds: else `bad_seconds`. Only a timed wrap-up: else `not_timed`. */
  extendWrapUp(seconds: number): Promise<void>
  /** What is left out stays as it is in the draft. */
  readonly draft: {
    edit(callLogId: string, text: DraftText): Promise<void>
    save(callLogId: string, text?: DraftText): Promise<void>
  }
  /** Sends what the backend has not taken, now. Nothing unsent is no failure. */
  retryOutbox(): Promise<void>
  /** Gives up a call_log that the backend has refused (`delivery` Rejected): it stays listed, and is sent no more. */
  discardOutbox(callLogId: string): Promise<void>
  readonly devices: DeviceChoice
  dismissNotice(): Promise<void>
  /**
   * Makes this tab the one that has the phone: it rings and talks here from now on. Resolves when this tab leads, at once when it
   * does already. Refused as `can.takeOver` says: with `in_call` while a call lives in the tab that leads, with `not_kept` while something
   * is unsent there that no other tab could read; with `not_leader` when that tab does not answer.
   */
  takeOver(): Promise<void>
  /** For hosts with a socket of their own. */
  queueNumber(message: QueueNumberMessage): void
  /** The last events, without tokens; with `redact` also without numbers, names and notes. */
  recording(options?: { redact?: boolean }): Recording
  /**
   * Lets the browser save the recording as `name`.offhook.jsonl (docs/recording.md), without numbers, names and notes unless
   * `redact` is false. Only in a page; else it throws `no_page`: use `recordingText(phone.recording())`.
   */
  downloadRecording(options?: { redact?: boolean; name?: string }): void
  /** Versions, connections, counts, the last oddities: JSON-safe, bounded, without numbers and names. Works after the end too. */
  diagnostics(): Diagnostics
  /** The engine's whole state as text, for `restore`; with `redact` for a person to look at, not to be restored. */
  snapshot(options?: { redact?: boolean }): string
  /** Ends everything. Commands that wait are rejected with `disposed`; a second call does nothing. */
  dispose(): void
}

/** How a door gets its engine when the options do not bring one. */
export type DefaultWasm = () => Promise<WebAssembly.Module>

export async function makePhone(options: PhoneOptions, start: EngineStart, inside: DefaultWasm): Promise<Phone> {
  const settings = checkOptions(options)
  const module = await (options.wasm === undefined ? inside() : compileGiven(options.wasm))
  const body = assemble(options, settings, await start(module))
  await body.opened()
  return face(body)
}

async function compileGiven(wasm: WasmSource | Promise<WasmSource>): Promise<WebAssembly.Module> {
  return compileOnce(await wasm)
}

function assemble(options: PhoneOptions, settings: Settings, module: EngineModule): PhoneBody {
  const { clock, log, session, redactor } = settings
  const api = withKnownTokens(options.api, redactor)
  const audio = pageAudio()
  const devices = chooseDevices(options.softphone)
  return new PhoneBody({
    settings,
    module,
    chooseDevice: ({ which, id }) => (which === 'speaker' ? devices.setSpeaker(id) : devices.setMicrophone(id)),
    adapter: String(options.softphone.name ?? ''),
    restore: options.restore,
    drivers: (emit, link) => ({
      http: createHttp({ api, session, clock, log, emit }),
      socket: eventsSocket({ ...options, api }, settings, module, link, emit),
      softphone: createSoftphone(options.softphone, { emit, session, audio: options.audio ?? audio.element, log }),
      stop: audio.remove,
    }),
  })
}

/** Each token given is hidden from then on, wherever a library or a backend repeats it. */
function withKnownTokens(api: ApiOptions, redactor: Redactor): ApiOptions {
  return {
    ...api,
    token(why) {
      const given = api.token(why)
      if (typeof given === 'string') redactor.learn(given)
      else void Promise.resolve(given).then((token) => redactor.learn(token), nothing)
      return given
    },
  }
}

function eventsSocket(
  { sockets, api }: PhoneOptions,
  { log }: Settings,
  module: EngineModule,
  link: EngineLink,
  emit: (event: PhoneEvent) => void,
): EventsSocket | null {
  if (sockets?.events === undefined) return null
  const events: SocketEvents = {
    opened: () => emit({ type: 'SocketOpened' }),
    message: (body) => emit({ type: 'SocketMessage', body }),
    closed: (code, reason) => emit({ type: 'SocketClosed', code, reason }),
  }
  const { WebSocket } = sockets
  return withToken(
    (heard) => (WebSocket ? jsSocket(WebSocket, heard) : wasmSocket(module, link, heard)),
    { url: sockets.events, token: api.token, log },
    events,
  )
}

// Commands --------------------------------------------------------------------

function face(body: PhoneBody): Phone {
  const { store } = body
  const ask = (event: (command: number) => CommandEvent) => body.ask(event)
  const done = (event: (command: number) => CommandEvent) => body.do(event)
  const refuse = (error: PhoneError) => quiet(Promise.reject<void>(error))
  const consultation = consultations(store, done)
  const draftOf = (id: string, text: DraftText | undefined) => {
    const draft = store.getState().drafts.find((one) => one.call_log_id === id)
    const disposition = text?.disposition === undefined ? draft?.disposition : text.disposition
    return { call_log_id: id, notes: text?.notes ?? draft?.notes ?? '', disposition: disposition ?? '' }
  }
  return {
    store: { getState: store.getState, getInitialState: store.getInitialState, subscribe: store.subscribe },
    login: () => done((command) => ({ type: 'LoginRequested', command })),
    logout: () => done((command) => ({ type: 'LogoutRequested', command })),
    call: (number) => ask((command) => ({ type: 'DialRequested', command, number: String(number) })),
    answer: (id) => done((command) => ({ type: 'AnswerRequested', command, call_id: id })),
    reject: (id) => done((command) => ({ type: 'RejectRequested', command, call_id: id })),
    hangup: (id) => done((command) => ({ type: 'HangupRequested', command, call_id: id })),
    hold: (id, on = true) => done((command) => ({ type: 'HoldRequested', command, call_id: id, on })),
    unhold: (id) => done((command) => ({ type: 'HoldRequested', command, call_id: id, on: false })),
    mute: (id, on = true) => done((command) => ({ type: 'MuteRequested', command, call_id: id, on })),
    unmute: (id) => done((command) => ({ type: 'MuteRequested', command, call_id: id, on: false })),
    dtmf: (digits, id) => done((command) => ({ type: 'DtmfRequested', command, call_id: id, digits: String(digits) })),
    transfer: {
      blind: (id, target) =>
        done((command) => ({ type: 'TransferRequested', command, call_id: id, target: String(target) })),
      attended: (id, target) =>
        quiet(
          ask((command) => ({ type: 'ConsultRequested', command, call_id: id, target: String(target) })).then(
            consultation.begun,
          ),
        ),
      current: consultation.current,
    },
    swap: (id) => done((command) => ({ type: 'SwapRequested', command, call_id: id })),
    merge: (id, otherId) =>
      done((command) => ({ type: 'MergeRequested', command, call_id: id, other_call_id: otherId })),
    split: () => done((command) => ({ type: 'SplitRequested', command })),
    recordCall: {
      start: (id) => done((command) => ({ type: 'RecordingRequested', command, call_id: id, action: 'start' })),
      pause: (id) => done((command) => ({ type: 'RecordingRequested', command, call_id: id, action: 'pause' })),
      resume: (id) => done((command) => ({ type: 'RecordingRequested', command, call_id: id, action: 'resume' })),
      stop: (id) => done((command) => ({ type: 'RecordingRequested', command, call_id: id, action: 'stop' })),
    },
    setStatus(status, reason) {
      if (!agentStatusWords.includes(status)) return refuse(new PhoneError('bad_status'))
      return done((command) => ({ type: 'StatusRequested', command, status, reason }))
    },
    cancelNextStatus: () => done((command) => ({ type: 'NextStatusCancelled', command })),
    startWrapUp: () => done((command) => ({ type: 'WrapUpRequested', command })),
    finishWrapUp: () => done((command) => ({ type: 'WrapUpFinished', command })),
    extendWrapUp: (seconds) => done((command) => ({ type: 'WrapUpExtended', command, seconds: Number(seconds) })),
    draft: {
      edit: (id, text) => done((command) => ({ type: 'DraftEdited', command, ...draftOf(id, text) })),
      save: (id, text) => done((command) => ({ type: 'DraftSaved', command, ...draftOf(id, text) })),
    },
    retryOutbox: () => done((command) => ({ type: 'OutboxRetried', command })),
    discardOutbox: (id) => done((command) => ({ type: 'OutboxDiscarded', command, call_log_id: String(id) })),
    devices: {
      setMicrophone: (deviceId) =>
        quiet(body.choose({ type: 'DeviceChosen', which: 'microphone', id: String(deviceId) })),
      setSpeaker: (deviceId) => quiet(body.choose({ type: 'DeviceChosen', which: 'speaker', id: String(deviceId) })),
    },
    dismissNotice: () => done((command) => ({ type: 'NoticeDismissed', command })),
    takeOver: () => quiet(body.takeOver()),
    queueNumber: (message) => body.tell(queueNumber(message)),
    recording: (options) => body.here.recording(options?.redact ?? false),
    downloadRecording: (options) => download(body.here.recording(options?.redact ?? true), options?.name),
    diagnostics: () => body.diagnostics(),
    snapshot: (options) => body.here.snapshot(options?.redact ?? false),
    dispose: () => body.dispose(),
  }
}

function nothing(): void {}

function download(recording: Recording, name = new Date().toISOString().slice(0, 19).replaceAll(':', '')): void {
  if (typeof document === 'undefined' || typeof URL.createObjectURL !== 'function') throw new PhoneError('no_page')
  const blob = new Blob([recordingText(recording)], { type: 'application/x-ndjson' })
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = `${name.replace(/\.offhook\.jsonl$/, '')}.offhook.jsonl`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 0)
}

/** A rejection that nobody waits for is no accident: `can` and `notice` show it too. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(nothing)
  return promise
}

function queueNumber(message: QueueNumberMessage): PhoneEvent {
  const from = message?.data ?? message ?? {}
  const text = (value: unknown) => (value === undefined || value === null ? undefined : String(value))
  return {
    type: 'QueueNumberReceived',
    extension: text(from.extension),
    call_from: text(from.call_from),
    queue_name: text(from.queue_name),
    server_call_log_token: text(from.server_call_log_token),
    yeastar_call_id: text(from.yeastar_call_id),
    queue_number: text(from.queue_number),
    channel_id: text(from.channel_id),
  }
}
