// The cold face's JSON: configuration and events in, replies out, records both
// ways. Everything is driven by the field lists; a bad input gives an Error and
// touches nothing.
#pragma once

#include <string>

#include "engine/core/config.h"
#include "engine/core/event.h"
#include "engine/core/json_writer.h"
#include "engine/wire/json_in.h"

namespace offhook::wire {

/// Why an input was refused: a code of docs/errors.md and a sentence for the developer.
struct Error {
  std::string_view code;  ///< empty: no error
  std::string message;
  explicit operator bool() const { return !code.empty(); }
};

Error read_config(std::string_view text, Strings& strings, Config& config);
Error read_event(std::string_view text, Strings& strings, Event& event);

/// Fills `fields` of the struct at `base` from `object`; unknown members are ignored, absent ones left as they are.
Error read_fields(const Json& object, std::span<const Field> fields, void* base, Strings& strings);

/// Position of `word`, or -1.
int word_index(Words words, std::string_view word);

void write_event(JsonWriter& json, const Event& event, const Strings& strings);

}  // namespace offhook::wire
