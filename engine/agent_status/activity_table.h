// What calls and the agent's wishes make of the status: guards, actions, table.
// Read it beside docs/machines/agent_status.md, "activity".
#pragma once

#include <cmath>

#include "engine/agent_status/agent_status.h"
#include "engine/fsm/table_checks.h"

namespace offhook::agent_status::activity {

inline constexpr Machine::Guard wrapUpFollows{"wrapUpFollows", [](const Context& c, const Event& event) {
  (void)c;
  return !event.call_log_id.empty();
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
  if (out.config.wrap_up_mode == WrapUpMode::Manual || out.config.wrap_up_seconds <= 0) return;
  const Millis length = out.config.wrap_up_seconds * 1000;
  c.agent.wrap_up_ends_at = out.at + length;
  out.set_timer(TimerFor::WrapUp, 0, length);
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
}};

inline constexpr Machine::Action writeWrapUp{"writeWrapUp", [](Context&, const Event&, Out& out) {
  out.post(Inner{.type = InnerType::StatusWanted, .word = AgentStatus::WrapUp, .source = StatusSource::Call});
}};

/// What is left of it: the time went on while no page was there.
inline constexpr Machine::Action resumeWrapUp{"resumeWrapUp", [](Context& c, const Event&, Out& out) {
  if (c.agent.wrap_up_ends_at == 0) return;
  const Millis left = c.agent.wrap_up_ends_at - out.at;
  out.set_timer(TimerFor::WrapUp, 0, left < 0 ? 0 : left > 86'400'000 ? 86'400'000 : left);
}};

/// The status asked for during the call; else what the CRM holds, or held before wrap-up: somebody may have changed it meanwhile.
/// Nothing is written when the CRM holds it already.
inline constexpr Machine::Action applyNext{"applyNext", [](Context& c, const Event& event, Out& out) {
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
inline constexpr std::array<Machine::Row, 23> activity_table{{
  // State                       Event                Guard           Next state  Actions
  { A::Idle,                     On::CallConnected,   always,         A::OnCall,  {&showStatus} },
  { A::WrapUp,                   On::CallConnected,   always,         A::OnCall,  {&endWrapUp, &showStatus} },
  { A::OnCall,                   On::CallConnected,   always,         same,       {} },
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
  { A::WrapUp,                   On::WrapUpExtended,  &isTimed,       same,       {&extendWrapUp} },
  { A::WrapUp,                   On::WrapUpExtended,  always,         same,       {&refuseNotTimed} },
  { S(A::Idle) | A::OnCall,      On::WrapUpExtended,  always,         same,       {&refuseNoWrapUp} },
  { A::OnCall,                   On::Resumed,         &callsLeft,     same,       {} },
  { A::OnCall,                   On::Resumed,         always,         A::Idle,    {&applyNext, &showStatus} },
  { S(A::Idle) | A::WrapUp,      On::Resumed,         &callsLeft,     A::OnCall,  {&endWrapUp, &showStatus} },
  { A::WrapUp,                   On::Resumed,         always,         same,       {&resumeWrapUp, &showStatus} },
  { A::Idle,                     On::Resumed,         always,         same,       {&showStatus} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 23> Machine::table = rows::activity_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::agent_status::activity
