#include "engine/reports/report.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "engine/core/json_writer.h"
#include "engine/wire/json_in.h"

namespace offhook::reports {

namespace {

constexpr std::size_t kPageBytes = 8 * 1024 * 1024;

std::nullptr_t refuse(std::string& error, std::string_view message) {
  error.clear();
  JsonWriter(error).open('{').key("code").string("bad_config").key("message").string(message).close('}');
  return nullptr;
}

std::optional<AgentStatus> status_of(std::string_view word) {
  for (std::size_t i = 0; i < kStatuses; ++i)
    if (kAgentStatusWords[i] == word) return static_cast<AgentStatus>(i);
  return {};
}

/// Seconds of the columns that end in _seconds are whole and derived; the milliseconds stand beside them.
Millis ms_at(const wire::Json& row, std::string_view name) {
  const double value = wire::number_at(row, name, 0);
  return std::isfinite(value) && value > 0 ? value : 0;
}

}  // namespace

std::unique_ptr<Report> Report::create(std::string_view text, std::string& error) {
  const auto json = wire::parse_object(text, kPageBytes);
  if (!json) return refuse(error, "the settings are not a JSON object");
  ReportSettings s;
  if (const wire::Json* by = wire::array_at(*json, "by"))
    for (const wire::Json& word : by->items) {
      if (word.text == "queue") s.by_queue = true;
      else if (word.text == "agent") s.by_agent = true;
      else if (word.text == "interval") s.by_interval = true;
      else return refuse(error, "by: queue, agent, interval");
    }
  const wire::Json* edges = wire::array_at(*json, "edges");
  if (!edges || edges->items.size() < 2 || edges->items.size() > kMostEdges) return refuse(error, "edges: 2 to 100,000 times, in ms UTC");
  for (const wire::Json& edge : edges->items) {
    if (edge.type != wire::Json::Type::Number || !std::isfinite(edge.number) || (!s.edges.empty() && edge.number <= s.edges.back()))
      return refuse(error, "edges rise");
    s.edges.push_back(edge.number);
  }
  if (json->find("sl_formula")) {
    const auto formula = formula_of(wire::text_at(*json, "sl_formula"));
    if (!formula) return refuse(error, "sl_formula: SL1 to SL6");
    s.formula = *formula;
  }
  s.rules.sl_ms = wire::number_at(*json, "sl_ms", s.rules.sl_ms);
  s.rules.short_abandon_ms = wire::number_at(*json, "short_abandon_ms", s.rules.short_abandon_ms);
  if (!(s.rules.sl_ms >= 0 && s.rules.short_abandon_ms >= 0)) return refuse(error, "sl_ms and short_abandon_ms are not negative");
  s.at_end = wire::text_at(*json, "interval_of") == "ended_at";
  s.all_waits = wire::text_at(*json, "percentiles_of") == "offered";
  s.agents.ringing_is_handling = wire::flag_at(*json, "ringing_is_handling");
  if (const wire::Json* productive = wire::array_at(*json, "productive"))
    for (const wire::Json& word : productive->items) {
      const auto status = status_of(word.text);
      if (!status) return refuse(error, "productive: agent statuses");
      s.agents.productive[static_cast<std::size_t>(*status)] = true;
    }
  return std::unique_ptr<Report>(new Report(std::move(s)));
}

std::optional<std::size_t> Report::interval_of(Millis at) const {
  const auto& edges = settings_.edges;
  if (!(at >= edges.front() && at < edges.back())) return {};
  return static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), at) - edges.begin()) - 1;
}

Report::Cell* Report::cell(Key key) {
  if (!settings_.by_queue) key.queue.clear();
  if (!settings_.by_agent) key.agent.clear();
  if (!settings_.by_interval) key.interval = 0;
  const auto found = cells_.find(key);
  if (found != cells_.end()) return &found->second;
  if (cells_.size() >= kMostCells) {
    ++over_limit_;
    return nullptr;
  }
  return &cells_[std::move(key)];
}

