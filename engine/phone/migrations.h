// The stored state's schema and how an older one is read: one row a step, each
// on the parsed tree, taken in order until the present schema is reached.
// History of the schema: docs/storage.md.
#pragma once

#include <array>

#include "engine/wire/json_in.h"

namespace offhook {

/// 1: one snapshot of everything. 2: records (log, draft, agent, call, meta), `saved_at`, live calls that are looked for again.
inline constexpr double kStateSchema = 2;

struct Migration {
  double from, to;
  void (*apply)(wire::Json& state);
};

/// Brings `state` from `schema` to kStateSchema; false when no row leads there (newer, or never given out).
bool migrate(wire::Json& state, double schema);

}  // namespace offhook
