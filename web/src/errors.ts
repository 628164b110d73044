// Everything that may go wrong in the package, as one class and a closed list
// of codes. docs/errors.md gives each code its meaning and its remedy.
import type { Reason } from './generated/words.js'

export type PhoneErrorCode =
  /** An option of createPhone is missing or of the wrong form. */
  | 'bad_config'
  /** The given bytes are not Offhook's WebAssembly, or could not be fetched. */
  | 'bad_wasm'
  /** This host cannot compile WebAssembly (no support, or a Content-Security-Policy without 'wasm-unsafe-eval'). */
  | 'no_wasm'
  /** `sockets.events` is set and there is no WebSocket: pass one as `sockets.WebSocket`. */
  | 'no_websocket'
  /** The engine does not take this event; it is as if it had never been sent. */
  | 'bad_event'
  /** The stored state given to `restore` is damaged or of another version. */
  | 'bad_state'
  /** The engine has stopped. The phone is in phase `failed`; create a new one. */
  | 'engine_aborted'
  /** No answer to the command within its time limit. */
  | 'timed_out'
  /** A reason of the engine: what `can.*` shows, and why a command was refused. */
  | Exclude<Reason, 'ok'>

const TEXTS: Partial<Record<PhoneErrorCode, string>> = {
  bad_wasm: 'The WebAssembly given is not Offhook’s engine.',
  no_wasm: "WebAssembly cannot be compiled here; a Content-Security-Policy needs 'wasm-unsafe-eval' in script-src.",
  no_websocket: 'sockets.events is set but this host has no WebSocket; pass one as sockets.WebSocket.',
  bad_event: 'The engine does not take this event.',
  bad_state: 'The stored state is damaged or of another version.',
  engine_aborted: 'The engine has stopped; dispose of this phone and create a new one.',
  timed_out: 'No answer to the command within its time limit.',
  not_ready: 'The phone is not ready yet.',
  not_registered: 'The softphone is not registered.',
  no_such_call: 'There is no such call.',
  not_ringing: 'The call does not ring.',
  not_connected: 'The call is not connected.',
  already_ending: 'The call is ending already.',
  pending: 'The same command is on its way already.',
  too_many_calls: 'There are as many calls as allowed.',
  bad_number: 'The number has no digits to dial.',
  bad_digits: 'Only the digits 0-9, A-D, * and # can be sent.',
  bad_status: 'The agent cannot ask for this status.',
  no_draft: 'There is no draft for this call_log.',
  backend_refused: 'The backend refused.',
  backend_unreachable: 'The backend cannot be reached.',
  softphone_refused: 'The softphone refused.',
  call_ended: 'The call has ended meanwhile.',
  not_in_wrap_up: 'The agent is not in wrap-up.',
  disposed: 'The phone has been disposed of.',
  transfer_pending: 'A transfer of this call is on its way.',
}

/** After these the phone is of no more use. Any other code: change what was asked for, or try again. */
const FINAL: readonly PhoneErrorCode[] = [
  'bad_config',
  'bad_wasm',
  'no_wasm',
  'no_websocket',
  'engine_aborted',
  'disposed',
]

export class PhoneError extends Error {
  override readonly name = 'PhoneError'
  readonly code: PhoneErrorCode
  /** False when only another phone, or another configuration, can help. */
  readonly recoverable: boolean

  constructor(code: PhoneErrorCode, message?: string, cause?: unknown) {
    super(message ?? TEXTS[code] ?? code, cause === undefined ? undefined : { cause })
    this.code = code
    this.recoverable = !FINAL.includes(code)
  }
}
