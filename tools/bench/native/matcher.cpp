// The matcher under load, natively and (compiled by emcc) in WebAssembly: `matcher MS decision|burst|memory|waits` or
// `matcher MS busy|idle SIZE [scan]`, MS being how long to measure. One JSON object on standard output. A full scan of all calls or agents does the same work beside it, and two models of what is in
// use poll the same calls in virtual time. What each number means: docs/benchmarks.md.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <new>
#include <queue>
#include <string>
#include <vector>

#include <malloc.h>

#include "engine/matcher/matcher.h"

using namespace offhook::matcher;
using offhook::Millis;

static std::size_t held_bytes = 0;
void* operator new(std::size_t size) {
  void* at = std::malloc(size);
  if (!at) std::abort();
  held_bytes += malloc_usable_size(at) + sizeof(void*);  // the allocator's own word besides
  return at;
}
void operator delete(void* at) noexcept {
  if (at) held_bytes -= malloc_usable_size(at) + sizeof(void*);
  std::free(at);
}
void operator delete(void* at, std::size_t) noexcept { operator delete(at); }

namespace {

double micros() { return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

struct Dice {
  std::uint64_t state = 88172645463325252;
  std::uint32_t roll(std::uint32_t below) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return static_cast<std::uint32_t>((state >> 11) % below);
  }
  double exponential(double mean) { return -mean * __builtin_log((roll(1'000'000) + 0.5) / 1'000'000); }
};

double quantile(std::vector<double>& values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(q * static_cast<double>(values.size())))];
}

/// A contact centre: queues of all strategies, a third of them with skills and two steps of relaxation; each agent in one to nine queues.
struct Centre {
  Dice dice;
  std::uint32_t agents, queues;
  std::vector<QueueSettings> queue;
  std::vector<AgentSettings> agent;
  Centre(std::uint32_t agents, std::uint32_t queues, bool mixed = true) : agents(agents), queues(queues), queue(queues), agent(agents) {
    for (QueueId id = 0; id < queues; ++id) {
      if (mixed) queue[id].strategy = static_cast<Strategy>(id % std::size(kStrategyNames));
      if (queue[id].strategy == Strategy::RingAll) queue[id].strategy = Strategy::LongestIdle;  // one agent a decision
      if (id % 3 != 0) continue;
      queue[id].needs = {{id % 20, 3}};
      queue[id].relaxation = {{20'000, {{id % 20, 1}}}, {60'000, {}}};
    }
    for (AgentSettings& one : agent) {
      const std::uint32_t kind = dice.roll(64);  // 64 profiles
      for (SkillId skill = 0; skill < 20; ++skill)
        if ((kind * 2654435761u >> skill) & 1) one.skills.push_back({skill, 1 + static_cast<int>((kind + skill) % 5)});
      std::vector<QueueId> his;
      for (std::uint32_t n = 1 + dice.roll(9); n > 0; --n) his.push_back(dice.roll(queues));
      std::sort(his.begin(), his.end());
      his.erase(std::unique(his.begin(), his.end()), his.end());
      for (const QueueId id : his) one.queues.push_back({id, static_cast<int>(dice.roll(2)), static_cast<int>(dice.roll(100)), 1});
    }
  }
  void tell(Matcher& matcher) const {
    for (QueueId id = 0; id < queues; ++id) check(matcher.set_queue(id, queue[id]));
    for (AgentId id = 0; id < agents; ++id) check(matcher.set_agent(id, agent[id])), check(matcher.agent_away(id, Why::OnCall));
  }
  static void check(Refusal refusal) {
    if (refusal == Refusal::None) return;
    std::fprintf(stderr, "refused: %s\n", std::string(kRefusalNames[static_cast<std::size_t>(refusal)]).c_str());
    std::exit(1);
  }
};

