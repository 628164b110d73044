// Whether two texts are the same. The C library's memcmp, a call and then a loop byte by byte, was the dearest function of
// the Centre in WebAssembly: keys are short, and equal or of another length nearly always.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace offhook::ami {

constexpr bool same(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  if (std::is_constant_evaluated()) return a == b;
  const char* p = a.data();
  const char* q = b.data();
  std::size_t left = a.size();
  for (; left >= 8; left -= 8, p += 8, q += 8) {
    std::uint64_t x = 0, y = 0;
    std::memcpy(&x, p, 8);
    std::memcpy(&y, q, 8);
    if (x != y) return false;
  }
  if (left >= 4) {
    std::uint32_t x = 0, y = 0;
    std::memcpy(&x, p, 4);
    std::memcpy(&y, q, 4);
    if (x != y) return false;
    left -= 4, p += 4, q += 4;
  }
  for (; left > 0; --left)
    if (*p++ != *q++) return false;
  return true;
}

}  // namespace offhook::ami
