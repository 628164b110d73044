// Guards, actions and table of the tabs machine. Read it beside docs/machines/tabs.md.
#pragma once

#include "engine/fsm/table_checks.h"
#include "engine/tabs/tabs.h"

namespace offhook::tabs {

/// The timer fired so late that this tab, not the leader, may have stood still: once, it is asked again before anything is taken.
inline constexpr Machine::Guard mayHaveSlept{"mayHaveSlept", [](const Context& c, const Event& event) {
  return event.late_ms > limits::kTabLate && c.tab.pings < 2;
}};

/// A call lives here, or something that the next leader could not read.
inline constexpr Machine::Guard wouldLose{"wouldLose", [](const Context&, const Event& event) { return event.why != Reason::Ok; }};

inline constexpr Machine::Action claimLock{"claimLock", [](Context& c, const Event&, Out& out) {
  c.tab.since = out.at;
  out.effect(EffectType::TabClaim).on = false;
}};

inline constexpr Machine::Action stealLock{"stealLock", [](Context&, const Event&, Out& out) { out.effect(EffectType::TabClaim).on = true; }};

inline constexpr Machine::Action startSilence{"startSilence", [](Context&, const Event&, Out& out) {
  out.set_timer(TimerFor::TabSilence, 0, limits::kTabSilence);
}};

inline constexpr Machine::Action stopSilence{"stopSilence", [](Context& c, const Event&, Out& out) {
  c.tab.pings = 0;
  out.clear_timer(TimerFor::TabSilence, 0);
}};

inline constexpr Machine::Action noteHeard{"noteHeard", [](Context& c, const Event& event, Out& out) {
  c.tab.leader = event.in.tab;
  c.tab.last_heard_at = out.at;
  c.tab.pings = 0;
}};

inline constexpr Machine::Action noteLeaving{"noteLeaving", [](Context& c, const Event&, Out& out) {
  c.tab.leader = {};
  c.tab.last_heard_at = out.at;
  c.tab.pings = 0;
}};

inline constexpr Machine::Action pingLeader{"pingLeader", [](Context& c, const Event&, Out& out) {
  ++c.tab.pings;
  out.effect(EffectType::TabPing);
}};

inline constexpr Machine::Action lead{"lead", [](Context& c, const Event&, Out& out) {
  c.tab.leader = out.config.tab;
  c.tab.since = out.at;
  out.post(InnerType::LeadershipGained);
}};

/// Another tab has the lock: nothing of this phone may be written or sent any more. The host starts afresh as a follower.
inline constexpr Machine::Action stepDown{"stepDown", [](Context& c, const Event&, Out& out) {
  c.tab.leader = {};
  c.tab.since = out.at;
  out.post(InnerType::LeadershipLost);
  out.effect(EffectType::TabDeposed);
}};

inline constexpr Machine::Action releaseLock{"releaseLock", [](Context& c, const Event&, Out& out) {
  c.tab.leader = {};
  c.tab.since = out.at;
  out.effect(EffectType::TabRelease);
}};

inline constexpr Machine::Action settleDone{"settleDone", [](Context&, const Event& event, Out& out) {
  double command = event.in.command;
  out.settle(command, Outcome::Done);
}};

inline constexpr Machine::Action refuse{"refuse", [](Context&, const Event& event, Out& out) {
  double command = event.in.command;
  out.settle(command, Outcome::Refused, event.why);
}};

namespace rows {
using enum TabState;
using enum On;
using fsm::same;
using S = fsm::StateSet<TabState>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 19> tabs_table{{
  // State                     Event        Guard          Next state  Actions
  { Alone,                     Claim,       always,        Follower,   {&claimLock, &startSilence} },
  { S(Follower) | Suspecting,  LockGranted, always,        Leader,     {&stopSilence, &lead} },
  { S(Follower) | Suspecting,  Heard,       always,        Follower,   {&noteHeard, &startSilence} },
  { S(Follower) | Suspecting,  Leaving,     always,        Follower,   {&noteLeaving, &startSilence} },
  { Follower,                  SilenceOver, always,        Suspecting, {&pingLeader, &startSilence} },
  { Suspecting,                SilenceOver, &mayHaveSlept, same,       {&pingLeader, &startSilence} },
  { Suspecting,                SilenceOver, always,        same,       {&stealLock, &startSilence} },
  { S(Follower) | Suspecting,  Woke,        always,        Suspecting, {&pingLeader, &startSilence} },
  { S(Alone) | Leader,         Woke,        always,        same,       {} },
  { Leader,                    TakeOver,    &wouldLose,    same,       {&refuse} },
  { Leader,                    TakeOver,    always,        Deposed,    {&settleDone, &stepDown} },
  { Alone,                     TakeOver,    always,        same,       {&settleDone} },
  { S(Follower) | Suspecting,  HandedOver,  always,        same,       {&noteLeaving, &stealLock, &startSilence} },
  { S(Alone) | Leader,         HandedOver,  always,        same,       {} },
  { Leader,                    LockLost,    always,        Deposed,    {&stepDown} },
  { S(Alone) | Leader,         Heard,       always,        same,       {} },
  { S(Alone) | Leader,         Leaving,     always,        same,       {} },
  { S(Follower) | Suspecting | Leader, Disposed, always,   Alone,      {&stopSilence, &releaseLock} },
  { Alone,                     Disposed,    always,        same,       {} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 19> Machine::table = rows::tabs_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::tabs
