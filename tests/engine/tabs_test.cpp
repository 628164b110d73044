// One phone in many tabs: who leads, who follows, and what happens when the
// leader closes, hangs, or stood still. Design: docs/machines/tabs.md
#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

const Tab& tab(PhoneDriver& desk) { return desk.model().tab; }
void hear_leader(PhoneDriver& desk, std::string_view name = "tab-0") {
  desk.tell({.type = EventType::TabHeard, .tab = desk.text(name)});
}
void follow(PhoneDriver& desk) {
  desk.tell(EventType::Started);
  hear_leader(desk);
}

}  // namespace

TEST_CASE("with other tabs about, a phone asks for the lock first and starts nothing until it leads") {
  PhoneDriver desk({.tabs = true});
  desk.tell(EventType::Started);
  REQUIRE(desk.count(EffectType::TabClaim) == 1);
  CHECK_FALSE(desk.last(EffectType::TabClaim)->on);
  CHECK(tab(desk).state == TabState::Follower);
  CHECK(desk.model().root.phase == Phase::Loading);
  for (const EffectType type : {EffectType::SocketOpen, EffectType::SoftphoneStart, EffectType::HttpSend}) CHECK(desk.count(type) == 0);
  CHECK(desk.outcome(desk.ask({.type = EventType::DialRequested, .number = desk.text("100")})) == "refused not_ready");

  desk.tell(EventType::TabLockGranted);
  CHECK(tab(desk).state == TabState::Leader);
  CHECK(desk.view(tab(desk).leader) == "tab-1");
  CHECK(desk.model().root.phase == Phase::Initializing);
  CHECK(desk.count(EffectType::SocketOpen) == 1);
  CHECK(desk.count(EffectType::SoftphoneStart) == 1);
  CHECK(desk.open(Request::AgentStatusGet) != nullptr);
}

TEST_CASE("a new leader reads what is stored before it starts anything") {
  PhoneDriver desk({.storage = true, .tabs = true});
  desk.tell(EventType::Started);
  CHECK(desk.count(EffectType::StorageLoad) == 0);
  desk.tell({.type = EventType::StateLoaded, .body = desk.text("{}"), .on = true});  // a follower has not asked
  CHECK(desk.model().root.phase == Phase::Loading);
  desk.tell({.type = EventType::StorageFailed});
  CHECK(desk.model().root.phase == Phase::Loading);
  CHECK(desk.anomalies() == 2);
  desk.tell(EventType::TabLockGranted);
  CHECK(desk.count(EffectType::StorageLoad) == 1);
  CHECK(desk.count(EffectType::SoftphoneStart) == 0);
  desk.tell({.type = EventType::StateLoaded, .body = desk.text("{}"), .on = true});
  CHECK(desk.count(EffectType::SoftphoneStart) == 1);
}

