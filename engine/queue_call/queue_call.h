// One stay of one call in one queue, from the door to the end of the talk. It
// chooses nobody and knows no clock, no PBX and no record: engine/acd asks the
// matcher, arms the timers and writes. The agent's side is engine/centre_agent.
// Rows: docs/machines/queue_call.md
#pragma once

#include <string_view>
#include <vector>

#include "engine/core/schema.h"
#include "engine/fsm/table.h"

namespace offhook::queue_call {

enum class State : std::uint8_t { Idle, Queued, AgentRinging, Active, Terminating, Completed };
inline constexpr std::array<std::string_view, 6> kStateWords{"Idle", "Queued", "AgentRinging", "Active", "Terminating", "Completed"};

enum class On : std::uint8_t {
  QueueCall, AssignToAgent, AgentAccept, AgentNoAnswer, AgentReject, AgentUnavailable, BridgeFailed, QueueTimeout, LeaveKey, NoAgents,
  HangupCall, CallEnded, BlindTransfer, AttendedTransfer, AgentLegLost, Hold, Unhold, Lost, Terminated
};

/// How a stay, or the part of it with one agent, ended: `outcome` of a record.
enum class Outcome : std::uint8_t {
  None, Answered, Abandoned, Timeout, Overflow, TransferredBlind, TransferredAttended, Rejected, Error, Lost, PbxRestart
};
inline constexpr std::array<std::string_view, 11> kOutcomeWords{"", "answered", "abandoned", "timeout", "overflow", "transferred_blind",
                                                               "transferred_attended", "rejected", "error", "lost", "pbx_restart"};

/// Who ended it: `hangup_by` of a record.
enum class By : std::uint8_t { None, Caller, Agent, System, Supervisor };
inline constexpr std::array<std::string_view, 5> kByWords{"", "caller", "agent", "system", "supervisor"};

struct QueueCall {
  State state = State::Idle;
  Outcome outcome = Outcome::None;
  By hangup_by = By::None;
  int ringing = 0;       ///< agents who are rung for it now: one, or the set of a ring_all
  int attempts = 0;      ///< rounds of ringing that came to nothing
  int max_attempts = 0;  ///< after so many it overflows; 0: never
  int errors = 0;        ///< bridges that failed
  int returns = 0;       ///< times that an agent's leg was lost and the caller came back
  int max_returns = 0;   ///< after so many it ends with `error`
  Millis deadline_passed_at = 0;  ///< UTC; QueueTimeout came while it rang. 0: not
  Millis held_since = 0;          ///< monotonic + 1, 0: not on hold
  Millis hold_ms = 0;
};

struct Event {
  On on;
  Millis at = 0, mono = 0;
  std::string_view refusal{};  ///< QueueCall: full, closed, empty; empty: it may enter
  By by = By::None;            ///< HangupCall, CallEnded
  bool to_agent = false;       ///< AttendedTransfer: the target is an agent of ours
  bool void_offer = false;     ///< AgentUnavailable: the offer never was (a restart): no round is counted
  bool pbx_restarted = false;  ///< Lost
};

struct Context {
  QueueCall& call;
};

/// What engine/acd is asked to do, in this order.
enum class Do : std::uint8_t {
  AddToQueue, PlayQueueMusic, RouteToAgent, NotifyAgent, StartRingTimer, RemoveFromQueue, RouteToVoicemail, SendBYE, BridgeToAgent,
  StartCallRecording, ReleaseAgent, ReleaseOthers, FindNextAgent, SplitTalk, ReturnToHead, EndTalk, WriteRecord
};

struct Effects {
  std::vector<Do> todo;
};

struct Machine : fsm::Describes<Machine, State, On, Event, Context, Effects> {
  static constexpr auto& state_names = kStateWords;
  static constexpr std::array<std::string_view, 19> event_names{
      "QueueCall", "AssignToAgent", "AgentAccept", "AgentNoAnswer", "AgentReject", "AgentUnavailable", "BridgeFailed", "QueueTimeout", "LeaveKey", "NoAgents",
      "HangupCall", "CallEnded", "BlindTransfer", "AttendedTransfer", "AgentLegLost", "Hold", "Unhold", "Lost", "Terminated"};
  static const std::array<fsm::Row<Machine>, 48> table;
};

}  // namespace offhook::queue_call
