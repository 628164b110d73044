// `can` and the commands are one: what it says is what a command sent now gets.
#include "engine/phone/ask.h"
#include "tests/engine/phone_driver.h"
#include "tests/engine/random_phone.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

/// The command that a verdict speaks of, as a page would send it: no ids,
/// values that are right.
struct Sample {
  Ask ask;
  EventType type;
  void (*fill)(Event&, Phone&) = nullptr;
};
const Sample kSamples[] = {
    {Ask::Call, EventType::DialRequested, [](Event& e, Phone& p) { e.number = p.strings().intern("+442079460123"); }},
    {Ask::Answer, EventType::AnswerRequested},
    {Ask::Reject, EventType::RejectRequested},
    {Ask::Hangup, EventType::HangupRequested},
    {Ask::Hold, EventType::HoldRequested, [](Event& e, Phone&) { e.on = true; }},
    {Ask::Hold, EventType::HoldRequested},
    {Ask::Mute, EventType::MuteRequested, [](Event& e, Phone&) { e.on = true; }},
    {Ask::Mute, EventType::MuteRequested},
    {Ask::Dtmf, EventType::DtmfRequested, [](Event& e, Phone& p) { e.digits = p.strings().intern("5"); }},
    {Ask::BlindTransfer, EventType::TransferRequested, [](Event& e, Phone& p) { e.target = p.strings().intern("+33123456789"); }},
    {Ask::AttendedTransfer, EventType::ConsultRequested, [](Event& e, Phone& p) { e.target = p.strings().intern("+33123456789"); }},
    {Ask::CompleteTransfer, EventType::ConsultCompleted},
    {Ask::CancelTransfer, EventType::ConsultCancelled},
    {Ask::Swap, EventType::SwapRequested},
    {Ask::Merge, EventType::MergeRequested},
    {Ask::Split, EventType::SplitRequested},
    {Ask::StartRecording, EventType::RecordingRequested, [](Event& e, Phone&) { e.action = RecordingAction::Start; }},
    {Ask::PauseRecording, EventType::RecordingRequested, [](Event& e, Phone&) { e.action = RecordingAction::Pause; }},
    {Ask::ResumeRecording, EventType::RecordingRequested, [](Event& e, Phone&) { e.action = RecordingAction::Resume; }},
    {Ask::StopRecording, EventType::RecordingRequested, [](Event& e, Phone&) { e.action = RecordingAction::Stop; }},
    {Ask::SetStatus, EventType::StatusRequested, [](Event& e, Phone&) { e.status = AgentStatus::Break; }},
    {Ask::CancelNextStatus, EventType::NextStatusCancelled},
    {Ask::StartWrapUp, EventType::WrapUpRequested},
    {Ask::FinishWrapUp, EventType::WrapUpFinished},
    {Ask::ExtendWrapUp, EventType::WrapUpExtended, [](Event& e, Phone&) { e.seconds = 30; }},
    {Ask::SaveDraft, EventType::DraftSaved},
    {Ask::Login, EventType::LoginRequested},
    {Ask::Logout, EventType::LogoutRequested},
    {Ask::RetryOutbox, EventType::OutboxRetried},
    {Ask::DiscardOutbox, EventType::OutboxDiscarded,
     [](Event& e, Phone& p) {
       for (const CallLog& log : p.model().logs)
         if (log.in_use && log.delivery == DeliveryState::Rejected) e.call_log_id = log.key;
     }},
    {Ask::TakeOver, EventType::TakeOverRequested},
    {Ask::DismissNotice, EventType::NoticeDismissed},
};

const Verdict& verdict(const Phone& phone, Ask ask) {
  return *reinterpret_cast<const Verdict*>(reinterpret_cast<const char*>(&phone.model().can) +
                                           kCanFields[static_cast<std::size_t>(ask)].offset);
}

/// How the command ended in the very event that brought it: Ok when it was
/// taken or done.
Reason refused_at_once(const Phone& phone, double command) {
  for (const Effect& effect : phone.effects())
    if (effect.type == EffectType::CommandSettled && effect.command == command && effect.outcome == Outcome::Refused) return effect.reason;
  return Reason::Ok;
}

