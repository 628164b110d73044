// What Asterisk says of callers in the waiting room, of rings and talks: to acd as its events. Whoever ends a call is known by
// HangupRequest, never by a Hangup's cause: the caller's carries what the last agent's telephone said.
#include <algorithm>

#include "engine/centre/model.h"

namespace offhook::centre {

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

bool is_set(std::string_view text) { return !text.empty() && text != "(null)"; }

/// "german:3&billing": skills that the dialplan asks for, each with the least level.
std::vector<acd::SkillNeed> needs_of(std::string_view text) {
  std::vector<acd::SkillNeed> needs;
  while (!text.empty() && needs.size() < 20) {
    const std::size_t end = text.find('&');
    const std::string_view one = text.substr(0, end);
    const std::size_t colon = one.find(':');
    if (!one.substr(0, colon).empty()) needs.push_back({.skill = std::string(one.substr(0, colon)), .min = colon == one.npos ? 1 : std::max(1, static_cast<int>(number_of(one.substr(colon + 1))))});
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
  }
  return needs;
}

}  // namespace

void Routing::hear(const Message& message) {
  if (!begun_ || !active_) return;  // another hub is the active one: its callers are its own
  switch (message.word) {
    case Word::UserEvent: return user_event(message);
    case Word::DialBegin: return dialled(message);
    case Word::DialEnd: return dial_ended(message);
    case Word::HangupRequest: {
      Caller* const caller = by_leg(message.get("Uniqueid"));
      if (caller && caller->by == acd::Side::None) caller->by = message.get("Uniqueid") == caller->uniqueid ? acd::Side::Caller : acd::Side::Agent;
      return;
    }
    case Word::Hangup:
      spy_heard(message);
      return hung_up(message);
    case Word::BlindTransfer: return transferred(message, false);
    case Word::AttendedTransfer: return transferred(message, true);
    case Word::Hold:
    case Word::Unhold: {
      const Caller* const caller = by_leg(message.get("Uniqueid"));
      if (caller && caller->place == Caller::Place::Talking) tell({.on = message.word == Word::Hold ? On::Hold : On::Unhold, .call = caller->call});
      return;
    }
    case Word::MixMonitorStart: {
      const Caller* const caller = by_leg(message.get("Uniqueid"));
      if (caller && !caller->record.empty()) tell({.on = On::SetRecording, .call = caller->call, .text = caller->record});
      return;
    }
    case Word::OriginateResponse:
      spy_heard(message);
      return originated(message);
    case Word::BridgeEnter:
      if (Caller* const caller = by_leg(message.get("SwapUniqueid")); caller && message.get("SwapUniqueid") == caller->agent_leg) goes_on(*caller, message.get("SwapUniqueid"));
      return spy_heard(message);
    case Word::ChanSpyStart:
    case Word::ChanSpyStop: return spy_heard(message);
    case Word::Status:
      if (!sweep_id_.empty() && message.get("ActionID") == sweep_id_) sweep_item(message);
      return;
    case Word::StatusComplete:
      if (!sweep_id_.empty() && message.get("ActionID") == sweep_id_) sweep_over();
      return;
    case Word::QueueCallerJoin:
    case Word::QueueCallerLeave:
    case Word::QueueCallerAbandon:
    case Word::AgentCalled:
    case Word::AgentConnect:
    case Word::AgentComplete:
    case Word::AgentRingNoAnswer: return observe(message);
    default: return;
  }
}

