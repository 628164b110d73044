#include "engine/centre/settings.h"

#include "engine/core/json_writer.h"
#include "engine/wire/json_in.h"

namespace offhook::centre {

namespace {

bool refuse(std::string& error, std::string_view message) {
  JsonWriter json(error);
  json.open('{').key("code").string("bad_config").key("message").string(message).close('}');
  return false;
}

/// "3-5", least and most digits.
bool read_pattern(std::string_view text, int& least, int& most) {
  if (text.size() < 3 || text.size() > 5) return false;
  const std::size_t dash = text.find('-');
  if (dash == text.npos || dash == 0 || dash + 1 == text.size()) return false;
  int numbers[2] = {0, 0};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == dash) continue;
    if (text[i] < '0' || text[i] > '9') return false;
    int& n = numbers[i > dash];
    n = n * 10 + (text[i] - '0');
  }
  least = numbers[0];
  most = numbers[1];
  return least > 0 && most >= least && most <= 15;
}

}  // namespace

bool read_settings(std::string_view text, Settings& s, std::string& error) {
  const auto json = wire::parse_object(text, 8 * 1024 * 1024);
  if (!json) return refuse(error, "the configuration is not a JSON object");
  if (const wire::Json* agents = wire::array_at(*json, "agents"))
    for (const wire::Json& agent : agents->items)
      s.agents.push_back({wire::text_at(agent, "extension"), wire::text_at(agent, "endpoint"), wire::text_at(agent, "name")});
  s.seed = wire::number_at(*json, "seed", s.seed);
  if (json->find("extension_pattern") && !read_pattern(wire::text_at(*json, "extension_pattern"), s.least_digits, s.most_digits))
    return refuse(error, "extension_pattern is least-most digits, like 3-5");
  s.learn_extensions = wire::flag_at(*json, "learn_extensions");
  s.literal_seed_rules = wire::flag_at(*json, "literal_seed_rules");
  s.pull_back = wire::flag_at(*json, "pull_back", s.pull_back);
  s.tell_agent = wire::flag_at(*json, "tell_agent");
  if (std::string classes = wire::text_at(*json, "event_classes"); !classes.empty()) s.event_classes = std::move(classes);
  struct Named {
    std::string_view name;
    Millis* value;
    Millis least;
  };
  const Named times[] = {{"grace_ms", &s.grace_ms, 0},         {"sync_ms", &s.sync_ms, 1000}, {"reconcile_ms", &s.reconcile_ms, 1000}, {"ping_ms", &s.ping_ms, 1000},
                         {"list_ms", &s.list_ms, 100},         {"coalesce_ms", &s.coalesce_ms, 0}, {"arbitration_ms", &s.arbitration_ms, 0}, {"echo_ms", &s.echo_ms, 0},
                         {"wrap_up_ms", &s.wrap_up_ms, 0}};
  for (const Named& time : times) {
    *time.value = wire::number_at(*json, time.name, *time.value);
    if (!(*time.value >= time.least && *time.value <= 86'400'000)) return refuse(error, std::string(time.name) + " is out of range");
  }
  if (const wire::Json* guard = wire::object_at(*json, "mass_guard")) {
    s.guard_share = wire::number_at(*guard, "share", s.guard_share);
    s.guard_more_than = static_cast<int>(wire::number_at(*guard, "more_than", s.guard_more_than));
    if (!(s.guard_share >= 0 && s.guard_share <= 1) || s.guard_more_than < 0) return refuse(error, "mass_guard: share is 0 to 1, more_than 0 or more");
  }
  return true;
}

}  // namespace offhook::centre
