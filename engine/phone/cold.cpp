// The cold face: creation, events, replies and stored state as JSON. For debugging,
// replay, tests and any client that is not our own package.
#include "engine/phone/migrations.h"
#include "engine/phone/phone.h"

namespace offhook {
namespace {

void write_fields(JsonWriter& json, std::span<const Field> fields, const void* base, const Strings& strings) {
  json.open('{');
  for (const Field& field : fields) json.field(field, base, strings);
  json.close('}');
}

}  // namespace

Phone::Phone(std::string_view config_json) : out_(strings_, config_) {
  error_ = wire::read_config(config_json, strings_, config_);
  auto seed = static_cast<std::uint64_t>(config_.seed < 0 ? -config_.seed : config_.seed);
  out_.random = seed * 0x9E3779B97F4A7C15ULL + 0xD1B54A32D192ED03ULL;
  if (out_.random == 0) out_.random = 1;
  m_.agent.login_pending = config_.login;
}

std::string Phone::reply_json(const wire::Error& error) const {
  std::string text;
  JsonWriter json(text);
  json.open('{').key("version").number(reply_.version).key("error");
  if (error) {
    json.open('{').key("code").string(error.code).key("message").string(error.message).close('}');
    json.key("changes").raw("[]").key("effects").raw("[]").close('}');
    return text;
  }
  json.null().key("changes").open('[');
  for (const Change& change : reply_.changes) {
    const LeafShape& shape = kLeafShapes[static_cast<std::size_t>(change.leaf)];
    json.open('{').key("leaf").string(shape.name).key("slot").number(change.slot).key("value");
    if (change.live) write_fields(json, shape.fields, record(change.leaf, change.slot), strings_);
    else json.null();
    json.close('}');
  }
  json.close(']').key("effects").open('[');
  for (const Effect& effect : out_.effects) {
    const EffectShape& shape = kEffects[static_cast<std::size_t>(effect.type)];
    json.open('{').key("type").string(shape.name).key("id").number(effect.id);
    for (const Field& field : shape.fields) json.field(field, &effect, strings_);
    json.close('}');
  }
  json.close(']').close('}');
  return text;
}

std::string Phone::dispatch_json(std::string_view event_json) {
  if (error_) return reply_json(error_);
  Event event;
  if (const wire::Error error = wire::read_event(event_json, strings_, event)) return reply_json(error);
  dispatch(event);
  std::string reply = reply_json({});
  if (strings_.sweep_due()) sweep();
  return reply;
}

std::string Phone::restore_json(std::string_view snapshot_json) { return reply_json(restore(snapshot_json)); }

/// `{"schema":2,"version":…,"extension":…,"next_id":…,"calls_made":…,"saved_at":…,"leaves":[{"leaf","slot","value","inner"}]}`
std::string Phone::snapshot() const {
  std::string text;
  JsonWriter json(text);
  json.open('{').key("schema").number(kStateSchema).key("version").number(reply_.version);
  json.key("extension").string(strings_.view(config_.extension));
  json.key("next_id").number(out_.next_id).key("calls_made").number(m_.calls_made).key("saved_at").number(out_.at);
  json.key("leaves").open('[');
  auto leaf = [&](Leaf which, std::uint32_t slot) { write_leaf(json, which, slot); };
  for (std::size_t one = 0; one < kSingleLeaves; ++one) leaf(static_cast<Leaf>(one), 0);
  for (std::uint32_t i = 0; i < m_.calls.size(); ++i)
    if (m_.calls[i].in_use) leaf(Leaf::Call, i);
  for (std::uint32_t i = 0; i < m_.quality.size(); ++i)
    if (m_.quality[i].in_use) leaf(Leaf::Quality, i);
  for (std::uint32_t i = 0; i < m_.logs.size(); ++i)
    if (m_.logs[i].in_use) leaf(Leaf::CallLog, i);
  for (std::uint32_t i = 0; i < m_.drafts.size(); ++i)
    if (m_.drafts[i].in_use) leaf(Leaf::Draft, i);
  for (std::uint32_t i = 0; i < m_.stack.size(); ++i) leaf(Leaf::StackEntry, i);
  for (std::uint32_t i = 0; i < m_.presence.size(); ++i) leaf(Leaf::Presence, i);
  json.close(']').close('}');
  return text;
}

/// The shapes as JSON, for generators and for clients that want to know.
std::string Phone::schema() {
  std::string text;
  JsonWriter json(text);
  auto kind = [](Kind k) -> std::string_view {
    constexpr std::string_view names[] = {"Number", "Time", "Flag", "Word", "Verdict", "String", "Name", "Blob"};
    return names[static_cast<std::size_t>(k)];
  };
  auto fields = [&](std::span<const Field> list) {
    json.key("fields").open('[');
    for (const Field& field : list) {
      json.open('{').key("name").string(field.name).key("kind").string(kind(field.kind));
      if (!field.words.empty()) {
        json.key("words").open('[');
        for (const std::string_view word : field.words) json.string(word);
        json.close(']');
      }
      json.close('}');
    }
    json.close(']');
  };
  json.open('{').key("events").open('[');
  for (const EventShape& shape : kEvents) {
    json.open('{').key("name").string(shape.name);
    fields(shape.fields);
    json.close('}');
  }
  json.close(']').key("effects").open('[');
  for (const EffectShape& shape : kEffects) {
    json.open('{').key("name").string(shape.name);
    fields(shape.fields);
    json.close('}');
  }
  json.close(']').key("leaves").open('[');
  for (const LeafShape& shape : kLeafShapes) {
    json.open('{').key("name").string(shape.name).key("key").string(shape.key).key("collection").string(shape.collection);
    fields(shape.fields);
    json.close('}');
  }
  json.close(']').close('}');
  return text;
}

}  // namespace offhook
