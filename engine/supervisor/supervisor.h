// One supervisor at one call: the telephone is called, it listens (Monitor),
// speaks to the agent alone (Coach) or to both (Barge), changes between them,
// takes the call over, and it ends once, with a reason. ChanSpyStart is what
// proves a mode, not the answer of an action. Who may do so is the hub's
// question; how a telephone is called is the PBX's.
// Rows: docs/machines/supervisor.md
#pragma once

#include <string>
#include <string_view>

#include "engine/core/schema.h"
#include "engine/fsm/table.h"

namespace offhook::supervisor {

enum class State : std::uint8_t { Idle, Calling, Monitor, Coach, Barge, Switching, TakingOver, Ended };
inline constexpr std::array<std::string_view, 8> kStateWords{"Idle", "Calling", "Monitor", "Coach", "Barge", "Switching", "TakingOver", "Ended"};

enum class Mode : std::uint8_t { Monitor, Coach, Barge };
inline constexpr std::array<std::string_view, 3> kModeWords{"monitor", "coach", "barge"};

enum class On : std::uint8_t { Supervise, SpyStarted, SpyStopped, PhoneFailed, PhoneGone, TakeOver, Joined, CallOver, Stop, LinkDown, TimeOver };

inline constexpr Millis kRingMs = 14'000;   ///< how long the supervisor's telephone rings: a command of the hub has 15 s
inline constexpr Millis kSwitchMs = 5'000;  ///< how long the PBX may take for another mode, or to join customer and supervisor

struct Session {
  State state = State::Idle;
  Mode wanted = Mode::Monitor;
  std::string end;  ///< why it ended: stopped, call_over, phone_gone, no_answer, refused, failed, taken_over, link_down
};

struct Event {
  On on;
  Mode mode = Mode::Monitor;     ///< Supervise: what is wanted; SpyStarted: what it is
  std::string_view reason = {};  ///< PhoneFailed: the PBX's word
};

struct Context {
  Session& session;
};

struct Effects {
  Millis timer = -1;       ///< -1: leave it; 0: clear; else after so many ms
  bool call = false;       ///< the supervisor's telephone is called, for `session.wanted`
  bool redirect = false;   ///< his leg goes to the application of `session.wanted`
  bool hang_up = false;    ///< his leg is hung up
  bool take = false;       ///< the customer goes to him, the agent's leg ends
  bool began = false;      ///< a mode began or changed: shown, audited, the agent told by policy
};

struct Machine : fsm::Describes<Machine, State, On, Event, Context, Effects> {
  static constexpr auto& state_names = kStateWords;
  static constexpr std::array<std::string_view, 11> event_names{"Supervise", "SpyStarted", "SpyStopped", "PhoneFailed", "PhoneGone", "TakeOver",
                                                                "Joined", "CallOver", "Stop", "LinkDown", "TimeOver"};
  static const std::array<fsm::Row<Machine>, 27> table;
};

}  // namespace offhook::supervisor
