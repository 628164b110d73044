#include "engine/wire/json_in.h"

#include "engine/core/limits.h"

namespace offhook::wire {
namespace {

bool is_shallow(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      else if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > limits::kJsonDepth) return false;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return true;
}

const Json* member(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

}  // namespace

std::optional<Json> parse_object(std::string_view text, std::size_t bytes_max) {
  if (text.empty() || text.size() > bytes_max || !is_shallow(text)) return std::nullopt;
  Json json = Json::parse(text.begin(), text.end(), nullptr, false);
  if (json.is_discarded() || !json.is_object()) return std::nullopt;
  return json;
}

std::string text_at(const Json& object, const char* key) {
  const Json* value = member(object, key);
  if (!value) return {};
  if (const auto* text = value->get_ptr<const Json::string_t*>()) return text->size() <= limits::kTextBytes ? *text : std::string();
  if (value->is_number_integer()) return value->dump();
  return {};
}

double number_at(const Json& object, const char* key, double otherwise) {
  const Json* value = member(object, key);
  return value && value->is_number() ? value->get<double>() : otherwise;
}

bool flag_at(const Json& object, const char* key, bool otherwise) {
  const Json* value = member(object, key);
  return value && value->is_boolean() ? value->get<bool>() : otherwise;
}

const Json* object_at(const Json& object, const char* key) {
  const Json* value = member(object, key);
  return value && value->is_object() ? value : nullptr;
}

const Json* array_at(const Json& object, const char* key) {
  const Json* value = member(object, key);
  return value && value->is_array() ? value : nullptr;
}

}  // namespace offhook::wire
