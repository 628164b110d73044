// The agent's status in the CRM and its pause at the PBX: picked, refused, told at the start, logged in and out.
#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

std::string word(AgentStatus status) { return std::string(kAgentStatusWords[static_cast<std::size_t>(status)]); }

}  // namespace

TEST_CASE("each status of the menu goes to the CRM first, then its pause with its reason to the PBX") {
  struct { AgentStatus status; const char* reason; const char* paused; const char* sent; } const menu[] = {
      {AgentStatus::Online, "", "false", "null"},          {AgentStatus::Offline, "", "true", "offline"},
      {AgentStatus::Pause, "lunch", "true", "lunch"},      {AgentStatus::Break, "", "true", "BREAK"},
      {AgentStatus::Training, "", "true", "TRAINING"},     {AgentStatus::Meeting, "1:1", "true", "1:1"},
      {AgentStatus::DoNotDisturb, "", "true", "DO_NOT_DISTURB"}};
  for (const auto& [status, reason, paused, sent] : menu) {
    PhoneDriver desk;
    desk.start("BREAK");
    const double command = desk.ask_status(status, reason);
    const Seen* put = desk.open(Request::AgentStatusPut);
    REQUIRE(put);
    CHECK(put->said("status") == word(status));
    CHECK(put->said("source") == "agent");
    CHECK(desk.open(Request::QueuePause) == nullptr);  // not before the CRM has it
    CHECK(desk.outcome(command) == "pending");
    CHECK(desk.agent().status == AgentStatus::Break);  // what is asked for is not what is so
    desk.answer(Request::AgentStatusPut);
    CHECK(desk.outcome(command) == "done");
    CHECK(desk.agent().status == status);
    const Seen* pause = desk.open(Request::QueuePause);
    REQUIRE(pause);
    CHECK(pause->said("paused") == paused);
    CHECK(pause->said("reason_paused") == sent);
    desk.answer(Request::QueuePause, 200, R"({"synced":true})");
    CHECK(desk.agent().pause == PauseState::Synced);
  }
}

TEST_CASE("ON_CALL and WRAP_UP are not for the asking") {
  PhoneDriver desk;
  desk.start();
  CHECK(desk.outcome(desk.ask_status(AgentStatus::OnCall)) == "refused bad_status");
  CHECK(desk.outcome(desk.ask_status(AgentStatus::WrapUp)) == "refused bad_status");
}

TEST_CASE("a status that the CRM refuses, or does not answer, is not shown, and the user is told") {
  PhoneDriver desk;
  desk.start();
  const double first = desk.ask_status(AgentStatus::Break);
  desk.answer(Request::AgentStatusPut, 422);
  CHECK(desk.outcome(first) == "refused backend_refused");
  CHECK(desk.agent().status == AgentStatus::Online);
  CHECK(desk.model().notice.code == Notice::StatusNotSaved);
  CHECK(desk.open(Request::QueuePause) == nullptr);
  const double second = desk.ask_status(AgentStatus::Break);
  desk.lose(Request::AgentStatusPut, HttpFailure::Timeout);
  CHECK(desk.outcome(second) == "timed_out backend_unreachable");
  CHECK(desk.agent().status == AgentStatus::Online);
  CHECK(desk.ever_last(Request::QueuePause) == nullptr);
}

