// Nothing grows for ever: slots, lists, strings; and a backend that is away for a day.
#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

/// A call of the cold face, answered, ended and saved, as a day's work brings it.
void live_one(Phone& phone, int number, double& mono, std::vector<double>& open) {
  const std::string id = "call-" + std::to_string(number);
  auto tell = [&](std::string_view type, const std::string& fields) {
    mono += 500;
    const std::string stamp = std::to_string(static_cast<long long>(mono));
    const std::string reply = phone.dispatch_json(R"({"type":")" + std::string(type) + R"(","at":1700)" + std::string(13 - 4 - std::min<std::size_t>(9, stamp.size()), '0') +
                                                  stamp + R"(,"mono":)" + stamp + fields + "}");
    REQUIRE(reply.find(R"("error":null)") != std::string::npos);
    const auto json = wire::parse_object(reply, 1 << 24);
    for (const wire::Json& effect : wire::array_at(*json, "effects")->items)
      if (wire::text_at(effect, "type") == "http.send") open.push_back(wire::number_at(effect, "id"));
  };
  tell("CallOffered", R"(,"call_id":")" + id + R"(","sip_call_id":"sip-)" + id + R"(","number":"+4420794)" + std::to_string(10000 + number) + "\"");
  tell("SocketMessage", R"(,"body":"{\"type\":\"queue_number\",\"queue_name\":\"Queue )" + std::to_string(number) + R"(\",\"yeastar_call_id\":\"1651.)" +
                            std::to_string(number) + R"(\",\"call_from\":\"+4420794)" + std::to_string(10000 + number) + R"(\"}")");
  tell("CallConnected", R"(,"call_id":")" + id + "\"");
  tell("CallEnded", R"(,"call_id":")" + id + R"(","origin":"remote")");
  while (!open.empty()) {
    const auto request = std::to_string(static_cast<long long>(open.front()));
    open.erase(open.begin());
    tell("HttpAnswered", R"(,"request":)" + request + R"(,"status_code":200,"body":"{\"id\":\")" + std::to_string(number) + R"(\",\"status\":\"ONLINE\"}")");
  }
  for (const Draft& draft : phone.model().drafts)
    if (draft.in_use) tell("DraftSaved", R"(,"call_log_id":")" + std::string(phone.strings().view(draft.call_log_id)) + R"(","notes":"note )" + std::to_string(number) + "\"");
}

}  // namespace

