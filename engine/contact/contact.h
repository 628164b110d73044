// One look-up of a number at the CRM: find the contact or create it. One
// request a number, however many calls wait for it; it never delays or fails a
// call_log. Design: docs/machines/contact.md
#pragma once

#include "engine/core/out.h"
#include "engine/fsm/table.h"

namespace offhook::contact {

enum class On : std::uint8_t { LookUp, Answered, NoAnswer, Refused, RetryDue };

struct Event {
  On on;
  const offhook::Event& in;
  Text contact_id{}, contact_name{};
};

/// A number being looked up. The record lives until the answer, or its failure, has been told to the calls.
struct Lookup {
  Text number;  ///< normalised
  Text name;    ///< what the PBX said, a hint for a new contact
  Text asker;   ///< the call_log it was first asked for: the same call asks with the same key after a reload
  ContactState state = ContactState::Idle;
  double request = 0, attempts = 0;
  bool in_use = false;
};

struct Context {
  Lookup& lookup;
  std::uint16_t slot;
};

struct Machine : fsm::Describes<Machine, ContactState, contact::On, contact::Event, contact::Context, Out> {
  static constexpr auto& state_names = kContactStateWords;
  static constexpr std::array<std::string_view, 5> event_names{"LookUp", "Answered", "NoAnswer", "Refused", "RetryDue"};
  static const std::array<fsm::Row<Machine>, 8> table;
};

/// `+` and digits of what was dialled or shown: "+44 20 7946-0123" → "+442079460123", "00…" → "+…". Empty when nothing is left.
std::string normalise(std::string_view number);

/// Nobody to look up: blank, anonymous, unknown, or a colleague's extension.
bool is_nobody(std::string_view number, std::string_view normalised, const Config& config);

}  // namespace offhook::contact
