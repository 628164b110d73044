// The simulation's program: seeds in, the failing ones out. tools/sim.mjs runs
// several of it side by side; alone it runs in one process.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "engine/tools/tables.h"
#include "tests/sim/world.h"

using offhook::sim::World;

namespace {

/// A seed twice: both runs must hold, and be the same byte for byte.
std::string problem_of(std::uint64_t seed, std::size_t& events) {
  World first(seed, false, false);
  if (!first.run()) return first.problem;
  events += first.events;
  World second(seed, false, false);
  second.run();
  if (second.hash != first.hash || second.events != first.events) return "the same seed gave other effects (I17)";
  return offhook::sim::order_matters(seed);
}

/// Which rows of which table were taken: `rows NAME TOTAL ROW ROW …`, added up by tools/sim.mjs.
template <class M>
void tell_rows(const char* name, offhook::MachineId id) {
  std::printf("rows %s %zu", name, M::table.size());
  for (const int row : offhook::sim::rows_taken()[static_cast<std::size_t>(id)]) std::printf(" %d", row);
  std::printf("\n");
}

void tell_rows() {
  using namespace offhook;
  using enum MachineId;
  tell_rows<startup::Machine>("startup", Startup);
  tell_rows<registration::Machine>("registration", Registration);
  tell_rows<link::Machine>("link", Link);
  tell_rows<call::Machine>("call", MachineId::Call);
  tell_rows<toggle::Machine>("toggle", Hold);
  tell_rows<toggle::Machine>("toggle", Mute);
  tell_rows<dtmf::Machine>("dtmf", Dtmf);
  tell_rows<transfer::Machine>("transfer", Transfer);
  tell_rows<consult::Machine>("consult", MachineId::Consult);
  tell_rows<conference::Machine>("conference", MachineId::Conference);
  tell_rows<recording::Machine>("recording", Recording);
  tell_rows<contact::Machine>("contact", Contact);
  tell_rows<call_log::Machine>("call_log", MachineId::CallLog);
  tell_rows<delivery::Machine>("delivery", Delivery);
  tell_rows<agent_status::activity::Machine>("activity", Activity);
  tell_rows<agent_status::write::Machine>("write", StatusWrite);
  tell_rows<agent_status::pause::Machine>("pause", Pause);
  tell_rows<tabs::Machine>("tabs", Tabs);
  tell_rows<quality::Machine>("quality", MachineId::Quality);
}

int usage() {
  std::fputs(
      "usage: sim --from SEED --seeds N [--step K]   runs SEED, SEED+K, …: N seeds; the last line is the count\n"
      "       sim --seed ONE [--trace] [--record FOLDER]   one seed, with every event, or as recordings for tools/replay.mjs\n",
      stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t from = 1, count = 1, step = 1, one = 0;
  bool trace = false;
  std::string folder;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : nullptr;
    if (flag == "--trace") trace = true;
    else if (!value) return usage();
    else if (flag == "--from") from = std::strtoull(value, nullptr, 10), ++i;
    else if (flag == "--seeds") count = std::strtoull(value, nullptr, 10), ++i;
    else if (flag == "--step") step = std::strtoull(value, nullptr, 10), ++i;
    else if (flag == "--seed") one = std::strtoull(value, nullptr, 10), ++i;
    else if (flag == "--record") folder = value, ++i;
    else return usage();
  }
  std::size_t events = 0;
  if (one != 0) {
    World world(one, trace, !folder.empty());
    world.run();
    for (const auto& tab : world.tabs) {
      if (folder.empty()) break;
      std::ofstream file(folder + "/seed" + std::to_string(one) + "-" + tab->name + ".jsonl");
      for (const std::string& line : tab->recording) file << line << '\n';
    }
    std::string problem = world.problem;
    if (problem.empty() && !trace) problem = problem_of(one, events);
    if (!problem.empty()) std::printf("seed %llu: %s\n", static_cast<unsigned long long>(one), problem.c_str());
    std::printf("%d passed, %d failed\n", problem.empty() ? 1 : 0, problem.empty() ? 0 : 1);
    return problem.empty() ? 0 : 1;
  }
  std::uint64_t passed = 0, failed = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t seed = from + i * step;
    const std::string problem = problem_of(seed, events);
    if (problem.empty()) ++passed;
    else {
      ++failed;
      std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), problem.c_str());
      std::fflush(stdout);
    }
    if ((i + 1) % 100 == 0) std::printf("at %llu\n", static_cast<unsigned long long>(i + 1)), std::fflush(stdout);
  }
  tell_rows();
  std::printf("events %zu\n%llu passed, %llu failed\n", events, static_cast<unsigned long long>(passed), static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}
