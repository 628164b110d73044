// After every resync: which callers the PBX has for us, by the variables of their channels, told to acd one by one, then that this was
// all of them. And the members of app_queue made those of the settings, for the day on which the hub is away.
#include "engine/centre/model.h"

namespace offhook::centre {

using acd::On;
using ami::Message;

namespace {

constexpr std::string_view kVariables = "CC_QUEUE,CC_SINCE,CC_ID,CC_AGENT,CC_TRY,CC_ROLE,CC_SPY,CC_SUPERVISOR,CC_CALL";

double number_of(std::string_view text) {
  double n = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return 0;
    n = n * 10 + (c - '0');
  }
  return n;
}

}  // namespace

void Routing::resynced() {
  if (!begun_ || !active_) return;
  renew_lease();
  found_.clear();
  tell({.on = On::LinkChanged, .yes = true});
  sweep_id_ = model_.send("Status", {{"Variables", std::string(kVariables)}});
  if (!sweep_id_.empty()) actions_[sweep_id_] = "sweep";
}

void Routing::link_lost() {
  sweep_id_.clear();
  actions_.clear();
  found_.clear();
  for (const auto& [channel, command] : std::exchange(arriving_, {})) model_.reply.settle(command, false, "link_down", "the link to the PBX was lost before it answered", {});
  model_.timers.clear(Due::Lease, {});
  std::vector<std::string> supervisors;
  for (const auto& [extension, session] : sessions_) supervisors.push_back(extension);
  for (const std::string& extension : supervisors)
    if (const auto found = sessions_.find(extension); found != sessions_.end()) step(found->second, {.on = supervisor::On::LinkDown});
  tell({.on = On::LinkChanged, .yes = false});
}

void Routing::pbx_restarted() {
  callers_.clear();
  legs_.clear();
  engaged_.clear();
  ours_.clear();
  fallen_.clear();
  mirrored_.clear();
  std::vector<std::string> supervisors;
  for (const auto& [extension, session] : sessions_) supervisors.push_back(extension);
  for (const std::string& extension : supervisors)
    if (const auto found = sessions_.find(extension); found != sessions_.end()) step(found->second, {.on = supervisor::On::PhoneGone});
  tell({.on = On::PbxRestarted});
}

void Routing::sweep_item(const Message& message) {
  Found found;
  found.uniqueid = message.get("Uniqueid");
  found.channel = message.get("Channel");
  found.context = message.get("Context");
  found.exten = message.get("Exten");
  found.bridge = message.get("BridgeID");
  found.caller = message.get("CallerIDNum");
  message.all("Variable", [&](std::string_view line) {
    const std::size_t equals = line.find('=');
    if (equals == line.npos) return;
    const std::string_view name = line.substr(0, equals), value = line.substr(equals + 1);
    if (value == "(null)") return;  // how Asterisk says that it is not set
    if (name == "CC_QUEUE") found.queue = value;
    else if (name == "CC_SINCE") found.since = value;
    else if (name == "CC_ID") found.call = value;
    else if (name == "CC_AGENT") found.agent = value;
    else if (name == "CC_TRY") found.attempt = value;
    else if (name == "CC_ROLE") found.role = value;
    else if (name == "CC_SPY") found.spied = value;
    else if (name == "CC_SUPERVISOR") found.supervisor = value;
    else if (name == "CC_CALL") found.spied_call = value;
  });
  if (!found.call.empty() || !found.role.empty() || !found.supervisor.empty()) found_.push_back(std::move(found));
}

