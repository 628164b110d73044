// Which end gives which end_reason. Asterisk tells "no answer" to a caller as
// 603 with Q.850 cause 16 and a real decline as 403 with cause 21; a CANCEL
// with cause 26, or with `SIP;cause=200`, says that somebody else answered.
// The whole table stands in docs/machines/call.md.
#include "engine/call/call.h"

namespace offhook::call {
namespace {

constexpr double kUserBusy = 17, kNoUserResponding = 18, kNoAnswer = 19, kCallRejected = 21, kAnsweredElsewhere = 26;

bool has(std::string_view text, std::string_view part) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  for (std::size_t i = 0; i + part.size() <= text.size(); ++i) {
    std::size_t j = 0;
    while (j < part.size() && lower(text[i + j]) == part[j]) ++j;
    if (j == part.size()) return true;
  }
  return false;
}

EndReason unanswered_inbound(const Call& call, Origin origin, double status_code, double q850, std::string_view reason) {
  if (q850 == kAnsweredElsewhere || has(reason, "elsewhere") || has(reason, "cause=200")) return EndReason::AnsweredElsewhere;
  if (call.end_origin == Origin::Local || origin == Origin::Local) {
    return status_code == 486 || status_code == 600 ? EndReason::Busy : EndReason::Rejected;
  }
  if (origin == Origin::Unknown && has(reason, "lost")) return EndReason::Lost;
  // Asterisk cancels with "Q.850;cause=0" when its own dial time is over, with cause 127 when the caller gave up.
  if (has(reason, "cause=0")) return EndReason::Timeout;
  if (status_code == 408 || q850 == kNoAnswer || q850 == kNoUserResponding || has(reason, "timeout")) return EndReason::Timeout;
  return EndReason::CallerCancel;
}

EndReason unanswered_outbound(const Call& call, Origin origin, double status_code, double q850, std::string_view reason) {
  if (call.end_origin == Origin::Local) return EndReason::Cancelled;
  if (status_code == 486 || status_code == 600 || q850 == kUserBusy) return EndReason::Busy;
  if (q850 == kCallRejected || status_code == 607) return EndReason::Rejected;
  if (status_code == 408 || status_code == 480 || q850 == kNoAnswer || q850 == kNoUserResponding) return EndReason::NoAnswer;
  if (status_code == 603) return q850 == 16 || q850 == 0 ? EndReason::NoAnswer : EndReason::Rejected;
  if (status_code == 487) return origin == Origin::Local ? EndReason::Cancelled : EndReason::NoAnswer;
  if (origin == Origin::Local && status_code == 0) return EndReason::Cancelled;
  if (origin == Origin::Unknown && has(reason, "lost")) return EndReason::Lost;
  return EndReason::Failed;
}

}  // namespace

EndReason classify(const Call& call, Origin origin, double status_code, double q850, std::string_view reason) {
  if (call.connected_at == 0) {
    return call.direction == Direction::Inbound ? unanswered_inbound(call, origin, status_code, q850, reason)
                                                : unanswered_outbound(call, origin, status_code, q850, reason);
  }
  if (call.transfer == TransferState::Done) return EndReason::Transferred;
  // A PBX that was asked to transfer takes our leg away as it does so: its BYE is here before the backend's answer.
  const bool asked = call.transfer == TransferState::Requested || call.transfer == TransferState::Accepted;
  if (asked && call.transfer_route == Route::Pbx && origin == Origin::Remote && call.end_origin != Origin::Local) return EndReason::Transferred;
  if (call.end_origin == Origin::Local || origin == Origin::Local) return EndReason::AgentHangup;
  return origin == Origin::Remote ? EndReason::RemoteHangup : EndReason::Lost;
}

}  // namespace offhook::call
