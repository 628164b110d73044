// Digits of one call: collected, sent together two seconds after the last, in
// order, one sending at a time. Design: docs/machines/dtmf.md
#pragma once

#include "engine/core/out.h"
#include "engine/fsm/table.h"

namespace offhook::dtmf {

enum class On : std::uint8_t { Digits, DebounceOver, Sent, Refused, TimedOut, CallOver };

struct Event {
  On on;
  const offhook::Event& in;
};

struct Context {
  Call& call;
  std::uint16_t slot;
};

struct Machine : fsm::Describes<Machine, DtmfState, dtmf::On, dtmf::Event, dtmf::Context, Out> {
  static constexpr auto& state_names = kDtmfStateWords;
  static constexpr std::array<std::string_view, 6> event_names{"Digits", "DebounceOver", "Sent", "Refused", "TimedOut", "CallOver"};
  static const std::array<fsm::Row<Machine>, 11> table;
};

}  // namespace offhook::dtmf
