// Everything that can happen to a Phone, as one plain struct: the type, when,
// and the fields that type carries. kEvents is the list that the codecs, the
// generated TypeScript and docs/events.md read; a field not listed for a type
// is empty in events of that type.
#pragma once

#include "engine/core/schema.h"
#include "engine/core/words.h"

namespace offhook {

enum class EventType : std::uint8_t {
  // host
  Started, TimerFired, HttpAnswered, HttpFailed, SocketOpened, SocketMessage, SocketClosed, Disposed,
  StateLoaded, StorageFailed, StorageRecovered, TabLockGranted, TabLockLost, TabHeard, TabHandedOver, Woke, NetworkChanged,
  // softphone
  SoftphoneReady, SoftphoneFailed, Registering, Registered, Unregistered, RegistrationFailed,
  CallOffered, CallDialed, CallProgress, CallConnected, CallEnded, RemoteChanged,
  HoldConfirmed, HoldRefused, MuteConfirmed, MuteRefused, DtmfSent, DtmfRefused, TransferProgress, CommandRefused,
  CallResumed, CallAlive, MergeConfirmed, MergeRefused, QualityMeasured, DevicesChanged,
  // the backend's socket, when the host reads it itself
  QueueNumberReceived, AgentStatusReceived,
  // commands
  LoginRequested, LogoutRequested, DialRequested, AnswerRequested, RejectRequested, HangupRequested, HoldRequested, MuteRequested,
  DtmfRequested, TransferRequested, StatusRequested, NextStatusCancelled, WrapUpFinished, WrapUpExtended,
  DraftEdited, DraftSaved, OutboxRetried, NoticeDismissed,
  ConsultRequested, ConsultCompleted, ConsultCancelled, SwapRequested, MergeRequested, SplitRequested, RecordingRequested,
  WrapUpRequested, OutboxDiscarded, TakeOverRequested,
};
inline constexpr std::size_t kEventTypes = 73;

struct Event {
  EventType type = EventType::Started;
  Millis at = 0;    ///< UTC
  Millis mono = 0;  ///< monotonic; durations and timers are computed from this one

