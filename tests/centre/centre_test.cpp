// The Centre as the hub sees it: what an agent, a supervisor and the PBX live through, told by events and effects.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/centre/centre_driver.h"

using namespace offhook::bench;

namespace {

const json kAgents = json::array({{{"extension", "1001"}, {"endpoint", "PJSIP/1001"}, {"name", "Alice"}}, {{"extension", "1002"}, {"endpoint", "PJSIP/bob"}, {"name", "Bob"}}});
json with_agents(json more = json::object()) {
  more["agents"] = kAgents;
  return more;
}

std::string channel(const std::string& prefix, const std::string& name, int state, const std::string& id, const std::string& linked, const std::string& from, const std::string& exten) {
  return prefix + "Channel: " + name + "\n" + prefix + "ChannelState: " + std::to_string(state) + "\n" + prefix + "CallerIDNum: " + from + "\n" + prefix + "ConnectedLineNum: <unknown>\n" + prefix +
         "Context: internal\n" + prefix + "Exten: " + exten + "\n" + prefix + "Uniqueid: " + id + "\n" + prefix + "Linkedid: " + linked;
}
const std::string kTrunk = "PJSIP/trunk-00000001", kAlice = "PJSIP/1001-00000002", kBob = "PJSIP/bob-00000003";

void rings(CentreDriver& d) {
  d.ami("Event: Newchannel\n" + channel("", kTrunk, 4, "1.1", "1.1", "+4420", "1001"));
  d.ami("Event: Newchannel\n" + channel("", kAlice, 0, "1.2", "1.1", "1001", "s"));
  d.ami("Event: DialBegin\n" + channel("", kTrunk, 4, "1.1", "1.1", "+4420", "1001") + "\n" + channel("Dest", kAlice, 0, "1.2", "1.1", "1001", "1001"));
  d.ami("Event: Newstate\n" + channel("", kAlice, 5, "1.2", "1.1", "1001", "1001"));
}
void talks(CentreDriver& d) {
  d.ami("Event: Newstate\n" + channel("", kAlice, 6, "1.2", "1.1", "1001", "1001"));
  d.ami("Event: DialEnd\n" + channel("", kTrunk, 4, "1.1", "1.1", "+4420", "1001") + "\n" + channel("Dest", kAlice, 6, "1.2", "1.1", "1001", "") + "\nDialStatus: ANSWER");
  d.ami("Event: Newstate\n" + channel("", kTrunk, 6, "1.1", "1.1", "+4420", "1001"));
  d.ami("Event: BridgeEnter\nBridgeUniqueid: b1\nBridgeTechnology: simple_bridge\n" + channel("", kAlice, 6, "1.2", "1.1", "1001", ""));
  d.ami("Event: BridgeEnter\nBridgeUniqueid: b1\nBridgeTechnology: simple_bridge\n" + channel("", kTrunk, 6, "1.1", "1.1", "+4420", "1001"));
}
void hangs_up(CentreDriver& d, const std::string& name, const std::string& id, int cause = 16) {
  d.ami("Event: Hangup\n" + channel("", name, 6, id, "1.1", "", "") + "\nCause: " + std::to_string(cause));
}
void member(CentreDriver& d, const std::string& event, const std::string& queue, bool paused, const std::string& reason = "", int status = 1, const std::string& interface = "PJSIP/1001") {
  d.ami("Event: " + event + "\nQueue: " + queue + "\nMemberName: Alice\nInterface: " + interface + "\nStateInterface: " + interface + "\nPenalty: 0\nCallsTaken: 0\nLastCall: 0\nInCall: 0\nStatus: " +
        std::to_string(status) + "\nPaused: " + (paused ? "1" : "0") + "\nPausedReason: " + reason);
}
void contact(CentreDriver& d, const std::string& endpoint, const std::string& status, const std::string& uri = "sip:x7@host") {
  d.ami("Event: ContactStatus\nURI: " + uri + "\nContactStatus: " + status + "\nAOR: " + endpoint + "\nEndpointName: " + endpoint);
}
bool logged(const CentreDriver& d, const std::string& text) {
  const auto logs = d.logs();
  return std::find(logs.begin(), logs.end(), text) != logs.end();
}

}  // namespace

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

