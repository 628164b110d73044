#include "engine/reports/erlang.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace offhook::reports {

std::optional<ErlangC> erlang_c(const Staffing& s) {
  if (!(s.calls_per_hour > 0) || !(s.handle_s > 0) || s.agents <= 0) return {};
  const double n = s.agents;
  ErlangC e;
  e.load = s.calls_per_hour * s.handle_s / 3600;
  if (!(e.load < n)) return {};
  e.occupancy = e.load / n;
  double b = 1;
  for (int k = 1; k <= s.agents; ++k) b = e.load * b / (k + e.load * b);
  e.blocking = b;
  e.waits = n * b / (n - e.load * (1 - b));
  e.asa_s = e.waits * s.handle_s / (n - e.load);
  e.queue = e.waits * e.load / (n - e.load);
  e.free_rate = (n - e.load) / s.handle_s;
  e.in_time = 1 - e.waits * std::exp(-e.free_rate * s.within_s);
  return e;
}

double ErlangC::percentile(double p) const { return std::max(0.0, std::log(waits / (1 - p)) / free_rate); }

std::optional<ErlangA> erlang_a(const Staffing& s) {
  if (!(s.calls_per_hour > 0) || !(s.handle_s > 0) || s.agents <= 0 || !(s.patience_s > 0)) return {};
  const double lambda = s.calls_per_hour / 3600, mu = 1 / s.handle_s, theta = 1 / s.patience_s, n = s.agents;

  // How many are there: π up to where nothing is left of it.
  std::vector<double> pi{1};
  double sum = 1, most = 1;
  for (int k = 1; k < 1'000'000; ++k) {
    const double death = std::min<double>(k, n) * mu + std::max(0.0, k - n) * theta;
    const double next = pi.back() * lambda / death;
    pi.push_back(next);
    sum += next;
    most = std::max(most, next);
    if (k > n && next < most * 1e-18) break;
    if (sum > 1e200) {  // only the ratios matter
      for (double& p : pi) p /= sum;
      most /= sum;
      sum = 1;
      double again = 0;
      for (double p : pi) again += p;
      sum = again;
    }
  }
  for (double& p : pi) p /= sum;

  ErlangA e;
  const auto servers = static_cast<std::size_t>(s.agents);
  for (std::size_t k = servers; k < pi.size(); ++k) {
    e.waits += pi[k];
    e.queue += (static_cast<double>(k) - n) * pi[k];
  }
  e.abandons = theta * e.queue / lambda;
  e.wait_s = e.queue / lambda;
  e.occupancy = lambda * (1 - e.abandons) / mu / n;

  // One caller with j ahead of him: served one place at rate n·μ + j·θ (from 0: answered), giving up at rate θ.
  const std::size_t ahead = pi.size() - servers;
  const double fastest = n * mu + static_cast<double>(ahead) * theta + theta;

  // When he waits without end: the chance to be answered, and how long that takes.
  double answered = 0, answered_time = 0;
  {
    // g(j): answered from j; h(j): ∫ t dP(answered at t) from j. Both by the first step.
    double g = 0, h = 0;
    for (std::size_t j = 0; j < ahead; ++j) {
      const double on = n * mu + static_cast<double>(j) * theta, out = on + theta;
      const double before_g = j == 0 ? 1 : g, before_h = j == 0 ? 0 : h;
      g = on / out * before_g;
      h = g / out + on / out * before_h;
      const double weight = pi[servers + j];
      answered += weight * g;
      answered_time += weight * h;
    }
  }
  const double at_once = 1 - e.waits;
  e.asa_s = answered_time / (at_once + answered);
  e.wait_abandoned_s = e.abandons > 0 ? (e.wait_s - answered_time) / e.abandons : 0;

  // Within T, by uniformisation: a Poisson number of steps of a chain that moves at most one place each.
  std::vector<double> place(pi.begin() + static_cast<std::ptrdiff_t>(servers), pi.end());
  double in_time = 0, gave_up = 0;
  const double mean = fastest * s.within_s;
  const auto steps = static_cast<int>(mean + 12 * std::sqrt(mean) + 60);
  double weight_log = -mean, reached = 0;  // of `step` steps; the rest of the weight is what has not been added yet
  for (int step = 0; step <= steps; ++step) {
    const double weight = std::exp(weight_log);
    reached += weight;
    // After this step a share of it has been absorbed; it counts for every number of steps beyond it.
    const double beyond = std::max(0.0, 1 - reached);
    double absorbed_on = 0, absorbed_off = 0;
    for (std::size_t j = 0; j < place.size(); ++j) {
      const double on = (n * mu + static_cast<double>(j) * theta) / fastest, off = theta / fastest;
      const double here = place[j];
      absorbed_off += here * off;
      if (j == 0) absorbed_on += here * on;
      else place[j - 1] += here * on;
      place[j] = here * (1 - on - off);
    }
    in_time += absorbed_on * beyond;
    gave_up += absorbed_off * beyond;
    weight_log += std::log(mean / (step + 1));
  }
  e.answered_in_time = at_once + in_time;
  e.abandoned_in_time = gave_up;
  return e;
}

}  // namespace offhook::reports
