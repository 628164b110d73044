// What the matcher holds: queues, agents and calls by handle, and the sets in which they are sorted. Private to this room.
#pragma once

#include <vector>

#include "engine/matcher/due_heap.h"
#include "engine/matcher/ranked_tree.h"
#include "engine/matcher/skills.h"
#include "engine/matcher/strategy.h"

namespace offhook::matcher {

/// Waiting calls of a queue that ask for the same, by (order_key, seq).
struct Class {
  RequirementId requirement = kNone;
  Forest::Tree calls = 0;
};

/// Free agents of a queue with the same skills, by (penalty, rank, free since, handle). A queue that never asked for a skill has one group, kNone.
struct Group {
  ProfileId profile = kNone;
  Forest::Tree free = 0;
};

struct Queue {
  bool used = false;
  bool grouped = false;  ///< it has asked for skills: its free agents are kept by profile
  QueueSettings settings;
  std::vector<RequirementId> steps;  ///< [0]: what is asked at first; [n]: relaxation step n
  Forest::Tree all = 0;              ///< every waiting call, by (order_key, seq): places
  Forest::Tree loads = 0;            ///< where loads are levelled: members who are present, by load
  std::vector<Class> classes;        ///< by requirement; none is empty
  std::vector<Group> groups;         ///< by the profiles' content, so that an order of numbers taken is nobody's business
  std::vector<AgentId> members;
  std::uint32_t calls = 0, present = 0, free = 0;
  Turn turn;
};

/// A membership; `slot` is his place in the queue's members.
struct Member {
  QueueId queue = 0;
  int penalty = 0, position = 0, weight = 1;
  std::uint32_t slot = 0;
  double lift = 0;  ///< added to his load in this queue: he came when the others had theirs already
};

struct Agent {
  bool used = false;
  bool sorted = false;  ///< in the groups of his queues
  bool fresh = false;   ///< became free since the last step
  Why why = Why::Offline;
  Millis since = 0, until = 0;
  CallId call = kNone;        ///< reserved for it
  QueueId call_queue = kNone; ///< and of which queue, since when: for explanations
  Millis reserved_at = 0;
  ProfileId profile = kNone;
  std::vector<Member> queues; ///< by queue
  double calls = 0, talk_ms = 0;
  bool newcomer = true;       ///< has been offline: when he comes, he begins at his queues' least loaded
  Forest::Tree held = 0;      ///< waiting calls that are his only, by (−weight, order_key, 0, seq)
};

struct Exclusion {
  AgentId agent = kNone;
  Millis until = 0;
};

enum class Place : std::uint8_t { Out, Unsorted, Held, Sorted };

struct Call {
  bool used = false;
  bool dirty = false;  ///< may have found an agent since the last step
  Place place = Place::Out;
  std::uint8_t step = 0;
  QueueId queue = kNone;
  RequirementId requirement = kNone;  ///< while Sorted
  RequirementId own = kNone;          ///< what the call itself asks for
  AgentId wished = kNone;              ///< whose it was to be
  AgentId sticky = kNone;              ///< the same, while he may still be waited for
  AgentId agent = kNone;
  int priority = 0;
  Millis enqueued_at = 0;
  double key = 0, seq = 0;
  std::vector<Exclusion> excluded;

