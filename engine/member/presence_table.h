// Automatic OFFLINE and back: guards, actions, table.
// Read it beside docs/machines/presence.md.
#pragma once

#include "engine/fsm/table_checks.h"
#include "engine/member/presence.h"

namespace offhook::member::presence {

/// The stored word is the automatic OFFLINE: only endpoint synchronisation writes reasons that begin with "Auto:".
inline constexpr Machine::Guard isAutoOffline{"isAutoOffline", [](const Context&, const Event& event) {
  return event.status == AgentStatus::Offline && event.reason.starts_with(kAutoPrefix);
}};
inline constexpr Machine::Guard isOffline{"isOffline", [](const Context& c, const Event&) {
  return !c.presence.known || c.presence.status == AgentStatus::Offline;
}};

inline constexpr Machine::Action noteStored{"noteStored", [](Context& c, const Event& event, Effects&) {
  c.presence.known = true;
  c.presence.status = event.status;
  c.presence.reason = event.reason;
  c.presence.since = event.since;
}};
inline constexpr Machine::Action savePrevious{"savePrevious", [](Context& c, const Event&, Effects&) {
  c.presence.saved = c.presence.status;
  c.presence.saved_reason = c.presence.reason;
}};
inline constexpr Machine::Action adoptPrevious{"adoptPrevious", [](Context& c, const Event& event, Effects&) {
  c.presence.saved = event.restores;
  c.presence.saved_reason = event.restores_reason;
}};
inline constexpr Machine::Action dropPrevious{"dropPrevious", [](Context& c, const Event&, Effects&) {
  c.presence.saved = AgentStatus::Online;
  c.presence.saved_reason.clear();
}};
inline constexpr Machine::Action writeOffline{"writeOffline", [](Context&, const Event&, Effects& out) {
  out.write = true;
  out.status = AgentStatus::Offline;
  out.reason = kNotRegistered;
}};
/// What the agent chose comes back as he chose it; what calls made of him is over, so ONLINE.
inline constexpr Machine::Action writeRestore{"writeRestore", [](Context& c, const Event&, Effects& out) {
  const AgentStatus saved = c.presence.saved;
  const bool online = saved == AgentStatus::Online || saved == AgentStatus::OnCall || saved == AgentStatus::WrapUp;
  out.write = true;
  out.status = online ? AgentStatus::Online : saved;
  out.reason = online ? std::string(kRegistered) : c.presence.saved_reason;
}};
inline constexpr Machine::Action logNotOffline{"logNotOffline", [](Context&, const Event&, Effects& out) { out.error = "Failed to set agent offline"; }};
inline constexpr Machine::Action logNotOnline{"logNotOnline", [](Context&, const Event&, Effects& out) { out.error = "Failed to set agent online"; }};

namespace rows {
using P = State;
using fsm::same;
using S = fsm::StateSet<P>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 16> table{{
  // State                            Event        Guard           Next state       Actions
  { P::Own,                           On::Stored,  &isAutoOffline, P::AutoOffline,  {&noteStored, &adoptPrevious} },
  { P::Own,                           On::Stored,  always,         same,            {&noteStored} },
  { P::Own,                           On::Lost,    &isOffline,     same,            {} },
  { P::Own,                           On::Lost,    always,         P::GoingOffline, {&savePrevious, &writeOffline} },
  { S(P::Own) | P::GoingOffline,      On::Back,    always,         same,            {} },
  { S(P::GoingOffline) | P::AutoOffline, On::Stored, &isAutoOffline, P::AutoOffline, {&noteStored} },
  { S(P::GoingOffline) | P::AutoOffline, On::Stored, always,       P::Own,          {&noteStored, &dropPrevious} },
  { P::GoingOffline,                  On::Lost,    always,         same,            {&writeOffline} },
  { P::GoingOffline,                  On::Refused, always,         P::Own,          {&dropPrevious, &logNotOffline} },
  { P::AutoOffline,                   On::Back,    always,         P::Returning,    {&writeRestore} },
  { S(P::AutoOffline) | P::Returning, On::Lost,    always,         same,            {} },
  { P::Returning,                     On::Stored,  &isAutoOffline, same,            {} },
  { P::Returning,                     On::Stored,  always,         P::Own,          {&noteStored, &dropPrevious} },
  { P::Returning,                     On::Back,    always,         same,            {&writeRestore} },
  { P::Returning,                     On::Refused, always,         P::AutoOffline,  {&logNotOnline} },
  { S(P::Own) | P::AutoOffline,       On::Refused, always,         same,            {} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 16> Machine::table = rows::table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::member::presence
