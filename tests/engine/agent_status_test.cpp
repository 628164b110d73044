// The agent's status: nine words in the CRM, two at the PBX, and what calls make of them.
#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

std::string word(AgentStatus status) { return std::string(kAgentStatusWords[static_cast<std::size_t>(status)]); }

/// A call taken and ended; its requests answered when `healthy`.
void call_over(PhoneDriver& desk, std::string_view id = "a") {
  talk(desk, id);
  desk.wait(1'000);
  desk.end(id);
}

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
  for (const double nonsense : {-5.0, 0.0, 1e300}) desk.ask({.type = EventType::WrapUpExtended, .seconds = nonsense});
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
  CHECK(manual.outcome(manual.ask({.type = EventType::WrapUpExtended, .seconds = 60})) == "done");

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
  CHECK(desk.model().can.finish_wrap_up == Reason::Ok);
  CHECK(desk.outcome(desk.ask(EventType::WrapUpFinished)) == "done");
  desk.answer_all();
  CHECK(desk.agent().status == AgentStatus::Online);
}

TEST_CASE("logging out during a call is the next status, and the call goes on") {
  PhoneDriver desk({.wrap_up = "none"});
  desk.start();
  talk(desk, "a");
  CHECK(desk.outcome(desk.ask(EventType::LogoutRequested)) == "done");
  CHECK(desk.agent().next_status == MaybeStatus::Offline);
  CHECK(desk.ever_last(EffectType::SoftphoneUnregister) == nullptr);
  CHECK(desk.open(Request::QueuePause)->said("reason_paused") == "offline");
  desk.end("a");
  desk.answer_all();
  CHECK(desk.agent().status == AgentStatus::Offline);
}
