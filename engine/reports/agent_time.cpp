#include "engine/reports/agent_time.h"

#include <algorithm>

namespace offhook::reports {

namespace {
constexpr std::size_t at(AgentStatus status) { return static_cast<std::size_t>(status); }
constexpr bool serves(AgentStatus status) { return status == AgentStatus::Online || status == AgentStatus::OnCall || status == AgentStatus::WrapUp; }
}  // namespace

void AgentTime::add(const AgentTime& other) {
  for (std::size_t i = 0; i < kStatuses; ++i) in_status[i] += other.in_status[i];
  ring_ms += other.ring_ms;
  scheduled_ms += other.scheduled_ms;
  adhered_ms += other.adhered_ms;
  planned_queue_ms += other.planned_queue_ms;
  known = known || other.known;
}

Millis AgentTime::logged_in() const {
  Millis sum = 0;
  for (std::size_t i = 0; i < kStatuses; ++i)
    if (i != at(AgentStatus::Offline)) sum += in_status[i];
  return sum;
}

Millis AgentTime::available(const Counters& calls) const {
  const Millis online = in_status[at(AgentStatus::Online)] + in_status[at(AgentStatus::OnCall)];
  return std::max(0.0, online - calls.talk_ms - calls.hold_ms - ring_ms);
}

Millis AgentTime::on_queue() const { return in_status[at(AgentStatus::Online)] + in_status[at(AgentStatus::OnCall)] + in_status[at(AgentStatus::WrapUp)]; }

AgentNumbers agent_numbers(const AgentTime& time, const Counters& calls, const AgentRules& rules) {
  AgentNumbers n;
  n.handle_ms = calls.talk_ms + calls.hold_ms + calls.wrap_up_ms + (rules.ringing_is_handling ? time.ring_ms : 0);
  if (!time.known) return n;  // no status was told: what share of which time is not known
  n.logged_in_ms = time.logged_in();
  n.available_ms = time.available(calls);
  n.occupancy = ratio(n.handle_ms, n.handle_ms + n.available_ms);
  n.utilisation_staffed = ratio(n.handle_ms + n.available_ms, n.logged_in_ms);
  Millis productive = 0;
  for (std::size_t i = 0; i < kStatuses; ++i)
    if (rules.productive[i]) productive += time.in_status[i];
  n.utilisation_productive = ratio(n.handle_ms + productive, n.logged_in_ms);
  n.adherence = ratio(time.adhered_ms, time.scheduled_ms);
  n.conformance = ratio(time.on_queue(), time.planned_queue_ms);
  return n;
}

bool keeps_to(AgentStatus planned, AgentStatus actual) { return planned == actual || (planned == AgentStatus::Online && serves(actual)); }

Millis kept(const std::vector<Stretch>& planned, const std::vector<Stretch>& actual) {
  Millis sum = 0;
  std::size_t first = 0;
  for (const Stretch& plan : planned) {
    while (first < actual.size() && actual[first].until <= plan.since) ++first;
    for (std::size_t i = first; i < actual.size() && actual[i].since < plan.until; ++i)
      if (keeps_to(plan.status, actual[i].status)) sum += std::min(plan.until, actual[i].until) - std::max(plan.since, actual[i].since);
  }
  return sum;
}

}  // namespace offhook::reports
