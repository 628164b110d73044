// Appends JSON text. It knows nothing of our types beyond Field and Shape; it
// never fails. Numbers of the engine are whole milliseconds, counts and codes;
// a fraction is written with three decimals, the same on every platform.
#pragma once

#include <string>

#include "engine/core/strings.h"

namespace offhook {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& open(char bracket) { comma(); out_ += bracket; fresh_ = true; return *this; }
  JsonWriter& close(char bracket) { out_ += bracket; fresh_ = false; return *this; }
  JsonWriter& key(std::string_view name) { comma(); quoted(name); out_ += ':'; fresh_ = true; return *this; }
  JsonWriter& string(std::string_view text) { comma(); quoted(text); return *this; }
  JsonWriter& number(double value) { comma(); digits(value); return *this; }
  JsonWriter& flag(bool value) { comma(); out_ += value ? "true" : "false"; return *this; }
  JsonWriter& null() { comma(); out_ += "null"; return *this; }
  JsonWriter& raw(std::string_view json) { comma(); out_ += json; return *this; }

  /// `"name":value` of one field of the struct at `base`, as its kind shows it.
  void field(const Field& field, const void* base, const Strings& strings);

 private:
  void comma() { if (!fresh_) out_ += ','; fresh_ = false; }
  void quoted(std::string_view text);
  void digits(double value);

  std::string& out_;
  bool fresh_ = true;
};

// Reading and writing a field by its offset. The kinds agree with the struct by construction of the OFFHOOK_ macros.
inline const char* at(const Field& field, const void* base) { return static_cast<const char*>(base) + field.offset; }
inline double number_of(const Field& field, const void* base) { return *reinterpret_cast<const double*>(at(field, base)); }
inline bool flag_of(const Field& field, const void* base) { return *reinterpret_cast<const bool*>(at(field, base)); }
inline double retry_of(const Field& field, const void* base) {
  return *reinterpret_cast<const double*>(at(field, base) + kVerdictRetry);
}
inline std::uint8_t word_of(const Field& field, const void* base) { return *reinterpret_cast<const std::uint8_t*>(at(field, base)); }
inline Text text_of(const Field& field, const void* base) { return *reinterpret_cast<const Text*>(at(field, base)); }

}  // namespace offhook
