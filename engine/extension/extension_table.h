// Legs against the PBX's word: guards, actions, table.
// Read it beside docs/machines/extension.md.
#pragma once

#include "engine/extension/extension.h"
#include "engine/fsm/table_checks.h"

namespace offhook::extension {

inline constexpr Machine::Guard saysFree{"saysFree", [](const Context& c, const Event&) { return c.extension.ami.code == code::kFree; }};
/// What the ended call may still be reported as: anything that means a call.
inline constexpr Machine::Guard isLateEcho{"isLateEcho", [](const Context& c, const Event&) {
  const int word = c.extension.ami.code;
  return word > 0 && word != code::kUnavailable;
}};
inline constexpr Machine::Guard hasLegs{"hasLegs", [](const Context& c, const Event&) { return c.extension.legs > 0; }};

/// The legs' word, except for hold: no channel state tells it, so the PBX is believed while both mean "in a call".
inline constexpr Machine::Action showCall{"showCall", [](Context& c, const Event&, Effects& out) {
  Extension& e = c.extension;
  const bool held = (e.call.code == code::kOnCall || e.call.code == code::kOnHold) && (e.ami.code == code::kOnHold || e.ami.code == code::kOnCallOnHold);
  e.code = held ? e.ami.code : e.call.code;
  e.source = held ? Source::Ami : Source::Call;
  e.event = held ? e.ami.event : e.call.event;
  e.call_id = e.call.call_id;
  e.peer = e.call.peer;
  out.disagreed = !held && !e.ami.event.empty() && e.ami.code != e.call.code;
}};
inline constexpr Machine::Action showAmi{"showAmi", [](Context& c, const Event&, Effects&) {
  Extension& e = c.extension;
  e.code = e.ami.code;
  e.source = Source::Ami;
  e.event = e.ami.event;
  e.call_id.clear();
  e.peer.clear();
}};
/// The last leg is gone: free, or unavailable where the phone went away during the call.
inline constexpr Machine::Action showFree{"showFree", [](Context& c, const Event&, Effects&) {
  Extension& e = c.extension;
  const bool away = e.ami.code == code::kUnavailable || e.ami.code < 0;
  e.code = away ? e.ami.code : code::kFree;
  e.source = Source::Call;
  e.event = e.call.event;
  e.call_id = e.call.call_id;
  e.peer.clear();
}};
inline constexpr Machine::Action startArbitration{"startArbitration", [](Context&, const Event&, Effects& out) { out.timer = out.arbitration_ms; }};
inline constexpr Machine::Action startEcho{"startEcho", [](Context&, const Event&, Effects& out) { out.timer = out.echo_ms; }};
inline constexpr Machine::Action stopTimer{"stopTimer", [](Context&, const Event&, Effects& out) { out.timer = 0; }};
inline constexpr Machine::Action listChannels{"listChannels", [](Context&, const Event&, Effects& out) { out.list_channels = true; }};
inline constexpr Machine::Action markStale{"markStale", [](Context& c, const Event&, Effects& out) { c.extension.stale_since = out.at; }};
inline constexpr Machine::Action clearStale{"clearStale", [](Context& c, const Event&, Effects&) { c.extension.stale_since = 0; }};

namespace rows {
using X = State;
using fsm::same;
using S = fsm::StateSet<X>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 24> table{{
  // State                                                    Event            Guard        Next state    Actions
  { X::Quiet,                                                 On::LegsChanged, always,      X::InCall,    {&showCall} },
  { X::Echo,                                                  On::LegsChanged, always,      X::InCall,    {&stopTimer, &showCall} },
  { X::InCall,                                                On::LegsChanged, always,      same,         {&showCall} },
  { S(X::Disputed) | X::Suspect,                              On::LegsChanged, always,      X::Disputed,  {&startArbitration, &showCall} },
  { X::Stale,                                                 On::LegsChanged, always,      same,         {} },
  { S(X::InCall) | X::Disputed | X::Suspect,                  On::LegsGone,    always,      X::Echo,      {&startEcho, &showFree} },
  { S(X::Quiet) | X::Echo | X::Stale,                         On::LegsGone,    always,      same,         {} },
  { X::Quiet,                                                 On::AmiSaid,     always,      same,         {&showAmi} },
  { X::Echo,                                                  On::AmiSaid,     &isLateEcho, same,         {} },
  { X::Echo,                                                  On::AmiSaid,     always,      same,         {&showAmi} },
  { X::InCall,                                                On::AmiSaid,     &saysFree,   X::Disputed,  {&startArbitration, &showCall} },
  { X::InCall,                                                On::AmiSaid,     always,      same,         {&showCall} },
  { S(X::Disputed) | X::Suspect,                              On::AmiSaid,     &saysFree,   same,         {} },
  { S(X::Disputed) | X::Suspect,                              On::AmiSaid,     always,      X::InCall,    {&stopTimer, &showCall} },
  { X::Stale,                                                 On::AmiSaid,     always,      same,         {} },
  { X::Echo,                                                  On::TimeOver,    always,      X::Quiet,     {&showAmi} },
  { X::Disputed,                                              On::TimeOver,    always,      X::Suspect,   {&listChannels} },
  { X::Suspect,                                               On::Listed,      always,      X::InCall,    {&showCall} },
  { X::Stale,                                                 On::Listed,      &hasLegs,    X::InCall,    {&clearStale, &showCall} },
  { X::Stale,                                                 On::Listed,      always,      X::Quiet,     {&clearStale, &showAmi} },
  { S(X::Quiet) | X::Echo | X::InCall | X::Disputed,          On::Listed,      always,      same,         {} },
  { S(X::Quiet) | X::InCall | X::Suspect,                     On::LinkDown,    always,      X::Stale,     {&markStale} },
  { S(X::Echo) | X::Disputed,                                 On::LinkDown,    always,      X::Stale,     {&stopTimer, &markStale} },
  { X::Stale,                                                 On::LinkDown,    always,      same,         {} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 24> Machine::table = rows::table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::extension
