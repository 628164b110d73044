// The engine's strings. A Text is a handle into this table; equal text has an
// equal handle. Strings that no record refers to any more are swept between
// events and their handles used again, so a phone that runs for days does not
// grow: a call's strings go when the call and its call_log go.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/schema.h"

namespace offhook {

class Strings {
 public:
  Strings();

  /// Handle of `text`; adds it when it is new. Longer than limits::kTextBytes is the caller's mistake.
  Text intern(std::string_view text);
  std::string_view view(Text text) const { return entries_[text.id].text; }

  /// True once for each live string: the host has to be told its text.
  bool announce(Text text) {
    Entry& entry = entries_[text.id];
    if (entry.announced) return false;
    return entry.announced = true;
  }

  bool has(std::uint32_t id) const { return id < entries_.size() && entries_[id].live; }

  // Sweep: begin, mark every Text in use, then end. `freed` gets the handles whose text the host had been told.
  bool sweep_due() const { return live_ >= sweep_at_ || bytes_ >= sweep_bytes_; }
  void begin_sweep();
  void mark(Text text) { entries_[text.id].marked = true; }
  void end_sweep(std::vector<std::uint32_t>& freed);

  std::size_t live() const { return live_; }

 private:
  /// One long answer is enough to sweep after: it is not meant to stay.
  static constexpr std::size_t kSweepBytes = 128 * 1024;
  struct Entry {
    std::string text;
    std::uint32_t hash = 0;
    bool live = false, announced = false, marked = false;
  };
  void rebuild(std::size_t buckets);

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> buckets_;  ///< open addressing, 0 is empty
  std::vector<std::uint32_t> free_;
  std::size_t live_ = 0;
  std::size_t bytes_ = 0;  ///< text of the live strings
  std::size_t sweep_at_ = 1024;
  std::size_t sweep_bytes_ = kSweepBytes;
};

}  // namespace offhook
