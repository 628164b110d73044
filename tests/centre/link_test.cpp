// The connection to the PBX, in stories: what opens it, what breaks it, what is read anew.
#include <algorithm>
#include <set>

#include "tests/centre/link_driver.h"

using namespace offhook;
using namespace offhook::bench;
using ami::List;
using ami::ListOutcome;

TEST_CASE("a PBX that is up: login, its lists in order, live") {
  LinkDriver pbx;
  pbx.usual();
  pbx.start();
  CHECK(pbx.state_word() == "connecting");
  pbx.opened();
  pbx.greet();
  CHECK(pbx.state_word() == "live");
  const std::vector<std::string> first(pbx.sent.begin(), pbx.sent.begin() + 6);
  CHECK(first == std::vector<std::string>{"Login", "CoreSettings", "CoreStatus", "Filter", "Filter", "Events"});
  std::vector<std::string> lists;
  for (const std::string& name : pbx.sent)
    for (const ami::ListShape& list : ami::kLists) if (list.action == name) lists.push_back(name);
  CHECK(lists == std::vector<std::string>{"CoreShowChannels", "BridgeList", "QueueStatus", "DeviceStateList", "ExtensionStateList", "PJSIPShowContacts",
                                          "PJSIPShowRegistrationInboundContactStatuses", "Agents"});
  CHECK(pbx.count(Resynced) == 1);
  CHECK(pbx.count(ListOver) == 8);
  CHECK(pbx.session.context().started_at == pbx.at - 3'600'000);
  CHECK(pbx.count(PbxRestarted) == 0);
}

TEST_CASE("the version and the start of the PBX are known once it is live") {
  LinkDriver pbx;
  pbx.live();
  CHECK(pbx.session.context().version == "22.10.1");
  CHECK(pbx.session.context().started_text == "2026-11-20 09:18:47");
}

TEST_CASE("a second start changes nothing while it is connected") {
  LinkDriver pbx;
  pbx.live();
  const std::size_t before = pbx.told.size();
  pbx.start();
  CHECK(pbx.told.size() == before);
}

