// Guards, actions and table of the contact machine. Read it beside docs/machines/contact.md.
#pragma once

#include "engine/contact/contact.h"
#include "engine/core/json_writer.h"
#include "engine/fsm/table_checks.h"

namespace offhook::contact {

/// Somebody to look up: the Phone starts no look-up for a blank, anonymous or internal number.
inline constexpr Machine::Guard isSomebody{"isSomebody", [](const Context& c, const Event&) { return !c.lookup.number.empty(); }};

inline constexpr Machine::Guard attemptsLeft{"attemptsLeft", [](const Context& c, const Event&) {
  return c.lookup.attempts < limits::kContactAttempts;
}};

inline constexpr Machine::Action askBackend{"askBackend", [](Context& c, const Event&, Out& out) {
  std::string body;
  JsonWriter json(body);
  json.open('{').key("number").string(out.view(c.lookup.number));
  if (!c.lookup.name.empty()) json.key("name").string(out.view(c.lookup.name));
  json.close('}');
  std::uint32_t name = 2166136261u;  // another name is another body, and a key belongs to one body
  for (const unsigned char letter : out.view(c.lookup.name)) name = (name ^ letter) * 16777619u;
  const Text key = out.text("contact:" + std::string(out.view(c.lookup.number)) + ":" + std::string(out.view(c.lookup.asker)) + ":" +
                            std::to_string(name));
  ++c.lookup.attempts;
  c.lookup.request = out.request(Request::ContactFindOrCreate, c.slot, {}, key, body);
}};

inline constexpr Machine::Action scheduleRetry{"scheduleRetry", [](Context& c, const Event&, Out& out) {
  out.set_timer(TimerFor::ContactRetry, c.slot, out.back_off(c.lookup.attempts - 1));
}};

inline constexpr Machine::Action tellKnown{"tellKnown", [](Context& c, const Event& event, Out& out) {
  out.post(Inner{.type = InnerType::ContactKnown, .slot = c.slot, .a = c.lookup.number, .b = event.contact_id, .c = event.contact_name});
}};

inline constexpr Machine::Action tellFailed{"tellFailed", [](Context& c, const Event&, Out& out) {
  out.post(Inner{.type = InnerType::ContactFailed, .slot = c.slot, .a = c.lookup.number});
}};

namespace rows {
using enum ContactState;
using fsm::same;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 8> contact_table{{
  // State    Event         Guard          Next state            Actions
  { Idle,     On::LookUp,   &isSomebody,   Looking,              {&askBackend} },
  { Idle,     On::LookUp,   always,        Skipped,              {} },
  { Looking,  On::LookUp,   always,        same,                 {} },
  { Looking,  On::Answered, always,        Known,                {&tellKnown} },
  { Looking,  On::NoAnswer, &attemptsLeft, same,                 {&scheduleRetry} },
  { Looking,  On::NoAnswer, always,        ContactState::Failed, {&tellFailed} },
  { Looking,  On::Refused,  always,        ContactState::Failed, {&tellFailed} },
  { Looking,  On::RetryDue, always,        same,                 {&askBackend} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 8> Machine::table = rows::contact_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::contact
