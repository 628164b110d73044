// What holds whatever happens, in whichever order: random days of a contact centre, each with its seed.
#include "tests/acd/acd_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

struct World {
  explicit World(std::uint32_t seed) : d(7), dice(seed * 2654435761u + 1) {
    d.keeps_states = true;
    json queues = json::array(), agents = json::array();
    const std::string strategies[] = {"longest_idle", "round_robin", "ring_all", "random", "linear", "sticky"};
    for (int q = 0; q < 3; ++q)
      queues.push_back({{"queue", "q" + std::to_string(q)}, {"mode", seed % 4 == 3 && q == 2 ? "asterisk" : "offhook"}, {"strategy", strategies[(seed + static_cast<std::uint32_t>(q)) % 6]}, {"max_wait_ms", 60'000},
                        {"max_attempts", 3}, {"rona_after", q}, {"max_waiting", q == 1 ? 4 : 0}, {"join_empty", q != 1}, {"wrap_up", {{"mode", q == 0 ? "timed" : q == 1 ? "manual" : "optional"}, {"ms", 5'000}}},
                        {"overflow", {{"kind", q == 0 ? "queue" : q == 1 ? "callback" : "voicemail"}, {"target", q == 0 ? "q1" : ""}}}});
    for (int a = 0; a < kAgents; ++a)
      agents.push_back({{"extension", name(a)}, {"queues", json::array({{{"queue", "q" + std::to_string(a % 3)}}, {{"queue", "q" + std::to_string((a + 1) % 3)}, {"penalty", a % 2}}})}});
    d.configure({{"queues", queues}, {"agents", agents}});
    d.live(true);
    d.swept();
    for (int a = 0; a < kAgents; ++a) d.come(name(a));
  }
  static constexpr int kAgents = 6;
  static std::string name(int agent) { return "100" + std::to_string(agent); }
  std::uint32_t roll(std::uint32_t sides) {
    dice = dice * 1664525u + 1013904223u;
    return (dice >> 12) % sides;
  }
  void step() {
    const std::string call = "c" + std::to_string(roll(12)), agent = name(static_cast<int>(roll(kAgents)));
    const std::string queue = "q" + std::to_string(roll(3));
    const double attempt = roll(4) ? d.attempt(call) : static_cast<double>(roll(50));  // some of them late, or of nothing
    switch (roll(24)) {
      case 0:
      case 1:
      case 2: d.tell({.on = On::QueueCall, .call = call, .queue = queue, .from = roll(3) ? "+4930123" : "", .sticky = agent, .priority = static_cast<double>(roll(5)) - 2}); break;
      case 3:
      case 4: d.tell({.on = On::Offered, .call = call, .attempt = attempt}); break;
      case 5:
      case 6: d.tell({.on = On::AgentAccept, .call = call, .attempt = attempt}); break;
      case 7: d.tell({.on = On::AgentNoAnswer, .call = call, .attempt = attempt}); break;
      case 8: d.tell({.on = roll(2) ? On::AgentReject : On::RejectOffer, .call = call, .attempt = attempt}); break;
      case 9: d.tell({.on = On::AgentUnavailable, .call = call, .text = roll(2) ? "busy" : "", .attempt = attempt}); break;
      case 10: d.tell({.on = On::HangupCall, .call = call}); break;
      case 11: d.tell({.on = On::CallEnded, .call = call, .by = static_cast<acd::Side>(roll(5))}); break;
      case 12: d.intent(agent, static_cast<AgentStatus>(roll(9))); break;
      case 13: d.intent(agent, AgentStatus::Online); break;
      case 14: d.tell({.on = On::Registered, .agent = agent, .yes = roll(4) != 0}); break;
      case 15: d.tell({.on = On::PhoneBusy, .agent = agent, .yes = roll(2) == 0}); break;
      case 16: d.tell({.on = On::AttendedTransfer, .call = call, .agent = agent}); break;
      case 17: d.tell({.on = On::BlindTransfer, .call = call, .target = "+49"}); break;
      case 18: d.tell({.on = roll(2) ? On::Hold : On::Unhold, .call = call}); break;
      case 19: d.tell({.on = roll(2) ? On::AgentLegLost : On::BridgeFailed, .call = call}); break;
      case 20: d.tell({.on = On::LeftQueue, .call = call, .how = static_cast<acd::How>(roll(5))}); break;
      case 21: d.tell({.on = roll(2) ? On::Move : On::CompleteWrapUp, .call = call, .queue = queue, .agent = agent}); break;
      case 22: d.tell({.on = On::Observed, .call = call, .queue = queue, .agent = agent, .what = static_cast<acd::Observed>(roll(10))}); break;
      default: d.pass(roll(8) ? roll(3'000) : roll(40'000)); break;
    }
    if (roll(300) == 0) {
      d.live(false);
      d.pass(roll(20'000));
      if (roll(2)) d.tell({.on = On::Restarted});
      d.live(true);
      acd::Effects names;
      d.engine.names(names);
      for (const std::string& known : names.calls) {
        const json stay = d.stay(known);
        const std::string his = stay["agent"].is_string() ? stay["agent"].get<std::string>() : "";  // a PBX has nobody in two calls
        if (roll(3)) d.tell({.on = On::AdoptCall, .call = known, .queue = stay["queue"], .agent = his, .where = static_cast<acd::Where>(stay["state"] == "Active" ? 2 * roll(2) : roll(3))});
      }
      d.tell({.on = On::SweepDone});
    }
    check();
  }
  void check() {
    acd::Effects names;
    d.engine.names(names);
    std::map<std::string, std::string> held;  // agent → call
    std::map<std::string, double> waiting;
    for (const std::string& call : names.calls) {
      const json stay = d.stay(call);
      const std::string state = stay["state"];
      REQUIRE((state == "Queued" || state == "AgentRinging" || state == "Active" || state == "Terminating"));
      CHECK((state == "AgentRinging") == !stay["agents"].empty());
      if (state == "Queued" || state == "AgentRinging") ++waiting[stay["queue"]];
      if (state == "AgentRinging" && stay["mode"] == "offhook")
        for (const std::string agent : stay["agents"]) {
          CHECK_MESSAGE(!held.contains(agent), agent << " rings for two calls");
          held[agent] = call;
        }
      // Nobody waits beside an agent who is free for him.
      if (state == "Queued" && stay["mode"] == "offhook") {
        const json why = d.why(call);
        REQUIRE(why.is_object());
        CHECK_MESSAGE(why["candidate_count"] == 0, why.dump());
      }
    }
    for (const std::string& queue : names.queues) {
      const json item = d.queue(queue), n = item["today"];
      CHECK(item["waiting"].get<double>() == waiting[queue]);
      const double out = n["answered"].get<double>() + n["abandoned"].get<double>() + n["timeout"].get<double>() + n["overflowed"].get<double>() + n["lost"].get<double>();
      CHECK_MESSAGE(n["offered"].get<double>() == out + first_waiting(queue), queue << " " << n.dump());
      for (const json& value : n) CHECK_MESSAGE(value.get<double>() >= 0, n.dump());
    }
    for (const std::string& agent : names.agents) {
      const json item = d.agent(agent);
      if (held.contains(agent)) CHECK_MESSAGE((item["state"] == "Ringing" || item["state"] == "OnCall" || item["state"] == "Break" || item["state"] == "Offline" || item["state"] == "WrapUp"), item.dump());
      CHECK((item["state"] == "WrapUp") == !item["wrap_up"].is_null());
    }
  }
  /// Waiting or leaving, and not yet counted as anything but offered. Who is back from an agent who was lost was counted as answered.
  double first_waiting(const std::string& queue) {
    acd::Effects names;
    d.engine.names(names);
    double count = 0;
    for (const std::string& call : names.calls) {
      const json stay = d.stay(call);
      if (stay["queue"] != queue || stay["state"] == "Active") continue;
      const json before = d.record(call, d.parts(call) - 1)["transfer_from_record"];
      const bool returned = before.is_string() && d.records.at(before)["outcome"] == "error" && d.records.at(before)["queue_name"] == queue && stay["returns"] != 0;
      if (!returned) ++count;
    }
    return count;
  }
  AcdDriver d;
  std::uint32_t dice;
};

}  // namespace

TEST_CASE("in whatever order things happen: one call an agent, nobody waits beside a free one, every caller is counted once") {
  for (std::uint32_t seed = 0; seed < 24; ++seed) {
    CAPTURE(seed);
    World world(seed);
    for (int i = 0; i < 400; ++i) world.step();
    AcdDriver again(7);
    std::string error;
    for (const std::string& entry : world.d.journal) {
      Event event;
      REQUIRE(acd::read_event(entry, event, error));
      acd::Effects effects;
      again.engine.apply(event, effects);
      if (again.snapshot() == world.d.states[&entry - world.d.journal.data()]) continue;
      FAIL_CHECK("replayed differently: " << entry << " " << json::diff(json::parse(world.d.states[&entry - world.d.journal.data()]), json::parse(again.snapshot())).dump());
      break;
    }
    CHECK(again.snapshot() == world.d.snapshot());
    for (int i = 0; i < 12; ++i)
      for (const std::string kind : {"", "*callback"}) world.d.tell({.on = On::CallEnded, .call = "c" + std::to_string(i) + kind});
    for (int a = 0; a < World::kAgents; ++a) world.d.tell({.on = On::PhoneBusy, .agent = World::name(a), .yes = false});
    for (int a = 0; a < World::kAgents; ++a) world.d.intent(World::name(a), AgentStatus::Offline);
    world.d.pass(2 * 86'400'000.0);  // callbacks are given up
    acd::Effects names;
    world.d.engine.names(names);
    CHECK(names.calls.empty());
    for (const auto& kept : world.d.records) {
      const json& row = kept.second;
      CHECK_MESSAGE(row["final"] == true, row.dump());
      CHECK_MESSAGE(row["outcome"].is_string(), row.dump());
      CHECK_MESSAGE(row["ended_at"].is_number(), row.dump());
      for (const std::string key : {"wait_time", "ring_time", "hold_time", "talk_time", "wrap_up_time"}) CHECK_MESSAGE(row[key].get<double>() >= 0, row.dump());
    }
  }
}
