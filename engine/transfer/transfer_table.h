// Guards, actions and table of the transfer machine. Read it beside docs/machines/transfer.md.
#pragma once

#include "engine/fsm/table_checks.h"
#include "engine/transfer/transfer.h"

namespace offhook::transfer {

inline constexpr Machine::Guard isTaken{"isTaken", [](const Context&, const Event& e) { return e.in.status_code == 202; }};
inline constexpr Machine::Guard isFailure{"isFailure", [](const Context&, const Event& e) { return e.in.status_code >= 300; }};
inline constexpr Machine::Guard isSuccess{"isSuccess", [](const Context&, const Event& e) {
  return e.in.status_code >= 200 && e.in.status_code < 300;
}};

inline constexpr Machine::Action askSoftphone{"askSoftphone", [](Context& c, const Event& event, Out& out) {
  c.call.transfer_command = event.in.command;
  c.call.transfer_target = event.in.target;
  c.call.transfer_other = event.in.other_call_id;
  Effect& effect = out.effect(EffectType::SoftphoneTransfer);
  effect.call_id = c.call.id;
  effect.target = event.in.target;
  effect.other_call_id = event.in.other_call_id;
  out.set_timer(TimerFor::Transfer, c.slot, limits::kTransferTimeout);
}};

inline constexpr Machine::Action restartTimer{"restartTimer", [](Context& c, const Event&, Out& out) {
  out.set_timer(TimerFor::Transfer, c.slot, limits::kTransferTimeout);
}};

inline constexpr Machine::Action stopTimer{"stopTimer", [](Context& c, const Event&, Out& out) {
  out.clear_timer(TimerFor::Transfer, c.slot);
}};

inline constexpr Machine::Action settleDone{"settleDone", [](Context& c, const Event&, Out& out) {
  out.settle(c.call.transfer_command, Outcome::Done, Reason::Ok, c.call.id);
}};

/// Asterisk does not end the transferor's leg for a minute: we do.
inline constexpr Machine::Action hangUpOurLeg{"hangUpOurLeg", [](Context& c, const Event&, Out& out) {
  out.post(InnerType::HangUpTransferred, c.slot);
}};

inline constexpr Machine::Action settleRefused{"settleRefused", [](Context& c, const Event& event, Out& out) {
  out.settle(c.call.transfer_command, Outcome::Refused, Reason::SoftphoneRefused, c.call.id);
  out.warn(Notice::TransferFailed, event.in.reason, c.call.id);
}};

inline constexpr Machine::Action settleTimedOut{"settleTimedOut", [](Context& c, const Event&, Out& out) {
  out.settle(c.call.transfer_command, Outcome::TimedOut, Reason::SoftphoneRefused, c.call.id);
  out.warn(Notice::TransferFailed, {}, c.call.id);
}};

inline constexpr Machine::Action settleCallEnded{"settleCallEnded", [](Context& c, const Event&, Out& out) {
  out.settle(c.call.transfer_command, Outcome::Refused, Reason::CallEnded, c.call.id);
}};

inline constexpr Machine::Action refusePending{"refusePending", [](Context& c, const Event& event, Out& out) {
  double command = event.in.command;
  out.settle(command, Outcome::Refused, Reason::TransferPending, c.call.id);
}};

namespace rows {
using enum TransferState;
using enum On;
using fsm::same;
using S = fsm::StateSet<TransferState>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 11> transfer_table{{
  // State                        Event              Guard       Next state  Actions
  { S(Idle) | Failed,             TransferRequested, always,     Requested,  {&askSoftphone} },
  { S(Requested) | Accepted | Done, TransferRequested, always,   same,       {&refusePending} },
  { S(Requested) | Accepted,      Progress,          &isTaken,   Accepted,   {&restartTimer} },
  { S(Requested) | Accepted,      Progress,          &isFailure, Failed,     {&stopTimer, &settleRefused} },
  { S(Requested) | Accepted,      Progress,          &isSuccess, Done,       {&stopTimer, &settleDone, &hangUpOurLeg} },
  { S(Requested) | Accepted,      Progress,          always,     same,       {&restartTimer} },
  { S(Done) | Failed,             Progress,          always,     same,       {} },
  { S(Requested) | Accepted,      Refused,           always,     Failed,     {&stopTimer, &settleRefused} },
  { S(Requested) | Accepted,      TimedOut,          always,     Failed,     {&settleTimedOut} },
  { S(Requested) | Accepted,      CallOver,          always,     Failed,     {&stopTimer, &settleCallEnded} },
  { S(Idle) | Done | Failed,      CallOver,          always,     same,       {} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 11> Machine::table = rows::transfer_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::transfer
