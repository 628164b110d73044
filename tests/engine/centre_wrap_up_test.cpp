// The wrap-up after a call of a queue is the contact centre's: it says mode, begin and end, and ends it. What the phone
// does with that, what it does without it, and when nothing is heard of the centre any more.
#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

/// What the centre says of this agent's wrap-up; `wrap_up` as JSON.
void centre(PhoneDriver& desk, const std::string& wrap_up, std::string_view extension = "1001") {
  desk.hear(R"({"type":"wrap_up","extension":")" + std::string(extension) + R"(","wrap_up":)" + wrap_up + "}");
}
std::string moment(double at) { return std::to_string(static_cast<long long>(at)); }
std::string running(PhoneDriver& desk, std::string_view mode, double ms) {
  return R"({"mode":")" + std::string(mode) + R"(","since":)" + moment(desk.at) + R"(,"until":)" + (ms > 0 ? moment(desk.at + ms) : "null") + "}";
}
double more(PhoneDriver& desk, double seconds) { return desk.ask({.type = EventType::WrapUpExtended, .seconds = seconds}); }
std::string owed(std::string_view mode) { return R"({"mode":")" + std::string(mode) + R"(","since":null,"until":null})"; }

void crm(PhoneDriver& desk, std::string_view status) {
  desk.hear(R"({"type":"change","stream":"agent_status","revision":9,"item":{"extension":"1001","status":")" + std::string(status) + R"(","reason":null}})");
}

/// A call of a queue that is over, of which the centre said `mode` while it lasted.
void queue_call(PhoneDriver& desk, std::string_view mode) {
  talk(desk, "a");
  centre(desk, owed(mode));
  desk.end("a");
  desk.answer_all();
}

}  // namespace

