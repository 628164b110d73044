// What the PBX's words prove about a registration, and which proof counts.
// Table: docs/machines/endpoint.md, "Evidence".
#include "engine/endpoint/endpoint.h"

namespace offhook::endpoint {

Verdict of_contact(std::string_view status) {
  // Lists of old versions write the label in other cases ("Avail", "NonQual" is the CLI's): only the labels of AMI are read.
  if (status == "Reachable" || status == "NonQualified" || status == "Created" || status == "Updated") return Verdict::Registered;
  if (status == "Unreachable") return Verdict::Unreachable;
  if (status == "Removed") return Verdict::Unregistered;
  return Verdict::Unknown;
}

Verdict of_peer(std::string_view status) {
  if (status == "Registered" || status == "Reachable" || status == "Lagged") return Verdict::Registered;
  if (status == "Unregistered" || status == "Rejected") return Verdict::Unregistered;
  if (status == "Unreachable") return Verdict::Unreachable;
  return Verdict::Unknown;
}

Verdict of_device(std::string_view state) {
  if (state == "UNAVAILABLE" || state == "INVALID" || state == "5" || state == "4") return Verdict::Unregistered;
  if (state == "UNKNOWN" || state == "0" || state.empty()) return Verdict::Unknown;
  return Verdict::Registered;
}

Verdict of_agent(std::string_view status) { return status == "AGENT_IDLE" || status == "AGENT_ONCALL" ? Verdict::Registered : Verdict::Unknown; }

Verdict combine(const Evidence& evidence) {
  const Verdict first = evidence.contacts, second = evidence.statuses;
  if (first != Verdict::Unknown && second != Verdict::Unknown && (first == Verdict::Registered) != (second == Verdict::Registered)) return Verdict::Unknown;
  if (first != Verdict::Unknown) return first;
  if (second != Verdict::Unknown) return second;
  if (evidence.device != Verdict::Unknown) return evidence.device;
  if (evidence.queue != Verdict::Unknown) return evidence.queue;
  return evidence.agents;
}

std::string_view shown(const Endpoint& endpoint) {
  if (endpoint.state == State::Unknown) return "unknown";
  switch (endpoint.verdict) {
    case Verdict::Registered: return "registered";
    case Verdict::Unreachable: return "unreachable";
    case Verdict::Unregistered: return "unregistered";
    case Verdict::Unknown: break;
  }
  return "unknown";
}

}  // namespace offhook::endpoint
