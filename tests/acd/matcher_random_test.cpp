// Random worlds: the matcher against the naive one, decision by decision, and what must hold in every one of them.
#include <doctest/doctest.h>

#include <set>
#include <string>

#include "engine/matcher/matcher.h"
#include "tests/acd/naive_matcher.h"

using namespace offhook;
using namespace offhook::matcher;

namespace {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15 + 1) {}
  std::uint32_t roll(std::uint32_t below) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<std::uint32_t>((state_ >> 11) % below);
  }
  bool one_in(std::uint32_t n) { return roll(n) == 0; }

 private:
  std::uint64_t state_;
};

/// Both matchers side by side: every event goes to both.
class Twins {
 public:
  explicit Twins(std::uint64_t seed) : dice(seed), real(static_cast<double>(seed)), naive(static_cast<double>(seed)) {
    queues = 1 + dice.roll(6);
    agents = 1 + dice.roll(14);
    for (QueueId id = 0; id < queues; ++id) set_queue(id);
    for (AgentId id = 0; id < agents; ++id) set_agent(id);
  }

  std::vector<Need> needs() {
    std::vector<Need> list;
    if (dice.one_in(2)) return list;
    for (SkillId skill = 0; skill < 3; ++skill)
      if (dice.one_in(2)) list.push_back({skill, 1 + static_cast<int>(dice.roll(4)), static_cast<int>(dice.roll(3)), !dice.one_in(4)});
    return list;
  }
  void set_queue(QueueId id) {
    QueueSettings settings;
    settings.strategy = static_cast<Strategy>(dice.roll(static_cast<std::uint32_t>(std::size(kStrategyNames))));
    settings.weight = dice.one_in(3) ? static_cast<int>(dice.roll(3)) : 0;
    settings.ageing_ms = dice.one_in(3) ? 1'000 : 60'000;
    settings.sticky_ms = 1'000 * dice.roll(30);
    settings.needs = needs();
    Millis after = 0;
    for (std::uint32_t n = dice.roll(3); n > 0; --n) settings.relaxation.push_back({after += 1'000 * dice.roll(10), needs()});
    REQUIRE(real.set_queue(id, settings) == Refusal::None);
    naive.set_queue(id, settings);
  }
  void set_agent(AgentId id) {
    AgentSettings settings;
    for (SkillId skill = 0; skill < 3; ++skill)
      if (!dice.one_in(3)) settings.skills.push_back({skill, static_cast<int>(dice.roll(6))});
    for (QueueId queue = 0; queue < queues; ++queue)
      if (!dice.one_in(3))
        settings.queues.push_back({queue, static_cast<int>(dice.one_in(3) ? dice.roll(3) : 0), static_cast<int>(dice.roll(4)), 1 + static_cast<int>(dice.roll(5))});
    REQUIRE(real.set_agent(id, settings) == Refusal::None);
    naive.set_agent(id, settings);
  }
  AgentId any_agent() { return dice.roll(agents); }
  CallId any_call() {
    if (naive.calls.empty()) return kNone;
    auto at = naive.calls.begin();
    std::advance(at, dice.roll(static_cast<std::uint32_t>(naive.calls.size())));
    return at->first;
  }
  void away(AgentId agent, Why why) {
    REQUIRE(real.agent_away(agent, why, 0) == Refusal::None);
    naive.agent_away(agent, why);
  }
  void free(AgentId agent, Millis since) {
    REQUIRE(real.agent_free(agent, since) == Refusal::None);
    naive.agent_free(agent, since);
  }
  void over(CallId call) {
    REQUIRE(real.remove(call) == Refusal::None);
    naive.remove(call);
    rung.erase(call);
  }

  void event() {
    switch (dice.roll(15)) {
      case 0: case 1: case 2: case 3: {
        NewCall call{dice.roll(queues), now - (dice.one_in(4) ? dice.roll(20'000) : 0), 0, {}, kNone, 0};
        if (dice.one_in(3)) call.priority = static_cast<int>(dice.roll(7)) - 3;
        if (dice.one_in(4)) call.needs = needs();
        if (dice.one_in(2)) call.sticky = any_agent();
        CallId id = kNone;
        REQUIRE(real.enqueue(call, id) == Refusal::None);
        naive.enqueue(call, id);
        return;
      }
      case 4: case 5: case 6: {
        const AgentId agent = any_agent();
        if (naive.agents[agent].why != Why::Ringing) free(agent, now - (dice.one_in(3) ? 0 : dice.roll(3) * 1'000));
        return;
      }
      case 7: {
        const AgentId agent = any_agent();
        constexpr Why whys[] = {Why::Offline, Why::Break, Why::NotRegistered, Why::OnCall, Why::WrapUp};
        if (naive.agents[agent].why != Why::Ringing) away(agent, whys[dice.roll(5)]);
        return;
      }
      case 8: case 9: case 10: return ring_ends();
      case 11:
        if (const CallId call = any_call(); call != kNone && rung.count(call) == 0) over(call);
        return;
      case 12:
        if (const CallId call = any_call(); call != kNone) {
          const int priority = static_cast<int>(dice.roll(7)) - 3;
          REQUIRE(real.reprioritise(call, priority) == Refusal::None);
          naive.reprioritise(call, priority);
        }
        return;
      case 13:
        if (const CallId call = any_call(); call != kNone && naive.calls[call].waiting) {
          const QueueId to = dice.roll(queues);
          REQUIRE(real.move(call, to) == Refusal::None);
          naive.move(call, to);
        }
        return;
      case 14:
        if (dice.one_in(4)) set_queue(dice.roll(queues));
        else if (dice.one_in(3)) set_agent(any_agent());
        else if (dice.one_in(3)) {
          live = !live || dice.one_in(2);
          real.set_live(live);
          naive.set_live(live);
        }
        return;
    }
  }

  /// One of the ringing calls is answered, or nobody takes it and it waits again.
  void ring_ends() {
    if (rung.empty()) return;
    auto at = rung.begin();
    std::advance(at, dice.roll(static_cast<std::uint32_t>(rung.size())));
    const CallId call = at->first;
    const std::vector<AgentId> whom = at->second;
    rung.erase(at);
    if (dice.one_in(2)) {
      for (std::size_t i = 1; i < whom.size(); ++i) free(whom[i], naive.agents[whom[i]].since);
      away(whom.front(), Why::OnCall);
      REQUIRE(real.answered(whom.front()) == Refusal::None);
      naive.answered(whom.front());
      const Millis talk = dice.roll(100'000);
      REQUIRE(real.talked(whom.front(), talk) == Refusal::None);
      naive.talked(whom.front(), talk);
      return over(call);
    }
    for (const AgentId agent : whom) {
      const Millis until = now + 1'000 * dice.roll(8);
      REQUIRE(real.missed(call, agent, until) == Refusal::None);
      naive.missed(call, agent, until);
      if (dice.one_in(2)) away(agent, Why::CoolDown);
      else free(agent, naive.agents[agent].since);
    }
    REQUIRE(real.requeue(call) == Refusal::None);
    naive.requeue(call);
  }

  void step() {
    std::vector<Decision> mine, theirs;
    real.step(now, mine);
    naive.step(now, theirs);
    REQUIRE(mine.size() == theirs.size());
    for (std::size_t i = 0; i < mine.size(); ++i) {
      REQUIRE(mine[i].call == theirs[i].call);
      REQUIRE(mine[i].queue == theirs[i].queue);
      REQUIRE(mine[i].agent == theirs[i].agent);
      REQUIRE(mine[i].others == theirs[i].others);
      std::vector<AgentId> whom{mine[i].agent};
      whom.insert(whom.end(), mine[i].others.begin(), mine[i].others.end());
      REQUIRE(rung.emplace(mine[i].call, whom).second);
      Explanation why;
      REQUIRE(real.explain_decision(real.seq(mine[i].call), why));
      REQUIRE(why.agent == mine[i].agent);
      REQUIRE(why.candidates.front().agent == mine[i].agent);
      REQUIRE(why.candidates.front().chosen);
      decisions += 1;
    }
    hold();
  }

  /// Nobody is reserved twice; nobody free is left beside a call that he could take; places are the order of the naive one's keys.
  void hold() {
    bool all = true;  // one assertion a step: doctest counts each
    const auto must = [&](bool one) { all = all && one; };
    std::set<AgentId> reserved;
    for (const auto& [call, whom] : rung)
      for (const AgentId agent : whom) must(reserved.insert(agent).second);
    for (QueueId queue = 0; queue < queues; ++queue) {
      std::vector<std::pair<double, double>> order;
      std::vector<CallId> mine;
      for (const auto& [id, call] : naive.calls)
        if (call.waiting && call.queue == queue) order.emplace_back(naive.order_key(call), call.seq);
      std::sort(order.begin(), order.end());
      real.in_order(queue, mine);
      must(mine.size() == order.size());
      must(real.waiting(queue) == order.size());
      must(real.first(queue) == (mine.empty() ? kNone : mine.front()));
      for (std::size_t i = 0; i < mine.size(); ++i) {
        must(real.seq(mine[i]) == order[i].second);
        must(real.position(mine[i]) == i + 1);
      }
      std::uint32_t free = 0, present = 0;
      for (const auto& [id, agent] : naive.agents)
        for (const Membership& one : agent.settings.queues)
          if (one.queue == queue) free += agent.why == Why::Ready, present += !is_absent(agent.why);
      must(real.free(queue) == free);
      must(real.present(queue) == present);
    }
    for (const auto& [id, call] : naive.calls) {
      if (!call.waiting) continue;
      Explanation why;
      must(real.explain(id, now, why));
      std::uint32_t eligible = 0;
      for (const auto& [agent, his] : naive.agents) eligible += naive.eligible(call, agent, his, now);
      must(why.candidate_count == eligible);
      if (live) must(eligible == 0);
      must(why.agent == kNone);
    }
    REQUIRE(all);
  }

  Dice dice;
  Matcher real;
  Naive naive;
  std::uint32_t queues = 0, agents = 0;
  Millis now = 1'000'000;
  bool live = true;
  std::map<CallId, std::vector<AgentId>> rung;
  std::uint64_t decisions = 0;
};

}  // namespace

TEST_CASE("in random worlds the matcher decides as one who looks at everything, and leaves no call beside a free agent") {
  std::uint64_t decisions = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    CAPTURE(seed);
    Twins twins(seed);
    for (int n = 0; n < 250; ++n) {
      CAPTURE(n);
      for (std::uint32_t events = 1 + twins.dice.roll(4); events > 0; --events) twins.event();
      if (twins.dice.one_in(3)) twins.now += twins.dice.roll(4'000);
      // Time may stop at the very instant that was asked for.
      if (const Millis due = twins.real.due(); due >= 0 && twins.dice.one_in(4)) twins.now = std::max(twins.now, due);
      twins.step();
      REQUIRE((twins.real.due() < 0 || twins.real.due() > twins.now));
    }
    decisions += twins.decisions;
  }
  CHECK(decisions > 7'500);
}

TEST_CASE("the same events give the same decisions, and another seed other ones only where something is drawn") {
  std::vector<std::uint64_t> counts;
  for (int round = 0; round < 2; ++round) {
    Twins twins(77);
    for (int n = 0; n < 300; ++n) {
      twins.event();
      twins.step();
    }
    counts.push_back(twins.decisions * 1'000'000 + twins.naive.calls.size());
  }
  CHECK(counts[0] == counts[1]);
}
