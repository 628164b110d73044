// What calls make of the agent's status: ON_CALL, wrap-up, the next status.
#include <limits>

#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

/// A call taken and ended; its requests answered when `healthy`.
void call_over(PhoneDriver& desk, std::string_view id = "a") {
  talk(desk, id);
  desk.wait(1'000);
  desk.end(id);
}

}  // namespace

TEST_CASE("a connected call shows ON_CALL, and neither CRM nor PBX is told") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  CHECK(desk.agent().status == AgentStatus::OnCall);
  CHECK(desk.agent().source == StatusSource::Call);
  CHECK(desk.count_all(Request::AgentStatusPut) == 0);
  CHECK(desk.count_all(Request::QueuePause) == 0);
}

TEST_CASE("after an answered call the agent wraps up: WRAP_UP with its call_log in the CRM, the queues paused") {
  PhoneDriver desk;
  desk.start();
  call_over(desk);
  CHECK(desk.agent().status == AgentStatus::WrapUp);
  const Seen* put = desk.open(Request::AgentStatusPut);
  REQUIRE(put);
  CHECK(put->said("status") == "WRAP_UP");
  CHECK(put->said("source") == "call");
  CHECK(put->said("call_log_id") == desk.view(desk.log("a").key));
  desk.answer_all();
  CHECK(desk.ever_last(Request::QueuePause)->said("reason_paused") == "WRAP_UP");
  CHECK(desk.agent().wrap_up_ends_at == desk.at + 30'000);
  desk.wait(30'000);  // the CRM's clock rules
  CHECK(desk.agent().activity == ActivityState::Idle);
  CHECK(desk.open(Request::AgentStatusPut)->said("status") == "ONLINE");
  CHECK(desk.agent().status == AgentStatus::WrapUp);  // until the CRM has it
  desk.answer_all();
  CHECK(desk.agent().status == AgentStatus::Online);
  CHECK(desk.ever_last(Request::QueuePause)->said("paused") == "false");
}

TEST_CASE("after a call nobody answered there is no wrap-up") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a");
  desk.end("a");
  const std::string out = desk.dial();
  desk.end(out, Origin::Remote, 486, 17);
  CHECK(desk.agent().status == AgentStatus::Online);
  CHECK(desk.count_all(Request::AgentStatusPut) == 0);
}

TEST_CASE("two calls give one wrap-up, when the last one ends") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  talk(desk, "b", "+33123456789");
  desk.end("a");
  CHECK(desk.agent().status == AgentStatus::OnCall);
  CHECK(desk.count_all(Request::AgentStatusPut) == 0);
  desk.end("b");
  CHECK(desk.agent().status == AgentStatus::WrapUp);
  CHECK(desk.count_all(Request::AgentStatusPut) == 1);
  CHECK(desk.agent().wrap_up_call_log_id == desk.log("b").key);
  CHECK(desk.drafts() == 2);
}

TEST_CASE("wrap-up ends early when the agent says so, or when the notes are saved") {
  PhoneDriver desk;
  desk.start();
  call_over(desk, "a");
  desk.answer_all();
  const double finish = desk.ask(EventType::WrapUpFinished);
  CHECK(desk.outcome(finish) == "done");
  CHECK(desk.agent().activity == ActivityState::Idle);
  CHECK(desk.outcome(desk.ask(EventType::WrapUpFinished)) == "done");  // the CRM still holds WRAP_UP
  desk.answer_all();
  CHECK(desk.outcome(desk.ask(EventType::WrapUpFinished)) == "refused not_in_wrap_up");

  call_over(desk, "b");
  desk.answer_all();
  const std::string key(desk.view(desk.log("b").key));
  CHECK(desk.outcome(desk.ask_draft(EventType::DraftSaved, key, "called back", "sold")) == "done");
  CHECK(desk.agent().activity == ActivityState::Idle);
  CHECK(desk.open(Request::AgentStatusPut)->said("status") == "ONLINE");
  CHECK(desk.open(Request::CallLogUpdate)->said("notes") == "called back");
  CHECK(desk.drafts() == 1);  // that of the first call still waits
}

