// What the user asks. A command that cannot be carried out is settled at once
// with its reason; every other is settled by the machine that takes it.
#include <string>

#include "engine/agent_status/agent_status.h"
#include "engine/call/call.h"
#include "engine/call_log/call_log.h"
#include "engine/conference/conference.h"
#include "engine/consult/consult.h"
#include "engine/delivery/delivery.h"
#include "engine/dtmf/dtmf.h"
#include "engine/phone/on.h"
#include "engine/phone/phone.h"
#include "engine/registration/registration.h"
#include "engine/tabs/tabs.h"
#include "engine/toggle/toggle.h"

namespace offhook {
namespace {

bool are_digits(std::string_view digits) {
  if (digits.empty() || digits.size() > limits::kDigits) return false;
  for (char c : digits)
    if (!((c >= '0' && c <= '9') || c == '*' || c == '#' || (c >= 'A' && c <= 'D'))) return false;
  return true;
}

}  // namespace

/// What the softphone should dial: blanks and brackets go, everything else must be dialable or a SIP URI.
std::string Phone::dialable(std::string_view typed) {
  std::string number;
  for (char c : typed) {
    if (c == ' ' || c == '(' || c == ')' || c == '/' || c == '\t') continue;
    const bool fits = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '*' || c == '#' ||
                      c == '.' || c == '-' || c == '_' || c == '@' || c == ':' || c == ',';
    if (!fits || number.size() >= 128) return {};
    number += c;
  }
  if (number.find('@') != std::string::npos) return number;
  std::string digits;
  bool any = false;
  for (char c : number) {
    if (c == '-' || c == '.') continue;
    digits += c;
    any = any || (c >= '0' && c <= '9') || c == '*' || c == '#';
  }
  return any ? digits : std::string();
}

/// The call a command means: the one named, else the oldest ringing one (answer, reject) or the active one.
int Phone::call_for(const Event& event, bool ringing) const {
  if (!event.call_id.empty()) return find_call(event.call_id);
  if (!ringing) return active_call();
  int found = -1;
  for (std::size_t i = 0; i < m_.calls.size(); ++i)
    if (m_.calls[i].in_use && m_.calls[i].state == CallState::Offered &&
        (found < 0 || m_.calls[i].started_at < m_.calls[static_cast<std::size_t>(found)].started_at))
      found = static_cast<int>(i);
  return found;
}

void Phone::route_command(const Event& event) {
  double command = event.command;
  auto refuse = [&](Reason reason) { out_.settle(command, Outcome::Refused, reason, event.call_id); };
  if (m_.root.phase == Phase::Loading) return refuse(Reason::NotReady);
  const bool of_two = event.type == EventType::SwapRequested || event.type == EventType::MergeRequested ||
                      (event.type == EventType::ConsultRequested && m_.consult.state == ConsultState::Idle);
  if (const int active = active_call(); of_two && active >= 0 && m_.calls[static_cast<std::size_t>(active)].state == CallState::Recovering)
    return refuse(Reason::Recovering);
  switch (event.type) {
    case EventType::LoginRequested:
      if (m_.agent.logout_pending) step_activity(on(agent_status::activity::On::NextCancelled), {.at = event.at, .mono = event.mono});
      m_.agent.login_pending = true;
      touch(Leaf::Agent);
      out_.settle(command, Outcome::Done);
      step_registration(on(registration::On::RegisterRequested), event);
      return out_.post(InnerType::RegistrationUp);
    case EventType::LogoutRequested: return logout(event);
    case EventType::DialRequested: return dial(event);
    case EventType::StatusRequested:
      if (event.status == AgentStatus::OnCall || event.status == AgentStatus::WrapUp) return refuse(Reason::BadStatus);
      return step_activity(on(agent_status::activity::On::StatusRequested), event);
    case EventType::NextStatusCancelled: return step_activity(on(agent_status::activity::On::NextCancelled), event);
    case EventType::WrapUpRequested: return start_wrap_up(event);
    case EventType::WrapUpFinished: return step_activity(on(agent_status::activity::On::WrapUpFinished), event);
    case EventType::WrapUpExtended:
      if (!(event.seconds >= 1 && event.seconds <= limits::kExtendMostSeconds)) return refuse(Reason::BadSeconds);
      return step_activity(on(agent_status::activity::On::WrapUpExtended), event);
    case EventType::DraftEdited:
    case EventType::DraftSaved: return save_draft(event);
    case EventType::ConsultRequested: return request_consult(event);
    case EventType::ConsultCompleted:
      if (consult_sought() >= 0) return refuse(Reason::Recovering);
      return step_consult(on(consult::On::Complete), event);
    case EventType::ConsultCancelled:
      if (consult_sought() >= 0) return refuse(Reason::Recovering);
      return step_consult(on(consult::On::Cancel), event);
    case EventType::SwapRequested: return request_swap(event);
    case EventType::MergeRequested: return request_merge(event);
    case EventType::SplitRequested: return step_conference(on(conference::On::SplitRequested), event);
    case EventType::OutboxRetried: {
      std::size_t waiting = 0;
      for (std::size_t i = 0; i < m_.logs.size(); ++i) {
        const CallLog& log = m_.logs[i];
        if (!log.in_use || (log.delivery != DeliveryState::Waiting && log.delivery != DeliveryState::Rejected)) continue;
        if (log.delivery == DeliveryState::Waiting && ++waiting > limits::kRetriedAtOnce) continue;  // its own time comes
        step_delivery(static_cast<std::uint16_t>(i), on(delivery::On::RetryAsked), event);
      }
      return out_.settle(command, Outcome::Done);
    }
    case EventType::OutboxDiscarded: {
      const int log = find_any_log(event.call_log_id);
      if (log < 0) return refuse(Reason::NothingRejected);
      return step_delivery(static_cast<std::uint16_t>(log), on(delivery::On::Discard), event);
    }
    case EventType::TakeOverRequested: {
      const Reason reason = allowed(Ask::TakeOver);
      return step_tabs(on(tabs::On::TakeOver), event, 0, is_harmless(reason) ? Reason::Ok : reason);
    }
    case EventType::NoticeDismissed:
      out_.notice = NoticeRecord{};
      return out_.settle(command, Outcome::Done);
    default: break;
  }
  const bool ringing = event.type == EventType::AnswerRequested || event.type == EventType::RejectRequested;
  const int found = call_for(event, ringing);
  if (found < 0) return refuse(ringing && event.call_id.empty() ? allowed(Ask::Answer) : Reason::NoSuchCall);
  const auto slot = static_cast<std::uint16_t>(found);
  const Call& call = m_.calls[slot];
  const bool ends = event.type == EventType::AnswerRequested || event.type == EventType::RejectRequested || event.type == EventType::HangupRequested;
  if (call.state == CallState::Recovering && !ends) return refuse(Reason::Recovering);
  switch (event.type) {
    case EventType::AnswerRequested: return step_call(slot, on(call::On::Answer), event);
    case EventType::RejectRequested: return step_call(slot, on(call::On::Reject), event);
    case EventType::HangupRequested: return step_call(slot, on(call::On::Hangup), event);
    case EventType::HoldRequested:
      if (call.state != CallState::Active) return refuse(Reason::NotConnected);
      if (!event.on && config_.auto_hold && call.hold_wanted) hold_others(slot);
      return step_toggle(slot, true, on(event.on ? toggle::On::TurnOn : toggle::On::TurnOff), event);
    case EventType::MuteRequested:
      if (call.state != CallState::Active) return refuse(Reason::NotConnected);
      return step_toggle(slot, false, on(event.on ? toggle::On::TurnOn : toggle::On::TurnOff), event);
    case EventType::DtmfRequested:
      if (call.state != CallState::Active) return refuse(Reason::NotConnected);
      if (!are_digits(strings_.view(event.digits))) return refuse(Reason::BadDigits);
      if (strings_.view(call.dtmf_digits).size() + strings_.view(event.digits).size() > limits::kDigits) return refuse(Reason::BadDigits);
      return step_dtmf(slot, on(dtmf::On::Digits), event);
    case EventType::TransferRequested: return request_transfer(slot, event);
    case EventType::RecordingRequested: return request_recording(slot, event);
    default: refuse(Reason::NotReady);
  }
}

void Phone::dial(const Event& event) {
  double command = event.command;
  auto refuse = [&](Reason reason) { out_.settle(command, Outcome::Refused, reason); };
  if (const Reason reason = allowed(Ask::Call); reason != Reason::Ok) return refuse(reason);
  const std::string number = dialable(strings_.view(event.number));
  if (number.empty()) return refuse(Reason::BadNumber);
  const int found = free_call();
  if (found < 0) return refuse(Reason::TooManyCalls);
  Event dialled = event;
  dialled.number = strings_.intern(number);
  start_call(static_cast<std::uint16_t>(found), dialled);
}

/// REQUIRES: the slot is free_call()'s. Returns the new call's id.
Text Phone::start_call(std::uint16_t slot, const Event& event) {
  const std::string id = "call-" + std::to_string(static_cast<long long>(config_.seed)) + "-" +
                         std::to_string(static_cast<long long>(++m_.calls_made));
  use_call(slot, strings_.intern(id), Direction::Outbound);
  step_call(slot, on(call::On::Dial), event);
  return m_.calls[slot].id;
}

/// The call_log of that key; the backend's id is as good. -1: there is none.
int Phone::find_any_log(Text id) const {
  int found = find_log(id);
  for (std::size_t i = 0; found < 0 && i < m_.logs.size(); ++i)
    if (m_.logs[i].in_use && !id.empty() && m_.logs[i].id == id) found = static_cast<int>(i);
  return found;
}

void Phone::save_draft(const Event& event) {
  double command = event.command;
  Text key = event.call_log_id;
  if (const int draft = newest_draft(); key.empty() && draft >= 0) key = m_.drafts[static_cast<std::size_t>(draft)].call_log_id;
  const int found = find_any_log(key);
  if (found < 0) return out_.settle(command, Outcome::Refused, Reason::NoDraft);
  const auto slot = static_cast<std::uint16_t>(found);
  for (std::size_t i = 0; i < m_.drafts.size(); ++i) {
    Draft& draft = m_.drafts[i];
    if (!draft.in_use || draft.call_log_id != m_.logs[slot].key) continue;
    draft.notes = event.notes;
    draft.disposition = event.disposition;
    dirty_drafts_.push_back(static_cast<std::uint16_t>(i));
  }
  step_log(slot, on(event.type == EventType::DraftSaved ? call_log::On::DraftSaved : call_log::On::DraftEdited), event);
  out_.settle(command, Outcome::Done);
}

/// What was typed but never saved, of a call that is over.
void Phone::keep_draft(Text key, const Event& cause) {
  const int log = key.empty() ? -1 : find_log(key);
  if (log < 0 || !m_.logs[static_cast<std::size_t>(log)].typed) return;
  step_log(static_cast<std::uint16_t>(log), on(call_log::On::DraftKept), cause);
}

void Phone::start_wrap_up(const Event& event) {
  double command = event.command;
  const Reason reason = allowed(Ask::StartWrapUp);
  if (is_harmless(reason)) return out_.settle(command, Outcome::Done);
  if (reason != Reason::Ok) return out_.settle(command, Outcome::Refused, reason);
  step_activity(on(agent_status::activity::On::WrapUpRequested), event, m_.drafts[static_cast<std::size_t>(newest_draft())].call_log_id);
}

/// OFFLINE in the CRM, the queues paused, the phone unregistered. During a call all of it waits for the call's end, and its wrap-up's.
void Phone::logout(const Event& event) {
  const Event none{.type = event.type, .at = event.at, .mono = event.mono};
  Event offline = event;
  offline.status = AgentStatus::Offline;
  offline.reason = strings_.intern("offline");
  m_.agent.login_pending = false;
  const bool idle = m_.agent.activity != ActivityState::OnCall;
  step_activity(on(agent_status::activity::On::StatusRequested), offline);
  for (const CallLog& log : m_.logs)
    if (log.in_use && log.typed && log.status >= LogStatus::Answered) keep_draft(log.key, none);
  if (idle) step_registration(on(registration::On::UnregisterRequested), event);
  else m_.agent.logout_pending = true;
}

}  // namespace offhook
