// The connection to the PBX, in stories: what is read anew, in which order, and what is done with events that come meanwhile.
#include "tests/centre/link_driver.h"

using namespace offhook;
using namespace offhook::bench;
using ami::List;
using ami::ListOutcome;

TEST_CASE("what each answer makes of a list") {
  const std::string start = "Response: Success\nActionID: %\nEventList: start\nMessage: A listing of Contacts follows\n\n";
  const std::string item = "Event: ContactList\nActionID: %\nObjectName: 1001;@x\n\n";
  auto end = [](int n, const char* how = "Complete") {
    return std::string("Event: ContactListComplete\nActionID: %\nEventList: ") + how + "\nListItems: " + std::to_string(n) + "\n\n";
  };
  const std::pair<std::string, ListOutcome> cases[] = {
      {start + item + item + end(2), ListOutcome::Complete},
      {start + end(0), ListOutcome::Complete},
      {start + item + end(2), ListOutcome::Incomplete},
      {start + item + end(1, "Cancelled"), ListOutcome::Incomplete},
      {"Response: Error\nActionID: %\nMessage: No Contacts found\n\n", ListOutcome::Empty},
      {"Response: Error\nActionID: %\nMessage: Permission denied\n\n", ListOutcome::Denied},
      {"Response: Error\nActionID: %\nMessage: Invalid/unknown command: PJSIPShowContacts. Use Action: ListCommands to show available commands.\n\n", ListOutcome::Absent},
      {"Response: Error\nActionID: %\nMessage: Memory Allocation Failure\n\n", ListOutcome::Failed},
  };
  for (const auto& one : cases) {
    const std::string& answer = one.first;
    const ListOutcome outcome = one.second;
    CAPTURE(answer);
    LinkDriver pbx;
    pbx.usual();
    pbx.answers["PJSIPShowContacts"] = answer;
    pbx.connect();
    CHECK(pbx.state_word() == "live");
    CHECK(pbx.session.lists()[List::PJSIPShowContacts].outcome == outcome);
    CHECK(ami::is_complete(outcome) == (outcome == ListOutcome::Complete || outcome == ListOutcome::Empty));
  }
}

TEST_CASE("items are handed out with their list, a stranger's list is not taken for ours") {
  LinkDriver pbx;
  pbx.usual();
  pbx.answers["QueueStatus"] = "";
  pbx.connect();
  REQUIRE(pbx.state_word() == "resyncing");
  const std::string ours = pbx.id_of("QueueStatus");
  pbx.hear("Event: QueueMember\nQueue: support\nLocation: PJSIP/1001\nActionID: " + ours + "\n\n");
  pbx.hear("Event: QueueMember\nQueue: sales\nLocation: PJSIP/1001\nActionID: other-1\n\n");
  pbx.hear("Event: QueueStatusComplete\nActionID: " + ours + "\nEventList: Complete\nListItems: 1\n\n");
  CHECK(pbx.state_word() == "live");
  CHECK(pbx.items == std::vector<std::string>{"QueueMember"});
  CHECK(pbx.session.lists()[List::QueueStatus].outcome == ListOutcome::Complete);
}

