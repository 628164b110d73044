// The whole Phone as text, and a Phone from it that goes on exactly where the
// other stood: the same events give the same replies, byte for byte. For
// recordings whose beginning is kept no more; not for a reload (cold.cpp), after
// which calls and requests of before are gone.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/phone/live_fields.h"
#include "engine/phone/phone.h"

namespace offhook {
namespace {

constexpr double kCheckpointSchema = 1;
constexpr std::size_t kVerdictRetryAt = offsetof(Verdict, retry_at);

double* number_at_field(const Field& field, void* base, std::size_t more = 0) {
  return reinterpret_cast<double*>(static_cast<char*>(base) + field.offset + more);
}

/// No record has a moment before all time: this one is unlike any.
void set_apart(Call& shown) { shown.started_at = -1; }
template <class Record>
void set_apart(Record& shown) {
  shown.since = -1;
}

std::uint64_t bits_of(double number) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &number, sizeof bits);
  return bits;
}

double number_from(std::uint64_t bits) {
  double number = 0;
  std::memcpy(&number, &bits, sizeof number);
  return number;
}

std::string hex(std::uint64_t bits) {
  std::string text(16, '0');
  for (std::size_t i = 16; i-- > 0; bits >>= 4) text[i] = "0123456789abcdef"[bits & 15];
  return text;
}

bool from_hex(std::string_view text, std::uint64_t& bits) {
  if (text.size() != 16) return false;
  bits = 0;
  for (const char c : text) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return false;
    bits = bits << 4 | static_cast<std::uint64_t>(digit);
  }
  return true;
}

/// Numbers with a fraction are shown with three digits of it: here they are written whole, bit for bit.
bool has_bits(const Field& field, const void* base) {
  return field.kind == Kind::Number && number_of(field, base) != std::floor(number_of(field, base));
}

void keep_record(JsonWriter& json, Leaf leaf, const void* base, const Strings& strings) {
  const LeafShape& shape = kLeafShapes[static_cast<std::size_t>(leaf)];
  json.key("value").open('{');
  for (const Field& field : shape.fields)
    if (field.kind != Kind::Verdict) json.field(field, base, strings);
  for (const Field& field : shape.inner) json.field(field, base, strings);
  json.close('}').key("live").open('{');
  for (const Field& field : live_fields(leaf)) json.field(field, base, strings);
  json.close('}').key("bits").open('{');
  for (const std::span<const Field> list : {shape.fields, shape.inner, live_fields(leaf)}) {
    for (const Field& field : list) {
      if (has_bits(field, base)) json.key(field.name).string(hex(bits_of(number_of(field, base))));
      if (field.kind != Kind::Verdict) continue;
      const double retry_at = *reinterpret_cast<const double*>(static_cast<const char*>(base) + field.offset + kVerdictRetryAt);
      json.key(field.name).open('[').string(field.words[word_of(field, base)]);
      json.number(retry_of(field, base)).number(retry_at).close(']');
    }
  }
  json.close('}');
}

wire::Error take_record(const wire::Json& item, Leaf leaf, void* base, Strings& strings) {
  const LeafShape& shape = kLeafShapes[static_cast<std::size_t>(leaf)];
  const wire::Json *value = wire::object_at(item, "value"), *live = wire::object_at(item, "live"), *bits = wire::object_at(item, "bits");
  if (!value || !live || !bits) return {"bad_state", "a leaf of a checkpoint has value, live and bits"};
  if (wire::Error error = wire::read_fields(*value, shape.fields, base, strings)) return error;
  if (wire::Error error = wire::read_fields(*value, shape.inner, base, strings)) return error;
  if (wire::Error error = wire::read_fields(*live, live_fields(leaf), base, strings)) return error;
  for (const std::span<const Field> list : {shape.fields, shape.inner, live_fields(leaf)}) {
    for (const Field& field : list) {
      const wire::Json* found = bits->find(field.name);
      if (!found) continue;
      if (field.kind == Kind::Number && found->type == wire::Json::Type::String) {
        std::uint64_t exact = 0;
        if (!from_hex(found->text, exact)) return {"bad_state", "bits of a number are 16 digits"};
        *number_at_field(field, base) = number_from(exact);
      } else if (field.kind == Kind::Verdict && found->type == wire::Json::Type::Array && found->items.size() == 3) {
        const int word = wire::word_index(field.words, found->items[0].text);
        if (word < 0) return {"bad_state", "a verdict has one of its words"};
        *(static_cast<char*>(base) + field.offset) = static_cast<char>(word);
        *number_at_field(field, base, kVerdictRetry) = found->items[1].number;
        *number_at_field(field, base, kVerdictRetryAt) = found->items[2].number;
      }
    }
  }
  return {};
}

