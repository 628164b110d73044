// The Centre as the hub sees it: telephones that go and come back, one by one or all at once, and what becomes of their agents.
#include "tests/centre/centre_stories.h"

using namespace offhook::bench;

TEST_CASE("a telephone that is away for half a minute takes its agent OFFLINE, and brings him back as he was") {
  CentreDriver d(with_agents());
  d.truth.contacts_known = true;
  d.truth.contacts["1001"]["sip:x7@host"] = "NonQualified";
  d.truth.contacts["bob"]["sip:x8@host"] = "Reachable";
  d.start();
  d.stored("1001", "BREAK", "lunch");
  d.stored("1002", "OFFLINE", "going home");
  d.pass(200);
  CHECK(d.extension("1001")["registration"] == "registered");
  d.clear();
  contact(d, "1001", "Removed");
  contact(d, "bob", "Removed", "sip:x8@host");
  d.pass(500);
  CHECK(d.extension("1001")["registration"] == "unregistered");
  CHECK(d.effects("status.write").empty());
  SUBCASE("the page is loaded anew") {
    d.pass(10'000);
    contact(d, "1001", "NonQualified", "sip:y9@host");
    d.pass(120'000);
    CHECK(d.effects("status.write").empty());
  }
  SUBCASE("it stays away") {
    d.pass(30'000);
    REQUIRE(d.effects("status.write").size() == 1);
    json write = d.effects("status.write")[0];
    CHECK(write["extension"] == "1001");
    CHECK(write["status"] == "OFFLINE");
    CHECK(write["reason"] == "Auto: SIP not registered");
    CHECK(write["source"] == "endpoint");
    CHECK(write["restores"] == false);
    d.stored("1001", "OFFLINE", "Auto: SIP not registered", "endpoint");
    d.pass(200'000);
    CHECK(d.effects("status.write").size() == 1);
    d.clear();
    contact(d, "1001", "Reachable", "sip:y9@host");
    contact(d, "bob", "Reachable", "sip:y8@host");
    REQUIRE(d.effects("status.write").size() == 1);
    write = d.effects("status.write")[0];
    CHECK(write["status"] == "BREAK");
    CHECK(write["reason"] == "lunch");
    CHECK(write["restores"] == true);
    d.stored("1001", "BREAK", "lunch", "endpoint");
    d.pass(200'000);
    CHECK(d.effects("status.write").size() == 1);
  }
  SUBCASE("the link is lost in the grace period: unknown is not gone") {
    d.pass(20'000);
    d.close();
    d.opens = false;
    d.pass(600'000);
    CHECK(d.effects("status.write").empty());
    CHECK(d.extension("1001")["registration"] == "unknown");
    d.opens = true;
    d.truth.contacts["1001"]["sip:y9@host"] = "Reachable";
    d.pass(120'000);
    CHECK(d.effects("status.write").empty());
    CHECK(d.extension("1001")["registration"] == "registered");
  }
}

TEST_CASE("a refused OFFLINE is logged, and asked for again a minute later") {
  CentreDriver d(with_agents());
  d.truth.contacts_known = true;
  d.start();
  d.stored("1001", "ONLINE");
  d.pass(31'000);
  REQUIRE(d.effects("status.write").size() == 1);
  d.event({{"type", "StatusRefused"}, {"extension", "1001"}, {"code", "database"}});
  CHECK(logged(d, "Failed to set agent offline"));
  d.pass(61'000);
  CHECK(d.effects("status.write").size() == 2);
}

TEST_CASE("two hundred telephones gone at once: an alarm and nobody OFFLINE; the next pass that says the same believes it") {
  json agents = json::array();
  CentreDriver d(json{{"learn_extensions", true}});
  d.truth.contacts_known = true;
  for (int i = 0; i < 200; ++i) d.truth.contacts[std::to_string(3000 + i)]["sip:x@h"] = "Reachable";
  d.start();
  for (int i = 0; i < 200; ++i) d.stored(std::to_string(3000 + i), "ONLINE");
  d.pass(1000);
  d.clear();
  for (int i = 0; i < 150; ++i) contact(d, std::to_string(3000 + i), "Removed", "sip:x@h");
  d.pass(100'000);
  CHECK(d.effects("status.write").empty());
  REQUIRE(d.effects("alarm").size() == 1);
  CHECK(d.effects("alarm")[0]["code"] == "mass_drop");
  CHECK(d.effects("alarm")[0]["active"] == true);
  SUBCASE("they come back: the alarm is over with the pass") {
    for (int i = 0; i < 150; ++i) contact(d, std::to_string(3000 + i), "Reachable", "sip:x@h");
    d.pass(300'000);
    CHECK(d.effects("status.write").empty());
    REQUIRE(d.effects("alarm").size() == 2);
    CHECK(d.effects("alarm")[1]["active"] == false);
  }
  SUBCASE("the pass finds them gone") {
    d.pass(300'000);
    CHECK(d.effects("status.write").size() >= 150);
    CHECK(d.effects("alarm").back()["active"] == false);
  }
}

TEST_CASE("a handful that leaves one after the other is a shift that ends") {
  CentreDriver d(json{{"learn_extensions", true}});
  d.truth.contacts_known = true;
  for (int i = 0; i < 5; ++i) d.truth.contacts[std::to_string(3000 + i)]["sip:x@h"] = "Reachable";
  d.start();
  for (int i = 0; i < 5; ++i) d.stored(std::to_string(3000 + i), "ONLINE");
  for (int i = 0; i < 5; ++i) {
    contact(d, std::to_string(3000 + i), "Removed", "sip:x@h");
    d.pass(31'000);
    d.stored(std::to_string(3000 + i), "OFFLINE", "Auto: SIP not registered", "endpoint");
  }
  CHECK(d.effects("status.write").size() == 5);
  CHECK(d.effects("alarm").empty());
}
