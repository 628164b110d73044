// Runs last (doctest takes files in the order of their names): every row of both tables must have been taken by the stories before it.
#include "engine/tools/centre_tables.h"
#include "tests/acd/acd_driver.h"

using namespace offhook;

TEST_CASE("the stories of the contact centre have taken every row of both tables") {
  int machine = 0;
  tools::each_acd_machine([&]<class M>(std::string_view name, std::string_view) {
    const std::set<int>& taken = bench::acd_rows()[machine++];
    if (taken.empty()) return;  // a filter was given
    for (std::size_t i = 0; i < M::table.size(); ++i)
      CHECK_MESSAGE(taken.contains(static_cast<int>(i)), name << " row " << i + 1 << ": " << fsm::states_of<M>(M::table[i], ", ") << " | "
                                                             << M::event_names[static_cast<std::size_t>(M::table[i].on)] << " | "
                                                             << (M::table[i].when ? M::table[i].when->name : ""));
  });
}
