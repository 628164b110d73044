// After a restart of the hub, or a link that was lost: what the PBX still has is believed, what it has not is over.
#include "engine/acd/model.h"

namespace offhook::acd {

using centre_agent::Cause;
using queue_call::State;
using Q = queue_call::On;

/// A new process: its monotonic clock is another one, and all that was known of the PBX is from before.
void Model::restarted() {
  set_link(false);
  for (auto& [call, stay] : stays) stay.unseen = true;
  if (unseen_since == 0 || unseen_since > last_now) unseen_since = last_now;
  touch();
}

void Model::adopt(const Event& event) {
  if (event.call.empty()) return void(refuse("bad_value", "AdoptCall without a call"));
  Stay* stay = find(event.call);
  if (!stay) {
    Event joined = event;
    joined.on = On::AdoptCall;
    queue_call(joined);
    end_finished();
    stay = find(event.call);
    if (!stay) return;  // refused: no such queue
  }
  seen(*stay);
  switch (event.where) {
    case Where::Waiting:
      unring(*stay);
      if (stay->machine.state == State::Active) step(*stay, {.on = Q::AgentLegLost});
      return;
    case Where::Ringing:
      if (event.agent.empty()) return;
      if (stay->machine.state == State::Active) step(*stay, {.on = Q::AgentLegLost});
      if (Leg* leg = leg_of(*stay, event.agent, 0)) {
        if (event.attempt != 0 && leg->attempt != event.attempt) leg->attempt = event.attempt, touch();
        if (leg->rang != now) leg->rang = now, touch();  // it rings still: when it is over, the PBX tells
        if (stay->ring_began == 0) stay->ring_began = now, touch();
        const std::vector<Leg> legs = stay->legs;
        for (const Leg& other : legs)
          if (other.agent != event.agent && stay->mode == Mode::Offhook && stay->machine.ringing > 1 && !is_ring_all(*stay))
            step(*stay, {.on = Q::AgentUnavailable, .void_offer = true}, {.agent = other.agent, .attempt = other.attempt, .cause = Cause::Withdrawn});
        return arm_ring(*stay);
      }
      if (!is_ring_all(*stay)) unring(*stay);
      if (stay->machine.state != State::Queued && stay->machine.state != State::AgentRinging) return;
      dequeue(*stay);
      step(*stay, {.on = Q::AssignToAgent}, {.agent = event.agent, .attempt = event.attempt != 0 ? event.attempt : next_attempt});
      return;
    case Where::Talking:
      if (event.agent.empty()) return;
      if (stay->machine.state == State::Active) {
        if (stay->agent == event.agent) return;
        step(*stay, {.on = Q::AttendedTransfer, .by = queue_call::By::Agent, .to_agent = true}, {.agent = event.agent, .leg = event.text});  // handed on while nobody looked
        return;
      }
      if (stay->machine.state == State::AgentRinging && !leg_of(*stay, event.agent, 0)) unring(*stay);
      step(*stay, {.on = Q::AgentAccept}, {.agent = event.agent, .leg = event.text, .answered_at = event.answered_at});
      return;
  }
}

bool Model::is_ring_all(const Stay& stay) const { return queues.find(stay.queue)->second.settings.strategy == "ring_all"; }

/// All that the PBX has was told: what nobody told of is lost. After a restart of the PBX that is everything.
void Model::sweep_done(bool pbx_restarted) {
  std::vector<std::string> lost;
  for (const auto& [call, stay] : stays) {
    const bool is_over = stay.unseen || pbx_restarted;
    // A callback has no channel before it is offered: nothing of it can be lost.
    if (is_over && !(stay.machine.state == State::Queued && !stay.number.empty())) lost.push_back(call);
  }
  if (pbx_restarted && unseen_since == 0 && !lost.empty()) unseen_since = last_now;
  for (const std::string& call : lost) {
    Stay* const stay = find(call);
    if (!stay) continue;
    if (!stay->number.empty() && stay->machine.state == State::AgentRinging) unring(*stay);
    else step(*stay, {.on = Q::Lost, .pbx_restarted = pbx_restarted});
    end_finished();
  }
  for (auto& [call, stay] : stays) {
    if (stay.unseen) touch();
    stay.unseen = false;
  }
  if (unseen_since != 0) touch();
  unseen_since = 0;
  if (link == Link::Sweeping && !pbx_restarted) link_is(Link::Live);
}

}  // namespace offhook::acd
