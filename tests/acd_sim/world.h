// A contact centre of a seed: a PBX with callers and telephones, a CRM that holds statuses, agents and supervisors who do as they please, and
// between them a hub whose decisions are engine/acd's. Time is virtual. The truth is the PBX's: what the acd believes is compared with it.
// docs/simulation.md says what goes wrong and what must hold.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "engine/acd/acd.h"
#include "engine/acd/model.h"
#include "tests/acd_sim/chance.h"

namespace offhook::acd {
struct Inside {
  static const Model& of(const Acd& acd) { return *acd.model_; }
};
}  // namespace offhook::acd

namespace offhook::acd_sim {

inline constexpr double kEpoch = 1'795'000'000'000;

/// What the PBX has.
struct PbxCall {
  enum class Where { Waiting, Ringing, Talking, Voicemail, Gone };
  struct Ring {
    std::string agent;
    double attempt = 0;
    std::uint64_t serial = 0;
  };
  std::string id, queue, from, number;
  Where where = Where::Waiting;
  bool own = false;  ///< app_queue of the PBX has it
  std::vector<Ring> rings;
  std::string agent;
  double attempt = 0, enqueued = 0, answered = 0;
};
struct Phone {
  bool registered = true;
  bool other = false;  ///< in a call that is in no queue
  std::string with;    ///< the call that it rings for or talks in
};
/// What the CRM holds of an agent, and what he himself wanted last.
struct Person {
  AgentStatus status = AgentStatus::Offline, wish = AgentStatus::Offline;
  std::string reason, source = "agent";
  int under_way = 0;   ///< words of his own that the hub has not heard yet
  bool keeps = false;  ///< does not come to work when all gets calm
};
/// How much of what this run has.
struct Trouble {
  double delay = 0, twice = 0, refused = 0, link = 0, pbx = 0, crash = 0, tail = 0, phones = 0, supervisors = 0, statuses = 0, misses = 0, rejects = 0, transfers = 0,
         patience = 0, settings = 0;
};

class World {
 public:
  World(std::uint64_t seed, bool trace);
  /// True: all held. Else `problem` says what did not.
  bool run();
  std::string problem;
  std::uint64_t hash = 1469598103934665603u;
  std::size_t events = 0;
  std::set<int> rows[2];  ///< taken, of queue_call and centre_agent
  bool records = false;
  std::vector<std::string> lines;  ///< with `records`: all that the hub's acd was told, as engine/acd/replay.h reads it
  std::string kept() const { return "{\"snapshot\":" + (stored_.empty() ? "{}" : stored_) + ",\"journal\":[" + joined(journal_) + "]}"; }  ///< what the hub has stored now

 private:
  static std::string joined(const std::vector<std::string>& entries) {
    std::string text;
    for (const std::string& entry : entries) text += (text.empty() ? "" : ",") + entry;
    return text;
  }

  // world.cpp: time, settings, the hub
  void later(double in, std::function<void()> what);
  void run_until(double until);
  void make_settings();
  void configure();
  void apply(acd::Event event, bool may_repeat = true);
  void woken();
  void carry_out(const acd::Effect& effect);
  void mix(std::string_view text);
  void fail(const std::string& what);
  void say(const std::string& what);
  std::string snapshot() const;
  void link_lost(double for_ms, bool pbx_restarts);
  void link_back(bool pbx_restarted);
  void crash();
  void resync(bool pbx_restarted);
  const acd::Model& model() const { return acd::Inside::of(*acd_); }

  // pbx.cpp
  void to_hub(const std::string& channel, acd::Event event);
  void to_pbx(std::function<void()> what);
  void redirected(const acd::Effect& effect);
  void withdrawn(const acd::Effect& effect);
  void called_back(const acd::Effect& effect);
  void overflowed(const acd::Effect& effect);
  void ring(PbxCall& call, const std::string& agent, double attempt, double ring_ms);
  void end_ring(PbxCall& call, std::uint64_t serial, acd::On on, const std::string& cause);
  void answer(PbxCall& call, std::uint64_t serial);
  void cancel_rings(PbxCall& call, std::uint64_t but, bool told);
  void hang_up(PbxCall& call, acd::Side by);
  void drop_agent(PbxCall& call);
  void app_queue(const std::string& id);
  bool is_free(const std::string& agent);

  // people.cpp
  void people();
  void caller();
  void wish(const std::string& agent, AgentStatus status);
  void store(const std::string& agent, AgentStatus status, const std::string& reason, const std::string& source);
  void phone_trouble();
  void supervisor();
  void in_talk(const std::string& id);
  void calm();

  // checks.cpp
  void check_effects(const acd::Event& event, const acd::Effects& effects, const std::map<std::string, AgentStatus>& before);
  void check_state();
  void check_offer(const acd::Effect& offer);
  bool can_take(const acd::AgentEntry& agent, const acd::Stay& stay) const;
  void check_end();
  void check_sums();
  void check_reports();

  std::uint64_t seed_;
  bool trace_;
  Chance chance_;
  Trouble trouble_;
  acd::Settings settings_;
  double sl_ms_ = 20'000, short_ms_ = 5'000;  ///< of all its queues, or a report could not count anew what was counted by other rules
  std::set<std::string> uncounted_;           ///< queues that went, and with them what they had counted
  std::unique_ptr<acd::Acd> acd_, shadow_;  ///< shadow_: restored, told the same from then on
  double now_ = 0, mono_base_ = 0;
  std::uint64_t order_ = 0, serial_ = 0, boots_ = 0, epoch_ = 0;  ///< epoch: of the link; what was on its way in an older one is lost
  bool up_ = true, linked_ = false, calm_ = false;
  struct Plan {
    double at;
    std::uint64_t order;
    std::function<void()> what;
    bool operator<(const Plan& other) const { return at != other.at ? at > other.at : order > other.order; }
  };
  std::priority_queue<Plan> plans_;
  std::map<std::string, double> channels_;  ///< when the last word of a channel arrives
  double requests_ = 0;
  std::map<std::string, PbxCall> calls_;
  std::map<std::string, Phone> phones_;
  std::map<std::string, Person> people_;
  std::vector<std::string> agents_, queues_;
  int next_call_ = 1;

  // What the hub stored: lost from `journal_` are entries and all that was stored with them.
  std::string stored_;
  std::vector<std::string> journal_;
  struct Row {
    bool final = false;
    acd::Record record;
  };
  std::map<std::string, Row> records_, kept_;  ///< kept_: as they were when `stored_` was
  std::vector<std::pair<std::size_t, acd::Record>> written_;  ///< with the journal's length before
  std::map<std::string, bool> wrapping_;
  std::set<std::string> tainted_;  ///< agents of whom a crash forgot something
};

}  // namespace offhook::acd_sim
