// JSON from outside, bounded and without exceptions: size and depth are checked
// first, nlohmann/json's SAX parser reads, and a small tree of our own holds
// the result (its DOM would be a third of the whole module: docs/decisions).
// Wrong types give "absent", never a throw.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::wire {

class Json {
 public:
  enum class Type : std::uint8_t { Null, Flag, Number, String, Array, Object };

  Type type = Type::Null;
  bool flag = false;
  bool whole = false;  ///< a Number written without a fraction
  double number = 0;
  std::string text;                ///< of a String; of a whole Number beyond 2^53 its digits
  std::vector<std::string> names;  ///< of an Object, beside `items`
  std::vector<Json> items;         ///< of an Array or an Object

  bool is_object() const { return type == Type::Object; }
  /// Member `key` of an object (the last one, when written twice), or nullptr.
  const Json* find(std::string_view key) const;
};

/// The parsed object, or nothing: too long, too deep, malformed, or not an object.
std::optional<Json> parse_object(std::string_view text, std::size_t bytes_max);

/// Member `key` as text; whole numbers are accepted as ids ("17"). Empty when absent, of another type, or too long.
std::string text_at(const Json& object, std::string_view key);
/// Member `key` as a number; `otherwise` when absent or of another type.
double number_at(const Json& object, std::string_view key, double otherwise = 0);
bool flag_at(const Json& object, std::string_view key, bool otherwise = false);
/// Member `key` when it is an object (or array), else nullptr.
const Json* object_at(const Json& object, std::string_view key);
const Json* array_at(const Json& object, std::string_view key);

/// The value as text again, members in their order: what is handed on to somebody who reads text.
void write(std::string& out, const Json& value);

}  // namespace offhook::wire
