// After a sleep, a drop or a change of network nothing that was open is known
// to be open: every connection and every call is asked. And the clocks: the
// server's against ours. Design: docs/machines/link.md,
// docs/machines/registration.md
#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

#include "engine/link/link.h"
#include "engine/phone/on.h"
#include "engine/phone/phone.h"
#include "engine/tabs/tabs.h"
#include "engine/registration/registration.h"
#include "engine/startup/startup.h"

namespace offhook {

/// The host has noticed that its own timers came late: the device slept, or the
/// tab was frozen.
void Phone::woke(const Event& event) {
  if (event.gap_ms > m_.tab.frozen_ms) {
    m_.tab.frozen_ms = event.gap_ms;
    touch(Leaf::Tab);
  }
  if (event.gap_ms > limits::kFrozen) out_.warn(Notice::TabFrozen, out_.text(std::to_string(std::llround(std::min(event.gap_ms, 1e12) / 1000))));
  step_tabs(on(tabs::On::Woke), event);
  check_links(event);
}

/// A network that is gone tears nothing down: browsers say so of machines with
/// a VPN, too. One that is back is tried at once.
void Phone::network_changed(const Event& event) {
  const bool back = event.on && !m_.connection.online;
  m_.connection.online = event.on;
  touch(Leaf::Connection);
  if (back) check_links(event);
}

void Phone::check_links(const Event& cause) {
  step_link(on(link::On::ProbeRequested), cause);
  if (m_.root.phase != Phase::Ready) return;
  step_registration(on(registration::On::CheckRequested), cause);
  check_calls();
}

/// Asks the softphone for each live call. One that it has lost, it ends; one
/// that lives, it says so.
void Phone::check_calls() {
  if (!m_.root.has_check) return;
  for (std::uint32_t left = used_calls_; left; left &= left - 1) {
    const Call& call = m_.calls[static_cast<std::size_t>(std::countr_zero(left))];
    if (call.state != CallState::Ended && call.state != CallState::Idle) out_.effect(EffectType::SoftphoneCheck).call_id = call.id;
  }
}

/// `features`: words with blanks between. A softphone that says nothing can
/// transfer, both ways.
void Phone::softphone_ready(const Event& event) {
  std::string_view words = strings_.view(event.features);
  if (words.empty()) words = "transfer attended";
  auto says = [words](std::string_view word) {
    for (std::size_t at = words.find(word); at != std::string_view::npos; at = words.find(word, at + 1)) {
      const bool starts = at == 0 || words[at - 1] == ' ';
      const std::size_t end = at + word.size();
      if (starts && (end == words.size() || words[end] == ' ')) return true;
    }
    return false;
  };
  m_.root.has_transfer = says("transfer");
  m_.root.has_attended = says("attended");
  m_.root.has_conference = says("conference");
  m_.root.has_check = says("check");
  m_.root.has_resume = says("resume");
  const bool again = m_.root.phase == Phase::Ready;
  step_startup(on(startup::On::SoftphoneReady), event);
  if (!again) look_for_calls(event);
}

/// `server`: the moment it told, between `asked_mono` and now; 0 when it told
/// none.
void Phone::measure_skew(Millis server, Millis asked_mono, double grain_ms) {
  if (!(server > 0)) return;
  Connection& connection = m_.connection;
  const double skew = m_.skew.measure(connection.skew_ms, server, asked_mono, out_.at, out_.mono, grain_ms);
  out_.skew_known = m_.skew.known();
  if (skew == connection.skew_ms) return;
  touch(Leaf::Connection);
  connection.skew_ms = out_.skew_ms = skew;
  const bool wrong = std::abs(skew) > limits::kClockWrong;
  if (wrong && !connection.clock_told) out_.warn(Notice::ClockWrong, out_.text(std::to_string(std::llround(skew / 1000))));
  connection.clock_told = wrong;
}

}  // namespace offhook
