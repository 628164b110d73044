#include "engine/phone/migrations.h"

#include <algorithm>

namespace offhook {
namespace {

void set_number(wire::Json& object, std::string_view key, double value) {
  for (std::size_t i = 0; i < object.names.size(); ++i) {
    if (object.names[i] != key) continue;
    object.items[i] = {.type = wire::Json::Type::Number, .whole = true, .number = value};
    return;
  }
  object.names.emplace_back(key);
  object.items.push_back({.type = wire::Json::Type::Number, .whole = true, .number = value});
}

/// Schema 1 did not say when it was written: the latest time that stands in any leaf is the last at which that page is known to have lived.
void say_when_saved(wire::Json& state) {
  double latest = 0;
  const wire::Json* leaves = wire::array_at(state, "leaves");
  if (!leaves) return;
  for (const wire::Json& leaf : leaves->items) {
    const wire::Json* value = wire::object_at(leaf, "value");
    if (!value) continue;
    for (const std::string_view key : {"since", "at", "startedAt", "ringingAt", "connectedAt", "endedAt", "heldSince", "started_at",
                                       "connected_at", "ended_at", "lastHeardAt"})
      latest = std::max(latest, wire::number_at(*value, key));
  }
  set_number(state, "saved_at", latest);
}

constexpr std::array<Migration, 1> kMigrations{{
    {1, 2, say_when_saved},
}};

}  // namespace

bool migrate(wire::Json& state, double schema) {
  for (const Migration& step : kMigrations) {
    if (step.from != schema) continue;
    step.apply(state);
    schema = step.to;
  }
  return schema == kStateSchema;
}

}  // namespace offhook
