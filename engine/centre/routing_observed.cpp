// Mode `asterisk`, and callers whom the PBX's own queue has meanwhile: what app_queue decided, as acd's `Observed`. From AgentConnect on
// the talk is followed like one of ours, so that hold, transfers and who hung up are known; nobody is ever redirected.
#include "engine/centre/model.h"

namespace offhook::centre {

using acd::Observed;
using acd::On;
using ami::Message;
using ami::Word;

namespace {

double number_of(std::string_view text) {
  double n = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return 0;
    n = n * 10 + (c - '0');
  }
  return n;
}

Observed what_of(Word word) {
  switch (word) {
    case Word::QueueCallerJoin: return Observed::Joined;
    case Word::QueueCallerLeave: return Observed::CallerLeave;
    case Word::QueueCallerAbandon: return Observed::CallerAbandon;
    case Word::AgentCalled: return Observed::AgentCalled;
    case Word::AgentRingNoAnswer: return Observed::AgentRingNoAnswer;
    case Word::AgentConnect: return Observed::AgentConnect;
    case Word::AgentComplete: return Observed::AgentComplete;
    default: return Observed::None;
  }
}

}  // namespace

void Routing::observe(const Message& message) {
  const std::string uniqueid(message.get("Uniqueid")), queue(message.get("Queue"));
  acd::Mode mode;
  const bool known = acd_.mode_of(queue, mode);
  std::string call = uniqueid;
  if (Caller* own = by_leg(uniqueid)) {
    call = own->call;
    if (!own->observed) return;  // of our own waiting room
  } else if (const auto fallen = fallen_.find(uniqueid); fallen != fallen_.end()) call = fallen->second;
  else if (!known || mode != acd::Mode::Asterisk) return;
  const std::string agent = message.word == Word::QueueCallerJoin || message.word == Word::QueueCallerLeave || message.word == Word::QueueCallerAbandon
                                ? std::string()
                                : model_.directory.extension_of_endpoint(message.get("Interface"));
  acd::Event event{.on = On::Observed, .call = call, .queue = queue, .agent = agent, .from = std::string(message.get("CallerIDNum")), .what = what_of(message.word)};
  if (message.word == Word::AgentRingNoAnswer) event.ms = number_of(message.get("RingTime"));  // milliseconds, here only
  if (message.word == Word::AgentComplete) {
    const std::string_view reason = message.get("Reason");
    event.by = reason == "caller" ? acd::Side::Caller : reason == "agent" ? acd::Side::Agent : acd::Side::None;
    if (reason == "transfer") return;  // BlindTransfer and AttendedTransfer say more, and say it too
  }
  if (message.word == Word::QueueCallerJoin || message.word == Word::AgentConnect) {
    Caller& caller = callers_[call];
    caller.call = call;
    caller.queue = queue;
    caller.uniqueid = uniqueid;
    caller.channel = message.get("Channel");
    caller.observed = true;
    caller.place = Caller::Place::Fallback;
    legs_[uniqueid] = call;
    if (message.word == Word::AgentConnect) {
      caller.place = Caller::Place::Talking;
      caller.agent = agent;
      caller.agent_leg = message.get("DestUniqueid");
      caller.agent_channel = message.get("DestChannel");
      caller.by = acd::Side::None;
      legs_[caller.agent_leg] = call;
      ours_.insert(caller.agent_leg);
      event.text = caller.agent_leg;
      engage(agent, call);
    }
  } else if (message.word == Word::AgentCalled) engage(agent, call);
  else if (message.word == Word::AgentRingNoAnswer) disengage(agent, call);
  tell(std::move(event));
  if (message.word == Word::AgentComplete) forget(call);
}

/// Callers who were in a queue of the PBX before we looked.
void Routing::observe_entries() {
  for (const auto& [name, queue] : model_.queues.all()) {
    acd::Mode mode;
    if (!acd_.mode_of(name, mode) || mode != acd::Mode::Asterisk) continue;
    for (const pbx::Entry& entry : queue.entries) {
      if (callers_.contains(entry.uniqueid)) continue;
      Caller& caller = callers_[entry.uniqueid];
      caller.call = caller.uniqueid = entry.uniqueid;
      caller.channel = entry.channel;
      caller.queue = name;
      caller.place = Caller::Place::Fallback;
      caller.observed = true;
      legs_[entry.uniqueid] = entry.uniqueid;
      tell({.on = On::Observed, .call = entry.uniqueid, .queue = name, .from = entry.from, .what = Observed::Joined, .enqueued_at = entry.since});
    }
  }
}

}  // namespace offhook::centre
