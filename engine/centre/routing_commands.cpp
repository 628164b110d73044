// The hub's commands for the contact centre (docs/queues.md, "Through centre.wasm"). Each is settled once: by acd's own answer, by the
// PBX's, or by the event that shows the result.
#include <algorithm>

#include "engine/centre/model.h"
#include "engine/wire/json_in.h"

namespace offhook::centre {

using acd::On;

namespace {

constexpr Millis kArriveMs = 5'000;

}  // namespace

bool Routing::command(const wire::Json& event) {
  static constexpr std::string_view kNames[] = {"queue_call", "dequeue",   "priority",    "move",          "complete_wrap_up", "extend_wrap_up", "explain",
                                                "accept",     "reject",    "supervise",   "hangup_call",   "transfer_call",    "drain",          "activate", "standby"};
  const std::string name = wire::text_at(event, "command"), id = wire::text_at(event, "id"), call = wire::text_at(event, "call_id"), extension = wire::text_at(event, "extension");
  if (std::find(std::begin(kNames), std::end(kNames), name) == std::end(kNames)) return false;
  const auto refuse = [&](std::string_view code, std::string_view detail) { model_.reply.settle(id, false, code, detail, {}); };
  const auto done = [&](std::string_view state) { model_.reply.settle(id, true, {}, {}, state); };
  if (name == "activate" || name == "standby") return set_active(name == "activate"), done(name == "activate" ? "active" : "standby"), true;
  if (name == "drain") return drain(id), true;
  if (!begun_) return refuse("no_queues", "there are no queues"), true;
  if (name == "priority") tell({.on = On::Priority, .call = call, .priority = wire::number_at(event, "priority")}, id);
  else if (name == "move") tell({.on = On::Move, .call = call, .queue = wire::text_at(event, "queue")}, id);
  else if (name == "complete_wrap_up") tell({.on = On::CompleteWrapUp, .agent = extension}, id);
  else if (name == "extend_wrap_up") tell({.on = On::ExtendWrapUp, .agent = extension, .ms = wire::number_at(event, "ms")}, id);
  else if (name == "reject") tell({.on = On::RejectOffer, .call = call, .agent = extension}, id);
  else if (name == "accept") refuse("not_supported", "a telephone is answered by its own page");
  else if (name == "explain") {
    std::string text;
    JsonWriter json(text);
    if (acd_.explain(json, call)) model_.reply.settle(id, true, {}, text, "explained");
    else refuse("unknown_call", call);
  } else if (!model_.live) refuse("link_down", "there is no link to the PBX");
  else if (!active_) refuse("standby", "another hub is the active one");
  else if (name == "queue_call") queue_a_call(event, id);
  else if (name == "supervise") supervise(event, id);
  else {
    Caller* const caller = find(call);
    if (!caller) {
      acd::Where where;
      std::string whom;
      // A callback that waits: the PBX knows nothing of it, so that nothing is to be asked of it.
      if ((name == "dequeue" || name == "hangup_call") && acd_.where(call, where, whom) && where == acd::Where::Waiting) return tell({.on = On::LeftQueue, .call = call, .how = acd::How::Taken}, id), true;
      return refuse("unknown_call", call), true;
    }
    if (caller->channel.empty()) {  // a callback that is being made
      if (name != "hangup_call" || caller->agent_channel.empty()) return refuse("not_supported", "a callback has no caller yet"), true;
      caller->by = acd::Side::Supervisor;
      actions_[model_.send("Hangup", {{"Channel", caller->agent_channel}})] = "settle:" + id;
      return true;
    }
    const std::string channel = caller->channel, target = wire::text_at(event, "target");
    const bool talks = caller->place == Caller::Place::Talking;
    if (name == "hangup_call") {
      caller->by = acd::Side::Supervisor;
      actions_[model_.send("Hangup", {{"Channel", channel}, {"Cause", "16"}})] = "settle:" + id;
      return true;
    }
    if (name == "dequeue" && talks) return refuse("not_waiting", call), true;
    if (name == "transfer_call" && (target.size() < 2 || target.find_first_not_of("+0123456789") != target.npos)) return refuse("bad_target", target), true;
    // A person's order: the one thing for which a call that rings or talks is moved.
    forget(call);
    if (talks) tell({.on = On::BlindTransfer, .call = call, .target = target});
    else tell({.on = On::LeftQueue, .call = call, .how = acd::How::Taken});
    spied_call_over(call, false);
    const std::string sent = name == "dequeue" ? model_.send("Redirect", {{"Channel", channel}, {"Context", "hub-overflow"}, {"Exten", "s"}, {"Priority", "1"}})
                                               : model_.send("Redirect", {{"Channel", channel}, {"Context", "hub-outside"}, {"Exten", target}, {"Priority", "1"}});
    actions_[sent] = "settle:" + id;
  }
  return true;
}

/// A call that the PBX has goes into the waiting room; a number is called back when an agent is free.
void Routing::queue_a_call(const wire::Json& event, const std::string& id) {
  const std::string channel = wire::text_at(event, "channel_id"), number = wire::text_at(event, "number"), queue = wire::text_at(event, "queue");
  const auto refuse = [&](std::string_view code, std::string_view detail) { model_.reply.settle(id, false, code, detail, {}); };
  acd::Mode mode;
  if (!acd_.mode_of(queue, mode)) return refuse("unknown_queue", queue);
  if (mode != acd::Mode::Offhook) return refuse("not_supported", "the PBX routes this queue by itself");
  if (channel.empty()) {
    if (number.size() < 2 || number.find_first_not_of("+0123456789") != number.npos) return refuse("bad_target", number);
    const std::string call = "callback-" + std::to_string(static_cast<long long>(model_.at)) + "-" + std::to_string(static_cast<long long>(++next_callback_));
    acd::Event asked{.on = On::QueueCall, .call = call, .queue = queue, .from = number, .number = number, .priority = wire::number_at(event, "priority")};
    if (const wire::Json* skills = wire::array_at(event, "skills"))
      for (const wire::Json& skill : skills->items) {
        asked.skills.push_back({.skill = wire::text_at(skill, "skill"), .min = static_cast<int>(wire::number_at(skill, "min", 1)), .weight = static_cast<int>(wire::number_at(skill, "weight", 1)),
                                .mandatory = wire::flag_at(skill, "mandatory", true)});
        if (asked.skills.back().skill.empty() || asked.skills.size() > 20) return refuse("bad_value", "skills: at most 20, each with a name");
      }
    std::string detail;
    JsonWriter(detail).open('{').key("call_id").string(call).close('}');
    if (wire::number_at(event, "priority") < -100 || wire::number_at(event, "priority") > 100) return refuse("bad_priority", "a priority is a whole number from -100 to 100");
    model_.reply.settle(id, true, {}, detail, call);
    return tell(std::move(asked));
  }
  if (!model_.channels.leg_by_channel(channel)) return refuse("unknown_channel", "the PBX has no such channel");
  if (const double priority = wire::number_at(event, "priority"); priority != 0) set_variable(channel, "CC_PRIORITY", std::to_string(static_cast<int>(priority)));
  arriving_[channel] = id;
  model_.timers.set(Due::Arrive, channel, model_.mono + kArriveMs);
  actions_[model_.send("Redirect", {{"Channel", channel}, {"Context", "hub-queue"}, {"Exten", queue}, {"Priority", "1"}})] = "arrive:" + channel;
}

void Routing::arrival_over(const std::string& channel) {
  const auto found = arriving_.find(channel);
  if (found == arriving_.end()) return;
  model_.reply.settle(found->second, false, "pbx_timeout", "the call did not come to the queue", {});
  arriving_.erase(found);
}

/// An ordered stop: callers go to the PBX's own queue within a tick of the waiting room; who rings or talks is left alone.
void Routing::drain(const std::string& id) {
  draining_ = true;
  model_.timers.clear(Due::Lease, {});
  if (model_.live && active_ && routed_queues_) {
    const std::string sent = model_.send("Setvar", {{"Variable", "HUB_UNTIL"}, {"Value", "0"}});
    actions_[sent] = "settle:" + id;
  } else model_.reply.settle(id, true, {}, {}, "done");
  tell({.on = On::LinkChanged, .yes = false});
}

}  // namespace offhook::centre
