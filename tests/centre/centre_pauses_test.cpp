// The Centre as the hub sees it: each member's pause in each queue, as the status wants it and as the PBX does it.
#include "tests/centre/centre_stories.h"

using namespace offhook::bench;

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
  d.pass(101);  // what is shown of members is gathered
  CHECK(d.member("1001", "support")["state"] == "pending");
  member(d, "QueueMemberPause", "support", true, "lunch");
  d.pass(101);
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

TEST_CASE("a status that ends before the PBX has paused for it: the unpause is sent after the pause") {
  CentreDriver d(with_agents());
  d.start();
  member(d, "QueueMemberStatus", "support", false);
  d.stored("1001", "ONLINE");
  d.stored("1001", "WRAP_UP");
  d.clear();
  d.stored("1001", "ONLINE");
  REQUIRE(d.sent("QueuePause").size() == 1);
  CHECK(d.sent("QueuePause")[0].find("Paused: false") != std::string::npos);
  member(d, "QueueMemberPause", "support", true, "WRAP_UP");
  d.pass(101);
  CHECK(d.member("1001", "support")["state"] == "pending");
  member(d, "QueueMemberPause", "support", false);
  d.pass(101);
  CHECK(d.member("1001", "support")["state"] == "synced");
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
  d.pass(101);
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
  d.pass(101);
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
  d.pass(101);
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

TEST_CASE("a wrapuptime of Asterisk's that is longer than the wrap-up is an alarm, one below two seconds a warning") {
  CentreDriver d(with_agents({{"wrap_up_ms", 20'000}}));
  int support = 30;
  d.reply_to = [&](const std::string& action, const std::string& text) {
    const std::string id = text.substr(text.find("ActionID: ") + 10, text.find("\r\n", text.find("ActionID: ")) - text.find("ActionID: ") - 10);
    if (action != "GetConfig") return std::string();
    if (text.find("Category: sales\r\n") != std::string::npos)
      return "Response: Success\r\nActionID: " + id + "\r\nCategory-000000: sales\r\nLine-000000-000000: strategy=ringall\r\n\r\n";
    if (text.find("Category: night\r\n") != std::string::npos) return "Response: Error\r\nActionID: " + id + "\r\nMessage: Permission denied\r\n\r\n";
    return "Response: Success\r\nActionID: " + id + "\r\nCategory-000000: support\r\nLine-000000-000000: strategy=linear\r\nLine-000000-000001: wrapuptime=" + std::to_string(support) + "\r\n\r\n";
  };
  for (const char* queue : {"support", "sales", "night"}) d.truth.members[{queue, "PJSIP/1001"}] = {{"Queue", queue}, {"Name", "Alice"}, {"Location", "PJSIP/1001"}, {"StateInterface", "PJSIP/1001"}, {"Status", "1"}, {"Paused", "0"}};
  d.truth.members[{"night", "PJSIP/1001"}]["Wrapuptime"] = "25";
  d.truth.contacts_known = true;
  d.start();
  auto alarms = d.effects("alarm");
  REQUIRE(alarms.size() == 2);
  CHECK(alarms[0]["code"] == "queue_wrapup_long");
  CHECK(alarms[0]["detail"].get<std::string>().starts_with("night PJSIP/1001: Asterisk's wrapuptime of 25 s is longer than the wrap-up (20 s)"));
  CHECK(alarms[1]["detail"].get<std::string>().starts_with("support: "));
  CHECK(logged(d, "Queue sales: wrapuptime = 0: an agent may be rung before his wrap-up has paused him; 2 s are enough"));
  d.clear();
  support = 5;
  d.truth.members[{"night", "PJSIP/1001"}]["Wrapuptime"] = "0";
  d.event({{"type", "CommandRequested"}, {"id", "r"}, {"command", "resync"}});
  d.pass(1000);
  alarms = d.effects("alarm");
  REQUIRE(alarms.size() == 2);
  for (const json& alarm : alarms) CHECK(alarm["active"] == false);
  // The queue's own settings count before the configured number; without a time in them it is that again.
  const auto set = [&](const char* mode, int ms) {
    d.clear();
    d.event({{"type", "QueuesChanged"}, {"queues", {{{"queue", "support"}, {"mode", "asterisk"}, {"wrap_up", {{"mode", mode}, {"ms", ms}}}}}}, {"agents", json::array()}});
    return d.effects("alarm");
  };
  alarms = set("timed", 4000);
  REQUIRE(alarms.size() == 1);
  CHECK(alarms[0]["detail"] == "support: Asterisk's wrapuptime of 5 s is longer than the wrap-up (4 s): agents who are ready get no call of the queue until it is over");
  CHECK(set("timed", 4000).empty());
  alarms = set("manual", 4000);
  REQUIRE(alarms.size() == 1);
  CHECK(alarms[0]["active"] == false);
  CHECK_FALSE(logged(d, "Queue sales: wrapuptime = 0: an agent may be rung before his wrap-up has paused him; 2 s are enough"));
}
