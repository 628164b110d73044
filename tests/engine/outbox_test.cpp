// What the backend has refused or put off: Retry-After, the bounded list of
// refused records, giving one up. Design: docs/machines/delivery.md
#include "tests/engine/stored.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

void put_off(PhoneDriver& desk, Request kind, double status, double retry_after_ms) {
  const Seen* request = desk.open(kind);
  REQUIRE(request);
  const double id = request->id;
  std::erase_if(desk.requests, [id](const Seen& seen) { return seen.id == id; });
  desk.tell({.type = EventType::HttpAnswered, .request = id, .status_code = status, .retry_after_ms = retry_after_ms});
}
double delay_of(PhoneDriver& desk) {
  const Seen* timer = desk.last(EffectType::TimerSet);
  REQUIRE(timer);
  return timer->delay_ms;
}
std::string refuse_one(PhoneDriver& desk, const std::string& id) {
  desk.offer(id);
  desk.answer(Request::CallLogCreate, 422);
  desk.end(id);
  if (desk.open(Request::CallLogCreate)) desk.answer(Request::CallLogCreate, 422);
  return std::string(desk.view(desk.log(id).key));
}

}  // namespace

TEST_CASE("a backend that says when to come again is not asked before, by up to ten minutes, and a little later by each") {
  PhoneDriver desk;
  desk.start();
  desk.answer_all();
  desk.offer("a");
  put_off(desk, Request::CallLogCreate, 503, 60'000);
  CHECK(delay_of(desk) >= 60'000);
  CHECK(delay_of(desk) <= 75'000);
  CHECK(desk.log("a").delivery == DeliveryState::Waiting);
  desk.wait(59'000);
  CHECK(desk.open_count(Request::CallLogCreate) == 0);
  desk.wait(16'000);
  put_off(desk, Request::CallLogCreate, 429, 86'400'000);
  CHECK(delay_of(desk) >= 600'000);
  CHECK(delay_of(desk) <= 750'000);
  desk.ask(EventType::OutboxRetried);  // the user knows better
  put_off(desk, Request::CallLogCreate, 500, 86'400'000);  // only 429 and 503 mean it
  CHECK(delay_of(desk) <= 40'000);
  PhoneDriver other;
  other.start();
  other.ask_status(AgentStatus::Break);
  put_off(other, Request::AgentStatusPut, 503, 1);
  CHECK(other.agent().status != AgentStatus::Break);
}

TEST_CASE("a refused record is kept to be looked after: tried again, or given up and still readable") {
  Stored store;
  PhoneDriver desk({.storage = true});
  store.load(desk);
  desk.start();
  desk.answer_all();
  const std::string key = refuse_one(desk, "a");
  CHECK(desk.model().outbox.rejected == 1);
  CHECK(desk.outcome(desk.ask({.type = EventType::OutboxDiscarded, .call_log_id = desk.text("nobody")})) == "refused nothing_rejected");
  CHECK(desk.outcome(desk.ask({.type = EventType::OutboxDiscarded, .call_log_id = desk.text(key)})) == "done");
  CHECK(desk.log("a").delivery == DeliveryState::Discarded);
  CHECK(desk.view(desk.log("a").last_error) == "http 422");
  CHECK(desk.model().outbox.rejected == 0);
  CHECK(desk.model().outbox.pending == 0);
  CHECK(desk.outcome(desk.ask({.type = EventType::OutboxDiscarded, .call_log_id = desk.text(key)})) == "refused nothing_rejected");
  desk.ask(EventType::OutboxRetried);
  desk.ask_draft(EventType::DraftSaved, key, "later", "");
  CHECK(desk.open_count(Request::CallLogCreate) == 0);  // given up is given up
  store.take(desk);
  PhoneDriver after({.storage = true});
  store.load(after);
  CHECK(after.log("a").delivery == DeliveryState::Discarded);
  CHECK(after.model().outbox.pending == 0);
}

TEST_CASE("of more than a hundred refused records the oldest is given up, and counted") {
  PhoneDriver desk({.wrap_up = "none"});
  desk.start();
  desk.answer_all();
  for (int i = 0; i < 103; ++i) {
    refuse_one(desk, "c" + std::to_string(i));
    desk.wait(6'000);
  }
  CHECK(desk.model().outbox.rejected == 100);
  CHECK(desk.anomalies() == 3);
  CHECK(desk.last_anomaly() == Anomaly::OutboxFull);
  CHECK(desk.log("c2").delivery == DeliveryState::Discarded);
  CHECK(desk.log("c3").delivery == DeliveryState::Rejected);
}
