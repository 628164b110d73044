// The connection to the PBX, in stories: how it is opened and logged in, and who is refused.
#include <algorithm>
#include <set>

#include "tests/centre/link_driver.h"

using namespace offhook;
using namespace offhook::bench;
using ami::List;
using ami::ListOutcome;

TEST_CASE("a PBX that is up: login, its lists in order, live") {
  LinkDriver pbx;
  pbx.usual();
  pbx.start();
  CHECK(pbx.state_word() == "connecting");
  pbx.opened();
  pbx.greet();
  CHECK(pbx.state_word() == "live");
  const std::vector<std::string> first(pbx.sent.begin(), pbx.sent.begin() + 6);
  CHECK(first == std::vector<std::string>{"Login", "CoreSettings", "CoreStatus", "Filter", "Filter", "Events"});
  std::vector<std::string> lists;
  for (const std::string& name : pbx.sent)
    for (const ami::ListShape& list : ami::kLists) if (list.action == name) lists.push_back(name);
  CHECK(lists == std::vector<std::string>{"CoreShowChannels", "BridgeList", "QueueStatus", "DeviceStateList", "ExtensionStateList", "PJSIPShowContacts",
                                          "PJSIPShowRegistrationInboundContactStatuses", "Agents"});
  CHECK(pbx.count(Resynced) == 1);
  CHECK(pbx.count(ListOver) == 8);
  CHECK(pbx.session.context().started_at == pbx.at - 3'600'000);
  CHECK(pbx.count(PbxRestarted) == 0);
}

TEST_CASE("the version and the start of the PBX are known once it is live") {
  LinkDriver pbx;
  pbx.live();
  CHECK(pbx.session.context().version == "22.10.1");
  CHECK(pbx.session.context().started_text == "2026-11-20 09:18:47");
}

TEST_CASE("a second start changes nothing while it is connected") {
  LinkDriver pbx;
  pbx.live();
  const std::size_t before = pbx.told.size();
  pbx.start();
  CHECK(pbx.told.size() == before);
}

