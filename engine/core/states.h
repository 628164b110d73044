// The states of the machines, each with its words: a record shows the state of
// its machine by them. What each state means stands in docs/machines.
#pragma once

#include "engine/core/words.h"

namespace offhook {

/// State words of the machines that a record carries. The lists are checked
/// against the machines' own names in tests/engine/words_test.cpp.
enum class CallState : std::uint8_t { Idle, Dialing, Ringing, Offered, Answering, Active, Ending, Ended, Recovering };
inline constexpr WordList<9> kCallStateWords{"Idle",   "Dialing", "Ringing", "Offered",   "Answering",
                                             "Active", "Ending",  "Ended",   "Recovering"};

/// Hold and mute: what was asked for is not what is so.
enum class SwitchState : std::uint8_t { Off, TurningOn, On, TurningOff };
inline constexpr WordList<4> kSwitchStateWords{"Off", "TurningOn", "On", "TurningOff"};

enum class DtmfState : std::uint8_t { Idle, Collecting, Sending };
inline constexpr WordList<3> kDtmfStateWords{"Idle", "Collecting", "Sending"};

enum class TransferState : std::uint8_t { Idle, Requested, Accepted, Done, Failed };
inline constexpr WordList<5> kTransferStateWords{"Idle", "Requested", "Accepted", "Done", "Failed"};

enum class RegistrationState : std::uint8_t { Idle, Registering, Registered, Unregistered, Failed };
inline constexpr WordList<5> kRegistrationStateWords{"Idle", "Registering", "Registered", "Unregistered", "Failed"};

enum class ContactState : std::uint8_t { Idle, Looking, Known, Failed, Skipped };
inline constexpr WordList<5> kContactStateWords{"Idle", "Looking", "Known", "Failed", "Skipped"};

/// Delivery of one call_log to the backend.
enum class DeliveryState : std::uint8_t { Unwritten, Creating, Saved, Updating, Waiting, Rejected, Discarded };
inline constexpr WordList<7> kDeliveryStateWords{"Unwritten", "Creating", "Saved", "Updating", "Waiting", "Rejected", "Discarded"};

enum class ActivityState : std::uint8_t { Idle, OnCall, WrapUp };
inline constexpr WordList<3> kActivityStateWords{"Idle", "OnCall", "WrapUp"};

/// CRM write of the agent's status.
enum class StatusWriteState : std::uint8_t { Settled, Saving, Waiting };
inline constexpr WordList<3> kStatusWriteStateWords{"Settled", "Saving", "Waiting"};

/// Queue pause at the PBX. `recorded`: the backend holds it and has no PBX to tell.
enum class PauseState : std::uint8_t { Unknown, Pending, Synced, Recorded, Failed };
inline constexpr WordList<5> kPauseStateWords{"unknown", "pending", "synced", "recorded", "failed"};

enum class LinkState : std::uint8_t { Closed, Connecting, Open, Waiting, Silent };
inline constexpr WordList<5> kLinkStateWords{"Closed", "Connecting", "Open", "Waiting", "Silent"};

/// An attended transfer: the customer waits while the agent asks somebody.
enum class ConsultState : std::uint8_t { Idle, Consulting, Ready, Completing, Cancelling, Conference };
inline constexpr WordList<6> kConsultStateWords{"Idle", "Consulting", "Ready", "Completing", "Cancelling", "Conference"};

/// Two calls joined, so that all three hear each other.
enum class ConferenceState : std::uint8_t { Idle, Merging, Merged, Splitting };
inline constexpr WordList<4> kConferenceStateWords{"Idle", "Merging", "Merged", "Splitting"};

/// Recording of one call, as the backend confirms it.
enum class RecordingState : std::uint8_t { Off, Starting, On, Pausing, Paused, Resuming, Stopping };
inline constexpr WordList<7> kRecordingStateWords{"Off", "Starting", "On", "Pausing", "Paused", "Resuming", "Stopping"};

/// What is heard of one call, from the softphone's measurements.
enum class QualityState : std::uint8_t { Unknown, Good, Fair, Poor };
inline constexpr WordList<4> kQualityStateWords{"Unknown", "Good", "Fair", "Poor"};

/// This tab among the tabs of one extension. `Alone`: there are no others to share with (Node, or not asked for).
enum class TabState : std::uint8_t { Alone, Follower, Suspecting, Leader, Deposed };
inline constexpr WordList<5> kTabStateWords{"Alone", "Follower", "Suspecting", "Leader", "Deposed"};

}  // namespace offhook
