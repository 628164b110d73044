// Guards, actions and table of the DTMF machine. Read it beside docs/machines/dtmf.md.
#pragma once

#include <string>

#include "engine/dtmf/dtmf.h"
#include "engine/fsm/table_checks.h"

namespace offhook::dtmf {

inline constexpr Machine::Guard moreDigits{"moreDigits", [](const Context& c, const Event&) { return !c.call.dtmf_digits.empty(); }};

inline constexpr Machine::Action collect{"collect", [](Context& c, const Event& event, Out& out) {
  std::string digits(out.view(c.call.dtmf_digits));
  digits += out.view(event.in.digits);
  c.call.dtmf_digits = out.text(digits);
  double command = event.in.command;
  out.settle(command, Outcome::Done, Reason::Ok, c.call.id);
}};

inline constexpr Machine::Action startDebounce{"startDebounce", [](Context& c, const Event&, Out& out) {
  out.set_timer(TimerFor::Dtmf, c.slot, limits::kDtmfDebounce);
}};

inline constexpr Machine::Action sendDigits{"sendDigits", [](Context& c, const Event&, Out& out) {
  Effect& send = out.effect(EffectType::SoftphoneDtmf);
  send.call_id = c.call.id;
  send.digits = c.call.dtmf_digits;
  c.call.dtmf_digits = {};
  out.set_timer(TimerFor::Dtmf, c.slot, limits::kDtmfTimeout);
}};

inline constexpr Machine::Action stopTimer{"stopTimer", [](Context& c, const Event&, Out& out) {
  out.clear_timer(TimerFor::Dtmf, c.slot);
}};

inline constexpr Machine::Action dropDigits{"dropDigits", [](Context& c, const Event&, Out&) { c.call.dtmf_digits = {}; }};

inline constexpr Machine::Action warnDigits{"warnDigits", [](Context& c, const Event& event, Out& out) {
  out.warn(Notice::DtmfFailed, event.in.reason, c.call.id);
}};

namespace rows {
using enum DtmfState;
using enum On;
using fsm::same;
using S = fsm::StateSet<DtmfState>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 11> dtmf_table{{
  // State                     Event         Guard        Next state  Actions
  { Idle,                      Digits,       always,      Collecting, {&collect, &startDebounce} },
  { Collecting,                Digits,       always,      same,       {&collect, &startDebounce} },
  { Sending,                   Digits,       always,      same,       {&collect} },
  { Collecting,                DebounceOver, always,      Sending,    {&sendDigits} },
  { Sending,                   Sent,         &moreDigits, Collecting, {&startDebounce} },
  { Sending,                   Sent,         always,      Idle,       {&stopTimer} },
  { Sending,                   Refused,      always,      Idle,       {&stopTimer, &dropDigits, &warnDigits} },
  { Sending,                   TimedOut,     always,      Idle,       {&dropDigits, &warnDigits} },
  { S(Idle) | Collecting,      Sent,         always,      same,       {} },
  { S(Idle) | Collecting,      Refused,      always,      same,       {} },
  { S(Idle) | Collecting | Sending, CallOver, always,     Idle,       {&stopTimer, &dropDigits} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 11> Machine::table = rows::dtmf_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::dtmf