TEST_CASE("a list that stops in its middle is given up after 30 s, the others are asked, and the link is live") {
  LinkDriver pbx;
  pbx.usual();
  pbx.answers["Agents"] = "Response: Success\nActionID: %\nEventList: start\n\nEvent: Agents\nActionID: %\nAgent: 1001\n\n";
  pbx.connect();
  CHECK(pbx.state_word() == "resyncing");
  pbx.wait(29'000);
  CHECK(pbx.state_word() == "resyncing");
  pbx.wait(1'000);
  CHECK(pbx.state_word() == "live");
  CHECK(pbx.session.lists()[List::Agents].outcome == ListOutcome::TimedOut);
  CHECK(pbx.session.lists()[List::PJSIPShowContacts].outcome == ListOutcome::Complete);
}

TEST_CASE("a list whose items come slowly is not given up") {
  LinkDriver pbx;
  pbx.usual();
  pbx.answers["Agents"] = "Response: Success\nActionID: %\nEventList: start\n\n";
  pbx.connect();
  const std::string id = pbx.id_of("Agents");
  for (int i = 0; i < 4; ++i) {
    pbx.wait(20'000);
    pbx.hear("Event: Agents\nActionID: " + id + "\nAgent: 1001\n\n");
  }
  CHECK(pbx.state_word() == "resyncing");
  pbx.hear("Event: AgentsComplete\nActionID: " + id + "\nEventList: Complete\nListItems: 4\n\n");
  CHECK(pbx.state_word() == "live");
  CHECK(pbx.session.lists()[List::Agents].outcome == ListOutcome::Complete);
}

TEST_CASE("live events that come between the lists are applied after them, once") {
  LinkDriver pbx;
  pbx.usual();
  pbx.answers["Agents"] = "";
  pbx.connect();
  REQUIRE(pbx.state_word() == "resyncing");
  pbx.hear("Event: Newchannel\nUniqueid: 1.1\n\nEvent: SomethingNew\nUniqueid: 1.1\n\nEvent: Hangup\nUniqueid: 1.1\n\n");
  CHECK(pbx.events.empty());
  pbx.wait(30'000);
  CHECK(pbx.state_word() == "live");
  CHECK(pbx.events.empty());  // this driver looks for them when a message ends the lists, and it was the time limit
  CHECK(std::string(pbx.session.next_kept()->name) == "Newchannel");
  CHECK(std::string(pbx.session.next_kept()->name) == "Hangup");
  CHECK(pbx.session.next_kept() == nullptr);
  pbx.hear("Event: Newstate\nUniqueid: 2.1\n\n");
  CHECK(pbx.events == std::vector<std::string>{"Newstate"});
}

TEST_CASE("more live events than may be kept: the lists begin anew, three times at most") {
  LinkDriver pbx;
  pbx.usual();
  pbx.answers["Agents"] = "";
  pbx.connect();
  const std::string one = "Event: Newchannel\nChannel: " + std::string(30'000, 'x') + "\n\n";
  std::string many;
  for (int i = 0; i < 600; ++i) many += one;  // 18 MB
  for (int pass = 0; pass < 4; ++pass) {
    REQUIRE(pbx.state_word() == "resyncing");
    pbx.hear(many);
    pbx.wait(15'000);
    pbx.hear("Event: Newstate\n\n");
    pbx.wait(15'000);
  }
  CHECK(pbx.state_word() == "live");
  CHECK(pbx.count(ListsBegan) == 4);
}

TEST_CASE("a PBX that starts up slowly is read anew when it says that it is ready") {
  LinkDriver pbx;
  pbx.usual();
  pbx.answers["Login"] = "Response: Success\nActionID: %\nMessage: Authentication accepted\n\n";
  pbx.connect();
  pbx.wait(3'000);
  CHECK(pbx.state_word() == "live");
  pbx.hear("Event: FullyBooted\nPrivilege: system,all\nUptime: 4\nLastReload: 4\nStatus: Fully Booted\n\n");
  CHECK(pbx.state_word() == "live");
  CHECK(pbx.count(Resynced) == 2);
  CHECK(pbx.count(PbxRestarted) == 0);
}

TEST_CASE("a PBX that was started anew is told before its lists, one that only lost the link is not") {
  LinkDriver pbx;
  pbx.live();
  pbx.wait(60'000);
  pbx.closed();
  pbx.usual(3'660 + 20);
  pbx.wait(20'000);
  REQUIRE(pbx.state_word() == "connecting");
  pbx.opened();
  pbx.greet();
  CHECK(pbx.state_word() == "live");
  CHECK(pbx.count(PbxRestarted) == 0);

  pbx.wait(60'000);
  pbx.closed();
  pbx.usual(8);
  pbx.wait(20'000);
  const std::size_t before = pbx.told.size();
  pbx.at += 86'400'000;  // and its clock, or ours, was set meanwhile
  pbx.opened();
  pbx.greet();
  CHECK(pbx.count(PbxRestarted) == 1);
  std::size_t restarted = 0, began = 0;
  for (std::size_t i = before; i < pbx.told.size(); ++i) {
    if (pbx.told[i].what == PbxRestarted) restarted = i;
    if (pbx.told[i].what == ListsBegan) began = i;
  }
  CHECK(restarted < began);
}

TEST_CASE("without FullyBooted a restart is known by CoreStatus") {
  LinkDriver pbx;
  pbx.usual();
  pbx.answers["Login"] = "Response: Success\nActionID: %\nMessage: Authentication accepted\n\n";
  auto again = [&] {
    pbx.closed();
    pbx.wait(2'000);
    pbx.opened();
    pbx.greet();
    pbx.wait(3'000);
    REQUIRE(pbx.state_word() == "live");
  };
  pbx.connect();
  pbx.wait(3'000);
  again();
  CHECK(pbx.count(PbxRestarted) == 0);
  pbx.answers["CoreStatus"] = "Response: Success\nActionID: %\nCoreStartupDate: 2026-11-21\nCoreStartupTime: 10:00:00\n\n";
  again();
  CHECK(pbx.count(PbxRestarted) == 1);
}
