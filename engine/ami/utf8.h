// Text that may be handed on: valid UTF-8 (RFC 3629) without control characters but the tab. What is not becomes
// U+FFFD, one for each maximal wrong part (The Unicode Standard, section 3.9), so that JSON, PostgreSQL and a page take it.
#pragma once

#include <string>
#include <string_view>

namespace offhook::ami {

/// Length of the character at the front of `text`: 1 to 4; or 0 and in `wrong` how many bytes to replace.
constexpr std::size_t character(std::string_view text, std::size_t& wrong) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  wrong = 1;
  if (first < 0x80) return (first < 0x20 && first != '\t') || first == 0x7f ? 0 : 1;
  const std::size_t length = first >= 0xc2 && first <= 0xdf ? 2 : (first & 0xf0) == 0xe0 ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  if (length == 0) return 0;
  // The second byte is narrower for some: no overlong form, no surrogate, nothing beyond U+10FFFF.
  const unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  for (std::size_t i = 1; i < length; ++i) {
    if (i == text.size() || byte(i) < (i == 1 ? low : 0x80) || byte(i) > (i == 1 ? high : 0xbf)) return 0;
    wrong = i + 1;
  }
  return length;
}

constexpr bool is_text(std::string_view text) {
  std::size_t wrong = 0;
  while (!text.empty()) {
    const std::size_t length = character(text, wrong);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

inline void append_text(std::string& out, std::string_view text) {
  std::size_t wrong = 0;
  while (!text.empty()) {
    const std::size_t length = character(text, wrong);
    if (length > 0) out.append(text.substr(0, length));
    else out += "\xef\xbf\xbd";
    text.remove_prefix(length > 0 ? length : wrong);
  }
}

}  // namespace offhook::ami