  Text call_id, sip_call_id, number, name, line, uniqueid, linkedid, reason, digits, target, other_call_id;
  Text extension, call_log_id, notes, disposition;
  Text queue_name, server_call_log_token, yeastar_call_id, queue_number, channel_id, call_from;
  Text features, tab, microphone, speaker, dialog;
  Text body;
  double request = 0, status_code = 0, q850 = 0, timer = 0, code = 0, command = 0, seconds = 0, revision = 0, since = 0;
  double server_time = 0, retry_after_ms = 0, gap_ms = 0, mos = 0, jitter_ms = 0, loss_percent = 0, rtt_ms = 0;
  bool on = false;
  Origin origin = Origin::Unknown;
  AgentStatus status = AgentStatus::Online;
  HttpFailure failure = HttpFailure::Network;
  Command refused = Command::Dial;
  RecordingAction action = RecordingAction::Start;
  Permission permission = Permission::Unknown;
};

struct EventShape {
  std::string_view name;
  std::span<const Field> fields;
};

namespace event_fields {
#define F(name, kind) OFFHOOK_FIELD(Event, #name, kind, name)
inline constexpr Field call_id = F(call_id, String), sip_call_id = F(sip_call_id, String), number = F(number, String),
                       name = F(name, String), line = F(line, String), uniqueid = F(uniqueid, String), linkedid = F(linkedid, String),
                       reason = F(reason, String), digits = F(digits, String), target = F(target, String),
                       other_call_id = F(other_call_id, String), extension = F(extension, String),
                       call_log_id = F(call_log_id, String), notes = F(notes, String), disposition = F(disposition, String),
                       queue_name = F(queue_name, String), server_call_log_token = F(server_call_log_token, String),
                       yeastar_call_id = F(yeastar_call_id, String), queue_number = F(queue_number, String),
                       channel_id = F(channel_id, String), call_from = F(call_from, String), body = F(body, Blob),
                       request = F(request, Number), status_code = F(status_code, Number), q850 = F(q850, Number),
                       timer = F(timer, Number), code = F(code, Number), command = F(command, Number), seconds = F(seconds, Number),
                       revision = F(revision, Number), since = F(since, Number), on = F(on, Flag), features = F(features, String),
                       tab = F(tab, String), microphone = F(microphone, String), speaker = F(speaker, String), dialog = F(dialog, String),
                       server_time = F(server_time, Number), retry_after_ms = F(retry_after_ms, Number), gap_ms = F(gap_ms, Number),
                       mos = F(mos, Number), jitter_ms = F(jitter_ms, Number), loss_percent = F(loss_percent, Number),
                       rtt_ms = F(rtt_ms, Number);
#undef F
inline constexpr Field origin = OFFHOOK_WORD(Event, "origin", origin, kOriginWords);
inline constexpr Field status = OFFHOOK_WORD(Event, "status", status, kAgentStatusWords);
inline constexpr Field failure = OFFHOOK_WORD(Event, "failure", failure, kHttpFailureWords);
inline constexpr Field refused = OFFHOOK_WORD(Event, "refused", refused, kCommandWords);
inline constexpr Field action = OFFHOOK_WORD(Event, "action", action, kRecordingActionWords);
inline constexpr Field permission = OFFHOOK_WORD(Event, "permission", permission, kPermissionWords);

template <std::size_t N>
using List = std::array<Field, N>;
inline constexpr List<0> none{};
inline constexpr List<1> timer_fired{timer};
inline constexpr List<5> http_answered{request, status_code, server_time, retry_after_ms, body};
inline constexpr List<2> http_failed{request, failure};
inline constexpr List<1> socket_message{body};
inline constexpr List<2> socket_closed{code, reason};
inline constexpr List<2> state_loaded{on, body};
inline constexpr List<2> tab_heard{tab, on};
inline constexpr List<1> woke{gap_ms};
inline constexpr List<1> only_on{on};
inline constexpr List<1> ready{features};
inline constexpr List<4> resumed{call_id, sip_call_id, on, dialog};
inline constexpr List<2> connected{call_id, dialog};
inline constexpr List<3> merge_confirmed{call_id, other_call_id, on};
inline constexpr List<5> quality{call_id, mos, jitter_ms, loss_percent, rtt_ms};
inline constexpr List<3> devices{permission, microphone, speaker};
inline constexpr List<3> consult{command, call_id, target};
inline constexpr List<3> merge{command, call_id, other_call_id};
inline constexpr List<3> record{command, call_id, action};
inline constexpr List<2> log_command{command, call_log_id};
inline constexpr List<1> why{reason};
inline constexpr List<2> unregistered{reason, retry_after_ms};
inline constexpr List<3> registration_failed{status_code, reason, retry_after_ms};
inline constexpr List<7> call_offered{call_id, sip_call_id, number, name, line, uniqueid, linkedid};
inline constexpr List<3> call_dialed{call_id, sip_call_id, line};
inline constexpr List<2> call_progress{call_id, status_code};
inline constexpr List<1> call{call_id};
inline constexpr List<5> call_ended{call_id, origin, status_code, q850, reason};
inline constexpr List<3> remote_changed{call_id, number, name};
inline constexpr List<2> call_on{call_id, on};
inline constexpr List<2> call_reason{call_id, reason};
inline constexpr List<3> command_refused{call_id, refused, reason};
inline constexpr List<7> queue_number_received{extension, call_from, queue_name, server_call_log_token, yeastar_call_id, queue_number, channel_id};
inline constexpr List<6> agent_status_received{extension, name, status, reason, since, revision};
inline constexpr List<1> plain_command{command};
inline constexpr List<2> dial{command, number};
inline constexpr List<2> call_command{command, call_id};
inline constexpr List<3> switch_command{command, call_id, on};
inline constexpr List<3> dtmf{command, call_id, digits};
inline constexpr List<4> transfer{command, call_id, target, other_call_id};
inline constexpr List<3> set_status{command, status, reason};
inline constexpr List<2> extend{command, seconds};
inline constexpr List<4> draft{command, call_log_id, notes, disposition};
}  // namespace event_fields

inline constexpr std::array<EventShape, kEventTypes> kEvents{{
    {"Started", event_fields::none},
    {"TimerFired", event_fields::timer_fired},
    {"HttpAnswered", event_fields::http_answered},
    {"HttpFailed", event_fields::http_failed},
    {"SocketOpened", event_fields::none},
    {"SocketMessage", event_fields::socket_message},
    {"SocketClosed", event_fields::socket_closed},
    {"Disposed", event_fields::none},
    {"StateLoaded", event_fields::state_loaded},
    {"StorageFailed", event_fields::why},
    {"StorageRecovered", event_fields::none},
    {"TabLockGranted", event_fields::none},
    {"TabLockLost", event_fields::none},
    {"TabHeard", event_fields::tab_heard},
    {"TabHandedOver", event_fields::none},
    {"Woke", event_fields::woke},
    {"NetworkChanged", event_fields::only_on},
    {"SoftphoneReady", event_fields::ready},
    {"SoftphoneFailed", event_fields::why},
    {"Registering", event_fields::none},
    {"Registered", event_fields::none},
    {"Unregistered", event_fields::unregistered},
    {"RegistrationFailed", event_fields::registration_failed},
    {"CallOffered", event_fields::call_offered},
    {"CallDialed", event_fields::call_dialed},
    {"CallProgress", event_fields::call_progress},
    {"CallConnected", event_fields::connected},
    {"CallEnded", event_fields::call_ended},
    {"RemoteChanged", event_fields::remote_changed},
    {"HoldConfirmed", event_fields::call_on},
    {"HoldRefused", event_fields::call_reason},
    {"MuteConfirmed", event_fields::call_on},
    {"MuteRefused", event_fields::call_reason},
    {"DtmfSent", event_fields::call},
    {"DtmfRefused", event_fields::call_reason},
    {"TransferProgress", event_fields::call_progress},
    {"CommandRefused", event_fields::command_refused},
    {"CallResumed", event_fields::resumed},
    {"CallAlive", event_fields::call},
    {"MergeConfirmed", event_fields::merge_confirmed},
    {"MergeRefused", event_fields::call_reason},
    {"QualityMeasured", event_fields::quality},
    {"DevicesChanged", event_fields::devices},
    {"QueueNumberReceived", event_fields::queue_number_received},
    {"AgentStatusReceived", event_fields::agent_status_received},
    {"LoginRequested", event_fields::plain_command},
    {"LogoutRequested", event_fields::plain_command},
    {"DialRequested", event_fields::dial},
    {"AnswerRequested", event_fields::call_command},
    {"RejectRequested", event_fields::call_command},
    {"HangupRequested", event_fields::call_command},
    {"HoldRequested", event_fields::switch_command},
    {"MuteRequested", event_fields::switch_command},
    {"DtmfRequested", event_fields::dtmf},
    {"TransferRequested", event_fields::transfer},
    {"StatusRequested", event_fields::set_status},
    {"NextStatusCancelled", event_fields::plain_command},
    {"WrapUpFinished", event_fields::plain_command},
    {"WrapUpExtended", event_fields::extend},
    {"DraftEdited", event_fields::draft},
    {"DraftSaved", event_fields::draft},
    {"OutboxRetried", event_fields::plain_command},
    {"NoticeDismissed", event_fields::plain_command},
    {"ConsultRequested", event_fields::consult},
    {"ConsultCompleted", event_fields::plain_command},
    {"ConsultCancelled", event_fields::plain_command},
    {"SwapRequested", event_fields::call_command},
    {"MergeRequested", event_fields::merge},
    {"SplitRequested", event_fields::plain_command},
    {"RecordingRequested", event_fields::record},
    {"WrapUpRequested", event_fields::plain_command},
    {"OutboxDiscarded", event_fields::log_command},
    {"TakeOverRequested", event_fields::plain_command},
}};

}  // namespace offhook
