// A transfer of one call, by the softphone (REFER) or by the PBX through the
// backend. It ends only when its result is known: the 202 says that the request
// was taken, a NOTIFY with a final status says what came of it (RFC 3515).
// Design: docs/machines/transfer.md
#pragma once

#include "engine/core/out.h"
#include "engine/fsm/table.h"

namespace offhook::transfer {

enum class On : std::uint8_t { TransferRequested, Progress, Refused, TimedOut, CallOver };

struct Event {
  On on;
  const offhook::Event& in;
  Route route = Route::None;              ///< of TransferRequested: who can carry it out
  Reach reach = Reach::Unknown;           ///< of TransferRequested: whether the target takes calls
  Text channel_id{}, call_log_id{};       ///< of TransferRequested: the PBX's name of this leg, and its call_log
  Reason why = Reason::SoftphoneRefused;  ///< of Refused
};

struct Context {
  Call& call;
  std::uint16_t slot;
};

struct Machine : fsm::Describes<Machine, TransferState, transfer::On, transfer::Event, transfer::Context, Out> {
  static constexpr auto& state_names = kTransferStateWords;
  static constexpr std::array<std::string_view, 5> event_names{"TransferRequested", "Progress", "Refused", "TimedOut", "CallOver"};
  static const std::array<fsm::Row<Machine>, 16> table;
};

}  // namespace offhook::transfer
