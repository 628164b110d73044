// Calls for which something is odd: answers that come late or never, queues that go away, supervisors, and what is refused.
#include "tests/acd/acd_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {
const json kPlain = {{"wrap_up", {{"mode", "none"}}}};
}

TEST_CASE("an offer of which the PBX shows nothing is given up; a ring that it does not end, too") {
  AcdDriver d;
  d.open("support", kPlain, {"1001"});
  d.call("c1", "support");
  d.pass(5'000);
  CHECK(d.effect("withdraw")["attempt"] == 1);
  CHECK(d.agent("1001")["why"] == "cool_down");
  CHECK(d.agent("1001")["missed_today"] == 0);
  d.clear();
  d.pass(5'000);
  d.rings("c1");
  d.pass(17'999);
  CHECK(d.effects("withdraw").empty());
  d.pass(1);
  CHECK(d.effects("withdraw").size() == 1);
  CHECK(d.agent("1001")["missed_today"] == 1);
  CHECK(d.state_of("c1") == "Queued");
  d.tell({.on = On::AgentAccept, .call = "c1", .agent = "1001", .attempt = 2});  // it was too late to take it back
  CHECK(d.state_of("c1") == "Active");
  CHECK(d.state("1001") == "OnCall");
  d.ends("c1");
  d.call("c2", "support");
  d.tell({.on = On::AgentAccept, .call = "c2", .agent = "1001", .attempt = 2});  // stale: not this ring
  CHECK(d.state_of("c2") == "AgentRinging");
  d.tell({.on = On::RejectOffer, .call = "c2", .agent = "1001"});
  CHECK(d.effect("withdraw")["attempt"] == 3);
  CHECK(d.agent("1001")["until"].get<double>() - d.at == 10'000);
  d.tell({.on = On::RejectOffer, .call = "c2", .agent = "1001"});
  CHECK(d.last.code == "not_offered");
}

TEST_CASE("an answer that comes while the overflow is under way is believed") {
  AcdDriver d;
  d.open("support", {{"max_attempts", 1}}, {"1001"});
  d.call("c1", "support");
  d.rings("c1");
  d.misses("c1");
  CHECK(d.state_of("c1") == "Terminating");
  d.tell({.on = On::AgentAccept, .call = "c1", .agent = "1001"});
  CHECK(d.state_of("c1") == "Active");
  d.pass(60'000);
  d.ends("c1");
  CHECK(d.record("c1")["outcome"] == "answered");
}

TEST_CASE("a queue that is taken out of the settings lets go of who waits; a ring is finished first, a talk goes on") {
  AcdDriver d;
  d.open("old", kPlain, {"1001", "1002"});
  d.call("c1", "old");
  d.answered("c1");
  d.call("c2", "old");
  d.call("c3", "old");
  CHECK(d.state_of("c2") == "AgentRinging");
  d.configure({{"queues", json::array({{{"queue", "new"}}})}, {"agents", json::array()}});
  CHECK(d.state_of("c3") == "Terminating");
  CHECK(d.state_of("c2") == "AgentRinging");
  CHECK(d.state_of("c1") == "Active");
  CHECK(d.queue("old")["open"] == false);
  d.call("c4", "old");
  CHECK(d.record("c4")["outcome"] == "rejected");
  d.misses("c2");
  CHECK(d.state_of("c2") == "Terminating");
  for (const std::string call : {"c2", "c3"}) d.tell({.on = On::LeftQueue, .call = call, .how = acd::How::Overflow});
  d.ends("c1");
  CHECK(d.record("c1")["outcome"] == "answered");
  CHECK(d.queue("old").is_null());
  CHECK(d.last.gone_queues == std::vector<std::string>{"old"});
  d.call("c5", "old");
  CHECK(d.last.code == "unknown_queue");
}

TEST_CASE("what is wrong is refused with a code, and nothing changes") {
  AcdDriver d;
  d.open("support", kPlain, {"1001"});
  d.intent("1001", AgentStatus::Break);
  d.call("c1", "support");
  const std::string before = d.snapshot();
  const std::size_t entries = d.journal.size();
  const auto refused = [&](const Event& event) {
    d.tell(event);
    CHECK_FALSE(d.last.message.empty());
    return std::string(d.last.code);
  };
  CHECK(refused({.on = On::QueueCall, .call = "c2", .queue = "nowhere"}) == "unknown_queue");
  CHECK(refused({.on = On::QueueCall, .queue = "support"}) == "bad_value");
  for (const double priority : {101.0, -101.0, 1.5, 1e300}) {
    CHECK(refused({.on = On::QueueCall, .call = "c2", .queue = "support", .priority = priority}) == "bad_priority");
    CHECK(refused({.on = On::Priority, .call = "c1", .priority = priority}) == "bad_priority");
  }
  CHECK(refused({.on = On::Priority, .call = "c9"}) == "unknown_call");
  CHECK(refused({.on = On::Move, .call = "c9", .queue = "support"}) == "unknown_call");
  CHECK(refused({.on = On::Move, .call = "c1", .queue = "nowhere"}) == "unknown_queue");
  CHECK(refused({.on = On::CompleteWrapUp, .agent = "1009"}) == "unknown_agent");
  CHECK(refused({.on = On::CompleteWrapUp, .agent = "1001"}) == "not_in_wrap_up");
  CHECK(refused({.on = On::ExtendWrapUp, .agent = "1001", .ms = 5}) == "not_in_wrap_up");
  CHECK(refused({.on = On::Intent}) == "bad_value");
  CHECK(refused({.on = On::RejectOffer, .call = "c9"}) == "unknown_call");
  CHECK(refused({.on = On::RejectOffer, .call = "c1"}) == "not_offered");
  CHECK(refused({.on = On::Configured}) == "bad_settings");
  for (const On on : {On::Offered, On::AgentAccept, On::AgentNoAnswer, On::CallEnded, On::HangupCall, On::Hold, On::LeftQueue, On::Observed, On::BlindTransfer})
    d.tell({.on = on, .call = "not one of ours", .agent = "1001"});
  for (int i = 0; i < 1'000; ++i) d.call("c1", "support");
  CHECK(d.snapshot() == before);
  CHECK(d.journal.size() == entries);
  CHECK(d.queue("support")["waiting"] == 1);
}

TEST_CASE("a caller who wishes for more skills than can be known is served without them, rather than never") {
  AcdDriver d;
  d.open("support", {{"wrap_up", {{"mode", "none"}}}}, {"1001"});
  d.intent("1001", AgentStatus::Break);
  for (int i = 0; i < 1'100; ++i) {
    Event event{.on = On::QueueCall, .call = "c" + std::to_string(i), .queue = "support"};
    event.skills.push_back({.skill = "typed-" + std::to_string(i)});
    d.tell(event);
    if (i < 1'050) d.tell({.on = On::HangupCall, .call = event.call});
  }
  CHECK(d.queue("support")["waiting"] == 50);
  CHECK(json::parse(d.snapshot())["skill_ids"].size() == 1'000);
  d.intent("1001", AgentStatus::Online);
  CHECK(d.state_of("c1050") == "AgentRinging");
}

TEST_CASE("a snapshot that no hub wrote is refused whole, and the acd is as new") {
  AcdDriver d;
  d.open("support", {{"ring_ms", 20'000}}, {"1001", "1002"});
  d.call("c1", "support");
  d.rings("c1");
  d.call("c2", "support");
  d.answered("c2");
  const json good = json::parse(d.snapshot());
  const auto refused = [&](const std::string& path, const json& value) {
    json bad = good;
    bad[json::json_pointer(path)] = value;
    acd::Acd fresh(3), other(3);
    std::string error, text, untouched;
    CHECK_FALSE_MESSAGE(fresh.restore(bad.dump(), error), path);
    CHECK_MESSAGE(json::parse(error)["code"] == "bad_snapshot", path);
    fresh.snapshot(text);
    acd::Acd(0).snapshot(untouched);
    CHECK(text == untouched);
  };
  refused("/stays/0/call", "c2");                      // twice
  refused("/stays/0/stay/state", "Queued");            // and it rings
  refused("/stays/0/stay/state", "Completed");
  refused("/stays/0/legs/0/agent", "");
  refused("/stays/0/priority", 101);
  refused("/stays/0/queue", "sales");
  refused("/stays/1/agent", "");                       // talks with nobody
  refused("/stays/0/record/direction", "sideways");
  refused("/agents/0/settings/extension", "1009");
  refused("/agents/0/agent/calls", -1);
  refused("/agent_ids/0", "1009");
  refused("/agent_ids/1", "1001");
  refused("/queue_ids/0", "sales");
  refused("/queues/0/settings/strategy", "by_name");
  refused("/queues/0/settings/ring_ms", 0);
  refused("/now", 0.5);
  refused("/next_id", 0);
  refused("/matcher/next_seq", 0);
  refused("/version", 2);
  json odd = good;
  odd["matcher"]["random_high"] = -1;  // what chance had is no reason to refuse
  acd::Acd taken;
  std::string error;
  CHECK(taken.restore(odd.dump(), error));
}

TEST_CASE("settings that nobody can mean are refused whole") {
  const auto refused = [](const std::string& settings) {
    Event event;
    std::string error;
    const bool read = acd::read_event("{\"on\":\"Configured\",\"at\":1,\"mono\":1,\"settings\":" + settings + "}", event, error);
    return read ? std::string() : json::parse(error)["code"].get<std::string>();
  };
  CHECK(refused(R"({"queues":[{"queue":"a"}],"agents":[{"extension":"1001","queues":[{"queue":"a"}]}]})").empty());
  for (const std::string queue : {R"({})", R"({"queue":""})", R"({"queue":"a","strategy":"luck"})", R"({"queue":"a","ring_ms":1})", R"({"queue":"a","ring_ms":"15"})", R"({"queue":"a","mode":"x"})",
                                  R"({"queue":"a","overflow":{"kind":"queue","target":"a"}})", R"({"queue":"a","sl_formula":"SL7"})", R"({"queue":"a","ageing_ms":-1})",
                                  R"({"queue":"a","skills":[{"skill":"x","min":1000}]})", R"({"queue":"a","skills":[{"skill":"x"},{"skill":"x"}]})",
                                  R"({"queue":"a","relaxation":[{"after_ms":9},{"after_ms":8}]})", R"({"queue":"a","wrap_up":{"mode":"long"}})", R"({"queue":"a","max_attempts":1.5})", R"(7)"}) {
    CAPTURE(queue);
    CHECK_FALSE(refused("{\"queues\":[" + queue + "]}").empty());
  }
  CHECK_FALSE(refused(R"({"queues":[{"queue":"a"},{"queue":"a"}]})").empty());
  for (const std::string agent : {R"({})", R"({"extension":"1","queues":[{"queue":"a","weight":0}]})", R"({"extension":"1","queues":[{"queue":"a"},{"queue":"a"}]})", R"({"extension":"1","skills":[{"skill":"x","level":-1}]})"})
    CHECK_FALSE(refused("{\"agents\":[" + agent + "]}").empty());
  Event event;
  std::string error;
  for (const std::string text : {"", "{}", R"({"on":"Never","at":1,"mono":1})", R"({"on":"Woke","at":"x","mono":1})", R"({"on":"Woke","at":1e300,"mono":1})", R"({"on":"Woke"})"})
    CHECK_FALSE(acd::read_event(text, event, error));
}

TEST_CASE("the first ten of a line are told their new places when somebody leaves it or comes in before them; further back nobody is") {
  AcdDriver d;
  d.open("support", {{"ageing_ms", 60'000}}, {});
  for (int i = 1; i <= 14; ++i) d.call("c" + std::to_string(i), "support"), d.pass(1'000);
  const auto told = [&] { return std::vector<std::string>(d.last.calls.begin(), d.last.calls.end()); };
  d.tell({.on = On::HangupCall, .call = "c3"});
  CHECK(told() == std::vector<std::string>{"c10", "c11", "c4", "c5", "c6", "c7", "c8", "c9"});
  CHECK(d.stay("c4")["position"] == 3);
  CHECK(d.stay("c11")["position"] == 10);
  d.tell({.on = On::HangupCall, .call = "c14"});
  CHECK(told().empty());
  d.tell({.on = On::QueueCall, .call = "vip", .queue = "support", .priority = 1});
  CHECK(told().size() == 11);  // he, nine who are one further back, and the one who is no longer among the ten
  CHECK(d.stay("vip")["position"] == 1);
  d.tell({.on = On::Priority, .call = "c2", .priority = 2});
  CHECK(told() == std::vector<std::string>{"c1", "c2", "vip"});
}

TEST_CASE("a supervisor moves a call to another queue and to the front; its place goes with it") {
  AcdDriver d;
  d.configure({{"queues", json::array({{{"queue", "a"}, {"announce", {{"position", true}, {"every_ms", 30'000}, {"sounds", "queue-thereare"}}}}, {{"queue", "b"}}, {{"queue", "seen"}, {"mode", "asterisk"}}})},
               {"agents", json::array({{{"extension", "1001"}, {"queues", json::array({{{"queue", "a"}}, {{"queue", "b"}}})}}})}});
  d.live(true);
  d.swept();
  for (const std::string call : {"c1", "c2", "c3"}) d.call(call, "a"), d.pass(1'000);
  d.tell({.on = On::Priority, .call = "c3", .priority = 5});
  CHECK(d.stay("c3")["position"] == 1);
  CHECK(d.stay("c3")["priority"] == 5);
  d.pass(27'000);
  CHECK(d.effect("announce")["position"] == 2);  // c1, thirty seconds after he came
  CHECK(d.effect("announce")["sounds"] == "queue-thereare");
  const double since = d.stay("c1")["enqueued_at"];
  d.tell({.on = On::Move, .call = "c1", .queue = "b"});
  CHECK(d.stay("c1")["queue"] == "b");
  CHECK(d.stay("c1")["enqueued_at"] == since);
  CHECK(d.record("c1")["overflow_to"] == "queue:b");
  CHECK(d.queue("a")["waiting"] == 2);
  d.tell({.on = On::Move, .call = "c1", .queue = "b"});
  CHECK(d.parts("c1") == 2);
  d.come("1001");
  CHECK(d.offers() == std::vector<std::string>{"c3>1001"});
  const json why = d.why("c3");
  CHECK(why["decision"]["agent"] == "1001");
  CHECK(d.why("c2")["decision"]["agent"].is_null());
  CHECK(d.why("c2")["excluded"][0]["reason"] == "ringing");
  CHECK(d.why("nobody").is_null());
  d.tell({.on = On::Move, .call = "c3", .queue = "b"});  // while it rings: the ring is taken back
  CHECK(d.effect("withdraw")["call"] == "c3");
  CHECK(d.stay("c3")["queue"] == "b");
  CHECK(d.stay("c3")["state"] == "AgentRinging");  // at once, in the other queue
  d.answered("c3");
  d.tell({.on = On::Move, .call = "c3", .queue = "a"});
  CHECK(d.last.code == "not_waiting");
  d.tell({.on = On::Priority, .call = "c3", .priority = 1});
  CHECK(d.last.code == "not_waiting");
  d.tell({.on = On::Move, .call = "c2", .queue = "seen"});
  CHECK(d.last.code == "not_waiting");
  d.ends("c3");
  CHECK(d.why("c3")["decision"]["agent"] == "1001");  // also when it is over
}
