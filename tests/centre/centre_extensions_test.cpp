// The Centre as the hub sees it: what is shown of an extension, from its calls, from hints and out of the directory.
#include "tests/centre/centre_stories.h"

using namespace offhook::bench;

TEST_CASE("an incoming call: Free, Ringing, On Call, Free, each from the call and not from the hint that comes late") {
  CentreDriver d(with_agents());
  d.start();
  d.pass(200);
  rings(d);
  d.pass(150);
  json tile = d.extension("1001");
  CHECK(tile["code"] == 8);
  CHECK(tile["text"] == "Ringing");
  CHECK(tile["colour"] == "orange");
  CHECK(tile["pulse"] == true);
  CHECK(tile["source"] == "Call");
  CHECK(tile["event"] == "DialBegin");
  CHECK(tile["call_id"] == "1.1");
  CHECK(tile["peer"] == "+4420");
  CHECK(tile["name"] == "Alice");
  talks(d);
  d.pass(150);
  CHECK(d.extension("1001")["code"] == 1);
  CHECK(d.calls["1.1"]["extension"] == "1001");
  CHECK(d.calls["1.1"]["legs"].size() == 2);
  d.pass(10'000);
  hangs_up(d, kAlice, "1.2");
  hangs_up(d, kTrunk, "1.1");
  d.ami("Event: ExtensionStatus\nExten: 1001\nContext: internal\nHint: PJSIP/1001\nStatus: 1");  // the echo of what is over
  d.pass(1000);
  CHECK(d.codes("1001") == std::vector<int>{0, 8, 1, 0});
  CHECK(d.codes("1002") == std::vector<int>{0});
  REQUIRE(d.ended().size() == 1);
  const json call = d.ended()[0];
  CHECK(call["from"] == "+4420");
  CHECK(call["to"] == "1001");
  CHECK(call["end"] == "answered");
  CHECK(call["ended_at"].get<double>() - call["answered_at"].get<double>() == doctest::Approx(10'150));
  CHECK(d.calls.empty());
}

TEST_CASE("a lost Hangup: the PBX says free, the call is here; after ten seconds the channels are listed, and the leg ends 'lost'") {
  CentreDriver d(with_agents());
  d.start();
  rings(d);
  talks(d);
  d.pass(1000);
  d.truth.channels.clear();  // its Hangup never came
  d.ami("Event: ExtensionStatus\nExten: 1001\nContext: internal\nHint: PJSIP/1001\nStatus: 0");
  d.pass(9000);
  CHECK(d.extension("1001")["code"] == 1);
  CHECK(d.extension("1001")["suspect"] == false);
  d.clear();
  d.pass(1500);
  CHECK(d.sent("CoreShowChannels").size() == 1);
  CHECK(d.extension("1001")["code"] == 0);
  REQUIRE(d.ended().size() == 1);
  CHECK(d.ended()[0]["end"] == "lost");
  CHECK(d.ended()[0]["estimated"] == true);
}

TEST_CASE("a list of channels that has to wait for another one is of the moment at which it is asked: a leg that was heard of while it waited, and is not in it, is gone") {
  CentreDriver d(with_agents({{"sync_ms", 11'000}}));
  std::string waits;  // the ActionID of a list that is not answered yet
  d.start();
  rings(d);
  talks(d);
  const double from = d.now;
  d.reply_to = [&](const std::string& action, const std::string& text) -> std::string {
    if (action != "QueueStatus" || d.now < from + 5000 || !waits.empty()) return {};
    const std::size_t id = text.find("ActionID: ") + 10;
    waits = text.substr(id, text.find('\r', id) - id);
    return "Response: Success\r\nActionID: " + waits + "\r\nEventList: start\r\n\r\n";
  };
  d.pass(2000);
  d.ami("Event: ExtensionStatus\nExten: 1001\nContext: internal\nHint: PJSIP/1001\nStatus: 0");
  d.until(from + 12'300);
  REQUIRE(!waits.empty());
  CHECK(d.extension("1001")["suspect"] == true);
  CHECK(d.sent("CoreShowChannels").size() == 1);  // of the beginning: the other list comes first
  d.ami("Event: Unhold\n" + channel("", kAlice, 6, "1.2", "1.1", "1001", "7000"));
  d.truth.channels.clear();  // its Hangup never came
  d.ami("Event: QueueStatusComplete\nActionID: " + waits + "\nEventList: Complete\nListItems: 0");
  d.pass(1500);
  CHECK(d.sent("CoreShowChannels").size() == 2);
  CHECK(d.extension("1001")["code"] == 0);
  REQUIRE(d.ended().size() == 1);
  CHECK(d.ended()[0]["end"] == "lost");
}

TEST_CASE("an extension that is in a call keeps it while a wrong hint says free: the list has its leg") {
  CentreDriver d(with_agents());
  d.start();
  rings(d);
  talks(d);
  d.ami("Event: ExtensionStatus\nExten: 1001\nContext: internal\nHint: PJSIP/1001\nStatus: 0");
  d.pass(60'000);
  CHECK(d.extension("1001")["code"] == 1);
  CHECK(d.extension("1001")["suspect"] == false);
  CHECK(d.ended().empty());
}

TEST_CASE("a burst is one change, and its last value is never lost") {
  CentreDriver d(with_agents());
  d.start();
  d.pass(500);
  rings(d);
  talks(d);
  hangs_up(d, kAlice, "1.2");
  hangs_up(d, kTrunk, "1.1");
  d.pass(1000);
  CHECK(d.codes("1001") == std::vector<int>{0});
  CHECK(d.ended().at(0)["end"] == "answered");
}

TEST_CASE("the mission's rules word for word are a switch: the master's own extension rings, BridgeEnter talks, the last leg frees") {
  CentreDriver d(with_agents({{"literal_seed_rules", true}}));
  d.start();
  d.pass(200);
  d.ami("Event: Newchannel\n" + channel("", kAlice, 4, "1.2", "1.2", "1001", "600"));
  d.pass(200);
  CHECK(d.extension("1001")["code"] == 8);
  d.ami("Event: Newchannel\n" + channel("", kBob, 0, "1.3", "1.2", "1002", "s"));
  d.pass(200);
  CHECK(d.extension("1002")["code"] == 0);  // no master
  d.ami("Event: BridgeEnter\nBridgeUniqueid: b1\n" + channel("", kAlice, 6, "1.2", "1.2", "1001", ""));
  d.ami("Event: BridgeEnter\nBridgeUniqueid: b1\n" + channel("", kBob, 6, "1.3", "1.2", "1002", ""));
  d.pass(200);
  CHECK(d.extension("1001")["code"] == 1);
  d.ami("Event: Hangup\n" + channel("", kAlice, 6, "1.2", "1.2", "1001", "") + "\nCause: 16");
  d.pass(200);
  CHECK(d.extension("1001")["code"] == 1);  // a leg is left
  d.ami("Event: Hangup\n" + channel("", kBob, 6, "1.3", "1.2", "1002", "") + "\nCause: 16");
  d.pass(200);
  CHECK(d.codes("1001") == std::vector<int>{0, 8, 1, 0});
  CHECK(d.codes("1002") == std::vector<int>{0, 1, 0});
}

TEST_CASE("bad input has a code, and changes nothing") {
  CentreDriver d(with_agents());
  d.start();
  const json before = d.state()["changes"]["extensions"];
  for (const json& bad : {json{{"type", "Nonsense"}}, json{{"type", "StatusStored"}, {"extension", "1001"}, {"status", "SLEEPING"}}, json{{"type", "AgentsChanged"}}, json{{"type", "CommandRequested"}, {"command", "hangup"}},
                          json{{"type", "CommandRequested"}, {"id", "x"}, {"command", "explode"}}}) {
    d.event(bad);
    CHECK(d.state()["changes"]["extensions"] == before);
  }
  std::string error;
  CHECK_FALSE(offhook::Centre::create("[]", error));
  CHECK(json::parse(error)["code"] == "bad_config");
  for (const char* bad : {R"({"extension_pattern":"x"})", R"({"grace_ms":-1})", R"({"mass_guard":{"share":2}})"}) CHECK_FALSE(offhook::Centre::create(bad, error));
}

TEST_CASE("an agent who leaves the directory is told as gone; a new one is there at once") {
  CentreDriver d(with_agents());
  d.start();
  d.pass(500);
  CHECK(d.extensions.size() == 2);
  d.event({{"type", "AgentsChanged"}, {"agents", json::array({{{"extension", "1002"}, {"endpoint", "PJSIP/bob"}, {"name", "Bob"}}, {{"extension", "1004"}}})}});
  d.pass(500);
  CHECK(d.extensions.count("1001") == 0);
  CHECK(d.extension("1004")["endpoint"] == "PJSIP/1004");
}

TEST_CASE("an agent who is new while the link is up is Unknown until the PBX was asked what his telephone does, and never Free before") {
  CentreDriver d(with_agents());
  d.start();
  d.pass(500);
  d.clear();
  const json agents = json::array({kAgents[0], kAgents[1], {{"extension", "1004"}, {"endpoint", "PJSIP/1004"}}, {{"extension", "1005"}}});
  const auto come = [&] { d.event({{"type", "AgentsChanged"}, {"agents", agents}}); };
  SUBCASE("one is not registered, the other in a call") {
    d.truth.devices["PJSIP/1004"] = "UNAVAILABLE";
    d.truth.devices["PJSIP/1005"] = "INUSE";
    d.ami("Event: Newchannel\n" + channel("", "PJSIP/1005-00000001", 4, "5.1", "5.1", "1005", "600"));
    come();
    CHECK(d.sent("DeviceStateList").size() == 1);
    CHECK(d.sent("ExtensionStateList").size() == 1);
    d.pass(500);
    CHECK(d.codes("1004").back() == 4);
    CHECK(d.codes("1005") == std::vector<int>{1});
    CHECK(d.extension("1004")["stale"] == false);
  }
  SUBCASE("the PBX does not answer for a while") {
    d.answers = false;
    come();
    d.pass(5000);
    CHECK(d.codes("1004") == std::vector<int>{-3});
    CHECK(d.extension("1004")["text"] == "Unknown");
    CHECK(d.extension("1004")["stale"] == true);
    d.pass(80'000);  // each list is given up after half a minute
    CHECK(d.extension("1004")["stale"] == false);
    CHECK(d.extension("1001")["stale"] == false);
  }
}

TEST_CASE("whose leg a channel is can be asked at once, before anything of it is shown") {
  CentreDriver d(with_agents());
  d.start();
  d.ami("Event: Newchannel\n" + channel("", kTrunk, 4, "1.1", "1.1", "+4420", "1001"));
  d.ami("Event: Newchannel\n" + channel("", kBob, 0, "1.2", "1.1", "1002", "s"));
  CHECK(d.calls.empty());
  CHECK(d.channel(kBob) == json{{"extension", "1002"}, {"call_id", "1.1"}, {"uniqueid", "1.2"}});
  CHECK(d.channel(kTrunk)["extension"].is_null());
  CHECK(d.channel("PJSIP/1001-0000ffff").is_null());
}

TEST_CASE("without a directory a hint tells whose a telephone is, whatever it is called") {
  CentreDriver d(json{{"learn_extensions", true}});
  d.start();
  d.ami("Event: ExtensionStatus\nExten: 1005\nContext: internal\nHint: PJSIP/reception&Custom:dnd\nStatus: 0");
  d.pass(200);
  d.ami("Event: Newchannel\n" + channel("", "PJSIP/reception-00000007", 4, "5.1", "5.1", "1005", "600"));
  d.pass(200);
  CHECK(d.extension("1005")["code"] == 1);
  CHECK(d.extension("1005")["endpoint"] == "PJSIP/reception");
}
