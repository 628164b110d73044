// Actions and table of the link machine. Read it beside docs/machines/link.md.
#pragma once

#include "engine/core/json_writer.h"
#include "engine/fsm/table_checks.h"
#include "engine/link/link.h"

namespace offhook::link {

/// The timer is not set anew with every message: when it fires, it looks when the last one came.
inline constexpr Machine::Guard heardLately{"heardLately", [](const Context& c, const Event& event) {
  return event.in.mono - c.connection.heard_mono < limits::kSilenceTimeout;
}};

/// It was asked, and has said nothing since.
inline constexpr Machine::Guard isAsked{"isAsked", [](const Context& c, const Event&) { return c.connection.probed_mono > c.connection.heard_mono; }};

/// This timer slept with the device: the answer may lie in the queue behind it.
inline constexpr Machine::Guard firedLate{"firedLate", [](const Context& c, const Event& event) {
  return event.in.mono - c.connection.probed_mono > limits::kPongTimeout + limits::kSleptTimer;
}};

inline constexpr Machine::Guard probes{"probes", [](const Context& c, const Event&) { return c.probes; }};

inline constexpr Machine::Action openSocket{"openSocket", [](Context& c, const Event&, Out& out) {
  out.effect(EffectType::SocketOpen);
  c.connection.retry_at = 0;
  c.connection.since = out.at;
  out.set_timer(TimerFor::Link, 0, limits::kConnectTimeout);
}};

inline constexpr Machine::Action noteOpen{"noteOpen", [](Context& c, const Event&, Out& out) {
  out.clear_timer(TimerFor::Link, 0);
  c.connection.since = out.at;
  c.connection.last_heard_at = out.at;
  c.connection.heard_mono = out.mono;
  c.connection.hello_mono = out.mono;
  c.connection.asked_mono = 0;
}};

inline constexpr Machine::Action watchSilence{"watchSilence", [](Context& c, const Event&, Out& out) {
  if (c.probes) out.set_timer(TimerFor::Link, 0, limits::kSilenceTimeout - (out.mono - c.connection.heard_mono));
}};

inline constexpr Machine::Action sendPing{"sendPing", [](Context& c, const Event&, Out& out) {
  out.effect(EffectType::SocketSend).body = out.strings.intern(R"({"type":"ping"})");
  c.connection.probed_mono = out.mono;
  if (c.connection.asked_mono == 0) c.connection.asked_mono = out.mono;
}};

inline constexpr Machine::Action awaitSoon{"awaitSoon", [](Context&, const Event&, Out& out) {
  out.set_timer(TimerFor::Link, 0, limits::kAskPatience);
}};

inline constexpr Machine::Action awaitPong{"awaitPong", [](Context&, const Event&, Out& out) {
  out.set_timer(TimerFor::Link, 0, limits::kPongTimeout);
}};

/// What is left of the time for an answer.
inline constexpr Machine::Action awaitLonger{"awaitLonger", [](Context&, const Event&, Out& out) {
  out.set_timer(TimerFor::Link, 0, limits::kPongTimeout - limits::kAskPatience);
}};

/// The host adds the token before it sends: the engine never has one.
inline constexpr Machine::Action sendHello{"sendHello", [](Context& c, const Event&, Out& out) {
  std::string body;
  JsonWriter json(body);
  json.open('{').key("type").string("hello").key("topics").open('[').string("agent_status").string("call_log").close(']');
  json.key("last_revision").open('{');
  if (c.connection.agents_revision > 0) json.key("agent_status").number(c.connection.agents_revision);
  json.close('}').close('}');
  out.effect(EffectType::SocketSend).body = out.strings.intern(body);
}};

inline constexpr Machine::Action sendAgentInformation{"sendAgentInformation", [](Context& c, const Event&, Out& out) {
  std::string_view word;
  switch (c.registration.state) {
    case RegistrationState::Registered: word = "registered"; break;
    case RegistrationState::Unregistered: word = "unregistered"; break;
    case RegistrationState::Failed: word = "failed"; break;
    case RegistrationState::Idle:
    case RegistrationState::Registering: return;  // nothing has changed yet that is worth telling
  }
  std::string body;
  JsonWriter json(body);
  json.open('{').key("type").string("agent_information").key("extension").string(out.view(out.config.extension));
  json.key("extension_id").string(out.view(out.config.extension_id)).key("number").string(out.view(out.config.number));
  json.key("name").string(out.view(out.config.name)).key("registration").string(word).close('}');
  out.effect(EffectType::SocketSend).body = out.strings.intern(body);
}};

/// Only a backend that has said something sensible is there again: one that opens and closes at once is met with back-off.
inline constexpr Machine::Action noteHeard{"noteHeard", [](Context& c, const Event&, Out& out) {
  c.connection.last_heard_at = out.at;
  c.connection.heard_mono = out.mono;
  c.connection.attempts = 0;
}};

/// An error, or nothing that can be read: somebody is there, that is all.
inline constexpr Machine::Action noteNoise{"noteNoise", [](Context& c, const Event&, Out& out) {
  c.connection.last_heard_at = out.at;
  c.connection.heard_mono = out.mono;
}};

/// What failed without a network says nothing about the backend.
inline constexpr Machine::Action forgetAttempts{"forgetAttempts", [](Context& c, const Event&, Out&) { c.connection.attempts = 0; }};

inline constexpr Machine::Action closeSocket{"closeSocket", [](Context&, const Event&, Out& out) { out.effect(EffectType::SocketClose); }};

inline constexpr Machine::Action scheduleRetry{"scheduleRetry", [](Context& c, const Event&, Out& out) {
  const Millis delay = out.back_off(c.connection.attempts);
  ++c.connection.attempts;
  c.connection.since = out.at;
  c.connection.retry_at = out.at + delay;
  out.set_timer(TimerFor::Link, 0, delay);
}};

inline constexpr Machine::Action stopTimer{"stopTimer", [](Context& c, const Event&, Out& out) {
  out.clear_timer(TimerFor::Link, 0);
  c.connection.retry_at = 0;
  c.connection.since = out.at;
}};

namespace rows {
using enum LinkState;
using fsm::same;
using S = fsm::StateSet<LinkState>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 26> link_table{{
  // State                           Event                 Guard         Next state  Actions
  { Closed,                          On::OpenRequested,    always,       Connecting, {&openSocket} },
  { Waiting,                         On::OpenRequested,    always,       Connecting, {&openSocket} },
  { S(Connecting) | Open | Silent,   On::OpenRequested,    always,       same,       {} },
  { Connecting,                      On::SocketOpened,     always,       Open,       {&noteOpen, &sendHello, &sendAgentInformation, &watchSilence} },
  { S(Connecting) | Open | Silent,   On::SocketClosed,     always,       Waiting,    {&scheduleRetry} },
  { S(Closed) | Waiting,             On::SocketClosed,     always,       same,       {} },
  { Connecting,                      On::TimeOver,         always,       Waiting,    {&closeSocket, &scheduleRetry} },
  { Waiting,                         On::TimeOver,         always,       Connecting, {&openSocket} },
  { Open,                            On::TimeOver,         &isAsked,     Silent,     {&awaitLonger} },
  { Open,                            On::TimeOver,         &heardLately, same,       {&watchSilence} },
  { Open,                            On::TimeOver,         always,       same,       {&sendPing, &awaitSoon} },
  { Silent,                          On::TimeOver,         &firedLate,   same,       {&sendPing, &awaitPong} },
  { Silent,                          On::TimeOver,         always,       Waiting,    {&closeSocket, &scheduleRetry} },
  { Open,                            On::MessageHeard,     always,       same,       {&noteHeard} },
  { Silent,                          On::MessageHeard,     always,       Open,       {&noteHeard, &watchSilence} },
  { Open,                            On::NoiseHeard,       always,       same,       {&noteNoise} },
  { Silent,                          On::NoiseHeard,       always,       Open,       {&noteNoise, &watchSilence} },
  { S(Closed) | Connecting | Waiting, On::NoiseHeard,      always,       same,       {} },
  { S(Open) | Silent,                On::AgentInformation, always,       same,       {&sendAgentInformation} },
  { S(Closed) | Connecting | Waiting, On::AgentInformation, always,      same,       {} },
  { S(Connecting) | Open | Waiting | Silent, On::CloseRequested, always, Closed,     {&closeSocket, &stopTimer} },
  { Closed,                          On::CloseRequested,   always,       same,       {} },
  { Open,                            On::ProbeRequested,   &probes,      same,       {&sendPing, &awaitSoon} },
  { Silent,                          On::ProbeRequested,   &probes,      same,       {&sendPing, &awaitPong} },
  { Waiting,                         On::ProbeRequested,   always,       Connecting, {&forgetAttempts, &openSocket} },
  { S(Closed) | Connecting | Open | Silent, On::ProbeRequested, always,  same,       {} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 26> Machine::table = rows::link_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::link
