// A report over stored rows: settings once, then pages of call_records, status intervals and schedules in any order and
// number, then the result. Memory grows with the cells of the report, not with the rows. Bad rows are counted, never
// guessed at. The formats: docs/reports.md
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/reports/agent_time.h"
#include "engine/reports/counters.h"
#include "engine/reports/percentiles.h"

namespace offhook::wire {
class Json;
}

namespace offhook::reports {

/// The most cells (rows of the result): what does not fit is counted in `ignored.over_limit`, and still is in the total.
inline constexpr std::size_t kMostCells = 50'000;
inline constexpr std::size_t kMostEdges = 100'000;

struct ReportSettings {
  bool by_queue = false, by_agent = false, by_interval = false;
  std::vector<Millis> edges;  ///< the report's begin, the borders between intervals, its end
  bool at_end = false;        ///< a call belongs to the interval in which it ended, not to that in which it came
  bool all_waits = false;     ///< percentiles over all offered calls, not over the answered ones
  Rules rules;
  Formula formula = Formula::SL4;
  AgentRules agents;
};

class Report {
 public:
  /// A report, or nothing: then `error` is `{"code","message"}`.
  static std::unique_ptr<Report> create(std::string_view settings_json, std::string& error);
  /// A page: `{"records":[…], "statuses":[…], "schedules":[…]}`, each optional. False: it is not JSON, or too large.
  bool add(std::string_view page_json);
  std::string_view result();

 private:
  struct Key {
    std::string queue, agent;
    std::size_t interval = 0;
    bool operator<(const Key& other) const { return std::tie(queue, agent, interval) < std::tie(other.queue, other.agent, other.interval); }
  };
  struct Cell {
    Counters counters;
    Histogram waits;
    AgentTime time;
  };
  struct Day {
    std::vector<Stretch> planned, actual;
  };

  explicit Report(ReportSettings settings) : settings_(std::move(settings)) {}
  void add_record(const wire::Json& row);
  void add_stretch(const wire::Json& row, bool planned);
  void hold_against_schedules();
  /// Which interval holds `at`; nothing when it is outside of the report.
  std::optional<std::size_t> interval_of(Millis at) const;
  Cell* cell(Key key);
  template <class Fn>
  void cut(Millis since, Millis until, Fn&& each) const;

  ReportSettings settings_;
  std::map<Key, Cell> cells_;
  std::map<std::string, Day> days_;
  Cell total_;
  double outside_ = 0, malformed_ = 0, over_limit_ = 0;
  std::string text_;
};

}  // namespace offhook::reports
