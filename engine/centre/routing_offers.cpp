// What acd wants of the PBX: a ring, the way back, an overflow, an announcement, a callback. One Redirect moves a caller;
// what he needs there is set before it in the same write.
#include "engine/centre/model.h"

namespace offhook::centre {

using acd::On;

namespace {

/// A position as the sounds that every Asterisk has: 0 to 20 are one each, then tens.
std::string digits_of(int n) {
  if (n <= 20) return "digits/" + std::to_string(n);
  if (n < 100) return "digits/" + std::to_string(n / 10 * 10) + (n % 10 ? "&digits/" + std::to_string(n % 10) : std::string());
  return "digits/" + std::to_string(n / 100) + "&digits/hundred" + (n % 100 ? "&" + digits_of(n % 100) : std::string());
}

bool is_dialled(std::string_view target) {
  return target.size() > 1 && target.size() < 40 && target.find_first_not_of("+0123456789") == target.npos;
}

}  // namespace

void Routing::set_variable(const std::string& channel, std::string_view name, const std::string& value) {
  if (channel.empty()) model_.send("Setvar", {{"Variable", std::string(name)}, {"Value", value}});
  else model_.send("Setvar", {{"Channel", channel}, {"Variable", std::string(name)}, {"Value", value}});
}

void Routing::redirect(const std::string& channel, std::string_view context, const std::string& exten) {
  model_.send("Redirect", {{"Channel", channel}, {"Context", std::string(context)}, {"Exten", exten}, {"Priority", "1"}});
}

void Routing::ring(Caller& caller) {
  if (caller.rings.empty() || caller.place == Caller::Place::Talking) return;
  const auto endpoint = [&](const std::string& extension) {
    const pbx::AgentEntry* agent = model_.directory.find(extension);
    return agent && !agent->endpoint.empty() ? agent->endpoint : "PJSIP/" + extension;
  };
  std::string context = "hub-ring", exten;
  caller.asked = caller.rings.back().attempt;
  const std::string attempt = std::to_string(static_cast<long long>(caller.asked));
  if (caller.rings.size() == 1) {
    const std::string& agent = caller.rings.front().agent;
    std::string dial = endpoint(agent);
    if (dial == "PJSIP/" + agent) dial.clear();
    if (dial != caller.dial) set_variable(caller.channel, "CC_DIAL", caller.dial = dial);
    exten = agent + "*" + attempt;
  } else {
    std::string members;
    for (const Caller::Ring& one : caller.rings) members += (members.empty() ? "" : "&") + endpoint(one.agent);
    set_variable(caller.channel, "CC_MEMBERS", members);
    context = "hub-ring-all";
    exten = attempt;
  }
  for (Caller::Ring& one : caller.rings) one.leg.clear();
  caller.place = Caller::Place::Ringing;
  const std::string id = model_.send("Redirect", {{"Channel", caller.channel}, {"Context", context}, {"Exten", exten}, {"Priority", "1"}});
  if (!id.empty()) actions_[id] = "offer:" + caller.call;
}

/// The key that leads out of his queue: the dialplan tells us of no other.
void Routing::set_key(Caller& caller) {
  for (const acd::QueueSettings& settings : settings_.queues)
    if (settings.queue == caller.queue && settings.leave_key != caller.key) set_variable(caller.channel, "CC_KEY", caller.key = settings.leave_key);
}

void Routing::waits_again(Caller& caller) {
  if (caller.place != Caller::Place::Ringing || caller.gone) return;
  caller.place = Caller::Place::Waiting;
  if (active_) redirect(caller.channel, "hub-wait", "s");
}

void Routing::overflow(const acd::Effect& effect) {
  Caller* const caller = find(effect.call);
  if (!caller || caller->channel.empty() || caller->gone || !active_) return;
  const std::string channel = caller->channel;
  for (const Caller::Ring& ring : std::exchange(caller->rings, {})) disengage(ring.agent, effect.call);
  if (effect.kind == "queue") {
    caller->queue = effect.target;
    set_variable(channel, "CC_QUEUE", effect.target);
    set_key(*caller);
    acd::Mode mode;
    if (acd_.mode_of(effect.target, mode) && mode == acd::Mode::Offhook) return;  // he waits where he is
    redirect(channel, "hub-fallback", "s");
    forget(effect.call);
    return;
  }
  caller->place = Caller::Place::Leaving;
  if (effect.kind == "external" && is_dialled(effect.target)) return redirect(channel, "hub-overflow", effect.target);
  if (effect.kind == "announce" || effect.kind == "callback") {
    set_variable(channel, "CC_SOUND", effect.kind == "announce" && !effect.target.empty() ? effect.target : "auth-thankyou");
    return redirect(channel, "hub-overflow", "announce");
  }
  if (effect.kind == "hangup") {
    model_.send("Hangup", {{"Channel", channel}, {"Cause", "16"}});
    return;
  }
  if (!effect.target.empty() && effect.kind == "voicemail") set_variable(channel, "CC_BOX", effect.target);
  redirect(channel, "hub-overflow", "s");
}

void Routing::announce(const acd::Effect& effect) {
  const Caller* const caller = find(effect.call);
  if (!caller || caller->place != Caller::Place::Waiting || !active_) return;
  std::string files = effect.sounds;
  if (effect.position == 1) files = "queue-youarenext";
  else if (effect.position > 1) files = (files.empty() ? "queue-thereare" : files) + "&" + digits_of(static_cast<int>(effect.position)) + "&queue-callswaiting";
  if (!files.empty()) set_variable(caller->channel, "CC_SAY", files);
}

/// An agent first, then the number: his telephone rings with the caller's number on it.
void Routing::call_back(const acd::Effect& effect) {
  const pbx::AgentEntry* const agent = model_.directory.find(effect.agent);
  const std::string leg = "hub-callback-" + std::to_string(static_cast<long long>(model_.at)) + "-" + std::to_string(static_cast<long long>(++next_callback_));
  const std::string attempt = std::to_string(static_cast<long long>(effect.attempt));
  std::string id;
  if (active_ && is_dialled(effect.number))
    id = model_.send("Originate", {{"Channel", agent && !agent->endpoint.empty() ? agent->endpoint : "PJSIP/" + effect.agent}, {"ChannelId", leg}, {"Context", "hub-callback"}, {"Exten", effect.number},
                                   {"Priority", "1"}, {"Timeout", std::to_string(static_cast<long long>(effect.ring_ms))}, {"CallerID", effect.number}, {"Variable", "CC_CALL=" + effect.call},
                                   {"Variable", "CC_AGENT=" + effect.agent}, {"Variable", "CC_TRY=" + attempt}, {"Variable", "__CC_QUEUE=" + effect.queue}, {"Async", "true"}});
  if (id.empty()) return tell({.on = On::AgentUnavailable, .call = effect.call, .agent = effect.agent, .text = "bad_number", .attempt = effect.attempt});
  Caller& caller = callers_[effect.call];
  caller = {};
  caller.call = effect.call;
  caller.queue = effect.queue;
  caller.place = Caller::Place::Ringing;
  caller.rings.push_back({effect.agent, effect.attempt, leg});
  caller.asked = effect.attempt;
  caller.agent_leg = leg;
  legs_[leg] = effect.call;
  engage(effect.agent, effect.call);
}

}  // namespace offhook::centre