TEST_CASE("an ActionID is never used twice, over connections either") {
  LinkDriver pbx;
  pbx.live();
  pbx.closed();
  pbx.wait(2'000);
  pbx.opened();
  pbx.greet();
  CHECK(pbx.state_word() == "live");
  std::set<std::string> ids;
  int actions = 0;
  for (const ami::Tell& tell : pbx.told) {
    if (tell.what != Send) continue;
    const std::size_t from = tell.text.find("ActionID: ");
    ids.insert(tell.text.substr(from, tell.text.find('\r', from) - from));
    ++actions;
  }
  CHECK(actions > 20);
  CHECK(static_cast<int>(ids.size()) == actions);
}

TEST_CASE("a PBX that cannot be reached is tried after 1, 2, 4 … 30 s, each a quarter more or less") {
  LinkDriver pbx;
  pbx.start();
  double expected = 1'000;
  for (int attempt = 0; attempt < 8; ++attempt) {
    pbx.closed("ECONNREFUSED");
    CHECK(pbx.state_word() == "down");
    CHECK(pbx.reason() == "closed");
    CHECK(pbx.session.context().detail == "ECONNREFUSED");
    const double delay = pbx.session.context().next_attempt_at - pbx.at;
    CHECK(delay >= expected * 0.75);
    CHECK(delay <= expected * 1.25);
    CHECK(pbx.session.context().attempts == attempt + 1);
    pbx.wait(delay);
    CHECK(pbx.state_word() == "connecting");
    expected = std::min(expected * 2, 30'000.0);
  }
}

TEST_CASE("the same seed waits the same, another seed otherwise") {
  auto delays = [](std::uint64_t seed) {
    LinkDriver pbx({.seed = seed});
    pbx.start();
    std::vector<double> all;
    for (int i = 0; i < 4; ++i) {
      pbx.closed();
      all.push_back(pbx.session.due_mono() - pbx.mono);
      pbx.wait(all.back());
    }
    return all;
  };
  CHECK(delays(7) == delays(7));
  CHECK(delays(7) != delays(8));
}

TEST_CASE("a socket that does not open within 10 s is given up") {
  LinkDriver pbx;
  pbx.start();
  pbx.wait(9'999);
  CHECK(pbx.state_word() == "connecting");
  pbx.wait(1);
  CHECK(pbx.state_word() == "down");
  CHECK(pbx.reason() == "no_connection");
  CHECK(pbx.told.back().what == Close);
}

TEST_CASE("half a greeting is given up after 5 s") {
  LinkDriver pbx;
  pbx.start();
  pbx.opened();
  pbx.hear("Asterisk Call Mana");
  pbx.wait(5'000);
  CHECK(pbx.state_word() == "down");
  CHECK(pbx.reason() == "no_banner");
}

TEST_CASE("the rest of half a greeting is not the greeting of the next connection") {
  LinkDriver pbx;
  pbx.usual();
  pbx.start();
  pbx.opened();
  pbx.hear("Asterisk Call Mana");
  pbx.wait(7'000);
  REQUIRE(pbx.state_word() == "connecting");
  pbx.opened();
  pbx.greet();
  CHECK(pbx.state_word() == "live");
}

TEST_CASE("a socket that opens after it was given up is closed") {
  LinkDriver pbx;
  pbx.start();
  pbx.wait(10'000);
  REQUIRE(pbx.state_word() == "down");
  const std::size_t before = pbx.told.size();
  pbx.opened();
  CHECK(pbx.told_since(before, Close));
  CHECK(pbx.state_word() == "down");
}

TEST_CASE("a login that is not answered is given up after 10 s") {
  LinkDriver pbx;
  pbx.connect();
  CHECK(pbx.state_word() == "logging_in");
  pbx.wait(10'000);
  CHECK(pbx.state_word() == "down");
  CHECK(pbx.reason() == "no_login");
}

TEST_CASE("a peer that speaks HTTP or SSH, or is no text at all, is refused with a word of advice, and tried once a minute") {
  for (const char* said : {"HTTP/1.1 400 Bad Request\n", "SSH-2.0-OpenSSH_9.2p1\n", "\x15\x03\x01\x02", "220 mail ESMTP\n"}) {
    CAPTURE(said);
    LinkDriver pbx;
    pbx.start();
    pbx.opened();
    pbx.hear(said);
    CHECK(pbx.state_word() == "refused");
    CHECK(pbx.reason() == "not_ami");
    CHECK(pbx.session.context().detail.find("5038") != std::string::npos);
    CHECK(pbx.count(Close) == 1);
    CHECK(pbx.count(Refused) == 1);
    pbx.wait(59'000);
    CHECK(pbx.state_word() == "refused");
    pbx.wait(1'000);
    CHECK(pbx.state_word() == "connecting");
  }
}

TEST_CASE("a wrong secret is refused, says what to do, and is tried once a minute") {
  LinkDriver pbx;
  pbx.answers["Login"] = "Response: Error\nActionID: %\nMessage: Authentication failed\n\n";
  pbx.connect();
  CHECK(pbx.state_word() == "refused");
  CHECK(pbx.reason() == "wrong_secret");
  CHECK(pbx.session.context().detail == "the manager refused the user or the secret, or its permit= does not allow this address; it said: Authentication failed");
  pbx.closed();  // Asterisk closes it as well
  CHECK(pbx.state_word() == "refused");
  pbx.start();  // somebody has changed the setting
  CHECK(pbx.state_word() == "connecting");
}

TEST_CASE("an account that may not list channels is refused") {
  LinkDriver pbx;
  pbx.usual();
  pbx.answers["CoreShowChannels"] = "Response: Error\nActionID: %\nMessage: Permission denied\n\n";
  pbx.connect();
  CHECK(pbx.state_word() == "refused");
  CHECK(pbx.reason() == "no_permission");
  CHECK(pbx.count(Resynced) == 0);
}

TEST_CASE("an account without the class system: no FullyBooted, no filters, and live after 3 s all the same") {
  LinkDriver pbx;
  pbx.usual();
  pbx.answers["Login"] = "Response: Success\nActionID: %\nMessage: Authentication accepted\n\n";
  for (const char* action : {"Filter", "PJSIPShowContacts"}) pbx.answers[action] = "Response: Error\nActionID: %\nMessage: Permission denied\n\n";
  pbx.connect();
  CHECK(pbx.state_word() == "booting");
  pbx.wait(3'000);
  CHECK(pbx.state_word() == "live");
  CHECK(pbx.session.lists()[List::PJSIPShowContacts].outcome == ListOutcome::Denied);
  CHECK(std::count(pbx.sent.begin(), pbx.sent.end(), "Filter") == 2);
}
