// Offers: the matcher's decision becomes a ring, and a ring ends: answered, not answered, refused, impossible, taken back.
#include <algorithm>

#include "engine/acd/model.h"

namespace offhook::acd {

using centre_agent::Cause;
using queue_call::State;
using Q = queue_call::On;

/// Decides until nothing more is to be decided. Each decision is a reservation: agent and call are nobody else's from then on.
void Model::match() {
  if (const Millis due = matcher.due(); due >= 0 && due <= now) match_wanted = true;
  std::vector<matcher::Decision> decisions;
  while (match_wanted) {
    match_wanted = false;
    decisions.clear();
    matcher.step(now, decisions);
    for (const matcher::Decision& decision : decisions) {
      const auto found = handles.find(decision.call);
      Stay* const stay = found == handles.end() ? nullptr : find(found->second);
      if (!stay) continue;
      dequeue(*stay);
      assign(*stay, agent_ids.list[decision.agent]);
      for (const matcher::AgentId other : decision.others) assign(*stay, agent_ids.list[other]);
    }
  }
  if (const Millis due = matcher.due(); due >= 0) timers.set(Due::Match, {}, std::max(due, now + 1));
  else timers.clear(Due::Match, {});
}

void Model::assign(Stay& stay, const std::string& agent) {
  // Who did not answer was passed over once now: he may be next.
  std::erase_if(stay.missed, [&](const Missed& missed) { return missed.agent != agent; });
  step(stay, {.on = Q::AssignToAgent}, {.agent = agent});
}

/// To the matcher, in its place, with those who did not take it.
void Model::enqueue(Stay& stay) {
  match_wanted = true;
  if (queues.find(stay.queue)->second.removed && stay.mode == Mode::Offhook) {  // nobody serves it any more
    step(stay, {.on = Q::NoAgents});
    return;
  }
  if (stay.mode != Mode::Offhook || stay.machine.state != State::Queued || stay.handle != matcher::kNone) return;
  matcher::NewCall call;
  call.queue = queue_ids.id(stay.queue);
  call.enqueued_at = stay.enqueued;
  call.priority = stay.priority;
  call.needs = needs_of(stay.skills);
  if (!stay.sticky.empty() && agents.contains(stay.sticky)) call.sticky = agent_ids.id(stay.sticky);
  call.seq = stay.seq;
  matcher::Refusal refused = matcher.enqueue(call, stay.handle);
  if (refused != matcher::Refusal::None && !call.needs.empty()) {  // more skills than can be known: he is served without his wishes rather than never
    ++anomalies;
    call.needs.clear();
    refused = matcher.enqueue(call, stay.handle);
  }
  if (refused != matcher::Refusal::None) {
    ++anomalies;
    stay.handle = matcher::kNone;
    return;
  }
  stay.seq = matcher.seq(stay.handle);
  moved.insert(stay.queue);
  handles[stay.handle] = stay.call;
  for (const Missed& missed : stay.missed)
    if (missed.until > now) matcher.missed(stay.handle, agent_ids.id(missed.agent), missed.until);
}

void Model::dequeue(Stay& stay) {
  if (stay.handle == matcher::kNone) return;
  matcher.remove(stay.handle);
  moved.insert(stay.queue);
  handles.erase(stay.handle);
  stay.handle = matcher::kNone;
}

/// The ring of that attempt; with 0 the agent's, with neither the first.
Leg* Model::leg_of(Stay& stay, const std::string& agent, double attempt) {
  for (Leg& leg : stay.legs)
    if (attempt != 0 ? leg.attempt == attempt && (agent.empty() || leg.agent == agent) : agent.empty() || leg.agent == agent) return &leg;
  return nullptr;
}

/// Rings him. An attempt that is known is the PBX's own doing: nothing is asked of it then.
void Model::route_to(Stay& stay, const Who& who) {
  const QueueSettings& s = queues.find(stay.queue)->second.settings;
  const bool ours = stay.mode == Mode::Offhook && who.attempt == 0;
  Leg leg{.agent = who.agent, .attempt = ours ? next_attempt++ : who.attempt, .offered = now};
  if (who.attempt >= next_attempt) next_attempt = who.attempt + 1;
  if (!ours) leg.rang = now;
  if (!ours && stay.ring_began == 0) stay.ring_began = now;
  Record& record = stay.record;
  ++record.offers;
  if (!ours && record.first_ring_at == 0) record.first_ring_at = at;
  count(stay.queue, Count::Offers);
  stay.legs.push_back(leg);
  AgentEntry* const his = find_agent(who.agent);
  if (his) ++his->rung;
  if (his) step(*his, {.on = centre_agent::On::Reserved, .call = stay.call});
  out->agents.insert(who.agent);
  if (!ours) return;
  Effect effect{.what = stay.number.empty() ? Effect::What::Offer : Effect::What::CallbackDue};
  effect.call = stay.call;
  effect.queue = stay.queue;
  effect.agent = who.agent;
  effect.attempt = leg.attempt;
  effect.ring_ms = s.ring_ms;
  effect.record = s.record;
  effect.number = stay.number;
  out->list.push_back(std::move(effect));
}

/// He is not rung any more; by the cause he is left alone for a while.
void Model::release(Stay& stay, const Leg& leg, const Who& who) {
  const QueueSettings& s = queues.find(stay.queue)->second.settings;
  centre_agent::Event event{.on = centre_agent::On::Released, .cause = who.cause, .rona_after = s.rona_after};
  const bool missed = who.cause == Cause::NoAnswer || who.cause == Cause::Reject || who.cause == Cause::Busy || who.cause == Cause::Unreachable;
  switch (who.cause) {
    case Cause::NoAnswer: event.cool_ms = s.rona_ms; break;
    case Cause::Reject: event.cool_ms = s.reject_ms; break;
    case Cause::Busy: event.cool_ms = s.busy_ms; break;
    case Cause::Unreachable: event.cool_ms = s.unreachable_ms; break;
    default: break;
  }
  if (missed) {
    std::erase_if(stay.missed, [&](const Missed& one) { return one.agent == leg.agent; });
    if (stay.missed.size() < limits::kMissed) stay.missed.push_back({leg.agent, now + std::max(event.cool_ms, 1'000.0)});
    if (stay.sticky == leg.agent) stay.sticky.clear();
  }
  AgentEntry* const his = find_agent(leg.agent);
  if (his && his->rung > 0) --his->rung;
  if (who.cause == Cause::NoAnswer) {
    ++stay.record.rona_count;
    count(stay.queue, Count::Rona);
    if (his) ++his->missed_today;
    note(leg.agent, "missed", stay.call);
  }
  if (who.withdraw && stay.mode == Mode::Offhook) {
    Effect effect{.what = Effect::What::Withdraw};
    effect.call = stay.call;
    effect.agent = leg.agent;
    effect.attempt = leg.attempt;
    out->list.push_back(std::move(effect));
  }
  if (his) step(*his, event);
  out->agents.insert(leg.agent);
}

void Model::release_all(Stay& stay, const Who& who, const std::string& but) {
  const std::vector<Leg> legs = stay.legs;
  std::erase_if(stay.legs, [&](const Leg& leg) { return leg.agent != but; });
  for (const Leg& leg : legs)
    if (leg.agent != but) release(stay, leg, who);
}

/// A round is over: how long it rang.
void Model::ring_ended(Stay& stay) {
  if (stay.ring_began != 0) stay.ring_ms += now - stay.ring_began;
  stay.ring_began = 0;
}

namespace {
/// When a ring is given up that the PBX does not end itself. A callback rings the customer after the agent.
Millis gives_up_at(const Stay& stay, const Leg& leg, const QueueSettings& s) {
  if (leg.rang == 0) return leg.offered + limits::kOfferMs;
  return leg.rang + s.ring_ms + limits::kRingGraceMs + (stay.number.empty() ? 0 : limits::kCallbackMs);
}
}  // namespace

void Model::arm_ring(const Stay& stay) {
  timers.clear(Due::Ring, stay.call);
  if (stay.mode == Mode::Asterisk || stay.legs.empty()) return;
  const QueueSettings& s = queues.find(stay.queue)->second.settings;
  Millis first = gives_up_at(stay, stay.legs.front(), s);
  for (const Leg& leg : stay.legs) first = std::min(first, gives_up_at(stay, leg, s));
  timers.set(Due::Ring, stay.call, first);
}

void Model::ring_over(Stay& stay) {
  if (link != Link::Live) return timers.set(Due::Ring, stay.call, now + limits::kOfferMs);  // nobody can tell whether he has answered
  const QueueSettings& s = queues.find(stay.queue)->second.settings;
  const std::vector<Leg> legs = stay.legs;
  for (const Leg& leg : legs) {
    if (gives_up_at(stay, leg, s) > now) continue;
    const bool rang = leg.rang != 0;
    step(stay, {.on = rang ? Q::AgentNoAnswer : Q::AgentUnavailable},
         {.agent = leg.agent, .attempt = leg.attempt, .cause = rang ? Cause::NoAnswer : Cause::Unreachable, .withdraw = true});
  }
  arm_ring(stay);
}

/// The PBX shows that he is rung: only from now on does his time count.
void Model::offered(const Event& event) {
  Stay* const stay = find(event.call);
  Leg* const leg = stay ? leg_of(*stay, event.agent, event.attempt) : nullptr;
  if (stay) seen(*stay);
  if (!leg || leg->rang != 0) return;
  touch();
  leg->rang = now;
  if (stay->ring_began == 0) stay->ring_began = now;
  if (stay->record.first_ring_at == 0) stay->record.first_ring_at = at;
  arm_ring(*stay);
  show(*stay);
}

void Model::offer_ended(const Event& event) {
  Stay* const stay = find(event.call);
  if (!stay) {
    if (event.on == On::RejectOffer) refuse("unknown_call", event.call);
    return;
  }
  if (event.on != On::RejectOffer) seen(*stay);  // a person's wish says nothing of what the PBX has
  const Leg* const leg = leg_of(*stay, event.agent, event.attempt);
  if (!leg) {  // late: it was given up, or answered
    if (event.on == On::RejectOffer) refuse("not_offered", event.call);
    return;
  }
  Who who{.agent = leg->agent, .attempt = leg->attempt};
  switch (event.on) {
    case On::AgentNoAnswer:
      who.cause = Cause::NoAnswer;
      step(*stay, {.on = Q::AgentNoAnswer}, who);
      return;
    case On::RejectOffer: who.withdraw = true; [[fallthrough]];
    case On::AgentReject:
      who.cause = Cause::Reject;
      step(*stay, {.on = Q::AgentReject}, who);
      return;
    case On::AgentUnavailable:
      who.cause = event.text == "busy" ? Cause::Busy : event.text == "withdrawn" ? Cause::Withdrawn : Cause::Unreachable;
      step(*stay, {.on = Q::AgentUnavailable, .void_offer = event.text == "withdrawn"}, who);
      return;
    default:
      who.agent.clear();
      who.cause = Cause::Withdrawn;
      step(*stay, {.on = Q::BridgeFailed}, who);
      return;
  }
}

/// Who has answered is connected, also when his ring was given up meanwhile: the PBX has joined them. A stale answer beside a newer
/// ring is none: the ring has taken the call away from him.
void Model::accepted(const Event& event) {
  Stay* const stay = find(event.call);
  if (!stay) return;
  seen(*stay);
  const Leg* const leg = leg_of(*stay, event.agent, event.attempt);
  if (!leg && (stay->machine.state == State::AgentRinging || event.agent.empty())) return;
  const std::string who = leg ? leg->agent : event.agent;
  step(*stay, {.on = Q::AgentAccept}, {.agent = who, .attempt = event.attempt, .leg = event.text});
}

}  // namespace offhook::acd
