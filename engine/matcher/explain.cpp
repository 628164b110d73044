// Why this agent, and why nobody: read from what the matcher holds, on demand. Reads all members of a queue; decides nothing and changes nothing.

#include <algorithm>

#include "engine/matcher/matcher.h"
#include "engine/matcher/world.h"

namespace offhook::matcher {

namespace {

/// Why this member is no candidate for a waiting call; `Ready` when he is one.
Excluded judge(const World& world, const Call& call, RequirementId requirement, AgentId id) {
  const Agent& agent = world.agents[id];
  Excluded one{id, agent.why, agent.until, kNone, 0};
  if (agent.why == Why::Ringing && agent.call_queue != call.queue && agent.reserved_at >= call.enqueued_at && call.waiting()) one.why = Why::OtherQueueFirst;
  if (agent.why != Why::Ready) return one;
  one.until = 0;
  if (call.place == Place::Held && call.sticky != id) {
    one.why = Why::NotTheStickyAgent;
    one.until = call.enqueued_at + world.queues[call.queue].settings.sticky_ms;
    return one;
  }
  for (const Exclusion& missed : call.excluded)
    if (missed.agent == id) {
      one.why = Why::MissedThisCall;
      one.until = missed.until;
      return one;
    }
  if (call.place == Place::Held) return one;
  if (const Need* need = missing(world.requirements[requirement], world.profiles[agent.profile])) {
    one.why = Why::SkillMissing;
    one.skill = need->skill;
    one.level = need->min;
  }
  return one;
}

/// Why it waits, by what keeps its queue's members from it: the nearest to an answer first.
Reason reason_of(const World& world, const Call& call, const Queue& queue, const std::uint32_t (&counts)[16]) {
  const auto count = [&](Why why) { return counts[static_cast<std::size_t>(why)]; };
  if (!call.waiting()) return Reason::Ringing;
  if (!world.live) return Reason::LinkDown;
  if (queue.members.empty()) return Reason::NoMembers;
  if (call.place == Place::Held) return Reason::StickyAgentBusy;
  if (queue.present == 0) return Reason::NobodyPresent;
  if (count(Why::SkillMissing) > 0) return Reason::SkillMissing;
  if (count(Why::MissedThisCall) > 0) return Reason::OnlyMissed;
  return Reason::NobodyFree;
}

}  // namespace

bool Matcher::explain_decision(double seq, Explanation& out) const {
  const World& world = *world_;
  const Kept* last = nullptr;
  for (std::size_t i = 0; i < world.kept.size() && !last; ++i) {
    const Kept& one = world.kept[(world.kept_next + limits::kDecisions - 1 - i) % limits::kDecisions];
    if (one.seq == seq) last = &one;
  }
  if (!last) return false;
  out = {};
  out.call = last->call;
  out.seq = last->seq;
  out.queue = last->queue;
  out.at = last->at;
  out.strategy = last->strategy;
  out.order_key = last->key;
  out.step = last->step;
  out.position = last->position;
  out.ahead = last->position - 1;
  out.agent = last->agent;
  out.reason = last->reason;
  out.candidates.assign(last->best, last->best + last->named);
  out.candidate_count = last->candidates;
  out.excluded_count = last->excluded;
  return true;
}

bool Matcher::explain(CallId id, Millis now, Explanation& out) const {
  const World& world = *world_;
  if (!world.known_call(id)) return false;
  const Call& call = world.calls[id];
  const Queue& queue = world.queues[call.queue];
  out = {};
  if (!call.waiting() && explain_decision(call.seq, out)) return true;
  out.call = id;
  out.seq = call.seq;
  out.queue = call.queue;
  out.at = now;
  out.strategy = queue.settings.strategy;
  out.order_key = call.key;
  out.step = rules_of(queue.settings.strategy).requirement(call.facts(), queue.settings, now).step;
  out.position = position(id);
  out.ahead = out.position > 0 ? out.position - 1 : 0;
  out.agent = call.agent;
  // A call that no step has seen yet is asked what its settings ask at first.
  const RequirementId requirement = call.requirement != kNone ? call.requirement : queue.steps.front();
  std::uint32_t counts[16] = {};
  for (const AgentId agent : queue.members) {
    const Excluded one = judge(world, call, requirement, agent);
    counts[static_cast<std::size_t>(one.why)] += 1;
    if (one.why == Why::Ready) {
      const Member& member = *world.member(agent, call.queue);
      const double fit = fit_of(world.requirements[requirement], world.profiles[world.agents[agent].profile]);
      const double number = world.rules(queue).rank(world.facts(world.agents[agent], member, fit));
      out.candidate_count += 1;
      out.candidates.push_back({agent, 0, {static_cast<double>(member.penalty), number, world.agents[agent].since}, false});
    } else {
      out.excluded_count += 1;
      out.excluded.push_back(one);
    }
  }
  if (call.wished != kNone && world.known_agent(call.wished) && !world.member(call.wished, call.queue)) {
    out.excluded_count += 1;
    out.excluded.push_back({call.wished, Why::NotInQueue, 0, kNone, 0});
  }
  const auto earlier = [](const Candidate& a, const Candidate& b) {
    return std::lexicographical_compare(a.score, a.score + 3, b.score, b.score + 3) ||
           (std::equal(a.score, a.score + 3, b.score) && a.agent < b.agent);
  };
  std::sort(out.candidates.begin(), out.candidates.end(), earlier);
  for (std::size_t i = 0; i < out.candidates.size(); ++i) out.candidates[i].rank = static_cast<int>(i + 1);
  if (out.candidates.size() > limits::kCandidatesShown) out.candidates.resize(limits::kCandidatesShown);
  std::sort(out.excluded.begin(), out.excluded.end(), [](const Excluded& a, const Excluded& b) { return a.agent < b.agent; });
  if (out.excluded.size() > limits::kExcludedShown) out.excluded.resize(limits::kExcludedShown);
  out.reason = reason_of(world, call, queue, counts);
  return true;
}

}  // namespace offhook::matcher
