// What a machine's document must say as its table does: read, compared row by row, every state explained. For the
// tests of the Phone and of the Centre alike; each gives the walk over its own machines.
#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "engine/fsm/table_export.h"

namespace offhook::documents {

inline std::string read(const std::string& path) {
  std::ifstream file(std::string(OFFHOOK_ROOT "/") + path);
  REQUIRE_MESSAGE(file.good(), path << " cannot be read");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// A row without backquotes and with single blanks, so that a document may be aligned.
inline std::string plain(std::string_view line) {
  std::string row;
  for (const char c : line) {
    if (c == '`' || c == '\r' || (c == ' ' && !row.empty() && row.back() == ' ')) continue;
    row += c;
  }
  while (!row.empty() && row.back() == ' ') row.pop_back();
  return row;
}

/// The `nth` five-column table of a page, without its two head lines.
inline std::vector<std::string> table_in(const std::string& page, int nth) {
  std::istringstream lines(read("docs/machines/" + page + ".md"));
  std::string line;
  std::vector<std::string> rows;
  while (std::getline(lines, line)) {
    if (plain(line) != "| State | Event | Guard | Next state | Actions |" || nth-- > 0) continue;
    std::getline(lines, line);
    while (std::getline(lines, line) && line.starts_with("|")) rows.push_back(plain(line));
    return rows;
  }
  return rows;
}

/// `each` calls its argument as f.template operator()<Machine>(name, page) for every machine.
template <class Each>
void say_the_rows(const Each& each) {
  std::map<std::string, int> tables;
  each([&]<class M>(std::string_view name, std::string_view page) {
    const auto written = table_in(std::string(page), tables[std::string(page)]++);
    std::istringstream code(fsm::to_markdown<M>());
    std::string row;
    std::getline(code, row), std::getline(code, row);
    std::size_t at = 0;
    for (; std::getline(code, row); ++at) {
      const std::string expected = plain(row);
      const std::string found = at < written.size() ? written[at] : "(no such row)";
      CHECK_MESSAGE(found == expected, name << ", row " << at + 1 << " of docs/machines/" << page << ".md:\n  document " << found << "\n  code     " << expected);
    }
    CHECK_MESSAGE(at == written.size(), name << ": the document has " << written.size() << " rows, the code " << at);
  });
}

template <class Each>
void explain_the_states(const Each& each) {
  each([&]<class M>(std::string_view name, std::string_view page) {
    const std::string text = read("docs/machines/" + std::string(page) + ".md");
    for (const std::string_view state : M::state_names)
      CHECK_MESSAGE(text.find("\n| " + std::string(state) + " |") != std::string::npos, name << ": " << state);
  });
}

}  // namespace offhook::documents
