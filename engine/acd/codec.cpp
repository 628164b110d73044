// Events, effects and records as JSON. An event goes both ways, exactly: it is a journal entry.
#include <cmath>

#include "engine/acd/effect.h"
#include "engine/acd/event.h"
#include "engine/acd/record_fields.h"
#include "engine/acd/settings_fields.h"

namespace offhook::acd {

template <class Archive>
void fields(Archive& io, Event& e) {
  io.word("on", e.on, kOnWords), io("at", e.at), io("mono", e.mono), io("midnight", e.midnight);
  io("call", e.call), io("queue", e.queue), io("agent", e.agent), io("from", e.from), io("to", e.to), io("number", e.number), io("target", e.target);
  io("text", e.text), io("source", e.source), io("sticky", e.sticky);
  if (Archive::kReads || e.on == On::Intent) io.word("status", e.status, kAgentStatusWords);
  io.maybe("what", e.what, kObservedWords), io.maybe("how", e.how, kHowWords), io.maybe("where", e.where, kWhereWords), io.maybe("by", e.by, kSideWords);
  io("yes", e.yes), io("attempt", e.attempt), io("priority", e.priority), io("ms", e.ms), io("enqueued_at", e.enqueued_at), io("answered_at", e.answered_at);
  io.full("skills", e.skills);
}

void write_event(JsonWriter& json, const Event& event) {
  Event whole = event;  // the clock that is applied is of whole milliseconds
  whole.at = std::floor(event.at);
  whole.mono = std::floor(event.mono);
  json.open('{');
  Writer writer(json, true);
  fields(writer, whole);
  if (event.settings) {
    json.key("settings");
    write_settings(json, *event.settings);
  }
  json.close('}');
}

namespace {
bool refuse(std::string& error, std::string_view code, std::string_view message) {
  error.clear();
  JsonWriter(error).open('{').key("code").string(code).key("message").string(message).close('}');
  return false;
}
}  // namespace

bool read_event(const wire::Json& json, Event& event, std::string& error) {
  event = {};
  if (!json.find("on") || !json.find("at")) return refuse(error, "bad_event", "on and at are wanted");  // mono 0 is left out
  Reader reader(json);
  fields(reader, event);
  if (!reader.ok) return refuse(error, "bad_event", reader.wrong + " is not as docs/queues.md has it");
  if (!(event.at >= 1 && event.mono >= 0)) return refuse(error, "bad_event", "at and mono are times");
  if (event.call.size() > limits::kNameBytes || event.queue.size() > limits::kNameBytes || event.agent.size() > limits::kNameBytes || !good_skills(event.skills))
    return refuse(error, "bad_event", "a name is too long, or skills are out of range");
  for (const double number : {event.midnight, event.attempt, event.priority, event.ms, event.enqueued_at, event.answered_at})
    if (number != std::floor(number)) return refuse(error, "bad_event", "times and counts are whole numbers");
  if (const wire::Json* given = wire::object_at(json, "settings")) {
    Settings settings;
    std::string message;
    if (!read_settings(*given, settings, message)) return refuse(error, "bad_settings", message);
    event.settings = std::make_shared<const Settings>(std::move(settings));
  }
  return true;
}

bool read_event(std::string_view text, Event& event, std::string& error) {
  const auto json = wire::parse_object(text, limits::kEntryBytes);
  if (!json) return refuse(error, "bad_event", "not a JSON object, too long or too deep");
  return read_event(*json, event, error);
}

void write_record(JsonWriter& json, const Record& record) {
  const auto maybe = [&](std::string_view key, const std::string& text) {
    json.key(key);
    if (text.empty()) json.null(); else json.string(text);
  };
  const auto when = [&](std::string_view key, Millis time) {
    json.key(key);
    if (time == 0) json.null(); else json.number(time);
  };
  const bool answered = record.answered_at != 0;
  json.open('{').key("id").string(record.id);
  maybe("customer_session_id", record.customer_session_id);
  maybe("agent_session_id", record.agent_session_id);
  json.key("queue_time_seconds").number(std::floor(record.wait_time / 1000)).key("talk_time_seconds").number(std::floor(record.talk_time / 1000));
  json.key("wrap_up_time_seconds").number(std::floor(record.wrap_up_time / 1000));
  maybe("recording_url", record.recording_url);
  maybe("notes", record.notes);
  json.key("call_id").string(record.call_id).key("queue_name").string(record.queue_name);
  maybe("agent_id", record.agent_id);
  json.key("direction").string(record.direction);
  maybe("from", record.from);
  maybe("to", record.to);
  when("offered_at", record.offered_at);
  when("enqueued_at", record.enqueued_at);
  when("first_ring_at", record.first_ring_at);
  when("answered_at", record.answered_at);
  when("ended_at", record.ended_at);
  when("wrap_up_ended_at", record.wrap_up_ended_at);
  maybe("outcome", record.outcome);
  maybe("hangup_by", record.hangup_by);
  json.key("ring_time").number(record.ring_time).key("hold_time").number(record.hold_time).key("talk_time").number(record.talk_time);
  json.key("wait_time").number(record.wait_time).key("wrap_up_time").number(record.wrap_up_time);
  json.key("attempts").number(record.attempts).key("rona_count").number(record.rona_count).key("offers").number(record.offers).key("part").number(record.part);
  maybe("overflow_to", record.overflow_to);
  maybe("transfer_from_record", record.transfer_from_record);
  json.key("end_estimated").flag(record.end_estimated).key("mode").string(kModeWords[static_cast<std::size_t>(record.mode)]).key("participants").open('[');
  if (answered && !record.agent_id.empty()) json.string(record.agent_id);
  for (const std::string& other : record.participants) json.string(other);
  json.close(']').key("final").flag(record.final).close('}');
}

void write_effect(JsonWriter& json, const Effect& effect) {
  using What = Effect::What;
  json.open('{').key("type").string(kEffectWords[static_cast<std::size_t>(effect.what)]);
  const auto maybe = [&](std::string_view key, const std::string& text) {
    json.key(key);
    if (text.empty()) json.null(); else json.string(text);
  };
  switch (effect.what) {
    case What::Offer:
    case What::CallbackDue:
      json.key("call").string(effect.call).key("queue").string(effect.queue).key("agent").string(effect.agent).key("attempt").number(effect.attempt);
      json.key("ring_ms").number(effect.ring_ms).key("record").flag(effect.record);
      if (effect.what == What::CallbackDue) json.key("number").string(effect.number);
      break;
    case What::Withdraw: json.key("call").string(effect.call).key("agent").string(effect.agent).key("attempt").number(effect.attempt); break;
    case What::Overflow:
      json.key("call").string(effect.call).key("queue").string(effect.queue).key("kind").string(effect.kind);
      maybe("target", effect.target);
      break;
    case What::Announce:
      json.key("call").string(effect.call).key("queue").string(effect.queue).key("position").number(effect.position);
      maybe("sounds", effect.sounds);
      break;
    case What::StatusWrite:
      json.key("extension").string(effect.agent).key("status").string(kAgentStatusWords[static_cast<std::size_t>(effect.status)]);
      maybe("reason", effect.reason);
      json.key("source").string("acd");
      break;
    case What::WriteRecord:
      json.key("record");
      write_record(json, effect.row);
      break;
    case What::Note:
      json.key("extension").string(effect.agent).key("code").string(effect.code);
      maybe("call_id", effect.call);
      json.key("until");
      if (effect.until == 0) json.null(); else json.number(effect.until);
      break;
  }
  json.close('}');
}

}  // namespace offhook::acd
