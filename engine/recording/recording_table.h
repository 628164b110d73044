// Guards, actions and table of the recording machine. Read it beside docs/machines/recording.md.
#pragma once

#include <string>

#include "engine/core/json_writer.h"
#include "engine/fsm/table_checks.h"
#include "engine/recording/recording.h"

namespace offhook::recording {

inline constexpr Machine::Guard hasChannel{"hasChannel", [](const Context&, const Event& event) { return !event.channel_id.empty(); }};
inline constexpr Machine::Guard wasPaused{"wasPaused", [](const Context& c, const Event&) {
  return c.call.recording_before == RecordingState::Paused;
}};

inline void ask_backend(Context& c, const Event& event, Out& out, RecordingAction action) {
  const std::string_view word = kRecordingActionWords[static_cast<std::size_t>(action)];
  c.call.recording_command = event.in.command;
  std::string body, key(out.view(c.call.call_log_id));
  JsonWriter(body).open('{').key("action").string(word).close('}');
  key += ":recording:" + std::to_string(static_cast<long long>(out.next_id));
  c.call.recording_request = out.request(Request::CallRecording, c.slot, event.channel_id, out.text(key), body);
}

inline constexpr Machine::Action ask{"ask", [](Context& c, const Event& event, Out& out) {
  ask_backend(c, event, out, event.in.action);
}};

inline constexpr Machine::Action noteOn{"noteOn", [](Context& c, const Event&, Out&) { c.call.recording_before = RecordingState::On; }};
inline constexpr Machine::Action notePaused{"notePaused", [](Context& c, const Event&, Out&) {
  c.call.recording_before = RecordingState::Paused;
}};

/// "Record" on a paused recording means: go on.
inline constexpr Machine::Action askResume{"askResume", [](Context& c, const Event& event, Out& out) {
  ask_backend(c, event, out, RecordingAction::Resume);
}};

inline constexpr Machine::Action settleDone{"settleDone", [](Context& c, const Event&, Out& out) {
  out.settle(c.call.recording_command, Outcome::Done, Reason::Ok, c.call.id);
}};

inline constexpr Machine::Action settleRefused{"settleRefused", [](Context& c, const Event& event, Out& out) {
  out.settle(c.call.recording_command, Outcome::Refused, event.why, c.call.id);
  out.warn(Notice::RecordingFailed, event.text, c.call.id);
}};

inline constexpr Machine::Action settleCallEnded{"settleCallEnded", [](Context& c, const Event&, Out& out) {
  out.settle(c.call.recording_command, Outcome::Refused, Reason::CallEnded, c.call.id);
}};

inline void refuse(Context& c, const Event& event, Out& out, Reason reason) {
  double command = event.in.command;
  out.settle(command, reason == Reason::Ok ? Outcome::Done : Outcome::Refused, reason, c.call.id);
}

inline constexpr Machine::Action alreadySo{"alreadySo", [](Context& c, const Event& e, Out& out) { refuse(c, e, out, Reason::Ok); }};
inline constexpr Machine::Action refusePending{"refusePending", [](Context& c, const Event& e, Out& out) {
  refuse(c, e, out, Reason::Pending);
}};
inline constexpr Machine::Action refuseNotRecording{"refuseNotRecording", [](Context& c, const Event& e, Out& out) {
  refuse(c, e, out, Reason::NotRecording);
}};
inline constexpr Machine::Action refuseNotSupported{"refuseNotSupported", [](Context& c, const Event& e, Out& out) {
  refuse(c, e, out, Reason::NotSupported);
}};

namespace rows {
using enum RecordingState;
using enum recording::On;
using fsm::same;
using S = fsm::StateSet<RecordingState>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 36> recording_table{{
  // State                                                        Event        Guard         Next state           Actions
  { Off,                                                           Start,       &hasChannel,  Starting,            {&ask} },
  { Off,                                                           Start,       always,       same,                {&refuseNotSupported} },
  { RecordingState::On,                                            Start,       always,       same,                {&alreadySo} },
  { Paused,                                                        Start,       always,       Resuming,            {&askResume} },
  { RecordingState::On,                                            Pause,       always,       Pausing,             {&ask} },
  { Paused,                                                        Pause,       always,       same,                {&alreadySo} },
  { Paused,                                                        Resume,      always,       Resuming,            {&ask} },
  { RecordingState::On,                                            Resume,      always,       same,                {&alreadySo} },
  { RecordingState::On,                                            Stop,        always,       Stopping,            {&noteOn, &ask} },
  { Paused,                                                        Stop,        always,       Stopping,            {&notePaused, &ask} },
  { Off,                                                           Pause,       always,       same,                {&refuseNotRecording} },
  { Off,                                                           Resume,      always,       same,                {&refuseNotRecording} },
  { Off,                                                           Stop,        always,       same,                {&refuseNotRecording} },
  { S(Starting) | Pausing | Resuming | Stopping,                   Start,       always,       same,                {&refusePending} },
  { S(Starting) | Pausing | Resuming | Stopping,                   Pause,       always,       same,                {&refusePending} },
  { S(Starting) | Pausing | Resuming | Stopping,                   Resume,      always,       same,                {&refusePending} },
  { S(Starting) | Pausing | Resuming | Stopping,                   Stop,        always,       same,                {&refusePending} },
  { S(Starting) | Resuming,                                        Accepted,    always,       RecordingState::On,  {&settleDone} },
  { Pausing,                                                       Accepted,    always,       Paused,              {&settleDone} },
  { Stopping,                                                      Accepted,    always,       Off,                 {&settleDone} },
  { S(Off) | RecordingState::On | Paused,                          Accepted,    always,       same,                {} },
  { Starting,                                                      Refused,     always,       Off,                 {&settleRefused} },
  { Pausing,                                                       Refused,     always,       RecordingState::On,  {&settleRefused} },
  { Resuming,                                                      Refused,     always,       Paused,              {&settleRefused} },
  { Stopping,                                                      Refused,     &wasPaused,   Paused,              {&settleRefused} },
  { Stopping,                                                      Refused,     always,       RecordingState::On,  {&settleRefused} },
  { S(Off) | RecordingState::On | Paused,                          Refused,     always,       same,                {} },
  { S(Off) | Starting | Paused | Resuming,                         ToldOn,      always,       RecordingState::On,  {&settleDone} },
  { S(RecordingState::On) | Pausing | Stopping,                    ToldOn,      always,       same,                {} },
  { S(Off) | Starting | RecordingState::On | Pausing,              ToldPaused,  always,       Paused,              {&settleDone} },
  { S(Paused) | Resuming | Stopping,                               ToldPaused,  always,       same,                {} },
  { S(RecordingState::On) | Paused | Stopping,                     ToldOff,     always,       Off,                 {&settleDone} },
  { S(Pausing) | Resuming,                                         ToldOff,     always,       Off,                 {&settleRefused} },
  { S(Off) | Starting,                                             ToldOff,     always,       same,                {} },
  { S(Starting) | Pausing | Resuming | Stopping,                   CallOver,    always,       Off,                 {&settleCallEnded} },
  { S(Off) | RecordingState::On | Paused,                          CallOver,    always,       Off,                 {} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 36> Machine::table = rows::recording_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::recording
