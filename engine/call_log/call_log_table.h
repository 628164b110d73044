// Guards, actions and table of the call_log machine. Read it beside docs/machines/call_log.md.
#pragma once

#include "engine/call_log/call_log.h"
#include "engine/fsm/table_checks.h"

namespace offhook::call_log {

inline constexpr Machine::Guard isInbound{"isInbound", [](const Context& c, const Event&) { return c.log.type == Direction::Inbound; }};

/// With a disposition the agent has said what there is to say: it is as good as saved.
inline constexpr Machine::Guard hasDisposition{"hasDisposition", [](const Context& c, const Event&) { return !c.log.disposition.empty(); }};

/// Mission, Inbound and Outbound Ringing: call_from, call_to, extension_id, type, duration 0.
inline constexpr Machine::Action fillRecord{"fillRecord", [](Context& c, const Event& event, Out& out) {
  const Call& call = *event.call;
  c.log.call_id = call.id;
  c.log.type = call.direction;
  c.log.call_from = call.direction == Direction::Inbound ? call.number : out.config.number;
  c.log.call_to = call.direction == Direction::Inbound ? out.config.number : call.number;
  c.log.extension_id = out.config.extension_id;
  c.log.sip_call_id = call.sip_call_id;
  c.log.contact_id = call.contact_id;
  c.log.contact_name = call.contact_name;
  c.log.started_at = call.started_at;
}};

inline constexpr Machine::Action noteTalking{"noteTalking", [](Context& c, const Event& event, Out&) {
  c.log.connected_at = event.call->connected_at;
  if (c.log.sip_call_id.empty()) c.log.sip_call_id = event.call->sip_call_id;
}};

inline constexpr Machine::Action noteEnd{"noteEnd", [](Context& c, const Event& event, Out&) {
  c.log.ended_at = event.call->ended_at;
  c.log.duration = event.call->duration_ms;
  c.log.hold_ms = event.call->held_ms;
  c.log.end_reason = event.call->end_reason;
  if (c.log.sip_call_id.empty()) c.log.sip_call_id = event.call->sip_call_id;
}};

inline constexpr Machine::Action noteContact{"noteContact", [](Context& c, const Event& event, Out&) {
  c.log.contact_id = event.contact_id;
  c.log.contact_name = event.contact_name;
}};

/// A later message of the same call fills or replaces; an empty field leaves what is known.
inline constexpr Machine::Action noteQueue{"noteQueue", [](Context& c, const Event& event, Out&) {
  const offhook::Event& in = event.in;
  if (!in.queue_name.empty()) c.log.queue_name = in.queue_name;
  if (!in.queue_number.empty()) c.log.queue_number = in.queue_number;
  if (!in.server_call_log_token.empty()) c.log.server_call_log_token = in.server_call_log_token;
  if (!in.yeastar_call_id.empty()) c.log.yeastar_call_id = in.yeastar_call_id;
  if (!in.channel_id.empty()) c.log.channel_id = in.channel_id;
}};

inline constexpr Machine::Action noteDraft{"noteDraft", [](Context& c, const Event& event, Out&) {
  if (c.log.notes != event.in.notes || c.log.disposition != event.in.disposition) c.log.typed = true;
  c.log.notes = event.in.notes;
  c.log.disposition = event.in.disposition;
}};

inline constexpr Machine::Action write{"write", [](Context& c, const Event&, Out& out) {
  ++c.log.revision;
  c.log.typed = false;
  if (out.skew_known) c.log.skew_ms = out.skew_ms;
  out.post(InnerType::LogWritten, c.slot);
}};

inline constexpr Machine::Action openDraft{"openDraft", [](Context& c, const Event&, Out& out) {
  out.post(InnerType::DraftOpened, c.slot);
}};

inline constexpr Machine::Action closeDraft{"closeDraft", [](Context& c, const Event&, Out& out) {
  out.post(InnerType::DraftClosed, c.slot);
}};

namespace rows {
using enum LogStatus;
using enum On;
using fsm::same;
using S = fsm::StateSet<LogStatus>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 17> call_log_table{{
  // State                           Event         Guard       Next state  Actions
  { Ringing,                         Opened,       always,     same,       {&fillRecord, &write} },
  { Ringing,                         Connected,    always,     Talking,    {&noteTalking, &write} },
  { Ringing,                         Finished,     &isInbound, Missed,     {&noteEnd, &write} },
  { Ringing,                         Finished,     always,     NoAnswered, {&noteEnd, &write} },
  { Talking,                         Finished,     always,     Answered,   {&noteEnd, &write, &openDraft} },
  { Answered,                        Connected,    always,     same,       {} },
  { Answered,                        Finished,     always,     same,       {&noteEnd, &write} },
  { S(Ringing) | Talking,            ContactKnown, always,     same,       {&noteContact} },
  { S(Answered) | Missed | NoAnswered, ContactKnown, always,   same,       {&noteContact, &write} },
  { S(Ringing) | Talking,            QueueMatched, always,     same,       {&noteQueue} },
  { S(Ringing) | Talking,            DraftEdited,  always,     same,       {&noteDraft} },
  { S(Answered) | Missed | NoAnswered, DraftEdited, always,    same,       {&noteDraft} },
  { S(Ringing) | Talking,            DraftSaved,   always,     same,       {&noteDraft} },
  { Answered,                        DraftSaved,   always,     same,       {&noteDraft, &write, &closeDraft} },
  { S(Missed) | NoAnswered,          DraftSaved,   always,     same,       {&noteDraft, &write} },
  { Answered,                        DraftKept,    &hasDisposition, same,  {&write, &closeDraft} },
  { S(Answered) | Missed | NoAnswered, DraftKept,  always,     same,       {&write} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 17> Machine::table = rows::call_log_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::call_log
