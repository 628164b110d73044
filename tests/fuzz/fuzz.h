// What the targets share: a failure says why, and stops the fuzzer.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/phone/phone.h"

namespace offhook::fuzz {

inline constexpr std::string_view kConfig =
    R"({"extension":"1001","extension_id":"e-17","number":"1001","name":"Alice","has_events_socket":true,"seed":5})";

inline constexpr std::string_view kStored =
    R"({"extension":"1001","extension_id":"e-17","number":"1001","name":"Alice","has_storage":true,"seed":5})";

inline void must(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) { return {reinterpret_cast<const char*>(data), size}; }

/// Every reply is one JSON object, however bad the input was.
inline void must_be_reply(const std::string& reply) {
  const auto json = wire::parse_object(reply, 1 << 26);
  must(json && json->find("version") && wire::array_at(*json, "changes") && wire::array_at(*json, "effects"), "a reply is JSON: " + reply);
}

inline Event event(EventType type, double mono = 1) { return Event{.type = type, .at = 1'700'000'000'000 + mono, .mono = mono}; }

}  // namespace offhook::fuzz
