// What of the Centre is due when; monotonic milliseconds.
#pragma once

#include "engine/core/due.h"

namespace offhook::centre {

enum class Due : std::uint8_t { Show, Extension, Grace, Pause, Command, Pass, Reconcile, List, Calls, Queues, Lease, Acd, Spy, Arrive };
using Timers = offhook::Timers<Due>;

}  // namespace offhook::centre
