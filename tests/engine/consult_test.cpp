// Attended transfers by the softphone: ask somebody while the customer waits,
// then join, go back, swap, or talk all three. By the PBX: consult_pbx_test.cpp.
#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

double ask_consult(PhoneDriver& desk, std::string_view target, std::string_view call = "a") {
  return desk.ask({.type = EventType::ConsultRequested, .call_id = desk.text(call), .target = desk.text(target)});
}
double complete(PhoneDriver& desk) { return desk.ask(EventType::ConsultCompleted); }
double cancel(PhoneDriver& desk) { return desk.ask(EventType::ConsultCancelled); }
const Consult& consult(PhoneDriver& desk) { return desk.model().consult; }
std::string leg_of(PhoneDriver& desk) { return std::string(desk.view(consult(desk).consult_call_id)); }
void reports(PhoneDriver& desk, double status) {
  desk.tell({.type = EventType::TransferProgress, .call_id = desk.text("a"), .status_code = status});
}

/// The customer on hold, the target called; the leg's id.
std::string consulting(PhoneDriver& desk) {
  talk(desk, "a");
  REQUIRE(desk.outcome(ask_consult(desk, "1002")) == "done");
  const std::string leg = leg_of(desk);
  desk.tell({.type = EventType::CallDialed, .call_id = desk.text(leg), .sip_call_id = desk.text("sip-" + leg)});
  desk.hold_confirmed("a", true);
  return leg;
}

std::string ready(PhoneDriver& desk) {
  const std::string leg = consulting(desk);
  desk.connect(leg);
  REQUIRE(consult(desk).state == ConsultState::Ready);
  return leg;
}

}  // namespace

