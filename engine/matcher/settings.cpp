// Queues and agents as administrators set them: checked whole before anything changes, and while calls wait and agents are free.

#include <cstdlib>

#include "engine/matcher/matcher.h"
#include "engine/matcher/world.h"

namespace offhook::matcher {

namespace {

bool span_ok(Millis span) { return span >= 0 && span <= limits::kSpanMost; }
bool number_ok(int number, int least = 0) { return number >= least && number <= limits::kNumberMost; }

template <class Record>
Record& at(std::vector<Record>& list, std::uint32_t id) {
  if (id >= list.size()) list.resize(id + 1);
  return list[id];
}

}  // namespace

/// Sorts by skill; a skill asked for twice is a mistake of whoever asks.
Refusal check_needs(std::vector<Need>& needs) {
  if (needs.size() > limits::kNeeds) return Refusal::TooManyNeeds;
  std::sort(needs.begin(), needs.end(), [](const Need& a, const Need& b) { return before(a, b); });
  for (std::size_t i = 0; i < needs.size(); ++i) {
    const Need& need = needs[i];
    if (need.skill >= limits::kSkills) return Refusal::TooManySkills;
    if (need.min < 0 || need.min > limits::kLevelMost || !number_ok(need.weight)) return Refusal::BadNumber;
    if (i > 0 && needs[i - 1].skill == need.skill) return Refusal::BadNumber;
  }
  return Refusal::None;
}

Refusal Matcher::set_queue(QueueId id, const QueueSettings& asked) {
  World& world = *world_;
  if (id >= limits::kQueues) return Refusal::TooManyQueues;
  if (world.known_queue(id) && world.queues[id].settings == asked) return Refusal::None;
  QueueSettings settings = asked;
  if (static_cast<std::size_t>(settings.strategy) >= std::size(kRules) || std::abs(settings.weight) > limits::kNumberMost) return Refusal::BadNumber;
  if (!span_ok(settings.ageing_ms) || !span_ok(settings.sticky_ms)) return Refusal::BadNumber;
  if (settings.relaxation.size() > limits::kSteps) return Refusal::TooManyNeeds;
  if (const Refusal refused = check_needs(settings.needs); refused != Refusal::None) return refused;
  Millis last = 0;
  for (Step& step : settings.relaxation) {
    if (!span_ok(step.after_ms) || step.after_ms < last) return Refusal::BadNumber;
    last = step.after_ms;
    if (const Refusal refused = check_needs(step.needs); refused != Refusal::None) return refused;
  }

  Queue& queue = at(world.queues, id);
  std::vector<CallId> calls;
  world.forest.for_each(queue.all, [&](CallId call, const Key&) { return calls.push_back(call), true; });
  for (const CallId call : calls) world.take_out(call);
  const bool ranks_change = queue.used && queue.settings.strategy != settings.strategy;
  if (ranks_change)
    for (const AgentId agent : queue.members) {
      if (world.agents[agent].sorted) world.sort_out(agent, *world.member(agent, id));
      if (!is_absent(world.agents[agent].why)) world.leave(agent, *world.member(agent, id));
    }
  for (const RequirementId step : queue.steps) world.requirements.drop(step);
  queue.steps.assign(1, world.requirements.take(settings.needs));
  for (const Step& step : settings.relaxation) queue.steps.push_back(world.requirements.take(step.needs));
  queue.settings = settings;
  world.queue_count += queue.used ? 0 : 1;
  queue.used = true;
  // Who holds which part of the line that is drawn on must not depend on which calls have been there: by profile from the start.
  if (settings.strategy == Strategy::Random) world.group(id);
  if (ranks_change)
    for (const AgentId agent : queue.members) {
      world.member(agent, id)->lift = 0;
      if (!is_absent(world.agents[agent].why)) world.enter(agent, *world.member(agent, id), false);
      if (world.agents[agent].sorted) world.sort_in(agent, *world.member(agent, id));
    }
  for (const CallId call : calls) world.put(call);
  return Refusal::None;
}

Refusal Matcher::remove_queue(QueueId id) {
  World& world = *world_;
  if (!world.known_queue(id)) return Refusal::UnknownQueue;
  if (world.queues[id].calls > 0) return Refusal::QueueInUse;
  const std::vector<AgentId> members = world.queues[id].members;
  for (const AgentId agent : members) world.quit(agent, id);
  for (const RequirementId step : world.queues[id].steps) world.requirements.drop(step);
  for (const Group& group : world.queues[id].groups) world.profiles.drop(group.profile);
  world.queues[id] = {};
  world.queue_count -= 1;
  return Refusal::None;
}

/// Into a queue, present and free as he is.
void World::join(AgentId id, const Member& asked, bool newcomer) {
  Agent& agent = agents[id];
  Queue& queue = queues[asked.queue];
  const auto place = std::lower_bound(agent.queues.begin(), agent.queues.end(), asked.queue, [](const Member& one, QueueId q) { return one.queue < q; });
  Member& member = *agent.queues.insert(place, asked);
  member.slot = static_cast<std::uint32_t>(queue.members.size());
  queue.members.push_back(id);
  if (!is_absent(agent.why)) enter(id, member, newcomer);
  queue.free += agent.why == Why::Ready;
  if (agent.sorted) sort_in(id, member);
}

void World::quit(AgentId id, QueueId from) {
  Agent& agent = agents[id];
  Queue& queue = queues[from];
  Member& member = *this->member(id, from);
  if (agent.sorted) sort_out(id, member);
  if (!is_absent(agent.why)) leave(id, member);
  queue.free -= agent.why == Why::Ready;
  const AgentId last = queue.members.back();
  queue.members[member.slot] = last;
  this->member(last, from)->slot = member.slot;
  queue.members.pop_back();
  agent.queues.erase(agent.queues.begin() + (&member - agent.queues.data()));
  const auto empty = std::find_if(queue.groups.begin(), queue.groups.end(), [&](const Group& one) { return one.profile == agent.profile; });
  if (queue.grouped && empty != queue.groups.end() && !empty->free) {
    queue.groups.erase(empty);
    profiles.drop(agent.profile);
  }
}

Refusal Matcher::set_agent(AgentId id, const AgentSettings& asked) {
  World& world = *world_;
  if (id >= limits::kAgents) return Refusal::TooManyAgents;
  if (asked.skills.size() > limits::kSkillsOfAgent || asked.queues.size() > limits::kQueuesOfAgent) return Refusal::TooManySkills;
  std::vector<Level> skills = asked.skills;
  std::sort(skills.begin(), skills.end(), [](const Level& a, const Level& b) { return before(a, b); });
  for (std::size_t i = 0; i < skills.size(); ++i) {
    if (skills[i].skill >= limits::kSkills) return Refusal::TooManySkills;
    if (skills[i].level < 0 || skills[i].level > limits::kLevelMost || (i > 0 && skills[i].skill == skills[i - 1].skill)) return Refusal::BadNumber;
  }
  std::vector<Membership> queues = asked.queues;
  std::sort(queues.begin(), queues.end(), [](const Membership& a, const Membership& b) { return a.queue < b.queue; });
  for (std::size_t i = 0; i < queues.size(); ++i) {
    if (!world.known_queue(queues[i].queue)) return Refusal::UnknownQueue;
    if (!number_ok(queues[i].penalty) || !number_ok(queues[i].position) || !number_ok(queues[i].weight, 1)) return Refusal::BadNumber;
    if (i > 0 && queues[i].queue == queues[i - 1].queue) return Refusal::BadNumber;
  }

  Agent& agent = at(world.agents, id);
  if (!agent.used) {
    agent = {};
    agent.used = true;
    agent.profile = world.profiles.take(skills);
    world.agent_count += 1;
  }
  const auto same = [](const Member& has, const Membership& wants) {
    return has.queue == wants.queue && has.penalty == wants.penalty && has.position == wants.position && has.weight == wants.weight;
  };
  if (world.profiles[agent.profile] == skills && std::equal(agent.queues.begin(), agent.queues.end(), queues.begin(), queues.end(), same)) return Refusal::None;

  world.unsort(id);
  const std::vector<Member> had = agent.queues;
  for (const Member& member : had) world.quit(id, member.queue);
  const ProfileId old = agent.profile;
  agent.profile = world.profiles.take(skills);
  world.profiles.drop(old);
  for (const Membership& one : queues) {
    const auto before = std::find_if(had.begin(), had.end(), [&](const Member& member) { return member.queue == one.queue; });
    const double lift = before == had.end() ? 0 : before->lift;
    world.join(id, {one.queue, one.penalty, one.position, one.weight, 0, lift}, before == had.end());
  }
  world.free_held(id);
  world.make_fresh(id);
  return Refusal::None;
}

Refusal Matcher::remove_agent(AgentId id) {
  World& world = *world_;
  if (!world.known_agent(id)) return Refusal::UnknownAgent;
  if (world.agents[id].call != kNone) return Refusal::AgentInUse;
  world.set_why(id, Why::Offline, 0, 0);
  const std::vector<Member> had = world.agents[id].queues;
  for (const Member& member : had) world.quit(id, member.queue);
  world.profiles.drop(world.agents[id].profile);
  world.agents[id] = {};
  world.agent_count -= 1;
  return Refusal::None;
}

}  // namespace offhook::matcher
