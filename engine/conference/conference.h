// Two calls of this phone joined into one conversation, and parted again: by
// the softphone where it can mix, else by the PBX through the backend. Design:
// docs/machines/conference.md
#pragma once

#include "engine/core/out.h"
#include "engine/fsm/table.h"

namespace offhook::conference {

enum class On : std::uint8_t { MergeRequested, Joined, SplitRequested, Parted, Refused, TimedOut, CallOver };

struct Event {
  On on;
  const offhook::Event& in;               ///< call_id: the one talked to; other_call_id: the one on hold
  Route route = Route::None;              ///< of MergeRequested and Joined
  Reason why = Reason::SoftphoneRefused;  ///< of Refused
};

struct Context {
  Conference& conference;
  Text channel_id{}, other_channel_id{};  ///< the PBX's names of our two legs
};

struct Machine : fsm::Describes<Machine, ConferenceState, conference::On, conference::Event, conference::Context, Out> {
  static constexpr auto& state_names = kConferenceStateWords;
  static constexpr std::array<std::string_view, 7> event_names{"MergeRequested", "Joined",   "SplitRequested", "Parted",
                                                               "Refused",        "TimedOut", "CallOver"};
  static const std::array<fsm::Row<Machine>, 21> table;
};

}  // namespace offhook::conference
