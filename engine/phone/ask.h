// The commands that `can` speaks of, in the order of kCanFields.
#pragma once

#include <cstdint>

#include "engine/core/records.h"

namespace offhook {

enum class Ask : std::uint8_t {
  Call,
  Answer,
  Reject,
  Hangup,
  Hold,
  Mute,
  Dtmf,
  BlindTransfer,
  AttendedTransfer,
  CompleteTransfer,
  CancelTransfer,
  Swap,
  Merge,
  Split,
  StartRecording,
  PauseRecording,
  ResumeRecording,
  StopRecording,
  SetStatus,
  CancelNextStatus,
  StartWrapUp,
  FinishWrapUp,
  ExtendWrapUp,
  SaveDraft,
  Login,
  Logout,
  RetryOutbox,
  DiscardOutbox,
  TakeOver,
  DismissNotice
};
static_assert(static_cast<std::size_t>(Ask::DismissNotice) + 1 == kCanFields.size());

/// There is nothing to do, and a command that comes all the same is done at
/// once: what it wants is so.
constexpr bool is_harmless(Reason reason) {
  return reason == Reason::AlreadySo || reason == Reason::NoNextStatus || reason == Reason::NothingUnsent || reason == Reason::NoNotice;
}

}  // namespace offhook
