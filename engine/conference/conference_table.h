// Guards, actions and table of the conference machine. Read it beside docs/machines/conference.md.
#pragma once

#include <string>

#include "engine/conference/conference.h"
#include "engine/core/json_writer.h"
#include "engine/fsm/table_checks.h"

namespace offhook::conference {

inline constexpr Machine::Guard noRoute{"noRoute", [](const Context&, const Event& e) { return e.route == Route::None; }};
inline constexpr Machine::Guard byPbx{"byPbx", [](const Context&, const Event& e) { return e.route == Route::Pbx; }};
inline constexpr Machine::Guard areTheSame{"areTheSame", [](const Context& c, const Event& e) {
  const Conference& now = c.conference;
  return (e.in.call_id == now.call_id && e.in.other_call_id == now.other_call_id) ||
         (e.in.call_id == now.other_call_id && e.in.other_call_id == now.call_id);
}};
inline constexpr Machine::Guard isAtPbx{"isAtPbx", [](const Context& c, const Event&) { return c.conference.route == Route::Pbx; }};

inline constexpr Machine::Action begin{"begin", [](Context& c, const Event& event, Out& out) {
  c.conference.call_id = event.in.call_id;
  c.conference.other_call_id = event.in.other_call_id;
  c.conference.route = event.route;
  c.conference.since = out.at;
  c.conference.command = event.in.command;
}};

inline constexpr Machine::Action forget{"forget", [](Context& c, const Event&, Out&) {
  c.conference = Conference{};
}};

inline constexpr Machine::Action noteCommand{"noteCommand", [](Context& c, const Event& event, Out&) {
  c.conference.command = event.in.command;
}};

inline void ask_softphone(Context& c, Out& out, bool on) {
  Effect& effect = out.effect(EffectType::SoftphoneMerge);
  effect.call_id = c.conference.call_id;
  effect.other_call_id = c.conference.other_call_id;
  effect.on = on;
}

inline void ask_backend(Context& c, Out& out, std::string_view action) {
  std::string body;
  JsonWriter(body).open('{').key("action").string(action).key("other_channel_id").string(out.view(c.other_channel_id)).close('}');
  const std::string key = "conference:" + std::string(out.view(c.channel_id)) + ":" +
                          std::to_string(static_cast<long long>(out.next_id)) + ":" +
                          std::to_string(static_cast<long long>(out.config.seed));
  c.conference.request = out.request(Request::CallConference, 0, c.channel_id, out.text(key), body);
}

inline constexpr Machine::Action askSoftphoneMerge{"askSoftphoneMerge", [](Context& c, const Event&, Out& out) { ask_softphone(c, out, true); }};
inline constexpr Machine::Action askSoftphoneSplit{"askSoftphoneSplit", [](Context& c, const Event&, Out& out) { ask_softphone(c, out, false); }};
inline constexpr Machine::Action askBackendMerge{"askBackendMerge", [](Context& c, const Event&, Out& out) { ask_backend(c, out, "merge"); }};
inline constexpr Machine::Action askBackendSplit{"askBackendSplit", [](Context& c, const Event&, Out& out) { ask_backend(c, out, "split"); }};

inline constexpr Machine::Action startTimer{"startTimer", [](Context&, const Event&, Out& out) {
  out.set_timer(TimerFor::Conference, 0, limits::kConferenceTimeout);
}};
inline constexpr Machine::Action stopTimer{"stopTimer", [](Context&, const Event&, Out& out) {
  out.clear_timer(TimerFor::Conference, 0);
}};

inline void tell(Context& c, Out& out, InnerType what) {
  Inner inner{what};
  inner.a = c.conference.call_id;
  inner.b = c.conference.other_call_id;
  out.post(inner);
}

inline constexpr Machine::Action tellJoined{"tellJoined", [](Context& c, const Event&, Out& out) {
  tell(c, out, InnerType::ConferenceJoined);
}};
inline constexpr Machine::Action tellParted{"tellParted", [](Context& c, const Event&, Out& out) {
  tell(c, out, InnerType::ConferenceParted);
}};

inline constexpr Machine::Action settleDone{"settleDone", [](Context& c, const Event&, Out& out) {
  out.settle(c.conference.command, Outcome::Done, Reason::Ok, c.conference.call_id);
}};
inline constexpr Machine::Action settleRefused{"settleRefused", [](Context& c, const Event& event, Out& out) {
  out.settle(c.conference.command, Outcome::Refused, event.why, c.conference.call_id);
  out.warn(Notice::ConferenceFailed, event.in.reason, c.conference.call_id);
}};
inline constexpr Machine::Action settleTimedOut{"settleTimedOut", [](Context& c, const Event&, Out& out) {
  const Reason why = c.conference.route == Route::Pbx ? Reason::BackendUnreachable : Reason::SoftphoneRefused;
  out.settle(c.conference.command, Outcome::TimedOut, why, c.conference.call_id);
  c.conference.request = 0;
  out.warn(Notice::ConferenceFailed, {}, c.conference.call_id);
}};
inline constexpr Machine::Action settleCallEnded{"settleCallEnded", [](Context& c, const Event&, Out& out) {
  out.settle(c.conference.command, Outcome::Refused, Reason::CallEnded, c.conference.call_id);
}};

inline void refuse(const Event& event, Out& out, Reason reason) {
  double command = event.in.command;
  out.settle(command, Outcome::Refused, reason, event.in.call_id);
}

inline constexpr Machine::Action refuseNotSupported{"refuseNotSupported", [](Context&, const Event& e, Out& out) {
  refuse(e, out, Reason::NotSupported);
}};
inline constexpr Machine::Action alreadySo{"alreadySo", [](Context&, const Event& event, Out& out) {
  double command = event.in.command;
  out.settle(command, Outcome::Done, Reason::Ok, event.in.call_id);
}};
inline constexpr Machine::Action refusePending{"refusePending", [](Context&, const Event& e, Out& out) {
  refuse(e, out, Reason::Pending);
}};
inline constexpr Machine::Action refuseNoConference{"refuseNoConference", [](Context&, const Event& e, Out& out) {
  refuse(e, out, Reason::NoConference);
}};

namespace rows {
using enum ConferenceState;
using enum On;
using fsm::same;
using S = fsm::StateSet<ConferenceState>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 21> conference_table{{
  // State                             Event              Guard              Next state   Actions
  { Idle,                              MergeRequested,    &noRoute,          same,        {&refuseNotSupported} },
  { Idle,                              MergeRequested,    &byPbx,            Merging,     {&begin, &askBackendMerge, &startTimer} },
  { Idle,                              MergeRequested,    always,            Merging,     {&begin, &askSoftphoneMerge, &startTimer} },
  { Merged,                            MergeRequested,    &areTheSame,       same,        {&alreadySo} },
  { S(Merging) | Merged | Splitting,   MergeRequested,    always,            same,        {&refusePending} },
  { Merging,                           Joined,            always,            Merged,      {&stopTimer, &settleDone, &tellJoined} },
  { Idle,                              Joined,            always,            Merged,      {&begin, &tellJoined} },
  { S(Merged) | Splitting,             Joined,            always,            same,        {} },
  { Merged,                            SplitRequested,    &isAtPbx,          Splitting,   {&noteCommand, &askBackendSplit, &startTimer} },
  { Merged,                            SplitRequested,    always,            Splitting,   {&noteCommand, &askSoftphoneSplit, &startTimer} },
  { Idle,                              SplitRequested,    always,            same,        {&refuseNoConference} },
  { S(Merging) | Splitting,            SplitRequested,    always,            same,        {&refusePending} },
  { Splitting,                         Parted,            always,            Idle,        {&stopTimer, &settleDone, &tellParted, &forget} },
  { Merged,                            Parted,            always,            Idle,        {&tellParted, &forget} },
  { S(Idle) | Merging,                 Parted,            always,            same,        {} },
  { Merging,                           Refused,           always,            Idle,        {&stopTimer, &settleRefused, &tellParted, &forget} },
  { Splitting,                         Refused,           always,            Merged,      {&stopTimer, &settleRefused} },
  { S(Idle) | Merged,                  Refused,           always,            same,        {} },
  { Merging,                           TimedOut,          always,            Idle,        {&settleTimedOut, &tellParted, &forget} },
  { Splitting,                         TimedOut,          always,            Merged,      {&settleTimedOut} },
  { S(Merging) | Merged | Splitting,   CallOver,          always,            Idle,        {&stopTimer, &settleCallEnded, &forget} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 21> Machine::table = rows::conference_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::conference
