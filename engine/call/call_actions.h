// Guards and actions of the call machine: one name, one body, one place.
#pragma once

#include "engine/call/call.h"

namespace offhook::call {

// Guards ------------------------------------------------------------------------

/// 180, or a library that cannot say which provisional answer it was. 183 alone is early media, not ringing.
inline constexpr Machine::Guard isRinging{"isRinging", [](const Context&, const Event& event) {
  return event.in.status_code == 180 || event.in.status_code == 0;
}};

inline constexpr Machine::Guard wasTalking{"wasTalking", [](const Context& c, const Event&) { return c.call.connected_at != 0; }};

/// The softphone can take a call up again from another page, and was told how. `on` of Reachable: it can.
inline constexpr Machine::Guard hasDialog{"hasDialog", [](const Context& c, const Event& event) {
  return event.in.on && c.call.connected_at != 0 && !c.call.dialog.empty();
}};

/// Nobody has it any more, and nobody says when or by whom it ended.
inline constexpr Machine::Guard isGone{"isGone", [](const Context&, const Event& event) { return event.in.origin == Origin::Unknown; }};

// Actions -----------------------------------------------------------------------

inline constexpr Machine::Action noteStart{"noteStart", [](Context& c, const Event& event, Out& out) {
  c.call.number = event.in.number;
  c.call.name = event.in.name;
  c.call.line = event.in.line;
  c.call.sip_call_id = event.in.sip_call_id;
  c.call.uniqueid = event.in.uniqueid;
  c.call.linkedid = event.in.linkedid;
  c.call.started_at = out.at;
}};

inline constexpr Machine::Action noteRinging{"noteRinging", [](Context& c, const Event&, Out& out) {
  if (c.call.ringing_at == 0) c.call.ringing_at = out.at;
}};

inline constexpr Machine::Action noteDialed{"noteDialed", [](Context& c, const Event& event, Out&) {
  if (!event.in.sip_call_id.empty()) c.call.sip_call_id = event.in.sip_call_id;
  if (!event.in.line.empty()) c.call.line = event.in.line;
}};

inline constexpr Machine::Action noteRemote{"noteRemote", [](Context& c, const Event& event, Out&) {
  // Somebody else without a name is not to stand there under the name of before.
  if (!event.in.name.empty() || (!event.in.number.empty() && !(event.in.number == c.call.number))) c.call.name = event.in.name;
  if (!event.in.number.empty()) c.call.number = event.in.number;
}};

inline constexpr Machine::Action dialSoftphone{"dialSoftphone", [](Context& c, const Event&, Out& out) {
  Effect& dial = out.effect(EffectType::SoftphoneDial);
  dial.call_id = c.call.id;
  dial.number = c.call.number;
}};

inline constexpr Machine::Action answerSoftphone{"answerSoftphone", [](Context& c, const Event& event, Out& out) {
  c.call.answer_command = event.in.command;
  out.effect(EffectType::SoftphoneAnswer).call_id = c.call.id;
}};

inline constexpr Machine::Action rejectSoftphone{"rejectSoftphone", [](Context& c, const Event&, Out& out) {
  out.effect(EffectType::SoftphoneReject).call_id = c.call.id;
}};

inline constexpr Machine::Action hangUpSoftphone{"hangUpSoftphone", [](Context& c, const Event&, Out& out) {
  out.effect(EffectType::SoftphoneHangup).call_id = c.call.id;
}};

inline constexpr Machine::Action noteLocalEnd{"noteLocalEnd", [](Context& c, const Event& event, Out&) {
  c.call.end_origin = Origin::Local;
  c.call.end_command = event.in.command;
}};

inline constexpr Machine::Action startSetupTimer{"startSetupTimer", [](Context& c, const Event&, Out& out) {
  out.set_timer(TimerFor::CallSetup, c.slot, limits::kSetupTimeout);
}};

inline constexpr Machine::Action startAnswerTimer{"startAnswerTimer", [](Context& c, const Event&, Out& out) {
  out.set_timer(TimerFor::CallSetup, c.slot, limits::kAnswerTimeout);
}};

inline constexpr Machine::Action stopSetupTimer{"stopSetupTimer", [](Context& c, const Event&, Out& out) {
  out.clear_timer(TimerFor::CallSetup, c.slot);
}};

inline constexpr Machine::Action startEndTimer{"startEndTimer", [](Context& c, const Event&, Out& out) {
  out.clear_timer(TimerFor::CallSetup, c.slot);
  out.set_timer(TimerFor::CallEnd, c.slot, limits::kEndTimeout);
}};

/// The clock of the call starts here; `duration` is the difference of two readings, never a count of ticks.
inline constexpr Machine::Action startClock{"startClock", [](Context& c, const Event& event, Out& out) {
  c.call.dialog = event.in.dialog;
  c.call.connected_at = out.at;
  c.call.connected_mono = out.mono;
}};

inline constexpr Machine::Action openLog{"openLog", [](Context& c, const Event&, Out& out) {
  out.post(InnerType::LogOpened, c.slot);
}};

inline constexpr Machine::Action lookUpContact{"lookUpContact", [](Context& c, const Event&, Out& out) {
  out.post(InnerType::LookUpContact, c.slot);
}};

/// The other side has been transferred: it is somebody else who is shown now. The call_log keeps who it was about.
inline constexpr Machine::Action lookUpAgain{"lookUpAgain", [](Context& c, const Event&, Out& out) {
  out.post(InnerType::LookUpAgain, c.slot);
}};

inline constexpr Machine::Action tellConnected{"tellConnected", [](Context& c, const Event&, Out& out) {
  out.post(InnerType::CallConnected, c.slot);
}};

inline constexpr Machine::Action holdOthers{"holdOthers", [](Context& c, const Event&, Out& out) {
  if (out.config.auto_hold) out.post(InnerType::OthersToHold, c.slot);
}};

inline constexpr Machine::Action noteEnd{"noteEnd", [](Context& c, const Event& event, Out& out) {
  c.call.ended_at = out.at;
  if (c.call.connected_at != 0 && out.mono > c.call.connected_mono) c.call.duration_ms = out.mono - c.call.connected_mono;
  if (c.call.end_reason != EndReason::None) return;  // the setup timer knew why; the end of our own CANCEL does not
  c.call.end_reason = classify(c.call, event.in.origin, event.in.status_code, event.in.q850, out.view(event.in.reason));
}};

/// The softphone cannot place or finish the call: the leg is over for us.
inline constexpr Machine::Action noteFailure{"noteFailure", [](Context& c, const Event& event, Out& out) {
  c.call.ended_at = out.at;
  if (c.call.connected_at != 0 && out.mono > c.call.connected_mono) c.call.duration_ms = out.mono - c.call.connected_mono;
  if (c.call.end_reason == EndReason::None)
    c.call.end_reason = c.call.end_origin == Origin::Local ? classify(c.call, Origin::Local, 0, 0, {})
                        : c.call.connected_at != 0         ? EndReason::Lost
                                                           : EndReason::Failed;
  out.warn(Notice::CallFailed, event.in.reason, c.call.id);
}};

inline constexpr Machine::Action noteNoAnswer{"noteNoAnswer", [](Context& c, const Event&, Out&) {
  c.call.end_reason = EndReason::NoAnswer;
}};

inline constexpr Machine::Action tellFinished{"tellFinished", [](Context& c, const Event&, Out& out) {
  out.clear_timer(TimerFor::CallSetup, c.slot);
  out.clear_timer(TimerFor::CallEnd, c.slot);
  out.post(InnerType::CallFinished, c.slot);
}};

inline constexpr Machine::Action startLinger{"startLinger", [](Context& c, const Event&, Out& out) {
  out.set_timer(TimerFor::CallLinger, c.slot, limits::kLinger);
}};

inline constexpr Machine::Action forget{"forget", [](Context& c, const Event&, Out& out) {
  out.post(InnerType::CallForgotten, c.slot);
}};

inline constexpr Machine::Action settleDial{"settleDial", [](Context& c, const Event& event, Out& out) {
  double command = event.in.command;
  out.settle(command, Outcome::Done, Reason::Ok, c.call.id);
}};

inline constexpr Machine::Action settleAnswerDone{"settleAnswerDone", [](Context& c, const Event&, Out& out) {
  out.settle(c.call.answer_command, Outcome::Done, Reason::Ok, c.call.id);
}};

inline constexpr Machine::Action settleAnswerRefused{"settleAnswerRefused", [](Context& c, const Event& event, Out& out) {
  out.settle(c.call.answer_command, Outcome::Refused, Reason::SoftphoneRefused, c.call.id);
  out.warn(Notice::CallFailed, event.in.reason, c.call.id);
}};

inline constexpr Machine::Action settleAnswerTimedOut{"settleAnswerTimedOut", [](Context& c, const Event&, Out& out) {
  out.settle(c.call.answer_command, Outcome::TimedOut, Reason::SoftphoneRefused, c.call.id);
  out.warn(Notice::CallFailed, {}, c.call.id);
}};

/// Whatever was asked of this call and is not answered yet: the end answers it.
inline constexpr Machine::Action settleAll{"settleAll", [](Context& c, const Event&, Out& out) {
  out.settle(c.call.answer_command, Outcome::Refused, Reason::CallEnded, c.call.id);
  out.settle(c.call.end_command, Outcome::Done, Reason::Ok, c.call.id);
}};

inline constexpr Machine::Action refuseEnding{"refuseEnding", [](Context& c, const Event& event, Out& out) {
  double command = event.in.command;
  out.settle(command, Outcome::Refused, Reason::AlreadyEnding, c.call.id);
}};

inline constexpr Machine::Action refuseNotRinging{"refuseNotRinging", [](Context& c, const Event& event, Out& out) {
  double command = event.in.command;
  out.settle(command, Outcome::Refused, Reason::NotRinging, c.call.id);
}};

// A call that was there before a reload ---------------------------------------------

inline constexpr Machine::Action startRecovery{"startRecovery", [](Context& c, const Event&, Out& out) {
  out.set_timer(TimerFor::CallSetup, c.slot, limits::kRecoverTimeout);
}};

inline constexpr Machine::Action hastenRecovery{"hastenRecovery", [](Context& c, const Event&, Out& out) {
  out.hasten_timer(TimerFor::CallSetup, c.slot, limits::kRecoverRegistered);
}};

inline constexpr Machine::Action resumeSoftphone{"resumeSoftphone", [](Context& c, const Event&, Out& out) {
  Effect& resume = out.effect(EffectType::SoftphoneResume);
  resume.call_id = c.call.id;
  resume.dialog = c.call.dialog;
  resume.number = c.call.number;
}};

/// The name by which the softphone knows it from now on.
inline constexpr Machine::Action noteResumed{"noteResumed", [](Context& c, const Event& event, Out&) {
  if (!event.in.call_id.empty()) c.call.id = event.in.call_id;
  if (!event.in.sip_call_id.empty()) c.call.sip_call_id = event.in.sip_call_id;
  if (!event.in.dialog.empty()) c.call.dialog = event.in.dialog;
}};

/// Taken up again as a call that talks: whoever was talked to waits, as after an answer.
inline constexpr Machine::Action holdOthersIfTalking{"holdOthersIfTalking", [](Context& c, const Event& event, Out& out) {
  const bool held_again = c.call.hold == SwitchState::On && !event.in.dialog.empty();  // taken up as it was
  if (out.config.auto_hold && !event.in.on && !held_again) out.post(InnerType::OthersToHold, c.slot);
}};

/// The other page's monotonic clock is gone: only the wall clock knows how long they have talked.
inline constexpr Machine::Action continueClock{"continueClock", [](Context& c, const Event&, Out& out) {
  if (c.call.connected_at == 0) return;
  const Millis talked = out.at > c.call.connected_at ? out.at - c.call.connected_at : 0;
  c.call.connected_mono = out.mono - talked;
}};

inline constexpr Machine::Action warnRecovered{"warnRecovered", [](Context& c, const Event&, Out& out) {
  out.warn(Notice::CallRecovered, c.call.number, c.call.id);
}};

/// It ended when it was last known to live: not now, when we have given up.
inline constexpr Machine::Action noteLost{"noteLost", [](Context& c, const Event&, Out& out) {
  const Millis began = c.call.connected_at != 0 ? c.call.connected_at : c.call.started_at;
  const Millis alive = c.call.last_alive < out.at ? c.call.last_alive : out.at;
  c.call.ended_at = alive > began ? alive : began;
  if (c.call.connected_at != 0) c.call.duration_ms = c.call.ended_at - c.call.connected_at;
  c.call.held_mono = out.mono;  // its hold time was counted up to then
  c.call.end_reason = EndReason::Lost;
  out.warn(Notice::CallLost, c.call.number, c.call.id);
}};

inline constexpr Machine::Action refuseRecovering{"refuseRecovering", [](Context& c, const Event& event, Out& out) {
  double command = event.in.command;
  out.settle(command, Outcome::Refused, Reason::Recovering, c.call.id);
}};

}  // namespace offhook::call
