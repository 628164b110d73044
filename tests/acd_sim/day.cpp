// A working day: calls at random, each as long as chance has it, some given up; 20 queues with skills and wrap-up; its first tenth drained once to
// say what the engine holds when it is warm, the rest drained to say what it holds then.
#include "tests/acd_sim/day.h"

#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <queue>

#include "engine/acd/acd.h"
#include "tests/acd_sim/chance.h"

namespace offhook::acd_sim {

using acd::On;

namespace {
constexpr double kDayBegins = 1'795'000'000'000;
constexpr int kQueues = 20;

/// Bytes that are allocated and not given back.
double held() { return static_cast<double>(mallinfo2().uordblks); }

class Day {
 public:
  Day(int agents, int calls) : mean_gap_(28'800'000.0 / calls), acd_(1) {
    auto settings = std::make_shared<acd::Settings>();
    for (int q = 0; q < kQueues; ++q) {
      acd::QueueSettings queue;
      queue.queue = "q" + std::to_string(q);
      queue.max_wait_ms = 600'000;
      queue.wrap_up = q % 4 == 0 ? WrapUpMode::None : WrapUpMode::Timed;
      queue.wrap_up_ms = 20'000;
      queue.strategy = q % 3 == 0 ? "skills" : "longest_idle";
      if (q % 3 == 0) queue.skills.push_back({.skill = "s" + std::to_string(q), .min = 2});
      settings->queues.push_back(queue);
    }
    for (int i = 0; i < agents; ++i) {
      acd::AgentSettings agent{.extension = name_of(i)};
      for (int k = 0; k < 3; ++k) {
        const int q = (i + k * 7) % kQueues;
        agent.queues.push_back({"q" + std::to_string(q), 0, i, 1});
        agent.skills.push_back({"s" + std::to_string(q), 1 + (i / kQueues) % 5});
      }
      settings->agents.push_back(agent);
    }
    tell({.on = On::Configured, .settings = settings});
    for (int i = 0; i < agents; ++i) {
      tell({.on = On::Intent, .agent = name_of(i), .status = AgentStatus::Online});
      tell({.on = On::Registered, .agent = name_of(i), .yes = true});
    }
    tell({.on = On::LinkChanged, .yes = true});
  }

  /// So many calls more, until the last is over and everybody's notes are written.
  void run(int calls) {
    double at = now_;
    for (int i = 0; i < calls; ++i) {
      at += chance_.span(mean_gap_);
      wake_until(at);
      now_ = at;
      const std::string id = "c" + std::to_string(next_++);
      tell({.on = On::QueueCall, .call = id, .queue = "q" + std::to_string(chance_.below(kQueues)), .from = "+4930123"});
      if (chance_.happens(0.1)) plans_.push({now_ + chance_.span(60'000), id, false, 0});
    }
    wake_until(now_ + 14'400'000);
    now_ += 14'400'000;
  }

  double answered = 0, given_up = 0, missed = 0, events = 0;
  bool refused = false;
  int waiting() const {
    acd::Effects names;
    acd_.names(names);
    return static_cast<int>(names.calls.size());
  }

 private:
  struct Plan {
    double at;
    std::string call;
    bool ends;
    double attempt;  ///< of a ring
    bool operator<(const Plan& other) const { return at != other.at ? at > other.at : call > other.call; }
  };
  static std::string name_of(int agent) { return std::to_string(10'000 + agent); }

  void wake_until(double at) {
    for (;;) {
      const double due = acd_.due(), plan = plans_.empty() ? at + 1 : plans_.top().at;
      if (due >= 0 && due <= at && due <= plan) {
        now_ = std::max(now_, due);
        tell({.on = On::Woke});
      } else if (plan <= at) {
        now_ = std::max(now_, plan);
        const Plan next = plans_.top();
        plans_.pop();
        happens(next);
      } else {
        return;
      }
    }
  }

  void happens(const Plan& plan) {
    acd::Where where;
    std::string agent;
    if (!acd_.where(plan.call, where, agent)) return;
    if (plan.attempt > 0) {  // a ring: answered, or not
      if (acd_.offered(plan.call, plan.attempt).empty()) return;
      if (chance_.happens(0.03)) {
        ++missed;
        return tell({.on = On::AgentNoAnswer, .call = plan.call, .attempt = plan.attempt});
      }
      ++answered;
      tell({.on = On::AgentAccept, .call = plan.call, .attempt = plan.attempt});
      plans_.push({now_ + chance_.span(240'000), plan.call, true, 0});
    } else if (plan.ends) {
      tell({.on = On::CallEnded, .call = plan.call, .by = acd::Side::Caller});
    } else if (where == acd::Where::Waiting) {
      ++given_up;
      tell({.on = On::HangupCall, .call = plan.call});
    }
  }

  void tell(acd::Event event) {
    event.at = kDayBegins + now_;
    event.mono = now_ + 1;
    ++events;
    acd::Effects effects;
    acd_.apply(event, effects);
    refused = refused || !effects.code.empty();
    std::vector<acd::Event> next;
    for (const acd::Effect& effect : effects.list) {
      if (effect.what == acd::Effect::What::Offer) {
        next.push_back({.on = On::Offered, .call = effect.call, .agent = effect.agent, .attempt = effect.attempt});
        plans_.push({now_ + chance_.ms(500, 8'000), effect.call, false, effect.attempt});
      } else if (effect.what == acd::Effect::What::Overflow) {
        next.push_back({.on = On::LeftQueue, .call = effect.call, .how = acd::How::Overflow});
      } else if (effect.what == acd::Effect::What::StatusWrite) {
        next.push_back({.on = On::Intent, .agent = effect.agent, .text = effect.reason, .source = "acd", .status = effect.status});
        if (effect.reason == "RONA") next.push_back({.on = On::Intent, .agent = effect.agent, .source = "agent", .status = AgentStatus::Online});
      }
    }
    for (acd::Event& one : next) tell(std::move(one));
  }

  int next_ = 1;
  double mean_gap_, now_ = 0;
  acd::Acd acd_;
  Chance chance_{1};
  std::priority_queue<Plan> plans_;
};
}  // namespace

int run_day(int agents, int calls) {
  Day day(agents, calls);
  const double idle = held();
  day.run(calls / 10);
  const double warm = held();
  const auto began = std::chrono::steady_clock::now();
  const double events = day.events;
  day.run(calls - calls / 10);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const double after = held(), growth = after / warm - 1;
  const bool holds = !day.refused && day.waiting() == 0 && growth < 0.03;
  std::printf(
      "{\"agents\":%d,\"calls\":%d,\"answered\":%.0f,\"given_up\":%.0f,\"missed\":%.0f,\"events\":%.0f,\"seconds\":%.2f,\"us_per_event\":%.2f,\"idle_mb\":%.2f,\"warm_mb\":%.2f,"
      "\"after_mb\":%.2f,\"growth_percent\":%.2f,\"left\":%d,\"holds\":%s}\n",
      agents, calls, day.answered, day.given_up, day.missed, day.events, seconds, seconds * 1e6 / (day.events - events), idle / 1048576, warm / 1048576, after / 1048576,
      growth * 100, day.waiting(), holds ? "true" : "false");
  return holds ? 0 : 1;
}

}  // namespace offhook::acd_sim
