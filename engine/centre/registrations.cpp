// Registrations and what follows of them: evidence to the endpoint's machine,
// its verdict to the agent's presence; the pass every five minutes, and the
// guard for the day on which everybody seems to have gone at once.
#include "engine/centre/model.h"
#include "engine/endpoint/endpoint_table.h"
#include "engine/member/presence_table.h"
#include "engine/wire/json_in.h"

namespace offhook::centre {

using endpoint::Verdict;
namespace presence = member::presence;

namespace {

constexpr ami::ListSet kPassLists = ami::only(ami::List::QueueStatus) | ami::only(ami::List::DeviceStateList) | ami::only(ami::List::PJSIPShowContacts) |
                                    ami::only(ami::List::PJSIPShowRegistrationInboundContactStatuses) | ami::only(ami::List::Agents);

std::string_view reason_of(const endpoint::Evidence& evidence, std::string_view contact, std::string_view device) {
  if (evidence.contacts != Verdict::Unknown || evidence.statuses != Verdict::Unknown) return contact == "Removed" ? "no contact" : contact;
  if (evidence.device != Verdict::Unknown) return device;
  return evidence.queue != Verdict::Unknown ? "queue member" : "agent pool";
}

AgentStatus status_of(std::string_view word, bool& known) {
  for (std::size_t i = 0; i < kAgentStatusWords.size(); ++i)
    if (kAgentStatusWords[i] == word) return known = true, static_cast<AgentStatus>(i);
  known = false;
  return AgentStatus::Offline;
}

}  // namespace

void Model::count_vanishing() {
  if (counted_at_ == mono) return;
  counted_at_ = mono;
  vanishing_ = believed_ = 0;
  for (const auto& [name, tile] : tiles_) {
    const endpoint::State state = tile.endpoint.state;
    if (!tile.endpoint.believed) continue;
    const bool leaving = state == endpoint::State::Leaving || state == endpoint::State::Held;
    vanishing_ += leaving;
    believed_ += leaving || state == endpoint::State::Registered;
  }
}

void Model::step(Tile& tile, const endpoint::Event& event) {
  if (event.on == endpoint::On::GraceOver) count_vanishing();
  endpoint::Context context{tile.endpoint, vanishing_, believed_, settings_.guard_share, settings_.guard_more_than};
  endpoint::Effects effects{.at = at, .grace_ms = settings_.grace_ms};
  fsm::step<endpoint::Machine>(tile.endpoint.state, context, event, effects);
  if (effects.timer == 0) timers.clear(Due::Grace, tile.extension);
  else if (effects.timer > 0) timers.set(Due::Grace, tile.extension, mono + effects.timer);
  if (effects.mass_drop) {
    tile.held_since = mono;
    if (!mass_drop_)
      reply.alarm("mass_drop", std::to_string(vanishing_) + " of " + std::to_string(believed_) + " endpoints vanished at once; nobody is set OFFLINE before the next pass confirms it", true);
    mass_drop_ = true;
  }
  // A telephone that is gone is not rung, whether or not its agent's status has followed yet.
  if (const bool there = endpoint::shown(tile.endpoint) == "registered"; there != tile.routing_told) {
    tile.routing_told = there;
    routing.registered(tile.extension, there);
  }
  if (effects.gone) step(tile, presence::Event{.on = presence::On::Lost});
  if (effects.back) step(tile, presence::Event{.on = presence::On::Back});
  note(tile);
}

void Model::step(Tile& tile, const presence::Event& event) {
  presence::Context context{tile.presence};
  presence::Effects effects{.at = at, .grace_ms = settings_.grace_ms, .reason = {}, .error = {}};
  fsm::step<presence::Machine>(tile.presence.state, context, event, effects);
  if (effects.write) {
    const bool restores = effects.reason != member::kNotRegistered;
    if (restores) ++counters.restored;
    JsonWriter json(reply.effects.next());
    json.open('{').key("type").string("status.write").key("extension").string(tile.extension);
    json.key("status").string(kAgentStatusWords[static_cast<std::size_t>(effects.status)]).key("reason").string(effects.reason);
    json.key("source").string("endpoint").key("restores").flag(restores).close('}');
  }
  if (!effects.error.empty()) {
    std::string more;
    JsonWriter(more).key("extension").string(tile.extension);
    reply.log("error", effects.error, more);
  }
}

void Model::evaluate(const std::string& extension) {
  if (!live) return;
  Tile& tile = this->tile(extension);
  const pbx::AgentEntry* agent = directory.find(extension);
  const std::string endpoint = agent ? agent->endpoint : "PJSIP/" + extension;
  const std::string name = endpoint.substr(endpoint.find('/') + 1);
  endpoint::Evidence& evidence = tile.endpoint.evidence;
  const std::string_view contact = contacts_.best(name), status = statuses_.best(name);
  evidence.contacts = endpoint::of_contact(contact);
  evidence.statuses = endpoint::of_contact(status);
  const auto device = devices_.find(endpoint);
  const std::string_view device_state = device == devices_.end() ? std::string_view() : std::string_view(device->second);
  evidence.device = endpoint::of_device(device_state);
  evidence.queue = Verdict::Unknown;
  for (const pbx::MemberKey& key : queues.members_of(extension))
    if (const pbx::Member* member = queues.member(key); member && member->fresh && member->status != 0) evidence.queue = endpoint::of_device(std::to_string(member->status));
  const auto pooled = agents_.find(extension);
  evidence.agents = pooled == agents_.end() ? Verdict::Unknown : endpoint::of_agent(pooled->second);
  const Verdict verdict = endpoint::combine(evidence);
  if (verdict == Verdict::Unknown) return;
  const std::string_view reason = reason_of(evidence, evidence.contacts != Verdict::Unknown ? contact : status, device_state);
  step(tile, endpoint::Event{verdict == Verdict::Registered ? endpoint::On::Seen : endpoint::On::Gone, verdict, reason});
}

void Model::evaluate_all() {
  for (auto& [name, tile] : tiles_) evaluate(name);
}

void Model::begin_pass() {
  timers.set(Due::Pass, "", mono + settings_.sync_ms);
  if (!live || pass_lists_ != 0) return;
  pass_lists_ = kPassLists;
  pass_began_ = mono;
  wanted_lists |= kPassLists;
}

/// All lists of the pass are over, complete or not; what is not complete proves nothing.
void Model::end_pass() {
  evaluate_all();
  judge_held();
}

void Model::judge_held() {
  bool held = false;
  for (auto& [name, tile] : tiles_) {
    if (tile.endpoint.state != endpoint::State::Held) continue;
    const Verdict verdict = endpoint::combine(tile.endpoint.evidence);
    const bool still_gone = verdict == Verdict::Unreachable || verdict == Verdict::Unregistered;
    if (tile.held_since < pass_began_ && still_gone) step(tile, endpoint::Event{.on = endpoint::On::PassOver});
    held = held || tile.endpoint.state == endpoint::State::Held;
  }
  if (mass_drop_ && !held) {
    mass_drop_ = false;
    reply.alarm("mass_drop", "", false);
  }
}

/// Every minute: what was lost on the way is asked for again. Not while the link is down: nothing is known then.
void Model::reconcile() {
  timers.set(Due::Reconcile, "", mono + settings_.reconcile_ms);
  if (!live) return;
  for (auto& [name, tile] : tiles_) {
    const bool settled = at - tile.presence.since >= settings_.grace_ms;
    if (tile.endpoint.state == endpoint::State::Away && settled) step(tile, presence::Event{.on = presence::On::Lost});
    if (tile.endpoint.state == endpoint::State::Registered && tile.presence.state != presence::State::Own) step(tile, presence::Event{.on = presence::On::Back});
  }
  for (auto& [key, slot] : slots_) step(key, member::pause::On::Check);
}

void Model::status_stored(const wire::Json& event) {
  const std::string extension = wire::text_at(event, "extension"), word = wire::text_at(event, "status"), reason = wire::text_at(event, "reason");
  bool known = false;
  const AgentStatus status = status_of(word, known);
  if (extension.empty() || !known) {
    refuse("bad_event", "StatusStored wants an extension and one of the nine statuses");
    return;
  }
  Tile& tile = this->tile(extension);
  const bool first = !tile.presence.known;
  presence::Event stored{.on = presence::On::Stored, .status = status, .reason = reason, .since = wire::number_at(event, "since", at)};
  std::string previous_reason;
  if (const wire::Json* previous = wire::object_at(event, "previous")) {
    const AgentStatus before = status_of(wire::text_at(*previous, "status"), known);
    previous_reason = wire::text_at(*previous, "reason");
    // An OFFLINE before the automatic one is no answer to what was taken.
    if (known && before != AgentStatus::Offline) stored.restores = before, stored.restores_reason = previous_reason;
  }
  const std::string source = wire::text_at(event, "source");
  step(tile, stored);
  routing.status_is(extension, status, reason, first ? "kept" : source);
  if (status != AgentStatus::Offline) tile.endpoint.believed = true;
  if (live && tile.endpoint.state == endpoint::State::Registered && tile.presence.state == presence::State::AutoOffline) step(tile, presence::Event{.on = presence::On::Back});
  // A person's word after the PBX's own pause takes that pause back; the answer to no person does.
  const bool by_person = !first && (source == "agent" || source == "crm");
  want_pause(tile, by_person);
}

void Model::status_refused(const std::string& extension, std::string_view) {
  if (const auto found = tiles_.find(extension); found != tiles_.end()) step(found->second, presence::Event{.on = presence::On::Refused});
}

void Model::phone_told(const std::string& extension, const std::string& registration) {
  if (extension.empty()) return;
  if (!tiles_.count(extension) && !directory.knows(extension)) return;
  Tile& tile = this->tile(extension);
  tile.told_registration = registration;
  note(tile);
}

}  // namespace offhook::centre
