// Blind transfers: who can be transferred to, by whom it is done, and how it
// ends.
#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

void reports(PhoneDriver& desk, double status) {
  desk.tell({.type = EventType::TransferProgress, .call_id = desk.text("a"), .status_code = status});
}

/// A queue call in conversation whose channel the PBX has told.
void queue_talk(PhoneDriver& desk) {
  talk(desk, "a");
  desk.hear_queue("1651.1");
}

constexpr std::string_view kChannel = "PJSIP/1001-1651.1";

}  // namespace

TEST_CASE("a colleague who takes no calls is not transferred to: the call goes on") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  for (const std::string_view status : kAgentStatusWords) {
    desk.presence("1002", status);
    const double transfer = desk.ask_transfer("a", "1002");
    if (status == "ONLINE") {
      CHECK(desk.outcome(transfer) == "pending");
      CHECK(desk.model().notice.code == Notice::None);
      reports(desk, 404);
      desk.ask({.type = EventType::NoticeDismissed});
      continue;
    }
    CHECK_MESSAGE(desk.outcome(transfer) == "refused target_unavailable", status);
    CHECK(desk.count(EffectType::SoftphoneTransfer) == 0);
  }
  CHECK(desk.outcome(desk.ask_transfer("a", "sip:1002@pbx.example")) == "refused target_unavailable");
  CHECK(desk.call("a").state == CallState::Active);
}

TEST_CASE("whoever has no presence, or had it only before the socket broke, is transferred to with a warning") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.ask_transfer("a", "+442079460999");
  CHECK(desk.model().notice.code == Notice::TransferUnchecked);
  CHECK(desk.view(desk.model().notice.text) == "+442079460999");
  reports(desk, 404);
  desk.presence("1002", "BREAK");
  desk.tell({.type = EventType::SocketClosed, .code = 1006});
  const double transfer = desk.ask_transfer("a", "1002");
  CHECK(desk.outcome(transfer) == "pending");
  CHECK(desk.model().notice.code == Notice::TransferUnchecked);
}

TEST_CASE("nobody transfers to himself") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  CHECK(desk.outcome(desk.ask_transfer("a", "1001")) == "refused bad_number");
  CHECK(desk.outcome(desk.ask_transfer("a", "sip:1001@pbx")) == "refused bad_number");
}

TEST_CASE("a softphone that cannot transfer leaves it to the PBX, when the PBX's channel is known") {
  PhoneDriver desk({.features = "check"});
  desk.start();
  talk(desk, "a");
  CHECK(desk.outcome(desk.ask_transfer("a", "1002")) == "refused not_supported");
  desk.hear_queue("1651.1");
  const double transfer = desk.ask_transfer("a", "1002");
  CHECK(desk.count(EffectType::SoftphoneTransfer) == 0);
  const Seen* asked = desk.open(Request::CallTransfer);
  REQUIRE(asked);
  CHECK(asked->record == kChannel);
  CHECK(asked->body ==
        R"({"action":"blind","target":"1002","attendant_transfer_form_data":{"channel_id":"PJSIP/1001-1651.1"},"call_log_id":"log-1"})");
  CHECK_FALSE(asked->key.empty());
  CHECK(desk.outcome(transfer) == "pending");
  desk.answer(Request::CallTransfer, 200, R"({"state":"done"})");
  CHECK(desk.outcome(transfer) == "done");
  CHECK(desk.last(EffectType::SoftphoneHangup)->call_id == "a");
  desk.end("a", Origin::Local);
  CHECK(desk.log("a").end_reason == EndReason::Transferred);
}

