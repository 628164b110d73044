// Two calls at once: swapped, joined into one conversation, parted again.
#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

double merge(PhoneDriver& desk, std::string_view id = "", std::string_view other = "") {
  return desk.ask({.type = EventType::MergeRequested, .call_id = desk.text(id), .other_call_id = desk.text(other)});
}
double split(PhoneDriver& desk) { return desk.ask(EventType::SplitRequested); }
void confirmed(PhoneDriver& desk, bool on) {
  desk.tell({.type = EventType::MergeConfirmed, .call_id = desk.text("b"), .other_call_id = desk.text("a"), .on = on});
}
void merge_refused(PhoneDriver& desk) {
  desk.tell({.type = EventType::MergeRefused, .call_id = desk.text("b"), .reason = desk.text("no mixer")});
}
ConferenceState state(PhoneDriver& desk) { return desk.model().conference.state; }

/// The first waits, the second is talked to.
void two_calls(PhoneDriver& desk) {
  desk.start();
  talk(desk, "a", "+442079460123");
  talk(desk, "b", "+33123456789");
  desk.hold_confirmed("a", true);
  REQUIRE(desk.active() == "b");
}

}  // namespace

TEST_CASE("two calls become one conversation, and two again: who waited before waits again") {
  PhoneDriver desk({.features = "conference"});
  two_calls(desk);
  CHECK(desk.outcome(split(desk)) == "refused no_conference");
  const double joined = merge(desk);
  const Seen* asked = desk.last(EffectType::SoftphoneMerge);
  REQUIRE(asked);
  CHECK(asked->call_id == "b");
  CHECK(asked->other_call_id == "a");
  CHECK(asked->on);
  CHECK(state(desk) == ConferenceState::Merging);
  CHECK(desk.outcome(merge(desk)) == "refused pending");
  CHECK(desk.outcome(split(desk)) == "refused pending");
  confirmed(desk, true);
  CHECK(desk.outcome(joined) == "done");
  CHECK(desk.last(EffectType::SoftphoneHold)->call_id == "a");
  CHECK_FALSE(desk.last(EffectType::SoftphoneHold)->on);
  desk.hold_confirmed("a", false);
  CHECK(desk.call("b").hold == SwitchState::Off);  // automatic hold keeps away
  CHECK(desk.outcome(merge(desk)) == "done");
  CHECK(desk.outcome(desk.ask(EventType::SwapRequested)) == "done");  // both are talked to
  const double parted = split(desk);
  CHECK_FALSE(desk.last(EffectType::SoftphoneMerge)->on);
  confirmed(desk, true);  // an adapter that says it twice
  confirmed(desk, false);
  CHECK(desk.outcome(parted) == "done");
  CHECK(state(desk) == ConferenceState::Idle);
  CHECK(desk.last(EffectType::SoftphoneHold)->call_id == "a");
  CHECK(desk.last(EffectType::SoftphoneHold)->on);
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("which two are joined may be said, in either order") {
  PhoneDriver desk({.features = "conference"});
  two_calls(desk);
  CHECK(desk.outcome(merge(desk, "ghost")) == "refused no_such_call");
  CHECK(desk.outcome(merge(desk, "a", "ghost")) == "refused no_such_call");
  CHECK(desk.outcome(merge(desk, "a", "a")) == "refused no_other_call");
  desk.offer("c");
  CHECK(desk.outcome(merge(desk, "a", "c")) == "refused not_connected");
  merge(desk, "a", "b");
  CHECK(desk.last(EffectType::SoftphoneMerge)->call_id == "b");  // the one that is talked to
  PhoneDriver alone({.features = "conference"});
  alone.start();
  CHECK(alone.outcome(merge(alone)) == "refused no_such_call");
  talk(alone, "a");
  CHECK(alone.outcome(merge(alone)) == "refused no_other_call");
}

TEST_CASE("a softphone that refuses, or never says, leaves the calls as they were") {
  PhoneDriver desk({.features = "conference"});
  two_calls(desk);
  const double refused = merge(desk);
  merge_refused(desk);
  CHECK(desk.outcome(refused) == "refused softphone_refused");
  CHECK(desk.model().notice.code == Notice::ConferenceFailed);
  CHECK(state(desk) == ConferenceState::Idle);
  CHECK(desk.call("a").hold == SwitchState::On);
  merge_refused(desk);  // late
  const double never = merge(desk);
  desk.wait(10'000);
  CHECK(desk.outcome(never) == "timed_out softphone_refused");
  confirmed(desk, false);  // nothing was joined
  CHECK(state(desk) == ConferenceState::Idle);
  merge(desk);
  confirmed(desk, true);
  const double stays = split(desk);
  desk.refused("b", Command::Merge);
  CHECK(desk.outcome(stays) == "refused softphone_refused");
  CHECK(state(desk) == ConferenceState::Merged);
  const double silent = split(desk);
  desk.wait(10'000);
  CHECK(desk.outcome(silent) == "timed_out softphone_refused");
  CHECK(state(desk) == ConferenceState::Merged);
}

TEST_CASE("one of the two hangs up: the conference is over and the other goes on") {
  PhoneDriver desk({.features = "conference"});
  two_calls(desk);
  merge(desk);
  confirmed(desk, true);
  desk.hold_confirmed("a", false);
  desk.end("b");
  CHECK(state(desk) == ConferenceState::Idle);
  CHECK(desk.call("a").state == CallState::Active);
  CHECK(desk.call("a").hold == SwitchState::Off);
  CHECK(desk.active() == "a");
  talk(desk, "c");
  desk.hold_confirmed("a", true);
  const double waiting = merge(desk, "c", "a");
  desk.end("a");
  CHECK(desk.outcome(waiting) == "refused call_ended");
}

TEST_CASE("the library's own button joins and parts calls unasked") {
  PhoneDriver desk({.features = "conference"});
  two_calls(desk);
  confirmed(desk, true);
  CHECK(state(desk) == ConferenceState::Merged);
  confirmed(desk, false);
  CHECK(state(desk) == ConferenceState::Idle);
  desk.tell({.type = EventType::MergeConfirmed, .call_id = desk.text("a"), .other_call_id = desk.text("ghost"), .on = true});
  CHECK(desk.last_anomaly() == Anomaly::UnknownCall);
  desk.offer("c");
  desk.tell({.type = EventType::MergeConfirmed, .call_id = desk.text("a"), .other_call_id = desk.text("c"), .on = true});
  CHECK(state(desk) == ConferenceState::Idle);  // it rings: nobody talks there
}

TEST_CASE("a third call puts both of a conference on hold; taking one of them back does not hold the other") {
  PhoneDriver desk({.features = "conference"});
  two_calls(desk);
  merge(desk);
  confirmed(desk, true);
  desk.hold_confirmed("a", false);
  talk(desk, "c");
  CHECK(desk.call("a").hold_wanted);
  CHECK(desk.call("b").hold_wanted);
  desk.tell({.type = EventType::MergeConfirmed, .call_id = desk.text("a"), .other_call_id = desk.text("c"), .on = true});
  CHECK(desk.last_anomaly() == Anomaly::IgnoredEvent);  // one conference at a time
  desk.hold_confirmed("a", true);
  desk.hold_confirmed("b", true);
  desk.ask_hold("a", false);
  desk.hold_confirmed("a", false);
  desk.ask_hold("b", false);
  CHECK(desk.call("a").hold == SwitchState::Off);
  CHECK(desk.call("c").hold_wanted);
}

TEST_CASE("a softphone without a mixer leaves it to the PBX, when both channels are known") {
  PhoneDriver desk;
  two_calls(desk);
  CHECK(desk.outcome(merge(desk)) == "refused not_supported");
  desk.hear_queue("1.a", "+442079460123", "Support", "t1");
  CHECK(desk.outcome(merge(desk)) == "refused not_supported");
  desk.hear_queue("2.b", "+33123456789", "Support", "t2");
  const double joined = merge(desk);
  const Seen* asked = desk.open(Request::CallConference);
  REQUIRE(asked);
  CHECK(asked->record == "PJSIP/1001-2.b");
  CHECK(asked->body == R"({"action":"merge","other_channel_id":"PJSIP/1001-1.a"})");
  desk.answer(Request::CallConference);
  CHECK(desk.outcome(joined) == "done");
  CHECK(desk.model().conference.route == Route::Pbx);
  const double refused = split(desk);
  CHECK(desk.open(Request::CallConference)->said("action") == "split");
  desk.answer(Request::CallConference, 409);
  CHECK(desk.outcome(refused) == "refused backend_refused");
  const double unreached = split(desk);
  desk.lose(Request::CallConference);
  CHECK(desk.outcome(unreached) == "refused backend_unreachable");
  const double never = split(desk);
  desk.wait(10'000);
  CHECK(desk.outcome(never) == "timed_out backend_unreachable");
  desk.answer(Request::CallConference, 200);
  CHECK(desk.last_anomaly() == Anomaly::LateAnswer);
  CHECK(state(desk) == ConferenceState::Merged);
  const double parted = split(desk);
  desk.answer(Request::CallConference);
  CHECK(desk.outcome(parted) == "done");
  CHECK(state(desk) == ConferenceState::Idle);
}

TEST_CASE("swap takes the other call up and holds the active one") {
  PhoneDriver desk;
  desk.start();
  CHECK(desk.outcome(desk.ask(EventType::SwapRequested)) == "refused no_such_call");
  talk(desk, "a");
  CHECK(desk.outcome(desk.ask(EventType::SwapRequested)) == "refused no_other_call");
  CHECK(desk.outcome(desk.ask(EventType::SwapRequested, "ghost")) == "refused no_such_call");
  desk.offer("r");
  CHECK(desk.outcome(desk.ask(EventType::SwapRequested, "r")) == "refused not_connected");
  desk.end("r");
  talk(desk, "b");
  desk.hold_confirmed("a", true);
  const double there = desk.ask(EventType::SwapRequested);
  desk.hold_confirmed("b", true);
  CHECK(desk.outcome(there) == "pending");
  desk.hold_confirmed("a", false);
  CHECK(desk.outcome(there) == "done");
  CHECK(desk.active() == "a");
  const double refused = desk.ask(EventType::SwapRequested, "b");
  desk.hold_confirmed("a", true);
  desk.refused("b", Command::Hold, "488");
  CHECK(desk.outcome(refused) == "refused softphone_refused");
  const double never = desk.ask(EventType::SwapRequested, "b");
  desk.wait(8'000);
  CHECK(desk.outcome(never) == "timed_out softphone_refused");
  const double gone = desk.ask(EventType::SwapRequested, "b");
  desk.end("b");
  CHECK(desk.outcome(gone) == "refused call_ended");
}
