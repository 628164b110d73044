// The contact centre's state and what its parts share: stays, agents, queues, timers, the matcher with names for its handles. Each
// part has its own file: calls, offers, agents, records, observe, adopt, items, snapshot.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "engine/acd/acd.h"
#include "engine/acd/counters.h"
#include "engine/acd/limits.h"
#include "engine/centre_agent/centre_agent.h"
#include "engine/core/due.h"
#include "engine/matcher/matcher.h"
#include "engine/queue_call/queue_call.h"

namespace offhook::acd {

/// Down: nothing is decided. Sweeping: the link is there, and who is left over from before is being told. Live: all is known.
enum class Link : std::uint8_t { Down, Sweeping, Live };
inline constexpr WordList<3> kLinkWords{"down", "sweeping", "live"};

/// Names for the matcher's dense handles, in the order in which they were first met.
struct Names {
  std::vector<std::string> list;
  std::map<std::string, std::uint32_t, std::less<>> ids;
  std::uint32_t id(const std::string& name) {
    const auto [found, is_new] = ids.try_emplace(name, static_cast<std::uint32_t>(list.size()));
    if (is_new) list.push_back(name);
    return found->second;
  }
};

/// One agent who is rung for a call. Times of the internal clock (see Model::now).
struct Leg {
  std::string agent{};
  double attempt = 0;
  Millis offered = 0;
  Millis rang = 0;  ///< the PBX showed it; 0: not yet
};
struct Missed {
  std::string agent;
  Millis until = 0;
};

/// One call in one queue.
struct Stay {
  std::string call, queue, from, to;
  std::string number;  ///< a callback: whom to ring after the agent
  Mode mode = Mode::Offhook;
  queue_call::QueueCall machine;
  int priority = 0;
  std::vector<SkillNeed> skills;
  std::string sticky;
  Millis enqueued_at = 0, since = 0;  ///< UTC
  Millis enqueued = 0, answered = 0;  ///< internal clock
  Millis deadline = 0, announce = 0, leave = 0, left = 0;  ///< internal clock, 0: none
  std::vector<Leg> legs;
  std::vector<Missed> missed;
  std::string agent;        ///< who talks
  int hops = 0;             ///< queues it came through by overflow
  bool unseen = false;      ///< known from before the link was lost; nobody has told of it since
  std::string overflow_to;  ///< queue it goes on to when it is over here
  Millis ring_began = 0;    ///< internal clock; of this round, 0: nobody was seen to ring
  Millis ring_ms = 0;       ///< rung so far, all rounds
  double seq = 0;           ///< the matcher's
  Record record;            ///< the open part
  matcher::CallId handle = matcher::kNone;  ///< while the matcher has it
};

struct AgentEntry {
  std::string extension;
  AgentSettings settings;
  centre_agent::Agent machine;
  Millis free_since = 0;          ///< internal clock
  double calls_today = 0, talk_ms_today = 0, missed_today = 0;
  Millis optional_until = 0;      ///< internal clock; an owed wrap-up `optional` may be begun until then
  std::vector<Record> pending;    ///< records whose wrap-up is not over
  int rung = 0;                   ///< legs that ring him: whatever his state is, he is nobody else's then. Of the stays, not in a snapshot
  matcher::Why told = matcher::Why::Offline;  ///< what the matcher was told last
  Millis told_until = 0;
};

struct QueueEntry {
  QueueSettings settings;
  Counters counters;
  bool removed = false;  ///< not in the settings any more, and not empty yet
  std::set<std::string> stays, agents;
  std::set<std::pair<Millis, std::string>> waiting;  ///< Queued and AgentRinging, by first place: derived
  double active = 0;                                 ///< derived
  std::vector<std::string> front;                    ///< the first of the line as they were told last: derived
};

enum class Due : std::uint8_t { Wait, Ring, Leave, Left, Announce, WrapUp, CoolDown, Optional, Match, Forget, Midnight, Sweep };

/// Whom an event of a stay concerns.
struct Who {
  std::string agent{};
  double attempt = 0;
  centre_agent::Cause cause = centre_agent::Cause::None;
  bool withdraw = false;  ///< the PBX rings him still, and is to stop
  std::string target{};   ///< of a transfer
  std::string leg{};      ///< AgentAccept, AttendedTransfer: the agent's at the PBX
  Millis answered_at = 0; ///< AgentAccept of a call that is adopted
};

struct Model {
  explicit Model(double seed);

  // Now, of the event that is being applied. `now` is the internal clock: monotonic, and near to UTC, so that a first place in a queue that
  // the PBX told in UTC can be compared with it.
  Millis at = 0, now = 0;
  Effects* out = nullptr;

