// The machine member_pause, one step at a time: every row, and why it is there.
#include <doctest/doctest.h>

#include "engine/member/member_pause_table.h"
#include "tests/centre/rows.h"

using namespace offhook;
using bench::taken;

namespace {

namespace pause = member::pause;
struct Member {
  pause::Pause p;
  pause::Effects out;
  bool live = true;
  void step(pause::On on, std::string_view error = {}) {
    out = {};
    taken<pause::Machine>("member_pause", p.state, pause::Context{p, live}, pause::Event{on, error}, out);
  }
  void want(bool paused, const char* reason = "", bool insists = false) {
    p.wanted_known = true;
    p.wanted = paused;
    p.wanted_reason = reason;
    p.insists = insists;
    step(pause::On::Wanted);
  }
  void see(bool paused, const char* reason = "") {
    p.observed_known = true;
    p.observed = paused;
    p.observed_reason = reason;
    step(pause::On::Observed);
  }
};

}  // namespace

TEST_CASE("a pause is compared, sent, and confirmed by the event alone") {
  Member m;
  m.see(false);
  CHECK(m.p.state == pause::State::untouched);
  m.want(false);
  CHECK_FALSE(m.out.send);
  CHECK(m.p.state == pause::State::synced);
  m.want(true, "BREAK");
  CHECK(m.out.send);
  CHECK(m.out.timer == 3000);
  m.see(false);
  CHECK(m.p.state == pause::State::pending);
  m.step(pause::On::LinkUp);
  m.step(pause::On::Check);
  m.see(true, "BREAK");
  CHECK(m.out.confirmed);
  CHECK(m.p.state == pause::State::synced);
  m.step(pause::On::Refused, "late");
  m.step(pause::On::Check);
  m.step(pause::On::LinkUp);
  CHECK_FALSE(m.out.send);
}

TEST_CASE("a pause that is taken back while it is under way is followed by its contrary") {
  Member m;
  m.see(false);
  m.want(true, "WRAP_UP");
  CHECK(m.out.send);
  m.want(false);  // as the PBX is seen to be, but the order has not arrived yet
  CHECK(m.out.send);
  CHECK(m.out.timer == 3000);
  CHECK(m.p.state == pause::State::pending);
  m.see(true, "WRAP_UP");
  CHECK(m.p.state == pause::State::pending);
  m.see(false);
  CHECK(m.out.confirmed);
  CHECK(m.p.state == pause::State::synced);
}

TEST_CASE("a PBX that does not answer is asked three times, then every minute; the failure is seen") {
  Member m;
  m.see(false);
  m.want(true, "MEETING");
  m.step(pause::On::TimeOver);
  CHECK(m.out.send);
  m.step(pause::On::TimeOver);
  CHECK(m.out.send);
  m.step(pause::On::TimeOver);
  CHECK(m.out.failed);
  CHECK(m.p.state == pause::State::failed);
  CHECK(m.p.error == "no answer");
  m.see(false);
  CHECK(m.p.state == pause::State::failed);
  SUBCASE("reconciled") {
    m.step(pause::On::Check);
    CHECK(m.p.state == pause::State::pending);
    CHECK(m.p.error == "no answer");
    m.see(true, "MEETING");
    CHECK(m.p.error.empty());
  }
  SUBCASE("it had only been late") {
    m.see(true, "MEETING");
    CHECK(m.p.state == pause::State::synced);
  }
  SUBCASE("nothing is wanted any more") {
    m.p.wanted = false;
    m.step(pause::On::Check);
    CHECK(m.p.state == pause::State::synced);
  }
}

TEST_CASE("a refusal has the PBX's words") {
  Member m;
  m.see(false);
  m.want(true, "PAUSE");
  m.step(pause::On::Refused, "Interface not found");
  CHECK(m.p.error == "Interface not found");
  CHECK(m.out.failed);
}

TEST_CASE("without the link only the last wish is kept, and told when it is back") {
  Member m;
  m.see(false);
  m.want(true, "BREAK");
  m.live = false;
  m.step(pause::On::LinkDown);
  CHECK(m.p.state == pause::State::deferred);
  CHECK(m.out.timer == 0);
  m.want(true, "MEETING");
  CHECK_FALSE(m.out.send);
  m.step(pause::On::LinkDown);
  m.step(pause::On::Check);
  m.see(false);
  CHECK(m.p.state == pause::State::deferred);
  m.live = true;
  SUBCASE("it is still to be done") {
    m.step(pause::On::LinkUp);
    CHECK(m.out.send);
    CHECK(m.p.wanted_reason == "MEETING");
  }
  SUBCASE("somebody has done it") {
    m.p.observed = true;
    m.p.observed_reason = "MEETING";
    m.step(pause::On::LinkUp);
    CHECK_FALSE(m.out.send);
    CHECK(m.p.state == pause::State::synced);
  }
}

TEST_CASE("what somebody changes at the PBX is put right by the next reconciliation") {
  Member m;
  m.see(false);
  m.want(true, "BREAK");
  m.see(true, "BREAK");
  m.see(false);
  CHECK(m.p.state == pause::State::differs);
  m.step(pause::On::Check);
  CHECK(m.out.send);
  m.see(true, "BREAK");
  CHECK(m.p.state == pause::State::synced);
  m.see(true, "BREAK");
  CHECK(m.p.state == pause::State::synced);
}

TEST_CASE("Asterisk's own Auto-Pause stays until a person says otherwise") {
  Member m;
  m.see(false);
  m.want(false);
  m.see(true, "Auto-Pause");
  CHECK(m.p.state == pause::State::synced);
  m.step(pause::On::Check);
  CHECK_FALSE(m.out.send);
  m.want(false);
  CHECK_FALSE(m.out.send);
  m.want(true, "WRAP_UP");
  CHECK_FALSE(m.out.send);
  m.want(false, "", true);
  CHECK(m.out.send);
}
