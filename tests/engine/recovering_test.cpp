// A page that goes in a call, and the page that comes after it: calls looked
// for, resumed or closed as lost. Design: docs/machines/call.md (Recovering)
#include "tests/engine/reloaded.h"

using namespace offhook;
using namespace offhook::bench;

TEST_CASE("a reload in a call: the softphone still has it, and the call, its record and its clock go on") {
  double connected = 0, gone = 0;
  Stored store = page(kStored, [&](PhoneDriver& desk) {
    talk(desk, "a");
    connected = desk.call("a").connected_at;
    desk.wait(60'000);
    gone = desk.at;
  });
  PhoneDriver desk(kStored);
  begin(desk, store, gone + 2'000);
  CHECK(desk.call("a").state == CallState::Recovering);
  CHECK(desk.log("a").status == LogStatus::Talking);
  CHECK(desk.agent().status == AgentStatus::OnCall);
  CHECK(desk.active() == "a");
  for (const EventType type : {EventType::HoldRequested, EventType::MuteRequested, EventType::AnswerRequested, EventType::RejectRequested})
    CHECK(desk.outcome(desk.ask({.type = type, .call_id = desk.text("a"), .on = true})) == "refused recovering");
  for (const EventType type : {EventType::SwapRequested, EventType::MergeRequested, EventType::ConsultRequested})
    CHECK(desk.outcome(desk.ask({.type = type, .target = desk.text("1003")})) == "refused recovering");
  for (const Verdict& verdict : {desk.model().can.hold, desk.model().can.attended_transfer, desk.model().can.swap, desk.model().can.merge})
    CHECK(verdict.reason == Reason::Recovering);
  CHECK(desk.outcome(desk.ask_dtmf("a", "1")) == "refused recovering");
  CHECK(desk.outcome(desk.ask_transfer("a", "1003")) == "refused recovering");
  ready(desk);
  desk.wait(1'000);
  resumed(desk, "a");
  CHECK(desk.call("a").state == CallState::Active);
  CHECK(desk.model().notice.code == Notice::CallRecovered);
  CHECK(desk.call("a").connected_at == connected);
  desk.answer_all();
  desk.wait(7'000);
  CHECK(desk.call("a").state == CallState::Active);  // no timer ends it
  desk.end("a");
  CHECK(desk.call("a").duration_ms == 70'000);
  CHECK(desk.log("a").duration == 70'000);
  CHECK(desk.log("a").end_reason == EndReason::RemoteHangup);
  CHECK(desk.agent().status == AgentStatus::WrapUp);
  CHECK(desk.logs() == 1);
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("the softphone knows the call under another name: found by its SIP Call-ID, held or not as it says") {
  double gone = 0;
  Stored store = page(kStored, [&](PhoneDriver& desk) {
    talk(desk, "a");
    desk.ask_hold("a", true);
    desk.hold_confirmed("a", true);
    desk.wait(30'000);
    talk(desk, "b", "+15550002");
    desk.wait(10'000);
    gone = desk.at;
  });
  for (const bool on : {true, false}) {
    Stored copy = store;
    PhoneDriver desk(kStored);
    begin(desk, copy, gone + 1'000);
    ready(desk);
    resumed(desk, "leg-7", "sip-a", on);
    copy.take(desk);
    CHECK(copy.records.contains("call/leg-7"));
    CHECK_FALSE(copy.records.contains("call/a"));
    CHECK(desk.call("leg-7").state == CallState::Active);
    CHECK(desk.call("leg-7").hold == (on ? SwitchState::On : SwitchState::Off));
    desk.wait(1'000);
    desk.end("leg-7");
    // held for 30 s + 10 s + the 1 s of the reload, and the second until the end if it still was
    CHECK(desk.call("leg-7").held_ms == doctest::Approx(41'000 + (on ? 1'000 : 0)).epsilon(0.05));
    CHECK(desk.log("a").hold_ms == desk.call("leg-7").held_ms);
  }
}

TEST_CASE("a call that nobody has any more is lost 5 s after the phone is registered again, and ended when it was last known to live") {
  double connected = 0, gone = 0;
  Stored store = page(kStored, [&](PhoneDriver& desk) {
    talk(desk, "a");
    connected = desk.call("a").connected_at;
    desk.wait(47'000);
    gone = desk.at;
  });
  PhoneDriver desk(kStored);
  begin(desk, store, gone + 3'600'000);  // the laptop was closed for an hour
  ready(desk);
  desk.tell(EventType::Registered);  // a refresh gives it no more time
  desk.wait(4'999);
  CHECK(desk.call("a").state == CallState::Recovering);
  desk.wait(1);
  CHECK(desk.call("a").state == CallState::Ended);
  CHECK(desk.call("a").end_reason == EndReason::Lost);
  CHECK(desk.model().notice.code == Notice::CallLost);
  CHECK(desk.log("a").status == LogStatus::Answered);
  CHECK(desk.log("a").duration == 40'000);  // written every 10 s
  CHECK(desk.log("a").ended_at == connected + 40'000);
  CHECK(desk.agent().status == AgentStatus::WrapUp);
  CHECK(desk.drafts() == 1);
  desk.answer_all();
  store.take(desk);
  CHECK(store.count("call/") == 0);
  CHECK(desk.model().outbox.pending == 0);
}

TEST_CASE("a phone that does not get registered gives a call up 15 s after the load") {
  double gone = 0;
  Stored store = page(kStored, [&](PhoneDriver& desk) {
    talk(desk, "a");
    gone = desk.at;
  });
  PhoneDriver desk(kStored);
  begin(desk, store, gone + 1'000);
  desk.wait(12'000);
  ready(desk);
  desk.wait(2'999);
  CHECK(desk.call("a").state == CallState::Recovering);
  desk.wait(1);
  CHECK(desk.call("a").state == CallState::Ended);
}

TEST_CASE("a second reload while a call is looked for does not make it live longer") {
  double gone = 0;
  Stored store = page(kStored, [&](PhoneDriver& desk) {
    talk(desk, "a");
    desk.wait(10'000);
    gone = desk.at;
  });
  PhoneDriver second(kStored);
  begin(second, store, gone + 1'000);
  second.wait(9'000);
  store.take(second);
  PhoneDriver third(kStored);
  begin(third, store, gone + 20'000);
  ready(third);
  third.wait(5'000);
  CHECK(third.log("a").duration == 10'000);
}

TEST_CASE("a softphone that can take a call up from another page is asked to, and given the time a microphone's prompt takes") {
  double gone = 0;
  Stored store = page(kStored, [&](PhoneDriver& desk) {
    desk.offer("a");
    desk.tell({.type = EventType::CallConnected, .call_id = desk.text("a"), .dialog = desk.text("id;to;from")});
    desk.offer("b", "+15550002");
    gone = desk.at;
  });
  PhoneDriver desk(kStored);
  begin(desk, store, gone + 1'000);
  ready(desk, "transfer resume");
  REQUIRE(desk.count(EffectType::SoftphoneResume) == 1);  // what only rang cannot be taken up
  CHECK(desk.last(EffectType::SoftphoneResume)->call_id == "a");
  desk.wait(5'000);
  CHECK(desk.call("b").end_reason == EndReason::Lost);
  CHECK(desk.log("b").status == LogStatus::Missed);
  CHECK(desk.agent().status == AgentStatus::OnCall);  // and no wrap-up for a call that was never answered
  desk.wait(9'000);
  CHECK(desk.call("a").state == CallState::Recovering);
  resumed(desk, "a", "new-dialog");
  CHECK(desk.call("a").state == CallState::Active);
  CHECK(desk.view(desk.call("a").sip_call_id) == "new-dialog");
}

TEST_CASE("a call that ended elsewhere while it was looked for ends as it is told") {
  double gone = 0;
  Stored store = page(kStored, [&](PhoneDriver& desk) {
    talk(desk, "a");
    desk.wait(20'000);
    gone = desk.at;
  });
  PhoneDriver desk(kStored);
  begin(desk, store, gone + 1'000);
  desk.tell({.type = EventType::RemoteChanged, .call_id = desk.text("a"), .name = desk.text("Bob")});
  CHECK(desk.view(desk.call("a").name) == "Bob");
  desk.end("a");
  CHECK(desk.log("a").end_reason == EndReason::RemoteHangup);
  CHECK(desk.log("a").duration == 21'000);
}

TEST_CASE("a call that nobody would give back is lost, and ended when it was last known to live") {
  double gone = 0;
  Stored store = page(kStored, [&](PhoneDriver& desk) {
    desk.offer("a");
    desk.tell({.type = EventType::CallConnected, .call_id = desk.text("a"), .dialog = desk.text("id;to;from")});
    desk.wait(20'000);
    gone = desk.at;
  });
  PhoneDriver desk(kStored);
  begin(desk, store, gone + 60'000);
  ready(desk, "transfer resume");
  desk.tell({.type = EventType::CallEnded, .call_id = desk.text("a"), .status_code = 481});
  CHECK(desk.log("a").end_reason == EndReason::Lost);
  CHECK(desk.log("a").status == LogStatus::Answered);
  CHECK(desk.log("a").duration <= 20'000);
  CHECK(desk.log("a").duration >= 10'000);
}

TEST_CASE("a call taken up from another page is on hold and muted again, as it was: nobody is heard by surprise") {
  double gone = 0;
  Stored store = page(kStored, [&](PhoneDriver& desk) {
    desk.offer("a");
    desk.tell({.type = EventType::CallConnected, .call_id = desk.text("a"), .dialog = desk.text("id;to;from")});
    desk.ask_hold("a", true);
    desk.hold_confirmed("a", true);
    desk.tell({.type = EventType::MuteRequested, .call_id = desk.text("a"), .on = true});
    desk.tell({.type = EventType::MuteConfirmed, .call_id = desk.text("a"), .on = true});
    gone = desk.at;
  });
  PhoneDriver desk(kStored);
  begin(desk, store, gone + 1'000);
  ready(desk, "transfer resume");
  desk.tell({.type = EventType::CallResumed, .call_id = desk.text("a"), .sip_call_id = desk.text("new"), .dialog = desk.text("n;t;f")});
  CHECK(desk.call("a").hold == SwitchState::TurningOn);
  CHECK(desk.call("a").mute == SwitchState::TurningOn);
  CHECK(desk.count(EffectType::SoftphoneHold) == 1);
  CHECK(desk.count(EffectType::SoftphoneMute) == 1);
  desk.hold_confirmed("a", true);
  CHECK(desk.call("a").hold == SwitchState::On);
}

TEST_CASE("a call that is looked for can be hung up") {
  double gone = 0;
  Stored store = page(kStored, [&](PhoneDriver& desk) {
    talk(desk, "a");
    gone = desk.at;
  });
  PhoneDriver desk(kStored);
  begin(desk, store, gone + 1'000);
  ready(desk);
  const double hangup = desk.ask(EventType::HangupRequested, "a");
  CHECK(desk.count(EffectType::SoftphoneHangup) == 1);
  CHECK(desk.call("a").state == CallState::Ending);
  desk.wait(8'000);  // nobody has it
  CHECK(desk.call("a").state == CallState::Ended);
  CHECK(desk.outcome(hangup) == "done");
  CHECK(desk.log("a").status == LogStatus::Answered);
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("what rang when the page went is missed, what was dialled is no_answered; answered meanwhile it is a call") {
  double gone = 0;
  std::string out;
  Stored store = page(kStored, [&](PhoneDriver& desk) {
    desk.offer("in");
    out = desk.dial("+15550001");
    desk.progress(out);
    desk.offer("third", "+15550003");
    gone = desk.at;
  });
  PhoneDriver desk(kStored);
  begin(desk, store, gone + 1'000);
  ready(desk);
  resumed(desk, "third");
  CHECK(desk.call("third").state == CallState::Active);
  CHECK(desk.log("third").status == LogStatus::Talking);
  CHECK(desk.agent().status == AgentStatus::OnCall);
  desk.wait(5'000);
  CHECK(desk.log("in").status == LogStatus::Missed);
  CHECK(desk.log("in").end_reason == EndReason::Lost);
  CHECK(desk.log(out).status == LogStatus::NoAnswered);
  CHECK(desk.log("in").duration == 0);
}

TEST_CASE("a softphone's call that no record knows is taken as a live call with a record of its own") {
  PhoneDriver desk;
  desk.start();
  resumed(desk, "x", "sip-x", true);
  CHECK(desk.call("x").state == CallState::Active);
  CHECK(desk.call("x").hold == SwitchState::On);
  CHECK(desk.log("x").status == LogStatus::Talking);
  CHECK(desk.agent().status == AgentStatus::OnCall);
  resumed(desk, "x", "sip-x", false);  // told twice: nothing but the hold
  CHECK(desk.call("x").hold == SwitchState::Off);
  CHECK(desk.logs() == 1);
  resumed(desk, "");
  CHECK(desk.last_anomaly() == Anomaly::TooManyCalls);
  CHECK(desk.logs() == 1);
}

TEST_CASE("a live call whose record is damaged gets another one") {
  double gone = 0;
  Stored store = page(kStored, [&](PhoneDriver& desk) {
    talk(desk, "a");
    gone = desk.at;
  });
  std::erase_if(store.records, [](const auto& record) { return record.first.starts_with("log/"); });
  PhoneDriver desk(kStored);
  begin(desk, store, gone + 1'000);
  ready(desk);
  resumed(desk, "a");
  desk.end("a");
  CHECK(desk.logs() == 1);
  CHECK(desk.log("a").status >= LogStatus::Answered);
}

TEST_CASE("a page that dies between a record's last put and its call's delete leaves a call that is over: it is not looked for") {
  Stored store = page(kStored, [](PhoneDriver& desk) { talk(desk, "a"); });
  Stored later = store;
  {
    PhoneDriver desk(kStored);
    begin(desk, later, 1'700'000'100'000);
    desk.end("a");
    later.take(desk);
  }
  later.records["call/a"] = store.records.at("call/a");
  PhoneDriver desk(kStored);
  begin(desk, later, 1'700'000'200'000);
  CHECK_FALSE(desk.call("a").in_use);
  CHECK(later.count("call/") == 0);  // and is deleted
}
