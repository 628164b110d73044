// Every enumeration that is visible outside the engine, each with its words.
// The words are the wire's and the mission's own spelling; an enumerator and
// its word stand at the same position.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace offhook {

template <std::size_t N>
using WordList = std::array<std::string_view, N>;

/// Stage of start-up (mission, Case Init). `failed`: the softphone cannot start.
enum class Phase : std::uint8_t { Loading, Initializing, Ready, Failed, Disposed };
inline constexpr WordList<5> kPhaseWords{"loading", "initializing", "ready", "failed", "disposed"};

/// `type` of a call_log; seen from the agent.
enum class Direction : std::uint8_t { Inbound, Outbound };
inline constexpr WordList<2> kDirectionWords{"inbound", "outbound"};

/// `status` of a call_log. The last three are final.
enum class LogStatus : std::uint8_t { Ringing, Talking, Answered, Missed, NoAnswered };
inline constexpr WordList<5> kLogStatusWords{"ringing", "talking", "answered", "missed", "no_answered"};

/// Why a call ended; `none` while it lives. docs/machines/call.md says which end gives which.
enum class EndReason : std::uint8_t {
  None, AgentHangup, RemoteHangup, Transferred, Lost, CallerCancel, Timeout, AnsweredElsewhere,
  Rejected, Busy, NoAnswer, Cancelled, Failed
};
inline constexpr WordList<13> kEndReasonWords{
    "none", "agent_hangup", "remote_hangup", "transferred", "lost", "caller_cancel", "timeout",
    "answered_elsewhere", "rejected", "busy", "no_answer", "cancelled", "failed"};

/// Which side ended a call, as far as the softphone library can tell.
enum class Origin : std::uint8_t { Unknown, Local, Remote };
inline constexpr WordList<3> kOriginWords{"unknown", "local", "remote"};

/// The nine statuses of an agent. ON_CALL is derived and never asked for.
enum class AgentStatus : std::uint8_t { Online, Offline, Pause, Break, Training, Meeting, WrapUp, DoNotDisturb, OnCall };
inline constexpr WordList<9> kAgentStatusWords{"ONLINE", "OFFLINE", "PAUSE", "BREAK", "TRAINING",
                                               "MEETING", "WRAP_UP", "DO_NOT_DISTURB", "ON_CALL"};

/// The same nine, or none: a status that may be absent.
enum class MaybeStatus : std::uint8_t { None, Online, Offline, Pause, Break, Training, Meeting, WrapUp, DoNotDisturb, OnCall };
inline constexpr WordList<10> kMaybeStatusWords{"", "ONLINE", "OFFLINE", "PAUSE", "BREAK", "TRAINING",
                                                "MEETING", "WRAP_UP", "DO_NOT_DISTURB", "ON_CALL"};

/// Who caused the present status.
enum class StatusSource : std::uint8_t { None, Crm, Pbx, Agent, Call, Auto };
inline constexpr WordList<6> kStatusSourceWords{"none", "crm", "pbx", "agent", "call", "auto"};

/// How an agent leaves wrap-up. `timed` ends by itself after `wrapUpSeconds`.
enum class WrapUpMode : std::uint8_t { None, Manual, Timed, Optional };
inline constexpr WordList<4> kWrapUpModeWords{"none", "manual", "timed", "optional"};

/// Who ends the wrap-up that runs: this phone, or the contact centre whose call it was.
enum class WrapUpBy : std::uint8_t { None, Phone, Centre };
inline constexpr WordList<3> kWrapUpByWords{"none", "phone", "centre"};

/// What the contact centre said of the wrap-up after its call. `unknown`: nothing, it is no call of the centre's.
enum class CentreMode : std::uint8_t { Unknown, None, Manual, Timed, Optional };
inline constexpr WordList<5> kCentreModeWords{"unknown", "none", "manual", "timed", "optional"};

/// What became of a command. Every command gets exactly one of these.
enum class Outcome : std::uint8_t { Done, Refused, TimedOut };
inline constexpr WordList<3> kOutcomeWords{"done", "refused", "timed_out"};

/// Why a command is not allowed now (`can.*`), or was refused. `ok` is allowed.
enum class Reason : std::uint8_t {
  Ok, NotReady, NotRegistered, NoSuchCall, NotRinging, NotConnected, AlreadyEnding, Pending, TooManyCalls,
  BadNumber, BadDigits, BadStatus, NoDraft, BackendRefused, BackendUnreachable, SoftphoneRefused, CallEnded,
  NotInWrapUp, Disposed, TransferPending, Superseded, TargetUnavailable, NotSupported, NoConsult, ConsultNotReady, NoOtherCall,
  NoConference, AlreadySo, NotRecording, NotTimed, NoNextStatus, NothingUnsent, NothingRejected, NoNotice, NotLeader, Recovering,
  BadSeconds, InCall, NotKept
};
inline constexpr WordList<39> kReasonWords{
    "ok", "not_ready", "not_registered", "no_such_call", "not_ringing", "not_connected", "already_ending", "pending",
    "too_many_calls", "bad_number", "bad_digits", "bad_status", "no_draft", "backend_refused", "backend_unreachable",
    "softphone_refused", "call_ended", "not_in_wrap_up", "disposed", "transfer_pending", "superseded", "target_unavailable",
    "not_supported", "no_consult", "consult_not_ready", "no_other_call", "no_conference", "already_so", "not_recording", "not_timed",
    "no_next_status", "nothing_unsent", "nothing_rejected", "no_notice", "not_leader", "recovering",
    "bad_seconds", "in_call", "not_kept"};

