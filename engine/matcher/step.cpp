// One step: what time has changed, then calls in their order, each to its best agent. A call without an agent stays without until something is heard
// that may help it, so only calls that were touched and agents who became free are looked at.

#include <algorithm>
#include <cassert>

#include "engine/matcher/world.h"

namespace offhook::matcher {

namespace {

/// A call that may go next; `from`: whose best call it was, kNone for one that was touched.
struct Next {
  double weight = 0, key = 0, seq = 0;
  CallId call = kNone;
  AgentId from = kNone;
  bool operator<(const Next& o) const {  // of a heap, whose top is the largest: heavier, then earlier
    if (weight != o.weight) return weight < o.weight;
    if (key != o.key) return key > o.key;
    return seq > o.seq;
  }
};

constexpr double kWrapped = limits::kNumberMost + 1.0;  ///< behind every position: the turn begins again

}  // namespace

std::uint64_t World::draw(std::uint64_t below) {  // splitmix64: the whole state is one number
  random += 0x9e3779b97f4a7c15;
  std::uint64_t z = random;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return (z ^ (z >> 31)) % below;
}

void World::wake(Millis now) {
  while (!due.empty() && due.first_at() <= now) {
    const CallId id = due.first();
    if (calls[id].place == Place::Held) {
      unsort_call(id);
      calls[id].sticky = kNone;
    } else {
      unsort_call(id);
    }
    touch(id);
  }
}

bool World::meets(const Call& call, const Agent& agent) const {
  const auto& needs = requirements[call.requirement];
  return needs.empty() || !missing(needs, profiles[agent.profile]);
}

CallId World::best_call(AgentId id) const {
  const Agent& agent = agents[id];
  Next best;
  CallId found = kNone;
  const auto consider = [&](CallId call) {
    const Next next{static_cast<double>(queues[calls[call].queue].settings.weight), calls[call].key, calls[call].seq, call, id};
    if (found != kNone && !(best < next)) return;
    best = next;
    found = call;
  };
  if (agent.held) consider(forest.value(forest.first(agent.held)));
  for (const Member& member : agent.queues) {
    const Queue& queue = queues[member.queue];
    if (!queue.all || (found != kNone && queue.settings.weight < best.weight)) continue;
    const CallId head = forest.value(forest.first(queue.all));
    if (calls[head].place == Place::Sorted && meets(calls[head], agent) && !calls[head].excludes(id)) {
      consider(head);
      continue;
    }
    for (const Class& one : queue.classes) {
      Forest::At at = forest.first(one.calls);
      if (!meets(calls[forest.value(at)], agent)) continue;
      while (at && calls[forest.value(at)].excludes(id)) at = forest.after(one.calls, forest.key(at));
      if (at) consider(forest.value(at));
    }
  }
  return found;
}

/// Of one group, the first `wanted` in their order; with `turn`, those of the lowest penalty from the turn on, and round the end.
void World::gather(const Queue& queue, const Group& group, const Key& head, std::size_t wanted) {
  const Rules& rules = this->rules(queue);
  if (rules.pick != Pick::AfterTurn) {
    Forest::At at = forest.first(group.free);
    for (std::size_t n = 0; at && n < wanted; ++n, at = forest.after(group.free, forest.key(at))) {
      ranked.push_back({forest.key(at), forest.value(at)});
      if (rules.strategy == Strategy::Skills) ranked.back().key.b = head.b;
    }
    return;
  }
  const Key from{head.a, queue.turn.position, 0, queue.turn.agent};
  std::size_t n = 0;
  for (Forest::At at = forest.after(group.free, from); at && forest.key(at).a == head.a && n < wanted; ++n, at = forest.after(group.free, forest.key(at)))
    ranked.push_back({forest.key(at), forest.value(at)});
  for (Forest::At at = forest.first(group.free); at && !(from < forest.key(at)) && n < wanted; ++n, at = forest.after(group.free, forest.key(at))) {
    ranked.push_back({forest.key(at), forest.value(at)});
    ranked.back().key.b += kWrapped;
  }
}

/// Fills `ranked` with the best candidates, as many as may be rung or named; `kept.candidates` counts them all.
void World::rank(const Call& call, const Queue& queue, Kept& kept) {
  const Rules& rules = this->rules(queue);
  const auto& needs = requirements[call.requirement];
  const auto first = [](const Ranked& a, const Ranked& b) { return a.key < b.key; };
  const auto best = [&](std::vector<Ranked>& list, std::size_t most) {
    most = std::min(most, list.size());
    std::partial_sort(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(most), list.end(), first);
    list.resize(most);
  };
  heads.clear();  // `agent` of these is the group
  ranked.clear();
  double penalty = 0;
  for (std::uint32_t i = 0; i < queue.groups.size(); ++i) {
    const Group& group = queue.groups[i];
    if (!group.free || (!needs.empty() && missing(needs, profiles[group.profile]))) continue;
    kept.candidates += forest.size(group.free);
    Key key = forest.key(forest.first(group.free));
    if (rules.strategy == Strategy::Skills && !needs.empty()) key.b = rules.rank({0, 0, 0, fit_of(needs, profiles[group.profile])});
    if (heads.empty() || key.a < penalty) penalty = key.a;
    heads.push_back({key, i});
  }
  if (rules.pick == Pick::AfterTurn) {
    std::erase_if(heads, [&](const Ranked& head) { return head.key.a != penalty; });
    for (Ranked& head : heads) {
      gather(queue, queue.groups[head.agent], head.key, 1);
      head.key = ranked.back().key;
    }
    ranked.clear();
  }
  // The best few of all are among the best few of the groups with the best heads.
  const std::size_t wanted = rules.pick == Pick::All ? limits::kFanOut : limits::kCandidatesKept;
  best(heads, wanted);
  for (const Ranked& head : heads) gather(queue, queue.groups[head.agent], head.key, wanted);
  best(ranked, wanted);
}

/// Draws one of the lowest penalty by weight and puts him first.
void World::draw_one(const Call& call, const Queue& queue) {
  const auto& needs = requirements[call.requirement];
  const double penalty = ranked.front().key.a;
  const Key end{penalty + 0.5, 0, 0, 0};
  std::uint64_t total = 0;
  std::uint32_t count = 0;
  for (const bool drawing : {false, true}) {
    if (drawing && count == 1) return;
    std::uint64_t point = drawing ? draw(total) : 0;
    for (const Group& group : queue.groups) {
      if (!group.free || (!needs.empty() && missing(needs, profiles[group.profile]))) continue;
      const std::uint64_t sum = forest.sum_before(group.free, end);
      if (drawing && point < sum) {
        const Forest::At at = forest.at_weight(group.free, point);
        const Ranked drawn{forest.key(at), forest.value(at)};
        const auto same = std::find_if(ranked.begin(), ranked.end(), [&](const Ranked& one) { return one.agent == drawn.agent; });
        if (same != ranked.end()) ranked.erase(same);
        else if (ranked.size() == limits::kCandidatesKept) ranked.pop_back();
        ranked.insert(ranked.begin(), drawn);
        return;
      }
      if (drawing) point -= sum;
      total += drawing ? 0 : sum;
      count += drawing ? 0 : forest.count_before(group.free, end);
    }
  }
}

/// Gives the call to its best free agent, if there is one. `only`: the one free agent for it, who stands in no group yet.
bool World::find(CallId id, AgentId only, Millis now, Decision& decision) {
  Call& call = calls[id];
  Queue& queue = queues[call.queue];
  Kept kept;
  kept.reason = rules(queue).reason;
  if (call.place == Place::Held) {
    if (agents[call.sticky].why != Why::Ready) return false;
    kept.reason = Reason::StickyAgent;
    kept.candidates = 1;
    ranked.assign(1, {free_key(call.sticky, *member(call.sticky, call.queue), queue), call.sticky});
  } else if (only != kNone) {
    kept.candidates = 1;
    ranked.assign(1, {free_key(only, *member(only, call.queue), queue), only});
    if (rules(queue).strategy == Strategy::Skills) ranked.front().key.b = fit_of(requirements[call.requirement], profiles[agents[only].profile]);
  } else {
    if (queue.free == 0) return false;
    const auto hidden = [&](auto&& each) {
      for (const Exclusion& one : call.excluded)
        if (known_agent(one.agent) && agents[one.agent].sorted)
          if (Member* his = member(one.agent, call.queue)) each(one.agent, *his);
    };
    hidden([&](AgentId agent, Member& his) { sort_out(agent, his); });
    rank(call, queue, kept);
    if (!ranked.empty() && rules(queue).pick == Pick::Drawn) draw_one(call, queue);
    hidden([&](AgentId agent, Member& his) { sort_in(agent, his); });
    if (ranked.empty()) return false;
  }
  if (kept.candidates == 1 && kept.reason != Reason::StickyAgent) kept.reason = Reason::OnlyOne;
  reserve(id, now, kept, decision);
  return true;
}

/// Call and agents are each other's from here on.
void World::reserve(CallId id, Millis now, Kept& kept, Decision& decision) {
  Call& call = calls[id];
  Queue& queue = queues[call.queue];
  const Rules& rules = this->rules(queue);
  const std::uint32_t ahead = forest.count_before(queue.all, call.sorted_by());
  kept.seq = call.seq;
  kept.call = id;
  kept.queue = call.queue;
  kept.at = now;
  kept.strategy = rules.strategy;
  kept.key = call.key;
  kept.step = call.step;
  kept.position = ahead + 1;
  kept.agent = ranked.front().agent;
  kept.excluded = static_cast<std::uint32_t>(queue.members.size()) - kept.candidates;
  std::size_t rung = 1;
  if (rules.pick == Pick::All && call.place == Place::Sorted)
    while (rung < ranked.size() && ranked[rung].key.a == ranked.front().key.a) ++rung;
  for (std::size_t i = 0; i < std::min(ranked.size(), limits::kCandidatesKept); ++i) {
    const Ranked& one = ranked[i];
    const double number = rules.pick == Pick::Drawn ? member(one.agent, call.queue)->weight : one.key.b;
    kept.best[kept.named++] = {one.agent, static_cast<int>(i + 1), {one.key.a, number, agents[one.agent].since}, i < rung};
  }
  decision.call = id;
  decision.queue = call.queue;
  decision.agent = kept.agent;
  decision.reason = kept.reason;
  decision.others.clear();
  for (std::size_t i = 1; i < rung; ++i) decision.others.push_back(ranked[i].agent);
  rules.on_event(queue.turn, Happened::Offered, facts(agents[kept.agent], *member(kept.agent, call.queue), 0), kept.agent);
  take_out(id);
  call.excluded.clear();
  call.agent = kept.agent;
  for (std::size_t i = 0; i < rung; ++i) {
    set_why(ranked[i].agent, Why::Ringing, 0, 0);
    Agent& agent = agents[ranked[i].agent];
    agent.call = id;
    agent.call_queue = call.queue;
    agent.reserved_at = now;
  }
  if (this->kept.size() < limits::kDecisions) this->kept.push_back(kept);
  else this->kept[kept_next] = kept;
  kept_next = (kept_next + 1) % limits::kDecisions;
}

void World::decide(Millis now, std::vector<Decision>& out) {
  std::erase_if(dirty, [&](CallId id) {
    Call& call = calls[id];
    if (!call.dirty) return true;
    call.dirty = false;
    return !call.used || !call.waiting() || queues[call.queue].free == 0;
  });
  std::erase_if(fresh, [&](AgentId id) {
    Agent& agent = agents[id];
    if (!agent.fresh) return true;
    agent.fresh = false;
    return !agent.used || agent.why != Why::Ready || agent.sorted;
  });
  Decision decision;
  // The common case, an agent who comes back: nobody else is free for what waits, so his best call is his, and no set need be told.
  if (fresh.size() == 1 && dirty.empty()) {
    const AgentId agent = fresh.front();
    fresh.clear();
    const CallId call = best_call(agent);
    if (call == kNone) return sort(agent);
    if (find(call, agent, now, decision)) out.push_back(decision);
    return;
  }
  std::vector<Next> heap;
  const auto push = [&](CallId id, AgentId from) {
    const Call& call = calls[id];
    heap.push_back({static_cast<double>(queues[call.queue].settings.weight), call.key, call.seq, id, from});
  };
  for (const AgentId agent : fresh) sort(agent);
  for (const CallId call : dirty) push(call, kNone);
  for (const AgentId agent : fresh)
    if (const CallId call = best_call(agent); call != kNone) push(call, agent);
  fresh.clear();
  dirty.clear();
  std::make_heap(heap.begin(), heap.end());
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end());
    const Next next = heap.back();
    heap.pop_back();
    if (calls[next.call].waiting() && find(next.call, kNone, now, decision)) out.push_back(decision);
    if (next.from == kNone || agents[next.from].why != Why::Ready) continue;
    if (const CallId call = best_call(next.from); call != kNone) {
      push(call, next.from);
      std::push_heap(heap.begin(), heap.end());
    }
  }
}

}  // namespace offhook::matcher
