// How wrap-up begins on the agent's wish, how it ends, once, and what becomes of the text typed so far.
#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

std::string call_over(PhoneDriver& desk, std::string_view id = "a") {
  talk(desk, id);
  desk.end(id);
  desk.answer_all();
  return std::string(desk.view(desk.log(id).key));
}

void supervisor(PhoneDriver& desk, std::string_view status) {
  desk.hear(std::string(R"({"type":"change","stream":"agent_status","revision":9,"item":{"extension":"1001","status":")") +
            std::string(status) + R"(","reason":"supervisor"}})");
}

}  // namespace

TEST_CASE("optional wrap-up: available at once after the call, and wrap-up when the agent asks for it, with its clock") {
  PhoneDriver desk({.wrap_up = "optional"});
  desk.start();
  CHECK(desk.outcome(desk.ask(EventType::WrapUpRequested)) == "refused no_draft");
  talk(desk, "a");
  CHECK(desk.outcome(desk.ask(EventType::WrapUpRequested)) == "refused pending");
  desk.end("a");
  desk.answer_all();
  CHECK(desk.agent().status == AgentStatus::Online);
  CHECK(desk.count_all(Request::AgentStatusPut) == 0);
  CHECK(desk.model().can.start_wrap_up.reason == Reason::Ok);
  CHECK(desk.outcome(desk.ask(EventType::WrapUpRequested)) == "done");
  CHECK(desk.agent().status == AgentStatus::WrapUp);
  CHECK(desk.open(Request::AgentStatusPut)->said("call_log_id") == desk.view(desk.log("a").key));
  CHECK(desk.agent().wrap_up_ends_at == desk.at + 30'000);
  CHECK(desk.model().can.start_wrap_up.reason == Reason::AlreadySo);
  CHECK(desk.model().can.start_wrap_up.retry_in == 30'000);
  CHECK(desk.outcome(desk.ask(EventType::WrapUpRequested)) == "done");
  desk.answer_all();
  desk.wait(30'000);
  desk.answer_all();
  CHECK(desk.agent().status == AgentStatus::Online);
}

TEST_CASE("optional wrap-up without seconds has no clock; the agent may ask for a second wrap-up in the other modes, not with none") {
  PhoneDriver desk({.wrap_up = "optional", .wrap_up_seconds = 0});
  desk.start();
  call_over(desk);
  desk.ask(EventType::WrapUpRequested);
  desk.answer_all();
  desk.wait(3'600'000);
  CHECK(desk.agent().status == AgentStatus::WrapUp);

  PhoneDriver timed;
  timed.start("BREAK");
  call_over(timed);
  timed.wait(30'000);
  timed.answer_all();
  CHECK(timed.outcome(timed.ask(EventType::WrapUpRequested)) == "done");
  timed.answer_all();
  timed.wait(30'000);
  timed.answer_all();
  CHECK(timed.agent().status == AgentStatus::Break);

  PhoneDriver none({.wrap_up = "none"});
  none.start();
  call_over(none);
  CHECK(none.outcome(none.ask(EventType::WrapUpRequested)) == "refused not_supported");
}

TEST_CASE("however wrap-up ends, it ends once, the text typed so far reaches the CRM, and the next status applies") {
  enum How { Finished, TimeOver, StatusChosen, NewCall, Forced, LoggedOut };
  for (const How how : {Finished, TimeOver, StatusChosen, NewCall, Forced, LoggedOut}) {
    PhoneDriver desk;
    desk.start();
    talk(desk, "a");
    desk.ask_status(AgentStatus::Training, "course");
    desk.end("a");
    desk.answer_all();
    const std::string key(desk.view(desk.log("a").key));
    desk.ask_draft(EventType::DraftEdited, key, "half a sen");
    const std::size_t writes = desk.count_all(Request::CallLogUpdate);
    if (how == Finished) desk.ask(EventType::WrapUpFinished);
    if (how == TimeOver) desk.wait(30'000);
    if (how == StatusChosen) desk.ask_status(AgentStatus::Meeting);
    if (how == NewCall) desk.offer("b"), desk.connect("b");
    if (how == Forced) supervisor(desk, "BREAK");
    if (how == LoggedOut) desk.ask(EventType::LogoutRequested);
    CHECK(desk.agent().activity == (how == NewCall ? ActivityState::OnCall : ActivityState::Idle));
    CHECK(desk.count_all(Request::CallLogUpdate) == writes + 1);
    CHECK(desk.ever_last(Request::CallLogUpdate)->said("notes") == "half a sen");
    CHECK(desk.drafts() == 1);  // no disposition yet: it still waits
    desk.answer_all();
    desk.wait(120'000);  // nothing ends it a second time
    desk.answer_all();
    if (how != NewCall) CHECK(desk.count_all(Request::CallLogUpdate) == writes + 1);
    const AgentStatus after = how == StatusChosen ? AgentStatus::Meeting
                              : how == NewCall    ? AgentStatus::OnCall
                              : how == LoggedOut  ? AgentStatus::Offline
                                                  : AgentStatus::Training;
    CHECK(desk.agent().status == after);
    CHECK((desk.agent().next_status == MaybeStatus::None) == (how != NewCall));
  }
}

TEST_CASE("a draft with a disposition is as good as saved when the time is over; untouched it stays as it is") {
  PhoneDriver desk;
  desk.start();
  const std::string key = call_over(desk);
  desk.ask_draft(EventType::DraftEdited, key, "sold two", "sold");
  desk.wait(30'000);
  CHECK(desk.open(Request::CallLogUpdate)->said("disposition") == "sold");
  CHECK(desk.drafts() == 0);
  desk.answer_all();

  call_over(desk, "b");
  const std::size_t writes = desk.count_all(Request::CallLogUpdate);
  desk.wait(30'000);
  desk.answer_all();
  CHECK(desk.count_all(Request::CallLogUpdate) == writes);
  CHECK(desk.drafts() == 1);
}

TEST_CASE("the CRM's word that we are in wrap-up, or what it held all along, does not end it") {
  PhoneDriver desk;
  desk.start();
  call_over(desk);
  supervisor(desk, "WRAP_UP");
  CHECK(desk.agent().activity == ActivityState::WrapUp);
  PhoneDriver refused;
  refused.start();
  talk(refused, "a");
  refused.end("a");
  refused.answer(Request::AgentStatusPut, 422);  // the CRM does not know WRAP_UP
  refused.hear(R"({"type":"change","stream":"agent_status","revision":9,"item":{"extension":"1001","status":"ONLINE"}})");
  CHECK(refused.agent().activity == ActivityState::WrapUp);
}

TEST_CASE("logging out sends what was typed of every call that is over; the oldest of too many drafts is sent when it gives way") {
  PhoneDriver desk({.wrap_up = "none"});
  desk.start();
  const std::string first = call_over(desk, "a"), second = call_over(desk, "b");
  desk.offer("c");
  desk.end("c");
  desk.answer_all();
  desk.ask_draft(EventType::DraftEdited, first, "one");
  desk.ask_draft(EventType::DraftEdited, std::string(desk.view(desk.log("c").key)), "missed him");
  desk.ask(EventType::LogoutRequested);
  CHECK(desk.open_count(Request::CallLogUpdate) == 2);

  PhoneDriver many({.wrap_up = "none"});
  many.start();
  const std::string oldest = call_over(many, "first");
  many.ask_draft(EventType::DraftEdited, oldest, "never saved");
  for (std::size_t i = 0; i < limits::kDrafts; ++i) {
    many.skip(1'000);
    talk(many, "n" + std::to_string(i));
    many.end("n" + std::to_string(i));
    const Seen* update = many.ever_last(Request::CallLogUpdate);
    if (i + 1 < limits::kDrafts) CHECK(update->said("notes") != "never saved");
    many.wait(10'000);
    bool sent = false;
    for (const Seen& seen : many.all) sent = sent || (seen.type == EffectType::HttpSend && seen.said("notes") == "never saved");
    CHECK(sent == (i + 1 == limits::kDrafts));
    many.answer_all();
  }
}
