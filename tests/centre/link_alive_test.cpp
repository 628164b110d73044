// The connection to the PBX, in stories: how it is known to be alive, and what else is asked while it is.
#include <algorithm>

#include "tests/centre/link_driver.h"

using namespace offhook;
using namespace offhook::bench;
using ami::List;
using ami::ListOutcome;

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
