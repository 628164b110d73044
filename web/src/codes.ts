// The one registry of codes: number, what it means, what to do. docs/errors.md
// is generated from it; the package carries the part that PhoneError needs, the
// rest is for the document. A number is never given to another code.
import type { Anomaly, NoticeCode, Reason } from './generated/words.js'

/** Number, meaning, what to do. */
export type CodeEntry = readonly [number: number, means: string, remedy: string]

/** What went wrong with the package itself: 1xx. */
export type HostCode =
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
  /** What was given is no recording of Offhook, or a damaged one; the message names the line. */
  | 'bad_recording'
  /** This can only be done in a page. */
  | 'no_page'

export const hostCodes: Readonly<Record<HostCode, CodeEntry>> = {
  bad_config: [101, 'An option of createPhone is missing or wrong.', 'Correct the option that the message names.'],
  bad_wasm: [102, 'The WebAssembly given is not Offhook’s engine.', 'Serve phone.wasm of the same version.'],
  no_wasm: [
    103,
    "WebAssembly cannot be compiled here; a Content-Security-Policy needs 'wasm-unsafe-eval' in script-src.",
    "Allow 'wasm-unsafe-eval' in script-src.",
  ],
  no_websocket: [
    104,
    'sockets.events is set but this host has no WebSocket; pass one as sockets.WebSocket.',
    'Pass a WebSocket class (in Node 20 that of ws).',
  ],
  bad_event: [105, 'The engine does not take this event.', 'Shorten the text; else report the adapter’s mistake.'],
  bad_state: [106, 'The stored state is damaged or of another version.', 'Nothing: the phone began without it.'],
  engine_aborted: [
    107,
    'The engine has stopped; dispose of this phone and create a new one.',
    'Create a new phone, and report the recording.',
  ],
  timed_out: [108, 'No answer to the command within its time limit.', 'Try again.'],
  bad_recording: [109, 'This is no recording of Offhook, or a damaged one.', 'Download it again, unchanged.'],
  no_page: [110, 'There is no page to download from.', 'In Node, write recordingText(phone.recording()) to a file.'],
}