TEST_CASE("the PBX takes our leg away before the backend answers: it is transferred; by the softphone nobody knows") {
  PhoneDriver desk({.route = "pbx"});
  desk.start();
  queue_talk(desk);
  const double transfer = desk.ask_transfer("a", "1002");
  desk.end("a", Origin::Remote);
  CHECK(desk.outcome(transfer) == "done");
  CHECK(desk.log("a").end_reason == EndReason::Transferred);
  desk.answer(Request::CallTransfer, 200, R"({"state":"done"})");
  CHECK(desk.anomalies() == 0);

  PhoneDriver ours({.route = "pbx"});
  ours.start();
  queue_talk(ours);
  const double given_up = ours.ask_transfer("a", "1002");
  ours.ask(EventType::HangupRequested, "a");
  ours.end("a", Origin::Remote);
  CHECK(ours.outcome(given_up) == "refused call_ended");
  CHECK(ours.log("a").end_reason == EndReason::AgentHangup);
}

TEST_CASE("the PBX's 202 is no result: the socket tells it") {
  PhoneDriver desk({.route = "pbx"});
  desk.start();
  queue_talk(desk);
  const double failed = desk.ask_transfer("a", "1002");
  desk.answer(Request::CallTransfer, 202);
  CHECK(desk.call("a").transfer == TransferState::Accepted);
  desk.hear(R"({"type":"transfer","channel_id":"PJSIP/1001-1651.1","state":"failed","status_code":486,"reason":"busy"})");
  CHECK(desk.outcome(failed) == "refused backend_refused");
  CHECK(desk.view(desk.model().notice.text) == "busy");
  const double done = desk.ask_transfer("a", "1003");
  desk.answer(Request::CallTransfer, 200, R"({"state":"accepted"})");
  CHECK(desk.outcome(done) == "pending");
  desk.hear(R"({"type":"transfer","yeastar_call_id":"1651.1","state":"done"})");
  CHECK(desk.outcome(done) == "done");
  CHECK(desk.anomalies() == 0);
  desk.hear(R"({"type":"transfer","channel_id":"PJSIP/9","state":"done"})");
  CHECK(desk.last_anomaly() == Anomaly::UnknownCall);
  desk.hear(R"({"type":"transfer","channel_id":"PJSIP/1001-1651.1","state":"perhaps"})");
  CHECK(desk.last_anomaly() == Anomaly::BadMessage);
}

