// Guards, actions and table of the delivery machine. Read it beside docs/machines/delivery.md.
#pragma once

#include "engine/core/json_writer.h"
#include "engine/delivery/delivery.h"
#include "engine/fsm/table_checks.h"

namespace offhook::delivery {

inline constexpr Machine::Guard hasNews{"hasNews", [](const Context& c, const Event&) { return c.log.revision > c.log.written_revision; }};
inline constexpr Machine::Guard isCreated{"isCreated", [](const Context& c, const Event&) { return !c.log.id.empty(); }};

/// The record as docs/wire.md lists it: all that is known, without what is only about its delivery; its times in the server's clock.
/// The correction belongs to the revision, not to the moment: a write that is repeated says the same again.
inline std::string body_of(const CallLog& ours, const Strings& strings) {
  CallLog log = ours;
  for (Millis* time : {&log.started_at, &log.connected_at, &log.ended_at})
    if (*time != 0) *time += log.skew_ms;
  std::string body;
  JsonWriter json(body);
  json.open('{');
  for (const Field& field : kCallLogFields) {
    if (field.name == "id" || field.name == "delivery" || field.name == "attempts" || field.name == "last_error") continue;
    json.field(field, &log, strings);
  }
  json.close('}');
  return body;
}

/// The create's Idempotency-Key is the record's own key, so that a repeated create is the same record.
inline constexpr Machine::Action sendCreate{"sendCreate", [](Context& c, const Event&, Out& out) {
  c.log.written_revision = c.log.revision;
  c.log.request = out.request(Request::CallLogCreate, c.slot, {}, c.log.key, body_of(c.log, out.strings));
}};

inline constexpr Machine::Action sendUpdate{"sendUpdate", [](Context& c, const Event&, Out& out) {
  c.log.written_revision = c.log.revision;
  const std::string key = std::string(out.view(c.log.key)) + ":" + std::to_string(static_cast<long long>(c.log.revision));
  c.log.request = out.request(Request::CallLogUpdate, c.slot, c.log.id, out.text(key), body_of(c.log, out.strings));
}};

inline constexpr Machine::Action noteDirty{"noteDirty", [](Context& c, const Event&, Out& out) {
  if (c.log.dirty_since == 0) c.log.dirty_since = out.at;
}};

inline constexpr Machine::Action noteAccepted{"noteAccepted", [](Context& c, const Event& event, Out& out) {
  if (!event.id.empty()) c.log.id = event.id;
  c.log.request = 0;
  c.log.attempts = 0;
  c.log.last_error = {};
  c.log.dirty_since = c.log.revision > c.log.written_revision ? out.at : 0;
}};

inline constexpr Machine::Action noteFailure{"noteFailure", [](Context& c, const Event& event, Out&) {
  c.log.request = 0;
  c.log.last_error = event.error;
}};

inline constexpr Machine::Action scheduleRetry{"scheduleRetry", [](Context& c, const Event& event, Out& out) {
  out.set_timer(TimerFor::LogRetry, c.slot, out.retry_delay(c.log.attempts, event.in));
  ++c.log.attempts;
}};

inline constexpr Machine::Action stopTimer{"stopTimer", [](Context& c, const Event&, Out& out) {
  out.clear_timer(TimerFor::LogRetry, c.slot);
}};

inline constexpr Machine::Action warnNotSaved{"warnNotSaved", [](Context& c, const Event& event, Out& out) {
  out.warn(Notice::LogNotSaved, event.error, c.log.call_id);
}};

inline constexpr Machine::Action settleDone{"settleDone", [](Context&, const Event& event, Out& out) {
  double command = event.in.command;
  out.settle(command, Outcome::Done);
}};

inline constexpr Machine::Action refuseNotRejected{"refuseNotRejected", [](Context&, const Event& event, Out& out) {
  double command = event.in.command;
  out.settle(command, Outcome::Refused, Reason::NothingRejected);
}};

/// Nobody waits for the backend any more; what it said last stays readable.
inline constexpr Machine::Action noteGivenUp{"noteGivenUp", [](Context& c, const Event&, Out&) { c.log.dirty_since = 0; }};

namespace rows {
using enum DeliveryState;
using enum On;
using fsm::same;
using S = fsm::StateSet<DeliveryState>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 18> delivery_table{{
  // State                   Event       Guard       Next state  Actions
  { Unwritten,               Write,      always,     Creating,   {&noteDirty, &sendCreate} },
  { S(Creating) | Updating | Waiting, Write, always, same,       {&noteDirty} },
  { Saved,                   Write,      always,     Updating,   {&noteDirty, &sendUpdate} },
  { S(Creating) | Updating,  Accepted,   &hasNews,   Updating,   {&noteAccepted, &sendUpdate} },
  { S(Creating) | Updating,  Accepted,   always,     Saved,      {&noteAccepted} },
  { S(Creating) | Updating,  NoAnswer,   always,     Waiting,    {&noteFailure, &scheduleRetry} },
  { S(Creating) | Updating,  Refused,    always,     Rejected,   {&noteFailure, &warnNotSaved} },
  { Waiting,                 RetryDue,   &isCreated, Updating,   {&sendUpdate} },
  { Waiting,                 RetryDue,   always,     Creating,   {&sendCreate} },
  { Waiting,                 RetryAsked, &isCreated, Updating,   {&stopTimer, &sendUpdate} },
  { Waiting,                 RetryAsked, always,     Creating,   {&stopTimer, &sendCreate} },
  { Rejected,                RetryAsked, &isCreated, Updating,   {&sendUpdate} },
  { Rejected,                RetryAsked, always,     Creating,   {&sendCreate} },
  { Rejected,                Write,      &isCreated, Updating,   {&noteDirty, &sendUpdate} },
  { Rejected,                Write,      always,     Creating,   {&noteDirty, &sendCreate} },
  { Rejected,                Discard,    always,     Discarded,  {&noteGivenUp, &settleDone} },
  { S(Unwritten) | Creating | Saved | Updating | Waiting | Discarded, Discard, always, same, {&refuseNotRejected} },
  { Discarded,               Write,      always,     same,       {} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 18> Machine::table = rows::delivery_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::delivery
