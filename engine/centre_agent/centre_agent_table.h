// The routing's view of an agent: guards, actions, table. Read it beside docs/machines/centre_agent.md.
#pragma once

#include "engine/centre_agent/centre_agent.h"
#include "engine/fsm/table_checks.h"

namespace offhook::centre_agent {

inline constexpr std::string_view kRona = "RONA";
inline constexpr std::string_view kWrapUpReason = "WRAP_UP";

constexpr bool is_offline(AgentStatus status) { return status == AgentStatus::Offline; }
/// PAUSE, BREAK, TRAINING, MEETING, DO_NOT_DISTURB.
constexpr bool is_break(AgentStatus status) {
  return status != AgentStatus::Offline && status != AgentStatus::Online && status != AgentStatus::OnCall && status != AgentStatus::WrapUp;
}
/// His call is over and his phone is gone: no wrap-up is begun for him.
constexpr bool went_away(const Agent& agent, AgentStatus after) { return after == AgentStatus::Offline && !agent.registered; }
/// What he is after his call: what he asked for meanwhile, else what the CRM holds; what calls made of him is over.
constexpr AgentStatus status_after(const Agent& agent) {
  if (agent.next != MaybeStatus::None) return static_cast<AgentStatus>(static_cast<int>(agent.next) - 1);
  const bool of_calls = agent.intent == AgentStatus::OnCall || agent.intent == AgentStatus::WrapUp;
  return of_calls ? AgentStatus::Online : agent.intent;
}
constexpr MaybeStatus maybe(AgentStatus status) { return static_cast<MaybeStatus>(static_cast<int>(status) + 1); }
constexpr bool begins_by_itself(const WrapUp& wrap_up) { return wrap_up.mode == WrapUpMode::Manual || wrap_up.mode == WrapUpMode::Timed; }

/// An older word of our own that comes back late, after a newer one has left.
inline constexpr Machine::Guard isStale{"isStale", [](const Context& c, const Event& event) {
  return event.ours && c.agent.written != MaybeStatus::None && c.agent.written != maybe(event.status);
}};
inline constexpr Machine::Guard toOffline{"toOffline", [](const Context&, const Event& event) { return is_offline(event.status); }};
inline constexpr Machine::Guard toBreak{"toBreak", [](const Context&, const Event& event) { return is_break(event.status); }};
inline constexpr Machine::Guard toWrapUp{"toWrapUp", [](const Context&, const Event& event) { return event.status == AgentStatus::WrapUp; }};
/// A call is left: his own, or another one of a queue.
inline constexpr Machine::Guard isBusy{"isBusy", [](const Context& c, const Event& event) {
  return (event.on == On::PhoneBusy ? event.yes : c.agent.phone_busy) || c.agent.calls > (event.on == On::CallOver ? 1 : 0);
}};
inline constexpr Machine::Guard wantsWrapUp{"wantsWrapUp", [](const Context& c, const Event& event) {
  return begins_by_itself(c.agent.owed) || (event.wrap_up && begins_by_itself(*event.wrap_up)) || c.agent.intent == AgentStatus::WrapUp;
}};
/// His own word, while he was rung.
inline constexpr Machine::Guard askedForWrapUp{"askedForWrapUp", [](const Context& c, const Event&) { return c.agent.intent == AgentStatus::WrapUp; }};
inline constexpr Machine::Guard nextIsOffline{"nextIsOffline", [](const Context& c, const Event&) { return is_offline(status_after(c.agent)); }};
inline constexpr Machine::Guard nextIsBreak{"nextIsBreak", [](const Context& c, const Event&) { return is_break(status_after(c.agent)); }};
inline constexpr Machine::Guard wentAway{"wentAway", [](const Context& c, const Event&) { return went_away(c.agent, status_after(c.agent)); }};
inline constexpr Machine::Guard isRona{"isRona", [](const Context& c, const Event& event) {
  return event.cause == Cause::NoAnswer && event.rona_after > 0 && c.agent.misses + 1 >= event.rona_after && !is_offline(status_after(c.agent)) && !is_break(status_after(c.agent));
}};
inline constexpr Machine::Guard isTimed{"isTimed", [](const Context& c, const Event&) { return c.agent.wrap_up_until != 0; }};

inline constexpr Machine::Action noteIntent{"noteIntent", [](Context& c, const Event& event, Effects&) {
  Agent& a = c.agent;
  a.intent = event.status;
  a.reason = event.reason;
  if (a.written == maybe(event.status)) a.written = MaybeStatus::None;
  if (!event.ours) {  // his own word: what was held against him is forgotten
    a.written = MaybeStatus::None;
    a.misses = 0;
  }
  if (a.state != State::WrapUp && a.state != State::Ringing) a.next = MaybeStatus::None;
}};
inline constexpr Machine::Action noteNextStatus{"noteNextStatus", [](Context& c, const Event& event, Effects&) {
  Agent& a = c.agent;
  a.intent = event.status;
  a.reason = event.reason;
  if (a.written == maybe(event.status)) a.written = MaybeStatus::None;
  const bool is_next = is_offline(event.status) || is_break(event.status);
  a.next = is_next ? maybe(event.status) : MaybeStatus::None;
  a.next_reason = is_next ? event.reason : std::string_view{};
}};
inline constexpr Machine::Action noteRegistration{"noteRegistration", [](Context& c, const Event& event, Effects&) { c.agent.registered = event.yes; }};
inline constexpr Machine::Action noteLink{"noteLink", [](Context& c, const Event& event, Effects&) { c.agent.link_live = event.yes; }};
inline constexpr Machine::Action notePhone{"notePhone", [](Context& c, const Event& event, Effects&) { c.agent.phone_busy = event.yes; }};
inline constexpr Machine::Action Reserve{"Reserve", [](Context& c, const Event& event, Effects&) { c.agent.call = event.call; }};
inline constexpr Machine::Action Release{"Release", [](Context& c, const Event&, Effects&) {
  if (c.agent.calls == 0) c.agent.call.clear();
}};
inline constexpr Machine::Action CoolDown{"CoolDown", [](Context& c, const Event& event, Effects&) {
  if (event.cause == Cause::NoAnswer) ++c.agent.misses;
  if (event.cool_ms <= 0) return;
  c.agent.cool_cause = event.cause;
  c.agent.cool_until = event.mono + event.cool_ms;
}};
inline constexpr Machine::Action EndCoolDown{"EndCoolDown", [](Context& c, const Event&, Effects&) {
  c.agent.cool_cause = Cause::None;
  c.agent.cool_until = 0;
}};
inline constexpr Machine::Action PauseForRona{"PauseForRona", [](Context& c, const Event&, Effects& out) {
  Agent& a = c.agent;
  a.misses = 0;
  a.intent = AgentStatus::Pause;
  a.reason = kRona;
  a.written = MaybeStatus::Pause;
  out.rona = out.write = true;
  out.status = AgentStatus::Pause;
  out.reason = kRona;
}};
inline constexpr Machine::Action Connect{"Connect", [](Context& c, const Event& event, Effects&) {
  Agent& a = c.agent;
  ++a.calls;
  a.call = event.call;
  a.misses = 0;
  a.cool_cause = Cause::None;
  a.cool_until = 0;
  if (a.owed.mode == WrapUpMode::Optional) a.owed = {};  // of the call before: he did not want it
}};
/// The call is over for him; a wrap-up that cannot begin yet is owed.
inline constexpr Machine::Action Disconnect{"Disconnect", [](Context& c, const Event& event, Effects&) {
  Agent& a = c.agent;
  if (a.calls > 0) --a.calls;
  if (a.calls == 0) a.call.clear();
  if (event.wrap_up && event.wrap_up->mode != WrapUpMode::None) a.owed = *event.wrap_up;
}};
inline constexpr Machine::Action BeginWrapUp{"BeginWrapUp", [](Context& c, const Event& event, Effects& out) {
  Agent& a = c.agent;
  a.wrap_up = a.owed;
  a.owed = {};
  if (a.wrap_up.mode == WrapUpMode::None) a.wrap_up.mode = WrapUpMode::Manual;  // of no call: he asked for it during the talk
  if (a.next == MaybeStatus::None && (is_offline(a.intent) || is_break(a.intent))) {  // he was rung all the same: he goes back to it
    a.next = maybe(a.intent);
    a.next_reason = a.reason;
  }
  a.wrap_up_since = event.at;
  a.wrap_up_mono = event.mono;
  a.wrap_up_until = a.wrap_up.mode == WrapUpMode::Timed ? event.mono + a.wrap_up.ms : 0;
  out.wrap_up_began = true;
  a.written = MaybeStatus::WrapUp;
  out.write = true;
  out.status = AgentStatus::WrapUp;
  out.reason = kWrapUpReason;
}};
/// By his own word: of the call that allows it (`optional`), else of none. It has no limit.
inline constexpr Machine::Action BeginOwnWrapUp{"BeginOwnWrapUp", [](Context& c, const Event& event, Effects& out) {
  Agent& a = c.agent;
  a.wrap_up = a.owed;
  a.owed = {};
  if (a.wrap_up.mode == WrapUpMode::None) a.wrap_up.mode = WrapUpMode::Manual;
  a.wrap_up_since = event.at;
  a.wrap_up_mono = event.mono;
  a.wrap_up_until = 0;
  out.wrap_up_began = true;
}};
inline constexpr Machine::Action SaveCallNotes{"SaveCallNotes", [](Context&, const Event&, Effects& out) { out.forced = false; }};
inline constexpr Machine::Action ForceCompleteWrapUp{"ForceCompleteWrapUp", [](Context&, const Event&, Effects& out) { out.forced = true; }};
inline constexpr Machine::Action UpdateAgentStats{"UpdateAgentStats", [](Context& c, const Event& event, Effects& out) {
  Agent& a = c.agent;
  out.wrap_up_ended = true;
  out.ended = a.wrap_up;
  // A hub that was away over the limit does not make a wrap-up of thirty seconds one of an hour.
  if (a.wrap_up_until > 0 && event.mono > a.wrap_up_until) out.wrap_up_ago = event.mono - a.wrap_up_until;
  const Millis end = event.mono - out.wrap_up_ago;
  out.wrap_up_ms = end > a.wrap_up_mono ? end - a.wrap_up_mono : 0;
  a.wrap_up = {};
  a.wrap_up_since = a.wrap_up_mono = a.wrap_up_until = 0;
}};
/// The CRM holds WRAP_UP: now it is to hold what comes next.
inline constexpr Machine::Action WriteNextStatus{"WriteNextStatus", [](Context& c, const Event&, Effects& out) {
  Agent& a = c.agent;
  const AgentStatus status = status_after(a);
  out.write = true;
  out.status = status;
  out.reason = a.next == MaybeStatus::None ? std::string{} : a.next_reason;
  a.intent = status;
  a.reason = out.reason;
  a.written = maybe(status);
  a.next = MaybeStatus::None;
  a.next_reason.clear();
}};
inline constexpr Machine::Action dropNextStatus{"dropNextStatus", [](Context& c, const Event&, Effects&) {
  c.agent.next = MaybeStatus::None;
  c.agent.next_reason.clear();
}};
inline constexpr Machine::Action dropWrapUp{"dropWrapUp", [](Context& c, const Event&, Effects&) { c.agent.owed = {}; }};
inline constexpr Machine::Action ExtendLimit{"ExtendLimit", [](Context& c, const Event& event, Effects&) { c.agent.wrap_up_until += event.ms; }};
inline constexpr Machine::Action FindNextCall{"FindNextCall", [](Context&, const Event&, Effects& out) { out.find_call = true; }};

namespace rows {
using A = State;
using fsm::same;
using S = fsm::StateSet<A>;
inline constexpr const Machine::Guard* always = nullptr;
inline constexpr S idle = S(A::Offline) | A::Available | A::Break;
inline constexpr S any = idle | A::Ringing | A::OnCall | A::WrapUp;

// clang-format off
inline constexpr std::array<Machine::Row, 52> table{{
  // State                                   Event                    Guard           Next state     Actions
  { any,                                     On::IntentChanged,       &isStale,       same,          {} },
  { idle,                                    On::IntentChanged,       &toOffline,     A::Offline,    {&noteIntent} },
  { idle,                                    On::IntentChanged,       &toBreak,       A::Break,      {&noteIntent} },
  { idle,                                    On::IntentChanged,       &toWrapUp,      A::WrapUp,     {&noteIntent, &BeginOwnWrapUp} },
  { idle,                                    On::IntentChanged,       &isBusy,        A::OnCall,     {&noteIntent} },
  { idle,                                    On::IntentChanged,       always,         A::Available,  {&noteIntent, &FindNextCall} },
  { A::Ringing,                              On::IntentChanged,       always,         same,          {&noteIntent} },
  { A::OnCall,                               On::IntentChanged,       always,         same,          {&noteNextStatus} },
  { A::WrapUp,                               On::IntentChanged,       &toWrapUp,      same,          {&noteIntent} },
  { A::WrapUp,                               On::IntentChanged,       &toOffline,     A::Offline,    {&noteIntent, &dropNextStatus, &SaveCallNotes, &UpdateAgentStats} },
  { A::WrapUp,                               On::IntentChanged,       &toBreak,       A::Break,      {&noteIntent, &dropNextStatus, &SaveCallNotes, &UpdateAgentStats} },
  { A::WrapUp,                               On::IntentChanged,       &isBusy,        A::OnCall,     {&noteIntent, &dropNextStatus, &SaveCallNotes, &UpdateAgentStats} },
  { A::WrapUp,                               On::IntentChanged,       always,         A::Available,  {&noteIntent, &dropNextStatus, &SaveCallNotes, &UpdateAgentStats, &FindNextCall} },

  { any,                                     On::RegistrationChanged, always,         same,          {&noteRegistration, &FindNextCall} },
  { any,                                     On::LinkChanged,         always,         same,          {&noteLink, &FindNextCall} },

  { A::Available,                            On::PhoneBusy,           &isBusy,        A::OnCall,     {&notePhone} },
  { A::Available,                            On::PhoneBusy,           always,         same,          {&notePhone, &FindNextCall} },
  { A::OnCall,                               On::PhoneBusy,           &isBusy,        same,          {&notePhone} },
  { A::OnCall,                               On::PhoneBusy,           &wentAway,      A::Offline,    {&notePhone, &dropWrapUp, &dropNextStatus} },
  { A::OnCall,                               On::PhoneBusy,           &wantsWrapUp,   A::WrapUp,     {&notePhone, &BeginWrapUp} },
  { A::OnCall,                               On::PhoneBusy,           &nextIsOffline, A::Offline,    {&notePhone, &dropNextStatus} },
  { A::OnCall,                               On::PhoneBusy,           &nextIsBreak,   A::Break,      {&notePhone, &dropNextStatus} },
  { A::OnCall,                               On::PhoneBusy,           always,         A::Available,  {&notePhone, &FindNextCall} },
  { S(A::Offline) | A::Ringing | A::WrapUp | A::Break, On::PhoneBusy, always,         same,          {&notePhone} },

  { A::Available,                            On::Reserved,            always,         A::Ringing,    {&Reserve} },
  { S(A::Offline) | A::OnCall | A::WrapUp | A::Break, On::Reserved,   always,         same,          {&Reserve} },
  { A::Ringing,                              On::Released,            &isRona,        A::Break,      {&Release, &CoolDown, &PauseForRona} },
  { A::Ringing,                              On::Released,            &nextIsOffline, A::Offline,    {&Release, &CoolDown} },
  { A::Ringing,                              On::Released,            &nextIsBreak,   A::Break,      {&Release, &CoolDown} },
  { A::Ringing,                              On::Released,            &isBusy,        A::OnCall,     {&Release, &CoolDown} },
  { A::Ringing,                              On::Released,            &askedForWrapUp, A::WrapUp,    {&Release, &CoolDown, &BeginOwnWrapUp} },
  { A::Ringing,                              On::Released,            always,         A::Available,  {&Release, &CoolDown, &FindNextCall} },
  { S(A::Offline) | A::Available | A::OnCall | A::WrapUp | A::Break, On::Released, always, same,     {&Release} },

  { idle | A::Ringing | A::OnCall,           On::Connected,           always,         A::OnCall,     {&Connect} },
  { A::WrapUp,                               On::Connected,           always,         A::OnCall,     {&ForceCompleteWrapUp, &UpdateAgentStats, &WriteNextStatus, &Connect} },
  { A::OnCall,                               On::CallOver,            &isBusy,        same,          {&Disconnect} },
  { A::OnCall,                               On::CallOver,            &wentAway,      A::Offline,    {&Disconnect, &dropWrapUp, &dropNextStatus} },
  { A::OnCall,                               On::CallOver,            &wantsWrapUp,   A::WrapUp,     {&Disconnect, &BeginWrapUp} },
  { A::OnCall,                               On::CallOver,            &nextIsOffline, A::Offline,    {&Disconnect, &dropNextStatus} },
  { A::OnCall,                               On::CallOver,            &nextIsBreak,   A::Break,      {&Disconnect, &dropNextStatus} },
  { A::OnCall,                               On::CallOver,            always,         A::Available,  {&Disconnect, &FindNextCall} },
  { idle | A::Ringing | A::WrapUp,           On::CallOver,            always,         same,          {&Disconnect} },

  { A::WrapUp,                               On::CompleteWrapUp,      &nextIsOffline, A::Offline,    {&SaveCallNotes, &UpdateAgentStats, &WriteNextStatus} },
  { A::WrapUp,                               On::CompleteWrapUp,      &nextIsBreak,   A::Break,      {&SaveCallNotes, &UpdateAgentStats, &WriteNextStatus} },
  { A::WrapUp,                               On::CompleteWrapUp,      &isBusy,        A::OnCall,     {&SaveCallNotes, &UpdateAgentStats, &WriteNextStatus} },
  { A::WrapUp,                               On::CompleteWrapUp,      always,         A::Available,  {&SaveCallNotes, &UpdateAgentStats, &WriteNextStatus, &FindNextCall} },
  { A::WrapUp,                               On::ExtendWrapUp,        &isTimed,       same,          {&ExtendLimit} },
  { A::WrapUp,                               On::WrapUpTimeout,       &nextIsOffline, A::Offline,    {&ForceCompleteWrapUp, &UpdateAgentStats, &WriteNextStatus} },
  { A::WrapUp,                               On::WrapUpTimeout,       &nextIsBreak,   A::Break,      {&ForceCompleteWrapUp, &UpdateAgentStats, &WriteNextStatus} },
  { A::WrapUp,                               On::WrapUpTimeout,       &isBusy,        A::OnCall,     {&ForceCompleteWrapUp, &UpdateAgentStats, &WriteNextStatus} },
  { A::WrapUp,                               On::WrapUpTimeout,       always,         A::Available,  {&ForceCompleteWrapUp, &UpdateAgentStats, &WriteNextStatus, &FindNextCall} },

  { any,                                     On::CoolDownOver,        always,         same,          {&EndCoolDown, &FindNextCall} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 52> Machine::table = rows::table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::centre_agent
