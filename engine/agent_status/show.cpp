#include "engine/agent_status/agent_status.h"

namespace offhook::agent_status {

bool is_automatic(std::string_view reason) { return reason.substr(0, 5) == "Auto:"; }

void remember(Agent& agent) {
  if (agent.intent == AgentStatus::WrapUp) return;
  agent.resume = agent.intent;
  agent.resume_reason = agent.intent_reason;
}

void show(Agent& agent, const Out& out) {
  AgentStatus status = agent.intent;
  Text reason = agent.intent_reason;
  Millis since = agent.intent_since;
  StatusSource source = agent.intent_source;
  if (agent.activity == ActivityState::OnCall) status = AgentStatus::OnCall, reason = {}, since = out.at, source = StatusSource::Call;
  if (agent.activity == ActivityState::WrapUp) status = AgentStatus::WrapUp, reason = {}, since = out.at, source = StatusSource::Call;
  if (status == agent.status && reason == agent.reason && agent.since != 0) return;
  agent.status = status;
  agent.reason = reason;
  agent.since = since;
  agent.source = source;
}

}  // namespace offhook::agent_status
