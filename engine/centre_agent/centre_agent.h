// The routing's view of one agent: may he be rung, is he in a call, does he
// write his notes. What the CRM holds of him (his intent), his registration and
// his other calls come in as events; it chooses no call and knows no clock. What
// a status means at the PBX is engine/core/pause_rules.h.
// Rows: docs/machines/centre_agent.md
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/schema.h"
#include "engine/core/words.h"
#include "engine/fsm/table.h"

namespace offhook::centre_agent {

enum class State : std::uint8_t { Offline, Available, Ringing, OnCall, WrapUp, Break };
inline constexpr std::array<std::string_view, 6> kStateWords{"Offline", "Available", "Ringing", "OnCall", "WrapUp", "Break"};

enum class On : std::uint8_t {
  IntentChanged, RegistrationChanged, LinkChanged, PhoneBusy, Reserved, Released, Connected, CallOver, CompleteWrapUp, ExtendWrapUp,
  WrapUpTimeout, CoolDownOver
};

/// Why an offer ended without a talk; each has its own cool-down. The last two have none.
enum class Cause : std::uint8_t { None, NoAnswer, Reject, Busy, Unreachable, Withdrawn, Elsewhere };
inline constexpr std::array<std::string_view, 7> kCauseWords{"", "no_answer", "reject", "busy", "unreachable", "withdrawn", "elsewhere"};

struct WrapUp {
  WrapUpMode mode = WrapUpMode::None;
  Millis ms = 0;  ///< Timed: how long
  std::string call, record;
  bool operator==(const WrapUp&) const = default;
};

struct Agent {
  State state = State::Offline;
  Millis since = 0;  ///< UTC
  AgentStatus intent = AgentStatus::Offline;  ///< what the CRM holds
  std::string reason;
  bool registered = false, link_live = false, phone_busy = false;
  int calls = 0;      ///< calls of queues that he talks in
  std::string call;   ///< that he is rung for, or talks in
  int misses = 0;     ///< offers in a row that he did not answer
  Cause cool_cause = Cause::None;
  Millis cool_until = 0;  ///< monotonic; 0: none
  // Asked for during a call, applied after it and its wrap-up.
  MaybeStatus next = MaybeStatus::None;
  std::string next_reason;
  WrapUp owed;        ///< of a call that is over while another one is not
  WrapUp wrap_up;     ///< of the state WrapUp
  Millis wrap_up_since = 0, wrap_up_mono = 0;  ///< UTC and monotonic
  Millis wrap_up_until = 0;                    ///< monotonic; 0: no limit
  MaybeStatus written = MaybeStatus::None;     ///< our own last word to the CRM that has not come back
  bool operator==(const Agent&) const = default;
};

struct Event {
  On on;
  Millis at = 0, mono = 0;
  AgentStatus status = AgentStatus::Offline;  ///< IntentChanged
  std::string_view reason{};
  bool ours = false;          ///< IntentChanged: it is what we wrote ourselves
  bool yes = false;           ///< RegistrationChanged, LinkChanged, PhoneBusy
  std::string_view call{};    ///< Reserved, Connected
  Cause cause = Cause::None;  ///< Released
  Millis cool_ms = 0;         ///< Released: how long he is left alone
  int rona_after = 0;         ///< Released: so many misses and he is paused; 0: never
  const WrapUp* wrap_up = nullptr;  ///< CallOver: what his queue wants
  Millis ms = 0;              ///< ExtendWrapUp
};

struct Context {
  Agent& agent;
};

struct Effects {
  bool find_call = false;     ///< he may be free: engine/acd asks the matcher
  bool wrap_up_began = false;
  // A wrap-up is over: its record gets its time and, when he did it himself, his notes.
  bool wrap_up_ended = false, forced = false;
  WrapUp ended;
  Millis wrap_up_ms = 0;
  Millis wrap_up_ago = 0;     ///< it ended this long ago: at its limit, while nobody was there to see
  bool write = false;         ///< status.write {status, reason}
  AgentStatus status = AgentStatus::Online;
  std::string reason;
  bool rona = false;          ///< paused because he does not answer
};

struct Machine : fsm::Describes<Machine, State, On, Event, Context, Effects> {
  static constexpr auto& state_names = kStateWords;
  static constexpr std::array<std::string_view, 12> event_names{"IntentChanged", "RegistrationChanged", "LinkChanged", "PhoneBusy", "Reserved", "Released", "Connected",
                                                               "CallOver", "CompleteWrapUp", "ExtendWrapUp", "WrapUpTimeout", "CoolDownOver"};
  static const std::array<fsm::Row<Machine>, 52> table;
};

}  // namespace offhook::centre_agent
