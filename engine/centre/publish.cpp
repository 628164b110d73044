// Calls and queues to the reply, and everything once more for a new reader.
#include <utility>

#include "engine/centre/model.h"

namespace offhook::centre {

namespace {

void maybe(JsonWriter& json, std::string_view name, std::string_view value) {
  json.key(name);
  if (value.empty()) json.null(); else json.string(value);
}

void when(JsonWriter& json, std::string_view name, Millis value) {
  json.key(name);
  if (value == 0) json.null(); else json.number(value);
}

std::string_view state_word(const pbx::Leg& leg) {
  using namespace pbx::channel_state;
  switch (leg.state) {
    case kUp: return leg.held ? "held" : "up";
    case kRinging:
    case kPreRing: return "ringing";
    case kDown: return leg.offered ? "ringing" : "down";
    default: return "dialling";
  }
}

}  // namespace

void Model::write_call(const pbx::Call& call) {
  JsonWriter json(reply.calls.next());
  json.open('{').key("call_id").string(call.id).key("from").string(call.from).key("to").string(call.to);
  maybe(json, "extension", call.extension);
  maybe(json, "queue", call.queue);
  json.key("started_at").number(call.started_at);
  when(json, "answered_at", call.answered_at);
  const bool over = call.end != pbx::End::None;
  when(json, "ended_at", over ? call.ended_at : 0);
  maybe(json, "end", pbx::kEndWords[static_cast<std::size_t>(call.end)]);
  json.key("estimated").flag(call.estimated).key("transferred").flag(call.transferred).key("legs").open('[');
  std::set<std::string> ids(call.legs.begin(), call.legs.end());
  for (const std::string& id : ids) {
    const pbx::Leg* leg = channels.leg(id);
    if (!leg) continue;
    json.open('{').key("uniqueid").string(id).key("channel").string(leg->channel);
    maybe(json, "extension", leg->internal ? std::string_view() : std::string_view(leg->extension));
    json.key("state").string(state_word(*leg)).close('}');
  }
  json.close(']').close('}');
}

/// An end is told at once; what else changes is gathered like the extensions' codes, so that not every message has a reply.
void Model::publish_calls() {
  channels.settle(mono);
  tell_calls(channels.take_ended());
  if (channels.calls_differ() && !timers.is_set(Due::Calls, {})) timers.set(Due::Calls, {}, mono + settings_.coalesce_ms);
}

void Model::tell_calls(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    pbx::Call* call = channels.call(id);
    if (!call) continue;
    // Whoever the agent was: until somebody has talked, the extension that was offered it last.
    if (call->extension.empty())
      for (const std::string& leg_id : call->legs)
        if (const pbx::Leg* leg = channels.leg(leg_id); leg && !leg->internal && !leg->extension.empty() && leg_id != call->first) call->extension = leg->extension;
    write_call(*call);
    if (call->end != pbx::End::None && call->legs.empty()) {
      for (auto consult = consults_.begin(); consult != consults_.end();)
        consult = channels.leg(consult->second.uniqueid) ? std::next(consult) : consults_.erase(consult);
      channels.forget(id);
    }
  }
}

void Model::publish_queues(const std::set<std::string>& names) {
  for (const std::string& name : names) {
    const auto found = queues.all().find(name);
    if (found == queues.all().end()) continue;
    const pbx::Queue& queue = found->second;
    JsonWriter json(reply.queues.next());
    json.open('{').key("queue").string(name);
    if (queue.gone) {
      json.key("gone").flag(true).close('}');
      continue;
    }
    int available = 0;
    for (const auto& [interface, member] : queue.members) available += !member.paused && (member.status == 1 || member.status == 0);
    Millis longest = 0;
    for (const pbx::Entry& entry : queue.entries)
      if (longest == 0 || entry.since < longest) longest = entry.since;
    json.key("strategy").string(queue.strategy).key("waiting").number(static_cast<double>(queue.entries.size()));
    when(json, "longest_since", longest);
    json.key("members").number(static_cast<double>(queue.members.size())).key("available").number(available).key("entries").open('[');
    double position = 0;
    for (const pbx::Entry& entry : queue.entries) {
      json.open('{').key("position").number(++position).key("channel").string(entry.channel).key("uniqueid").string(entry.uniqueid).key("from").string(entry.from);
      json.key("since").number(entry.since).close('}');
    }
    json.close(']').close('}');
  }
}

void Model::publish() {
  if (!commands_.empty()) settle_pauses();
  publish_calls();
  if ((queues.queues_differ() || !noted_members_.empty()) && !timers.is_set(Due::Queues, {})) timers.set(Due::Queues, {}, mono + settings_.coalesce_ms);
}

/// A telephone that changes is told of once for each queue that it is in: gathered, like calls.
void Model::tell_queues() {
  for (const pbx::MemberKey& key : std::exchange(noted_members_, {}))
    if (const auto slot = slots_.find(key); slot != slots_.end()) {
      slot->second.noted = false;
      write_member(key, false);
    }
  publish_queues(queues.take_queues());
}

void Model::publish_all() {
  for (auto& [name, tile] : tiles_) write_extension(tile, look_of(tile));
  for (const auto& [key, slot] : slots_) write_member(key, true);
  std::set<std::string> ids, names;
  for (const auto& [id, call] : channels.calls()) ids.insert(id);
  for (const std::string& id : ids)
    if (const pbx::Call* call = channels.call(id)) write_call(*call);
  for (const auto& [name, queue] : queues.all())
    if (!queue.gone) names.insert(name);
  publish_queues(names);
  routing.publish_all();
}

Millis Model::due() {
  const Millis timer = timers.next(), calls = channels.settle(mono);
  return calls >= 0 && (timer < 0 || calls < timer) ? calls : timer;
}

}  // namespace offhook::centre
