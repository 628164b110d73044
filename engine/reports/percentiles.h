// Percentiles of waits: exact over what is kept, and over any number of values by a histogram whose buckets grow by
// 1 %, so that an answer is at most 0.5 % beside the exact one. No interpolation unless it is asked for.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace offhook::reports {

/// The value at ⌈p·n⌉ of the sorted ones (nearest rank); nothing of nothing. `p` in (0, 1].
std::optional<double> nearest_rank(const std::vector<double>& sorted, double p);
/// Between the two neighbours of (n−1)·p, as spreadsheets do it.
std::optional<double> linear_rank(const std::vector<double>& sorted, double p);

class Histogram {
 public:
  /// Values below 1 ms are 0. Negative ones are 0 as well.
  void add(double value, double times = 1);
  void add(const Histogram& other);
  double count() const { return count_; }
  double greatest() const { return greatest_; }
  /// Nearest rank, within 0.5 % of the value; the greatest is exact.
  std::optional<double> at(double p) const;

 private:
  std::map<std::int32_t, double> buckets_;
  double count_ = 0, greatest_ = 0;
};

}  // namespace offhook::reports
