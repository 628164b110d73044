// What nlohmann's lexer asks of the C library for numbers. JavaScript has an
// exact reader of its own: with it the page does without strtod, which brings
// arithmetic of 128 bits. The lexer has checked the text already, and JSON's
// numbers are among JavaScript's; both round to the nearest, as strtod does natively.
#include <emscripten/emscripten.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

EM_JS(double, oh_number, (const char* text), { return Number(UTF8ToString(text)); });

namespace {

/// Decimal digits from `text`; ERANGE beyond `most`, as the C library says it: the lexer then reads a double.
unsigned long long digits(const char* text, char** end, unsigned long long most) {
  unsigned long long value = 0;
  for (; *text >= '0' && *text <= '9'; ++text) {
    const auto digit = static_cast<unsigned long long>(*text - '0');
    if (value > (most - digit) / 10) errno = ERANGE;
    value = value * 10 + digit;
  }
  *end = const_cast<char*>(text);
  return value;
}

}  // namespace

extern "C" {

double __wrap_strtod(const char* text, char** end) {
  *end = const_cast<char*>(text) + std::strlen(text);
  return oh_number(text);
}

unsigned long long __wrap_strtoull(const char* text, char** end, int) { return digits(text, end, ~0ULL); }

/// Only ever of a negative number: the lexer reads the others without a sign.
long long __wrap_strtoll(const char* text, char** end, int) {
  return static_cast<long long>(0 - digits(text + 1, end, 1ULL << 63));
}

}  // extern "C"
