// Erlang C and Erlang A against tables that were computed elsewhere and checked by a simulation of 320 million calls a row.
#include <doctest/doctest.h>

#include "engine/reports/erlang.h"

using namespace offhook::reports;

TEST_CASE("Erlang C: ten staffings, to six digits") {
  struct {
    Staffing s;
    double load, rho, b, c, asa, lq, sl, p80, p90, p95, p99;
  } const rows[] = {
      {{20, 180, 2, 20}, 1, 0.5, 0.2, 0.333333, 60.0, 0.333333, 0.701720, 91.948612, 216.715105, 341.481597, 631.180422},
      {{60, 240, 5, 20}, 4, 0.8, 0.199067, 0.554113, 132.987013, 2.216450, 0.490192, 244.572112, 410.927435, 577.282758, 963.547857},
      {{200, 180, 12, 20}, 10, 0.833333, 0.119739, 0.449388, 40.444940, 2.246941, 0.640158, 72.861281, 135.244527, 197.627774, 342.477186},
      {{200, 180, 13, 20}, 10, 0.769231, 0.084339, 0.285270, 17.116227, 0.950902, 0.795595, 21.307219, 62.896050, 104.484881, 201.051156},
      {{200, 180, 14, 20}, 10, 0.714286, 0.056819, 0.174132, 7.835937, 0.435330, 0.888350, 0, 24.958938, 56.150561, 128.575267},
      {{720, 240, 55, 15}, 48, 0.872727, 0.038374, 0.238701, 8.184032, 1.636806, 0.845883, 6.064940, 29.829986, 53.595033, 108.775761},
      {{720, 240, 50, 20}, 48, 0.96, 0.083337, 0.694456, 83.334673, 16.666935, 0.412156, 149.377305, 232.554967, 315.732629, 508.865178},
      {{1200, 300, 110, 20}, 100, 0.909091, 0.027463, 0.237008, 7.110225, 2.370075, 0.878316, 5.093233, 25.887648, 46.682063, 94.965201},
      {{3600, 300, 310, 20}, 300, 0.967742, 0.026321, 0.455931, 13.677918, 13.677918, 0.765917, 24.720698, 45.515113, 66.309528, 114.592666},
      {{12000, 360, 1220, 20}, 1200, 0.983607, 0.013364, 0.452436, 8.143852, 27.146173, 0.851061, 14.693930, 27.170579, 39.647228, 68.617111},
  };
  for (const auto& row : rows) {
    const auto e = erlang_c(row.s);
    REQUIRE(e);
    CHECK(e->load == doctest::Approx(row.load).epsilon(1e-6));
    CHECK(e->occupancy == doctest::Approx(row.rho).epsilon(1e-6));
    CHECK(e->blocking == doctest::Approx(row.b).epsilon(4e-5));
    CHECK(e->waits == doctest::Approx(row.c).epsilon(4e-6));
    CHECK(e->asa_s == doctest::Approx(row.asa).epsilon(1e-6));
    CHECK(e->queue == doctest::Approx(row.lq).epsilon(1e-5));
    CHECK(e->in_time == doctest::Approx(row.sl).epsilon(1e-5));
    const double ps[] = {0.8, 0.9, 0.95, 0.99}, expected[] = {row.p80, row.p90, row.p95, row.p99};
    for (int i = 0; i < 4; ++i) CHECK(e->percentile(ps[i]) == doctest::Approx(expected[i]).epsilon(1e-6));
  }
  CHECK_FALSE(erlang_c({.calls_per_hour = 200, .handle_s = 180, .agents = 10}));
  CHECK_FALSE(erlang_c({}));
}

TEST_CASE("Erlang A: nine staffings with callers who give up, overload included") {
  struct {
    Staffing s;
    double waits, abandons, wait, asa, gave_up_after, queue, occupancy, sl1, xt;
  } const rows[] = {
      {{200, 180, 10, 20, 120}, 0.496853, 0.137464, 16.495659, 14.554230, 28.677432, 0.916426, 0.862536, 0.639941, 0.065041},
      {{200, 180, 12, 20, 120}, 0.279807, 0.061597, 7.391685, 6.334774, 23.493152, 0.410649, 0.782002, 0.825583, 0.034005},
      {{200, 180, 14, 20, 120}, 0.126976, 0.022839, 2.740714, 2.345375, 19.654986, 0.152262, 0.697972, 0.932730, 0.014257},
      {{720, 240, 45, 20, 120}, 0.582851, 0.103802, 12.456272, 11.906449, 17.203281, 2.491254, 0.955944, 0.670325, 0.068759},
      {{720, 240, 48, 20, 120}, 0.437132, 0.067294, 8.075244, 7.554692, 15.290218, 1.615049, 0.932706, 0.787666, 0.048013},
      {{720, 240, 50, 20, 180}, 0.379062, 0.043010, 7.741761, 7.320388, 17.117521, 1.548352, 0.918711, 0.813349, 0.028742},
      {{1200, 300, 95, 20, 60}, 0.459320, 0.085632, 5.137906, 4.764637, 9.123635, 1.712635, 0.962493, 0.850305, 0.077043},
      {{1200, 300, 100, 20, 120}, 0.404021, 0.048811, 5.857311, 5.549128, 11.862925, 1.952437, 0.951189, 0.851715, 0.039663},
      {{3600, 300, 300, 20, 120}, 0.396932, 0.028206, 3.384751, 3.283892, 6.859666, 3.384751, 0.971794, 0.946271, 0.027196},
  };
  for (const auto& row : rows) {
    const auto e = erlang_a(row.s);
    REQUIRE(e);
    CHECK(e->waits == doctest::Approx(row.waits).epsilon(3e-6));
    CHECK(e->abandons == doctest::Approx(row.abandons).epsilon(3e-5));
    CHECK(e->wait_s == doctest::Approx(row.wait).epsilon(1e-6));
    CHECK(e->wait_s == doctest::Approx(e->abandons * row.s.patience_s).epsilon(1e-9));
    CHECK(e->asa_s == doctest::Approx(row.asa).epsilon(1e-6));
    CHECK(e->wait_abandoned_s == doctest::Approx(row.gave_up_after).epsilon(1e-6));
    CHECK(e->queue == doctest::Approx(row.queue).epsilon(3e-6));
    CHECK(e->occupancy == doctest::Approx(row.occupancy).epsilon(1e-6));
    CHECK(e->answered_in_time == doctest::Approx(row.sl1).epsilon(2e-6));
    CHECK(e->abandoned_in_time == doctest::Approx(row.xt).epsilon(2e-5));
  }
  CHECK_FALSE(erlang_a({.calls_per_hour = 200, .handle_s = 180, .agents = 10}));
}
