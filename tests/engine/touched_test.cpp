// What an event changes it also marks: a reply carries what was touched, and what changed without the mark would be shown
// late, with the next touch. Compared with the whole, by the checkpoint (its list `stale`) and by a second store.
#include "tests/engine/phone_driver.h"
#include "tests/engine/random_phone.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

std::string config(std::uint64_t seed) {
  std::string text = R"({"extension":"1001","extension_id":"e-17","number":"1001","name":"Zoë","has_events_socket":true,"login":true,"seed":)" + std::to_string(seed);
  if (seed % 3 == 0) text += R"(,"has_storage":true)";
  if (seed % 4 == 0) text += R"(,"has_tabs":true,"tab":"t1")";
  if (seed % 5 == 0) text += R"(,"wrap_up_mode":"manual")";
  return text + "}";
}

/// Places of the records that are no more what was shown; empty while a stored state is coming in.
std::string stale(const Phone& phone) {
  const std::string whole = phone.checkpoint();
  const std::size_t from = whole.rfind(R"("stale":[)");
  return from == std::string::npos ? "" : whole.substr(from + 9, whole.find(']', from) - from - 9);
}

}  // namespace

TEST_CASE("Whatever changes in a call, the agent, a connection or a tab is marked as touched by the event that changed it") {
  for (std::uint64_t seed = 1; seed <= 1000 / kTenth; ++seed) {
    Choices choose(seed);
    Host host;
    Phone phone(config(seed));
    std::array<double, 64> in{};
    for (std::uint32_t i = 0; i < 320 && !host.disposed; ++i) {
      Told told = host.next(choose);
      if (i < 3 && seed % 10) told = {.type = std::array{EventType::Started, EventType::SoftphoneReady, EventType::Registered}[i], .at = host.at, .mono = host.mono};
      const std::string blob = to_hot(told, phone, in);
      phone.dispatch_hot(static_cast<int>(told.type), in.data(), blob);
      host.after(told, phone);
      CAPTURE(seed);
      CAPTURE(i);
      CAPTURE(to_json(told));
      REQUIRE(host.problem == "");  // built from the changes, the store is what the engine has
      REQUIRE(stale(phone) == "");
    }
  }
}

TEST_CASE("A softphone that speaks before anybody has started it opens no record that the stored state would replace") {
  Phone phone(R"({"extension":"1001","has_storage":true})");
  phone.dispatch_json(R"({"type":"Started","at":1,"mono":1})");
  const std::string reply = phone.dispatch_json(R"({"type":"CallOffered","at":2,"mono":2,"call_id":"a","number":"1002"})");
  CHECK(reply.find(R"("lastAnomaly":"ignored_event")") != std::string::npos);
  CHECK(phone.model().logs.empty());
  CHECK_FALSE(phone.model().calls[0].in_use);
  phone.dispatch_json(R"({"type":"StateLoaded","at":3,"mono":3,"body":"{\"leaves\":[]}","on":true})");
  phone.dispatch_json(R"({"type":"CallOffered","at":4,"mono":4,"call_id":"a","number":"1002"})");
  CHECK(phone.model().calls[0].state == CallState::Offered);
}
