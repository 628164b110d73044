// One event, start to end: route it to its machine, drain the inner queue,
// derive what is computed, publish what differs.
#include "engine/phone/phone.h"

#include <algorithm>
#include <cmath>

#include "engine/agent_status/agent_status.h"
#include "engine/call/call.h"
#include "engine/call_log/call_log.h"
#include "engine/conference/conference.h"
#include "engine/consult/consult.h"
#include "engine/contact/contact.h"
#include "engine/delivery/delivery.h"
#include "engine/dtmf/dtmf.h"
#include "engine/link/link.h"
#include "engine/registration/registration.h"
#include "engine/startup/startup.h"
#include "engine/tabs/tabs.h"
#include "engine/toggle/toggle.h"
#include "engine/transfer/transfer.h"
#include "engine/phone/on.h"

namespace offhook {
namespace {

/// The lock of the tabs goes last: the next leader must find what was just put.
[[gnu::noinline, gnu::cold]] void release_last(std::vector<Effect>& effects) {
  for (std::size_t i = 0, left = effects.size(); left-- > 0;) {
    const Effect effect = effects[i];
    if (effect.type != EffectType::TabRelease) {
      ++i;
      continue;
    }
    effects.erase(effects.begin() + static_cast<std::ptrdiff_t>(i));
    effects.push_back(effect);
  }
}

}  // namespace

const Reply& Phone::dispatch(const Event& given) {
  Event event = given;
  event.at = std::floor(event.at);  // whole milliseconds inside: the same digits on every face
  event.mono = std::floor(event.mono);
  handle(event);
  return reply_;
}

void Phone::handle(const Event& event) {
  out_.at = event.at;
  out_.mono = event.mono;
  out_.skew_ms = m_.connection.skew_ms;
  out_.effects.clear();
  out_.inner.clear();
  reply_.changes.clear();
  reply_.freed.clear();
  dirty_logs_.clear();
  dirty_drafts_.clear();
  dirty_presence_.clear();
  stack_new_ = 0;
  dirty_blockers_.clear();
  touched_ = touched_calls_ = switched_calls_ = touched_quality_ = 0;

  route(event);
  drain(event);
  derive();
  publish();
  keep();
  if (event.type == EventType::Disposed && config_.has_tabs) release_last(out_.effects);
}

void Phone::drain(const Event& cause) {
  for (std::size_t i = 0; i < out_.inner.size(); ++i) {
    const Inner inner = out_.inner[i];  // a copy: actions may post more
    route_inner(inner, cause);
  }
}

void Phone::route(const Event& event) {
  if (m_.root.phase == Phase::Disposed) {
    double command = event.type >= EventType::LoginRequested ? event.command : 0;
    out_.settle(command, Outcome::Refused, Reason::Disposed);
    return out_.count(Anomaly::IgnoredEvent);
  }
  switch (event.type) {
    case EventType::Started: return step_startup(on(startup::On::Started), event);
    case EventType::Disposed:
      end_all(event);
      step_tabs(on(tabs::On::Disposed), event);
      return step_startup(on(startup::On::Disposed), event);
    case EventType::StateLoaded: return state_loaded(event);
    case EventType::StorageFailed: return storage_failed(event);
    case EventType::StorageRecovered: return storage_recovered();
    case EventType::TabLockGranted: return step_tabs(on(tabs::On::LockGranted), event);
    case EventType::TabLockLost: return step_tabs(on(tabs::On::LockLost), event);
    case EventType::TabHeard: return step_tabs(on(event.on ? tabs::On::Leaving : tabs::On::Heard), event);
    case EventType::TabHandedOver: return step_tabs(on(tabs::On::HandedOver), event);
    case EventType::TimerFired: return route_timer(event);
    case EventType::HttpAnswered: return answered(event);
    case EventType::HttpFailed: return failed(event);
    case EventType::SocketOpened: return step_link(on(link::On::SocketOpened), event);
    case EventType::SocketClosed: return step_link(on(link::On::SocketClosed), event);
    case EventType::SocketMessage: return socket_message(event);
    case EventType::QueueNumberReceived: return queue_number(event);
    case EventType::AgentStatusReceived: return agent_status(event);
    case EventType::Woke: return woke(event);
    case EventType::NetworkChanged: return network_changed(event);
    default: break;
  }
  if (event.type >= EventType::LoginRequested) return route_command(event);
  route_softphone(event);
}

void Phone::route_timer(const Event& event) {
  for (std::size_t i = 0; i < out_.timers.size(); ++i) {
    if (out_.timers[i].id != event.timer) continue;
    const Timer timer = out_.timers[i];
    out_.timers.erase(out_.timers.begin() + static_cast<std::ptrdiff_t>(i));
    switch (timer.purpose) {
      case TimerFor::CallSetup: return step_call(timer.slot, on(call::On::SetupTimeout), event);
      case TimerFor::CallEnd: return step_call(timer.slot, on(call::On::EndTimeout), event);
      case TimerFor::CallLinger: return step_call(timer.slot, on(call::On::LingerOver), event);
      case TimerFor::Hold: return step_toggle(timer.slot, true, on(toggle::On::TimedOut), event);
      case TimerFor::Mute: return step_toggle(timer.slot, false, on(toggle::On::TimedOut), event);
      case TimerFor::Dtmf:
        return step_dtmf(timer.slot, m_.calls[timer.slot].dtmf == DtmfState::Collecting ? on(dtmf::On::DebounceOver) : on(dtmf::On::TimedOut),
                         event);
      case TimerFor::Transfer: return step_transfer(timer.slot, on(transfer::On::TimedOut), event);
      case TimerFor::Consult: return step_consult(on(consult::On::TimedOut), event);
      case TimerFor::Conference: return step_conference(on(conference::On::TimedOut), event);
      case TimerFor::ConsultLeg:
        if (m_.calls[timer.slot].state == CallState::Active) step_call(timer.slot, on(call::On::Hangup), event);
        return;
      case TimerFor::LogRetry: return step_delivery(timer.slot, on(delivery::On::RetryDue), event);
      case TimerFor::WrapUp: return step_activity(on(agent_status::activity::On::TimeOver), event);
      case TimerFor::StatusRetry: return step_write(on(agent_status::write::On::RetryDue), event);
      case TimerFor::PauseRetry: return step_pause(on(agent_status::pause::On::RetryDue), event);
      case TimerFor::StatusGetRetry: return out_.post(InnerType::StatusGetWanted);
      case TimerFor::ContactRetry: return step_contact(timer.slot, on(contact::On::RetryDue), event);
      case TimerFor::Link: return step_link(on(link::On::TimeOver), event);
      case TimerFor::TabSilence: return step_tabs(on(tabs::On::SilenceOver), event, event.mono - timer.due_mono);
      case TimerFor::Keep: return keep_beat();
    }
  }
  out_.count(Anomaly::UnknownTimer);
}

void Phone::route_inner(const Inner& inner, const Event& cause) {
  const Event none{.type = cause.type, .at = cause.at, .mono = cause.mono};
  switch (inner.type) {
    case InnerType::LogOpened: {
      Call& call = m_.calls[inner.slot];
      touched_calls_ |= 1u << inner.slot;
      if (call.in_use && open_log(call, cause) >= 0) out_.post(InnerType::AttachQueueMessages, inner.slot);
      return;
    }
    case InnerType::LookUpContact: return look_up(inner.slot, cause);
    case InnerType::ContactKnown: return contact_known(inner, true, none);
    case InnerType::ContactFailed: return contact_known(inner, false, none);
    case InnerType::CallConnected: return call_connected(inner.slot, none);
    case InnerType::CallFinished: return call_finished(inner.slot, none);
    case InnerType::CallForgotten:
      m_.calls[inner.slot] = Call{};
      forget_quality(inner.slot);
      used_calls_ &= ~(1u << inner.slot);
      touched_calls_ |= 1u << inner.slot;
      return;
    case InnerType::OthersToHold: return hold_others(inner.slot);
    case InnerType::TransferDone: return transfer_over(inner.slot, true, none);
    case InnerType::TransferFailed: return transfer_over(inner.slot, false, none);
    case InnerType::CallInDoubt:
      if (m_.root.has_check) out_.effect(EffectType::SoftphoneCheck).call_id = m_.calls[inner.slot].id;
      return;
    case InnerType::LookUpAgain: return look_up_again(inner.slot, cause);
    case InnerType::ConsultHold:
    case InnerType::ConsultDial:
    case InnerType::ConsultComplete:
    case InnerType::ConsultResume:
    case InnerType::ConsultHangUp:
    case InnerType::ConsultLegLeft: return route_consult(inner, none);
    case InnerType::ConferenceJoined: return conference_changed(inner, true, none);
    case InnerType::ConferenceParted: return conference_changed(inner, false, none);
    case InnerType::HangUpTransferred: return step_call(inner.slot, on(call::On::Hangup), none);
    case InnerType::LogWritten: return step_delivery(inner.slot, on(delivery::On::Write), none);
    case InnerType::DraftOpened: {
      const CallLog& log = m_.logs[inner.slot];
      if (log.notes.empty() && log.disposition.empty())
        for (const Call& call : m_.calls)
          if (call.in_use && call.call_log_id == log.key && &conversation_of(call) != &call) return;
      std::size_t at = 0;
      while (at < m_.drafts.size() && m_.drafts[at].in_use) ++at;
      if (at == limits::kDrafts) {  // the oldest gives way; its text stays in its call_log
        at = 0;
        for (std::size_t i = 1; i < m_.drafts.size(); ++i)
          if (m_.drafts[i].since < m_.drafts[at].since) at = i;
        keep_draft(m_.drafts[at].call_log_id, none);
      }
      if (at == m_.drafts.size()) m_.drafts.emplace_back();
      m_.drafts[at] = {.call_log_id = log.key, .notes = log.notes, .disposition = log.disposition, .since = out_.at, .in_use = true};
      dirty_drafts_.push_back(static_cast<std::uint16_t>(at));
      return;
    }
    case InnerType::DraftClosed: {
      const Text key = m_.logs[inner.slot].key;
      for (std::size_t i = 0; i < m_.drafts.size(); ++i) {
        if (!m_.drafts[i].in_use || m_.drafts[i].call_log_id != key) continue;
        m_.drafts[i] = Draft{};
        dirty_drafts_.push_back(static_cast<std::uint16_t>(i));
      }
      if (m_.agent.activity == ActivityState::WrapUp && m_.agent.wrap_up_call_log_id == key)
        step_activity(on(agent_status::activity::On::WrapUpFinished), none);
      return;
    }
    case InnerType::LinkWanted:
      if (config_.has_events_socket) step_link(on(link::On::OpenRequested), none);
      return;
    case InnerType::LinkUnwanted: return step_link(on(link::On::CloseRequested), none);
    case InnerType::StatusGetWanted: out_.request(Request::AgentStatusGet, 0, config_.extension, {}, ""); return;
    case InnerType::RegistrationChanged: return step_link(on(link::On::AgentInformation), none);
    case InnerType::RegistrationUp: return step_write(on(agent_status::write::On::RegistrationUp), none);
    case InnerType::StatusWanted: {
      Event wanted = none;
      wanted.command = inner.slot ? cause.command : 0;  // slot 1: asked for by a command, which waits for the CRM
      return step_write(on(agent_status::write::On::Write), wanted, inner.word, inner.a, inner.source);
    }
    case InnerType::WrapUpForced:
      if (m_.agent.activity == ActivityState::WrapUp) step_activity(on(agent_status::activity::On::Forced), none);
      return;
    case InnerType::DraftKept: return keep_draft(inner.a, none);
    case InnerType::UnregisterWanted: return step_registration(on(registration::On::UnregisterRequested), none);
    case InnerType::PauseWanted:
      if (!agent_status::kPauseRules[static_cast<std::size_t>(inner.word)].unchanged)
        step_pause(on(agent_status::pause::On::Wanted), none, inner.word, inner.a);
      return;
    case InnerType::CallsToCheck: return check_calls();
    case InnerType::TabWanted: return step_tabs(on(tabs::On::Claim), none);
    case InnerType::LeadershipGained: return step_startup(on(startup::On::LeadershipGained), none);
    case InnerType::LeadershipLost:
      settle_all(Reason::NotLeader);
      return step_startup(on(startup::On::LeadershipLost), none);
    case InnerType::AttachQueueMessages: return attach_early(inner.slot, none);
  }
}

}  // namespace offhook
