// call_log, its delivery, the contact, and the queue-number messages.
#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

TEST_CASE("a call_log is created once and then updated by its id, with keys of their own") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.wait(1'000);
  desk.end("a");
  desk.answer_all();
  CHECK(desk.count_all(Request::CallLogCreate) == 1);
  CHECK(desk.count_all(Request::CallLogUpdate) == 2);
  const std::string key(desk.view(desk.log("a").key));
  CHECK(key.size() == 32);
  std::set<std::string> keys;
  for (const Seen& seen : desk.all)
    if (seen.type == EffectType::HttpSend && (seen.request == Request::CallLogUpdate || seen.request == Request::CallLogCreate)) keys.insert(seen.key);
  CHECK(keys == std::set<std::string>{key, key + ":2", key + ":3"});
  CHECK(desk.log("a").delivery == DeliveryState::Saved);
  CHECK(desk.model().outbox.pending == 0);
}

TEST_CASE("what changes while the create is out is folded into one update behind it") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a");
  desk.ask(EventType::AnswerRequested);
  desk.connect("a");
  desk.wait(500);
  desk.end("a");
  CHECK(desk.open_count(Request::CallLogCreate) == 1);
  CHECK(desk.open_count(Request::CallLogUpdate) == 0);  // one request a record at a time
  desk.answer(Request::CallLogCreate, 201, R"({"id":4711})");
  const Seen* update = desk.open(Request::CallLogUpdate);
  REQUIRE(update);
  CHECK(update->record == "4711");
  CHECK(update->said("status") == "answered");
  CHECK(update->said("revision") == "3");
  desk.answer(Request::CallLogUpdate);
  CHECK(desk.log("a").delivery == DeliveryState::Saved);
}

TEST_CASE("the end is always written, also when the backend was away from ringing to the end") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a");
  desk.lose(Request::CallLogCreate);
  CHECK(desk.log("a").delivery == DeliveryState::Waiting);
  desk.end("a");
  desk.wait(60'000);  // the call is long gone from the screen
  REQUIRE(desk.open(Request::CallLogCreate));
  CHECK(desk.open(Request::CallLogCreate)->said("status") == "missed");
  desk.answer(Request::CallLogCreate, 201, R"({"id":"9"})");
  CHECK(desk.log("a").delivery == DeliveryState::Saved);
}

TEST_CASE("a create without an answer is repeated with the same key, after 1 s doubling to 30 s") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a", "1002");
  const std::string key = desk.open(Request::CallLogCreate)->key;
  double expected = 1'000;
  for (int attempt = 0; attempt < 8; ++attempt) {
    if (attempt == 0) desk.lose(Request::CallLogCreate, HttpFailure::Timeout);
    if (attempt == 1) desk.answer(Request::CallLogCreate, 503);
    if (attempt == 2) desk.answer(Request::CallLogCreate, 401);  // the token is being renewed
    if (attempt == 3) desk.answer(Request::CallLogCreate, 429);
    if (attempt == 4) desk.answer(Request::CallLogCreate, 201, "<html>");  // without an id nothing could be updated
    if (attempt > 4) desk.lose(Request::CallLogCreate);
    const Seen* timer = desk.last(EffectType::TimerSet);
    REQUIRE(timer);
    CHECK(timer->delay_ms >= expected * 0.75);
    CHECK(timer->delay_ms <= expected * 1.25);
    CHECK(desk.model().outbox.failing == 1);
    CHECK(desk.log("a").attempts == attempt + 1);
    desk.wait(timer->delay_ms);
    REQUIRE(desk.open(Request::CallLogCreate));
    CHECK(desk.open(Request::CallLogCreate)->key == key);
    expected = std::min(30'000.0, expected * 2);
  }
  desk.answer(Request::CallLogCreate, 200, R"({"id":"1"})");
  CHECK(desk.log("a").attempts == 0);
  CHECK(desk.log("a").last_error.empty());
}

TEST_CASE("a definite refusal is not repeated by itself: the user is told, and may ask for another try") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a", "1002");
  desk.answer(Request::CallLogCreate, 422);
  CHECK(desk.log("a").delivery == DeliveryState::Rejected);
  CHECK(desk.model().notice.code == Notice::LogNotSaved);
  CHECK(desk.view(desk.log("a").last_error) == "http 422");
  CHECK(desk.model().outbox.rejected == 1);
  desk.wait(3'600'000);
  CHECK(desk.open(Request::CallLogCreate) == nullptr);
  CHECK(desk.outcome(desk.ask(EventType::OutboxRetried)) == "done");
  CHECK(desk.open(Request::CallLogCreate));
  desk.answer(Request::CallLogCreate, 422);
  desk.connect("a");  // new knowledge is another try
  CHECK(desk.open(Request::CallLogCreate)->said("status") == "talking");
  desk.answer_all();
  desk.end("a");
  desk.answer(Request::CallLogUpdate, 404);
  CHECK(desk.log("a").delivery == DeliveryState::Rejected);
  desk.ask(EventType::OutboxRetried);
  CHECK(desk.open(Request::CallLogUpdate)->said("status") == "answered");
  desk.answer(Request::CallLogUpdate, 404);
  desk.ask_draft(EventType::DraftSaved, desk.view(desk.log("a").key), "x");
  CHECK(desk.open(Request::CallLogUpdate)->said("notes") == "x");
  desk.answer_all();
  CHECK(desk.model().outbox.pending == 0);
}