TEST_CASE("the centre's timed wrap-up: its end and not ours, longer than ours too, over when the centre says so, and the centre writes the status") {
  PhoneDriver desk;
  desk.start();
  queue_call(desk, "timed");
  CHECK(desk.agent().activity == ActivityState::WrapUp);
  CHECK(desk.agent().wrap_up_by == WrapUpBy::Centre);
  CHECK(desk.agent().wrap_up_ends_at == 0);  // announced, not begun
  CHECK(desk.view(desk.agent().wrap_up_call_log_id) == desk.view(desk.log("a").key));
  CHECK(desk.ever_last(Request::AgentStatusPut)->said("status") == "WRAP_UP");
  CHECK(desk.outcome(more(desk, 30)) == "refused not_timed");
  centre(desk, running(desk, "timed", 90'000));
  const double until = desk.at + 90'000;
  CHECK(desk.agent().wrap_up_ends_at == until);
  const std::size_t writes = desk.count_all(Request::AgentStatusPut);
  desk.wait(60'000);
  CHECK(desk.agent().status == AgentStatus::WrapUp);  // ours would have been over
  centre(desk, "null");
  CHECK(desk.agent().activity == ActivityState::Idle);
  CHECK(desk.agent().wrap_up_by == WrapUpBy::None);
  CHECK(desk.agent().wrap_up_ends_at == 0);
  crm(desk, "ONLINE");
  CHECK(desk.agent().status == AgentStatus::Online);
  CHECK(desk.count_all(Request::AgentStatusPut) == writes);
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("more time is asked of the centre, which tells the new end; a refusal, no answer and a newer wish each settle the command") {
  PhoneDriver desk;
  desk.start();
  queue_call(desk, "timed");
  centre(desk, running(desk, "timed", 30'000));
  const double first = more(desk, 30);
  CHECK(desk.open(Request::WrapUpExtend)->said("ms") == "30000");
  CHECK(desk.outcome(first) == "pending");
  desk.answer(Request::WrapUpExtend);
  CHECK(desk.outcome(first) == "done");
  centre(desk, running(desk, "timed", 60'000));
  CHECK(desk.agent().wrap_up_ends_at == desk.at + 60'000);
  const double refused = more(desk, 30);
  desk.answer(Request::WrapUpExtend, 409);
  CHECK(desk.outcome(refused) == "refused backend_refused");
  const double lost = more(desk, 30);
  desk.lose(Request::WrapUpExtend);
  CHECK(desk.outcome(lost) == "timed_out backend_unreachable");
  const double old = more(desk, 30), newer = more(desk, 60);
  CHECK(desk.outcome(old) == "refused superseded");
  desk.answer(Request::WrapUpExtend);
  CHECK(desk.outcome(newer) == "pending");  // that was the older one's answer
  desk.lose(Request::WrapUpExtend);
  CHECK(desk.outcome(newer) == "timed_out backend_unreachable");
}

TEST_CASE("manual at the centre has no clock, whatever ours says; finishing writes the status that follows, which tells the centre") {
  PhoneDriver desk;
  desk.start();
  queue_call(desk, "manual");
  centre(desk, running(desk, "manual", 0));
  CHECK(desk.outcome(more(desk, 30)) == "refused not_timed");
  desk.wait(3'600'000);
  CHECK(desk.agent().status == AgentStatus::WrapUp);
  CHECK(desk.outcome(desk.ask(EventType::WrapUpFinished)) == "done");
  CHECK(desk.open(Request::AgentStatusPut)->said("status") == "ONLINE");
  desk.answer_all();
  centre(desk, "null");
  CHECK(desk.agent().status == AgentStatus::Online);
}

TEST_CASE("a queue without wrap-up, or with one on request, begins none, also when the centre hears the end of its call first") {
  for (const char* mode : {"none", "optional"}) {
    PhoneDriver desk;
    desk.start();
    talk(desk, "a");
    centre(desk, owed(mode));
    centre(desk, "null");
    desk.end("a");
    desk.answer_all();
    CHECK(desk.agent().status == AgentStatus::Online);
    CHECK(desk.agent().activity == ActivityState::Idle);
    CHECK(desk.count_all(Request::AgentStatusPut) == 0);
    // The next one is no queue's: ours again.
    talk(desk, "b");
    desk.end("b");
    CHECK(desk.agent().wrap_up_by == WrapUpBy::Phone);
    CHECK(desk.agent().wrap_up_ends_at == desk.at + 30'000);
  }
}

TEST_CASE("a phone without a wrap-up of its own takes the centre's; the centre's may begin before the phone hears the end") {
  PhoneDriver desk({.wrap_up = "none"});
  desk.start();
  talk(desk, "a");
  centre(desk, running(desk, "timed", 20'000));
  desk.end("a");
  CHECK(desk.agent().wrap_up_by == WrapUpBy::Centre);
  CHECK(desk.agent().wrap_up_ends_at == desk.at + 20'000);
}

TEST_CASE("a wrap-up of ours becomes the centre's when it says so; its word of no wrap-up leaves ours alone") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.end("a");
  desk.answer_all();
  CHECK(desk.agent().wrap_up_by == WrapUpBy::Phone);
  centre(desk, owed("none"));
  centre(desk, "null");
  CHECK(desk.agent().wrap_up_by == WrapUpBy::Phone);
  centre(desk, running(desk, "timed", 45'000));
  CHECK(desk.agent().wrap_up_by == WrapUpBy::Centre);
  CHECK(desk.agent().wrap_up_ends_at == desk.at + 45'000);
}

TEST_CASE("nobody hangs in the centre's wrap-up: 5 s after its end without a word, 30 s when it never began, and the status is ours to write") {
  PhoneDriver desk;
  desk.start();
  queue_call(desk, "timed");
  centre(desk, running(desk, "timed", 20'000));
  desk.wait(24'900);
  CHECK(desk.agent().activity == ActivityState::WrapUp);
  desk.wait(200);
  CHECK(desk.agent().activity == ActivityState::Idle);
  CHECK(desk.open(Request::AgentStatusPut)->said("status") == "ONLINE");

  PhoneDriver silent;
  silent.start();
  queue_call(silent, "timed");
  silent.wait(29'900);
  CHECK(silent.agent().activity == ActivityState::WrapUp);
  silent.wait(200);
  CHECK(silent.agent().activity == ActivityState::Idle);
}

TEST_CASE("what was asked for in the call is written when the centre's wrap-up is over") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  centre(desk, owed("timed"));
  desk.ask_status(AgentStatus::Break, "lunch");
  desk.end("a");
  desk.answer_all();
  centre(desk, running(desk, "timed", 20'000));
  centre(desk, "null");
  REQUIRE(desk.open(Request::AgentStatusPut));
  CHECK(desk.open(Request::AgentStatusPut)->said("status") == "BREAK");
}

TEST_CASE("what the centre says of another agent, or not in its words, is counted and changes nothing") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  centre(desk, owed("none"), "1002");
  centre(desk, owed("unknown"));
  centre(desk, R"({"mode":"timed","since":-5,"until":null})");
  CHECK(desk.anomalies() == 3);
  CHECK(desk.last_anomaly() == Anomaly::BadMessage);
  desk.end("a");
  CHECK(desk.agent().wrap_up_by == WrapUpBy::Phone);
}
