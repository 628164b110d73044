// Which rows of which machine the stories have taken; the last test file asks whether it was every one.
#pragma once

#include <map>
#include <set>
#include <string>

namespace offhook::bench {

inline std::map<std::string, std::set<int>>& rows_taken() {
  static std::map<std::string, std::set<int>> rows;
  return rows;
}

extern bool whole_run;  ///< false when a filter was given: then no claim is made about rows that were not taken

}  // namespace offhook::bench