/// What a request to the backend is about; the host maps each to method and path.
enum class Request : std::uint8_t {
  ContactFindOrCreate, CallLogCreate, CallLogUpdate, AgentStatusGet, AgentStatusPut, QueuePause, CallTransfer, CallConference, CallRecording,
  WrapUpExtend
};
inline constexpr WordList<10> kRequestWords{"contact_find_or_create", "call_log_create",  "call_log_update", "agent_status_get", "agent_status_put",
                                           "queue_pause",            "call_transfer",    "call_conference", "call_recording",   "wrap_up_extend"};

/// Why no answer came from the backend.
enum class HttpFailure : std::uint8_t { Network, Timeout, Aborted, BadAnswer };
inline constexpr WordList<4> kHttpFailureWords{"network", "timeout", "aborted", "bad_answer"};

/// Which softphone command an adapter could not carry out.
enum class Command : std::uint8_t { Dial, Answer, Reject, Hangup, Hold, Mute, Dtmf, Transfer, Register, Merge };
inline constexpr WordList<10> kCommandWords{"dial", "answer", "reject", "hangup", "hold", "mute", "dtmf", "transfer", "register", "merge"};

/// What was odd. Counted in `anomalies`, last one kept with its time.
enum class Anomaly : std::uint8_t {
  None, IgnoredEvent, UnknownCall, UnknownTimer, LateAnswer, BadMessage, BadAnswer, TooManyCalls, InnerQueueFull,
  LateQueueMessage, OutboxFull, DuplicateCall, EffectsFull, BadState
};
inline constexpr WordList<14> kAnomalyWords{"none", "ignored_event", "unknown_call", "unknown_timer", "late_answer", "bad_message",
                                            "bad_answer", "too_many_calls", "inner_queue_full", "late_queue_message",
                                            "outbox_full", "duplicate_call", "effects_full", "bad_state"};

/// What the user should be told once, with a remedy in docs/errors.md.
enum class Notice : std::uint8_t {
  None, StatusNotSaved, PauseNotSynced, HoldFailed, MuteFailed, DtmfFailed, CallFailed, LogNotSaved, RegistrationFailed, TransferFailed,
  TransferUnchecked, ConsultFailed, ConferenceFailed, RecordingFailed, StorageFailed, SoftphoneFailed, QualityPoor, MicrophoneDenied,
  CallRecovered, CallLost, ClockWrong, TabFrozen
};
inline constexpr WordList<22> kNoticeWords{"none",          "status_not_saved",    "pause_not_synced",  "hold_failed",       "mute_failed",
                                          "dtmf_failed",   "call_failed",         "log_not_saved",     "registration_failed", "transfer_failed",
                                          "transfer_unchecked", "consult_failed", "conference_failed", "recording_failed",  "storage_failed",
                                          "softphone_failed", "quality_poor",     "microphone_denied", "call_recovered",    "call_lost",
                                          "clock_wrong",   "tab_frozen"};

/// Who carries out a transfer or a conference: the softphone (REFER) or the PBX, asked through the backend.
enum class Route : std::uint8_t { None, Softphone, Pbx };
inline constexpr WordList<3> kRouteWords{"none", "softphone", "pbx"};

/// `transferRoute` of the configuration. `auto`: the softphone where it can, else the PBX.
enum class RouteChoice : std::uint8_t { Auto, Softphone, Pbx };
inline constexpr WordList<3> kRouteChoiceWords{"auto", "softphone", "pbx"};

/// How the last attended transfer ended.
enum class ConsultResult : std::uint8_t { None, Transferred, Cancelled, TargetFailed, CustomerLeft, Failed };
inline constexpr WordList<6> kConsultResultWords{"none", "transferred", "cancelled", "target_failed", "customer_left", "failed"};

/// What is asked of a call's recording.
enum class RecordingAction : std::uint8_t { Start, Pause, Resume, Stop };
inline constexpr WordList<4> kRecordingActionWords{"start", "pause", "resume", "stop"};

/// The browser's permission for the microphone, as far as it is known. `missing`: there is no such device.
enum class Permission : std::uint8_t { Unknown, Prompt, Granted, Denied, Missing };
inline constexpr WordList<5> kPermissionWords{"unknown", "prompt", "granted", "denied", "missing"};

/// Why calls do not come, or not all: `blockers` of the store. docs/machines/blockers.md says what each means and what to do.
enum class Blocker : std::uint8_t {
  NotReady, SoftphoneFailed, NotRegistered, MicrophoneDenied, StatusUnknown, Offline, Paused, WrapUp, OnCall, TooManyCalls, PauseFailed,
  PausePending, LinkDown, LinkSilent, StorageFailing, ClockWrong, TabFollower, TabFrozen
};
inline constexpr WordList<18> kBlockerWords{"not_ready", "softphone_failed", "not_registered", "microphone_denied", "status_unknown", "offline",
                                            "paused", "wrap_up", "on_call", "too_many_calls", "pause_failed", "pause_pending", "link_down",
                                            "link_silent", "storage_failing", "clock_wrong", "tab_follower", "tab_frozen"};

/// One entry of call_stack: the mission's four call events, and the end.
enum class StackEvent : std::uint8_t { InBoundRinging, InBoundConnect, OutBoundRinging, OutBoundConnect, CallEnd };
inline constexpr WordList<5> kStackEventWords{"in_bound_ringing", "in_bound_connect", "out_bound_ringing", "out_bound_connect", "call_end"};

}  // namespace offhook