void Routing::user_event(const Message& message) {
  const std::string_view name = message.get("UserEvent");
  if (name == "HubCaller") return caller_arrived(message);
  if (name == "HubBack") {
    const auto fallen = fallen_.find(message.get("Uniqueid"));
    const std::string call = fallen == fallen_.end() ? std::string() : fallen->second;
    if (!call.empty()) {
      fallen_.erase(fallen);
      forget(call);
      tell({.on = On::Observed, .call = call, .what = acd::Observed::Exit});
    }
    return caller_arrived(message);
  }
  if (name == "HubRingEnd") return ring_ended(message);
  if (name == "HubLost") return leg_lost(message);
  if (name == "HubKey") {
    const Caller* const caller = by_leg(message.get("Uniqueid"));
    if (caller && caller->place == Caller::Place::Waiting) tell({.on = On::LeftQueue, .call = std::string(caller->call), .how = acd::How::Key});
    return;
  }
  if (name == "HubHolds") return spy_heard(message);
  if (name == "HubCallbackEnd") {
    if (Caller* caller = find(message.get("CcCall")); caller && caller->by == acd::Side::None && message.get("CcResult") != "ANSWER") caller->by = acd::Side::System;
    return;
  }
  if (name != "HubFallback" && name != "HubOverflow") return;
  Caller* const caller = by_leg(message.get("Uniqueid"));
  if (!caller) return;
  const std::string call = caller->call;
  const std::string uniqueid = caller->uniqueid, channel = caller->channel, queue = caller->queue;
  const bool fallback = name == "HubFallback";
  if (fallback) fallen_[uniqueid] = call;
  forget(call);
  tell({.on = On::LeftQueue, .call = call, .how = fallback ? acd::How::Fallback : acd::How::Overflow});
  if (fallback) take_back(uniqueid, channel, queue);
}

/// Out of the PBX's own Queue() again, with his place: HubBack says that he came. Whom somebody has just answered Asterisk leaves alone, so
/// no Redirect may do this.
void Routing::take_back(const std::string& uniqueid, const std::string& channel, const std::string& queue) {
  if (!routes() || !model_.live || !model_.pulls_back() || !fallen_.contains(uniqueid)) return;
  model_.send("QueueWithdrawCaller", {{"Queue", queue}, {"Caller", channel}, {"WithdrawInfo", "hub"}});
}

/// A second HubCaller of a channel is a new stay: an agent transferred it back, and its CC_ID says so.
void Routing::caller_arrived(const Message& message) {
  const std::string channel(message.get("Channel")), uniqueid(message.get("Uniqueid")), queue(message.get("CcQueue"));
  const std::string call(is_set(message.get("CcCall")) ? message.get("CcCall") : message.get("Uniqueid"));
  std::string command;
  if (const auto found = arriving_.find(channel); found != arriving_.end()) {
    command = found->second;
    arriving_.erase(found);
  }
  acd::Mode mode;
  if (!acd_.mode_of(queue, mode) || mode != acd::Mode::Offhook) {
    // Nothing of ours: the PBX's own queue has him, at once.
    if (active_) redirect(channel, "hub-fallback", "s");
    if (!command.empty()) model_.reply.settle(command, false, "unknown_queue", queue, {});
    return;
  }
  if (Caller* before = by_leg(uniqueid)) {
    const std::string old = before->call;
    const bool talked = before->place == Caller::Place::Talking;
    if (old == call) return;
    forget(old);
    if (talked) tell({.on = On::BlindTransfer, .call = old, .target = queue});
  }
  Caller& caller = callers_[call];
  caller = {};
  caller.call = call;
  caller.queue = queue;
  caller.uniqueid = uniqueid;
  caller.channel = channel;
  caller.place = Caller::Place::Waiting;
  legs_[uniqueid] = call;
  const pbx::Leg* const leg = model_.channels.leg(uniqueid);
  const pbx::Call* const whole = leg ? model_.channels.call_of(*leg) : nullptr;
  acd::Event event{.on = On::QueueCall, .call = call, .queue = queue, .from = std::string(message.get("CallerIDNum")), .to = whole ? whole->to : std::string()};
  if (is_set(message.get("CcSticky"))) event.sticky = message.get("CcSticky");
  if (is_set(message.get("CcSkills"))) event.skills = needs_of(message.get("CcSkills"));
  if (message.get("UserEvent") == "HubBack") event.enqueued_at = number_of(message.get("CcSince")) * 1000;  // he keeps his place
  const std::string_view priority = message.get("CcPriority");
  if (is_set(priority)) event.priority = priority.starts_with('-') ? -number_of(priority.substr(1)) : number_of(priority);
  // The hub's own limit comes first; the dialplan's is for a hub that is away.
  for (const acd::QueueSettings& settings : settings_.queues)
    if (settings.queue == queue && settings.max_wait_ms > 0) set_variable(channel, "CC_MAXWAIT", std::to_string(static_cast<long>(settings.max_wait_ms / 1000) + 30));
  set_key(caller);
  tell(std::move(event));
  if (!command.empty()) {
    std::string detail;
    JsonWriter(detail).open('{').key("call_id").string(call).close('}');
    model_.reply.settle(command, true, {}, detail, call);
  }
}

