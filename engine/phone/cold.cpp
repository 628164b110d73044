// The cold face: creation, events, replies and stored state as JSON. For debugging,
// replay, tests and any client that is not our own package.
#include "engine/agent_status/agent_status.h"
#include "engine/phone/phone.h"

namespace offhook {
namespace {

constexpr double kSnapshotSchema = 1;

void write_leaf(JsonWriter& json, std::span<const Field> fields, const void* base, const Strings& strings) {
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
    if (change.live) write_leaf(json, shape.fields, record(change.leaf, change.slot), strings_);
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

/// `{"schema":1,"version":…,"next_id":…,"calls_made":…,"leaves":[{"leaf","slot","value":{as in the store},"inner":{kept, not shown}}]}`
std::string Phone::snapshot() const {
  std::string text;
  JsonWriter json(text);
  json.open('{').key("schema").number(kSnapshotSchema).key("version").number(reply_.version);
  json.key("extension").string(strings_.view(config_.extension));
  json.key("next_id").number(out_.next_id).key("calls_made").number(m_.calls_made).key("leaves").open('[');
  auto leaf = [&](Leaf which, std::uint32_t slot) {
    const LeafShape& shape = kLeafShapes[static_cast<std::size_t>(which)];
    const void* base = record(which, slot);
    json.open('{').key("leaf").string(shape.name).key("slot").number(slot).key("value");
    write_leaf(json, shape.fields, base, strings_);
    if (!shape.inner.empty()) {
      json.key("inner");
      write_leaf(json, shape.inner, base, strings_);
    }
    json.close('}');
  };
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

std::string Phone::restore_json(std::string_view snapshot_json) {
  if (error_) return reply_json(error_);
  if (m_.root.phase != Phase::Loading) return reply_json({"bad_state", "a stored state is taken up before anything else happens"});
  const auto json = wire::parse_object(snapshot_json, limits::kStateBytes);
  if (!json) return reply_json({"bad_json", "the stored state is one JSON object of at most 4 MiB"});
  reply_.changes.clear();
  out_.effects.clear();
  out_.inner.clear();
  if (const wire::Error error = restore(*json)) return reply_json(error);
  return reply_json({});
}

/// What is worth keeping over a reload: call_logs with their delivery, drafts, the agent's record. A call that lived then is lost now.
wire::Error Phone::restore(const wire::Json& json) {
  if (wire::number_at(json, "schema") != kSnapshotSchema) return {"bad_schema", "the stored state has another schema version"};
  if (wire::text_at(json, "extension") != strings_.view(config_.extension))
    return {"bad_state", "the stored state belongs to another extension"};
  const wire::Json* leaves = wire::array_at(json, "leaves");
  if (!leaves) return {"bad_state", "\"leaves\" is missing"};

  const double next_id = wire::number_at(json, "next_id", 1), calls_made = wire::number_at(json, "calls_made");
  if (!(next_id >= 1 && next_id < 1e15 && calls_made >= 0 && calls_made < 1e15)) return {"bad_state", "a counter is out of range"};

  Model next = m_;  // read into a copy: a bad part leaves everything as it was
  next.logs.clear(), next.drafts.clear(), next.stack.clear();  // a second state replaces the first
  for (const wire::Json& item : leaves->items) {
    if (!item.is_object()) return {"bad_state", "a leaf is an object"};
    const std::string name = wire::text_at(item, "leaf");
    const wire::Json* value = wire::object_at(item, "value");
    if (!value) return {"bad_state", "a leaf has a value"};
    const wire::Json* inner = wire::object_at(item, "inner");
    auto read = [&](const LeafShape& shape, void* base) -> wire::Error {
      if (wire::Error error = wire::read_fields(*value, shape.fields, base, strings_)) return error;
      return inner ? wire::read_fields(*inner, shape.inner, base, strings_) : wire::Error{};
    };
    if (name == "CallLog") {
      if (next.logs.size() >= limits::kCallLogs) continue;
      CallLog log;
      if (wire::Error error = read(kLeafShapes[static_cast<std::size_t>(Leaf::CallLog)], &log)) return error;
      if (log.key.empty()) return {"bad_state", "a call_log has a key"};
      if (!(log.revision >= 0 && log.revision < 1e15 && log.attempts >= 0)) return {"bad_state", "a counter is out of range"};
      log.in_use = true;
      next.logs.push_back(log);
    } else if (name == "Draft") {
      if (next.drafts.size() >= limits::kDrafts) continue;
      Draft draft;
      if (wire::Error error = read(kLeafShapes[static_cast<std::size_t>(Leaf::Draft)], &draft)) return error;
      draft.in_use = true;
      next.drafts.push_back(draft);
    } else if (name == "StackEntry") {
      if (next.stack.size() >= limits::kCallStack) continue;
      StackEntry entry;
      if (wire::Error error = read(kLeafShapes[static_cast<std::size_t>(Leaf::StackEntry)], &entry)) return error;
      next.stack.push_back(entry);
    }
  }
  next.calls_made = calls_made;
  m_ = std::move(next);
  show_all_ = true;
  out_.next_id = std::max(out_.next_id, next_id);
  double unsent = 0;
  for (std::uint32_t i = 0; i < m_.logs.size(); ++i) {
    CallLog& log = m_.logs[i];
    if (log.ended_at == 0 || log.status < LogStatus::Answered) {  // nobody will tell the end of that call any more
      log.ended_at = log.connected_at != 0 ? log.connected_at : log.started_at;
      log.end_reason = EndReason::Lost;
      log.status = log.connected_at != 0                   ? LogStatus::Answered
                   : log.type == Direction::Inbound ? LogStatus::Missed
                                                    : LogStatus::NoAnswered;
      ++log.revision;
      if (log.status == LogStatus::Answered && m_.drafts.size() < limits::kDrafts)  // its notes are still to be written
        m_.drafts.push_back({.call_log_id = log.key, .notes = log.notes, .disposition = log.disposition, .since = log.ended_at, .in_use = true});
      if (log.delivery == DeliveryState::Saved) log.delivery = DeliveryState::Waiting;
    }
    if (log.delivery == DeliveryState::Unwritten || log.delivery == DeliveryState::Creating || log.delivery == DeliveryState::Updating)
      log.delivery = DeliveryState::Waiting;
    if (log.delivery != DeliveryState::Waiting) continue;
    if (log.dirty_since == 0) log.dirty_since = log.ended_at;
    out_.set_timer(TimerFor::LogRetry, static_cast<std::uint16_t>(i), limits::kRestoreSpacing * unsent++);
  }
  derive();
  publish();
  return {};
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
