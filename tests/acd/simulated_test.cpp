// What the simulated contact centre (tests/acd_sim) found, told shortly. Each of these failed before.
#include "tests/acd/acd_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {
/// What its stored snapshot and journal would give.
std::string replayed(const AcdDriver& d, const std::string& before, const std::vector<Event>& events) {
  acd::Acd again(7);
  std::string error, text;
  REQUIRE_MESSAGE(again.restore(before, error), error);
  for (const Event& event : events) {
    acd::Effects nobody;
    again.apply(event, nobody);
  }
  again.snapshot(text);
  (void)d;
  return text;
}
}  // namespace

TEST_CASE("a call that the PBX told of after the link was lost is in the journal as seen: a replay does not sweep it away") {
  AcdDriver d;
  d.open("support", {{"wrap_up", {{"mode", "none"}}}}, {"1001"});
  d.call("c1", "support");
  d.answered("c1");
  d.live(false);
  d.live(true);
  const acd::Effects& told = d.tell({.on = On::AdoptCall, .call = "c1", .queue = "support", .agent = "1001", .where = acd::Where::Talking});
  CHECK(told.changed);
  d.live(false);
  d.live(true);
  CHECK(d.tell({.on = On::Unhold, .call = "c1"}).changed);  // any word of it is one
  d.tell({.on = On::SweepDone});
  CHECK(d.state_of("c1") == "Active");
}

TEST_CASE("a refused command of a person says nothing of what the PBX has") {
  AcdDriver d;
  d.open("support", json::object(), {});
  d.call("c1", "support");
  d.live(false);
  const std::string before = d.snapshot();
  CHECK(d.tell({.on = On::RejectOffer, .call = "c1"}).code == "not_offered");
  CHECK(d.snapshot() == before);
}

TEST_CASE("an agent whom the PBX's own queue rings in his break is offered nothing when he comes back") {
  AcdDriver d;
  d.configure({{"queues", {{{"queue", "old"}, {"mode", "asterisk"}, {"wrap_up", {{"mode", "none"}}}}, {{"queue", "new"}, {"wrap_up", {{"mode", "none"}}}}}},
               {"agents", {{{"extension", "1001"}, {"queues", {{{"queue", "old"}}, {{"queue", "new"}}}}}}}});
  d.live(true);
  d.tell({.on = On::SweepDone});
  d.come("1001");
  d.intent("1001", AgentStatus::Break);
  d.tell({.on = On::Observed, .call = "c1", .queue = "old", .what = acd::Observed::Joined});
  d.tell({.on = On::Observed, .call = "c1", .queue = "old", .agent = "1001", .what = acd::Observed::AgentCalled});
  d.call("c2", "new");
  d.intent("1001", AgentStatus::Online);
  CHECK(d.offers().empty());
  d.tell({.on = On::Observed, .call = "c1", .queue = "old", .agent = "1001", .what = acd::Observed::AgentConnect});
  CHECK(d.offers().empty());
  d.ends("c1");
  CHECK(d.offers() == std::vector<std::string>{"c2>1001"});
}

TEST_CASE("who sets WRAP_UP himself while he is rung or talks writes his notes afterwards, and is offered nothing") {
  for (const bool talks : {false, true}) {
    AcdDriver d;
    d.open("support", {{"wrap_up", {{"mode", "none"}}}, {"rona_after", 0}, {"rona_ms", 0}}, {"1001"});
    d.call("c1", "support");
    d.rings("c1");
    if (talks) d.answers("c1");
    d.intent("1001", AgentStatus::WrapUp);
    if (talks) d.ends("c1");
    else d.tell({.on = On::HangupCall, .call = "c1"});
    CHECK(d.state("1001") == "WrapUp");
    d.call("c2", "support");
    CHECK(d.offers() == std::vector<std::string>{"c1>1001"});
    d.tell({.on = On::CompleteWrapUp, .agent = "1001"});
    CHECK(d.offers() == std::vector<std::string>{"c1>1001", "c2>1001"});
  }
}

