// A Phone on the bench. Time moves only when a story says so; what the Phone
// asks of its host is kept and can be looked up; requests are answered, lost or
// left open by the story. Every row taken is remembered for zz_rows_test.cpp.
#pragma once

#define DOCTEST_CONFIG_SUPER_FAST_ASSERTS
#include <doctest/doctest.h>

#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/phone/phone.h"

namespace offhook::bench {

/// With sanitizers and without optimisation everything takes thirty times as long: the long runs are a tenth as long there.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OFFHOOK_SLOW 1
#endif
#endif
#ifdef OFFHOOK_SLOW
inline constexpr int kTenth = 10;
#else
inline constexpr int kTenth = 1;
#endif

/// An effect with its text, so that it outlives the dispatch.
struct Seen {
  EffectType type{};
  double id = 0;
  std::string call_id, number, digits, target, other_call_id, record, key, body;
  double timer = 0, delay_ms = 0, command = 0;
  bool on = false;
  Request request{};
  Outcome outcome{};
  Reason reason{};

  /// Member of the body as JSON shows it: "true", "17", "null"; text without its quotes. "absent" when it is not there.
  std::string said(std::string_view member) const;
};

/// Rows that any driver's Phone has taken, by machine.
std::array<std::set<int>, kMachines>& rows_taken();

struct Setup {
  std::string_view wrap_up = "timed";
  double wrap_up_seconds = 30;
  bool login = false;
  bool socket = true;
  bool auto_hold = true;
  int calls_max = 8;
  std::string_view route = "auto";   ///< transfer_route
  std::string_view features = "";    ///< of SoftphoneReady
  int seed = 7;
  bool probe = false;  ///< most stories let time pass without a backend that answers a ping
  bool storage = false;
  bool tabs = false;
};
std::string config_of(const Setup& setup);

class PhoneDriver {
 public:
  explicit PhoneDriver(const Setup& setup = {});

  Phone phone;
  std::string features;
  double at = 1'700'000'000'000;
  double mono = 5'000;

  // What happens -------------------------------------------------------------------
  void tell(Event event);
  void tell(EventType type) { tell(Event{.type = type}); }
  /// Lets time pass; timers fire when they are due, in their order. Requests stay open.
  void wait(double ms);
  /// The same, and requests without an answer time out as their host promises.
  void silence(double ms);
  void skip(double ms) { at += ms, mono += ms; }  ///< the device sleeps: no timer fires

  // The softphone
  void start(std::string_view status = "ONLINE");  ///< started, ready, registered; the CRM has told `status` ("": it has no record)
  void offer(std::string_view id, std::string_view number = "+44 20 7946 0123", std::string_view pbx_id = "");
  std::string dial(std::string_view number = "+442079460123");  ///< a dialled call that the network has taken; its id
  void progress(std::string_view id, double status = 180);
  void connect(std::string_view id);
  void end(std::string_view id, Origin origin = Origin::Remote, double status = 0, double q850 = 0, std::string_view reason = "");
  void hold_confirmed(std::string_view id, bool on);
  void refused(std::string_view id, Command what, std::string_view reason = "no");

  // The user: each returns the number of its command
  double ask(Event command);
  double ask(EventType type, std::string_view call_id = "");
  double ask_status(AgentStatus status, std::string_view reason = "");
  double ask_hold(std::string_view id, bool on);
  double ask_mute(std::string_view id, bool on);
  double ask_dtmf(std::string_view id, std::string_view digits);
  double ask_transfer(std::string_view id, std::string_view target, std::string_view other = "");
  double ask_draft(EventType type, std::string_view log, std::string_view notes, std::string_view disposition = "");
  /// "pending", "done", "refused pending", "timed_out softphone_refused"; or "settled twice".
  std::string outcome(double command) const;

  // The backend
  const Seen* open(Request kind) const;  ///< the oldest request of that kind without an answer
  std::size_t open_count(Request kind) const;
  void answer(Request kind, double status = 200, std::string_view body = "{}");
  void lose(Request kind, HttpFailure why = HttpFailure::Network);
  void answer_all();  ///< as a backend in good health would
  void hear(std::string_view message);
  void presence(std::string_view extension, std::string_view status);  ///< a colleague's, as the socket tells it
  void hear_queue(std::string_view pbx_id, std::string_view from = "+442079460123", std::string_view name = "Support",
                  std::string_view token = "tok");

  // What it looks like ---------------------------------------------------------------
  Text text(std::string_view s) { return phone.strings().intern(s); }
  std::string_view view(Text t) { return phone.strings().view(t); }
  const Model& model() const { return phone.model(); }
  const Agent& agent() const { return phone.model().agent; }
  const Call& call(std::string_view id);
  const CallLog& log(std::string_view call_id);  ///< the call_log of that call, also when the call is gone
  std::size_t logs() const;
  std::size_t drafts() const;
  double anomalies() const { return model().root.anomalies; }
  Anomaly last_anomaly() const { return model().root.last_anomaly; }
  std::string active() { return std::string(view(model().root.active_call_id)); }

  std::vector<Seen> all;       ///< every effect so far
  std::size_t last_from = 0;   ///< where the last event's effects begin
  std::vector<Seen> requests;  ///< without an answer
  struct Armed {
    double id, due_mono;
  };
  std::vector<Armed> timers;

  /// Effects of the last event.
  std::size_t count(EffectType type) const;
  const Seen* last(EffectType type) const;
  /// Effects since the beginning.
  std::size_t count_all(Request kind) const;
  const Seen* ever_last(EffectType type) const;
  const Seen* ever_last(Request kind) const;

 private:
  void settle_request(double id);
  double next_command_ = 0;
  double logs_stored_ = 0;
  std::map<double, std::vector<std::string>> settled_;
  std::vector<std::pair<double, double>> request_due_;  ///< id, mono
};

/// A call in conversation, its requests answered.
void talk(PhoneDriver& desk, std::string_view id, std::string_view number = "+442079460123");

}  // namespace offhook::bench
