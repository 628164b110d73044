// The PBX of the simulated centre: what it does when it is asked, in the order of one socket, and what it tells, in the order of each channel, late.
// It obeys a Redirect whatever the call is doing, as Asterisk does: who talks is taken away from whom he talks to.
#include "tests/acd_sim/world.h"

namespace offhook::acd_sim {

using acd::On;
using Where = PbxCall::Where;

void World::to_hub(const std::string& channel, acd::Event event) {
  const double delay = trouble_.delay > 0 && chance_.happens(0.4) ? chance_.ms(0, trouble_.delay) : 1;
  double& last = channels_[channel];
  const double at = std::max(last, now_ + delay);
  last = at;
  const std::uint64_t epoch = epoch_;
  const int times = chance_.happens(trouble_.twice) ? 2 : 1;
  for (int i = 0; i < times; ++i)
    later(at - now_, [this, epoch, event] {
      if (epoch == epoch_ && up_ && linked_) apply(event);
    });
}

/// Over one socket: in order. Without a link it is not even sent.
void World::to_pbx(std::function<void()> what) {
  if (!linked_) return;
  requests_ = std::max(requests_, now_ + (chance_.happens(0.3) ? chance_.ms(0, trouble_.delay) : 1));
  later(requests_ - now_, std::move(what));
}

bool World::is_free(const std::string& agent) {
  const Phone& phone = phones_[agent];
  return phone.registered && !phone.other && phone.with.empty();
}

/// An offer: the caller is sent to the agent's telephone.
void World::redirected(const acd::Effect& effect) {
  acd::Event failed{.on = On::AgentUnavailable, .call = effect.call, .agent = effect.agent, .text = "withdrawn", .attempt = effect.attempt};
  const auto found = calls_.find(effect.call);
  const bool gone = found == calls_.end() || found->second.where == Where::Gone || found->second.own;
  if (gone || chance_.happens(trouble_.refused)) {  // "Channel does not exist", "not up", or Success and nothing rings
    if (chance_.happens(0.5)) to_hub(effect.call, failed);
    return;
  }
  PbxCall& call = found->second;
  call.queue = effect.queue;
  if (call.where == Where::Talking) drop_agent(call);
  const auto queue = model().queues.find(effect.queue);
  const bool all = queue != model().queues.end() && queue->second.settings.strategy == "ring_all";
  if (call.where == Where::Ringing && !all) cancel_rings(call, 0, true);
  if (call.where == Where::Voicemail) call.where = Where::Waiting;
  ring(call, effect.agent, effect.attempt, effect.ring_ms);
}

void World::ring(PbxCall& call, const std::string& agent, double attempt, double ring_ms) {
  Phone& phone = phones_[agent];
  acd::Event failed{.on = On::AgentUnavailable, .call = call.id, .agent = agent, .attempt = attempt};
  if (call.own) failed.attempt = 0;
  if (!is_free(agent)) {
    failed.text = phone.registered ? "busy" : "unreachable";
    if (!call.own) to_hub(call.id, failed);
    if (call.rings.empty()) call.where = Where::Waiting;
    return;
  }
  phone.with = call.id;
  call.where = Where::Ringing;
  const std::uint64_t serial = ++serial_;
  call.rings.push_back({agent, attempt, serial});
  if (call.own) to_hub(call.id, {.on = On::Observed, .call = call.id, .queue = call.queue, .agent = agent, .what = acd::Observed::AgentCalled});
  else to_hub(call.id, {.on = On::Offered, .call = call.id, .agent = agent, .attempt = attempt});
  const std::string id = call.id;
  const double share = chance_.share();
  const bool misses = share < trouble_.misses, rejects = !misses && share < trouble_.misses + trouble_.rejects;
  const double after = misses ? ring_ms : std::min(ring_ms, chance_.ms(0, rejects ? 4'000 : ring_ms * 0.8 + 100));
  later(after, [this, id, serial, misses, rejects] {
    PbxCall& it = calls_[id];
    if (misses) end_ring(it, serial, On::AgentNoAnswer, {});
    else if (rejects) end_ring(it, serial, On::AgentReject, {});
    else answer(it, serial);
  });
}

void World::end_ring(PbxCall& call, std::uint64_t serial, On on, const std::string& cause) {
  for (std::size_t i = 0; i < call.rings.size(); ++i) {
    const PbxCall::Ring was = call.rings[i];
    if (was.serial != serial) continue;
    call.rings.erase(call.rings.begin() + static_cast<std::ptrdiff_t>(i));
    phones_[was.agent].with.clear();
    if (call.rings.empty()) call.where = call.number.empty() ? Where::Waiting : Where::Gone;
    if (call.own) {
      to_hub(call.id, {.on = On::Observed, .call = call.id, .queue = call.queue, .agent = was.agent, .what = acd::Observed::AgentRingNoAnswer});
      app_queue(call.id);
    } else {
      to_hub(call.id, {.on = on, .call = call.id, .agent = was.agent, .text = cause, .attempt = was.attempt});
    }
    return;
  }
}

void World::cancel_rings(PbxCall& call, std::uint64_t but, bool told) {
  const std::vector<PbxCall::Ring> rings = call.rings;
  for (const PbxCall::Ring& one : rings) {
    if (one.serial == but) continue;
    phones_[one.agent].with.clear();
    if (told) to_hub(call.id, {.on = On::AgentUnavailable, .call = call.id, .agent = one.agent, .text = "withdrawn", .attempt = one.attempt});
  }
  call.rings.clear();
  if (call.where == Where::Ringing) call.where = Where::Waiting;
}

void World::answer(PbxCall& call, std::uint64_t serial) {
  for (const PbxCall::Ring& one : std::vector<PbxCall::Ring>(call.rings)) {
    if (one.serial != serial) continue;
    cancel_rings(call, serial, false);
    if (!call.number.empty() && chance_.happens(0.3)) {  // a callback: the customer is not there
      phones_[one.agent].with.clear();
      call.where = Where::Gone;
      to_hub(call.id, {.on = On::BridgeFailed, .call = call.id, .agent = one.agent, .attempt = one.attempt});
      return;
    }
    if (!call.own && call.number.empty() && chance_.happens(trouble_.refused * 0.3)) {  // he answers, and the two are not joined: the caller waits on
      phones_[one.agent].with.clear();
      call.where = Where::Waiting;
      call.rings.clear();
      to_hub(call.id, {.on = On::BridgeFailed, .call = call.id, .agent = one.agent, .attempt = one.attempt});
      return;
    }
    call.where = Where::Talking;
    call.agent = one.agent;
    call.attempt = one.attempt;
    call.answered = now_;
    if (call.own) to_hub(call.id, {.on = On::Observed, .call = call.id, .queue = call.queue, .agent = one.agent, .what = acd::Observed::AgentConnect});
    else to_hub(call.id, {.on = On::AgentAccept, .call = call.id, .agent = one.agent, .attempt = one.attempt});
    in_talk(call.id);
    return;
  }
}

/// The agent's leg is gone, the caller is back in the waiting room.
void World::drop_agent(PbxCall& call) {
  phones_[call.agent].with.clear();
  call.agent.clear();
  call.where = Where::Waiting;
  to_hub(call.id, {.on = On::AgentLegLost, .call = call.id});
}

void World::hang_up(PbxCall& call, acd::Side by) {
  if (call.where == Where::Gone) return;
  const bool talked = call.where == Where::Talking;
  cancel_rings(call, 0, false);
  if (talked) phones_[call.agent].with.clear();
  call.where = Where::Gone;
  // A hub that was not there when the talk began knows it by the other of the two words.
  acd::Event event{.on = talked != chance_.happens(0.1) ? On::CallEnded : On::HangupCall, .call = call.id, .by = by};
  if (call.own) {
    event.on = On::Observed;
    event.queue = call.queue;
    event.what = talked ? acd::Observed::AgentComplete : acd::Observed::CallerAbandon;
  }
  to_hub(call.id, event);
  if (call.own && talked) to_hub(call.id, {.on = On::CallEnded, .call = call.id, .by = by});
  if (call.own && !talked && chance_.happens(0.5)) to_hub(call.id, {.on = On::Observed, .call = call.id, .queue = call.queue, .what = acd::Observed::CallerLeave});
}

void World::withdrawn(const acd::Effect& effect) {
  const auto found = calls_.find(effect.call);
  if (found == calls_.end() || found->second.where == Where::Gone || found->second.own) return;
  PbxCall& call = found->second;
  if (call.where == Where::Talking && call.attempt == effect.attempt) return drop_agent(call);
  const std::vector<PbxCall::Ring> rings = call.rings;
  for (const PbxCall::Ring& one : rings)
    if (one.attempt == effect.attempt) end_ring(call, one.serial, On::AgentUnavailable, "withdrawn");
}

/// A callback: the agent is rung first.
void World::called_back(const acd::Effect& effect) {
  PbxCall& call = calls_[effect.call];
  if (call.id.empty()) {
    call.id = effect.call;
    call.enqueued = now_;
  }
  if (call.where != Where::Gone && !call.rings.empty()) cancel_rings(call, 0, true);
  call.from = call.number = effect.number;
  call.queue = effect.queue;
  call.where = Where::Waiting;
  ring(call, effect.agent, effect.attempt, effect.ring_ms);
  if (call.rings.empty()) call.where = Where::Gone;
}

void World::overflowed(const acd::Effect& effect) {
  const auto found = calls_.find(effect.call);
  if (found == calls_.end() || found->second.where == Where::Gone || found->second.own) return;
  PbxCall& call = found->second;
  if (effect.kind == "queue") {
    call.queue = effect.target;
    return;
  }
  if (chance_.happens(trouble_.refused)) return;  // he stays where he is, and gives up in the end
  if (call.where == Where::Talking) drop_agent(call);
  cancel_rings(call, 0, false);
  call.where = Where::Voicemail;
  if (effect.kind == "hangup" || chance_.happens(0.2)) return hang_up(call, acd::Side::System);
  to_hub(call.id, {.on = On::LeftQueue, .call = call.id, .how = acd::How::Overflow});
  const std::string id = call.id;
  later(chance_.ms(1'000, 60'000), [this, id] { hang_up(calls_[id], acd::Side::Caller); });
}

/// Its own Queue(): one telephone after the other.
void World::app_queue(const std::string& id) {
  later(chance_.ms(500, 4'000), [this, id] {
    PbxCall& call = calls_[id];
    if (call.where != Where::Waiting || !call.own) return;
    for (int i = 0; i < 4; ++i)
      if (const std::string& agent = chance_.of(agents_); is_free(agent) && people_[agent].status == AgentStatus::Online) return ring(call, agent, 0, 10'000);
    app_queue(id);
  });
}

}  // namespace offhook::acd_sim
