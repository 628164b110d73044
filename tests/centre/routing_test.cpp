// The hub routes a queue: what goes to the PBX, what of its words is believed, and the five rules of docs/queues.md, "On the PBX". The
// PBX here says what a real one said (tests/traces/ami_routing); the real one itself is in tests/pbx.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/centre/waiting_room.h"

using offhook::bench::attempt_of;
using offhook::bench::field;
using offhook::bench::json;
using offhook::bench::Room;

TEST_CASE("a caller is offered by one Redirect with the attempt in it, and believed only when DialBegin shows it") {
  Room room;
  room.open();
  room.comes("1.1");
  const std::string exten = room.offered();
  CHECK(exten.starts_with("1001*"));
  CHECK(room.sent("Redirect").size() == 1);
  CHECK(room.call("1.1")["state"] == "AgentRinging");
  room.rings("1.1", "1001", "1.2");
  room.answers_("1.1", "1001", "1.2");
  CHECK(room.call("1.1")["state"] == "Active");
  CHECK(room.call("1.1")["agent"] == "1001");
  room.hangs_up("1.2", "PJSIP/1001-1.2");
  room.hangs_up("1.1", room.channel("1.1"), false);
  CHECK(room.record()["outcome"] == "answered");
  CHECK(room.record()["hangup_by"] == "agent");
  CHECK(room.record()["agent_session_id"] == "1.2");
}

TEST_CASE("the result of a ring counts with our attempt only, and the cause tells a key from no answer") {
  Room room({{"reject_ms", 60'000}, {"rona_ms", 60'000}});
  room.open();
  room.comes("1.1");
  const std::string first = room.offered();
  room.rings("1.1", "1001", "1.2");
  room.ring_ends("1.1", "9999", "NOANSWER", "0");
  CHECK(room.sent("Redirect").size() == 1);
  room.ring_ends("1.1", attempt_of(first), "NOANSWER", "19");
  CHECK(room.offered().starts_with("1002*"));
  room.hangs_up("1.2", "PJSIP/1001-1.2");
  const json agents = room.state()["changes"]["acd_agents"];
  for (const json& agent : agents)
    if (agent["extension"] == "1001") CHECK(agent["why"] == "cool_down");
  // The late word of the first ring changes nothing of the second.
  room.ring_ends("1.1", attempt_of(first), "NOANSWER", "0");
  CHECK(room.call("1.1")["agent"] == "1002");
}

