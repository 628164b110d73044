#include "engine/acd/replay.h"

#include "engine/acd/limits.h"
#include "engine/core/json_writer.h"
#include "engine/wire/json_in.h"

namespace offhook::acd {

const std::string& Replay::refused(std::string_view error) {
  text_.clear();
  JsonWriter(text_).open('{').key("error").raw(error).close('}');
  return text_;
}

const std::string& Replay::said(const Effects& effects) {
  text_.clear();
  JsonWriter json(text_);
  json.open('{').key("changed").flag(effects.changed).key("error");
  if (effects.code.empty()) json.null();
  else json.open('{').key("code").string(effects.code).key("message").string(effects.message).close('}');
  json.key("due").number(acd_.due());
  json.key("effects").open('[');
  for (const Effect& effect : effects.list) {
    std::string one;
    JsonWriter inner(one);
    write_effect(inner, effect);
    json.raw(one);
  }
  json.close(']');
  const auto items = [&](std::string_view key, const std::set<std::string>& names, const auto& write) {
    json.key(key).open('[');
    for (const std::string& name : names) {
      std::string one;
      JsonWriter inner(one);
      if (write(inner, name)) json.raw(one);
    }
    json.close(']');
  };
  items("queues", effects.queues, [this](JsonWriter& out, const std::string& name) { return acd_.write_queue(out, name); });
  items("agents", effects.agents, [this](JsonWriter& out, const std::string& name) { return acd_.write_agent(out, name); });
  items("calls", effects.calls, [this](JsonWriter& out, const std::string& name) { return acd_.write_call(out, name); });
  json.key("ended").open('[');
  for (const std::string& item : effects.ended) json.raw(item);
  json.close(']').key("gone").open('[');
  for (const std::string& name : effects.gone_queues) json.string(name);
  json.close(']').key("rows").open('[');
  for (const auto& [machine, row] : effects.rows) json.open('[').number(machine).number(row).close(']');
  json.close(']').close('}');
  return text_;
}

const std::string& Replay::tell(std::string_view line) {
  const auto json = wire::parse_object(line, limits::kSnapshotBytes);
  if (!json) return refused(R"({"code":"bad_event","message":"not a JSON object"})");
  std::string error;
  if (json->find("seed")) {
    acd_ = Acd(wire::number_at(*json, "seed"));
    return said({});
  }
  if (const wire::Json* snapshot = wire::object_at(*json, "restore")) {
    std::string whole;
    wire::write(whole, *snapshot);
    return acd_.restore(whole, error) ? said({}) : refused(error);
  }
  if (wire::flag_at(*json, "snapshot")) {
    acd_.snapshot(text_);
    return text_;
  }
  Event event;
  if (!read_event(*json, event, error)) return refused(error);
  Effects effects;
  acd_.apply(event, effects);
  return said(effects);
}

}  // namespace offhook::acd