TEST_CASE("'try now' does not wait for the back-off, for a create as for an update") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a", "1002");
  desk.lose(Request::CallLogCreate);
  desk.ask(EventType::OutboxRetried);
  REQUIRE(desk.open(Request::CallLogCreate));
  desk.answer_all();
  desk.end("a");
  desk.lose(Request::CallLogUpdate);
  desk.wait(2'000);  // by itself
  REQUIRE(desk.open(Request::CallLogUpdate));
  desk.lose(Request::CallLogUpdate);
  desk.ask(EventType::OutboxRetried);
  REQUIRE(desk.open(Request::CallLogUpdate));
  desk.answer_all();
  desk.wait(60'000);
  CHECK(desk.requests.empty());
}

TEST_CASE("late, duplicate and foreign answers are counted and change nothing") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a", "1002");
  const double id = desk.open(Request::CallLogCreate)->id;
  desk.answer(Request::CallLogCreate, 201, R"({"id":"1"})");
  const auto before = desk.log("a");
  desk.tell({.type = EventType::HttpAnswered, .body = desk.text(R"({"id":"2"})"), .request = id, .status_code = 201});
  CHECK(desk.last_anomaly() == Anomaly::LateAnswer);
  desk.tell({.type = EventType::HttpFailed, .request = id});
  desk.tell({.type = EventType::HttpFailed, .request = 999'999});
  CHECK(desk.anomalies() == 3);
  CHECK(desk.log("a") == before);
}

TEST_CASE("notes are kept with the call, also before its end; saving them writes the record and closes the draft") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  const std::string key(desk.view(desk.log("a").key));
  CHECK(desk.outcome(desk.ask_draft(EventType::DraftEdited, key, "wants a ref")) == "done");
  CHECK(desk.outcome(desk.ask_draft(EventType::DraftSaved, key, "wants a refund")) == "done");
  CHECK(desk.open(Request::CallLogUpdate) == nullptr);  // it goes with the end
  desk.end("a");
  CHECK(desk.open(Request::CallLogUpdate)->said("notes") == "wants a refund");
  desk.answer_all();
  CHECK(desk.drafts() == 1);
  desk.ask_draft(EventType::DraftEdited, "log-1", "wants a full refund");  // the backend's id is as good
  CHECK(desk.view(desk.model().drafts[0].notes) == "wants a full refund");
  desk.ask_draft(EventType::DraftSaved, key, "refunded", "solved");
  CHECK(desk.open(Request::CallLogUpdate)->said("disposition") == "solved");
  CHECK(desk.drafts() == 0);
  CHECK(desk.outcome(desk.ask_draft(EventType::DraftSaved, "ghost", "x")) == "refused no_draft");
  CHECK(desk.outcome(desk.ask_draft(EventType::DraftSaved, "", "x")) == "refused no_draft");
}

TEST_CASE("notes on a call that was missed are kept too") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a");
  desk.answer_all();
  desk.end("a");
  desk.answer_all();
  const std::string key(desk.view(desk.log("a").key));
  desk.ask_draft(EventType::DraftEdited, key, "call b");
  CHECK(desk.view(desk.log("a").notes) == "call b");
  desk.ask_draft(EventType::DraftSaved, key, "call back", "todo");
  CHECK(desk.open(Request::CallLogUpdate)->said("notes") == "call back");
  CHECK(desk.log("a").status == LogStatus::Missed);
  CHECK(desk.anomalies() == 0);
}

// The contact -------------------------------------------------------------------------

TEST_CASE("a contact that comes late is filled in, and written when the call is already over") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a");
  desk.answer(Request::CallLogCreate, 201, R"({"id":"1"})");
  desk.end("a");
  desk.answer(Request::CallLogUpdate);
  desk.wait(10'000);
  desk.answer(Request::ContactFindOrCreate, 200, R"({"id":"c-9","name":"Zoë"})");
  REQUIRE(desk.open(Request::CallLogUpdate));
  CHECK(desk.open(Request::CallLogUpdate)->said("contact_id") == "c-9");
  CHECK(desk.open(Request::CallLogUpdate)->said("contact_name") == "Zoë");
  CHECK(desk.open(Request::CallLogUpdate)->said("status") == "missed");
}

