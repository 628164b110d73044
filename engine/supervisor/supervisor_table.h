// A supervisor at a call: guards, actions, table. Read it beside docs/machines/supervisor.md.
#pragma once

#include "engine/fsm/table_checks.h"
#include "engine/supervisor/supervisor.h"

namespace offhook::supervisor {

inline constexpr Machine::Guard isAnotherMode{"isAnotherMode", [](const Context& c, const Event& event) { return event.mode != c.session.wanted; }};
inline constexpr Machine::Guard isMonitor{"isMonitor", [](const Context&, const Event& event) { return event.mode == Mode::Monitor; }};
inline constexpr Machine::Guard isCoach{"isCoach", [](const Context&, const Event& event) { return event.mode == Mode::Coach; }};

inline constexpr Machine::Action callSupervisor{"callSupervisor", [](Context&, const Event&, Effects& out) { out.call = true; }};
inline constexpr Machine::Action wantMode{"wantMode", [](Context& c, const Event& event, Effects&) { c.session.wanted = event.mode; }};
inline constexpr Machine::Action redirectSupervisor{"redirectSupervisor", [](Context&, const Event&, Effects& out) { out.redirect = true; }};
inline constexpr Machine::Action moveCustomer{"moveCustomer", [](Context&, const Event&, Effects& out) { out.take = true; }};
inline constexpr Machine::Action hangUpSupervisor{"hangUpSupervisor", [](Context&, const Event&, Effects& out) { out.hang_up = true; }};
inline constexpr Machine::Action startRingTimer{"startRingTimer", [](Context&, const Event&, Effects& out) { out.timer = kRingMs; }};
inline constexpr Machine::Action startTimer{"startTimer", [](Context&, const Event&, Effects& out) { out.timer = kSwitchMs; }};
inline constexpr Machine::Action stopTimer{"stopTimer", [](Context&, const Event&, Effects& out) { out.timer = 0; }};
inline constexpr Machine::Action tellMode{"tellMode", [](Context&, const Event&, Effects& out) { out.began = true; }};
inline constexpr Machine::Action noteFailure{"noteFailure", [](Context& c, const Event& event, Effects&) { c.session.end = event.reason.empty() ? "failed" : event.reason; }};
inline constexpr Machine::Action noteFailed{"noteFailed", [](Context& c, const Event&, Effects&) { c.session.end = "failed"; }};
inline constexpr Machine::Action noteNoAnswer{"noteNoAnswer", [](Context& c, const Event&, Effects&) { c.session.end = "no_answer"; }};
inline constexpr Machine::Action notePhoneGone{"notePhoneGone", [](Context& c, const Event&, Effects&) { c.session.end = "phone_gone"; }};
inline constexpr Machine::Action noteCallOver{"noteCallOver", [](Context& c, const Event&, Effects&) { c.session.end = "call_over"; }};
inline constexpr Machine::Action noteStopped{"noteStopped", [](Context& c, const Event&, Effects&) { c.session.end = "stopped"; }};
inline constexpr Machine::Action noteTakenOver{"noteTakenOver", [](Context& c, const Event&, Effects&) { c.session.end = "taken_over"; }};
inline constexpr Machine::Action noteLinkDown{"noteLinkDown", [](Context& c, const Event&, Effects&) { c.session.end = "link_down"; }};

namespace rows {
using P = State;
using fsm::same;
using S = fsm::StateSet<P>;
inline constexpr const Machine::Guard* always = nullptr;
inline constexpr S listening = S(P::Monitor) | P::Coach | P::Barge;
inline constexpr S under_way = S(P::Calling) | P::Monitor | P::Coach | P::Barge | P::Switching;
inline constexpr S live = under_way | P::TakingOver;

// clang-format off
inline constexpr std::array<Machine::Row, 27> table{{
  // State                                      Event            Guard           Next state      Actions
  { P::Idle,                                    On::Supervise,   always,         P::Calling,     {&wantMode, &callSupervisor, &startRingTimer} },
  { P::Idle,                                    On::SpyStarted,  &isMonitor,     P::Monitor,     {&wantMode} },
  { P::Idle,                                    On::SpyStarted,  &isCoach,       P::Coach,       {&wantMode} },
  { P::Idle,                                    On::SpyStarted,  always,         P::Barge,       {&wantMode} },
  { P::Calling,                                 On::Supervise,   always,         same,           {&wantMode} },
  { P::Calling,                                 On::SpyStarted,  &isAnotherMode, P::Switching,   {&redirectSupervisor, &startTimer} },
  { P::Switching,                               On::SpyStarted,  &isAnotherMode, same,           {} },
  { S(P::Calling) | P::Switching,               On::SpyStarted,  &isMonitor,     P::Monitor,     {&stopTimer, &tellMode} },
  { S(P::Calling) | P::Switching,               On::SpyStarted,  &isCoach,       P::Coach,       {&stopTimer, &tellMode} },
  { S(P::Calling) | P::Switching,               On::SpyStarted,  always,         P::Barge,       {&stopTimer, &tellMode} },
  { P::Calling,                                 On::PhoneFailed, always,         P::Ended,       {&stopTimer, &noteFailure} },
  { P::Calling,                                 On::TimeOver,    always,         P::Ended,       {&noteNoAnswer, &hangUpSupervisor} },
  { listening,                                  On::Supervise,   &isAnotherMode, P::Switching,   {&wantMode, &redirectSupervisor, &startTimer} },
  { listening,                                  On::Supervise,   always,         same,           {} },
  { P::Switching,                               On::Supervise,   &isAnotherMode, same,           {&wantMode, &redirectSupervisor, &startTimer} },
  { P::Switching,                               On::Supervise,   always,         same,           {} },
  { S(P::Switching) | P::TakingOver,            On::SpyStopped,  always,         same,           {} },
  { listening,                                  On::SpyStopped,  always,         P::Ended,       {&noteCallOver, &hangUpSupervisor} },
  { listening | P::Switching,                   On::TakeOver,    always,         P::TakingOver,  {&moveCustomer, &startTimer} },
  { P::TakingOver,                              On::Joined,      always,         P::Ended,       {&stopTimer, &noteTakenOver} },
  { P::Switching,                               On::TimeOver,    always,         P::Ended,       {&noteFailed, &hangUpSupervisor} },
  { P::TakingOver,                              On::TimeOver,    always,         P::Ended,       {&noteFailed} },
  { live,                                       On::PhoneGone,   always,         P::Ended,       {&stopTimer, &notePhoneGone} },
  { live,                                       On::CallOver,    always,         P::Ended,       {&stopTimer, &noteCallOver, &hangUpSupervisor} },
  { under_way,                                  On::Stop,        always,         P::Ended,       {&stopTimer, &noteStopped, &hangUpSupervisor} },
  { S(P::Calling) | P::Switching | P::TakingOver, On::LinkDown,  always,         P::Ended,       {&stopTimer, &noteLinkDown} },
  { listening,                                  On::LinkDown,    always,         same,           {} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 27> Machine::table = rows::table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::supervisor
