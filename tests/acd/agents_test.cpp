// What an agent may be offered and when: statuses, registration, other calls, wrap-up of every kind, misses.
#include "tests/acd/acd_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {
json wrap_up(const std::string& mode, int ms = 30'000) { return {{"wrap_up", {{"mode", mode}, {"ms", ms}}}}; }
/// One answered call of the agent, which is over now.
void talk(AcdDriver& d, const std::string& call, double ms = 10'000) {
  d.call(call, "support");
  d.answered(call);
  d.pass(ms);
  d.ends(call);
}
std::string written(const AcdDriver& d) {
  std::string all;
  for (const json& one : d.effects("status.write")) all += one["status"].get<std::string>() + ";";
  return all;
}
}  // namespace

TEST_CASE("only who is ONLINE, registered, without a call of any kind and on a live link is offered a call") {
  AcdDriver d;
  d.open("support", wrap_up("none"), {"1001"});
  d.tell({.on = On::Registered, .agent = "1001", .yes = false});
  d.call("c1", "support");
  CHECK(d.offers().empty());
  CHECK(d.agent("1001")["why"] == "not_registered");
  CHECK(d.queue("support")["agents"]["unreachable"] == 1);
  CHECK(d.stay("c1")["reason"] == "nobody_present");
  d.tell({.on = On::PhoneBusy, .agent = "1001", .yes = false});
  d.tell({.on = On::PhoneBusy, .agent = "1001", .yes = true});
  d.tell({.on = On::Registered, .agent = "1001", .yes = true});
  CHECK(d.state("1001") == "OnCall");
  CHECK(d.agent("1001")["why"] == "other_call");
  for (const AgentStatus status : {AgentStatus::Pause, AgentStatus::Break, AgentStatus::Training, AgentStatus::Meeting, AgentStatus::DoNotDisturb, AgentStatus::Offline}) {
    d.intent("1001", status);
    d.tell({.on = On::PhoneBusy, .agent = "1001", .yes = true});  // again: nothing new
    CHECK(d.agent("1001")["next_status"] == kAgentStatusWords[static_cast<std::size_t>(status)]);
    d.tell({.on = On::PhoneBusy, .agent = "1001", .yes = false});
    CHECK(d.state("1001") == (status == AgentStatus::Offline ? "Offline" : "Break"));
    CHECK(d.offers().empty());
    d.tell({.on = On::PhoneBusy, .agent = "1001", .yes = true});  // a call of his own does not end his pause
    CHECK(d.state("1001") == (status == AgentStatus::Offline ? "Offline" : "Break"));
    d.intent("1001", AgentStatus::Online);
    CHECK(d.state("1001") == "OnCall");
  }
  d.live(false);
  d.tell({.on = On::PhoneBusy, .agent = "1001", .yes = false});
  CHECK(d.state("1001") == "Available");
  CHECK(d.agent("1001")["why"] == "link_down");
  CHECK(d.stay("c1")["reason"] == "link_down");
  CHECK(d.offers().empty());
  d.live(true);
  CHECK(d.offers().empty());  // first it is told what the PBX still has
  d.tell({.on = On::AdoptCall, .call = "c1", .queue = "support", .where = acd::Where::Waiting});
  d.tell({.on = On::SweepDone});
  CHECK(d.offers() == std::vector<std::string>{"c1>1001"});
}