/** Why a command is not allowed, or was refused: 2xx. */
export const reasonCodes: Readonly<Record<Exclude<Reason, 'ok'>, CodeEntry>> = {
  not_ready: [201, 'The phone is not ready yet.', 'Wait for phase ready; in failed, see the notice.'],
  not_registered: [202, 'The softphone is not registered.', 'It registers again by itself; see registration.reason.'],
  no_such_call: [203, 'There is no such call.', 'Take the id from calls.'],
  not_ringing: [204, 'The call does not ring.', 'Only a call in Offered can be answered or rejected.'],
  not_connected: [205, 'The call is not connected.', 'Wait for Active.'],
  already_ending: [206, 'The call is ending already.', 'Wait.'],
  pending: [207, 'The same command is on its way already.', 'Wait for its confirmation.'],
  too_many_calls: [208, 'There are as many calls as allowed.', 'End or transfer one.'],
  bad_number: [209, 'The number has no digits to dial.', 'Correct the number.'],
  bad_digits: [210, 'Only the digits 0-9, A-D, * and # can be sent.', 'Correct the digits.'],
  bad_status: [211, 'The agent cannot ask for this status.', 'ON_CALL and WRAP_UP follow from calls: choose another.'],
  no_draft: [212, 'There is no draft for this call_log.', 'Take call_log_id from drafts.'],
  backend_refused: [213, 'The backend refused.', 'Its answer is in the network log: correct the request.'],
  backend_unreachable: [214, 'The backend cannot be reached.', 'Try again.'],
  softphone_refused: [215, 'The softphone refused.', 'Try again; hold and mute show what is really so.'],
  call_ended: [216, 'The call has ended meanwhile.', 'Nothing is left to do.'],
  not_in_wrap_up: [217, 'The agent is not in wrap-up.', 'Only wrap-up can be finished or extended.'],
  disposed: [218, 'The phone has been disposed of.', 'Create a new one.'],
  transfer_pending: [219, 'A transfer of this call is on its way.', 'Wait for its result.'],
  superseded: [220, 'A newer wish has replaced this one.', 'Nothing: the newer one counts.'],
  target_unavailable: [
    221,
    'The target of the transfer cannot take the call.',
    'Choose another target; the call goes on.',
  ],
  not_supported: [
    222,
    'The softphone, or the backend, cannot do this.',
    'Do it another way: trying again will not help.',
  ],
  no_consult: [223, 'Nobody is being consulted.', 'Begin a transfer with consultation first.'],
  consult_not_ready: [224, 'The consulted side has not answered yet.', 'Wait for its answer, or cancel.'],
  no_other_call: [225, 'There is no other call for this.', 'A second call is needed.'],
  no_conference: [226, 'There is no conference.', 'Merge two calls first.'],
  already_so: [227, 'It is so already.', 'Nothing is left to do.'],
  not_recording: [228, 'The call is not being recorded.', 'Start the recording first.'],
  not_timed: [229, 'This wrap-up has no end to put off.', 'Only a timed wrap-up can be extended.'],
  no_next_status: [230, 'No next status is set.', 'Nothing is left to do.'],
  nothing_unsent: [231, 'Nothing waits to be sent.', 'Nothing is left to do.'],
  nothing_rejected: [232, 'The backend has refused no record.', 'Only a refused record can be discarded.'],
  no_notice: [233, 'There is no notice.', 'Nothing is left to do.'],
  not_leader: [234, 'Another tab has the phone.', 'The command is for the leading tab; take over, or use that one.'],
  recovering: [235, 'The call is being recovered after a reload.', 'Wait a few seconds.'],
  bad_seconds: [236, 'Wrap-up is extended by 1 to 86400 seconds.', 'Correct the seconds.'],
  in_call: [237, 'A call lives in the tab that has the phone.', 'Take over when it has ended.'],
  not_kept: [
    238,
    'Something is unsent, and no other tab could read it.',
    'Wait until it is in the CRM, or free disk space.',
  ],
}

/** `state.notice.code`: what a person should be told once. 3xx. */
export const noticeCodes: Readonly<Record<Exclude<NoticeCode, 'none'>, CodeEntry>> = {
  status_not_saved: [
    301,
    'The CRM did not take the status in `text`; the old one holds.',
    '“Break” was not saved. You are still Available. Choose Break again.',
  ],
  pause_not_synced: [
    302,
    'The status is saved, the queue pause could not be.',
    'Your status is saved. The PBX was not told; queue calls may still come.',
  ],
  hold_failed: [
    303,
    'Hold or resume was refused or not confirmed.',
    'Hold did not work. The caller can still hear you. Wait 2 s and press Hold again, or mute yourself.',
  ],
  mute_failed: [304, 'Mute was refused or not confirmed.', 'Mute did not work. The caller can still hear you.'],
  dtmf_failed: [305, 'Digits could not be sent.', 'The digits were not sent. Type them again.'],
  call_failed: [306, 'The softphone could not place, answer or end a call.', 'The call did not go through. Try again.'],
  log_not_saved: [
    307,
    'The backend refused a call_log; it is kept.',
    'This call is not in the CRM yet. Retry, or tell your administrator.',
  ],
  registration_failed: [308, 'The PBX refused the phone.', 'The phone is not registered. Check the account.'],
  transfer_failed: [
    309,
    'The transfer was refused, failed or has no result.',
    'The transfer did not work. You still have the call.',
  ],
  transfer_unchecked: [
    310,
    'The target is none of our agents: whether it is free is not known.',
    'You are transferring to a number outside. Ask first if you are not sure.',
  ],
  consult_failed: [
    311,
    'Whom you wanted to ask did not answer, or has hung up.',
    'You are back with the customer. Ask somebody else, or call later.',
  ],
  conference_failed: [312, 'The calls could not be joined or parted.', 'The calls are as they were. Try again.'],
  recording_failed: [
    313,
    'The recording could not be started, paused or stopped.',
    'The recording is as it was. Try again.',
  ],
  storage_failed: [
    314,
    'Records cannot be kept over a reload (private window, full disk).',
    'Do not close this tab before everything is in the CRM.',
  ],
  softphone_failed: [315, 'The softphone could not start.', 'The phone does not work here. Reload the page.'],
  quality_poor: [
    316,
    'The other side is hard to hear: loss, jitter or delay are high.',
    'The line is poor. Use a cable, or call back.',
  ],
  microphone_denied: [
    317,
    'The browser refuses the microphone, or there is none.',
    'Allow the microphone for this page.',
  ],
  call_recovered: [318, 'The call went on through a reload.', 'The page was loaded anew; your call goes on.'],
  call_lost: [
    319,
    'A call was lost: a reload or a broken connection. Its record is closed as `lost`.',
    'The call was cut off. Call the customer back.',
  ],
  clock_wrong: [
    320,
    'This computer’s clock differs from the server’s by the seconds in `text`.',
    'Set the computer’s clock. Times are shown by the server’s.',
  ],
  tab_frozen: [
    321,
    'The browser had stopped this tab; calls may have been missed.',
    'Keep this tab in view, or allow it to run in the background.',
  ],
}

