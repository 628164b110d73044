// The server's clock against ours, from the moments it tells in its answers.
// Each telling is wrong by at most half its round trip; the surest of the last
// few counts. No clock is set by it: what is sent and shown is corrected.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "engine/core/limits.h"

namespace offhook {

class Skew {
 public:
  bool known() const { return count_ > 0; }

  /// `server` was told between `asked_mono` and now; `grain_ms`: its precision
  /// (1 s for HTTP's Date). Returns the skew to use from now on: `current`,
  /// unless the measurement says clearly otherwise.
  double measure(double current, Millis server, Millis asked_mono, Millis at, Millis mono, double grain_ms) {
    const double trip = mono > asked_mono ? mono - asked_mono : 0;
    const double offset = server + (grain_ms + trip) / 2 - at;
    if (!(std::abs(offset) <= limits::kSkewMost)) return current;
    if (trip > limits::kRequestTimeout) return current;  // the page slept over it: worth less than no measurement
    // The server cannot say less than it said before plus the time since: this answers an older question. Or its clock was set back.
    const bool stale = count_ > 0 && server + grain_ms < last_server_ + (asked_mono - last_mono_) - limits::kSkewStep;
    if (stale && ++stale_ < kStaleMost) return current;
    if (stale) count_ = 0;
    stale_ = 0;
    last_server_ = server;
    last_mono_ = mono;
    // Our clock was set, or the monotonic one stood still while the device
    // slept: what was measured before is void.
    if (std::abs(at - mono - base_) > limits::kSkewStep) count_ = 0;
    base_ = at - mono;
    samples_[next_++ % samples_.size()] = {offset, (grain_ms + trip) / 2};
    if (count_ < samples_.size()) ++count_;
    const Sample* best = nullptr;
    for (std::size_t i = 1; i <= count_; ++i) {  // the latest first: of equals it wins
      const Sample& sample = samples_[(next_ - i) % samples_.size()];
      if (!best || sample.wrong_by < best->wrong_by) best = &sample;
    }
    if (std::abs(best->offset - current) <= std::max(limits::kSkewStep, best->wrong_by)) return current;
    return std::abs(best->offset) < limits::kSkewNoise ? 0 : std::floor(best->offset);
  }

  /// All it remembers, for a checkpoint: two numbers a sample, then how many were taken, are kept, and the base.
  std::array<double, 19> numbers() const {
    std::array<double, 19> all{};
    for (std::size_t i = 0; i < samples_.size(); ++i) all[2 * i] = samples_[i].offset, all[2 * i + 1] = samples_[i].wrong_by;
    all[16] = static_cast<double>(next_ % samples_.size()), all[17] = static_cast<double>(count_), all[18] = base_;
    return all;
  }
  /// REQUIRES: what numbers() gave; counts out of range are taken as none.
  void take(const std::array<double, 19>& all) {
    for (std::size_t i = 0; i < samples_.size(); ++i) samples_[i] = {all[2 * i], all[2 * i + 1]};
    next_ = all[16] >= 0 && all[16] < 8 ? static_cast<std::size_t>(all[16]) : 0;
    count_ = all[17] >= 0 && all[17] <= 8 ? static_cast<std::size_t>(all[17]) : 0;
    base_ = all[18];
  }

 private:
  struct Sample {
    double offset = 0, wrong_by = 0;
  };
  std::array<Sample, 8> samples_{};
  std::size_t next_ = 0, count_ = 0;
  static constexpr int kStaleMost = 3;  ///< so many in a row are no accident
  int stale_ = 0;
  Millis last_server_ = 0, last_mono_ = 0;  ///< of the last measurement
  Millis base_ = 0;  ///< wall clock minus monotonic clock, at the last measurement
};

}  // namespace offhook
