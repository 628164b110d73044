// Attended transfers that the PBX carries out, asked for through the backend:
// one leg here, and what the answers and the socket tell.
#include "tests/engine/phone_driver.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

double ask_consult(PhoneDriver& desk, std::string_view target) {
  return desk.ask({.type = EventType::ConsultRequested, .call_id = desk.text("a"), .target = desk.text(target)});
}
double complete(PhoneDriver& desk) { return desk.ask(EventType::ConsultCompleted); }
double cancel(PhoneDriver& desk) { return desk.ask(EventType::ConsultCancelled); }
const Consult& consult(PhoneDriver& desk) { return desk.model().consult; }

/// By the PBX: its channel is known, the softphone is not asked.
void at_pbx(PhoneDriver& desk) {
  desk.start();
  talk(desk, "a");
  desk.hear_queue("1651.1");
}

void told(PhoneDriver& desk, std::string_view state) {
  desk.hear(R"({"type":"transfer","channel_id":"PJSIP/1001-1651.1","state":")" + std::string(state) + "\"}");
}

}  // namespace

TEST_CASE("by the PBX: start, ready, complete, each asked of the backend with the channel of our leg") {
  PhoneDriver desk({.route = "pbx"});
  at_pbx(desk);
  const double begun = ask_consult(desk, "1002");
  CHECK(desk.outcome(begun) == "pending");
  CHECK(consult(desk).route == Route::Pbx);
  CHECK(desk.count(EffectType::SoftphoneDial) == 0);
  CHECK(desk.count(EffectType::SoftphoneHold) == 0);  // the PBX plays the music
  const Seen* start = desk.open(Request::CallTransfer);
  REQUIRE(start);
  CHECK(start->record == "PJSIP/1001-1651.1");
  CHECK(start->body ==
        R"({"action":"start","target":"1002","attendant_transfer_form_data":{"channel_id":"PJSIP/1001-1651.1"},"call_log_id":"log-1"})");
  desk.answer(Request::CallTransfer, 200, R"({"state":"consulting"})");
  CHECK(desk.outcome(begun) == "done");
  CHECK(consult(desk).state == ConsultState::Consulting);
  CHECK(desk.outcome(complete(desk)) == "refused consult_not_ready");
  CHECK(desk.outcome(desk.ask(EventType::SwapRequested)) == "refused consult_not_ready");
  told(desk, "ready");
  CHECK(consult(desk).state == ConsultState::Ready);
  told(desk, "ready");
  const double swap = desk.ask(EventType::SwapRequested);
  CHECK(desk.ever_last(Request::CallTransfer)->said("action") == "swap");
  desk.answer(Request::CallTransfer);
  CHECK(desk.outcome(swap) == "done");
  const double join = complete(desk);
  CHECK(desk.ever_last(Request::CallTransfer)->body ==
        R"({"action":"complete","attendant_transfer_form_data":{"channel_id":"PJSIP/1001-1651.1"},"call_log_id":"log-1"})");
  desk.answer(Request::CallTransfer, 202);
  CHECK(desk.outcome(join) == "pending");
  told(desk, "done");
  CHECK(desk.outcome(join) == "done");
  CHECK(desk.last(EffectType::SoftphoneHangup)->call_id == "a");
  desk.end("a", Origin::Local);
  CHECK(desk.log("a").end_reason == EndReason::Transferred);
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("by the PBX: a target that answers at once is ready at once, and a failed joining leaves him there") {
  PhoneDriver desk({.route = "pbx"});
  at_pbx(desk);
  const double begun = ask_consult(desk, "1002");
  desk.answer(Request::CallTransfer, 200, R"({"state":"ready"})");
  CHECK(desk.outcome(begun) == "done");
  CHECK(consult(desk).state == ConsultState::Ready);
  const double swap = desk.ask(EventType::SwapRequested);
  desk.answer(Request::CallTransfer, 409);
  CHECK(desk.outcome(swap) == "refused backend_refused");
  CHECK(consult(desk).state == ConsultState::Ready);
  const double superseded = desk.ask(EventType::SwapRequested);
  const double join = complete(desk);
  CHECK(desk.outcome(superseded) == "refused superseded");
  desk.answer(Request::CallTransfer);  // the swap's: nobody waits for it any more
  desk.answer(Request::CallTransfer, 409);
  CHECK(desk.outcome(join) == "refused backend_refused");
  CHECK(consult(desk).state == ConsultState::Ready);
  const double unanswered = complete(desk);
  told(desk, "failed");
  CHECK(desk.outcome(unanswered) == "refused backend_refused");
  CHECK(consult(desk).state == ConsultState::Ready);
}

TEST_CASE("by the PBX: the answer that it began may come after the target's") {
  PhoneDriver desk({.route = "pbx"});
  at_pbx(desk);
  const double begun = ask_consult(desk, "1002");
  told(desk, "ready");
  CHECK(desk.outcome(begun) == "done");
  desk.answer(Request::CallTransfer, 200, R"({"state":"consulting"})");
  CHECK(consult(desk).state == ConsultState::Ready);
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("by the PBX: a consultation that cannot begin, or whose target fails, is over, and the call goes on") {
  PhoneDriver desk({.route = "pbx"});
  at_pbx(desk);
  const double refused = ask_consult(desk, "1002");
  desk.answer(Request::CallTransfer, 501);
  CHECK(desk.outcome(refused) == "refused backend_refused");
  CHECK(consult(desk).result == ConsultResult::Failed);
  CHECK(desk.model().notice.code == Notice::ConsultFailed);
  const double unreached = ask_consult(desk, "1002");
  desk.lose(Request::CallTransfer);
  CHECK(desk.outcome(unreached) == "refused backend_unreachable");
  ask_consult(desk, "1002");
  desk.answer(Request::CallTransfer);
  told(desk, "failed");
  CHECK(consult(desk).result == ConsultResult::TargetFailed);
  ask_consult(desk, "1002");
  desk.answer(Request::CallTransfer);
  desk.wait(120'000);  // the PBX says nothing more
  CHECK(consult(desk).state == ConsultState::Idle);
  CHECK(desk.ever_last(Request::CallTransfer)->said("action") == "cancel");
  desk.answer(Request::CallTransfer);
  CHECK(desk.call("a").state == CallState::Active);
  CHECK(desk.anomalies() == 0);
}

TEST_CASE("by the PBX: cancelled when the backend says so, and not before") {
  PhoneDriver desk({.route = "pbx"});
  at_pbx(desk);
  ask_consult(desk, "1002");
  desk.answer(Request::CallTransfer, 200, R"({"state":"ready"})");
  const double refused = cancel(desk);
  CHECK(desk.outcome(refused) == "pending");
  told(desk, "ready");
  desk.answer(Request::CallTransfer, 500);
  CHECK(desk.outcome(refused) == "refused backend_refused");
  CHECK(consult(desk).state == ConsultState::Ready);
  const double back = cancel(desk);
  CHECK(desk.ever_last(Request::CallTransfer)->said("action") == "cancel");
  desk.answer(Request::CallTransfer);
  CHECK(desk.outcome(back) == "done");
  CHECK(consult(desk).result == ConsultResult::Cancelled);
  ask_consult(desk, "1002");
  desk.answer(Request::CallTransfer);
  told(desk, "done");  // somebody else completed it: the end of our leg says how
  CHECK(desk.last_anomaly() == Anomaly::IgnoredEvent);
  desk.end("a");
  CHECK(consult(desk).result == ConsultResult::CustomerLeft);
}

TEST_CASE("by the PBX: completing ends our leg before the backend has answered, and is a transfer all the same") {
  PhoneDriver desk({.route = "pbx"});
  at_pbx(desk);
  ask_consult(desk, "1002");
  desk.answer(Request::CallTransfer, 200, R"({"state":"consulting"})");
  told(desk, "ready");
  const double join = complete(desk);
  desk.end("a", Origin::Remote);
  CHECK(desk.outcome(join) == "done");
  CHECK(consult(desk).state == ConsultState::Idle);
  CHECK(consult(desk).result == ConsultResult::Transferred);
  CHECK(desk.log("a").end_reason == EndReason::Transferred);
  desk.answer(Request::CallTransfer, 200, R"({"state":"done"})");
  CHECK(desk.anomalies() == 0);
}
