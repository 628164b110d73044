// How a caller leaves a queue that nobody took him out of: overflow of each kind, key, fallback; and a change of his place by a supervisor.
#include <cmath>

#include "engine/acd/model.h"

namespace offhook::acd {

using queue_call::State;
using Q = queue_call::On;

/// By the queue's policy. A queue that cannot be gone on to, and a callback without a number, end in the voicemail.
void Model::overflow(Stay& stay) {
  if (!stay.overflow_to.empty()) return;  // moved by a person: where to is known
  const QueueSettings s = queues.find(stay.queue)->second.settings;
  Record& record = stay.record;
  if (stay.mode == Mode::Asterisk) {  // the dialplan goes on by itself
    if (record.overflow_to.empty()) record.overflow_to = "dialplan";
    return;
  }
  if (!stay.number.empty()) {  // a callback has no caller to send anywhere
    record.overflow_to = "given_up";
    return;
  }
  OverflowKind kind = s.overflow;
  std::string target = s.overflow_target;
  const auto next = queues.find(target);
  if (kind == OverflowKind::Queue && (next == queues.end() || next->second.removed || target == stay.queue || stay.hops >= limits::kQueueHops)) {
    kind = OverflowKind::Voicemail;
    target.clear();
  }
  const bool has_number = !stay.from.empty() && stay.from.find_first_of("0123456789") != std::string::npos;
  if (kind == OverflowKind::Callback && (!has_number || stays.contains(stay.call + "*callback"))) {
    kind = OverflowKind::Voicemail;
    target.clear();
  }
  if (kind == OverflowKind::Callback) target = stay.from;
  const std::string_view word = kOverflowWords[static_cast<std::size_t>(kind)];
  record.overflow_to = target.empty() ? std::string(word) : std::string(word) + ":" + target;
  Effect effect{.what = Effect::What::Overflow};
  effect.call = stay.call;
  effect.queue = stay.queue;
  effect.kind = word;
  effect.target = target;
  out->list.push_back(std::move(effect));
  if (kind == OverflowKind::Queue) {
    stay.overflow_to = target;
    return;
  }
  stay.leave = now + limits::kLeaveMs;
  arm(stay);
  if (kind != OverflowKind::Callback) return;
  Stay back;  // his place is kept for his telephone
  back.call = stay.call + "*callback";
  back.queue = stay.queue;
  back.from = back.number = stay.from;
  back.to = stay.to;
  back.priority = stay.priority;
  back.skills = stay.skills;
  back.sticky = stay.sticky;
  back.enqueued_at = stay.enqueued_at;
  back.enqueued = stay.enqueued;
  callbacks.push_back(std::move(back));
}

void Model::leave(const Event& event) {
  Stay* const stay = find(event.call);
  if (!stay) return;
  seen(*stay);
  const bool waits = stay->machine.state == State::Queued || stay->machine.state == State::AgentRinging;
  if (stay->machine.state == State::Terminating && event.how != How::None) return void(step(*stay, {.on = Q::Terminated}));
  if (!waits) return;
  switch (event.how) {
    case How::None: return;
    case How::Overflow:  // not one of ours: the dialplan's own time limit was faster
      stay->mode = Mode::Asterisk;
      step(*stay, {.on = stay->machine.state == State::Queued ? Q::QueueTimeout : Q::LeaveKey}, {.cause = centre_agent::Cause::Withdrawn});
      return;
    case How::Key: step(*stay, {.on = Q::LeaveKey}, {.cause = centre_agent::Cause::Withdrawn, .withdraw = true}); return;
    case How::Taken:
      stay->record.overflow_to = "taken";
      stay->mode = Mode::Asterisk;  // nothing is to be done with him any more
      step(*stay, {.on = Q::LeaveKey}, {.cause = centre_agent::Cause::Withdrawn});
      return;
    case How::Fallback:  // the PBX's own Queue() has him: it is observed from here on, with the place that he had
      unring(*stay);
      if (stay->machine.state != State::Queued) return;
      touch();
      dequeue(*stay);
      disarm(*stay);
      stay->deadline = stay->announce = 0;
      stay->machine.max_attempts = 0;
      stay->mode = stay->record.mode = Mode::Asterisk;
      show(*stay);
      return;
  }
}

void Model::reprioritise(const Event& event) {
  Stay* const stay = find(event.call);
  if (!stay) return void(refuse("unknown_call", event.call));
  if (!(event.priority >= -100 && event.priority <= 100) || event.priority != std::floor(event.priority))
    return void(refuse("bad_priority", "a priority is a whole number from -100 to 100"));
  if (stay->machine.state != State::Queued && stay->machine.state != State::AgentRinging) return void(refuse("not_waiting", event.call));
  if (stay->priority == static_cast<int>(event.priority)) return;
  stay->priority = static_cast<int>(event.priority);
  if (stay->handle != matcher::kNone) matcher.reprioritise(stay->handle, stay->priority);
  moved.insert(stay->queue);
  match_wanted = true;
  touch();
  show(*stay);
}

/// Into another queue, with its place; a ring of the old one is taken back.
void Model::move(const Event& event) {
  Stay* const stay = find(event.call);
  if (!stay) return void(refuse("unknown_call", event.call));
  const auto target = queues.find(event.queue);
  if (target == queues.end() || target->second.removed) return void(refuse("unknown_queue", event.queue));
  if ((stay->machine.state != State::Queued && stay->machine.state != State::AgentRinging) || stay->mode == Mode::Asterisk || target->second.settings.mode == Mode::Asterisk)
    return void(refuse("not_waiting", event.call));
  if (stay->queue == event.queue) return;
  stay->overflow_to = event.queue;
  stay->record.overflow_to = "queue:" + event.queue;
  Effect effect{.what = Effect::What::Overflow};
  effect.call = stay->call;
  effect.queue = stay->queue;
  effect.kind = "queue";
  effect.target = event.queue;
  step(*stay, {.on = Q::LeaveKey}, {.cause = centre_agent::Cause::Withdrawn, .withdraw = true});
  out->list.push_back(std::move(effect));
}

void Model::arm(Stay& stay) {
  if (stay.deadline != 0) timers.set(Due::Wait, stay.call, stay.deadline);
  if (stay.announce != 0) timers.set(Due::Announce, stay.call, stay.announce);
  if (stay.leave != 0) timers.set(Due::Leave, stay.call, stay.leave);
  if (stay.left != 0) timers.set(Due::Left, stay.call, stay.left);
}

void Model::disarm(const Stay& stay) {
  for (const Due due : {Due::Wait, Due::Ring, Due::Announce, Due::Leave, Due::Left}) timers.clear(due, stay.call);
}

/// The position is said to who waits, not to who is being connected.
void Model::announce(Stay& stay) {
  touch();
  const QueueSettings& s = queues.find(stay.queue)->second.settings;
  stay.announce = now + std::max(s.announce_every_ms, 1'000.0);
  timers.set(Due::Announce, stay.call, stay.announce);
  if (stay.machine.state != State::Queued || link != Link::Live) return;
  Effect effect{.what = Effect::What::Announce};
  effect.call = stay.call;
  effect.queue = stay.queue;
  effect.sounds = s.announce_sounds;
  if (s.announce_position && stay.handle != matcher::kNone) effect.position = matcher.position(stay.handle);
  out->list.push_back(std::move(effect));
}

/// The link is there: first it is told what the PBX has, so that who has waited longest is served first, and nobody who talks is rung.
void Model::set_link(bool live) {
  if (live == (link != Link::Down)) return;
  if (!live && unseen_since == 0) unseen_since = now;
  if (!live)
    for (auto& [call, stay] : stays) stay.unseen = true;
  link_is(live ? Link::Sweeping : Link::Down);
}

void Model::link_is(Link next) {
  touch();
  link = next;
  sweep_until = next == Link::Sweeping ? now + limits::kSweepMs : 0;
  if (sweep_until > 0) timers.set(Due::Sweep, {}, sweep_until);
  else timers.clear(Due::Sweep, {});
  for (auto& [extension, entry] : agents) step(entry, {.on = centre_agent::On::LinkChanged, .yes = next == Link::Live});
  for (const auto& [name, entry] : queues) out->queues.insert(name);
  matcher.set_live(next == Link::Live);
  match_wanted = true;
}

}  // namespace offhook::acd
