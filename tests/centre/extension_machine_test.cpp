// The machine extension, one step at a time: every row, and why it is there; and the codes it shows.
#include <doctest/doctest.h>

#include "engine/extension/extension_table.h"
#include "tests/centre/rows.h"

using namespace offhook;
using bench::taken;

namespace {

struct Status {
  extension::Extension e;
  extension::Effects out;
  void step(extension::On on) {
    out = {.at = 1000};
    taken<extension::Machine>("extension", e.state, extension::Context{e}, extension::Event{on}, out);
  }
  void legs(int count, int code) {
    e.legs = count;
    e.call.code = code;
    e.call.event = "Newstate";
    step(count ? extension::On::LegsChanged : extension::On::LegsGone);
  }
  void ami(int code) {
    e.ami = {.code = code, .at = 1000, .event = "ExtensionStatus", .call_id = {}, .peer = {}};
    step(extension::On::AmiSaid);
  }
};

}  // namespace

TEST_CASE("calls are shown at once, and the PBX's word when there is no call") {
  Status s;
  s.ami(extension::code::kUnavailable);
  CHECK(s.e.code == 4);
  s.ami(0);
  CHECK(s.e.source == extension::Source::Ami);
  s.legs(1, 8);
  CHECK(s.e.state == extension::State::InCall);
  CHECK(s.e.code == 8);
  CHECK(s.e.source == extension::Source::Call);
  s.ami(1);  // ahead of the call: the call is believed
  CHECK(s.e.code == 8);
  CHECK(s.out.disagreed);
  s.legs(1, 1);
  CHECK(s.e.code == 1);
  s.ami(16);  // no channel state tells of a hold
  CHECK(s.e.code == 16);
  CHECK(s.e.source == extension::Source::Ami);
  s.ami(1);
  CHECK(s.e.code == 1);
  s.legs(0, 0);
  CHECK(s.e.state == extension::State::Echo);
  CHECK(s.e.code == 0);
  CHECK(s.out.timer == 2000);
}

TEST_CASE("for two seconds after a call the PBX's 'in use' is about the call that ended; then it is a call nobody saw") {
  Status s;
  s.legs(1, 1);
  s.legs(0, 0);
  s.ami(1);
  CHECK(s.e.code == 0);
  s.ami(8);
  CHECK(s.e.code == 0);
  s.step(extension::On::TimeOver);
  CHECK(s.e.state == extension::State::Quiet);
  CHECK(s.e.code == 8);
  s.legs(0, 0);  // nothing more can go
  CHECK(s.e.code == 8);
}

TEST_CASE("the telephone that went away during the call is unavailable as soon as the call is over") {
  Status s;
  s.legs(1, 1);
  s.ami(4);
  CHECK(s.e.code == 1);
  s.legs(0, 0);
  CHECK(s.e.code == 4);
  Status t;
  t.legs(1, 1);
  t.legs(0, 0);
  t.ami(4);
  CHECK(t.e.code == 4);
  t.legs(1, 8);
  CHECK(t.e.state == extension::State::InCall);
  CHECK(t.out.timer == 0);
}

TEST_CASE("'free' during a call is disputed for ten seconds, then the channels are listed again") {
  Status s;
  s.legs(1, 1);
  s.ami(0);
  CHECK(s.e.state == extension::State::Disputed);
  CHECK(s.e.code == 1);
  CHECK(s.out.timer == 10'000);
  s.ami(0);
  CHECK(s.out.timer == -1);
  s.legs(2, 9);  // the call lives: ten seconds from now
  CHECK(s.out.timer == 10'000);
  s.step(extension::On::TimeOver);
  CHECK(s.e.state == extension::State::Suspect);
  CHECK(s.out.list_channels);
  SUBCASE("the list has the leg: the hint was wrong") {
    s.step(extension::On::Listed);
    CHECK(s.e.state == extension::State::InCall);
    CHECK(s.e.code == 9);
  }
  SUBCASE("the list does not have it") {
    s.legs(0, 0);
    CHECK(s.e.code == 0);
  }
  SUBCASE("the PBX changes its mind") {
    s.ami(1);
    CHECK(s.e.state == extension::State::InCall);
  }
  SUBCASE("the link goes") {
    s.step(extension::On::LinkDown);
    CHECK(s.e.state == extension::State::Stale);
    CHECK(s.e.code == 9);
  }
}

TEST_CASE("without the link nothing is free: the last value gets old, and the lists decide") {
  Status s;
  s.legs(1, 1);
  s.ami(0);
  s.step(extension::On::LinkDown);
  CHECK(s.out.timer == 0);
  CHECK(s.e.stale_since == 1000);
  CHECK(s.e.code == 1);
  s.step(extension::On::LinkDown);
  s.ami(8);
  s.legs(1, 8);
  s.legs(0, 0);
  CHECK(s.e.code == 1);
  SUBCASE("a call goes on") {
    s.e.legs = 1;
    s.e.call.code = 1;
    s.step(extension::On::Listed);
    CHECK(s.e.state == extension::State::InCall);
  }
  SUBCASE("no call is left") {
    s.step(extension::On::Listed);
    CHECK(s.e.state == extension::State::Quiet);
    CHECK(s.e.code == 8);
  }
  CHECK(s.e.stale_since == 0);
  s.step(extension::On::Listed);
  CHECK(s.e.stale_since == 0);
}

TEST_CASE("legs add up as Asterisk adds them") {
  using extension::LegState;
  const auto sum = [](std::initializer_list<LegState> legs) {
    extension::LegCount count;
    for (const LegState leg : legs) count.add(leg);
    return extension::aggregate(count);
  };
  CHECK(sum({}) == 0);
  CHECK(sum({LegState::Down}) == 0);
  CHECK(sum({LegState::Dialling}) == 1);
  CHECK(sum({LegState::Ringing}) == 8);
  CHECK(sum({LegState::Ringing, LegState::Up}) == 9);
  CHECK(sum({LegState::Ringing, LegState::Held}) == 9);
  CHECK(sum({LegState::Held}) == 16);
  CHECK(sum({LegState::Held, LegState::Up}) == 1);
  CHECK(sum({LegState::Busy, LegState::Up}) == 2);
}

TEST_CASE("codes have a text, a colour and a pulse; an unknown one says so") {
  CHECK(extension::getStatusText(0) == "Free");
  CHECK(extension::getStatusText(1) == "On Call");
  CHECK(extension::getUnifiedExtensionStatus(1).colour == "red");
  CHECK(extension::getUnifiedExtensionStatus(1).pulse);
  CHECK(extension::getUnifiedExtensionStatus(8).colour == "orange");
  CHECK(extension::getUnifiedExtensionStatus(8).pulse);
  CHECK_FALSE(extension::getUnifiedExtensionStatus(0).pulse);
  CHECK(extension::getStatusText(32) == "Unknown");
  for (const auto& [from, to] : {std::pair{0, 8}, {8, 1}, {1, 0}, {8, 0}, {1, 9}, {9, 1}, {1, 16}, {16, 1}, {2, 0}, {2, 8}, {1, 4}, {4, 0}}) CHECK(extension::is_usual(from, to));
  for (const auto& [from, to] : {std::pair{2, 1}, {4, 1}, {4, 8}, {0, 16}, {0, 9}}) CHECK_FALSE(extension::is_usual(from, to));
}
