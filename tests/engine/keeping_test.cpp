// What is kept over a reload, as the host sees it: storage.load, StateLoaded,
// storage.put, storage.delete. Records and names: docs/storage.md
#include "tests/engine/random_phone.h"
#include "tests/engine/stored.h"

using namespace offhook;
using namespace offhook::bench;

TEST_CASE("with a storage, a phone reads it before it starts anything") {
  PhoneDriver desk({.storage = true});
  desk.tell(EventType::Started);
  CHECK(desk.count(EffectType::StorageLoad) == 1);
  CHECK(desk.count(EffectType::SoftphoneStart) == 0);
  CHECK(desk.outcome(desk.ask({.type = EventType::DialRequested, .number = desk.text("100")})) == "refused not_ready");
  desk.tell({.type = EventType::StateLoaded, .body = desk.text("{}")});  // a part: more comes
  CHECK(desk.model().root.phase == Phase::Loading);
  desk.tell({.type = EventType::StateLoaded, .body = desk.text("{}"), .on = true});
  CHECK(desk.model().root.phase == Phase::Initializing);
  CHECK(desk.count(EffectType::SoftphoneStart) == 1);
  CHECK(desk.anomalies() == 0);
  desk.tell({.type = EventType::StateLoaded, .body = desk.text("{}"), .on = true});  // nobody has asked
  CHECK(desk.last_anomaly() == Anomaly::IgnoredEvent);
  CHECK(desk.model().root.phase == Phase::Initializing);
}

TEST_CASE("a storage that cannot be read is told, and the phone works without it") {
  PhoneDriver desk({.storage = true});
  desk.tell(EventType::Started);
  desk.tell({.type = EventType::StorageFailed, .reason = desk.text("blocked")});
  CHECK(desk.model().notice.code == Notice::StorageFailed);
  CHECK(desk.view(desk.model().notice.text) == "blocked");
  CHECK(desk.count(EffectType::SoftphoneStart) == 1);
  desk.tell(EventType::SoftphoneReady);
  desk.ask(EventType::NoticeDismissed);
  desk.offer("a");
  CHECK(desk.count(EffectType::StoragePut) > 0);  // perhaps it can be written
  desk.tell({.type = EventType::StorageFailed, .reason = desk.text("full")});
  CHECK(desk.view(desk.model().notice.text) == "full");
  CHECK(desk.model().root.phase == Phase::Ready);
}

TEST_CASE("a phone without a storage asks for nothing and writes nothing") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.end("a");
  for (const Seen& seen : desk.all)
    CHECK_FALSE((seen.type == EffectType::StorageLoad || seen.type == EffectType::StoragePut || seen.type == EffectType::StorageDelete));
  desk.tell({.type = EventType::StateLoaded, .body = desk.text("{}"), .on = true});
  desk.tell({.type = EventType::StorageFailed});
  CHECK(desk.anomalies() == 2);
}

