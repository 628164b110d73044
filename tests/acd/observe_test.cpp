// Queues that app_queue routes: the same machine, the same records, nothing asked of the PBX.
#include "tests/acd/acd_driver.h"

using namespace offhook;
using namespace offhook::bench;
using acd::Observed;

namespace {
const json kObserved = {{"mode", "asterisk"}};
void see(AcdDriver& d, Observed what, const std::string& call, const std::string& agent = "", acd::Side by = acd::Side::None) {
  d.tell({.on = On::Observed, .call = call, .queue = "support", .agent = agent, .from = "+4930123", .what = what, .by = by});
}
}  // namespace

TEST_CASE("app_queue's call is followed from join to end, with its wrap-up, and nothing is offered by us") {
  AcdDriver d;
  d.open("support", kObserved, {"1001", "1002"});
  see(d, Observed::Joined, "c1");
  see(d, Observed::Joined, "c1");
  CHECK(d.offers().empty());
  CHECK(d.stay("c1")["reason"] == "asterisk");
  d.pass(3'000);
  see(d, Observed::AgentCalled, "c1", "1001");
  CHECK(d.state("1001") == "Ringing");
  d.pass(15'000);
  see(d, Observed::AgentRingNoAnswer, "c1", "1001");
  CHECK(d.agent("1001")["missed_today"] == 1);
  CHECK(d.state_of("c1") == "Queued");
  see(d, Observed::AgentCalled, "c1", "1002");
  see(d, Observed::AgentCalled, "c1", "1002");
  d.pass(2'000);
  see(d, Observed::CallerLeave, "c1");
  see(d, Observed::AgentConnect, "c1", "1002");
  d.pass(10'000);  // the leaving was the answer's
  CHECK(d.state_of("c1") == "Active");
  see(d, Observed::AgentComplete, "c1", "1002", acd::Side::Agent);
  CHECK(d.state("1002") == "WrapUp");
  CHECK(d.effect("status.write")["status"] == "WRAP_UP");
  const json row = d.record("c1");
  CHECK(row["mode"] == "asterisk");
  CHECK(row["outcome"] == "answered");
  CHECK(row["wait_time"] == 20'000);
  CHECK(row["ring_time"] == 17'000);
  CHECK(row["rona_count"] == 1);
  CHECK(row["offers"] == 2);
  CHECK(row["talk_time"] == 10'000);
  d.pass(3'600'000);
  CHECK(d.effects("overflow").empty());
  CHECK(d.effects("withdraw").empty());
  CHECK(d.effects("offer").empty());
  CHECK(d.effects("announce").empty());
}

TEST_CASE("abandoned, timed out and left by a key: app_queue's other ends") {
  AcdDriver d;
  d.open("support", kObserved, {"1001", "1002"});
  see(d, Observed::Joined, "c1");
  see(d, Observed::AgentCalled, "c1", "1001");
  see(d, Observed::CallerLeave, "c1");
  see(d, Observed::CallerAbandon, "c1");
  CHECK(d.record("c1")["outcome"] == "abandoned");
  CHECK(d.state("1001") == "Available");
  see(d, Observed::Joined, "c2");
  see(d, Observed::AgentCalled, "c2", "1001");
  see(d, Observed::AgentCalled, "c2", "1002");
  see(d, Observed::CallerLeave, "c2");
  d.pass(2'000);  // nothing follows
  CHECK(d.record("c2")["outcome"] == "timeout");
  CHECK(d.record("c2")["overflow_to"] == "dialplan");
  CHECK(d.state("1002") == "Available");
  see(d, Observed::Joined, "c3");
  see(d, Observed::Exit, "c3");
  CHECK(d.record("c3")["outcome"] == "overflow");
  see(d, Observed::Joined, "c4");
  see(d, Observed::AgentCalled, "c4", "1001");
  see(d, Observed::Timeout, "c4");
  CHECK(d.record("c4")["outcome"] == "timeout");
  see(d, Observed::Joined, "c5");
  see(d, Observed::AgentConnect, "c5", "1002");  // its AgentCalled was lost
  CHECK(d.stay("c5")["agent"] == "1002");
  d.tell({.on = On::AgentLegLost, .call = "c5"});
  CHECK(d.record("c5")["outcome"] == "error");
  see(d, Observed::Joined, "c6");
  see(d, Observed::AgentCalled, "c6", "1001");
  see(d, Observed::Exit, "c6");
  CHECK(d.record("c6")["outcome"] == "overflow");
  CHECK(d.state("1001") == "Available");
}

TEST_CASE("who is rung by app_queue though he should not be is believed to be rung") {
  AcdDriver d;
  d.open("support", {{"mode", "asterisk"}, {"wrap_up", {{"mode", "timed"}, {"ms", 30'000}}}}, {"1001"});
  d.intent("1001", AgentStatus::Break);
  see(d, Observed::Joined, "c1");
  see(d, Observed::AgentCalled, "c1", "1001");
  CHECK(d.state("1001") == "Break");
  see(d, Observed::AgentRingNoAnswer, "c1", "1001");
  CHECK(d.state("1001") == "Break");
  see(d, Observed::AgentCalled, "c1", "1001");
  see(d, Observed::AgentConnect, "c1", "1001");
  CHECK(d.state("1001") == "OnCall");
  d.pass(5'000);
  see(d, Observed::AgentComplete, "c1", "1001");
  CHECK(d.state("1001") == "WrapUp");
  see(d, Observed::Joined, "c2");
  see(d, Observed::AgentConnect, "c2", "1001");  // before his pause had reached the PBX
  CHECK(d.state("1001") == "OnCall");
  CHECK(d.record("c1")["final"] == true);
  CHECK(d.notes("1001").back() == "wrap_up_forced");
  d.intent("1001", AgentStatus::Offline);
  see(d, Observed::Joined, "c3");
  see(d, Observed::AgentConnect, "c3", "1001");  // two at once
  see(d, Observed::AgentComplete, "c2", "1001");
  CHECK(d.state("1001") == "OnCall");
  see(d, Observed::AgentComplete, "c3", "1001");
  CHECK(d.state("1001") == "WrapUp");
  d.pass(30'000);
  CHECK(d.state("1001") == "Offline");
}

TEST_CASE("without a wrap-up an agent goes to what he picked during the call") {
  AcdDriver d;
  d.open("support", {{"mode", "asterisk"}, {"wrap_up", {{"mode", "none"}}}}, {"1001"});
  for (const AgentStatus status : {AgentStatus::Offline, AgentStatus::Break}) {
    d.intent("1001", AgentStatus::Online);
    see(d, Observed::Joined, "c1");
    see(d, Observed::AgentConnect, "c1", "1001");
    d.intent("1001", status);
    see(d, Observed::AgentComplete, "c1", "1001");
    CHECK(d.state("1001") == (status == AgentStatus::Break ? "Break" : "Offline"));
  }
  CHECK(d.effects("status.write").empty());  // the CRM has it already
}

TEST_CASE("a caller whom the PBX's own queue took over from us is followed there, with his place") {
  AcdDriver d;
  d.open("support", {{"wrap_up", {{"mode", "none"}}}}, {"1001"});
  d.call("c1", "support");
  d.rings("c1");
  d.pass(4'000);
  d.tell({.on = On::LeftQueue, .call = "c1", .how = acd::How::Fallback});
  CHECK(d.state_of("c1") == "Queued");
  CHECK(d.state("1001") == "Available");
  CHECK(d.agent("1001")["missed_today"] == 0);
  d.clear();
  d.pass(700'000);
  CHECK(d.offers().empty());
  see(d, Observed::AgentCalled, "c1", "1001");
  see(d, Observed::AgentConnect, "c1", "1001");
  see(d, Observed::AgentComplete, "c1", "1001");
  CHECK(d.record("c1")["outcome"] == "answered");
  CHECK(d.record("c1")["mode"] == "asterisk");
  CHECK(d.record("c1")["wait_time"] == 704'000);
  d.intent("1001", AgentStatus::Break);
  d.call("c2", "support");
  see(d, Observed::Joined, "c2");  // the same, seen from app_queue's side
  CHECK(d.stay("c2")["mode"] == "asterisk");
  d.call("c3", "support");
  d.tell({.on = On::LeftQueue, .call = "c3", .how = acd::How::Taken});
  CHECK(d.record("c3")["overflow_to"] == "taken");
  d.call("c4", "support");
  d.tell({.on = On::LeftQueue, .call = "c4", .how = acd::How::Overflow});  // the dialplan's own time limit
  CHECK(d.record("c4")["outcome"] == "timeout");
}
