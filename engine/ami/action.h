// An action as the bytes that are sent. Whatever a user, a CRM or a caller typed may stand in a value, so nothing can
// end a line here: a value with CR, LF or NUL is refused, never cleaned. It sends nothing and knows no secret: Login is
// written by the host.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::ami {

enum class ActionError : std::uint8_t {
  None,
  BadKey,    ///< not letters, digits, '-' and '_'
  BadValue,  ///< CR, LF or another control character, or not UTF-8
  TooLong    ///< a line beyond 1023 bytes, or more than 120 headers: Asterisk cuts the one and refuses the other
};

constexpr std::string_view word_of(ActionError error) {
  switch (error) {
    case ActionError::None: return "";
    case ActionError::BadKey: return "bad_key";
    case ActionError::BadValue: return "bad_value";
    case ActionError::TooLong: return "too_long";
  }
  return "";
}

class Action {
 public:
  /// `name` as Asterisk's documentation has it ("QueuePause"); `id` comes back in every answer.
  Action(std::string_view name, std::string_view id);

  Action& header(std::string_view key, std::string_view value);
  Action& header(std::string_view key, std::int64_t value) { return header(key, std::string_view(std::to_string(value))); }
  /// One `Variable: name=value`; Asterisk takes the line as one variable, so a comma in the value stays.
  Action& variable(std::string_view name, std::string_view value);
  /// The header, unless the value is empty.
  Action& optional(std::string_view key, std::string_view value) { return value.empty() ? *this : header(key, value); }

  /// The first thing that was wrong; the action must not be sent then.
  ActionError error() const { return error_; }
  /// The key that was wrong.
  std::string_view wrong_key() const { return wrong_key_; }
  /// The bytes, ended by the empty line; nothing when there was an error.
  std::string text() const { return error_ == ActionError::None ? text_ + "\r\n" : std::string(); }

 private:
  Action& fail(ActionError error, std::string_view key);

  std::string text_;
  std::string wrong_key_;
  int headers_ = 0;
  ActionError error_ = ActionError::None;
};

}  // namespace offhook::ami
