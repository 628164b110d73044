// The machine endpoint, one step at a time: every row, and why it is there; and what counts as evidence.
#include <doctest/doctest.h>

#include "engine/endpoint/endpoint_table.h"
#include "tests/centre/rows.h"

using namespace offhook;
using bench::taken;

namespace {

struct Phone {
  endpoint::Endpoint e;
  endpoint::Effects out;
  int vanishing = 1, believed = 10;
  void step(endpoint::On on, endpoint::Verdict verdict = endpoint::Verdict::Unknown, std::string_view reason = {}) {
    out = {.at = 1000};
    taken<endpoint::Machine>("endpoint", e.state, endpoint::Context{e, vanishing, believed, 0.5, 3}, endpoint::Event{on, verdict, reason}, out);
  }
  void seen() { step(endpoint::On::Seen, endpoint::Verdict::Registered, "Reachable"); }
  void gone() { step(endpoint::On::Gone, endpoint::Verdict::Unregistered, "Removed"); }
};

}  // namespace

TEST_CASE("a page that is loaded anew is back before the grace period is over: nobody hears of it") {
  Phone p;
  p.seen();
  CHECK(p.out.back);
  p.seen();
  CHECK_FALSE(p.out.back);
  p.gone();
  CHECK(p.e.state == endpoint::State::Leaving);
  CHECK(endpoint::shown(p.e) == "unregistered");
  CHECK(p.out.timer == 30'000);
  p.gone();
  CHECK(p.out.timer == -1);
  p.seen();
  CHECK(p.e.state == endpoint::State::Registered);
  CHECK(p.out.timer == 0);
  CHECK_FALSE(p.out.gone);
}

TEST_CASE("a telephone that stays away is away after the grace period, and back at once") {
  Phone p;
  p.gone();
  p.step(endpoint::On::GraceOver);
  CHECK(p.e.state == endpoint::State::Away);
  CHECK(p.out.gone);
  p.step(endpoint::On::LinkDown);
  CHECK(p.e.state == endpoint::State::Away);
  p.gone();
  p.seen();
  CHECK(p.out.back);
}

TEST_CASE("when more than half vanish at once, nobody is away before the next pass has said the same") {
  Phone p;
  p.seen();
  p.gone();
  p.vanishing = 6;
  p.step(endpoint::On::GraceOver);
  CHECK(p.e.state == endpoint::State::Held);
  CHECK(p.out.mass_drop);
  CHECK_FALSE(p.out.gone);
  SUBCASE("the pass says so, too") {
    p.gone();
    p.step(endpoint::On::PassOver);
    CHECK(p.out.gone);
  }
  SUBCASE("they come back") {
    p.seen();
    CHECK(p.e.state == endpoint::State::Registered);
  }
  SUBCASE("the link was the reason") {
    p.step(endpoint::On::LinkDown);
    CHECK(p.e.state == endpoint::State::Unknown);
    CHECK(endpoint::shown(p.e) == "unknown");
  }
}

TEST_CASE("three of four are few enough to be people") {
  Phone p;
  p.seen();
  p.gone();
  p.vanishing = 3;
  p.believed = 4;
  p.step(endpoint::On::GraceOver);
  CHECK(p.e.state == endpoint::State::Away);
}

TEST_CASE("no grace period runs out while the link is down") {
  Phone p;
  p.seen();
  p.gone();
  p.step(endpoint::On::LinkDown);
  CHECK(p.e.state == endpoint::State::Unknown);
  CHECK(p.out.timer == 0);
  Phone q;
  q.step(endpoint::On::LinkDown);
  CHECK(q.e.state == endpoint::State::Unknown);
}

TEST_CASE("evidence: contacts over devices over queues over the agent pool; contacts against each other are none") {
  using endpoint::Verdict;
  const Verdict yes = Verdict::Registered, no = Verdict::Unregistered, unreachable = Verdict::Unreachable, none = Verdict::Unknown;
  struct Row {
    endpoint::Evidence e;
    Verdict verdict;
  };
  const Row rows[] = {
      {{none, none, none, none, none}, none}, {{yes, none, no, no, none}, yes},  {{no, none, yes, yes, yes}, no},        {{no, yes, yes, yes, yes}, none}, {{unreachable, yes, none, none, none}, none},
      {{none, no, yes, none, none}, no},      {{none, none, yes, no, none}, yes}, {{none, none, none, no, yes}, no},      {{none, none, none, none, yes}, yes}, {{unreachable, no, yes, none, none}, unreachable},
  };
  for (const Row& row : rows) CHECK(endpoint::combine(row.e) == row.verdict);
  CHECK(endpoint::of_contact("NonQualified") == yes);
  CHECK(endpoint::of_contact("Unknown") == none);
  CHECK(endpoint::of_device("UNKNOWN") == none);
  CHECK(endpoint::of_device("INVALID") == no);
  CHECK(endpoint::of_device("INUSE") == yes);
  CHECK(endpoint::of_device("0") == none);
  CHECK(endpoint::of_device("4") == no);
  CHECK(endpoint::of_agent("AGENT_LOGGEDOFF") == none);
  CHECK(endpoint::of_peer("Unreachable") == unreachable);
}
