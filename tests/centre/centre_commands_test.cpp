// The Centre as the hub sees it: what is asked of the PBX and how it ends, and what an agent's Phone is told of its call.
#include "tests/centre/centre_stories.h"

using namespace offhook::bench;

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
    d.pass(101);
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