TEST_CASE("a backend that refuses the transfer, does not answer, or has no PBX leaves the call with the agent") {
  PhoneDriver desk({.route = "pbx"});
  desk.start();
  queue_talk(desk);
  const double refused = desk.ask_transfer("a", "1002");
  desk.answer(Request::CallTransfer, 501, R"({"code":"pbx_not_connected"})");
  CHECK(desk.outcome(refused) == "refused backend_refused");
  CHECK(desk.view(desk.model().notice.text) == "http 501");
  const double unreached = desk.ask_transfer("a", "1002");
  desk.lose(Request::CallTransfer);
  CHECK(desk.outcome(unreached) == "refused backend_unreachable");
  const double never = desk.ask_transfer("a", "1002");
  desk.wait(10'000);
  CHECK(desk.outcome(never) == "timed_out backend_unreachable");
  CHECK(desk.call("a").state == CallState::Active);
  desk.answer(Request::CallTransfer,
              200);  // too late: it failed for everybody here
  CHECK(desk.call("a").state == CallState::Active);
}

TEST_CASE("the configured route is the only one") {
  PhoneDriver pbx({.route = "pbx"});
  pbx.start();
  talk(pbx, "a");
  CHECK(pbx.outcome(pbx.ask_transfer("a", "1002")) == "refused not_supported");  // its channel is not known
  PhoneDriver softphone({.route = "softphone", .features = "attended"});
  softphone.start();
  queue_talk(softphone);
  CHECK(softphone.outcome(softphone.ask_transfer("a", "1002")) == "refused not_supported");
}

TEST_CASE("after a 486 the PBX may have dropped the customer: the softphone asks it, and a dead call ends as lost") {
  PhoneDriver desk({.features = "transfer check"});
  desk.start();
  talk(desk, "a");
  desk.ask_transfer("a", "1002");
  reports(desk, 404);  // no such number: the call is intact
  CHECK(desk.count(EffectType::SoftphoneCheck) == 0);
  desk.ask_transfer("a", "1002");
  reports(desk, 486);
  REQUIRE(desk.count(EffectType::SoftphoneCheck) == 1);
  CHECK(desk.last(EffectType::SoftphoneCheck)->call_id == "a");
  desk.end("a", Origin::Unknown, 481, 0, "lost");
  CHECK(desk.log("a").end_reason == EndReason::Lost);
  talk(desk, "b");
  desk.ask_transfer("b", "1002");
  desk.wait(10'000);  // no result at all: just as unclear
  CHECK(desk.ever_last(EffectType::SoftphoneCheck)->call_id == "b");
}

TEST_CASE("a library that reads the BYE in the middle of its transfer as success is believed; a bare BYE is the other side's") {
  for (const bool told : {true, false}) {
    PhoneDriver desk;
    desk.start();
    talk(desk, "a");
    const double transfer = desk.ask_transfer("a", "1002");
    reports(desk, 202);
    if (told) reports(desk, 200);
    desk.end("a");
    CHECK(desk.outcome(transfer) == (told ? "done" : "refused call_ended"));
    CHECK(desk.log("a").end_reason == (told ? EndReason::Transferred : EndReason::RemoteHangup));
  }
}

TEST_CASE("a softphone that cannot check is not asked to") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.ask_transfer("a", "1002");
  reports(desk, 603);
  CHECK(desk.count(EffectType::SoftphoneCheck) == 0);
  CHECK(desk.model().notice.code == Notice::TransferFailed);
}

TEST_CASE("the other side is transferred away: name, number and contact on the screen follow, the call_log keeps whom it was about") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a", "+442079460123");
  const auto becomes = [&](const char* number, const char* name) {
    desk.tell({.type = EventType::RemoteChanged, .call_id = desk.text("a"), .number = desk.text(number), .name = desk.text(name)});
  };
  becomes("+44 20 7946 0123", "Ann");  // the same number, written otherwise
  CHECK_FALSE(desk.open(Request::ContactFindOrCreate));
  CHECK(desk.view(desk.call("a").contact_name) == "Ann Caller");
  becomes("+33123456789", "Jean");
  CHECK(desk.call("a").contact_id.empty());
  desk.answer(Request::ContactFindOrCreate, 200, R"({"id":"c-2","name":"Jean Dupont"})");
  CHECK(desk.view(desk.call("a").contact_name) == "Jean Dupont");
  CHECK(desk.view(desk.call("a").number) == "+33123456789");
  CHECK(desk.view(desk.log("a").call_from) == "+442079460123");
  CHECK(desk.view(desk.log("a").contact_id) == "c-1");
  becomes("1003", "Carol");  // a colleague, who is no contact
  CHECK(desk.call("a").contact == ContactState::Skipped);
  CHECK(desk.call("a").contact_name.empty());
  desk.end("a");
  CHECK(desk.view(desk.log("a").contact_id) == "c-1");
}

TEST_CASE("a caller for whom there is no room is refused, and still has a call_log and a contact") {
  PhoneDriver desk({.calls_max = 1});
  desk.start();
  talk(desk, "a");
  desk.offer("b", "+33123456789");
  CHECK(desk.last(EffectType::SoftphoneReject)->call_id == "b");
  CHECK(desk.last_anomaly() == Anomaly::TooManyCalls);
  CHECK(desk.model().calls[1].in_use == false);
  desk.answer_all();
  CHECK(desk.log("b").status == LogStatus::Missed);
  CHECK(desk.log("b").end_reason == EndReason::Busy);
  CHECK(desk.view(desk.log("b").call_from) == "+33123456789");
  CHECK(desk.view(desk.log("b").contact_id) == "c-1");
  CHECK(desk.log("b").delivery == DeliveryState::Saved);
  CHECK(desk.ever_last(Request::CallLogUpdate)->said("status") == "missed");
  CHECK(desk.call("a").state == CallState::Active);
}
