// Which rows of which machine the stories have taken; the last test file asks whether it was every one.
#pragma once

#include <map>
#include <set>
#include <string>

#include "engine/fsm/table.h"

namespace offhook::bench {

inline std::map<std::string, std::set<int>>& rows_taken() {
  static std::map<std::string, std::set<int>> rows;
  return rows;
}

/// One step of a machine, whose row counts as taken; its index, or -1.
template <class M>
int taken(const char* name, typename M::State& state, typename M::Context context, const typename M::Event& event, typename M::Effects& effects) {
  const int row = fsm::step<M>(state, context, event, effects);
  if (row >= 0) rows_taken()[name].insert(row);
  return row;
}

extern bool whole_run;  ///< false when a filter was given: then no claim is made about rows that were not taken

}  // namespace offhook::bench
