// One message of AMI as it stood on the wire: its lines, and a look-up by key. It
// owns nothing: every view is good until the parser is asked for the next
// message. It knows the form ("Key: Value"), not what an event means.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/ami/vocabulary.h"

namespace offhook::ami {

enum class Kind : std::uint8_t {
  Banner,    ///< the first line of a connection; `name` is the whole line
  Response,  ///< the answer to an action; `name` is Success, Error, Goodbye, Follows …
  Event      ///< `name` is Newchannel, Hangup, QueueMember …
};

struct Header {
  std::string_view key;    ///< as written; a line without a colon is all key
  std::string_view value;  ///< without the blanks around it; may hold colons, may be empty
};

/// Splits one line at its first colon.
constexpr Header split(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == line.npos) return {line, {}};
  std::size_t begin = colon + 1;
  while (begin < line.size() && line[begin] == ' ') ++begin;
  return {line.substr(0, colon), line.substr(begin)};
}

class Message {
 public:
  Kind kind = Kind::Event;
  Word word = Word::Unknown;  ///< the event's name as a word, for `switch`; Unknown for events that we do not use
  std::string_view name;
  std::span<const std::string_view> lines;  ///< all of it, the first line included; UTF-8, no control character but tab
  std::span<const std::string_view> output;  ///< what a command printed, of `Response: Follows` (before Asterisk 14); later it is in `all("Output")`

  /// The value of the first header with that key, spelled exactly so; empty when there is none.
  std::string_view get(std::string_view key) const {
    for (const std::string_view line : lines)
      if (is_of(line, key)) return value_of(line, key);
    return {};
  }
  /// Whether there is such a header, empty or not.
  bool has(std::string_view key) const {
    for (const std::string_view line : lines)
      if (is_of(line, key)) return true;
    return false;
  }
  /// Hands each value of a repeated key (`Output`, `ChanVariable`, `Variable`) to `take`, in order.
  template <class Take>
  void all(std::string_view key, Take&& take) const {
    for (const std::string_view line : lines)
      if (is_of(line, key)) take(value_of(line, key));
  }
  /// The value as a whole number; `otherwise` when absent, empty or not a number (of at most 15 digits).
  std::int64_t number(std::string_view key, std::int64_t otherwise = 0) const {
    const std::string_view text = get(key);
    std::int64_t value = 0;
    if (text.empty() || text.size() > 16) return otherwise;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? value : otherwise;
  }

 private:
  /// Asked for every line of every message: the colon says no for nearly all, and a call to memcmp is dearer than the loop.
  static bool is_of(std::string_view line, std::string_view key) {
    if (line.size() <= key.size() || line[key.size()] != ':') return false;
    for (std::size_t i = 0; i < key.size(); ++i)
      if (line[i] != key[i]) return false;
    return true;
  }
  static std::string_view value_of(std::string_view line, std::string_view key) {
    std::size_t begin = key.size() + 1;
    while (begin < line.size() && line[begin] == ' ') ++begin;
    return line.substr(begin);
  }
};

}  // namespace offhook::ami
