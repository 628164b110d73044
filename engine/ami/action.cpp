#include "engine/ami/action.h"

#include <algorithm>

#include "engine/ami/utf8.h"

namespace offhook::ami {
namespace {

// manager.c: a line is read into 1024 bytes (AST_MAX_MANHEADERS 128 of them).
constexpr std::size_t kSentLineBytes = 1023;
constexpr int kSentHeaders = 120;

bool is_key(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool is_value(std::string_view value) { return is_text(value) && value.find('\t') == value.npos; }

}  // namespace

Action::Action(std::string_view name, std::string_view id) {
  header("Action", name);
  header("ActionID", id);
}

Action& Action::fail(ActionError error, std::string_view key) {
  if (error_ != ActionError::None) return *this;
  error_ = error;
  wrong_key_ = key.substr(0, 64);
  return *this;
}

Action& Action::header(std::string_view key, std::string_view value) {
  if (!is_key(key)) return fail(ActionError::BadKey, key);
  if (!is_value(value)) return fail(ActionError::BadValue, key);
  if (key.size() + 2 + value.size() > kSentLineBytes || ++headers_ > kSentHeaders) return fail(ActionError::TooLong, key);
  text_.append(key).append(": ").append(value).append("\r\n");
  return *this;
}

Action& Action::variable(std::string_view name, std::string_view value) {
  // A name may have inheritance marks and a function's parentheses: __NAME, CDR(field).
  const bool good = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '(' || c == ')' || c == '-';
  });
  if (!good) return fail(ActionError::BadKey, name);
  return header("Variable", std::string(name).append("=").append(value));
}

}  // namespace offhook::ami