TEST_CASE("a caller's own Hangup ends his wait, whatever its cause says; nobody who talks is redirected") {
  Room room;
  room.open();
  room.comes("1.1");
  room.rings("1.1", "1001", "1.2");
  room.hangs_up("1.1", room.channel("1.1"));
  CHECK(room.record()["outcome"] == "abandoned");
  CHECK(room.record()["hangup_by"] == "caller");
  room.hangs_up("1.2", "PJSIP/1001-1.2", false);
  room.clear();
  room.comes("2.1");
  room.rings("2.1", "1001", "2.2");
  room.answers_("2.1", "1001", "2.2");
  room.clear();
  room.event({{"type", "CommandRequested"}, {"id", "r"}, {"command", "reject"}, {"call_id", "2.1"}, {"extension", "1001"}});
  room.pass(60'000);
  CHECK(room.sent("Redirect").empty());
  CHECK(room.call("2.1")["state"] == "Active");
}

TEST_CASE("one decision an agent: he is not offered a second call, nor while his telephone is in one of his own") {
  Room room;
  room.settings["agents"].erase(1);
  room.open();
  room.comes("1.1");
  CHECK(room.offered().starts_with("1001*"));
  room.comes("2.1");
  CHECK(room.sent("Redirect").size() == 1);
  CHECK(room.call("2.1")["state"] == "Queued");
  room.hangs_up("1.1", room.channel("1.1"));
  CHECK(room.sent("Redirect").size() == 2);
  room.hangs_up("2.1", room.channel("2.1"));
  room.clear();
  room.newchannel("3.1", "PJSIP/1001-3.1", "3.1");  // he dials
  room.comes("4.1");
  CHECK(room.sent("Redirect").empty());
  room.hangs_up("3.1", "PJSIP/1001-3.1");
  CHECK(room.offered().starts_with("1001*"));
}

TEST_CASE("the lease: a Ping tells the PBX's clock, HUB_UNTIL is five seconds after it, every 1.5 s; drain makes it 0") {
  Room room;
  room.open();
  room.clear();
  room.pass(3'100);
  const auto set = room.sent("Setvar");
  CHECK(set.size() >= 2);
  for (const std::string& text : set) {
    CHECK(field(text, "Variable") == "HUB_UNTIL");
    CHECK(field(text, "Value") == "1795298452");
    CHECK(field(text, "Channel").empty());
  }
  room.clear();
  room.event({{"type", "CommandRequested"}, {"id", "d"}, {"command", "drain"}});
  CHECK(field(room.sent("Setvar").at(0), "Value") == "0");
  CHECK(room.effects("command.settled").at(0)["ok"] == true);
  room.pass(5'000);
  CHECK(room.sent("Setvar").size() == 1);
}

TEST_CASE("a hub that stands by writes no lease and redirects nobody; made active it takes up who is there") {
  Room room;
  room.event({{"type", "CommandRequested"}, {"id", "s"}, {"command", "standby"}});
  room.open();
  room.comes("1.1");
  room.pass(5'000);
  CHECK(room.sent("Setvar").empty());
  CHECK(room.sent("Redirect").empty());
  room.status = "Event: Status\nChannel: PJSIP/trunk-1.1\nContext: hub-wait\nExten: s\nUniqueid: 1.1\nLinkedid: 1.1\nCallerIDNum: +441\nBridgeID: \nVariable: CC_QUEUE=support\nVariable: CC_SINCE=1795166000\nVariable: CC_ID=1.1\nVariable: CC_AGENT=(null)\nVariable: CC_TRY=(null)\nVariable: CC_ROLE=(null)\n\n";
  room.event({{"type", "CommandRequested"}, {"id", "a"}, {"command", "activate"}});
  CHECK(room.offered().starts_with("1001*"));
  CHECK_FALSE(room.sent("Setvar").empty());
}

TEST_CASE("after a restart the PBX's channels say who waits, rings and talks; CC_AGENT of a waiting caller means nothing") {
  Room room;
  const auto status = [](const std::string& id, const std::string& context, const std::string& bridge, const std::string& agent, const std::string& role = "(null)") {
    return "Event: Status\nChannel: PJSIP/trunk-" + id + "\nContext: " + context + "\nExten: s\nUniqueid: " + id + "\nLinkedid: " + id + "\nCallerIDNum: +44" + id + "\nBridgeID: " + bridge +
           "\nVariable: CC_QUEUE=support\nVariable: CC_SINCE=1795166000\nVariable: CC_ID=" + id + "\nVariable: CC_AGENT=" + agent + "\nVariable: CC_TRY=7\nVariable: CC_ROLE=" + role + "\n\n";
  };
  for (const char* id : {"1.1", "2.1", "3.1"}) room.truth.channels[id] = {{"Channel", std::string("PJSIP/trunk-") + id}, {"ChannelState", "6"}, {"Uniqueid", id}, {"Linkedid", id}, {"CallerIDNum", "+44"}, {"Context", "x"}, {"Exten", "s"}, {"Priority", "1"}, {"BridgeId", ""}};
  room.truth.channels["1.1"]["BridgeId"] = "b";
  room.truth.channels["1.2"] = {{"Channel", "PJSIP/1001-1.2"}, {"ChannelState", "6"}, {"Uniqueid", "1.2"}, {"Linkedid", "1.1"}, {"BridgeId", "b"}, {"Context", "x"}, {"Exten", ""}, {"Priority", "1"}};
  room.truth.channels["2.2"] = {{"Channel", "PJSIP/1002-2.2"}, {"ChannelState", "5"}, {"Uniqueid", "2.2"}, {"Linkedid", "2.1"}, {"BridgeId", ""}, {"Context", "x"}, {"Exten", ""}, {"Priority", "1"}};
  room.status = status("1.1", "hub-ring", "b", "1001") + status("2.1", "hub-ring", "", "1002") + status("3.1", "hub-wait", "", "1001");
  room.open();
  CHECK(room.call("1.1")["state"] == "Active");
  CHECK(room.call("1.1")["agent"] == "1001");
  CHECK(room.call("2.1")["state"] == "AgentRinging");
  CHECK(room.call("3.1")["state"] == "Queued");
  CHECK(room.call("3.1")["enqueued_at"] == 1'795'166'000'000);
  CHECK(room.sent("Redirect").empty());
  room.answers_("2.1", "1002", "2.2");  // its DialBegin was before us
  CHECK(room.call("2.1")["state"] == "Active");
}

TEST_CASE("who went to the PBX's own queue is taken back by it, not by a Redirect, and keeps his place") {
  Room room;
  room.settings["agents"] = json::array();
  room.open();
  room.comes("1.1");
  room.clear();
  const auto said = [&](const char* name) {
    room.ami(std::string("Event: UserEvent\nUserEvent: ") + name + "\nChannel: " + room.channel("1.1") + "\nCallerIDNum: +441\nUniqueid: 1.1\nLinkedid: 1.1\nCcCall: 1.1\nCcQueue: support\nCcSince: 1795165990");
  };
  said("HubFallback");
  CHECK(field(room.sent("QueueWithdrawCaller").at(0), "Caller") == room.channel("1.1"));
  CHECK(room.call("1.1")["mode"] == "asterisk");
  CHECK(room.sent("Redirect").empty());
  said("HubBack");
  CHECK(room.call("1.1")["mode"] == "offhook");
  CHECK(room.call("1.1")["enqueued_at"] == 1'795'165'990'000);
}

TEST_CASE("a second HubCaller of the channel is a new stay: whoever talked has given him back") {
  Room room;
  room.open();
  room.comes("1.1");
  room.rings("1.1", "1001", "1.2");
  room.answers_("1.1", "1001", "1.2");
  room.arrives("1.1", "1.1-2");
  CHECK(room.call("1.1").is_null());
  CHECK_FALSE(room.call("1.1-2").is_null());
  bool blind = false;
  for (const json& effect : room.effects("record.write")) blind = blind || effect["record"]["outcome"] == "transferred_blind";
  CHECK(blind);
}

TEST_CASE("a queue that is not the hub's to route: the caller goes to the PBX's own queue at once") {
  Room room({{"mode", "asterisk"}});
  room.open();
  room.comes("1.1");
  CHECK(field(room.sent("Redirect").at(0), "Context") == "hub-fallback");
  room.comes("2.1", {}, "unheard");
  CHECK(field(room.sent("Redirect").at(1), "Context") == "hub-fallback");
  CHECK(room.sent("Setvar").empty());
}

TEST_CASE("ring all: one Redirect with all telephones; one who rejects leaves the others ringing, the first who answers has him") {
  Room room({{"strategy", "ring_all"}});
  room.open();
  room.comes("1.1");
  REQUIRE(room.sent("Redirect").size() == 1);
  CHECK(field(room.sent("Redirect").at(0), "Context") == "hub-ring-all");
  const auto set = room.sent("Setvar");
  CHECK(std::any_of(set.begin(), set.end(), [](const std::string& text) { return field(text, "Variable") == "CC_MEMBERS" && field(text, "Value") == "PJSIP/1001&PJSIP/1002"; }));
  room.rings("1.1", "1001", "1.2");
  room.rings("1.1", "1002", "1.3");
  room.answers_("1.1", "1002", "1.3");
  room.hangs_up("1.2", "PJSIP/1001-1.2", false);
  CHECK(room.call("1.1")["agent"] == "1002");
  CHECK(room.sent("Redirect").size() == 1);
}

TEST_CASE("a supervisor is called into ChanSpy with the full name of the channel; ChanSpyStart proves it, taking over joins him and the caller") {
  Room room;
  room.open();
  room.comes("1.1");
  room.rings("1.1", "1001", "1.2");
  const auto supervise = [&](const char* id, const char* action) {
    room.event({{"type", "CommandRequested"}, {"id", id}, {"command", "supervise"}, {"action", action}, {"supervisor", "1003"}, {"call_id", "1.1"}});
  };
  supervise("early", "monitor");
  CHECK(room.effects("command.settled").back()["code"] == "not_talking");
  room.answers_("1.1", "1001", "1.2");
  supervise("m", "monitor");
  const std::string asked = room.sent("Originate").at(0);
  CHECK(field(asked, "Channel") == "PJSIP/sue-desk");
  CHECK(field(asked, "Variable") == "CC_SPY=PJSIP/1001-1.2");
  const std::string leg = field(asked, "ChannelId");
  const auto spy = [&](const char* name, const char* exten) {
    room.ami(std::string("Event: ") + name + "\nSpyerChannel: PJSIP/sue-desk-9\nSpyerExten: " + exten + "\nSpyerUniqueid: " + leg + "\nSpyeeChannel: PJSIP/1001-1.2\nSpyeeUniqueid: 1.2");
  };
  room.newchannel(leg, "PJSIP/sue-desk-9", leg);
  CHECK(room.effects("command.settled").back()["id"] == "early");
  spy("ChanSpyStart", "listen");
  CHECK(room.effects("command.settled").back()["state"] == "monitor");
  CHECK(room.call("1.1")["supervisors"][0]["mode"] == "monitor");
  supervise("other", "coach");
  CHECK(field(room.sent("Redirect").back(), "Exten") == "coach");
  spy("ChanSpyStop", "listen");
  spy("ChanSpyStart", "coach");
  CHECK(room.effects("command.settled").back()["state"] == "coach");
  supervise("t", "take_over");
  CHECK(field(room.sent("Redirect").back(), "Exten") == "hold");
  spy("ChanSpyStop", "coach");
  room.ami("Event: UserEvent\nUserEvent: HubHolds\nChannel: PJSIP/sue-desk-9\nUniqueid: " + leg + "\nLinkedid: " + leg);
  CHECK(field(room.sent("Redirect").back(), "Context") == "hub-take");
  CHECK(field(room.sent("Redirect").back(), "Channel") == room.channel("1.1"));
  room.ami("Event: BridgeEnter\nBridgeUniqueid: n\nBridgeType: basic\nBridgeNumChannels: 1\nChannel: PJSIP/sue-desk-9\nChannelState: 6\nUniqueid: " + leg + "\nLinkedid: " + leg);
  CHECK(room.effects("command.settled").back()["state"] == "taken_over");
  room.hangs_up("1.2", "PJSIP/1001-1.2", false);
  CHECK(room.effects("supervision").back()["session"]["end"] == "taken_over");
}

TEST_CASE("mode asterisk: what app_queue decided is observed, a talk's end is who asked for it, and nobody is redirected") {
  Room room({{"mode", "asterisk"}});
  room.open();
  room.clear();
  room.newchannel("1.1", room.channel("1.1"), "1.1");
  room.ami("Event: QueueCallerJoin\nChannel: " + room.channel("1.1") + "\nCallerIDNum: +441\nUniqueid: 1.1\nLinkedid: 1.1\nQueue: support\nPosition: 1\nCount: 1");
  CHECK(room.call("1.1")["state"] == "Queued");
  room.newchannel("1.2", "PJSIP/1001-1.2", "1.1");
  const std::string both = "\nChannel: " + room.channel("1.1") + "\nUniqueid: 1.1\nLinkedid: 1.1\nDestChannel: PJSIP/1001-1.2\nDestUniqueid: 1.2\nDestLinkedid: 1.1\nQueue: support\nInterface: PJSIP/1001\nMemberName: A";
  room.ami("Event: AgentCalled" + both);
  CHECK(room.call("1.1")["agent"] == "1001");
  room.ami("Event: QueueCallerLeave\nChannel: " + room.channel("1.1") + "\nUniqueid: 1.1\nLinkedid: 1.1\nQueue: support\nPosition: 1\nCount: 0");
  room.ami("Event: AgentConnect" + both + "\nHoldTime: 1\nRingTime: 1");
  CHECK(room.call("1.1")["state"] == "Active");
  room.hangs_up("1.1", room.channel("1.1"));
  room.hangs_up("1.2", "PJSIP/1001-1.2", false);
  CHECK(room.record()["outcome"] == "answered");
  CHECK(room.record()["hangup_by"] == "caller");
  CHECK(room.record()["agent_session_id"] == "1.2");
  CHECK(room.sent("Redirect").empty());
}
