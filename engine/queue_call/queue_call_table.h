// A stay in a queue: guards, actions, table. Read it beside docs/machines/queue_call.md.
#pragma once

#include "engine/fsm/table_checks.h"
#include "engine/queue_call/queue_call.h"

namespace offhook::queue_call {

// An action is named as in the mission's document; what engine/acd carries out bears the same name.
template <Do what>
constexpr void ask(Context&, const Event&, Effects& out) { out.todo.push_back(what); }

inline constexpr Machine::Guard isRefused{"isRefused", [](const Context&, const Event& event) { return !event.refusal.empty(); }};
/// Others of a ring_all still ring: the round is not over.
inline constexpr Machine::Guard othersRing{"othersRing", [](const Context& c, const Event&) { return c.call.ringing > 1; }};
inline constexpr Machine::Guard deadlinePassed{"deadlinePassed", [](const Context& c, const Event&) { return c.call.deadline_passed_at != 0; }};
inline constexpr Machine::Guard attemptsUsedUp{"attemptsUsedUp", [](const Context& c, const Event& event) {
  return c.call.max_attempts > 0 && !event.void_offer && c.call.attempts + 1 >= c.call.max_attempts;
}};
inline constexpr Machine::Guard toAgent{"toAgent", [](const Context&, const Event& event) { return event.to_agent; }};
inline constexpr Machine::Guard mayReturn{"mayReturn", [](const Context& c, const Event&) { return c.call.returns < c.call.max_returns; }};

inline constexpr Machine::Action AddToQueue{"AddToQueue", ask<Do::AddToQueue>};
inline constexpr Machine::Action PlayQueueMusic{"PlayQueueMusic", ask<Do::PlayQueueMusic>};
inline constexpr Machine::Action RouteToAgent{"RouteToAgent", [](Context& c, const Event&, Effects& out) {
  ++c.call.ringing;
  out.todo.push_back(Do::RouteToAgent);
}};
inline constexpr Machine::Action NotifyAgent{"NotifyAgent", ask<Do::NotifyAgent>};
inline constexpr Machine::Action StartRingTimer{"StartRingTimer", ask<Do::StartRingTimer>};
inline constexpr Machine::Action RemoveFromQueue{"RemoveFromQueue", ask<Do::RemoveFromQueue>};
inline constexpr Machine::Action RouteToVoicemail{"RouteToVoicemail", ask<Do::RouteToVoicemail>};
inline constexpr Machine::Action SendBYE{"SendBYE", ask<Do::SendBYE>};
inline constexpr Machine::Action BridgeToAgent{"BridgeToAgent", [](Context& c, const Event&, Effects& out) {
  c.call.ringing = 0;
  c.call.deadline_passed_at = 0;
  out.todo.push_back(Do::BridgeToAgent);
}};
inline constexpr Machine::Action StartCallRecording{"StartCallRecording", ask<Do::StartCallRecording>};
/// The one of whom the event tells; all that ring, where it tells of none.
inline constexpr Machine::Action ReleaseAgent{"ReleaseAgent", [](Context& c, const Event& event, Effects& out) {
  const bool of_one = event.on == On::AgentNoAnswer || event.on == On::AgentReject || event.on == On::AgentUnavailable;
  c.call.ringing = of_one && c.call.ringing > 0 ? c.call.ringing - 1 : 0;
  out.todo.push_back(Do::ReleaseAgent);
}};
/// All of a ring_all but the one who answered.
inline constexpr Machine::Action ReleaseOthers{"ReleaseOthers", [](Context& c, const Event&, Effects& out) {
  c.call.ringing = 0;
  out.todo.push_back(Do::ReleaseOthers);
}};
inline constexpr Machine::Action FindNextAgent{"FindNextAgent", ask<Do::FindNextAgent>};
inline constexpr Machine::Action CountAttempt{"CountAttempt", [](Context& c, const Event& event, Effects&) { c.call.attempts += event.void_offer ? 0 : 1; }};
inline constexpr Machine::Action CountError{"CountError", [](Context& c, const Event&, Effects&) { ++c.call.errors; }};
inline constexpr Machine::Action NoteDeadline{"NoteDeadline", [](Context& c, const Event& event, Effects&) { c.call.deadline_passed_at = event.at; }};
inline constexpr Machine::Action NoteRejected{"NoteRejected", [](Context& c, const Event&, Effects&) { c.call.outcome = Outcome::Rejected; }};
inline constexpr Machine::Action NoteTimeout{"NoteTimeout", [](Context& c, const Event&, Effects&) { c.call.outcome = Outcome::Timeout; }};
inline constexpr Machine::Action NoteOverflow{"NoteOverflow", [](Context& c, const Event&, Effects&) { c.call.outcome = Outcome::Overflow; }};
inline constexpr Machine::Action NoteAbandoned{"NoteAbandoned", [](Context& c, const Event& event, Effects&) {
  c.call.outcome = Outcome::Abandoned;
  c.call.hangup_by = event.by == By::None ? By::Caller : event.by;
}};
inline constexpr Machine::Action NoteAnswered{"NoteAnswered", [](Context& c, const Event& event, Effects&) {
  c.call.outcome = Outcome::Answered;
  c.call.hangup_by = event.by;
}};
inline constexpr Machine::Action NoteBlindTransfer{"NoteBlindTransfer", [](Context& c, const Event&, Effects&) { c.call.outcome = Outcome::TransferredBlind; }};
inline constexpr Machine::Action NoteAttendedTransfer{"NoteAttendedTransfer", [](Context& c, const Event&, Effects&) {
  c.call.outcome = Outcome::TransferredAttended;
}};
inline constexpr Machine::Action NoteError{"NoteError", [](Context& c, const Event&, Effects&) {
  c.call.outcome = Outcome::Error;
  c.call.hangup_by = By::System;
}};
inline constexpr Machine::Action NoteLost{"NoteLost", [](Context& c, const Event& event, Effects&) {
  c.call.outcome = event.pbx_restarted ? Outcome::PbxRestart : Outcome::Lost;
  c.call.hangup_by = By::System;
}};
inline constexpr Machine::Action BeginHold{"BeginHold", [](Context& c, const Event& event, Effects&) {
  if (c.call.held_since == 0) c.call.held_since = event.mono + 1;
}};
inline constexpr Machine::Action EndHold{"EndHold", [](Context& c, const Event& event, Effects&) {
  if (c.call.held_since != 0) c.call.hold_ms += event.mono + 1 - c.call.held_since;
  c.call.held_since = 0;
}};
inline constexpr Machine::Action SplitTalk{"SplitTalk", ask<Do::SplitTalk>};
inline constexpr Machine::Action ReturnToHead{"ReturnToHead", [](Context& c, const Event&, Effects& out) {
  ++c.call.returns;
  out.todo.push_back(Do::ReturnToHead);
}};
inline constexpr Machine::Action EndTalk{"EndTalk", ask<Do::EndTalk>};
inline constexpr Machine::Action WriteRecord{"WriteRecord", ask<Do::WriteRecord>};

namespace rows {
using Q = State;
using fsm::same;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 48> table{{
  // State            Event                  Guard            Next state       Actions
  { Q::Idle,          On::QueueCall,         &isRefused,      Q::Completed,    {&NoteRejected, &RouteToVoicemail, &WriteRecord} },
  { Q::Idle,          On::QueueCall,         always,          Q::Queued,       {&AddToQueue, &PlayQueueMusic, &FindNextAgent} },

  { Q::Queued,        On::AssignToAgent,     always,          Q::AgentRinging, {&RouteToAgent, &NotifyAgent, &StartRingTimer} },
  { Q::Queued,        On::AgentAccept,       always,          Q::Active,       {&RemoveFromQueue, &BridgeToAgent, &StartCallRecording} },
  { Q::Queued,        On::QueueTimeout,      always,          Q::Terminating,  {&NoteTimeout, &RemoveFromQueue, &RouteToVoicemail} },
  { Q::Queued,        On::LeaveKey,          always,          Q::Terminating,  {&NoteOverflow, &RemoveFromQueue, &RouteToVoicemail} },
  { Q::Queued,        On::NoAgents,          always,          Q::Terminating,  {&NoteOverflow, &RemoveFromQueue, &RouteToVoicemail} },
  { Q::Queued,        On::HangupCall,        always,          Q::Terminating,  {&NoteAbandoned, &RemoveFromQueue, &SendBYE} },
  { Q::Queued,        On::CallEnded,         always,          Q::Terminating,  {&NoteAbandoned, &RemoveFromQueue} },
  { Q::Queued,        On::Lost,              always,          Q::Completed,    {&NoteLost, &RemoveFromQueue, &WriteRecord} },

  { Q::AgentRinging,  On::AssignToAgent,     always,          same,            {&RouteToAgent, &NotifyAgent, &StartRingTimer} },
  { Q::AgentRinging,  On::AgentAccept,       always,          Q::Active,       {&RemoveFromQueue, &ReleaseOthers, &BridgeToAgent, &StartCallRecording} },
  { Q::AgentRinging,  On::AgentNoAnswer,     &othersRing,     same,            {&ReleaseAgent} },
  { Q::AgentRinging,  On::AgentNoAnswer,     &deadlinePassed, Q::Terminating,  {&CountAttempt, &ReleaseAgent, &NoteTimeout, &RemoveFromQueue, &RouteToVoicemail} },
  { Q::AgentRinging,  On::AgentNoAnswer,     &attemptsUsedUp, Q::Terminating,  {&CountAttempt, &ReleaseAgent, &NoteOverflow, &RemoveFromQueue, &RouteToVoicemail} },
  { Q::AgentRinging,  On::AgentNoAnswer,     always,          Q::Queued,       {&CountAttempt, &ReleaseAgent, &FindNextAgent} },
  { Q::AgentRinging,  On::AgentReject,       &othersRing,     same,            {&ReleaseAgent} },
  { Q::AgentRinging,  On::AgentReject,       &deadlinePassed, Q::Terminating,  {&CountAttempt, &ReleaseAgent, &NoteTimeout, &RemoveFromQueue, &RouteToVoicemail} },
  { Q::AgentRinging,  On::AgentReject,       &attemptsUsedUp, Q::Terminating,  {&CountAttempt, &ReleaseAgent, &NoteOverflow, &RemoveFromQueue, &RouteToVoicemail} },
  { Q::AgentRinging,  On::AgentReject,       always,          Q::Queued,       {&CountAttempt, &ReleaseAgent, &FindNextAgent} },
  { Q::AgentRinging,  On::AgentUnavailable,  &othersRing,     same,            {&ReleaseAgent} },
  { Q::AgentRinging,  On::AgentUnavailable,  &deadlinePassed, Q::Terminating,  {&CountAttempt, &ReleaseAgent, &NoteTimeout, &RemoveFromQueue, &RouteToVoicemail} },
  { Q::AgentRinging,  On::AgentUnavailable,  &attemptsUsedUp, Q::Terminating,  {&CountAttempt, &ReleaseAgent, &NoteOverflow, &RemoveFromQueue, &RouteToVoicemail} },
  { Q::AgentRinging,  On::AgentUnavailable,  always,          Q::Queued,       {&CountAttempt, &ReleaseAgent, &FindNextAgent} },
  { Q::AgentRinging,  On::BridgeFailed,      &deadlinePassed, Q::Terminating,  {&CountError, &CountAttempt, &ReleaseAgent, &NoteTimeout, &RemoveFromQueue, &RouteToVoicemail} },
  { Q::AgentRinging,  On::BridgeFailed,      &attemptsUsedUp, Q::Terminating,  {&CountError, &CountAttempt, &ReleaseAgent, &NoteOverflow, &RemoveFromQueue, &RouteToVoicemail} },
  { Q::AgentRinging,  On::BridgeFailed,      always,          Q::Queued,       {&CountError, &CountAttempt, &ReleaseAgent, &FindNextAgent} },
  { Q::AgentRinging,  On::QueueTimeout,      always,          same,            {&NoteDeadline} },
  { Q::AgentRinging,  On::LeaveKey,          always,          Q::Terminating,  {&ReleaseAgent, &NoteOverflow, &RemoveFromQueue, &RouteToVoicemail} },
  { Q::AgentRinging,  On::NoAgents,          always,          same,            {} },
  { Q::AgentRinging,  On::HangupCall,        always,          Q::Terminating,  {&NoteAbandoned, &RemoveFromQueue, &SendBYE, &ReleaseAgent} },
  { Q::AgentRinging,  On::CallEnded,         always,          Q::Terminating,  {&NoteAbandoned, &RemoveFromQueue, &ReleaseAgent} },
  { Q::AgentRinging,  On::Lost,              always,          Q::Completed,    {&NoteLost, &RemoveFromQueue, &ReleaseAgent, &WriteRecord} },

  { Q::Active,        On::Hold,              always,          same,            {&BeginHold} },
  { Q::Active,        On::Unhold,            always,          same,            {&EndHold} },
  { Q::Active,        On::CallEnded,         always,          Q::Completed,    {&EndHold, &NoteAnswered, &EndTalk, &WriteRecord} },
  { Q::Active,        On::HangupCall,        always,          Q::Completed,    {&EndHold, &NoteAnswered, &EndTalk, &WriteRecord} },
  { Q::Active,        On::BlindTransfer,     always,          Q::Completed,    {&EndHold, &NoteBlindTransfer, &EndTalk, &WriteRecord} },
  { Q::Active,        On::AttendedTransfer,  &toAgent,        same,            {&EndHold, &NoteAttendedTransfer, &SplitTalk} },
  { Q::Active,        On::AttendedTransfer,  always,          Q::Completed,    {&EndHold, &NoteAttendedTransfer, &EndTalk, &WriteRecord} },
  { Q::Active,        On::AgentLegLost,      &mayReturn,      Q::Queued,       {&EndHold, &NoteError, &EndTalk, &ReturnToHead, &PlayQueueMusic, &FindNextAgent} },
  { Q::Active,        On::AgentLegLost,      always,          Q::Completed,    {&EndHold, &NoteError, &EndTalk, &WriteRecord} },
  { Q::Active,        On::Lost,              always,          Q::Completed,    {&EndHold, &NoteLost, &EndTalk, &WriteRecord} },

  { Q::Terminating,   On::Terminated,        always,          Q::Completed,    {&WriteRecord} },
  { Q::Terminating,   On::HangupCall,        always,          Q::Completed,    {&WriteRecord} },
  { Q::Terminating,   On::CallEnded,         always,          Q::Completed,    {&WriteRecord} },
  { Q::Terminating,   On::AgentAccept,       always,          Q::Active,       {&BridgeToAgent, &StartCallRecording} },
  { Q::Terminating,   On::Lost,              always,          Q::Completed,    {&WriteRecord} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 48> Machine::table = rows::table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::queue_call
