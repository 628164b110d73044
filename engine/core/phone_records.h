// The single values that the store shows: registration, agent, connections,
// what is allowed, what goes on between calls. Plain values, no behaviour.
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
  Millis retry_at = 0;  ///< when the softphone tries again by itself; 0: it has not said
  // kept, not shown
  bool wanted = true;  ///< false after a logout: nothing registers this phone again by itself
  bool operator==(const Registration&) const = default;
};
inline constexpr std::array kRegistrationFields{
    OFFHOOK_WORD(Registration, "state", state, kRegistrationStateWords),
    OFFHOOK_FIELD(Registration, "reason", Name, reason),
    OFFHOOK_FIELD(Registration, "statusCode", Number, status_code),
    OFFHOOK_FIELD(Registration, "since", Time, since),
    OFFHOOK_FIELD(Registration, "retryAt", Time, retry_at),
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
  WrapUpBy wrap_up_by = WrapUpBy::None;
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
  CentreMode centre_mode = CentreMode::Unknown;  ///< of the call under way, or of the wrap-up that runs
  Millis centre_since = 0, centre_until = 0;     ///< 0: it has not begun there; it has no end
  double write_request = 0, pause_request = 0, pause_attempts = 0, get_attempts = 0, command = 0, queued_command = 0, extend_request = 0, extend_command = 0;
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
    OFFHOOK_WORD(Agent, "wrapUpBy", wrap_up_by, kWrapUpByWords),
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
    OFFHOOK_WORD(Agent, "centreMode", centre_mode, kCentreModeWords),
    OFFHOOK_FIELD(Agent, "centreSince", Number, centre_since),
    OFFHOOK_FIELD(Agent, "centreUntil", Number, centre_until),
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
      finish_wrap_up, extend_wrap_up, save_draft, login, logout, retry_outbox, discard_outbox, take_over, dismiss_notice;
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
    OFFHOOK_VERDICT(Can, "takeOver", take_over, kReasonWords),
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

}  // namespace offhook
