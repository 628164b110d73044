#include "engine/acd/acd.h"

#include <cmath>

#include "engine/acd/model.h"

namespace offhook::acd {

Model::Model(double given) : seed(given), matcher(given) {}

bool Model::refuse(std::string_view code, std::string message) {
  out->code = code;
  out->message = std::move(message);
  return false;
}

/// What an item of the stay, of its queue and of its agents shows may differ.
void Model::show(const Stay& stay) {
  out->calls.insert(stay.call);
  out->queues.insert(stay.queue);
  if (!stay.agent.empty()) out->agents.insert(stay.agent);
  for (const Leg& leg : stay.legs) out->agents.insert(leg.agent);
}

void Model::apply(const Event& event, Effects& effects) {
  out = &effects;
  // The host's monotonic clock is followed from near UTC on; where it begins anew, UTC says how long nobody counted.
  const Millis mono = std::floor(event.mono), wall = std::floor(event.at);
  Millis moved = shift;
  if (!started) moved = wall - mono;
  else if (event.on == On::Restarted || mono < last_mono) moved = std::max(last_now, wall) - mono;
  at = wall;
  now = std::max(last_now, mono + moved);
  if (event.midnight > 0 && event.midnight != midnight) {
    midnight = event.midnight;
    timers.set(Due::Midnight, {}, now + std::max(0.0, midnight - at));
    touch();
  }
  if (event.on == On::Restarted) restarted();  // before time limits are judged: what came meanwhile nobody has seen
  run_timers();
  handle(event);
  end_finished();
  match();
  end_finished();
  tell_places();
  if (!effects.changed) return;
  started = true;
  last_at = at;
  last_mono = mono;
  last_now = now;
  shift = moved;
}

void Model::run_timers() {
  Due due;
  std::string name;
  while (timers.take(now, due, name)) {
    fire(due, name);
    end_finished();
  }
}

void Model::fire(Due due, const std::string& name) {
  const auto stay_found = stays.find(name);
  Stay* const stay = stay_found == stays.end() ? nullptr : &stay_found->second;
  const auto agent_found = agents.find(name);
  AgentEntry* const his = agent_found == agents.end() ? nullptr : &agent_found->second;
  switch (due) {
    case Due::Wait:
      if (!stay) return;
      stay->deadline = 0;
      step(*stay, {.on = queue_call::On::QueueTimeout});
      return;
    case Due::Ring:
      if (stay) ring_over(*stay);
      return;
    case Due::Leave:
      if (stay) step(*stay, {.on = queue_call::On::Terminated});
      return;
    case Due::Left:
      if (!stay) return;
      stay->left = 0;
      touch();
      unring(*stay);
      step(*stay, {.on = queue_call::On::QueueTimeout});
      return;
    case Due::Announce:
      if (stay) announce(*stay);
      return;
    case Due::WrapUp:
      if (his) step(*his, {.on = centre_agent::On::WrapUpTimeout});
      return;
    case Due::CoolDown:
      if (his) step(*his, {.on = centre_agent::On::CoolDownOver});
      return;
    case Due::Optional:
      if (!his) return;
      his->machine.owed = {};
      his->optional_until = 0;
      touch();
      sync(*his);
      return;
    case Due::Match: match_wanted = true; return;
    case Due::Forget:
      for (auto& [queue, entry] : queues)
        if (entry.counters.forget(std::floor(at / 60'000))) out->queues.insert(queue);
      touch();
      arm_forget();
      return;
    case Due::Midnight: midnight_passed(); return;
    case Due::Sweep: return link_is(Link::Live);  // nobody told that this was all: nothing is taken for lost
  }
}

void Model::handle(const Event& event) {
  switch (event.on) {
    case On::Configured: return configure(event);
    case On::LinkChanged: return set_link(event.yes);
    case On::Intent:
    case On::Registered:
    case On::PhoneBusy:
    case On::CompleteWrapUp:
    case On::ExtendWrapUp: return agent_event(event);
    case On::QueueCall: return queue_call(event);
    case On::Offered: return offered(event);
    case On::AgentAccept: return accepted(event);
    case On::AgentNoAnswer:
    case On::AgentReject:
    case On::AgentUnavailable:
    case On::BridgeFailed:
    case On::RejectOffer: return offer_ended(event);
    case On::LeftQueue: return leave(event);
    case On::Observed: return observe(event);
    case On::Priority: return reprioritise(event);
    case On::Move: return move(event);
    case On::AdoptCall: return adopt(event);
    case On::SweepDone: return sweep_done(false);
    case On::PbxRestarted: return sweep_done(true);
    case On::Restarted:
    case On::Woke: return;
    case On::SetRecording:
    case On::Hold:
    case On::Unhold:
    case On::HangupCall:
    case On::CallEnded:
    case On::BlindTransfer:
    case On::AttendedTransfer:
    case On::AgentLegLost: break;
  }
  // What is told of a call that is in no queue is nothing to us: not every call is one of ours.
  Stay* const stay = find(event.call);
  if (!stay) return;
  seen(*stay);
  const auto by = static_cast<queue_call::By>(event.by);
  using On_ = queue_call::On;
  switch (event.on) {
    case On::SetRecording:
      stay->record.recording_url = event.text;
      touch();
      write(stay->record);
      return;
    case On::Hold: step(*stay, {.on = On_::Hold}); return;
    case On::Unhold: step(*stay, {.on = On_::Unhold}); return;
    case On::HangupCall: step(*stay, {.on = On_::HangupCall, .by = by == queue_call::By::None ? queue_call::By::Caller : by}); return;
    case On::CallEnded: step(*stay, {.on = On_::CallEnded, .by = by}); return;
    case On::BlindTransfer: step(*stay, {.on = On_::BlindTransfer, .by = queue_call::By::Agent}, {.target = event.target}); return;
    case On::AttendedTransfer: {
      const bool ours = !event.agent.empty() && find_agent(event.agent);
      if (ours && stay->machine.state == queue_call::State::Active && stay->agent == event.agent) return;  // told again
      step(*stay, {.on = On_::AttendedTransfer, .by = queue_call::By::Agent, .to_agent = ours}, {.agent = event.agent, .target = event.target, .leg = event.text});
      return;
    }
    case On::AgentLegLost: step(*stay, {.on = On_::AgentLegLost, .by = queue_call::By::System}); return;
    default: return;
  }
}

Acd::Acd(double seed) : model_(std::make_unique<Model>(seed)) {}
Acd::~Acd() = default;
Acd::Acd(Acd&&) noexcept = default;
Acd& Acd::operator=(Acd&&) noexcept = default;

void Acd::apply(const Event& event, Effects& out) { model_->apply(event, out); }

Millis Acd::due() const {
  const Millis next = model_->timers.next();
  return next < 0 ? -1 : next - model_->shift;
}

bool Acd::where(const std::string& call, Where& where, std::string& agent) const {
  const auto found = model_->stays.find(call);
  if (found == model_->stays.end()) return false;
  const Stay& stay = found->second;
  where = stay.machine.state == queue_call::State::Active ? Where::Talking : stay.legs.empty() ? Where::Waiting : Where::Ringing;
  agent = where == Where::Talking ? stay.agent : where == Where::Ringing ? stay.legs.front().agent : std::string{};
  return true;
}

bool Acd::mode_of(const std::string& queue, Mode& mode) const {
  const auto found = model_->queues.find(queue);
  if (found == model_->queues.end()) return false;
  mode = found->second.settings.mode;
  return true;
}

std::string Acd::offered(const std::string& call, double attempt) const {
  const auto found = model_->stays.find(call);
  if (found == model_->stays.end()) return {};
  for (const Leg& leg : found->second.legs)
    if (leg.attempt == attempt) return leg.agent;
  return {};
}

bool Acd::knows_agent(const std::string& agent) const { return model_->agents.contains(agent); }

}  // namespace offhook::acd