/** `state.lastAnomaly`: odd and harmless, counted. 4xx. */
export const anomalyCodes: Readonly<Record<Exclude<Anomaly, 'none'>, CodeEntry>> = {
  ignored_event: [
    401,
    'No row of the machine answers this event in its present state.',
    'One now and then is a late echo.',
  ],
  unknown_call: [402, 'An event for a call that is not there (any more).', 'Often: the adapter reports after the end.'],
  unknown_timer: [403, 'A timer fired that had been cleared.', 'Often: the host’s clock.'],
  late_answer: [404, 'An answer to a request that is over, or a second one.', 'Look at the backend’s times.'],
  bad_message: [405, 'A socket message that is not JSON of docs/wire.md.', 'Look at who sends it.'],
  bad_answer: [
    406,
    'An answer of the backend without what it must have.',
    'Look at `api.transform`, or for a login page in between.',
  ],
  too_many_calls: [
    407,
    'An incoming call beyond `callsMax`; it was rejected.',
    'Raise `callsMax`, or the PBX’s call limit lower.',
  ],
  inner_queue_full: [408, 'A bound of the engine was reached by one event.', 'Report the recording.'],
  late_queue_message: [409, 'A queue-number message of a call that is over.', 'The backend sends it too late.'],
  outbox_full: [
    410,
    'A bound of pending records, requests or agents was reached.',
    'The backend has been away for long: bring it back.',
  ],
  duplicate_call: [411, 'The same call was offered twice.', 'Look at the adapter.'],
  effects_full: [412, 'A bound of the engine was reached by one event.', 'Report the recording.'],
  bad_state: [413, 'A stored record was damaged; it was left out.', 'Something else wrote into our storage.'],
}

/** Why the engine did not take an event (in the log, beside `bad_event`): 5xx less 500 is the engine’s own number. */
export const eventErrors = {
  unknown_type: [501, 'An event of no known type.', 'Report the adapter’s mistake.'],
  bad_time: [502, 'The time of the event is no number.', 'Look at `clock`.'],
  bad_text: [503, 'A text is unknown to the engine or too long.', 'Long texts are cut by the runtime and told again.'],
  bad_word: [504, 'A field has a word that is not in its list.', 'Report the adapter’s mistake.'],
  dead: [505, 'The engine was not created.', 'Look at the first error.'],
  too_long: [506, 'A text is longer than a text may be.', 'Long texts are cut by the runtime and told again.'],
} as const satisfies Record<string, CodeEntry>
