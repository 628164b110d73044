// Configured: the settings, whole. Queues and agents that are gone from them go when nothing is left of them.
#include <algorithm>

#include "engine/acd/model.h"

namespace offhook::acd {

namespace {
matcher::Strategy strategy_of(std::string_view name) {
  for (std::size_t i = 0; i < std::size(matcher::kStrategyNames); ++i)
    if (matcher::kStrategyNames[i] == name) return static_cast<matcher::Strategy>(i);
  return matcher::Strategy::LongestIdle;
}
}  // namespace

std::vector<matcher::Need> Model::needs_of(const std::vector<SkillNeed>& skills) {
  std::vector<matcher::Need> needs;
  for (const SkillNeed& need : skills) {
    // A skill that nobody has room for is nobody's: names that callers bring must not grow without end.
    const bool known = skill_ids.list.size() < matcher::limits::kSkills || skill_ids.ids.contains(need.skill);
    needs.push_back({known ? skill_ids.id(need.skill) : matcher::kNone, need.min, need.weight, need.mandatory});
  }
  return needs;
}

void Model::tell_matcher(const QueueEntry& queue) {
  const QueueSettings& s = queue.settings;
  matcher::QueueSettings told;
  told.strategy = strategy_of(s.strategy);
  told.open = true;  // who may enter is asked at the door (gate), where the overflow is at hand
  told.weight = s.weight;
  told.ageing_ms = s.ageing_ms;
  told.sticky_ms = s.sticky_ms;
  told.needs = needs_of(s.skills);
  for (const RelaxStep& step : s.relaxation) told.relaxation.push_back({step.after_ms, needs_of(step.skills)});
  matcher.set_queue(queue_ids.id(s.queue), told);
}

void Model::tell_matcher(const AgentEntry& agent) {
  matcher::AgentSettings told;
  for (const SkillLevel& skill : agent.settings.skills) told.skills.push_back({skill_ids.id(skill.skill), skill.level});
  for (const Member& member : agent.settings.queues)
    if (queues.contains(member.queue)) told.queues.push_back({queue_ids.id(member.queue), member.penalty, member.position, member.weight});
  matcher.set_agent(agent_ids.id(agent.extension), told);
}

void Model::configure(const Event& event) {
  if (!event.settings) return void(refuse("bad_settings", "Configured without settings"));
  const Settings& settings = *event.settings;
  touch();
  std::set<std::string> named;
  for (const QueueSettings& queue : settings.queues) {
    named.insert(queue.queue);
    QueueEntry& entry = queues[queue.queue];
    entry.settings = queue;
    entry.removed = false;
    entry.agents.clear();
    out->queues.insert(queue.queue);
    tell_matcher(entry);
    moved.insert(queue.queue);  // another ageing is another order
  }
  std::set<std::string> left;
  for (auto& [name, entry] : queues)
    if (!named.contains(name)) {
      entry.agents.clear();
      entry.removed = true;
      left.insert(name);
    }
  named.clear();
  for (const AgentSettings& settings_of : settings.agents) {
    named.insert(settings_of.extension);
    AgentEntry& entry = agent(settings_of.extension);
    entry.settings = settings_of;
    std::erase_if(entry.settings.queues, [this](const Member& member) { return !queues.contains(member.queue); });
    for (const Member& member : entry.settings.queues) queues[member.queue].agents.insert(entry.extension);
  }
  for (auto& [extension, entry] : agents) {
    if (!named.contains(extension)) {
      entry.settings = {};
      entry.settings.extension = extension;
    }
    tell_matcher(entry);
    sync(entry);
    out->agents.insert(extension);
  }
  for (const auto& [call, stay] : stays) arm_ring(stay);  // as a restart would
  // Nobody serves a queue that is gone: who waits there leaves as from an empty one.
  for (const std::string& name : left) {
    const std::set<std::string> waiting = queues[name].stays;
    for (const std::string& call : waiting)
      if (Stay* stay = find(call)) step(*stay, {.on = queue_call::On::NoAgents});
  }
  match_wanted = true;
  end_finished();
  for (const std::string& name : left)
    if (const auto found = queues.find(name); found != queues.end() && found->second.removed && found->second.stays.empty()) {
      matcher.remove_queue(queue_ids.id(name));
      queues.erase(found);
      out->queues.erase(name);
      out->gone_queues.push_back(name);
    }
}

}  // namespace offhook::acd
