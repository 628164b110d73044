// An agent's automatic OFFLINE and the way back: what the CRM holds is the
// agent's own word, and only what was taken from him here is given back. It
// sees no registration; engine/endpoint says when one is lost or back, and the
// Centre says nothing of it while the link to the PBX is down.
// Rows: docs/machines/presence.md
#pragma once

#include <string>

#include "engine/core/schema.h"
#include "engine/core/words.h"
#include "engine/fsm/table.h"

namespace offhook::member {

inline constexpr std::string_view kAutoPrefix = "Auto:";
inline constexpr std::string_view kNotRegistered = "Auto: SIP not registered";
inline constexpr std::string_view kRegistered = "Auto: SIP registered";

namespace presence {

enum class State : std::uint8_t { Own, GoingOffline, AutoOffline, Returning };
inline constexpr std::array<std::string_view, 4> kStateWords{"Own", "GoingOffline", "AutoOffline", "Returning"};

enum class On : std::uint8_t { Stored, Lost, Back, Refused };

struct Presence {
  State state = State::Own;
  bool known = false;  ///< the CRM has told
  AgentStatus status = AgentStatus::Offline;
  std::string reason;
  Millis since = 0;  ///< ms UTC
  // What was taken from him; ONLINE when it is not known.
  AgentStatus saved = AgentStatus::Online;
  std::string saved_reason;
};

struct Event {
  On on;
  AgentStatus status = AgentStatus::Offline;  ///< Stored
  std::string_view reason{};
  Millis since = 0;
  AgentStatus restores = AgentStatus::Online;  ///< Stored, of an automatic OFFLINE: what it took, if the hub kept it
  std::string_view restores_reason{};
};

struct Context {
  Presence& presence;
};

struct Effects {
  Millis at = 0, grace_ms = 30'000;
  bool write = false;  ///< status.write {status, reason}
  AgentStatus status = AgentStatus::Offline;
  std::string reason;
  std::string_view error;  ///< a line for the log
};

struct Machine : fsm::Describes<Machine, State, On, Event, Context, Effects> {
  static constexpr auto& state_names = kStateWords;
  static constexpr std::array<std::string_view, 4> event_names{"Stored", "Lost", "Back", "Refused"};
  static const std::array<fsm::Row<Machine>, 16> table;
};

}  // namespace presence
}  // namespace offhook::member
