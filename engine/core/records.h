// What the store shows, one struct a leaf: plain values, no behaviour. Each
// shape lists the fields in the order of the record that crosses the hot
// boundary. Wire records keep snake_case (call_log, agents); all else is
// camelCase. Machines read and write these; only engine/phone publishes them.
#pragma once

#include "engine/core/schema.h"
#include "engine/core/states.h"
#include "engine/core/words.h"

namespace offhook {

struct Root {
  Phase phase = Phase::Loading;
  Text active_call_id;
  double anomalies = 0;
  Anomaly last_anomaly = Anomaly::None;
  Millis last_anomaly_at = 0;
  // kept, not shown: what the softphone said it can do (SoftphoneReady.features)
  bool has_transfer = true, has_attended = true, has_conference = false, has_check = false, has_resume = false;
  bool operator==(const Root&) const = default;
};
inline constexpr std::array kRootFields{
    OFFHOOK_WORD(Root, "phase", phase, kPhaseWords),
    OFFHOOK_FIELD(Root, "activeCallId", Name, active_call_id),
    OFFHOOK_FIELD(Root, "anomalies", Number, anomalies),
    OFFHOOK_WORD(Root, "lastAnomaly", last_anomaly, kAnomalyWords),
    OFFHOOK_FIELD(Root, "lastAnomalyAt", Time, last_anomaly_at),
};

inline constexpr std::array kRootInner{
    OFFHOOK_FIELD(Root, "hasTransfer", Flag, has_transfer),
    OFFHOOK_FIELD(Root, "hasAttended", Flag, has_attended),
    OFFHOOK_FIELD(Root, "hasConference", Flag, has_conference),
    OFFHOOK_FIELD(Root, "hasCheck", Flag, has_check),
    OFFHOOK_FIELD(Root, "hasResume", Flag, has_resume),
};

struct Registration {
  RegistrationState state = RegistrationState::Idle;
  Text reason;
  double status_code = 0;
  Millis since = 0;
  // kept, not shown
  bool wanted = true;  ///< false after a logout: nothing registers this phone again by itself
  bool operator==(const Registration&) const = default;
};
inline constexpr std::array kRegistrationFields{
    OFFHOOK_WORD(Registration, "state", state, kRegistrationStateWords),
    OFFHOOK_FIELD(Registration, "reason", Name, reason),
    OFFHOOK_FIELD(Registration, "statusCode", Number, status_code),
    OFFHOOK_FIELD(Registration, "since", Time, since),
};

inline constexpr std::array kRegistrationInner{
    OFFHOOK_FIELD(Registration, "wanted", Flag, wanted),
};

/// The agent of this phone. `status` is what is shown; `intent` is what the CRM
/// holds; `requested` is on its way to the CRM.
struct Agent {
  AgentStatus status = AgentStatus::Offline;
  Text reason;
  Millis since = 0;
  MaybeStatus next_status = MaybeStatus::None;
  Text next_reason;
  ActivityState activity = ActivityState::Idle;
  StatusWriteState write = StatusWriteState::Settled;
  MaybeStatus requested = MaybeStatus::None;
  PauseState pause = PauseState::Unknown;
  StatusSource source = StatusSource::None;
  Text wrap_up_call_log_id;
  Millis wrap_up_ends_at = 0;
  // kept, not shown
  AgentStatus intent = AgentStatus::Offline;
  Text intent_reason;
  Millis intent_since = 0;
  StatusSource intent_source = StatusSource::None;
  Text requested_reason;
  StatusSource requested_source = StatusSource::None;
  bool known = false;            ///< the CRM has told us its record, or that it has none
  bool login_pending = false;    ///< the user logged in before the CRM answered
  bool logout_pending = false;   ///< logged out during a call: unregistered when the next status is written
  Millis crm_since = 0;          ///< the CRM's own time of what it holds; 0: it did not say
  MaybeStatus told = MaybeStatus::None;  ///< what the CRM said while our own write was out
  Text told_reason;
  StatusSource told_source = StatusSource::None;
  Millis told_since = 0;
  MaybeStatus queued = MaybeStatus::None;  ///< asked for while another write was out
  Text queued_reason;
  StatusSource queued_source = StatusSource::None;
  bool paused_wanted = false;
  Text pause_reason;
  AgentStatus resume = AgentStatus::Online;  ///< where wrap-up leads when nothing else was asked for
  Text resume_reason;
  double write_request = 0, pause_request = 0, pause_attempts = 0, get_attempts = 0, command = 0, queued_command = 0;
  bool operator==(const Agent&) const = default;
};
inline constexpr std::array kAgentFields{
    OFFHOOK_WORD(Agent, "status", status, kAgentStatusWords),
    OFFHOOK_FIELD(Agent, "reason", Name, reason),
    OFFHOOK_FIELD(Agent, "since", Time, since),
    OFFHOOK_WORD(Agent, "nextStatus", next_status, kMaybeStatusWords),
    OFFHOOK_FIELD(Agent, "nextReason", Name, next_reason),
    OFFHOOK_WORD(Agent, "activity", activity, kActivityStateWords),
    OFFHOOK_WORD(Agent, "write", write, kStatusWriteStateWords),
    OFFHOOK_WORD(Agent, "requested", requested, kMaybeStatusWords),
    OFFHOOK_WORD(Agent, "pause", pause, kPauseStateWords),
    OFFHOOK_WORD(Agent, "source", source, kStatusSourceWords),
    OFFHOOK_FIELD(Agent, "wrapUpCallLogId", Name, wrap_up_call_log_id),
    OFFHOOK_FIELD(Agent, "wrapUpEndsAt", Time, wrap_up_ends_at),
};

inline constexpr std::array kAgentInner{
    OFFHOOK_WORD(Agent, "intent", intent, kAgentStatusWords),
    OFFHOOK_FIELD(Agent, "intentReason", String, intent_reason),
    OFFHOOK_FIELD(Agent, "intentSince", Number, intent_since),
    OFFHOOK_WORD(Agent, "intentSource", intent_source, kStatusSourceWords),
    OFFHOOK_FIELD(Agent, "requestedReason", String, requested_reason),
    OFFHOOK_WORD(Agent, "requestedSource", requested_source, kStatusSourceWords),
    OFFHOOK_FIELD(Agent, "known", Flag, known),
    OFFHOOK_FIELD(Agent, "loginPending", Flag, login_pending),
    OFFHOOK_FIELD(Agent, "logoutPending", Flag, logout_pending),
    OFFHOOK_FIELD(Agent, "crmSince", Number, crm_since),
    OFFHOOK_WORD(Agent, "told", told, kMaybeStatusWords),
    OFFHOOK_FIELD(Agent, "toldReason", String, told_reason),
    OFFHOOK_WORD(Agent, "toldSource", told_source, kStatusSourceWords),
    OFFHOOK_FIELD(Agent, "toldSince", Number, told_since),
    OFFHOOK_WORD(Agent, "queued", queued, kMaybeStatusWords),
    OFFHOOK_FIELD(Agent, "queuedReason", String, queued_reason),
    OFFHOOK_WORD(Agent, "queuedSource", queued_source, kStatusSourceWords),
    OFFHOOK_FIELD(Agent, "pausedWanted", Flag, paused_wanted),
    OFFHOOK_FIELD(Agent, "pauseReason", String, pause_reason),
    OFFHOOK_WORD(Agent, "resume", resume, kAgentStatusWords),
    OFFHOOK_FIELD(Agent, "resumeReason", String, resume_reason),
};

struct Connection {
  LinkState events = LinkState::Closed;
  double attempts = 0;
  Millis since = 0;
  Millis last_heard_at = 0;
  Millis retry_at = 0;
  double skew_ms = 0;          ///< server's clock minus ours; 0 until it is known
  bool online = true;          ///< what the browser says of the network
  // kept, not shown
  double agents_revision = 0;  ///< last revision of the agent_status stream that was applied
  Millis heard_mono = 0;       ///< of the last frame, whatever it said
  Millis probed_mono = 0;      ///< of the last ping
  Millis asked_mono = 0;       ///< of the first ping that is not answered yet
  Millis hello_mono = 0;       ///< of the hello that is not answered yet
  bool clock_told = false;     ///< the user knows that the clock is wrong
  bool operator==(const Connection&) const = default;
};
inline constexpr std::array kConnectionFields{
    OFFHOOK_WORD(Connection, "events", events, kLinkStateWords),
    OFFHOOK_FIELD(Connection, "attempts", Number, attempts),
    OFFHOOK_FIELD(Connection, "since", Time, since),
    OFFHOOK_FIELD(Connection, "lastHeardAt", Time, last_heard_at),
    OFFHOOK_FIELD(Connection, "retryAt", Time, retry_at),
    OFFHOOK_FIELD(Connection, "skewMs", Number, skew_ms),
    OFFHOOK_FIELD(Connection, "online", Flag, online),
};

inline constexpr std::array kConnectionInner{
    OFFHOOK_FIELD(Connection, "agentsRevision", Number, agents_revision),
};

/// Sums over the call_logs that the backend has not confirmed.
struct Outbox {
  double pending = 0;
  Millis oldest = 0;
  double failing = 0;
  double rejected = 0;
  bool operator==(const Outbox&) const = default;
};
inline constexpr std::array kOutboxFields{
    OFFHOOK_FIELD(Outbox, "pending", Number, pending),
    OFFHOOK_FIELD(Outbox, "oldest", Time, oldest),
    OFFHOOK_FIELD(Outbox, "failing", Number, failing),
    OFFHOOK_FIELD(Outbox, "rejected", Number, rejected),
};

/// Of the active call (mission: set_state). Cleared when that call ends.
struct QueueInfo {
  Text queue_name, server_call_log_token, yeastar_call_id, queue_number;
  bool operator==(const QueueInfo&) const = default;
};
inline constexpr std::array kQueueInfoFields{
    OFFHOOK_FIELD(QueueInfo, "queue_name", Name, queue_name),
    OFFHOOK_FIELD(QueueInfo, "server_call_log_token", Name, server_call_log_token),
    OFFHOOK_FIELD(QueueInfo, "yeastar_call_id", Name, yeastar_call_id),
    OFFHOOK_FIELD(QueueInfo, "queue_number", Name, queue_number),
};

struct AttendantTransferForm {
  Text channel_id;
  bool operator==(const AttendantTransferForm&) const = default;
};
inline constexpr std::array kAttendantTransferFormFields{
    OFFHOOK_FIELD(AttendantTransferForm, "channel_id", Name, channel_id),
};

/// This tab among the tabs of one extension.
struct Tab {
  TabState state = TabState::Alone;
  Text leader;              ///< the leading tab's name, as heard last
  Millis since = 0;
  Millis last_heard_at = 0; ///< of the leader
  double frozen_ms = 0;     ///< the longest time this tab is known to have stood still
  // kept, not shown
  double pings = 0;         ///< asked since the leader was heard last
  bool operator==(const Tab&) const = default;
};
inline constexpr std::array kTabFields{
    OFFHOOK_WORD(Tab, "state", state, kTabStateWords),
    OFFHOOK_FIELD(Tab, "leader", Name, leader),
    OFFHOOK_FIELD(Tab, "since", Time, since),
    OFFHOOK_FIELD(Tab, "lastHeardAt", Time, last_heard_at),
    OFFHOOK_FIELD(Tab, "frozenMs", Number, frozen_ms),
};

/// The attended transfer under way, or the last one's result.
struct Consult {
  ConsultState state = ConsultState::Idle;
  Text call_id;          ///< the customer's call
  Text consult_call_id;  ///< the call to `target`; empty on the PBX's route
  Text target;
  Route route = Route::None;
  ConsultResult result = ConsultResult::None;
  Millis since = 0;
  // kept, not shown
  double command = 0, request = 0;
  bool operator==(const Consult&) const = default;
};
inline constexpr std::array kConsultFields{
    OFFHOOK_WORD(Consult, "state", state, kConsultStateWords),
    OFFHOOK_FIELD(Consult, "callId", Name, call_id),
    OFFHOOK_FIELD(Consult, "consultCallId", Name, consult_call_id),
    OFFHOOK_FIELD(Consult, "target", Name, target),
    OFFHOOK_WORD(Consult, "route", route, kRouteWords),
    OFFHOOK_WORD(Consult, "result", result, kConsultResultWords),
    OFFHOOK_FIELD(Consult, "since", Time, since),
};

/// Two calls joined into one conversation.
struct Conference {
  ConferenceState state = ConferenceState::Idle;
  Text call_id, other_call_id;
  Route route = Route::None;
  Millis since = 0;
  // kept, not shown
  double command = 0, request = 0;
  bool operator==(const Conference&) const = default;
};
inline constexpr std::array kConferenceFields{
    OFFHOOK_WORD(Conference, "state", state, kConferenceStateWords),
    OFFHOOK_FIELD(Conference, "callId", Name, call_id),
    OFFHOOK_FIELD(Conference, "otherCallId", Name, other_call_id),
    OFFHOOK_WORD(Conference, "route", route, kRouteWords),
    OFFHOOK_FIELD(Conference, "since", Time, since),
};

/// Microphone and speaker in use, and whether the microphone may be used.
struct Devices {
  Permission permission = Permission::Unknown;
  Text microphone, speaker;  ///< the browser's device ids; empty is the system's default
  bool operator==(const Devices&) const = default;
};
inline constexpr std::array kDevicesFields{
    OFFHOOK_WORD(Devices, "permission", permission, kPermissionWords),
    OFFHOOK_FIELD(Devices, "microphone", Name, microphone),
    OFFHOOK_FIELD(Devices, "speaker", Name, speaker),
};

/// One reason why calls do not come, or not all.
struct BlockerEntry {
  Blocker reason = Blocker::NotReady;
  Millis since = 0;
  Millis until = 0;  ///< when it ends by itself, as far as that is known
  Text text;         ///< what was said: a status code's reason, the pause's reason
  bool in_use = false;
  bool operator==(const BlockerEntry&) const = default;
};
inline constexpr std::array kBlockerFields{
    OFFHOOK_WORD(BlockerEntry, "reason", reason, kBlockerWords),
    OFFHOOK_FIELD(BlockerEntry, "since", Time, since),
    OFFHOOK_FIELD(BlockerEntry, "until", Time, until),
    OFFHOOK_FIELD(BlockerEntry, "text", Name, text),
};

/// Whether a command is allowed now, and if not, why, and when to try again.
struct Verdict {
  Reason reason = Reason::NotReady;
  double retry_in = 0;  ///< milliseconds, counted from when this verdict began; 0: nothing is known that will change it by itself
  Millis retry_at = 0;  ///< the same as a moment: a verdict that lasts stays equal
  bool operator==(const Verdict&) const = default;
};
static_assert(offsetof(Verdict, reason) == 0 && offsetof(Verdict, retry_in) == kVerdictRetry);

/// What may be commanded now, for the active call, and why not.
struct Can {
  Verdict call, answer, reject, hangup, hold, mute, dtmf, blind_transfer, attended_transfer, complete_transfer, cancel_transfer, swap, merge,
      split, start_recording, pause_recording, resume_recording, stop_recording, set_status, cancel_next_status, start_wrap_up,
      finish_wrap_up, extend_wrap_up, save_draft, login, logout, retry_outbox, discard_outbox, dismiss_notice;
  bool operator==(const Can&) const = default;
};
inline constexpr std::array kCanFields{
    OFFHOOK_VERDICT(Can, "call", call, kReasonWords),
    OFFHOOK_VERDICT(Can, "answer", answer, kReasonWords),
    OFFHOOK_VERDICT(Can, "reject", reject, kReasonWords),
    OFFHOOK_VERDICT(Can, "hangup", hangup, kReasonWords),
    OFFHOOK_VERDICT(Can, "hold", hold, kReasonWords),
    OFFHOOK_VERDICT(Can, "mute", mute, kReasonWords),
    OFFHOOK_VERDICT(Can, "dtmf", dtmf, kReasonWords),
    OFFHOOK_VERDICT(Can, "blindTransfer", blind_transfer, kReasonWords),
    OFFHOOK_VERDICT(Can, "attendedTransfer", attended_transfer, kReasonWords),
    OFFHOOK_VERDICT(Can, "completeTransfer", complete_transfer, kReasonWords),
    OFFHOOK_VERDICT(Can, "cancelTransfer", cancel_transfer, kReasonWords),
    OFFHOOK_VERDICT(Can, "swap", swap, kReasonWords),
    OFFHOOK_VERDICT(Can, "merge", merge, kReasonWords),
    OFFHOOK_VERDICT(Can, "split", split, kReasonWords),
    OFFHOOK_VERDICT(Can, "startRecording", start_recording, kReasonWords),
    OFFHOOK_VERDICT(Can, "pauseRecording", pause_recording, kReasonWords),
    OFFHOOK_VERDICT(Can, "resumeRecording", resume_recording, kReasonWords),
    OFFHOOK_VERDICT(Can, "stopRecording", stop_recording, kReasonWords),
    OFFHOOK_VERDICT(Can, "setStatus", set_status, kReasonWords),
    OFFHOOK_VERDICT(Can, "cancelNextStatus", cancel_next_status, kReasonWords),
    OFFHOOK_VERDICT(Can, "startWrapUp", start_wrap_up, kReasonWords),
    OFFHOOK_VERDICT(Can, "finishWrapUp", finish_wrap_up, kReasonWords),
    OFFHOOK_VERDICT(Can, "extendWrapUp", extend_wrap_up, kReasonWords),
    OFFHOOK_VERDICT(Can, "saveDraft", save_draft, kReasonWords),
    OFFHOOK_VERDICT(Can, "login", login, kReasonWords),
    OFFHOOK_VERDICT(Can, "logout", logout, kReasonWords),
    OFFHOOK_VERDICT(Can, "retryOutbox", retry_outbox, kReasonWords),
    OFFHOOK_VERDICT(Can, "discardOutbox", discard_outbox, kReasonWords),
    OFFHOOK_VERDICT(Can, "dismissNotice", dismiss_notice, kReasonWords),
};

/// The last thing the user should know; docs/errors.md has the remedy.
struct NoticeRecord {
  Notice code = Notice::None;
  Text text;
  Text call_id;
  Millis at = 0;
  bool operator==(const NoticeRecord&) const = default;
};
inline constexpr std::array kNoticeFields{
    OFFHOOK_WORD(NoticeRecord, "code", code, kNoticeWords),
    OFFHOOK_FIELD(NoticeRecord, "text", Name, text),
    OFFHOOK_FIELD(NoticeRecord, "callId", Name, call_id),
    OFFHOOK_FIELD(NoticeRecord, "at", Time, at),
};

/// One call leg at this phone, from dialling or ringing to its end.
struct Call {
  Text id;
  Text sip_call_id;
  Direction direction = Direction::Inbound;
  CallState state = CallState::Idle;
  Text number;
  Text name;
  Text line;
  Text contact_id;
  Text contact_name;
  ContactState contact = ContactState::Idle;
  Text call_log_id;
  Text queue_name, queue_number;
  Millis started_at = 0;
  Millis ringing_at = 0;
  Millis connected_at = 0;
  Millis ended_at = 0;
  double duration_ms = 0;
  EndReason end_reason = EndReason::None;
  SwitchState hold = SwitchState::Off;
  Millis held_since = 0;
  double held_ms = 0;
  SwitchState mute = SwitchState::Off;
  DtmfState dtmf = DtmfState::Idle;
  Text dtmf_digits;
  TransferState transfer = TransferState::Idle;
  Text transfer_target;
  bool hold_wanted = false, mute_wanted = false;  ///< what was asked for last; `hold` and `mute` say what is so
  RecordingState recording = RecordingState::Off;
  // kept, not shown
  Text uniqueid, linkedid;
  Millis connected_mono = 0, held_mono = 0;
  double answer_command = 0, end_command = 0, hold_command = 0, mute_command = 0, dtmf_command = 0, transfer_command = 0;
  Text dialog;                           ///< what the softphone needs to take the call up again from another page; it alone reads it
  Text contact_number;                   ///< normalised; what the contact was looked up by
  Text transfer_other;                   ///< the consult call of an attended transfer
  Route transfer_route = Route::None;
  double transfer_request = 0, recording_request = 0, recording_command = 0;
  RecordingState recording_before = RecordingState::Off;  ///< where a refused stop leads back to
  Millis mute_kept_until = 0;            ///< monotonic; until then the hold's change is to blame for a lost mute
  std::int32_t log_slot = -1;            ///< where its call_log stands; checked against call_log_id
  Origin end_origin = Origin::Unknown;   ///< Local once the agent asked for the end
  Millis last_alive = 0;                 ///< when the softphone last confirmed, on being asked, that it has this call
  bool in_use = false;
  bool operator==(const Call&) const = default;
};
inline constexpr std::array kCallFields{
    OFFHOOK_FIELD(Call, "id", String, id),
    OFFHOOK_FIELD(Call, "sipCallId", Name, sip_call_id),
    OFFHOOK_WORD(Call, "direction", direction, kDirectionWords),
    OFFHOOK_WORD(Call, "state", state, kCallStateWords),
    OFFHOOK_FIELD(Call, "number", String, number),
    OFFHOOK_FIELD(Call, "name", Name, name),
    OFFHOOK_FIELD(Call, "line", Name, line),
    OFFHOOK_FIELD(Call, "contactId", Name, contact_id),
    OFFHOOK_FIELD(Call, "contactName", Name, contact_name),
    OFFHOOK_WORD(Call, "contact", contact, kContactStateWords),
    OFFHOOK_FIELD(Call, "callLogId", Name, call_log_id),
    OFFHOOK_FIELD(Call, "queueName", Name, queue_name),
    OFFHOOK_FIELD(Call, "queueNumber", Name, queue_number),
    OFFHOOK_FIELD(Call, "startedAt", Time, started_at),
    OFFHOOK_FIELD(Call, "ringingAt", Time, ringing_at),
    OFFHOOK_FIELD(Call, "connectedAt", Time, connected_at),
    OFFHOOK_FIELD(Call, "endedAt", Time, ended_at),
    OFFHOOK_FIELD(Call, "durationMs", Number, duration_ms),
    OFFHOOK_WORD(Call, "endReason", end_reason, kEndReasonWords),
    OFFHOOK_WORD(Call, "hold", hold, kSwitchStateWords),
    OFFHOOK_FIELD(Call, "heldSince", Time, held_since),
    OFFHOOK_FIELD(Call, "heldMs", Number, held_ms),
    OFFHOOK_WORD(Call, "mute", mute, kSwitchStateWords),
    OFFHOOK_WORD(Call, "dtmf", dtmf, kDtmfStateWords),
    OFFHOOK_FIELD(Call, "dtmfDigits", String, dtmf_digits),
    OFFHOOK_WORD(Call, "transfer", transfer, kTransferStateWords),
    OFFHOOK_FIELD(Call, "transferTarget", Name, transfer_target),
    OFFHOOK_FIELD(Call, "holdWanted", Flag, hold_wanted),
    OFFHOOK_FIELD(Call, "muteWanted", Flag, mute_wanted),
    OFFHOOK_WORD(Call, "recording", recording, kRecordingStateWords),
};

inline constexpr std::array kCallInner{
    OFFHOOK_FIELD(Call, "uniqueid", String, uniqueid),
    OFFHOOK_FIELD(Call, "linkedid", String, linkedid),
    OFFHOOK_FIELD(Call, "connectedMono", Number, connected_mono),
    OFFHOOK_FIELD(Call, "heldMono", Number, held_mono),
    OFFHOOK_FIELD(Call, "dialog", String, dialog),
    OFFHOOK_FIELD(Call, "contactNumber", String, contact_number),
    OFFHOOK_FIELD(Call, "transferOther", String, transfer_other),
    OFFHOOK_WORD(Call, "endOrigin", end_origin, kOriginWords),
    OFFHOOK_FIELD(Call, "lastAlive", Number, last_alive),
    OFFHOOK_FIELD(Call, "inUse", Flag, in_use),
};

/// What is heard of one live call. Apart from Call, because it changes by itself every few seconds.
struct Quality {
  Text call_id;
  QualityState state = QualityState::Unknown;
  double mos = 0;           ///< 1 to 4.5, estimated; 0: not measured
  double jitter_ms = 0, loss_percent = 0, rtt_ms = 0;
  Millis since = 0;         ///< of `state`
  // kept, not shown
  double poor = 0, not_good = 0, good = 0, not_poor = 0;  ///< measurements in a row that were judged so
  bool in_use = false;
  bool operator==(const Quality&) const = default;
};
inline constexpr std::array kQualityFields{
    OFFHOOK_FIELD(Quality, "callId", String, call_id),
    OFFHOOK_WORD(Quality, "state", state, kQualityStateWords),
    OFFHOOK_FIELD(Quality, "mos", Number, mos),
    OFFHOOK_FIELD(Quality, "jitterMs", Number, jitter_ms),
    OFFHOOK_FIELD(Quality, "lossPercent", Number, loss_percent),
    OFFHOOK_FIELD(Quality, "rttMs", Number, rtt_ms),
    OFFHOOK_FIELD(Quality, "since", Time, since),
};

/// One call_log. `key` is ours and stable (also the Idempotency-Key of its
/// create); `id` is the backend's, empty until it has answered. `duration` is
/// in milliseconds (docs/wire.md).
struct CallLog {
  Text key;
  Text id;
  Text call_id;
  Direction type = Direction::Inbound;
  LogStatus status = LogStatus::Ringing;
  EndReason end_reason = EndReason::None;
  Text call_from;
  Text call_to;
  Text extension_id;
  Text contact_id;
  Text contact_name;
  double duration = 0;
  Millis started_at = 0;
  Millis connected_at = 0;
  Millis ended_at = 0;
  double hold_ms = 0;
  Text queue_name, server_call_log_token, yeastar_call_id, queue_number, channel_id;
  Text sip_call_id;
  Text notes;
  Text disposition;
  double revision = 0;
  DeliveryState delivery = DeliveryState::Unwritten;
  double attempts = 0;
  Text last_error;
  // kept, not shown
  double written_revision = 0, request = 0;
  bool typed = false;  ///< notes or disposition have changed since the record was last written
  Millis dirty_since = 0;
  Text contact_number;
  double skew_ms = 0;  ///< what its times are corrected by when they are sent; fixed with each revision
  bool in_use = false;
  bool operator==(const CallLog&) const = default;
};
inline constexpr std::array kCallLogFields{
    OFFHOOK_FIELD(CallLog, "key", String, key),
    OFFHOOK_FIELD(CallLog, "id", Name, id),
    OFFHOOK_FIELD(CallLog, "call_id", String, call_id),
    OFFHOOK_WORD(CallLog, "type", type, kDirectionWords),
    OFFHOOK_WORD(CallLog, "status", status, kLogStatusWords),
    OFFHOOK_WORD(CallLog, "end_reason", end_reason, kEndReasonWords),
    OFFHOOK_FIELD(CallLog, "call_from", String, call_from),
    OFFHOOK_FIELD(CallLog, "call_to", String, call_to),
    OFFHOOK_FIELD(CallLog, "extension_id", String, extension_id),
    OFFHOOK_FIELD(CallLog, "contact_id", Name, contact_id),
    OFFHOOK_FIELD(CallLog, "contact_name", Name, contact_name),
    OFFHOOK_FIELD(CallLog, "duration", Number, duration),
    OFFHOOK_FIELD(CallLog, "started_at", Time, started_at),
    OFFHOOK_FIELD(CallLog, "connected_at", Time, connected_at),
    OFFHOOK_FIELD(CallLog, "ended_at", Time, ended_at),
    OFFHOOK_FIELD(CallLog, "hold_ms", Number, hold_ms),
    OFFHOOK_FIELD(CallLog, "queue_name", Name, queue_name),
    OFFHOOK_FIELD(CallLog, "server_call_log_token", Name, server_call_log_token),
    OFFHOOK_FIELD(CallLog, "yeastar_call_id", Name, yeastar_call_id),
    OFFHOOK_FIELD(CallLog, "queue_number", Name, queue_number),
    OFFHOOK_FIELD(CallLog, "channel_id", Name, channel_id),
    OFFHOOK_FIELD(CallLog, "sip_call_id", Name, sip_call_id),
    OFFHOOK_FIELD(CallLog, "notes", String, notes),
    OFFHOOK_FIELD(CallLog, "disposition", Name, disposition),
    OFFHOOK_FIELD(CallLog, "revision", Number, revision),
    OFFHOOK_WORD(CallLog, "delivery", delivery, kDeliveryStateWords),
    OFFHOOK_FIELD(CallLog, "attempts", Number, attempts),
    OFFHOOK_FIELD(CallLog, "last_error", Name, last_error),
};

inline constexpr std::array kCallLogInner{
    OFFHOOK_FIELD(CallLog, "writtenRevision", Number, written_revision),
    OFFHOOK_FIELD(CallLog, "dirtySince", Number, dirty_since),
    OFFHOOK_FIELD(CallLog, "typed", Flag, typed),
    OFFHOOK_FIELD(CallLog, "contactNumber", String, contact_number),
    OFFHOOK_FIELD(CallLog, "skewMs", Number, skew_ms),
    OFFHOOK_FIELD(CallLog, "inUse", Flag, in_use),
};

/// An ended, answered call that waits for the agent's notes. Its text lives in the call_log.
struct Draft {
  Text call_log_id;   ///< the call_log's `key`
  Text notes;
  Text disposition;
  Millis since = 0;
  bool in_use = false;
  bool operator==(const Draft&) const = default;
};
inline constexpr std::array kDraftFields{
    OFFHOOK_FIELD(Draft, "call_log_id", String, call_log_id),
    OFFHOOK_FIELD(Draft, "notes", String, notes),
    OFFHOOK_FIELD(Draft, "disposition", Name, disposition),
    OFFHOOK_FIELD(Draft, "since", Time, since),
};

inline constexpr std::array kDraftInner{
    OFFHOOK_FIELD(Draft, "inUse", Flag, in_use),
};

struct StackEntry {
  StackEvent event = StackEvent::InBoundRinging;
  Text call_id;
  Text peername;
  Millis at = 0;
  bool operator==(const StackEntry&) const = default;
};
inline constexpr std::array kStackEntryFields{
    OFFHOOK_WORD(StackEntry, "event", event, kStackEventWords),
    OFFHOOK_FIELD(StackEntry, "callId", String, call_id),
    OFFHOOK_FIELD(StackEntry, "peername", String, peername),
    OFFHOOK_FIELD(StackEntry, "at", Time, at),
};

/// Another agent, as the backend's socket tells.
struct Presence {
  Text extension;
  Text name;
  AgentStatus status = AgentStatus::Offline;
  Text reason;
  Millis since = 0;
  double revision = 0;
  bool operator==(const Presence&) const = default;
};
inline constexpr std::array kPresenceFields{
    OFFHOOK_FIELD(Presence, "extension", String, extension),
    OFFHOOK_FIELD(Presence, "name", Name, name),
    OFFHOOK_WORD(Presence, "status", status, kAgentStatusWords),
    OFFHOOK_FIELD(Presence, "reason", Name, reason),
    OFFHOOK_FIELD(Presence, "since", Time, since),
    OFFHOOK_FIELD(Presence, "revision", Number, revision),
};

/// Leaves of the store, in the order of their kind numbers at the boundary.
enum class Leaf : std::uint8_t {
  Root, Registration, Agent, Connection, Outbox, QueueInfo, AttendantTransferForm, Can, Notice, Tab, Consult, Conference, Devices,
  Call, Quality, CallLog, Draft, StackEntry, Blocker, Presence
};
inline constexpr std::size_t kLeaves = 20;
/// The leaves before this one are single values.
inline constexpr std::size_t kSingleLeaves = static_cast<std::size_t>(Leaf::Call);

struct LeafShape {
  std::string_view name;       ///< TypeScript type
  std::string_view key;        ///< where it stands in the state
  std::string_view collection; ///< "" one value · "map" by the first field · "list" in slot order · "ring" append-only · "pages" large
  std::span<const Field> fields;  ///< shown
  std::span<const Field> inner{}; ///< kept in snapshots only
};

inline constexpr std::array<LeafShape, kLeaves> kLeafShapes{{
    {"Root", "", "", kRootFields, kRootInner},
    {"Registration", "registration", "", kRegistrationFields, kRegistrationInner},
    {"Agent", "agent", "", kAgentFields, kAgentInner},
    {"Connection", "connection", "", kConnectionFields, kConnectionInner},
    {"Outbox", "outbox", "", kOutboxFields},
    {"QueueInfo", "queueInfo", "", kQueueInfoFields},
    {"AttendantTransferForm", "attendantTransferForm", "", kAttendantTransferFormFields},
    {"Can", "can", "", kCanFields},
    {"Notice", "notice", "", kNoticeFields},
    {"Tab", "tab", "", kTabFields},
    {"Consult", "consult", "", kConsultFields},
    {"Conference", "conference", "", kConferenceFields},
    {"Devices", "devices", "", kDevicesFields},
    {"Call", "calls", "map", kCallFields, kCallInner},
    {"Quality", "quality", "map", kQualityFields},
    {"CallLog", "callLogs", "map", kCallLogFields, kCallLogInner},
    {"Draft", "drafts", "list", kDraftFields, kDraftInner},
    {"StackEntry", "callStack", "ring", kStackEntryFields},
    {"Blocker", "blockers", "list", kBlockerFields},
    {"Presence", "agents", "pages", kPresenceFields},
}};

}  // namespace offhook