void write_kept(JsonWriter& json, const Kept& kept, const Strings& strings) {
  auto texts = [&](std::string_view key, const std::vector<Text>& list) {
    json.key(key).open('[');
    for (const Text text : list) json.string(strings.view(text));
    json.close(']');
  };
  json.open('{').key("state").number(static_cast<double>(kept.state));
  texts("logs", kept.logs), texts("drafts", kept.drafts), texts("dropped", kept.dropped);
  json.key("calls").open('[');
  for (const KeptCall& call : kept.calls) {
    json.open('{').key("id").string(strings.view(call.id)).key("sip_call_id").string(strings.view(call.sip_call_id));
    json.key("number").string(strings.view(call.number)).key("call_log_id").string(strings.view(call.call_log_id));
    json.key("dialog").string(strings.view(call.dialog)).key("state").number(static_cast<double>(call.state));
    json.key("connected_at").number(call.connected_at).key("held_since").number(call.held_since).key("mute_wanted").flag(call.mute_wanted).close('}');
  }
  json.close(']').key("ids_until").number(kept.ids_until).key("calls_until").number(kept.calls_until).key("all").flag(kept.all).key("consult").flag(kept.consult);
  json.key("beat_due").flag(kept.beat_due).key("beating").flag(kept.beating).close('}');
}

bool read_kept(const wire::Json& json, Kept& kept, Out& out) {
  auto texts = [&](std::string_view key, std::vector<Text>& list, std::size_t most) {
    const wire::Json* found = wire::array_at(json, key);
    if (!found || found->items.size() > most) return false;
    for (const wire::Json& item : found->items) list.push_back(out.text(item.text));
    return true;
  };
  const wire::Json* calls = wire::array_at(json, "calls");
  const double state = wire::number_at(json, "state", -1);
  if (!texts("logs", kept.logs, limits::kCallLogs) || !texts("drafts", kept.drafts, limits::kDrafts) ||
      !texts("dropped", kept.dropped, limits::kCallLogs) || !calls || calls->items.size() != kept.calls.size() || !(state >= 0 && state <= 2))
    return false;
  kept.state = static_cast<Kept::State>(state);
  for (std::size_t i = 0; i < kept.calls.size(); ++i) {
    const wire::Json& item = calls->items[i];
    const double call_state = wire::number_at(item, "state", -1);
    if (!(call_state >= 0 && call_state < static_cast<double>(kCallStateWords.size()))) return false;
    kept.calls[i] = {.id = out.text(wire::text_at(item, "id")),
                     .sip_call_id = out.text(wire::text_at(item, "sip_call_id")),
                     .number = out.text(wire::text_at(item, "number")),
                     .call_log_id = out.text(wire::text_at(item, "call_log_id")),
                     .dialog = out.text(wire::text_at(item, "dialog")),
                     .state = static_cast<CallState>(call_state),
                     .connected_at = wire::number_at(item, "connected_at"),
                     .held_since = wire::number_at(item, "held_since"),
                     .mute_wanted = wire::flag_at(item, "mute_wanted")};
  }
  kept.ids_until = wire::number_at(json, "ids_until"), kept.calls_until = wire::number_at(json, "calls_until");
  kept.consult = wire::flag_at(json, "consult");
  kept.all = wire::flag_at(json, "all"), kept.beat_due = wire::flag_at(json, "beat_due"), kept.beating = wire::flag_at(json, "beating");
  return true;
}

/// A whole number at `key` from 0 to below `bound`.
bool whole_at(const wire::Json& item, std::string_view key, double bound, double& value) {
  value = wire::number_at(item, key, -1);
  return value >= 0 && value < bound && value == std::floor(value);
}

/// The single records by their leaf, as record() has them, of a Model that is not yet the Phone's.
void* single(Model& m, Leaf leaf) {
  switch (leaf) {
    case Leaf::Root: return &m.root;
    case Leaf::Registration: return &m.registration;
    case Leaf::Agent: return &m.agent;
    case Leaf::Connection: return &m.connection;
    case Leaf::Outbox: return &m.outbox;
    case Leaf::QueueInfo: return &m.queue_info;
    case Leaf::AttendantTransferForm: return &m.transfer_form;
    case Leaf::Can: return &m.can;
    case Leaf::Notice: return &m.notice;
    case Leaf::Tab: return &m.tab;
    case Leaf::Consult: return &m.consult;
    case Leaf::Conference: return &m.conference;
    case Leaf::Devices: return &m.devices;
    default: return nullptr;
  }
}

