// When which call changes by itself: one instant a call, the earliest on top, moved in place when it changes. Ties by the smaller handle's
// own order number, so that instants of one time come in one order everywhere.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "engine/core/schema.h"

namespace offhook::matcher {

class DueHeap {
 public:
  bool empty() const { return heap_.empty(); }
  Millis first_at() const { return heap_.front().at; }
  std::uint32_t first() const { return heap_.front().call; }

  /// Sets the call's instant, or with `at` < 0 takes it away. `seq` breaks ties.
  void set(std::uint32_t call, Millis at, double seq) {
    if (call >= place_.size()) place_.resize(call + 1, kOut);
    std::uint32_t at_index = place_[call];
    if (at < 0) {
      if (at_index == kOut) return;
      place_[call] = kOut;
      const Entry last = heap_.back();
      heap_.pop_back();
      if (last.call == call) return;
      heap_[at_index] = last;
      place_[last.call] = at_index;
      down(up(at_index));
      return;
    }
    if (at_index == kOut) {
      at_index = static_cast<std::uint32_t>(heap_.size());
      heap_.push_back({});
    }
    heap_[at_index] = {at, seq, call};
    place_[call] = at_index;
    down(up(at_index));
  }
  std::size_t bytes() const { return heap_.capacity() * sizeof(Entry) + place_.capacity() * 4; }

 private:
  struct Entry {
    Millis at = 0;
    double seq = 0;
    std::uint32_t call = 0;
    bool operator<(const Entry& o) const { return at != o.at ? at < o.at : seq < o.seq; }
  };
  static constexpr std::uint32_t kOut = 0xFFFFFFFF;

  void swap(std::uint32_t i, std::uint32_t j) {
    std::swap(heap_[i], heap_[j]);
    place_[heap_[i].call] = i;
    place_[heap_[j].call] = j;
  }
  std::uint32_t up(std::uint32_t i) {
    while (i > 0 && heap_[i] < heap_[(i - 1) / 2]) {
      swap(i, (i - 1) / 2);
      i = (i - 1) / 2;
    }
    return i;
  }
  void down(std::uint32_t i) {
    while (true) {
      std::uint32_t least = i;
      for (std::uint32_t child = 2 * i + 1; child <= 2 * i + 2; ++child)
        if (child < heap_.size() && heap_[child] < heap_[least]) least = child;
      if (least == i) return;
      swap(i, least);
      i = least;
    }
  }

  std::vector<Entry> heap_;
  std::vector<std::uint32_t> place_;  ///< by call
};

}  // namespace offhook::matcher
