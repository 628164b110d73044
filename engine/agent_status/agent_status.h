// The agent's status, as three small machines: what the calls make of it
// (activity), its way into the CRM, which is the truth (write), and the queue
// pause at the PBX, which follows as best it can (pause). ON_CALL is derived
// from calls and never written. Design: docs/machines/agent_status.md
#pragma once

#include "engine/core/out.h"
#include "engine/core/pause_rules.h"
#include "engine/fsm/table.h"

namespace offhook::agent_status {

struct Context {
  Agent& agent;
  const Registration& registration;
  const Strings& strings;
};

/// What is shown: the calls first, then wrap-up, then what the CRM holds.
void show(Agent& agent, const Out& out);

/// Keeps the status that wrap-up leads back to: the last one the CRM held that was not wrap-up itself.
void remember(Agent& agent);

/// Starts with "Auto:": written by endpoint synchronisation, not by a person.
bool is_automatic(std::string_view reason);

namespace activity {

enum class On : std::uint8_t { CallConnected, LastCallEnded, StatusRequested, NextCancelled, WrapUpRequested, WrapUpFinished, WrapUpExtended, Forced, TimeOver, Resumed, CentreTold, CentreOver };

struct Event {
  On on;
  const offhook::Event& in;
  Text call_log_id{};   ///< LastCallEnded, WrapUpRequested: the draft that wrap-up is for
  bool follows = true;  ///< LastCallEnded: by this phone's own mode a wrap-up follows a call
  CentreMode mode = CentreMode::Unknown;  ///< CentreTold, with `since` (0: its call goes on) and `until` (0: no end)
  Millis since = 0, until = 0;
};

struct Machine : fsm::Describes<Machine, ActivityState, activity::On, activity::Event, agent_status::Context, Out> {
  static constexpr auto& state_names = kActivityStateWords;
  static constexpr std::array<std::string_view, 12> event_names{"CallConnected",  "LastCallEnded",  "StatusRequested", "NextCancelled", "WrapUpRequested",
                                                               "WrapUpFinished", "WrapUpExtended", "Forced",          "TimeOver",        "Resumed",
                                                               "CentreTold",     "CentreOver"};
  static const std::array<fsm::Row<Machine>, 31> table;
};

}  // namespace activity

namespace write {

enum class On : std::uint8_t { Write, Accepted, NoAnswer, Refused, RetryDue, CrmTold, RegistrationUp };

struct Event {
  On on;
  const offhook::Event& in;
  AgentStatus status = AgentStatus::Online;
  Text reason{};
  StatusSource source = StatusSource::Agent;
};

struct Machine : fsm::Describes<Machine, StatusWriteState, write::On, write::Event, agent_status::Context, Out> {
  static constexpr auto& state_names = kStatusWriteStateWords;
  static constexpr std::array<std::string_view, 7> event_names{"Write",    "Accepted", "NoAnswer",      "Refused",
                                                               "RetryDue", "CrmTold",  "RegistrationUp"};
  static const std::array<fsm::Row<Machine>, 18> table;
};

}  // namespace write

namespace pause {

enum class On : std::uint8_t { Wanted, Accepted, NoAnswer, RetryDue };

struct Event {
  On on;
  const offhook::Event& in;
  AgentStatus status = AgentStatus::Online;
  Text reason{};
  bool synced = false;  ///< Accepted: the PBX has confirmed
};

struct Machine : fsm::Describes<Machine, PauseState, pause::On, pause::Event, agent_status::Context, Out> {
  static constexpr auto& state_names = kPauseStateWords;
  static constexpr std::array<std::string_view, 4> event_names{"Wanted", "Accepted", "NoAnswer", "RetryDue"};
  static const std::array<fsm::Row<Machine>, 6> table;
};

}  // namespace pause
}  // namespace offhook::agent_status