/// The record of a slot, made when it is not there yet; nullptr beyond the bound.
void* slot_of(Model& m, Leaf leaf, std::size_t slot) {
  auto in = [slot](auto& list, std::size_t most) -> void* {
    if (slot >= most) return nullptr;
    if (list.size() <= slot) list.resize(slot + 1);
    return &list[slot];
  };
  switch (leaf) {
    case Leaf::Call: return slot < m.calls.size() ? &m.calls[slot] : nullptr;
    case Leaf::Quality: return slot < m.quality.size() ? &m.quality[slot] : nullptr;
    case Leaf::CallLog: return in(m.logs, limits::kCallLogs);
    case Leaf::Draft: return in(m.drafts, limits::kDrafts);
    case Leaf::StackEntry: return in(m.stack, limits::kCallStack);
    case Leaf::Blocker: return in(m.blockers, kBlockerWords.size());
    case Leaf::Presence: return in(m.presence, limits::kPresence);
    default: return slot == 0 ? single(m, leaf) : nullptr;
  }
}

}  // namespace

/// Calls `visit(now, shown)` for each record that is compared only when it was touched: it may differ from what was shown last
/// in what is not shown, and is shown again at the next touch.
template <class Self, class Visit>
void Phone::each_shown(Self& self, Visit&& visit) {
  visit(self.m_.registration, self.shown_registration_), visit(self.m_.agent, self.shown_agent_);
  visit(self.m_.connection, self.shown_connection_), visit(self.m_.tab, self.shown_tab_);
  visit(self.m_.consult, self.shown_consult_), visit(self.m_.conference, self.shown_conference_);
  for (std::size_t i = 0; i < limits::kCalls; ++i) visit(self.m_.calls[i], self.shown_calls_[i]);
}

std::string Phone::checkpoint(bool agents) const {
  std::string text;
  if (restoring_) return text;  // the parts of a stored state are coming in: a moment later
  JsonWriter json(text);
  json.open('{').key("schema").number(kCheckpointSchema).key("version").number(reply_.version);
  json.key("extension").string(strings_.view(config_.extension)).key("next_id").number(out_.next_id).key("calls_made").number(m_.calls_made);
  json.key("random").string(hex(out_.random)).key("storage_failed_at").number(m_.storage_failed_at).key("timers").open('[');
  for (const Timer& timer : out_.timers)
    json.open('[').number(timer.id).number(static_cast<double>(timer.purpose)).number(timer.slot).number(timer.due_mono).close(']');
  json.close(']').key("requests").open('[');
  for (const PendingRequest& request : out_.requests)
    json.open('[').number(request.id).number(static_cast<double>(request.kind)).number(request.slot).number(request.sent_mono).close(']');
  json.close(']').key("skew").open('[');
  for (const double number : m_.skew.numbers()) json.string(hex(bits_of(number)));
  json.close(']').key("skew_known").flag(out_.skew_known).key("full").flag(full_).key("lookups").open('[');
  for (const contact::Lookup& lookup : m_.lookups) {
    json.open('{').key("number").string(strings_.view(lookup.number)).key("name").string(strings_.view(lookup.name));
    json.key("asker").string(strings_.view(lookup.asker));
    json.key("state").number(static_cast<double>(lookup.state)).key("request").number(lookup.request);
    json.key("attempts").number(lookup.attempts).key("inUse").flag(lookup.in_use).close('}');
  }
  json.close(']').key("early").open('[');
  for (const EarlyMessage& early : m_.early) {
    json.open('{').key("mono").number(early.mono).key("at").number(early.event.at).key("since").number(early.event.mono).key("event").open('{');
    for (const Field& field : event_fields::queue_number_received) json.field(field, &early.event, strings_);
    json.close('}').close('}');
  }
  json.close(']').key("closed").open('[');
  for (const Text id : m_.closed) json.string(strings_.view(id));
  json.close(']').key("leaves").open('[');
  auto leaf = [&](Leaf which, std::size_t slot) {
    json.open('{').key("leaf").string(kLeafShapes[static_cast<std::size_t>(which)].name).key("slot").number(static_cast<double>(slot));
    keep_record(json, which, record(which, static_cast<std::uint32_t>(slot)), strings_);
    json.key("log").number(which == Leaf::Call ? m_.calls[slot].log_slot : -1).close('}');
  };
  for (std::size_t i = 0; i < kSingleLeaves; ++i) leaf(static_cast<Leaf>(i), 0);
  auto all = [&](Leaf which, const auto& list) {  // free places too: which one is taken next depends on them
    for (std::size_t i = 0; i < list.size(); ++i) leaf(which, i);
  };
  auto used = [&](Leaf which, const auto& list) {
    for (std::size_t i = 0; i < list.size(); ++i)
      if (list[i].in_use) leaf(which, i);
  };
  used(Leaf::Call, m_.calls), used(Leaf::Quality, m_.quality), all(Leaf::CallLog, m_.logs), all(Leaf::Draft, m_.drafts);
  all(Leaf::StackEntry, m_.stack), all(Leaf::Blocker, m_.blockers);
  if (agents) all(Leaf::Presence, m_.presence);
  json.close(']').key("stale").open('[');
  double place = 0;
  each_shown(*this, [&](const auto& now, const auto& shown) {
    if (now != shown) json.number(place);
    ++place;
  });
  json.close(']').key("kept");
  write_kept(json, kept_, strings_);
  json.close('}');
  return text;
}

