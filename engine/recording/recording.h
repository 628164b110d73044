// Recording of one call, done by the PBX and asked for through the backend:
// what was asked is not what is so. Who may record, and what must be announced,
// is the backend's to decide. Design: docs/machines/recording.md
#pragma once

#include "engine/core/out.h"
#include "engine/fsm/table.h"

namespace offhook::recording {

enum class On : std::uint8_t { Start, Pause, Resume, Stop, Accepted, Refused, ToldOn, ToldPaused, ToldOff, CallOver };

struct Event {
  On on;
  const offhook::Event& in;
  Text channel_id{};                    ///< the PBX's name of this leg; empty when it is not known
  Reason why = Reason::BackendRefused;  ///< of Refused
  Text text{};                          ///< what was said with it
};

struct Context {
  Call& call;
  std::uint16_t slot;
};

struct Machine : fsm::Describes<Machine, RecordingState, recording::On, recording::Event, recording::Context, Out> {
  static constexpr auto& state_names = kRecordingStateWords;
  static constexpr std::array<std::string_view, 10> event_names{"Start",   "Pause",  "Resume",     "Stop",    "Accepted",
                                                                "Refused", "ToldOn", "ToldPaused", "ToldOff", "CallOver"};
  static const std::array<fsm::Row<Machine>, 36> table;
};

}  // namespace offhook::recording
