// The order of events: what concerns different calls and agents at the same instant may be told in any order; what is told twice or late breaks nothing.
#include <algorithm>
#include <numeric>

#include "tests/acd/acd_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

struct Dice {
  std::uint32_t state;
  std::uint32_t roll(std::uint32_t sides) {
    state = state * 1664525u + 1013904223u;
    return (state >> 12) % sides;
  }
  template <class List>
  void shuffle(List& list) {
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[roll(static_cast<std::uint32_t>(i))]);
  }
};

/// All that is shown, without numbers that are only drawn in turn: ids of records and attempts.
json shown(AcdDriver& d) {
  acd::Effects names;
  d.engine.names(names);
  json all = {{"queues", json::array()}, {"agents", json::array()}, {"calls", json::array()}};
  for (const std::string& name : names.queues) all["queues"].push_back(d.queue(name));
  for (const std::string& name : names.agents) all["agents"].push_back(d.agent(name));
  for (const std::string& name : names.calls) {
    json stay = d.stay(name);
    stay.erase("record_id");
    stay.erase("attempt");
    all["calls"].push_back(stay);
  }
  return all;
}
/// The records of all calls, by call and part, without their ids.
json written(AcdDriver& d) {
  json all = json::object();
  for (const auto& [call, ids] : d.order)
    for (const std::string& id : ids) {
      json row = d.records.at(id);
      row.erase("id");
      row["transfer_from_record"] = row["transfer_from_record"].is_string();
      all[call].push_back(row);
    }
  return all;
}

