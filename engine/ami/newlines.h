// Where the line ends are, sixteen bytes at a look. Beside them: whether there is a byte that may not be handed on
// unseen (a control character, or not ASCII). The same answer with and without SIMD.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace offhook::ami {

struct Look {
  std::uint32_t newlines;  ///< a bit for each of the sixteen
  std::uint32_t returns;   ///< the same for carriage returns
  bool suspicious;
};

constexpr bool is_suspicious(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u >= 0x7f || (u < 0x20 && c != '\n' && c != '\r' && c != '\t');
}

#if defined(__wasm_simd128__)
inline Look look_at_16(const char* at) {
  const v128_t bytes = wasm_v128_load(at);
  const v128_t newline = wasm_i8x16_eq(bytes, wasm_i8x16_splat('\n'));
  const v128_t carriage = wasm_i8x16_eq(bytes, wasm_i8x16_splat('\r'));
  const v128_t usual = wasm_v128_or(wasm_v128_or(newline, carriage), wasm_i8x16_eq(bytes, wasm_i8x16_splat('\t')));
  // As signed numbers all that is not ASCII is below the blank, as the control characters are.
  const v128_t low = wasm_v128_or(wasm_i8x16_lt(bytes, wasm_i8x16_splat(' ')), wasm_i8x16_eq(bytes, wasm_i8x16_splat(0x7f)));
  return {wasm_i8x16_bitmask(newline), wasm_i8x16_bitmask(carriage), wasm_v128_any_true(wasm_v128_andnot(low, usual))};
}
#elif defined(__SSE2__)
inline Look look_at_16(const char* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i newline = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n'));
  const __m128i carriage = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r'));
  const __m128i usual = _mm_or_si128(_mm_or_si128(newline, carriage), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t')));
  // As signed numbers all that is not ASCII is below the blank, as the control characters are.
  const __m128i low = _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f)));
  return {static_cast<std::uint32_t>(_mm_movemask_epi8(newline)), static_cast<std::uint32_t>(_mm_movemask_epi8(carriage)),
          _mm_movemask_epi8(_mm_andnot_si128(usual, low)) != 0};
}
#else
inline Look look_at_16(const char* at) {
  Look look{0, 0, false};
  for (std::uint32_t i = 0; i < 16; ++i) {
    if (at[i] == '\n') look.newlines |= 1u << i;
    if (at[i] == '\r') look.returns |= 1u << i;
    look.suspicious = look.suspicious || is_suspicious(at[i]);
  }
  return look;
}
#endif

}  // namespace offhook::ami
