// Chance of a seed: the same numbers on every machine, natively and in WebAssembly, whatever the standard library.
#pragma once

#include <cmath>
#include <cstdint>

namespace offhook::acd_sim {

/// xoshiro256** (Blackman, Vigna), filled by splitmix64.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) {
    for (auto& word : state_) {
      seed += 0x9e3779b97f4a7c15;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
      z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
      word = z ^ (z >> 31);
    }
  }
  std::uint64_t next() {
    const auto rotl = [](std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); };
    const std::uint64_t result = rotl(state_[1] * 5, 7) * 9, t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotl(state_[3], 45);
    return result;
  }
  /// 0 … n − 1.
  int below(int n) { return n <= 0 ? 0 : static_cast<int>(next() % static_cast<std::uint64_t>(n)); }
  int between(int from, int to) { return from + below(to - from + 1); }
  double share() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  bool happens(double p) { return share() < p; }
  /// Whole milliseconds, uniform.
  double ms(double from, double to) { return std::floor(from + share() * (to - from)); }
  /// Exponential, with this mean.
  double span(double mean) { return -mean * std::log(1 - share()); }
  template <class List>
  auto& of(List& list) { return list[static_cast<std::size_t>(below(static_cast<int>(list.size())))]; }

 private:
  std::uint64_t state_[4];
};

}  // namespace offhook::acd_sim
