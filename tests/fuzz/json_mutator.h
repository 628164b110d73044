// Changes JSON where it hurts: one value becomes another, is doubled or goes. Bytes changed at random mostly break the
// parse, and what is behind it would never be reached. Taken by including it; a third of the changes are still the fuzzer's own.
#pragma once

#include <cstring>

#include "tests/fuzz/fuzz.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace offhook::fuzz {

/// Where one value begins and ends that is no list and no object: [first, last).
struct Place {
  std::size_t first, last;
};

/// The first such value from `from` on; an empty place when there is none.
inline Place value_after(std::string_view text, std::size_t from) {
  const std::size_t at = text.find_first_of(":[,", from);
  if (at == std::string_view::npos || at + 1 >= text.size()) return {0, 0};
  std::size_t end = at + 1;
  if (text[end] == '"') {
    for (++end; end < text.size() && text[end] != '"'; ++end) end += text[end] == '\\';
    return end < text.size() ? Place{at + 1, end + 1} : Place{0, 0};
  }
  end = text.find_first_of(",]}", at + 1);
  return end == std::string_view::npos || end == at + 1 ? Place{0, 0} : Place{at + 1, end};
}

}  // namespace offhook::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  using namespace offhook::fuzz;
  if (seed % 3 == 0 || size < 8) return LLVMFuzzerMutate(data, size, most);
  static constexpr std::array<std::string_view, 18> kOthers{"0", "1", "-1", "2", "7", "8", "31", "63", "64", "255", "65535", "1e15", "0.5", "null", "true", "\"\"", "[]", "{}"};
  std::uint64_t choice = seed * 0x9E3779B97F4A7C15ULL;
  const auto below = [&choice](std::size_t bound) {
    choice ^= choice >> 12, choice ^= choice << 25, choice ^= choice >> 27;
    return static_cast<std::size_t>((choice * 0x2545F4914F6CDD1DULL) >> 33) % bound;
  };
  std::string text(text_of(data, size));
  for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
    const Place place = value_after(text, below(text.size()));
    if (place.last == 0) continue;
    const std::string old = text.substr(place.first, place.last - place.first);
    const Place other = value_after(text, below(text.size()));
    const std::size_t how = below(8);
    const std::string taken = other.last != 0 ? text.substr(other.first, other.last - other.first) : "0";
    const std::string made = how < 4 ? std::string(kOthers[below(kOthers.size())]) : how < 6 ? taken : how == 6 ? old + "," + old : old + "0";
    text.replace(place.first, old.size(), made);
  }
  if (text.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::memcpy(data, text.data(), text.size());
  return text.size();
}