/// The same two questions by looking at everybody, written as plainly and as fast as a scan can be: longest idle, one skill.
struct Scan {
  struct Agent {
    bool free = false;
    Millis since = 0;
    const AgentSettings* settings = nullptr;
  };
  struct Call {
    bool waiting = false;
    QueueId queue = 0;
    double key = 0;
  };
  std::vector<Agent> agents;
  std::vector<Call> calls;
  const Centre& centre;
  explicit Scan(const Centre& centre) : agents(centre.agents), centre(centre) {
    for (AgentId id = 0; id < centre.agents; ++id) agents[id].settings = &centre.agent[id];
  }
  bool fits(const Agent& agent, QueueId queue) const {
    const auto& queues = agent.settings->queues;
    const auto found = std::lower_bound(queues.begin(), queues.end(), queue, [](const Membership& one, QueueId id) { return one.queue < id; });
    if (found == queues.end() || found->queue != queue) return false;
    for (const Need& need : centre.queue[queue].needs) {
      const auto& skills = agent.settings->skills;
      if (std::none_of(skills.begin(), skills.end(), [&](const Level& one) { return one.skill == need.skill && one.level >= need.min; })) return false;
    }
    return true;
  }
  std::uint32_t best_call(AgentId id) const {
    std::uint32_t best = kNone;
    for (std::uint32_t i = 0; i < calls.size(); ++i)
      if (calls[i].waiting && (best == kNone || calls[i].key < calls[best].key) && fits(agents[id], calls[i].queue)) best = i;
    return best;
  }
  AgentId best_agent(QueueId queue) const {
    AgentId best = kNone;
    for (AgentId id = 0; id < agents.size(); ++id)
      if (agents[id].free && (best == kNone || agents[id].since < agents[best].since) && fits(agents[id], queue)) best = id;
    return best;
  }
};