TEST_CASE("the agent's Phone is told which call of the PBX its leg is, once; a queue's with the queue") {
  CentreDriver d(with_agents());
  d.start();
  SUBCASE("a direct call") {
    rings(d);
    const auto told = d.effects("queue_number");
    REQUIRE(told.size() == 1);
    CHECK(told[0]["extension"] == "1001");
    CHECK(told[0]["call_from"] == "+4420");
    CHECK(told[0]["queue_name"] == "");
    CHECK(told[0]["yeastar_call_id"] == "1.1");
    CHECK(told[0]["channel_id"] == kAlice);
  }
  SUBCASE("a queue's call") {
    const std::string caller = channel("", kTrunk, 6, "1.1", "1.1", "+4420", "7000"), leg = channel("Dest", kAlice, 0, "1.2", "1.1", "1001", "7000");
    d.ami("Event: Newchannel\n" + channel("", kTrunk, 4, "1.1", "1.1", "+4420", "7000"));
    d.ami("Event: QueueCallerJoin\n" + caller + "\nQueue: support\nPosition: 1\nCount: 1");
    CHECK(d.queues["support"]["waiting"] == 1);
    CHECK(d.queues["support"]["entries"][0]["from"] == "+4420");
    d.ami("Event: AgentCalled\n" + caller + "\n" + leg + "\nQueue: support\nInterface: PJSIP/1001");
    d.ami("Event: DialBegin\n" + caller + "\n" + leg);
    const auto told = d.effects("queue_number");
    REQUIRE(told.size() == 1);
    CHECK(told[0]["queue_name"] == "support");
    CHECK(told[0]["queue_number"] == "7000");
    CHECK(told[0]["server_call_log_token"].get<std::string>().starts_with("oc-"));
    d.ami("Event: QueueCallerAbandon\n" + caller + "\nQueue: support\nPosition: 1");
    hangs_up(d, kAlice, "1.2");
    hangs_up(d, kTrunk, "1.1");
    d.pass(1000);
    CHECK(d.queues["support"]["waiting"] == 0);
    CHECK(d.ended().at(0)["end"] == "cancelled");
    CHECK(d.ended().at(0)["queue"] == "support");
  }
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

TEST_CASE("a status pauses the member in each of its queues, each confirmed by its event") {
  CentreDriver d(with_agents());
  d.start();
  member(d, "QueueMemberStatus", "support", false);
  member(d, "QueueMemberStatus", "sales", false);
  d.stored("1001", "ONLINE");
  CHECK(d.sent("QueuePause").empty());  // it is so already
  CHECK(!logged(d, "Agent status changed to: ONLINE"));  // who stores it logs it: the hub
  d.clear();
  d.stored("1001", "BREAK", "lunch");
  REQUIRE(d.sent("QueuePause").size() == 2);
  CHECK(d.sent("QueuePause")[0].find("Paused: true\r\nReason: lunch\r\n") != std::string::npos);
  CHECK(d.member("1001", "support")["state"] == "pending");
  member(d, "QueueMemberPause", "support", true, "lunch");
  CHECK(d.member("1001", "support")["state"] == "synced");
  CHECK(logged(d, "Asterisk queue member paused"));
  CHECK_FALSE(logged(d, "Asterisk queue member pause synced: true"));
  member(d, "QueueMemberPause", "sales", true, "lunch");
  CHECK(logged(d, "Asterisk queue member pause synced: true"));
  d.clear();
  d.stored("1001", "ON_CALL");
  CHECK(d.sent("QueuePause").empty());
  d.stored("1001", "WRAP_UP", "", "call");
  CHECK(d.sent("QueuePause").at(0).find("Reason: WRAP_UP") != std::string::npos);
}

TEST_CASE("a refused pause is seen with the PBX's words, and asked for again every minute until it is so") {
  CentreDriver d(with_agents());
  d.start();
  member(d, "QueueMemberStatus", "support", false);
  d.reply_to = [](const std::string& action, const std::string& text) {
    const std::string id = text.substr(text.find("ActionID: ") + 10, text.find("\r\n", text.find("ActionID: ")) - text.find("ActionID: ") - 10);
    return action == "QueuePause" ? "Response: Error\r\nActionID: " + id + "\r\nMessage: Interface not found\r\n\r\n" : std::string();
  };
  d.stored("1001", "PAUSE");
  CHECK(d.member("1001", "support")["state"] == "failed");
  CHECK(d.member("1001", "support")["error"] == "Interface not found");
  CHECK(logged(d, "Failed to pause in Asterisk"));
  CHECK(logged(d, "Failed to sync pause state with Asterisk"));
  CHECK(d.effects("alarm").back()["code"] == "pause_failed");
  d.reply_to = nullptr;
  d.clear();
  d.pass(61'000);
  CHECK(d.sent("QueuePause").size() >= 1);
  member(d, "QueueMemberPause", "support", true, "PAUSE");
  REQUIRE(d.effects("alarm").size() == 1);
  CHECK(d.effects("alarm")[0]["active"] == false);
  CHECK(d.member("1001", "support")["state"] == "synced");
  CHECK(d.member("1001", "support")["error"].is_null());
}

TEST_CASE("statuses that change while there is no link: only the last is sent when it is back") {
  CentreDriver d(with_agents());
  d.start();
  member(d, "QueueMemberStatus", "support", false);
  d.stored("1001", "ONLINE");
  d.close();
  d.opens = false;
  d.pass(1000);
  d.clear();
  d.stored("1001", "BREAK");
  d.stored("1001", "MEETING");
  CHECK(d.sent("QueuePause").empty());
  CHECK(d.member("1001", "support")["state"] == "deferred");
  d.opens = true;
  d.pass(60'000);
  REQUIRE(d.sent("QueuePause").size() >= 1);
  for (const std::string& sent : d.sent("QueuePause")) CHECK(sent.find("Reason: MEETING") != std::string::npos);
}

TEST_CASE("Asterisk's Auto-Pause is never taken back by us, but by the agent's own word") {
  CentreDriver d(with_agents());
  d.start();
  member(d, "QueueMemberStatus", "support", false);
  d.stored("1001", "ONLINE");
  member(d, "QueueMemberPause", "support", true, "Auto-Pause");
  d.clear();
  d.pass(600'000);
  d.stored("1001", "ONLINE", "Auto: SIP registered", "endpoint");
  CHECK(d.sent("QueuePause").empty());
  d.close();
  d.pass(60'000);
  CHECK(d.sent("QueuePause").empty());
  CHECK(d.member("1001", "support")["observed"]["reason"] == "Auto-Pause");
  d.stored("1001", "ONLINE", "", "agent");
  REQUIRE(d.sent("QueuePause").size() == 1);
  CHECK(d.sent("QueuePause")[0].find("Paused: false") != std::string::npos);
}

TEST_CASE("commands end with the event that shows their result") {
  CentreDriver d(with_agents());
  d.start();
  rings(d);
  talks(d);
  member(d, "QueueMemberStatus", "support", false);
  d.clear();
  const auto ask = [&](json command) {
    command["type"] = "CommandRequested";
    d.event(command);
  };
  SUBCASE("hang up") {
    ask({{"id", "c1"}, {"command", "hangup"}, {"channel_id", kAlice}});
    CHECK(d.effects("command.settled").empty());
    hangs_up(d, kAlice, "1.2");
    CHECK(d.effects("command.settled").at(0)["ok"] == true);
  }
  SUBCASE("a blind transfer") {
    ask({{"id", "c1"}, {"command", "transfer"}, {"channel_id", kAlice}, {"action", "blind"}, {"target", "1003"}});
    CHECK(d.sent("BlindTransfer").at(0).find("Channel: " + kAlice + "\r\nContext: internal\r\nExten: 1003") != std::string::npos);
    d.ami("Event: BlindTransfer\nResult: Success\nTransfererChannel: " + kAlice + "\nTransfererUniqueid: 1.2\nTransfererLinkedid: 1.1\nExtension: 1003");
    CHECK(d.effects("command.settled").at(0)["state"] == "done");
    CHECK(d.effects("phone.message").at(0)["message"]["state"] == "done");
    d.pass(200);
    CHECK(d.calls["1.1"]["transferred"] == true);
  }
  SUBCASE("the PBX refuses") {
    d.reply_to = [](const std::string&, const std::string& text) {
      const std::size_t at = text.find("ActionID: ") + 10;
      return "Response: Error\r\nActionID: " + text.substr(at, text.find("\r\n", at) - at) + "\r\nMessage: No such extension\r\n\r\n";
    };
    ask({{"id", "c1"}, {"command", "transfer"}, {"channel_id", kAlice}, {"action", "blind"}, {"target", "9999"}});
    CHECK(d.effects("command.settled").at(0)["ok"] == false);
    CHECK(d.effects("command.settled").at(0)["detail"] == "No such extension");
  }
  SUBCASE("the PBX says nothing") {
    d.answers = false;
    ask({{"id", "c1"}, {"command", "hangup"}, {"channel_id", kAlice}});
    d.pass(6000);
    CHECK(d.effects("command.settled").at(0)["code"] == "pbx_timeout");
  }
  SUBCASE("a line end in a target never reaches the PBX") {
    ask({{"id", "c1"}, {"command", "transfer"}, {"channel_id", kAlice}, {"action", "blind"}, {"target", "1003\r\nAction: Originate"}});
    CHECK(d.effects("command.settled").at(0)["code"] == "bad_value");
    CHECK(d.effects("ami.send").empty());
  }
  SUBCASE("a channel that is not there") {
    ask({{"id", "c1"}, {"command", "hangup"}, {"channel_id", "PJSIP/9-1"}});
    CHECK(d.effects("command.settled").at(0)["code"] == "unknown_channel");
  }
  SUBCASE("recording, with the Phone told") {
    ask({{"id", "c1"}, {"command", "recording"}, {"channel_id", kAlice}, {"action", "start"}});
    CHECK(d.sent("MixMonitor").size() == 1);
    CHECK(d.effects("command.settled").at(0)["state"] == "on");
    CHECK(d.effects("phone.message").at(0)["message"]["type"] == "recording");
    ask({{"id", "c2"}, {"command", "recording"}, {"channel_id", kAlice}, {"action", "pause"}});
    CHECK(d.sent("MixMonitorMute").at(0).find("State: 1") != std::string::npos);
    CHECK(d.effects("command.settled").at(1)["state"] == "paused");
  }
  SUBCASE("a supervisor's pause of one queue") {
    ask({{"id", "c1"}, {"command", "pause"}, {"extension", "1001"}, {"queue", "support"}, {"paused", true}, {"reason", "training"}});
    CHECK(d.effects("command.settled").empty());
    member(d, "QueueMemberPause", "support", true, "training");
    CHECK(d.effects("command.settled").at(0)["ok"] == true);
    ask({{"id", "c2"}, {"command", "pause"}, {"extension", "1002"}, {"paused", true}});
    CHECK(d.effects("command.settled").at(1)["code"] == "member_unknown");
  }
  SUBCASE("a consultation: started, ready, completed") {
    ask({{"id", "c1"}, {"command", "transfer"}, {"channel_id", kAlice}, {"action", "start"}, {"target", "1002"}});
    CHECK(d.effects("command.settled").at(0)["state"] == "consulting");
    d.ami("Event: DialEnd\n" + channel("", "Local/1002@internal-0001;2", 4, "1.5", "1.1", "1001", "1002") + "\n" + channel("Dest", kBob, 6, "1.6", "1.1", "1002", "") + "\nDialStatus: ANSWER");
    CHECK(d.effects("phone.message").at(0)["message"]["state"] == "ready");
    ask({{"id", "c2"}, {"command", "transfer"}, {"channel_id", kAlice}, {"action", "complete"}});
    d.ami("Event: AttendedTransfer\nResult: Success\nDestType: Bridge\nOrigTransfererChannel: " + kAlice + "\nOrigTransfererLinkedid: 1.1\nSecondTransfererChannel: Local/1002@internal-0001;1");
    CHECK(d.effects("command.settled").at(1)["state"] == "done");
  }
  SUBCASE("without a link nothing is asked of anybody") {
    d.close();
    d.opens = false;
    ask({{"id", "c1"}, {"command", "hangup"}, {"channel_id", kAlice}});
    CHECK(d.effects("command.settled").at(0)["code"] == "link_down");
  }
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
