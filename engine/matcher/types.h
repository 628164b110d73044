// What the matcher is told and what it answers: plain values. Queues, agents, skills and calls are dense handles (0, 1, 2, …);
// their names live outside. All times are milliseconds of one clock, whichever the caller takes, and all decisions depend only on what
// was told. docs/matcher.md says what each word means.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/core/schema.h"
#include "engine/matcher/limits.h"

namespace offhook::matcher {

using QueueId = std::uint32_t;
using AgentId = std::uint32_t;
using SkillId = std::uint32_t;
using CallId = std::uint32_t;
inline constexpr std::uint32_t kNone = 0xFFFFFFFF;

enum class Strategy : std::uint8_t { LongestIdle, Priority, Skills, RoundRobin, Sticky, FewestCalls, LeastTalk, Random, RingAll, Linear };
inline constexpr std::string_view kStrategyNames[] = {"longest_idle", "priority",   "skills", "round_robin", "sticky",
                                                      "fewest_calls", "least_talk", "random", "ring_all",    "linear"};

/// One skill that is asked for. Mandatory: the agent has it at `min` at least. Otherwise it only ranks, in strategy `skills`.
struct Need {
  SkillId skill = 0;
  int min = 1, weight = 1;
  bool mandatory = true;
  bool operator==(const Need&) const = default;
};

/// From `after_ms` of waiting on, what is asked for instead.
struct Step {
  Millis after_ms = 0;
  std::vector<Need> needs;
  bool operator==(const Step&) const = default;
};

struct QueueSettings {
  Strategy strategy = Strategy::LongestIdle;
  bool open = true;               ///< closed: new calls are refused, waiting ones are still served
  int weight = 0;                 ///< the heavier queue's calls go first
  std::uint32_t max_waiting = 0;  ///< 0: as many as come
  Millis ageing_ms = 60'000;      ///< one point of priority is so much waiting
  Millis sticky_ms = 30'000;      ///< strategy sticky: so long after it was queued a call is its own agent's only
  std::vector<Need> needs;
  std::vector<Step> relaxation;   ///< by `after_ms`, rising
  bool operator==(const QueueSettings&) const = default;
};

struct Level {
  SkillId skill = 0;
  int level = 1;
  bool operator==(const Level&) const = default;
};

struct Membership {
  QueueId queue = 0;
  int penalty = 0;   ///< the lowest penalty with anybody free goes first
  int position = 0;  ///< order of round_robin and linear
  int weight = 1;    ///< share in random; at least 1
  bool operator==(const Membership&) const = default;
};

struct AgentSettings {
  std::vector<Level> skills;
  std::vector<Membership> queues;
  bool operator==(const AgentSettings&) const = default;
};

struct NewCall {
  QueueId queue = 0;
  Millis enqueued_at = 0;   ///< the first time it was queued: what it keeps for good
  int priority = 0;         ///< larger is earlier
  std::vector<Need> needs;  ///< of this call, besides its queue's
  AgentId sticky = kNone;   ///< whose call it is, in a queue of strategy sticky
  double seq = 0;           ///< after a restart: as `seq()` told; 0: the next one
};

/// What an agent is to the matcher, and why a candidate was none: one list, as an explanation names them.
enum class Why : std::uint8_t {
  Ready, Offline, Break, NotRegistered, OnCall, Ringing, WrapUp, CoolDown, LinkDown,            // an agent's own
  NotInQueue, MissedThisCall, SkillMissing, NotTheStickyAgent, OtherQueueFirst,  // of a pair
};
inline constexpr std::string_view kWhyNames[] = {"ready",     "offline",      "break",            "not_registered", "on_call",
                                                 "ringing",   "wrap_up",      "cool_down",        "link_down",      "not_in_queue",
                                                 "missed_this_call", "skill_missing", "not_the_sticky_agent", "other_queue_first"};

/// Absent: nobody waits for him, and his sticky calls go to others. Everybody else may be back soon.
constexpr bool is_absent(Why why) { return why == Why::Offline || why == Why::NotRegistered; }

/// Why this agent, or why nobody.
enum class Reason : std::uint8_t {
  LongestIdle, BestFit, NextInTurn, StickyAgent, FewestCalls, LeastTalk, Drawn, AllAtOnce, FirstInLine, OnlyOne,  // decided
  Ringing, LinkDown, NoMembers, NobodyPresent, NobodyFree, SkillMissing, StickyAgentBusy, OnlyMissed,             // it waits
};
inline constexpr std::string_view kReasonNames[] = {"longest_idle", "best_fit",    "next_in_turn",  "sticky_agent", "fewest_calls",  "least_talk",
                                                    "drawn",        "all_at_once", "first_in_line", "only_one",     "ringing",       "link_down",
                                                    "no_members",   "nobody_present", "nobody_free", "skill_missing", "sticky_agent_busy", "only_missed"};

enum class Refusal : std::uint8_t {
  None, UnknownQueue, UnknownAgent, UnknownCall, QueueClosed, QueueFull, QueueInUse, AgentInUse, TooManyQueues, TooManyAgents, TooManyWaiting,
  TooManySkills, TooManyNeeds, BadNumber, NotWaiting,
};
inline constexpr std::string_view kRefusalNames[] = {"",              "unknown_queue",   "unknown_agent",    "unknown_call",    "queue_closed",
                                                     "queue_full",    "queue_in_use",    "agent_in_use",     "too_many_queues", "too_many_agents",
                                                     "too_many_waiting", "too_many_skills", "too_many_needs", "bad_number",     "not_waiting"};

/// A reservation: from now on the call is this agent's (and, of a ring_all queue, the others'), and they are nobody else's.
struct Decision {
  CallId call = kNone;
  QueueId queue = kNone;
  AgentId agent = kNone;
  std::vector<AgentId> others;  ///< ring_all: whom it rings besides
  Reason reason = Reason::LongestIdle;
};

struct Candidate {
  AgentId agent = kNone;
  int rank = 0;          ///< 1 is the first
  double score[3] = {};  ///< what was compared, in this order: penalty, the strategy's number, free since; smaller is first
  bool chosen = false;
};

struct Excluded {
  AgentId agent = kNone;
  Why why = Why::Ready;
  Millis until = 0;  ///< 0: not known
  SkillId skill = kNone;
  int level = 0;     ///< what was asked of that skill
};

struct Explanation {
  CallId call = kNone;
  double seq = 0;
  QueueId queue = kNone;
  Millis at = 0;
  Strategy strategy = Strategy::LongestIdle;
  double order_key = 0;
  int step = 0;                  ///< 0: what was asked at first; n: relaxation step n
  std::uint32_t position = 0, ahead = 0;
  AgentId agent = kNone;         ///< who was chosen; kNone: it waits
  Reason reason = Reason::NobodyFree;
  std::vector<Candidate> candidates;
  std::vector<Excluded> excluded;
  std::uint32_t candidate_count = 0, excluded_count = 0;  ///< whole, whatever is named
};

/// What strategies remember, for a snapshot. Calls and settings are the caller's to tell again.
struct State {
  double next_seq = 1;
  std::uint32_t random_high = 0, random_low = 0;
  struct Turn {
    QueueId queue;
    int position;
    AgentId agent;
  };
  struct Load {
    AgentId agent;
    double calls, talk_ms;
    bool newcomer;  ///< offline since he was last here: he is levelled when he comes
  };
  struct Lift {  ///< what a newcomer was given so that he is not flooded
    AgentId agent;
    QueueId queue;
    double lift;
  };
  std::vector<Turn> turns;
  std::vector<Load> loads;
  std::vector<Lift> lifts;
};

}  // namespace offhook::matcher
