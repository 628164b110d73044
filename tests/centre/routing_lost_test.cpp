// The hub routes a queue, and something is lost or left: an agent's telephone in a talk, his page, a caller by a key, a callback that nobody
// wants, a supervisor over a restart of the hub. The same on a real PBX: tests/pbx/scenarios/queue_lost.mjs, queue_waiting.mjs.
#include <doctest/doctest.h>

#include "tests/centre/waiting_room.h"

using offhook::bench::field;
using offhook::bench::json;
using offhook::bench::Room;

namespace {

/// 1.1 talks to 1001 by the leg 1.2, both in the bridge b.
void talk(Room& room) {
  room.comes("1.1");
  room.rings("1.1", "1001", "1.2");
  room.answers_("1.1", "1001", "1.2");
  for (const auto& [id, name] : {std::pair{"1.2", "PJSIP/1001-1.2"}, {"1.1", "PJSIP/trunk-1.1"}})
    room.ami(std::string("Event: BridgeEnter\nBridgeUniqueid: b\nBridgeType: basic\nBridgeNumChannels: 1\nChannel: ") + name + "\nChannelState: 6\nUniqueid: " + id + "\nLinkedid: 1.1");
}

void leaves(Room& room, const std::string& id, const std::string& name) {
  room.ami("Event: BridgeLeave\nBridgeUniqueid: b\nBridgeType: basic\nBridgeNumChannels: 1\nChannel: " + name + "\nUniqueid: " + id + "\nLinkedid: 1.1");
}

void over(Room& room, const std::string& id, const std::string& name, const std::string& cause) {
  room.ami("Event: Hangup\nChannel: " + name + "\nUniqueid: " + id + "\nLinkedid: 1.1\nCause: " + cause);
}

void lost(Room& room) {
  room.ami("Event: UserEvent\nUserEvent: HubLost\nChannel: PJSIP/trunk-1.1\nUniqueid: 1.1\nLinkedid: 1.1\nCallerIDNum: +441\nCcCall: 1.1\nCcQueue: support\nCcAgent: 1001\nCcSince: 1795298447");
}

}  // namespace

TEST_CASE("an agent's telephone dies in a talk: the caller is first in the queue again, and is offered to somebody else") {
  for (const bool leg_first : {true, false}) {
    Room room;
    room.open();
    talk(room);
    room.clear();
    leaves(room, "1.2", "PJSIP/1001-1.2");
    leaves(room, "1.1", "PJSIP/trunk-1.1");
    if (leg_first) over(room, "1.2", "PJSIP/1001-1.2", "44");
    CHECK(room.sent("Redirect").empty());
    CHECK(room.call("1.1")["state"] == "Active");
    lost(room);
    if (!leg_first) over(room, "1.2", "PJSIP/1001-1.2", "44");
    CHECK(room.offered().starts_with("1002*"));
    CHECK(room.call("1.1")["state"] == "AgentRinging");
    CHECK(room.effects("record.write").front()["record"]["outcome"] == "error");
    room.hangs_up("1.1", room.channel("1.1"));
    CHECK(room.record()["outcome"] == "abandoned");
  }
}

