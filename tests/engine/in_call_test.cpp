// What is done within a call: hold, mute, DTMF, transfers.
#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

TEST_CASE("hold is requested, then confirmed; its time is measured and goes into the call_log") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  const double hold = desk.ask_hold("a", true);
  CHECK(desk.call("a").hold == SwitchState::TurningOn);
  CHECK(desk.outcome(hold) == "pending");
  CHECK(desk.model().can.hold.reason == Reason::Ok);  // a newer wish may replace it
  desk.wait(50);
  desk.hold_confirmed("a", true);
  CHECK(desk.outcome(hold) == "done");
  CHECK(desk.outcome(desk.ask_hold("a", true)) == "done");  // so already
  desk.wait(20'000);
  const double unhold = desk.ask_hold("a", false);
  desk.hold_confirmed("a", false);
  CHECK(desk.outcome(unhold) == "done");
  CHECK(desk.outcome(desk.ask_hold("a", false)) == "done");
  CHECK(desk.call("a").held_ms == 20'000);
  desk.hold_confirmed("a", true);  // the user pressed hold on another device
  CHECK(desk.call("a").hold == SwitchState::On);
  desk.hold_confirmed("a", true);
  desk.wait(5'000);
  desk.hold_confirmed("a", false);
  desk.hold_confirmed("a", false);
  desk.ask_hold("a", true);
  desk.hold_confirmed("a", true);
  desk.wait(1'000);
  desk.end("a");  // ended while held
  CHECK(desk.log("a").hold_ms == 26'000);
  CHECK(desk.call("a").hold == SwitchState::Off);
}

TEST_CASE("hold refused by the softphone, or never confirmed, is what it was before, and the user is told") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  const double first = desk.ask_hold("a", true);
  desk.tell({.type = EventType::HoldRefused, .call_id = desk.text("a"), .reason = desk.text("488")});
  CHECK(desk.outcome(first) == "refused softphone_refused");
  CHECK(desk.call("a").hold == SwitchState::Off);
  CHECK(desk.model().notice.code == Notice::HoldFailed);
  desk.refused("a", Command::Hold);  // late
  const double second = desk.ask_hold("a", true);
  desk.wait(8'000);
  CHECK(desk.outcome(second) == "timed_out softphone_refused");
  desk.hold_confirmed("a", true);  // later than we waited, but so
  CHECK(desk.call("a").hold == SwitchState::On);
  const double third = desk.ask_hold("a", false);
  desk.refused("a", Command::Hold);
  CHECK(desk.outcome(third) == "refused softphone_refused");
  CHECK(desk.call("a").hold == SwitchState::On);
  const double fourth = desk.ask_hold("a", false);
  desk.wait(8'000);
  CHECK(desk.outcome(fourth) == "timed_out softphone_refused");
  CHECK(desk.call("a").hold == SwitchState::On);
}

TEST_CASE("a call that ends while hold is being asked for settles the question") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  const double hold = desk.ask_hold("a", true);
  const double mute = desk.ask_mute("a", true);
  desk.end("a");
  CHECK(desk.outcome(hold) == "refused call_ended");
  CHECK(desk.outcome(mute) == "refused call_ended");
  desk.wait(10'000);
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("what the softphone says of hold, mute, digits or transfer after the end is counted, and changes nothing") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.end("a");
  for (const EventType type : {EventType::HoldConfirmed, EventType::MuteConfirmed, EventType::HoldRefused, EventType::MuteRefused,
                               EventType::DtmfSent, EventType::TransferProgress}) {
    const double before = desk.anomalies();
    desk.tell({.type = type, .call_id = desk.text("a"), .status_code = 200, .on = true});
    CHECK(desk.anomalies() == before + 1);
  }
  CHECK(desk.call("a").hold == SwitchState::Off);
  CHECK(desk.call("a").mute == SwitchState::Off);
  CHECK(desk.call("a").state == CallState::Ended);
}

TEST_CASE("mute is requested and confirmed like hold, and is independent of it") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  const double mute = desk.ask_mute("a", true);
  CHECK(desk.last(EffectType::SoftphoneMute)->on);
  const double hold = desk.ask_hold("a", true);
  desk.tell({.type = EventType::MuteConfirmed, .call_id = desk.text("a"), .on = true});
  CHECK(desk.outcome(mute) == "done");
  CHECK(desk.outcome(hold) == "pending");
  CHECK(desk.call("a").mute == SwitchState::On);
  desk.ask_mute("a", false);
  desk.tell({.type = EventType::MuteConfirmed, .call_id = desk.text("a"), .on = false});
  CHECK(desk.call("a").mute == SwitchState::Off);
  const double again = desk.ask_mute("a", true);
  desk.tell({.type = EventType::MuteRefused, .call_id = desk.text("a"), .reason = desk.text("no track")});
  CHECK(desk.outcome(again) == "refused softphone_refused");
  CHECK(desk.model().notice.code == Notice::MuteFailed);
  const double never = desk.ask_mute("a", true);
  desk.wait(8'000);
  CHECK(desk.outcome(never) == "timed_out softphone_refused");
  desk.refused("a", Command::Mute);
  CHECK(desk.call("a").mute == SwitchState::Off);
}

TEST_CASE("hold, mute, digits and transfer need a call in conversation") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a");
  CHECK(desk.outcome(desk.ask_hold("a", true)) == "refused not_connected");
  CHECK(desk.outcome(desk.ask_mute("a", true)) == "refused not_connected");
  CHECK(desk.outcome(desk.ask_dtmf("a", "1")) == "refused not_connected");
  CHECK(desk.outcome(desk.ask_transfer("a", "1002")) == "refused not_connected");
  CHECK(desk.outcome(desk.ask_hold("ghost", true)) == "refused no_such_call");
  CHECK(desk.outcome(desk.ask_dtmf("", "1")) == "refused no_such_call");
}

TEST_CASE("digits typed within two seconds of each other are sent together, in their order") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  for (const char* digit : {"1", "2", "#"}) {
    CHECK(desk.outcome(desk.ask_dtmf("a", digit)) == "done");
    CHECK(desk.count(EffectType::SoftphoneDtmf) == 0);
    desk.wait(1'900);
  }
  desk.wait(100);
  CHECK(desk.ever_last(EffectType::SoftphoneDtmf)->digits == "12#");
  desk.ask_dtmf("a", "4");  // one sending at a time
  desk.wait(5'000);
  CHECK(desk.ever_last(EffectType::SoftphoneDtmf)->digits == "12#");
  desk.tell({.type = EventType::DtmfSent, .call_id = desk.text("a")});
  desk.wait(2'000);
  CHECK(desk.ever_last(EffectType::SoftphoneDtmf)->digits == "4");
  desk.tell({.type = EventType::DtmfSent, .call_id = desk.text("a")});
  CHECK(desk.call("a").dtmf == DtmfState::Idle);
  desk.tell({.type = EventType::DtmfSent, .call_id = desk.text("a")});  // an adapter that says it twice
  desk.refused("a", Command::Dtmf);
  CHECK(desk.call("a").dtmf == DtmfState::Idle);
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("digits that the softphone refuses, or never confirms, are given up, and the user is told") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.ask_dtmf("a", "1");
  desk.wait(2'000);
  desk.ask_dtmf("a", "2");
  desk.tell({.type = EventType::DtmfRefused, .call_id = desk.text("a"), .reason = desk.text("no sender")});
  CHECK(desk.model().notice.code == Notice::DtmfFailed);
  CHECK(desk.call("a").dtmf_digits.empty());
  desk.ask({.type = EventType::NoticeDismissed});
  desk.ask_dtmf("a", "3");
  desk.wait(2'000);
  desk.wait(30'000);
  CHECK(desk.model().notice.code == Notice::DtmfFailed);
  CHECK(desk.call("a").dtmf == DtmfState::Idle);
  desk.ask_dtmf("a", "5");
  desk.end("a");
  desk.wait(3'000);
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("what is no digit is refused, and so are more digits than can wait: what is said to be done is done") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  for (const char* bad : {"", "x", "1 2", "E", "\x80"}) CHECK(desk.outcome(desk.ask_dtmf("a", bad)) == "refused bad_digits");
  CHECK(desk.outcome(desk.ask_dtmf("a", std::string(40, '1'))) == "done");
  CHECK(desk.outcome(desk.ask_dtmf("a", std::string(40, '2'))) == "refused bad_digits");
  CHECK(desk.outcome(desk.ask_dtmf("a", std::string(24, '3'))) == "done");
  desk.wait(2'000);
  CHECK(desk.ever_last(EffectType::SoftphoneDtmf)->digits == std::string(40, '1') + std::string(24, '3'));
}

TEST_CASE("a blind transfer is done when the network reports success; then our leg is ended, as transferred") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  const double transfer = desk.ask_transfer("a", "+44 (20) 555");
  CHECK(desk.model().notice.code == Notice::TransferUnchecked);  // nobody knows whether that number takes calls
  CHECK(desk.last(EffectType::SoftphoneTransfer)->target == "+4420555");
  CHECK(desk.outcome(desk.ask_transfer("a", "1003")) == "refused transfer_pending");
  const auto reports = [&](double status) { desk.tell({.type = EventType::TransferProgress, .call_id = desk.text("a"), .status_code = status}); };
  reports(202);  // taken, not done
  reports(100);
  reports(180);
  CHECK(desk.outcome(transfer) == "pending");
  CHECK(desk.call("a").state == CallState::Active);
  reports(200);
  CHECK(desk.outcome(transfer) == "done");
  CHECK(desk.last(EffectType::SoftphoneHangup)->call_id == "a");
  reports(200);
  CHECK(desk.outcome(desk.ask_transfer("a", "1003")) == "refused not_connected");
  desk.end("a", Origin::Local);
  CHECK(desk.log("a").end_reason == EndReason::Transferred);
  CHECK(desk.log("a").status == LogStatus::Answered);
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("a transfer that fails leaves the call with the agent, who may try again") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  const double busy = desk.ask_transfer("a", "1002");
  desk.tell({.type = EventType::TransferProgress, .call_id = desk.text("a"), .status_code = 202});
  desk.tell({.type = EventType::TransferProgress, .call_id = desk.text("a"), .status_code = 486});
  CHECK(desk.outcome(busy) == "refused softphone_refused");
  CHECK(desk.call("a").state == CallState::Active);
  CHECK(desk.model().notice.code == Notice::TransferFailed);
  desk.tell({.type = EventType::TransferProgress, .call_id = desk.text("a"), .status_code = 200});  // after its end: nothing
  CHECK(desk.call("a").state == CallState::Active);
  const double refused = desk.ask_transfer("a", "1002");
  desk.refused("a", Command::Transfer, "405");
  CHECK(desk.outcome(refused) == "refused softphone_refused");
  const double never = desk.ask_transfer("a", "1002");
  desk.wait(10'000);
  CHECK(desk.outcome(never) == "timed_out softphone_refused");
  const double last = desk.ask_transfer("a", "1002");
  desk.end("a");
  CHECK(desk.outcome(last) == "refused call_ended");
  CHECK(desk.log("a").end_reason == EndReason::RemoteHangup);
}

TEST_CASE("an attended transfer joins two calls in conversation, and nothing else") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  CHECK(desk.outcome(desk.ask_transfer("a", "", "ghost")) == "refused no_such_call");
  CHECK(desk.outcome(desk.ask_transfer("a", "", "a")) == "refused no_such_call");
  CHECK(desk.outcome(desk.ask_transfer("a", "")) == "refused bad_number");
  const std::string consult = desk.dial("1002");
  desk.progress(consult);
  CHECK(desk.outcome(desk.ask_transfer("a", "", consult)) == "refused not_connected");
  desk.connect(consult);
  const double transfer = desk.ask_transfer("a", "", consult);
  CHECK(desk.last(EffectType::SoftphoneTransfer)->other_call_id == consult);
  desk.tell({.type = EventType::TransferProgress, .call_id = desk.text("a"), .status_code = 200});
  CHECK(desk.outcome(transfer) == "done");
  desk.end(consult);
  desk.end("a", Origin::Local);
  CHECK(desk.log("a").end_reason == EndReason::Transferred);
  CHECK(desk.log(consult).status == LogStatus::Answered);
}
