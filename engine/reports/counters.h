// What is counted of a queue, an agent or an interval, and the service level's formulas over it. Counts and
// milliseconds only: what a call was is decided before, in one place (`count`), so that every report agrees.
// Definitions: docs/reports.md
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/reports/fate.h"

namespace offhook::reports {

/// One stay of one call in one queue, as far as the numbers need it. Times in ms UTC, 0: it did not happen.
struct Stay {
  Millis enqueued_at = 0, answered_at = 0, ended_at = 0;
  Millis talk_ms = 0, hold_ms = 0, wrap_up_ms = 0;
  double offers = 0, rona = 0;
  Outcome outcome = Outcome::None;
  bool wrapped = false;  ///< there was a wrap-up, of whatever length
  double part = 0;       ///< 0: from the door on; n: after a transfer to an agent, or after an agent was lost. Only the first is a call of the queue
  Millis waited = -1;    ///< as the record has it; −1: by its times

  bool answered() const { return answered_at > 0; }
  /// From the queue's door to the agent's answer, ringing included, or to the end.
  Millis wait() const {
    if (waited >= 0) return waited;
    const Millis until = answered() ? answered_at : ended_at;
    return until > enqueued_at ? until - enqueued_at : 0;
  }
};

struct Counters {
  double offered = 0, answered = 0, abandoned = 0, short_abandoned = 0, timeout = 0, overflowed = 0, refused = 0, lost = 0;
  double answered_in_sl = 0, abandoned_in_sl = 0;
  Millis wait_answered_ms = 0, wait_abandoned_ms = 0, longest_wait_ms = 0;
  Millis talk_ms = 0, hold_ms = 0, wrap_up_ms = 0;
  double wrap_ups = 0, rona = 0, offers = 0, transfers = 0;

  /// A stay that is over, or the answered part of one that is not. A later part adds its talk, its wrap-up and its offers, and is no call anew.
  void count(const Stay& stay, const Rules& rules);
  void add(const Counters& other);
  /// Left without an answer and without giving up: time-outs, overflows, and calls that were lost.
  double flow_outs() const { return timeout + overflowed + lost; }
  bool operator==(const Counters&) const = default;
};

/// Every number of `Counters` with its name, in the order in which it is shown.
inline constexpr std::array<std::pair<std::string_view, double Counters::*>, 20> kCounterFields{{
    {"offered", &Counters::offered},
    {"answered", &Counters::answered},
    {"abandoned", &Counters::abandoned},
    {"short_abandoned", &Counters::short_abandoned},
    {"timeout", &Counters::timeout},
    {"overflowed", &Counters::overflowed},
    {"refused", &Counters::refused},
    {"lost", &Counters::lost},
    {"answered_in_sl", &Counters::answered_in_sl},
    {"abandoned_in_sl", &Counters::abandoned_in_sl},
    {"wait_answered_ms", &Counters::wait_answered_ms},
    {"wait_abandoned_ms", &Counters::wait_abandoned_ms},
    {"longest_wait_ms", &Counters::longest_wait_ms},
    {"talk_ms", &Counters::talk_ms},
    {"hold_ms", &Counters::hold_ms},
    {"wrap_up_ms", &Counters::wrap_up_ms},
    {"wrap_ups", &Counters::wrap_ups},
    {"rona", &Counters::rona},
    {"offers", &Counters::offers},
    {"transfers", &Counters::transfers},
}};

/// The six service levels in real use; SL4 is the default.
enum class Formula : std::uint8_t { SL1, SL2, SL3, SL4, SL5, SL6 };
inline constexpr std::array<std::string_view, 6> kFormulaWords{"SL1", "SL2", "SL3", "SL4", "SL5", "SL6"};
/// The formula in words, to stand beside the number.
inline constexpr std::array<std::string_view, 6> kFormulaTexts{"answered in T / offered",
                                                               "answered in T / answered",
                                                               "answered in T / (answered + abandoned)",
                                                               "answered in T / (offered - short abandons)",
                                                               "answered in T / (offered - abandoned in T)",
                                                               "(answered in T + abandoned in T) / (answered + abandoned)"};

/// Nothing: there is no data (0/0), never 0 % or 100 %.
using Number = std::optional<double>;

Number ratio(double part, double whole);
Number service_level(const Counters& c, Formula formula);

/// The formula that is named so; nothing when there is none.
std::optional<Formula> formula_of(std::string_view word);
Outcome outcome_of(std::string_view word);

}  // namespace offhook::reports
