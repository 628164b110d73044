// Queues that app_queue routes (mode `asterisk`), and callers whom it took over from us: what it decided becomes events of the same machine. The
// matcher has no part in them, and nothing is asked of the PBX.
#include "engine/acd/model.h"

namespace offhook::acd {

using centre_agent::Cause;
using queue_call::State;
using Q = queue_call::On;

/// Nobody is rung for it any more, and it was no agent's fault.
void Model::unring(Stay& stay) {
  while (!stay.legs.empty() && stay.machine.state == State::AgentRinging)
    step(stay, {.on = Q::AgentUnavailable, .void_offer = true}, {.agent = stay.legs.front().agent, .attempt = stay.legs.front().attempt, .cause = Cause::Withdrawn});
}

void Model::observe(const Event& event) {
  if (event.what == Observed::Joined) return queue_call(event);
  Stay* const stay = find(event.call);
  if (!stay || stay->mode != Mode::Asterisk) return;  // in our own waiting room we decide, and know
  seen(*stay);
  const bool waits = stay->machine.state == State::Queued || stay->machine.state == State::AgentRinging;
  switch (event.what) {
    case Observed::None:
    case Observed::Joined: return;
    case Observed::AgentCalled:
      if (waits && !event.agent.empty() && !leg_of(*stay, event.agent, 0)) step(*stay, {.on = Q::AssignToAgent}, {.agent = event.agent});
      return;
    case Observed::AgentRingNoAnswer:
      if (!event.agent.empty() && leg_of(*stay, event.agent, 0)) step(*stay, {.on = Q::AgentNoAnswer}, {.agent = event.agent, .cause = Cause::NoAnswer});
      return;
    case Observed::AgentConnect:
      if (!waits || event.agent.empty()) return;
      if (stay->machine.state == State::AgentRinging && !leg_of(*stay, event.agent, 0)) unring(*stay);  // its AgentCalled was lost
      step(*stay, {.on = Q::AgentAccept}, {.agent = event.agent, .leg = event.text});
      return;
    case Observed::AgentComplete:
      if (stay->machine.state == State::Active) step(*stay, {.on = Q::CallEnded, .by = static_cast<queue_call::By>(event.by)});
      return;
    case Observed::CallerAbandon:
      if (waits) step(*stay, {.on = Q::HangupCall, .by = queue_call::By::Caller});
      return;
    case Observed::CallerLeave:  // comes before AgentConnect, before or after Abandon, and alone: what follows it says which
      if (!waits || stay->left != 0) return;
      stay->left = now + limits::kLeftMs;
      touch();
      arm(*stay);
      return;
    case Observed::Timeout:
      unring(*stay);
      step(*stay, {.on = Q::QueueTimeout});
      return;
    case Observed::Exit: step(*stay, {.on = Q::LeaveKey}, {.cause = Cause::Withdrawn}); return;
  }
}

}  // namespace offhook::acd
