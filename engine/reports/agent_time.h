// What an agent's time went to: statuses as the CRM stored them, the calls' own times beside them, and a schedule to hold
// them against. Every interval is cut to the report's cells before it comes here. Definitions: docs/reports.md
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "engine/core/words.h"
#include "engine/reports/counters.h"

namespace offhook::reports {

inline constexpr std::size_t kStatuses = kAgentStatusWords.size();

struct AgentTime {
  std::array<Millis, kStatuses> in_status{};  ///< as stored: ON_CALL is not, it is taken out of ONLINE below
  Millis ring_ms = 0;                         ///< ringing of its calls
  Millis scheduled_ms = 0, adhered_ms = 0;    ///< of a schedule: planned, and spent as planned
  Millis planned_queue_ms = 0;                ///< planned for calls
  bool known = false;                         ///< any interval was given

  void add(const AgentTime& other);
  /// All statuses but OFFLINE.
  Millis logged_in() const;
  /// ONLINE and without a call.
  Millis available(const Counters& calls) const;
  /// For calls: ONLINE, ON_CALL, WRAP_UP.
  Millis on_queue() const;
};

struct AgentRules {
  bool ringing_is_handling = false;          ///< occupancy counts ringing
  std::array<bool, kStatuses> productive{};  ///< statuses beside calls that count as productive
};

struct AgentNumbers {
  Number occupancy, utilisation_staffed, utilisation_productive, adherence, conformance;
  Millis handle_ms = 0, available_ms = 0, logged_in_ms = 0;
};

AgentNumbers agent_numbers(const AgentTime& time, const Counters& calls, const AgentRules& rules);

/// True when who is in `actual` keeps to `planned`: the same, or for ONLINE anything that serves calls.
bool keeps_to(AgentStatus planned, AgentStatus actual);

/// One stretch of time in one status.
struct Stretch {
  AgentStatus status{};
  Millis since = 0, until = 0;
};

/// How long `actual` kept to `planned`; both sorted, neither overlapping itself.
Millis kept(const std::vector<Stretch>& planned, const std::vector<Stretch>& actual);

}  // namespace offhook::reports
