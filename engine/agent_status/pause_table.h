// The queue pause at the PBX, after the CRM: guards, actions, table. A failure
// is retried, then shown; it never undoes the status. Read it beside
// docs/machines/agent_status.md, "pause".
#pragma once

#include "engine/agent_status/agent_status.h"
#include "engine/core/json_writer.h"
#include "engine/fsm/table_checks.h"

namespace offhook::agent_status::pause {

inline constexpr Machine::Guard pbxConfirmed{"pbxConfirmed", [](const Context&, const Event& event) { return event.synced; }};
inline constexpr Machine::Guard attemptsLeft{"attemptsLeft", [](const Context& c, const Event&) {
  return c.agent.pause_attempts < limits::kPauseAttempts;
}};

inline constexpr Machine::Action noteWanted{"noteWanted", [](Context& c, const Event& event, Out& out) {
  out.clear_timer(TimerFor::PauseRetry, 0);
  c.agent.pause_attempts = 0;
  c.agent.paused_wanted = kPauseRules[static_cast<std::size_t>(event.status)].paused;
  if (!c.agent.paused_wanted) c.agent.pause_reason = {};
  else if (event.status == AgentStatus::Offline && event.reason.empty()) c.agent.pause_reason = out.text("offline");
  else if (event.status == AgentStatus::WrapUp || event.reason.empty())
    c.agent.pause_reason = out.text(kAgentStatusWords[static_cast<std::size_t>(event.status)]);
  else c.agent.pause_reason = event.reason;
}};

inline constexpr Machine::Action sendPause{"sendPause", [](Context& c, const Event&, Out& out) {
  ++c.agent.pause_attempts;
  std::string body;
  JsonWriter json(body);
  json.open('{').key("paused").flag(c.agent.paused_wanted).key("reason_paused");
  if (c.agent.pause_reason.empty()) json.null(); else json.string(out.view(c.agent.pause_reason));
  json.close('}');
  const std::string key = "pause:" + std::string(out.view(out.config.extension)) + ":" +
                          std::to_string(static_cast<long long>(out.config.seed)) + ":" + std::to_string(static_cast<long long>(out.next_id));
  c.agent.pause_request = out.request(Request::QueuePause, 0, out.config.extension, out.text(key), body);
}};

inline constexpr Machine::Action scheduleRetry{"scheduleRetry", [](Context& c, const Event& event, Out& out) {
  out.set_timer(TimerFor::PauseRetry, 0, out.retry_delay(c.agent.pause_attempts - 1, event.in));
}};

inline constexpr Machine::Action warnNotSynced{"warnNotSynced", [](Context&, const Event&, Out& out) { out.warn(Notice::PauseNotSynced); }};

namespace rows {
using P = PauseState;
using fsm::same;
using S = fsm::StateSet<P>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 6> pause_table{{
  // State                                                 Event         Guard          Next state   Actions
  { S(P::Unknown) | P::Pending | P::Synced | P::Recorded | P::Failed, On::Wanted, always, P::Pending, {&noteWanted, &sendPause} },
  { P::Pending,                                            On::Accepted, &pbxConfirmed, P::Synced,   {} },
  { P::Pending,                                            On::Accepted, always,        P::Recorded, {} },
  { P::Pending,                                            On::NoAnswer, &attemptsLeft, same,        {&scheduleRetry} },
  { P::Pending,                                            On::NoAnswer, always,        P::Failed,   {&warnNotSynced} },
  { P::Pending,                                            On::RetryDue, always,        same,        {&sendPause} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 6> Machine::table = rows::pause_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::agent_status::pause
