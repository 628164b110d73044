// One phone in many tabs: this tab's part. Exactly one tab leads; it holds the
// lock that the host asks for (Web Locks) and has the softphone, the socket and
// the outbox. The others follow, and watch that the leader still speaks.
// Design: docs/machines/tabs.md
#pragma once

#include "engine/core/out.h"
#include "engine/fsm/table.h"

namespace offhook::tabs {

enum class On : std::uint8_t { Claim, LockGranted, LockLost, Heard, Leaving, SilenceOver, Woke, Disposed, HandedOver, TakeOver };

struct Event {
  On on;
  const offhook::Event& in;
  Millis late_ms = 0;       ///< SilenceOver: how much later than due the timer fired
  Reason why = Reason::Ok;  ///< TakeOver: what would be lost
};

struct Context {
  Tab& tab;
};

struct Machine : fsm::Describes<Machine, TabState, tabs::On, tabs::Event, tabs::Context, Out> {
  static constexpr auto& state_names = kTabStateWords;
  static constexpr std::array<std::string_view, 10> event_names{"Claim",   "LockGranted", "LockLost", "Heard",
                                                               "Leaving", "SilenceOver", "Woke",     "Disposed",
                                                               "HandedOver", "TakeOver"};
  static const std::array<fsm::Row<Machine>, 19> table;
};

}  // namespace offhook::tabs
