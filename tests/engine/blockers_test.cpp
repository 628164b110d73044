// "Why am I not getting calls?"
#include "engine/phone/blockers.h"
#include "tests/engine/phone_driver.h"
#include "tests/engine/random_phone.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

std::string why(const PhoneDriver& desk) {
  std::string words;
  for (const BlockerEntry& blocker : desk.model().blockers)
    if (blocker.in_use) words += (words.empty() ? "" : " ") + std::string(kBlockerWords[static_cast<std::size_t>(blocker.reason)]);
  return words;
}

}  // namespace

TEST_CASE(
    "a phone that is not there yet says so, and one that is free says "
    "nothing") {
  PhoneDriver desk;
  desk.tell({.type = EventType::NetworkChanged, .on = true});
  CHECK(why(desk) == "not_ready status_unknown");
  desk.tell(EventType::Started);
  CHECK(why(desk) == "not_ready status_unknown link_down");
  desk.answer_all();
  desk.tell(EventType::SocketOpened);
  CHECK(why(desk) == "not_ready");
  desk.tell(EventType::SoftphoneReady);
  CHECK(why(desk) == "not_registered");
  desk.tell(EventType::Registered);
  CHECK(why(desk) == "");
  CHECK(desk.count(EffectType::Log) == 0);
}

TEST_CASE(
    "what stops all calls stands before what only delays them, each with "
    "its time and its words") {
  PhoneDriver desk;
  desk.start("BREAK");
  desk.answer_all();
  CHECK(why(desk) == "paused");
  desk.tell({.type = EventType::SocketClosed, .code = 1006});
  desk.skip(1'000);
  desk.tell({.type = EventType::RegistrationFailed, .reason = desk.text("Forbidden"), .status_code = 503, .retry_after_ms = 4'000});
  CHECK(why(desk) == "not_registered paused link_down");
  const auto& list = desk.model().blockers;
  CHECK(list[0].since == desk.at);
  CHECK(desk.view(list[0].text) == "Forbidden");
  CHECK(list[0].until == desk.at + 4'000);  // the softphone's own next try, not the backend's
  CHECK(list[2].until == desk.model().connection.retry_at);
  CHECK(list[2].until > 0);
}

TEST_CASE("on a call, in wrap-up, and a break to come") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  CHECK(why(desk) == "on_call");
  desk.ask_status(AgentStatus::Break, "coffee");
  CHECK(why(desk) == "on_call paused pause_pending");
  desk.answer_all();
  CHECK(why(desk) == "on_call paused");
  CHECK(desk.view(desk.model().blockers[1].text) == "coffee");
  desk.end("a");
  CHECK(why(desk) == "wrap_up paused");
  CHECK(desk.model().blockers[0].until == desk.at + 30'000);
}

TEST_CASE(
    "a reason that lasts keeps the time it was first seen, and nothing "
    "is published that did not change") {
  PhoneDriver desk;
  desk.start();
  talk(desk, "a");
  desk.ask_status(AgentStatus::Break);
  for (int i = 0; i < 5; ++i) {
    desk.lose(Request::QueuePause);
    desk.wait(20'000);
  }
  CHECK(why(desk) == "on_call paused pause_failed");
  const Millis since = desk.model().blockers[2].since;
  desk.wait(60'000);
  const double version = desk.phone.dispatch(Event{.type = EventType::Woke, .at = desk.at, .mono = desk.mono}).version;
  desk.ask_mute("a", true);
  CHECK(desk.model().blockers[2].since == since);
  for (const Change& change :
       desk.phone.dispatch(Event{.type = EventType::MuteConfirmed, .at = desk.at, .mono = desk.mono, .call_id = desk.text("a"), .on = true})
           .changes)
    CHECK(change.leaf != Leaf::Blocker);
  CHECK(version > 0);
}

TEST_CASE(
    "as many calls as may be, a phone that failed, and a status set to "
    "offline") {
  PhoneDriver desk({.calls_max = 1});
  desk.start("OFFLINE");
  CHECK(why(desk) == "offline");
  desk.offer("a");
  CHECK(why(desk) == "offline too_many_calls");
  desk.tell({.type = EventType::SoftphoneFailed, .reason = desk.text("lost")});
  CHECK(why(desk) == "softphone_failed offline too_many_calls");
}

TEST_CASE("a link that says nothing, a wrong clock, a storage that fails and a tab that was frozen are said, too") {
  PhoneDriver desk({.probe = true});
  desk.start();
  desk.hear(R"({"type":"pong"})");
  desk.wait(20'999);
  CHECK(why(desk) == "");  // it has been asked, and may still answer
  desk.wait(1);
  CHECK(why(desk) == "link_silent");
  desk.hear(R"({"type":"pong"})");
  CHECK(why(desk) == "");
  desk.tell({.type = EventType::Woke, .gap_ms = 90'000});
  CHECK(why(desk).find("tab_frozen") != std::string::npos);
  desk.ask(EventType::NoticeDismissed);
  CHECK(why(desk).find("tab_frozen") == std::string::npos);
}

TEST_CASE("whatever happens, the list is what the state says now, without holes and without a word twice") {
  for (std::uint64_t seed = 1; seed <= 100 / kTenth; ++seed) {
    Config config;
    config.calls_max = seed % 3 ? 8 : 2;
    config.has_events_socket = seed % 5 != 0;
    Phone phone(config_of({.socket = config.has_events_socket, .calls_max = static_cast<int>(config.calls_max), .seed = static_cast<int>(seed)}));
    Choices choose(seed);
    Host host;
    std::array<double, 64> in{};
    bool agrees = true;
    for (int i = 0; agrees && i < 150; ++i) {
      const Told told = host.next(choose);
      const std::string blob = to_hot(told, phone, in);
      REQUIRE(phone.dispatch_hot(static_cast<int>(told.type), in.data(), blob) == 0);
      host.after(told, phone);
      BlockerList now;
      const std::size_t count = find_blockers(phone.model(), config, now);
      const auto& shown = phone.model().blockers;
      std::size_t live = 0;
      for (const BlockerEntry& entry : shown) live += entry.in_use;
      agrees = live == count;
      for (std::size_t j = 0; agrees && j < count; ++j) {
        agrees = shown[j].in_use && shown[j].reason == now[j].reason && shown[j].since > 0;
        for (std::size_t k = 0; k < j; ++k) agrees = agrees && now[k].reason != now[j].reason;
      }
      CHECK_MESSAGE(agrees, "seed " << seed << ", step " << i << " after " << to_json(told));
    }
  }
}
