// No starvation, by number: with linear ageing a call of priority p is served before every call of its queue that came more than (difference of
// priorities × ageing_ms) later and asks for no less, whatever comes; and how many can pass it is counted beforehand.
#include <algorithm>
#include <map>
#include <vector>

#include "tests/acd/matcher_driver.h"

using namespace offhook;
using namespace offhook::matcher;

namespace {

class Line {
 public:
  explicit Line(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15 + 1) {
    ageing = 1'000 * (1 + roll(60));
    QueueSettings settings;
    settings.strategy = static_cast<Strategy>(roll(static_cast<std::uint32_t>(std::size(kStrategyNames))));
    settings.ageing_ms = ageing;
    settings.sticky_ms = 0;  // whose call it is has the right of way: stories have that
    if (roll(2)) settings.needs = {{0, 3, 1, true}};
    if (roll(2)) settings.relaxation = {{20'000, {{0, 1, 1, true}}}, {60'000, {}}};
    rules = settings;
    REQUIRE(desk.matcher.set_queue(0, settings) == Refusal::None);
    for (AgentId id = 0; id < kAgents; ++id) {
      levels.push_back(static_cast<int>(roll(6)));
      desk.agent(id, {{0, static_cast<int>(roll(2)), static_cast<int>(roll(3)), 1}}, desk.now, {{0, levels.back()}});
    }
    busy.resize(kAgents);
  }
  static constexpr AgentId kAgents = 5;
  struct Call {
    Millis came;
    int priority;
  };
  std::uint32_t roll(std::uint32_t below) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<std::uint32_t>((state_ >> 11) % below);
  }
  /// What is asked of the one skill at this moment.
  int asked(const Call& call) const {
    int level = rules.needs.empty() ? 0 : rules.needs.front().min;
    for (const Step& step : rules.relaxation)
      if (desk.now >= call.came + step.after_ms) level = step.needs.empty() ? 0 : step.needs.front().min;
    return level;
  }
  void come(int priority) {
    const CallId id = desk.call(0, priority);
    calls[id] = {desk.now, priority};
  }
  void step(Millis later) {
    for (const Decision& one : desk.step(later)) {
      served(one);
      for (const AgentId agent : one.others) desk.free(agent);  // the first of a ring_all takes it
    }
  }
  void served(const Decision& one) {
    const Call call = calls.at(one.call);
    calls.erase(one.call);
    REQUIRE(desk.matcher.remove(one.call) == Refusal::None);
    desk.away(one.agent, Why::OnCall);
    busy[one.agent] = desk.now + 1'000 * (1 + roll(40));
    ++decisions;
    for (const auto& [id, other] : calls) {
      if (asked(other) > levels[one.agent]) continue;  // he could not have taken it: it waits for somebody else, or for its next step
      const double lead = (call.priority - other.priority) * ageing;
      worst = std::max(worst, call.came - other.came - lead);
      if (call.came > other.came + lead) ++broken;
      if (call.came > other.came) passed_by[id] += 1;
    }
  }
  void agents_come_back() {
    for (AgentId id = 0; id < kAgents; ++id)
      if (busy[id] > 0 && busy[id] <= desk.now) busy[id] = 0, desk.free(id);
  }

  Desk desk;
  QueueSettings rules;
  Millis ageing = 0;
  std::vector<int> levels;
  std::vector<Millis> busy;
  std::map<CallId, Call> calls;
  std::map<CallId, int> passed_by;
  double worst = -1e18;
  int decisions = 0, broken = 0;

 private:
  std::uint64_t state_;
};

}  // namespace

TEST_CASE("a call is passed by none that came more than the difference of their priorities times the ageing after it") {
  int decisions = 0;
  double worst = -1e18;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    Line line(seed);
    for (int n = 0; n < 400; ++n) {
      if (line.roll(3)) line.come(static_cast<int>(line.roll(201)) - 100);
      line.step(line.roll(6'000));
      line.agents_come_back();
      line.step(0);
    }
    CHECK(line.broken == 0);
    decisions += line.decisions;
    worst = std::max(worst, line.worst);
  }
  CHECK(decisions > 20'000);
  CHECK(worst <= 0);
  CHECK(worst > -5'000);  // and the bound is no wider than it must be: calls come as near to it as they come apart
}

TEST_CASE("under a flood of the most important calls the least important one is served when its head start is over, and not later") {
  Desk desk;
  QueueSettings settings;
  settings.ageing_ms = 100;
  REQUIRE(desk.matcher.set_queue(0, settings) == Refusal::None);
  desk.agent(0, {{0, 0, 0, 1}}, desk.now);
  desk.away(0, Why::OnCall);
  const CallId least = desk.call(0, -100);
  const Millis came = desk.now;
  int passed = 0;
  for (int n = 0; n < 1'000; ++n) {  // two come for each that is served, for ever
    desk.now += 50;
    desk.call(0, 100);
    desk.call(0, 100);
    desk.free(0);
    const auto decisions = desk.step();
    REQUIRE(decisions.size() == 1);
    REQUIRE(desk.matcher.remove(decisions[0].call) == Refusal::None);
    if (decisions[0].call == least) break;
    ++passed;
    desk.away(0, Why::OnCall);
  }
  // 200 priorities × 100 ms: what came less than 20 s after it passes it, two at each of 399 instants, and nothing that came later.
  CHECK(passed == 2 * 399);
  CHECK(desk.now - came == (passed + 1) * 50);
}
