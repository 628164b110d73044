// After each event: what is worth keeping and has changed, as storage.put and
// storage.delete effects. Record names and bodies: docs/storage.md.
#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "engine/phone/migrations.h"
#include "engine/phone/phone.h"

namespace offhook {
namespace {

bool is_live(const Call& call) { return call.in_use && call.state != CallState::Ended && call.state != CallState::Idle; }

}  // namespace

/// `{"leaf":"CallLog","slot":3,"value":{as in the store},"inner":{kept, not shown}}`
void Phone::write_leaf(JsonWriter& json, Leaf which, std::uint32_t slot) const {
  const LeafShape& shape = kLeafShapes[static_cast<std::size_t>(which)];
  const void* base = record(which, slot);
  auto fields = [&](std::span<const Field> list) {
    json.open('{');
    for (const Field& field : list) json.field(field, base, strings_);
    json.close('}');
  };
  json.open('{').key("leaf").string(shape.name).key("slot").number(slot).key("value");
  fields(shape.fields);
  if (!shape.inner.empty()) {
    json.key("inner");
    fields(shape.inner);
  }
  json.close('}');
}

void Phone::put(std::string_view kind, Text name, Leaf leaf, std::uint32_t slot) {
  std::string body;
  JsonWriter json(body);
  write_leaf(json, leaf, slot);
  Effect& effect = out_.effect(EffectType::StoragePut);
  effect.record = strings_.intern(std::string(kind) + std::string(strings_.view(name)));
  effect.body = strings_.intern(body);
}

void Phone::forget(std::string_view kind, Text name) {
  out_.effect(EffectType::StorageDelete).record = strings_.intern(std::string(kind) + std::string(strings_.view(name)));
}

/// A record of a list: the name that stood in its slot goes when another, or none, stands there now.
void Phone::keep_slot(std::string_view kind, std::vector<Text>& names, Leaf leaf, std::uint32_t slot, Text name, bool write) {
  if (names.size() <= slot) names.resize(slot + 1);
  if (!names[slot].empty() && names[slot] != name) forget(kind, std::exchange(names[slot], {}));
  if (!write || name.empty()) return;
  names[slot] = name;
  put(kind, name, leaf, slot);
}

void Phone::keep_call(std::uint32_t slot) {
  const Call& call = m_.calls[slot];
  KeptCall now;
  if (is_live(call)) now = {call.id, call.sip_call_id, call.number, call.call_log_id, call.dialog, call.state, call.connected_at,
                               call.held_since, call.mute_wanted};
  KeptCall& kept = kept_.calls[slot];
  if (now == kept) return;
  if (!kept.id.empty() && kept.id != now.id) forget("call/", kept.id);
  if (!now.id.empty()) put("call/", now.id, Leaf::Call, slot);
  kept_.beat_due = kept_.beat_due || (now.connected_at != 0 && now.state != CallState::Recovering);
  kept = now;
}

/// Who is being asked, so that the page that comes next can go on with it.
void Phone::keep_consult() {
  const bool runs = m_.consult.state != ConsultState::Idle;
  if (runs) put("consult", {}, Leaf::Consult, 0);
  else if (kept_.consult) forget("consult", {});
  kept_.consult = runs;
}

/// Numbers in use, and when this page was alive. Written seldom: numbers are reserved in blocks.
void Phone::keep_meta() {
  const bool ids_run_out = out_.next_id + limits::kIdMargin > kept_.ids_until || m_.calls_made >= kept_.calls_until;
  if (!ids_run_out && !kept_.beat_due) return;
  kept_.beat_due = false;
  if (ids_run_out) {
    kept_.ids_until = out_.next_id + limits::kIdBlock;
    kept_.calls_until = m_.calls_made + limits::kCallIdBlock;
  }
  std::string body;
  JsonWriter json(body);
  json.open('{').key("schema").number(kStateSchema).key("extension").string(strings_.view(config_.extension));
  json.key("next_id").number(kept_.ids_until).key("calls_made").number(kept_.calls_until).key("saved_at").number(out_.at).close('}');
  Effect& effect = out_.effect(EffectType::StoragePut);
  effect.record = strings_.intern("meta");
  effect.body = strings_.intern(body);
}

/// First what is said of a call, then that the call is no more: a page that dies in between finds both, and the record counts.
void Phone::keep() {
  if (kept_.state != Kept::State::On || m_.tab.state == TabState::Deposed) return;
  auto log = [this](std::uint32_t slot, bool write) {
    const CallLog& record = m_.logs[slot];
    keep_slot("log/", kept_.logs, Leaf::CallLog, slot, record.in_use ? record.key : Text{}, write);
  };
  auto draft = [this](std::uint32_t slot, bool write) {
    const Draft& record = m_.drafts[slot];
    keep_slot("draft/", kept_.drafts, Leaf::Draft, slot, record.in_use ? record.call_log_id : Text{}, write);
  };
  const bool all = std::exchange(kept_.all, false);
  bool calls = all, agent = all, consult = all;
  if (all) {
    for (std::uint32_t i = 0; i < m_.logs.size(); ++i) log(i, true);
    for (std::uint32_t i = 0; i < m_.drafts.size(); ++i) draft(i, true);
  } else {
    for (const Change& change : reply_.changes) {
      if (change.leaf == Leaf::CallLog) log(change.slot, change.live);
      else if (change.leaf == Leaf::Draft) draft(change.slot, change.live);
      else if (change.leaf == Leaf::Agent) agent = true;
      else if (change.leaf == Leaf::Call) calls = true;
      else if (change.leaf == Leaf::Consult) consult = true;
    }
  }
  if (agent) {
    std::string body;
    JsonWriter json(body);
    write_leaf(json, Leaf::Agent, 0);
    Effect& effect = out_.effect(EffectType::StoragePut);
    effect.record = strings_.intern("agent");
    effect.body = strings_.intern(body);
  }
  if (calls) {
    for (std::uint32_t i = 0; i < m_.calls.size(); ++i) keep_call(i);
    bool talking = false;
    for (const Call& call : m_.calls) talking = talking || (is_live(call) && call.connected_at != 0 && call.state != CallState::Recovering);
    if (talking && !kept_.beating) out_.set_timer(TimerFor::Keep, 0, limits::kKeepBeat);
    if (!talking && kept_.beating) out_.clear_timer(TimerFor::Keep, 0);
    kept_.beating = talking;
  }
  if (consult) keep_consult();
  for (const Text id : std::exchange(kept_.dropped, {})) forget("call/", id);
  keep_meta();
}

/// Somebody still talks: the time is written again.
void Phone::keep_beat() {
  kept_.beat_due = true;
  out_.set_timer(TimerFor::Keep, 0, limits::kKeepBeat);
}

}  // namespace offhook
