// Who does what in the simulated centre: callers, agents with their statuses and telephones, supervisors; and the calm at the end, in which
// everything must come to its end.
#include "tests/acd_sim/world.h"

namespace offhook::acd_sim {

using acd::On;
using Where = PbxCall::Where;

void World::caller() {
  const std::string id = "c" + std::to_string(next_call_++), queue = chance_.of(queues_);
  PbxCall& call = calls_[id];
  call.id = id;
  call.queue = queue;
  call.from = chance_.happens(0.9) ? "+49301" + std::to_string(1000 + next_call_) : "anonymous";
  call.enqueued = now_;
  acd::Mode mode = acd::Mode::Offhook;
  for (const acd::QueueSettings& one : settings_.queues)
    if (one.queue == queue) mode = one.mode;
  call.own = mode == acd::Mode::Asterisk;
  acd::Event event{.on = On::QueueCall, .call = id, .queue = queue, .from = call.from};
  if (call.own) {
    event.on = On::Observed;
    event.what = acd::Observed::Joined;
    app_queue(id);
  } else {
    if (chance_.happens(0.3)) event.priority = chance_.between(-3, 6);
    if (chance_.happens(0.15)) event.skills.push_back({.skill = "english", .min = chance_.between(1, 4)});
    if (chance_.happens(0.2)) event.sticky = chance_.of(agents_);
  }
  to_hub(id, event);
  if (chance_.happens(trouble_.patience))
    later(chance_.span(40'000), [this, id] {
      if (PbxCall& it = calls_[id]; it.where == Where::Waiting || it.where == Where::Ringing) hang_up(it, acd::Side::Caller);
    });
  later(7'200'000, [this, id] { hang_up(calls_[id], acd::Side::Caller); });  // nobody waits or talks for longer
}

/// What becomes of a talk.
void World::in_talk(const std::string& id) {
  const double length = chance_.ms(500, chance_.happens(0.2) ? 180'000 : 40'000);
  if (chance_.happens(0.3)) {
    const double begins = chance_.ms(0, length);
    later(begins, [this, id] {
      if (const PbxCall& it = calls_[id]; it.where == Where::Talking && !it.own) to_hub(id, {.on = On::Hold, .call = id});
    });
    if (chance_.happens(0.7))
      later(begins + chance_.ms(0, 9'000), [this, id] {
        if (const PbxCall& it = calls_[id]; it.where == Where::Talking && !it.own) to_hub(id, {.on = On::Unhold, .call = id});
      });
  }
  later(length, [this, id] {
    PbxCall& call = calls_[id];
    if (call.where != Where::Talking) return;
    if (call.own || !chance_.happens(trouble_.transfers)) return hang_up(call, chance_.happens(0.5) ? acd::Side::Caller : acd::Side::Agent);
    const int kind = chance_.below(5);
    const std::string& other = chance_.of(agents_);
    if (kind == 0) {
      phones_[call.agent].with.clear();
      call.where = Where::Gone;
      to_hub(id, {.on = On::BlindTransfer, .call = id, .target = "+4940999"});
    } else if (kind == 1 && call.number.empty()) {  // into another queue: the same call comes again
      phones_[call.agent].with.clear();
      call.where = Where::Waiting;
      call.enqueued = now_;
      for (const acd::QueueSettings& queue : settings_.queues)
        if (queue.mode == acd::Mode::Offhook) call.queue = queue.queue;
      to_hub(id, {.on = On::BlindTransfer, .call = id, .target = call.queue});
      to_hub(id, {.on = On::QueueCall, .call = id, .queue = call.queue, .from = call.from});
    } else if (kind == 4) {  // to somebody outside
      phones_[call.agent].with.clear();
      call.where = Where::Gone;
      to_hub(id, {.on = On::AttendedTransfer, .call = id, .target = "+4940998"});
    } else if (is_free(other)) {
      phones_[call.agent].with.clear();
      phones_[other].with = id;
      call.agent = other;
      call.answered = now_;
      to_hub(id, {.on = On::AttendedTransfer, .call = id, .agent = other, .target = other});
      in_talk(id);
    } else {
      in_talk(id);
    }
  });
}

/// Into the CRM, which tells the hub in this order.
void World::store(const std::string& agent, AgentStatus status, const std::string& reason, const std::string& source) {
  Person& person = people_[agent];
  person.status = status;
  person.reason = reason;
  person.source = source;
  double& last = channels_["crm" + agent];
  last = std::max(last, now_ + (chance_.happens(0.3) ? chance_.ms(0, 2'000) : 0));
  const std::uint64_t boot = boots_;
  if (source == "agent") ++person.under_way;
  else if (person.under_way > 0) tainted_.insert(agent);  // the last write wins, and it was not his
  later(last - now_, [this, agent, status, reason, source, boot] {
    if (source == "agent") --people_[agent].under_way;
    if (boot == boots_) apply({.on = On::Intent, .agent = agent, .text = reason, .source = source, .status = status});
  });
}

void World::wish(const std::string& agent, AgentStatus status) {
  if (!up_) return later(1'000, [this, agent, status] { wish(agent, status); });  // without the hub there is nobody to tell
  people_[agent].wish = status;
  store(agent, status, status == AgentStatus::Online ? "" : "own", "agent");
}

void World::phone_trouble() {
  const std::string agent = chance_.of(agents_);
  Phone& phone = phones_[agent];
  if (chance_.happens(0.4)) {  // a call of his own
    if (!is_free(agent)) return;
    phone.other = true;
    to_hub(agent, {.on = On::PhoneBusy, .agent = agent, .yes = true});
    later(chance_.ms(500, 30'000), [this, agent] {
      phones_[agent].other = false;
      to_hub(agent, {.on = On::PhoneBusy, .agent = agent, .yes = false});
    });
    return;
  }
  if (!phone.registered) return;
  phone.registered = false;  // his browser is dead, or his network
  to_hub(agent, {.on = On::Registered, .agent = agent, .yes = false});
  if (phone.other) {
    phone.other = false;
    to_hub(agent, {.on = On::PhoneBusy, .agent = agent, .yes = false});
  }
  const std::string with = phone.with;
  if (!with.empty()) {
    PbxCall& call = calls_[with];
    if (call.where == Where::Talking && call.agent == agent) {
      if (call.own || !call.number.empty()) hang_up(call, acd::Side::Agent);
      else drop_agent(call);
    } else {
      for (const PbxCall::Ring& one : std::vector<PbxCall::Ring>(call.rings))
        if (one.agent == agent) end_ring(call, one.serial, On::AgentUnavailable, "unreachable");
    }
  }
  later(chance_.ms(500, 40'000), [this, agent] {
    phones_[agent].registered = true;
    to_hub(agent, {.on = On::Registered, .agent = agent, .yes = true});
  });
}

void World::supervisor() {
  if (calls_.empty()) return;
  auto it = calls_.begin();
  std::advance(it, chance_.below(static_cast<int>(calls_.size())));
  PbxCall& call = it->second;
  switch (chance_.below(7)) {
    case 0: return apply({.on = On::Priority, .call = call.id, .priority = static_cast<double>(chance_.between(-100, 100))});
    case 1: return apply({.on = On::Move, .call = call.id, .queue = chance_.of(queues_)}, false);
    case 2: return hang_up(call, acd::Side::Supervisor);
    case 3: return apply({.on = On::RejectOffer, .call = call.id}, false);
    case 4:
      if (call.where != Where::Waiting || call.own) return;
      if (chance_.happens(0.5)) return to_hub(call.id, {.on = On::LeftQueue, .call = call.id, .how = acd::How::Key});
      call.where = Where::Gone;
      return to_hub(call.id, {.on = On::LeftQueue, .call = call.id, .how = acd::How::Taken});
    case 5:
      if (call.where != Where::Waiting || call.own || !call.number.empty()) return;
      call.own = true;  // the hub said nothing for too long: the PBX's own Queue() takes him
      to_hub(call.id, {.on = On::LeftQueue, .call = call.id, .how = acd::How::Fallback});
      return app_queue(call.id);
    default: return apply({.on = On::QueueCall, .call = "n" + std::to_string(next_call_++), .queue = chance_.of(queues_), .from = "+49309", .number = "+49309"});
  }
}

/// One moment of the time with trouble.
void World::people() {
  if (calm_ || !problem.empty()) return;
  later(chance_.span(1'500), [this] { people(); });
  const std::string& agent = chance_.of(agents_);
  if (chance_.happens(0.35)) caller();
  if (chance_.happens(trouble_.phones)) phone_trouble();
  if (up_ && chance_.happens(trouble_.supervisors)) supervisor();
  if (chance_.happens(trouble_.statuses)) {
    static constexpr AgentStatus kWishes[] = {AgentStatus::Online, AgentStatus::Online, AgentStatus::Break, AgentStatus::Offline, AgentStatus::WrapUp, AgentStatus::Meeting};
    wish(agent, kWishes[chance_.below(6)]);
  }
  if (up_ && chance_.happens(0.15)) apply({.on = On::CompleteWrapUp, .agent = agent});
  if (up_ && chance_.happens(0.05)) apply({.on = On::ExtendWrapUp, .agent = agent, .ms = 5'000}, false);
  if (up_ && chance_.happens(trouble_.settings)) {
    make_settings();
    configure();
  }
  if (up_ && linked_ && chance_.happens(trouble_.link)) link_lost(chance_.ms(10, 40'000), false);
  if (up_ && linked_ && chance_.happens(trouble_.pbx)) link_lost(chance_.ms(500, 20'000), true);
  if (up_ && chance_.happens(trouble_.crash)) crash();
}

/// No new calls and no trouble: agents come to work, but for some, and end their notes.
void World::calm() {
  calm_ = true;
  trouble_ = {};
  trouble_.delay = 5;
  for (const std::string& agent : agents_) {
    if (!people_[agent].keeps || people_[agent].wish == AgentStatus::WrapUp) wish(agent, AgentStatus::Online);
    for (int i = 0; i < 2000; ++i)
      later(20'000.0 * i + chance_.below(10'000), [this, agent] {
        if (model().agents.contains(agent) && model().agents.find(agent)->second.machine.state == centre_agent::State::WrapUp)
          apply({.on = On::CompleteWrapUp, .agent = agent});
        const Person& person = people_[agent];
        if (person.reason == "RONA" && !person.keeps) wish(agent, AgentStatus::Online);
      });
  }
}

}  // namespace offhook::acd_sim