template <class Fn>
void Report::cut(Millis since, Millis until, Fn&& each) const {
  const auto& edges = settings_.edges;
  since = std::max(since, edges.front());
  until = std::min(until, edges.back());
  if (!(since < until)) return;
  for (std::size_t i = *interval_of(since); i + 1 < edges.size() && edges[i] < until; ++i)
    each(i, std::max(since, edges[i]), std::min(until, edges[i + 1]));
}

bool Report::add(std::string_view page) {
  const auto json = wire::parse_object(page, kPageBytes);
  if (!json) return false;
  if (const wire::Json* rows = wire::array_at(*json, "records"))
    for (const wire::Json& row : rows->items) add_record(row);
  if (const wire::Json* rows = wire::array_at(*json, "statuses"))
    for (const wire::Json& row : rows->items) add_stretch(row, false);
  if (const wire::Json* rows = wire::array_at(*json, "schedules"))
    for (const wire::Json& row : rows->items) add_stretch(row, true);
  return true;
}

void Report::add_record(const wire::Json& row) {
  Stay stay;
  stay.enqueued_at = ms_at(row, "enqueued_at");
  stay.answered_at = ms_at(row, "answered_at");
  stay.ended_at = ms_at(row, "ended_at");
  stay.talk_ms = ms_at(row, "talk_time");
  stay.hold_ms = ms_at(row, "hold_time");
  stay.wrap_up_ms = ms_at(row, "wrap_up_time");
  stay.wrapped = ms_at(row, "wrap_up_ended_at") > 0 || stay.wrap_up_ms > 0;
  stay.offers = ms_at(row, "offers");
  stay.rona = ms_at(row, "rona_count");
  stay.part = ms_at(row, "part");
  if (const wire::Json* waited = row.find("wait_time"); waited && waited->type == wire::Json::Type::Number && (stay.answered() || stay.ended_at > 0)) stay.waited = ms_at(row, "wait_time");
  const std::string outcome = wire::text_at(row, "outcome");
  stay.outcome = outcome_of(outcome);
  if (stay.enqueued_at <= 0 || (!outcome.empty() && stay.outcome == Outcome::None)) {
    ++malformed_;
    return;
  }
  const auto interval = interval_of(settings_.at_end && stay.ended_at > 0 ? stay.ended_at : stay.enqueued_at);
  if (!interval) {
    ++outside_;
    return;
  }
  const std::string agent = wire::text_at(row, "agent_id");
  Cell* into = cell({wire::text_at(row, "queue_name"), agent, *interval});
  for (Cell* each : {into, &total_}) {
    if (!each) continue;
    // To an agent a talk that was handed to him is a call like any other, taken without a wait.
    Stay as = stay;
    if (each == into && settings_.by_agent && stay.answered()) as.part = 0;
    each->counters.count(as, settings_.rules);
    const bool counts = stay.answered() || (settings_.all_waits && stay.outcome != Outcome::Rejected && stay.outcome != Outcome::None);
    if (counts && as.part == 0) each->waits.add(stay.wait());
    if (stay.answered()) each->time.ring_ms += ms_at(row, "ring_time");
  }
}

void Report::add_stretch(const wire::Json& row, bool planned) {
  const std::string agent = wire::text_at(row, "agent_id").empty() ? wire::text_at(row, "extension") : wire::text_at(row, "agent_id");
  const auto status = status_of(wire::text_at(row, "status"));
  const Millis since = ms_at(row, planned ? "from" : "since");
  Millis until = ms_at(row, "until");
  if (until == 0 && !planned) until = settings_.edges.back();  // still in it
  if (agent.empty() || !status || !(since < until)) {
    ++malformed_;
    return;
  }
  Day& day = days_[agent];
  (planned ? day.planned : day.actual).push_back({*status, since, until});
  if (planned) return;
  cut(since, until, [&](std::size_t interval, Millis from, Millis to) {
    Cell* into = settings_.by_queue ? nullptr : cell({"", agent, interval});
    for (Cell* each : {into, &total_})
      if (each) {
        each->time.in_status[static_cast<std::size_t>(*status)] += to - from;
        each->time.known = true;
      }
  });
}

