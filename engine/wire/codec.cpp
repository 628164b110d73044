#include "engine/wire/codec.h"

#include "engine/core/limits.h"

namespace offhook::wire {
namespace {

Error wrong(std::string_view code, std::string_view field, std::string_view expected) {
  return {code, "field \"" + std::string(field) + "\" should be " + std::string(expected)};
}

char* at(const Field& field, void* base) { return static_cast<char*>(base) + field.offset; }

Error read_field(const Json& value, const Field& field, void* base, Strings& strings) {
  const bool null = value.type == Json::Type::Null;
  switch (field.kind) {
    case Kind::Number:
    case Kind::Time:
      if (!null && value.type != Json::Type::Number) return wrong("bad_field", field.name, "a number");
      *reinterpret_cast<double*>(at(field, base)) = null ? 0 : value.number;
      return {};
    case Kind::Flag:
      if (value.type != Json::Type::Flag) return wrong("bad_field", field.name, "true or false");
      *reinterpret_cast<bool*>(at(field, base)) = value.flag;
      return {};
    case Kind::Verdict: return {};  // derived, never read
    case Kind::Word: {
      const int index = value.type == Json::Type::String ? word_index(field.words, value.text) : -1;
      if (index < 0) return wrong("bad_field", field.name, "one of its words");
      *reinterpret_cast<std::uint8_t*>(at(field, base)) = static_cast<std::uint8_t>(index);
      return {};
    }
    case Kind::String:
    case Kind::Name:
    case Kind::Blob: {
      if (!null && value.type != Json::Type::String) return wrong("bad_field", field.name, "a string");
      const std::size_t most = field.kind == Kind::Blob ? limits::kJsonBytes : limits::kTextBytes;
      if (value.text.size() > most) return wrong("too_long", field.name, "at most " + std::to_string(most) + " bytes");
      *reinterpret_cast<Text*>(at(field, base)) = null ? Text{} : strings.intern(value.text);
      return {};
    }
  }
  return {};
}

}  // namespace

int word_index(Words words, std::string_view word) {
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words[i] == word) return static_cast<int>(i);
  return -1;
}

Error read_fields(const Json& object, std::span<const Field> fields, void* base, Strings& strings) {
  for (const Field& field : fields) {
    const Json* found = object.find(field.name);
    if (!found) continue;
    if (Error error = read_field(*found, field, base, strings)) return error;
  }
  return {};
}

Error read_event(std::string_view text, Strings& strings, Event& event) {
  const auto json = parse_object(text, limits::kJsonBytes * 2);
  if (!json) return {"bad_json", "an event is one JSON object, at most 512 KiB and 16 levels deep"};
  const std::string type = text_at(*json, "type");
  int index = -1;
  for (std::size_t i = 0; i < kEvents.size(); ++i)
    if (kEvents[i].name == type) index = static_cast<int>(i);
  if (index < 0) return {"unknown_event", "\"type\" is none of the events of docs/events.md: \"" + type.substr(0, 64) + "\""};
  Event read;
  read.type = static_cast<EventType>(index);
  const double absent = -1;
  read.at = number_at(*json, "at", absent);
  read.mono = number_at(*json, "mono", absent);
  if (!(read.at >= 0 && read.at < 1e15 && read.mono >= 0 && read.mono < 1e15))
    return {"bad_field", "an event carries its time: numbers \"at\" (UTC) and \"mono\" (monotonic), in milliseconds"};
  if (Error error = read_fields(*json, kEvents[static_cast<std::size_t>(index)].fields, &read, strings)) return error;
  event = read;
  return {};
}

void write_event(JsonWriter& json, const Event& event, const Strings& strings) {
  const EventShape& shape = kEvents[static_cast<std::size_t>(event.type)];
  json.open('{').key("type").string(shape.name).key("at").number(event.at).key("mono").number(event.mono);
  for (const Field& field : shape.fields) json.field(field, &event, strings);
  json.close('}');
}

Error read_config(std::string_view text, Strings& strings, Config& config) {
  const auto json = parse_object(text, limits::kJsonBytes);
  if (!json) return {"bad_json", "the configuration is one JSON object"};
  Config read;
  read.extension = strings.intern(text_at(*json, "extension"));
  read.extension_id = strings.intern(text_at(*json, "extension_id"));
  read.number = strings.intern(text_at(*json, "number"));
  read.name = strings.intern(text_at(*json, "name"));
  if (read.extension.empty()) return {"bad_config", "\"extension\" is missing: the session's extension, as text"};
  if (read.number.empty()) read.number = read.extension;
  if (const Json* wrap_up = object_at(*json, "wrap_up")) {
    const int mode = word_index(kWrapUpModeWords, text_at(*wrap_up, "mode"));
    if (mode < 0) return {"bad_config", "\"wrap_up.mode\" is one of none, manual, timed, optional"};
    read.wrap_up_mode = static_cast<WrapUpMode>(mode);
    read.wrap_up_seconds = number_at(*wrap_up, "seconds", read.wrap_up_seconds);
    if (!(read.wrap_up_seconds >= 0 && read.wrap_up_seconds <= 86'400)) return {"bad_config", "\"wrap_up.seconds\" is between 0 and 86400"};
  }
  read.internal_min_digits = number_at(*json, "internal_min_digits", read.internal_min_digits);
  read.internal_max_digits = number_at(*json, "internal_max_digits", read.internal_max_digits);
  read.calls_max = number_at(*json, "calls_max", read.calls_max);
  if (read.calls_max < 1 || read.calls_max > 12) return {"bad_config", "\"calls_max\" is between 1 and 12"};
  read.login = flag_at(*json, "login", read.login);
  read.has_events_socket = flag_at(*json, "has_events_socket", read.has_events_socket);
  read.auto_hold = flag_at(*json, "auto_hold", read.auto_hold);
  read.has_storage = flag_at(*json, "has_storage", read.has_storage);
  read.has_tabs = flag_at(*json, "has_tabs", read.has_tabs);
  read.probe = flag_at(*json, "probe", read.probe);
  read.tab = strings.intern(text_at(*json, "tab"));
  if (const std::string route = text_at(*json, "transfer_route"); !route.empty()) {
    const int index = word_index(kRouteChoiceWords, route);
    if (index < 0) return {"bad_config", "\"transfer_route\" is one of auto, softphone, pbx"};
    read.transfer_route = static_cast<RouteChoice>(index);
  }
  read.seed = number_at(*json, "seed", read.seed);
  if (!(read.seed > -9e15 && read.seed < 9.1e15)) return {"bad_config", "\"seed\" is a whole number below 2^53"};
  config = read;
  return {};
}

}  // namespace offhook::wire
