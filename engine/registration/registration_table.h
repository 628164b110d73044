// Actions and table of the registration machine. Read it beside docs/machines/registration.md.
#pragma once

#include "engine/fsm/table_checks.h"
#include "engine/registration/registration.h"

namespace offhook::registration {

inline constexpr Machine::Guard isWanted{"isWanted", [](const Context& c, const Event&) { return c.registration.wanted; }};

inline constexpr Machine::Action noteChange{"noteChange", [](Context& c, const Event& event, Out& out) {
  c.registration.since = out.at;
  c.registration.reason = event.in.reason;
  c.registration.status_code = event.in.status_code;
  c.registration.retry_at = event.in.retry_after_ms > 0 ? out.at + event.in.retry_after_ms : 0;
}};

/// Mission: on_register_state_change → agent status webSocket emit (agent information).
inline constexpr Machine::Action emitAgentInformation{"emitAgentInformation", [](Context&, const Event&, Out& out) {
  out.post(InnerType::RegistrationChanged);
}};

inline constexpr Machine::Action tellAgent{"tellAgent", [](Context&, const Event&, Out& out) { out.post(InnerType::RegistrationUp); }};

inline constexpr Machine::Action registerSoftphone{"registerSoftphone", [](Context&, const Event&, Out& out) {
  out.effect(EffectType::SoftphoneRegister);
}};

inline constexpr Machine::Action unregisterSoftphone{"unregisterSoftphone", [](Context&, const Event&, Out& out) {
  out.effect(EffectType::SoftphoneUnregister);
}};

/// What the agent asked for last. A wish, not a state: the softphone may be registered against it for a moment.
inline constexpr Machine::Action wantRegistered{"wantRegistered", [](Context& c, const Event&, Out&) { c.registration.wanted = true; }};

inline constexpr Machine::Action wantUnregistered{"wantUnregistered", [](Context& c, const Event&, Out&) { c.registration.wanted = false; }};

/// While the phone was away a BYE may have been lost: the softphone is asked for each call.
inline constexpr Machine::Action checkCalls{"checkCalls", [](Context&, const Event&, Out& out) { out.post(InnerType::CallsToCheck); }};

inline constexpr Machine::Action warnUser{"warnUser", [](Context&, const Event& event, Out& out) {
  out.warn(Notice::RegistrationFailed, event.in.reason);
}};

namespace rows {
using R = RegistrationState;
using fsm::same;
using S = fsm::StateSet<R>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 14> registration_table{{
  // State                                               Event                    Guard      Next state       Actions
  { S(R::Idle) | R::Unregistered | R::Failed,            On::RegisterRequested,   always,    R::Registering,  {&wantRegistered, &noteChange, &registerSoftphone} },
  { S(R::Registering) | R::Registered,                   On::RegisterRequested,   always,    same,            {&wantRegistered} },
  { S(R::Idle) | R::Unregistered | R::Failed,            On::Registering,         always,    R::Registering,  {&noteChange} },
  { S(R::Registering) | R::Registered,                   On::Registering,         always,    same,            {} },
  { S(R::Idle) | R::Registering | R::Unregistered | R::Failed, On::Registered,    always,    R::Registered,   {&noteChange, &emitAgentInformation, &tellAgent, &checkCalls} },
  { R::Registered,                                       On::Registered,          always,    same,            {} },
  { S(R::Idle) | R::Registering | R::Registered | R::Failed, On::Unregistered,    always,    R::Unregistered, {&noteChange, &emitAgentInformation} },
  { R::Unregistered,                                     On::Unregistered,        always,    same,            {} },
  { S(R::Idle) | R::Registering | R::Registered | R::Unregistered | R::Failed, On::RegistrationFailed, always, R::Failed, {&noteChange, &emitAgentInformation, &warnUser} },
  { S(R::Registering) | R::Registered,                   On::UnregisterRequested, always,    same,            {&wantUnregistered, &unregisterSoftphone} },
  { S(R::Idle) | R::Unregistered | R::Failed,            On::UnregisterRequested, always,    same,            {&wantUnregistered} },
  { R::Registered,                                       On::CheckRequested,      &isWanted, same,            {&registerSoftphone} },
  { S(R::Unregistered) | R::Failed,                      On::CheckRequested,      &isWanted, R::Registering,  {&noteChange, &registerSoftphone} },
  { S(R::Idle) | R::Registering | R::Registered | R::Unregistered | R::Failed, On::CheckRequested, always, same, {} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 14> Machine::table = rows::registration_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::registration
