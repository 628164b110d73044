// The program of the simulated contact centre: seeds in, the failing ones out. tools/acd_sim.mjs runs several of it side by side.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "engine/centre_agent/centre_agent.h"
#include "engine/queue_call/queue_call.h"
#include "tests/acd_sim/day.h"
#include "tests/acd_sim/world.h"

using offhook::acd_sim::World;

namespace {

struct Sum {
  std::size_t events = 0;
  std::set<int> rows[2];
};

/// A seed twice: both runs must hold, and be the same byte for byte.
std::string problem_of(std::uint64_t seed, Sum& sum) {
  World first(seed, false);
  if (!first.run()) return first.problem;
  sum.events += first.events;
  for (int i = 0; i < 2; ++i) sum.rows[i].insert(first.rows[i].begin(), first.rows[i].end());
  World second(seed, false);
  second.run();
  if (second.hash != first.hash || second.events != first.events) return "the same seed gave other effects";
  return {};
}

int usage() {
  std::fputs(
      "usage: acd_sim --from SEED --seeds N [--step K]   runs SEED, SEED+K, …: N seeds; the last line is the count\n"
      "       acd_sim --seed ONE [--trace]               one seed, with every event and effect\n"
      "       acd_sim --from SEED --seeds N --hash       what each gave, as one number, to be compared with another machine's\n"
      "       acd_sim --seed ONE --record                what its hub told the acd, a line each, as build/native/acd_replay reads it\n"
      "       acd_sim --day AGENTS --calls N             a working day: seconds and memory as JSON\n",
      stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t from = 1, count = 1, step = 1, one = 0, agents = 0, calls = 200'000;
  bool trace = false, hashes = false, record = false;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : nullptr;
    const auto number = [&](std::uint64_t& into) { into = std::strtoull(value, nullptr, 10), ++i; };
    if (flag == "--trace") trace = true;
    else if (flag == "--hash") hashes = true;
    else if (flag == "--record") record = true;
    else if (!value) return usage();
    else if (flag == "--from") number(from);
    else if (flag == "--seeds") number(count);
    else if (flag == "--step") number(step);
    else if (flag == "--seed") number(one);
    else if (flag == "--day") number(agents);
    else if (flag == "--calls") number(calls);
    else return usage();
  }
  if (agents > 0) return offhook::acd_sim::run_day(static_cast<int>(agents), static_cast<int>(calls));
  if (record) {
    World world(one, false);
    world.records = true;
    world.run();
    for (const std::string& line : world.lines) std::puts(line.c_str());
    return world.problem.empty() ? 0 : 1;
  }
  if (trace) {
    World world(one, true);
    world.run();
    if (!world.problem.empty()) std::printf("seed %llu: %s\n", static_cast<unsigned long long>(one), world.problem.c_str());
    return world.problem.empty() ? 0 : 1;
  }
  if (one != 0) from = one, count = 1;
  if (hashes) {
    for (std::uint64_t i = 0; i < count; ++i) {
      World world(from + i * step, false);
      world.run();
      std::printf("seed %llu %zu %016llx\n", static_cast<unsigned long long>(from + i * step), world.events, static_cast<unsigned long long>(world.hash));
    }
    return 0;
  }
  Sum sum;
  std::uint64_t passed = 0, failed = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t seed = from + i * step;
    const std::string problem = problem_of(seed, sum);
    if (problem.empty()) ++passed;
    else {
      ++failed;
      std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), problem.c_str());
      std::fflush(stdout);
    }
    if ((i + 1) % 100 == 0) std::printf("at %llu\n", static_cast<unsigned long long>(i + 1)), std::fflush(stdout);
  }
  const auto tell_rows = [](const char* name, std::size_t total, const std::set<int>& rows) {
    std::printf("rows %s %zu", name, total);
    for (const int row : rows) std::printf(" %d", row);
    std::printf("\n");
  };
  tell_rows("queue_call", offhook::queue_call::Machine::table.size(), sum.rows[0]);
  tell_rows("centre_agent", offhook::centre_agent::Machine::table.size(), sum.rows[1]);
  std::printf("events %zu\n%llu passed, %llu failed\n", sum.events, static_cast<unsigned long long>(passed), static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}
