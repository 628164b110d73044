// Everything that the contact centre is told (docs/queues.md, "The acd as C++"): one typed struct, with a JSON codec. What of it changed
// anything is the journal. It carries no AMI word: engine/centre/routing*.cpp makes these of what the PBX said.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/acd/settings.h"

namespace offhook::acd {

enum class On : std::uint8_t {
  Configured, LinkChanged, Intent, Registered, PhoneBusy, QueueCall, Offered, AgentAccept, AgentNoAnswer, AgentReject, AgentUnavailable,
  BridgeFailed, Hold, Unhold, HangupCall, CallEnded, BlindTransfer, AttendedTransfer, AgentLegLost, LeftQueue, Observed, Priority, Move,
  CompleteWrapUp, ExtendWrapUp, RejectOffer, SetRecording, AdoptCall, SweepDone, PbxRestarted, Restarted, Woke
};
inline constexpr WordList<32> kOnWords{
    "Configured", "LinkChanged", "Intent", "Registered", "PhoneBusy", "QueueCall", "Offered", "AgentAccept", "AgentNoAnswer", "AgentReject", "AgentUnavailable",
    "BridgeFailed", "Hold", "Unhold", "HangupCall", "CallEnded", "BlindTransfer", "AttendedTransfer", "AgentLegLost", "LeftQueue", "Observed", "Priority", "Move",
    "CompleteWrapUp", "ExtendWrapUp", "RejectOffer", "SetRecording", "AdoptCall", "SweepDone", "PbxRestarted", "Restarted", "Woke"};

/// Observed (mode `asterisk`): what app_queue decided.
enum class Observed : std::uint8_t { None, Joined, AgentCalled, AgentRingNoAnswer, AgentConnect, AgentComplete, CallerAbandon, CallerLeave, Timeout, Exit };
inline constexpr WordList<10> kObservedWords{"",             "Joined",        "AgentCalled", "AgentRingNoAnswer", "AgentConnect",
                                            "AgentComplete", "CallerAbandon", "CallerLeave", "Timeout",           "Exit"};

/// LeftQueue: how the caller left. `Fallback`: the PBX's own Queue() has him; `Overflow`: an overflow of ours is confirmed;
/// `Taken`: a person took him; `Key`: he pressed one.
enum class How : std::uint8_t { None, Fallback, Overflow, Taken, Key };
inline constexpr WordList<5> kHowWords{"", "fallback", "overflow", "taken", "key"};

/// AdoptCall: where the PBX has the call.
enum class Where : std::uint8_t { Waiting, Ringing, Talking };
inline constexpr WordList<3> kWhereWords{"waiting", "ringing", "talking"};

/// Which side ended a call.
enum class Side : std::uint8_t { None, Caller, Agent, System, Supervisor };
inline constexpr WordList<5> kSideWords{"", "caller", "agent", "system", "supervisor"};

/// One input. Which fields an event uses is said beside each; all others are left as they are.
struct Event {
  On on = On::Woke;
  Millis at = 0;    ///< ms UTC
  Millis mono = 0;  ///< monotonic ms of the host
  /// The next local midnight, ms UTC: "today" begins anew there. 0: as told before.
  Millis midnight = 0;

  std::string call{};     ///< call id: the Linkedid of its first leg, or a callback's own
  std::string queue{};    ///< QueueCall, AdoptCall, Move (the target), Observed
  std::string agent{};    ///< extension; AttendedTransfer: the target's, when he is an agent
  std::string from{}, to{}; ///< QueueCall, AdoptCall, Observed Joined: numbers
  std::string number{};   ///< QueueCall without a channel: a callback to this number
  std::string target{};   ///< BlindTransfer, AttendedTransfer
  std::string text{};     ///< Intent: its reason; AgentUnavailable: cause (`busy`, or anything else); SetRecording: url;
                          ///< AgentAccept, AttendedTransfer, AdoptCall talking, Observed AgentConnect: Uniqueid of the agent's leg
  std::string source{};   ///< Intent: who caused it; `acd` and `auto` are our own status.write coming back, `kept` is what the CRM held when the hub began
  std::string sticky{};   ///< QueueCall: the agent whose call it is
  AgentStatus status = AgentStatus::Offline;  ///< Intent
  Observed what = Observed::None;             ///< Observed
  How how = How::None;                        ///< LeftQueue
  Where where = Where::Waiting;               ///< AdoptCall
  Side by = Side::None;                       ///< CallEnded, HangupCall
  bool yes = false;                           ///< LinkChanged (live), Registered, PhoneBusy
  double attempt = 0;      ///< Offered, AgentAccept, AgentNoAnswer …, AdoptCall: of the effect `offer`. 0: whichever is open
  double priority = 0;     ///< QueueCall, Priority, AdoptCall
  Millis ms = 0;           ///< ExtendWrapUp
  Millis enqueued_at = 0;  ///< QueueCall, AdoptCall; 0: now
  Millis answered_at = 0;  ///< AdoptCall, talking; 0: not known
  std::vector<SkillNeed> skills{};              ///< QueueCall: of this call, besides its queue's
  std::shared_ptr<const Settings> settings{};   ///< Configured
};

/// As one JSON object, only what differs from the defaults: a journal entry.
void write_event(JsonWriter& json, const Event& event);
/// False: `error` is `{"code","message"}`, and `event` is not to be used.
bool read_event(std::string_view text, Event& event, std::string& error);
bool read_event(const wire::Json& json, Event& event, std::string& error);

}  // namespace offhook::acd
