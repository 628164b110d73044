// Transfers, blind and attended: what is asked, who can carry it out, and what
// the consultation asks of the calls. Recording too, which goes the same way
// through the backend. What the backend says to it stands in pbx_answers.cpp.
#include <string>

#include "engine/call/call.h"
#include "engine/conference/conference.h"
#include "engine/consult/consult.h"
#include "engine/phone/on.h"
#include "engine/phone/phone.h"
#include "engine/recording/recording.h"
#include "engine/toggle/toggle.h"
#include "engine/transfer/transfer.h"

namespace offhook {
namespace {

/// `sip:1002@pbx` is extension 1002.
std::string_view user_part(std::string_view target) {
  if (const std::size_t colon = target.find(':'); colon != std::string_view::npos) target.remove_prefix(colon + 1);
  return target.substr(0, target.find('@'));
}

bool is_live(const Call& call) { return call.in_use && call.state != CallState::Ended && call.state != CallState::Idle; }

}  // namespace

/// Whether the target takes calls. Presence counts only while the socket is
/// open: what was true an hour ago is no reason to refuse.
Reach Phone::reach_of(Text target) const {
  if (m_.connection.events != LinkState::Open) return Reach::Unknown;
  const std::string_view user = user_part(strings_.view(target));
  for (const Presence& agent : m_.presence)
    if (strings_.view(agent.extension) == user) return agent.status == AgentStatus::Online ? Reach::Free : Reach::Away;
  return Reach::Unknown;
}

bool Phone::is_ourselves(Text target) const {
  const std::string_view user = user_part(strings_.view(target));
  return user == strings_.view(config_.extension) || user == strings_.view(config_.number);
}

/// The PBX's name of our leg of that call, as the queue-number message told it.
Text Phone::channel_of(const Call& call) const {
  const int log = log_of(call);
  return log >= 0 ? m_.logs[static_cast<std::size_t>(log)].channel_id : Text{};
}

/// The call_log as the backend knows it; its key while it has not answered.
Text Phone::record_of(const Call& call) const {
  const int log = log_of(call);
  if (log < 0) return {};
  const CallLog& record = m_.logs[static_cast<std::size_t>(log)];
  return record.id.empty() ? record.key : record.id;
}

Route Phone::route_for(bool softphone_can, bool pbx_can) const {
  if (softphone_can && config_.transfer_route != RouteChoice::Pbx) return Route::Softphone;
  return pbx_can && config_.transfer_route != RouteChoice::Softphone ? Route::Pbx : Route::None;
}

void Phone::request_transfer(std::uint16_t slot, const Event& event) {
  const Call& call = m_.calls[slot];
  double command = event.command;
  auto refuse = [&](Reason reason) { out_.settle(command, Outcome::Refused, reason, event.call_id); };
  if (call.state != CallState::Active) return refuse(Reason::NotConnected);
  if (m_.consult.state != ConsultState::Idle && m_.consult.call_id == call.id) return refuse(Reason::TransferPending);
  if (!event.other_call_id.empty()) {
    const int other = find_call(event.other_call_id);
    if (other < 0 || other == slot) return refuse(Reason::NoSuchCall);
    if (m_.calls[static_cast<std::size_t>(other)].state != CallState::Active) return refuse(Reason::NotConnected);
    return step_transfer(slot, on(transfer::On::TransferRequested), event, m_.root.has_attended ? Route::Softphone : Route::None,
                         Reach::Free);
  }
  Event request = event;
  request.target = strings_.intern(dialable(strings_.view(event.target)));
  if (request.target.empty() || is_ourselves(request.target)) return refuse(Reason::BadNumber);
  const Route route = route_for(m_.root.has_transfer, !channel_of(call).empty());
  step_transfer(slot, on(transfer::On::TransferRequested), request, route, reach_of(request.target));
}

/// The target is a number, or the id of a call of this phone that was made to
/// ask first.
void Phone::request_consult(const Event& event) {
  double command = event.command;
  auto refuse = [&](Reason reason) { out_.settle(command, Outcome::Refused, reason, event.call_id); };
  if (m_.consult.state != ConsultState::Idle) return step_consult(on(consult::On::Requested), event);
  const int customer = call_for(event, false);
  if (customer < 0) return refuse(Reason::NoSuchCall);
  const Call& call = m_.calls[static_cast<std::size_t>(customer)];
  if (call.state != CallState::Active) return refuse(Reason::NotConnected);
  if (call.transfer != TransferState::Idle && call.transfer != TransferState::Failed) return refuse(Reason::TransferPending);
  Event request = event;
  request.call_id = call.id;
  if (const int other = find_call(event.target); other >= 0) {
    const Call& target = m_.calls[static_cast<std::size_t>(other)];
    if (other == customer) return refuse(Reason::NoSuchCall);
    if (!is_live(target) || target.state == CallState::Ending) return refuse(Reason::CallEnded);
    if (target.state == CallState::Offered || target.state == CallState::Answering) return refuse(Reason::NotConnected);
    if (!m_.root.has_attended) return refuse(Reason::NotSupported);
    request.other_call_id = target.id;
    request.target = target.number;
    m_.consult.consult_call_id = target.id;
    return step_consult(on(consult::On::Adopted), request, Route::Softphone, Reach::Free);
  }
  request.target = strings_.intern(dialable(strings_.view(event.target)));
  request.other_call_id = {};
  if (request.target.empty() || is_ourselves(request.target)) return refuse(Reason::BadNumber);
  const Route route = route_for(m_.root.has_attended, !channel_of(call).empty());
  if (route == Route::Softphone && m_.can.call.reason != Reason::Ok) return refuse(m_.can.call.reason);
  m_.consult.call_id = call.id;
  m_.consult.consult_call_id = {};
  step_consult(on(consult::On::Requested), request, route, reach_of(request.target));
}

/// What the consultation asks of the calls.
void Phone::route_consult(const Inner& inner, const Event& none) {
  const int customer = find_call(m_.consult.call_id), target = find_call(m_.consult.consult_call_id);
  auto slot_of = [](int call) { return static_cast<std::uint16_t>(call); };
  switch (inner.type) {
    case InnerType::ConsultHold:
      // Not when the agent has gone back to the customer meanwhile: then it is
      // the target who waits.
      if (customer >= 0 && !(target >= 0 && m_.calls[slot_of(target)].hold_wanted)) want_hold(slot_of(customer), true, none);
      return;
    case InnerType::ConsultDial: {
      Event dial = none;
      dial.number = m_.consult.target;
      const int leg = free_call();
      if (leg < 0) return step_consult(on(consult::On::TargetGone), none);
      m_.consult.consult_call_id = start_call(slot_of(leg), dial);
      return touch(Leaf::Consult);
    }
    case InnerType::ConsultComplete: {
      if (customer < 0) return;
      Event join = none;
      join.call_id = m_.consult.call_id;
      join.other_call_id = m_.consult.consult_call_id;
      return step_transfer(slot_of(customer), on(transfer::On::TransferRequested), join, m_.consult.route, Reach::Free);
    }
    case InnerType::ConsultResume:
      if (customer < 0 || m_.calls[slot_of(customer)].state != CallState::Active) return;
      if (config_.auto_hold) hold_others(slot_of(customer));
      return want_hold(slot_of(customer), false, none);
    case InnerType::ConsultHangUp:
      if (target >= 0 && is_live(m_.calls[slot_of(target)])) step_call(slot_of(target), on(call::On::Hangup), none);
      return;
    case InnerType::ConsultLegLeft:
      if (target >= 0 && is_live(m_.calls[slot_of(target)]))
        out_.set_timer(TimerFor::ConsultLeg, slot_of(target), limits::kConsultLegLinger);
      return;
    default: return;
  }
}

/// A call has answered or ended: one of the consultation's two, or of the
/// conference's?
void Phone::tell_consult(const Call& call, bool ended, const Event& none) {
  if (m_.consult.state == ConsultState::Idle) return;
  // Our leg of a transfer that the PBX has completed ends as the customer's would.
  const bool joined = call.transfer == TransferState::Done && m_.consult.state == ConsultState::Completing;
  if (ended && call.id == m_.consult.call_id) return step_consult(joined ? on(consult::On::TransferDone) : on(consult::On::CustomerLeft), none);
  if (call.id != m_.consult.consult_call_id) return;
  step_consult(ended ? on(consult::On::TargetGone) : on(consult::On::TargetAnswered), none);
}

void Phone::transfer_over(std::uint16_t slot, bool done, const Event& none) {
  if (m_.consult.state != ConsultState::Completing || m_.consult.call_id != m_.calls[slot].id) return;
  const Reason why = m_.consult.route == Route::Pbx ? Reason::BackendRefused : Reason::SoftphoneRefused;
  step_consult(done ? on(consult::On::TransferDone) : on(consult::On::TransferFailed), none, Route::None, Reach::Unknown, why);
}

void Phone::request_recording(std::uint16_t slot, const Event& event) {
  double command = event.command;
  if (m_.calls[slot].state != CallState::Active) return out_.settle(command, Outcome::Refused, Reason::NotConnected, event.call_id);
  constexpr recording::On kAsked[] = {recording::On::Start, recording::On::Pause, recording::On::Resume, recording::On::Stop};
  step_recording(slot, on(kAsked[static_cast<std::size_t>(event.action)]), event);
}

}  // namespace offhook
