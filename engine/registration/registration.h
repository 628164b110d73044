// Is this phone registered at the PBX? Only changes count: a refresh every few
// minutes says nothing new, and must not touch the agent's status.
// Design: docs/machines/registration.md
#pragma once

#include "engine/core/out.h"
#include "engine/fsm/table.h"

namespace offhook::registration {

enum class On : std::uint8_t {
  RegisterRequested,
  Registering,
  Registered,
  Unregistered,
  RegistrationFailed,
  UnregisterRequested,
  CheckRequested
};

struct Event {
  On on;
  const offhook::Event& in;
};

struct Context {
  Registration& registration;
};

struct Machine : fsm::Describes<Machine, RegistrationState, registration::On, registration::Event, registration::Context, Out> {
  static constexpr auto& state_names = kRegistrationStateWords;
  static constexpr std::array<std::string_view, 7> event_names{"RegisterRequested",  "Registering",         "Registered",    "Unregistered",
                                                               "RegistrationFailed", "UnregisterRequested", "CheckRequested"};
  static const std::array<fsm::Row<Machine>, 14> table;
};

}  // namespace offhook::registration
