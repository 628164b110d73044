// The face of the matcher: what is refused, and what an event changes. The sets are kept in sort.cpp, decisions are taken in step.cpp.

#include "engine/matcher/matcher.h"

#include <cmath>

#include "engine/matcher/world.h"

namespace offhook::matcher {

namespace {

bool time_ok(Millis at) { return at >= -limits::kTimeMost && at <= limits::kTimeMost; }  // a NaN is in no range

}  // namespace

Matcher::Matcher(double seed) : world_(std::make_unique<World>()) {
  world_->random = static_cast<std::uint64_t>(std::isfinite(seed) && seed >= 0 && seed <= limits::kTimeMost ? seed : 0);
}
Matcher::~Matcher() = default;

void Matcher::set_live(bool live) { world_->live = live; }

// Agents ------------------------------------------------------------------------------------------------------------------------------------

Refusal Matcher::agent_free(AgentId id, Millis since) {
  World& world = *world_;
  if (!world.known_agent(id)) return Refusal::UnknownAgent;
  if (!time_ok(since)) return Refusal::BadNumber;
  if (world.agents[id].why == Why::Ready && world.agents[id].since == since) return Refusal::None;
  world.set_why(id, Why::Ready, since, 0);
  return Refusal::None;
}

Refusal Matcher::agent_away(AgentId id, Why why, Millis until) {
  World& world = *world_;
  if (!world.known_agent(id)) return Refusal::UnknownAgent;
  if (!time_ok(until) || why == Why::Ready || why > Why::LinkDown) return Refusal::BadNumber;
  world.set_why(id, why, 0, until);
  return Refusal::None;
}

Refusal Matcher::answered(AgentId id) {
  if (!world_->known_agent(id)) return Refusal::UnknownAgent;
  world_->add_load(id, 1, 0);
  return Refusal::None;
}

Refusal Matcher::talked(AgentId id, Millis talk_ms) {
  if (!world_->known_agent(id)) return Refusal::UnknownAgent;
  if (!(talk_ms >= 0 && talk_ms <= limits::kSpanMost)) return Refusal::BadNumber;
  world_->add_load(id, 0, talk_ms);
  return Refusal::None;
}

void Matcher::forget_loads() {
  World& world = *world_;
  for (AgentId id = 0; id < world.agents.size(); ++id) {
    Agent& agent = world.agents[id];
    if (!agent.used) continue;
    world.change_load(id, [&] {
      agent.calls = agent.talk_ms = 0;
      for (Member& member : agent.queues) member.lift = 0;
    });
  }
}

// Calls -------------------------------------------------------------------------------------------------------------------------------------

Refusal Matcher::enqueue(const NewCall& asked, CallId& id) {
  World& world = *world_;
  if (!world.known_queue(asked.queue)) return Refusal::UnknownQueue;
  Queue& queue = world.queues[asked.queue];
  if (!queue.settings.open) return Refusal::QueueClosed;
  if (queue.settings.max_waiting > 0 && waiting(asked.queue) >= queue.settings.max_waiting) return Refusal::QueueFull;
  if (world.call_count >= limits::kWaiting) return Refusal::TooManyWaiting;
  if (!time_ok(asked.enqueued_at) || std::abs(asked.priority) > limits::kPriorityMost) return Refusal::BadNumber;
  if (!(asked.seq >= 0 && asked.seq <= limits::kTimeMost)) return Refusal::BadNumber;
  // Two calls of one number would be one to the sets.
  const CallFacts facts{asked.enqueued_at, asked.priority, false};
  if (asked.seq > 0 && world.forest.has(queue.all, {0, world.rules(queue).order_key(facts, queue.settings), 0, asked.seq})) return Refusal::BadNumber;
  if (asked.sticky != kNone && !world.known_agent(asked.sticky)) return Refusal::UnknownAgent;
  std::vector<Need> own = asked.needs;
  if (const Refusal refused = check_needs(own); refused != Refusal::None) return refused;

  if (world.free_calls.empty()) {
    id = static_cast<CallId>(world.calls.size());
    world.calls.emplace_back();
  } else {
    id = world.free_calls.back();
    world.free_calls.pop_back();
  }
  const bool dirty = world.calls[id].dirty;  // its handle may still stand in the list of the touched
  Call& call = world.calls[id] = Call{};
  call.dirty = dirty;
  call.used = true;
  call.queue = asked.queue;
  call.enqueued_at = asked.enqueued_at;
  call.priority = asked.priority;
  call.sticky = call.wished = asked.sticky;
  call.seq = asked.seq > 0 ? asked.seq : world.next_seq;
  world.next_seq = std::max(world.next_seq, call.seq + 1);
  if (!own.empty()) call.own = world.requirements.take(own);
  queue.calls += 1;
  world.call_count += 1;
  world.put(id);
  return Refusal::None;
}

Refusal Matcher::remove(CallId id) {
  World& world = *world_;
  if (!world.known_call(id)) return Refusal::UnknownCall;
  Call& call = world.calls[id];
  if (call.waiting()) world.take_out(id);
  world.requirements.drop(call.own);
  world.queues[call.queue].calls -= 1;
  world.call_count -= 1;
  call.own = kNone;
  call.used = false;
  call.excluded = {};
  world.free_calls.push_back(id);
  return Refusal::None;
}

Refusal Matcher::requeue(CallId id) {
  World& world = *world_;
  if (!world.known_call(id)) return Refusal::UnknownCall;
  if (world.calls[id].waiting()) return Refusal::None;
  world.calls[id].agent = kNone;
  world.put(id);
  return Refusal::None;
}

Refusal Matcher::reprioritise(CallId id, int priority) {
  World& world = *world_;
  if (!world.known_call(id)) return Refusal::UnknownCall;
  if (std::abs(priority) > limits::kPriorityMost) return Refusal::BadNumber;
  Call& call = world.calls[id];
  if (call.priority == priority) return Refusal::None;
  world.change_call(id, [&] { call.priority = priority; });
  return Refusal::None;
}

Refusal Matcher::move(CallId id, QueueId to, bool forced) {
  World& world = *world_;
  if (!world.known_call(id)) return Refusal::UnknownCall;
  if (!world.known_queue(to)) return Refusal::UnknownQueue;
  Call& call = world.calls[id];
  if (!call.waiting()) return Refusal::NotWaiting;
  if (call.queue == to) return Refusal::None;
  const QueueSettings& settings = world.queues[to].settings;
  if (!settings.open && !forced) return Refusal::QueueClosed;
  if (settings.max_waiting > 0 && waiting(to) >= settings.max_waiting && !forced) return Refusal::QueueFull;
  world.queues[call.queue].calls -= 1;
  world.queues[to].calls += 1;
  world.change_call(id, [&] {
    call.queue = to;
    call.excluded.clear();
  });
  return Refusal::None;
}

Refusal Matcher::missed(CallId id, AgentId agent, Millis until) {
  World& world = *world_;
  if (!world.known_call(id)) return Refusal::UnknownCall;
  if (!world.known_agent(agent)) return Refusal::UnknownAgent;
  if (!time_ok(until)) return Refusal::BadNumber;
  Call& call = world.calls[id];
  if (call.waiting()) world.unsort_call(id);
  if (call.sticky == agent) call.sticky = kNone;
  std::erase_if(call.excluded, [&](const Exclusion& one) { return one.agent == agent; });
  if (call.excluded.size() < limits::kFanOut) call.excluded.push_back({agent, until});
  if (call.waiting()) world.place(id);
  return Refusal::None;
}

// Deciding ----------------------------------------------------------------------------------------------------------------------------------

void Matcher::step(Millis now, std::vector<Decision>& out) {
  World& world = *world_;
  world.wake(now);
  for (const CallId id : world.dirty)
    if (world.calls[id].used && world.calls[id].place == Place::Unsorted) world.sort_call(id, now);
  if (world.live) world.decide(now, out);
}

Millis Matcher::due() const { return world_->due.empty() ? -1 : world_->due.first_at(); }

// Asked -------------------------------------------------------------------------------------------------------------------------------------

std::uint32_t Matcher::waiting(QueueId id) const { return world_->known_queue(id) ? world_->forest.size(world_->queues[id].all) : 0; }
std::uint32_t Matcher::present(QueueId id) const { return world_->known_queue(id) ? world_->queues[id].present : 0; }
std::uint32_t Matcher::free(QueueId id) const { return world_->known_queue(id) ? world_->queues[id].free : 0; }

std::uint32_t Matcher::position(CallId id) const {
  if (!world_->known_call(id) || !world_->calls[id].waiting()) return 0;
  const Call& call = world_->calls[id];
  return world_->forest.count_before(world_->queues[call.queue].all, call.sorted_by()) + 1;
}

CallId Matcher::first(QueueId id) const {
  if (!world_->known_queue(id) || !world_->queues[id].all) return kNone;
  return world_->forest.value(world_->forest.first(world_->queues[id].all));
}

void Matcher::in_order(QueueId id, std::vector<CallId>& out, std::size_t most) const {
  out.clear();
  if (world_->known_queue(id) && most > 0) world_->forest.for_each(world_->queues[id].all, [&](CallId call, const Key&) { return out.push_back(call), out.size() < most; });
}

double Matcher::seq(CallId id) const { return world_->known_call(id) ? world_->calls[id].seq : 0; }
Why Matcher::why(AgentId id) const { return world_->known_agent(id) ? world_->agents[id].why : Why::Offline; }

// State -------------------------------------------------------------------------------------------------------------------------------------

State Matcher::state() const {
  const World& world = *world_;
  State state;
  state.next_seq = world.next_seq;
  state.random_high = static_cast<std::uint32_t>(world.random >> 32);
  state.random_low = static_cast<std::uint32_t>(world.random);
  for (QueueId id = 0; id < world.queues.size(); ++id)
    if (world.queues[id].used && world.queues[id].turn.agent >= 0)
      state.turns.push_back({id, static_cast<int>(world.queues[id].turn.position), static_cast<AgentId>(world.queues[id].turn.agent)});
  for (AgentId id = 0; id < world.agents.size(); ++id) {
    const Agent& agent = world.agents[id];
    if (!agent.used) continue;
    if (agent.calls > 0 || agent.talk_ms > 0 || !agent.newcomer) state.loads.push_back({id, agent.calls, agent.talk_ms, agent.newcomer});
    for (const Member& member : agent.queues)
      if (member.lift != 0) state.lifts.push_back({id, member.queue, member.lift});
  }
  return state;
}

void Matcher::restore(const State& state) {
  World& world = *world_;
  // What was stored may be damaged: a number that is none must not come into a sorted set.
  const auto load_ok = [](double load) { return load >= 0 && load <= limits::kTimeMost; };
  if (load_ok(state.next_seq)) world.next_seq = std::max(1.0, state.next_seq);
  world.random = static_cast<std::uint64_t>(state.random_high) << 32 | state.random_low;
  for (const State::Turn& turn : state.turns)
    if (world.known_queue(turn.queue)) world.queues[turn.queue].turn = {static_cast<double>(turn.position), static_cast<double>(turn.agent)};
  for (const State::Load& load : state.loads)
    if (world.known_agent(load.agent) && load_ok(load.calls) && load_ok(load.talk_ms)) world.change_load(load.agent, [&] {
      world.agents[load.agent].calls = load.calls;
      world.agents[load.agent].talk_ms = load.talk_ms;
      world.agents[load.agent].newcomer = load.newcomer;
    });
  for (const State::Lift& lift : state.lifts)
    if (world.known_agent(lift.agent) && load_ok(lift.lift) && world.member(lift.agent, lift.queue))
      world.change_load(lift.agent, [&] { world.member(lift.agent, lift.queue)->lift = lift.lift; });
}

std::size_t Matcher::bytes() const {
  const World& world = *world_;
  std::size_t bytes = sizeof(World) + world.forest.bytes() + world.due.bytes() + world.requirements.bytes() + world.profiles.bytes();
  bytes += world.queues.capacity() * sizeof(Queue) + world.agents.capacity() * sizeof(Agent) + world.calls.capacity() * sizeof(Call);
  bytes += (world.free_calls.capacity() + world.fresh.capacity() + world.dirty.capacity()) * 4 + world.kept.capacity() * sizeof(Kept);
  bytes += (world.heads.capacity() + world.ranked.capacity()) * sizeof(Ranked);
  for (const Queue& queue : world.queues) {
    bytes += queue.steps.capacity() * 4 + queue.classes.capacity() * sizeof(Class) + queue.groups.capacity() * sizeof(Group) + queue.members.capacity() * 4;
    bytes += queue.settings.needs.capacity() * sizeof(Need) + queue.settings.relaxation.capacity() * sizeof(Step);
  }
  for (const Agent& agent : world.agents) bytes += agent.queues.capacity() * sizeof(Member);
  for (const Call& call : world.calls) bytes += call.excluded.capacity() * sizeof(Exclusion);
  return bytes;
}

}  // namespace offhook::matcher
