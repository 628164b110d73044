// Every bound of the matcher, with its reason. Beyond one of them a request is refused with its code, and nothing changes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace offhook::matcher::limits {

inline constexpr std::uint32_t kQueues = 5'000;      ///< what the largest cloud centres promise an organisation
inline constexpr std::uint32_t kAgents = 100'000;
inline constexpr std::uint32_t kWaiting = 200'000;   ///< waiting and ringing calls together
inline constexpr std::uint32_t kSkills = 1'000;
inline constexpr std::size_t kQueuesOfAgent = 5'000;
inline constexpr std::size_t kSkillsOfAgent = 200;   ///< a profile is compared with each requirement
inline constexpr std::size_t kNeeds = 50;            ///< skills that one requirement may ask for
inline constexpr std::size_t kSteps = 20;            ///< relaxation steps of a queue
inline constexpr int kLevelMost = 100;
inline constexpr int kPriorityMost = 100;            ///< either way
inline constexpr int kNumberMost = 1'000'000;        ///< penalties, positions and weights
inline constexpr double kTimeMost = 9'007'199'254'740'992;  ///< 2^53 ms: a double still counts single milliseconds
inline constexpr double kSpanMost = 365.0 * 86'400'000;     ///< a longer ageing, window or step is a mistyped one
inline constexpr std::size_t kFanOut = 50;           ///< agents whom one call of a ring_all queue rings at once
inline constexpr std::size_t kDecisions = 1'000;     ///< decisions whose explanation is kept
inline constexpr std::size_t kCandidatesKept = 5;    ///< candidates of a decision kept; their count is whole
inline constexpr std::size_t kCandidatesShown = 50;
inline constexpr std::size_t kExcludedShown = 200;

}  // namespace offhook::matcher::limits
