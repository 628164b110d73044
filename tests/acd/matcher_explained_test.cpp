// Why a call waits and why somebody was chosen; what is refused; what is kept over a restart.
#include <cmath>

#include "tests/acd/matcher_driver.h"

using namespace offhook;
using namespace offhook::matcher;

TEST_CASE("what keeps each agent from a waiting call is named, with the instant when that ends") {
  Desk desk;
  desk.queue(0, Strategy::LongestIdle, {{7, 3}});
  desk.queue(1, Strategy::LongestIdle, {}, {}, 9);
  constexpr Why own[] = {Why::Offline, Why::Break, Why::NotRegistered, Why::OnCall, Why::WrapUp, Why::CoolDown, Why::LinkDown};
  for (AgentId id = 0; id < 7; ++id) {
    desk.agent(id, {{0}}, 1, {{7, 3}});
    desk.away(id, own[id], desk.now + id);
  }
  desk.agent(7, {{0}}, 1, {{7, 2}});
  desk.agent(8, {{0}, {1}}, 1, {{7, 3}});
  desk.agent(9, {{1}}, 1, {{7, 3}});
  desk.away(9, Why::Break);
  desk.call(1);  // heavier: it takes 8 before our call can
  const CallId call = desk.call({0, 0, 0, {}, 9, 0});
  REQUIRE(desk.agents() == std::vector<AgentId>{8});
  const Explanation why = desk.why(call);
  CHECK(why.agent == kNone);
  CHECK(why.candidate_count == 0);
  CHECK(why.excluded_count == 10);
  for (AgentId id = 0; id < 7; ++id) {
    CHECK(why.excluded[id].why == own[id]);
    CHECK(why.excluded[id].until == desk.now + id);
  }
  CHECK(why.excluded[7].why == Why::SkillMissing);
  CHECK(why.excluded[7].skill == 7);
  CHECK(why.excluded[7].level == 3);
  CHECK(why.excluded[8].why == Why::OtherQueueFirst);
  CHECK(why.excluded[9].why == Why::NotInQueue);
  CHECK(desk.reason(call) == "skill_missing");
  CHECK(why.position == 1);
  CHECK(why.ahead == 0);
}