  bool waiting() const { return place != Place::Out; }
  Key sorted_by() const { return {0, key, 0, seq}; }
  CallFacts facts() const { return {enqueued_at, priority, sticky != kNone}; }
  bool excludes(AgentId agent) const {
    for (const Exclusion& one : excluded)
      if (one.agent == agent) return true;
    return false;
  }
};

struct Kept {  ///< a decision's explanation
  double seq = 0;
  CallId call = kNone;
  QueueId queue = kNone;
  Millis at = 0;
  Strategy strategy = Strategy::LongestIdle;
  double key = 0;
  int step = 0;
  std::uint32_t position = 0, candidates = 0, excluded = 0, named = 0;
  AgentId agent = kNone;
  Reason reason = Reason::LongestIdle;
  Candidate best[limits::kCandidatesKept];
};

/// A candidate while one is chosen.
struct Ranked {
  Key key;
  AgentId agent = kNone;
};

/// settings.cpp
Refusal check_needs(std::vector<Need>&);

struct World {
  bool live = true;
  std::uint64_t random = 0;
  double next_seq = 1;
  std::uint32_t queue_count = 0, agent_count = 0, call_count = 0;
  std::vector<Queue> queues;
  std::vector<Agent> agents;
  std::vector<Call> calls;
  std::vector<CallId> free_calls;
  Forest forest;
  DueHeap due;
  Interned<Need> requirements;
  Interned<Level> profiles;
  std::vector<AgentId> fresh;
  std::vector<CallId> dirty;
  std::vector<Kept> kept;  ///< a ring of limits::kDecisions
  std::size_t kept_next = 0;
  std::vector<Ranked> heads, ranked;  ///< room for choosing, kept between steps

  bool known_queue(QueueId id) const { return id < queues.size() && queues[id].used; }
  bool known_agent(AgentId id) const { return id < agents.size() && agents[id].used; }
  bool known_call(CallId id) const { return id < calls.size() && calls[id].used; }
  const Rules& rules(const Queue& queue) const { return rules_of(queue.settings.strategy); }
  Member* member(AgentId, QueueId);
  const Member* member(AgentId, QueueId) const;

  // sort.cpp: agents
  double load(const Agent&, const Member&, const Queue&) const;
  MemberFacts facts(const Agent&, const Member&, double fit) const;
  Key free_key(AgentId, const Member&, const Queue&) const;
  Group& group_of(Queue&, ProfileId);
  void sort_in(AgentId, Member&);
  void sort_out(AgentId, Member&);
  void sort(AgentId);
  void unsort(AgentId);
  void make_fresh(AgentId);
  void group(QueueId);  ///< from now on by profile
  void enter(AgentId, Member&, bool newcomer);
  void leave(AgentId, Member&);
  void set_why(AgentId, Why, Millis since, Millis until);
  void free_held(AgentId);  ///< calls that are his only look again for whose they are
  void join(AgentId, const Member&, bool newcomer);
  void quit(AgentId, QueueId);
  void add_load(AgentId, double calls, Millis talk_ms);
  /// Runs `change`, which may write his load and lifts, while he stands in no set that is sorted by them.
  template <class Change>
  void change_load(AgentId id, Change&& change) {
    load_out(id);
    change();
    load_in(id);
  }
  void load_out(AgentId);
  void load_in(AgentId);

  // sort.cpp: calls
  /// Runs `change`, which may write what its place depends on, and gives it its new place.
  template <class Change>
  void change_call(CallId id, Change&& change) {
    const bool waits = calls[id].waiting();
    if (waits) take_out(id);
    change();
    if (waits) put(id);
  }
  void put(CallId);            ///< it waits from now on
  void take_out(CallId);       ///< and no longer
  void unsort_call(CallId);    ///< as take_out, but it keeps its place in the queue
  void place(CallId);
  void sort_call(CallId, Millis now);
  RequirementId requirement_of(const Call&, int step);
  void touch(CallId);

  // step.cpp
  void wake(Millis now);
  void decide(Millis now, std::vector<Decision>&);
  bool meets(const Call&, const Agent&) const;
  CallId best_call(AgentId) const;
  void gather(const Queue&, const Group&, const Key& head, std::size_t wanted);
  void rank(const Call&, const Queue&, Kept&);
  void draw_one(const Call&, const Queue&);
  bool find(CallId, AgentId only, Millis now, Decision&);
  void reserve(CallId, Millis now, Kept&, Decision&);
  std::uint64_t draw(std::uint64_t below);
};

}  // namespace offhook::matcher
