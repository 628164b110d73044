// The matcher once more, as plainly as it can be said: for every decision all calls and all agents are looked at. What it holds is what it was told;
// no set, no index. The real one is compared with it decision by decision, in tests and in the benchmark. It assumes requests that were not refused.
#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "engine/matcher/skills.h"
#include "engine/matcher/strategy.h"

namespace offhook::matcher {

class Naive {
 public:
  explicit Naive(double seed = 0) : random_(static_cast<std::uint64_t>(seed)) {}

  void set_queue(QueueId id, const QueueSettings& settings) {
    const bool known = queues.count(id) > 0;
    const bool other = known && queues[id].settings.strategy != settings.strategy;
    if (known && queues[id].settings == settings) return;
    queues[id].settings = settings;
    if (other)
      for (auto& [agent, his] : agents) his.lift[id] = 0;
    for (auto& [call, its] : calls)
      if (its.queue == id && its.waiting) keep_sticky(its);
  }
  void set_agent(AgentId id, const AgentSettings& settings) {
    Agent& agent = agents[id];
    const AgentSettings old = agent.settings;
    agent.settings = settings;
    std::sort(agent.settings.skills.begin(), agent.settings.skills.end(), [](const Level& a, const Level& b) { return before(a, b); });
    for (auto it = agent.lift.begin(); it != agent.lift.end();) it = membership(agent, it->first) ? std::next(it) : agent.lift.erase(it);
    if (!is_absent(agent.why))
      for (const Membership& one : agent.settings.queues)
        if (std::none_of(old.queues.begin(), old.queues.end(), [&](const Membership& had) { return had.queue == one.queue; })) level(id, one.queue);
    for (auto& [call, its] : calls)
      if (its.waiting && its.sticky == id) keep_sticky(its);
  }
  void set_live(bool live) { live_ = live; }
  void agent_free(AgentId id, Millis since) {
    Agent& agent = agents[id];
    const bool was_absent = is_absent(agent.why);
    agent.why = Why::Ready;
    agent.since = since;
    if (was_absent) arrive(id);
  }
  void agent_away(AgentId id, Why why) {
    Agent& agent = agents[id];
    const bool was_absent = is_absent(agent.why);
    agent.why = why;
    if (was_absent && !is_absent(why)) arrive(id);
    if (why == Why::Offline) agent.newcomer = true;
    if (is_absent(why))
      for (auto& [call, its] : calls)
        if (its.waiting && its.sticky == id) keep_sticky(its);
  }
  void answered(AgentId id) { agents[id].calls += 1; }
  void talked(AgentId id, Millis ms) { agents[id].talk_ms += ms; }

  void enqueue(const NewCall& call, CallId id) {
    Call& its = calls[id] = {};
    its.queue = call.queue;
    its.enqueued_at = call.enqueued_at;
    its.priority = call.priority;
    its.needs = call.needs;
    its.sticky = call.sticky;
    its.seq = next_seq_++;
    its.waiting = true;
    keep_sticky(its);
  }
  void remove(CallId id) { calls.erase(id); }
  void requeue(CallId id) {
    if (calls[id].waiting) return;
    calls[id].waiting = true;
    keep_sticky(calls[id]);
  }
  void reprioritise(CallId id, int priority) {
    if (calls[id].priority == priority) return;
    calls[id].priority = priority;
    if (calls[id].waiting) keep_sticky(calls[id]);
  }
  void move(CallId id, QueueId to) {
    if (calls[id].queue == to) return;
    calls[id].queue = to;
    calls[id].excluded.clear();
    keep_sticky(calls[id]);
  }
  void missed(CallId id, AgentId agent, Millis until) {
    calls[id].excluded[agent] = until;
    if (calls[id].sticky == agent) calls[id].sticky = kNone;
  }

  void step(Millis now, std::vector<Decision>& out) {
    for (auto& [id, call] : calls) {
      if (!call.waiting) continue;
      std::erase_if(call.excluded, [&](const auto& one) { return one.second <= now; });
      const QueueSettings& settings = queues[call.queue].settings;
      if (settings.strategy == Strategy::Sticky && now >= call.enqueued_at + settings.sticky_ms) call.sticky = kNone;
    }
    if (!live_) return;
    while (true) {
      Decision best;
      double weight = 0, key = 0, seq = 0;
      for (auto& [id, call] : calls) {
        if (!call.waiting) continue;
        const double w = queues[call.queue].settings.weight, k = order_key(call);
        if (best.call != kNone && (w < weight || (w == weight && (k > key || (k == key && call.seq > seq))))) continue;
        if (!anyone(call, now)) continue;
        best.call = id;
        weight = w, key = k, seq = call.seq;
      }
      if (best.call == kNone) return;
      choose(best, now);
      out.push_back(best);
    }
  }

  struct Agent {
    AgentSettings settings;
    Why why = Why::Offline;
    Millis since = 0;
    double calls = 0, talk_ms = 0;
    bool newcomer = true;
    std::map<QueueId, double> lift;
  };
  struct Call {
    bool waiting = false;
    QueueId queue = 0;
    Millis enqueued_at = 0;
    int priority = 0;
    double seq = 0;
    std::vector<Need> needs;
    AgentId sticky = kNone;
    std::map<AgentId, Millis> excluded;
  };
  struct Queue {
    QueueSettings settings;
    double turn_position = -1, turn_agent = -1;
  };
  std::map<QueueId, Queue> queues;
  std::map<AgentId, Agent> agents;
  std::map<CallId, Call> calls;

  double order_key(const Call& call) const { return call.enqueued_at - call.priority * queues.at(call.queue).settings.ageing_ms; }

