// What the softphone says, and what follows from it in the other machines:
// call_log, contact, agent status, the call_stack.
#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

#include "engine/agent_status/agent_status.h"
#include "engine/call/call.h"
#include "engine/call_log/call_log.h"
#include "engine/conference/conference.h"
#include "engine/contact/contact.h"
#include "engine/dtmf/dtmf.h"
#include "engine/phone/on.h"
#include "engine/phone/phone.h"
#include "engine/recording/recording.h"
#include "engine/registration/registration.h"
#include "engine/startup/startup.h"
#include "engine/toggle/toggle.h"
#include "engine/transfer/transfer.h"

namespace offhook {
namespace {

bool is_live(const Call& call) { return call.in_use && call.state != CallState::Ended && call.state != CallState::Idle; }

/// 32 hex digits of two FNV-1a sums: the same call gives the same key in every tab and after a reload.
std::string record_key(std::string_view extension_id, std::string_view call_id, Direction direction) {
  std::uint64_t sums[2] = {0xcbf29ce484222325ULL, 0x84222325cbf29ce4ULL};
  std::string key;
  for (std::uint64_t& sum : sums) {
    auto add = [&sum](std::string_view text) {
      for (unsigned char c : text) sum = (sum ^ c) * 0x100000001b3ULL;
      sum = (sum ^ 0xff) * 0x100000001b3ULL;
    };
    add(extension_id);
    add(call_id);
    add(kDirectionWords[static_cast<std::size_t>(direction)]);
    for (int shift = 60; shift >= 0; shift -= 4) key += "0123456789abcdef"[(sum >> shift) & 15];
  }
  return key;
}

}  // namespace

void Phone::route_softphone(const Event& event) {
  // Nobody has started a softphone yet, and what is taken up from the storage would replace a record opened now.
  if (m_.root.phase == Phase::Loading) return out_.count(Anomaly::IgnoredEvent);
  switch (event.type) {
    case EventType::SoftphoneReady: return softphone_ready(event);
    case EventType::SoftphoneFailed: return step_startup(on(startup::On::SoftphoneFailed), event);
    case EventType::Registering: return step_registration(on(registration::On::Registering), event);
    case EventType::Registered: return registered(event);
    case EventType::Unregistered: return step_registration(on(registration::On::Unregistered), event);
    case EventType::RegistrationFailed: return step_registration(on(registration::On::RegistrationFailed), event);
    case EventType::CallOffered: return offer(event);
    case EventType::DevicesChanged: return devices_changed(event);
    case EventType::MergeConfirmed: return merge_confirmed(event);
    case EventType::CallResumed: return resumed(event);
    default: break;
  }
  if (event.type == EventType::CommandRefused && event.refused == Command::Register)
    return step_registration(on(registration::On::RegistrationFailed), event);
  const int found = find_call(event.call_id);
  if (found < 0) return out_.count(Anomaly::UnknownCall);
  const auto slot = static_cast<std::uint16_t>(found);
  switch (event.type) {
    case EventType::CallDialed: return step_call(slot, on(call::On::Dialed), event);
    case EventType::CallProgress: return step_call(slot, on(call::On::Progress), event);
    case EventType::CallConnected: return step_call(slot, on(call::On::Connected), event);
    case EventType::CallEnded: return step_call(slot, on(call::On::EndReported), event);
    case EventType::RemoteChanged: return step_call(slot, on(call::On::RemoteChanged), event);
    case EventType::CallAlive:  // what was feared is not so
      m_.calls[slot].last_alive = out_.at;
      touched_calls_ |= 1u << slot;
      return;
    default: break;
  }
  if (m_.calls[slot].state == CallState::Ended && (event.type != EventType::CommandRefused || event.refused >= Command::Hold))
    return out_.count(Anomaly::IgnoredEvent);  // too late for hold, mute, digits and transfer: they ended with the call
  switch (event.type) {
    case EventType::HoldConfirmed:
      return step_toggle(slot, true, on(event.on ? toggle::On::ConfirmedOn : toggle::On::ConfirmedOff), event);
    case EventType::HoldRefused: return step_toggle(slot, true, on(toggle::On::Refused), event);
    case EventType::MuteConfirmed:
      return step_toggle(slot, false, on(event.on ? toggle::On::ConfirmedOn : toggle::On::ConfirmedOff), event);
    case EventType::MuteRefused: return step_toggle(slot, false, on(toggle::On::Refused), event);
    case EventType::DtmfSent: return step_dtmf(slot, on(dtmf::On::Sent), event);
    case EventType::DtmfRefused: return step_dtmf(slot, on(dtmf::On::Refused), event);
    case EventType::QualityMeasured: return quality_measured(slot, event);
    case EventType::TransferProgress: return step_transfer(slot, on(transfer::On::Progress), event);
    case EventType::MergeRefused: return step_conference(on(conference::On::Refused), event);
    case EventType::CommandRefused:
      switch (event.refused) {
        case Command::Dial: return step_call(slot, on(call::On::DialRefused), event);
        case Command::Answer: return step_call(slot, on(call::On::AnswerRefused), event);
        case Command::Reject:
        case Command::Hangup: return step_call(slot, on(call::On::HangupRefused), event);
        case Command::Hold: return step_toggle(slot, true, on(toggle::On::Refused), event);
        case Command::Mute: return step_toggle(slot, false, on(toggle::On::Refused), event);
        case Command::Dtmf: return step_dtmf(slot, on(dtmf::On::Refused), event);
        case Command::Transfer: return step_transfer(slot, on(transfer::On::Refused), event);
        case Command::Merge: return step_conference(on(conference::On::Refused), event);
        case Command::Register: return;
      }
      return;
    default: out_.count(Anomaly::IgnoredEvent);
  }
}

int Phone::find_call(Text id) const {
  if (id.empty()) return -1;
  for (std::uint32_t left = used_calls_; left; left &= left - 1) {
    const int i = std::countr_zero(left);
    if (m_.calls[static_cast<std::size_t>(i)].id == id) return i;
  }
  return -1;
}

/// A slot for a new call: a free one, else the oldest ended one. −1 when `calls_max` are live.
int Phone::free_call() const {
  double live = 0;
  int free = -1, ended = -1;
  for (std::size_t i = 0; i < m_.calls.size(); ++i) {
    const Call& call = m_.calls[i];
    if (is_live(call)) ++live;
    else if (!call.in_use) free = free < 0 ? static_cast<int>(i) : free;
    else if (ended < 0 || call.ended_at < m_.calls[static_cast<std::size_t>(ended)].ended_at) ended = static_cast<int>(i);
  }
  if (live >= config_.calls_max) return -1;
  return free >= 0 ? free : ended;
}

/// Takes the slot for a new call; the ended one that may still stand there goes.
void Phone::use_call(std::uint16_t slot, Text id, Direction direction) {
  out_.clear_timer(TimerFor::CallLinger, slot);
  forget_quality(slot);
  m_.calls[slot] = Call{};
  m_.calls[slot].id = id;
  m_.calls[slot].direction = direction;
  m_.calls[slot].in_use = true;
  used_calls_ |= 1u << slot;
  touched_calls_ |= 1u << slot;
}

void Phone::offer(const Event& event) {
  if (find_call(event.call_id) >= 0) return out_.count(Anomaly::DuplicateCall);
  const int found = event.call_id.empty() ? -1 : free_call();
  if (found < 0) {
    out_.count(Anomaly::TooManyCalls);
    out_.effect(EffectType::SoftphoneReject).call_id = event.call_id;
    return log_unheard(event);
  }
  const auto slot = static_cast<std::uint16_t>(found);
  use_call(slot, event.call_id, Direction::Inbound);
  step_call(slot, on(call::On::Offer), event);
  push_stack(StackEvent::InBoundRinging, m_.calls[slot]);
}

void Phone::push_stack(StackEvent event, const Call& call) {
  if (m_.stack.size() >= limits::kCallStack) m_.stack.erase(m_.stack.begin());
  m_.stack.push_back({event, call.id, call.number, out_.at});
  ++stack_new_;
}

int Phone::find_log(Text key) const {
  for (std::size_t i = 0; i < m_.logs.size(); ++i)
    if (m_.logs[i].in_use && m_.logs[i].key == key) return static_cast<int>(i);
  return -1;
}

int Phone::log_of(const Call& call) const {
  if (call.log_slot < 0 || static_cast<std::size_t>(call.log_slot) >= m_.logs.size()) return -1;
  const CallLog& log = m_.logs[static_cast<std::size_t>(call.log_slot)];
  return log.in_use && log.key == call.call_log_id ? call.log_slot : -1;
}

/// A slot for a new record. Confirmed records beyond the last fifty give way, oldest first; an unconfirmed one never does.
int Phone::new_log() {
  std::vector<std::pair<Millis, std::size_t>> saved;
  std::size_t free = m_.logs.size();
  for (std::size_t i = 0; i < m_.logs.size(); ++i) {
    const CallLog& log = m_.logs[i];
    if (!log.in_use) {
      free = std::min(free, i);
      continue;
    }
    if ((log.delivery != DeliveryState::Saved && log.delivery != DeliveryState::Discarded) || log.ended_at == 0) continue;
    bool drafted = false;
    for (const Draft& draft : m_.drafts) drafted = drafted || (draft.in_use && draft.call_log_id == log.key);
    if (!drafted) saved.emplace_back(log.ended_at, i);
  }
  const bool full = free == m_.logs.size() && m_.logs.size() >= limits::kCallLogs;
  std::size_t surplus = saved.size() >= limits::kCallLogsShown ? saved.size() - limits::kCallLogsShown + 1 : full ? 1 : 0;
  if (full && saved.empty()) {
    out_.count(Anomaly::OutboxFull);
    return -1;
  }
  for (std::size_t i = 0; i < surplus; ++i) {  // nearly always one; after an outage many, once
    std::swap(saved[i], *std::min_element(saved.begin() + static_cast<std::ptrdiff_t>(i), saved.end()));
    free = saved[i].second;
    m_.logs[free] = CallLog{};
    changed(Leaf::CallLog, static_cast<std::uint32_t>(free), false);  // emptied before it is filled again
  }
  if (free == m_.logs.size()) m_.logs.emplace_back();
  return static_cast<int>(free);
}

/// A new record for the call. Returns its slot, or −1 when there is one already or no room.
int Phone::open_log(Call& call, const Event& cause) {
  if (!call.call_log_id.empty()) return -1;
  const int found = new_log();
  if (found < 0) return -1;
  const auto at = static_cast<std::uint16_t>(found);
  std::string key = record_key(strings_.view(config_.extension_id), strings_.view(call.sip_call_id.empty() ? call.id : call.sip_call_id),
                               call.direction);
  while (find_log(strings_.intern(key)) >= 0) key += "-2";  // the same leg offered twice is two calls to the agent
  CallLog& log = m_.logs[at];
  log = CallLog{};
  log.key = strings_.intern(key);
  log.in_use = true;
  log.contact_number = call.contact_number;
  call.call_log_id = log.key;
  call.log_slot = found;
  step_log(at, on(call_log::On::Opened), cause, &call);
  if (call.direction == Direction::Outbound) push_stack(StackEvent::OutBoundRinging, call);
  return found;
}

/// An incoming call for which there is no room: it never rings, and still has its call_log and its contact.
void Phone::log_unheard(const Event& event) {
  if (event.call_id.empty()) return;
  Call call;
  call.id = event.call_id;
  call.sip_call_id = event.sip_call_id;
  call.number = event.number;
  call.name = event.name;
  call.started_at = call.ended_at = out_.at;
  call.end_reason = EndReason::Busy;
  find_contact(call, event);
  if (const int log = open_log(call, event); log >= 0) step_log(static_cast<std::uint16_t>(log), on(call_log::On::Finished), event, &call);
}

void Phone::look_up(std::uint16_t slot, const Event& cause) {
  Call& call = m_.calls[slot];
  if (call.contact != ContactState::Idle) return;  // asked when it was dialled; a library may never have said so
  touched_calls_ |= 1u << slot;
  find_contact(call, cause);
  if (const int log = log_of(call); log >= 0) m_.logs[static_cast<std::size_t>(log)].contact_number = call.contact_number;
}

void Phone::find_contact(Call& call, const Event& cause) {
  const std::string number = contact::normalise(strings_.view(call.number));
  if (!contact::is_nobody(strings_.view(call.number), number, config_)) call.contact_number = strings_.intern(number);
  int at = -1;
  for (std::size_t i = 0; i < m_.lookups.size(); ++i) {
    const bool same_number = m_.lookups[i].in_use && m_.lookups[i].number == call.contact_number;  // one request serves both
    if (same_number || (at < 0 && !m_.lookups[i].in_use)) at = static_cast<int>(i);
    if (same_number) break;
  }
  if (at < 0) {
    call.contact = ContactState::Failed;
    return out_.count(Anomaly::OutboxFull);
  }
  contact::Lookup& lookup = m_.lookups[static_cast<std::size_t>(at)];
  if (!lookup.in_use)
    lookup = {.number = call.contact_number, .name = call.name, .asker = call.call_log_id.empty() ? call.id : call.call_log_id, .in_use = true};
  step_contact(static_cast<std::uint16_t>(at), on(contact::On::LookUp), cause);
  call.contact = lookup.state;
  if (lookup.state == ContactState::Skipped) lookup = contact::Lookup{};
}

void Phone::contact_known(const Inner& inner, bool known, const Event& cause) {
  m_.lookups[inner.slot] = contact::Lookup{};
  for (Call& call : m_.calls) {
    if (!call.in_use || call.contact_number != inner.a || call.contact != ContactState::Looking) continue;
    touched_calls_ |= 1u << (&call - m_.calls.data());
    call.contact = known ? ContactState::Known : ContactState::Failed;
    if (!known) continue;
    call.contact_id = inner.b;
    call.contact_name = inner.c;
  }
  if (!known) return;
  for (std::size_t i = 0; i < m_.logs.size(); ++i)
    if (m_.logs[i].in_use && m_.logs[i].contact_number == inner.a && m_.logs[i].contact_id.empty())
      step_log(static_cast<std::uint16_t>(i), on(call_log::On::ContactKnown), cause, nullptr, inner.b, inner.c);
}

void Phone::call_connected(std::uint16_t slot, const Event& cause) {
  const Call& call = m_.calls[slot];
  push_stack(call.direction == Direction::Inbound ? StackEvent::InBoundConnect : StackEvent::OutBoundConnect, call);
  if (const int log = log_of(call); log >= 0)
    step_log(static_cast<std::uint16_t>(log), on(call_log::On::Connected), cause, &call);
  step_activity(on(agent_status::activity::On::CallConnected), cause);
  tell_consult(call, false, cause);
}

void Phone::call_finished(std::uint16_t slot, const Event& cause) {
  Call& call = m_.calls[slot];
  step_toggle(slot, true, on(toggle::On::CallOver), cause);
  step_toggle(slot, false, on(toggle::On::CallOver), cause);
  step_dtmf(slot, on(dtmf::On::CallOver), cause);
  step_transfer(slot, on(transfer::On::CallOver), cause);
  step_recording(slot, on(recording::On::CallOver), cause);
  out_.clear_timer(TimerFor::ConsultLeg, slot);
  leave_conference(call, cause);
  tell_consult(call, true, cause);
  push_stack(StackEvent::CallEnd, call);
  const int log = log_of(call);
  if (log >= 0) {
    const CallLog& record = m_.logs[static_cast<std::size_t>(log)];
    if (!record.yeastar_call_id.empty()) {
      if (m_.closed.size() >= limits::kClosedCalls) m_.closed.erase(m_.closed.begin());
      m_.closed.push_back(record.yeastar_call_id);
    }
    step_log(static_cast<std::uint16_t>(log), on(call_log::On::Finished), cause, &call);
  }
  if (call.connected_at == 0) return;  // an unanswered call never causes wrap-up
  for (const Call& other : m_.calls)
    if (is_live(other) && other.connected_at != 0) return;
  const bool wrap_up = config_.wrap_up_mode == WrapUpMode::Timed || config_.wrap_up_mode == WrapUpMode::Manual;
  step_activity(on(agent_status::activity::On::LastCallEnded), cause, conversation_of(call).call_log_id, wrap_up);
}

/// Whose notes are written: a leg to a colleague who was asked before a transfer is part of the customer's conversation.
const Call& Phone::conversation_of(const Call& call) const {
  for (const Call& other : m_.calls)
    if (other.in_use && other.transfer == TransferState::Done && other.transfer_other == call.id) return other;
  return call;
}

/// The phone goes away with calls in it: nobody will tell their end, so it is told here.
void Phone::end_all(const Event& cause) {
  Event ended{.type = EventType::CallEnded, .at = cause.at, .mono = cause.mono};
  ended.reason = strings_.intern("lost");
  for (std::size_t i = 0; i < m_.calls.size(); ++i)
    if (is_live(m_.calls[i])) step_call(static_cast<std::uint16_t>(i), on(call::On::EndReported), ended);
  settle_all(Reason::Disposed);  // no answer will be heard any more
}

/// Every command that still waits for something is refused: nothing of it will be heard here.
void Phone::settle_all(Reason reason) {
  auto refuse = [&](double& command, Text call_id = {}) { out_.settle(command, Outcome::Refused, reason, call_id); };
  refuse(m_.agent.command);
  refuse(m_.agent.queued_command);
  refuse(m_.agent.extend_command);
  touch(Leaf::Agent);
  if (reason == Reason::Disposed) return;  // each call has answered for its own when it ended
  refuse(m_.consult.command);
  refuse(m_.conference.command);
  touch(Leaf::Consult), touch(Leaf::Conference);
  touched_calls_ |= used_calls_;
  for (Call& call : m_.calls)
    for (double* command : {&call.answer_command, &call.end_command, &call.hold_command, &call.mute_command, &call.dtmf_command,
                            &call.transfer_command, &call.recording_command})
      refuse(*command, call.id);
}

}  // namespace offhook
