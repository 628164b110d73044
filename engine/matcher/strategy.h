// The strategies: each is a row of five functions over plain facts, and a way to pick among the ranked. Nothing here knows an index: `order_key`
// takes no time, and `rank` is a number that does not change while an agent is free, so that the matcher may keep both sorted
// (docs/matcher.md has each formula and where in the field it comes from).
#pragma once

#include <iterator>

#include "engine/matcher/types.h"

namespace offhook::matcher {

struct CallFacts {
  Millis enqueued_at = 0;
  int priority = 0;
  bool has_agent = false;  ///< a sticky call whose agent may be waited for
};

/// What a call asks for at an instant: its own agent and nobody else, or what relaxation step `step` says (0: the settings' first).
struct Asks {
  bool own_agent = false;
  int step = 0;
};

struct MemberFacts {
  int position = 0;
  double calls = 0, talk_ms = 0;  ///< of this agent in all queues, lifts included
  double fit = 0;                 ///< distance of his skills from what is asked
};

/// What round robin remembers of a queue: behind whom the next turn begins.
struct Turn {
  double position = -1;
  double agent = -1;
};

enum class Happened : std::uint8_t { Offered, Answered, Missed };
enum class Pick : std::uint8_t { First, AfterTurn, Drawn, All };

struct Rules {
  Strategy strategy;
  Pick pick;
  Reason reason;
  bool levels;  ///< a newcomer begins at his queue's least loaded member
  double (*order_key)(const CallFacts&, const QueueSettings&);
  Asks (*requirement)(const CallFacts&, const QueueSettings&, Millis now);
  Millis (*next_change)(const CallFacts&, const QueueSettings&, Millis now);  ///< −1: never
  double (*rank)(const MemberFacts&);
  void (*on_event)(Turn&, Happened, const MemberFacts&, AgentId);
};

namespace rules {

/// Ageing is linear, so who is earlier now is earlier at any time: no time in it, and nothing to sort again.
inline double order_key(const CallFacts& call, const QueueSettings& queue) { return call.enqueued_at - call.priority * queue.ageing_ms; }

inline Asks by_step(const CallFacts& call, const QueueSettings& queue, Millis now) {
  int step = 0;
  for (const Step& one : queue.relaxation)
    if (call.enqueued_at + one.after_ms <= now) ++step;
  return {false, step};
}
inline Millis next_step(const CallFacts& call, const QueueSettings& queue, Millis now) {
  for (const Step& one : queue.relaxation)
    if (call.enqueued_at + one.after_ms > now) return call.enqueued_at + one.after_ms;
  return -1;
}
inline bool held(const CallFacts& call, const QueueSettings& queue, Millis now) { return call.has_agent && now < call.enqueued_at + queue.sticky_ms; }
inline Asks own_agent_first(const CallFacts& call, const QueueSettings& queue, Millis now) {
  return {held(call, queue, now), by_step(call, queue, now).step};
}
inline Millis end_of_window(const CallFacts& call, const QueueSettings& queue, Millis now) {
  return held(call, queue, now) ? call.enqueued_at + queue.sticky_ms : next_step(call, queue, now);
}

inline double nothing(const MemberFacts&) { return 0; }  // then free since, then the agent's handle
inline double fit(const MemberFacts& member) { return member.fit; }
inline double position(const MemberFacts& member) { return member.position; }
inline double calls(const MemberFacts& member) { return member.calls; }
inline double talk(const MemberFacts& member) { return member.talk_ms; }

inline void forget(Turn&, Happened, const MemberFacts&, AgentId) {}
inline void next_turn(Turn& turn, Happened what, const MemberFacts& member, AgentId agent) {
  if (what == Happened::Offered) turn = {static_cast<double>(member.position), static_cast<double>(agent)};
}

}  // namespace rules

inline constexpr Rules kRules[] = {
    // strategy             pick             reason               levels  order_key         requirement             next_change           rank             on_event
    {Strategy::LongestIdle, Pick::First,     Reason::LongestIdle, false, rules::order_key, rules::by_step,         rules::next_step,     rules::nothing,  rules::forget},
    {Strategy::Priority,    Pick::First,     Reason::LongestIdle, false, rules::order_key, rules::by_step,         rules::next_step,     rules::nothing,  rules::forget},
    {Strategy::Skills,      Pick::First,     Reason::BestFit,     false, rules::order_key, rules::by_step,         rules::next_step,     rules::fit,      rules::forget},
    {Strategy::RoundRobin,  Pick::AfterTurn, Reason::NextInTurn,  false, rules::order_key, rules::by_step,         rules::next_step,     rules::position, rules::next_turn},
    {Strategy::Sticky,      Pick::First,     Reason::LongestIdle, false, rules::order_key, rules::own_agent_first, rules::end_of_window, rules::nothing,  rules::forget},
    {Strategy::FewestCalls, Pick::First,     Reason::FewestCalls, true,  rules::order_key, rules::by_step,         rules::next_step,     rules::calls,    rules::forget},
    {Strategy::LeastTalk,   Pick::First,     Reason::LeastTalk,   true,  rules::order_key, rules::by_step,         rules::next_step,     rules::talk,     rules::forget},
    {Strategy::Random,      Pick::Drawn,     Reason::Drawn,       false, rules::order_key, rules::by_step,         rules::next_step,     rules::nothing,  rules::forget},
    {Strategy::RingAll,     Pick::All,       Reason::AllAtOnce,   false, rules::order_key, rules::by_step,         rules::next_step,     rules::nothing,  rules::forget},
    {Strategy::Linear,      Pick::First,     Reason::FirstInLine, false, rules::order_key, rules::by_step,         rules::next_step,     rules::position, rules::forget},
};
static_assert(std::size(kRules) == std::size(kStrategyNames));

constexpr const Rules& rules_of(Strategy strategy) { return kRules[static_cast<std::size_t>(strategy)]; }

}  // namespace offhook::matcher
