// JSON from outside, bounded and without exceptions: size and depth are checked
// before nlohmann/json sees the text, wrong types give "absent", never a throw.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace offhook::wire {

using Json = nlohmann::json;

/// The parsed object, or nothing: too long, too deep, malformed, or not an object.
std::optional<Json> parse_object(std::string_view text, std::size_t bytes_max);

/// Member `key` as text; numbers are accepted as ids ("17"). Empty when absent, of another type, or too long.
std::string text_at(const Json& object, const char* key);
/// Member `key` as a number; `otherwise` when absent or of another type.
double number_at(const Json& object, const char* key, double otherwise = 0);
bool flag_at(const Json& object, const char* key, bool otherwise = false);
/// Member `key` when it is an object (or array), else nullptr.
const Json* object_at(const Json& object, const char* key);
const Json* array_at(const Json& object, const char* key);

}  // namespace offhook::wire