/// An event about one call: its command numbered, its switch on, the rest left out.
Told about(EventType type, Host& host, std::string_view id = "a") {
  Told told{.type = type, .at = ++host.at, .mono = ++host.mono};
  for (std::size_t i = 0; i < told.fields().size(); ++i) {
    const std::string_view field = told.fields()[i].name;
    if (field == "call_id") told.texts[i] = id;
    if (field == "number" || field == "target") told.texts[i] = "+442079460123";
    if (field == "command") told.numbers[i] = ++host.next_command;
    if (field == "on") told.numbers[i] = 1;
    if (field == "status") told.numbers[i] = static_cast<double>(AgentStatus::Meeting);
  }
  return told;
}

std::string name(Reason reason) { return std::string(kReasonWords[static_cast<std::size_t>(reason)]); }

}  // namespace

TEST_CASE("whatever state the phone is in: a command is refused at once exactly when can says so, and with that reason") {
  std::set<std::pair<Ask, Reason>> met;
  for (std::uint64_t seed = 1; seed <= 400 / kTenth; ++seed) {
    const std::array<std::string_view, 4> modes{"timed", "manual", "optional", "none"};
    const std::string config = config_of({.wrap_up = modes[seed / 2 % 4],
                                          .login = seed % 2 == 0,
                                          .socket = seed % 5 != 0,
                                          .auto_hold = seed % 7 != 0,
                                          .calls_max = seed % 3 ? 8 : 2,
                                          .seed = static_cast<int>(seed)});
    std::vector<std::string> told;  // so that each command meets the same phone, alone
    Phone phone(config);
    Choices choose(seed);
    Host host;
    std::array<double, 64> in{};
    auto tell = [&](const Told& next) {
      told.push_back(to_json(next));
      const std::string blob = to_hot(next, phone, in);
      REQUIRE(phone.dispatch_hot(static_cast<int>(next.type), in.data(), blob) == 0);
      host.after(next, phone);
    };
    if (seed % 10 != 4) {
      for (const EventType type : {EventType::Started, EventType::SoftphoneReady, EventType::Registered})
        tell({.type = type, .at = host.at, .mono = host.mono});
    }
    if (seed % 2 == 0) {  // half of the phones have a conversation, and something under way in it
      const std::array<EventType, 7> more{EventType::HoldRequested,   EventType::MuteRequested,   EventType::TransferRequested,
                                          EventType::HangupRequested, EventType::StatusRequested, EventType::CallEnded,
                                          EventType::CallEnded};
      for (const EventType type : {EventType::CallOffered, EventType::AnswerRequested, EventType::CallConnected}) tell(about(type, host));
      if (seed % 3 == 0) tell(about(EventType::CallOffered, host, "b"));
      for (int i = 0; i < 3 && seed % 12 != 0; ++i) tell(about(choose.of(more), host));
    }
    const std::uint32_t length = seed % 4 == 0 ? 0 : choose.below(seed % 3 ? 12 : 80);
    for (std::uint32_t i = 0; i < length; ++i) tell(host.next(choose));
    if (seed % 25 == 0) tell({.type = EventType::Disposed, .at = host.at, .mono = host.mono});
    for (const Sample& sample : kSamples) {
      Phone same(config);
      for (const std::string& event : told) same.dispatch_json(event);
      const Verdict before = verdict(same, sample.ask);
      Event command{.type = sample.type, .at = host.at, .mono = host.mono, .command = 4'000'000};
      if (sample.fill) sample.fill(command, same);
      same.dispatch(command);
      const Reason reason = refused_at_once(same, command.command);
      const Reason expected = is_harmless(before.reason) ? Reason::Ok : before.reason;
      met.insert({sample.ask, before.reason});
      CHECK_MESSAGE(reason == expected, "seed " << seed << ": " << kCanFields[static_cast<std::size_t>(sample.ask)].name << " says "
                                                << name(before.reason) << ", the command " << name(reason) << " after " << told.back());
    }
  }
  if (kTenth > 1) return;
  std::string seen;
  for (const auto& [ask, reason] : met) seen += std::string(kCanFields[static_cast<std::size_t>(ask)].name) + ":" + name(reason) + " ";
  for (const char* must : {"call:ok",
                           "call:not_registered",
                           "call:too_many_calls",
                           "call:not_ready",
                           "answer:ok",
                           "answer:not_ringing",
                           "hangup:ok",
                           "hangup:already_ending",
                           "hold:ok",
                           "hold:not_connected",
                           "swap:ok",
                           "dtmf:ok",
                           "blindTransfer:transfer_pending",
                           "cancelNextStatus:ok",
                           "cancelNextStatus:no_next_status",
                           "startWrapUp:ok",
                           "startWrapUp:pending",
                           "startWrapUp:already_so",
                           "finishWrapUp:ok",
                           "extendWrapUp:ok",
                           "extendWrapUp:not_timed",
                           "saveDraft:ok",
                           "saveDraft:no_draft",
                           "retryOutbox:ok",
                           "discardOutbox:ok", "dismissNotice:ok",
                           "dismissNotice:no_notice",
                           "hold:disposed"})
    CHECK_MESSAGE(seen.find(std::string(must) + " ") != std::string::npos, std::string(must) << " was never met");
}

