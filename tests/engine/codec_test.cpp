// JSON in and out, snapshots and what they restore.
#include "tests/engine/phone_driver.h"
#include "tests/engine/random_phone.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

std::string error_of(const std::string& reply) {
  const auto json = wire::parse_object(reply, 1 << 26);
  REQUIRE(json);
  const wire::Json* error = wire::object_at(*json, "error");
  return error ? wire::text_at(*error, "code") : std::string();
}

}  // namespace

TEST_CASE("every event survives its way through JSON, with every field") {
  for (std::size_t type = 0; type < kEventTypes; ++type) {
    Strings strings;
    Told told{.type = static_cast<EventType>(type), .at = 1'700'000'000'123, .mono = 4'567.25};
    for (std::size_t i = 0; i < told.fields().size(); ++i) {
      told.numbers[i] = told.fields()[i].kind == Kind::Number ? 1.5 : 1;
      told.texts[i] = "\"" + std::string(told.fields()[i].name) + "\"\\\n☎";
    }
    Event event, again;
    REQUIRE_FALSE(wire::read_event(to_json(told), strings, event));
    std::string written, twice;
    JsonWriter first(written), second(twice);
    wire::write_event(first, event, strings);
    CHECK(written == to_json(told));
    REQUIRE_FALSE(wire::read_event(written, strings, again));
    wire::write_event(second, again, strings);
    CHECK(written == twice);
  }
}

TEST_CASE("bad events are refused with a code, and change nothing") {
  Phone phone(config_of({}));
  const std::string before = phone.snapshot();
  struct { std::string text; const char* code; } const bad[] = {
      {"", "bad_json"}, {"{", "bad_json"}, {"[]", "bad_json"}, {"null", "bad_json"}, {std::string(20, '['), "bad_json"},
      {R"({"at":1,"mono":1})", "unknown_event"}, {R"({"type":"Nope","at":1,"mono":1})", "unknown_event"}, {R"({"type":7,"at":1,"mono":1})", "unknown_event"},
      {R"({"type":"Started"})", "bad_field"}, {R"({"type":"Started","at":-1,"mono":1})", "bad_field"}, {R"({"type":"Started","at":1e15,"mono":1})", "bad_field"},
      {R"({"type":"Started","at":"1","mono":1})", "bad_field"}, {R"({"type":"CallConnected","at":1,"mono":1,"call_id":5})", "bad_field"},
      {R"({"type":"HoldConfirmed","at":1,"mono":1,"on":1})", "bad_field"}, {R"({"type":"StatusRequested","at":1,"mono":1,"status":"online"})", "bad_field"},
      {R"({"type":"TimerFired","at":1,"mono":1,"timer":"1"})", "bad_field"},
      {R"({"type":"CallOffered","at":1,"mono":1,"call_id":")" + std::string(limits::kTextBytes + 1, 'x') + "\"}", "too_long"},
      {R"({"type":"SocketMessage","at":1,"mono":1,"body":")" + std::string(limits::kJsonBytes + 1, 'x') + "\"}", "too_long"},
      {std::string(limits::kJsonBytes * 2 + 1, ' '), "bad_json"}};
  for (const auto& one : bad) CHECK_MESSAGE(error_of(phone.dispatch_json(one.text)) == one.code, one.text.substr(0, 80));
  CHECK(phone.snapshot() == before);
  CHECK(error_of(phone.dispatch_json(R"({"type":"Started","at":1,"mono":1,"more":{"a":[null]}})")).empty());
}

TEST_CASE("an id that is a number keeps all its digits") {
  PhoneDriver desk;
  desk.start();
  desk.offer("a", "1002");
  desk.answer(Request::CallLogCreate, 201, R"({"id":1234567890123456789})");
  CHECK(desk.view(desk.log("a").id) == "1234567890123456789");
  desk.offer("b", "1002");
  desk.answer(Request::CallLogCreate, 201, R"({"id":18446744073709551615})");
  CHECK(desk.view(desk.log("b").id) == "18446744073709551615");
}

TEST_CASE("a bad configuration says what is wrong with it, and such a phone answers with it") {
  for (const char* bad : {"", "[]", "{}", R"({"extension":""})", R"({"extension":"1","wrap_up":{"mode":"maybe"}})", R"({"extension":"1","calls_max":0})",
                          R"({"extension":"1","calls_max":13})", R"({"extension":"1","seed":1e300})",
                          R"({"extension":"1","wrap_up":{"mode":"timed","seconds":1e9}})"}) {
    Phone phone(bad);
    CHECK_MESSAGE(phone.error(), bad);
    CHECK_FALSE(phone.error().message.empty());
    CHECK(error_of(phone.dispatch_json(R"({"type":"Started","at":1,"mono":1})")) == phone.error().code);
    std::array<double, 64> in{};
    CHECK(phone.dispatch_hot(0, in.data(), "") == static_cast<int>(HotError::Dead));
  }
  Phone least(R"({"extension":"1001"})");
  CHECK_FALSE(least.error());
}

