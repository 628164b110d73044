#include "engine/acd/settings.h"

#include <set>

#include "engine/acd/archive.h"
#include "engine/acd/settings_fields.h"
#include "engine/matcher/types.h"

namespace offhook::acd {

namespace {

bool within(double value, double least, double most) { return value >= least && value <= most && value == std::floor(value); }

bool good_needs(const std::vector<SkillNeed>& needs) {
  if (needs.size() > matcher::limits::kNeeds) return false;
  std::set<std::string_view> seen;
  for (const SkillNeed& need : needs)
    if (need.skill.empty() || need.skill.size() > limits::kNameBytes || !within(need.min, 0, matcher::limits::kLevelMost) ||
        !within(need.weight, 0, matcher::limits::kNumberMost) || !seen.insert(need.skill).second)
      return false;
  return true;
}

/// What is wrong with it; empty: nothing.
std::string wrong_with(const QueueSettings& s) {
  if (s.queue.empty() || s.queue.size() > limits::kNameBytes) return "queue";
  bool known = false;
  for (const std::string_view name : matcher::kStrategyNames) known = known || name == s.strategy;
  if (!known) return "strategy";
  if (!within(s.weight, -matcher::limits::kNumberMost, matcher::limits::kNumberMost)) return "weight";
  if (!within(s.max_waiting, 0, matcher::limits::kNumberMost)) return "max_waiting";
  if (!good_needs(s.skills)) return "skills";
  if (s.relaxation.size() > matcher::limits::kSteps) return "relaxation";
  Millis before = 0;
  for (const RelaxStep& step : s.relaxation) {
    if (!within(step.after_ms, 0, limits::kSpanMost) || step.after_ms < before || !good_needs(step.skills)) return "relaxation";
    before = step.after_ms;
  }
  const std::pair<std::string_view, Millis> spans[] = {{"ageing_ms", s.ageing_ms},     {"sticky_ms", s.sticky_ms}, {"max_wait_ms", s.max_wait_ms},
                                                       {"rona_ms", s.rona_ms},         {"reject_ms", s.reject_ms}, {"busy_ms", s.busy_ms},
                                                       {"unreachable_ms", s.unreachable_ms}, {"wrap_up.ms", s.wrap_up_ms}, {"announce.every_ms", s.announce_every_ms},
                                                       {"sl_ms", s.sl_ms},             {"short_abandon_ms", s.short_abandon_ms}};
  for (const auto& [name, value] : spans)
    if (!within(value, 0, limits::kSpanMost)) return std::string(name);
  if (!within(s.ring_ms, 1'000, 3'600'000)) return "ring_ms";
  if (!within(s.max_attempts, 0, 10'000)) return "max_attempts";
  if (!within(s.rona_after, 0, 10'000)) return "rona_after";
  if (!s.leave_key.empty() && (s.leave_key.size() != 1 || std::string_view("0123456789*#").find(s.leave_key) == std::string_view::npos)) return "leave_key";
  if (s.overflow == OverflowKind::Queue && s.overflow_target == s.queue) return "overflow.target";
  if (s.sl_formula.size() != 3 || !s.sl_formula.starts_with("SL") || s.sl_formula[2] < '1' || s.sl_formula[2] > '6') return "sl_formula";
  return {};
}

std::string wrong_with(const AgentSettings& a) {
  if (a.extension.empty() || a.extension.size() > limits::kNameBytes) return "extension";
  if (a.skills.size() > matcher::limits::kSkillsOfAgent) return "skills";
  std::set<std::string_view> seen;
  for (const SkillLevel& skill : a.skills)
    if (skill.skill.empty() || skill.skill.size() > limits::kNameBytes || !within(skill.level, 0, matcher::limits::kLevelMost) || !seen.insert(skill.skill).second)
      return "skills";
  if (a.queues.size() > matcher::limits::kQueuesOfAgent) return "queues";
  seen.clear();
  for (const Member& member : a.queues)
    if (member.queue.empty() || !within(member.penalty, 0, matcher::limits::kNumberMost) || !within(member.position, 0, matcher::limits::kNumberMost) ||
        !within(member.weight, 1, matcher::limits::kNumberMost) || !seen.insert(member.queue).second)
      return "queues";
  return {};
}

}  // namespace

std::string wrong_with(const Settings& settings) {
  if (settings.queues.size() > matcher::limits::kQueues || settings.agents.size() > limits::kAgents) return "too many queues or agents";
  std::set<std::string_view> seen;
  for (const QueueSettings& queue : settings.queues) {
    std::string wrong = wrong_with(queue);
    if (!seen.insert(queue.queue).second) wrong = "queue";
    if (!wrong.empty()) return wrong + " of queue " + queue.queue + " is out of range, twice, or not known";
  }
  seen.clear();
  for (const AgentSettings& agent : settings.agents) {
    std::string wrong = wrong_with(agent);
    if (!seen.insert(agent.extension).second) wrong = "extension";
    if (!wrong.empty()) return wrong + " of agent " + agent.extension + " is out of range, twice, or not known";
  }
  return {};
}

bool read_settings(const wire::Json& json, Settings& settings, std::string& error) {
  settings = {};
  Reader reader(json);
  fields(reader, settings);
  if (!reader.ok) {
    error = reader.wrong + " is not as docs/queues.md has it";
    return false;
  }
  error = wrong_with(settings);
  return error.empty();
}

void write_settings(JsonWriter& json, const Settings& settings) { Writer(json).item(settings); }

bool good_skills(const std::vector<SkillNeed>& needs) { return good_needs(needs); }

}  // namespace offhook::acd