TEST_CASE("an ActionID is never used twice, over connections either") {
  LinkDriver pbx;
  pbx.live();
  pbx.closed();
  pbx.wait(2'000);
  pbx.opened();
  pbx.greet();
  CHECK(pbx.state_word() == "live");
  std::set<std::string> ids;
  int actions = 0;
  for (const ami::Tell& tell : pbx.told) {
    if (tell.what != Send) continue;
    const std::size_t from = tell.text.find("ActionID: ");
    ids.insert(tell.text.substr(from, tell.text.find('\r', from) - from));
    ++actions;
  }
  CHECK(actions > 20);
  CHECK(static_cast<int>(ids.size()) == actions);
}

TEST_CASE("a PBX that cannot be reached is tried after 1, 2, 4 … 30 s, each a quarter more or less") {
  LinkDriver pbx;
  pbx.start();
  double expected = 1'000;
  for (int attempt = 0; attempt < 8; ++attempt) {
    pbx.closed("ECONNREFUSED");
    CHECK(pbx.state_word() == "down");
    CHECK(pbx.reason() == "closed");
    CHECK(pbx.session.context().detail == "ECONNREFUSED");
    const double delay = pbx.session.context().next_attempt_at - pbx.at;
    CHECK(delay >= expected * 0.75);
    CHECK(delay <= expected * 1.25);
    CHECK(pbx.session.context().attempts == attempt + 1);
    pbx.wait(delay);
    CHECK(pbx.state_word() == "connecting");
    expected = std::min(expected * 2, 30'000.0);
  }
}

TEST_CASE("the same seed waits the same, another seed otherwise") {
  auto delays = [](std::uint64_t seed) {
    LinkDriver pbx({.seed = seed});
    pbx.start();
    std::vector<double> all;
    for (int i = 0; i < 4; ++i) {
      pbx.closed();
      all.push_back(pbx.session.due_mono() - pbx.mono);
      pbx.wait(all.back());
    }
    return all;
  };
  CHECK(delays(7) == delays(7));
  CHECK(delays(7) != delays(8));
}

TEST_CASE("a socket that does not open within 10 s is given up") {
  LinkDriver pbx;
  pbx.start();
  pbx.wait(9'999);
  CHECK(pbx.state_word() == "connecting");
  pbx.wait(1);
  CHECK(pbx.state_word() == "down");
  CHECK(pbx.reason() == "no_connection");
  CHECK(pbx.told.back().what == Close);
}

TEST_CASE("half a greeting is given up after 5 s") {
  LinkDriver pbx;
  pbx.start();
  pbx.opened();
  pbx.hear("Asterisk Call Mana");
  pbx.wait(5'000);
  CHECK(pbx.state_word() == "down");
  CHECK(pbx.reason() == "no_banner");
}

TEST_CASE("the rest of half a greeting is not the greeting of the next connection") {
  LinkDriver pbx;
  pbx.usual();
  pbx.start();
  pbx.opened();
  pbx.hear("Asterisk Call Mana");
  pbx.wait(7'000);
  REQUIRE(pbx.state_word() == "connecting");
  pbx.opened();
  pbx.greet();
  CHECK(pbx.state_word() == "live");
}

TEST_CASE("a socket that opens after it was given up is closed") {
  LinkDriver pbx;
  pbx.start();
  pbx.wait(10'000);
  REQUIRE(pbx.state_word() == "down");
  const std::size_t before = pbx.told.size();
  pbx.opened();
  CHECK(pbx.told_since(before, Close));
  CHECK(pbx.state_word() == "down");
}

TEST_CASE("a login that is not answered is given up after 10 s") {
  LinkDriver pbx;
  pbx.connect();
  CHECK(pbx.state_word() == "logging_in");
  pbx.wait(10'000);
  CHECK(pbx.state_word() == "down");
  CHECK(pbx.reason() == "no_login");
}

TEST_CASE("a peer that speaks HTTP or SSH, or is no text at all, is refused with a word of advice, and tried once a minute") {
  for (const char* said : {"HTTP/1.1 400 Bad Request\n", "SSH-2.0-OpenSSH_9.2p1\n", "\x15\x03\x01\x02", "220 mail ESMTP\n"}) {
    CAPTURE(said);
    LinkDriver pbx;
    pbx.start();
    pbx.opened();
    pbx.hear(said);
    CHECK(pbx.state_word() == "refused");
    CHECK(pbx.reason() == "not_ami");
    CHECK(pbx.session.context().detail.find("5038") != std::string::npos);
    CHECK(pbx.count(Close) == 1);
    CHECK(pbx.count(Refused) == 1);
    pbx.wait(59'000);
    CHECK(pbx.state_word() == "refused");
    pbx.wait(1'000);
    CHECK(pbx.state_word() == "connecting");
  }
}

TEST_CASE("a wrong secret is refused, says what to do, and is tried once a minute") {
  LinkDriver pbx;
  pbx.answers["Login"] = "Response: Error\nActionID: %\nMessage: Authentication failed\n\n";
  pbx.connect();
  CHECK(pbx.state_word() == "refused");
  CHECK(pbx.reason() == "wrong_secret");
  CHECK(pbx.session.context().detail == "the manager refused the user or the secret, or its permit= does not allow this address; it said: Authentication failed");
  pbx.closed();  // Asterisk closes it as well
  CHECK(pbx.state_word() == "refused");
  pbx.start();  // somebody has changed the setting
  CHECK(pbx.state_word() == "connecting");
}

TEST_CASE("an account that may not list channels is refused") {
  LinkDriver pbx;
  pbx.usual();
  pbx.answers["CoreShowChannels"] = "Response: Error\nActionID: %\nMessage: Permission denied\n\n";
  pbx.connect();
  CHECK(pbx.state_word() == "refused");
  CHECK(pbx.reason() == "no_permission");
  CHECK(pbx.count(Resynced) == 0);
}

TEST_CASE("an account without the class system: no FullyBooted, no filters, and live after 3 s all the same") {
  LinkDriver pbx;
  pbx.usual();
  pbx.answers["Login"] = "Response: Success\nActionID: %\nMessage: Authentication accepted\n\n";
  for (const char* action : {"Filter", "PJSIPShowContacts"}) pbx.answers[action] = "Response: Error\nActionID: %\nMessage: Permission denied\n\n";
  pbx.connect();
  CHECK(pbx.state_word() == "booting");
  pbx.wait(3'000);
  CHECK(pbx.state_word() == "live");
  CHECK(pbx.session.lists()[List::PJSIPShowContacts].outcome == ListOutcome::Denied);
  CHECK(std::count(pbx.sent.begin(), pbx.sent.end(), "Filter") == 2);
}

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

TEST_CASE("a link that is quiet is asked every 15 s, and stays live while it answers") {
  LinkDriver pbx;
  pbx.live();
  const auto pings = [&] { return std::count(pbx.sent.begin(), pbx.sent.end(), "Ping"); };
  const auto before = pings();
  pbx.wait(150'000);
  CHECK(pbx.state_word() == "live");
  CHECK(pings() == before + 10);
}

TEST_CASE("a ping that is not answered: silent after 15 s, closed after 30 s; events that still come do not count") {
  LinkDriver pbx;
  pbx.live();
  pbx.answers["Ping"] = "";
  pbx.wait(15'000);  // this one was not asked for yet
  CHECK(pbx.state_word() == "live");
  pbx.wait(14'999);
  CHECK(pbx.state_word() == "live");
  pbx.hear("Event: Newstate\nUniqueid: 1.1\n\n");
  pbx.wait(1);
  CHECK(pbx.state_word() == "silent");
  pbx.hear("Event: Newstate\nUniqueid: 1.1\n\n");
  CHECK(pbx.events.size() == 2);
  pbx.wait(15'000);
  CHECK(pbx.state_word() == "down");
  CHECK(pbx.reason() == "not_answering");
}

TEST_CASE("a silent link that answers is live again, without reading anew") {
  LinkDriver pbx;
  pbx.live();
  pbx.answers["Ping"] = "";
  pbx.wait(30'000);
  REQUIRE(pbx.state_word() == "silent");
  pbx.hear("Response: Success\nActionID: " + pbx.id_of("Ping") + "\nPing: Pong\n\n");
  CHECK(pbx.state_word() == "live");
  CHECK(pbx.count(Resynced) == 1);
}

TEST_CASE("a machine that slept asks once more before it gives up") {
  LinkDriver pbx;
  pbx.live();
  pbx.answers["Ping"] = "";
  pbx.wait(15'000);
  pbx.sleep(3'600'000);
  CHECK(pbx.state_word() == "live");
  pbx.wait(15'000);
  CHECK(pbx.state_word() == "silent");
}

TEST_CASE("a PBX that falls silent while its lists come is given up; one whose lists are long is not") {
  LinkDriver pbx;
  pbx.usual();
  pbx.answers["Agents"] = "";
  pbx.answers["Ping"] = "";
  LinkDriver busy = pbx;
  pbx.connect();
  REQUIRE(pbx.state_word() == "resyncing");
  pbx.wait(15'000);
  CHECK(pbx.state_word() == "down");
  CHECK(pbx.reason() == "not_answering");
  CHECK(pbx.session.lists()[List::Agents].outcome == ListOutcome::TimedOut);

  busy.connect();
  busy.wait(10'000);
  busy.hear("Event: Agents\nActionID: " + busy.id_of("Agents") + "\nAgent: 1001\n\n");
  busy.wait(6'000);
  CHECK(busy.state_word() == "resyncing");
}

TEST_CASE("read anew on request, and only when there is somebody to ask") {
  LinkDriver pbx;
  pbx.usual();
  pbx.resync();
  pbx.refresh(ami::kAllLists);
  CHECK(pbx.sent.empty());
  pbx.connect();
  pbx.resync();
  CHECK(pbx.state_word() == "live");
  CHECK(pbx.count(Resynced) == 2);
}

TEST_CASE("single lists are asked once more beside the live events, which are not kept back") {
  LinkDriver pbx;
  pbx.live();
  pbx.answers["QueueStatus"] = "Response: Success\nActionID: %\nEventList: start\n\nEvent: QueueMember\nActionID: %\nQueue: support\n\n";
  pbx.refresh(ami::only(List::QueueStatus) | ami::only(List::Agents));
  pbx.hear("Event: Newstate\nUniqueid: 1.1\n\n");
  CHECK(pbx.events == std::vector<std::string>{"Newstate"});
  CHECK(pbx.items == std::vector<std::string>{"QueueMember"});
  CHECK(pbx.state_word() == "live");
  pbx.refresh(ami::only(List::DeviceStateList));  // stands in line
  pbx.wait(20'000);
  pbx.hear("Event: Newstate\nUniqueid: 1.1\n\n");
  pbx.wait(10'000);
  CHECK(pbx.session.lists()[List::QueueStatus].outcome == ListOutcome::TimedOut);
  CHECK(pbx.session.lists()[List::Agents].outcome == ListOutcome::Complete);
  CHECK(pbx.session.lists()[List::DeviceStateList].outcome == ListOutcome::Complete);
  CHECK(pbx.count(Resynced) == 1);
}

TEST_CASE("the answers to the Centre's own actions are handed out, the link's own are not") {
  LinkDriver pbx;
  pbx.live();
  const std::string id = pbx.session.new_id();
  std::string_view bytes = "Response: Success\r\nActionID: oh1-99\r\nMessage: Interface paused successfully\r\n\r\n";
  Tells none;
  ami::LinkOut out{pbx.at, pbx.mono, none};
  ami::Heard heard;
  const ami::Message* message = pbx.session.receive(bytes, heard, out);
  REQUIRE(message);
  CHECK(heard.what == ami::Heard::What::Answer);
  CHECK(message->get("Message") == "Interface paused successfully");
  CHECK(id.starts_with("oh1-"));
}

TEST_CASE("filters: the new form from Asterisk 22 on, the old one before, and the old one when the new one is refused") {
  auto filters = [](const char* banner, const char* answer, const char* classes = "system,call,agent,user") {
    LinkDriver pbx({.event_classes = classes});
    pbx.usual();
    pbx.answers["Filter"] = answer;
    pbx.start();
    pbx.opened();
    pbx.hear(banner);
    CHECK(pbx.state_word() == "live");
    std::vector<std::string> lines;
    for (const ami::Tell& tell : pbx.told)
      if (tell.what == Send && tell.text.starts_with("Action: Filter")) lines.push_back(tell.text.substr(tell.text.find("Operation: Add\r\n") + 16));
    return lines;
  };
  const char* good = "Response: Success\nActionID: %\n\n";
  const char* bad = "Response: Error\nActionID: %\nMessage: Filter format is invalid\n\n";
  const std::string advanced = "MatchCriteria: action(exclude),name(MusicOnHoldStart)\r\n\r\n";
  const std::string old = "Filter: !Event: MusicOnHoldStart\r\n\r\n";
  CHECK(filters("Asterisk Call Manager/11.0.0\n", good).front() == advanced);
  CHECK(filters("Asterisk Call Manager/5.0.4\n", good).front() == old);
  CHECK(filters("Asterisk Call Manager/5.0.4\n", bad).size() == 2);
  const auto both = filters("Asterisk Call Manager/11.0.0\n", bad);
  CHECK(both.front() == advanced);
  CHECK(std::count(both.begin(), both.end(), old) == 1);
  CHECK(filters("Asterisk Call Manager/11.0.0\n", good, "all").size() == 12);
  CHECK(filters("Asterisk Call Manager/11.0.0\n", good, "agent").empty());
}
