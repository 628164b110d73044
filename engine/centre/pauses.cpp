// Each member's pause: what the agent's status wants to its machine, what the
// PBX was seen to do, and the QueuePause between them.
#include "engine/centre/model.h"
#include "engine/core/pause_rules.h"
#include "engine/member/member_pause_table.h"

namespace offhook::centre {

namespace pause = member::pause;

namespace {
std::string name_of(const pbx::MemberKey& key) { return key.queue + "\n" + key.interface; }
}  // namespace

/// The status table: paused or not, and with which reason.
void Model::want_pause(const Tile& tile, bool explicit_word) {
  const AgentStatus status = tile.presence.status;
  const agent_status::PauseRule& rule = agent_status::kPauseRules[static_cast<std::size_t>(status)];
  if (!tile.presence.known || rule.unchanged) return;
  std::string reason;
  if (rule.paused) {
    reason = tile.presence.reason;
    if (status == AgentStatus::WrapUp) reason = "WRAP_UP";
    else if (reason.empty()) reason = status == AgentStatus::Offline ? "offline" : std::string(kAgentStatusWords[static_cast<std::size_t>(status)]);
  }
  for (const pbx::MemberKey& key : queues.members_of(tile.extension)) want_pause(key, rule.paused, reason, explicit_word);
}

void Model::want_pause(const pbx::MemberKey& key, bool paused, const std::string& reason, bool insists) {
  pause::Pause& p = slots_[key].pause;
  if (p.wanted_known && p.wanted == paused && p.wanted_reason == reason && !insists) return;
  p.insists = insists;
  p.wanted_known = true;
  p.wanted = paused;
  p.wanted_reason = reason;
  step(key, pause::On::Wanted);
}

void Model::step(const pbx::MemberKey& key, pause::On on, std::string_view error) {
  const auto found = slots_.find(key);
  if (found == slots_.end()) return;
  Slot& slot = found->second;
  pause::Context context{slot.pause, live};
  pause::Effects effects;
  fsm::step<pause::Machine>(slot.pause.state, context, pause::Event{on, error}, effects);
  const std::string name = name_of(key);
  if (effects.timer == 0) timers.clear(Due::Pause, name);
  else if (effects.timer > 0) timers.set(Due::Pause, name, mono + effects.timer);
  const pbx::Member* member = queues.member(key);
  std::string more;
  JsonWriter json(more);
  json.key("extension").string(member ? member->extension : std::string()).key("queue").string(key.queue);
  if (effects.send) {
    std::vector<std::pair<std::string_view, std::string>> headers{{"Queue", key.queue}, {"Interface", key.interface}, {"Paused", slot.pause.wanted ? "true" : "false"}};
    if (slot.pause.wanted && !slot.pause.wanted_reason.empty()) headers.emplace_back("Reason", slot.pause.wanted_reason);
    actions_.erase(slot.action_id);
    slot.action_id = send("QueuePause", headers);
    if (slot.action_id.empty()) step(key, pause::On::Refused, "the reason cannot be sent");
    else actions_[slot.action_id] = "pause:" + name;
  }
  if (effects.confirmed) {
    actions_.erase(slot.action_id);
    reply.log("info", slot.pause.wanted ? "Asterisk queue member paused" : "Asterisk queue member unpaused", more);
    bool all = member != nullptr;
    if (member)
      for (const pbx::MemberKey& other : queues.members_of(member->extension))
        if (const auto its = slots_.find(other); its != slots_.end()) all = all && its->second.pause.state == pause::State::synced;
    if (all) reply.log("info", std::string("Asterisk queue member pause synced: ") + (slot.pause.wanted ? "true" : "false"), more);
  }
  if (effects.failed) {
    actions_.erase(slot.action_id);
    json.key("reason").string(slot.pause.error);
    reply.log("warn", slot.pause.wanted ? "Failed to pause in Asterisk" : "Failed to unpause in Asterisk", more);
    reply.log("warn", "Failed to sync pause state with Asterisk", more);
    if (!slot.alarmed) reply.alarm("pause_failed", key.queue + " " + key.interface + ": " + slot.pause.error, true);
    slot.alarmed = true;
  }
  if (slot.alarmed && slot.pause.state == pause::State::synced) {
    slot.alarmed = false;
    reply.alarm("pause_failed", key.queue + " " + key.interface, false);
  }
  note_member(key, slot);
}

void Model::note_member(const pbx::MemberKey& key, Slot& slot) {
  if (slot.noted) return;
  slot.noted = true;
  noted_members_.push_back(key);
}

/// What the PBX told of members, or that they are gone.
void Model::observe_members() {
  for (const pbx::MemberKey& key : queues.take_members()) {
    const pbx::Member* member = queues.member(key);
    if (!member) {
      const auto slot = slots_.find(key);
      if (slot == slots_.end()) continue;
      timers.clear(Due::Pause, name_of(key));
      if (slot->second.alarmed) reply.alarm("pause_failed", key.queue + " " + key.interface, false);
      actions_.erase(slot->second.action_id);
      if (!slot->second.shown.empty()) {
        JsonWriter json(reply.members.next());
        json.open('{').key("queue").string(key.queue).key("interface").string(key.interface).key("extension").string(slot->second.shown.substr(0, slot->second.shown.find('\n')));
        json.key("gone").flag(true).close('}');
      }
      slots_.erase(slot);
      continue;
    }
    const bool fresh = slots_.count(key) == 0;
    pause::Pause& p = slots_[key].pause;
    const bool anew = member->paused && member->reason == member::kAutoPause && !(p.observed && p.observed_reason == member::kAutoPause);
    if (anew && p.observed_known) p.insists = false;  // the PBX's word is newer than the person's
    p.observed_known = true;
    p.observed = member->paused;
    p.observed_reason = member->reason;
    step(key, pause::On::Observed);
    if (!member->extension.empty()) {
      const auto tile = tiles_.find(member->extension);
      if (fresh && tile != tiles_.end()) want_pause(tile->second, false);
      if (fresh) this->tile(member->extension);
      asked_again_.insert(member->extension);
    }
  }
}

void Model::write_member(const pbx::MemberKey& key, bool whole) {
  const pbx::Member* member = queues.member(key);
  const auto found = slots_.find(key);
  if (!member || found == slots_.end()) return;
  Slot& slot = found->second;
  const pause::Pause& p = slot.pause;
  std::string text;
  JsonWriter json(text);
  json.open('{').key("extension").string(member->extension).key("queue").string(key.queue).key("interface").string(key.interface).key("wanted");
  if (!p.wanted_known) json.null();
  else json.open('{').key("paused").flag(p.wanted).key("reason").string(p.wanted_reason).close('}');
  json.key("observed").open('{').key("paused").flag(p.observed).key("reason").string(p.observed_reason).close('}');
  json.key("state").string(pause::kStateWords[static_cast<std::size_t>(p.state)]).key("error");
  if (p.error.empty()) json.null(); else json.string(p.error);
  json.key("status").number(member->status).key("penalty").number(member->penalty).key("in_call").flag(member->in_call).key("calls_taken").number(member->calls_taken);
  json.key("last_call_at");
  if (member->last_call_at == 0) json.null(); else json.number(member->last_call_at);
  json.close('}');
  std::string shown = member->extension + "\n" + text;
  if (!whole && shown == slot.shown) return;
  reply.members.next() += text;
  slot.shown = std::move(shown);
}

}  // namespace offhook::centre
