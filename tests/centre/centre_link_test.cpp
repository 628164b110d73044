// The Centre as the hub sees it: before the first lists, while the link is lost, and after a PBX that was started anew.
#include "tests/centre/centre_stories.h"

using namespace offhook::bench;

TEST_CASE("before the first lists nothing is known of an extension: Unknown, stale, and never Free") {
  CentreDriver d(with_agents());
  d.opens = false;
  d.event({{"type", "Started"}});
  d.pass(1000);
  for (const char* extension : {"1001", "1002"}) {
    CHECK(d.extension(extension)["text"] == "Unknown");
    CHECK(d.extension(extension)["colour"] == "grey");
    CHECK(d.extension(extension)["stale"] == true);
    CHECK(d.extension(extension)["registration"] == "unknown");
  }
  d.opens = true;
  d.close("no_connection");
  d.pass(60'000);
  REQUIRE(d.link["state"] == "live");
  CHECK(d.extension("1001")["text"] == "Free");
  CHECK(d.extension("1001")["stale"] == false);
  CHECK(d.link["counters"]["unusual"] == 0);
}

TEST_CASE("the link is lost: everything keeps its value and gets old; what ended meanwhile ends 'lost', when it was last heard of") {
  CentreDriver d(with_agents());
  d.start();
  rings(d);
  talks(d);
  d.pass(5000);
  const double heard = d.at0 + 1000;
  d.close();
  d.opens = false;
  d.pass(20'000);
  CHECK(d.extension("1001")["code"] == 1);
  CHECK(d.extension("1001")["stale"] == true);
  CHECK(d.extension("1001")["stale_since"].get<double>() == d.at0 + 6000);
  CHECK(d.calls.size() == 1);
  d.truth.channels.clear();
  d.truth.channels["2.1"] = {{"Channel", "PJSIP/bob-00000009"}, {"ChannelState", "6"}, {"Uniqueid", "2.1"}, {"Linkedid", "2.1"}, {"CallerIDNum", "1002"}, {"Exten", "600"}};
  d.opens = true;
  d.pass(60'000);
  REQUIRE(d.link["state"] == "live");
  CHECK(d.extension("1001")["code"] == 0);
  CHECK(d.extension("1001")["stale"] == false);
  CHECK(d.extension("1002")["code"] == 1);
  REQUIRE(d.ended().size() == 1);
  CHECK(d.ended()[0]["end"] == "lost");
  CHECK(d.ended()[0]["estimated"] == true);
  CHECK(d.ended()[0]["ended_at"].get<double>() == doctest::Approx(heard));
}

TEST_CASE("the PBX was restarted: no call of before is left, and each ends as such") {
  CentreDriver d(with_agents());
  d.start();
  rings(d);
  talks(d);
  d.pass(5000);
  d.close();
  d.truth = {};
  d.uptime_s = -d.now / 1000 - 1;  // began just now
  d.pass(60'000);
  REQUIRE(d.ended().size() == 1);
  CHECK(d.ended()[0]["end"] == "pbx_restart");
  CHECK(d.extension("1001")["code"] == 0);
}

TEST_CASE("a call that began before the hub did is there with its age; when it was answered is an estimate") {
  CentreDriver d(with_agents());
  d.truth.channels["8.1"] = {{"Channel", kTrunk}, {"ChannelState", "6"}, {"Uniqueid", "8.1"}, {"Linkedid", "8.1"}, {"CallerIDNum", "+4420"}, {"Exten", "1001"}, {"BridgeId", "b9"}};
  d.truth.channels["8.2"] = {{"Channel", kAlice}, {"ChannelState", "6"}, {"Uniqueid", "8.2"}, {"Linkedid", "8.1"}, {"CallerIDNum", "1001"}, {"Exten", ""}, {"BridgeId", "b9"}};
  d.start();
  d.pass(500);
  CHECK(d.extension("1001")["code"] == 1);
  const json call = d.calls["8.1"];
  CHECK(call["from"] == "+4420");
  CHECK(call["extension"] == "1001");
  CHECK(call["estimated"] == true);
  CHECK(d.at0 - call["started_at"].get<double>() == doctest::Approx(5000).epsilon(0.3));
  CHECK(call["answered_at"] == call["started_at"]);
}

TEST_CASE("a call that began while there was no link: its Phone is told of it when the lists have it, once, with its queue") {
  CentreDriver d(with_agents());
  d.start();
  rings(d);
  talks(d);
  d.pass(5000);
  d.close();
  d.opens = false;
  d.pass(20'000);
  d.truth.channels["3.1"] = {{"Channel", "PJSIP/trunk-00000007"}, {"ChannelState", "6"},  {"Uniqueid", "3.1"},        {"Linkedid", "3.1"}, {"CallerIDNum", "+4430"},
                             {"Exten", "7000"},                   {"Context", "trunk"},   {"Application", "Queue"}, {"ApplicationData", "support,,,,30"}};
  d.truth.channels["3.2"] = {{"Channel", "PJSIP/bob-00000008"}, {"ChannelState", "5"}, {"Uniqueid", "3.2"}, {"Linkedid", "3.1"}, {"CallerIDNum", "1002"}, {"ConnectedLineNum", "+4430"}, {"Exten", "7000"}};
  d.clear();
  d.opens = true;
  d.pass(60'000);
  REQUIRE(d.link["state"] == "live");
  const auto told = d.effects("queue_number");
  REQUIRE(told.size() == 1);  // the one that was there before is known
  CHECK(told[0]["extension"] == "1002");
  CHECK(told[0]["call_from"] == "+4430");
  CHECK(told[0]["queue_name"] == "support");
  CHECK(told[0]["queue_number"] == "7000");
  CHECK(told[0]["yeastar_call_id"] == "3.1");
  CHECK(told[0]["channel_id"] == "PJSIP/bob-00000008");
  d.clear();
  d.ami("Event: DialBegin\n" + channel("", "PJSIP/trunk-00000007", 6, "3.1", "3.1", "+4430", "7000") + "\n" + channel("Dest", "PJSIP/bob-00000008", 5, "3.2", "3.1", "1002", "7000"));
  d.event({{"type", "CommandRequested"}, {"id", "r"}, {"command", "resync"}});
  d.pass(1000);
  CHECK(d.effects("queue_number").empty());
}

TEST_CASE("a PBX that says that it stops: what it refuses from then on is no failure, and the pause is made when it is back") {
  CentreDriver d(with_agents());
  d.start();
  member(d, "QueueMemberStatus", "support", false);
  d.stored("1001", "ONLINE");
  d.reply_to = [](const std::string& action, const std::string& text) {
    const std::string id = text.substr(text.find("ActionID: ") + 10, text.find("\r\n", text.find("ActionID: ")) - text.find("ActionID: ") - 10);
    return action == "QueuePause" ? "Response: Error\r\nActionID: " + id + "\r\nMessage: Interface not found\r\n\r\n" : std::string();
  };
  d.clear();
  d.ami("Event: Shutdown\nShutdown: Cleanly\nRestart: True");
  d.stored("1001", "BREAK");
  contact(d, "1001", "Removed");
  d.pass(200);
  CHECK(d.sent("QueuePause").empty());
  CHECK(d.effects("alarm").empty());
  CHECK(d.member("1001", "support")["state"] == "deferred");
  CHECK(d.extension("1001")["stale"] == true);
  d.opens = false;
  d.close();
  d.pass(40'000);
  CHECK(d.effects("status.write").empty());  // nobody is taken OFFLINE by it
  CHECK(d.effects("alarm").empty());
  d.reply_to = nullptr;
  d.opens = true;
  d.pass(60'000);
  REQUIRE(d.link["state"] == "live");
  REQUIRE_FALSE(d.sent("QueuePause").empty());
  CHECK(d.sent("QueuePause")[0].find("Reason: BREAK") != std::string::npos);
  CHECK(d.extension("1001")["stale"] == false);
}

TEST_CASE("a PBX that has fallen silent has not refused a pause") {
  CentreDriver d(with_agents({{"ping_ms", 15'000}}));
  d.start();
  member(d, "QueueMemberStatus", "support", false);
  d.stored("1001", "ONLINE");
  d.pass(1000);
  d.answers = false;
  d.pass(31'000);
  REQUIRE(d.link["state"] == "silent");
  d.clear();
  d.stored("1001", "BREAK");
  d.pass(12'000);
  for (const json& alarm : d.effects("alarm")) CHECK(alarm["code"] != "pause_failed");
}