std::string Phone::resume_json(std::string_view checkpoint_json) {
  if (error_) return reply_json(error_);
  if (m_.root.phase != Phase::Loading) return reply_json({"bad_state", "a checkpoint is taken up before anything else happens"});
  const auto json = wire::parse_object(checkpoint_json, limits::kStateBytes * 2);
  if (!json) return reply_json({"bad_json", "a checkpoint is one JSON object of at most 8 MiB"});
  if (const wire::Error error = resume(*json)) return reply_json(error);
  return reply_json({});
}

wire::Error Phone::resume(const wire::Json& json) {
  const wire::Error damaged{"bad_state", "the checkpoint is damaged"};
  if (wire::number_at(json, "schema") != kCheckpointSchema) return {"bad_schema", "the checkpoint has another schema version"};
  if (wire::text_at(json, "extension") != strings_.view(config_.extension)) return {"bad_state", "the checkpoint belongs to another extension"};
  const auto list = [&](std::string_view key) { return wire::array_at(json, key); };
  const wire::Json *timers = list("timers"), *requests = list("requests"), *lookups = list("lookups"), *early = list("early"),
                   *closed = list("closed"), *leaves = list("leaves"), *skew = list("skew"), *stale = list("stale");
  if (!stale || !timers || !requests || !lookups || !early || !closed || !leaves || !skew) return damaged;
  double version = 0, next_id = 0;
  Model next;
  next.storage_failed_at = wire::number_at(json, "storage_failed_at");
  std::uint64_t random = 0;
  if (!whole_at(json, "version", 1e15, version) || !whole_at(json, "next_id", 1e15, next_id) ||
      !whole_at(json, "calls_made", 1e15, next.calls_made) || !from_hex(wire::text_at(json, "random"), random) || random == 0)
    return damaged;

  for (const wire::Json& item : leaves->items) {
    const std::string name = wire::text_at(item, "leaf");
    double slot = 0;
    std::size_t which = 0;
    while (which < kLeaves && kLeafShapes[which].name != name) ++which;
    void* base = which < kLeaves && whole_at(item, "slot", 1e6, slot) ? slot_of(next, static_cast<Leaf>(which), static_cast<std::size_t>(slot)) : nullptr;
    if (!base) return damaged;
    if (wire::Error error = take_record(item, static_cast<Leaf>(which), base, strings_)) return error;
    if (static_cast<Leaf>(which) == Leaf::Call) static_cast<Call*>(base)->log_slot = static_cast<std::int32_t>(std::clamp(wire::number_at(item, "log", -1), -1.0, 1e6));
  }
  for (std::uint32_t i = 0; i < next.presence.size(); ++i) next.presence_at.put(next.presence[i].extension, i);

  if (lookups->items.size() != next.lookups.size() || early->items.size() > limits::kQueueMessages || closed->items.size() > limits::kClosedCalls)
    return damaged;
  for (std::size_t i = 0; i < next.lookups.size(); ++i) {
    const wire::Json& item = lookups->items[i];
    double state = 0;
    if (!whole_at(item, "state", kContactStateWords.size(), state)) return damaged;
    next.lookups[i] = {.number = out_.text(wire::text_at(item, "number")),
                       .name = out_.text(wire::text_at(item, "name")),
                       .asker = out_.text(wire::text_at(item, "asker")),
                       .state = static_cast<ContactState>(state),
                       .request = wire::number_at(item, "request"),
                       .attempts = wire::number_at(item, "attempts"),
                       .in_use = wire::flag_at(item, "inUse")};
  }
  for (const wire::Json& item : early->items) {
    const wire::Json* event = wire::object_at(item, "event");
    if (!event) return damaged;
    EarlyMessage& message = next.early.emplace_back();
    message.event = {.type = EventType::QueueNumberReceived, .at = wire::number_at(item, "at"), .mono = wire::number_at(item, "since")};
    message.mono = wire::number_at(item, "mono");
    const auto& fields = event_fields::queue_number_received;
    if (wire::Error error = wire::read_fields(*event, fields, &message.event, strings_)) return error;
  }
  auto measured = next.skew.numbers();
  if (skew->items.size() != measured.size()) return damaged;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    std::uint64_t bits = 0;
    if (!from_hex(skew->items[i].text, bits)) return damaged;
    measured[i] = number_from(bits);
  }
  next.skew.take(measured);
  for (const wire::Json& id : closed->items) next.closed.push_back(out_.text(id.text));

  const auto numbers = [](const wire::Json& item, std::size_t count) {
    if (item.type != wire::Json::Type::Array || item.items.size() != count) return false;
    for (const wire::Json& one : item.items)
      if (one.type != wire::Json::Type::Number || !(one.number >= 0 && one.number < 1e15)) return false;
    return true;
  };
  const auto slots = [&](bool of_log, double slot) { return slot < static_cast<double>(of_log ? next.logs.size() : next.calls.size()); };
  std::vector<Timer> armed;
  for (const wire::Json& item : timers->items) {
    // A purpose that is none finds no row when it fires, as a timer that was cleared.
    if (!numbers(item, 4) || armed.size() >= limits::kTimers || item.items[1].number >= 256) return damaged;
    const auto purpose = static_cast<TimerFor>(item.items[1].number);
    if (purpose == TimerFor::ContactRetry ? item.items[2].number >= limits::kLookups : !slots(purpose == TimerFor::LogRetry, item.items[2].number))
      return damaged;
    armed.push_back({item.items[0].number, purpose, static_cast<std::uint16_t>(item.items[2].number), item.items[3].number});
  }
  std::vector<PendingRequest> sent;
  for (const wire::Json& item : requests->items) {
    if (!numbers(item, 4) || sent.size() >= limits::kRequests || item.items[1].number >= kRequestWords.size()) return damaged;
    const auto kind = static_cast<Request>(item.items[1].number);
    // A record that was replaced meanwhile leaves its request behind: its answer is then a late one, whatever its place.
    const bool of_log = kind == Request::CallLogCreate || kind == Request::CallLogUpdate;
    const std::size_t most = of_log ? limits::kCallLogs : kind == Request::ContactFindOrCreate ? limits::kLookups : limits::kCalls;
    if (item.items[2].number >= static_cast<double>(most)) return damaged;
    PendingRequest& request = sent.emplace_back();
    request.id = item.items[0].number, request.kind = kind, request.slot = static_cast<std::uint16_t>(item.items[2].number);
    request.sent_mono = item.items[3].number;
  }

  Kept kept;
  const wire::Json* stored = wire::object_at(json, "kept");
  if (!stored || !read_kept(*stored, kept, out_)) return damaged;

  m_ = std::move(next), kept_ = std::move(kept);
  used_calls_ = 0;
  for (std::size_t i = 0; i < m_.calls.size(); ++i)
    if (m_.calls[i].in_use) used_calls_ |= 1u << i;
  out_.timers = std::move(armed), out_.requests = std::move(sent);
  out_.random = random, out_.next_id = next_id;
  out_.skew_ms = m_.connection.skew_ms, out_.skew_known = wire::flag_at(json, "skew_known");
  full_ = wire::flag_at(json, "full");
  out_.notice = m_.notice;
  out_.anomalies = m_.root.anomalies, out_.last_anomaly = m_.root.last_anomaly, out_.last_anomaly_at = m_.root.last_anomaly_at;
  reply_.changes.clear();
  out_.effects.clear(), out_.inner.clear();
  show_all_ = true;
  publish();
  reply_.version = version;
  double place = 0;
  each_shown(*this, [&](const auto&, auto& shown) {
    for (const wire::Json& item : stale->items)
      if (item.number == place) set_apart(shown);
    ++place;
  });
  return {};
}

}  // namespace offhook