TEST_CASE("a contact that cannot be found delays nothing: the call is logged without it, and the look-up is repeated") {
  for (const int how : {0, 1, 2, 3}) {
    PhoneDriver desk;
    desk.start();
    desk.offer("a");
    auto fail = [&] {
      if (how == 0) desk.lose(Request::ContactFindOrCreate);
      if (how == 1) desk.answer(Request::ContactFindOrCreate, 500);
      if (how == 2) desk.answer(Request::ContactFindOrCreate, 200, R"({"name":"no id"})");
      if (how == 3) desk.answer(Request::ContactFindOrCreate, 422);  // it would be refused again
    };
    fail();
    CHECK(desk.open(Request::ContactFindOrCreate) == nullptr);
    desk.answer_all();
    desk.end("a");
    desk.answer_all();
    CHECK(desk.log("a").delivery == DeliveryState::Saved);
    CHECK(desk.log("a").contact_id.empty());
    for (int i = 0; how != 3 && i < 4; ++i) {
      desk.wait(12'000);
      REQUIRE(desk.open(Request::ContactFindOrCreate));
      fail();
    }
    desk.wait(60'000);
    CHECK(desk.open(Request::ContactFindOrCreate) == nullptr);
    CHECK(desk.count_all(Request::ContactFindOrCreate) == (how == 3 ? 1 : 5));
    desk.offer("b");  // the next call of that number asks again
    CHECK(desk.open(Request::ContactFindOrCreate));
    CHECK(desk.call("b").contact == ContactState::Looking);
  }
}

TEST_CASE("a contact found by the second try is filled in, also when the call is over") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a");
  desk.lose(Request::ContactFindOrCreate);
  CHECK(desk.call("a").contact == ContactState::Looking);
  desk.answer_all();
  desk.end("a");
  desk.answer_all();
  desk.wait(2'000);
  desk.answer(Request::ContactFindOrCreate, 200, R"({"id":"c-9","name":"Ann"})");
  CHECK(desk.open(Request::CallLogUpdate)->said("contact_id") == "c-9");
}

TEST_CASE("two calls of one number share one look-up, and get the same contact") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a", "+442079460123");
  desk.offer("b", "0044 20 7946 0123");
  CHECK(desk.open_count(Request::ContactFindOrCreate) == 1);
  CHECK(desk.call("b").contact == ContactState::Looking);
  desk.answer(Request::ContactFindOrCreate, 200, R"({"id":"c-1","name":"Ann"})");
  CHECK(desk.view(desk.call("a").contact_id) == "c-1");
  CHECK(desk.view(desk.call("b").contact_name) == "Ann");
}

TEST_CASE("anonymous and internal callers are nobody's contact") {
  for (const char* number : {"", "anonymous", "<unknown>", "Anonymous@anonymous.invalid", "Restricted", "1002", "12345", "sip:1002@pbx"}) {
    PhoneDriver desk;
    desk.start();
    desk.offer("a", number);
    CHECK_MESSAGE(desk.open(Request::ContactFindOrCreate) == nullptr, number);
    CHECK(desk.call("a").contact == ContactState::Skipped);
    CHECK(desk.open(Request::CallLogCreate));
    desk.offer("b", "+442079460123");
    CHECK(desk.open(Request::ContactFindOrCreate));
  }
}

// Queue numbers -----------------------------------------------------------------------

TEST_CASE("a queue message during the call is attached to it: queue, token, PBX call, channel") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.hear_queue("1651.1");
  CHECK(desk.view(desk.call("a").queue_name) == "Support");
  CHECK(desk.view(desk.call("a").queue_number) == "6402");  // "queue-6402" says the same
  CHECK(desk.view(desk.model().queue_info.server_call_log_token) == "tok");
  CHECK(desk.view(desk.model().queue_info.yeastar_call_id) == "1651.1");
  desk.hear_queue("1651.1", "", "Sales", "");  // a later one of the same PBX call fills and replaces
  CHECK(desk.view(desk.call("a").queue_name) == "Sales");
  CHECK(desk.view(desk.log("a").server_call_log_token) == "tok");
}