TEST_CASE("a call puts its record and itself as they change, and goes when it is over") {
  Stored store;
  PhoneDriver desk({.storage = true});
  store.load(desk);
  CHECK(store.records.contains("meta"));
  CHECK(store.records.contains("agent"));
  desk.start();
  store.take(desk);
  desk.offer("a");
  store.take(desk);
  CHECK(store.count("log/") == 1);
  CHECK(store.records.at("call/a").find(R"("state":"Offered")") != std::string::npos);
  desk.connect("a");
  store.take(desk);
  CHECK(store.records.at("call/a").find(R"("state":"Active")") != std::string::npos);
  const std::size_t puts = store.puts;
  desk.ask_mute("a", true);
  desk.ask_hold("a", true);
  desk.hold_confirmed("a", true);
  store.take(desk);
  CHECK(store.puts == puts);  // a click on hold or mute is not worth a write
  desk.wait(10'000);
  store.take(desk);
  CHECK(store.puts == puts + 1);  // but the time is
  CHECK(store.records.at("meta").find("\"saved_at\":" + std::to_string(static_cast<long long>(desk.at))) != std::string::npos);
  desk.end("a");
  store.take(desk);
  CHECK(store.count("call/") == 0);
  CHECK(store.count("draft/") == 1);
  CHECK(store.records.at("agent").find("WRAP_UP") != std::string::npos);
  const std::string key(desk.view(desk.log("a").key));
  desk.ask_draft(EventType::DraftSaved, key, "called back", "done");
  store.take(desk);
  CHECK(store.count("draft/") == 0);
  CHECK(store.records.at("log/" + key).find("called back") != std::string::npos);
  CHECK(desk.timers.size() == 1);  // the linger of the ended call: nobody talks, so no time is written
}

TEST_CASE("confirmed records beyond the last fifty are deleted, and one that takes their slot is put under its own name") {
  Stored store;
  PhoneDriver desk({.wrap_up = "none", .storage = true});
  store.load(desk);
  desk.start();
  for (int i = 0; i < 60; ++i) {
    desk.offer("c" + std::to_string(i));
    desk.end("c" + std::to_string(i));
    desk.answer_all();
    desk.wait(6'000);
  }
  store.take(desk);
  CHECK(store.count("log/") == desk.logs());
  CHECK(store.count("log/") <= limits::kCallLogsShown);
}

TEST_CASE("numbers are reserved in blocks: no two pages give the same id, and not every event writes") {
  Stored store;
  std::set<std::string> ids;
  double last = 0;
  for (int page = 0; page < 3; ++page) {
    PhoneDriver desk({.storage = true});
    store.load(desk);
    desk.start();
    store.take(desk);
    desk.answer_all();
    for (int i = 0; i < 150; ++i) {
      const std::string id = desk.dial();
      CHECK_MESSAGE(ids.insert(id).second, id);
      desk.end(id, Origin::Local, 487);
      desk.answer_all();
    }
    CHECK(desk.all.front().id >= (page == 0 ? 1 : 0));
    CHECK(desk.all[2].id > last);
    last = desk.all.back().id;
    store.take(desk);
  }
}

TEST_CASE("a state of a newer schema is told, not read, and never written over") {
  Stored store;
  store.records["meta"] = R"({"schema":3,"extension":"1001","next_id":7,"calls_made":1})";
  store.records["agent"] = R"({"leaf":"Agent","value":{"mood":"fine"}})";
  const auto before = store.records;
  PhoneDriver desk({.storage = true});
  store.load(desk);
  CHECK(desk.model().notice.code == Notice::StorageFailed);
  CHECK(desk.view(desk.model().notice.text) == "bad_schema");
  CHECK(desk.last_anomaly() == Anomaly::BadState);
  desk.start();
  talk(desk, "a");
  desk.end("a");
  desk.wait(20'000);
  store.take(desk);
  desk.answer_all();
  store.take(desk);
  CHECK(store.records == before);
  CHECK(desk.log("a").delivery == DeliveryState::Saved);  // the phone itself works
}

TEST_CASE("another extension's state is not taken up and not written over") {
  Stored store;
  store.records["meta"] = R"({"schema":2,"extension":"1002","next_id":7,"calls_made":1})";
  const auto before = store.records;
  PhoneDriver desk({.storage = true});
  store.load(desk);
  desk.start();
  talk(desk, "a");
  store.take(desk);
  CHECK(store.records == before);
}

TEST_CASE("one damaged record, or a part that is no JSON, does not lose the others") {
  Stored store;
  {
    PhoneDriver desk({.storage = true});
    store.load(desk);
    desk.start();
    for (const char* id : {"a", "b", "c"}) {
      talk(desk, id);
      desk.end(id);
    }
    store.take(desk);
  }
  REQUIRE(store.count("log/") == 3);
  for (auto& [name, body] : store.records)
    if (name.starts_with("log/")) {
      body = R"({"leaf":"CallLog","value":{"key":"x","status":"singing"}})";
      break;
    }
  PhoneDriver desk({.storage = true});
  desk.tell(EventType::Started);
  desk.tell({.type = EventType::StateLoaded, .body = desk.text("}{ torn")});
  store.load(desk);
  CHECK(desk.logs() == 2);
  CHECK(desk.drafts() == 3);  // its notes are still there
  CHECK(desk.anomalies() == 2);
}

TEST_CASE("a state in many parts counts only when the last one is there; one that never ends is taken as far as it came") {
  Stored store;
  {
    PhoneDriver desk({.wrap_up = "none", .storage = true});
    store.load(desk);
    desk.start();
    for (int i = 0; i < 40; ++i) {
      desk.offer("c" + std::to_string(i));
      desk.end("c" + std::to_string(i));
      desk.answer_all();
    }
    store.take(desk);
  }
  for (const bool failed : {false, true}) {
    PhoneDriver desk({.storage = true});
    desk.tell(EventType::Started);
    const auto parts = store.parts(4'000);
    REQUIRE(parts.size() > 5);
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      desk.tell({.type = EventType::StateLoaded, .body = desk.text(parts[i])});
      for (int filler = 0; filler < 2'000; ++filler) desk.text("filler " + std::to_string(filler) + std::to_string(i));
      desk.phone.dispatch_json(R"({"type":"TimerFired","at":1,"mono":1,"timer":9})");  // the sweep between two parts
      CHECK(desk.logs() == 0);
    }
    if (failed) desk.tell({.type = EventType::StorageFailed, .reason = desk.text("closed")});
    else desk.tell({.type = EventType::StateLoaded, .body = desk.text(parts.back()), .on = true});
    CHECK(desk.logs() >= 30);
    if (!failed) CHECK(desk.logs() == 40);
    for (const CallLog& log : desk.model().logs) CHECK(desk.view(log.call_from) == "+44 20 7946 0123");
  }
}