TEST_CASE(
    "a verdict says when to try again, and stays the same while that "
    "does not change") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.ask_transfer("a", "+33123456789");
  const Verdict transfer = desk.model().can.blind_transfer;
  CHECK(transfer.reason == Reason::TransferPending);
  CHECK(transfer.retry_in == limits::kTransferTimeout);
  CHECK(transfer.retry_at == desk.at + limits::kTransferTimeout);
  desk.skip(1'500.4);
  desk.ask_mute("a", true);
  CHECK(desk.model().can.blind_transfer == transfer);  // 1.5 s later: the same value, so the same object in the store
  desk.refused("a", Command::Transfer);
  CHECK(desk.model().can.blind_transfer == Verdict{.reason = Reason::Ok});
}

TEST_CASE(
    "hanging up twice: the second is told when the call is over at the "
    "latest") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.ask(EventType::HangupRequested, "a");
  CHECK(desk.model().can.hangup.reason == Reason::AlreadyEnding);
  CHECK(desk.model().can.hangup.retry_in == limits::kEndTimeout);
}

TEST_CASE(
    "without registration the phone does not dial, and says when the "
    "softphone tries again, if it knows") {
  PhoneDriver desk;
  desk.start();
  desk.tell({.type = EventType::SocketClosed, .code = 1006});
  desk.tell({.type = EventType::Unregistered});
  CHECK(desk.model().can.call.reason == Reason::NotRegistered);
  CHECK(desk.model().can.call.retry_in == 0);  // the link's next try is another thing
  desk.tell({.type = EventType::RegistrationFailed, .status_code = 503, .retry_after_ms = 2'500});
  CHECK(desk.model().can.call.retry_in == 2'500);
  CHECK(desk.model().can.call.retry_at == desk.at + 2'500);
  desk.tell({.type = EventType::RegistrationFailed, .status_code = 403});
  CHECK(desk.model().can.call.retry_in == 0);
  desk.wait(40'000);
  desk.tell(EventType::Registered);
  CHECK(desk.model().can.call.reason == Reason::Ok);
  CHECK(desk.model().can.call.retry_in == 0);
}

TEST_CASE(
    "answering when nothing rings is not_ringing; a call that is not "
    "there is no_such_call") {
  PhoneDriver desk;
  desk.start();
  CHECK(desk.outcome(desk.ask(EventType::AnswerRequested)) == "refused not_ringing");
  CHECK(desk.outcome(desk.ask(EventType::AnswerRequested, "ghost")) == "refused no_such_call");
  CHECK(desk.outcome(desk.ask(EventType::HangupRequested)) == "refused no_such_call");
}

TEST_CASE("while a consultation is being completed, both its commands say until when at the latest") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.ask({.type = EventType::ConsultRequested, .call_id = desk.text("a"), .target = desk.text("+33123456789")});
  CHECK(desk.model().can.complete_transfer.reason == Reason::ConsultNotReady);
  desk.connect(std::string(desk.view(desk.model().consult.consult_call_id)));
  CHECK(desk.model().can.complete_transfer.reason == Reason::Ok);
  desk.ask(EventType::ConsultCompleted);
  CHECK(desk.model().can.complete_transfer.reason == Reason::TransferPending);
  CHECK(desk.model().can.complete_transfer.retry_in == limits::kTransferTimeout);
  CHECK(desk.model().can.cancel_transfer == desk.model().can.complete_transfer);
}
