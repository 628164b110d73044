// How a call sounds, and which devices there are.
#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

struct Measured {
  double mos = 0, jitter = 0, loss = 0, rtt = 0;
};
constexpr Measured kClear{4.2, 5, 0, 40}, kRough{3.4, 10, 1, 100}, kBad{2.5, 20, 2, 150};

void measure(PhoneDriver& desk, Measured m, int times = 1) {
  for (; times > 0; --times) {
    desk.skip(5'000);
    desk.tell({.type = EventType::QualityMeasured,
               .call_id = desk.text("a"),
               .mos = m.mos,
               .jitter_ms = m.jitter,
               .loss_percent = m.loss,
               .rtt_ms = m.rtt});
  }
}
const Quality& heard(PhoneDriver& desk) { return desk.model().quality[0]; }

}  // namespace

TEST_CASE(
    "a call sounds worse after three bad measurements in a row, and good "
    "again after five good ones") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  CHECK_FALSE(heard(desk).in_use);
  measure(desk, kClear);
  CHECK(heard(desk).state == QualityState::Good);
  CHECK(heard(desk).mos == 4.2);
  measure(desk, kBad, 2);
  measure(desk, kClear);  // one in between: not in a row
  measure(desk, kBad, 2);
  CHECK(heard(desk).state == QualityState::Good);
  CHECK(desk.model().notice.code == Notice::None);
  measure(desk, kBad);
  CHECK(heard(desk).state == QualityState::Poor);
  CHECK(heard(desk).since == desk.at);
  CHECK(desk.model().notice.code == Notice::QualityPoor);
  CHECK(desk.view(desk.model().notice.call_id) == "a");
  desk.ask(EventType::NoticeDismissed);
  measure(desk, kBad, 10);
  CHECK(desk.model().notice.code == Notice::None);  // said once
  measure(desk, kClear, 4);
  CHECK(heard(desk).state == QualityState::Poor);
  measure(desk, kClear);
  CHECK(heard(desk).state == QualityState::Good);
}

TEST_CASE("a rough line is fair, and a poor one comes back by way of fair") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  measure(desk, kRough, 2);
  CHECK(heard(desk).state == QualityState::Unknown);
  measure(desk, kRough);
  CHECK(heard(desk).state == QualityState::Fair);
  measure(desk, kBad, 3);
  CHECK(heard(desk).state == QualityState::Poor);
  measure(desk, kRough, 5);
  CHECK(heard(desk).state == QualityState::Fair);
}

TEST_CASE("each value has its limits, and what was not measured does not count") {
  const auto after_three = [](Measured m) {
    PhoneDriver desk;
    desk.start();
    talk(desk, "a");
    measure(desk, m, 3);
    return heard(desk).state;
  };
  CHECK(after_three({.mos = 2.9}) == QualityState::Poor);
  CHECK(after_three({.mos = 3.5}) == QualityState::Fair);
  CHECK(after_three({.mos = 3.6}) == QualityState::Good);
  CHECK(after_three({.loss = 10.1}) == QualityState::Poor);
  CHECK(after_three({.loss = 3.1}) == QualityState::Fair);
  CHECK(after_three({.rtt = 401}) == QualityState::Poor);
  CHECK(after_three({.rtt = 251}) == QualityState::Fair);
  CHECK(after_three({.jitter = 61}) == QualityState::Poor);
  CHECK(after_three({.jitter = 31}) == QualityState::Fair);
  CHECK(after_three({.mos = 0, .rtt = 80}) == QualityState::Good);
  CHECK(after_three({}) == QualityState::Unknown);
}

TEST_CASE(
    "the quality goes with its call, also when its slot is used again at "
    "once") {
  PhoneDriver desk({.wrap_up = "none", .calls_max = 12});
  desk.start();
  talk(desk, "a");
  measure(desk, kClear);
  desk.end("a");
  CHECK(heard(desk).in_use);
  desk.wait(limits::kLinger);
  CHECK_FALSE(heard(desk).in_use);
  desk.tell({.type = EventType::QualityMeasured, .call_id = desk.text("a"), .mos = 2});
  CHECK(desk.last_anomaly() == Anomaly::UnknownCall);

  talk(desk, "a");
  measure(desk, kClear);
  desk.end("a");
  for (int i = 0; i < 16; ++i) {
    desk.skip(1);
    desk.offer("n" + std::to_string(i));
    desk.end("n" + std::to_string(i));
  }
  CHECK_FALSE(heard(desk).in_use);  // a lingering call gave its slot to another
}

TEST_CASE(
    "a microphone that may not be used is said once, and the phone still "
    "tries") {
  PhoneDriver desk;
  desk.start();
  auto told = [&](Permission permission) {
    desk.tell({.type = EventType::DevicesChanged, .microphone = desk.text("mic-1"), .permission = permission});
  };
  told(Permission::Prompt);
  CHECK(desk.model().notice.code == Notice::None);
  told(Permission::Denied);
  CHECK(desk.model().notice.code == Notice::MicrophoneDenied);
  CHECK(desk.view(desk.model().notice.text) == "denied");
  CHECK(desk.model().can.call.reason == Reason::Ok);  // the browser may ask again
  desk.ask(EventType::NoticeDismissed);
  told(Permission::Missing);
  CHECK(desk.model().notice.code == Notice::None);
  CHECK(desk.model().blockers[0].reason == Blocker::MicrophoneDenied);
  told(Permission::Granted);
  CHECK_FALSE(desk.model().blockers[0].in_use);
  CHECK(desk.view(desk.model().devices.microphone) == "mic-1");
}

TEST_CASE("a softphone that cannot start has a notice of its own") {
  PhoneDriver desk;
  desk.tell(EventType::Started);
  desk.tell({.type = EventType::SoftphoneFailed, .reason = desk.text("no WebRTC")});
  CHECK(desk.model().notice.code == Notice::SoftphoneFailed);
  CHECK(desk.view(desk.model().notice.text) == "no WebRTC");
}
