// A call's way through a queue of ours: offered, answered, not answered, given up.
#include "tests/acd/acd_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {
const json kPlain = {{"wrap_up", {{"mode", "none"}}}};
}

TEST_CASE("a call waits, rings one agent, is talked and is over; its record says how long each took") {
  AcdDriver d;
  d.open("support", kPlain, {"1001"});
  d.intent("1001", AgentStatus::Break, "tea");
  d.call("c1", "support");
  CHECK(d.state_of("c1") == "Queued");
  CHECK(d.stay("c1")["position"] == 1);
  CHECK(d.offers().empty());
  CHECK(d.queue("support")["waiting"] == 1);
  CHECK(d.queue("support")["agents"]["break"] == 1);
  d.pass(12'000);
  d.intent("1001", AgentStatus::Online);
  CHECK(d.offers() == std::vector<std::string>{"c1>1001"});
  CHECK(d.effect("offer")["ring_ms"] == 15'000);
  CHECK(d.state("1001") == "Ringing");
  CHECK(d.agent("1001")["why"] == "reserved");
  d.rings("c1");
  d.pass(4'000);
  d.answers("c1");
  CHECK(d.state_of("c1") == "Active");
  CHECK(d.state("1001") == "OnCall");
  d.pass(60'000);
  d.tell({.on = On::Hold, .call = "c1"});
  CHECK(d.stay("c1")["held"] == true);
  CHECK(d.queue("support")["agents"]["hold"] == 1);
  d.pass(5'000);
  d.tell({.on = On::Hold, .call = "c1"});  // told twice: one hold
  d.pass(5'000);
  d.tell({.on = On::Unhold, .call = "c1"});
  d.pass(30'000);
  d.ends("c1", acd::Side::Agent);
  CHECK(d.state_of("c1") == "none");
  CHECK(d.state("1001") == "Available");
  const json row = d.record("c1");
  CHECK(row["outcome"] == "answered");
  CHECK(row["hangup_by"] == "agent");
  CHECK(row["agent_id"] == "1001");
  CHECK(row["wait_time"] == 16'000);
  CHECK(row["queue_time_seconds"] == 16);
  CHECK(row["ring_time"] == 4'000);
  CHECK(row["hold_time"] == 10'000);
  CHECK(row["talk_time"] == 90'000);
  CHECK(row["talk_time_seconds"] == 90);
  CHECK(row["attempts"] == 0);
  CHECK(row["offers"] == 1);
  CHECK(row["final"] == true);
  CHECK(row["participants"] == json::array({"1001"}));
  const json today = d.queue("support")["today"];
  CHECK(today["offered"] == 1);
  CHECK(today["answered"] == 1);
  CHECK(today["answered_in_sl"] == 1);
  CHECK(today["wait_answered_ms"] == 16'000);
  CHECK(today["talk_ms"] == 90'000);
  CHECK(d.ended.size() == 1);
  CHECK(d.ended[0]["gone"] == true);
  CHECK(d.ended[0]["outcome"] == "answered");
}

TEST_CASE("who does not answer is left alone for a while, and the call keeps its place") {
  AcdDriver d;
  d.open("support", kPlain, {"1001", "1002"});
  d.call("c1", "support");
  const double since = d.stay("c1")["enqueued_at"];
  const std::string first = d.effect("offer")["agent"], second = first == "1001" ? "1002" : "1001";
  d.rings("c1");
  d.call("c2", "support");
  d.tell({.on = On::AgentReject, .call = "c2", .attempt = d.attempt("c2")});
  CHECK(d.agent(second)["why"] == "cool_down");
  d.pass(9'000);
  d.misses("c1");
  CHECK(d.agent(first)["why"] == "cool_down");
  CHECK(d.notes(first) == std::vector<std::string>{"offered", "missed"});
  CHECK(d.agent(first)["missed_today"] == 1);
  CHECK(d.agent(second)["missed_today"] == 0);
  CHECK(d.state_of("c1") == "Queued");
  CHECK(d.stay("c1")["position"] == 1);
  CHECK(d.stay("c2")["position"] == 2);
  CHECK(d.stay("c1")["enqueued_at"] == since);
  CHECK(d.stay("c1")["reason"] == "nobody_free");
  d.clear();
  d.pass(1'000);  // the one who rejected cools down for ten seconds
  CHECK(d.offers() == std::vector<std::string>{"c1>" + second});
  d.pass(5'000);  // and the one who let it ring for five
  CHECK(d.offers().back() == "c2>" + first);
  CHECK(d.queue("support")["today"]["rona"] == 1);
}

TEST_CASE("without a cool-down whoever let it ring is not rung for the same call again at once, and is for another one") {
  AcdDriver d;
  d.open("support", {{"rona_ms", 0}, {"rona_after", 0}, {"max_attempts", 0}}, {"1001"});
  d.call("c1", "support");
  d.rings("c1");
  d.clear();
  d.misses("c1");
  CHECK(d.offers().empty());
  CHECK(d.state("1001") == "Available");
  CHECK(d.state_of("c1") == "Queued");
  d.call("c2", "support");
  CHECK(d.offers() == std::vector<std::string>{"c2>1001"});
  d.rings("c2");
  d.clear();
  d.misses("c2");
  CHECK(d.offers().empty());  // neither of both, for a second
  d.pass(1'000);
  CHECK(d.offers() == std::vector<std::string>{"c1>1001"});
}

TEST_CASE("a caller who hangs up is abandoned, waiting or while an agent rings, and nobody's wrap-up begins") {
  AcdDriver d;
  d.open("support", json::object(), {"1001"});
  d.call("c1", "support");
  d.call("c2", "support");
  d.rings("c1");
  d.pass(7'000);
  d.tell({.on = On::HangupCall, .call = "c2"});
  d.clear();
  d.tell({.on = On::HangupCall, .call = "c1"});
  CHECK(d.record("c1")["outcome"] == "abandoned");
  CHECK(d.record("c1")["hangup_by"] == "caller");
  CHECK(d.record("c1")["wait_time"] == 7'000);
  CHECK(d.record("c1")["ring_time"] == 7'000);
  CHECK(d.record("c2")["outcome"] == "abandoned");
  CHECK(d.state("1001") == "Available");
  CHECK(d.agent("1001")["why"] == "ready");
  CHECK(d.effects("status.write").empty());
  CHECK(d.effects("withdraw").empty());  // with the caller the ring ends by itself
  const json today = d.queue("support")["today"];
  CHECK(today["abandoned"] == 2);
  CHECK(today["short_abandoned"] == 0);
  CHECK(today["abandoned_in_sl"] == 2);
  d.call("c3", "support");
  d.pass(1'000);
  d.tell({.on = On::CallEnded, .call = "c3", .by = acd::Side::Supervisor});  // while it rings
  CHECK(d.record("c3")["hangup_by"] == "supervisor");
  CHECK(d.queue("support")["today"]["short_abandoned"] == 1);
  d.intent("1001", AgentStatus::Break);
  d.call("c4", "support");
  d.tell({.on = On::CallEnded, .call = "c4", .by = acd::Side::System});
  CHECK(d.record("c4")["outcome"] == "abandoned");
}

TEST_CASE("after too many attempts, and after too long a wait, the call overflows; the ring that goes on is finished first") {
  for (const std::string how : {"AgentNoAnswer", "AgentReject", "AgentUnavailable", "BridgeFailed"}) {
    CAPTURE(how);
    const auto refuse_it = [&](AcdDriver& d) {
      d.rings("c1");
      const On on = how == "AgentNoAnswer" ? On::AgentNoAnswer : how == "AgentReject" ? On::AgentReject : how == "AgentUnavailable" ? On::AgentUnavailable : On::BridgeFailed;
      d.tell({.on = on, .call = "c1", .attempt = d.attempt("c1")});
    };
    json settings = {{"max_attempts", 2}, {"rona_after", 0}, {"max_wait_ms", 600'000}, {"overflow", {{"kind", "external"}, {"target", "+49555"}}}};
    AcdDriver d;
    d.open("support", settings, {"1001"});
    d.call("c1", "support");
    refuse_it(d);
    CHECK(d.state_of("c1") == (how == "BridgeFailed" ? "AgentRinging" : "Queued"));  // the PBX's fault is nobody's cool-down
    for (int i = 0; i < 100 && d.state_of("c1") != "AgentRinging"; ++i) d.pass(1'000);
    refuse_it(d);
    CHECK(d.state_of("c1") == "Terminating");
    CHECK(d.effect("overflow")["kind"] == "external");
    CHECK(d.effect("overflow")["target"] == "+49555");
    d.tell({.on = On::LeftQueue, .call = "c1", .how = acd::How::Overflow});
    CHECK(d.state_of("c1") == "none");
    CHECK(d.record("c1")["outcome"] == "overflow");
    CHECK(d.record("c1")["overflow_to"] == "external:+49555");
    CHECK(d.record("c1")["attempts"] == 2);

    settings["max_attempts"] = 0;
    settings["max_wait_ms"] = 10'000;
    AcdDriver late;
    late.open("support", settings, {"1001"});
    late.call("c1", "support");
    late.rings("c1");
    late.pass(12'000);
    CHECK(late.state_of("c1") == "AgentRinging");
    CHECK(late.effects("overflow").empty());
    refuse_it(late);
    CHECK(late.state_of("c1") == "Terminating");
    CHECK(late.record("c1")["outcome"].is_null());
    late.pass(20'000);  // nothing confirms it
    CHECK(late.record("c1")["outcome"] == "timeout");
    CHECK(late.queue("support")["today"]["timeout"] == 1);

    late.call("c2", "support");
    late.rings("c2");
    late.pass(12'000);
    late.answers("c2");  // the deadline passed, but he answers
    CHECK(late.state_of("c2") == "Active");
    late.ends("c2");
  }
}

TEST_CASE("a caller whom nobody takes leaves when his time is over, by a key, or when the queue is empty") {
  AcdDriver d;
  d.open("support", {{"max_wait_ms", 30'000}, {"join_empty", false}, {"overflow", {{"kind", "announce"}, {"target", "sorry"}}}}, {"1001"});
  d.intent("1001", AgentStatus::Break);
  d.call("c1", "support");
  d.pass(29'999);
  CHECK(d.state_of("c1") == "Queued");
  d.pass(1);
  CHECK(d.state_of("c1") == "Terminating");
  CHECK(d.effect("overflow")["kind"] == "announce");
  d.tell({.on = On::CallEnded, .call = "c1"});  // he hears it and hangs up
  CHECK(d.record("c1")["outcome"] == "timeout");
  d.call("c2", "support");
  d.tell({.on = On::LeftQueue, .call = "c2", .how = acd::How::Key});
  CHECK(d.state_of("c2") == "Terminating");
  d.tell({.on = On::HangupCall, .call = "c2"});
  CHECK(d.record("c2")["outcome"] == "overflow");
  d.call("c3", "support");
  d.intent("1001", AgentStatus::Offline);
  CHECK(d.state_of("c3") == "Terminating");
  d.tell({.on = On::LeftQueue, .call = "c3", .how = acd::How::Overflow});
  CHECK(d.record("c3")["outcome"] == "overflow");
  d.call("c4", "support");  // nobody there: he is not let in
  CHECK(d.record("c4")["outcome"] == "rejected");
  CHECK(d.record("c4")["overflow_to"] == "announce:sorry");
  CHECK(d.queue("support")["today"]["refused"] == 1);
  CHECK(d.queue("support")["today"]["offered"] == 3);
}

TEST_CASE("a full and a closed queue overflow like one that took too long; from queue to queue the first place is kept") {
  AcdDriver d;
  const json first = {{"queue", "first"}, {"max_waiting", 1}, {"max_wait_ms", 20'000}, {"overflow", {{"kind", "queue"}, {"target", "second"}}}};
  const json second = {{"queue", "second"}, {"max_wait_ms", 60'000}, {"overflow", {{"kind", "queue"}, {"target", "first"}}}};
  const json agents = json::array({{{"extension", "1001"}, {"queues", json::array({{{"queue", "second"}}})}}});
  d.configure({{"queues", {first, second}}, {"agents", agents}});
  d.live(true);
  d.swept();
  d.call("c1", "first");
  const double since = d.stay("c1")["enqueued_at"];
  d.pass(1'000);
  d.call("c2", "first");  // full
  CHECK(d.record("c2")["outcome"] == "rejected");
  CHECK(d.stay("c2")["queue"] == "second");
  d.pass(19'000);
  CHECK(d.stay("c1")["queue"] == "second");
  CHECK(d.stay("c1")["enqueued_at"] == since);
  CHECK(d.stay("c1")["position"] == 1);
  CHECK(d.stay("c2")["position"] == 2);
  CHECK(d.record("c1")["outcome"] == "timeout");
  CHECK(d.record("c1")["overflow_to"] == "queue:second");
  CHECK(d.record("c1", 1)["transfer_from_record"] == d.record("c1")["id"]);
  CHECK(d.effect("overflow")["target"] == "second");
  d.come("1001");
  CHECK(d.offers() == std::vector<std::string>{"c1>1001"});
  d.pass(400'000);  // nobody sees it ring; in the end there is no queue to go on to
  CHECK(d.effect("overflow")["kind"] == "voicemail");
}

TEST_CASE("a queue whose overflow is to hang up ends the call itself, and says that it was the system's doing") {
  AcdDriver d;
  d.open("support", {{"max_wait_ms", 30'000}, {"max_waiting", 2}, {"overflow", {{"kind", "hangup"}}}}, {});
  d.call("c1", "support");
  d.call("c2", "support");
  d.call("full", "support");  // not let in: the same end
  CHECK(d.effect("overflow") == json({{"type", "overflow"}, {"call", "full"}, {"queue", "support"}, {"kind", "hangup"}, {"target", nullptr}}));
  CHECK(d.record("full")["outcome"] == "rejected");
  CHECK(d.record("full")["overflow_to"] == "hangup");
  d.clear();
  d.pass(30'000);
  CHECK(d.effects("overflow").size() == 2);
  CHECK(d.state_of("c1") == "Terminating");
  d.tell({.on = On::HangupCall, .call = "c1", .by = acd::Side::System});  // the PBX has done it
  CHECK(d.state_of("c1") == "none");
  CHECK(d.record("c1")["outcome"] == "timeout");
  CHECK(d.record("c1")["overflow_to"] == "hangup");
  d.pass(15'000);  // of c2 nobody tells: it is taken as done
  CHECK(d.state_of("c2") == "none");
  CHECK(d.record("c2")["final"] == true);
  const json today = d.queue("support")["today"];
  CHECK(today["timeout"] == 2);
  CHECK(today["refused"] == 1);
  CHECK(today["abandoned"] == 0);
}

TEST_CASE("a callback keeps the caller's place; the agent is rung first") {
  AcdDriver d;
  d.open("support", {{"max_wait_ms", 30'000}, {"overflow", {{"kind", "callback"}}}, {"wrap_up", {{"mode", "none"}}}}, {"1001"});
  d.intent("1001", AgentStatus::Break);
  d.call("c1", "support", "+4930999");
  const double since = d.stay("c1")["enqueued_at"];
  d.pass(10'000);
  d.call("c2", "support", "anonymous");
  d.pass(20'000);
  CHECK(d.effect("overflow")["kind"] == "callback");
  CHECK(d.effect("overflow")["target"] == "+4930999");
  d.tell({.on = On::LeftQueue, .call = "c1", .how = acd::How::Overflow});
  CHECK(d.record("c1")["outcome"] == "timeout");
  CHECK(d.record("c1")["overflow_to"] == "callback:+4930999");
  CHECK(d.state_of("c1*callback") == "Queued");
  CHECK(d.stay("c1*callback")["enqueued_at"] == since);
  CHECK(d.stay("c1*callback")["position"] == 1);
  d.pass(10'000);
  CHECK(d.effect("overflow")["kind"] == "voicemail");  // c2: nobody can ring an anonymous caller
  d.intent("1001", AgentStatus::Online);
  const json due = d.effect("callback.due");
  CHECK(due["number"] == "+4930999");
  CHECK(due["agent"] == "1001");
  d.rings("c1*callback");
  d.pass(30'000);  // the agent has it, the customer's phone rings
  CHECK(d.state_of("c1*callback") == "AgentRinging");
  d.tell({.on = On::BridgeFailed, .call = "c1*callback", .attempt = d.attempt("c1*callback")});
  CHECK(d.state_of("c1*callback") == "AgentRinging");  // once more, and this time he is there
  d.answered("c1*callback");
  d.pass(5'000);
  d.ends("c1*callback");
  CHECK(d.record("c1*callback")["direction"] == "outbound");
  CHECK(d.record("c1*callback")["outcome"] == "answered");
  d.intent("1001", AgentStatus::Break);
  d.tell({.on = On::QueueCall, .call = "out-1", .queue = "support", .number = "+4930777"});  // asked for from outside
  d.pass(86'400'000);
  CHECK(d.record("out-1")["overflow_to"] == "given_up");
}

TEST_CASE("all agents of a ring_all are rung; the first answer has the call, and for the others it was no miss") {
  AcdDriver d;
  d.open("support", {{"strategy", "ring_all"}, {"max_attempts", 0}, {"wrap_up", {{"mode", "none"}}}}, {"1001", "1002", "1003"});
  d.call("c1", "support");
  CHECK(d.effects("offer").size() == 3);
  CHECK(d.stay("c1")["agents"].size() == 3);
  const std::vector<json> offers = d.effects("offer");
  for (const json& offer : offers) d.tell({.on = On::Offered, .call = "c1", .attempt = offer["attempt"]});
  d.tell({.on = On::AgentReject, .call = "c1", .agent = "1003"});
  CHECK(d.state_of("c1") == "AgentRinging");
  CHECK(d.state("1003") == "Available");
  d.tell({.on = On::AgentAccept, .call = "c1", .agent = "1001"});
  CHECK(d.stay("c1")["agent"] == "1001");
  CHECK(d.state("1002") == "Available");
  CHECK(d.agent("1002")["missed_today"] == 0);
  CHECK(d.effect("withdraw")["agent"] == "1002");
  d.ends("c1");
  d.pass(60'000);
  d.call("c2", "support");
  d.tell({.on = On::AgentNoAnswer, .call = "c2", .agent = "1001"});
  d.tell({.on = On::AgentUnavailable, .call = "c2", .agent = "1002", .text = "busy"});
  CHECK(d.state_of("c2") == "AgentRinging");
  d.tell({.on = On::AgentNoAnswer, .call = "c2", .agent = "1003"});
  CHECK(d.state_of("c2") == "Queued");
  CHECK(d.stay("c2")["attempts"] == 1);  // one round
  CHECK(d.agent("1002")["until"].get<double>() - d.at == 60'000);
}

TEST_CASE("transfers end an agent's part; to another agent of ours the talk goes on in a record of its own") {
  AcdDriver d;
  d.open("support", kPlain, {"1001", "1002"});
  d.intent("1002", AgentStatus::Break);
  d.call("c1", "support");
  d.answered("c1");
  d.pass(40'000);
  d.tell({.on = On::AttendedTransfer, .call = "c1", .agent = "1002", .target = "1002"});
  CHECK(d.state_of("c1") == "Active");
  CHECK(d.stay("c1")["agent"] == "1002");
  CHECK(d.state("1001") == "Available");
  CHECK(d.state("1002") == "OnCall");
  d.pass(25'000);
  d.ends("c1");
  CHECK(d.state("1002") == "Break");
  CHECK(d.record("c1")["outcome"] == "transferred_attended");
  CHECK(d.record("c1")["talk_time"] == 40'000);
  CHECK(d.record("c1", 1)["talk_time"] == 25'000);
  CHECK(d.record("c1", 1)["wait_time"] == 0);
  CHECK(d.record("c1", 1)["agent_id"] == "1002");
  CHECK(d.record("c1", 1)["transfer_from_record"] == d.record("c1")["id"]);
  CHECK(d.record("c1", 1)["outcome"] == "answered");
  CHECK(d.queue("support")["today"]["answered"] == 1);
  CHECK(d.queue("support")["today"]["transfers"] == 1);
  d.call("c2", "support");
  d.answered("c2");
  d.tell({.on = On::BlindTransfer, .call = "c2", .target = "+49777"});
  CHECK(d.record("c2")["outcome"] == "transferred_blind");
  CHECK(d.record("c2")["overflow_to"] == "+49777");
  d.call("c3", "support");
  d.answered("c3");
  d.tell({.on = On::AttendedTransfer, .call = "c3", .target = "+49777"});
  CHECK(d.record("c3")["outcome"] == "transferred_attended");
  d.call("c4", "support");
  d.answered("c4");
  d.call("c4", "support");  // the same again: nothing
  CHECK(d.parts("c4") == 1);
  d.tell({.on = On::HangupCall, .call = "c4"});  // told by the other word: over as well
  CHECK(d.record("c4")["outcome"] == "answered");
  d.call("c4", "support");
  CHECK(d.record("c4", 1)["transfer_from_record"] == d.record("c4")["id"]);
}

TEST_CASE("a caller whose agent is lost goes back to the head of the queue, three times") {
  AcdDriver d;
  d.open("support", kPlain, {"1001"});
  d.call("c1", "support");
  d.pass(1'000);
  d.answered("c1");
  d.call("c2", "support");
  for (int lost = 0; lost < 3; ++lost) {
    d.pass(10'000);
    d.intent("1001", AgentStatus::Break);
    d.tell({.on = On::AgentLegLost, .call = "c1"});
    CHECK(d.state_of("c1") == "Queued");
    CHECK(d.stay("c1")["position"] == 1);
    CHECK(d.record("c1", static_cast<std::size_t>(lost))["outcome"] == "error");
    CHECK(d.record("c1", static_cast<std::size_t>(lost))["talk_time"] == 10'000);
    d.pass(5'000);  // unreachable_ms: so long he is not given to the same dead telephone again
    d.intent("1001", AgentStatus::Online);
    d.answered("c1");
  }
  d.tell({.on = On::AgentLegLost, .call = "c1"});
  CHECK(d.state_of("c1") == "none");
  CHECK(d.record("c1", 3)["outcome"] == "error");
  CHECK(d.queue("support")["today"]["answered"] == 1);
  CHECK(d.queue("support")["today"]["offered"] == 2);
}
