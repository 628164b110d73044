// What the simulation found (docs/simulation.md), each as a story of its own.
#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

TEST_CASE("a call that was answered while another one was being dialled goes on hold when that one connects") {
  PhoneDriver desk;
  desk.start();
  const std::string dialled = desk.dial();
  desk.progress(dialled);
  talk(desk, "b", "+33123456789");
  CHECK(desk.call("b").hold == SwitchState::Off);
  desk.connect(dialled);
  REQUIRE(desk.last(EffectType::SoftphoneHold));
  CHECK(desk.last(EffectType::SoftphoneHold)->call_id == "b");
  CHECK(desk.call("b").hold == SwitchState::TurningOn);
  desk.hold_confirmed("b", true);
  CHECK(desk.active() == dialled);
}

TEST_CASE("a dialled call that connects while another one is being answered goes on hold when that one connects") {
  PhoneDriver desk;
  desk.start();
  const std::string dialled = desk.dial();
  desk.offer("b", "+33123456789");
  desk.ask(EventType::AnswerRequested, "b");
  desk.connect(dialled);
  CHECK(desk.call(dialled).hold == SwitchState::Off);
  desk.connect("b");
  CHECK(desk.call(dialled).hold == SwitchState::TurningOn);
  CHECK(desk.call("b").hold == SwitchState::Off);
}
