// Erlang C (M/M/n, nobody gives up) and Erlang A (M/M/n+M, patience is exponential): what theory says of a queue
// whose calls come at random. For checking our own simulation, and for saying what a staffing would give. Pure numbers.
// Sources: A. K. Erlang 1917; C. Palm 1957; Garnett, Mandelbaum, Reiman, "Designing a Call Center with Impatient
// Customers", 2002. The time-dependent part is a birth-death chain, solved by uniformisation.
#pragma once

#include <optional>

namespace offhook::reports {

struct Staffing {
  double calls_per_hour = 0;
  double handle_s = 0;    ///< average handle time
  int agents = 0;
  double within_s = 20;   ///< T of the service level
  double patience_s = 0;  ///< average; Erlang A only
};

struct ErlangC {
  double load = 0;       ///< A, Erlangs
  double occupancy = 0;  ///< A / n
  double blocking = 0;   ///< Erlang B
  double waits = 0;      ///< share of callers that wait
  double asa_s = 0;
  double queue = 0;      ///< callers waiting, on average
  double in_time = 0;    ///< service level within T

  /// The wait that `p` of the callers do not exceed, in seconds.
  double percentile(double p) const;
  double free_rate = 0;  ///< (n − A) / handle time, for the percentile
};

struct ErlangA {
  double waits = 0, abandons = 0;
  double wait_s = 0;            ///< of all callers
  double asa_s = 0;             ///< of the answered ones
  double wait_abandoned_s = 0;  ///< of those who gave up
  double queue = 0, occupancy = 0;
  double answered_in_time = 0, abandoned_in_time = 0;  ///< shares of all callers: SL1 and X_T / O
};

/// Nothing when the load is not below the agents: the queue grows for ever.
std::optional<ErlangC> erlang_c(const Staffing& s);
/// Nothing without patience, agents or calls.
std::optional<ErlangA> erlang_a(const Staffing& s);

}  // namespace offhook::reports
