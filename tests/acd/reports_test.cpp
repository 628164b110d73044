// The numbers of a report, against a worked set of twelve calls to its last digit.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/reports/report.h"
#include "engine/wire/json_in.h"

using namespace offhook;
using namespace offhook::reports;

namespace {

struct Row {
  double wait_s;
  const char* outcome;
  double talk_s, hold_s, acw_s;
  const char* agent;
};

// T = 20 s, short: below 5 s.
const std::vector<Row> kTwelve{{0, "answered", 120, 0, 30, "a1"},   {4, "abandoned", 0, 0, 0, ""},    {12, "answered", 200, 20, 40, "a2"}, {20, "answered", 90, 0, 15, "a1"},
                               {21, "answered", 60, 0, 0, "a2"},    {45, "answered", 300, 60, 60, "a1"}, {15, "abandoned", 0, 0, 0, ""},     {70, "abandoned", 0, 0, 0, ""},
                               {3, "answered", 180, 0, 20, "a2"},   {120, "timeout", 0, 0, 0, ""},    {8, "answered", 150, 10, 25, "a1"},  {5, "abandoned", 0, 0, 0, ""}};

constexpr double kBegin = 1'795'000'000'000;

std::string page_of(const std::vector<Row>& rows) {
  std::string text = "{\"records\":[";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& r = rows[i];
    const double at = kBegin + static_cast<double>(i) * 60'000, wait = at + r.wait_s * 1000;
    const bool answered = std::string_view(r.outcome) == "answered";
    if (i) text += ',';
    text += "{\"queue_name\":\"support\",\"agent_id\":\"" + std::string(r.agent) + "\",\"outcome\":\"" + r.outcome + "\",\"enqueued_at\":" + std::to_string(static_cast<long long>(at)) +
            (answered ? ",\"answered_at\":" + std::to_string(static_cast<long long>(wait)) : std::string()) +
            ",\"ended_at\":" + std::to_string(static_cast<long long>(wait + (r.talk_s + r.hold_s) * 1000)) + ",\"talk_time\":" + std::to_string(static_cast<long long>(r.talk_s * 1000)) +
            ",\"hold_time\":" + std::to_string(static_cast<long long>(r.hold_s * 1000)) + ",\"wrap_up_time\":" + std::to_string(static_cast<long long>(r.acw_s * 1000)) +
            (r.acw_s > 0 ? ",\"wrap_up_ended_at\":1" : "") + ",\"offers\":" + (answered ? "1" : "0") + ",\"rona_count\":0}";
  }
  return text + "]}";
}

std::string edges() { return "\"edges\":[" + std::to_string(static_cast<long long>(kBegin)) + "," + std::to_string(static_cast<long long>(kBegin + 1'800'000)) + "]"; }

std::string report_of(const std::string& settings, const std::vector<std::string>& pages) {
  std::string error;
  auto report = Report::create(settings, error);
  REQUIRE_MESSAGE(report, error);
  for (const std::string& page : pages) REQUIRE(report->add(page));
  return std::string(report->result());
}

/// What follows `"name":` in `text`, up to the next comma or bracket, from the first `after` on.
std::string value_of(const std::string& text, const std::string& name, const std::string& after = "") {
  std::size_t from = after.empty() ? 0 : text.find(after);
  REQUIRE(from != text.npos);
  from = text.find("\"numbers\":", from);
  from = text.find('"' + name + "\":", from);
  REQUIRE(from != text.npos);
  from += name.size() + 3;
  return text.substr(from, text.find_first_of(",}", from) - from);
}

}  // namespace

TEST_CASE("six service levels of the same twelve calls, each to its last digit") {
  const std::pair<const char*, const char*> expected[] = {{"SL1", "0.416667"}, {"SL2", "0.714286"}, {"SL3", "0.454545"},
                                                          {"SL4", "0.454545"}, {"SL5", "0.555556"}, {"SL6", "0.727273"}};
  for (const auto& [formula, value] : expected) {
    const std::string text = report_of("{" + edges() + ",\"sl_formula\":\"" + formula + "\"}", {page_of(kTwelve)});
    CHECK(value_of(text, "service_level") == value);
    CHECK(text.find(std::string("\"sl_formula\":\"") + formula) != text.npos);
  }
}

