#include "engine/centre/routing.h"

#include <algorithm>

#include "engine/centre/model.h"
#include "engine/wire/json_in.h"

namespace offhook::centre {

using acd::Effect;
using acd::On;

namespace {

/// The PBX keeps callers for the hub so long after its last word; it is renewed so often (hub_queue.conf).
constexpr Millis kLeaseEveryMs = 1'500;
constexpr long kLeaseS = 5;

}  // namespace

Routing::Routing(Model& model, double seed) : model_(model), acd_(seed) {}

Caller* Routing::find(std::string_view call) {
  const auto found = callers_.find(call);
  return found == callers_.end() ? nullptr : &found->second;
}

Caller* Routing::by_leg(std::string_view uniqueid) {
  const auto found = legs_.find(uniqueid);
  return found == legs_.end() ? nullptr : find(found->second);
}

void Routing::forget(const std::string& call) {
  const auto found = callers_.find(call);
  if (found == callers_.end()) return;
  const Caller caller = std::move(found->second);
  for (const std::string& leg : {caller.uniqueid, caller.agent_leg})
    if (const auto entry = legs_.find(leg); entry != legs_.end() && entry->second == call) legs_.erase(entry);
  callers_.erase(found);
  for (const Caller::Ring& ring : caller.rings) disengage(ring.agent, caller.call);
  disengage(caller.agent, caller.call);
}

/// One event to acd, what it wants to the PBX and to the hub, and what follows of that.
void Routing::tell(acd::Event event, std::string_view settles) {
  if (!begun_ && event.on != On::Configured) return;
  event.at = model_.at;
  event.mono = model_.mono;
  event.midnight = midnight_;
  acd::Effects effects;
  acd_.apply(event, effects);
  if (effects.changed) {
    JsonWriter json(model_.reply.effects.next());
    json.open('{').key("type").string("journal").key("entry");
    std::string entry;
    JsonWriter inner(entry);
    acd::write_event(inner, event);
    json.raw(entry).close('}');
  }
  if (!settles.empty()) model_.reply.settle(settles, effects.code.empty(), effects.code, effects.message, effects.code.empty() ? "done" : "");
  carry_out(effects);
  publish(effects);
  const Millis due = acd_.due();
  if (due >= 0) model_.timers.set(Due::Acd, {}, due);
  else model_.timers.clear(Due::Acd, {});
}

/// Offers, withdrawals and overflows of one step together: a caller is sent to one place, once.
void Routing::carry_out(const acd::Effects& effects) {
  std::set<std::string> to_ring, back;
  std::vector<acd::Event> refused;
  for (const Effect& effect : effects.list) {
    Caller* const caller = find(effect.call);
    switch (effect.what) {
      case Effect::What::Offer:
        if (!caller || caller->channel.empty() || caller->gone || !active_) {
          refused.push_back({.on = On::AgentUnavailable, .call = effect.call, .agent = effect.agent, .text = "gone", .attempt = effect.attempt});
          break;
        }
        caller->rings.push_back({effect.agent, effect.attempt, {}});
        engage(effect.agent, effect.call);
        if (const long seconds = static_cast<long>((effect.ring_ms + 999) / 1000); seconds != caller->ring_s && seconds > 0) {
          caller->ring_s = seconds;
          set_variable(caller->channel, "CC_RING", std::to_string(seconds));
        }
        if (effect.record && caller->record.empty()) {
          caller->record = "cc/" + caller->call + ".wav";
          set_variable(caller->channel, "CC_REC", caller->record);
        }
        to_ring.insert(effect.call);
        back.erase(effect.call);
        break;
      case Effect::What::Withdraw:
        if (!caller || caller->place != Caller::Place::Ringing) break;
        std::erase_if(caller->rings, [&](const Caller::Ring& ring) { return ring.agent == effect.agent && ring.attempt == effect.attempt; });
        if (caller->uniqueid.empty()) {
          if (!caller->agent_channel.empty()) model_.send("Hangup", {{"Channel", caller->agent_channel}});
        } else if (caller->rings.empty()) {
          to_ring.erase(effect.call);
          back.insert(effect.call);
        } else to_ring.insert(effect.call);
        disengage(effect.agent, effect.call);
        break;
      case Effect::What::Overflow:
        if (effect.kind != "queue") back.erase(effect.call);
        to_ring.erase(effect.call);
        overflow(effect);
        break;
      case Effect::What::Announce: announce(effect); break;
      case Effect::What::CallbackDue: call_back(effect); break;
      case Effect::What::StatusWrite:
      case Effect::What::WriteRecord:
      case Effect::What::Note: {
        std::string text;
        JsonWriter json(text);
        acd::write_effect(json, effect);
        model_.reply.effects.next() += text;
        break;
      }
    }
  }
  for (const std::string& call : to_ring)
    if (Caller* caller = find(call)) ring(*caller);
  for (const std::string& call : back)
    if (Caller* caller = find(call)) waits_again(*caller);
  for (acd::Event& event : refused) tell(std::move(event));
}

void Routing::write_call_item(const std::string& call) {
  std::string text;
  JsonWriter json(text);
  if (!acd_.write_call(json, call) || text.empty()) return;
  std::string listeners;
  JsonWriter list(listeners);
  list.open('[');
  for (const auto& [extension, session] : sessions_) {
    const auto state = session.session.state;
    if (session.call != call || state == supervisor::State::Ended || state == supervisor::State::Idle) continue;
    list.open('{').key("extension").string(extension).key("mode").string(supervisor::kModeWords[static_cast<std::size_t>(session.session.wanted)]);
    list.key("state").string(supervisor::kStateWords[static_cast<std::size_t>(state)]).close('}');
  }
  list.close(']');
  text.pop_back();
  model_.reply.acd_calls.next() += text + ",\"supervisors\":" + listeners + "}";
}

void Routing::publish(const acd::Effects& effects) {
  const auto whole = [&](Items& items, const std::string& name, bool (acd::Acd::*write)(JsonWriter&, const std::string&) const) {
    std::string text;
    JsonWriter json(text);
    if ((acd_.*write)(json, name)) items.next() += text;
  };
  for (const std::string& name : effects.queues) whole(model_.reply.acd_queues, name, &acd::Acd::write_queue);
  for (const std::string& name : effects.gone_queues) JsonWriter(model_.reply.acd_queues.next()).open('{').key("queue").string(name).key("gone").flag(true).close('}');
  for (const std::string& name : effects.agents) whole(model_.reply.acd_agents, name, &acd::Acd::write_agent);
  for (const std::string& name : effects.calls) write_call_item(name);
  for (const std::string& item : effects.ended) model_.reply.acd_calls.next() += item;
}

void Routing::publish_all() {
  if (!begun_) return;
  acd::Effects all;
  acd_.names(all);
  publish(all);
}

Millis Routing::wrap_up_of(const std::string& queue) const {
  for (const acd::QueueSettings& one : settings_.queues)
    if (one.queue == queue && one.wrap_up == WrapUpMode::Timed) return one.wrap_up_ms;
  return -1;
}

bool Routing::queues_changed(const wire::Json& event) {
  auto settings = std::make_shared<acd::Settings>();
  std::string error;
  if (!acd::read_settings(event, *settings, error)) return model_.refuse("bad_settings", error);
  const bool first = !begun_;
  begun_ = true;
  settings_ = *settings;
  tell({.on = On::Configured, .settings = std::move(settings)});
  model_.judge_wrapups_again();
  routed_queues_ = false;
  for (const acd::QueueSettings& queue : settings_.queues) routed_queues_ = routed_queues_ || queue.mode == acd::Mode::Offhook;
  if (first) {
    model_.tell_routing();
    publish_all();  // what was restored is shown
  }
  if (model_.live && first) resynced();
  else if (model_.live) {
    renew_lease();
    mirror_members();
  }
  return true;
}

bool Routing::restore(const wire::Json& event) {
  std::string error;
  if (const wire::Json* snapshot = wire::object_at(event, "snapshot")) {
    std::string text;
    wire::write(text, *snapshot);
    if (!acd_.restore(text, error)) {
      model_.reply.error = error;
      return false;
    }
  }
  begun_ = true;
  if (const wire::Json* journal = wire::array_at(event, "journal"))
    for (const wire::Json& entry : journal->items) {
      acd::Event one;
      if (!acd::read_event(entry, one, error)) {
        model_.reply.error = error;
        return false;
      }
      acd::Effects done;  // was carried out when it happened
      acd_.apply(one, done);
    }
  tell({.on = On::Restarted});
  begun_ = false;  // the settings follow
  return true;
}

void Routing::snapshot_asked() {
  std::string state;
  acd_.snapshot(state);
  JsonWriter(model_.reply.effects.next()).open('{').key("type").string("journal.snapshot").key("state").raw(state).close('}');
}

/// HUB_UNTIL is a time of the PBX's own clock, which the answer to a Ping tells: nobody's clocks need to agree.
void Routing::renew_lease() {
  if (!routes() || !model_.live) {
    model_.timers.clear(Due::Lease, {});
    return;
  }
  if (const std::string id = model_.send("Ping", {}); !id.empty()) actions_[id] = "lease";
  model_.timers.set(Due::Lease, {}, model_.mono + kLeaseEveryMs);
}

bool Routing::answered(const ami::Message& message) {
  const auto found = actions_.find(std::string(message.get("ActionID")));
  if (found == actions_.end()) return false;
  const std::string what = found->second;
  actions_.erase(found);
  const bool ok = message.name != "Error";
  if (what == "lease") {
    const std::string_view stamp = message.get("Timestamp");
    long until = 0;
    for (const char c : stamp.substr(0, stamp.find('.'))) until = c >= '0' && c <= '9' ? until * 10 + (c - '0') : until;
    if (until > 0 && routes()) set_variable({}, "HUB_UNTIL", std::to_string(until + kLeaseS));
  } else if (what == "sweep") {
    if (!ok) {
      model_.reply.log("error", "The PBX does not say which callers it has; it refused Status: " + std::string(message.get("Message")));
      sweep_over();
    }
  } else if (what.starts_with("offer:") && !ok) {
    // "Channel does not exist": his Hangup is on its way, or he is lost. Anything else: nothing rings, nor will it.
    Caller* const caller = find(what.substr(6));
    if (caller && caller->place == Caller::Place::Ringing && model_.channels.leg(caller->uniqueid)) {
      const std::vector<Caller::Ring> rings = std::exchange(caller->rings, {});
      const std::string call = caller->call;
      caller->place = Caller::Place::Waiting;
      for (const Caller::Ring& ring : rings) tell({.on = On::AgentUnavailable, .call = call, .agent = ring.agent, .text = "refused_by_pbx", .attempt = ring.attempt});
    }
  } else if (what.starts_with("settle:")) {
    model_.reply.settle(what.substr(7), ok, ok ? "" : "refused_by_pbx", ok ? "" : message.get("Message"), ok ? "done" : "");
  } else if (what.starts_with("arrive:") && !ok) {
    const auto waiting = arriving_.find(what.substr(7));
    if (waiting == arriving_.end()) return true;
    model_.reply.settle(waiting->second, false, "refused_by_pbx", message.get("Message"), {});
    model_.timers.clear(Due::Arrive, waiting->first);
    arriving_.erase(waiting);
  }
  return true;
}

void Routing::set_active(bool active) {
  if (active == active_) return;
  active_ = active;
  if (!model_.live) return;
  if (active) return resynced();
  tell({.on = On::LinkChanged, .yes = false});
  model_.timers.clear(Due::Lease, {});
}

void Routing::registered(const std::string& extension, bool yes) { tell({.on = On::Registered, .agent = extension, .yes = yes}); }

void Routing::status_is(const std::string& extension, AgentStatus status, const std::string& reason, const std::string& source) {
  tell({.on = On::Intent, .agent = extension, .text = reason, .source = source, .status = status});
}

std::string Routing::recorded_channel(const pbx::Leg& leg) const {
  const auto found = legs_.find(leg.uniqueid);
  const auto caller = found == legs_.end() ? callers_.end() : callers_.find(found->second);
  return caller == callers_.end() || caller->second.record.empty() ? std::string() : caller->second.channel;
}

std::string Routing::customer_of(const pbx::Leg& leg) const {
  const auto found = legs_.find(leg.uniqueid);
  const auto caller = found == legs_.end() ? callers_.end() : callers_.find(found->second);
  return caller == callers_.end() || caller->second.observed || caller->second.place != Caller::Place::Talking || caller->second.agent_leg != leg.uniqueid ? std::string() : caller->second.channel;
}

/// Who is rung for, or talks to, which call of ours.
void Routing::engage(const std::string& agent, const std::string& call) {
  engaged_[agent] = call;
  legs_changed(agent);
}

void Routing::disengage(const std::string& agent, const std::string& call) {
  const auto found = engaged_.find(agent);
  if (found == engaged_.end() || found->second != call) return;
  engaged_.erase(found);
  legs_changed(agent);
}

/// A telephone that has a leg of anything but an offer or a talk of ours is busy. A leg that was ours is none until its Hangup.
void Routing::legs_changed(const std::string& extension) {
  if (!begun_ || extension.empty()) return;
  const auto engaged = engaged_.find(extension);
  const Caller* const caller = engaged == engaged_.end() ? nullptr : find(engaged->second);
  const pbx::Leg* const customer = !caller || caller->uniqueid.empty() ? nullptr : model_.channels.leg(caller->uniqueid);
  bool busy = false;
  if (const auto* ids = model_.channels.legs_of(extension))
    for (const std::string& id : *ids) {
      const pbx::Leg* const leg = model_.channels.leg(id);
      if (!leg || leg->internal || ours_.contains(id)) continue;
      busy = busy || !caller || (caller->agent_leg != id && (!customer || customer->call != leg->call));
    }
  bool& told = busy_[extension];
  if (told == busy) return;
  told = busy;
  tell({.on = On::PhoneBusy, .agent = extension, .yes = busy});
}

}  // namespace offhook::centre