TEST_CASE("a telephone that dies in a talk again and again: after the third time the call is ended") {
  Room room({{"unreachable_ms", 0}, {"rona_ms", 0}});
  room.settings["agents"].erase(1);
  room.open();
  talk(room);
  for (int time = 1; time <= 4; ++time) {
    lost(room);
    over(room, "1.2", "PJSIP/1001-1.2", "44");
    if (time == 4) break;
    room.pass(2'000);
    room.rings("1.1", "1001", "1.2");
    room.answers_("1.1", "1001", "1.2");
    CHECK(room.call("1.1")["state"] == "Active");
  }
  CHECK(field(room.sent("Hangup").back(), "Channel") == room.channel("1.1"));
  CHECK(room.record()["outcome"] == "error");
}

TEST_CASE("an agent's page is loaded anew in a talk: the new leg takes the place of the old one, and the talk is the same") {
  Room room;
  room.open();
  talk(room);
  room.clear();
  room.newchannel("3.1", "PJSIP/1001-3.1", "3.1");
  leaves(room, "1.2", "PJSIP/1001-1.2");
  room.ami("Event: BridgeEnter\nBridgeUniqueid: b\nBridgeType: basic\nBridgeNumChannels: 2\nSwapUniqueid: 1.2\nChannel: PJSIP/1001-3.1\nChannelState: 6\nUniqueid: 3.1\nLinkedid: 1.1");
  over(room, "1.2", "PJSIP/1001-1.2", "16");
  CHECK(room.call("1.1")["state"] == "Active");
  room.event({{"type", "CommandRequested"}, {"id", "m"}, {"command", "supervise"}, {"action", "monitor"}, {"supervisor", "1003"}, {"call_id", "1.1"}});
  CHECK(room.sent("Originate").at(0).find("CC_SPY=PJSIP/1001-3.1") != std::string::npos);
  room.hangs_up("3.1", "PJSIP/1001-3.1");
  CHECK(room.record()["outcome"] == "answered");
  CHECK(room.record()["hangup_by"] == "agent");
}

TEST_CASE("an order that ends an agent's leg ends the customer's: nobody is taken for lost") {
  Room room;
  room.open();
  talk(room);
  room.event({{"type", "CommandRequested"}, {"id", "h"}, {"command", "hangup"}, {"channel_id", "PJSIP/1001-1.2"}});
  REQUIRE(room.sent("Hangup").size() == 1);
  CHECK(field(room.sent("Hangup").at(0), "Channel") == room.channel("1.1"));
}

TEST_CASE("who was transferred and loses whom he talked to comes as a new stay") {
  Room room;
  room.open();
  talk(room);
  room.ami("Event: BlindTransfer\nResult: Success\nTransfererChannel: PJSIP/1001-1.2\nTransfererUniqueid: 1.2\nTransfereeChannel: PJSIP/trunk-1.1\nTransfereeUniqueid: 1.1\nExtension: 7");
  CHECK(room.record()["outcome"] == "transferred_blind");
  over(room, "1.2", "PJSIP/1001-1.2", "16");
  room.clear();
  lost(room);
  CHECK_FALSE(room.offered().empty());
}

TEST_CASE("the key that leads out is set for each caller, and told by the dialplan it takes him to the overflow") {
  Room room({{"leave_key", "1"}, {"overflow", {{"kind", "external"}, {"target", "4420"}}}});
  room.settings["agents"] = json::array();
  room.open();
  room.comes("1.1");
  bool set = false;
  for (const std::string& text : room.sent("Setvar")) set = set || (field(text, "Variable") == "CC_KEY" && field(text, "Value") == "1" && field(text, "Channel") == room.channel("1.1"));
  CHECK(set);
  room.ami("Event: UserEvent\nUserEvent: HubKey\nChannel: PJSIP/trunk-1.1\nUniqueid: 1.1\nLinkedid: 1.1\nCcCall: 1.1\nCcKey: 1");
  CHECK(field(room.sent("Redirect").back(), "Context") == "hub-overflow");
  CHECK(field(room.sent("Redirect").back(), "Exten") == "4420");
}

TEST_CASE("a callback that waits is taken out by a supervisor; the PBX is asked for nothing") {
  Room room;
  room.settings["agents"] = json::array();
  room.open();
  room.event({{"type", "CommandRequested"}, {"id", "q"}, {"command", "queue_call"}, {"number", "+4420"}, {"queue", "support"}});
  const std::string call = room.effects("command.settled").back()["state"];
  CHECK(room.call(call)["state"] == "Queued");
  room.event({{"type", "CommandRequested"}, {"id", "d"}, {"command", "dequeue"}, {"call_id", call}});
  CHECK(room.effects("command.settled").back()["ok"] == true);
  CHECK(room.call(call).is_null());
  CHECK(room.sent("Redirect").empty());
}

TEST_CASE("a supervisor who coached while the hub was killed is known again; one whose telephone went while nobody looked is not") {
  Room room;
  for (const char* id : {"1.1", "1.2", "9.1"})
    room.truth.channels[id] = {{"Channel", id == std::string("1.1") ? "PJSIP/trunk-1.1" : id == std::string("1.2") ? "PJSIP/1001-1.2" : "PJSIP/sue-desk-9"}, {"ChannelState", "6"}, {"Uniqueid", id},
                               {"Linkedid", id == std::string("9.1") ? "9.1" : "1.1"}, {"CallerIDNum", "+44"}, {"Context", "x"}, {"Exten", "s"}, {"Priority", "1"}, {"BridgeId", id == std::string("9.1") ? "" : "b"}};
  const std::string head = "Event: Status\nUniqueid: 1.1\nLinkedid: 1.1\nChannel: PJSIP/trunk-1.1\nContext: hub-ring\nExten: 1001*7\nBridgeID: b\nVariable: CC_QUEUE=support\nVariable: CC_SINCE=1795166000\nVariable: CC_ID=1.1\nVariable: CC_AGENT=1001\nVariable: CC_TRY=7\n\n";
  room.status = head + "Event: Status\nUniqueid: 9.1\nLinkedid: 9.1\nChannel: PJSIP/sue-desk-9\nContext: hub-spy\nExten: coach\nBridgeID: \nVariable: CC_SPY=PJSIP/1001-1.2\nVariable: CC_SUPERVISOR=1003\nVariable: CC_CALL=1.1\n\n";
  room.open();
  CHECK(room.call("1.1")["supervisors"][0]["mode"] == "coach");
  CHECK(room.effects("supervision").back()["session"]["state"] == "Coach");
  CHECK(room.effects("note").empty());
  room.close();
  room.truth.channels.erase("9.1");
  room.status = head;
  room.pass(3'000);
  room.start();
  room.pass(200);
  CHECK(room.effects("supervision").back()["session"]["end"] == "phone_gone");
  CHECK(room.call("1.1")["supervisors"].empty());
}