TEST_CASE("ten thousand calls leave a phone no larger than a hundred did") {
  Phone phone(config_of({.wrap_up = "none"}));
  double mono = 1;
  std::vector<double> open;
  phone.dispatch_json(R"({"type":"Started","at":1700000000000,"mono":1})");
  phone.dispatch_json(R"({"type":"SoftphoneReady","at":1700000000000,"mono":1})");
  std::size_t most_early = 0, most_late = 0;
  for (int i = 0; i < 10'000 / kTenth; ++i) {
    live_one(phone, i, mono, open);
    (i < 1'000 / kTenth ? most_early : most_late) = std::max(i < 1'000 / kTenth ? most_early : most_late, phone.strings().live());
  }
  CHECK(most_late <= most_early * 5 / 4);
  CHECK(most_late < 6'000);
  CHECK(phone.model().logs.size() <= limits::kCallLogsShown + 3);
  CHECK(phone.model().drafts.size() <= limits::kDrafts);
  CHECK(phone.model().stack.size() == limits::kCallStack);
  CHECK(phone.model().closed.size() == limits::kClosedCalls);
  CHECK(phone.snapshot().size() < 200'000);
}

TEST_CASE("call slots are used again: ended calls give way to new ones before their five seconds are over") {
  PhoneDriver desk;
  desk.start();
  for (int i = 0; i < 100; ++i) {
    desk.offer("x" + std::to_string(i));
    REQUIRE(desk.call("x" + std::to_string(i)).state == CallState::Offered);
    desk.end("x" + std::to_string(i));
  }
  desk.wait(5'000);
  for (const Call& call : desk.model().calls) CHECK_FALSE(call.in_use);
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("confirmed call_logs are kept to the last fifty; one that is not confirmed is never given up") {
  PhoneDriver desk({.wrap_up = "none"});
  desk.start();
  desk.offer("kept", "1002");
  desk.lose(Request::CallLogCreate);
  desk.end("kept");
  for (int i = 0; i < 120; ++i) {
    const std::string id = "x" + std::to_string(i);
    desk.offer(id, "1002");
    desk.end(id);
    for (int answers = 0; answers < 2 && !desk.requests.empty(); ++answers) desk.answer_all();
    desk.wait(10);
  }
  CHECK(desk.logs() <= limits::kCallLogsShown + 1);
  CHECK(desk.log("kept").in_use);
  CHECK(desk.log("x119").in_use);
  CHECK_FALSE(desk.log("x0").in_use);
}

TEST_CASE("what grew while the backend was away shrinks again to the last fifty") {
  PhoneDriver desk({.wrap_up = "none"});
  desk.start();
  for (int i = 0; i < 90; ++i) {
    desk.offer("x" + std::to_string(i), "1002");
    desk.lose(Request::CallLogCreate);
    desk.end("x" + std::to_string(i));
  }
  CHECK(desk.logs() == 90);
  CHECK(desk.model().outbox.pending == 90);
  for (int minute = 0; minute < 3; ++minute) {
    desk.wait(60'000);
    desk.answer_all();
  }
  CHECK(desk.model().outbox.pending == 0);
  desk.offer("next", "1002");
  desk.answer_all();
  CHECK(desk.logs() <= limits::kCallLogsShown + 1);
  CHECK(desk.log("x89").in_use);
}

TEST_CASE("more presence than there is room for is counted, and the rest works on") {
  PhoneDriver desk;
  desk.start();
  for (std::size_t i = 0; i < limits::kPresence + 10; ++i)
    desk.tell({.type = EventType::AgentStatusReceived, .extension = desk.text(std::to_string(2'000 + i)), .status = AgentStatus::Online});
  CHECK(desk.model().presence.size() == limits::kPresence);
  CHECK(desk.anomalies() == 10);
  desk.offer("a");
  CHECK(desk.call("a").state == CallState::Offered);
}

TEST_CASE("twenty look-ups at once, and a thirty-third number that finds no room, delay no call_log") {
  PhoneDriver desk;
  desk.start();
  for (int i = 0; i < 40; ++i) {
    const std::string id = "x" + std::to_string(i);
    desk.offer(id, "+49301234" + std::to_string(100 + i));
    CHECK(desk.log(id).in_use);
    desk.end(id);
  }
  CHECK(desk.last_anomaly() == Anomaly::OutboxFull);
  CHECK(desk.open_count(Request::ContactFindOrCreate) == limits::kLookups);
  CHECK(desk.open_count(Request::CallLogCreate) == 40);
}

// A backend that is away for a day -------------------------------------------------------

TEST_CASE("a day's outage: three hundred unsent records are all saved in the end, by 'try now' and by themselves") {
  for (const bool by_hand : {true, false}) {
    PhoneDriver desk({.wrap_up = "none"});
    desk.start();
    for (int i = 0; i < 300; ++i) {
      desk.offer("x" + std::to_string(i), "1002");
      if (desk.open(Request::CallLogCreate)) desk.lose(Request::CallLogCreate);
      desk.end("x" + std::to_string(i));
      desk.wait(6'000);
      while (desk.open(Request::CallLogCreate)) desk.lose(Request::CallLogCreate);
    }
    CHECK(desk.model().outbox.pending == 300);
    if (by_hand) desk.ask(EventType::OutboxRetried);
    CHECK(desk.open_count(Request::CallLogCreate) == (by_hand ? limits::kRetriedAtOnce : 0));  // not all at once
    for (int second = 0; second < 60; ++second) {
      desk.answer_all();
      desk.silence(1'000);
    }
    CHECK(desk.model().outbox.pending == 0);
    CHECK(desk.anomalies() == 0);
  }
}

TEST_CASE("three hundred unsent records survive a reload, and are all sent") {
  PhoneDriver before({.wrap_up = "none"});
  before.start();
  for (int i = 0; i < 300; ++i) {
    before.offer("x" + std::to_string(i), "1002");
    before.end("x" + std::to_string(i));
    before.wait(6'000);
  }
  PhoneDriver after({.wrap_up = "none"});
  after.phone.restore_json(before.phone.snapshot());
  for (const Effect& effect : after.phone.effects())
    if (effect.type == EffectType::TimerSet) after.timers.push_back({effect.timer, after.mono + effect.delay_ms});
  after.start();
  for (int second = 0; second < 20; ++second) {
    after.answer_all();
    after.silence(1'000);
  }
  CHECK(after.model().outbox.pending == 0);
}

TEST_CASE("one contact for a hundred calls that waited for it reaches all their records") {
  PhoneDriver desk({.wrap_up = "none"});
  desk.start();
  for (int i = 0; i < 100; ++i) {
    desk.offer("x" + std::to_string(i), "+442079460123");
    if (desk.open(Request::ContactFindOrCreate)) desk.lose(Request::ContactFindOrCreate);
    if (desk.open(Request::CallLogCreate)) desk.lose(Request::CallLogCreate);
    desk.end("x" + std::to_string(i));
  }
  desk.offer("last", "+442079460123");
  for (int second = 0; second < 60; ++second) {
    desk.answer_all();
    desk.silence(1'000);
  }
  CHECK(desk.anomalies() == 0);
  CHECK(desk.model().outbox.pending == 0);
  for (const CallLog& log : desk.model().logs)
    if (log.in_use) CHECK(desk.view(log.contact_id) == "c-1");
}
