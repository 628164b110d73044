// A matcher with its clock for stories: queues 0, 1, …, agents 0, 1, …, each told in one line.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "engine/matcher/matcher.h"

namespace offhook::matcher {

struct Desk {
  Matcher matcher{7};
  Millis now = 1'000'000;

  void queue(QueueId id, Strategy strategy, std::vector<Need> needs = {}, std::vector<Step> relaxation = {}, int weight = 0) {
    QueueSettings settings;
    settings.strategy = strategy;
    settings.needs = std::move(needs);
    settings.relaxation = std::move(relaxation);
    settings.weight = weight;
    REQUIRE(matcher.set_queue(id, settings) == Refusal::None);
  }
  /// A member of the given queues, free since `since`.
  void agent(AgentId id, std::vector<Membership> queues, Millis since, std::vector<Level> skills = {}) {
    REQUIRE(matcher.set_agent(id, {std::move(skills), std::move(queues)}) == Refusal::None);
    REQUIRE(matcher.agent_free(id, since) == Refusal::None);
  }
  void free(AgentId id) { REQUIRE(matcher.agent_free(id, now) == Refusal::None); }
  void away(AgentId id, Why why, Millis until = 0) { REQUIRE(matcher.agent_away(id, why, until) == Refusal::None); }
  CallId call(NewCall one) {
    if (one.enqueued_at == 0) one.enqueued_at = now;
    CallId id = kNone;
    REQUIRE(matcher.enqueue(one, id) == Refusal::None);
    return id;
  }
  CallId call(QueueId queue, int priority = 0) { return call(NewCall{queue, now, priority, {}, kNone, 0}); }
  std::vector<Decision> step(Millis later = 0) {
    now += later;
    std::vector<Decision> out;
    matcher.step(now, out);
    return out;
  }
  /// The agents of this step's decisions, in order.
  std::vector<AgentId> agents(Millis later = 0) {
    std::vector<AgentId> list;
    for (const Decision& one : step(later)) list.push_back(one.agent);
    return list;
  }
  /// Whom a new call of the queue gets; the call is over, and he is free again as before.
  AgentId next(QueueId queue) {
    const CallId id = call(queue);
    const auto found = step();
    REQUIRE(matcher.remove(id) == Refusal::None);
    if (found.empty()) return kNone;
    REQUIRE(matcher.answered(found[0].agent) == Refusal::None);
    free(found[0].agent);
    REQUIRE(step().empty());
    return found[0].agent;
  }
  Explanation why(CallId id) {
    Explanation why;
    REQUIRE(matcher.explain(id, now, why));
    return why;
  }
  std::string reason(CallId id) { return std::string(kReasonNames[static_cast<std::size_t>(why(id).reason)]); }
  std::string against(CallId id, AgentId agent) {
    for (const Excluded& one : why(id).excluded)
      if (one.agent == agent) return std::string(kWhyNames[static_cast<std::size_t>(one.why)]);
    return "";
  }
};

}  // namespace offhook::matcher