/// Everybody talks and calls wait: one agent after another is free and gets his best call; it ends, and a new one comes. ns a round, and each decision's µs.
struct Busy {
  Centre& centre;
  Matcher matcher{1};
  Millis now = 1e9;
  std::vector<double> freed, came;
  std::vector<Decision> out;
  Busy(Centre& centre, std::uint32_t waiting) : centre(centre) {
    centre.tell(matcher);
    for (std::uint32_t i = 0; i < waiting; ++i) call();
    matcher.step(now, out);
  }
  void call() {
    CallId id;
    Centre::check(matcher.enqueue({centre.dice.roll(centre.queues), now - centre.dice.roll(50'000), 0, {}, kNone, 0}, id));
  }
  void round(bool timed) {
    const AgentId agent = centre.dice.roll(centre.agents);
    now += 1;
    out.clear();
    double begun = timed ? micros() : 0;
    Centre::check(matcher.agent_free(agent, now));
    matcher.step(now, out);
    if (timed && !out.empty()) freed.push_back(micros() - begun);
    const std::size_t decided = out.size();
    for (const Decision& one : out) Centre::check(matcher.remove(one.call)), Centre::check(matcher.agent_away(one.agent, Why::OnCall));
    if (decided == 0) Centre::check(matcher.agent_away(agent, Why::OnCall));
    for (std::size_t i = 0; i < decided; ++i) {
      call();
      begun = timed ? micros() : 0;
      matcher.step(now, out);
      if (timed) came.push_back(micros() - begun);
    }
  }
};

/// Agents are free and calls come: each gets its best agent, who talks; one who talked is free again.
struct Idle {
  Centre& centre;
  Matcher matcher{1};
  Millis now = 1e9;
  std::vector<double> came;
  std::vector<Decision> out;
  explicit Idle(Centre& centre) : centre(centre) {
    centre.tell(matcher);
    for (AgentId id = 0; id < centre.agents; ++id) Centre::check(matcher.agent_free(id, now - centre.dice.roll(100'000)));
    matcher.step(now, out);
  }
  void round(bool timed) {
    now += 1;
    out.clear();
    CallId id;
    const double begun = timed ? micros() : 0;
    Centre::check(matcher.enqueue({centre.dice.roll(centre.queues), now, 0, {}, kNone, 0}, id));
    matcher.step(now, out);
    if (timed && !out.empty()) came.push_back(micros() - begun);
    Centre::check(matcher.remove(id));
    if (out.empty()) return;
    const AgentId agent = out.front().agent;
    Centre::check(matcher.answered(agent));
    Centre::check(matcher.agent_away(agent, Why::OnCall));
    Centre::check(matcher.agent_free(agent, now));
    matcher.step(now, out);
  }
};

/// Rounds a second: after a warm-up of `ms` slices of 20 ms, three times as long, and the second-fastest of them.
template <class Round>
double rate(double ms, Round&& round) {
  std::vector<double> slices;
  for (double left = 4 * ms; left > 0; left -= 20) {
    const double begun = micros();
    double done = 0, spent = 0;
    while (spent < 20'000) {
      for (int i = 0; i < 8; ++i) round();
      done += 8;
      spent = micros() - begun;
    }
    if (left <= 3 * ms) slices.push_back(done / spent * 1e6);
  }
  std::sort(slices.rbegin(), slices.rend());
  return slices[std::min<std::size_t>(1, slices.size() - 1)];
}

void decision(double ms) {
  Centre busy_centre(5'000, 500), idle_centre(5'000, 500);
  Busy busy(busy_centre, 10'000);
  Idle idle(idle_centre);
  for (int i = 0; i < 20'000; ++i) busy.round(false), idle.round(false);
  const auto rounds = static_cast<int>(ms * 200);
  for (int i = 0; i < rounds; ++i) busy.round(true), idle.round(true);
  std::printf("{\"freed_p50\":%.3f,\"freed_p99\":%.3f,\"came_p50\":%.3f,\"came_p99\":%.3f,\"decisions\":%zu}\n", quantile(busy.freed, 0.5),
              quantile(busy.freed, 0.99), quantile(idle.came, 0.5), quantile(idle.came, 0.99), busy.freed.size() + idle.came.size());
}

void burst() {
  std::vector<double> times;
  std::size_t offers = 0;
  for (int i = 0; i < 7; ++i) {
    Centre centre(1'000, 100);
    Matcher matcher(1);
    std::vector<Decision> out;
    centre.tell(matcher);
    for (AgentId id = 0; id < centre.agents; ++id) Centre::check(matcher.agent_free(id, id));
    matcher.step(1e6, out);
    // All have waited out their queue's relaxation: every agent finds one.
    const double begun = micros();
    for (int n = 0; n < 10'000; ++n) {
      CallId id;
      Centre::check(matcher.enqueue({static_cast<QueueId>(n) % centre.queues, static_cast<double>(n), 0, {}, kNone, 0}, id));
    }
    matcher.step(1e6, out);
    times.push_back((micros() - begun) / 1'000);
    offers = out.size();
  }
  std::printf("{\"ms\":%.3f,\"offers\":%zu}\n", quantile(times, 0.5), offers);
}

void memory() {
  Centre centre(20'000, 500);
  Matcher matcher(1);
  for (QueueId id = 0; id < centre.queues; ++id) Centre::check(matcher.set_queue(id, centre.queue[id]));
  const std::size_t empty = held_bytes;
  for (AgentId id = 0; id < centre.agents; ++id) Centre::check(matcher.set_agent(id, centre.agent[id])), Centre::check(matcher.agent_free(id, id));
  std::vector<Decision> out;
  matcher.step(1e6, out);
  const std::size_t agents = held_bytes;
  matcher.set_live(false);
  for (std::uint32_t i = 0; i < 50'000; ++i) {
    CallId id;
    Centre::check(matcher.enqueue({i % centre.queues, static_cast<double>(i), 0, {}, kNone, 0}, id));
  }
  matcher.step(1e6, out);
  std::printf("{\"agent\":%.0f,\"call\":%.0f}\n", static_cast<double>(agents - empty) / centre.agents, static_cast<double>(held_bytes - agents) / 50'000);
}

void scaled(const std::string& what, std::uint32_t size, bool scan, double ms) {
  const bool busy = what == "busy";
  Centre centre(busy ? 1'000 : size, std::max(10u, (busy ? 1'000 : size) / 20), false);
  double found = 0;
  if (!scan) {
    if (busy) {
      Busy load(centre, size);
      found = rate(ms, [&] { load.round(false); });
    } else {
      Idle load(centre);
      found = rate(ms, [&] { load.round(false); });
    }
  } else {
    Scan load(centre);
    Millis now = 1e9;
    volatile std::uint32_t sink = 0;
    if (busy) {
      for (std::uint32_t i = 0; i < size; ++i) load.calls.push_back({true, centre.dice.roll(centre.queues), now - centre.dice.roll(50'000)});
      found = rate(ms, [&] {
        const std::uint32_t call = load.best_call(centre.dice.roll(centre.agents));
        if (call != kNone) load.calls[call] = {true, centre.dice.roll(centre.queues), now += 1};
        sink = call;
      });
    } else {
      for (auto& agent : load.agents) agent.free = true, agent.since = now - centre.dice.roll(100'000);
      found = rate(ms, [&] {
        const AgentId agent = load.best_agent(centre.dice.roll(centre.queues));
        if (agent != kNone) load.agents[agent].since = now += 1;
        sink = agent;
      });
    }
  }
  std::printf("{\"rate\":%.1f}\n", found);
}

/// How long a call and an agent who could have had each other stood side by side before they were joined: 100 agents in two of ten queues each, 95 %
/// busy, 20,000 calls, virtual time. `poll`: a waiting caller looks each second on his own (app_queue, autofill), or one thread looks for all each 100 ms.
struct Waits {
  struct Call {
    Millis at, talk;
    QueueId queue;
  };
  struct Event {
    Millis at;
    int kind;  // 0: a call comes; 1: an agent is free again; 2: a look
    std::uint32_t who;
    bool operator<(const Event& o) const { return at != o.at ? at > o.at : kind > o.kind; }
  };
  std::vector<Call> calls;
  Waits() {
    Dice dice;
    Millis at = 0;
    for (int i = 0; i < 20'000; ++i) calls.push_back({at += dice.exponential(180'000.0 / 95), dice.exponential(180'000), dice.roll(10)});
  }
  static bool serves(AgentId agent, QueueId queue) { return agent % 10 == queue || (agent / 10 + agent + 1) % 10 == queue; }

  std::vector<double> polled(bool per_caller) const {
    std::vector<double> added;
    std::vector<Millis> since(100, 0);
    std::vector<bool> free(100, true);
    std::vector<std::uint32_t> waiting;  // in order of arrival
    std::priority_queue<Event> events;
    for (std::uint32_t i = 0; i < calls.size(); ++i) events.push({calls[i].at, 0, i});
    if (!per_caller) events.push({0, 2, 0});
    std::size_t served = 0;
    const auto offer = [&](std::uint32_t call, Millis now) {
      int best = -1;
      for (AgentId a = 0; a < 100; ++a)
        if (free[a] && serves(a, calls[call].queue) && (best < 0 || since[a] < since[static_cast<std::size_t>(best)])) best = static_cast<int>(a);
      if (best < 0) return false;
      const auto agent = static_cast<std::size_t>(best);
      added.push_back(now - std::max(calls[call].at, since[agent]));
      free[agent] = false;
      events.push({now + calls[call].talk, 1, static_cast<std::uint32_t>(best)});
      served += 1;
      return true;
    };
    while (served < calls.size() && !events.empty()) {
      const Event event = events.top();
      events.pop();
      if (event.kind == 1) {
        free[event.who] = true;
        since[event.who] = event.at;
      } else if (per_caller) {
        // Its turn when there are more free members than callers before it in its queue; else it sleeps a second.
        if (event.kind == 0) waiting.push_back(event.who);
        const QueueId queue = calls[event.who].queue;
        int ahead = 0, members = 0;
        for (const std::uint32_t other : waiting) {
          if (other == event.who) break;
          ahead += calls[other].queue == queue;
        }
        for (AgentId a = 0; a < 100; ++a) members += free[a] && serves(a, queue);
        if (ahead < members && offer(event.who, event.at)) waiting.erase(std::find(waiting.begin(), waiting.end(), event.who));
        else events.push({event.at + 1'000, 2, event.who});
      } else if (event.kind == 0) {
        waiting.push_back(event.who);
      } else {
        std::erase_if(waiting, [&](std::uint32_t call) { return offer(call, event.at); });
        events.push({event.at + 100, 2, 0});
      }
    }
    return added;
  }

  /// Ours, told of each event when it happens: the virtual wait besides is nothing, so what remains is the time the matcher takes, in ms.
  std::vector<double> told(double& side_by_side) const {
    Matcher matcher(1);
    std::vector<double> spent;
    std::vector<Decision> out;
    for (QueueId id = 0; id < 10; ++id) Centre::check(matcher.set_queue(id, {}));
    std::vector<Millis> since(100, 0);
    for (AgentId a = 0; a < 100; ++a) {
      AgentSettings his;
      for (QueueId id = 0; id < 10; ++id)
        if (serves(a, id)) his.queues.push_back({id});
      Centre::check(matcher.set_agent(a, his));
      Centre::check(matcher.agent_free(a, 0));
    }
    matcher.step(0, out);
    std::vector<std::uint32_t> call_of;
    std::priority_queue<Event> events;
    for (std::uint32_t i = 0; i < calls.size(); ++i) events.push({calls[i].at, 0, i});
    side_by_side = 0;
    while (!events.empty()) {
      const Event event = events.top();
      events.pop();
      out.clear();
      const double begun = micros();
      if (event.kind == 0) {
        CallId id;
        Centre::check(matcher.enqueue({calls[event.who].queue, event.at, 0, {}, kNone, 0}, id));
        if (id >= call_of.size()) call_of.resize(id + 1);
        call_of[id] = event.who;
      } else {
        since[event.who] = event.at;
        Centre::check(matcher.agent_free(event.who, event.at));
      }
      matcher.step(event.at, out);
      const double took = (micros() - begun) / 1'000;
      for (const Decision& one : out) {
        const Call& call = calls[call_of[one.call]];
        spent.push_back(took);
        side_by_side = std::max(side_by_side, event.at - std::max(call.at, since[one.agent]));
        Centre::check(matcher.remove(one.call));
        Centre::check(matcher.agent_away(one.agent, Why::OnCall));
        events.push({event.at + call.talk, 1, one.agent});
      }
    }
    return spent;
  }
};

void waits() {
  const Waits load;
  double side_by_side = 0;
  std::vector<double> ours = load.told(side_by_side), a = load.polled(true), b = load.polled(false);
  const auto print = [](const char* name, std::vector<double>& values, const char* end) {
    // Of all offers, those included for which a free agent was there when the call came.
    std::printf("\"%s\":{\"p50\":%.6f,\"p99\":%.6f,\"offers\":%zu}%s", name, quantile(values, 0.5), quantile(values, 0.99), values.size(), end);
  };
  std::printf("{\"virtual_ms\":%.3f,", side_by_side);
  print("ours", ours, ",");
  print("app_queue", a, ",");
  print("mod_callcenter", b, "}\n");
}

}  // namespace

int main(int argc, char** argv) {
  const double ms = argc > 1 ? std::atof(argv[1]) : 0;
  const std::string what = argc > 2 ? argv[2] : "";
  if (what == "decision") return decision(ms), 0;
  if (what == "burst") return burst(), 0;
  if (what == "memory") return memory(), 0;
  if (what == "waits") return waits(), 0;
  if ((what == "busy" || what == "idle") && argc > 3) return scaled(what, static_cast<std::uint32_t>(std::atol(argv[3])), argc > 4, ms), 0;
  std::fputs("usage: matcher MS decision|burst|memory|waits, matcher MS busy|idle SIZE [scan]\n", stderr);
  return 2;
}
