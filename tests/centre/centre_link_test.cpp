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
