// Each strategy of the matcher, as a story of who is chosen.
#include <map>

#include "tests/acd/matcher_driver.h"

using namespace offhook;
using namespace offhook::matcher;

TEST_CASE("longest idle: first come first served, by the agent who has been free the longest; ties by handle") {
  Desk desk;
  desk.queue(0, Strategy::LongestIdle);
  desk.agent(0, {{0}}, 300);
  desk.agent(1, {{0}}, 100);
  desk.agent(2, {{0}}, 300);
  const CallId first = desk.call(0), second = desk.call(0), third = desk.call(0), fourth = desk.call(0);
  const auto found = desk.step();
  REQUIRE(found.size() == 3);
  CHECK(found[0].call == first);
  CHECK(found[0].agent == 1);
  CHECK(found[0].reason == Reason::LongestIdle);
  CHECK(found[1].call == second);
  CHECK(found[1].agent == 0);
  CHECK(found[2].call == third);
  CHECK(found[2].agent == 2);
  CHECK(found[2].reason == Reason::OnlyOne);
  desk.free(1);
  CHECK(desk.step()[0].call == fourth);
}

TEST_CASE("a call whose offer came to nothing keeps its place before those who came later") {
  Desk desk;
  desk.queue(0, Strategy::LongestIdle);
  desk.agent(0, {{0}}, 1);
  const CallId first = desk.call(0);
  REQUIRE(desk.agents() == std::vector<AgentId>{0});
  desk.now += 10'000;
  const CallId second = desk.call(0);
  CHECK(desk.step().empty());
  CHECK(desk.matcher.position(first) == 0);
  REQUIRE(desk.matcher.missed(first, 0, desk.now + 5'000) == Refusal::None);
  desk.away(0, Why::CoolDown, desk.now + 5'000);
  REQUIRE(desk.matcher.requeue(first) == Refusal::None);
  CHECK(desk.step().empty());
  CHECK(desk.matcher.position(first) == 1);
  CHECK(desk.matcher.position(second) == 2);
  desk.agent(1, {{0}}, desk.now);
  CHECK(desk.step()[0].call == first);
}

TEST_CASE("priority: one point is so much waiting, and the order is the same whenever it is looked at") {
  Desk desk;
  desk.queue(0, Strategy::Priority);
  const CallId old = desk.call(0);
  desk.now += 60'000;
  const CallId urgent = desk.call(0, 2), equal = desk.call(0, 1), late = desk.call(0, -1);
  std::vector<CallId> order;
  for (const Millis later : {0.0, 3'600'000.0}) {
    CHECK(desk.step(later).empty());
    desk.matcher.in_order(0, order);
    CHECK(order == std::vector<CallId>{urgent, old, equal, late});  // equal keys: who was queued first
  }
  REQUIRE(desk.matcher.reprioritise(late, 100) == Refusal::None);
  CHECK(desk.matcher.first(0) == late);
}

TEST_CASE("skills: nobody below what is asked; of the others the nearest fit, so that experts stay free for who needs them") {
  Desk desk;
  desk.queue(0, Strategy::Skills, {{4, 3, 2, true}, {5, 2, 1, false}});
  desk.agent(0, {{0}}, 1, {{4, 2}, {5, 9}});  // too little
  desk.agent(1, {{0}}, 2, {{4, 9}, {5, 5}});  // 2 × 6 too much
  desk.agent(2, {{0}}, 3, {{4, 4}});          // 2 × 1 too much, and 2 of what was wished missing
  desk.agent(3, {{0}}, 4, {{4, 4}, {5, 2}});  // 2 × 1
  const CallId call = desk.call(0);
  const auto found = desk.step();
  REQUIRE(found.size() == 1);
  CHECK(found[0].agent == 3);
  CHECK(found[0].reason == Reason::BestFit);
  const Explanation why = desk.why(call);
  REQUIRE(why.candidates.size() == 3);
  CHECK(why.candidates[0].score[1] == 2);
  CHECK(why.candidates[1].agent == 2);
  CHECK(why.candidates[1].score[1] == 4);
  CHECK(why.candidates[2].score[1] == 12);
  CHECK(why.excluded_count == 1);
}

TEST_CASE("relaxation: less is asked the longer a call waits, to the millisecond, and without an event") {
  Desk desk;
  desk.queue(0, Strategy::LongestIdle, {{1, 5}}, {{20'000, {{1, 3}}}, {60'000, {}}});
  desk.agent(0, {{0}}, 1, {{1, 3}});
  desk.agent(1, {{0}}, 1);
  const CallId first = desk.call(0), second = desk.call(0);
  CHECK(desk.step().empty());
  CHECK(desk.matcher.due() == desk.now + 20'000);
  CHECK(desk.step(19'999).empty());
  auto found = desk.step(1);
  REQUIRE(found.size() == 1);
  CHECK(found[0].call == first);
  CHECK(found[0].agent == 0);
  CHECK(desk.why(first).step == 1);
  CHECK(desk.matcher.due() == desk.now + 40'000);
  found = desk.step(40'000);
  REQUIRE(found.size() == 1);
  CHECK(found[0].call == second);
  CHECK(found[0].agent == 1);
  CHECK(desk.matcher.due() == -1);
}

TEST_CASE("a call's own skills are asked besides its queue's; a step lowers what it names, and asking for nothing frees all") {
  Desk desk;
  desk.queue(0, Strategy::LongestIdle, {{1, 2}}, {{10'000, {{2, 1}}}, {20'000, {}}});
  desk.agent(0, {{0}}, 1, {{1, 9}});
  desk.agent(1, {{0}}, 1, {{2, 1}});
  const CallId call = desk.call({0, 0, 0, {{2, 4}, {3, 1}}, kNone, 0});
  CHECK(desk.step().empty());
  CHECK(desk.against(call, 0) == "skill_missing");
  CHECK(desk.step(10'000).empty());  // skill 2 from 1 now, skill 3 still
  CHECK(desk.why(call).excluded[1].skill == 3);
  CHECK(desk.agents(10'000) == std::vector<AgentId>{0});
}

TEST_CASE("round robin: each in turn by position, whoever was free longer; who is busy is passed over") {
  Desk desk;
  desk.queue(0, Strategy::RoundRobin);
  desk.agent(0, {{0, 0, 30}}, 1);
  desk.agent(1, {{0, 0, 10}}, 3);
  desk.agent(2, {{0, 0, 20}}, 2);
  CHECK(desk.next(0) == 1);
  CHECK(desk.next(0) == 2);
  CHECK(desk.next(0) == 0);
  CHECK(desk.next(0) == 1);
  desk.away(2, Why::Break);
  CHECK(desk.next(0) == 0);
  desk.free(2);
  CHECK(desk.next(0) == 1);
}

TEST_CASE("linear: from the top of the list for every call") {
  Desk desk;
  desk.queue(0, Strategy::Linear);
  desk.agent(0, {{0, 0, 2}}, 1);
  desk.agent(1, {{0, 0, 1}}, 2);
  CHECK(desk.next(0) == 1);
  CHECK(desk.next(0) == 1);
  desk.away(1, Why::OnCall);
  CHECK(desk.next(0) == 0);
}

TEST_CASE("sticky: a call is its own agent's for a while, though others are free; then anybody's") {
  Desk desk;
  desk.queue(0, Strategy::Sticky);
  desk.agent(0, {{0}}, 1);
  desk.agent(1, {{0}}, 2);
  desk.away(1, Why::OnCall);
  const CallId his = desk.call({0, 0, 0, {}, 1, 0});
  CHECK(desk.step().empty());
  CHECK(desk.reason(his) == "sticky_agent_busy");
  CHECK(desk.against(his, 0) == "not_the_sticky_agent");
  SUBCASE("he comes back in time") {
    desk.now += 29'000;
    desk.free(1);
    const auto found = desk.step();
    REQUIRE(found.size() == 1);
    CHECK(found[0].agent == 1);
    CHECK(found[0].reason == Reason::StickyAgent);
  }
  SUBCASE("he does not") {
    CHECK(desk.step(29'999).empty());
    CHECK(desk.agents(1) == std::vector<AgentId>{0});
  }
  SUBCASE("he goes home: nobody waits for him") {
    desk.away(1, Why::Offline);
    CHECK(desk.agents() == std::vector<AgentId>{0});
  }
  SUBCASE("he lets it ring: it is no longer his") {
    desk.away(0, Why::OnCall);
    desk.free(1);
    REQUIRE(desk.agents() == std::vector<AgentId>{1});
    REQUIRE(desk.matcher.missed(his, 1, desk.now + 1'000) == Refusal::None);
    desk.away(1, Why::CoolDown);
    REQUIRE(desk.matcher.requeue(his) == Refusal::None);
    desk.free(0);
    CHECK(desk.agents() == std::vector<AgentId>{0});
  }
}

TEST_CASE("fewest calls: the least loaded, counted over all queues; a newcomer begins where the least loaded stands") {
  Desk desk;
  desk.queue(0, Strategy::FewestCalls);
  desk.queue(1, Strategy::LongestIdle);
  desk.agent(0, {{0}, {1}}, 1);
  desk.agent(1, {{0}}, 2);
  CHECK(desk.next(1) == 0);
  CHECK(desk.next(0) == 1);
  CHECK(desk.next(0) == 0);  // one each: free since decides, and 0 was first
  CHECK(desk.next(0) == 1);
  desk.now += 1'000;
  desk.agent(2, {{0}}, desk.now);  // two each: he comes to two
  std::map<AgentId, int> got;
  for (int i = 0; i < 6; ++i) {
    desk.now += 1'000;
    got[desk.next(0)] += 1;
  }
  CHECK(got == std::map<AgentId, int>{{0, 2}, {1, 2}, {2, 2}});
  desk.matcher.forget_loads();
  for (const State::Load& load : desk.matcher.state().loads) CHECK(load.calls == 0);
}

TEST_CASE("least talk: who has talked the least today") {
  Desk desk;
  desk.queue(0, Strategy::LeastTalk);
  desk.agent(0, {{0}}, 1);
  desk.agent(1, {{0}}, 2);
  REQUIRE(desk.matcher.talked(0, 60'000) == Refusal::None);
  CHECK(desk.next(0) == 1);
  REQUIRE(desk.matcher.talked(1, 60'001) == Refusal::None);
  CHECK(desk.next(0) == 0);
}

TEST_CASE("random: by weight, the same draws from the same seed") {
  std::vector<AgentId> draws[2];
  for (auto& list : draws) {
    Desk desk;
    desk.queue(0, Strategy::Random);
    for (AgentId id = 0; id < 3; ++id) desk.agent(id, {{0, 0, 0, id == 2 ? 8 : 1}}, id);
    std::map<AgentId, int> got;
    for (int i = 0; i < 5'000; ++i) {
      list.push_back(desk.next(0));
      got[list.back()] += 1;
    }
    // 500, 500, 4,000; five standard deviations are 106 and 141
    CHECK(std::abs(got[0] - 500) < 106);
    CHECK(std::abs(got[1] - 500) < 106);
    CHECK(std::abs(got[2] - 4'000) < 141);
  }
  CHECK(draws[0] == draws[1]);
}

TEST_CASE("ring all: everybody free of the lowest penalty is reserved for one call, and the second call gets the next penalty") {
  Desk desk;
  desk.queue(0, Strategy::RingAll);
  desk.agent(0, {{0, 1}}, 1);
  desk.agent(1, {{0}}, 3);
  desk.agent(2, {{0}}, 2);
  desk.call(0);
  desk.call(0);
  const auto found = desk.step();
  REQUIRE(found.size() == 2);
  CHECK(found[0].agent == 2);
  CHECK(found[0].others == std::vector<AgentId>{1});
  CHECK(found[0].reason == Reason::AllAtOnce);
  CHECK(found[1].agent == 0);
  CHECK(found[1].others.empty());
}

TEST_CASE("ring all rings at most fifty") {
  Desk desk;
  desk.queue(0, Strategy::RingAll);
  for (AgentId id = 0; id < 60; ++id) desk.agent(id, {{0}}, id);
  desk.call(0);
  CHECK(desk.step()[0].others.size() == limits::kFanOut - 1);
}

TEST_CASE("the lowest penalty goes first in every strategy, whatever else speaks for another") {
  for (std::size_t i = 0; i < std::size(kStrategyNames); ++i) {
    CAPTURE(std::string(kStrategyNames[i]));
    Desk desk;
    desk.queue(0, static_cast<Strategy>(i));
    desk.agent(0, {{0, 3, 0, 1000}}, 1);
    desk.agent(1, {{0, 2, 9, 1}}, 2);
    CHECK(desk.next(0) == 1);
    desk.away(1, Why::Break);
    CHECK(desk.next(0) == 0);
  }
}

TEST_CASE("an agent of many queues takes the heaviest queue's call, then the one whose order is earliest") {
  Desk desk;
  desk.queue(0, Strategy::LongestIdle);
  desk.queue(1, Strategy::RoundRobin);
  desk.queue(2, Strategy::LongestIdle, {}, {}, 5);
  const CallId second = desk.call({0, desk.now - 10, 0, {}, kNone, 0});
  const CallId first = desk.call({1, desk.now - 20, 0, {}, kNone, 0});
  const CallId heavy = desk.call(2);
  desk.agent(0, {{0}, {1}, {2}}, 1);
  std::vector<CallId> got;
  for (int i = 0; i < 3; ++i) {
    got.push_back(desk.step()[0].call);
    desk.free(0);
  }
  CHECK(got == std::vector<CallId>{heavy, first, second});
}

TEST_CASE("a head whom nobody can serve holds up nobody behind it") {
  Desk desk;
  desk.queue(0, Strategy::LongestIdle);
  desk.agent(0, {{0}}, 1);
  desk.call({0, 0, 50, {{1, 5}}, kNone, 0});
  const CallId second = desk.call(0);
  CHECK(desk.step()[0].call == second);
}