/// CC_AGENT and CC_TRY stay set after a ring that came to nothing: they are believed in hub-ring only.
void Routing::sweep_over() {
  sweep_id_.clear();
  const std::vector<Found> found = std::exchange(found_, {});
  std::set<std::string> seen;
  for (const Found& one : found) {
    if (one.call.empty() || one.role == "agent" || !one.call.starts_with(one.uniqueid)) continue;
    acd::Mode mode;
    if (!acd_.mode_of(one.queue, mode) || mode != acd::Mode::Offhook) continue;
    const bool rings = one.context == "hub-ring" || one.context == "hub-ring-all", bridged = !one.bridge.empty();
    const bool waits = one.context == "hub-wait" || one.context == "hub-queue";
    const bool fallen = one.context == "hub-fallback";
    if (fallen) {
      fallen_[one.uniqueid] = one.call;
      forget(one.call);
      tell({.on = On::LeftQueue, .call = one.call, .how = acd::How::Fallback});
      if (!bridged) take_back(one.uniqueid, one.channel, one.queue);
      continue;
    }
    if (one.context == "hub-overflow") {
      tell({.on = On::LeftQueue, .call = one.call, .how = acd::How::Overflow});
      continue;
    }
    if (!waits && !rings) {
      // Elsewhere in the dialplan: an agent has transferred him, and acd may not know.
      if (!callers_.contains(one.call)) tell({.on = On::BlindTransfer, .call = one.call, .target = one.exten});
      else seen.insert(one.call);
      continue;
    }
    seen.insert(one.call);
    if (Caller* known = find(one.call); known && (known->place == Caller::Place::Talking) == (rings && bridged) && (known->place == Caller::Place::Ringing) == (rings && !bridged)) {
      acd::Event same{.on = On::AdoptCall, .call = one.call, .queue = one.queue, .agent = known->agent, .from = one.caller, .where = rings ? bridged ? acd::Where::Talking : acd::Where::Ringing : acd::Where::Waiting,
                      .attempt = known->asked, .enqueued_at = number_of(one.since) * 1000};
      if (same.where == acd::Where::Talking) same.text = known->agent_leg;
      if (same.where == acd::Where::Ringing && !known->rings.empty()) same.agent = known->rings.front().agent;
      if (same.where == acd::Where::Waiting) same.agent.clear(), same.attempt = 0;
      tell(std::move(same));
      continue;
    }
    forget(one.call);
    Caller& caller = callers_[one.call];
    caller.call = one.call;
    caller.queue = one.queue;
    caller.uniqueid = one.uniqueid;
    caller.channel = one.channel;
    caller.ring_s = 0;  // not known: set again with the next offer
    caller.dial = "?";
    caller.asked = number_of(one.attempt);
    legs_[one.uniqueid] = one.call;
    acd::Event adopted{.on = On::AdoptCall, .call = one.call, .queue = one.queue, .from = one.caller, .enqueued_at = number_of(one.since) * 1000};
    if (!rings) {
      caller.place = Caller::Place::Waiting;
      tell(std::move(adopted));
      continue;
    }
    adopted.where = bridged ? acd::Where::Talking : acd::Where::Ringing;
    const pbx::Leg* const customer = model_.channels.leg(one.uniqueid);
    if (bridged) {
      caller.place = Caller::Place::Talking;
      caller.agent = one.agent;
      if (customer)
        for (const pbx::Leg* peer : model_.channels.peers(*customer)) {
          if (peer->internal) continue;
          caller.agent_leg = peer->uniqueid;
          caller.agent_channel = peer->channel;
          if (!peer->extension.empty()) caller.agent = peer->extension;
        }
      if (!caller.agent_leg.empty()) legs_[caller.agent_leg] = one.call, ours_.insert(caller.agent_leg);
      engage(caller.agent, one.call);
      adopted.agent = caller.agent;
      adopted.text = caller.agent_leg;
      adopted.attempt = caller.asked;
      tell(std::move(adopted));
      continue;
    }
    caller.place = Caller::Place::Ringing;
    // One agent, or all whom his call dials.
    std::vector<Caller::Ring> rung;
    if (one.context == "hub-ring") rung.push_back({one.agent, caller.asked, {}});
    else if (const pbx::Call* call = customer ? model_.channels.call_of(*customer) : nullptr) {
      for (const std::string& leg_id : call->legs)
        if (const pbx::Leg* leg = model_.channels.leg(leg_id); leg && leg_id != one.uniqueid && !leg->internal && !leg->extension.empty()) rung.push_back({leg->extension, 0, leg_id});
    }
    if (customer)
      for (Caller::Ring& ring : rung)
        if (const auto* ids = model_.channels.legs_of(ring.agent))
          for (const std::string& id : *ids)
            if (const pbx::Leg* leg = model_.channels.leg(id); leg && leg->call == customer->call) ours_.insert(ring.leg = id);
    caller.rings = rung;
    for (const Caller::Ring& ring : rung) {
      engage(ring.agent, one.call);
      acd::Event ringing = adopted;
      ringing.agent = ring.agent;
      ringing.attempt = ring.attempt;
      tell(std::move(ringing));
    }
  }
  std::erase_if(ours_, [&](const std::string& leg) { return !model_.channels.leg(leg); });
  std::vector<std::string> lost;
  for (const auto& [call, caller] : callers_)
    if (!seen.contains(call) && !caller.uniqueid.empty() && !model_.channels.leg(caller.uniqueid)) lost.push_back(call);
  for (const std::string& call : lost) {
    forget(call);
    spied_call_over(call, true);
  }
  adopt_sessions(found);
  for (auto& [extension, told] : busy_) told = false;
  std::vector<std::string> phones;
  for (const auto& [extension, agent] : model_.directory.agents()) phones.push_back(extension);
  observe_entries();
  tell({.on = On::SweepDone});
  for (const std::string& extension : phones) legs_changed(extension);
  mirror_members();
}

/// Who is in the settings but not in the PBX's queue is added there, and taken out when the settings do not have him any more. Members
/// of queues.conf stay what they are; the pause of each follows his status as everywhere (machine member_pause).
void Routing::mirror_members() {
  if (!active_ || !model_.live) return;
  std::set<std::string> wanted;
  for (const acd::AgentSettings& agent : settings_.agents) {
    const pbx::AgentEntry* const entry = model_.directory.find(agent.extension);
    const std::string interface = entry && !entry->endpoint.empty() ? entry->endpoint : "PJSIP/" + agent.extension;
    for (const acd::Member& member : agent.queues) {
      acd::Mode mode;
      const auto queue = model_.queues.all().find(member.queue);
      if (!acd_.mode_of(member.queue, mode) || mode != acd::Mode::Offhook || queue == model_.queues.all().end() || queue->second.gone) continue;
      const std::string name = member.queue + "\n" + interface;
      wanted.insert(name);
      if (queue->second.members.contains(interface) || mirrored_.contains(name)) continue;
      mirrored_.insert(name);
      model_.send("QueueAdd", {{"Queue", member.queue}, {"Interface", interface}, {"Penalty", std::to_string(member.penalty)}, {"Paused", model_.is_online(agent.extension) ? "false" : "true"},
                               {"MemberName", entry ? entry->name : agent.extension}, {"StateInterface", interface}});
    }
  }
  for (auto name = mirrored_.begin(); name != mirrored_.end();) {
    if (wanted.contains(*name)) {
      ++name;
      continue;
    }
    const std::size_t split = name->find('\n');
    model_.send("QueueRemove", {{"Queue", name->substr(0, split)}, {"Interface", name->substr(split + 1)}});
    name = mirrored_.erase(name);
  }
}

}  // namespace offhook::centre
