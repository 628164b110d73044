// Guards, actions and table of the transfer machine. Read it beside docs/machines/transfer.md.
#pragma once

#include <string>

#include "engine/core/json_writer.h"
#include "engine/fsm/table_checks.h"
#include "engine/transfer/transfer.h"

namespace offhook::transfer {

inline constexpr Machine::Guard targetIsAway{"targetIsAway", [](const Context&, const Event& e) { return e.reach == Reach::Away; }};
inline constexpr Machine::Guard noRoute{"noRoute", [](const Context&, const Event& e) { return e.route == Route::None; }};
inline constexpr Machine::Guard byPbx{"byPbx", [](const Context&, const Event& e) { return e.route == Route::Pbx; }};
inline constexpr Machine::Guard isTaken{"isTaken", [](const Context&, const Event& e) { return e.in.status_code == 202; }};
inline constexpr Machine::Guard isFailure{"isFailure", [](const Context&, const Event& e) { return e.in.status_code >= 300; }};
inline constexpr Machine::Guard isSuccess{"isSuccess", [](const Context&, const Event& e) {
  return e.in.status_code >= 200 && e.in.status_code < 300;
}};

/// After 404 (no such number) the PBX has the customer as before; after any other failure it may have dropped him.
inline constexpr Machine::Guard isInDoubt{"isInDoubt", [](const Context&, const Event& e) {
  return e.in.status_code >= 300 && e.in.status_code != 404;
}};

/// The PBX took our leg away while it was asked for the transfer (engine/call/classify.cpp).
inline constexpr Machine::Guard wentWithIt{"wentWithIt", [](const Context& c, const Event&) {
  return c.call.end_reason == EndReason::Transferred;
}};

inline constexpr Machine::Action noteTarget{"noteTarget", [](Context& c, const Event& event, Out&) {
  c.call.transfer_command = event.in.command;
  c.call.transfer_target = event.in.target;
  c.call.transfer_other = event.in.other_call_id;
  c.call.transfer_route = event.route;
}};

inline constexpr Machine::Action askSoftphone{"askSoftphone", [](Context& c, const Event& event, Out& out) {
  Effect& effect = out.effect(EffectType::SoftphoneTransfer);
  effect.call_id = c.call.id;
  effect.target = event.in.other_call_id.empty() ? event.in.target : Text{};
  effect.other_call_id = event.in.other_call_id;
  out.set_timer(TimerFor::Transfer, c.slot, limits::kTransferTimeout);
}};

/// A target: blind, to him. None: the consultation that the PBX itself holds is completed.
inline constexpr Machine::Action askBackend{"askBackend", [](Context& c, const Event& event, Out& out) {
  std::string body, key(out.view(c.call.call_log_id));
  JsonWriter json(body);
  json.open('{').key("action").string(event.in.target.empty() ? "complete" : "blind");
  if (!event.in.target.empty()) json.key("target").string(out.view(event.in.target));
  json.key("attendant_transfer_form_data").open('{').key("channel_id").string(out.view(event.channel_id)).close('}');
  json.key("call_log_id").string(out.view(event.call_log_id)).close('}');
  key += ":transfer:" + std::to_string(static_cast<long long>(out.next_id));
  c.call.transfer_request = out.request(Request::CallTransfer, c.slot, event.channel_id, out.text(key), body);
  out.set_timer(TimerFor::Transfer, c.slot, limits::kTransferTimeout);
}};

inline constexpr Machine::Action warnUnchecked{"warnUnchecked", [](Context& c, const Event& event, Out& out) {
  if (event.reach == Reach::Unknown) out.warn(Notice::TransferUnchecked, event.in.target, c.call.id);
}};

inline constexpr Machine::Action tellDone{"tellDone", [](Context& c, const Event&, Out& out) {
  out.post(InnerType::TransferDone, c.slot);
}};

inline constexpr Machine::Action tellFailed{"tellFailed", [](Context& c, const Event&, Out& out) {
  out.post(InnerType::TransferFailed, c.slot);
}};

inline constexpr Machine::Action checkCall{"checkCall", [](Context& c, const Event&, Out& out) {
  out.post(InnerType::CallInDoubt, c.slot);
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
  const bool told = event.on == On::Refused || c.call.transfer_route == Route::Softphone;
  out.settle(c.call.transfer_command, Outcome::Refused, told ? event.why : Reason::BackendRefused, c.call.id);
  out.warn(Notice::TransferFailed, event.in.reason, c.call.id);
}};

inline constexpr Machine::Action settleTimedOut{"settleTimedOut", [](Context& c, const Event&, Out& out) {
  const Reason why = c.call.transfer_route == Route::Pbx ? Reason::BackendUnreachable : Reason::SoftphoneRefused;
  out.settle(c.call.transfer_command, Outcome::TimedOut, why, c.call.id);
  out.warn(Notice::TransferFailed, {}, c.call.id);
}};

inline constexpr Machine::Action settleCallEnded{"settleCallEnded", [](Context& c, const Event&, Out& out) {
  out.settle(c.call.transfer_command, Outcome::Refused, Reason::CallEnded, c.call.id);
}};

inline void refuse(Context& c, const Event& event, Out& out, Reason reason) {
  double command = event.in.command;
  out.settle(command, Outcome::Refused, reason, c.call.id);
}

inline constexpr Machine::Action refusePending{"refusePending", [](Context& c, const Event& e, Out& out) {
  refuse(c, e, out, Reason::TransferPending);
}};
inline constexpr Machine::Action refuseUnavailable{"refuseUnavailable", [](Context& c, const Event& e, Out& out) {
  refuse(c, e, out, Reason::TargetUnavailable);
}};
inline constexpr Machine::Action refuseNotSupported{"refuseNotSupported", [](Context& c, const Event& e, Out& out) {
  refuse(c, e, out, Reason::NotSupported);
}};

namespace rows {
using enum TransferState;
using enum On;
using fsm::same;
using S = fsm::StateSet<TransferState>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 16> transfer_table{{
  // State                                   Event              Guard              Next state   Actions
  { S(Idle) | Failed,                        TransferRequested, &targetIsAway,     same,        {&refuseUnavailable} },
  { S(Idle) | Failed,                        TransferRequested, &noRoute,          same,        {&refuseNotSupported} },
  { S(Idle) | Failed,                        TransferRequested, &byPbx,            Requested,   {&noteTarget, &askBackend, &warnUnchecked} },
  { S(Idle) | Failed,                        TransferRequested, always,            Requested,   {&noteTarget, &askSoftphone, &warnUnchecked} },
  { S(Requested) | Accepted | Done,          TransferRequested, always,            same,        {&refusePending} },
  { S(Requested) | Accepted,                 Progress,          &isTaken,          Accepted,    {&restartTimer} },
  { S(Requested) | Accepted,                 Progress,          &isInDoubt,        Failed,      {&stopTimer, &settleRefused, &tellFailed, &checkCall} },
  { S(Requested) | Accepted,                 Progress,          &isFailure,        Failed,      {&stopTimer, &settleRefused, &tellFailed} },
  { S(Requested) | Accepted,                 Progress,          &isSuccess,        Done,        {&stopTimer, &settleDone, &tellDone, &hangUpOurLeg} },
  { S(Requested) | Accepted,                 Progress,          always,            same,        {&restartTimer} },
  { S(Done) | Failed,                        Progress,          always,            same,        {} },
  { S(Requested) | Accepted,                 Refused,           always,            Failed,      {&stopTimer, &settleRefused, &tellFailed} },
  { S(Requested) | Accepted,                 TimedOut,          always,            Failed,      {&settleTimedOut, &tellFailed, &checkCall} },
  { S(Requested) | Accepted,                 CallOver,          &wentWithIt,       Done,        {&stopTimer, &settleDone, &tellDone} },
  { S(Requested) | Accepted,                 CallOver,          always,            Failed,      {&stopTimer, &settleCallEnded} },
  { S(Idle) | Done | Failed,                 CallOver,          always,            same,        {} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 16> Machine::table = rows::transfer_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::transfer
