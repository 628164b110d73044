// Guards, actions and table of the toggle machine. Read it beside docs/machines/toggle.md.
#pragma once

#include "engine/fsm/table_checks.h"
#include "engine/toggle/toggle.h"

namespace offhook::toggle {

inline constexpr Machine::Guard wantsOn{"wantsOn", [](const Context& c, const Event&) { return c.wanted(); }};
inline constexpr Machine::Guard wantsOff{"wantsOff", [](const Context& c, const Event&) { return !c.wanted(); }};

/// Some libraries make their tracks anew at hold and resume, and the microphone is open again.
inline constexpr Machine::Guard lostByHold{"lostByHold", [](const Context& c, const Event& event) {
  return c.which == Which::Mute && event.in.mono < c.call.mute_kept_until;
}};

inline void command_softphone(Context& c, Out& out, bool on) {
  Effect& effect = out.effect(c.which == Which::Hold ? EffectType::SoftphoneHold : EffectType::SoftphoneMute);
  effect.call_id = c.call.id;
  effect.on = on;
  out.set_timer(c.timer(), c.slot, limits::kSwitchTimeout);
  if (c.which == Which::Hold) c.call.mute_kept_until = out.mono + limits::kSwitchTimeout;
}

inline constexpr Machine::Action wishOn{"wishOn", [](Context& c, const Event& event, Out&) {
  c.wanted() = true;
  c.command() = event.in.command;
}};

inline constexpr Machine::Action wishOff{"wishOff", [](Context& c, const Event& event, Out&) {
  c.wanted() = false;
  c.command() = event.in.command;
}};

/// What is so is what is wanted: nothing else is to be waited for.
inline constexpr Machine::Action wishWhatIs{"wishWhatIs", [](Context& c, const Event&, Out&) {
  c.wanted() = c.state() == SwitchState::On;
}};

inline constexpr Machine::Action askOn{"askOn", [](Context& c, const Event&, Out& out) { command_softphone(c, out, true); }};
inline constexpr Machine::Action askOff{"askOff", [](Context& c, const Event&, Out& out) { command_softphone(c, out, false); }};

/// Once for each hold: a softphone that cannot keep it is believed the second time.
inline constexpr Machine::Action muteAgain{"muteAgain", [](Context& c, const Event&, Out& out) {
  c.call.mute_kept_until = 0;
  command_softphone(c, out, true);
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

/// The microphone may fall open just after the hold has changed; a later change is the user's own.
inline constexpr Machine::Action keepMute{"keepMute", [](Context& c, const Event&, Out& out) {
  if (c.which == Which::Hold && c.call.mute_kept_until != 0) c.call.mute_kept_until = out.mono + limits::kMuteKept;
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

/// The newer wish counts; who had the older one is told.
inline constexpr Machine::Action supersede{"supersede", [](Context& c, const Event&, Out& out) {
  out.settle(c.command(), Outcome::Refused, Reason::Superseded, c.call.id);
}};

namespace rows {
using enum SwitchState;
using fsm::same;
using S = fsm::StateSet<SwitchState>;
using enum toggle::On;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 24> toggle_table{{
  // State                          Event         Guard        Next state          Actions
  { Off,                            TurnOn,       always,      TurningOn,          {&wishOn, &askOn} },
  { SwitchState::On,                TurnOn,       always,      same,               {&alreadySo} },
  { S(TurningOn) | TurningOff,      TurnOn,       always,      same,               {&supersede, &wishOn} },
  { SwitchState::On,                TurnOff,      always,      TurningOff,         {&wishOff, &askOff} },
  { Off,                            TurnOff,      always,      same,               {&alreadySo} },
  { S(TurningOn) | TurningOff,      TurnOff,      always,      same,               {&supersede, &wishOff} },
  { TurningOn,                      ConfirmedOn,  &wantsOff,   TurningOff,         {&noteOn, &askOff} },
  { TurningOn,                      ConfirmedOn,  always,      SwitchState::On,    {&stopTimer, &noteOn, &keepMute, &settleDone} },
  { Off,                            ConfirmedOn,  always,      SwitchState::On,    {&noteOn, &wishWhatIs} },
  { S(SwitchState::On) | TurningOff, ConfirmedOn, always,      same,               {} },
  { TurningOff,                     ConfirmedOff, &wantsOn,    TurningOn,          {&noteOff, &askOn} },
  { TurningOff,                     ConfirmedOff, always,      Off,                {&stopTimer, &noteOff, &keepMute, &settleDone} },
  { SwitchState::On,                ConfirmedOff, &lostByHold, TurningOn,          {&muteAgain} },
  { SwitchState::On,                ConfirmedOff, always,      Off,                {&noteOff, &wishWhatIs} },
  { S(Off) | TurningOn,             ConfirmedOff, always,      same,               {} },
  { TurningOn,                      Refused,      &wantsOff,   Off,                {&stopTimer, &settleDone} },
  { TurningOn,                      Refused,      always,      Off,                {&stopTimer, &wishWhatIs, &settleRefused} },
  { TurningOff,                     Refused,      &wantsOn,    SwitchState::On,    {&stopTimer, &settleDone} },
  { TurningOff,                     Refused,      always,      SwitchState::On,    {&stopTimer, &wishWhatIs, &settleRefused} },
  { S(Off) | SwitchState::On,       Refused,      always,      same,               {} },
  { TurningOn,                      TimedOut,     always,      Off,                {&wishWhatIs, &settleTimedOut} },
  { TurningOff,                     TimedOut,     always,      SwitchState::On,    {&wishWhatIs, &settleTimedOut} },
  { S(TurningOn) | TurningOff,      CallOver,     always,      Off,                {&stopTimer, &noteOff, &wishWhatIs, &settleCallEnded} },
  { S(Off) | SwitchState::On,       CallOver,     always,      Off,                {&noteOff, &wishWhatIs} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 24> Machine::table = rows::toggle_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::toggle