TEST_CASE("a reload in the middle of everything loses no call_log, no notes and no draft") {
  PhoneDriver before;
  before.start();
  talk(before, "saved");
  before.end("saved");
  before.answer_all();
  before.ask_draft(EventType::DraftEdited, before.view(before.log("saved").key), "half a sent");
  before.offer("unsaved");
  before.end("unsaved");
  before.lose(Request::CallLogCreate);
  talk(before, "living");
  before.offer("ringing", "+33123456789");
  const std::string out = before.dial("+4930123456");
  const std::string stored = before.phone.snapshot();

  PhoneDriver after({.seed = 8});
  REQUIRE(error_of(after.phone.restore_json(stored)).empty());
  CHECK(after.logs() == before.logs());
  CHECK(after.view(after.log("saved").notes) == "half a sent");
  CHECK(after.log("saved").delivery == DeliveryState::Saved);
  CHECK(after.drafts() == 1);
  CHECK(after.log("unsaved").delivery == DeliveryState::Waiting);
  for (const char* id : {"living", "ringing", out.c_str()}) CHECK(after.call(id).state == CallState::Recovering);

  for (const Effect& effect : after.phone.effects())  // what is unsent is sent at once
    if (effect.type == EffectType::TimerSet) after.timers.push_back({effect.timer, after.mono + effect.delay_ms});
  after.start();
  after.wait(0);
  after.answer_all();
  after.wait(5'000);
  CHECK(after.log("living").end_reason == EndReason::Lost);  // nobody has them any more
  CHECK(after.log("living").status == LogStatus::Answered);
  CHECK(after.log("ringing").status == LogStatus::Missed);
  CHECK(after.log(out).status == LogStatus::NoAnswered);
  CHECK(after.drafts() == 2);  // that of the saved call, and one for the call that the reload cut off
  after.answer_all();
  CHECK(after.model().outbox.pending == 0);
  CHECK(after.log("unsaved").delivery == DeliveryState::Saved);
  const std::string next = after.dial();
  CHECK(next != out);  // ids of outgoing calls are not used twice
}

TEST_CASE("a stored state that is foreign, newer, cut short or too late is refused, and nothing has changed") {
  PhoneDriver donor;
  donor.start();
  talk(donor, "a");
  const std::string stored = donor.phone.snapshot();
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string text = stored;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  Phone phone(config_of({}));
  const std::string before = phone.snapshot();
  CHECK(error_of(phone.restore_json("")) == "bad_json");
  CHECK(error_of(phone.restore_json(stored.substr(0, stored.size() / 2))) == "bad_json");
  CHECK(error_of(phone.restore_json(with(R"("schema":2)", R"("schema":3)"))) == "bad_schema");
  CHECK(error_of(phone.restore_json(with(R"("schema":2)", R"("schema":0)"))) == "bad_schema");
  CHECK(error_of(phone.restore_json(with(R"("extension":"1001")", R"("extension":"1002")"))) == "bad_state");
  CHECK(error_of(phone.restore_json(R"({"hello":"world"})")) == "bad_state");
  CHECK(phone.snapshot() == before);
  CHECK(error_of(phone.restore_json(stored)).empty());
  CHECK(error_of(phone.restore_json(stored)).empty());  // a second one replaces the first
  CHECK(phone.model().logs.size() == 1);
  CHECK(error_of(donor.phone.restore_json(stored)) == "bad_state");  // it has begun already
}

TEST_CASE("a damaged leaf of a stored state is counted and left out; the others count") {
  PhoneDriver donor;
  donor.start();
  talk(donor, "a");
  donor.end("a");
  talk(donor, "b");
  const std::string stored = donor.phone.snapshot();
  for (const auto& change : {std::pair{R"("status":"talking")", R"("status":"singing")"}, {R"("leaves":[)", R"("leaves":[7,)"},
                                 {R"("leaves":[)", R"("leaves":[{"leaf":"CallLog"},)"}, {R"("calls_made":0)", R"("calls_made":1e300)"},
                                 {R"("leaves":[)", R"("leaves":[{"leaf":"CallLog","value":{"key":""}},)"},
                                 {R"("leaves":[)", R"("leaves":[{"leaf":"CallLog","value":{"key":"k","revision":-1}},)"},
                                 {R"("leaves":[)", R"("leaves":[{"leaf":"Draft","value":{"notes":"of nothing"}},)"}}) {
    const std::string_view from = change.first, to = change.second;
    std::string text = stored;
    text.replace(text.find(from), from.size(), to);
    PhoneDriver after;
    CHECK(error_of(after.phone.restore_json(text)).empty());
    CHECK_MESSAGE(after.anomalies() == 1, std::string(to));
    CHECK(after.last_anomaly() == Anomaly::BadState);
    CHECK(after.log("a").status == LogStatus::Answered);
    CHECK(after.logs() == (to.find("singing") == std::string_view::npos ? 2 : 1));
  }
}

TEST_CASE("snapshot, restore, snapshot: the records are the same") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Phone phone(config_of({.seed = static_cast<int>(seed)}));
    Choices choose(seed);
    Host host;
    std::array<double, 64> in{};
    for (int i = 0; i < 200; ++i) {
      const Told told = host.next(choose);
      const std::string blob = to_hot(told, phone, in);
      phone.dispatch_hot(static_cast<int>(told.type), in.data(), blob);
      host.after(told, phone);
    }
    Phone once(config_of({})), twice(config_of({}));
    REQUIRE_MESSAGE(error_of(once.restore_json(phone.snapshot())).empty(), seed);
    REQUIRE(error_of(twice.restore_json(once.snapshot())).empty());
    auto records = [](const Phone& from) {
      const std::string text = from.snapshot();
      return text.substr(text.find(R"({"leaf":"Can")"));  // counters of versions and ids stand before
    };
    CHECK(records(once) == records(twice));
  }
}