/// What the ring of one agent came to, by the words of Dial and the cause of his leg: a cause other than 0 is a key that he pressed.
void Routing::ring_ended(const Message& message) {
  Caller* const caller = by_leg(message.get("Uniqueid"));
  if (!caller || caller->place != Caller::Place::Ringing || number_of(message.get("CcTry")) != caller->asked) return;
  const std::string call = caller->call;
  const std::string_view result = message.get("CcResult");
  const bool pressed = is_set(message.get("CcCause")) && message.get("CcCause") != "0";
  const std::vector<Caller::Ring> rings = std::exchange(caller->rings, {});
  caller->place = Caller::Place::Waiting;
  for (const Caller::Ring& ring : rings) disengage(ring.agent, call);
  for (const Caller::Ring& ring : rings) {
    acd::Event event{.on = On::AgentNoAnswer, .call = call, .agent = ring.agent, .attempt = ring.attempt};
    if (result == "ANSWER") event.on = On::BridgeFailed;
    else if (result == "TAKEN" || result == "CHANUNAVAIL" || result == "CONGESTION") event.on = On::AgentUnavailable, event.text = result == "TAKEN" ? "taken" : "unreachable";
    else if (rings.size() == 1 && (result == "BUSY" || pressed)) {
      event.on = busy_[ring.agent] ? On::AgentUnavailable : On::AgentReject;
      event.text = busy_[ring.agent] ? "busy" : "";
    }
    tell(std::move(event));
  }
}

/// The agent's telephone died in a talk: nobody hung up, and the caller is in the waiting room again. Who had been transferred to somebody we
/// do not follow comes as a new stay.
void Routing::leg_lost(const Message& message) {
  Caller* const caller = by_leg(message.get("Uniqueid"));
  if (!caller) return caller_arrived(message);
  if (caller->place != Caller::Place::Talking || caller->observed) return;
  const std::string call = caller->call, channel = caller->channel, agent = std::exchange(caller->agent, {});
  legs_.erase(caller->agent_leg);
  caller->agent_leg.clear();
  caller->agent_channel.clear();
  caller->place = Caller::Place::Waiting;
  caller->by = acd::Side::None;
  caller->asked = 0;
  disengage(agent, call);
  tell({.on = On::AgentLegLost, .call = call});
  spied_call_over(call, false);
  acd::Where where;
  std::string whom;
  if (acd_.where(call, where, whom)) return;
  forget(call);  // given up: it happened too often
  if (active_) model_.send("Hangup", {{"Channel", channel}, {"Cause", "16"}});
}

/// Another leg of the same agent has taken the place of this one (a page that was loaded anew: INVITE with Replaces): the talk is the same.
bool Routing::goes_on(Caller& caller, std::string_view leg) {
  const pbx::Leg* const customer = caller.place == Caller::Place::Talking ? model_.channels.leg(caller.uniqueid) : nullptr;
  if (!customer) return false;
  for (const pbx::Leg* peer : model_.channels.peers(*customer)) {
    if (peer->internal || peer->uniqueid == leg || peer->extension != caller.agent) continue;
    legs_.erase(caller.agent_leg);
    caller.agent_leg = peer->uniqueid;
    caller.agent_channel = peer->channel;
    legs_[caller.agent_leg] = caller.call;
    ours_.insert(caller.agent_leg);
    return true;
  }
  return false;
}

