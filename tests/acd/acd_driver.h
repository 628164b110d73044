// An Acd with a host around it for stories: a clock that moves when told and wakes the engine when it asks for it, the journal as it grew, a
// CRM that stores what is written, and what was asked for and told.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "engine/acd/acd.h"
#include "engine/core/json_writer.h"

namespace offhook::bench {

using nlohmann::json;
using acd::Event;
using acd::On;

/// Rows that the stories have taken, by machine: 0 queue_call, 1 centre_agent.
inline std::map<int, std::set<int>>& acd_rows() {
  static std::map<int, std::set<int>> rows;
  return rows;
}

class AcdDriver {
 public:
  explicit AcdDriver(double seed = 7, double mono = 5'000) : engine(seed), mono(mono) { lines.push_back(json({{"seed", seed}}).dump()); }
  AcdDriver(AcdDriver&&) = default;
  /// With OFFHOOK_ACD_LINES, a folder, what it was told is written there: tests/acd_replay tells it to both builds.
  ~AcdDriver();

  /// One queue of that name, with `more` for its settings, and these agents in it; the link is live, all are registered and ONLINE.
  void open(const std::string& queue, json more, const std::vector<std::string>& agents) {
    more["queue"] = queue;
    json all = {{"queues", json::array({more})}, {"agents", json::array()}};
    for (const std::string& agent : agents) all["agents"].push_back({{"extension", agent}, {"queues", json::array({{{"queue", queue}}})}});
    configure(all);
    live(true);
    swept();
    for (const std::string& agent : agents) come(agent);
  }
  void configure(const json& settings) {
    acd::Settings read;
    std::string error;
    const std::string text = json({{"on", "Configured"}, {"at", at}, {"mono", mono}, {"settings", settings}}).dump();
    Event event;
    REQUIRE_MESSAGE(acd::read_event(text, event, error), error);
    tell(event);
  }
  void live(bool yes) { tell({.on = On::LinkChanged, .yes = yes}); }
  void swept() { tell({.on = On::SweepDone}); }
  void come(const std::string& agent) {
    tell({.on = On::Registered, .agent = agent, .yes = true});
    intent(agent, AgentStatus::Online);
  }
  void intent(const std::string& agent, AgentStatus status, const std::string& reason = "", const std::string& source = "agent") {
    tell({.on = On::Intent, .agent = agent, .text = reason, .source = source, .status = status});
  }
  void call(const std::string& id, const std::string& queue, const std::string& from = "+4930123") { tell({.on = On::QueueCall, .call = id, .queue = queue, .from = from}); }

  /// Applies it at the driver's time. The CRM stores what is written, and says so, when `crm`.
  acd::Effects& tell(Event event) {
    event.at = at;
    event.mono = mono;
    last.clear();
    JsonWriter line(lines.emplace_back());
    acd::write_event(line, event);
    engine.apply(event, last);
    take(event, last);
    if (crm) {
      std::vector<acd::Effect> writes;
      for (const acd::Effect& effect : last.list)
        if (effect.what == acd::Effect::What::StatusWrite) writes.push_back(effect);
      const acd::Effects kept = last;
      for (const acd::Effect& write : writes) intent(write.agent, write.status, write.reason, "acd");
      if (!writes.empty()) last = kept;
    }
    return last;
  }
  /// So much time goes by; the engine is woken whenever it wants to be.
  void pass(double ms) {
    const double until = mono + ms;
    for (double due = engine.due(); due >= 0 && due <= until; due = engine.due()) {
      const double step = due > mono ? due - mono : 0;
      at += step;
      mono += step;
      tell({.on = On::Woke});
      REQUIRE_MESSAGE((engine.due() < 0 || engine.due() > mono || ++stuck < 1000), "it wants to be woken at once, for ever");
    }
    stuck = 0;
    at += until - mono;
    mono = until;
  }

  /// The agent's phone rings, as the PBX shows it; what he does with it.
  void rings(const std::string& call) { tell({.on = On::Offered, .call = call, .attempt = attempt(call)}); }
  void answers(const std::string& call) { tell({.on = On::AgentAccept, .call = call, .attempt = attempt(call)}); }
  void answered(const std::string& call) { rings(call), answers(call); }
  void misses(const std::string& call) { tell({.on = On::AgentNoAnswer, .call = call, .attempt = attempt(call)}); }
  void rejects(const std::string& call) { tell({.on = On::AgentReject, .call = call, .attempt = attempt(call)}); }
  void ends(const std::string& call, acd::Side by = acd::Side::Caller) { tell({.on = On::CallEnded, .call = call, .by = by}); }

  double attempt(const std::string& call) const {
    const auto found = attempts.find(call);
    return found == attempts.end() ? 0 : found->second;
  }
  /// Effects of a type since `clear`, as JSON.
  std::vector<json> effects(const std::string& type) const {
    std::vector<json> found;
    for (const json& one : said)
      if (one["type"] == type) found.push_back(one);
    return found;
  }
  json effect(const std::string& type) const {
    const std::vector<json> found = effects(type);
    REQUIRE_MESSAGE(!found.empty(), "no effect " << type);
    return found.back();
  }
  std::vector<std::string> offers() const {
    std::vector<std::string> found;
    for (const json& one : effects("offer")) found.push_back(one["call"].get<std::string>() + ">" + one["agent"].get<std::string>());
    return found;
  }
  std::vector<std::string> notes(const std::string& agent) const {
    std::vector<std::string> found;
    for (const json& one : effects("note"))
      if (one["extension"] == agent) found.push_back(one["code"]);
    return found;
  }
  void clear() { said.clear(); }
  json agent(const std::string& name) const { return item([&](JsonWriter& out) { return engine.write_agent(out, name); }); }
  json queue(const std::string& name) const { return item([&](JsonWriter& out) { return engine.write_queue(out, name); }); }
  json stay(const std::string& name) const { return item([&](JsonWriter& out) { return engine.write_call(out, name); }); }
  json why(const std::string& name) const { return item([&](JsonWriter& out) { return engine.explain(out, name); }); }
  std::string state(const std::string& agent_name) const { return agent(agent_name)["state"]; }
  std::string state_of(const std::string& call_name) const {
    const json found = stay(call_name);
    return found.is_null() ? "none" : found["state"].get<std::string>();
  }
  /// The last row of the call's record; of its `part`-th one.
  json record(const std::string& call_name, std::size_t part = 0) const {
    const auto found = order.find(call_name);
    REQUIRE_MESSAGE((found != order.end() && part < found->second.size()), "no record of " << call_name);
    return records.at(found->second[part]);
  }
  std::size_t parts(const std::string& call_name) const { return order.contains(call_name) ? order.at(call_name).size() : 0; }
  std::string snapshot() const {
    std::string text;
    engine.snapshot(text);
    return text;
  }

  /// A snapshot is taken up.
  bool restore(const std::string& from, std::string& error) {
    lines.push_back("{\"restore\":" + from + "}");
    return engine.restore(from, error);
  }

  acd::Acd engine;
  double at = 1'795'166'000'000, mono;
  bool crm = true;
  acd::Effects last;
  std::vector<std::string> journal;
  bool keeps_states = false;
  std::vector<std::string> states;  ///< with `keeps_states` a snapshot after each entry of the journal
  std::vector<std::string> lines;  ///< all that it was told, as engine/acd/replay.h reads it
  std::vector<std::string> all;   ///< every effect as it was written, for comparisons byte by byte
  std::vector<json> said, ended;
  std::map<std::string, double> attempts;  ///< call → the last attempt that was offered
  std::map<std::string, json> records;
  std::map<std::string, std::vector<std::string>> order;

 private:
  template <class Write>
  json item(const Write& write) const {
    std::string text;
    JsonWriter out(text);
    return write(out) ? json::parse(text) : json(nullptr);
  }
  void take(const Event& event, const acd::Effects& effects);
  int stuck = 0;
};

}  // namespace offhook::bench
