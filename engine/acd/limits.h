// Every bound of the contact centre that is not the matcher's own (engine/matcher/limits.h).
#pragma once

#include <cstddef>

namespace offhook::acd::limits {

inline constexpr std::size_t kNameBytes = 200;     ///< queue, agent, call, skill
inline constexpr std::size_t kTextBytes = 2'000;   ///< reasons, numbers, targets
inline constexpr std::size_t kStays = 200'000;     ///< calls in all queues
inline constexpr std::size_t kAgents = 100'000;    ///< those of whom was told, members of a queue or not
inline constexpr std::size_t kMissed = 100;        ///< agents kept for one call who did not take it
inline constexpr std::size_t kLastRecords = 1'000; ///< calls whose last record is known when they come back
inline constexpr std::size_t kPlacesTold = 10;     ///< of a queue's line, whose places are told anew whenever they change
inline constexpr int kQueueHops = 5;               ///< queues that a call overflows through, one after the other
inline constexpr double kTimeMost = 8'000'000'000'000'000;  ///< what JsonWriter still writes
inline constexpr double kSpanMost = 365.0 * 86'400'000;
inline constexpr std::size_t kEntryBytes = 32u * 1024 * 1024;      ///< a journal entry: settings are the largest
inline constexpr std::size_t kSnapshotBytes = 512u * 1024 * 1024;

// Time limits that are not an administrator's (milliseconds).
inline constexpr double kOfferMs = 5'000;       ///< an offer of which the PBX shows nothing by then was none
inline constexpr double kRingGraceMs = 3'000;   ///< the PBX ends a ring itself; this long after it we do
inline constexpr double kCallbackMs = 60'000;  ///< a callback rings the customer when the agent is there
inline constexpr double kCallbackWaitMs = 86'400'000;  ///< a callback waits so long at most
inline constexpr double kLeaveMs = 15'000;      ///< an overflow that nothing confirms by then is taken as done
inline constexpr double kLeftMs = 2'000;        ///< mode asterisk: left the queue, and neither connected nor abandoned by then
inline constexpr double kSweepMs = 10'000;     ///< who is left over from before is told by then, or is not asked about any more
inline constexpr double kOptionalMs = 60'000;   ///< wrap-up `optional`: so long after the call it may be begun
inline constexpr int kReturns = 3;              ///< agents' legs lost before a call is given up

}  // namespace offhook::acd::limits
