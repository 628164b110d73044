// A page that is loaded anew: the agent's status, wrap-up, and what was on its
// way to the backend; stored states of older versions. Design: docs/storage.md
#include <fstream>
#include <sstream>

#include "tests/engine/reloaded.h"

using namespace offhook;
using namespace offhook::bench;

TEST_CASE("the agent's status goes on after a reload: a break, a next status, wrap-up with what is left of its time") {
  double gone = 0;
  Stored on_break = page(kStored, [](PhoneDriver& desk) {
    desk.ask_status(AgentStatus::Break, "lunch");
    desk.answer_all();
  });
  PhoneDriver first(kStored);
  begin(first, on_break, 1'700'000'100'000);
  CHECK(first.agent().status == AgentStatus::Break);
  CHECK(first.view(first.agent().reason) == "lunch");
  CHECK(first.open_count(Request::AgentStatusPut) == 0);

  Stored next = page(kStored, [&](PhoneDriver& desk) {
    talk(desk, "a");
    desk.ask_status(AgentStatus::Meeting, "weekly");
    gone = desk.at;
  });
  PhoneDriver second(kStored);
  begin(second, next, gone + 1'000);
  CHECK(second.agent().next_status == MaybeStatus::Meeting);
  ready(second);
  second.wait(5'000);
  CHECK(second.agent().status == AgentStatus::WrapUp);
  second.wait(60'000);
  second.answer_all();
  CHECK(second.agent().status == AgentStatus::Meeting);

  Stored wrapping = page(kStored, [&](PhoneDriver& desk) {
    talk(desk, "a");
    desk.end("a");
    desk.answer_all();
    gone = desk.at;
  });
  PhoneDriver third(kStored);
  begin(third, wrapping, gone + 20'000);
  CHECK(third.agent().status == AgentStatus::WrapUp);
  CHECK(third.drafts() == 1);
  third.wait(39'999);
  CHECK(third.agent().status == AgentStatus::WrapUp);
  third.wait(1);
  CHECK(third.agent().activity == ActivityState::Idle);
  PhoneDriver late(kStored);
  begin(late, wrapping, gone + 3'600'000);
  late.wait(0);
  CHECK(late.agent().activity == ActivityState::Idle);  // it ended while no page was there
  CHECK(late.drafts() == 1);                             // its notes did not
}

TEST_CASE("a page that is loaded anew in wrap-up, and given `login` as at sign-in, goes on wrapping up") {
  double gone = 0;
  Setup settings = kStored;
  settings.login = true;
  Stored store = page(settings, [&](PhoneDriver& desk) {
    talk(desk, "a");
    desk.end("a");
    desk.answer_all();
    gone = desk.at;
  });
  PhoneDriver desk(settings);
  begin(desk, store, gone + 1'000);
  desk.answer(Request::AgentStatusGet, 200, R"({"extension":"1001","status":"WRAP_UP","reason":null})");
  ready(desk);
  CHECK(desk.agent().status == AgentStatus::WrapUp);
  CHECK(desk.open_count(Request::AgentStatusPut) == 0);
  desk.ask(EventType::WrapUpFinished);
  desk.answer_all();
  CHECK(desk.agent().status == AgentStatus::Online);
}

TEST_CASE("wrap-up whose call goes on after all is over") {
  double gone = 0;
  Stored store = page(kStored, [&](PhoneDriver& desk) {
    talk(desk, "a");
    gone = desk.at;
  });
  Stored ended = page(kStored, [](PhoneDriver& desk) {
    talk(desk, "other");
    desk.end("other");
  });
  store.records["agent"] = ended.records.at("agent");  // an agent's record that is not of the same moment
  PhoneDriver desk(kStored);
  begin(desk, store, gone + 1'000);
  CHECK(desk.agent().activity == ActivityState::OnCall);
  store.records.erase("call/a");
  std::erase_if(store.records, [](const auto& record) { return record.first.starts_with("log/"); });
  PhoneDriver alone(kStored);
  begin(alone, store, gone + 1'000);
  CHECK(alone.agent().activity == ActivityState::Idle);  // no call is left, so nobody is on one
}

TEST_CASE("a status that was on its way to the CRM is sent again, and what the CRM says meanwhile does not undo it; so is the pause") {
  Stored store = page(kStored, [](PhoneDriver& desk) { desk.ask_status(AgentStatus::Training, "new"); });
  PhoneDriver desk(kStored);
  begin(desk, store, 1'700'000'100'000);
  desk.answer(Request::AgentStatusGet, 200, R"({"status":"ONLINE","reason":null,"since":1})");
  desk.wait(100);
  REQUIRE(desk.open(Request::AgentStatusPut) != nullptr);
  CHECK(desk.open(Request::AgentStatusPut)->said("status") == "TRAINING");
  desk.answer(Request::AgentStatusPut);
  CHECK(desk.agent().status == AgentStatus::Training);
  store.take(desk);  // its pause is on its way now
  PhoneDriver again(kStored);
  begin(again, store, 1'700'000'200'000);
  again.wait(100);
  REQUIRE(again.open(Request::QueuePause) != nullptr);
  CHECK(again.open(Request::QueuePause)->said("paused") == "true");
}

TEST_CASE("a contact that was being looked up is asked for again with the same key: the backend cannot make two") {
  double gone = 0;
  std::string key;
  Stored store = page(kStored, [&](PhoneDriver& desk) {
    desk.offer("a");
    key = desk.open(Request::ContactFindOrCreate)->key;
    desk.connect("a");
    desk.offer("b");
    desk.end("b");
    gone = desk.at;
  });
  PhoneDriver desk(kStored);
  begin(desk, store, gone + 1'000);
  REQUIRE(desk.open_count(Request::ContactFindOrCreate) == 1);
  CHECK(desk.open(Request::ContactFindOrCreate)->key == key);
}

TEST_CASE("a state of schema 1, as version 0.1 wrote it, is read: records, drafts, status, and the calls are looked for") {
  std::ifstream file(OFFHOOK_ROOT "/tests/engine/fixtures/state_schema_1.json");
  REQUIRE(file.good());
  std::stringstream text;
  text << file.rdbuf();
  PhoneDriver desk({.wrap_up_seconds = 600});
  desk.at = 1'700'000'200'000;
  const std::string reply = desk.phone.restore_json(text.str());
  REQUIRE(reply.find(R"("error":null)") != std::string::npos);
  for (const Effect& effect : desk.phone.effects())
    if (effect.type == EffectType::TimerSet) desk.timers.push_back({effect.timer, desk.mono + effect.delay_ms});
  CHECK(desk.anomalies() == 0);
  CHECK(desk.logs() == 4);
  CHECK(desk.view(desk.log("saved").notes) == "half a sent");
  CHECK(desk.log("saved").delivery == DeliveryState::Saved);
  CHECK(desk.log("unsaved").delivery == DeliveryState::Waiting);
  CHECK(desk.call("living").state == CallState::Recovering);
  CHECK(desk.agent().next_status == MaybeStatus::Break);
  desk.start();
  desk.wait(5'000);
  CHECK(desk.log("living").end_reason == EndReason::Lost);
  CHECK(desk.log("living").duration == 64'000);  // from the connect to the last time that stands in the old state
  CHECK(desk.log("ringing").status == LogStatus::Missed);
  desk.answer_all();
  CHECK(desk.model().outbox.pending == 0);
}

TEST_CASE("a call that was taken for lost and lives goes on in the record it had, and ends with its true duration") {
  double gone = 0, connected = 0;
  Stored store = page(kStored, [&](PhoneDriver& desk) {
    talk(desk, "a");
    connected = desk.call("a").connected_at;
    desk.wait(20'000);
    gone = desk.at;
  });
  std::erase_if(store.records, [](const auto& one) { return one.first.starts_with("call/"); });  // only its record was kept
  PhoneDriver desk(kStored);
  begin(desk, store, gone + 1'000);
  CHECK(desk.log("a").status == LogStatus::Answered);
  CHECK(desk.log("a").end_reason == EndReason::Lost);
  ready(desk);
  desk.wait(1'000);
  desk.tell({.type = EventType::CallResumed, .call_id = desk.text("other name"), .sip_call_id = desk.log("a").sip_call_id});
  CHECK(desk.logs() == 1);
  CHECK(desk.call("other name").connected_at == connected);
  CHECK(desk.agent().status == AgentStatus::OnCall);
  desk.answer_all();
  desk.wait(8'000);
  desk.end("other name");
  CHECK(desk.logs() == 1);
  CHECK(desk.log("a").status == LogStatus::Answered);
  CHECK(desk.log("a").end_reason == EndReason::RemoteHangup);
  CHECK(desk.log("a").duration == 30'000);
  CHECK(desk.agent().activity == ActivityState::WrapUp);
  CHECK(desk.anomalies() == 0);
}