/// Queue `q` of its own agents, in the middle of a busy moment: 1 and 2 talk, 3 and 4 are rung, the rest waits.
constexpr int kQueues = 5;
std::string name(const std::string& what, int q, int i) { return what + std::to_string(q) + std::to_string(i); }
void busy(AcdDriver& d) {
  static constexpr const char* kStrategies[] = {"longest_idle", "round_robin", "skills", "fewest_calls", "linear"};
  static constexpr const char* kWrapUps[] = {"timed", "manual", "optional", "none", "timed"};
  json settings = {{"queues", json::array()}, {"agents", json::array()}};
  for (int q = 0; q < kQueues; ++q) {
    const std::string queue = "q" + std::to_string(q);
    settings["queues"].push_back({{"queue", queue}, {"strategy", kStrategies[q]}, {"wrap_up", {{"mode", kWrapUps[q]}, {"ms", 5'000}}}, {"max_wait_ms", 60'000}, {"overflow", {{"kind", q % 2 ? "voicemail" : "callback"}}}});
    for (int i = 0; i < 6; ++i) settings["agents"].push_back({{"extension", name("a", q, i)}, {"queues", json::array({{{"queue", queue}, {"position", i}}})}});
  }
  d.configure(settings);
  d.live(true);
  d.swept();
  for (int q = 0; q < kQueues; ++q)
    for (int i = 0; i < 4; ++i) d.come(name("a", q, i));
  for (int q = 0; q < kQueues; ++q)
    for (int i = 0; i < 9; ++i) {
      d.pass(100);
      d.call(name("c", q, i), "q" + std::to_string(q));
      if (i < 4) d.rings(name("c", q, i));
      if (i < 2) d.answers(name("c", q, i));
    }
  d.pass(3'000);
}

}  // namespace

TEST_CASE("what happens in queues of agents of their own at one instant may be told in any order") {
  json expected, records;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    AcdDriver d;
    busy(d);
    // In each queue in this order; between the queues in any.
    std::vector<std::vector<Event>> lists(kQueues);
    for (int q = 0; q < kQueues; ++q) {
      auto& list = lists[static_cast<std::size_t>(q)];
      list.push_back({.on = On::CallEnded, .call = name("c", q, 0), .by = acd::Side::Caller});
      list.push_back({.on = On::CompleteWrapUp, .agent = d.stay(name("c", q, 0))["agent"]});
      list.push_back({.on = On::AgentAccept, .call = name("c", q, 2), .attempt = d.attempt(name("c", q, 2))});
      list.push_back({.on = On::AgentNoAnswer, .call = name("c", q, 3), .attempt = d.attempt(name("c", q, 3))});
      list.push_back({.on = On::Registered, .agent = name("a", q, 4), .yes = true});
      list.push_back({.on = On::Intent, .agent = name("a", q, 4), .status = AgentStatus::Online});
      list.push_back({.on = On::QueueCall, .call = name("c", q, 9), .queue = "q" + std::to_string(q), .from = "+4930", .priority = static_cast<double>(q)});
      list.push_back({.on = On::HangupCall, .call = name("c", q, 8)});
    }
    Dice dice{seed * 2654435761u + 1};
    std::vector<int> turns;
    for (int q = 0; q < kQueues; ++q) turns.insert(turns.end(), lists[0].size(), q);
    if (seed > 0) dice.shuffle(turns);
    std::vector<std::size_t> at(kQueues);
    for (const int q : turns) d.tell(lists[static_cast<std::size_t>(q)][at[static_cast<std::size_t>(q)]++]);
    d.pass(20'000);
    const json now = shown(d), rows = written(d);
    if (seed == 0) {
      expected = now, records = rows;
      continue;
    }
    REQUIRE_MESSAGE(now == expected, json::diff(expected, now).dump());
    REQUIRE_MESSAGE(rows == records, json::diff(records, rows).dump());
  }
}

TEST_CASE("after a lost link the PBX may tell what it has in any order: who is served, and by whom, is the same") {
  json expected, records;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    AcdDriver d;
    busy(d);
    d.live(false);
    d.pass(5'000);
    d.live(true);
    std::vector<Event> events;
    for (int q = 0; q < kQueues; ++q) {
      for (int i = 0; i < 9; ++i) {
        const std::string call = name("c", q, i);
        const json stay = d.stay(call);
        const std::string agent = stay["agent"].is_string() ? stay["agent"].get<std::string>() : "";
        if (i == 0 || i == 7) continue;  // gone meanwhile
        // 1 talks still, 2 has been answered, 3 rings no more; the others wait, and one has come of whom nothing was known.
        const auto where = i == 1 || i == 2 ? acd::Where::Talking : acd::Where::Waiting;
        events.push_back({.on = On::AdoptCall, .call = call, .queue = "q" + std::to_string(q), .agent = where == acd::Where::Waiting ? "" : agent, .where = where});
      }
      events.push_back({.on = On::AdoptCall, .call = name("n", q, 0), .queue = "q" + std::to_string(q), .where = acd::Where::Waiting, .enqueued_at = d.at - 1'500 - q});
      events.push_back({.on = On::Registered, .agent = name("a", q, 4), .yes = true});
      events.push_back({.on = On::PhoneBusy, .agent = name("a", q, 5), .yes = true});
    }
    Dice dice{seed * 2654435761u + 1};
    if (seed > 0) dice.shuffle(events);
    for (const Event& event : events) d.tell(event);
    CHECK(d.offers().size() == 4 * kQueues);  // those of before the link was lost: nothing is decided yet
    d.swept();
    d.pass(4'000);
    const json now = shown(d), rows = written(d);
    if (seed == 0) {
      expected = now, records = rows;
      CHECK(d.offers().size() > 4 * kQueues);
      continue;
    }
    REQUIRE_MESSAGE(now == expected, json::diff(expected, now).dump());
    REQUIRE_MESSAGE(rows == records, json::diff(records, rows).dump());
  }
}

TEST_CASE("statuses and registrations of different agents at one instant may be told in any order") {
  json expected;
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    AcdDriver d;
    d.open("support", {{"wrap_up", {{"mode", "timed"}, {"ms", 8'000}}}}, {"1001", "1002", "1003", "1004", "1005", "1006", "1007"});
    for (const std::string call : {"c1", "c2"}) d.call(call, "support"), d.answered(call), d.pass(1'000);
    const std::string first = d.stay("c1")["agent"], second = d.stay("c2")["agent"];
    std::vector<Event> events{{.on = On::CallEnded, .call = "c1", .by = acd::Side::Agent},
                              {.on = On::Intent, .agent = second, .source = "agent", .status = AgentStatus::Break},
                              {.on = On::Hold, .call = "c2"},
                              {.on = On::Intent, .agent = "1004", .source = "agent", .status = AgentStatus::Meeting},
                              {.on = On::Registered, .agent = "1005", .yes = false},
                              {.on = On::PhoneBusy, .agent = "1006", .yes = true},
                              {.on = On::Intent, .agent = "1007", .source = "agent", .status = AgentStatus::Offline},
                              {.on = On::SetRecording, .call = "c2", .text = "cc/c2.wav"}};
    REQUIRE(std::stoi(first) < 1004);
    REQUIRE(std::stoi(second) < 1004);
    Dice dice{seed + 1};
    if (seed > 0) dice.shuffle(events);
    for (const Event& event : events) d.tell(event);
    const json now = {shown(d), written(d)};
    if (seed == 0) expected = now;
    REQUIRE_MESSAGE(now == expected, json::diff(expected, now).dump());
  }
}

TEST_CASE("events that are told twice, late, or late and twice never ring one agent for two calls, keep somebody waiting beside a free one, or lose a count") {
  for (std::uint32_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    Dice dice{seed * 2654435761u + 1};
    AcdDriver d;
    busy(d);
    std::vector<Event> told, late;
    for (int n = 0; n < 300; ++n) {
      const int q = static_cast<int>(dice.roll(kQueues));
      const std::string call = name("c", q, static_cast<int>(dice.roll(14))), agent = name("a", q, static_cast<int>(dice.roll(6)));
      Event event;
      switch (dice.roll(12)) {
        case 0: case 1: event = {.on = On::QueueCall, .call = call, .queue = "q" + std::to_string(q), .from = "+4930"}; break;
        case 2: case 3: event = {.on = On::Offered, .call = call, .attempt = d.attempt(call)}; break;
        case 4: case 5: event = {.on = On::AgentAccept, .call = call, .attempt = d.attempt(call)}; break;
        case 6: event = {.on = On::AgentNoAnswer, .call = call, .attempt = d.attempt(call)}; break;
        case 7: event = {.on = On::CallEnded, .call = call, .by = acd::Side::Caller}; break;
        case 8: event = {.on = On::HangupCall, .call = call}; break;
        case 9: event = {.on = On::PhoneBusy, .agent = agent, .yes = dice.roll(2) == 0}; break;
        case 10: event = {.on = On::Intent, .agent = agent, .source = "agent", .status = dice.roll(3) ? AgentStatus::Online : AgentStatus::Break}; break;
        default: event = {.on = On::CompleteWrapUp, .agent = agent}; break;
      }
      d.tell(event);
      if (dice.roll(3) == 0) late.push_back(event);
      if (dice.roll(6) == 0) d.tell(event);
      if (!late.empty() && dice.roll(4) == 0) {  // out of its turn, and perhaps not for the last time
        const std::size_t which = dice.roll(static_cast<std::uint32_t>(late.size()));
        d.tell(late[which]);
        if (dice.roll(2)) late.erase(late.begin() + static_cast<std::ptrdiff_t>(which));
      }
      if (dice.roll(3) == 0) d.pass(dice.roll(4'000));

      acd::Effects names;
      d.engine.names(names);
      std::map<std::string, int> rung;
      std::map<std::string, double> open;
      for (const std::string& one : names.calls) {
        const json stay = d.stay(one);
        for (const std::string his : stay["agents"]) ++rung[his];
        if (stay["state"] != "Active" && stay["returns"] == 0) ++open[stay["queue"]];
        if (stay["state"] == "Queued") REQUIRE_MESSAGE(d.why(one)["candidate_count"] == 0, one << " waits beside a free agent");
      }
      for (const auto& one : rung) REQUIRE_MESSAGE(one.second == 1, one.first << " rings for " << one.second);
      for (const std::string& queue : names.queues) {
        const json today = d.queue(queue)["today"];
        double gone = 0;
        for (const std::string key : {"answered", "abandoned", "timeout", "overflowed", "lost"}) gone += today[key].get<double>();
        REQUIRE_MESSAGE(today["offered"].get<double>() == gone + open[queue], queue << " " << today.dump());
      }
    }
  }
}
