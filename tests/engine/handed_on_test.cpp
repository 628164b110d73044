// What goes from one page or tab to the next: a consultation over a reload, the
// phone to another tab, and a storage that works again. Designs:
// docs/machines/consult.md, docs/machines/tabs.md, docs/storage.md
#include "tests/engine/reloaded.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

const Consult& consult(PhoneDriver& desk) { return desk.model().consult; }
double ask_consult(PhoneDriver& desk, std::string_view target) {
  return desk.ask({.type = EventType::ConsultRequested, .call_id = desk.text("a"), .target = desk.text(target)});
}

/// A page that asks a colleague while its customer "a" waits, and goes. `answered`: the colleague has.
Stored asking(double& gone, std::string& leg, bool answered) {
  return page(kStored, [&](PhoneDriver& desk) {
    talk(desk, "a");
    ask_consult(desk, "1002");
    leg = std::string(desk.view(consult(desk).consult_call_id));
    desk.hold_confirmed("a", true);
    if (answered) desk.connect(leg);
    desk.answer_all();
    gone = desk.at;
  });
}

void lead(PhoneDriver& desk) {
  desk.tell(EventType::Started);
  desk.tell(EventType::TabLockGranted);
  if (desk.count(EffectType::StorageLoad) > 0) desk.tell({.type = EventType::StateLoaded, .body = desk.text("{}"), .on = true});
  desk.tell(EventType::SoftphoneReady);
  desk.tell(EventType::Registered);
  desk.answer_all();
}
double take_over(PhoneDriver& desk) { return desk.ask({.type = EventType::TakeOverRequested}); }

}  // namespace

