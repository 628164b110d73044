// A working day of a large centre in minutes: how long the engine needs for it, and what it still holds when all calls are over.
#pragma once

namespace offhook::acd_sim {

/// Prints one line of JSON; exit code 1 when memory grew.
int run_day(int agents, int calls);

}  // namespace offhook::acd_sim
