// Actions and table of the toggle machine. Read it beside docs/machines/toggle.md.
#pragma once

#include "engine/fsm/table_checks.h"
#include "engine/toggle/toggle.h"

namespace offhook::toggle {

inline void command_softphone(Context& c, Out& out, bool on) {
  Effect& effect = out.effect(c.which == Which::Hold ? EffectType::SoftphoneHold : EffectType::SoftphoneMute);
  effect.call_id = c.call.id;
  effect.on = on;
  out.set_timer(c.timer(), c.slot, limits::kSwitchTimeout);
}

inline constexpr Machine::Action askOn{"askOn", [](Context& c, const Event& event, Out& out) {
  c.command() = event.in.command;
  command_softphone(c, out, true);
}};

inline constexpr Machine::Action askOff{"askOff", [](Context& c, const Event& event, Out& out) {
  c.command() = event.in.command;
  command_softphone(c, out, false);
}};

inline constexpr Machine::Action stopTimer{"stopTimer", [](Context& c, const Event&, Out& out) {
  out.clear_timer(c.timer(), c.slot);
}};

/// Hold time is measured: handling time needs it. Mute keeps no clock.
inline constexpr Machine::Action noteOn{"noteOn", [](Context& c, const Event&, Out& out) {
  if (c.which != Which::Hold) return;
  c.call.held_since = out.at;
  c.call.held_mono = out.mono;
}};

inline constexpr Machine::Action noteOff{"noteOff", [](Context& c, const Event&, Out& out) {
  if (c.which != Which::Hold || c.call.held_since == 0) return;
  if (out.mono > c.call.held_mono) c.call.held_ms += out.mono - c.call.held_mono;
  c.call.held_since = 0;
}};

inline constexpr Machine::Action settleDone{"settleDone", [](Context& c, const Event&, Out& out) {
  out.settle(c.command(), Outcome::Done, Reason::Ok, c.call.id);
}};

inline constexpr Machine::Action settleRefused{"settleRefused", [](Context& c, const Event& event, Out& out) {
  out.settle(c.command(), Outcome::Refused, Reason::SoftphoneRefused, c.call.id);
  out.warn(c.which == Which::Hold ? Notice::HoldFailed : Notice::MuteFailed, event.in.reason, c.call.id);
}};

inline constexpr Machine::Action settleTimedOut{"settleTimedOut", [](Context& c, const Event&, Out& out) {
  out.settle(c.command(), Outcome::TimedOut, Reason::SoftphoneRefused, c.call.id);
  out.warn(c.which == Which::Hold ? Notice::HoldFailed : Notice::MuteFailed, {}, c.call.id);
}};

inline constexpr Machine::Action settleCallEnded{"settleCallEnded", [](Context& c, const Event&, Out& out) {
  out.settle(c.command(), Outcome::Refused, Reason::CallEnded, c.call.id);
}};

inline constexpr Machine::Action alreadySo{"alreadySo", [](Context& c, const Event& event, Out& out) {
  double command = event.in.command;
  out.settle(command, Outcome::Done, Reason::Ok, c.call.id);
}};

inline constexpr Machine::Action refusePending{"refusePending", [](Context& c, const Event& event, Out& out) {
  double command = event.in.command;
  out.settle(command, Outcome::Refused, Reason::Pending, c.call.id);
}};

namespace rows {
using enum SwitchState;
using fsm::same;
using S = fsm::StateSet<SwitchState>;
using enum toggle::On;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 19> toggle_table{{
  // State                          Event         Guard   Next state          Actions
  { Off,                            TurnOn,       always, TurningOn,          {&askOn} },
  { SwitchState::On,                TurnOn,       always, same,               {&alreadySo} },
  { S(TurningOn) | TurningOff,      TurnOn,       always, same,               {&refusePending} },
  { SwitchState::On,                TurnOff,      always, TurningOff,         {&askOff} },
  { Off,                            TurnOff,      always, same,               {&alreadySo} },
  { S(TurningOn) | TurningOff,      TurnOff,      always, same,               {&refusePending} },
  { TurningOn,                      ConfirmedOn,  always, SwitchState::On,    {&stopTimer, &noteOn, &settleDone} },
  { Off,                            ConfirmedOn,  always, SwitchState::On,    {&noteOn} },
  { S(SwitchState::On) | TurningOff, ConfirmedOn, always, same,               {} },
  { TurningOff,                     ConfirmedOff, always, Off,                {&stopTimer, &noteOff, &settleDone} },
  { SwitchState::On,                ConfirmedOff, always, Off,                {&noteOff} },
  { S(Off) | TurningOn,             ConfirmedOff, always, same,               {} },
  { TurningOn,                      Refused,      always, Off,                {&stopTimer, &settleRefused} },
  { TurningOff,                     Refused,      always, SwitchState::On,    {&stopTimer, &settleRefused} },
  { S(Off) | SwitchState::On,       Refused,      always, same,               {} },
  { TurningOn,                      TimedOut,     always, Off,                {&settleTimedOut} },
  { TurningOff,                     TimedOut,     always, SwitchState::On,    {&settleTimedOut} },
  { S(TurningOn) | TurningOff,      CallOver,     always, Off,                {&stopTimer, &noteOff, &settleCallEnded} },
  { S(Off) | SwitchState::On,       CallOver,     always, Off,                {&noteOff} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 19> Machine::table = rows::toggle_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::toggle