void Report::hold_against_schedules() {
  for (auto& entry : days_) {
    const std::string& agent = entry.first;
    Day& day = entry.second;
    const auto earlier = [](const Stretch& a, const Stretch& b) { return a.since < b.since; };
    std::sort(day.planned.begin(), day.planned.end(), earlier);
    std::sort(day.actual.begin(), day.actual.end(), earlier);
    for (const Stretch& plan : day.planned)
      cut(plan.since, plan.until, [&](std::size_t interval, Millis from, Millis to) {
        const Millis as_planned = kept({{plan.status, from, to}}, day.actual);
        Cell* into = settings_.by_queue ? nullptr : cell({"", agent, interval});
        for (Cell* each : {into, &total_})
          if (each) {
            each->time.scheduled_ms += to - from;
            each->time.adhered_ms += as_planned;
            if (plan.status == AgentStatus::Online) each->time.planned_queue_ms += to - from;
          }
      });
    day.planned.clear();  // a second result() does not count it again
  }
}

namespace {

/// A number with up to six decimals, or null: no data.
class Numbers {
 public:
  explicit Numbers(std::string& out) : json_(out) {}
  Numbers& of(std::string_view name, Number value) {
    json_.key(name);
    if (!value) json_.null();
    else json_.raw(text_of(*value));
    return *this;
  }