void Routing::dialled(const Message& message) {
  const std::string leg(message.get("DestUniqueid"));
  Caller* caller = by_leg(message.get("Uniqueid"));
  if (!caller) caller = by_leg(leg);  // a callback: the agent's leg is ours from the start
  if (!caller || caller->place != Caller::Place::Ringing) return;
  const std::string extension = model_.directory.extractAgentExtension(message.get("DestChannel"));
  for (Caller::Ring& ring : caller->rings) {
    if (ring.agent != extension) continue;
    ring.leg = leg;
    ours_.insert(leg);
    if (caller->uniqueid.empty()) caller->agent_channel = message.get("DestChannel");
    tell({.on = On::Offered, .call = caller->call, .agent = ring.agent, .attempt = ring.attempt});
    return;
  }
}

void Routing::dial_ended(const Message& message) {
  Caller* const caller = by_leg(message.get("Uniqueid"));
  if (!caller || caller->place != Caller::Place::Ringing) return;
  const std::string leg(message.get("DestUniqueid"));
  const auto ring = std::find_if(caller->rings.begin(), caller->rings.end(), [&](const Caller::Ring& one) { return one.leg == leg; });
  if (ring == caller->rings.end()) return;
  const std::string_view status = message.get("DialStatus");
  if (status == "ANSWER") return talks(*caller, Caller::Ring(*ring), leg, std::string(message.get("DestChannel")));
  // Of several the others ring on; one alone is told of by HubRingEnd, which has the cause.
  if (caller->rings.size() < 2 || (status != "BUSY" && status != "CHANUNAVAIL" && status != "CONGESTION")) return;
  const Caller::Ring over = *ring;
  caller->rings.erase(ring);
  const std::string call = caller->call;
  disengage(over.agent, call);
  tell({.on = status == "BUSY" ? On::AgentReject : On::AgentUnavailable, .call = call, .agent = over.agent, .text = status == "BUSY" ? "" : "unreachable", .attempt = over.attempt});
}

void Routing::talks(Caller& caller, const Caller::Ring& ring, const std::string& leg, const std::string& channel) {
  const std::string call = caller.call;
  const std::vector<Caller::Ring> others = std::exchange(caller.rings, {});
  caller.place = Caller::Place::Talking;
  caller.agent = ring.agent;
  caller.agent_leg = leg;
  caller.agent_channel = channel;
  caller.by = acd::Side::None;
  legs_[leg] = call;
  ours_.insert(leg);
  const Caller::Ring won = ring;
  engage(won.agent, call);
  for (const Caller::Ring& other : others)
    if (other.agent != won.agent) disengage(other.agent, call);
  tell({.on = On::AgentAccept, .call = call, .agent = won.agent, .text = leg, .attempt = won.attempt});
}

/// The caller is over when his leg is; a talk when the agent's is: only then is his telephone free.
void Routing::hung_up(const Message& message) {
  const std::string_view uniqueid = message.get("Uniqueid");
  if (const auto own = ours_.find(uniqueid); own != ours_.end()) ours_.erase(own);
  Caller* const caller = by_leg(uniqueid);
  if (const auto fallen = fallen_.find(uniqueid); fallen != fallen_.end()) {
    const std::string call = fallen->second;
    fallen_.erase(fallen);
    if (!caller) return tell({.on = On::HangupCall, .call = call, .by = acd::Side::Caller});
  }
  if (!caller) return;
  const std::string call = caller->call;
  const acd::Side by = caller->by;
  if (caller->place != Caller::Place::Talking) {
    if (uniqueid != caller->uniqueid && !caller->uniqueid.empty()) return;
    const bool left = caller->place == Caller::Place::Leaving;
    const bool callback = caller->uniqueid.empty();
    if (callback) return;  // its OriginateResponse says what became of it
    forget(call);
    if (left) tell({.on = On::LeftQueue, .call = call, .how = acd::How::Overflow});
    else tell({.on = On::HangupCall, .call = call, .by = by == acd::Side::None ? acd::Side::Caller : by});
    spied_call_over(call, true);
    return;
  }
  if (uniqueid == caller->agent_leg && caller->taking) return;
  if (uniqueid == caller->agent_leg && goes_on(*caller, uniqueid)) return;
  // Nobody hung up, and his leg has another cause than an order's: it is lost. What becomes of the caller HubLost says, or his own Hangup.
  if (uniqueid == caller->agent_leg && by == acd::Side::None && message.get("Cause") != "16" && model_.channels.leg(caller->uniqueid)) return;
  if (uniqueid == caller->uniqueid && model_.channels.leg(caller->agent_leg)) {
    caller->gone = true;
    spied_call_over(call, true);
    return;
  }
  forget(call);
  tell({.on = On::CallEnded, .call = call, .by = by == acd::Side::None ? acd::Side::System : by});
  spied_call_over(call, false);
}