TEST_CASE("an attended transfer: the customer waits, the target is asked, the two are joined, and both our legs end") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  const double begun = ask_consult(desk, "1002");
  CHECK(desk.outcome(begun) == "done");
  CHECK(desk.last(EffectType::SoftphoneHold)->call_id == "a");
  CHECK(desk.last(EffectType::SoftphoneDial)->number == "1002");
  CHECK(consult(desk).state == ConsultState::Consulting);
  CHECK(consult(desk).route == Route::Softphone);
  CHECK(desk.view(consult(desk).call_id) == "a");
  CHECK(desk.model().notice.code == Notice::TransferUnchecked);
  const std::string leg = leg_of(desk);
  CHECK(desk.last(EffectType::SoftphoneDial)->call_id == leg);
  desk.tell({.type = EventType::CallDialed, .call_id = desk.text(leg)});
  desk.hold_confirmed("a", true);
  desk.progress(leg);
  CHECK(desk.outcome(complete(desk)) == "refused consult_not_ready");
  CHECK(desk.outcome(ask_consult(desk, "1003")) == "refused transfer_pending");
  CHECK(desk.outcome(desk.ask_transfer("a", "1003")) == "refused transfer_pending");
  desk.connect(leg);
  CHECK(consult(desk).state == ConsultState::Ready);
  const double join = complete(desk);
  CHECK(consult(desk).state == ConsultState::Completing);
  CHECK(desk.last(EffectType::SoftphoneTransfer)->call_id == "a");
  CHECK(desk.last(EffectType::SoftphoneTransfer)->other_call_id == leg);
  CHECK(desk.outcome(complete(desk)) == "refused transfer_pending");
  CHECK(desk.outcome(cancel(desk)) == "refused transfer_pending");
  reports(desk, 202);
  reports(desk, 100);
  CHECK(desk.outcome(join) == "pending");
  reports(desk, 200);
  CHECK(desk.outcome(join) == "done");
  CHECK(desk.last(EffectType::SoftphoneHangup)->call_id == "a");
  CHECK(consult(desk).state == ConsultState::Idle);
  CHECK(consult(desk).result == ConsultResult::Transferred);
  desk.end("a", Origin::Local);
  desk.end(leg);  // the PBX ends the other one
  desk.wait(5'000);
  CHECK(desk.log("a").end_reason == EndReason::Transferred);
  CHECK(desk.log("a").hold_ms == 0);
  CHECK(desk.log(leg).end_reason == EndReason::RemoteHangup);
  CHECK(desk.log(leg).status == LogStatus::Answered);
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("a PBX that forgets to end the leg to the target is not waited for") {
  PhoneDriver desk;
  desk.start();
  const std::string leg = ready(desk);
  complete(desk);
  reports(desk, 200);
  desk.end("a", Origin::Local);
  CHECK(desk.call(leg).state == CallState::Active);
  desk.wait(2'000);
  CHECK(desk.ever_last(EffectType::SoftphoneHangup)->call_id == leg);
  CHECK(desk.call(leg).state == CallState::Ending);
}

TEST_CASE("the PBX ends the leg to the target before it has told the result") {
  PhoneDriver desk;
  desk.start();
  const std::string leg = ready(desk);
  const double join = complete(desk);
  desk.end(leg);
  CHECK(consult(desk).state == ConsultState::Completing);
  reports(desk, 200);
  CHECK(desk.outcome(join) == "done");
  CHECK(consult(desk).result == ConsultResult::Transferred);
}

TEST_CASE("joining fails: the target is still there, the customer still waits, and it may be tried again") {
  PhoneDriver desk;
  desk.start();
  const std::string leg = ready(desk);
  const double first = complete(desk);
  reports(desk, 503);
  CHECK(desk.outcome(first) == "refused softphone_refused");
  CHECK(consult(desk).state == ConsultState::Ready);
  CHECK(desk.model().notice.code == Notice::TransferFailed);
  CHECK(desk.call("a").hold == SwitchState::On);
  const double silent = complete(desk);
  desk.wait(10'000);
  CHECK(desk.outcome(silent) == "refused softphone_refused");
  const double refused = complete(desk);
  desk.refused("a", Command::Transfer, "405");
  CHECK(desk.outcome(refused) == "refused softphone_refused");
  complete(desk);
  reports(desk, 200);
  CHECK(consult(desk).result == ConsultResult::Transferred);
}

TEST_CASE("joining fails and the target is gone: the customer is taken back") {
  PhoneDriver desk;
  desk.start();
  const std::string leg = ready(desk);
  const double join = complete(desk);
  desk.end(leg);
  reports(desk, 404);
  CHECK(desk.outcome(join) == "refused softphone_refused");
  CHECK(consult(desk).state == ConsultState::Idle);
  CHECK(consult(desk).result == ConsultResult::Failed);
  CHECK_FALSE(desk.last(EffectType::SoftphoneHold)->on);
}

TEST_CASE("a target who is busy, does not answer, or hangs up gives the customer back") {
  for (const bool answered : {false, true}) {
    PhoneDriver desk;
    desk.start();
    const std::string leg = answered ? ready(desk) : consulting(desk);
    desk.end(leg, Origin::Remote, answered ? 0 : 486, 17);
    CHECK(consult(desk).state == ConsultState::Idle);
    CHECK(consult(desk).result == ConsultResult::TargetFailed);
    CHECK(desk.model().notice.code == Notice::ConsultFailed);
    CHECK_FALSE(desk.last(EffectType::SoftphoneHold)->on);
    desk.hold_confirmed("a", false);
    CHECK(desk.active() == "a");
    CHECK(desk.outcome(complete(desk)) == "refused no_consult");
    CHECK(desk.outcome(cancel(desk)) == "refused no_consult");
  }
}

TEST_CASE("a consultation is cancelled: the target is hung up on, then the customer is taken back") {
  PhoneDriver desk;
  desk.start();
  const std::string leg = ready(desk);
  const double back = cancel(desk);
  CHECK(desk.last(EffectType::SoftphoneHangup)->call_id == leg);
  CHECK(desk.outcome(back) == "pending");
  CHECK(desk.outcome(complete(desk)) == "refused transfer_pending");
  desk.end(leg, Origin::Local);
  CHECK(desk.outcome(back) == "done");
  CHECK(consult(desk).result == ConsultResult::Cancelled);
  CHECK_FALSE(desk.last(EffectType::SoftphoneHold)->on);
  const std::string second = [&] {
    desk.hold_confirmed("a", false);
    ask_consult(desk, "1003");
    return leg_of(desk);
  }();
  const double early = cancel(desk);  // while it is still being dialled
  desk.wait(8'000);                   // nobody tells the end
  CHECK(desk.outcome(early) == "done");
  CHECK(desk.call("a").state == CallState::Active);
}

TEST_CASE("hanging up on the target by the ordinary button is a cancellation too") {
  PhoneDriver desk;
  desk.start();
  const std::string leg = ready(desk);
  desk.ask(EventType::HangupRequested, leg);
  desk.end(leg, Origin::Local);
  CHECK(consult(desk).result == ConsultResult::Cancelled);
  CHECK(desk.model().notice.code != Notice::ConsultFailed);
  CHECK_FALSE(desk.last(EffectType::SoftphoneHold)->on);
}

TEST_CASE("the customer hangs up while the target is asked: both legs end") {
  PhoneDriver desk;
  desk.start();
  const std::string leg = ready(desk);
  desk.end("a");
  CHECK(desk.last(EffectType::SoftphoneHangup)->call_id == leg);
  CHECK(consult(desk).state == ConsultState::Idle);
  CHECK(consult(desk).result == ConsultResult::CustomerLeft);
  CHECK(desk.log("a").end_reason == EndReason::RemoteHangup);
  desk.end(leg, Origin::Local);
  CHECK(desk.log(leg).end_reason == EndReason::AgentHangup);
}

TEST_CASE("the customer hangs up while the two are being joined, or while the agent is leaving the target") {
  for (const bool joining : {true, false}) {
    PhoneDriver desk;
    desk.start();
    const std::string leg = ready(desk);
    const double command = joining ? complete(desk) : cancel(desk);
    desk.end("a");
    CHECK(desk.outcome(command) == "refused call_ended");
    CHECK(consult(desk).result == ConsultResult::CustomerLeft);
    CHECK(desk.call(leg).state == CallState::Ending);
  }
}

TEST_CASE("presence is checked before a consultation as before a blind transfer") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.presence("1002", "ON_CALL");
  CHECK(desk.outcome(ask_consult(desk, "1002")) == "refused target_unavailable");
  CHECK(consult(desk).state == ConsultState::Idle);
  CHECK(desk.call("a").hold == SwitchState::Off);
  desk.presence("1002", "ONLINE");
  CHECK(desk.outcome(ask_consult(desk, "1002")) == "done");
  CHECK(desk.model().notice.code == Notice::None);
}

TEST_CASE("what cannot be consulted is refused by its reason, and nothing begins") {
  PhoneDriver desk({.calls_max = 2, .features = "transfer"});
  desk.start();
  CHECK(desk.outcome(ask_consult(desk, "1002", "")) == "refused no_such_call");
  CHECK(desk.outcome(ask_consult(desk, "1002", "ghost")) == "refused no_such_call");
  desk.offer("a");
  CHECK(desk.outcome(ask_consult(desk, "1002")) == "refused not_connected");
  desk.ask(EventType::AnswerRequested, "a");
  desk.connect("a");
  CHECK(desk.outcome(ask_consult(desk, "1001")) == "refused bad_number");
  CHECK(desk.outcome(ask_consult(desk, "")) == "refused bad_number");
  CHECK(desk.outcome(ask_consult(desk, "a")) == "refused no_such_call");
  CHECK(desk.outcome(ask_consult(desk, "1002")) == "refused not_supported");  // neither REFER with Replaces nor a channel
  desk.offer("b");
  CHECK(desk.outcome(ask_consult(desk, "b")) == "refused not_connected");  // it rings here
  desk.end("b");
  CHECK(desk.outcome(ask_consult(desk, "b")) == "refused call_ended");
  desk.ask_transfer("a", "1003");
  CHECK(desk.outcome(ask_consult(desk, "1002")) == "refused transfer_pending");
  PhoneDriver full({.calls_max = 1});
  full.start();
  talk(full, "a");
  CHECK(full.outcome(ask_consult(full, "1002")) == "refused too_many_calls");
}

TEST_CASE("a call that was made to ask first is taken as the consultation") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  const std::string leg = desk.dial("1002");
  desk.hold_confirmed("a", true);
  CHECK(desk.outcome(ask_consult(desk, leg)) == "done");
  CHECK(consult(desk).state == ConsultState::Consulting);
  CHECK(desk.outcome(ask_consult(desk, leg)) == "refused transfer_pending");
  desk.connect(leg);
  CHECK(consult(desk).state == ConsultState::Ready);
  CHECK(desk.view(consult(desk).target) == "1002");
  cancel(desk);
  desk.end(leg, Origin::Local);
  desk.hold_confirmed("a", false);
  talk(desk, "b");  // the colleague calls in by himself
  desk.hold_confirmed("a", true);
  CHECK(desk.outcome(ask_consult(desk, "b")) == "done");
  CHECK(consult(desk).state == ConsultState::Ready);
  const double join = complete(desk);
  reports(desk, 200);
  CHECK(desk.outcome(join) == "done");
}

TEST_CASE("with automatic hold off the customer waits all the same") {
  PhoneDriver desk({.auto_hold = false});
  desk.start();
  talk(desk, "a");
  ask_consult(desk, "1002");
  CHECK(desk.last(EffectType::SoftphoneHold)->on);
  CHECK(desk.last(EffectType::SoftphoneHold)->call_id == "a");
}

TEST_CASE("a target's leg that the softphone cannot place ends the consultation") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  ask_consult(desk, "1002");
  desk.hold_confirmed("a", true);
  desk.refused(leg_of(desk), Command::Dial, "no microphone");
  CHECK(consult(desk).result == ConsultResult::TargetFailed);
  CHECK_FALSE(desk.last(EffectType::SoftphoneHold)->on);
}

TEST_CASE("swap: who waits and who is talked to change places, as often as one likes") {
  PhoneDriver desk;
  desk.start();
  const std::string leg = ready(desk);
  const double there = desk.ask(EventType::SwapRequested);
  CHECK(desk.count(EffectType::SoftphoneHold) == 2);
  desk.hold_confirmed(leg, true);
  CHECK(desk.outcome(there) == "pending");
  desk.hold_confirmed("a", false);
  CHECK(desk.outcome(there) == "done");
  CHECK(desk.active() == "a");
  CHECK(consult(desk).state == ConsultState::Ready);
  desk.ask(EventType::SwapRequested);
  desk.hold_confirmed("a", true);
  desk.hold_confirmed(leg, false);
  CHECK(desk.active() == leg);
  complete(desk);
  reports(desk, 200);
  CHECK(consult(desk).result == ConsultResult::Transferred);
}

TEST_CASE("three-way: the conference is part of the consultation, which can be completed from it or parted again") {
  PhoneDriver desk({.features = "transfer attended conference"});
  desk.start();
  const std::string leg = ready(desk);
  const auto conference = [&](bool on) {
    desk.tell({.type = EventType::MergeConfirmed, .call_id = desk.text(leg), .other_call_id = desk.text("a"), .on = on});
  };
  const double merge = desk.ask(EventType::MergeRequested);
  CHECK(desk.last(EffectType::SoftphoneMerge)->other_call_id == "a");
  conference(true);
  CHECK(desk.outcome(merge) == "done");
  CHECK(consult(desk).state == ConsultState::Conference);
  desk.hold_confirmed("a", false);
  const double split = desk.ask(EventType::SplitRequested);
  conference(false);
  CHECK(desk.outcome(split) == "done");
  CHECK(consult(desk).state == ConsultState::Ready);
  CHECK(desk.last(EffectType::SoftphoneHold)->call_id == "a");
  desk.hold_confirmed("a", true);
  conference(true);  // by the library's own button
  CHECK(consult(desk).state == ConsultState::Conference);
  const double join = complete(desk);
  conference(false);  // the library parts them to join them by Replaces
  CHECK(consult(desk).state == ConsultState::Completing);
  conference(true);
  reports(desk, 200);
  CHECK(desk.outcome(join) == "done");
}

TEST_CASE("a phone that is disposed of in a consultation answers everybody") {
  PhoneDriver desk;
  desk.start();
  ready(desk);
  const double join = complete(desk);
  desk.tell(EventType::Disposed);
  CHECK(desk.outcome(join) == "refused call_ended");
}
