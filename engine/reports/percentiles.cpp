#include "engine/reports/percentiles.h"

#include <algorithm>
#include <cmath>

namespace offhook::reports {

namespace {
const double kGrowth = std::log(1.01);
constexpr std::int32_t kZero = -1;

/// ⌈p·n⌉, where a product that should be whole may be a hair beside it.
std::size_t rank_of(double p, double n) {
  const double rank = std::ceil(p * n - 1e-9);
  return static_cast<std::size_t>(std::clamp(rank, 1.0, n));
}
}  // namespace

std::optional<double> nearest_rank(const std::vector<double>& sorted, double p) {
  if (sorted.empty()) return {};
  return sorted[rank_of(p, static_cast<double>(sorted.size())) - 1];
}

std::optional<double> linear_rank(const std::vector<double>& sorted, double p) {
  if (sorted.empty()) return {};
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= sorted.size()) return sorted.back();
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

void Histogram::add(double value, double times) {
  if (!(times > 0) || !std::isfinite(value)) return;
  buckets_[value < 1 ? kZero : static_cast<std::int32_t>(std::floor(std::log(value) / kGrowth))] += times;
  count_ += times;
  greatest_ = std::max(greatest_, value);
}

void Histogram::add(const Histogram& other) {
  for (const auto& [bucket, times] : other.buckets_) buckets_[bucket] += times;
  count_ += other.count_;
  greatest_ = std::max(greatest_, other.greatest_);
}

std::optional<double> Histogram::at(double p) const {
  if (count_ == 0) return {};
  const double rank = static_cast<double>(rank_of(p, count_));
  if (rank >= count_) return greatest_;
  double seen = 0;
  for (const auto& [bucket, times] : buckets_) {
    seen += times;
    if (seen < rank) continue;
    if (bucket == kZero) return 0;
    return std::min(greatest_, std::exp((bucket + 0.5) * kGrowth));
  }
  return greatest_;
}

}  // namespace offhook::reports
