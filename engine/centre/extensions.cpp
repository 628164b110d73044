// Each extension's status: its legs and the PBX's word to its machine, and what
// becomes of it to the reply, at most once every coalescing time.
#include <cstdlib>

#include "engine/centre/model.h"
#include "engine/extension/extension_table.h"

namespace offhook::centre {

using extension::LegState;
using extension::On;
namespace code = extension::code;

namespace {

LegState state_of(const pbx::Leg& leg) {
  using namespace pbx::channel_state;
  switch (leg.state) {
    case kUp: return leg.held ? LegState::Held : LegState::Up;
    case kRinging:
    case kPreRing: return LegState::Ringing;
    case kDown:
    case 1: return leg.offered ? LegState::Ringing : LegState::Down;
    default: return LegState::Dialling;
  }
}

/// Which leg stands for the extension: one that rings, then one that talks, then any.
int weight(const pbx::Leg& leg) {
  switch (state_of(leg)) {
    case LegState::Ringing: return 4;
    case LegState::Up: return 3;
    case LegState::Dialling: return 2;
    case LegState::Held: return 1;
    default: return 0;
  }
}

}  // namespace

Tile& Model::tile(const std::string& extension) {
  const auto [found, fresh] = tiles_.try_emplace(extension);
  if (fresh) {
    found->second.extension = extension;
    if (!live) not_known_yet(found->second);
  }
  return found->second;
}

/// Nothing is known before the lists have been read.
void Model::not_known_yet(Tile& tile) {
  tile.status.state = extension::State::Stale;
  tile.status.code = code::kNotKnown;
  tile.status.stale_since = at;
}

void Model::step(Tile& tile, On on) {
  extension::Context context{tile.status};
  extension::Effects effects{.at = at, .arbitration_ms = settings_.arbitration_ms, .echo_ms = settings_.echo_ms};
  const int before = tile.status.code;
  fsm::step<extension::Machine>(tile.status.state, context, extension::Event{on}, effects);
  if (effects.timer == 0) timers.clear(Due::Extension, tile.extension);
  else if (effects.timer > 0) timers.set(Due::Extension, tile.extension, mono + effects.timer);
  if (effects.disagreed) ++counters.disagreed;
  if (effects.list_channels) {
    ++counters.suspects;
    wanted_lists |= ami::only(ami::List::CoreShowChannels);
    reply.log("warn", "Extension " + tile.extension + ": the PBX says it is free, its call is still here; channels are listed again");
  }
  if (tile.status.code != before) tile.code_at = at;
  note(tile);
}

/// The aggregate of an extension's legs, from whatever event changed them.
void Model::updateExtensionStatusFromCallEvent(const std::string& extension) {
  Tile& tile = this->tile(extension);
  if (settings_.literal_seed_rules) return;
  extension::LegCount count;
  int legs = 0;
  const pbx::Leg* first = nullptr;
  if (const auto* ids = channels.legs_of(extension))
    for (const std::string& id : *ids) {
      const pbx::Leg* leg = channels.leg(id);
      if (!leg || leg->internal) continue;
      count.add(state_of(*leg));
      ++legs;
      const bool better = !first || weight(*leg) > weight(*first) || (weight(*leg) == weight(*first) && leg->uniqueid < first->uniqueid);
      if (better) first = leg;
    }
  std::string call_id = tile.status.call.call_id, peer;
  if (first) {
    call_id = first->call;
    const pbx::Call* call = channels.call_of(*first);
    const bool calls_out = call && call->first == first->uniqueid;
    peer = !first->connected.empty() ? first->connected : calls_out ? call->to : call ? call->from : std::string();
  }
  updateExtensionStatusFromCall(tile, extension::aggregate(count), legs, call_id, peer);
}

void Model::updateExtensionStatusFromCall(Tile& tile, int new_code, int legs, const std::string& call_id, const std::string& peer) {
  extension::Extension& e = tile.status;
  if (e.legs == legs && e.call.code == new_code && e.call.call_id == call_id && e.call.peer == peer) return;
  const bool same_code = e.call.code == new_code && e.legs > 0;
  const int before = e.legs;
  e.legs = legs;
  e.call.code = new_code;
  e.call.at = at;
  if (!same_code) e.call.event = event_name_;
  e.call.call_id = call_id;
  e.call.peer = peer;
  if (legs > 0) step(tile, On::LegsChanged);
  else if (before > 0) step(tile, On::LegsGone);
}

/// ExtensionStatus or a device's state.
void Model::updateExtensionStatus(const std::string& extension, bool hint, int new_code) {
  Tile& tile = this->tile(extension);
  (hint ? tile.hint_known : tile.device_known) = true;
  (hint ? tile.hint : tile.device) = new_code;
  if (!hint && tile.hint_known) return;
  tile.status.ami.code = new_code;
  tile.status.ami.at = at;
  tile.status.ami.event = event_name_;
  step(tile, On::AmiSaid);
}

/// The rules of the mission word for word: Newchannel of a master call rings, BridgeEnter talks, the last Hangup of the call frees.
void Model::apply_literal_rules(const ami::Message& message, const std::string& call_id) {
  if (!settings_.literal_seed_rules) return;
  const auto set = [&](const std::string& extension, int new_code) {
    if (extension.empty()) return;
    Tile& tile = this->tile(extension);
    if (tile.literal == new_code && tile.literal_call == call_id) return;
    tile.literal = new_code;
    tile.literal_call = call_id;
    updateExtensionStatusFromCall(tile, new_code, new_code != 0, call_id, {});
  };
  const std::string extension = directory.extractAgentExtension(message.get("Channel"));
  if (message.word == ami::Word::Newchannel && message.get("Uniqueid") == message.get("Linkedid")) set(extension, code::kRinging);
  else if (message.word == ami::Word::BridgeEnter) set(extension, code::kOnCall);
  else if (message.word == ami::Word::Hangup) {
    const pbx::Call* call = channels.call(call_id);
    if (call && !call->legs.empty()) return;
    for (auto& [name, tile] : tiles_)
      if (tile.literal != 0 && tile.literal_call == call_id) set(name, code::kFree);
  }
}

/// The device state ONHOLD belongs to the party that is held; after a list, which knows no hold, it tells what the other party did.
void Model::infer_holds() {
  std::vector<std::pair<std::string, bool>> holds;
  for (const auto& [id, leg] : channels.legs()) {
    if (leg.internal || leg.bridge.empty()) continue;
    const auto others = channels.peers(leg);
    if (others.size() != 1 || others[0]->internal) continue;
    const std::string device(pbx::endpoint_of(others[0]->channel));
    const auto state = devices_.find(device);
    if (state == devices_.end()) continue;
    if (state->second == "ONHOLD") holds.emplace_back(id, true);
    else if (leg.held && state->second == "INUSE") holds.emplace_back(id, false);
  }
  for (const auto& [id, held] : holds) channels.set_held(id, held);
}

void Model::note(Tile& tile) {
  if (!timers.is_set(Due::Show, tile.extension)) timers.set(Due::Show, tile.extension, mono + settings_.coalesce_ms);
}

Shown Model::look_of(const Tile& tile) const {
  const extension::Extension& e = tile.status;
  Shown shown{.code = e.code, .source = e.source, .event = e.event, .call_id = e.call_id, .peer = e.peer, .legs = e.legs, .suspect = e.state == extension::State::Suspect,
              .stale_since = e.stale_since, .registration_since = tile.endpoint.state == endpoint::State::Unknown ? 0 : tile.endpoint.since,
              .registration = std::string(endpoint::shown(tile.endpoint)), .registration_reason = tile.endpoint.state == endpoint::State::Unknown ? "" : tile.endpoint.reason,
              .name = {}, .endpoint = {}, .told = tile.told_registration};
  if (const pbx::AgentEntry* agent = directory.find(tile.extension)) shown.name = agent->name, shown.endpoint = agent->endpoint;
  return shown;
}

void Model::show(Tile& tile) {
  Shown now = look_of(tile);
  if (tile.is_shown && now == tile.shown) return;
  if (tile.is_shown && now.code != tile.shown.code) {
    const bool usual = extension::is_usual(tile.shown.code, now.code);
    if (!usual) ++counters.unusual;
    std::string more;
    JsonWriter json(more);
    json.key("extension").string(tile.extension).key("from").number(tile.shown.code).key("to").number(now.code);
    json.key("source").string(extension::kSourceWords[static_cast<std::size_t>(now.source)]).key("event").string(now.event).key("call_id").string(now.call_id);
    reply.log(usual ? "debug" : "warn",
              "Extension " + tile.extension + ": " + std::string(extension::getStatusText(tile.shown.code)) + " to " + std::string(extension::getStatusText(now.code)) +
                  (usual ? "" : ", an unusual change"),
              more);
  }
  tile.shown = std::move(now);
  tile.is_shown = true;
  write_extension(tile, tile.shown);
}

void Model::write_extension(const Tile& tile, const Shown& shown) {
  JsonWriter json(reply.extensions.next());
  const auto maybe = [&](std::string_view name, std::string_view value) {
    json.key(name);
    if (value.empty()) json.null(); else json.string(value);
  };
  const auto when = [&](std::string_view name, Millis value) {
    json.key(name);
    if (value == 0) json.null(); else json.number(value);
  };
  const extension::Look& look = extension::getUnifiedExtensionStatus(shown.code);
  json.open('{').key("extension").string(tile.extension).key("name").string(shown.name).key("endpoint").string(shown.endpoint);
  json.key("code").number(shown.code).key("text").string(look.text).key("colour").string(look.colour).key("pulse").flag(look.pulse);
  json.key("since").number(tile.code_at).key("source").string(extension::kSourceWords[static_cast<std::size_t>(shown.source)]).key("event").string(shown.event);
  maybe("call_id", shown.call_id);
  maybe("peer", shown.peer);
  json.key("legs").number(shown.legs).key("suspect").flag(shown.suspect).key("stale").flag(shown.stale_since != 0);
  when("stale_since", shown.stale_since);
  json.key("registration").string(shown.registration);
  when("registration_since", shown.registration_since);
  maybe("registration_reason", shown.registration_reason);
  maybe("registration_told", shown.told);
  json.close('}');
}

}  // namespace offhook::centre
