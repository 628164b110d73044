// The Centre's configuration (docs/centre.md), read once and bounded.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/schema.h"
#include "engine/pbx/directory.h"

namespace offhook::centre {

struct Settings {
  std::vector<pbx::AgentEntry> agents;
  double seed = 1;
  int least_digits = 3, most_digits = 5;
  bool learn_extensions = false;
  std::string event_classes = "system,call,agent,user";
  Millis grace_ms = 30'000, sync_ms = 300'000, reconcile_ms = 60'000, ping_ms = 15'000, list_ms = 30'000, coalesce_ms = 100, arbitration_ms = 10'000,
         echo_ms = 2'000, wrap_up_ms = 30'000;
  double guard_share = 0.5;
  int guard_more_than = 3;
  bool literal_seed_rules = false;
  bool pull_back = true;    ///< callers whom the PBX's own queue has may be offered to agents of ours
  bool tell_agent = false;  ///< an agent is told who listens to him
};

/// False: `error` is `{"code","message"}`.
bool read_settings(std::string_view json, Settings& settings, std::string& error);

}  // namespace offhook::centre
