// The backend's WebSocket: opened, greeted, kept, asked whether it lives,
// opened again with back-off. Down means unknown: nothing else changes because
// of it. Design: docs/machines/link.md
#pragma once

#include "engine/core/out.h"
#include "engine/fsm/table.h"

namespace offhook::link {

enum class On : std::uint8_t {
  OpenRequested,
  SocketOpened,
  SocketClosed,
  MessageHeard,
  NoiseHeard,
  TimeOver,
  AgentInformation,
  CloseRequested,
  ProbeRequested
};

struct Event {
  On on;
  const offhook::Event& in;
};

struct Context {
  Connection& connection;
  const Registration& registration;
  bool probes;  ///< the backend answers a ping
};

struct Machine : fsm::Describes<Machine, LinkState, link::On, link::Event, link::Context, Out> {
  static constexpr auto& state_names = kLinkStateWords;
  static constexpr std::array<std::string_view, 9> event_names{"OpenRequested",    "SocketOpened",   "SocketClosed",
                                                               "MessageHeard",     "NoiseHeard",     "TimeOver",
                                                               "AgentInformation", "CloseRequested", "ProbeRequested"};
  static const std::array<fsm::Row<Machine>, 26> table;
};

}  // namespace offhook::link
