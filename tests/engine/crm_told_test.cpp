// The CRM's word about our own status while a write of ours is out: the newer of the two counts, by the CRM's own times.
#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

/// The CRM has held ONLINE since 1000, by its own clock.
void start_at_1000(PhoneDriver& desk) {
  desk.tell(EventType::Started);
  desk.answer(Request::AgentStatusGet, 200, R"({"status":"ONLINE","reason":null,"since":1000})");
  for (const EventType type : {EventType::SoftphoneReady, EventType::Registered, EventType::SocketOpened}) desk.tell(type);
}

void told(PhoneDriver& desk, AgentStatus status, double since) {
  desk.tell({.type = EventType::AgentStatusReceived,
             .reason = desk.text("supervisor"),
             .extension = desk.text("1001"),
             .since = since,
             .status = status});
}

}  // namespace

TEST_CASE("a supervisor's change during our own write stands when it is the newer one, and the PBX follows it") {
  PhoneDriver desk;
  start_at_1000(desk);
  const double command = desk.ask_status(AgentStatus::Break);
  told(desk, AgentStatus::Meeting, 3000);
  CHECK(desk.agent().status == AgentStatus::Online);
  desk.answer(Request::AgentStatusPut, 200, R"({"status":"BREAK","since":2000})");
  CHECK(desk.outcome(command) == "done");
  CHECK(desk.agent().status == AgentStatus::Meeting);
  CHECK(desk.open(Request::QueuePause)->said("reason_paused") == "supervisor");
}

TEST_CASE("an older change that comes while we write does not undo our own") {
  PhoneDriver desk;
  start_at_1000(desk);
  desk.ask_status(AgentStatus::Break);
  told(desk, AgentStatus::Meeting, 1500);
  told(desk, AgentStatus::Training, 1400);
  desk.answer(Request::AgentStatusPut, 200, R"({"status":"BREAK","since":2000})");
  desk.answer_all();
  CHECK(desk.agent().status == AgentStatus::Break);
  told(desk, AgentStatus::Meeting, 1500);  // the socket was slower than the answer
  CHECK(desk.agent().status == AgentStatus::Break);
  CHECK(desk.count_all(Request::AgentStatusGet) == 1);
}

TEST_CASE("a CRM that gives no time with its answer is asked who was last") {
  PhoneDriver desk;
  start_at_1000(desk);
  desk.ask_status(AgentStatus::Break);
  told(desk, AgentStatus::Meeting, 3000);
  desk.answer(Request::AgentStatusPut, 200, "{}");
  CHECK(desk.agent().status == AgentStatus::Break);
  desk.answer(Request::AgentStatusGet, 200, R"({"status":"MEETING","reason":"supervisor","since":3000})");
  CHECK(desk.agent().status == AgentStatus::Meeting);
}

TEST_CASE("when our own write fails, what somebody else set meanwhile is not lost") {
  for (const bool refused : {true, false}) {
    PhoneDriver desk;
    start_at_1000(desk);
    const double command = desk.ask_status(AgentStatus::Break);
    told(desk, AgentStatus::Meeting, 3000);
    if (refused)
      desk.answer(Request::AgentStatusPut, 422);
    else
      desk.lose(Request::AgentStatusPut);
    CHECK(desk.outcome(command) == (refused ? "refused backend_refused" : "timed_out backend_unreachable"));
    CHECK(desk.agent().status == AgentStatus::Meeting);
  }
}

TEST_CASE("what nobody waits for gives way to a change made meanwhile, before its retry and during it") {
  for (const bool waiting : {true, false}) {
    PhoneDriver desk;
    start_at_1000(desk);
    talk(desk, "a");
    desk.end("a");  // WRAP_UP is on its way
    if (waiting) {
      desk.lose(Request::AgentStatusPut);
      CHECK(desk.agent().write == StatusWriteState::Waiting);
      told(desk, AgentStatus::Meeting, 3000);
    } else {
      told(desk, AgentStatus::Meeting, 3000);
      desk.lose(Request::AgentStatusPut);
    }
    CHECK(desk.agent().write == StatusWriteState::Settled);
    CHECK(desk.agent().status == AgentStatus::Meeting);
    CHECK(desk.agent().activity == ActivityState::Idle);
    desk.answer_all();
    desk.wait(60'000);
    CHECK(desk.count_all(Request::AgentStatusPut) == 1);
  }
}