TEST_CASE("wrap-up can be extended; out of wrap-up it cannot") {
  PhoneDriver desk;
  desk.start();
  CHECK(desk.outcome(desk.ask({.type = EventType::WrapUpExtended, .seconds = 60})) == "refused not_in_wrap_up");
  call_over(desk);
  desk.answer_all();
  CHECK(desk.outcome(desk.ask({.type = EventType::WrapUpExtended, .seconds = 60})) == "done");
  for (const double nonsense : {-5.0, 0.0, 0.5, 1e300, 86'401.0, std::numeric_limits<double>::quiet_NaN()})
    CHECK(desk.outcome(desk.ask({.type = EventType::WrapUpExtended, .seconds = nonsense})) == "refused bad_seconds");
  desk.wait(89'999);
  CHECK(desk.agent().activity == ActivityState::WrapUp);
  desk.wait(1);
  CHECK(desk.agent().activity == ActivityState::Idle);
}

TEST_CASE("manual wrap-up has no clock, and without wrap-up the agent is online again at once") {
  PhoneDriver manual({.wrap_up = "manual"});
  manual.start();
  call_over(manual);
  manual.answer_all();
  manual.wait(7'200'000);
  CHECK(manual.agent().status == AgentStatus::WrapUp);
  CHECK(manual.agent().wrap_up_ends_at == 0);
  CHECK(manual.outcome(manual.ask({.type = EventType::WrapUpExtended, .seconds = 60})) == "refused not_timed");

  PhoneDriver none({.wrap_up = "none"});
  none.start();
  call_over(none);
  CHECK(none.agent().status == AgentStatus::Online);
  CHECK(none.drafts() == 1);  // the draft is there all the same
  CHECK(none.count_all(Request::AgentStatusPut) == 0);
}

TEST_CASE("a new call ends wrap-up, and the agent is ON_CALL") {
  PhoneDriver desk;
  desk.start();
  call_over(desk, "a");
  desk.answer_all();
  talk(desk, "b");
  CHECK(desk.agent().status == AgentStatus::OnCall);
  CHECK(desk.agent().wrap_up_ends_at == 0);
  desk.wait(60'000);
  CHECK(desk.agent().status == AgentStatus::OnCall);
  desk.end("b");
  desk.answer_all();
  desk.wait(30'000);
  desk.answer_all();
  CHECK(desk.agent().status == AgentStatus::Online);  // what he was before the first call
}

TEST_CASE("a status picked during a call is the next one: paused at once, shown as ON_CALL, written after wrap-up") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  const double command = desk.ask_status(AgentStatus::Break, "coffee");
  CHECK(desk.outcome(command) == "done");
  CHECK(desk.agent().status == AgentStatus::OnCall);
  CHECK(desk.agent().next_status == MaybeStatus::Break);
  CHECK(desk.open(Request::QueuePause)->said("reason_paused") == "coffee");
  CHECK(desk.count_all(Request::AgentStatusPut) == 0);
  desk.end("a");
  desk.answer_all();
  CHECK(desk.agent().status == AgentStatus::WrapUp);
  desk.wait(30'000);
  CHECK(desk.open(Request::AgentStatusPut)->said("status") == "BREAK");
  desk.answer_all();
  CHECK(desk.agent().status == AgentStatus::Break);
  CHECK(desk.view(desk.agent().reason) == "coffee");
  CHECK(desk.agent().next_status == MaybeStatus::None);
}

TEST_CASE("the next status can be cancelled, and the pause goes back") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.ask_status(AgentStatus::Break);
  desk.answer_all();
  CHECK(desk.outcome(desk.ask(EventType::NextStatusCancelled)) == "done");
  CHECK(desk.open(Request::QueuePause)->said("paused") == "false");
  desk.answer_all();
  CHECK(desk.outcome(desk.ask(EventType::NextStatusCancelled)) == "done");
  CHECK(desk.open(Request::QueuePause) == nullptr);
  desk.end("a");
  desk.answer_all();
  desk.wait(30'000);
  desk.answer_all();
  CHECK(desk.agent().status == AgentStatus::Online);
}

TEST_CASE("a next status that the CRM refuses leaves no pause behind") {
  PhoneDriver desk({.wrap_up = "none"});
  desk.start();
  talk(desk, "a");
  desk.ask_status(AgentStatus::Break);
  desk.answer_all();
  desk.end("a");
  desk.answer(Request::AgentStatusPut, 422);
  CHECK(desk.agent().status == AgentStatus::Online);
  REQUIRE(desk.open(Request::QueuePause));
  CHECK(desk.open(Request::QueuePause)->said("paused") == "false");
}

TEST_CASE("a status picked in wrap-up ends it, and what was picked during the call is forgotten") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.ask_status(AgentStatus::Break);
  desk.end("a");
  desk.answer_all();
  const double command = desk.ask_status(AgentStatus::Meeting);
  desk.answer_all();
  CHECK(desk.outcome(command) == "done");
  CHECK(desk.agent().status == AgentStatus::Meeting);
  CHECK(desk.agent().next_status == MaybeStatus::None);
  call_over(desk, "b");
  desk.answer_all();
  desk.wait(30'000);
  desk.answer_all();
  CHECK(desk.agent().status == AgentStatus::Meeting);  // not the break of an hour ago
}

TEST_CASE("a break asked for just before a call connects is not forgotten by the call") {
  for (const char* mode : {"timed", "none"}) {
    PhoneDriver desk({.wrap_up = mode});
    desk.start();
    desk.offer("a");
    const double command = desk.ask_status(AgentStatus::Break);
    desk.connect("a");
    desk.answer_all();  // the CRM answers when the call is already on
    CHECK(desk.outcome(command) == "done");
    CHECK(desk.agent().status == AgentStatus::OnCall);
    desk.end("a");
    desk.answer_all();
    desk.wait(30'000);
    desk.answer_all();
    CHECK(desk.agent().status == AgentStatus::Break);
  }
}

TEST_CASE("what a supervisor set during the call, or during wrap-up, stands after it") {
  const auto supervisor = [](PhoneDriver& desk, const char* status) {
    desk.hear(std::string(R"({"type":"change","stream":"agent_status","revision":9,"item":{"extension":"1001","status":")") + status +
              R"(","reason":"supervisor"}})");
  };
  PhoneDriver during({.wrap_up = "none"});
  during.start();
  talk(during, "a");
  supervisor(during, "OFFLINE");
  CHECK(during.agent().status == AgentStatus::OnCall);
  during.end("a");
  during.answer_all();
  CHECK(during.agent().status == AgentStatus::Offline);
  CHECK(during.count_all(Request::AgentStatusPut) == 0);

  PhoneDriver after;
  after.start();
  call_over(after);
  after.answer_all();
  supervisor(after, "MEETING");
  after.wait(30'000);
  after.answer_all();
  CHECK(after.agent().status == AgentStatus::Meeting);
}

TEST_CASE("wrap-up that could not be written is not written late: the status after it replaces it") {
  PhoneDriver desk;
  desk.start();
  call_over(desk);
  desk.lose(Request::AgentStatusPut);
  CHECK(desk.agent().write == StatusWriteState::Waiting);
  desk.wait(2'000);
  CHECK(desk.open(Request::AgentStatusPut)->said("status") == "WRAP_UP");  // nobody waits for it, so it is repeated
  desk.lose(Request::AgentStatusPut);
  desk.wait(28'000);
  while (desk.open(Request::AgentStatusPut) && desk.open(Request::AgentStatusPut)->said("status") == "WRAP_UP")
    desk.lose(Request::AgentStatusPut);
  desk.wait(1'000);
  REQUIRE(desk.open(Request::AgentStatusPut));
  CHECK(desk.open(Request::AgentStatusPut)->said("status") == "ONLINE");
  desk.answer_all();
  CHECK(desk.agent().status == AgentStatus::Online);
  CHECK(desk.agent().write == StatusWriteState::Settled);
}

TEST_CASE("a status picked while a write waits for its retry goes out at once") {
  PhoneDriver desk;
  desk.start();
  call_over(desk);
  desk.lose(Request::AgentStatusPut);
  const double command = desk.ask_status(AgentStatus::Break);
  CHECK(desk.open(Request::AgentStatusPut)->said("status") == "BREAK");
  desk.answer_all();
  CHECK(desk.outcome(command) == "done");
  desk.wait(60'000);
  CHECK(desk.open(Request::AgentStatusPut) == nullptr);
}