void Routing::transferred(const Message& message, bool attended) {
  if (message.get("Result") != "Success") return;
  if (!attended) {
    Caller* const caller = by_leg(message.get("TransfererUniqueid"));
    if (!caller || caller->place != Caller::Place::Talking || message.get("TransfererUniqueid") == caller->uniqueid) return;
    const std::string call = caller->call;
    forget(call);
    tell({.on = On::BlindTransfer, .call = call, .target = std::string(message.get("Extension"))});
    spied_call_over(call, false);
    return;
  }
  if (message.get("DestType") == "Fail") return;
  for (const std::string_view side : {"OrigTransfererUniqueid", "SecondTransfererUniqueid"}) {
    Caller* const caller = by_leg(message.get(side));
    if (!caller || caller->place != Caller::Place::Talking || message.get(side) != caller->agent_leg) continue;
    const bool usual = message.get("TransferTargetUniqueid") != caller->uniqueid;
    const std::string leg(message.get(usual ? "TransferTargetUniqueid" : "TransfereeUniqueid")), channel(message.get(usual ? "TransferTargetChannel" : "TransfereeChannel"));
    const std::string number(message.get(usual ? "TransferTargetCallerIDNum" : "TransfereeCallerIDNum")), call = caller->call;
    const std::string agent = model_.directory.extractAgentExtension(channel);
    if (!agent.empty() && acd_.knows_agent(agent) && !leg.empty()) {
      legs_.erase(caller->agent_leg);
      const std::string before = caller->agent;
      caller->agent = agent;
      caller->agent_leg = leg;
      caller->agent_channel = channel;
      legs_[leg] = call;
      ours_.insert(leg);
      tell({.on = On::AttendedTransfer, .call = call, .agent = agent, .target = agent, .text = leg});
      disengage(before, call);
      engage(agent, call);
    } else {
      forget(call);
      tell({.on = On::AttendedTransfer, .call = call, .target = agent.empty() ? number : agent});
    }
    spied_call_over(call, false);
    return;
  }
}

/// A callback's agent: he answered, or why he did not (Reason: 0 refused, 1 and 8 no way to him, 3 no answer, 4 answered, 5 busy).
void Routing::originated(const Message& message) {
  Caller* const caller = by_leg(message.get("Uniqueid"));
  if (!caller || !caller->uniqueid.empty() || caller->place != Caller::Place::Ringing || caller->rings.empty()) return;
  const Caller::Ring ring = caller->rings.front();
  const std::string call = caller->call;
  if (message.get("Response") == "Success") return talks(*caller, ring, caller->agent_leg, std::string(message.get("Channel")));
  const std::string_view reason = message.get("Reason");
  forget(call);
  const On on = reason == "3" ? On::AgentNoAnswer : reason == "0" || reason == "5" ? On::AgentReject : On::AgentUnavailable;
  tell({.on = on, .call = call, .agent = ring.agent, .text = on == On::AgentUnavailable ? "unreachable" : "", .attempt = ring.attempt});
}

}  // namespace offhook::centre
