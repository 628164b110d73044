// An attended transfer: the customer waits while the agent asks somebody, who
// then takes him or not. One at a time. It moves nobody itself: holding,
// dialling and the transfer are other machines', told by inner events, or the
// PBX's, told through the backend. Design: docs/machines/consult.md
#pragma once

#include "engine/core/out.h"
#include "engine/fsm/table.h"

namespace offhook::consult {

enum class On : std::uint8_t {
  Requested,
  Adopted,
  Started,
  TargetAnswered,
  TargetGone,
  TimedOut,
  Complete,
  TransferDone,
  TransferFailed,
  Cancel,
  Swap,
  BackendRefused,
  CustomerLeft,
  Merged,
  Parted,
  TakenUp
};

struct Event {
  On on;
  const offhook::Event& in;
  Route route = Route::None;              ///< of Requested: who can carry it out
  Reach reach = Reach::Unknown;           ///< of Requested: whether the target takes calls
  Reason why = Reason::SoftphoneRefused;  ///< of BackendRefused, TransferFailed,
                                          ///< TargetGone
  Text text{};                            ///< what was said with it
  bool answered = false;                  ///< of TakenUp: the target had answered
};

struct Context {
  Consult& consult;
  const Call* target = nullptr;      ///< the call to the target; none on the PBX's route
  Text channel_id{}, call_log_id{};  ///< of the customer's call: the PBX's name
                                     ///< of our leg, and its call_log
};

struct Machine : fsm::Describes<Machine, ConsultState, consult::On, consult::Event, consult::Context, Out> {
  static constexpr auto& state_names = kConsultStateWords;
  static constexpr std::array<std::string_view, 16> event_names{
      "Requested",      "Adopted", "Started", "TargetAnswered", "TargetGone",   "TimedOut", "Complete", "TransferDone",
      "TransferFailed", "Cancel",  "Swap",    "BackendRefused", "CustomerLeft", "Merged",   "Parted",
      "TakenUp"};
  static const std::array<fsm::Row<Machine>, 41> table;
};

}  // namespace offhook::consult
