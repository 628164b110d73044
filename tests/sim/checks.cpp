// What must hold, after every event and in the end. docs/simulation.md has the
// sentences; each complaint here is one of them broken.
#include <algorithm>
#include <cmath>

#include "tests/sim/world.h"

namespace offhook::sim {
namespace {

bool is_live(const Call& call) { return call.in_use && call.state != CallState::Ended && call.state != CallState::Idle; }
bool is_final(LogStatus status) { return status >= LogStatus::Answered; }
bool is_automatic(std::string_view reason) { return reason.substr(0, 5) == "Auto:"; }

/// What a library, the host or the backend may say twice without a difference.
bool may_repeat(EventType type) {
  switch (type) {
    case EventType::Registering:
    case EventType::Registered:
    case EventType::Unregistered:
    case EventType::SoftphoneReady:
    case EventType::CallOffered:
    case EventType::CallDialed:
    case EventType::CallProgress:
    case EventType::CallConnected:
    case EventType::CallEnded:
    case EventType::CallAlive:
    case EventType::RemoteChanged:
    case EventType::HoldConfirmed:
    case EventType::MuteConfirmed:
    case EventType::HttpAnswered:
    case EventType::HttpFailed:
    case EventType::TimerFired:
    case EventType::AgentStatusReceived:
    case EventType::QueueNumberReceived:
    case EventType::NetworkChanged: return true;
    default: return false;
  }
}

}  // namespace

void World::before(Tab& tab, const Event&) { agent_before_ = tab.phone->model().agent; }

void World::after(Tab& tab, const Event& event) {
  const Model& m = tab.phone->model();
  if (m.root.last_anomaly == Anomaly::InnerQueueFull || m.root.last_anomaly == Anomaly::EffectsFull)
    complain("anomaly " + std::string(kAnomalyWords[static_cast<std::size_t>(m.root.last_anomaly)]));
  if (m.logs.size() > limits::kCallLogs || m.drafts.size() > limits::kDrafts || m.stack.size() > limits::kCallStack ||
      m.early.size() > limits::kQueueMessages || m.closed.size() > limits::kClosedCalls || tab.timers.size() > limits::kTimers)
    complain("a list has outgrown its bound");
  if (events % 64 == 0) {  // whatever an event changes it marks: nothing waits to be shown until something else happens to touch it
    const std::string whole = tab.phone->checkpoint();
    if (!whole.empty() && whole.find(R"("stale":[])") == std::string::npos) complain("something has changed without being shown");
  }
  for (std::size_t i = 0; i < m.calls.size(); ++i)
    if (m.quality[i].in_use && (!m.calls[i].in_use || m.quality[i].call_id != m.calls[i].id)) complain("the quality of a call that is not there");
  if (!tab.told_lost) check_calls(tab);
  check_agent(tab, event);
  for (const CallLog& log : m.logs) {
    if (!log.in_use) continue;
    const auto [seen, fresh] = tab.logs.try_emplace(std::string(tab.phone->strings().view(log.key)), Tab::Log{log.status, log.revision});
    if (!fresh) {
      if (is_final(seen->second.status) && log.status != seen->second.status) complain("a final status was reopened");
      if (log.status < seen->second.status) complain("a call_log's status went back");
      if (log.revision < seen->second.revision) complain("a call_log's revision went back");
      seen->second = {log.status, log.revision};
    }
    if (log.status != LogStatus::Answered && is_final(log.status) && log.connected_at != 0) complain("an answered call is logged as missed");
  }
  for (const Draft& draft : m.drafts) {
    if (!draft.in_use) continue;
    bool answered = false;
    for (const CallLog& log : m.logs) answered = answered || (log.in_use && log.key == draft.call_log_id && log.status == LogStatus::Answered);
    if (!answered) complain("a draft of a call that was not answered");
  }
}

/// I1: one state, one id, one slot; at most one call is talked to, conferences apart.
void World::check_calls(Tab& tab) {
  const Model& m = tab.phone->model();
  int talking = 0, joined = 0;
  bool excused = m.consult.state == ConsultState::Conference;
  for (const Call& call : m.calls) {
    if (!call.in_use) continue;
    if (call.state == CallState::Idle) complain("a call in use is Idle");
    if (call.duration_ms < 0 || call.held_ms < 0) complain("a negative duration");
    if (call.connected_at == 0 && call.duration_ms != 0) complain("a call that was never connected has a duration");
    for (const Call& other : m.calls)
      if (&other != &call && other.in_use && other.id == call.id) complain("two calls with one id");
    if (is_live(call) && call.state == CallState::Active && call.hold == SwitchState::Off) {
      const bool merged = m.conference.state != ConferenceState::Idle && (call.id == m.conference.call_id || call.id == m.conference.other_call_id);
      if (!merged || joined++ == 0) ++talking;
      const Leg* leg = leg_of(tab, tab.phone->strings().view(call.id));
      excused = excused || (leg && leg->hold_failed);
    }
    const auto id = tab.phone->strings().view(call.id);
    Leg* leg = leg_of(tab, id);
    if (leg && leg->seen_at < 0) leg->seen_at = now;
    if (leg && !call.call_log_id.empty() && !call.sip_call_id.empty() && leg->logged_at < 0) leg->logged_at = now, leg->logged_life = tab.life, leg->clock_known = m.skew.known();
  }
  if (talking > 1 && !excused) complain("two calls are talked to at once");
}

/// I7, I14, I15.
void World::check_agent(Tab& tab, const Event& event) {
  const Model& m = tab.phone->model();
  const Agent& agent = m.agent;
  const Agent& was = agent_before_;
  auto view = [&](Text t) { return tab.phone->strings().view(t); };
  const bool starts = event.type == EventType::StateLoaded || event.type == EventType::StorageFailed;
  if (agent.activity == ActivityState::WrapUp && was.activity != ActivityState::WrapUp && !starts) {
    for (const CallLog& log : m.logs)
      if (log.in_use && log.key == agent.wrap_up_call_log_id && log.status != LogStatus::Answered) complain("wrap-up after a call that was not answered");
    if (agent.wrap_up_call_log_id.empty() && event.type != EventType::WrapUpRequested) complain("wrap-up after no call at all");
  }
  if (was.activity == ActivityState::WrapUp && agent.activity != ActivityState::WrapUp && m.root.phase != Phase::Disposed) {
    if (agent.wrap_up_ends_at != 0 || !agent.wrap_up_call_log_id.empty()) complain("wrap-up has ended, and still runs");
    const bool asked_anew = event.type == EventType::StatusRequested || event.type == EventType::LogoutRequested;
    if (agent.activity == ActivityState::Idle && was.next_status != MaybeStatus::None && !asked_anew) {
      const auto next = static_cast<AgentStatus>(static_cast<int>(was.next_status) - 1);
      const bool applied = agent.requested == was.next_status || agent.queued == was.next_status || agent.intent == next;
      if (!applied || agent.next_status != MaybeStatus::None) complain("wrap-up ended and the next status was not applied");
    }
  }
  for (const Effect& effect : tab.phone->effects()) {
    if (effect.type != EffectType::HttpSend || effect.request != Request::AgentStatusPut) continue;
    const auto json = wire::parse_object(view(effect.body), limits::kJsonBytes);
    if (!json || wire::text_at(*json, "status") != "ONLINE") continue;
    const bool by_softphone = event.type == EventType::Registered || event.type == EventType::SoftphoneReady;
    const bool manual = was.known && was.intent == AgentStatus::Offline && was.intent_source != StatusSource::None && !is_automatic(view(was.intent_reason));
    if (manual && by_softphone && !was.login_pending && was.write == StatusWriteState::Settled) complain("a registration overrides a manual OFFLINE");
    const bool just_told = event.type == EventType::HttpAnswered || event.type == EventType::SocketMessage;  // the CRM's newest word came with this event
    if (wire::text_at(*json, "source") == "auto" && manual && !just_told) complain("an automatic restore overrides a manual OFFLINE");
  }
}

/// I9: what was told twice has happened once.
void World::twice(Tab& tab, const Event& event) {
  if (calm || !may_repeat(event.type) || !random.chance(trouble.event_twice)) return;
  const Model& m = tab.phone->model();
  if (event.type == EventType::CallConnected)
    for (const Call& call : m.calls)
      if (call.in_use && call.id == event.call_id && call.state == CallState::Ending) return;  // our BYE is sent again: it may have been lost
  if (event.type == EventType::CallOffered) {
    bool taken = false;
    for (const Call& call : m.calls) taken = taken || (call.in_use && call.id == event.call_id);
    if (!taken) return;  // one too many: it is refused as often as it is offered
  }
  if (tracing) note(&tab, "the same again");
  Event again = event;
  again.at = wall + now;
  if (recording) tab.recording.push_back(tab.recording.back());
  tab.phone->dispatch(again);
  ++events;
  const std::string name(kEvents[static_cast<std::size_t>(event.type)].name);
  for (const Effect& effect : tab.phone->effects())
    return complain(name + " told twice asks twice for " + std::string(kEffects[static_cast<std::size_t>(effect.type)].name));
}

/// I12, and that nothing is left open.
void World::at_end() {
  Tab* lead = leader();
  if (!lead) return complain("nobody leads in the end");
  const Model& m = lead->phone->model();
  auto view = [&](Text t) { return std::string(lead->phone->strings().view(t)); };
  for (const Call& call : m.calls)
    if (is_live(call)) return complain("a call lives on: " + view(call.id) + " " + std::string(kCallStateWords[static_cast<std::size_t>(call.state)]));
  for (const auto& [command, one] : asked)
    if (one.settled == 0 && !one.excused)
      return complain("command " + std::to_string(static_cast<int>(command)) + " (" + std::string(kEvents[static_cast<std::size_t>(one.type)].name) + ") was never settled");
  for (const auto& [command, one] : asked)
    if (one.type == EventType::OutboxDiscarded && one.settled && one.outcome == Outcome::Done) discarded.insert(one.call_log);
  for (const CallLog& log : m.logs)
    if (log.in_use && log.delivery != DeliveryState::Saved && log.delivery != DeliveryState::Discarded)
      return complain("call_log " + view(log.key) + " is still " + std::string(kDeliveryStateWords[static_cast<std::size_t>(log.delivery)]));
  if (m.agent.write != StatusWriteState::Settled) return complain("a status is still on its way");
  int leaders = 0, registered = 0;
  for (auto& tab : tabs) {
    if (tab->state == Tab::State::Dead) continue;
    leaders += tab->phone->model().tab.state == TabState::Leader;
    registered += tab->registered;
  }
  if (has_tabs && leaders != 1) return complain(std::to_string(leaders) + " tabs lead in the end");
  if (registered > 1) return complain(std::to_string(registered) + " tabs are registered in the end");
  check_records();
  if (!problem.empty() || !has_storage) return;

  // A restored prefix and a resync reach the same records.
  const auto kept = logs;
  const int place = lead->place;
  for (auto& tab : tabs)
    if (tab->state != Tab::State::Dead) die(*tab);
  until(now + 1'000);
  open_tab(place);
  until(now + 90'000);
  for (const auto& [key, log] : logs) {
    const auto found = kept.find(key);
    if (found == kept.end()) return complain("a reload has made a new call_log");
    const Stored& then = found->second;
    if (then.status != log.status || then.notes != log.notes || then.duration != log.duration || then.end_reason != log.end_reason)
      return complain("a reload has changed call_log " + key);
  }
}

void World::check_records() {
  std::map<std::string, int> of_leg;
  std::map<std::string, const Stored*> by_sip;
  for (const auto& [key, log] : logs) {
    if (discarded.contains(key) || discarded.contains(log.id)) continue;
    if (log.finals != 1) return complain("call_log " + key + " (" + log.sip_call_id + ") was given " + std::to_string(log.finals) + " final statuses; it is " + log.status);
    // Taken for missed when its page died, and answered later: the talk has a record of its own.
    const bool two_told = outside && log.status != "answered";
    if (!two_told && !log.sip_call_id.empty() && ++of_leg[log.sip_call_id] > 1) return complain("two call_logs of one call " + log.sip_call_id);
    by_sip[log.sip_call_id] = &log;
  }
  for (const auto& leg : legs) {
    if (leg->logged_at < 0) continue;
    const auto died = died_at.find(leg->logged_life);
    if (died != died_at.end() && died->second <= leg->logged_at + 1) continue;  // the page took it along
    const auto found = by_sip.find(leg->sip_id);
    if (found == by_sip.end() && discarded.empty()) return complain("no call_log of the call " + leg->sip_id);
    if (found == by_sip.end()) continue;
    const Ms truth = wall_start + server_wall + leg->seen_at;
    if (leg->clock_known && !clock_moved && !outside && std::abs(found->second->started_at - truth) > 10'000)
      return complain("call_log of " + leg->sip_id + " began " + std::to_string(static_cast<int>((found->second->started_at - truth) / 1000)) + " s off the server's clock");
    if (found->second->status == "answered" && !leg->told_up) return complain("a call that was never connected is logged as answered: " + leg->sip_id);
  }
  // Texts: what was saved and acknowledged is there, or something newer.
  std::map<std::string, int> saved;
  for (const auto& [command, one] : asked)
    if (one.type == EventType::DraftSaved && one.settled && !one.excused && one.outcome == Outcome::Done) saved[one.call_log] = std::max(saved[one.call_log], one.note);
  for (const auto& [name, note] : saved) {
    const auto by_id = log_ids.find(name);
    const auto found = logs.find(by_id == log_ids.end() ? name : by_id->second);
    if (found == logs.end() || discarded.contains(name)) continue;
    const int there = found->second.notes.size() > 5 ? std::stoi(found->second.notes.substr(5)) : 0;
    if (there < note) return complain("the notes of call_log " + name + " are lost: \"" + found->second.notes + "\" instead of \"note " + std::to_string(note) + "\"");
  }
}

}  // namespace offhook::sim