 private:
  static std::string text_of(double value) {
    const bool negative = value < 0;
    const double scaled = std::floor(std::fabs(value) * 1e6 + 0.5);
    const double whole = std::floor(scaled / 1e6);
    std::string text = negative && scaled > 0 ? "-" : "";
    std::string digits = std::to_string(static_cast<unsigned long long>(scaled - whole * 1e6));
    digits.insert(0, 6 - std::min<std::size_t>(6, digits.size()), '0');
    while (!digits.empty() && digits.back() == '0') digits.pop_back();
    text += std::to_string(static_cast<unsigned long long>(whole));
    if (!digits.empty()) text += '.' + digits;
    return text;
  }
  JsonWriter json_;
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 22> kFormulas{{
    {"asa_ms", "wait of answered / answered"},
    {"abandon_wait_ms", "wait of abandoned / abandoned"},
    {"abandonment_rate", "abandoned / offered"},
    {"abandonment_rate_net", "(abandoned - short) / (offered - short)"},
    {"answer_rate", "answered / offered"},
    {"att_ms", "talk without hold / answered"},
    {"hold_per_answered_ms", "hold / answered"},
    {"acw_ms", "wrap-up / answered"},
    {"acw_per_wrap_up_ms", "wrap-up / calls with wrap-up"},
    {"aht_ms", "(talk + hold + wrap-up) / answered"},
    {"rona_rate", "missed offers / offers"},
    {"transfer_rate", "transferred / answered"},
    {"wait_p50_ms", "half of the waits are not longer (nearest rank, within 0.5 %)"},
    {"wait_p80_ms", "80 % of the waits are not longer (nearest rank, within 0.5 %)"},
    {"wait_p90_ms", "90 % of the waits are not longer (nearest rank, within 0.5 %)"},
    {"wait_p95_ms", "95 % of the waits are not longer (nearest rank, within 0.5 %)"},
    {"wait_max_ms", "the longest wait"},
    {"occupancy", "handling / (handling + available); handling = talk + hold + wrap-up"},
    {"utilisation_staffed", "(handling + available) / logged in"},
    {"utilisation_productive", "(handling + productive statuses) / logged in"},
    {"adherence", "time spent as scheduled / time scheduled"},
    {"conformance", "time on queue / time scheduled on queue"},
}};

}  // namespace

std::string_view Report::result() {
  hold_against_schedules();
  // A series has no holes: an interval without a call is a row of noughts.
  if (settings_.by_interval && !settings_.by_queue && !settings_.by_agent)
    for (std::size_t i = 0; i + 1 < settings_.edges.size(); ++i) cell({"", "", i});
  text_.clear();
  JsonWriter json(text_);
  const auto f = static_cast<std::size_t>(settings_.formula);
  json.open('{').key("from").number(settings_.edges.front()).key("until").number(settings_.edges.back());
  json.key("sl_formula").string(kFormulaWords[f]).key("sl_ms").number(settings_.rules.sl_ms).key("short_abandon_ms").number(settings_.rules.short_abandon_ms);
  json.key("formulas").open('{').key("service_level").string(kFormulaTexts[f]);
  for (std::size_t i = 0; i < kFormulaWords.size(); ++i) json.key(kFormulaWords[i]).string(kFormulaTexts[i]);
  for (const auto& [name, text] : kFormulas) json.key(name).string(text);
  json.close('}');

  const auto write = [&](const Key* key, const Cell& cell) {
    const Counters& c = cell.counters;
    json.open('{');
    if (key && settings_.by_queue) json.key("queue").string(key->queue);
    if (key && settings_.by_agent) {
      json.key("agent");
      if (key->agent.empty()) json.null(); else json.string(key->agent);  // nobody answered
    }
    if (key && settings_.by_interval) json.key("from").number(settings_.edges[key->interval]).key("until").number(settings_.edges[key->interval + 1]);
    json.key("counters").open('{');
    for (const auto& [name, field] : kCounterFields) json.key(name).number(c.*field);
    json.key("waiting").number(std::max(0.0, c.offered - c.answered - c.abandoned - c.flow_outs())).close('}');

    std::string numbers;
    Numbers n(numbers);
    n.of("service_level", service_level(c, settings_.formula));
    for (std::size_t i = 0; i < kFormulaWords.size(); ++i) n.of(kFormulaWords[i], service_level(c, static_cast<Formula>(i)));
    n.of("asa_ms", ratio(c.wait_answered_ms, c.answered)).of("abandon_wait_ms", ratio(c.wait_abandoned_ms, c.abandoned));
    n.of("abandonment_rate", ratio(c.abandoned, c.offered)).of("abandonment_rate_net", ratio(c.abandoned - c.short_abandoned, c.offered - c.short_abandoned));
    n.of("answer_rate", ratio(c.answered, c.offered)).of("att_ms", ratio(c.talk_ms, c.answered)).of("hold_per_answered_ms", ratio(c.hold_ms, c.answered));
    n.of("acw_ms", ratio(c.wrap_up_ms, c.answered)).of("acw_per_wrap_up_ms", ratio(c.wrap_up_ms, c.wrap_ups));
    n.of("aht_ms", ratio(c.talk_ms + c.hold_ms + c.wrap_up_ms, c.answered));
    n.of("rona_rate", ratio(c.rona, c.offers)).of("transfer_rate", ratio(c.transfers, c.answered));
    n.of("wait_p50_ms", cell.waits.at(0.5)).of("wait_p80_ms", cell.waits.at(0.8)).of("wait_p90_ms", cell.waits.at(0.9)).of("wait_p95_ms", cell.waits.at(0.95));
    n.of("wait_max_ms", cell.waits.count() > 0 ? Number(cell.waits.greatest()) : Number());
    const AgentNumbers a = agent_numbers(cell.time, c, settings_.agents);
    n.of("occupancy", a.occupancy).of("utilisation_staffed", a.utilisation_staffed).of("utilisation_productive", a.utilisation_productive);
    n.of("adherence", a.adherence).of("conformance", a.conformance);
    json.key("numbers").raw('{' + numbers.substr(numbers.starts_with(',') ? 1 : 0) + '}');

    json.key("time");
    if (!cell.time.known) json.null();
    else {
      json.open('{');
      for (std::size_t i = 0; i < kStatuses; ++i) json.key(kAgentStatusWords[i]).number(cell.time.in_status[i]);
      json.key("logged_in").number(a.logged_in_ms).key("available").number(a.available_ms).key("handling").number(a.handle_ms).close('}');
    }
    json.close('}');
  };

  json.key("total");
  write(nullptr, total_);
  json.key("rows").open('[');
  for (const auto& [key, cell] : cells_) write(&key, cell);
  json.close(']');
  json.key("ignored").open('{').key("outside").number(outside_).key("malformed").number(malformed_).key("over_limit").number(over_limit_).close('}').close('}');
  return text_;
}

}  // namespace offhook::reports
