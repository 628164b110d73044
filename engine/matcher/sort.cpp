// Keeps every set in order: who is free in which queue, who waits in which class. An agent stands in one group of each of his queues, a call in its
// queue's order of places and besides in one class, or with its own agent.

#include <cassert>

#include "engine/matcher/world.h"

namespace offhook::matcher {

Member* World::member(AgentId agent, QueueId queue) {
  auto& list = agents[agent].queues;
  const auto found = std::lower_bound(list.begin(), list.end(), queue, [](const Member& one, QueueId id) { return one.queue < id; });
  return found != list.end() && found->queue == queue ? &*found : nullptr;
}
const Member* World::member(AgentId agent, QueueId queue) const { return const_cast<World*>(this)->member(agent, queue); }

// Agents ------------------------------------------------------------------------------------------------------------------------------------

MemberFacts World::facts(const Agent& agent, const Member& member, double fit) const {
  return {member.position, agent.calls + member.lift, agent.talk_ms + member.lift, fit};
}

double World::load(const Agent& agent, const Member& member, const Queue& queue) const { return rules(queue).rank(facts(agent, member, 0)); }

Key World::free_key(AgentId id, const Member& member, const Queue& queue) const {
  const Agent& agent = agents[id];
  const Rules& rules = this->rules(queue);
  // Turns go by position and handle alone; what fits depends on the call, and is the same for a whole group.
  const Millis since = rules.pick == Pick::AfterTurn ? 0 : agent.since;
  return {static_cast<double>(member.penalty), rules.rank(facts(agent, member, 0)), since, static_cast<double>(id)};
}

Group& World::group_of(Queue& queue, ProfileId profile) {
  if (!queue.grouped) {
    if (queue.groups.empty()) queue.groups.push_back({});
    return queue.groups.front();
  }
  const auto& items = profiles[profile];
  const auto less = [&](const Group& one, const std::vector<Level>& content) {
    const auto& own = profiles[one.profile];
    return std::lexicographical_compare(own.begin(), own.end(), content.begin(), content.end(), [](const Level& a, const Level& b) { return before(a, b); });
  };
  const auto found = std::lower_bound(queue.groups.begin(), queue.groups.end(), items, less);
  if (found != queue.groups.end() && found->profile == profile) return *found;
  profiles.take(profile);
  return *queue.groups.insert(found, {profile, 0});
}

void World::sort_in(AgentId id, Member& member) {
  Queue& queue = queues[member.queue];
  forest.insert(group_of(queue, agents[id].profile).free, free_key(id, member, queue), id, static_cast<std::uint32_t>(member.weight));
}

void World::sort_out(AgentId id, Member& member) {
  Queue& queue = queues[member.queue];
  forest.erase(group_of(queue, agents[id].profile).free, free_key(id, member, queue));
}

void World::sort(AgentId id) {
  Agent& agent = agents[id];
  if (agent.sorted || agent.why != Why::Ready) return;
  for (Member& member : agent.queues) sort_in(id, member);
  agent.sorted = true;
}

void World::unsort(AgentId id) {
  Agent& agent = agents[id];
  if (!agent.sorted) return;
  for (Member& member : agent.queues) sort_out(id, member);
  agent.sorted = false;
}

void World::make_fresh(AgentId id) {
  Agent& agent = agents[id];
  if (agent.why != Why::Ready || agent.fresh) return;
  agent.fresh = true;
  fresh.push_back(id);
}

void World::group(QueueId id) {
  Queue& queue = queues[id];
  if (queue.grouped) return;
  std::vector<AgentId> free;
  if (!queue.groups.empty()) {
    forest.for_each(queue.groups.front().free, [&](AgentId agent, const Key&) { return free.push_back(agent), true; });
    forest.clear(queue.groups.front().free);
    queue.groups.clear();
  }
  queue.grouped = true;
  for (const AgentId agent : free) sort_in(agent, *member(agent, id));
}

void World::enter(AgentId id, Member& member, bool newcomer) {
  Queue& queue = queues[member.queue];
  queue.present += 1;
  if (!rules(queue).levels) return;
  double mine = load(agents[id], member, queue);
  if (const Forest::At least = forest.first(queue.loads); newcomer && least && mine < forest.key(least).a) {
    member.lift += forest.key(least).a - mine;
    mine = load(agents[id], member, queue);
  }
  forest.insert(queue.loads, {mine, 0, 0, static_cast<double>(id)}, id);
}

void World::leave(AgentId id, Member& member) {
  Queue& queue = queues[member.queue];
  queue.present -= 1;
  if (rules(queue).levels) forest.erase(queue.loads, {load(agents[id], member, queue), 0, 0, static_cast<double>(id)});
}

void World::set_why(AgentId id, Why why, Millis since, Millis until) {
  Agent& agent = agents[id];
  unsort(id);
  const Why was = agent.why;
  agent.why = why;
  agent.until = until;
  agent.call = agent.call_queue = kNone;
  if (why == Why::Ready) agent.since = since;
  for (Member& member : agent.queues) {
    queues[member.queue].free += (why == Why::Ready) - (was == Why::Ready);
    if (is_absent(was) && !is_absent(why)) enter(id, member, agent.newcomer);
    if (!is_absent(was) && is_absent(why)) leave(id, member);
  }
  // Who only lost his registration has not been away from his work: he is not levelled when it comes back.
  if (why == Why::Offline) agent.newcomer = true;
  if (is_absent(why)) free_held(id);
  else agent.newcomer = false;
  make_fresh(id);
}

void World::free_held(AgentId id) {
  std::vector<CallId> held;
  forest.for_each(agents[id].held, [&](CallId call, const Key&) { return held.push_back(call), true; });
  for (const CallId call : held) {
    unsort_call(call);
    place(call);
  }
}

void World::load_out(AgentId id) {
  Agent& agent = agents[id];
  if (agent.sorted)
    for (Member& member : agent.queues)
      if (rules(queues[member.queue]).levels) sort_out(id, member);
  if (is_absent(agent.why)) return;
  for (Member& member : agent.queues)
    if (Queue& queue = queues[member.queue]; rules(queue).levels)
      forest.erase(queue.loads, {load(agent, member, queue), 0, 0, static_cast<double>(id)});
}

void World::load_in(AgentId id) {
  Agent& agent = agents[id];
  if (!is_absent(agent.why))
    for (Member& member : agent.queues)
      if (Queue& queue = queues[member.queue]; rules(queue).levels)
        forest.insert(queue.loads, {load(agent, member, queue), 0, 0, static_cast<double>(id)}, id);
  if (agent.sorted)
    for (Member& member : agent.queues)
      if (rules(queues[member.queue]).levels) sort_in(id, member);
}

void World::add_load(AgentId id, double calls_more, Millis talk_more) {
  change_load(id, [&] {
    agents[id].calls += calls_more;
    agents[id].talk_ms += talk_more;
  });
}

// Calls -------------------------------------------------------------------------------------------------------------------------------------

void World::touch(CallId id) {
  if (calls[id].dirty) return;
  calls[id].dirty = true;
  dirty.push_back(id);
}

void World::put(CallId id) {
  Call& call = calls[id];
  assert(call.place == Place::Out);
  call.key = rules(queues[call.queue]).order_key(call.facts(), queues[call.queue].settings);
  assert(!forest.has(queues[call.queue].all, call.sorted_by()));
  forest.insert(queues[call.queue].all, call.sorted_by(), id);
  call.place = Place::Unsorted;
  place(id);
}

void World::take_out(CallId id) {
  Call& call = calls[id];
  unsort_call(id);
  forest.erase(queues[call.queue].all, call.sorted_by());
  call.place = Place::Out;
}

void World::unsort_call(CallId id) {
  Call& call = calls[id];
  Queue& queue = queues[call.queue];
  if (call.place == Place::Held) {
    forest.erase(agents[call.sticky].held, {-static_cast<double>(queue.settings.weight), call.key, 0, call.seq});
  } else if (call.place == Place::Sorted) {
    const auto found = std::lower_bound(queue.classes.begin(), queue.classes.end(), call.requirement,
                                        [](const Class& one, RequirementId wanted) { return one.requirement < wanted; });
    forest.erase(found->calls, call.sorted_by());
    if (!found->calls) queue.classes.erase(found);
    requirements.drop(call.requirement);
    call.requirement = kNone;
  }
  call.place = Place::Unsorted;
  due.set(id, -1, call.seq);
}

/// A sticky call goes to its agent while he may be waited for; the others are sorted by the next step, which knows the time.
void World::place(CallId id) {
  Call& call = calls[id];
  const Queue& queue = queues[call.queue];
  touch(id);
  if (queue.settings.strategy != Strategy::Sticky || call.sticky == kNone) return;
  if (!known_agent(call.sticky) || !member(call.sticky, call.queue) || is_absent(agents[call.sticky].why)) {
    call.sticky = kNone;
    return;
  }
  forest.insert(agents[call.sticky].held, {-static_cast<double>(queue.settings.weight), call.key, 0, call.seq}, id);
  call.place = Place::Held;
  due.set(id, std::max(0.0, call.enqueued_at + queue.settings.sticky_ms), call.seq);
}

/// Takes one use of the requirement.
RequirementId World::requirement_of(const Call& call, int step) {
  const Queue& queue = queues[call.queue];
  const RequirementId settings = queue.steps[static_cast<std::size_t>(step)];
  if (call.own != kNone) return requirements.take(joined(requirements[settings], requirements[call.own], step));
  requirements.take(settings);
  return settings;
}

void World::sort_call(CallId id, Millis now) {
  Call& call = calls[id];
  Queue& queue = queues[call.queue];
  std::erase_if(call.excluded, [&](const Exclusion& one) { return one.until <= now; });
  const Asks asks = rules(queue).requirement(call.facts(), queue.settings, now);
  assert(!asks.own_agent);  // such a call is with its agent
  call.step = static_cast<std::uint8_t>(asks.step);
  call.requirement = requirement_of(call, asks.step);
  if (!requirements[call.requirement].empty()) group(call.queue);
  auto found = std::lower_bound(queue.classes.begin(), queue.classes.end(), call.requirement,
                                [](const Class& one, RequirementId wanted) { return one.requirement < wanted; });
  if (found == queue.classes.end() || found->requirement != call.requirement) found = queue.classes.insert(found, {call.requirement, 0});
  forest.insert(found->calls, call.sorted_by(), id);
  call.place = Place::Sorted;
  Millis next = rules(queue).next_change(call.facts(), queue.settings, now);
  for (const Exclusion& one : call.excluded)
    if (next < 0 || one.until < next) next = one.until;
  due.set(id, next, call.seq);
}

}  // namespace offhook::matcher
