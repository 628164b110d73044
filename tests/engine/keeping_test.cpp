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
  desk.ask_mute("a", true);
  desk.tell({.type = EventType::MuteConfirmed, .call_id = desk.text("a"), .on = true});
  store.take(desk);
  CHECK(store.records.at("call/a").find(R"("muteWanted":true)") != std::string::npos);  // taken up again, it is muted again
  const std::size_t puts = store.puts;
  desk.ask_hold("a", true);
  store.take(desk);
  CHECK(store.puts == puts);  // a click on hold is not worth a write: once confirmed it is
  desk.ask(EventType::NoticeDismissed);
  store.take(desk);
  CHECK(store.puts == puts);
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

namespace {

/// Applies a phone's storage effects as a host does.
void apply(Phone& phone, std::map<std::string, std::string>& records, std::string& problem) {
  std::set<std::string> once;
  for (const Effect& effect : phone.effects()) {
    if (effect.type != EffectType::StoragePut && effect.type != EffectType::StorageDelete) continue;
    const std::string name(phone.strings().view(effect.record));
    if (effect.type == EffectType::StoragePut) {
      if (!once.insert(name).second) problem = name + " was put twice by one event";
      records[name] = phone.strings().view(effect.body);
    } else {
      records.erase(name);
    }
  }
}

}  // namespace

TEST_CASE("whatever happens, the records put so far are the logs, drafts, agent and live calls of the snapshot, and load as such") {
  std::size_t logs_met = 0, calls_met = 0, drafts_met = 0;
  for (std::uint64_t seed = 1; seed <= 40 / kTenth + 1; ++seed) {
    const std::string config = config_of({.seed = static_cast<int>(seed), .storage = true});
    Phone phone(config);
    Choices choose(seed * 77);
    Host host;
    std::array<double, 64> in{};
    std::map<std::string, std::string> records;
    std::string problem;
    auto tell = [&](const Told& told) {
      const std::string blob = to_hot(told, phone, in);
      REQUIRE(phone.dispatch_hot(static_cast<int>(told.type), in.data(), blob) == 0);
      host.after(told, phone);
      apply(phone, records, problem);
    };
    Told first{.type = EventType::Started, .at = host.at, .mono = host.mono};
    tell(first);
    first.type = EventType::StateLoaded, first.numbers[0] = 1, first.texts[1] = "{}";
    tell(first);
    for (int i = 0; i < 400 && !host.disposed; ++i) {
      tell(host.next(choose));
      if (i % 4 != 0) continue;
      const std::string snapshot = phone.snapshot();
      std::size_t logs = 0, drafts = 0, calls = 0, stored = 0;
      for (const CallLog& log : phone.model().logs) logs += log.in_use;
      for (const Draft& draft : phone.model().drafts) drafts += draft.in_use;
      for (const Call& call : phone.model().calls) calls += call.in_use && call.state != CallState::Ended;
      logs_met += logs, calls_met += calls, drafts_met += drafts;
      for (const auto& [name, body] : records) {
        stored += name.starts_with("log/") || name.starts_with("draft/") || name.starts_with("call/");
        if (name == "meta" || name.starts_with("call/")) continue;
        if (snapshot.find(body) == std::string::npos) problem = name + " is stored as " + body + ", and not so in the snapshot";
      }
      if (stored != logs + drafts + calls) problem = "as many records as logs, drafts and live calls";
      for (const Call& call : phone.model().calls) {
        if (!call.in_use || call.state == CallState::Ended) continue;
        const auto found = records.find("call/" + std::string(phone.strings().view(call.id)));
        const std::string state = "\"state\":\"" + std::string(kCallStateWords[static_cast<std::size_t>(call.state)]) + "\"";
        if (found == records.end() || found->second.find(state) == std::string::npos) problem = "a live call that is not stored as it is";
      }
      REQUIRE_MESSAGE(problem.empty(), "seed " << seed << " event " << i << ": " << problem);
    }
    REQUIRE_MESSAGE(host.problem.empty(), host.problem);

    Stored store;
    store.records = records;
    PhoneDriver after({.seed = static_cast<int>(seed) + 1000, .storage = true});
    after.at = host.at + 1'000;
    store.load(after);
    CHECK(after.anomalies() == 0);
    for (const CallLog& log : phone.model().logs) {
      if (!log.in_use) continue;
      const std::string key(phone.strings().view(log.key));
      const CallLog* again = nullptr;
      for (const CallLog& other : after.model().logs)
        if (other.in_use && after.view(other.key) == key) again = &other;
      REQUIRE_MESSAGE(again, "seed " << seed << ": " << key << " is gone");
      CHECK(after.view(again->notes) == phone.strings().view(log.notes));
      if (log.status >= LogStatus::Answered) CHECK(again->status == log.status);
      CHECK(again->revision >= log.revision);
    }
    std::size_t drafts = 0;
    for (const Draft& draft : phone.model().drafts) drafts += draft.in_use;
    CHECK(after.drafts() >= drafts);
    bool told_twice = false;  // taken for ended and taken up again: its record is final, and it waits for the softphone to speak of it once more
    for (const Call& call : phone.model().calls) {
      if (!call.in_use || call.state == CallState::Ended) continue;
      bool over = false;
      for (const CallLog& log : phone.model().logs) over = over || (log.in_use && log.key == call.call_log_id && log.status >= LogStatus::Answered);
      told_twice = told_twice || over;
      if (!over) CHECK(after.call(phone.strings().view(call.id)).state == CallState::Recovering);
    }
    if (!told_twice) CHECK(after.agent().next_status == phone.model().agent.next_status);
  }
  for (const std::size_t met : {logs_met, calls_met, drafts_met}) CHECK(met > 100 / kTenth);
}