TEST_CASE("waits, abandonment and handling of the twelve calls") {
  const std::string text = report_of("{" + edges() + "}", {page_of(kTwelve)});
  CHECK(text.find("\"offered\":12,\"answered\":7,\"abandoned\":4,\"short_abandoned\":1,\"timeout\":1") != text.npos);
  CHECK(text.find("\"answered_in_sl\":5,\"abandoned_in_sl\":3") != text.npos);
  CHECK(text.find("\"waiting\":0") != text.npos);
  CHECK(value_of(text, "asa_ms") == "15571.428571");
  CHECK(value_of(text, "abandon_wait_ms") == "23500");
  CHECK(value_of(text, "abandonment_rate") == "0.333333");
  CHECK(value_of(text, "abandonment_rate_net") == "0.272727");
  CHECK(value_of(text, "att_ms") == "157142.857143");
  CHECK(value_of(text, "hold_per_answered_ms") == "12857.142857");
  CHECK(value_of(text, "acw_ms") == "27142.857143");
  CHECK(value_of(text, "aht_ms") == "197142.857143");
  CHECK(value_of(text, "wait_max_ms") == "45000");
}

TEST_CASE("percentiles of the waits: nearest rank and linear") {
  const std::vector<double> waits{0, 3, 8, 12, 20, 21, 45};
  const double ps[] = {0.5, 0.8, 0.9, 0.95};
  const double nearest[] = {12, 21, 45, 45}, linear[] = {12, 20.8, 30.6, 37.8};
  for (int i = 0; i < 4; ++i) {
    CHECK(*nearest_rank(waits, ps[i]) == nearest[i]);
    CHECK(*linear_rank(waits, ps[i]) == doctest::Approx(linear[i]).epsilon(1e-12));
  }
  CHECK_FALSE(nearest_rank({}, 0.5));
  CHECK_FALSE(linear_rank({}, 0.5));
}

