// What the simulation found (docs/simulation.md), each as a story of its own.
#include "tests/engine/phone_driver.h"
#include "tests/engine/stored.h"

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

TEST_CASE("two held calls that are joined put the third one, which was talked to, on hold") {
  PhoneDriver desk;
  desk.start();
  desk.tell({.type = EventType::SoftphoneReady, .features = desk.text("transfer attended conference")});
  for (const std::string_view id : {"a", "b", "c"}) {
    talk(desk, id, "+4420794601" + std::string(id));
    for (const std::string_view other : {"a", "b", "c"})
      if (desk.call(other).hold == SwitchState::TurningOn) desk.hold_confirmed(other, true);
  }
  CHECK(desk.active() == "c");
  const double merge = desk.ask({.type = EventType::MergeRequested, .call_id = desk.text("a"), .other_call_id = desk.text("b")});
  desk.tell({.type = EventType::MergeConfirmed, .call_id = desk.text("a"), .other_call_id = desk.text("b"), .on = true});
  CHECK(desk.outcome(merge) == "done");
  CHECK(desk.call("c").hold == SwitchState::TurningOn);
  CHECK(desk.call("a").hold == SwitchState::TurningOff);
  CHECK(desk.call("b").hold == SwitchState::TurningOff);
}

TEST_CASE("a merge that comes to nothing leaves one call talked to, even if the other was taken off hold meanwhile") {
  PhoneDriver desk;
  desk.start();
  desk.tell({.type = EventType::SoftphoneReady, .features = desk.text("transfer attended conference")});
  talk(desk, "a", "+442079460123");
  talk(desk, "b", "+33123456789");
  desk.hold_confirmed("a", true);
  const double merge = desk.ask({.type = EventType::MergeRequested, .call_id = desk.text("a"), .other_call_id = desk.text("b")});
  desk.ask_hold("a", false);
  desk.hold_confirmed("a", false);
  CHECK(desk.call("b").hold == SwitchState::Off);
  desk.wait(limits::kConferenceTimeout);
  CHECK(desk.outcome(merge) == "timed_out softphone_refused");
  CHECK(desk.call("a").hold == SwitchState::TurningOn);
  CHECK(desk.call("b").hold == SwitchState::Off);
}

TEST_CASE("of two calls that are taken up again after a reload, one is talked to and the other waits") {
  Stored storage;
  {
    PhoneDriver desk({.storage = true});
    storage.load(desk);
    desk.start();
    desk.tell({.type = EventType::SoftphoneReady, .features = desk.text("transfer attended resume")});
    for (const std::string_view id : {"a", "b"}) {
      desk.offer(id, "+4420794601" + std::string(id));
      desk.ask(EventType::AnswerRequested, id);
      desk.tell({.type = EventType::CallConnected, .call_id = desk.text(id), .dialog = desk.text(id)});
      desk.answer_all();
    }
    desk.hold_confirmed("a", true);
    storage.take(desk);
  }
  PhoneDriver desk({.seed = 8, .storage = true});
  storage.load(desk);
  desk.tell({.type = EventType::SoftphoneReady, .features = desk.text("transfer attended resume")});
  desk.tell(EventType::Registered);
  desk.tell({.type = EventType::CallResumed, .call_id = desk.text("a")});
  desk.tell({.type = EventType::CallResumed, .call_id = desk.text("b")});
  CHECK(desk.call("b").state == CallState::Active);
  CHECK(desk.call("b").hold == SwitchState::Off);
  CHECK(desk.call("a").hold == SwitchState::TurningOn);
}
