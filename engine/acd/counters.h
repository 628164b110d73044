// What is counted of a queue while it happens: today (from one local midnight to the next) and the last 30 minutes. Formulas are not
// here: engine/reports and who shows the numbers have them.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "engine/core/schema.h"

namespace offhook::acd {

enum class Count : std::uint8_t {
  Offered, Answered, Abandoned, ShortAbandoned, Timeout, Overflowed, Refused, Lost, AnsweredInSl, AbandonedInSl, WaitAnsweredMs, WaitAbandonedMs,
  TalkMs, HoldMs, WrapUpMs, WrapUps, Rona, Offers, Transfers
};
inline constexpr std::size_t kCounts = 19;
inline constexpr std::array<std::string_view, kCounts> kCountNames{
    "offered", "answered", "abandoned", "short_abandoned", "timeout", "overflowed", "refused", "lost", "answered_in_sl", "abandoned_in_sl", "wait_answered_ms",
    "wait_abandoned_ms", "talk_ms", "hold_ms", "wrap_up_ms", "wrap_ups", "rona", "offers", "transfers"};
using Counts = std::array<double, kCounts>;

struct Minute {
  double minute = 0;  ///< since 1970
  Counts counts{};
};

class Counters {
 public:
  static constexpr double kMinutes = 30;
  Counts today{};

  void add(Count count, double amount, double minute) {
    today[static_cast<std::size_t>(count)] += amount;
    if (minutes_.empty() || minutes_.back().minute < minute) minutes_.push_back({minute, {}});
    minutes_.back().counts[static_cast<std::size_t>(count)] += amount;
  }
  /// Forgets what is older than half an hour; true: something was.
  bool forget(double minute) {
    std::size_t old = 0;
    while (old < minutes_.size() && minutes_[old].minute <= minute - kMinutes) ++old;
    minutes_.erase(minutes_.begin(), minutes_.begin() + static_cast<std::ptrdiff_t>(old));
    return old > 0;
  }
  /// The minute in which the oldest part of the last 30 is forgotten; 0: there is none.
  double forgets_at() const { return minutes_.empty() ? 0 : minutes_.front().minute + kMinutes; }
  Counts last_30() const {
    Counts sum{};
    for (const Minute& minute : minutes_)
      for (std::size_t i = 0; i < kCounts; ++i) sum[i] += minute.counts[i];
    return sum;
  }
  const std::vector<Minute>& minutes() const { return minutes_; }
  void restore(std::vector<Minute> minutes) { minutes_ = std::move(minutes); }

 private:
  std::vector<Minute> minutes_;  ///< at most 30, rising
};

}  // namespace offhook::acd
