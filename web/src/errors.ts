// Everything that may go wrong in the package, as one class and a closed list
// of codes. The registry is codes.ts; docs/errors.md is generated from it.
import { type HostCode, hostCodes, reasonCodes } from './codes.js'
import type { Reason } from './generated/words.js'

export type PhoneErrorCode =
  | HostCode
  /** A reason of the engine: what `can.*` shows, and why a command was refused. */
  | Exclude<Reason, 'ok'>

/** After these the phone is of no more use: another phone, or another configuration, is needed. */
const FATAL: readonly PhoneErrorCode[] = [
  'bad_config',
  'bad_wasm',
  'no_wasm',
  'no_websocket',
  'engine_aborted',
  'disposed',
]

/** Asking for the same again changes nothing: something else has to be asked for. */
const FINAL: readonly PhoneErrorCode[] = [
  ...FATAL,
  'bad_event',
  'bad_state',
  'bad_recording',
  'no_page',
  'no_such_call',
  'bad_number',
  'bad_digits',
  'bad_status',
  'no_draft',
  'backend_refused',
  'call_ended',
  'superseded',
  'not_supported',
  'already_so',
  'not_timed',
]

export interface PhoneErrorJson {
  name: 'PhoneError'
  code: PhoneErrorCode
  number: number
  message: string
  fatal: boolean
  recoverable: boolean
  remedy: string
}

export class PhoneError extends Error {
  override readonly name = 'PhoneError'
  readonly code: PhoneErrorCode
  /** The code's number in docs/errors.md, for logs and for support. */
  readonly number: number
  /** This phone is of no more use. */
  readonly fatal: boolean
  /** The same command may succeed later; false when something else has to be asked for. */
  readonly recoverable: boolean
  /** What to do, in one sentence. */
  readonly remedy: string

  constructor(code: PhoneErrorCode, message?: string, cause?: unknown) {
    const entry = hostCodes[code as HostCode] ?? reasonCodes[code as Exclude<Reason, 'ok'>]
    const [number, means, remedy] = entry ?? [0, code, '']
    super(message ?? means, cause === undefined ? undefined : { cause })
    this.code = code
    this.number = number
    this.fatal = FATAL.includes(code)
    this.recoverable = !FINAL.includes(code)
    this.remedy = remedy
  }

  /** Everything but stack and cause, which may hold what must not leave the page. */
  toJSON(): PhoneErrorJson {
    const { name, code, number, message, fatal, recoverable, remedy } = this
    return { name, code, number, message, fatal, recoverable, remedy }
  }
}
