// What createPhone takes, checked once and turned into what the parts need.
// The engine is told no secrets: SIP account and tokens stay on this side.
import { type Clock, realClock } from '../clock.js'
import type { WasmSource } from '../engine/load.js'
import { PhoneError } from '../errors.js'
import type { RequestName } from '../generated/words.js'
import type { SipAccount, SoftphoneAdapter } from '../ports.js'
import { type RedactionOptions, Redactor } from '../redaction.js'
import { indexedDbStorage } from '../storage/indexed_db.js'
import type { PhoneStorage } from '../storage/port.js'
import { browserTabs } from '../tabs/place.js'
import type { TabsPlace } from '../tabs/tabs.js'
import type { WebSocketClass } from './sockets.js'

export interface Session {
  /** The extension this phone is. */
  extension: string
  /** The CRM's id of that extension; its `extension` when left out. */
  extensionId?: string
  /** The number shown to the other side; its `extension` when left out. */
  number?: string
  name?: string
  sip?: SipAccount
}

export type ApiPath = string | ((record: string, session: Required<Session>) => string)

export interface ApiOptions {
  /** Where the paths of docs/wire.md begin, e.g. '/api'. */
  baseUrl: string
  /** Asked before each request; asked again, with `refresh`, when the backend has answered 401. */
  token: (why: { refresh: boolean }) => string | Promise<string>
  /** Another path, 'PATCH /calls/{record}', for some of the requests. */
  paths?: Partial<Record<RequestName, ApiPath>>
  /** Another body: ours into the backend's, and the backend's answer into ours. */
  transform?: {
    request?(request: RequestName, body: unknown, record: string): unknown
    answer?(request: RequestName, body: unknown, status: number): unknown
  }
  /** Time limit of one request with its answer; the engine's own limit (10 s) when left out. */
  timeoutMs?: number
  fetch?: typeof fetch
}

