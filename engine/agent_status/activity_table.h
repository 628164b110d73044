// What calls and the agent's wishes make of the status: guards, actions, table.
// Read it beside docs/machines/agent_status.md, "activity".
#pragma once

#include <cmath>

#include "engine/agent_status/agent_status.h"
#include "engine/core/json_writer.h"
#include "engine/core/limits.h"
#include "engine/fsm/table_checks.h"

namespace offhook::agent_status::activity {

inline constexpr Machine::Guard wrapUpFollows{"wrapUpFollows", [](const Context&, const Event& event) {
  return event.follows && !event.call_log_id.empty();
}};

/// The call was the centre's, and it has a wrap-up after it: one that it began already, or will.
inline bool wraps_up(CentreMode mode, Millis since) { return since != 0 || mode == CentreMode::Manual || mode == CentreMode::Timed; }
inline constexpr Machine::Guard centreWrapsUp{"centreWrapsUp", [](const Context& c, const Event& event) {
  return wraps_up(c.agent.centre_mode, c.agent.centre_since) && !event.call_log_id.empty();
}};
inline constexpr Machine::Guard centreWantsNone{"centreWantsNone", [](const Context& c, const Event&) {
  return c.agent.centre_mode != CentreMode::Unknown && !wraps_up(c.agent.centre_mode, c.agent.centre_since);
}};
inline constexpr Machine::Guard saysWrapUp{"saysWrapUp", [](const Context&, const Event& event) { return wraps_up(event.mode, event.since); }};
inline constexpr Machine::Guard isCentres{"isCentres", [](const Context& c, const Event&) { return c.agent.wrap_up_by == WrapUpBy::Centre; }};
inline constexpr Machine::Guard isCentresTimed{"isCentresTimed", [](const Context& c, const Event&) {
  return c.agent.wrap_up_by == WrapUpBy::Centre && c.agent.wrap_up_ends_at != 0;
}};
/// Said of a call that goes on: its end may be heard there before it is heard here.
inline constexpr Machine::Guard isOwed{"isOwed", [](const Context& c, const Event&) {
  return c.agent.centre_mode != CentreMode::Unknown && c.agent.centre_since == 0;
}};

inline constexpr Machine::Guard crmSaysWrapUp{"crmSaysWrapUp", [](const Context& c, const Event&) {
  return c.agent.intent == AgentStatus::WrapUp;
}};

inline constexpr Machine::Guard isTimed{"isTimed", [](const Context& c, const Event&) { return c.agent.wrap_up_ends_at != 0; }};
/// Resumed: a call of before the reload is looked for, in which they talked.
inline constexpr Machine::Guard callsLeft{"callsLeft", [](const Context&, const Event& event) { return event.in.on; }};

inline constexpr Machine::Action showStatus{"showStatus", [](Context& c, const Event&, Out& out) { show(c.agent, out); }};

inline constexpr Machine::Action startWrapUp{"startWrapUp", [](Context& c, const Event& event, Out& out) {
  c.agent.wrap_up_call_log_id = event.call_log_id;
  c.agent.wrap_up_by = WrapUpBy::Phone;
  if (out.config.wrap_up_mode == WrapUpMode::Manual || out.config.wrap_up_seconds <= 0) return;
  const Millis length = out.config.wrap_up_seconds * 1000;
  c.agent.wrap_up_ends_at = out.at + length;
  out.set_timer(TimerFor::WrapUp, 0, length);
}};

inline void forget_centre(Agent& agent) {
  agent.centre_mode = CentreMode::Unknown;
  agent.centre_since = agent.centre_until = 0;
}
inline constexpr Machine::Action forgetCentre{"forgetCentre", [](Context& c, const Event&, Out&) { forget_centre(c.agent); }};
inline constexpr Machine::Action noteCentre{"noteCentre", [](Context& c, const Event& event, Out&) {
  c.agent.centre_mode = event.mode;
  c.agent.centre_since = event.since;
  c.agent.centre_until = event.until;
}};

/// The centre ends it. Our timer is for the case that nothing is heard of the centre any more: one without an end is the agent's to finish.
inline void follow_centre(Agent& agent, Out& out) {
  agent.wrap_up_by = WrapUpBy::Centre;
  agent.wrap_up_ends_at = agent.centre_until;
  const bool told = agent.centre_since != 0;
  if (agent.centre_until == 0 && (told || agent.centre_mode != CentreMode::Timed)) return out.clear_timer(TimerFor::WrapUp, 0);
  const Millis left = agent.centre_until == 0 ? limits::kCentreSilent : agent.centre_until - out.at + limits::kCentreGrace;
  out.set_timer(TimerFor::WrapUp, 0, left < 0 ? 0 : left > 86'400'000 ? 86'400'000 : left);
}
inline constexpr Machine::Action followCentre{"followCentre", [](Context& c, const Event&, Out& out) { follow_centre(c.agent, out); }};

inline constexpr Machine::Action startCentreWrapUp{"startCentreWrapUp", [](Context& c, const Event& event, Out& out) {
  c.agent.wrap_up_call_log_id = event.call_log_id;
  follow_centre(c.agent, out);
}};

/// The centre's wrap-up is extended by the centre, which then tells its new end.
inline constexpr Machine::Action askForMore{"askForMore", [](Context& c, const Event& event, Out& out) {
  out.settle(c.agent.extend_command, Outcome::Refused, Reason::Superseded);
  c.agent.extend_command = event.in.command;
  std::string body;
  JsonWriter json(body);
  json.open('{').key("ms").number(std::floor(event.in.seconds * 1000)).close('}');
  const std::string key = "extend:" + std::string(out.view(out.config.extension)) + ":" +
                          std::to_string(static_cast<long long>(out.config.seed)) + ":" + std::to_string(static_cast<long long>(out.next_id));
  c.agent.extend_request = out.request(Request::WrapUpExtend, 0, out.config.extension, out.text(key), body);
}};

inline constexpr Machine::Action extendWrapUp{"extendWrapUp", [](Context& c, const Event& event, Out& out) {
  double command = event.in.command;
  c.agent.wrap_up_ends_at += std::floor(event.in.seconds * 1000);
  out.set_timer(TimerFor::WrapUp, 0, c.agent.wrap_up_ends_at - out.at);
  out.settle(command, Outcome::Done);
}};

/// However it ends: what was typed so far goes to the backend.
inline constexpr Machine::Action endWrapUp{"endWrapUp", [](Context& c, const Event&, Out& out) {
  out.clear_timer(TimerFor::WrapUp, 0);
  out.post(Inner{.type = InnerType::DraftKept, .a = c.agent.wrap_up_call_log_id});
  c.agent.wrap_up_ends_at = 0;
  c.agent.wrap_up_call_log_id = {};
  c.agent.wrap_up_by = WrapUpBy::None;
  forget_centre(c.agent);
}};

inline constexpr Machine::Action writeWrapUp{"writeWrapUp", [](Context&, const Event&, Out& out) {
  out.post(Inner{.type = InnerType::StatusWanted, .word = AgentStatus::WrapUp, .source = StatusSource::Call});
}};

/// What is left of it: the time went on while no page was there.
inline constexpr Machine::Action resumeWrapUp{"resumeWrapUp", [](Context& c, const Event&, Out& out) {
  if (c.agent.wrap_up_by == WrapUpBy::Centre) return follow_centre(c.agent, out);
  if (c.agent.wrap_up_ends_at == 0) return;
  const Millis left = c.agent.wrap_up_ends_at - out.at;
  out.set_timer(TimerFor::WrapUp, 0, left < 0 ? 0 : left > 86'400'000 ? 86'400'000 : left);
}};

/// The status asked for during the call; else what the CRM holds, or held before wrap-up: somebody may have changed it meanwhile.
/// Nothing is written when the CRM holds it already.
inline void apply_next(Context& c, const Event& event, Out& out) {
  Agent& agent = c.agent;
  const bool asked = agent.next_status != MaybeStatus::None;
  const bool resumes = !agent.known || agent.intent == AgentStatus::WrapUp;
  const AgentStatus target = asked     ? static_cast<AgentStatus>(static_cast<int>(agent.next_status) - 1)
                             : resumes ? agent.resume
                                       : agent.intent;
  const Text reason = asked ? agent.next_reason : resumes ? agent.resume_reason : agent.intent_reason;
  agent.next_status = MaybeStatus::None;
  agent.next_reason = {};
  if (agent.logout_pending) out.post(InnerType::UnregisterWanted);
  agent.logout_pending = false;
  double command = event.on == On::WrapUpFinished ? event.in.command : 0;
  out.settle(command, Outcome::Done);
  if (agent.write == StatusWriteState::Settled && agent.intent == target && agent.intent_reason == reason) return;
  out.post(Inner{.type = InnerType::StatusWanted, .a = reason, .word = target, .source = asked ? StatusSource::Agent : StatusSource::Call});
}
inline constexpr Machine::Action applyNext{"applyNext", [](Context& c, const Event& event, Out& out) { apply_next(c, event, out); }};

/// The centre writes what follows its wrap-up itself; ours is what was asked for meanwhile, and what replaces a write of ours that is still out.
inline constexpr Machine::Action applyAsked{"applyAsked", [](Context& c, const Event& event, Out& out) {
  if (c.agent.next_status == MaybeStatus::None && c.agent.write == StatusWriteState::Settled) return;
  apply_next(c, event, out);
}};

/// Kept for after the call; the pause is sent at once, so that no new call is offered.
inline constexpr Machine::Action queueNext{"queueNext", [](Context& c, const Event& event, Out& out) {
  c.agent.next_status = static_cast<MaybeStatus>(static_cast<int>(event.in.status) + 1);
  c.agent.next_reason = event.in.reason;
  c.agent.logout_pending = false;
  double command = event.in.command;
  out.settle(command, Outcome::Done);
  out.post(Inner{.type = InnerType::PauseWanted, .a = event.in.reason, .word = event.in.status});
}};

inline constexpr Machine::Action clearNext{"clearNext", [](Context& c, const Event& event, Out& out) {
  const bool was = c.agent.next_status != MaybeStatus::None;
  c.agent.next_status = MaybeStatus::None;
  c.agent.next_reason = {};
  c.agent.logout_pending = false;
  double command = event.in.command;
  out.settle(command, Outcome::Done);
  if (was) out.post(Inner{.type = InnerType::PauseWanted, .a = c.agent.intent_reason, .word = c.agent.intent});
}};

/// The agent has just said something newer.
inline constexpr Machine::Action dropNext{"dropNext", [](Context& c, const Event&, Out&) {
  c.agent.next_status = MaybeStatus::None;
  c.agent.next_reason = {};
  c.agent.logout_pending = false;
}};

inline constexpr Machine::Action writeStatus{"writeStatus", [](Context&, const Event& event, Out& out) {
  out.post(Inner{.type = InnerType::StatusWanted, .slot = 1, .a = event.in.reason, .word = event.in.status, .source = StatusSource::Agent});
}};

inline constexpr Machine::Action settleDone{"settleDone", [](Context&, const Event& event, Out& out) {
  double command = event.in.command;
  out.settle(command, Outcome::Done);
}};

inline constexpr Machine::Action refuseNoWrapUp{"refuseNoWrapUp", [](Context&, const Event& event, Out& out) {
  double command = event.in.command;
  out.settle(command, Outcome::Refused, Reason::NotInWrapUp);
}};

inline constexpr Machine::Action refuseNotTimed{"refuseNotTimed", [](Context&, const Event& event, Out& out) {
  double command = event.in.command;
  out.settle(command, Outcome::Refused, Reason::NotTimed);
}};

namespace rows {
using A = ActivityState;
using fsm::same;
using S = fsm::StateSet<A>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 31> activity_table{{
  // State                       Event                Guard           Next state  Actions
  { A::Idle,                     On::CallConnected,   always,         A::OnCall,  {&showStatus} },
  { A::WrapUp,                   On::CallConnected,   always,         A::OnCall,  {&endWrapUp, &showStatus} },
  { A::OnCall,                   On::CallConnected,   always,         same,       {} },
  { A::OnCall,                   On::LastCallEnded,   &centreWrapsUp, A::WrapUp,  {&startCentreWrapUp, &writeWrapUp, &showStatus} },
  { A::OnCall,                   On::LastCallEnded,   &centreWantsNone, A::Idle,  {&forgetCentre, &applyNext, &showStatus} },
  { A::OnCall,                   On::LastCallEnded,   &wrapUpFollows, A::WrapUp,  {&startWrapUp, &writeWrapUp, &showStatus} },
  { A::OnCall,                   On::LastCallEnded,   always,         A::Idle,    {&applyNext, &showStatus} },
  { A::Idle,                     On::StatusRequested, always,         same,       {&writeStatus} },
  { A::OnCall,                   On::StatusRequested, always,         same,       {&queueNext} },
  { A::WrapUp,                   On::StatusRequested, always,         A::Idle,    {&endWrapUp, &dropNext, &writeStatus, &showStatus} },
  { S(A::Idle) | A::OnCall | A::WrapUp, On::NextCancelled, always,    same,       {&clearNext} },
  { A::Idle,                     On::WrapUpRequested, always,         A::WrapUp,  {&startWrapUp, &writeWrapUp, &settleDone, &showStatus} },
  { A::WrapUp,                   On::Forced,          always,         A::Idle,    {&endWrapUp, &applyNext, &showStatus} },
  { A::WrapUp,                   On::WrapUpFinished,  always,         A::Idle,    {&endWrapUp, &applyNext, &showStatus} },
  { A::Idle,                     On::WrapUpFinished,  &crmSaysWrapUp, same,       {&applyNext} },
  { S(A::Idle) | A::OnCall,      On::WrapUpFinished,  always,         same,       {&refuseNoWrapUp} },
  { A::WrapUp,                   On::TimeOver,        always,         A::Idle,    {&endWrapUp, &applyNext, &showStatus} },
  { A::WrapUp,                   On::WrapUpExtended,  &isCentresTimed, same,      {&askForMore} },
  { A::WrapUp,                   On::WrapUpExtended,  &isTimed,       same,       {&extendWrapUp} },
  { A::WrapUp,                   On::WrapUpExtended,  always,         same,       {&refuseNotTimed} },
  { S(A::Idle) | A::OnCall,      On::WrapUpExtended,  always,         same,       {&refuseNoWrapUp} },
  { A::OnCall,                   On::Resumed,         &callsLeft,     same,       {} },
  { A::OnCall,                   On::Resumed,         always,         A::Idle,    {&applyNext, &showStatus} },
  { S(A::Idle) | A::WrapUp,      On::Resumed,         &callsLeft,     A::OnCall,  {&endWrapUp, &showStatus} },
  { A::WrapUp,                   On::Resumed,         always,         same,       {&resumeWrapUp, &showStatus} },
  { A::Idle,                     On::Resumed,         always,         same,       {&showStatus} },
  { A::WrapUp,                   On::CentreTold,      &saysWrapUp,    same,       {&noteCentre, &followCentre} },
  { S(A::Idle) | A::OnCall | A::WrapUp, On::CentreTold, always,       same,       {&noteCentre} },
  { A::WrapUp,                   On::CentreOver,      &isCentres,     A::Idle,    {&endWrapUp, &applyAsked, &showStatus} },
  { A::OnCall,                   On::CentreOver,      &isOwed,        same,       {} },
  { S(A::Idle) | A::OnCall | A::WrapUp, On::CentreOver, always,       same,       {&forgetCentre} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 31> Machine::table = rows::activity_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::agent_status::activity
