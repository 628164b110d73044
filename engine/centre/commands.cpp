// What a user asks of the PBX, and what it came to: an action is sent, and the
// event that shows its result settles the command; a Response alone settles
// only its refusal. Each has a deadline. Beside them: what an agent's Phone is
// told of its own leg (queue_number, transfer, recording).
#include "engine/ami/action.h"
#include "engine/centre/model.h"
#include "engine/wire/json_in.h"

namespace offhook::centre {

using ami::Message;
using ami::Word;

namespace {

constexpr Millis kPauseMs = 12'000, kHangupMs = 5'000, kTransferMs = 8'000, kRecordingMs = 3'000;
constexpr std::size_t kMostCommands = 10'000, kMostToldLegs = 100'000;

/// The same for every message of a call: what a backend files the call under.
std::string token_of(double seed, std::string_view call_id) {
  std::uint64_t hash = 14695981039346656037ull ^ static_cast<std::uint64_t>(seed);
  for (const char c : call_id) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  std::string text = "oc-";
  for (int i = 60; i >= 0; i -= 4) text += "0123456789abcdef"[(hash >> i) & 15];
  return text;
}

std::string file_name(const pbx::Leg& leg) {
  std::string name = "offhook-" + leg.linkedid + "-" + leg.uniqueid;
  for (char& c : name)
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.')) c = '_';
  return name + ".wav";
}

}  // namespace

std::string Model::send(std::string_view name, const std::vector<std::pair<std::string_view, std::string>>& headers) {
  const std::string id = "oc-" + std::to_string(static_cast<long long>(settings_.seed)) + "-" + std::to_string(++next_action_);
  ami::Action action(name, id);
  for (const auto& [key, value] : headers) action.header(key, value);
  if (action.error() != ami::ActionError::None) return {};
  reply.send(action.text());
  return id;
}

void Model::phone_message(const std::string& extension, std::string_view message) {
  JsonWriter json(reply.effects.next());
  json.open('{').key("type").string("phone.message").key("extension").string(extension).key("message").raw(message).close('}');
}

void Model::recording_message(const pbx::Leg& leg, std::string_view state) {
  std::vector<const pbx::Leg*> legs{&leg};
  for (const pbx::Leg* peer : channels.peers(leg)) legs.push_back(peer);
  for (const pbx::Leg* one : legs) {
    if (one->extension.empty() || one->internal) continue;
    std::string message;
    JsonWriter json(message);
    json.open('{').key("type").string("recording").key("channel_id").string(one->channel).key("state").string(state).close('}');
    phone_message(one->extension, message);
  }
}

void Model::settle(const std::string& id, bool ok, std::string_view code, std::string_view detail, std::string_view state) {
  const auto found = commands_.find(id);
  if (found == commands_.end()) return;
  actions_.erase(found->second.action_id);
  timers.clear(Due::Command, id);
  commands_.erase(found);
  reply.settle(id, ok, code, detail, state);
}

void Model::start_command(Command command) {
  const std::string id = command.id;
  const bool needs_channel = command.kind != Command::Kind::Pause;
  const auto refuse_it = [&](std::string_view code, std::string_view detail) { reply.settle(id, false, code, detail, {}); };
  if (!live) return refuse_it("link_down", "there is no link to the PBX");
  if (commands_.size() >= kMostCommands || commands_.count(id)) return refuse_it("too_many", "the same or too many commands are under way");
  const pbx::Leg* leg = needs_channel ? channels.leg_by_channel(command.channel) : nullptr;
  if (needs_channel && !leg) return refuse_it("unknown_channel", "the PBX has no such channel");
  if (leg) command.uniqueid = leg->uniqueid, command.extension = leg->extension;
  std::string action_id;
  // A call of the contact centre is recorded on the customer's leg, so that the recording goes with him.
  if (leg && command.kind == Command::Kind::Recording && command.action != "start") {
    if (const std::string recorded = routing.recorded_channel(*leg); !recorded.empty() && recorded != command.channel) {
      command.channel = recorded;
      if (const pbx::Leg* customer = channels.leg_by_channel(recorded)) command.uniqueid = customer->uniqueid;
    }
  }
  // Without him the PBX would take the caller's agent for lost, and let him wait again: an order ends the call.
  if (leg && command.kind == Command::Kind::Hangup) {
    if (const std::string customer = routing.customer_of(*leg); !customer.empty())
      if (const pbx::Leg* his = channels.leg_by_channel(customer)) command.channel = customer, command.uniqueid = his->uniqueid;
  }
  Millis limit = kTransferMs;
  const std::vector<std::pair<std::string_view, std::string>> on_channel{{"Channel", command.channel}};
  auto to_target = on_channel;
  if (leg && !leg->context.empty()) to_target.emplace_back("Context", leg->context);
  to_target.emplace_back("Exten", command.target);
  switch (command.kind) {
    case Command::Kind::Pause: break;
    case Command::Kind::Hangup:
      limit = kHangupMs;
      action_id = send("Hangup", on_channel);
      break;
    case Command::Kind::Transfer:
      if (command.action == "blind" || command.action == "start") {
        if (command.target.empty()) return refuse_it("bad_target", "a transfer wants a target");
        action_id = send(command.action == "blind" ? "BlindTransfer" : "Atxfer", to_target);
      } else if (command.action == "complete") {
        // The one who consults hangs up: that joins the other two.
        if (!consults_.count(command.channel)) return refuse_it("no_consultation", "nobody is consulted by this channel");
        action_id = send("Hangup", on_channel);
      } else if (command.action == "cancel") {
        if (!consults_.count(command.channel)) return refuse_it("no_consultation", "nobody is consulted by this channel");
        action_id = send("CancelAtxfer", on_channel);
      } else {
        return refuse_it("not_supported", "the PBX cannot do this by an action of its manager interface");
      }
      break;
    case Command::Kind::Recording:
      limit = kRecordingMs;
      if (command.action == "start") action_id = send("MixMonitor", {{"Channel", command.channel}, {"File", file_name(*leg)}});
      else if (command.action == "stop") action_id = send("StopMixMonitor", on_channel);
      else if (command.action == "pause" || command.action == "resume")
        action_id = send("MixMonitorMute", {{"Channel", command.channel}, {"Direction", "both"}, {"State", command.action == "pause" ? "1" : "0"}});
      else return refuse_it("not_supported", "recording: start, pause, resume or stop");
      break;
    case Command::Kind::Conference: return refuse_it("not_supported", "the PBX cannot do this by an action of its manager interface");
  }
  if (action_id.empty()) return refuse_it("bad_value", "a value cannot be sent: control characters, or too long");
  command.action_id = action_id;
  actions_[action_id] = "command:" + id;
  commands_[id] = std::move(command);
  timers.set(Due::Command, id, mono + limit);
}

void Model::command(const wire::Json& event) {
  Command command;
  command.id = wire::text_at(event, "id");
  const std::string kind = wire::text_at(event, "command");
  command.action = wire::text_at(event, "action");
  command.channel = wire::text_at(event, "channel_id");
  command.target = wire::text_at(event, "target");
  command.call_log_id = wire::text_at(event, "call_log_id");
  command.extension = wire::text_at(event, "extension");
  command.queue = wire::text_at(event, "queue");
  if (command.id.empty()) {
    refuse("bad_event", "a command wants an id");
    return;
  }
  if (kind == "resync") return;  // the owner of the link does it
  if (routing.command(event)) return;
  if (kind == "pause") {
    if (!live) return reply.settle(command.id, false, "link_down", "there is no link to the PBX", {});
    const bool paused = wire::flag_at(event, "paused");
    std::string reason = paused ? wire::text_at(event, "reason") : std::string();
    for (const pbx::MemberKey& key : queues.members_of(command.extension))
      if (command.queue.empty() || key.queue == command.queue) command.members.insert(key);
    if (command.members.empty()) return reply.settle(command.id, false, "member_unknown", "this extension is in no such queue", {});
    command.kind = Command::Kind::Pause;
    const std::string id = command.id;
    const auto members = command.members;
    commands_[id] = std::move(command);
    timers.set(Due::Command, id, mono + kPauseMs);
    for (const pbx::MemberKey& key : members) want_pause(key, paused, reason, true);
    return;
  }
  if (kind == "hangup") command.kind = Command::Kind::Hangup;
  else if (kind == "transfer") command.kind = Command::Kind::Transfer;
  else if (kind == "recording") command.kind = Command::Kind::Recording;
  else if (kind == "conference") command.kind = Command::Kind::Conference;
  else {
    refuse("bad_event", "no such command");
    return;
  }
  start_command(std::move(command));
}

void Model::answered(const Message& message) {
  if (routing.answered(message)) return;
  const bool ok = message.name != "Error";
  const std::string_view text = message.get("Message");
  const auto found = actions_.find(std::string(message.get("ActionID")));
  if (found == actions_.end()) return;
  const std::string what = found->second;
  actions_.erase(found);
  if (what.starts_with("pause:")) {
    const std::string name = what.substr(6);
    const std::size_t split = name.find('\n');
    if (!ok) step({name.substr(0, split), name.substr(split + 1)}, member::pause::On::Refused, text);
    return;
  }
  if (what.starts_with("wrapup:")) {
    if (ok) wrapup_answered(what.substr(7), message);
    return;
  }
  const std::string id = what.substr(8);
  const auto entry = commands_.find(id);
  if (entry == commands_.end()) return;
  Command& command = entry->second;
  if (!ok) return settle(id, false, "refused_by_pbx", text, {});
  if (command.kind == Command::Kind::Transfer && command.action == "start") {
    consults_[command.channel] = Consult{command.channel, command.uniqueid, command.extension, command.target, false};
    settle(id, true, {}, {}, "consulting");
  } else if (command.kind == Command::Kind::Transfer && command.action == "cancel") {
    consults_.erase(command.channel);
    settle(id, true, {}, {}, "cancelled");
  } else if (command.kind == Command::Kind::Recording) {
    // Asterisk before 18 sends no event of it: its answer is all there is.
    command.state = command.action == "start" || command.action == "resume" ? "on" : command.action == "pause" ? "paused" : "off";
    const pbx::Leg* leg = channels.leg(command.uniqueid);
    if (leg) recording_message(*leg, command.state);
    const std::string state = command.state;
    settle(id, true, {}, {}, state);
  }
}

/// Events that are the result of a command, or that a Phone wants to know of.
void Model::command_heard(const Message& message) {
  std::vector<std::pair<std::string, std::string>> done;  // command, state
  const auto transfer_message = [&](const std::string& extension, const std::string& channel, std::string_view state, std::string_view reason, int status) {
    if (extension.empty()) return;
    std::string text;
    JsonWriter json(text);
    json.open('{').key("type").string("transfer").key("channel_id").string(channel).key("state").string(state);
    if (status) json.key("status_code").number(status);
    if (!reason.empty()) json.key("reason").string(reason);
    json.close('}');
    phone_message(extension, text);
  };
  switch (message.word) {
    case Word::Hangup:
      for (const auto& [id, command] : commands_)
        if (command.kind == Command::Kind::Hangup && command.uniqueid == message.get("Uniqueid")) done.emplace_back(id, "ended");
      if (!consults_.empty()) consults_.erase(std::string(message.get("Channel")));
      break;
    case Word::BlindTransfer:
      for (const auto& [id, command] : commands_)
        if (command.kind == Command::Kind::Transfer && command.action == "blind" && command.channel == message.get("TransfererChannel")) {
          const bool ok = message.get("Result") == "Success";
          transfer_message(command.extension, command.channel, ok ? "done" : "failed", ok ? std::string_view() : message.get("Result"), 0);
          if (ok) done.emplace_back(id, "done");
        }
      break;
    case Word::AttendedTransfer: {
      const bool ok = message.get("Result") == "Success" && message.get("DestType") != "Fail";
      for (const std::string_view side : {"OrigTransfererChannel", "SecondTransfererChannel"}) {
        const std::string channel(message.get(side));
        for (const auto& [id, command] : commands_)
          if (command.kind == Command::Kind::Transfer && command.action == "complete" && command.channel == channel && ok) done.emplace_back(id, "done");
        if (const auto consult = consults_.find(channel); consult != consults_.end()) {
          transfer_message(consult->second.extension, channel, ok ? "done" : "failed", {}, 0);
          consults_.erase(consult);
        }
      }
      break;
    }
    case Word::DialEnd: {
      const std::string_view status = message.get("DialStatus"), number = message.get("DestChannel");
      for (auto& [channel, consult] : consults_) {
        const pbx::Leg* leg = channels.leg(consult.uniqueid);
        const pbx::Leg* from = channels.leg(message.get("Uniqueid"));
        if (!leg || !from || consult.ready || leg->call != from->call || pbx::is_internal(number)) continue;
        consult.ready = status == "ANSWER";
        if (consult.ready) transfer_message(consult.extension, channel, "ready", {}, 0);
        else transfer_message(consult.extension, channel, "failed", status, status == "BUSY" ? 486 : status == "NOANSWER" ? 480 : 503);
      }
      break;
    }
    case Word::MixMonitorStart:
    case Word::MixMonitorStop:
    case Word::MixMonitorMute: {
      const pbx::Leg* leg = channels.leg(message.get("Uniqueid"));
      const std::string_view state = message.word == Word::MixMonitorStart ? "on" : message.word == Word::MixMonitorStop ? "off" : message.get("State") == "1" ? "paused" : "on";
      if (leg) recording_message(*leg, state);
      // Of one action there are two events when both directions are muted: a late one is no answer to the next command.
      const auto wanted = [](std::string_view action) { return action == "stop" ? "off" : action == "pause" ? "paused" : "on"; };
      for (const auto& [id, command] : commands_)
        if (command.kind == Command::Kind::Recording && command.uniqueid == message.get("Uniqueid") && state == wanted(command.action)) done.emplace_back(id, std::string(state));
      break;
    }
    default: break;
  }
  for (const auto& [id, state] : done) settle(id, true, {}, {}, state);
}

/// A pause that was commanded is done when every queue has confirmed it.
void Model::settle_pauses() {
  std::vector<std::pair<std::string, std::string>> done;
  for (const auto& [id, command] : commands_) {
    if (command.kind != Command::Kind::Pause) continue;
    bool all = true, failed = false;
    std::string error;
    for (const pbx::MemberKey& key : command.members) {
      const auto slot = slots_.find(key);
      if (slot == slots_.end()) continue;
      all = all && slot->second.pause.state == member::pause::State::synced;
      if (slot->second.pause.state == member::pause::State::failed) failed = true, error = key.queue + ": " + slot->second.pause.error;
    }
    if (all) done.emplace_back(id, "synced");
    else if (failed) done.emplace_back(id, "!" + error);
  }
  for (const auto& [id, state] : done) {
    if (state.starts_with('!')) settle(id, false, "pause_failed", std::string_view(state).substr(1), {});
    else settle(id, true, {}, {}, state);
  }
}

void Model::tell_queue_number(const pbx::Leg& leg, std::string_view number) {
  if (leg.extension.empty() || leg.internal || told_legs_.size() >= kMostToldLegs) return;
  const pbx::Call* call = channels.call_of(leg);
  if (!call || !told_legs_.insert(leg.uniqueid).second) return;
  JsonWriter json(reply.effects.next());
  json.open('{').key("type").string("queue_number").key("extension").string(leg.extension).key("call_from").string(number);
  json.key("queue_name").string(call->queue).key("queue_number").string(!call->queued ? std::string_view() : call->queue_number.empty() ? call->queue : call->queue_number);
  json.key("server_call_log_token").string(token_of(settings_.seed, call->id)).key("yeastar_call_id").string(call->id).key("channel_id").string(leg.channel).close('}');
}

/// An agent's leg is there: its Phone is told which call of the PBX it is, once.
void Model::tell_leg(const Message& message) {
  const bool offered = message.word == Word::DialBegin || message.word == Word::AgentCalled;
  if (!offered) return;
  const pbx::Leg* from = channels.leg(message.get("Uniqueid"));
  const pbx::Leg* to = channels.leg(message.get("DestUniqueid"));
  if (to) tell_queue_number(*to, !to->connected.empty() ? std::string_view(to->connected) : from ? std::string_view(from->caller) : std::string_view());
  // The agent's own call out: known by the number that was dialled.
  if (from && message.word == Word::DialBegin) {
    const pbx::Call* call = channels.call_of(*from);
    if (call && call->first == from->uniqueid) tell_queue_number(*from, call->to);
  }
}

}  // namespace offhook::centre
