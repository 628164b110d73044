// Who gets whom. The matcher knows waiting calls, queues and agents; after each batch of events `step(now)` gives all decisions that have become
// possible, each of them a reservation that has already happened. It has no clock, no JSON and no telephony; who rings, for how long, and what becomes
// of an answer is its owner's.
//
// What it promises: no waiting call is left beside an agent who is free for it · a reserved agent is offered to nobody else · calls of one requirement
// and priority go in the order in which they were first queued · the same events give the same decisions. How it decides: docs/matcher.md.
#pragma once

#include <memory>
#include <vector>

#include "engine/matcher/types.h"

namespace offhook::matcher {

struct World;

class Matcher {
 public:
  explicit Matcher(double seed = 0);
  ~Matcher();
  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;

  // Settings ------------------------------------------------------------------------------------------------------------------------------
  /// Adds a queue or changes it; its waiting calls follow at the next step. Unknown queues in memberships are refused, so queues come first.
  Refusal set_queue(QueueId, const QueueSettings&);
  /// Refused (QueueInUse) while it has calls; memberships in it are gone with it.
  Refusal remove_queue(QueueId);
  /// Adds an agent, absent at first, or changes his skills and queues; what he is doing stays.
  Refusal set_agent(AgentId, const AgentSettings&);
  /// Refused (AgentInUse) while he is reserved.
  Refusal remove_agent(AgentId);
  /// The link to the PBX: without it nothing is decided, and all else goes on.
  void set_live(bool live);

  // Agents --------------------------------------------------------------------------------------------------------------------------------
  /// He can be offered a call, and could since `since` (what "longest idle" counts from: before a missed offer as well as after it).
  Refusal agent_free(AgentId, Millis since);
  /// He cannot. `until`: when that is expected to end, for explanations only (0: not known); the owner says `agent_free` then.
  /// Ends a reservation as well: what becomes of the call is told apart (`requeue`, `remove`).
  Refusal agent_away(AgentId, Why why, Millis until = 0);
  /// For fewest_calls and least_talk, whichever queue the call was of: one call answered; so much talked.
  Refusal answered(AgentId);
  Refusal talked(AgentId, Millis talk_ms);
  /// A new day: fewest_calls and least_talk begin anew.
  void forget_loads();

  // Calls ---------------------------------------------------------------------------------------------------------------------------------
  /// `call` is the handle from now until `remove`; it may then be given to another. On a refusal nothing happened.
  Refusal enqueue(const NewCall&, CallId& call);
  /// The call was answered, abandoned, overflowed: it is over for the matcher, waiting or ringing.
  Refusal remove(CallId);
  /// Nobody took the offer: it waits again, with its first place. First say `missed` and `agent_away` for who was rung.
  Refusal requeue(CallId);
  Refusal reprioritise(CallId, int priority);
  /// Into another queue; it keeps `enqueued_at`. Only while it waits (NotWaiting). Full or closed queues refuse, unless `forced`.
  Refusal move(CallId, QueueId, bool forced = false);
  /// He is not offered this call again before somebody else was, or before `until`. The agent of a sticky call: it is no longer his.
  Refusal missed(CallId, AgentId, Millis until);

  // Deciding ------------------------------------------------------------------------------------------------------------------------------
  /// Appends all decisions that are due at `now`, in the order in which they were taken. `now` never goes back.
  void step(Millis now, std::vector<Decision>& out);
  /// When `step` is next due though nothing happens: relaxation, the end of a sticky window or of an exclusion. −1: never.
  Millis due() const;

  // Asked ---------------------------------------------------------------------------------------------------------------------------------
  std::uint32_t waiting(QueueId) const;
  /// Agents of the queue who are not absent; and those who are free.
  std::uint32_t present(QueueId) const;
  std::uint32_t free(QueueId) const;
  /// 1-based place among the queue's waiting calls; 0 when it does not wait.
  std::uint32_t position(CallId) const;
  /// The first of the queue, or kNone; and all of them in order, or the first `most`.
  CallId first(QueueId) const;
  void in_order(QueueId, std::vector<CallId>& out, std::size_t most = limits::kWaiting) const;
  /// Unique for ever, rising with first enqueueing: by it a decision is found after the call is over.
  double seq(CallId) const;
  Why why(AgentId) const;

  /// Why it waits or who was chosen; reads all members of the queue, so on demand only. False: no such call.
  bool explain(CallId, Millis now, Explanation&) const;
  /// The last decision for the call of that `seq`, while it is among the last 1,000.
  bool explain_decision(double seq, Explanation&) const;

  /// What strategies remember; to be restored after all settings and before any call or agent's event.
  State state() const;
  void restore(const State&);
  /// Bytes held, for the benchmark and tests.
  std::size_t bytes() const;

 private:
  std::unique_ptr<World> world_;
};

}  // namespace offhook::matcher
