// Runs last (doctest takes files in the order of their names): every row of every table must have been taken by the
// stories before it.
#include <doctest/doctest.h>

#include "engine/tools/centre_tables.h"
#include "tests/centre/rows.h"

using namespace offhook;

TEST_CASE("the stories have taken every row of every table") {
  if (!bench::whole_run) return;
  tools::each_centre_machine([&]<class M>(std::string_view name, std::string_view) {
    const std::set<int>& taken = bench::rows_taken()[std::string(name)];
    for (std::size_t i = 0; i < M::table.size(); ++i)
      CHECK_MESSAGE(taken.contains(static_cast<int>(i)), name << " row " << i + 1 << ": " << fsm::states_of<M>(M::table[i], ", ") << " | "
                                                             << M::event_names[static_cast<std::size_t>(M::table[i].on)] << " | "
                                                             << (M::table[i].when ? M::table[i].when->name : ""));
  });
}
