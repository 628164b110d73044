// Wanted against observed: guards, actions, table.
// Read it beside docs/machines/member_pause.md.
#pragma once

#include "engine/fsm/table_checks.h"
#include "engine/member/member_pause.h"

namespace offhook::member::pause {

/// Nothing is to be sent. Asterisk's own pause is a pause, and stays one until a person insists.
inline constexpr Machine::Guard isSatisfied{"isSatisfied", [](const Context& c, const Event&) {
  const Pause& p = c.pause;
  if (!p.wanted_known || !p.observed_known) return !p.wanted_known;
  if (p.observed && p.observed_reason == kAutoPause) return p.wanted || !p.insists;
  return p.observed == p.wanted && (!p.wanted || p.observed_reason == p.wanted_reason);
}};
inline constexpr Machine::Guard linkIsLive{"linkIsLive", [](const Context& c, const Event&) { return c.link_is_live; }};
inline constexpr Machine::Guard attemptsLeft{"attemptsLeft", [](const Context& c, const Event&) { return c.pause.attempts < kAttempts; }};

inline constexpr Machine::Action beginTry{"beginTry", [](Context& c, const Event&, Effects&) { c.pause.attempts = 0; }};
inline constexpr Machine::Action sendPause{"sendPause", [](Context& c, const Event&, Effects& out) {
  ++c.pause.attempts;
  out.send = true;
  out.timer = out.answer_ms;
}};
inline constexpr Machine::Action stopTimer{"stopTimer", [](Context&, const Event&, Effects& out) { out.timer = 0; }};
inline constexpr Machine::Action clearError{"clearError", [](Context& c, const Event&, Effects&) { c.pause.error.clear(); }};
inline constexpr Machine::Action logConfirmed{"logConfirmed", [](Context&, const Event&, Effects& out) { out.confirmed = true; }};
inline constexpr Machine::Action noteRefusal{"noteRefusal", [](Context& c, const Event& event, Effects&) { c.pause.error = event.error; }};
inline constexpr Machine::Action noteSilence{"noteSilence", [](Context& c, const Event&, Effects&) { c.pause.error = "no answer"; }};
inline constexpr Machine::Action logFailed{"logFailed", [](Context&, const Event&, Effects& out) { out.failed = true; }};

namespace rows {
using P = State;
using fsm::same;
using S = fsm::StateSet<P>;
inline constexpr const Machine::Guard* always = nullptr;
inline constexpr S any = S(P::untouched) | P::deferred | P::pending | P::synced | P::differs | P::failed;
/// While an order is under way, what was seen is older than the order: a new wish is always sent after it.
inline constexpr S none_under_way = S(P::untouched) | P::deferred | P::synced | P::differs | P::failed;

// clang-format off
inline constexpr std::array<Machine::Row, 22> table{{
  // State                                   Event          Guard          Next state   Actions
  { none_under_way,                          On::Wanted,    &isSatisfied,  P::synced,   {&stopTimer, &clearError} },
  { any,                                     On::Wanted,    &linkIsLive,   P::pending,  {&beginTry, &sendPause} },
  { any,                                     On::Wanted,    always,        P::deferred, {&stopTimer} },
  { P::pending,                              On::Observed,  &isSatisfied,  P::synced,   {&stopTimer, &clearError, &logConfirmed} },
  { P::pending,                              On::Observed,  always,        same,        {} },
  { S(P::synced) | P::differs,               On::Observed,  &isSatisfied,  P::synced,   {} },
  { S(P::synced) | P::differs,               On::Observed,  always,        P::differs,  {} },
  { S(P::untouched) | P::deferred,           On::Observed,  always,        same,        {} },
  { P::failed,                               On::Observed,  &isSatisfied,  P::synced,   {&clearError, &logConfirmed} },
  { P::failed,                               On::Observed,  always,        same,        {} },
  { P::pending,                              On::Refused,   always,        P::failed,   {&stopTimer, &noteRefusal, &logFailed} },
  { P::pending,                              On::TimeOver,  &attemptsLeft, same,        {&noteSilence, &sendPause} },
  { P::pending,                              On::TimeOver,  always,        P::failed,   {&noteSilence, &logFailed} },
  { P::pending,                              On::LinkDown,  always,        P::deferred, {&stopTimer} },
  { S(P::untouched) | P::synced | P::differs | P::failed | P::deferred, On::LinkDown, always, same, {} },
  { S(P::deferred) | P::differs | P::failed, On::LinkUp,    &isSatisfied,  P::synced,   {&clearError} },
  { S(P::deferred) | P::differs | P::failed, On::LinkUp,    always,        P::pending,  {&beginTry, &sendPause} },
  { S(P::untouched) | P::synced | P::pending, On::LinkUp,   always,        same,        {} },
  { S(P::differs) | P::failed,               On::Check,     &isSatisfied,  P::synced,   {&clearError} },
  { S(P::differs) | P::failed,               On::Check,     always,        P::pending,  {&beginTry, &sendPause} },
  { S(P::untouched) | P::deferred | P::pending | P::synced, On::Check, always, same,    {} },
  { S(P::untouched) | P::deferred | P::synced | P::differs | P::failed, On::Refused, always, same, {} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 22> Machine::table = rows::table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::member::pause
