// Stays: in at the door, one step of the machine after the other, what each action means, and out again.
#include <cmath>

#include "engine/acd/model.h"
#include "engine/core/json_writer.h"
#include "engine/queue_call/queue_call_table.h"
#include "engine/reports/fate.h"

namespace offhook::acd {

using queue_call::Do;
using queue_call::State;
using Q = queue_call::On;

Stay* Model::find(const std::string& call) {
  const auto found = stays.find(call);
  return found == stays.end() ? nullptr : &found->second;
}

/// Why nobody may enter now; empty: he may.
std::string Model::gate(const QueueEntry& queue) const {
  const QueueSettings& s = queue.settings;
  if (queue.removed || !s.open) return "closed";
  if (s.max_waiting > 0 && queue.waiting.size() >= static_cast<std::size_t>(s.max_waiting)) return "full";
  if (!s.join_empty) {
    for (const std::string& agent : queue.agents)
      if (!matcher::is_absent(why_of(agents.find(agent)->second))) return {};
    return "empty";
  }
  return {};
}

void Model::queue_call(const Event& event) {
  const auto queue = queues.find(event.queue);
  if (event.call.empty()) return void(refuse("bad_value", "QueueCall without a call"));
  if (queue == queues.end()) return void(refuse("unknown_queue", event.queue));
  if (!(event.priority >= -100 && event.priority <= 100) || event.priority != std::floor(event.priority))
    return void(refuse("bad_priority", "a priority is a whole number from -100 to 100"));
  const bool observed = event.on == On::Observed || queue->second.settings.mode == Mode::Asterisk;
  if (Stay* known = find(event.call)) {
    seen(*known);
    if (event.on == On::Observed && known->mode == Mode::Offhook && known->machine.state != State::Active) {  // the PBX's own Queue() has him
      Event fallback = event;
      fallback.how = How::Fallback;
      return leave(fallback);
    }
    if (known->queue == event.queue || known->machine.state != State::Active) return;  // told again: one call
    step(*known, {.on = Q::BlindTransfer, .by = queue_call::By::Agent}, {.target = event.queue});  // he comes back to a queue
    end_finished();
  }
  if (stays.size() >= limits::kStays) return void(refuse("too_many_calls", "no more calls can be held"));
  Stay stay;
  stay.call = event.call;
  stay.queue = event.queue;
  stay.from = event.from;
  stay.to = event.to;
  stay.number = event.number;
  stay.mode = observed ? Mode::Asterisk : Mode::Offhook;
  stay.priority = static_cast<int>(event.priority);
  stay.skills = event.skills;
  stay.sticky = event.sticky;
  const Millis waited = event.enqueued_at > 0 ? std::max(0.0, at - std::floor(event.enqueued_at)) : 0;
  stay.enqueued_at = at - waited;
  stay.enqueued = now - waited;
  enter(std::move(stay), event.on != On::QueueCall);
}

/// Into the queue that it names; `enqueued` is its place. `is_in`: the PBX has let him in already.
void Model::enter(Stay stay, bool is_in) {
  const std::string call = stay.call;
  QueueEntry& queue = queues.find(stay.queue)->second;
  const QueueSettings& s = queue.settings;
  stay.machine = {};
  const bool ours = stay.mode == Mode::Offhook;
  stay.machine.max_attempts = ours ? s.max_attempts : 0;
  stay.machine.max_returns = ours ? limits::kReturns : 0;
  stay.since = at;
  stay.overflow_to.clear();
  const auto last = last_records.find(call);
  const std::string from_record = last == last_records.end() ? std::string{} : last->second;
  Stay& here = stays.insert_or_assign(call, std::move(stay)).first->second;
  open_record(here, from_record);
  const std::string refusal = is_in || !ours ? std::string{} : gate(queue);
  queue.stays.insert(call);
  step(here, {.on = Q::QueueCall, .refusal = refusal});
}

/// Keeps who waits and how many talk, so that nobody has to count them.
void Model::placed(const Stay& stay, State before) {
  const auto waits = [](State state) { return state == State::Queued || state == State::AgentRinging; };
  const State after = stay.machine.state;
  QueueEntry& queue = queues.find(stay.queue)->second;
  queue.active += (after == State::Active) - (before == State::Active);
  if (waits(after) == waits(before)) return;
  if (waits(after)) queue.waiting.insert({stay.enqueued, stay.call});
  else queue.waiting.erase({stay.enqueued, stay.call});
}

int Model::step(Stay& stay, queue_call::Event event, const Who& who) {
  event.at = at;
  event.mono = now;
  queue_call::Effects todo;
  queue_call::Context context{stay.machine};
  const State before = stay.machine.state;
  const int row = fsm::step<queue_call::Machine>(stay.machine.state, context, event, todo);
  if (row < 0) {
    ++anomalies;
    return row;
  }
  touch();
  out->rows.push_back({0, static_cast<std::uint8_t>(row)});
  show(stay);
  if (stay.machine.state != before) {
    stay.since = at;
    placed(stay, before);
  }
  for (const Do what : todo.todo) carry_out(stay, what, event, who);
  // Who hung up is gone already; and what app_queue does with him it has done.
  const bool gone = stay.machine.outcome == queue_call::Outcome::Abandoned || stay.mode == Mode::Asterisk || !stay.overflow_to.empty() || !stay.number.empty();
  if (stay.machine.state == State::Terminating && gone) step(stay, {.on = Q::Terminated});
  return row;
}

void Model::carry_out(Stay& stay, Do what, const queue_call::Event& event, const Who& who) {
  const QueueEntry& queue = queues.find(stay.queue)->second;
  const QueueSettings& s = queue.settings;
  switch (what) {
    case Do::AddToQueue:
      count(stay.queue, Count::Offered);
      if (stay.mode == Mode::Offhook && s.max_wait_ms > 0) stay.deadline = std::max(now, stay.enqueued + s.max_wait_ms);
      if (!stay.number.empty()) stay.deadline = now + limits::kCallbackWaitMs;  // he does other things meanwhile
      if (stay.mode == Mode::Offhook && stay.number.empty() && (s.announce_position || !s.announce_sounds.empty())) stay.announce = now + s.announce_every_ms;
      arm(stay);
      return;
    case Do::PlayQueueMusic: return;  // the waiting room plays by itself
    case Do::RouteToAgent: return route_to(stay, who);
    case Do::NotifyAgent:
      if (stay.mode == Mode::Offhook) note(who.agent, "offered", stay.call, at + s.ring_ms);
      return;
    case Do::StartRingTimer: return arm_ring(stay);
    case Do::RemoveFromQueue:
      dequeue(stay);
      disarm(stay);
      stay.deadline = stay.announce = stay.left = 0;
      return;
    case Do::RouteToVoicemail: return overflow(stay);
    case Do::SendBYE: return;  // HangupCall is the PBX's word that it is over
    case Do::BridgeToAgent: {
      ring_ended(stay);
      for (const Leg& leg : stay.legs)
        if (AgentEntry* his = find_agent(leg.agent); his && his->rung > 0) --his->rung;
      stay.legs.clear();
      stay.agent = who.agent;
      const Millis talked = who.answered_at > 0 ? std::max(0.0, at - std::floor(who.answered_at)) : 0;
      stay.answered = now - talked;
      stay.leave = 0;
      disarm(stay);
      Record& record = stay.record;
      record.agent_id = who.agent;
      record.agent_session_id = who.leg;
      record.answered_at = at - talked;
      if (record.first_ring_at == 0) record.first_ring_at = record.answered_at;
      record.wait_time = std::max(0.0, stay.answered - stay.enqueued);
      record.ring_time = stay.ring_ms;
      if (record.part == 0) {
        count(stay.queue, Count::Answered);
        count(stay.queue, Count::WaitAnsweredMs, record.wait_time);
        if (reports::in_service_level(record.wait_time, s.sl_ms)) count(stay.queue, Count::AnsweredInSl);
      }
      if (AgentEntry* his = find_agent(who.agent)) {
        ++his->calls_today;
        matcher.answered(agent_ids.id(who.agent));
        step(*his, {.on = centre_agent::On::Connected, .call = stay.call});
      }
      show(stay);
      write(record);
      return;
    }
    case Do::StartCallRecording: return;  // the offer said so: the dialplan begins it with the talk
    case Do::ReleaseAgent:
      if (const Leg* leg = who.agent.empty() ? nullptr : leg_of(stay, who.agent, who.attempt)) {
        const Leg gone = *leg;
        std::erase_if(stay.legs, [&](const Leg& one) { return one.agent == gone.agent; });
        release(stay, gone, who);
      } else {
        release_all(stay, who, {});
      }
      if (stay.legs.empty()) ring_ended(stay);
      arm_ring(stay);
      return;
    case Do::ReleaseOthers:
      return release_all(stay, {.cause = centre_agent::Cause::Elsewhere, .withdraw = stay.mode == Mode::Offhook}, who.agent);
    case Do::FindNextAgent: return enqueue(stay);
    case Do::SplitTalk: {
      close_record(stay, true);
      const std::string before = stay.record.id;
      const int part = stay.record.part + 1;
      stay.agent = who.agent;
      stay.answered = now;
      stay.ring_ms = 0;
      stay.machine.hold_ms = 0;
      stay.machine.outcome = queue_call::Outcome::None;
      stay.machine.hangup_by = queue_call::By::None;
      open_record(stay, before, part);
      stay.record.agent_id = who.agent;
      stay.record.agent_session_id = who.leg;
      stay.record.answered_at = stay.record.offered_at = at;
      stay.record.wait_time = 0;
      if (AgentEntry* his = find_agent(who.agent)) {
        ++his->calls_today;
        matcher.answered(agent_ids.id(who.agent));
        step(*his, {.on = centre_agent::On::Connected, .call = stay.call});
      }
      show(stay);
      write(stay.record);
      return;
    }
    case Do::ReturnToHead: {
      const std::string before = stay.record.id;
      if (stay.missed.size() < limits::kMissed) stay.missed.push_back({stay.agent, now + std::max(s.unreachable_ms, 1'000.0)});  // his telephone died
      const int part = stay.record.part + 1;
      stay.agent.clear();
      stay.answered = 0;
      stay.priority = 100;
      stay.machine.hold_ms = 0;
      stay.machine.outcome = queue_call::Outcome::None;
      stay.machine.hangup_by = queue_call::By::None;
      open_record(stay, before, part);
      if (stay.mode == Mode::Offhook && s.max_wait_ms > 0) stay.deadline = now + s.max_wait_ms;
      arm(stay);
      return;
    }
    case Do::EndTalk:
      if (stay.machine.outcome == queue_call::Outcome::TransferredBlind || stay.machine.outcome == queue_call::Outcome::TransferredAttended) {
        stay.record.overflow_to = who.target;
      }
      close_record(stay, true);
      return;
    case Do::WriteRecord:
      if (stay.record.ended_at == 0) close_record(stay, false);
      finished.push_back(stay.call);
      return;
  }
  (void)event;
}

/// Takes out what is over. A call that overflows into another queue enters it here, with its first place.
void Model::end_finished() {
  while (!went.empty()) {
    const std::string extension = went.back();
    went.pop_back();
    if (const AgentEntry* his = find_agent(extension); his && matcher::is_absent(why_of(*his))) empty_queues(*his);
  }
  while (!finished.empty()) {
    const std::string call = finished.back();
    finished.pop_back();
    const auto found = stays.find(call);
    if (found == stays.end()) continue;
    Stay stay = std::move(found->second);
    dequeue(stay);
    disarm(stay);
    JsonWriter json(out->ended.emplace_back());
    write_stay(json, stay, true);
    remember(stay);
    stays.erase(found);
    out->calls.erase(call);
    QueueEntry& queue = queues.find(stay.queue)->second;
    queue.stays.erase(call);
    out->queues.insert(stay.queue);
    if (queue.removed && queue.stays.empty()) {
      matcher.remove_queue(queue_ids.id(stay.queue));
      out->queues.erase(stay.queue);
      out->gone_queues.push_back(stay.queue);
      queues.erase(stay.queue);
    }
    if (stay.overflow_to.empty()) continue;
    Stay next;
    next.call = call;
    next.queue = stay.overflow_to;
    next.from = stay.from;
    next.to = stay.to;
    next.number = stay.number;
    next.mode = stay.mode;
    next.priority = stay.priority;
    next.skills = stay.skills;
    next.sticky = stay.sticky;
    next.enqueued_at = stay.enqueued_at;
    next.enqueued = stay.enqueued;
    next.hops = stay.hops + 1;
    next.unseen = stay.unseen;  // it goes on without the PBX having said that it is still there
    next.mode = queues.find(next.queue)->second.settings.mode;
    enter(std::move(next));
  }
  while (!callbacks.empty()) {
    Stay back = std::move(callbacks.back());
    callbacks.pop_back();
    if (const auto queue = queues.find(back.queue); queue != queues.end() && !queue->second.removed) enter(std::move(back));
  }
}

}  // namespace offhook::acd
