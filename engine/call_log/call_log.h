// The call_log of one call: what the CRM should know of it, from ringing to the
// agent's notes. Every change of what is known is written as the whole record.
// How it travels is the delivery machine's business. Design: docs/machines/call_log.md
#pragma once

#include "engine/core/out.h"
#include "engine/fsm/table.h"

namespace offhook::call_log {

enum class On : std::uint8_t { Opened, Connected, Finished, ContactKnown, QueueMatched, DraftEdited, DraftSaved, DraftKept };

struct Event {
  On on;
  const offhook::Event& in;
  const Call* call = nullptr;  ///< Opened, Connected, Finished
  Text contact_id{}, contact_name{};
};

struct Context {
  CallLog& log;
  std::uint16_t slot;
};

struct Machine : fsm::Describes<Machine, LogStatus, call_log::On, call_log::Event, call_log::Context, Out> {
  static constexpr auto& state_names = kLogStatusWords;
  static constexpr std::array<std::string_view, 8> event_names{"Opened",       "Connected",   "Finished",   "ContactKnown",
                                                               "QueueMatched", "DraftEdited", "DraftSaved", "DraftKept"};
  static const std::array<fsm::Row<Machine>, 17> table;
};

}  // namespace offhook::call_log
