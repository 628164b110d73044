// What the backend says of transfers, conferences and recordings that the PBX
// carries out: answers to requests, and messages of the socket (docs/wire.md).
#include "engine/conference/conference.h"
#include "engine/consult/consult.h"
#include "engine/phone/on.h"
#include "engine/phone/phone.h"
#include "engine/recording/recording.h"
#include "engine/transfer/transfer.h"
#include "engine/wire/json_in.h"

namespace offhook {
namespace {

constexpr WordList<3> kRecordingTold{"on", "paused", "off"};
constexpr recording::On kTold[] = {recording::On::ToldOn, recording::On::ToldPaused, recording::On::ToldOff};

}  // namespace

/// `state` of the answer's body, when it has one. `accepted`: the backend did
/// it, or will.
void Phone::call_answered(const PendingRequest& request, const Event& event, bool accepted, std::string_view state, std::string_view why) {
  Event said{.type = event.type, .at = event.at, .mono = event.mono};
  said.reason = strings_.intern(why);
  const Reason reason = event.type == EventType::HttpFailed ? Reason::BackendUnreachable : Reason::BackendRefused;
  if (request.kind == Request::CallRecording) {
    if (request.slot >= m_.calls.size() || m_.calls[request.slot].recording_request != request.id) return out_.count(Anomaly::LateAnswer);
    if (!accepted) return step_recording(request.slot, on(recording::On::Refused), said, reason);
    const int told = wire::word_index(kRecordingTold, state);
    return step_recording(request.slot, told < 0 ? on(recording::On::Accepted) : on(kTold[told]), said);
  }
  if (request.kind == Request::CallConference) {
    if (m_.conference.request != request.id) return out_.count(Anomaly::LateAnswer);
    m_.conference.request = 0;
    said.call_id = m_.conference.call_id;
    said.other_call_id = m_.conference.other_call_id;
    if (!accepted) return step_conference(on(conference::On::Refused), said, Route::None, reason);
    const bool parting = m_.conference.state == ConferenceState::Splitting;
    return step_conference(parting ? on(conference::On::Parted) : on(conference::On::Joined), said, Route::Pbx);
  }
  if (m_.consult.request == request.id) {
    m_.consult.request = 0;
    touch(Leaf::Consult);
    if (m_.consult.state == ConsultState::Idle) return;  // it was told only that nobody waits any more
    if (!accepted) return step_consult(on(consult::On::BackendRefused), said, Route::None, Reach::Unknown, reason);
    const bool ready = state == "ready" && m_.consult.state == ConsultState::Consulting;
    return step_consult(ready ? on(consult::On::TargetAnswered) : on(consult::On::Started), said);
  }
  if (request.slot >= m_.calls.size() || m_.calls[request.slot].transfer_request != request.id) return out_.count(Anomaly::LateAnswer);
  m_.calls[request.slot].transfer_request = 0;
  if (!accepted) return step_transfer(request.slot, on(transfer::On::Refused), said, Route::None, Reach::Unknown, reason);
  said.status_code = event.status_code == 202 || state == "accepted" ? 202 : 200;
  step_transfer(request.slot, on(transfer::On::Progress), said);
}

/// `{"type":"transfer"|"recording","channel_id":…,"yeastar_call_id":…,"state":…}`
/// of the live call it names. True when it was one of these.
bool Phone::call_message(std::string_view type, const wire::Json& json, const Event& blank) {
  if (type != "transfer" && type != "recording") return false;
  const std::string channel = wire::text_at(json, "channel_id"), pbx_call = wire::text_at(json, "yeastar_call_id");
  const std::string state = wire::text_at(json, "state");
  int found = -1;
  for (std::size_t i = 0; i < m_.calls.size() && found < 0; ++i) {
    const Call& call = m_.calls[i];
    const int log = log_of(call);
    if (!call.in_use || call.state == CallState::Ended || log < 0) continue;
    const CallLog& record = m_.logs[static_cast<std::size_t>(log)];
    const bool same_leg = !channel.empty() && strings_.view(record.channel_id) == channel;
    if (same_leg || (channel.empty() && !pbx_call.empty() && strings_.view(record.yeastar_call_id) == pbx_call))
      found = static_cast<int>(i);
  }
  if (found < 0) return out_.count(Anomaly::UnknownCall), true;
  const auto slot = static_cast<std::uint16_t>(found);
  Event said = blank;
  said.reason = strings_.intern(wire::text_at(json, "reason"));
  if (type == "recording") {
    const int told = wire::word_index(kRecordingTold, state);
    if (told < 0) return out_.count(Anomaly::BadMessage), true;
    step_recording(slot, on(kTold[told]), said);
    return true;
  }
  const bool ready = state == "ready", failed = state == "failed", done = state == "done";
  if (!ready && !failed && !done) return out_.count(Anomaly::BadMessage), true;
  const Call& call = m_.calls[slot];
  const bool consulting = m_.consult.state != ConsultState::Idle && m_.consult.route == Route::Pbx && m_.consult.call_id == call.id;
  if (consulting && m_.consult.state != ConsultState::Completing) {
    if (done) return out_.count(Anomaly::IgnoredEvent),
                     true;  // the end of our leg tells the rest
    step_consult(ready ? on(consult::On::TargetAnswered) : on(consult::On::TargetGone), said, Route::None, Reach::Unknown,
                 Reason::BackendRefused);
    return true;
  }
  if (ready || call.transfer_route != Route::Pbx) return out_.count(Anomaly::IgnoredEvent), true;
  said.status_code = done ? 200 : wire::number_at(json, "status_code", 500);
  if (failed && !(said.status_code >= 300)) said.status_code = 500;
  step_transfer(slot, on(transfer::On::Progress), said);
  return true;
}

}  // namespace offhook
