// "Why am I not getting calls?": every reason that is known, the most important
// first. Derived from the state and nothing else. docs/machines/blockers.md
// says what each means and what to do.
#include "engine/phone/blockers.h"

#include <cmath>

namespace offhook {

std::size_t find_blockers(const Model& m, const Config& config, BlockerList& list) {
  std::size_t count = 0;
  auto add = [&](Blocker reason, Millis since = 0, Millis until = 0, Text text = {}) {
    if (count < list.size()) list[count++] = {.reason = reason, .since = since, .until = until, .text = text, .in_use = true};
  };
  const Agent& agent = m.agent;
  const bool follows = m.tab.state == TabState::Follower || m.tab.state == TabState::Suspecting || m.tab.state == TabState::Deposed;
  if (follows) add(Blocker::TabFollower, m.tab.since, 0, m.tab.leader);
  if (m.root.phase == Phase::Failed) add(Blocker::SoftphoneFailed, 0, 0, m.notice.code == Notice::SoftphoneFailed ? m.notice.text : Text{});
  if (m.root.phase == Phase::Loading || m.root.phase == Phase::Initializing) add(Blocker::NotReady);
  if (m.root.phase == Phase::Ready && m.registration.state != RegistrationState::Registered)
    add(Blocker::NotRegistered, m.registration.since, m.registration.retry_at, m.registration.reason);
  if (m.devices.permission == Permission::Denied || m.devices.permission == Permission::Missing) add(Blocker::MicrophoneDenied);

  if (!agent.known) add(Blocker::StatusUnknown);
  switch (agent.status) {
    case AgentStatus::Online: break;
    case AgentStatus::Offline:
      if (agent.known) add(Blocker::Offline, agent.since, 0, agent.reason);
      break;
    case AgentStatus::Pause:
    case AgentStatus::Break:
    case AgentStatus::Training:
    case AgentStatus::Meeting:
    case AgentStatus::DoNotDisturb: add(Blocker::Paused, agent.since, 0, agent.reason); break;
    case AgentStatus::WrapUp: add(Blocker::WrapUp, agent.since, agent.wrap_up_ends_at); break;
    case AgentStatus::OnCall: add(Blocker::OnCall, agent.since); break;
  }
  const bool rests_next = agent.status == AgentStatus::OnCall || agent.status == AgentStatus::WrapUp;
  if (rests_next && agent.next_status != MaybeStatus::None && agent.next_status != MaybeStatus::Online)
    add(Blocker::Paused, 0, 0,
        agent.next_reason);  // the queues are paused already
  double live = 0;
  for (const Call& call : m.calls) live += call.in_use && call.state != CallState::Ended && call.state != CallState::Idle;
  if (live >= config.calls_max) add(Blocker::TooManyCalls);

  if (agent.pause == PauseState::Failed) add(Blocker::PauseFailed, 0, 0, agent.pause_reason);
  if (agent.pause == PauseState::Pending) add(Blocker::PausePending, 0, 0, agent.pause_reason);
  const Connection& link = m.connection;
  if (link.events == LinkState::Silent) add(Blocker::LinkSilent, link.last_heard_at);
  const bool down = config.has_events_socket && link.events != LinkState::Open && link.events != LinkState::Silent;
  if (down && m.root.phase != Phase::Loading) add(Blocker::LinkDown, link.since, link.retry_at);
  if (m.storage_failed_at != 0) add(Blocker::StorageFailing, m.storage_failed_at);
  if (std::abs(link.skew_ms) > limits::kClockWrong) add(Blocker::ClockWrong);
  if (m.notice.code == Notice::TabFrozen) add(Blocker::TabFrozen, m.notice.at, 0, m.notice.text);
  return count;
}

}  // namespace offhook
