// The status on its way into the CRM, which is the truth: guards, actions,
// table. Read it beside docs/machines/agent_status.md, "write".
#pragma once

#include "engine/agent_status/agent_status.h"
#include "engine/core/json_writer.h"
#include "engine/fsm/table_checks.h"

namespace offhook::agent_status::write {

inline constexpr Machine::Guard hasQueued{"hasQueued", [](const Context& c, const Event&) { return c.agent.queued != MaybeStatus::None; }};

/// Nobody waits for the answer: the write is repeated instead of given up.
inline constexpr Machine::Guard isOurOwn{"isOurOwn", [](const Context& c, const Event&) {
  return c.agent.requested_source != StatusSource::Agent || c.agent.command == 0;
}};

/// A login of the user goes online; a mere registration only ends an automatic OFFLINE, or begins the first record.
inline constexpr Machine::Guard goesOnline{"goesOnline", [](const Context& c, const Event&) {
  if (c.registration.state != RegistrationState::Registered) return false;
  if (c.agent.login_pending) return true;
  return c.agent.known && c.agent.intent == AgentStatus::Offline &&
         (c.agent.intent_source == StatusSource::None || is_automatic(c.strings.view(c.agent.intent_reason)));
}};

/// Somebody else changed the status while nobody but us waits for our write: theirs is the newer word.
inline bool is_newer(const Agent& agent, Millis since) { return since != 0 && agent.crm_since != 0 && since > agent.crm_since; }
inline constexpr Machine::Guard isOvertaken{"isOvertaken", [](const Context& c, const Event& event) {
  return isOurOwn.holds(c, event) && c.agent.told != MaybeStatus::None && is_newer(c.agent, c.agent.told_since);
}};
inline constexpr Machine::Guard isNewer{"isNewer", [](const Context& c, const Event& event) {
  return event.source != StatusSource::None && is_newer(c.agent, event.in.since);
}};
inline constexpr Machine::Guard isStale{"isStale", [](const Context& c, const Event& event) {
  return event.in.since != 0 && c.agent.crm_since != 0 && event.in.since < c.agent.crm_since;
}};

inline constexpr Machine::Action noteRequested{"noteRequested", [](Context& c, const Event& event, Out&) {
  c.agent.requested = static_cast<MaybeStatus>(static_cast<int>(event.status) + 1);
  c.agent.requested_reason = event.reason;
  c.agent.requested_source = event.source;
  c.agent.command = event.source == StatusSource::Agent ? event.in.command : 0;
}};

inline constexpr Machine::Action requestOnline{"requestOnline", [](Context& c, const Event&, Out& out) {
  const bool automatic = !c.agent.login_pending && is_automatic(out.view(c.agent.intent_reason));
  c.agent.login_pending = false;
  c.agent.requested = MaybeStatus::Online;
  c.agent.requested_reason = automatic ? out.text("Auto: SIP registered") : Text{};
  c.agent.requested_source = automatic ? StatusSource::Auto : StatusSource::Agent;
  c.agent.command = 0;
}};

inline constexpr Machine::Action sendStatus{"sendStatus", [](Context& c, const Event&, Out& out) {
  std::string body;
  JsonWriter json(body);
  json.open('{').key("status").string(kMaybeStatusWords[static_cast<std::size_t>(c.agent.requested)]);
  json.key("reason");
  if (c.agent.requested_reason.empty()) json.null(); else json.string(out.view(c.agent.requested_reason));
  json.key("source").string(kStatusSourceWords[static_cast<std::size_t>(c.agent.requested_source)]);
  json.key("call_log_id");
  if (c.agent.requested != MaybeStatus::WrapUp || c.agent.wrap_up_call_log_id.empty()) json.null();
  else json.string(out.view(c.agent.wrap_up_call_log_id));
  json.close('}');
  const std::string key = "status:" + std::string(out.view(out.config.extension)) + ":" +
                          std::to_string(static_cast<long long>(out.config.seed)) + ":" + std::to_string(static_cast<long long>(out.next_id));
  c.agent.write_request = out.request(Request::AgentStatusPut, 0, out.config.extension, out.text(key), body);
}};

inline constexpr Machine::Action queueWrite{"queueWrite", [](Context& c, const Event& event, Out& out) {
  out.settle(c.agent.queued_command, Outcome::Refused, Reason::Pending);
  c.agent.queued = static_cast<MaybeStatus>(static_cast<int>(event.status) + 1);
  c.agent.queued_reason = event.reason;
  c.agent.queued_source = event.source;
  c.agent.queued_command = event.source == StatusSource::Agent ? event.in.command : 0;
}};

inline constexpr Machine::Action takeQueued{"takeQueued", [](Context& c, const Event&, Out&) {
  c.agent.requested = c.agent.queued;
  c.agent.requested_reason = c.agent.queued_reason;
  c.agent.requested_source = c.agent.queued_source;
  c.agent.command = c.agent.queued_command;
  c.agent.queued = MaybeStatus::None;
  c.agent.queued_command = 0;
}};

inline constexpr Machine::Action adopt{"adopt", [](Context& c, const Event& event, Out& out) {
  c.agent.known = true;
  c.agent.intent = static_cast<AgentStatus>(static_cast<int>(c.agent.requested) - 1);
  c.agent.intent_reason = c.agent.requested_reason;
  c.agent.intent_source = c.agent.requested_source;
  c.agent.intent_since = out.at;
  c.agent.crm_since = event.in.since;
  remember(c.agent);
  show(c.agent, out);
}};

/// CRM first, pause after: the PBX follows as best it can.
inline constexpr Machine::Action syncPause{"syncPause", [](Context& c, const Event&, Out& out) {
  out.post(Inner{.type = InnerType::PauseWanted, .a = c.agent.intent_reason, .word = c.agent.intent});
}};

/// A status asked for during a call has paused the queues already: when the CRM will not have it, the pause goes back.
inline constexpr Machine::Action realignPause{"realignPause", [](Context& c, const Event&, Out& out) {
  const PauseRule& rule = kPauseRules[static_cast<std::size_t>(c.agent.intent)];
  if (c.agent.pause == PauseState::Unknown || c.agent.paused_wanted == rule.paused) return;
  out.post(Inner{.type = InnerType::PauseWanted, .a = c.agent.intent_reason, .word = c.agent.intent});
}};

inline constexpr Machine::Action clearRequested{"clearRequested", [](Context& c, const Event&, Out&) {
  c.agent.requested = MaybeStatus::None;
  c.agent.requested_reason = {};
}};

inline constexpr Machine::Action settleDone{"settleDone", [](Context& c, const Event&, Out& out) {
  out.settle(c.agent.command, Outcome::Done);
}};

inline constexpr Machine::Action settleRefused{"settleRefused", [](Context& c, const Event& event, Out& out) {
  out.settle(c.agent.command, event.on == On::NoAnswer ? Outcome::TimedOut : Outcome::Refused,
             event.on == On::NoAnswer ? Reason::BackendUnreachable : Reason::BackendRefused);
}};

inline constexpr Machine::Action warnNotSaved{"warnNotSaved", [](Context& c, const Event&, Out& out) {
  out.warn(Notice::StatusNotSaved, out.text(kMaybeStatusWords[static_cast<std::size_t>(c.agent.requested)]));
}};

inline constexpr Machine::Action scheduleRetry{"scheduleRetry", [](Context& c, const Event& event, Out& out) {
  out.set_timer(TimerFor::StatusRetry, 0, out.retry_delay(c.agent.get_attempts++, event.in));
}};

inline constexpr Machine::Action stopRetry{"stopRetry", [](Context& c, const Event&, Out& out) {
  c.agent.get_attempts = 0;
  out.clear_timer(TimerFor::StatusRetry, 0);
}};

/// Another status than before, set by somebody else, ends a wrap-up.
inline void take_told(Agent& agent, AgentStatus status, Text reason, StatusSource source, Millis since, Out& out) {
  const bool changed = status != agent.intent || reason != agent.intent_reason;
  agent.intent = status;
  agent.intent_reason = reason;
  agent.intent_source = source;
  agent.intent_since = since > 0 ? since : out.at;
  agent.crm_since = since;
  remember(agent);
  if (changed && status != AgentStatus::WrapUp && agent.activity == ActivityState::WrapUp) out.post(InnerType::WrapUpForced);
}

inline constexpr Machine::Action adoptTold{"adoptTold", [](Context& c, const Event& event, Out& out) {
  c.agent.known = true;
  if (event.source != StatusSource::None) take_told(c.agent, event.status, event.reason, event.source, event.in.since, out);
  show(c.agent, out);
}};

/// Kept until our own write has ended: whichever is newer counts then.
inline constexpr Machine::Action keepTold{"keepTold", [](Context& c, const Event& event, Out&) {
  if (event.source == StatusSource::None || (c.agent.told != MaybeStatus::None && event.in.since < c.agent.told_since)) return;
  c.agent.told = static_cast<MaybeStatus>(static_cast<int>(event.status) + 1);
  c.agent.told_reason = event.reason;
  c.agent.told_source = event.source;
  c.agent.told_since = event.in.since;
}};

/// The CRM's times decide. Where it gave none with its answer, it is asked.
inline constexpr Machine::Action applyTold{"applyTold", [](Context& c, const Event& event, Out& out) {
  Agent& agent = c.agent;
  if (agent.told == MaybeStatus::None) return;
  const AgentStatus status = static_cast<AgentStatus>(static_cast<int>(agent.told) - 1);
  const bool dated = agent.told_since != 0 && agent.crm_since != 0;
  const bool counts = event.on == On::Accepted ? dated && agent.told_since > agent.crm_since : !dated || agent.told_since >= agent.crm_since;
  agent.told = MaybeStatus::None;
  if (counts) {
    take_told(agent, status, agent.told_reason, agent.told_source, agent.told_since, out);
    show(agent, out);
  } else if (!dated && status != agent.intent) {
    out.post(InnerType::StatusGetWanted);
  }
}};

namespace rows {
using W = StatusWriteState;
using fsm::same;
using S = fsm::StateSet<W>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 18> write_table{{
  // State                    Event               Guard         Next state   Actions
  { W::Settled,               On::Write,          always,       W::Saving,   {&noteRequested, &sendStatus} },
  { W::Saving,                On::Write,          always,       same,        {&queueWrite} },
  { W::Waiting,               On::Write,          always,       W::Saving,   {&stopRetry, &noteRequested, &sendStatus} },
  { W::Saving,                On::Accepted,       &hasQueued,   same,        {&adopt, &settleDone, &takeQueued, &sendStatus} },
  { W::Saving,                On::Accepted,       always,       W::Settled,  {&stopRetry, &adopt, &settleDone, &clearRequested, &applyTold, &syncPause} },
  { W::Saving,                On::NoAnswer,       &hasQueued,   same,        {&settleRefused, &takeQueued, &sendStatus} },
  { W::Saving,                On::NoAnswer,       &isOvertaken, W::Settled,  {&clearRequested, &applyTold, &realignPause} },
  { W::Saving,                On::NoAnswer,       &isOurOwn,    W::Waiting,  {&scheduleRetry} },
  { W::Saving,                On::NoAnswer,       always,       W::Settled,  {&settleRefused, &warnNotSaved, &clearRequested, &applyTold} },
  { W::Saving,                On::Refused,        &hasQueued,   same,        {&settleRefused, &takeQueued, &sendStatus} },
  { W::Saving,                On::Refused,        always,       W::Settled,  {&settleRefused, &warnNotSaved, &clearRequested, &applyTold, &realignPause} },
  { W::Waiting,               On::RetryDue,       always,       W::Saving,   {&sendStatus} },
  { W::Settled,               On::CrmTold,        &isStale,     same,        {} },
  { W::Settled,               On::CrmTold,        always,       same,        {&adoptTold} },
  { W::Waiting,               On::CrmTold,        &isNewer,     W::Settled,  {&stopRetry, &clearRequested, &adoptTold, &realignPause} },
  { S(W::Saving) | W::Waiting, On::CrmTold,       always,       same,        {&keepTold} },
  { W::Settled,               On::RegistrationUp, &goesOnline,  W::Saving,   {&requestOnline, &sendStatus} },
  { S(W::Settled) | W::Saving | W::Waiting, On::RegistrationUp, always, same, {} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 18> Machine::table = rows::write_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::agent_status::write