TEST_CASE("a timed wrap-up begins after an answered call only, is written to the CRM, may be extended, and ends once") {
  AcdDriver d;
  d.open("support", wrap_up("timed"), {"1001"});
  talk(d, "c1");
  CHECK(d.state("1001") == "WrapUp");
  CHECK(written(d) == "WRAP_UP;");
  CHECK(d.effect("status.write")["reason"] == "WRAP_UP");
  CHECK(d.agent("1001")["wrap_up"]["call_id"] == "c1");
  CHECK(d.agent("1001")["wrap_up"]["until"].get<double>() == d.at + 30'000);
  CHECK(d.record("c1")["final"] == false);
  d.pass(20'000);
  d.tell({.on = On::ExtendWrapUp, .agent = "1001", .ms = 15'000});
  CHECK(d.agent("1001")["wrap_up"]["until"].get<double>() == d.at + 25'000);
  d.tell({.on = On::PhoneBusy, .agent = "1001", .yes = true});
  d.tell({.on = On::PhoneBusy, .agent = "1001", .yes = false});
  d.pass(24'999);
  CHECK(d.state("1001") == "WrapUp");
  d.pass(1);
  CHECK(d.state("1001") == "Available");
  CHECK(written(d) == "WRAP_UP;ONLINE;");
  CHECK(d.notes("1001").back() == "wrap_up_forced");
  CHECK(d.record("c1")["wrap_up_time"] == 45'000);
  CHECK(d.record("c1")["final"] == true);
  CHECK(d.queue("support")["today"]["wrap_ups"] == 1);
  d.tell({.on = On::CompleteWrapUp, .agent = "1001"});
  CHECK(d.last.code == "not_in_wrap_up");
  talk(d, "c2");
  d.pass(3'000);
  d.tell({.on = On::CompleteWrapUp, .agent = "1001"});
  CHECK(d.notes("1001").back() == "wrap_up_over");
  CHECK(d.record("c2")["wrap_up_time"] == 3'000);
  CHECK(d.queue("support")["today"]["wrap_up_ms"] == 48'000);
}

TEST_CASE("a status picked during a call or its wrap-up applies after it") {
  AcdDriver d;
  d.open("support", wrap_up("timed"), {"1001"});
  for (const bool completes : {true, false}) {
    const auto after = [&](AgentStatus next) {
      d.call("c", "support");
      d.answered("c");
      d.intent("1001", next, "later");
      CHECK(d.state("1001") == "OnCall");
      d.ends("c");
      CHECK(d.state("1001") == "WrapUp");
      d.clear();
      if (completes) d.tell({.on = On::CompleteWrapUp, .agent = "1001"});
      else d.pass(30'000);
    };
    after(AgentStatus::Break);
    CHECK(d.state("1001") == "Break");
    CHECK(written(d) == "BREAK;");
    CHECK(d.effect("status.write")["reason"] == "later");
    d.intent("1001", AgentStatus::Online);
    after(AgentStatus::Offline);
    CHECK(d.state("1001") == "Offline");
    CHECK(written(d) == "OFFLINE;");
    d.intent("1001", AgentStatus::Online);
    after(AgentStatus::Online);
    CHECK(d.state("1001") == "Available");
    CHECK(written(d) == "ONLINE;");
    // Somebody rings him meanwhile: he goes over into that call.
    talk(d, "c3");
    d.tell({.on = On::PhoneBusy, .agent = "1001", .yes = true});
    if (completes) d.tell({.on = On::CompleteWrapUp, .agent = "1001"});
    else d.pass(30'000);
    CHECK(d.state("1001") == "OnCall");
    d.tell({.on = On::PhoneBusy, .agent = "1001", .yes = false});
    CHECK(d.state("1001") == "Available");
  }
}

TEST_CASE("an agent who changes his status ends his wrap-up; who lost his telephone gets none") {
  AcdDriver d;
  d.open("support", wrap_up("manual"), {"1001"});
  talk(d, "c1");
  CHECK(d.agent("1001")["wrap_up"]["until"].is_null());
  d.tell({.on = On::ExtendWrapUp, .agent = "1001", .ms = 1'000});
  CHECK(d.last.code == "not_timed");
  d.pass(3'600'000);
  CHECK(d.state("1001") == "WrapUp");
  d.intent("1001", AgentStatus::Online);
  CHECK(d.state("1001") == "Available");
  CHECK(d.record("c1")["wrap_up_time"] == 3'600'000);
  talk(d, "c2");
  d.intent("1001", AgentStatus::Meeting);
  CHECK(d.state("1001") == "Break");
  d.intent("1001", AgentStatus::Online);
  talk(d, "c3");
  d.tell({.on = On::PhoneBusy, .agent = "1001", .yes = true});
  d.intent("1001", AgentStatus::Online);
  CHECK(d.state("1001") == "OnCall");
  d.tell({.on = On::PhoneBusy, .agent = "1001", .yes = false});
  talk(d, "c4");
  d.intent("1001", AgentStatus::Offline);
  CHECK(d.state("1001") == "Offline");
  d.intent("1001", AgentStatus::Online);
  d.call("c5", "support");
  d.answered("c5");
  d.tell({.on = On::Registered, .agent = "1001", .yes = false});
  d.intent("1001", AgentStatus::Offline, "Auto: SIP not registered", "endpoint");
  d.clear();
  d.ends("c5");
  CHECK(d.state("1001") == "Offline");
  CHECK(d.effects("status.write").empty());
  CHECK(d.record("c5")["final"] == true);
}

TEST_CASE("a wrap-up waits until the agent's last call is over") {
  AcdDriver d;
  d.open("support", wrap_up("timed"), {"1001"});
  d.call("c1", "support");
  d.answered("c1");
  d.tell({.on = On::PhoneBusy, .agent = "1001", .yes = true});
  d.ends("c1");
  CHECK(d.state("1001") == "OnCall");
  CHECK(d.agent("1001")["why"] == "other_call");
  d.pass(5'000);
  d.tell({.on = On::PhoneBusy, .agent = "1001", .yes = false});
  CHECK(d.state("1001") == "WrapUp");
  CHECK(d.agent("1001")["wrap_up"]["call_id"] == "c1");
  d.tell({.on = On::CompleteWrapUp, .agent = "1001"});
  d.call("c2", "support");
  d.answered("c2");
  d.tell({.on = On::PhoneBusy, .agent = "1001", .yes = true});
  d.tell({.on = On::Registered, .agent = "1001", .yes = false});
  d.intent("1001", AgentStatus::Offline);
  d.ends("c2");
  d.tell({.on = On::PhoneBusy, .agent = "1001", .yes = false});
  CHECK(d.state("1001") == "Offline");
}

TEST_CASE("the record of a talk is written when it is over, also when an older call's wrap-up gives way to it") {
  AcdDriver d;
  d.open("support", wrap_up("timed"), {"1001"});
  d.call("c1", "support");
  d.answered("c1");
  d.call("c2", "support");
  d.tell({.on = On::AgentAccept, .call = "c2", .agent = "1001"});  // he picked it up besides
  d.pass(10'000);
  d.ends("c1");
  CHECK(d.record("c1")["ended_at"] == d.at);
  CHECK(d.record("c1")["final"] == false);
  d.pass(5'000);
  d.ends("c2");
  CHECK(d.record("c1")["final"] == true);
  CHECK(d.record("c2")["ended_at"] == d.at);
  CHECK(d.record("c2")["talk_time"] == 15'000);
  CHECK(d.record("c2")["final"] == false);
}

TEST_CASE("an optional wrap-up is begun by the agent, within a minute") {
  AcdDriver d;
  d.open("support", wrap_up("optional"), {"1001"});
  talk(d, "c1");
  CHECK(d.state("1001") == "Available");
  CHECK(d.record("c1")["final"] == false);
  d.pass(2'000);
  d.intent("1001", AgentStatus::WrapUp);
  CHECK(d.state("1001") == "WrapUp");
  CHECK(d.agent("1001")["wrap_up"]["call_id"] == "c1");
  d.intent("1001", AgentStatus::WrapUp);
  d.pass(8'000);
  d.tell({.on = On::CompleteWrapUp, .agent = "1001"});
  CHECK(d.record("c1")["wrap_up_time"] == 8'000);
  talk(d, "c2");
  d.pass(60'000);
  CHECK(d.record("c2")["final"] == true);
  d.intent("1001", AgentStatus::WrapUp);  // of no call
  CHECK(d.agent("1001")["wrap_up"]["call_id"].is_null());
  d.tell({.on = On::CompleteWrapUp, .agent = "1001"});
  CHECK(d.record("c2")["wrap_up_time"] == 0);
  talk(d, "c3");
  talk(d, "c4");
  CHECK(d.record("c3")["final"] == true);
}

TEST_CASE("an agent who lets it ring three times is paused with RONA, until somebody changes his status") {
  AcdDriver d;
  d.open("support", wrap_up("none"), {"1001"});
  d.call("c1", "support");
  for (int i = 0; i < 3; ++i) {
    CHECK(d.state("1001") == "Ringing");
    d.rings("c1");
    d.misses("c1");
    if (i < 2) d.pass(5'000);
  }
  CHECK(d.state("1001") == "Break");
  CHECK(d.effect("status.write")["status"] == "PAUSE");
  CHECK(d.effect("status.write")["reason"] == "RONA");
  CHECK(d.effect("status.write")["source"] == "acd");
  CHECK(d.notes("1001").back() == "rona");
  d.pass(3'600'000 - 3'001'000);
  CHECK(d.offers().size() == 3);
  d.intent("1001", AgentStatus::Online);
  d.rings("c1");
  d.misses("c1");
  CHECK(d.state("1001") == "Available");  // counted anew
  d.pass(5'000);
  d.answered("c1");
  d.ends("c1");
}

TEST_CASE("a status that changes while it rings applies when the ring is over") {
  AcdDriver d;
  d.open("support", wrap_up("none"), {"1001"});
  d.call("c1", "support");
  d.intent("1001", AgentStatus::Break);
  CHECK(d.state("1001") == "Ringing");
  d.misses("c1");
  CHECK(d.state("1001") == "Break");
  d.intent("1001", AgentStatus::Online);
  d.pass(5'000);
  d.intent("1001", AgentStatus::Offline);
  d.rejects("c1");
  CHECK(d.state("1001") == "Offline");
  d.intent("1001", AgentStatus::Online);
  d.pass(10'000);
  d.tell({.on = On::PhoneBusy, .agent = "1001", .yes = true});
  CHECK(d.state("1001") == "Ringing");
  d.misses("c1");
  CHECK(d.state("1001") == "OnCall");
}

TEST_CASE("our own older status that comes back late changes nothing") {
  AcdDriver d;
  d.crm = false;  // the CRM is slow
  d.open("support", wrap_up("timed"), {"1001"});
  talk(d, "c1");
  d.tell({.on = On::CompleteWrapUp, .agent = "1001"});
  CHECK(d.state("1001") == "Available");
  d.intent("1001", AgentStatus::WrapUp, "WRAP_UP", "auto");  // as the hub stores it
  CHECK(d.state("1001") == "Available");
  d.intent("1001", AgentStatus::Online, "", "acd");
  CHECK(d.state("1001") == "Available");
  CHECK(written(d) == "WRAP_UP;ONLINE;");
}

TEST_CASE("somebody who answers and of whom nobody told is no agent of ours; told of later, he is") {
  AcdDriver d;
  d.open("support", wrap_up("timed"), {"1001"});
  d.intent("1001", AgentStatus::Break);
  d.call("c1", "support");
  d.tell({.on = On::AgentAccept, .call = "c1", .agent = "2002"});  // he picked it up
  CHECK(d.stay("c1")["agent"] == "2002");
  d.intent("2002", AgentStatus::Online);
  CHECK(d.state("2002") == "Available");
  d.ends("c1");
  CHECK(d.record("c1")["agent_id"] == "2002");
  CHECK(d.state("2002") == "Available");
}

TEST_CASE("each minute falls out of the last half hour by itself, also when nothing is counted any more") {
  AcdDriver d;
  d.open("support", wrap_up("none"), {"1001"});
  talk(d, "c1");
  d.pass(10 * 60'000);
  talk(d, "c2");
  CHECK(d.queue("support")["last_30"]["answered"] == 2);
  d.pass(21 * 60'000);
  CHECK(d.queue("support")["last_30"]["answered"] == 1);
  AcdDriver again(7, d.mono);  // taken up again it is due at the same instant
  again.at = d.at;
  std::string error;
  REQUIRE(again.restore(d.snapshot(), error));
  CHECK(again.engine.due() == d.engine.due());
  d.clear();
  d.pass(10 * 60'000);
  CHECK(d.queue("support")["last_30"]["answered"] == 0);
}

TEST_CASE("numbers of today begin anew at the local midnight, those of the last half hour fade by the minute") {
  AcdDriver d;
  d.open("support", wrap_up("none"), {"1001"});
  d.tell({.on = On::Woke, .midnight = d.at + 3'600'000});
  talk(d, "c1");
  CHECK(d.agent("1001")["calls_today"] == 1);
  CHECK(d.agent("1001")["talk_ms_today"] == 10'000);
  CHECK(d.queue("support")["last_30"]["answered"] == 1);
  CHECK(d.queue("support")["ewt_ms"] == 0);
  d.intent("1001", AgentStatus::Break);
  d.intent("1001", AgentStatus::Online);
  d.call("c2", "support");
  d.answered("c2");
  CHECK(d.queue("support")["ewt_ms"] == 5'000);  // ten seconds of talk, two answers, one agent
  d.ends("c2");
  d.pass(31 * 60'000);
  CHECK(d.queue("support")["last_30"]["answered"] == 0);
  CHECK(d.queue("support")["today"]["answered"] == 2);
  d.pass(30 * 60'000);
  CHECK(d.queue("support")["today"]["answered"] == 0);
  CHECK(d.agent("1001")["calls_today"] == 0);
  talk(d, "c3");
  d.pass(86'400'000);
  CHECK(d.queue("support")["today"]["answered"] == 0);  // the host told nothing new: a day is a day
}
