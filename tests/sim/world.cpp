// Time, and the order of one run: trouble, then calm, then the last checks.
#include "tests/sim/world.h"

#include <cstdio>

namespace offhook::sim {

World::World(std::uint64_t seed_of, bool trace, bool record) : seed(seed_of), random(seed_of), tracing(trace), recording(record) {}

void World::in(Ms delay, std::function<void()> what) { due_.push({now + delay, order_++, std::move(what)}); }

bool World::idle() const { return due_.empty(); }

void World::until(Ms time) {
  while (problem.empty() && !due_.empty() && due_.top().at <= time) {
    Due next = due_.top();
    due_.pop();
    now = std::max(now, next.at);
    next.what();
  }
  now = std::max(now, time);
}

void World::note(const Tab* tab, const std::string& text) {
  if (tracing) std::printf("%11.3f s  %-8s %s\n", now / 1000, tab ? tab->name.c_str() : "", text.c_str());
}

void World::complain(const std::string& what) {
  if (!problem.empty()) return;
  char time[32];
  std::snprintf(time, sizeof time, "%.3f s: ", now / 1000);
  problem = time + what;
  note(nullptr, "PROBLEM " + what);
}

bool World::run() {
  begin();
  const Ms length = random.between(120, 900) * 1000;
  const std::uint32_t busy = 1 + random.below(8);
  while (now < length && problem.empty()) {
    until(now + random.between(1, 6'000 * 4 / busy));
    happen();
  }
  if (problem.empty()) settle();
  if (problem.empty()) at_end();
  return problem.empty();
}

}  // namespace offhook::sim