export interface SocketOptions {
  /** Address of the events socket, ws: or wss:. Without it the host tells what it hears (`phone.queueNumber`). */
  events?: string
  /** For hosts without a WebSocket of their own, and for tests. */
  WebSocket?: WebSocketClass
  /** The backend answers `{"type":"ping"}` with `pong` (docs/wire.md); true when left out. With false a dead connection is noticed by TCP only. */
  probe?: boolean
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type Logger = Partial<Record<LogLevel, (text: string) => void>>

export interface PhoneOptions {
  session: Session
  api: ApiOptions
  sockets?: SocketOptions
  softphone: SoftphoneAdapter
  /**
   * Wrap-up after an answered call: until finished by hand ('manual'), at most `seconds` ('timed'); with 'none' and
   * 'optional' there is none, and the draft waits.
   */
  wrapUp?: { mode: 'none' | 'manual' | 'timed' | 'optional'; seconds?: number }
  /** Numbers of colleagues, which are no contacts: '^\\d{3,5}$' is three to five digits. */
  internalPattern?: string
  /** The user has just signed in: registration makes the agent ONLINE. */
  login?: boolean
  /** Calls at the same time, 1 to 12; 8 when left out. */
  callsMax?: number
  /** A second call puts the first on hold; true when left out. */
  autoHold?: boolean
  /**
   * Who carries out transfers: the softphone (REFER), or the PBX, asked through the backend with the call's channel_id. 'auto',
   * when left out: the softphone where it can, else the PBX where the channel is known. Conferences likewise.
   */
  transferRoute?: 'auto' | 'softphone' | 'pbx'
  /** What `phone.snapshot()` gave before. A damaged one is reported to the logger and not used. */
  restore?: string
  /**
   * Where unsent call_logs, drafts and calls under way outlive a reload. In a page the browser's IndexedDB, one database an
   * extension, unless `restore` is given; in Node none: `fileStorage(path)` of `offhook/node`. false keeps nothing. Tokens
   * and SIP passwords are never in it.
   */
  storage?: PhoneStorage | false
  /**
   * One phone in however many tabs of this extension: one leads, the others show what it shows (docs/tabs.md). On in a page
   * that has Web Locks (https or localhost) and BroadcastChannel; false makes each tab a phone of its own.
   */
  tabs?: boolean | TabsPlace
  /**
   * Takes what is worth a line, by level; without secrets, numbers and addresses. `{}` is silence. Left out, only `warn`
   * and `error` are said, on the console, and each text once.
   */
  logger?: Logger
  /** What is hidden in log lines, recordings, diagnostics and exported state: docs/recording.md. */
  redaction?: RedactionOptions
  /** Two phones with the same seed and the same events do the same, ids included. */
  seed?: number
  clock?: Clock
  /** Where remote audio is played; a hidden element of the page when left out. */
  audio?: () => HTMLAudioElement | null
  /** The engine, when it is not the one inside the package. */
  wasm?: WasmSource | Promise<WasmSource>
}

export interface Settings {
  session: Required<Session>
  /** What the engine is told at its creation. */
  configJson: string
  storage: PhoneStorage | null
  tabs: TabsPlace | null
  /** This tab's name among the others. */
  tab: string
  clock: Clock
  redactor: Redactor
  log(level: LogLevel, text: string): void
}

export function checkOptions(options: PhoneOptions): Settings {
  need(options !== null && typeof options === 'object', 'createPhone takes an object of options')
  const { api, softphone, sockets } = options
  const session = checkSession(options.session)
  need(api && typeof api.baseUrl === 'string', 'api.baseUrl is the address where the backend’s paths begin')
  need(typeof api.token === 'function', 'api.token is a function that gives the token')
  need(typeof softphone?.start === 'function', 'softphone is an adapter: sipjs({…}), mizu(…) or scripted()')
  if (sockets?.events !== undefined) checkSocket(sockets)
  const wrapUp = options.wrapUp ?? { mode: 'timed' as const }
  need(['none', 'manual', 'timed', 'optional'].includes(wrapUp.mode), 'wrapUp.mode is none, manual, timed or optional')
  const seconds = wrapUp.seconds ?? 30
  need(Number.isFinite(seconds) && seconds >= 0, 'wrapUp.seconds is a number of seconds')
  const [internalMin, internalMax] = digitsOf(options.internalPattern ?? '^\\d{3,5}$')
  const callsMax = options.callsMax ?? 8
  need(Number.isInteger(callsMax) && callsMax >= 1 && callsMax <= 12, 'callsMax is between 1 and 12')
  const transferRoute = options.transferRoute ?? 'auto'
  need(['auto', 'softphone', 'pbx'].includes(transferRoute), 'transferRoute is auto, softphone or pbx')
  const seed = options.seed ?? freshSeed()
  need(Number.isSafeInteger(seed) && seed > 0, 'seed is a whole number above 0')
  const redactor = new Redactor(options.redaction)
  redactor.learnFrom(session.sip)
  const storage = storageOf(options, session)
  const tabs = tabsOf(options)
  const tab = `tab-${freshSeed().toString(36)}`
  return {
    session,
    storage,
    tabs,
    tab,
    clock: options.clock ?? realClock,
    redactor,
    log: logTo(options.logger, redactor),
    configJson: JSON.stringify({
      seed,
      extension: session.extension,
      extension_id: session.extensionId,
      number: session.number,
      name: session.name,
      wrap_up: { mode: wrapUp.mode, seconds },
      internal_min_digits: internalMin,
      internal_max_digits: internalMax,
      login: options.login ?? false,
      has_events_socket: sockets?.events !== undefined,
      has_storage: storage !== null,
      has_tabs: tabs !== null,
      tab: tabs ? tab : '',
      probe: sockets?.probe ?? true,
      calls_max: callsMax,
      auto_hold: options.autoHold ?? true,
      transfer_route: transferRoute,
    }),
  }
}

/** A page keeps its records, unless its host does. */
function storageOf({ storage, restore }: PhoneOptions, session: Required<Session>): PhoneStorage | null {
  if (storage === false) return null
  if (storage !== undefined) {
    need(
      typeof storage?.load === 'function' && typeof storage.put === 'function',
      'storage has load, put, delete and close',
    )
    return storage
  }
  const { indexedDB, document } = globalThis as { indexedDB?: unknown; document?: unknown }
  if (restore !== undefined || !indexedDB || !document) return null
  return indexedDbStorage(`offhook:${session.extension}`)
}

function tabsOf({ tabs = true }: PhoneOptions): TabsPlace | null {
  if (tabs === false) return null
  if (tabs === true) return browserTabs()
  need(typeof tabs?.channel === 'function' && tabs.locks, 'tabs is true, false or a place with locks and channel(name)')
  return tabs
}

function checkSession(session: Session | undefined): Required<Session> {
  need(
    session && typeof session.extension === 'string' && session.extension !== '',
    'session.extension is the extension of this phone',
  )
  const { extension } = session
  return {
    extension,
    extensionId: String(session.extensionId ?? extension),
    number: String(session.number ?? extension),
    name: String(session.name ?? ''),
    sip: session.sip ?? {},
  }
}

function checkSocket(sockets: SocketOptions): void {
  need(/^wss?:\/\//i.test(sockets.events ?? ''), 'sockets.events is an address that begins with wss:// or ws://')
  if (sockets.WebSocket === undefined && typeof globalThis.WebSocket !== 'function')
    throw new PhoneError('no_websocket')
}

function digitsOf(pattern: string): [number, number] {
  const found = /^\^\\d\{(\d+)(?:,(\d+))?\}\$$/.exec(pattern)
  need(found, 'internalPattern has the form ^\\d{3,5}$: numbers of so many digits are colleagues')
  return [Number(found[1]), Number(found[2] ?? found[1])]
}

function need(holds: unknown, message: string): asserts holds {
  if (!holds) throw new PhoneError('bad_config', message)
}

function freshSeed(): number {
  // Apart from others is all it must be. `crypto` would be loaded for it in Node, which takes longer than the engine.
  return Math.floor(Math.random() * 2 ** 53) || 1
}

/** So many texts are remembered as said. */
const SAID_MOST = 200

/** Without a logger only what a developer must see is said, once, on the console. */
function logTo(logger: Logger | undefined, redactor: Redactor): Settings['log'] {
  const said = new Set<string>()
  const once = (say: (text: string) => void) => (text: string) => {
    if (said.has(text) || said.size >= SAID_MOST) return
    said.add(text)
    say(text)
  }
  const target: Logger = logger ?? {
    warn: once((text) => console.warn(text)),
    error: once((text) => console.error(text)),
  }
  return (level, text) => {
    if (!target[level]) return
    try {
      target[level](redactor.line(`offhook: ${text}`))
    } catch {
      // A logger that throws must not stop a call.
    }
  }
}
