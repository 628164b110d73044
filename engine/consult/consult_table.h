// Guards, actions and table of the consult machine. Read it beside docs/machines/consult.md.
#pragma once

#include <string>

#include "engine/consult/consult.h"
#include "engine/core/json_writer.h"
#include "engine/fsm/table_checks.h"

namespace offhook::consult {

inline constexpr Machine::Guard targetIsAway{"targetIsAway", [](const Context&, const Event& e) { return e.reach == Reach::Away; }};
inline constexpr Machine::Guard noRoute{"noRoute", [](const Context&, const Event& e) { return e.route == Route::None; }};
inline constexpr Machine::Guard byPbx{"byPbx", [](const Context&, const Event& e) { return e.route == Route::Pbx; }};
inline constexpr Machine::Guard isAtPbx{"isAtPbx", [](const Context& c, const Event&) { return c.consult.route == Route::Pbx; }};
inline constexpr Machine::Guard targetTalks{"targetTalks", [](const Context& c, const Event&) {
  return c.target && c.target->state == CallState::Active;
}};
inline constexpr Machine::Guard targetIsThere{"targetIsThere", [](const Context& c, const Event&) {
  return c.consult.route == Route::Pbx || (c.target && c.target->state == CallState::Active);
}};
inline constexpr Machine::Guard weEnded{"weEnded", [](const Context& c, const Event&) {
  return c.target && c.target->end_origin == Origin::Local;
}};

/// Before the page was loaded anew; his call may still be looked for.
inline constexpr Machine::Guard hadAnswered{"hadAnswered", [](const Context&, const Event& e) { return e.answered; }};

inline constexpr Machine::Action begin{"begin", [](Context& c, const Event& event, Out& out) {
  c.consult.call_id = event.in.call_id;
  c.consult.consult_call_id = event.in.other_call_id;
  c.consult.target = event.in.target;
  c.consult.route = event.route;
  c.consult.result = ConsultResult::None;
  c.consult.since = out.at;
  c.consult.command = event.in.command;
}};

inline constexpr Machine::Action holdCustomer{"holdCustomer", [](Context&, const Event&, Out& out) { out.post(InnerType::ConsultHold); }};
inline constexpr Machine::Action dialTarget{"dialTarget", [](Context&, const Event&, Out& out) { out.post(InnerType::ConsultDial); }};

/// What the PBX put on hold, the PBX takes back.
inline constexpr Machine::Action resumeCustomer{"resumeCustomer", [](Context& c, const Event&, Out& out) {
  if (c.consult.route == Route::Softphone) out.post(InnerType::ConsultResume);
}};

inline constexpr Machine::Action hangUpTarget{"hangUpTarget", [](Context& c, const Event&, Out& out) {
  if (c.target) out.post(InnerType::ConsultHangUp);
}};

/// The PBX ends it; when it does not, we do.
inline constexpr Machine::Action closeTargetLeg{"closeTargetLeg", [](Context& c, const Event&, Out& out) {
  if (c.target) out.post(InnerType::ConsultLegLeft);
}};

inline constexpr Machine::Action complete{"complete", [](Context& c, const Event&, Out& out) {
  c.consult.request = 0;
  out.post(InnerType::ConsultComplete);
}};

inline void ask_backend(Context& c, Out& out, std::string_view action) {
  std::string body, key(out.view(c.call_log_id));
  JsonWriter json(body);
  json.open('{').key("action").string(action);
  if (action == "start") json.key("target").string(out.view(c.consult.target));
  json.key("attendant_transfer_form_data").open('{').key("channel_id").string(out.view(c.channel_id)).close('}');
  json.key("call_log_id").string(out.view(c.call_log_id)).close('}');
  key += ":consult:" + std::to_string(static_cast<long long>(out.next_id));
  c.consult.request = out.request(Request::CallTransfer, 0, c.channel_id, out.text(key), body);
}

inline constexpr Machine::Action askStart{"askStart", [](Context& c, const Event&, Out& out) { ask_backend(c, out, "start"); }};
inline constexpr Machine::Action askCancel{"askCancel", [](Context& c, const Event&, Out& out) { ask_backend(c, out, "cancel"); }};
inline constexpr Machine::Action askSwap{"askSwap", [](Context& c, const Event&, Out& out) { ask_backend(c, out, "swap"); }};

/// Who still waits for an earlier command is told that a newer one took its place.
inline constexpr Machine::Action noteCommand{"noteCommand", [](Context& c, const Event& event, Out& out) {
  out.settle(c.consult.command, Outcome::Refused, Reason::Superseded, c.consult.call_id);
  c.consult.command = event.in.command;
}};

inline constexpr Machine::Action startTimer{"startTimer", [](Context&, const Event&, Out& out) {
  out.set_timer(TimerFor::Consult, 0, limits::kConsultTimeout);
}};
inline constexpr Machine::Action stopTimer{"stopTimer", [](Context&, const Event&, Out& out) { out.clear_timer(TimerFor::Consult, 0); }};

inline constexpr Machine::Action noteTransferred{"noteTransferred", [](Context& c, const Event&, Out&) {
  c.consult.result = ConsultResult::Transferred;
}};
inline constexpr Machine::Action noteCancelled{"noteCancelled", [](Context& c, const Event&, Out&) {
  c.consult.result = ConsultResult::Cancelled;
}};
inline constexpr Machine::Action noteTargetFailed{"noteTargetFailed", [](Context& c, const Event&, Out&) {
  c.consult.result = ConsultResult::TargetFailed;
}};
inline constexpr Machine::Action noteCustomerLeft{"noteCustomerLeft", [](Context& c, const Event&, Out&) {
  c.consult.result = ConsultResult::CustomerLeft;
}};
inline constexpr Machine::Action noteFailed{"noteFailed", [](Context& c, const Event&, Out&) {
  c.consult.result = ConsultResult::Failed;
}};

inline constexpr Machine::Action settleDone{"settleDone", [](Context& c, const Event&, Out& out) {
  out.settle(c.consult.command, Outcome::Done, Reason::Ok, c.consult.call_id);
}};
inline constexpr Machine::Action settleRefused{"settleRefused", [](Context& c, const Event& event, Out& out) {
  out.settle(c.consult.command, Outcome::Refused, event.why, c.consult.call_id);
}};
inline constexpr Machine::Action settleTimedOut{"settleTimedOut", [](Context& c, const Event&, Out& out) {
  out.settle(c.consult.command, Outcome::TimedOut, Reason::BackendUnreachable, c.consult.call_id);
}};
inline constexpr Machine::Action settleCallEnded{"settleCallEnded", [](Context& c, const Event&, Out& out) {
  out.settle(c.consult.command, Outcome::Refused, Reason::CallEnded, c.consult.call_id);
}};

inline constexpr Machine::Action warnFailed{"warnFailed", [](Context& c, const Event& event, Out& out) {
  out.warn(Notice::ConsultFailed, event.text, c.consult.call_id);
}};
inline constexpr Machine::Action warnUnchecked{"warnUnchecked", [](Context& c, const Event& event, Out& out) {
  if (event.reach == Reach::Unknown) out.warn(Notice::TransferUnchecked, event.in.target, c.consult.call_id);
}};

inline void refuse(const Event& event, Out& out, Reason reason) {
  double command = event.in.command;
  out.settle(command, Outcome::Refused, reason, event.in.call_id);
}

inline constexpr Machine::Action refuseUnavailable{"refuseUnavailable", [](Context&, const Event& e, Out& out) {
  refuse(e, out, Reason::TargetUnavailable);
}};
inline constexpr Machine::Action refuseNotSupported{"refuseNotSupported", [](Context&, const Event& e, Out& out) {
  refuse(e, out, Reason::NotSupported);
}};
inline constexpr Machine::Action refusePending{"refusePending", [](Context&, const Event& e, Out& out) {
  refuse(e, out, Reason::TransferPending);
}};
inline constexpr Machine::Action refuseNoConsult{"refuseNoConsult", [](Context&, const Event& e, Out& out) {
  refuse(e, out, Reason::NoConsult);
}};
inline constexpr Machine::Action refuseNotReady{"refuseNotReady", [](Context&, const Event& e, Out& out) {
  refuse(e, out, Reason::ConsultNotReady);
}};

namespace rows {
using enum ConsultState;
using enum On;
using fsm::same;
using S = fsm::StateSet<ConsultState>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 41> consult_table{{
  // State                                                             Event              Guard              Next state   Actions
  { Idle,                                                              Requested,         &targetIsAway,     same,        {&refuseUnavailable} },
  { Idle,                                                              Requested,         &noRoute,          same,        {&refuseNotSupported} },
  { Idle,                                                              Requested,         &byPbx,            Consulting,  {&begin, &askStart, &startTimer, &warnUnchecked} },
  { Idle,                                                              Requested,         always,            Consulting,  {&begin, &holdCustomer, &dialTarget, &settleDone, &warnUnchecked} },
  { Idle,                                                              Adopted,           &targetTalks,      Ready,       {&begin, &holdCustomer, &settleDone} },
  { Idle,                                                              Adopted,           always,            Consulting,  {&begin, &settleDone} },
  { Idle,                                                              TakenUp,           &hadAnswered,      Ready,       {} },
  { Idle,                                                              TakenUp,           &isAtPbx,          Consulting,  {&startTimer} },
  { Idle,                                                              TakenUp,           always,            Consulting,  {} },
  { S(Consulting) | Ready | Completing | Cancelling | Conference,      Requested,         always,            same,        {&refusePending} },
  { Consulting,                                                        Started,           always,            same,        {&settleDone} },
  { Ready,                                                             Started,           always,            same,        {&settleDone} },
  { Consulting,                                                        TargetAnswered,    always,            Ready,       {&stopTimer, &settleDone} },
  { S(Ready) | Completing | Cancelling | Conference,                   TargetAnswered,    always,            same,        {} },
  { S(Consulting) | Ready | Conference,                                TargetGone,        &weEnded,          Idle,        {&noteCancelled, &resumeCustomer} },
  { S(Consulting) | Ready | Conference,                                TargetGone,        always,            Idle,        {&stopTimer, &noteTargetFailed, &settleRefused, &warnFailed, &resumeCustomer} },
  { Completing,                                                        TargetGone,        always,            same,        {} },
  { Cancelling,                                                        TargetGone,        always,            Idle,        {&noteCancelled, &settleDone, &resumeCustomer} },
  { Consulting,                                                        TimedOut,          always,            Idle,        {&noteTargetFailed, &settleTimedOut, &warnFailed, &askCancel} },
  { Idle,                                                              Complete,          always,            same,        {&refuseNoConsult} },
  { Consulting,                                                        Complete,          always,            same,        {&refuseNotReady} },
  { S(Ready) | Conference,                                             Complete,          always,            Completing,  {&noteCommand, &complete} },
  { S(Completing) | Cancelling,                                        Complete,          always,            same,        {&refusePending} },
  { Completing,                                                        TransferDone,      always,            Idle,        {&noteTransferred, &settleDone, &closeTargetLeg} },
  { Completing,                                                        TransferFailed,    &targetIsThere,    Ready,       {&settleRefused} },
  { Completing,                                                        TransferFailed,    always,            Idle,        {&noteFailed, &settleRefused, &resumeCustomer} },
  { Idle,                                                              Cancel,            always,            same,        {&refuseNoConsult} },
  { S(Consulting) | Ready | Conference,                                Cancel,            &isAtPbx,          Cancelling,  {&stopTimer, &noteCommand, &askCancel} },
  { S(Consulting) | Ready | Conference,                                Cancel,            always,            Cancelling,  {&noteCommand, &hangUpTarget} },
  { S(Completing) | Cancelling,                                        Cancel,            always,            same,        {&refusePending} },
  { Cancelling,                                                        Started,           always,            Idle,        {&noteCancelled, &settleDone} },
  { Cancelling,                                                        BackendRefused,    always,            Ready,       {&settleRefused, &warnFailed} },
  { Consulting,                                                        BackendRefused,    always,            Idle,        {&stopTimer, &noteFailed, &settleRefused, &warnFailed} },
  { Ready,                                                             Swap,              always,            same,        {&noteCommand, &askSwap} },
  { S(Consulting) | Completing | Cancelling | Conference,              Swap,              always,            same,        {&refuseNotReady} },
  { Ready,                                                             BackendRefused,    always,            same,        {&settleRefused, &warnFailed} },
  { S(Consulting) | Ready | Completing | Cancelling | Conference,      CustomerLeft,      always,            Idle,        {&stopTimer, &noteCustomerLeft, &settleCallEnded, &hangUpTarget} },
  { Ready,                                                             Merged,            always,            Conference,  {} },
  { Conference,                                                        Parted,            always,            Ready,       {} },
  { S(Consulting) | Completing | Cancelling | Conference,              Merged,            always,            same,        {} },
  { S(Consulting) | Ready | Completing | Cancelling,                   Parted,            always,            same,        {} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 41> Machine::table = rows::consult_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::consult