TEST_CASE("while the leader speaks, a follower leaves it in peace") {
  PhoneDriver desk({.tabs = true});
  follow(desk);
  for (int second = 0; second < 60; ++second) {
    desk.wait(1'000);
    hear_leader(desk);
  }
  CHECK(tab(desk).state == TabState::Follower);
  CHECK(desk.view(tab(desk).leader) == "tab-0");
  CHECK(tab(desk).last_heard_at == desk.at);
  CHECK(desk.ever_last(EffectType::TabPing) == nullptr);
}

TEST_CASE("a leader that hangs is asked after 2 s and its lock is taken after 4") {
  PhoneDriver desk({.tabs = true});
  follow(desk);
  desk.wait(1'999);
  CHECK(tab(desk).state == TabState::Follower);
  desk.wait(1);
  CHECK(tab(desk).state == TabState::Suspecting);
  CHECK(desk.count(EffectType::TabPing) == 1);
  desk.wait(2'000);
  REQUIRE(desk.count(EffectType::TabClaim) == 1);
  CHECK(desk.last(EffectType::TabClaim)->on);
  desk.tell(EventType::TabLockGranted);
  CHECK(tab(desk).state == TabState::Leader);
  const std::size_t before = desk.all.size();
  desk.wait(9'000);
  for (std::size_t i = before; i < desk.all.size(); ++i) CHECK(desk.all[i].type != EffectType::TabPing);
}

TEST_CASE("a host that could not take the lock is asked again every 2 s") {
  PhoneDriver desk({.tabs = true});
  follow(desk);
  desk.wait(8'000);
  std::size_t stolen = 0;
  for (const Seen& seen : desk.all) stolen += seen.type == EffectType::TabClaim && seen.on;
  CHECK(stolen == 3);
}

TEST_CASE("a leader that was only slow answers the question and goes on leading") {
  PhoneDriver desk({.tabs = true});
  follow(desk);
  desk.wait(3'900);
  hear_leader(desk);
  CHECK(tab(desk).state == TabState::Follower);
  desk.wait(1'900);
  CHECK(desk.ever_last(EffectType::TabClaim)->on == false);
}

TEST_CASE("a leader that says it leaves is not asked: its lock comes by itself") {
  PhoneDriver desk({.tabs = true});
  follow(desk);
  desk.wait(1'500);
  desk.tell({.type = EventType::TabHeard, .tab = desk.text("tab-0"), .on = true});
  CHECK(tab(desk).leader.empty());
  desk.wait(1'000);
  CHECK(tab(desk).state == TabState::Follower);
  desk.tell(EventType::TabLockGranted);
  CHECK(tab(desk).state == TabState::Leader);
  CHECK(tab(desk).since == desk.at);
}

TEST_CASE("a follower that stood still asks before it takes anything: its own clock was wrong, not the leader") {
  PhoneDriver desk({.tabs = true});
  follow(desk);
  desk.wait(3'000);
  REQUIRE(tab(desk).state == TabState::Suspecting);
  desk.skip(600'000);  // frozen with a timer armed
  desk.tell({.type = EventType::Woke, .gap_ms = 600'000});
  CHECK(tab(desk).frozen_ms == 600'000);
  CHECK(desk.count(EffectType::TabPing) == 1);
  desk.wait(1'000);
  hear_leader(desk);
  CHECK(tab(desk).state == TabState::Follower);
  CHECK(desk.ever_last(EffectType::TabClaim)->on == false);
}

TEST_CASE("a timer that fires minutes late, before the waking is told, asks once more instead of taking the lock") {
  PhoneDriver desk({.tabs = true});
  follow(desk);
  desk.wait(3'000);
  desk.skip(600'000);
  desk.wait(0);
  CHECK(desk.count(EffectType::TabPing) == 1);
  CHECK(tab(desk).state == TabState::Suspecting);
  desk.skip(60'000);  // a hidden tab, whose timers fire once a minute: the leader has had its time
  desk.wait(0);
  REQUIRE(desk.count(EffectType::TabClaim) == 1);
  CHECK(desk.last(EffectType::TabClaim)->on);
}

TEST_CASE("a leader that lost its lock lets go at once: nothing is written, sent or rung any more") {
  PhoneDriver desk({.storage = true, .tabs = true});
  desk.tell(EventType::Started);
  desk.tell(EventType::TabLockGranted);
  desk.tell({.type = EventType::StateLoaded, .body = desk.text("{}"), .on = true});
  desk.tell(EventType::SoftphoneReady);
  desk.tell(EventType::Registered);
  desk.answer_all();
  talk(desk, "a");
  const double hold = desk.ask_hold("a", true);
  const double status = desk.ask_status(AgentStatus::Break);
  desk.offer("b");
  const double answer = desk.ask(EventType::AnswerRequested, "b");
  desk.tell({.type = EventType::TabHeard, .tab = desk.text("tab-2")});
  CHECK(tab(desk).state == TabState::Leader);  // the lock decides, not who speaks
  desk.tell(EventType::TabLockLost);
  CHECK(tab(desk).state == TabState::Deposed);
  CHECK(desk.count(EffectType::TabDeposed) == 1);
  CHECK(desk.count(EffectType::SocketClose) == 1);
  for (const EffectType type : {EffectType::StoragePut, EffectType::StorageDelete, EffectType::HttpSend, EffectType::SoftphoneHangup})
    CHECK(desk.count(type) == 0);
  CHECK(desk.outcome(hold) == "refused not_leader");
  CHECK(desk.outcome(status) == "done");  // in a call it is noted for afterwards
  CHECK(desk.outcome(answer) == "refused not_leader");
  CHECK(desk.log("a").status == LogStatus::Talking);  // the next leader looks for the call
  desk.tell(EventType::Disposed);
  CHECK(desk.count(EffectType::StoragePut) == 0);
}

TEST_CASE("a phone that is disposed gives the lock back last, after its last writes; a follower just lets go") {
  PhoneDriver desk({.storage = true, .tabs = true});
  desk.tell(EventType::Started);
  desk.tell(EventType::TabLockGranted);
  desk.tell({.type = EventType::StateLoaded, .body = desk.text("{}"), .on = true});
  desk.tell(EventType::SoftphoneReady);
  talk(desk, "a");
  desk.tell(EventType::Disposed);
  CHECK(desk.count(EffectType::StoragePut) > 0);
  CHECK(desk.all.back().type == EffectType::TabRelease);
  PhoneDriver follower({.tabs = true});
  follow(follower);
  follower.tell(EventType::Disposed);
  CHECK(follower.count(EffectType::TabRelease) == 1);
  CHECK(follower.timers.empty());
}

TEST_CASE("a phone that is alone says when it stood still, and is not disturbed by tabs") {
  PhoneDriver desk;
  desk.start();
  desk.tell({.type = EventType::Woke, .gap_ms = 30'000});
  desk.tell({.type = EventType::Woke, .gap_ms = 20'000});
  CHECK(tab(desk).frozen_ms == 30'000);
  CHECK(desk.model().notice.code == Notice::TabFrozen);
  hear_leader(desk);
  desk.tell({.type = EventType::TabHeard, .tab = desk.text("tab-0"), .on = true});
  CHECK(tab(desk).state == TabState::Alone);
  CHECK(desk.anomalies() == 0);
}
