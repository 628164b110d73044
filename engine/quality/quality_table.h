// Guards, actions and table of the quality machine. Read it beside docs/machines/quality.md.
#pragma once

#include "engine/fsm/table_checks.h"
#include "engine/quality/quality.h"

namespace offhook::quality {

inline constexpr Machine::Guard isNothing{"isNothing", [](const Context&, const Event& e) { return judge(e.in) == QualityState::Unknown; }};
inline constexpr Machine::Guard isGood{"isGood", [](const Context&, const Event& e) { return judge(e.in) == QualityState::Good; }};

// Measurements in a row, this one included.
inline constexpr Machine::Guard poorThrice{"poorThrice", [](const Context& c, const Event& e) {
  return judge(e.in) == QualityState::Poor && c.quality.poor + 1 >= limits::kQualityWorse;
}};
inline constexpr Machine::Guard worseThrice{"worseThrice", [](const Context& c, const Event& e) {
  return judge(e.in) >= QualityState::Fair && c.quality.not_good + 1 >= limits::kQualityWorse;
}};
inline constexpr Machine::Guard goodFiveTimes{"goodFiveTimes", [](const Context& c, const Event& e) {
  return judge(e.in) == QualityState::Good && c.quality.good + 1 >= limits::kQualityBetter;
}};
inline constexpr Machine::Guard betterFiveTimes{"betterFiveTimes", [](const Context& c, const Event& e) {
  return judge(e.in) <= QualityState::Fair && c.quality.not_poor + 1 >= limits::kQualityBetter;
}};

/// The values as they were measured, and how often in a row each judgement was given.
inline constexpr Machine::Action noteMeasured{"noteMeasured", [](Context& c, const Event& event, Out&) {
  Quality& quality = c.quality;
  if (event.in.mos > 0) quality.mos = event.in.mos;
  if (event.in.rtt_ms > 0) quality.rtt_ms = event.in.rtt_ms;
  quality.jitter_ms = event.in.jitter_ms;
  quality.loss_percent = event.in.loss_percent;
  const QualityState now = judge(event.in);
  auto count = [](double& run, bool goes_on) { run = goes_on ? run + 1 : 0; };
  count(quality.poor, now == QualityState::Poor);
  count(quality.not_good, now >= QualityState::Fair);
  count(quality.good, now == QualityState::Good);
  count(quality.not_poor, now <= QualityState::Fair);
}};

inline constexpr Machine::Action noteChange{"noteChange", [](Context& c, const Event&, Out& out) { c.quality.since = out.at; }};

inline constexpr Machine::Action warnPoor{"warnPoor", [](Context& c, const Event&, Out& out) {
  out.warn(Notice::QualityPoor, {}, c.quality.call_id);
}};

namespace rows {
using enum QualityState;
using fsm::same;
using S = fsm::StateSet<QualityState>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 7> quality_table{{
  // State                             Event         Guard             Next state  Actions
  { S(Unknown) | Good | Fair | Poor,   On::Measured, &isNothing,       same,       {} },
  { Unknown,                           On::Measured, &isGood,          Good,       {&noteMeasured, &noteChange} },
  { S(Unknown) | Good | Fair,          On::Measured, &poorThrice,      Poor,       {&noteMeasured, &noteChange, &warnPoor} },
  { S(Unknown) | Good,                 On::Measured, &worseThrice,     Fair,       {&noteMeasured, &noteChange} },
  { S(Fair) | Poor,                    On::Measured, &goodFiveTimes,   Good,       {&noteMeasured, &noteChange} },
  { Poor,                              On::Measured, &betterFiveTimes, Fair,       {&noteMeasured, &noteChange} },
  { S(Unknown) | Good | Fair | Poor,   On::Measured, always,           same,       {&noteMeasured} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 7> Machine::table = rows::quality_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::quality
