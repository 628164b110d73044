// What a stay in a queue counts as: decided here alone, for the wallboard's counters (engine/acd, as it happens) and for the reports (over stored rows), so
// that both always say the same. It knows no record and no clock. Definitions: docs/reports.md
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "engine/core/schema.h"

namespace offhook::reports {

/// How a stay in a queue ended; the words of `call_records.outcome`.
enum class Outcome : std::uint8_t { None, Answered, Abandoned, Timeout, Overflow, TransferredBlind, TransferredAttended, Rejected, Error, Lost, PbxRestart };
inline constexpr std::array<std::string_view, 11> kOutcomeWords{"",        "answered", "abandoned", "timeout", "overflow", "transferred_blind", "transferred_attended",
                                                                 "rejected", "error",    "lost",      "pbx_restart"};

struct Rules {
  Millis sl_ms = 20'000;           ///< T: answered within, "<="
  Millis short_abandon_ms = 5'000; ///< S: an abandon is short when its wait is "<"
};

/// Open: it waits still. Refused never was in the queue; every other one was offered.
enum class Fate : std::uint8_t { Open, Answered, Abandoned, Timeout, Overflowed, Refused, Lost };

/// `answered`: an agent was reached, whatever came then.
constexpr Fate fate_of(Outcome outcome, bool answered) {
  if (outcome == Outcome::Rejected) return Fate::Refused;
  if (answered) return Fate::Answered;
  switch (outcome) {
    case Outcome::Abandoned: return Fate::Abandoned;
    case Outcome::Timeout: return Fate::Timeout;
    case Outcome::Overflow: return Fate::Overflowed;
    // A transfer out of the queue by a person, before anybody answered, is a flow-out as well.
    case Outcome::TransferredBlind:
    case Outcome::TransferredAttended: return Fate::Overflowed;
    case Outcome::Error:
    case Outcome::Lost:
    case Outcome::PbxRestart: return Fate::Lost;
    case Outcome::None:
    case Outcome::Answered:
    case Outcome::Rejected: break;
  }
  return Fate::Open;
}

/// An agent's part that was handed on.
constexpr bool is_transfer(Outcome outcome) { return outcome == Outcome::TransferredBlind || outcome == Outcome::TransferredAttended; }
constexpr bool in_service_level(Millis wait, Millis sl_ms) { return wait <= sl_ms; }
constexpr bool is_short_abandon(Millis wait, Millis short_abandon_ms) { return wait < short_abandon_ms; }

}  // namespace offhook::reports
