// Hold or mute of one call: wanted, requested, confirmed or refused, never assumed.
// One table serves both; which of the two it is stands in the context.
// Design: docs/machines/toggle.md
#pragma once

#include "engine/core/out.h"
#include "engine/fsm/table.h"

namespace offhook::toggle {

enum class On : std::uint8_t { TurnOn, TurnOff, ConfirmedOn, ConfirmedOff, Refused, TimedOut, CallOver };
enum class Which : std::uint8_t { Hold, Mute };

struct Event {
  On on;
  const offhook::Event& in;
};

struct Context {
  Call& call;
  std::uint16_t slot;
  Which which;
  SwitchState& state() const { return which == Which::Hold ? call.hold : call.mute; }
  bool& wanted() const { return which == Which::Hold ? call.hold_wanted : call.mute_wanted; }
  double& command() const { return which == Which::Hold ? call.hold_command : call.mute_command; }
  TimerFor timer() const { return which == Which::Hold ? TimerFor::Hold : TimerFor::Mute; }
};

struct Machine : fsm::Describes<Machine, SwitchState, toggle::On, toggle::Event, toggle::Context, Out> {
  static constexpr auto& state_names = kSwitchStateWords;
  static constexpr std::array<std::string_view, 7> event_names{"TurnOn",  "TurnOff",  "ConfirmedOn", "ConfirmedOff",
                                                               "Refused", "TimedOut", "CallOver"};
  static const std::array<fsm::Row<Machine>, 24> table;
};

}  // namespace offhook::toggle
