// Start-up of the Phone (mission, Case Init): the agent-status socket listens,
// the softphone is started with the session's credentials, the backend is asked
// for the agent's status. Where other tabs may exist it leads first; where
// records are kept it reads them first. Design: docs/machines/startup.md
#pragma once

#include "engine/core/out.h"
#include "engine/fsm/table_checks.h"

namespace offhook::startup {

enum class On : std::uint8_t { Started, LeadershipGained, StateLoaded, StorageFailed, SoftphoneReady, SoftphoneFailed, LeadershipLost, Disposed };

struct Event {
  On on;
  const offhook::Event& in;
};

struct Context {
  Root& root;
  const Config& config;
};

struct Machine : fsm::Describes<Machine, Phase, startup::On, startup::Event, startup::Context, Out> {
  static constexpr auto& state_names = kPhaseWords;
  static constexpr std::array<std::string_view, 8> event_names{"Started",        "LeadershipGained", "StateLoaded",    "StorageFailed",
                                                               "SoftphoneReady", "SoftphoneFailed",  "LeadershipLost", "Disposed"};
  static const std::array<fsm::Row<Machine>, 15> table;
};

inline constexpr Machine::Guard hasTabs{"hasTabs", [](const Context& c, const Event&) { return c.config.has_tabs; }};
inline constexpr Machine::Guard hasStorage{"hasStorage", [](const Context& c, const Event&) { return c.config.has_storage; }};
inline constexpr Machine::Guard isLast{"isLast", [](const Context&, const Event& event) { return event.in.on; }};

inline constexpr Machine::Action claimTab{"claimTab", [](Context&, const Event&, Out& out) { out.post(InnerType::TabWanted); }};
inline constexpr Machine::Action loadStorage{"loadStorage", [](Context&, const Event&, Out& out) { out.effect(EffectType::StorageLoad); }};
inline constexpr Machine::Action listen{"listen", [](Context&, const Event&, Out& out) { out.post(InnerType::LinkWanted); }};
inline constexpr Machine::Action startSoftphone{"startSoftphone", [](Context&, const Event&, Out& out) {
  out.effect(EffectType::SoftphoneStart);
}};
inline constexpr Machine::Action askStatus{"askStatus", [](Context&, const Event&, Out& out) { out.post(InnerType::StatusGetWanted); }};
inline constexpr Machine::Action warnFailed{"warnFailed", [](Context&, const Event& event, Out& out) {
  out.warn(Notice::SoftphoneFailed, event.in.reason);
}};
inline constexpr Machine::Action warnStorage{"warnStorage", [](Context&, const Event& event, Out& out) {
  out.warn(Notice::StorageFailed, event.in.reason);
}};
inline constexpr Machine::Action stopListening{"stopListening", [](Context&, const Event&, Out& out) { out.post(InnerType::LinkUnwanted); }};

namespace rows {
using P = Phase;
using fsm::same;
using S = fsm::StateSet<P>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 15> startup_table{{
  // State                              Event                 Guard        Next state        Actions
  { P::Loading,                         On::Started,          &hasTabs,    same,             {&claimTab} },
  { P::Loading,                         On::Started,          &hasStorage, same,             {&loadStorage} },
  { P::Loading,                         On::Started,          always,      P::Initializing,  {&listen, &startSoftphone, &askStatus} },
  { P::Loading,                         On::LeadershipGained, &hasStorage, same,             {&loadStorage} },
  { P::Loading,                         On::LeadershipGained, always,      P::Initializing,  {&listen, &startSoftphone, &askStatus} },
  { P::Loading,                         On::StateLoaded,      &isLast,     P::Initializing,  {&listen, &startSoftphone, &askStatus} },
  { P::Loading,                         On::StateLoaded,      always,      same,             {} },
  { P::Loading,                         On::StorageFailed,    always,      P::Initializing,  {&warnStorage, &listen, &startSoftphone, &askStatus} },
  { S(P::Initializing) | P::Ready | P::Failed, On::StorageFailed, always,  same,             {&warnStorage} },
  { S(P::Initializing) | P::Failed,     On::SoftphoneReady,   always,      P::Ready,         {} },
  { P::Ready,                           On::SoftphoneReady,   always,      same,             {} },
  { S(P::Initializing) | P::Ready | P::Failed, On::SoftphoneFailed, always, P::Failed,       {&warnFailed} },
  { P::Failed,                          On::Started,          always,      P::Initializing,  {&listen, &startSoftphone} },
  { S(P::Loading) | P::Initializing | P::Ready | P::Failed, On::LeadershipLost, always, P::Disposed, {&stopListening} },
  { S(P::Loading) | P::Initializing | P::Ready | P::Failed, On::Disposed, always, P::Disposed, {&stopListening} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 15> Machine::table = rows::startup_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::startup