TEST_CASE("the pause is best effort: five tries, then it is shown as not synced; the status stands") {
  PhoneDriver desk;
  desk.start();
  desk.ask_status(AgentStatus::Break);
  desk.answer(Request::AgentStatusPut);
  for (int attempt = 1; attempt <= 5; ++attempt) {
    REQUIRE_MESSAGE(desk.open(Request::QueuePause), attempt);
    if (attempt % 2) desk.lose(Request::QueuePause);
    else desk.answer(Request::QueuePause, 503);
    CHECK(desk.agent().pause == (attempt < 5 ? PauseState::Pending : PauseState::Failed));
    desk.wait(60'000);
  }
  CHECK(desk.open(Request::QueuePause) == nullptr);
  CHECK(desk.model().notice.code == Notice::PauseNotSynced);
  CHECK(desk.agent().status == AgentStatus::Break);
  desk.ask_status(AgentStatus::Online);
  desk.answer(Request::AgentStatusPut);
  desk.answer(Request::QueuePause, 200, R"({"synced":false})");
  CHECK(desk.agent().pause == PauseState::Recorded);  // the backend holds it, and has no PBX to tell
}

TEST_CASE("only the newest pause counts: the answer to an older one changes nothing") {
  PhoneDriver desk;
  desk.start();
  desk.ask_status(AgentStatus::Break);
  desk.answer(Request::AgentStatusPut);
  desk.ask_status(AgentStatus::Online);
  desk.answer(Request::AgentStatusPut);
  CHECK(desk.open_count(Request::QueuePause) == 2);
  desk.answer(Request::QueuePause, 200, R"({"synced":true})");
  CHECK(desk.agent().pause == PauseState::Pending);
  desk.lose(Request::QueuePause);
  CHECK(desk.agent().pause == PauseState::Pending);
  desk.wait(3'000);
  CHECK(desk.open(Request::QueuePause)->said("paused") == "false");
}

TEST_CASE("two statuses picked in a row: the second waits for the first, a third replaces the second") {
  PhoneDriver desk;
  desk.start();
  const double first = desk.ask_status(AgentStatus::Break);
  const double second = desk.ask_status(AgentStatus::Meeting);
  const double third = desk.ask_status(AgentStatus::Training);
  CHECK(desk.open_count(Request::AgentStatusPut) == 1);
  CHECK(desk.outcome(second) == "refused pending");
  desk.answer(Request::AgentStatusPut);
  CHECK(desk.outcome(first) == "done");
  CHECK(desk.open(Request::AgentStatusPut)->said("status") == "TRAINING");
  desk.answer_all();
  CHECK(desk.outcome(third) == "done");
  CHECK(desk.count_all(Request::QueuePause) == 1);  // the pause follows the last one only
  CHECK(desk.agent().status == AgentStatus::Training);

  const double fourth = desk.ask_status(AgentStatus::Break);
  const double fifth = desk.ask_status(AgentStatus::Online);
  desk.answer(Request::AgentStatusPut, 409);
  CHECK(desk.outcome(fourth) == "refused backend_refused");
  const double sixth = desk.ask_status(AgentStatus::Meeting);
  desk.lose(Request::AgentStatusPut);
  CHECK(desk.outcome(fifth) == "timed_out backend_unreachable");
  desk.answer_all();
  CHECK(desk.outcome(sixth) == "done");
}

TEST_CASE("at the start the CRM's status is shown; a status set by hand is not overridden by the registration") {
  for (const char* status : {"ONLINE", "BREAK", "OFFLINE", "DO_NOT_DISTURB"}) {
    PhoneDriver desk;
    desk.start(status);
    CHECK(word(desk.agent().status) == status);
    desk.tell(EventType::Unregistered);
    desk.tell(EventType::Registered);
    CHECK(desk.count_all(Request::AgentStatusPut) == 0);
  }
}

TEST_CASE("an OFFLINE that endpoint synchronisation wrote ends with the next registration; 'Auto-Pause' is not its word") {
  const auto starts = [](const char* reason) {
    PhoneDriver desk;
    desk.tell(EventType::Started);
    desk.answer(Request::AgentStatusGet, 200, std::string(R"({"status":"OFFLINE","reason":")") + reason + "\"}");
    desk.tell(EventType::SoftphoneReady);
    desk.tell(EventType::Registered);
    const Seen* put = desk.open(Request::AgentStatusPut);
    return put ? put->said("status") + " " + put->said("reason") + " " + put->said("source") : std::string("nothing");
  };
  CHECK(starts("Auto: SIP not registered") == "ONLINE Auto: SIP registered auto");
  CHECK(starts("Auto-Pause") == "nothing");
  CHECK(starts("offline") == "nothing");
}

TEST_CASE("a login goes online whatever the CRM held, also when it comes before the CRM's answer") {
  PhoneDriver desk({.login = true});
  desk.tell(EventType::Started);
  desk.tell(EventType::SoftphoneReady);
  desk.tell(EventType::Registered);
  REQUIRE(desk.open(Request::AgentStatusPut));  // registered and meant: no need to know what was
  desk.answer(Request::AgentStatusGet, 200, R"({"status":"OFFLINE","reason":"offline"})");
  desk.answer_all();
  CHECK(desk.agent().status == AgentStatus::Online);

  PhoneDriver late;
  late.start("OFFLINE");
  late.ask(EventType::LoginRequested);
  CHECK(late.open(Request::AgentStatusPut)->said("status") == "ONLINE");
  late.lose(Request::AgentStatusPut);  // a login is not given up
  late.wait(2'000);
  late.answer_all();
  CHECK(late.agent().status == AgentStatus::Online);
  CHECK(late.agent().login_pending == false);
}

TEST_CASE("a login while another status is on its way follows it") {
  PhoneDriver desk;
  desk.start("BREAK");
  desk.ask_status(AgentStatus::Meeting);
  desk.ask(EventType::LoginRequested);
  desk.answer(Request::AgentStatusPut);
  CHECK(desk.open(Request::AgentStatusPut)->said("status") == "ONLINE");
}

TEST_CASE("when the CRM holds no record, the PBX's state is adopted; with neither, the first registration goes online") {
  PhoneDriver paused;
  paused.tell(EventType::Started);
  paused.answer(Request::AgentStatusGet, 404, R"({"code":"agent_unknown","pbx":{"paused":true,"reason":"lunch"}})");
  CHECK(paused.agent().status == AgentStatus::Pause);
  CHECK(paused.view(paused.agent().reason) == "lunch");
  CHECK(paused.agent().source == StatusSource::Pbx);

  PhoneDriver available;
  available.tell(EventType::Started);
  available.answer(Request::AgentStatusGet, 404, R"({"pbx":{"paused":false,"reason":null}})");
  CHECK(available.agent().status == AgentStatus::Online);

  PhoneDriver neither;
  neither.start("");
  CHECK(neither.open(Request::AgentStatusPut)->said("status") == "ONLINE");
}

TEST_CASE("a CRM that does not answer at the start is asked again, with back-off, and nothing is guessed") {
  PhoneDriver desk;
  desk.tell(EventType::Started);
  desk.tell(EventType::SoftphoneReady);
  desk.tell(EventType::Registered);
  for (int attempt = 0; attempt < 6; ++attempt) {
    REQUIRE(desk.open(Request::AgentStatusGet));
    if (attempt % 3 == 0) desk.lose(Request::AgentStatusGet);
    else desk.answer(Request::AgentStatusGet, attempt % 3 == 1 ? 500 : 200, R"({"status":"AWAY"})");
    CHECK(desk.open(Request::AgentStatusGet) == nullptr);
    desk.wait(40'000);
  }
  CHECK(desk.count_all(Request::AgentStatusPut) == 0);
  desk.answer_all();
  CHECK(desk.agent().status == AgentStatus::Online);
}

TEST_CASE("the CRM's word about us while our own write is out changes nothing: the answer will") {
  PhoneDriver desk;
  desk.start("BREAK");
  desk.ask_status(AgentStatus::Online);
  desk.tell({.type = EventType::AgentStatusReceived, .extension = desk.text("1001"), .status = AgentStatus::Break});
  desk.tell({.type = EventType::Unregistered});
  desk.tell({.type = EventType::Registered});
  desk.answer_all();
  CHECK(desk.agent().status == AgentStatus::Online);
  desk.tell({.type = EventType::AgentStatusReceived, .reason = desk.text("x"), .extension = desk.text("1001"), .since = 77, .status = AgentStatus::Break});
  CHECK(desk.agent().status == AgentStatus::Break);
  CHECK(desk.agent().since == 77);
}

TEST_CASE("wrap-up found in the CRM after a reload can be finished") {
  PhoneDriver desk;
  desk.start("WRAP_UP");
  CHECK(desk.agent().status == AgentStatus::WrapUp);
  CHECK(desk.model().can.finish_wrap_up.reason == Reason::Ok);
  CHECK(desk.outcome(desk.ask(EventType::WrapUpFinished)) == "done");
  desk.answer_all();
  CHECK(desk.agent().status == AgentStatus::Online);
}

TEST_CASE("logging out during a call waits for its end: OFFLINE is written and the phone unregisters then") {
  for (const char* mode : {"none", "timed"}) {
    PhoneDriver desk({.wrap_up = mode});
    desk.start();
    talk(desk, "a");
    CHECK(desk.outcome(desk.ask(EventType::LogoutRequested)) == "done");
    CHECK(desk.agent().next_status == MaybeStatus::Offline);
    CHECK(desk.ever_last(EffectType::SoftphoneUnregister) == nullptr);
    CHECK(desk.open(Request::QueuePause)->said("reason_paused") == "offline");
    desk.end("a");
    desk.answer_all();
    desk.wait(30'000);
    desk.answer_all();
    CHECK(desk.agent().status == AgentStatus::Offline);
    CHECK(desk.ever_last(EffectType::SoftphoneUnregister));
  }
}

TEST_CASE("a logout during a call is taken back by a login, by another status, or by cancelling it") {
  for (const int how : {0, 1, 2}) {
    PhoneDriver desk({.wrap_up = "none"});
    desk.start();
    talk(desk, "a");
    desk.ask(EventType::LogoutRequested);
    if (how == 0) desk.ask(EventType::LoginRequested);
    if (how == 1) desk.ask_status(AgentStatus::Break);
    if (how == 2) desk.ask(EventType::NextStatusCancelled);
    desk.answer_all();
    desk.end("a");
    desk.answer_all();
    CHECK(desk.ever_last(EffectType::SoftphoneUnregister) == nullptr);
    CHECK(desk.agent().status == (how == 1 ? AgentStatus::Break : AgentStatus::Online));
  }
}
