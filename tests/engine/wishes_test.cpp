// Hold and mute as wished against as they are: a newer wish replaces an older
// one, and a mute that a hold has shaken off is set again.
#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

void mute_confirmed(PhoneDriver& desk, bool on) { desk.tell({.type = EventType::MuteConfirmed, .call_id = desk.text("a"), .on = on}); }

}  // namespace

TEST_CASE("hold and at once resume: the newer wish counts, and is asked when the older one has been confirmed") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  const double hold = desk.ask_hold("a", true);
  CHECK(desk.call("a").hold_wanted);
  const double resume = desk.ask_hold("a", false);
  CHECK(desk.outcome(hold) == "refused superseded");
  CHECK_FALSE(desk.call("a").hold_wanted);
  CHECK(desk.count(EffectType::SoftphoneHold) == 0);  // one re-INVITE at a time
  desk.hold_confirmed("a", true);
  CHECK(desk.call("a").hold == SwitchState::TurningOff);
  CHECK_FALSE(desk.last(EffectType::SoftphoneHold)->on);
  CHECK(desk.outcome(resume) == "pending");
  const double again = desk.ask_hold("a", true);  // and changes his mind once more
  CHECK(desk.outcome(resume) == "refused superseded");
  desk.wait(100);
  desk.hold_confirmed("a", false);
  CHECK(desk.call("a").hold == SwitchState::TurningOn);
  desk.hold_confirmed("a", true);
  CHECK(desk.outcome(again) == "done");
  CHECK(desk.call("a").hold_wanted);
  CHECK(desk.outcome(desk.ask_hold("a", true)) == "done");  // so already
  desk.end("a");
  CHECK(desk.log("a").hold_ms == 100);
  CHECK_FALSE(desk.call("a").hold_wanted);
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("the same wish twice: the newer promise is the one that is kept") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  const double first = desk.ask_mute("a", true), second = desk.ask_mute("a", true);
  CHECK(desk.outcome(first) == "refused superseded");
  mute_confirmed(desk, true);
  CHECK(desk.outcome(second) == "done");
  CHECK(desk.call("a").mute_wanted);
  const double off = desk.ask_mute("a", false), off_again = desk.ask_mute("a", false);
  mute_confirmed(desk, false);
  CHECK(desk.outcome(off) == "refused superseded");
  CHECK(desk.outcome(off_again) == "done");
}

TEST_CASE("what the softphone refuses is as the newer wish wants it, and else the wish is what is so") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.ask_hold("a", true);
  const double resume = desk.ask_hold("a", false);
  desk.refused("a", Command::Hold);
  CHECK(desk.outcome(resume) == "done");
  CHECK(desk.call("a").hold == SwitchState::Off);
  CHECK(desk.model().notice.code == Notice::None);
  desk.ask_hold("a", true);
  desk.refused("a", Command::Hold);
  CHECK_FALSE(desk.call("a").hold_wanted);
  desk.ask_hold("a", true);
  desk.hold_confirmed("a", true);
  desk.ask_hold("a", false);
  const double stay = desk.ask_hold("a", true);
  desk.refused("a", Command::Hold);
  CHECK(desk.outcome(stay) == "done");
  CHECK(desk.call("a").hold == SwitchState::On);
  const double never = desk.ask_hold("a", false);
  desk.wait(8'000);
  CHECK(desk.outcome(never) == "timed_out softphone_refused");
  CHECK(desk.call("a").hold_wanted);
}

TEST_CASE("mute survives hold and resume, though the softphone's new track is open") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.ask_mute("a", true);
  mute_confirmed(desk, true);
  desk.ask_hold("a", true);
  desk.hold_confirmed("a", true);
  desk.wait(30'000);
  desk.ask_hold("a", false);
  desk.hold_confirmed("a", false);
  desk.wait(300);
  mute_confirmed(desk, false);  // nobody asked for that
  CHECK(desk.last(EffectType::SoftphoneMute)->on);
  CHECK(desk.call("a").mute_wanted);
  mute_confirmed(desk, true);
  CHECK(desk.call("a").mute == SwitchState::On);
  mute_confirmed(desk, false);  // a second time: it is believed
  CHECK(desk.call("a").mute == SwitchState::Off);
  CHECK_FALSE(desk.call("a").mute_wanted);
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("an unmute at the device, long after any hold, is the user's own") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.ask_hold("a", true);
  desk.hold_confirmed("a", true);
  desk.ask_mute("a", true);
  mute_confirmed(desk, true);
  desk.wait(1'000);
  mute_confirmed(desk, false);
  CHECK(desk.call("a").mute == SwitchState::Off);
  CHECK(desk.count(EffectType::SoftphoneMute) == 0);
}