TEST_CASE("why nobody: no members, nobody there, nobody free, the link, only who has just missed it") {
  Desk desk;
  desk.queue(0, Strategy::LongestIdle);
  const CallId call = desk.call(0);
  desk.step();
  CHECK(desk.reason(call) == "no_members");
  REQUIRE(desk.matcher.set_agent(0, {{}, {{0}}}) == Refusal::None);
  CHECK(desk.reason(call) == "nobody_present");
  desk.away(0, Why::Break);
  CHECK(desk.reason(call) == "nobody_free");
  desk.matcher.set_live(false);
  desk.free(0);
  CHECK(desk.step().empty());
  CHECK(desk.reason(call) == "link_down");
  CHECK(desk.why(call).candidate_count == 1);
  desk.matcher.set_live(true);
  REQUIRE(desk.agents() == std::vector<AgentId>{0});
  CHECK(desk.reason(call) == "only_one");
  REQUIRE(desk.matcher.missed(call, 0, desk.now + 5'000) == Refusal::None);
  desk.free(0);
  REQUIRE(desk.matcher.requeue(call) == Refusal::None);
  CHECK(desk.step().empty());
  CHECK(desk.reason(call) == "only_missed");
  CHECK(desk.against(call, 0) == "missed_this_call");
  CHECK(desk.why(call).excluded[0].until == desk.now + 5'000);
  CHECK(desk.matcher.due() == desk.now + 5'000);
  CHECK(desk.agents(5'000) == std::vector<AgentId>{0});
}

TEST_CASE("who missed a call is passed over for the next one who is free, and after him may have it again") {
  Desk desk;
  desk.queue(0, Strategy::LongestIdle);
  desk.agent(0, {{0}}, 1);
  desk.agent(1, {{0}}, 2);
  const CallId call = desk.call(0);
  const auto miss = [&](AgentId agent) {
    REQUIRE(desk.agents() == std::vector<AgentId>{agent});
    REQUIRE(desk.matcher.missed(call, agent, desk.now + 600'000) == Refusal::None);
    REQUIRE(desk.matcher.agent_free(agent, agent + 1) == Refusal::None);
    REQUIRE(desk.matcher.requeue(call) == Refusal::None);
  };
  miss(0);
  miss(1);
  miss(0);
}

TEST_CASE("each way to be chosen has its word") {
  struct Case {
    Strategy strategy;
    const char* word;
  };
  constexpr Case cases[] = {{Strategy::LongestIdle, "longest_idle"}, {Strategy::Priority, "longest_idle"},    {Strategy::Skills, "best_fit"},
                            {Strategy::RoundRobin, "next_in_turn"},  {Strategy::Sticky, "longest_idle"},      {Strategy::FewestCalls, "fewest_calls"},
                            {Strategy::LeastTalk, "least_talk"},     {Strategy::Random, "drawn"},             {Strategy::RingAll, "all_at_once"},
                            {Strategy::Linear, "first_in_line"}};
  for (const Case& one : cases) {
    CAPTURE(std::string(one.word));
    Desk desk;
    desk.queue(0, one.strategy);
    for (AgentId id = 0; id < 9; ++id) desk.agent(id, {{0, 0, static_cast<int>(id)}}, 10 + id);
    const CallId call = desk.call(0);
    const auto found = desk.step();
    REQUIRE(found.size() == 1);
    CHECK(desk.reason(call) == one.word);
    const Explanation why = desk.why(call);
    CHECK(why.agent == found[0].agent);
    CHECK(why.candidate_count == 9);
    CHECK(why.excluded_count == 0);
    REQUIRE(why.candidates.size() == limits::kCandidatesKept);
    CHECK(why.candidates[0].chosen);
    CHECK(why.candidates[1].chosen == (one.strategy == Strategy::RingAll));
    for (int i = 0; i < 5; ++i) CHECK(why.candidates[static_cast<std::size_t>(i)].rank == i + 1);
  }
}

TEST_CASE("the last thousand decisions are kept for calls that are over") {
  Desk desk;
  desk.queue(0, Strategy::LongestIdle);
  desk.agent(0, {{0}}, 1);
  for (int i = 0; i < 1'001; ++i) REQUIRE(desk.next(0) == 0);
  Explanation why;
  CHECK_FALSE(desk.matcher.explain_decision(1, why));
  REQUIRE(desk.matcher.explain_decision(2, why));
  CHECK(why.agent == 0);
  REQUIRE(desk.matcher.explain_decision(1'001, why));
  CHECK(why.seq == 1'001);
}

TEST_CASE("at most 50 candidates and 200 excluded are named; the counts are whole") {
  Desk desk;
  desk.queue(0, Strategy::LongestIdle);
  for (AgentId id = 0; id < 400; ++id) {
    desk.agent(id, {{0}}, id);
    if (id >= 100) desk.away(id, Why::Break);
  }
  desk.matcher.set_live(false);
  const CallId call = desk.call(0);
  desk.step();
  const Explanation why = desk.why(call);
  CHECK(why.candidates.size() == 50);
  CHECK(why.candidate_count == 100);
  CHECK(why.candidates[49].rank == 50);
  CHECK(why.excluded.size() == 200);
  CHECK(why.excluded_count == 300);
}

TEST_CASE("what cannot be is refused with its code, and changes nothing") {
  Desk desk;
  Matcher& m = desk.matcher;
  CallId call = kNone;
  desk.queue(0, Strategy::LongestIdle);
  desk.agent(0, {{0}}, 1);
  desk.away(0, Why::Break);
  CHECK(m.set_queue(limits::kQueues, {}) == Refusal::TooManyQueues);
  CHECK(m.set_agent(limits::kAgents, {}) == Refusal::TooManyAgents);
  CHECK(m.set_agent(1, {{{limits::kSkills, 1}}, {}}) == Refusal::TooManySkills);
  CHECK(m.set_agent(1, {{}, {{9}}}) == Refusal::UnknownQueue);
  CHECK(m.set_agent(1, {{}, {{0}, {0}}}) == Refusal::BadNumber);
  CHECK(m.set_agent(1, {{}, {{0, -1}}}) == Refusal::BadNumber);
  CHECK(m.set_agent(1, {{}, {{0, 0, 0, 0}}}) == Refusal::BadNumber);
  CHECK(m.agent_free(1, 1) == Refusal::UnknownAgent);
  CHECK(m.agent_free(0, NAN) == Refusal::BadNumber);
  CHECK(m.agent_away(0, Why::Ready) == Refusal::BadNumber);
  CHECK(m.agent_away(0, Why::MissedThisCall) == Refusal::BadNumber);
  CHECK(m.talked(0, -1) == Refusal::BadNumber);
  CHECK(m.enqueue({5, 0, 0, {}, kNone, 0}, call) == Refusal::UnknownQueue);
  CHECK(m.enqueue({0, NAN, 0, {}, kNone, 0}, call) == Refusal::BadNumber);
  CHECK(m.enqueue({0, 1, 101, {}, kNone, 0}, call) == Refusal::BadNumber);
  CHECK(m.enqueue({0, 1, 0, {{1, -1}}, kNone, 0}, call) == Refusal::BadNumber);
  CHECK(m.enqueue({0, 1, 0, {{1, 1}, {1, 2}}, kNone, 0}, call) == Refusal::BadNumber);
  CHECK(m.enqueue({0, 1, 0, std::vector<Need>(51), kNone, 0}, call) == Refusal::TooManyNeeds);
  CHECK(m.enqueue({0, 1, 0, {}, 77, 0}, call) == Refusal::UnknownAgent);
  CHECK(call == kNone);
  CHECK(m.waiting(0) == 0);
  CHECK(m.remove(0) == Refusal::UnknownCall);
  CHECK(m.remove_queue(3) == Refusal::UnknownQueue);

  QueueSettings settings;
  settings.relaxation = {{2'000, {}}, {1'000, {}}};
  CHECK(m.set_queue(0, settings) == Refusal::BadNumber);
  settings.relaxation.clear();
  settings.max_waiting = 1;
  REQUIRE(m.set_queue(0, settings) == Refusal::None);
  const CallId waits = desk.call(0);
  CHECK(m.enqueue({0, 1, 0, {}, kNone, 0}, call) == Refusal::QueueFull);
  CHECK(m.remove_queue(0) == Refusal::QueueInUse);
  desk.queue(1, Strategy::LongestIdle);
  const CallId other = desk.call(1);
  CHECK(m.move(other, 0) == Refusal::QueueFull);
  CHECK(m.move(other, 0, true) == Refusal::None);
  CHECK(m.waiting(0) == 2);
  settings.open = false;
  REQUIRE(m.set_queue(0, settings) == Refusal::None);
  CHECK(m.enqueue({0, 1, 0, {}, kNone, 0}, call) == Refusal::QueueClosed);
  desk.free(0);
  REQUIRE(desk.step()[0].call == waits);  // closed: who waits is still served
  CHECK(m.remove_agent(0) == Refusal::AgentInUse);
  CHECK(m.move(waits, 1) == Refusal::NotWaiting);
  REQUIRE(m.remove(waits) == Refusal::None);
  REQUIRE(m.remove(other) == Refusal::None);
  desk.free(0);
  CHECK(m.remove_agent(0) == Refusal::None);
  CHECK(m.remove_queue(0) == Refusal::None);
  CHECK(m.agent_free(0, 1) == Refusal::UnknownAgent);
}

TEST_CASE("no more calls than there is room for") {
  Desk desk;
  desk.queue(0, Strategy::LongestIdle);
  CallId call = kNone;
  for (std::uint32_t i = 0; i < limits::kWaiting; ++i) REQUIRE(desk.matcher.enqueue({0, static_cast<double>(i), 0, {}, kNone, 0}, call) == Refusal::None);
  CHECK(desk.matcher.enqueue({0, 1, 0, {}, kNone, 0}, call) == Refusal::TooManyWaiting);
  CHECK(desk.matcher.position(call) == limits::kWaiting);
}

TEST_CASE("turns, draws, loads and the order of equals go on after a restart where they were") {
  const auto settings = [](Desk& desk) {
    desk.queue(0, Strategy::RoundRobin);
    desk.queue(1, Strategy::FewestCalls);
    desk.queue(2, Strategy::Random);
    for (AgentId id = 0; id < 4; ++id) REQUIRE(desk.matcher.set_agent(id, {{}, {{0, 0, 1}, {1}, {2}}}) == Refusal::None);
  };
  const auto come = [](Desk& desk) {
    for (AgentId id = 0; id < 4; ++id) REQUIRE(desk.matcher.agent_free(id, 5'000 + id) == Refusal::None);
  };
  Desk before;
  settings(before);
  come(before);
  for (int i = 0; i < 7; ++i)
    for (QueueId queue = 0; queue < 3; ++queue) before.next(queue);
  Desk after;
  settings(after);
  after.matcher.restore(before.matcher.state());
  come(after);
  come(before);
  for (int i = 0; i < 50; ++i)
    for (QueueId queue = 0; queue < 3; ++queue) {
      CHECK(before.next(queue) == after.next(queue));
      CHECK(before.matcher.state().next_seq == after.matcher.state().next_seq);
    }
  CHECK(before.matcher.state().random_low == after.matcher.state().random_low);
  // Two calls of one instant: the one that was first stays first, in whichever order they are told again.
  after.matcher.set_live(false);
  const CallId second = after.call({0, 9'000, 0, {}, kNone, 1'002}), first = after.call({0, 9'000, 0, {}, kNone, 1'001});
  CHECK(after.matcher.position(first) == 1);
  CHECK(after.matcher.position(second) == 2);
  CHECK(after.matcher.seq(after.call(0)) == 1'003);
  CallId twice = kNone;
  CHECK(after.matcher.enqueue({0, 9'000, 0, {}, kNone, 1'002}, twice) == Refusal::BadNumber);
}

TEST_CASE("a stored state that is damaged is taken as far as it makes sense") {
  Desk desk;
  desk.queue(0, Strategy::FewestCalls);
  REQUIRE(desk.matcher.set_agent(0, {{}, {{0}}}) == Refusal::None);
  State state;
  state.next_seq = NAN;
  state.turns = {{9, 1, 1}};
  state.loads = {{7, 1, 1, false}, {0, NAN, 1, false}, {0, 3, -1, false}};
  state.lifts = {{0, 0, NAN}, {0, 5, 1}, {8, 0, 1}};
  desk.matcher.restore(state);
  CHECK(desk.matcher.state().next_seq == 1);
  CHECK(desk.matcher.state().turns.empty());
  CHECK(desk.matcher.state().loads.empty());
  CHECK(desk.matcher.state().lifts.empty());
  desk.free(0);
  CHECK(desk.next(0) == 0);
}

TEST_CASE("what a call asked for is not kept after it") {
  Desk desk;
  desk.queue(0, Strategy::LongestIdle);
  std::size_t filled = 0;
  for (int i = 0; i < 3'000; ++i) {
    const CallId call = desk.call({0, 0, 0, {{static_cast<SkillId>(i % 1'000), 1 + i / 1'000, i}}, kNone, 0});
    desk.step();
    REQUIRE(desk.matcher.remove(call) == Refusal::None);
    if (i == 10) filled = desk.matcher.bytes();
  }
  CHECK(desk.matcher.bytes() == filled);
}