TEST_CASE("a histogram's percentile is within half a per cent of the exact one") {
  Histogram histogram, halves[2];
  std::vector<double> values;
  double x = 1;
  for (int i = 0; i < 20'000; ++i) {
    x = x * 1103515245 + 12345;
    x -= static_cast<double>(static_cast<long long>(x / 2147483648.0)) * 2147483648.0;
    values.push_back(x / 2147483648.0 * 90'000);
    histogram.add(values.back());
    halves[i % 2].add(values.back());
  }
  std::sort(values.begin(), values.end());
  halves[0].add(halves[1]);
  for (double p : {0.01, 0.5, 0.8, 0.9, 0.95, 0.99, 1.0}) {
    const double exact = *nearest_rank(values, p);
    CHECK(*histogram.at(p) == doctest::Approx(exact).epsilon(0.0051));
    CHECK(*halves[0].at(p) == *histogram.at(p));
  }
}

TEST_CASE("occupancy and utilisation of two agents, with their statuses beside their calls") {
  const auto at = [](double s) { return std::to_string(static_cast<long long>(kBegin + s * 1000)); };
  // a1 was ONLINE for 590 s free and 730 s in calls, 130 s in wrap-up, the rest of half an hour on breaks; a2 likewise.
  const std::string statuses = "{\"statuses\":["
      "{\"extension\":\"a1\",\"status\":\"ONLINE\",\"since\":" + at(0) + ",\"until\":" + at(1320) + "},"
      "{\"extension\":\"a1\",\"status\":\"WRAP_UP\",\"since\":" + at(1320) + ",\"until\":" + at(1450) + "},"
      "{\"extension\":\"a1\",\"status\":\"BREAK\",\"since\":" + at(1450) + ",\"until\":null},"
      "{\"extension\":\"a2\",\"status\":\"ONLINE\",\"since\":" + at(0) + ",\"until\":" + at(1340) + "},"
      "{\"extension\":\"a2\",\"status\":\"WRAP_UP\",\"since\":" + at(1340) + ",\"until\":" + at(1400) + "},"
      "{\"extension\":\"a2\",\"status\":\"TRAINING\",\"since\":" + at(1400) + ",\"until\":" + at(9999) + "}]}";
  const std::string text = report_of("{\"by\":[\"agent\"]," + edges() + "}", {page_of(kTwelve), statuses});
  CHECK(value_of(text, "occupancy", "\"agent\":\"a1\"") == "0.593103");
  CHECK(value_of(text, "occupancy", "\"agent\":\"a2\"") == "0.371429");
  CHECK(value_of(text, "utilisation_productive", "\"agent\":\"a1\"") == "0.477778");
  CHECK(value_of(text, "utilisation_productive", "\"agent\":\"a2\"") == "0.288889");
  CHECK(value_of(text, "utilisation_staffed", "\"agent\":\"a1\"") == "0.805556");
  const std::string with_training = report_of("{\"by\":[\"agent\"],\"productive\":[\"TRAINING\"]," + edges() + "}", {statuses, page_of(kTwelve)});
  CHECK(value_of(with_training, "utilisation_productive", "\"agent\":\"a2\"") == "0.511111");
  CHECK(value_of(with_training, "utilisation_productive", "\"agent\":\"a1\"") == "0.477778");
}

TEST_CASE("adherence holds what was done against the schedule; conformance only how long") {
  const auto at = [](double s) { return std::to_string(static_cast<long long>(kBegin + s * 1000)); };
  const std::string page = "{\"schedules\":["
      "{\"extension\":\"a1\",\"status\":\"ONLINE\",\"from\":" + at(0) + ",\"until\":" + at(900) + "},"
      "{\"extension\":\"a1\",\"status\":\"BREAK\",\"from\":" + at(900) + ",\"until\":" + at(1800) + "}],"
      "\"statuses\":[{\"extension\":\"a1\",\"status\":\"BREAK\",\"since\":" + at(0) + ",\"until\":" + at(300) + "},"
      "{\"extension\":\"a1\",\"status\":\"WRAP_UP\",\"since\":" + at(300) + ",\"until\":" + at(600) + "},"
      "{\"extension\":\"a1\",\"status\":\"ONLINE\",\"since\":" + at(600) + ",\"until\":" + at(1200) + "},"
      "{\"extension\":\"a1\",\"status\":\"BREAK\",\"since\":" + at(1200) + ",\"until\":null}]}";
  const std::string text = report_of("{\"by\":[\"agent\"]," + edges() + "}", {page});
  CHECK(value_of(text, "adherence", "\"agent\":\"a1\"") == "0.666667");  // 600 of 900 on queue, 600 of 900 on the break
  CHECK(value_of(text, "conformance", "\"agent\":\"a1\"") == "1");
}

TEST_CASE("nothing divided by nothing is no data, never 0 % or 100 %") {
  const std::string text = report_of("{" + edges() + "}", {"{\"records\":[]}"});
  for (const char* name : {"service_level", "asa_ms", "abandonment_rate", "aht_ms", "wait_p90_ms", "wait_max_ms", "occupancy", "adherence"}) CHECK(value_of(text, name) == "null");
  CHECK(text.find("\"rows\":[]") != text.npos);
}

TEST_CASE("intervals: a call counts where it came, or where it ended; sums agree with the total") {
  const std::string three = "\"edges\":[" + std::to_string(static_cast<long long>(kBegin)) + "," + std::to_string(static_cast<long long>(kBegin + 300'000)) + "," +
                            std::to_string(static_cast<long long>(kBegin + 1'800'000)) + "]";
  const std::string came = report_of("{\"by\":[\"interval\",\"queue\"]," + three + "}", {page_of(kTwelve)});
  CHECK(came.find("\"rows\":[{\"queue\":\"support\"") != came.npos);
  CHECK(came.find("\"offered\":5") != came.npos);
  CHECK(came.find("\"offered\":7") != came.npos);
  const std::string ended = report_of("{\"by\":[\"interval\"],\"interval_of\":\"ended_at\"," + three + "}", {page_of(kTwelve)});
  CHECK(ended.find("\"offered\":3") != ended.npos);
  CHECK(ended.find("\"offered\":9") != ended.npos);
}

TEST_CASE("calls that still wait, were refused or were lost are counted as what they are") {
  const std::string b = std::to_string(static_cast<long long>(kBegin + 1000));
  const std::string text = report_of("{" + edges() + "}", {"{\"records\":["
      "{\"queue_name\":\"q\",\"enqueued_at\":" + b + "},"
      "{\"queue_name\":\"q\",\"enqueued_at\":" + b + ",\"outcome\":\"rejected\",\"ended_at\":" + b + "},"
      "{\"queue_name\":\"q\",\"enqueued_at\":" + b + ",\"outcome\":\"lost\",\"ended_at\":" + b + "},"
      "{\"queue_name\":\"q\",\"enqueued_at\":" + b + ",\"outcome\":\"overflow\",\"ended_at\":" + b + "},"
      "{\"queue_name\":\"q\",\"enqueued_at\":17,\"outcome\":\"answered\"},"
      "{\"queue_name\":\"q\",\"enqueued_at\":" + b + ",\"outcome\":\"nonsense\"},{\"queue_name\":\"q\"}]}"});
  CHECK(text.find("\"offered\":3") != text.npos);
  CHECK(text.find("\"refused\":1,\"lost\":1") != text.npos);
  CHECK(text.find("\"waiting\":1") != text.npos);
  CHECK(text.find("\"ignored\":{\"outside\":1,\"malformed\":2,\"over_limit\":0}") != text.npos);
}

TEST_CASE("a talk that was handed on is one call of its queue, and a call of each of both agents") {
  const std::string at = std::to_string(static_cast<long long>(kBegin)), answered = std::to_string(static_cast<long long>(kBegin + 10'000));
  const std::string handed = std::to_string(static_cast<long long>(kBegin + 70'000)), ended = std::to_string(static_cast<long long>(kBegin + 100'000));
  const std::string page = R"({"records":[{"queue_name":"support","agent_id":"a1","outcome":"transferred_attended","enqueued_at":)" + at + R"(,"answered_at":)" + answered + R"(,"ended_at":)" + handed +
                           R"(,"wait_time":10000,"talk_time":60000,"offers":1,"part":0},{"queue_name":"support","agent_id":"a2","outcome":"answered","enqueued_at":)" + at + R"(,"answered_at":)" + handed +
                           R"(,"ended_at":)" + ended + R"(,"wait_time":0,"talk_time":30000,"offers":0,"part":1},{"queue_name":"support","outcome":"abandoned","enqueued_at":)" + at + R"(,"ended_at":)" + ended +
                           R"(,"wait_time":100000,"offers":1,"part":2}]})";
  const auto count = [&](const std::string& text, const std::string& name, const std::string& after) {
    const std::size_t from = text.find("\"" + name + "\":", text.find(after)) + name.size() + 3;
    return std::stod(text.substr(from));
  };
  const std::string whole = report_of("{" + edges() + ",\"by\":[\"queue\"]}", {page});
  for (const std::string& after : {"\"total\"", "\"rows\""}) {
    CHECK(count(whole, "offered", after) == 1);
    CHECK(count(whole, "answered", after) == 1);
    CHECK(count(whole, "abandoned", after) == 0);
    CHECK(count(whole, "wait_answered_ms", after) == 10'000);
    CHECK(count(whole, "talk_ms", after) == 90'000);
    CHECK(count(whole, "transfers", after) == 1);
    CHECK(count(whole, "offers", after) == 2);
    CHECK(value_of(whole, "asa_ms", after) == "10000");
    CHECK(value_of(whole, "wait_max_ms", after) == "10000");
  }
  const std::string by_agent = report_of("{" + edges() + ",\"by\":[\"agent\"]}", {page});
  CHECK(count(by_agent, "answered", "\"agent\":\"a1\"") == 1);
  CHECK(count(by_agent, "answered", "\"agent\":\"a2\"") == 1);
  CHECK(count(by_agent, "talk_ms", "\"agent\":\"a2\"") == 30'000);
  CHECK(count(by_agent, "answered", "\"total\"") == 1);
}

TEST_CASE("settings that cannot be meant are refused with a reason") {
  for (const char* bad : {"", "{}", "{\"edges\":[1]}", "{\"edges\":[2,1]}", "{\"edges\":[1,1]}", "{\"edges\":[\"a\",\"b\"]}", "{\"edges\":[1,2],\"by\":[\"moon\"]}",
                          "{\"edges\":[1,2],\"sl_formula\":\"SL7\"}", "{\"edges\":[1,2],\"sl_ms\":-1}", "{\"edges\":[1,2],\"productive\":[\"SLEEP\"]}"}) {
    std::string error;
    CHECK_FALSE(Report::create(bad, error));
    CHECK(error.find("bad_config") != error.npos);
  }
  std::string error;
  auto report = Report::create("{" + edges() + "}", error);
  CHECK_FALSE(report->add("[not an object"));
  CHECK(report->add("{}"));
}
