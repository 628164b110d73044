// One call leg at this phone, from dialling or ringing to its end. It knows
// nothing of the call_log, the contact or the agent: those are told by inner
// events. Design: docs/machines/call.md
#pragma once

#include "engine/core/out.h"
#include "engine/fsm/table.h"

namespace offhook::call {

enum class On : std::uint8_t {
  Dial, Offer, Dialed, Progress, Connected, EndReported, RemoteChanged,
  Answer, Reject, Hangup, AnswerRefused, DialRefused, HangupRefused, SetupTimeout, EndTimeout, LingerOver,
  Recover, Reachable, Resumed
};

struct Event {
  On on;
  const offhook::Event& in;
};

struct Context {
  Call& call;
  std::uint16_t slot;
};

struct Machine : fsm::Describes<Machine, CallState, call::On, call::Event, call::Context, Out> {
  static constexpr auto& state_names = kCallStateWords;
  static constexpr std::array<std::string_view, 19> event_names{
      "Dial",   "Offer",  "Dialed",        "Progress",    "Connected",     "EndReported",  "RemoteChanged", "Answer",
      "Reject", "Hangup", "AnswerRefused", "DialRefused", "HangupRefused", "SetupTimeout", "EndTimeout",    "LingerOver",
      "Recover", "Reachable", "Resumed"};
  static const std::array<fsm::Row<Machine>, 40> table;
};

/// How a call ended, from what the softphone could tell. Exposed for its table-driven test.
EndReason classify(const Call& call, Origin origin, double status_code, double q850, std::string_view reason);

}  // namespace offhook::call
