// Open addressing with linear probing over a power of two of buckets. Handles
// are positions in entries_ and never move; only a sweep gives them back.
#include "engine/core/strings.h"

#include <algorithm>

namespace offhook {
namespace {

std::uint32_t hash_of(std::string_view text) {  // FNV-1a: short keys, no attacker-chosen table size
  std::uint32_t hash = 2166136261u;
  for (unsigned char c : text) hash = (hash ^ c) * 16777619u;
  return hash;
}

}  // namespace

Strings::Strings() {
  entries_.emplace_back();
  entries_[0].live = entries_[0].announced = true;
  buckets_.assign(2048, 0);
}

Text Strings::intern(std::string_view text) {
  if (text.empty()) return {};
  const std::uint32_t hash = hash_of(text);
  const std::size_t mask = buckets_.size() - 1;
  std::size_t at = hash & mask;
  for (; buckets_[at]; at = (at + 1) & mask) {
    const Entry& entry = entries_[buckets_[at]];
    if (entry.hash == hash && entry.text == text) return {buckets_[at]};
  }
  std::uint32_t id;
  if (free_.empty()) {
    id = static_cast<std::uint32_t>(entries_.size());
    entries_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  Entry& entry = entries_[id];
  entry.text.assign(text);
  entry.hash = hash;
  entry.live = true;
  bytes_ += text.size();
  entry.announced = entry.marked = false;
  buckets_[at] = id;
  if (++live_ * 2 > buckets_.size()) rebuild(buckets_.size() * 2);
  return {id};
}

void Strings::rebuild(std::size_t buckets) {
  buckets_.assign(buckets, 0);
  const std::size_t mask = buckets - 1;
  for (std::uint32_t id = 1; id < entries_.size(); ++id) {
    if (!entries_[id].live) continue;
    std::size_t at = entries_[id].hash & mask;
    while (buckets_[at]) at = (at + 1) & mask;
    buckets_[at] = id;
  }
}

void Strings::begin_sweep() {
  for (Entry& entry : entries_) entry.marked = false;
}

void Strings::end_sweep(std::vector<std::uint32_t>& freed) {
  for (std::uint32_t id = 1; id < entries_.size(); ++id) {
    Entry& entry = entries_[id];
    if (!entry.live || entry.marked) continue;
    if (entry.announced) freed.push_back(id);
    entry.live = entry.announced = false;
    bytes_ -= entry.text.size();
    if (entry.text.capacity() > 256) entry.text = std::string();
    else entry.text.clear();
    free_.push_back(id);
    --live_;
  }
  rebuild(buckets_.size());
  sweep_at_ = std::max<std::size_t>(1024, live_ * 2);
  sweep_bytes_ = std::max(kSweepBytes, bytes_ * 2);
}

}  // namespace offhook
