// What each command would be told if it came now: `can` of the store. The
// command handlers ask here too, so that a page and the engine never disagree;
// what a machine's table refuses by itself is derived here from its state, and
// tests/engine/verdicts_test.cpp compares the two. docs/machines/verdicts.md
#include <bit>
#include <cmath>

#include "engine/phone/ask.h"
#include "engine/phone/phone.h"

namespace offhook {
namespace {

/// What the recording machine says to each of its four commands in each of its states.
Reason allowed_of_recording(Ask ask, RecordingState state, bool has_channel) {
  switch (state) {
    case RecordingState::Off: return ask != Ask::StartRecording ? Reason::NotRecording : has_channel ? Reason::Ok : Reason::NotSupported;
    case RecordingState::On: return ask == Ask::StartRecording || ask == Ask::ResumeRecording ? Reason::AlreadySo : Reason::Ok;
    case RecordingState::Paused: return ask == Ask::PauseRecording ? Reason::AlreadySo : Reason::Ok;
    default: return Reason::Pending;
  }
}

/// A wall clock is read to the millisecond and corrected now and then; a
/// deadline does not move by that.
bool same_moment(Millis a, Millis b) { return (a == 0) == (b == 0) && std::abs(a - b) < 1'000; }

Verdict& verdict_of(Can& can, std::size_t ask) {
  return *reinterpret_cast<Verdict*>(reinterpret_cast<char*>(&can) + kCanFields[ask].offset);
}

/// Whom the command is for: the ringing call, the active one, or none in
/// particular.
enum class Of : std::uint8_t { Phone, Ringing, Active };
constexpr Of call_of(Ask ask) {
  if (ask == Ask::Answer || ask == Ask::Reject) return Of::Ringing;
  return ask >= Ask::Hangup && ask <= Ask::StopRecording ? Of::Active : Of::Phone;
}

}  // namespace

/// `call`: the one the command means; null when there is none. Ok, or the
/// reason it would be refused with.
Reason Phone::allowed(Ask ask, const Call* call) const {
  if (m_.root.phase == Phase::Disposed) return Reason::Disposed;
  if (m_.root.phase == Phase::Loading) return Reason::NotReady;
  const Agent& agent = m_.agent;
  switch (ask) {
    case Ask::Call:
      if (m_.root.phase != Phase::Ready) return Reason::NotReady;
      if (m_.registration.state != RegistrationState::Registered) return Reason::NotRegistered;
      return live_calls() >= config_.calls_max ? Reason::TooManyCalls : Reason::Ok;
    case Ask::Answer:
    case Ask::Reject: return call && call->state == CallState::Offered ? Reason::Ok : Reason::NotRinging;
    case Ask::Hangup:
      if (!call) return Reason::NoSuchCall;
      return call->state == CallState::Ending || call->state == CallState::Ended ? Reason::AlreadyEnding : Reason::Ok;
    case Ask::Hold:
    case Ask::Mute:
    case Ask::Dtmf:
    case Ask::BlindTransfer:
    case Ask::AttendedTransfer:
    case Ask::Swap:
    case Ask::Merge:
    case Ask::StartRecording:
    case Ask::PauseRecording:
    case Ask::ResumeRecording:
    case Ask::StopRecording: return allowed_in_call(ask, call);
    case Ask::CompleteTransfer:
    case Ask::CancelTransfer: return allowed_of_consult(ask);
    case Ask::Split:
      return m_.conference.state == ConferenceState::Merged ? Reason::Ok
             : m_.conference.state == ConferenceState::Idle ? Reason::NoConference
                                                            : Reason::Pending;
    case Ask::SetStatus: return Reason::Ok;
    case Ask::CancelNextStatus: return agent.next_status == MaybeStatus::None ? Reason::NoNextStatus : Reason::Ok;
    case Ask::StartWrapUp:
      if (config_.wrap_up_mode == WrapUpMode::None) return Reason::NotSupported;
      if (agent.activity == ActivityState::WrapUp) return Reason::AlreadySo;
      if (agent.activity == ActivityState::OnCall) return Reason::Pending;
      return newest_draft() < 0 ? Reason::NoDraft : Reason::Ok;
    case Ask::FinishWrapUp:
      return agent.activity == ActivityState::WrapUp || (agent.activity == ActivityState::Idle && agent.intent == AgentStatus::WrapUp)
                 ? Reason::Ok
                 : Reason::NotInWrapUp;
    case Ask::ExtendWrapUp:
      return agent.activity != ActivityState::WrapUp ? Reason::NotInWrapUp : agent.wrap_up_ends_at == 0 ? Reason::NotTimed : Reason::Ok;
    case Ask::SaveDraft: return newest_draft() < 0 ? Reason::NoDraft : Reason::Ok;
    case Ask::Login:
      return m_.registration.state == RegistrationState::Registered && agent.known && agent.intent == AgentStatus::Online &&
                     agent.write == StatusWriteState::Settled && agent.next_status == MaybeStatus::None
                 ? Reason::AlreadySo
                 : Reason::Ok;
    case Ask::Logout:
      return m_.registration.state != RegistrationState::Registered && m_.registration.state != RegistrationState::Registering &&
                     agent.known && agent.intent == AgentStatus::Offline && agent.write == StatusWriteState::Settled &&
                     agent.activity == ActivityState::Idle
                 ? Reason::AlreadySo
                 : Reason::Ok;
    case Ask::RetryOutbox: return m_.outbox.failing + m_.outbox.rejected == 0 ? Reason::NothingUnsent : Reason::Ok;
    case Ask::DiscardOutbox: return m_.outbox.rejected == 0 ? Reason::NothingRejected : Reason::Ok;
    case Ask::TakeOver: return allowed_to_take_over();
    case Ask::DismissNotice: return out_.notice.code == Notice::None ? Reason::NoNotice : Reason::Ok;
  }
  return Reason::NotReady;
}

/// Whether another tab may have the phone: no call lives here, and what it must know is where it can read it.
Reason Phone::allowed_to_take_over() const {
  if (m_.tab.state == TabState::Alone) return Reason::AlreadySo;
  if (live_calls() > 0) return Reason::InCall;
  const bool reads_it = kept_.state == Kept::State::On && m_.storage_failed_at == 0;
  const Agent& agent = m_.agent;
  const bool unsaved = m_.outbox.pending > 0 || newest_draft() >= 0 || agent.activity != ActivityState::Idle ||
                       agent.write != StatusWriteState::Settled || agent.pause == PauseState::Pending;
  return unsaved && !reads_it ? Reason::NotKept : Reason::Ok;
}

/// What needs a conversation.
Reason Phone::allowed_in_call(Ask ask, const Call* call) const {
  if (ask == Ask::AttendedTransfer && m_.consult.state != ConsultState::Idle) return Reason::TransferPending;
  if (!call) return Reason::NoSuchCall;
  if (call->state == CallState::Recovering) return Reason::Recovering;
  if (ask == Ask::Swap) return allowed_to_swap(*call);
  const int other = ask == Ask::Merge ? other_call(static_cast<int>(call - m_.calls.data())) : -1;
  if (ask == Ask::Merge && other < 0) return Reason::NoOtherCall;
  if (call->state != CallState::Active) return Reason::NotConnected;
  const bool transferring = call->transfer != TransferState::Idle && call->transfer != TransferState::Failed;
  const bool asking = m_.consult.state != ConsultState::Idle;
  const bool has_channel = !channel_of(*call).empty();
  switch (ask) {
    case Ask::Hold:
    case Ask::Mute: return Reason::Ok;  // a newer wish replaces the one that is under way
    case Ask::Dtmf: return strings_.view(call->dtmf_digits).size() >= limits::kDigits ? Reason::BadDigits : Reason::Ok;
    case Ask::BlindTransfer:
      if (transferring || (asking && m_.consult.call_id == call->id)) return Reason::TransferPending;
      return route_for(m_.root.has_transfer, has_channel) == Route::None ? Reason::NotSupported : Reason::Ok;
    case Ask::AttendedTransfer: {
      if (transferring || asking) return Reason::TransferPending;
      const Route route = route_for(m_.root.has_attended, has_channel);
      return route == Route::None ? Reason::NotSupported : route == Route::Softphone ? allowed(Ask::Call, nullptr) : Reason::Ok;
    }
    case Ask::Merge: {
      const Call& waiting = m_.calls[static_cast<std::size_t>(other)];
      if (m_.conference.state == ConferenceState::Merged && are_joined(*call, waiting)) return Reason::AlreadySo;
      if (m_.conference.state != ConferenceState::Idle) return Reason::Pending;
      const bool both = has_channel && !channel_of(waiting).empty();
      return route_for(m_.root.has_conference, both) == Route::None ? Reason::NotSupported : Reason::Ok;
    }
    default: return allowed_of_recording(ask, call->recording, has_channel);
  }
}

/// `active` may be a call that is still being set up: the waiting one can be taken up meanwhile.
Reason Phone::allowed_to_swap(const Call& active) const {
  if (m_.consult.state != ConsultState::Idle && m_.consult.route == Route::Pbx)
    return m_.consult.state == ConsultState::Ready ? Reason::Ok : Reason::ConsultNotReady;
  const int other = other_call(static_cast<int>(&active - m_.calls.data()));
  if (other < 0) return Reason::NoOtherCall;
  return are_joined(active, m_.calls[static_cast<std::size_t>(other)]) ? Reason::AlreadySo : Reason::Ok;
}

Reason Phone::allowed_of_consult(Ask ask) const {
  if (consult_sought() >= 0) return Reason::Recovering;
  switch (m_.consult.state) {
    case ConsultState::Idle: return Reason::NoConsult;
    case ConsultState::Consulting: return ask == Ask::CompleteTransfer ? Reason::ConsultNotReady : Reason::Ok;
    case ConsultState::Ready:
    case ConsultState::Conference: return Reason::Ok;
    case ConsultState::Completing:
    case ConsultState::Cancelling: return Reason::TransferPending;
  }
  return Reason::NoConsult;
}

/// When what stands against the command will have changed by itself, at the
/// latest; 0 when nobody knows.
Millis Phone::changes_at(Ask ask, const Call* call, Reason reason) const {
  const auto slot = static_cast<std::uint16_t>(call ? call - m_.calls.data() : 0);
  switch (reason) {
    case Reason::NotRegistered: return m_.registration.retry_at;
    case Reason::AlreadyEnding: return call->state == CallState::Ending ? due_at(TimerFor::CallEnd, slot) : 0;
    case Reason::AlreadySo: return ask == Ask::StartWrapUp ? m_.agent.wrap_up_ends_at : 0;
    case Reason::Recovering:
      return due_at(TimerFor::CallSetup, call ? slot : static_cast<std::uint16_t>(consult_sought()));
    case Reason::TransferPending: {
      if (call && call->transfer != TransferState::Idle) return due_at(TimerFor::Transfer, slot);
      const int customer = find_call(m_.consult.call_id);  // what is under way is the consultation's
      return customer < 0 ? 0 : due_at(TimerFor::Transfer, static_cast<std::uint16_t>(customer));
    }
    case Reason::Pending:
      if (call && ask >= Ask::StartRecording && ask <= Ask::StopRecording) return answer_due(call->recording_request);
      return ask == Ask::Merge || ask == Ask::Split ? due_at(TimerFor::Conference, 0) : 0;
    default: return 0;
  }
}

Millis Phone::due_at(TimerFor purpose, std::uint16_t slot) const {
  for (const Timer& timer : out_.timers)
    if (timer.purpose == purpose && timer.slot == slot) return out_.at + timer.due_mono - out_.mono;
  return 0;
}

/// When the host gives the request up at the latest.
Millis Phone::answer_due(double request) const {
  for (const PendingRequest& sent : out_.requests)
    if (sent.id == request) return out_.at + sent.sent_mono + limits::kRequestTimeout - out_.mono;
  return 0;
}

double Phone::live_calls() const {
  double live = 0;
  for (std::uint32_t left = used_calls_; left; left &= left - 1) {
    const CallState state = m_.calls[static_cast<std::size_t>(std::countr_zero(left))].state;
    live += state != CallState::Ended && state != CallState::Idle;
  }
  return live;
}

/// The slot of a call of the consultation that is still looked for after a reload; −1: none is.
int Phone::consult_sought() const {
  if (m_.consult.state == ConsultState::Idle) return -1;
  for (const Text id : {m_.consult.call_id, m_.consult.consult_call_id})
    if (const int found = find_call(id); found >= 0 && m_.calls[static_cast<std::size_t>(found)].state == CallState::Recovering) return found;
  return -1;
}

/// The draft that is meant when none is named: that of the wrap-up, else the
/// newest. −1 when none is open.
int Phone::newest_draft() const {
  int newest = -1;
  for (std::size_t i = 0; i < m_.drafts.size(); ++i) {
    const Draft& draft = m_.drafts[i];
    if (!draft.in_use) continue;
    if (!m_.agent.wrap_up_call_log_id.empty() && draft.call_log_id == m_.agent.wrap_up_call_log_id) return static_cast<int>(i);
    if (newest < 0 || draft.since >= m_.drafts[static_cast<std::size_t>(newest)].since) newest = static_cast<int>(i);
  }
  return newest;
}

/// A verdict that has not changed stays the same value, so that `can` stays the
/// same object.
void Phone::judge(Ask ask, const Call* call) {
  Verdict& verdict = verdict_of(m_.can, static_cast<std::size_t>(ask));
  const Reason reason = allowed(ask, call);
  Millis retry_at = reason == Reason::Ok ? 0 : changes_at(ask, call, reason);
  awaited_ |= retry_at != 0;
  if (retry_at <= out_.at) retry_at = 0;
  if (verdict.reason == reason && same_moment(verdict.retry_at, retry_at)) return;
  judged_anew_ = true;
  verdict = {.reason = reason, .retry_in = retry_at == 0 ? 0 : retry_at - out_.at, .retry_at = retry_at};
}

void Phone::derive_can(Ask from, Ask to, const Call* active, const Call* ringing) {
  for (auto ask = from; ask <= to; ask = static_cast<Ask>(static_cast<int>(ask) + 1)) {
    const Of of = call_of(ask);
    judge(ask, of == Of::Active ? active : of == Of::Ringing ? ringing : nullptr);
  }
}

}  // namespace offhook
