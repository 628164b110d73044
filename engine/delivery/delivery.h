// How one call_log reaches the backend: created once, then updated by id; one
// outstanding request a record; what changes meanwhile is folded into the next.
// Nothing is lost: a request without an answer is sent again with the same key.
// Design: docs/machines/delivery.md
#pragma once

#include "engine/core/out.h"
#include "engine/fsm/table.h"

namespace offhook::delivery {

enum class On : std::uint8_t { Write, Accepted, NoAnswer, Refused, RetryDue, RetryAsked, Discard };

struct Event {
  On on;
  const offhook::Event& in;
  Text id{};     ///< Accepted: the backend's id of the record
  Text error{};  ///< NoAnswer, Refused
};

struct Context {
  CallLog& log;
  std::uint16_t slot;
};

struct Machine : fsm::Describes<Machine, DeliveryState, delivery::On, delivery::Event, delivery::Context, Out> {
  static constexpr auto& state_names = kDeliveryStateWords;
  static constexpr std::array<std::string_view, 7> event_names{"Write",    "Accepted",   "NoAnswer", "Refused",
                                                               "RetryDue", "RetryAsked", "Discard"};
  static const std::array<fsm::Row<Machine>, 18> table;
};

}  // namespace offhook::delivery