TEST_CASE("an attended transfer that is told twice has happened once") {
  AcdDriver d;
  d.open("support", {{"wrap_up", {{"mode", "none"}}}}, {"1001", "1002"});
  d.call("c1", "support");
  d.answered("c1");
  const std::string other = d.stay("c1")["agent"] == "1001" ? "1002" : "1001";
  d.tell({.on = On::AttendedTransfer, .call = "c1", .agent = other, .target = other});
  d.tell({.on = On::AttendedTransfer, .call = "c1", .agent = other, .target = other});
  CHECK(d.parts("c1") == 2);
  CHECK(d.agent(other)["calls_today"] == 1);
}

TEST_CASE("the last agent's death in a talk empties his queue after the call has come back, not in the midst of it") {
  AcdDriver d;
  d.open("support", {{"join_empty", false}, {"overflow", {{"kind", "voicemail"}}}, {"wrap_up", {{"mode", "none"}}}}, {"1001"});
  d.call("c1", "support");
  d.answered("c1");
  d.tell({.on = On::Registered, .agent = "1001", .yes = false});
  d.tell({.on = On::AgentLegLost, .call = "c1"});
  d.tell({.on = On::LeftQueue, .call = "c1", .how = acd::How::Overflow});
  REQUIRE(d.parts("c1") == 2);
  CHECK(d.record("c1", 1)["outcome"] == "overflow");
}

TEST_CASE("who was levelled as a newcomer is not levelled again, or not at all, by a restart") {
  AcdDriver d;
  d.open("support", {{"strategy", "fewest_calls"}, {"wrap_up", {{"mode", "none"}}}}, {"1001", "1002"});
  d.intent("1002", AgentStatus::Offline);
  for (const char* call : {"c1", "c2"}) {
    d.call(call, "support");
    d.answered(call);
    d.ends(call);
  }
  d.tell({.on = On::Registered, .agent = "1001", .yes = false});
  const std::string before = d.snapshot();
  const Event back{.on = On::Registered, .at = d.at, .mono = d.mono, .agent = "1001", .yes = true};
  const Event comes{.on = On::Intent, .at = d.at, .mono = d.mono, .agent = "1002", .source = "agent", .status = AgentStatus::Online};
  d.tell(back), d.tell(comes);
  CHECK(replayed(d, before, {back, comes}) == d.snapshot());
}

TEST_CASE("a call that overflows into another queue while the link is down is lost like any other when nobody tells of it") {
  AcdDriver d;
  d.configure({{"queues", {{{"queue", "first"}, {"max_wait_ms", 10'000}, {"overflow", {{"kind", "queue"}, {"target", "second"}}}}, {{"queue", "second"}}}}, {"agents", json::array()}});
  d.live(true);
  d.tell({.on = On::SweepDone});
  d.call("c1", "first");
  d.live(false);
  d.pass(20'000);
  CHECK(d.stay("c1")["queue"] == "second");
  d.live(true);
  d.tell({.on = On::SweepDone});
  CHECK(d.state_of("c1") == "none");
  CHECK(d.record("c1", 1)["outcome"] == "lost");
}

TEST_CASE("a shorter ring applies to who rings now, before and after a restart alike") {
  AcdDriver d;
  d.open("support", {{"ring_ms", 20'000}}, {"1001"});
  d.call("c1", "support");
  d.rings("c1");
  d.configure({{"queues", {{{"queue", "support"}, {"ring_ms", 5'000}}}}, {"agents", {{{"extension", "1001"}, {"queues", {{{"queue", "support"}}}}}}}});
  const std::string before = d.snapshot();
  d.pass(8'000);
  CHECK(d.effects("withdraw").size() == 1);
  CHECK(replayed(d, before, {{.on = On::Woke, .at = d.at, .mono = d.mono}}) == d.snapshot());
}

TEST_CASE("a journal's first entry may be of the first millisecond of a clock") {
  acd::Event event{.on = On::Registered, .at = 1'795'000'000'000, .mono = 0, .agent = "1001", .yes = true}, read;
  std::string text, error;
  JsonWriter json(text);
  acd::write_event(json, event);
  CHECK_MESSAGE(acd::read_event(text, read, error), error);
}