TEST_CASE("a queue message that comes before its call waits for it, at most thirty seconds") {
  PhoneDriver desk;
  desk.start();
  desk.hear_queue("1651.1");
  CHECK(desk.model().queue_info.queue_name.empty());
  desk.wait(20'000);
  desk.offer("a", "+44 20 7946 0123");
  CHECK(desk.view(desk.log("a").queue_name) == "Support");
  desk.hear_queue("1651.2", "+33123456789");
  desk.wait(30'001);
  desk.offer("b", "+33123456789");
  CHECK(desk.log("b").queue_name.empty());
}

TEST_CASE("a queue message without a number belongs to the call that came within five seconds, and to no later one") {
  PhoneDriver desk;
  desk.start();
  desk.hear_queue("1651.1", "");
  desk.wait(6'000);
  desk.offer("a");
  CHECK(desk.log("a").queue_name.empty());
  desk.wait(6'000);
  desk.hear_queue("1651.2", "");
  CHECK(desk.log("a").queue_name.empty());
  desk.wait(1'000);
  desk.offer("b", "+33123456789");
  CHECK(desk.view(desk.log("b").yeastar_call_id) == "1651.2");
}

TEST_CASE("the PBX's own call id decides before the number does") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a", "+442079460123", "1651.1");
  desk.offer("b", "+442079460123", "1651.2");  // the same caller twice
  desk.hear_queue("1651.1");
  CHECK(desk.view(desk.log("a").yeastar_call_id) == "1651.1");
  CHECK(desk.log("b").yeastar_call_id.empty());
  desk.hear_queue("1651.2", "+442079460123", "Support", "tok-2");
  CHECK(desk.view(desk.log("b").yeastar_call_id) == "1651.2");
  desk.hear_queue("1651.9", "+442079460123", "Support", "tok-9");  // another PBX call of that number: neither of these two
  CHECK(desk.view(desk.log("a").yeastar_call_id) == "1651.1");
  CHECK(desk.view(desk.log("b").yeastar_call_id) == "1651.2");
}

TEST_CASE("a queue message of a call that is over is counted and dropped: the next call stays clean") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a");
  desk.hear_queue("1651.1");
  desk.end("a");
  desk.hear_queue("1651.1");
  CHECK(desk.last_anomaly() == Anomaly::LateQueueMessage);
  desk.offer("b");
  CHECK(desk.log("b").queue_name.empty());
}

TEST_CASE("the first queue message of a call that is over is not the next call's") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a", "+442079460123", "1651.1");
  desk.end("a");
  desk.wait(1'000);
  desk.hear_queue("1651.1");  // the PBX was slower than the caller
  CHECK(desk.last_anomaly() == Anomaly::LateQueueMessage);
  desk.offer("b", "+442079460123", "1651.2");
  CHECK(desk.log("b").queue_name.empty());
  desk.hear_queue("1651.2", "+442079460123", "Sales");
  CHECK(desk.view(desk.log("b").queue_name) == "Sales");
  desk.end("b");
  desk.offer("c", "+33123456789");  // a phone that is not told the PBX's call ids
  desk.end("c");
  desk.hear_queue("1651.3", "+33123456789");
  CHECK(desk.last_anomaly() == Anomaly::LateQueueMessage);
  desk.offer("d", "+33123456789");
  CHECK(desk.log("d").queue_name.empty());
}

TEST_CASE("two early messages of one PBX call are one, and no more than sixteen wait") {
  PhoneDriver desk;
  desk.start();
  desk.hear_queue("1651.1", "+442079460123", "Support");
  desk.hear_queue("1651.1", "+442079460123", "Sales");
  CHECK(desk.model().early.size() == 1);
  for (int i = 0; i < 40; ++i) desk.hear_queue("17." + std::to_string(i), "+4930" + std::to_string(1000000 + i));
  CHECK(desk.model().early.size() == 16);
  desk.offer("a", "+49301000039");
  CHECK(desk.view(desk.log("a").yeastar_call_id) == "17.39");
}

TEST_CASE("an empty queue message, and one for another extension, change nothing") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.hear_queue("1651.1");
  desk.hear(R"({"type":"queue_number","extension":"1001","queue_name":"","queue_number":"","channel_id":""})");
  CHECK(desk.view(desk.model().queue_info.queue_name) == "Support");  // a call's data go when that call ends, not before
  desk.hear(R"({"type":"queue_number","extension":"1002","call_from":"+442079460123","queue_name":"Other","yeastar_call_id":"1651.1"})");
  CHECK(desk.view(desk.model().queue_info.queue_name) == "Support");
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("the bare form of a backend that has always sent it is understood, and so is an event of the host") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a");
  desk.hear(R"({"event":"call_log","data":{"call_from":"+442079460123","queue_name":"Support","queue_number":6402}})");
  CHECK(desk.view(desk.log("a").queue_number) == "6402");
  desk.tell({.type = EventType::QueueNumberReceived, .server_call_log_token = desk.text("t-2"), .call_from = desk.text("+442079460123")});
  CHECK(desk.view(desk.log("a").server_call_log_token) == "t-2");
  desk.tell({.type = EventType::QueueNumberReceived, .queue_name = desk.text("Gold"), .server_call_log_token = desk.text("t-2")});
  CHECK(desk.view(desk.log("a").queue_name) == "Gold");
}
