// What an action may do to the world: add effects, post inner events to other
// machines, arm timers, settle commands, count anomalies. An action never does
// anything itself; the Phone collects all this and hands it to the host.
#pragma once

#include <string_view>
#include <vector>

#include "engine/core/config.h"
#include "engine/core/effect.h"
#include "engine/core/event.h"
#include "engine/core/inner.h"
#include "engine/core/records.h"
#include "engine/core/limits.h"
#include "engine/core/strings.h"

namespace offhook {

/// What a timer is for. With the slot it belongs to, this names the timer: at most one of each is armed.
enum class TimerFor : std::uint8_t {
  CallSetup, CallEnd, CallLinger, Hold, Mute, Dtmf, Transfer, LogRetry, WrapUp, StatusRetry, PauseRetry, StatusGetRetry, Link, TabSilence, Keep, ContactRetry,
  Consult, ConsultLeg, Conference
};

struct Timer {
  double id = 0;
  TimerFor purpose = TimerFor::CallSetup;
  std::uint16_t slot = 0;
  Millis due_mono = 0;
};

/// A request to the backend that has not been answered.
struct PendingRequest {
  double id = 0;
  Request kind = Request::ContactFindOrCreate;
  std::uint16_t slot = 0;
  Millis sent_mono = 0;
};

class Out {
 public:
  Out(Strings& strings, const Config& config) : strings(strings), config(config) {}

  Strings& strings;
  const Config& config;
  Millis at = 0;    ///< of the event being handled
  Millis mono = 0;
  double skew_ms = 0;       ///< server's clock minus ours
  bool skew_known = false;  ///< it has been measured: 0 then means that the clocks agree

  std::vector<Effect> effects;
  std::vector<Inner> inner;
  std::vector<Timer> timers;
  std::vector<PendingRequest> requests;
  NoticeRecord notice;
  double anomalies = 0;
  Anomaly last_anomaly = Anomaly::None;
  Millis last_anomaly_at = 0;
  double next_id = 1;          ///< of effects and timers
  std::uint64_t random = 1;    ///< state of the seeded generator

  Text text(std::string_view s) { return strings.intern(s.substr(0, limits::kTextBytes)); }
  std::string_view view(Text t) const { return strings.view(t); }

  // Called from a hundred actions: inlined into each they would be a tenth of the module.
  [[gnu::noinline]] Effect& effect(EffectType type);
  [[gnu::noinline]] void post(InnerType type, std::uint16_t slot = 0);
  [[gnu::noinline]] void post(const Inner& event);

  /// Arms the timer of that purpose and slot anew. `delay_ms` counts from the event being handled.
  [[gnu::noinline]] void set_timer(TimerFor purpose, std::uint16_t slot, Millis delay_ms);
  [[gnu::noinline]] void clear_timer(TimerFor purpose, std::uint16_t slot);

  /// Sends a request to the backend. `body` is JSON text. Returns the id that the answer will quote.
  [[gnu::noinline]] double request(Request kind, std::uint16_t slot, Text record, Text idempotency_key, std::string_view body);

  /// Ends a command, exactly once: a command of 0 is nobody's, and `command` becomes 0.
  [[gnu::noinline]] void settle(double& command, Outcome outcome, Reason reason = Reason::Ok, Text call_id = {});

  /// A moment of the server's clock as our clock has it. 0 stays "no moment".
  Millis our_time(Millis server) const { return server == 0 ? 0 : server - skew_ms; }

  [[gnu::noinline]] void warn(Notice code, Text text = {}, Text call_id = {});
  [[gnu::noinline]] void count(Anomaly anomaly);

  /// `attempt` 0, 1, 2 … → about 1 s, 2 s, 4 s … 30 s, ± 25 %.
  Millis back_off(double attempt);
  /// The same after an answer: not before its Retry-After (429, 503) is over, up to a quarter later.
  Millis retry_delay(double attempt, const Event& answer);
  /// Arms the timer as set_timer does, unless it is due sooner.
  void hasten_timer(TimerFor purpose, std::uint16_t slot, Millis delay_ms);
  double uniform();  ///< [0, 1), from the seed
};

}  // namespace offhook
