// How one call sounds, judged from what the softphone measures every few
// seconds. One machine a call. It judges and tells; it changes nothing in the
// call. Design and limits: docs/machines/quality.md
#pragma once

#include "engine/core/out.h"
#include "engine/fsm/table.h"

namespace offhook::quality {

enum class On : std::uint8_t { Measured };

struct Event {
  On on;
  const offhook::Event& in;
};

struct Context {
  Quality& quality;
};

/// What one measurement says by itself. A value of 0 was not measured and says
/// nothing; `Unknown`: nothing was measured.
QualityState judge(const offhook::Event& measured);

struct Machine : fsm::Describes<Machine, QualityState, quality::On, quality::Event, quality::Context, Out> {
  static constexpr auto& state_names = kQualityStateWords;
  static constexpr std::array<std::string_view, 1> event_names{"Measured"};
  static const std::array<fsm::Row<Machine>, 7> table;
};

}  // namespace offhook::quality