TEST_CASE("any text as parts of a state leaves a phone that starts, and no record that lives without its call") {
  const std::array<std::string, 12> pieces{
      R"({"leaf":"CallLog","value":{"key":"k","status":"talking","connected_at":5,"type":"inbound"}})",
      R"({"leaf":"CallLog","value":{"key":"k2","status":"answered","delivery":"Creating"},"inner":{"writtenRevision":9}})",
      R"({"leaf":"Call","value":{"id":"a","state":"Active","callLogId":"k","hold":"On","heldSince":1e14,"connectedAt":7}})",
      R"({"leaf":"Call","value":{"id":"b","state":"Offered","callLogId":"nobody","contact":"Looking"}})",
      R"({"leaf":"Call","value":{"id":"a","state":"Ended"}})",
      R"({"leaf":"Draft","value":{"call_log_id":"k2","notes":"x"}})",
      R"({"leaf":"Agent","value":{"activity":"WrapUp","wrapUpEndsAt":1700000300000,"write":"Saving","requested":"BREAK","pause":"pending"},"inner":{"queued":"MEETING"}})",
      R"({"leaf":"Agent","value":{"activity":"OnCall","write":"Waiting","requested":"","nextStatus":"PAUSE"},"inner":{"known":true}})",
      R"({"leaf":"Agent","value":{"since":-1}})", R"({"leaf":"Presence","value":{}})", "null", R"({"leaf":"CallLog","value":{"key":7}})"};
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    Choices choose(seed);
    PhoneDriver desk({.storage = true});
    desk.tell(EventType::Started);
    for (std::uint32_t left = 1 + choose.below(4); left-- > 0;) {
      std::string body = choose.one_in(6) ? "{" : R"({"schema":)" + std::to_string(1 + choose.below(2)) + R"(,"saved_at":)" +
                                                      std::to_string(choose.below(2) ? 1'699'999'999'000 : 5) + R"(,"next_id":)" +
                                                      std::to_string(choose.below(3)) + R"(,"leaves":[)";
      for (std::uint32_t leaves = choose.below(6), i = 0; i < leaves; ++i) body += (i ? "," : "") + choose.of(pieces);
      body += "]}";
      desk.tell({.type = EventType::StateLoaded, .body = desk.text(body), .on = left == 0});
    }
    REQUIRE(desk.model().root.phase == Phase::Initializing);
    desk.start();
    desk.answer_all();
    desk.silence(700'000);
    for (const Call& call : desk.model().calls) CHECK_FALSE((call.in_use && call.state == CallState::Recovering));
    for (const CallLog& log : desk.model().logs) CHECK_MESSAGE((!log.in_use || log.status >= LogStatus::Answered), seed);
    CHECK(desk.agent().activity == ActivityState::Idle);
  }
}
