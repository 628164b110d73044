// Whether an endpoint is registered: evidence of four methods combined, a grace
// period for page reloads, and a guard for the day on which everybody seems to
// have gone at once. It changes no agent: what follows is engine/member's.
// Rows and the table of evidence: docs/machines/endpoint.md
#pragma once

#include <string>

#include "engine/core/schema.h"
#include "engine/fsm/table.h"

namespace offhook::endpoint {

/// What one method says about one endpoint; Unknown is no evidence.
enum class Verdict : std::uint8_t { Unknown, Registered, Unreachable, Unregistered };

/// Each method's last word, strongest first. A method that did not answer completely says Unknown.
struct Evidence {
  Verdict contacts = Verdict::Unknown;  ///< PJSIPShowContacts, and the live ContactStatus and PeerStatus
  Verdict statuses = Verdict::Unknown;  ///< PJSIPShowRegistrationInboundContactStatuses
  Verdict device = Verdict::Unknown;    ///< DeviceStateList, DeviceStateChange
  Verdict queue = Verdict::Unknown;     ///< QueueStatus, QueueMemberStatus: the member's Status, never its pause
  Verdict agents = Verdict::Unknown;    ///< Agents
};

/// Contacts over device states over queues over Agents. The two contact lists contradicting each other: Unknown.
Verdict combine(const Evidence& evidence);

/// One contact's word: Reachable and NonQualified (qualifying is off) are registered, Unreachable is not, Removed is gone.
Verdict of_contact(std::string_view status);
/// A PeerStatus: of the endpoint as a whole.
Verdict of_peer(std::string_view status);
/// A device state's word or a queue member's Status number; UNKNOWN and 0 say nothing.
Verdict of_device(std::string_view state);
/// AGENT_IDLE and AGENT_ONCALL are there; any other, and absence, says nothing.
Verdict of_agent(std::string_view status);

enum class State : std::uint8_t { Unknown, Registered, Leaving, Held, Away };
inline constexpr std::array<std::string_view, 5> kStateWords{"Unknown", "Registered", "Leaving", "Held", "Away"};

enum class On : std::uint8_t { Seen, Gone, GraceOver, PassOver, LinkDown };

struct Endpoint {
  State state = State::Unknown;
  Evidence evidence;
  Verdict verdict = Verdict::Unknown;  ///< the last that was not Unknown
  std::string reason;                  ///< the PBX's word or the method, in words
  Millis since = 0;                    ///< ms UTC, of the registration as shown
  bool believed = false;               ///< was seen registered, or its agent is not OFFLINE: counts for the guard
};

struct Event {
  On on;
  Verdict verdict = Verdict::Unknown;
  std::string_view reason{};
};

/// The neighbours, for the guard.
struct Context {
  Endpoint& endpoint;
  int vanishing;  ///< believed endpoints that are Leaving or Held, this one included
  int believed;   ///< those and the registered ones
  double share;   ///< of the configuration: mass_guard
  int more_than;
};

struct Effects {
  Millis at = 0, grace_ms = 30'000;
  Millis timer = -1;  ///< -1: leave it; 0: clear; else after so many ms
  bool gone = false;  ///< certain: presence is told
  bool back = false;
  bool mass_drop = false;
};

struct Machine : fsm::Describes<Machine, State, On, Event, Context, Effects> {
  static constexpr auto& state_names = kStateWords;
  static constexpr std::array<std::string_view, 5> event_names{"Seen", "Gone", "GraceOver", "PassOver", "LinkDown"};
  static const std::array<fsm::Row<Machine>, 12> table;
};

/// registered, unregistered, unreachable, unknown: what is shown, at once; the grace period only delays what follows.
std::string_view shown(const Endpoint& endpoint);

}  // namespace offhook::endpoint