  // State
  double seed = 0, next_id = 1, next_attempt = 1;
  bool started = false;
  Millis last_at = 0, last_mono = 0, last_now = 0, shift = 0;
  Millis midnight = 0;
  Link link = Link::Down;
  Millis unseen_since = 0;  ///< internal clock: since when nobody tells of the PBX; 0: somebody does
  Millis sweep_until = 0;   ///< internal clock; Sweeping ends then, whatever was told; 0: it is not Sweeping
  Names queue_ids, agent_ids, skill_ids;
  std::map<std::string, QueueEntry, std::less<>> queues;
  std::map<std::string, AgentEntry, std::less<>> agents;
  std::map<std::string, Stay, std::less<>> stays;
  std::map<std::string, std::string, std::less<>> last_records;  ///< call → its last record
  std::deque<std::string> last_order;
  double anomalies = 0;

  // Derived
  Timers<Due> timers;
  matcher::Matcher matcher;
  std::map<matcher::CallId, std::string> handles;
  std::map<std::string, double, std::less<>> seqs;  ///< calls that are over, for their explanations: not kept in a snapshot
  std::deque<std::string> seq_order;
  std::vector<std::string> finished;  ///< stays that are Completed, to be taken out after this step
  std::vector<Stay> callbacks;        ///< to be queued after this step
  std::vector<std::string> went;      ///< agents who have become absent: their queues may be empty, after this step
  bool match_wanted = false;
  std::set<std::string> moved;        ///< queues whose line is another one since this step began

  // acd.cpp
  void apply(const Event& event, Effects& out);
  bool refuse(std::string_view code, std::string message);
  void handle(const Event& event);
  void run_timers();
  void fire(Due due, const std::string& name);
  void touch() { out->changed = true; }
  void show(const Stay& stay);
  /// The PBX told of it: it is not lost. A word of the journal as well, or a replay would sweep it away.
  void seen(Stay& stay) {
    if (stay.unseen) touch();
    stay.unseen = false;
  }

  // configure.cpp
  void configure(const Event& event);
  void tell_matcher(const QueueEntry& queue);
  void tell_matcher(const AgentEntry& agent);
  std::vector<matcher::Need> needs_of(const std::vector<SkillNeed>& skills);

  // calls.cpp
  Stay* find(const std::string& call);
  void queue_call(const Event& event);
  void enter(Stay stay, bool is_in = false);
  std::string gate(const QueueEntry& queue) const;
  int step(Stay& stay, queue_call::Event event, const Who& who = {});
  void placed(const Stay& stay, queue_call::State before);
  void carry_out(Stay& stay, queue_call::Do what, const queue_call::Event& event, const Who& who);
  void end_finished();
  void overflow(Stay& stay);
  void leave(const Event& event);
  void reprioritise(const Event& event);
  void move(const Event& event);
  void arm(Stay& stay);
  void disarm(const Stay& stay);
  void announce(Stay& stay);
  void set_link(bool live);
  void link_is(Link link);

  // offers.cpp
  void match();
  void assign(Stay& stay, const std::string& agent);
  void enqueue(Stay& stay);
  void dequeue(Stay& stay);
  Leg* leg_of(Stay& stay, const std::string& agent, double attempt);
  void route_to(Stay& stay, const Who& who);
  void release(Stay& stay, const Leg& leg, const Who& who);
  void release_all(Stay& stay, const Who& who, const std::string& but);
  void arm_ring(const Stay& stay);
  void ring_ended(Stay& stay);
  void ring_over(Stay& stay);
  void offered(const Event& event);
  void offer_ended(const Event& event);
  void accepted(const Event& event);

  // agents.cpp
  AgentEntry& agent(const std::string& extension);
  AgentEntry* find_agent(const std::string& extension);
  void step(AgentEntry& agent, centre_agent::Event event);
  void sync(AgentEntry& agent);
  matcher::Why why_of(const AgentEntry& agent) const;
  void call_over(const std::string& agent, const Stay& stay);
  void agent_event(const Event& event);
  void write_again(const AgentEntry& entry);  ///< our own last word to the CRM, which it does not hold
  void empty_queues(const AgentEntry& agent);

  // records.cpp
  std::string new_id(std::string_view salt);
  void open_record(Stay& stay, const std::string& from_record, int part = 0);
  void write(const Record& record);
  void close_record(Stay& stay, bool talked);
  void remember(const Stay& stay);
  void arm_forget();
  void count(const std::string& queue, Count what, double amount = 1);
  void midnight_passed();
  void note(const std::string& agent, std::string_view code, const std::string& call, Millis until = 0);

  // observe.cpp, adopt.cpp
  void observe(const Event& event);
  void unring(Stay& stay);
  void adopt(const Event& event);
  void restarted();
  bool is_ring_all(const Stay& stay) const;
  void sweep_done(bool pbx_restarted);

  // items.cpp
  void tell_places();
  void write_queue(JsonWriter& json, const QueueEntry& queue) const;
  void write_agent(JsonWriter& json, const AgentEntry& agent) const;
  void write_stay(JsonWriter& json, const Stay& stay, bool gone, std::string_view supervisors = {}) const;
  std::string_view reason_of(const Stay& stay) const;
  /// Internal clock to UTC, as of the last event; 0 stays 0.
  Millis utc(Millis internal) const { return internal == 0 ? 0 : internal - now + at; }
};

}  // namespace offhook::acd