  bool eligible(const Call& call, AgentId id, const Agent& agent, Millis now) const {
    if (agent.why != Why::Ready || !membership(agent, call.queue)) return false;
    const QueueSettings& settings = queues.at(call.queue).settings;
    if (settings.strategy == Strategy::Sticky && call.sticky != kNone) return id == call.sticky;
    if (call.excluded.count(id)) return false;
    return !missing(asks(call, now), agent.settings.skills);
  }

 private:
  static const Membership* membership(const Agent& agent, QueueId queue) {
    for (const Membership& one : agent.settings.queues)
      if (one.queue == queue) return &one;
    return nullptr;
  }
  void keep_sticky(Call& call) {
    if (call.sticky == kNone || queues[call.queue].settings.strategy != Strategy::Sticky) return;
    const auto agent = agents.find(call.sticky);
    if (agent == agents.end() || !membership(agent->second, call.queue) || is_absent(agent->second.why)) call.sticky = kNone;
  }
  double load(const Agent& agent, QueueId queue) const {
    const auto lift = agent.lift.find(queue);
    return (queues.at(queue).settings.strategy == Strategy::FewestCalls ? agent.calls : agent.talk_ms) + (lift == agent.lift.end() ? 0 : lift->second);
  }
  void arrive(AgentId id) {
    if (agents[id].newcomer)
      for (const Membership& one : agents[id].settings.queues) level(id, one.queue);
    agents[id].newcomer = false;
  }
  void level(AgentId id, QueueId queue) {
    const Strategy strategy = queues[queue].settings.strategy;
    if (strategy != Strategy::FewestCalls && strategy != Strategy::LeastTalk) return;
    double least = -1;
    for (auto& [other, his] : agents)
      if (other != id && membership(his, queue) && !is_absent(his.why)) least = least < 0 ? load(his, queue) : std::min(least, load(his, queue));
    if (const double mine = load(agents[id], queue); least > mine) agents[id].lift[queue] += least - mine;
  }
  std::vector<Need> asks(const Call& call, Millis now) const {
    const QueueSettings& settings = queues.at(call.queue).settings;
    int step = 0;
    for (const Step& one : settings.relaxation) step += call.enqueued_at + one.after_ms <= now;
    return joined(step ? settings.relaxation[static_cast<std::size_t>(step - 1)].needs : settings.needs, call.needs, step);
  }
  bool anyone(const Call& call, Millis now) const {
    return std::any_of(agents.begin(), agents.end(), [&](const auto& one) { return eligible(call, one.first, one.second, now); });
  }
  std::uint64_t draw(std::uint64_t below) {
    random_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = random_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (z ^ (z >> 31)) % below;
  }

  struct One {
    int penalty;
    double rank, since;
    AgentId agent;
    int position, weight;
    bool operator<(const One& o) const {
      if (penalty != o.penalty) return penalty < o.penalty;
      if (rank != o.rank) return rank < o.rank;
      return since != o.since ? since < o.since : agent < o.agent;
    }
  };
  void choose(Decision& decision, Millis now) {
    Call& call = calls[decision.call];
    Queue& queue = queues[call.queue];
    const Strategy strategy = queue.settings.strategy;
    const std::vector<Need> needs = asks(call, now);
    std::vector<One> all;
    for (auto& [id, agent] : agents) {
      if (!eligible(call, id, agent, now)) continue;
      const Membership& his = *membership(agent, call.queue);
      One one{his.penalty, 0, agent.since, id, his.position, his.weight};
      if (strategy == Strategy::Skills) one.rank = fit_of(needs, agent.settings.skills);
      if (strategy == Strategy::FewestCalls || strategy == Strategy::LeastTalk) one.rank = load(agent, call.queue);
      if (strategy == Strategy::Linear) one.rank = his.position;
      if (strategy == Strategy::RoundRobin) {
        const bool later = his.position > queue.turn_position || (his.position == queue.turn_position && id > queue.turn_agent);
        one.rank = his.position + (later ? 0 : 10'000'000.0);
        one.since = 0;
      }
      all.push_back(one);
    }
    std::sort(all.begin(), all.end());
    std::vector<One> lowest;
    for (const One& one : all)
      if (one.penalty == all.front().penalty) lowest.push_back(one);
    One chosen = all.front();
    if (strategy == Strategy::Random && lowest.size() > 1) {
      // The same weights on the same line: by profile, then by time.
      std::stable_sort(lowest.begin(), lowest.end(), [&](const One& a, const One& b) {
          const auto& x = agents[a.agent].settings.skills;
          const auto& y = agents[b.agent].settings.skills;
          return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end(), [](const Level& p, const Level& q) { return before(p, q); });
        });
      std::uint64_t total = 0;
      for (const One& one : lowest) total += static_cast<std::uint64_t>(one.weight);
      std::uint64_t point = draw(total);
      for (const One& one : lowest) {
        if (point < static_cast<std::uint64_t>(one.weight)) {
          chosen = one;
          break;
        }
        point -= static_cast<std::uint64_t>(one.weight);
      }
    }
    decision.queue = call.queue;
    decision.agent = chosen.agent;
    if (strategy == Strategy::RingAll)
      for (std::size_t i = 1; i < std::min(lowest.size(), limits::kFanOut); ++i) decision.others.push_back(lowest[i].agent);
    if (strategy == Strategy::RoundRobin) {
      queue.turn_position = chosen.position;
      queue.turn_agent = chosen.agent;
    }
    call.waiting = false;
    call.excluded.clear();
    agents[chosen.agent].why = Why::Ringing;
    for (const AgentId other : decision.others) agents[other].why = Why::Ringing;
  }

  bool live_ = true;
  std::uint64_t random_;
  double next_seq_ = 1;
};

}  // namespace offhook::matcher
