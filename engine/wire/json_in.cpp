#include "engine/wire/json_in.h"

#include <nlohmann/json.hpp>

#include "engine/core/json_writer.h"
#include "engine/core/limits.h"

#if NLOHMANN_JSON_VERSION_MAJOR == 3 && NLOHMANN_JSON_VERSION_MINOR == 11
// The parser tells where and why a text is malformed, in sentences that nobody here reads: a bad text is "nothing". Left out
// of the library where its version is one that we know, they take the C library's printf with them.
namespace offhook::wire {
using Library = nlohmann::json;
using Input = decltype(nlohmann::detail::input_adapter(std::declval<const char*>(), std::declval<const char*>()));
using Lexer = nlohmann::detail::lexer<Library, Input>;
using Parser = nlohmann::detail::parser<Library, Input>;
}  // namespace offhook::wire

template <>
std::string offhook::wire::Lexer::get_token_string() const {
  return {};
}
template <>
std::string offhook::wire::Parser::exception_message(token_type, const std::string&) {
  return {};
}
template <>
nlohmann::detail::parse_error nlohmann::detail::parse_error::create<std::nullptr_t, 0>(int id, const position_t&, const std::string&, std::nullptr_t) {
  return {id, 0, ""};
}
template <>
nlohmann::detail::out_of_range nlohmann::detail::out_of_range::create<std::nullptr_t, 0>(int id, const std::string&, std::nullptr_t) {
  return {id, ""};
}
#endif

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

constexpr double kExact = 9007199254740992;  // 2^53

/// Builds the tree from the parser's events. The stack holds the way from the root to the open container.
class Builder {
 public:
  explicit Builder(Json& root) : root_(root) {}

  bool null() { return put({}); }
  bool boolean(bool value) { return put({.type = Json::Type::Flag, .flag = value}); }
  bool number_integer(std::int64_t value) { return put(whole(value)); }
  bool number_unsigned(std::uint64_t value) { return put(whole(value)); }
  bool number_float(double value, const std::string&) { return put(number(value, false)); }
  bool string(std::string& value) { return put({.type = Json::Type::String, .text = std::move(value)}); }
  bool binary(nlohmann::json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Json::Type::Object); }
  bool start_array(std::size_t) { return open(Json::Type::Array); }
  bool key(std::string& name) { return stack_.back()->names.push_back(std::move(name)), true; }
  bool end_object() { return stack_.pop_back(), true; }
  bool end_array() { return stack_.pop_back(), true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) { return false; }

 private:
  /// A number that a double cannot hold exactly keeps its digits: it may be an id.
  template <class Whole>
  static Json whole(Whole value) {
    Json json = number(static_cast<double>(value), true);
    if (json.number >= kExact || json.number <= -kExact) json.text = std::to_string(value);
    return json;
  }
  static Json number(double value, bool whole) { return {.type = Json::Type::Number, .whole = whole, .number = value}; }
  bool put(Json&& value) {
    (stack_.empty() ? root_ : stack_.back()->items.emplace_back()) = std::move(value);
    return true;
  }
  bool open(Json::Type type) {
    Json& container = stack_.empty() ? root_ : stack_.back()->items.emplace_back();
    container.type = type;
    stack_.push_back(&container);  // stays valid: a parent grows only after its open child is closed
    return true;
  }

  Json& root_;
  std::vector<Json*> stack_;
};

}  // namespace

const Json* Json::find(std::string_view key) const {
  if (type != Type::Object) return nullptr;
  for (std::size_t i = names.size(); i-- > 0;)
    if (names[i] == key) return &items[i];
  return nullptr;
}

std::optional<Json> parse_object(std::string_view text, std::size_t bytes_max) {
  if (text.empty() || text.size() > bytes_max || !is_shallow(text)) return std::nullopt;
  Json root;
  Builder builder(root);
  if (!nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &builder) || !root.is_object()) return std::nullopt;
  return root;
}

std::string text_at(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  if (!value) return {};
  if (value->type == Json::Type::String && value->text.size() <= limits::kTextBytes) return value->text;
  if (value->type == Json::Type::Number && value->whole)
    return value->text.empty() ? std::to_string(static_cast<long long>(value->number)) : value->text;
  return {};
}

double number_at(const Json& object, std::string_view key, double otherwise) {
  const Json* value = object.find(key);
  return value && value->type == Json::Type::Number ? value->number : otherwise;
}

bool flag_at(const Json& object, std::string_view key, bool otherwise) {
  const Json* value = object.find(key);
  return value && value->type == Json::Type::Flag ? value->flag : otherwise;
}

const Json* object_at(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  return value && value->type == Json::Type::Object ? value : nullptr;
}

const Json* array_at(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  return value && value->type == Json::Type::Array ? value : nullptr;
}

void write(std::string& out, const Json& value) {
  JsonWriter json(out);
  const auto nested = [](const Json& one) {
    std::string text;
    write(text, one);
    return text;
  };
  switch (value.type) {
    case Json::Type::Null: json.null(); return;
    case Json::Type::Flag: json.flag(value.flag); return;
    case Json::Type::Number:
      if (value.text.empty()) json.number(value.number);
      else json.raw(value.text);
      return;
    case Json::Type::String: json.string(value.text); return;
    case Json::Type::Array:
      json.open('[');
      for (const Json& item : value.items) json.raw(nested(item));
      json.close(']');
      return;
    case Json::Type::Object:
      json.open('{');
      for (std::size_t i = 0; i < value.items.size(); ++i) json.key(value.names[i]).raw(nested(value.items[i]));
      json.close('}');
      return;
  }
}

}  // namespace offhook::wire
