// What each status of an agent means at the PBX: one table for the Phone, which
// asks for the pause, and for the Centre, which sends it.
#pragma once

#include <array>

#include "engine/core/words.h"

namespace offhook::agent_status {

/// One row of the status table: what the PBX should do with the queue member.
struct PauseRule {
  AgentStatus status;
  bool paused;
  bool unchanged;  ///< ON_CALL: the calls say it already
};
inline constexpr std::array<PauseRule, 9> kPauseRules{{
    {AgentStatus::Online, false, false},
    {AgentStatus::Offline, true, false},
    {AgentStatus::Pause, true, false},
    {AgentStatus::Break, true, false},
    {AgentStatus::Training, true, false},
    {AgentStatus::Meeting, true, false},
    {AgentStatus::WrapUp, true, false},
    {AgentStatus::DoNotDisturb, true, false},
    {AgentStatus::OnCall, false, true},
}};

}  // namespace offhook::agent_status
