// One agent's pause in one queue: what the CRM's status wants against what the
// PBX was last seen to do. It never changes the status; a failure is shown,
// retried and reconciled. Asterisk's own Auto-Pause is not taken back here:
// only the agent's next word does that.
// Rows: docs/machines/member_pause.md
#pragma once

#include <string>

#include "engine/core/schema.h"
#include "engine/fsm/table.h"

namespace offhook::member {

/// The reason that app_queue writes when it pauses a member by itself.
inline constexpr std::string_view kAutoPause = "Auto-Pause";

namespace pause {

enum class State : std::uint8_t { untouched, deferred, pending, synced, differs, failed };
inline constexpr std::array<std::string_view, 6> kStateWords{"untouched", "deferred", "pending", "synced", "differs", "failed"};

enum class On : std::uint8_t { Wanted, Observed, Refused, TimeOver, LinkDown, LinkUp, Check };

struct Pause {
  State state = State::untouched;
  bool wanted_known = false, wanted = false;
  bool insists = false;  ///< a person said so after the PBX paused him by itself
  std::string wanted_reason;
  bool observed_known = false, observed = false;
  std::string observed_reason;
  int attempts = 0;
  std::string error;  ///< why it is not so: the PBX's words, or "no answer"
};

struct Event {
  On on;
  std::string_view error{};  ///< Refused
};

struct Context {
  Pause& pause;
  bool link_is_live;
};

struct Effects {
  Millis answer_ms = 3'000;
  Millis timer = -1;  ///< -1: leave it; 0: clear; else after so many ms
  bool send = false;  ///< QueuePause
  bool confirmed = false;
  bool failed = false;
};

inline constexpr int kAttempts = 3;

struct Machine : fsm::Describes<Machine, State, On, Event, Context, Effects> {
  static constexpr auto& state_names = kStateWords;
  static constexpr std::array<std::string_view, 7> event_names{"Wanted", "Observed", "Refused", "TimeOver", "LinkDown", "LinkUp", "Check"};
  static const std::array<fsm::Row<Machine>, 22> table;
};

}  // namespace pause
}  // namespace offhook::member
