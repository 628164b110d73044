// Taken up again: journal and snapshot give the same state byte for byte, and the PBX is believed about who is still there.
#include "tests/acd/acd_driver.h"

using namespace offhook;
using namespace offhook::bench;
using acd::Where;

namespace {
/// Another process: the snapshot `from`, then the journal's entries from `first` on.
void take_up(AcdDriver& d, const std::string& from, const std::vector<std::string>& journal, std::size_t first) {
  std::string error;
  if (!from.empty()) REQUIRE_MESSAGE(d.restore(from, error), error);
  for (std::size_t i = first; i < journal.size(); ++i) {
    Event event;
    REQUIRE_MESSAGE(acd::read_event(journal[i], event, error), error);
    acd::Effects effects;
    d.lines.push_back(journal[i]);
    d.engine.apply(event, effects);
    CHECK_MESSAGE(effects.changed, "an entry that changes nothing: " << journal[i]);
  }
}
const json kPlain = {{"wrap_up", {{"mode", "none"}}}};
}  // namespace

TEST_CASE("what the PBX still has goes on after a restart, what it has not is lost, and the end is estimated") {
  AcdDriver before(7, 500'000);
  before.open("support", kPlain, {"1001", "1002", "1003", "1004"});
  for (const std::string call : {"talk", "ring", "gone-talk", "gone-ring"}) before.call(call, "support");
  before.call("wait", "support");
  before.call("gone-wait", "support");
  for (const std::string call : {"talk", "gone-talk"}) before.answered(call);
  for (const std::string call : {"ring", "gone-ring"}) before.rings(call);
  const std::string ringing = before.stay("ring")["agent"], talking = before.stay("talk")["agent"];
  before.pass(10'000);
  before.tell({.on = On::Hold, .call = "talk"});

  AcdDriver d(7, 1'000);  // its monotonic clock begins anew
  d.at = before.at + 60'000;
  take_up(d, before.snapshot(), {}, 0);
  CHECK(d.snapshot() == before.snapshot());
  d.tell({.on = On::Restarted});
  CHECK(d.engine.due() >= 0);
  d.live(true);
  d.tell({.on = On::AdoptCall, .call = "talk", .queue = "support", .agent = talking, .where = Where::Talking});
  d.tell({.on = On::AdoptCall, .call = "ring", .queue = "support", .agent = ringing, .where = Where::Ringing, .attempt = before.attempt("ring")});
  d.tell({.on = On::AdoptCall, .call = "wait", .queue = "support", .where = Where::Waiting});
  d.tell({.on = On::AdoptCall, .call = "new", .queue = "support", .from = "+4912", .where = Where::Waiting, .enqueued_at = d.at - 30'000});
  CHECK(d.offers().empty());
  d.tell({.on = On::SweepDone});
  CHECK(d.state_of("talk") == "Active");
  CHECK(d.state_of("ring") == "AgentRinging");
  for (const std::string call : {"gone-talk", "gone-ring", "gone-wait"}) {
    CHECK(d.record(call)["outcome"] == "lost");
    CHECK(d.record(call)["end_estimated"] == true);
    CHECK(d.record(call)["final"] == true);
  }
  CHECK(d.record("gone-talk")["talk_time"] == 10'000);  // until it was seen last
  // Those who were bound by what is gone are free, and who waits gets them: in order.
  CHECK(d.offers().size() == 2);
  CHECK(d.stay("wait")["state"] == "AgentRinging");
  CHECK(d.stay("new")["state"] == "AgentRinging");
  CHECK(d.stay("new")["enqueued_at"] == d.at - 30'000);
  d.pass(5'000);
  d.tell({.on = On::Unhold, .call = "talk"});
  d.ends("talk");
  CHECK(d.record("talk")["hold_time"] == 65'000);
  CHECK(d.queue("support")["today"]["lost"] == 2);  // the third was answered, and is counted as that
}

TEST_CASE("where the PBX has a call elsewhere than we had, it is there") {
  AcdDriver d;
  d.open("support", {{"wrap_up", {{"mode", "none"}}}, {"max_attempts", 1}}, {"1001", "1002", "1003"});
  const auto cut = [&] {
    d.live(false);
    d.pass(20'000);
    d.live(true);
  };
  const auto adopt = [&](const std::string& call, Where where, const std::string& agent = "", double attempt = 0, double answered_at = 0) {
    d.tell({.on = On::AdoptCall, .call = call, .queue = "support", .agent = agent, .where = where, .attempt = attempt, .answered_at = answered_at});
  };
  d.call("c1", "support");
  d.rings("c1");
  const std::string first = d.stay("c1")["agent"];
  cut();
  CHECK(d.state_of("c1") == "AgentRinging");  // nobody can tell
  adopt("c1", Where::Waiting);  // the ring is over: void, and no attempt of the one that it has
  CHECK(d.agent(first)["missed_today"] == 0);
  d.tell({.on = On::SweepDone});
  CHECK(d.state_of("c1") == "AgentRinging");
  const std::string second = d.stay("c1")["agent"];
  cut();
  adopt("c1", Where::Talking, second, 0, d.at - 8'000);  // he answered meanwhile
  d.tell({.on = On::SweepDone});
  CHECK(d.stay("c1")["agent"] == second);
  CHECK(d.stay("c1")["answered_at"] == d.at - 8'000);
  cut();
  adopt("c1", Where::Talking, second == "1003" ? "1001" : "1003");  // handed on while nobody looked
  d.tell({.on = On::SweepDone});
  CHECK(d.state(second) == "Available");
  CHECK(d.parts("c1") == 2);
  cut();
  adopt("c1", Where::Waiting);
  d.tell({.on = On::SweepDone});
  CHECK(d.parts("c1") == 3);
  CHECK(d.state_of("c1") == "AgentRinging");
  d.answered("c1");
  cut();
  adopt("c1", Where::Ringing, second, 77);
  CHECK(d.stay("c1")["attempt"] == 77);
  d.tell({.on = On::SweepDone});
  cut();
  adopt("c1", Where::Ringing, second == "1003" ? "1001" : "1003", 78);
  CHECK(d.stay("c1")["attempt"] == 78);
  CHECK(d.stay("c1")["agents"].size() == 1);
  cut();
  adopt("c1", Where::Talking, second);
  d.tell({.on = On::SweepDone});
  CHECK(d.stay("c1")["agent"] == second);
  adopt("c2", Where::Ringing, "1009", 5);  // somebody of whom nobody told
  CHECK(d.stay("c2")["agent"] == "1009");
  d.tell({.on = On::AdoptCall, .call = "c3", .queue = "nowhere"});
  CHECK(d.last.code == "unknown_queue");
}

TEST_CASE("while it is told what the PBX has, nobody is offered anything; who has waited longest is first, and the telling has an end") {
  AcdDriver d;
  d.configure({{"queues", json::array({{{"queue", "support"}}})}, {"agents", json::array({{{"extension", "1001"}, {"queues", json::array({{{"queue", "support"}}})}}})}});
  d.come("1001");
  d.live(true);
  d.tell({.on = On::AdoptCall, .call = "late", .queue = "support", .enqueued_at = d.at - 5'000});
  d.tell({.on = On::AdoptCall, .call = "early", .queue = "support", .enqueued_at = d.at - 50'000});
  CHECK(d.offers().empty());
  CHECK(d.agent("1001")["why"] == "link_down");
  d.swept();
  CHECK(d.offers() == std::vector<std::string>{"early>1001"});
  d.live(false);
  d.live(true);
  d.pass(9'999);
  CHECK(d.offers().size() == 1);
  d.pass(15'000);  // SweepDone never comes: nobody is taken for lost
  CHECK(d.state_of("late") != "none");
  CHECK(d.state_of("early") != "none");
  CHECK(d.offers().size() > 1);
}

TEST_CASE("a hub that died before its WRAP_UP was stored goes on wrapping up, and writes it again") {
  AcdDriver before(7, 500'000);
  before.open("support", json{{"wrap_up", {{"mode", "timed"}, {"ms", 60'000}}}}, {"1001"});
  before.call("c", "support");
  before.answered("c");
  before.crm = false;  // the hub dies before the CRM has stored it
  before.tell({.on = On::CallEnded, .call = "c", .by = acd::Side::Caller});
  REQUIRE(before.agent("1001")["state"] == "WrapUp");

  AcdDriver d(7, 1'000);
  d.at = before.at + 2'000;
  take_up(d, before.snapshot(), {}, 0);
  d.tell({.on = On::Restarted});
  const auto again = [&](const char* source) {
    acd::Effects effects;
    d.engine.apply({.on = On::Intent, .at = d.at, .mono = d.mono, .agent = "1001", .source = source, .status = AgentStatus::Online}, effects);
    return effects;
  };
  std::vector<AgentStatus> written;
  for (const acd::Effect& effect : again("kept").list) {
    INFO("effect " << static_cast<int>(effect.what) << " " << effect.code);
    CHECK(effect.what == acd::Effect::What::StatusWrite);
    written.push_back(effect.status);
  }
  CHECK(written == std::vector<AgentStatus>{AgentStatus::WrapUp});
  CHECK(d.agent("1001")["state"] == "WrapUp");
  // The agent's own word ends it.
  again("agent");
  CHECK(d.agent("1001")["state"] == "Available");
}

TEST_CASE("a restart of the PBX ends everything but callbacks that wait") {
  AcdDriver d;
  d.open("support", {{"max_attempts", 1}, {"overflow", {{"kind", "external"}, {"target", "1"}}}}, {"1001", "1002"});
  d.call("c1", "support");
  d.answered("c1");
  d.call("c2", "support");
  d.rings("c2");
  d.misses("c2");
  CHECK(d.state_of("c2") == "Terminating");
  d.call("c3", "support");
  d.tell({.on = On::QueueCall, .call = "cb", .queue = "support", .number = "+4930"});
  d.live(false);
  d.tell({.on = On::PbxRestarted});
  CHECK(d.record("c1")["outcome"] == "pbx_restart");
  CHECK(d.record("c2")["outcome"] == "overflow");
  CHECK(d.record("c3")["outcome"] == "pbx_restart");
  CHECK(d.state_of("cb") == "Queued");
  d.live(true);
  d.swept();
  d.pass(30'000);  // 1001 writes his notes first
  CHECK(d.effect("callback.due")["call"] == "cb");
}

TEST_CASE("a snapshot and the journal after it give the same bytes from any point, and the same future") {
  AcdDriver d(11);
  std::vector<std::pair<std::size_t, std::string>> snapshots;
  const auto keep = [&] { snapshots.push_back({d.journal.size(), d.snapshot()}); };
  const json queues = json::array({{{"queue", "a"}, {"max_wait_ms", 40'000}, {"overflow", {{"kind", "queue"}, {"target", "b"}}}, {"strategy", "round_robin"}, {"announce", {{"position", true}, {"every_ms", 7'000}}}},
                                   {{"queue", "b"}, {"strategy", "random"}, {"skills", json::array({{{"skill", "german"}, {"min", 2}}})}, {"relaxation", json::array({{{"after_ms", 9'000}, {"skills", json::array()}}})}}});
  json agents = json::array();
  for (int i = 1; i <= 5; ++i)
    agents.push_back({{"extension", "100" + std::to_string(i)}, {"skills", json::array({{{"skill", "german"}, {"level", i}}})},
                      {"queues", json::array({{{"queue", "a"}, {"position", i}}, {{"queue", "b"}, {"weight", i}}})}});
  d.configure({{"queues", queues}, {"agents", agents}});
  d.live(true);
  d.swept();
  for (int i = 1; i <= 5; ++i) d.come("100" + std::to_string(i));
  std::uint32_t dice = 1;
  const auto roll = [&](std::uint32_t sides) {
    dice = dice * 1664525u + 1013904223u;
    return (dice >> 16) % sides;
  };
  for (int i = 0; i < 400; ++i) {
    if (i % 37 == 0) keep();
    const std::string call = "c" + std::to_string(roll(30)), agent = "100" + std::to_string(1 + roll(5));
    switch (roll(14)) {
      case 0:
      case 1:
      case 2: d.call(call, roll(2) ? "a" : "b"); break;
      case 3: d.rings(call); break;
      case 4:
      case 5: d.answered(call); break;
      case 6: d.misses(call); break;
      case 7: d.rejects(call); break;
      case 8: d.ends(call); break;
      case 9: d.intent(agent, static_cast<AgentStatus>(roll(9)), "r"); break;
      case 10: d.tell({.on = On::CompleteWrapUp, .agent = agent}); break;
      case 11: d.tell({.on = On::AttendedTransfer, .call = call, .agent = agent}); break;
      case 12: d.tell({.on = On::Priority, .call = call, .priority = static_cast<double>(roll(201)) - 100}); break;
      default: d.pass(roll(9'000)); break;
    }
  }
  keep();
  const std::string end = d.snapshot();
  REQUIRE(end.size() > 5'000);
  AcdDriver fresh(11);
  take_up(fresh, "", d.journal, 0);
  CHECK(fresh.snapshot() == end);
  for (const auto& taken : snapshots) {
    const std::size_t entries = taken.first;
    const std::string& text = taken.second;
    AcdDriver again(0);
    take_up(again, text, d.journal, entries);
    CHECK_MESSAGE(again.snapshot() == end, "from entry " << entries);
    // And what comes later is the same, effects byte for byte.
    AcdDriver other(0);
    take_up(other, end, {}, 0);
    for (AcdDriver* one : {&again, &other}) {
      one->at = d.at;
      one->mono = d.mono;
      one->call("later", "a");
      one->pass(120'000);
      one->answered("later");
    }
    CHECK(again.all == other.all);
    CHECK(again.snapshot() == other.snapshot());
  }
}

TEST_CASE("the same inputs and seed give the same effects, and the journal holds no entry that changed nothing") {
  const auto run = [](double seed) {
    AcdDriver d(seed);
    d.open("support", {{"strategy", "random"}}, {"1001", "1002", "1003"});
    for (int i = 0; i < 20; ++i) {
      const std::string call = "c" + std::to_string(i);
      d.call(call, "support");
      d.call(call, "support");
      if (i % 3) d.answered(call);
      d.pass(3'000);
      d.ends(call);
      d.tell({.on = On::Woke});
    }
    return d;
  };
  const AcdDriver one = run(5), two = run(5), other = run(6);
  CHECK(one.all == two.all);
  CHECK(one.journal == two.journal);
  CHECK(one.all != other.all);
}

TEST_CASE("a snapshot that is none is refused, and the engine is as new") {
  AcdDriver d;
  std::string error;
  for (const std::string text : {"", "[]", "{}", "{\"version\":2}", "{\"version\":1,\"stays\":7}", "{\"version\":1,\"link\":\"up\"}"}) {
    CHECK_FALSE(d.engine.restore(text, error));
    CHECK(json::parse(error)["code"] == "bad_snapshot");
  }
  d.open("support", kPlain, {"1001"});
  d.call("c1", "support");
  CHECK(d.offers().size() == 1);
}

TEST_CASE("a journal entry is exactly its event") {
  Event event{.on = On::QueueCall, .at = 1'795'166'000'123, .mono = 12'345, .midnight = 1'795'170'000'000, .call = "1.2\n\"x\"", .queue = "s\u00fcd", .agent = "1001", .from = "+49", .to = "1", .number = "2"};
  event.skills = {{"german", 0, 0, false}, {"english", 100, 7, true}};
  event.status = AgentStatus::Online;
  event.yes = true;
  event.attempt = 900'719'925'474'099;
  event.priority = -100;
  event.by = acd::Side::Supervisor;
  event.how = acd::How::Key;
  event.where = acd::Where::Talking;
  event.what = acd::Observed::Exit;
  for (std::size_t on = 0; on < acd::kOnWords.size(); ++on) {
    event.on = static_cast<On>(on);
    std::string text, again, error;
    JsonWriter first(text), second(again);
    acd::write_event(first, event);
    Event read;
    REQUIRE_MESSAGE(acd::read_event(text, read, error), error);
    acd::write_event(second, read);
    CHECK(text == again);
    CHECK(read.attempt == event.attempt);
    CHECK(read.call == event.call);
    CHECK(read.skills.size() == 2);
    CHECK(read.skills[0].mandatory == false);
    CHECK(read.skills[0].min == 0);
    CHECK(read.skills[1].weight == 7);
    if (event.on == On::Intent) CHECK(read.status == AgentStatus::Online);
  }
}

TEST_CASE("a timed wrap-up whose limit passed while the hub was away ended at its limit") {
  AcdDriver before(7, 500'000);
  before.open("support", {{"wrap_up", {{"mode", "timed"}, {"ms", 30'000}}}}, {"1001"});
  before.call("c1", "support");
  before.answered("c1");
  before.pass(10'000);
  before.tell({.on = On::CallEnded, .call = "c1", .by = acd::Side::Caller});
  before.pass(5'000);

  AcdDriver d(7, 1'000);
  d.at = before.at + 3'600'000;
  take_up(d, before.snapshot(), {}, 0);
  d.tell({.on = On::Restarted});
  d.live(true);
  d.tell({.on = On::SweepDone});
  CHECK(d.state("1001") != "WrapUp");
  CHECK(d.record("c1")["wrap_up_time"] == 30'000);
  CHECK(d.record("c1")["wrap_up_ended_at"].get<double>() == before.at + 25'000);
}