TEST_CASE("a reload while a colleague is asked: the consultation goes on, and is completed from the new page") {
  double gone = 0;
  std::string leg;
  Stored store = asking(gone, leg, true);
  REQUIRE(store.count("consult") == 1);
  PhoneDriver desk(kStored);
  begin(desk, store, gone + 1'000);
  CHECK(consult(desk).state == ConsultState::Ready);
  CHECK(desk.view(consult(desk).target) == "1002");
  CHECK(desk.model().can.complete_transfer.reason == Reason::Recovering);
  CHECK(desk.model().can.complete_transfer.retry_in == limits::kRecoverTimeout);
  CHECK(desk.outcome(desk.ask(EventType::ConsultCompleted)) == "refused recovering");
  CHECK(desk.outcome(desk.ask(EventType::ConsultCancelled)) == "refused recovering");
  ready(desk);
  resumed(desk, "a", "", true);
  CHECK(desk.model().can.cancel_transfer.reason == Reason::Recovering);
  resumed(desk, leg);
  CHECK(desk.model().can.complete_transfer.reason == Reason::Ok);
  CHECK(desk.call("a").hold == SwitchState::On);
  const double command = desk.ask(EventType::ConsultCompleted);
  REQUIRE(desk.count(EffectType::SoftphoneTransfer) == 1);
  CHECK(desk.last(EffectType::SoftphoneTransfer)->other_call_id == leg);
  desk.tell({.type = EventType::TransferProgress, .call_id = desk.text("a"), .status_code = 200});
  CHECK(desk.outcome(command) == "done");
  CHECK(consult(desk).result == ConsultResult::Transferred);
  store.take(desk);
  CHECK(store.count("consult") == 0);
}

TEST_CASE("a reload while a colleague is asked, and only one of the two calls comes back") {
  double gone = 0;
  std::string leg;
  Stored store = asking(gone, leg, true);
  PhoneDriver without_colleague(kStored);
  begin(without_colleague, store, gone + 1'000);
  ready(without_colleague);
  resumed(without_colleague, "a", "", true);
  without_colleague.wait(6'000);
  CHECK(consult(without_colleague).result == ConsultResult::TargetFailed);
  CHECK(without_colleague.call("a").hold_wanted == false);  // the customer is taken back
  PhoneDriver without_customer(kStored);
  begin(without_customer, store, gone + 1'000);
  ready(without_customer);
  resumed(without_customer, leg);
  without_customer.wait(6'000);
  CHECK(consult(without_customer).result == ConsultResult::CustomerLeft);
  CHECK(without_customer.call(leg).state == CallState::Ending);
}

TEST_CASE("a reload while the colleague's phone rings: he is asked still if the softphone has the call, else the customer is taken back") {
  double gone = 0;
  std::string leg;
  Stored store = asking(gone, leg, false);
  PhoneDriver desk(kStored);
  begin(desk, store, gone + 1'000);
  CHECK(consult(desk).state == ConsultState::Consulting);
  ready(desk);
  resumed(desk, "a", "", true);
  resumed(desk, leg);
  CHECK(consult(desk).state == ConsultState::Ready);
  PhoneDriver other(kStored);
  begin(other, store, gone + 1'000);
  ready(other);
  resumed(other, "a", "", true);
  other.wait(6'000);
  CHECK(consult(other).state == ConsultState::Idle);
}

TEST_CASE("a reload while the PBX asks the colleague: ready stays ready, and what still rang is given up in its time") {
  for (const bool answered : {true, false}) {
    Setup by_pbx = kStored;
    by_pbx.route = "pbx";
    double gone = 0;
    Stored store = page(by_pbx, [&](PhoneDriver& desk) {
      talk(desk, "a");
      desk.hear_queue("1651.1");
      ask_consult(desk, "1002");
      REQUIRE(consult(desk).state == ConsultState::Consulting);
      desk.answer(Request::CallTransfer, 200, R"({"state":"consulting"})");
      if (answered) desk.hear(R"({"type":"transfer","channel_id":"PJSIP/1001-1651.1","state":"ready"})");
      gone = desk.at;
    });
    PhoneDriver desk(by_pbx);
    begin(desk, store, gone + 1'000);
    ready(desk);
    resumed(desk, "a", "", true);
    CHECK(consult(desk).state == (answered ? ConsultState::Ready : ConsultState::Consulting));
    desk.wait(limits::kConsultTimeout);
    CHECK(consult(desk).state == (answered ? ConsultState::Ready : ConsultState::Idle));
  }
}

TEST_CASE("a stored consultation whose customer is gone is forgotten; a damaged one is counted") {
  double gone = 0;
  std::string leg;
  Stored store = asking(gone, leg, true);
  Stored damaged = store;
  damaged.records["consult"] = R"({"leaf":"Consult","slot":0,"value":{"state":"Ready","since":-5},"inner":{}})";
  store.records.erase("call/a");
  PhoneDriver desk(kStored);
  begin(desk, store, gone + 1'000);
  CHECK(consult(desk).state == ConsultState::Idle);
  store.take(desk);
  CHECK(store.count("consult") == 0);
  PhoneDriver other(kStored);
  begin(other, damaged, gone + 1'000);
  CHECK(consult(other).state == ConsultState::Idle);
  CHECK(other.last_anomaly() == Anomaly::BadState);
}

TEST_CASE("the phone is handed over to another tab in order: the leader steps down in the very event that says yes") {
  PhoneDriver desk({.storage = true, .tabs = true});
  lead(desk);
  CHECK(desk.model().can.take_over.reason == Reason::Ok);
  const double command = take_over(desk);
  CHECK(desk.outcome(command) == "done");
  CHECK(desk.model().tab.state == TabState::Deposed);
  CHECK(desk.model().root.phase == Phase::Disposed);
  CHECK(desk.count(EffectType::TabDeposed) == 1);
  CHECK(desk.count(EffectType::SocketClose) == 1);
  CHECK(desk.count(EffectType::StoragePut) == 0);
}

TEST_CASE("nobody takes the phone over while a call lives in it") {
  PhoneDriver desk({.storage = true, .tabs = true});
  lead(desk);
  desk.offer("a");
  CHECK(desk.model().can.take_over.reason == Reason::InCall);
  CHECK(desk.outcome(take_over(desk)) == "refused in_call");
  CHECK(desk.model().tab.state == TabState::Leader);
  desk.connect("a");
  desk.end("a");
  CHECK(desk.model().can.take_over.reason == Reason::Ok);  // its wrap-up and its record are in the storage
  CHECK(desk.outcome(take_over(desk)) == "done");
}

TEST_CASE("what no other tab could read keeps the phone where it is, until it is sent") {
  PhoneDriver desk({.wrap_up = "none", .tabs = true});  // no storage
  lead(desk);
  CHECK(desk.model().can.take_over.reason == Reason::Ok);
  desk.offer("a");
  desk.end("a");
  REQUIRE(desk.model().outbox.pending == 1);
  CHECK(desk.model().can.take_over.reason == Reason::NotKept);
  CHECK(desk.outcome(take_over(desk)) == "refused not_kept");
  desk.answer_all();
  CHECK(desk.outcome(take_over(desk)) == "done");

  PhoneDriver failing({.storage = true, .tabs = true});
  lead(failing);
  failing.ask_status(AgentStatus::Break);
  CHECK(failing.model().can.take_over.reason == Reason::Ok);
  failing.tell({.type = EventType::StorageFailed, .reason = failing.text("QuotaExceededError")});
  CHECK(failing.model().can.take_over.reason == Reason::NotKept);
  failing.tell(EventType::StorageRecovered);
  CHECK(failing.model().can.take_over.reason == Reason::Ok);
}

TEST_CASE("who leads already, or is alone, has the phone: taking over is done; a tab that follows does not hand on what it has not") {
  PhoneDriver alone;
  alone.start();
  CHECK(alone.model().can.take_over.reason == Reason::AlreadySo);
  CHECK(alone.outcome(take_over(alone)) == "done");
  alone.tell(EventType::TabHandedOver);
  PhoneDriver follower({.tabs = true});
  follower.tell(EventType::Started);
  CHECK(follower.outcome(take_over(follower)) == "refused not_ready");
}

TEST_CASE("a follower that was handed the phone takes the lock at once, and does not wait for the others in the queue") {
  PhoneDriver desk({.tabs = true});
  desk.tell(EventType::Started);
  desk.tell({.type = EventType::TabHeard, .tab = desk.text("tab-0")});
  desk.tell(EventType::TabHandedOver);
  REQUIRE(desk.count(EffectType::TabClaim) == 1);
  CHECK(desk.last(EffectType::TabClaim)->on);
  desk.tell(EventType::TabLockGranted);
  CHECK(desk.model().tab.state == TabState::Leader);
  desk.tell(EventType::TabHandedOver);  // said twice: nothing more
  CHECK(desk.count(EffectType::TabClaim) == 0);
}

TEST_CASE("a storage that works again: everything is put anew, and nothing stands in the way any more") {
  PhoneDriver desk(kStored);
  desk.tell(EventType::Started);
  desk.tell({.type = EventType::StateLoaded, .body = desk.text("{}"), .on = true});
  desk.start();
  talk(desk, "a");
  desk.tell(EventType::StorageRecovered);
  CHECK(desk.count(EffectType::StoragePut) == 0);  // it never failed
  desk.tell({.type = EventType::StorageFailed, .reason = desk.text("QuotaExceededError")});
  auto failing = [&] {
    for (const BlockerEntry& entry : desk.model().blockers)
      if (entry.in_use && entry.reason == Blocker::StorageFailing) return true;
    return false;
  };
  REQUIRE(failing());
  REQUIRE(desk.model().notice.code == Notice::StorageFailed);
  desk.tell(EventType::StorageRecovered);
  CHECK_FALSE(failing());
  CHECK(desk.model().notice.code == Notice::None);
  std::string put;
  for (std::size_t i = desk.last_from; i < desk.all.size(); ++i)
    if (desk.all[i].type == EffectType::StoragePut) put += desk.all[i].record.substr(0, desk.all[i].record.find('/')) + " ";
  CHECK(put == "log agent call meta ");
}
