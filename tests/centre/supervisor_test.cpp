// The machine of a supervisor at a call, one story after another: every row, and why it is there.
#include <doctest/doctest.h>

#include "engine/supervisor/supervisor_table.h"
#include "tests/centre/rows.h"

using namespace offhook;
using supervisor::Mode;
using supervisor::On;
using supervisor::State;

namespace {

struct Sue {
  supervisor::Session s;
  supervisor::Effects out;
  supervisor::Context context{s};
  void step(On on, Mode mode = Mode::Monitor, std::string_view reason = {}) {
    out = {};
    const int row = fsm::step<supervisor::Machine>(s.state, context, {on, mode, reason}, out);
    if (row >= 0) bench::rows_taken()["supervisor"].insert(row);
  }
  void listening(Mode mode) {
    step(On::Supervise, mode);
    step(On::SpyStarted, mode);
  }
};

}  // namespace

TEST_CASE("a supervisor's telephone is called, and a mode begins with ChanSpyStart only") {
  for (const auto& [mode, state] : {std::pair{Mode::Monitor, State::Monitor}, {Mode::Coach, State::Coach}, {Mode::Barge, State::Barge}}) {
    Sue sue;
    sue.step(On::Supervise, mode);
    CHECK(sue.s.state == State::Calling);
    CHECK(sue.out.call);
    CHECK(sue.out.timer == supervisor::kRingMs);
    CHECK_FALSE(sue.out.began);
    sue.step(On::SpyStarted, mode);
    CHECK(sue.s.state == state);
    CHECK(sue.out.began);
    CHECK(sue.out.timer == 0);
    sue.step(On::Supervise, mode);
    CHECK(sue.s.state == state);
    CHECK_FALSE(sue.out.redirect);
  }
}

TEST_CASE("another mode is asked for while the telephone still rings: it is sent there once it has answered") {
  Sue sue;
  sue.step(On::Supervise, Mode::Monitor);
  sue.step(On::Supervise, Mode::Coach);
  CHECK(sue.s.state == State::Calling);
  CHECK_FALSE(sue.out.call);
  sue.step(On::SpyStarted, Mode::Monitor);
  CHECK(sue.s.state == State::Switching);
  CHECK(sue.out.redirect);
  sue.step(On::SpyStopped);
  CHECK(sue.s.state == State::Switching);
  sue.step(On::SpyStarted, Mode::Coach);
  CHECK(sue.s.state == State::Coach);
}

TEST_CASE("switching: the last wish counts, and what begins late is passed over") {
  Sue sue;
  sue.listening(Mode::Monitor);
  sue.step(On::Supervise, Mode::Coach);
  CHECK(sue.s.state == State::Switching);
  sue.step(On::Supervise, Mode::Coach);
  CHECK_FALSE(sue.out.redirect);
  sue.step(On::Supervise, Mode::Barge);
  CHECK(sue.out.redirect);
  sue.step(On::SpyStarted, Mode::Coach);
  CHECK(sue.s.state == State::Switching);
  sue.step(On::SpyStarted, Mode::Barge);
  CHECK(sue.s.state == State::Barge);
  sue.step(On::Supervise, Mode::Monitor);
  sue.step(On::TimeOver);
  CHECK(sue.s.state == State::Ended);
  CHECK(sue.s.end == "failed");
  CHECK(sue.out.hang_up);
}

TEST_CASE("a telephone that is busy, that nobody answers, that hangs up: each ends the session with its reason") {
  Sue busy;
  busy.step(On::Supervise);
  busy.step(On::PhoneFailed, Mode::Monitor, "refused");
  CHECK(busy.s.end == "refused");
  Sue nobody;
  nobody.step(On::Supervise);
  nobody.step(On::TimeOver);
  CHECK(nobody.s.end == "no_answer");
  CHECK(nobody.out.hang_up);
  Sue gone;
  gone.listening(Mode::Coach);
  gone.step(On::PhoneGone);
  CHECK(gone.s.end == "phone_gone");
  CHECK_FALSE(gone.out.hang_up);
}

TEST_CASE("the call ends, or the spied leg does: the session is over and the telephone free") {
  Sue over;
  over.listening(Mode::Barge);
  over.step(On::CallOver);
  CHECK(over.s.end == "call_over");
  CHECK(over.out.hang_up);
  Sue stopped;
  stopped.listening(Mode::Monitor);
  stopped.step(On::SpyStopped);
  CHECK(stopped.s.end == "call_over");
  Sue ordered;
  ordered.listening(Mode::Monitor);
  ordered.step(On::Stop);
  CHECK(ordered.s.end == "stopped");
  CHECK(ordered.out.hang_up);
}

TEST_CASE("taking over: the customer goes to the supervisor, and it is done when they are joined") {
  Sue sue;
  sue.listening(Mode::Coach);
  sue.step(On::TakeOver);
  CHECK(sue.s.state == State::TakingOver);
  CHECK(sue.out.take);
  sue.step(On::SpyStopped);
  CHECK(sue.s.state == State::TakingOver);
  sue.step(On::Joined);
  CHECK(sue.s.state == State::Ended);
  CHECK(sue.s.end == "taken_over");
  Sue lost;
  lost.listening(Mode::Coach);
  lost.step(On::TakeOver);
  lost.step(On::TimeOver);
  CHECK(lost.s.end == "failed");
  CHECK_FALSE(lost.out.hang_up);
}

TEST_CASE("a lost link ends what was under way, and leaves who listens to the PBX") {
  Sue sue;
  sue.listening(Mode::Monitor);
  sue.step(On::LinkDown);
  CHECK(sue.s.state == State::Monitor);
  sue.step(On::Supervise, Mode::Barge);
  sue.step(On::LinkDown);
  CHECK(sue.s.end == "link_down");
}

TEST_CASE("a session that began before the hub did is taken up in the mode it is in, and the agent is not told again") {
  for (const auto& [mode, state] : {std::pair{Mode::Monitor, State::Monitor}, {Mode::Coach, State::Coach}, {Mode::Barge, State::Barge}}) {
    Sue sue;
    sue.step(On::SpyStarted, mode);
    CHECK(sue.s.state == state);
    CHECK(sue.s.wanted == mode);
    CHECK_FALSE(sue.out.began);
    sue.step(On::Supervise, mode == Mode::Coach ? Mode::Barge : Mode::Coach);
    CHECK(sue.out.redirect);
  }
}
