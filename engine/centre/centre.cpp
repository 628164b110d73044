// So far: parses, and counts what it parsed.
#include "engine/centre/centre.h"

#include "engine/core/json_writer.h"
#include "engine/wire/json_in.h"

namespace offhook {

std::unique_ptr<Centre> Centre::create(std::string_view config_json, std::string& error) {
  if (!wire::parse_object(config_json, 1024 * 1024)) {
    error = R"({"code":"bad_config","message":"the configuration is not a JSON object"})";
    return nullptr;
  }
  return std::unique_ptr<Centre>(new Centre);
}

std::string_view Centre::receive(std::string_view bytes, double, double) {
  bool changed = false;
  while (parser_.next(bytes)) changed = true;
  if (!changed) return {};
  ++version_;
  return state();
}

std::string_view Centre::dispatch(std::string_view) { return state(); }

std::string_view Centre::state() {
  const ami::ParserCounters& counters = parser_.counters();
  out_.clear();
  JsonWriter json(out_);
  json.open('{').key("version").number(version_).key("error").null().key("wake_ms").null().key("changes").open('{').key("link").open('{');
  json.key("counters").open('{').key("bytes").number(static_cast<double>(counters.bytes)).key("events").number(static_cast<double>(counters.events));
  json.key("responses").number(static_cast<double>(counters.responses)).key("dropped").number(static_cast<double>(counters.dropped));
  json.close('}').close('}').close('}').key("effects").open('[').close(']').close('}');
  return out_;
}

}  // namespace offhook
