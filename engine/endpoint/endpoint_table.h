// Registered or not: guards, actions, table.
// Read it beside docs/machines/endpoint.md.
#pragma once

#include "engine/endpoint/endpoint.h"
#include "engine/fsm/table_checks.h"

namespace offhook::endpoint {

inline constexpr Machine::Guard isMassDrop{"isMassDrop", [](const Context& c, const Event&) {
  return c.endpoint.believed && c.vanishing > c.more_than && c.vanishing > c.share * c.believed;
}};

inline constexpr Machine::Action noteSeen{"noteSeen", [](Context& c, const Event& event, Effects& out) {
  Endpoint& e = c.endpoint;
  if (e.verdict != event.verdict || e.since == 0) e.since = out.at;
  e.verdict = event.verdict;
  e.reason = event.reason;
  e.believed = true;
}};
inline constexpr Machine::Action noteGone{"noteGone", [](Context& c, const Event& event, Effects& out) {
  Endpoint& e = c.endpoint;
  if (e.verdict != event.verdict || e.since == 0) e.since = out.at;
  e.verdict = event.verdict;
  e.reason = event.reason;
}};
inline constexpr Machine::Action startGrace{"startGrace", [](Context&, const Event&, Effects& out) { out.timer = out.grace_ms; }};
inline constexpr Machine::Action stopGrace{"stopGrace", [](Context&, const Event&, Effects& out) { out.timer = 0; }};
inline constexpr Machine::Action tellGone{"tellGone", [](Context& c, const Event&, Effects& out) {
  c.endpoint.believed = false;
  out.gone = true;
}};
inline constexpr Machine::Action tellBack{"tellBack", [](Context&, const Event&, Effects& out) { out.back = true; }};
inline constexpr Machine::Action raiseAlarm{"raiseAlarm", [](Context&, const Event&, Effects& out) { out.mass_drop = true; }};

namespace rows {
using E = State;
using fsm::same;
using S = fsm::StateSet<E>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 12> table{{
  // State                            Event          Guard        Next state      Actions
  { S(E::Unknown) | E::Held,          On::Seen,      always,      E::Registered,  {&noteSeen, &tellBack} },
  { E::Registered,                    On::Seen,      always,      same,           {&noteSeen} },
  { E::Leaving,                       On::Seen,      always,      E::Registered,  {&stopGrace, &noteSeen, &tellBack} },
  { E::Away,                          On::Seen,      always,      E::Registered,  {&noteSeen, &tellBack} },
  { S(E::Unknown) | E::Registered,    On::Gone,      always,      E::Leaving,     {&noteGone, &startGrace} },
  { S(E::Leaving) | E::Held | E::Away, On::Gone,     always,      same,           {&noteGone} },
  { E::Leaving,                       On::GraceOver, &isMassDrop, E::Held,        {&raiseAlarm} },
  { E::Leaving,                       On::GraceOver, always,      E::Away,        {&tellGone} },
  { E::Held,                          On::PassOver,  always,      E::Away,        {&tellGone} },
  { E::Leaving,                       On::LinkDown,  always,      E::Unknown,     {&stopGrace} },
  { E::Held,                          On::LinkDown,  always,      E::Unknown,     {} },
  { S(E::Unknown) | E::Registered | E::Away, On::LinkDown, always, same,          {} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 12> Machine::table = rows::table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::endpoint
