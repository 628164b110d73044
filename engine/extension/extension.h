// Which of two witnesses is believed about one extension: its legs (what calls
// show) or the PBX's own word (ExtensionStatus, device states). Here is who
// decides and what is to be shown; which channel belongs to which extension,
// and when a change is sent out, is decided in engine/centre.
// Rows, times and codes: docs/machines/extension.md
#pragma once

#include <string>

#include "engine/core/schema.h"
#include "engine/fsm/table.h"

namespace offhook::extension {

/// Asterisk's extension states; 9 and 17 are sums. Any other number is shown as Unknown.
namespace code {
/// Not Asterisk's: nothing has been heard yet. Shown as Unknown, as any number without a look is.
inline constexpr int kNotKnown = -3;
inline constexpr int kRemoved = -2, kDeactivated = -1, kFree = 0, kOnCall = 1, kBusy = 2, kUnavailable = 4, kRinging = 8, kOnCallRinging = 9, kOnHold = 16,
                     kOnCallOnHold = 17;
}  // namespace code

/// How a code is shown: text, colour, and whether it pulses.
struct Look {
  int code;
  std::string_view text, colour;
  bool pulse;
};
inline constexpr std::array<Look, 10> kLooks{{
    {code::kRemoved, "Removed", "grey", false},
    {code::kDeactivated, "Deactivated", "grey", false},
    {code::kFree, "Free", "green", false},
    {code::kOnCall, "On Call", "red", true},
    {code::kBusy, "Busy", "red", false},
    {code::kUnavailable, "Unavailable", "grey", false},
    {code::kRinging, "Ringing", "orange", true},
    {code::kOnCallRinging, "On Call, Ringing", "orange", true},
    {code::kOnHold, "On Hold", "blue", false},
    {code::kOnCallOnHold, "On Call, On Hold", "blue", false},
}};

/// The look of any code; an unknown one is "Unknown", grey.
const Look& getUnifiedExtensionStatus(int code);
/// "Free", "On Call", "Ringing", …
std::string_view getStatusText(int code);
/// The extension code of a device state's word ("INUSE") or of a queue member's Status number; false when it says nothing.
bool code_of_device(std::string_view word, int& code);
/// May `to` follow `from` without remark? An unusual change is shown all the same, counted and logged.
bool is_usual(int from, int to);

/// What one leg of an extension does. The order is that of no list: see `aggregate`.
enum class LegState : std::uint8_t { Down, Dialling, Ringing, Up, Held, Busy };
/// How many legs are in each state, as `aggregate` wants them.
struct LegCount {
  int inuse = 0, ringing = 0, held = 0, busy = 0;
  void add(LegState state);
};
/// Asterisk's own order: ringing beside anything else is 9; then busy, in use, ringing, on hold, free.
int aggregate(const LegCount& legs);

enum class State : std::uint8_t { Quiet, Echo, InCall, Disputed, Suspect, Stale };
inline constexpr std::array<std::string_view, 6> kStateWords{"Quiet", "Echo", "InCall", "Disputed", "Suspect", "Stale"};

enum class On : std::uint8_t { LegsChanged, LegsGone, AmiSaid, Listed, TimeOver, LinkDown };

enum class Source : std::uint8_t { Ami, Call };
inline constexpr std::array<std::string_view, 2> kSourceWords{"AMI", "Call"};

/// One witness's last word.
struct Word {
  int code = code::kFree;
  Millis at = 0;      ///< ms UTC
  std::string event;  ///< the AMI event that said it
  std::string call_id;
  std::string peer;
};

struct Extension {
  State state = State::Quiet;
  Word call;  ///< the aggregate of its live legs
  Word ami;
  int legs = 0;
  // What is to be shown:
  int code = code::kFree;
  Source source = Source::Ami;
  std::string event, call_id, peer;
  Millis stale_since = 0;  ///< 0: not stale
};

struct Event {
  On on;
};

struct Context {
  Extension& extension;
};

/// What the machine asks of Centre after a step.
struct Effects {
  Millis at = 0;  ///< ms UTC, given
  Millis arbitration_ms = 10'000, echo_ms = 2'000;
  Millis timer = -1;  ///< -1: leave it; 0: clear; else after so many ms
  bool list_channels = false;
  bool disagreed = false;
};

struct Machine : fsm::Describes<Machine, State, On, Event, Context, Effects> {
  static constexpr auto& state_names = kStateWords;
  static constexpr std::array<std::string_view, 6> event_names{"LegsChanged", "LegsGone", "AmiSaid", "Listed", "TimeOver", "LinkDown"};
  static const std::array<fsm::Row<Machine>, 24> table;
};

}  // namespace offhook::extension
