// What holds for every recording of a real Asterisk: however its bytes are cut, whichever event comes twice, whichever
// channel's events come first, wherever the link is lost: the same in the end, and nobody's status changed by a link.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <random>

#include <sys/wait.h>
#include <unistd.h>

#include "engine/ami/parser.h"
#include "tests/centre/centre_driver.h"
#include "tests/centre/recordings.h"

using namespace offhook;
using namespace offhook::bench;

namespace {

// A process that the address checks have made half a gigabyte large takes a tenth of a second to copy: there every 24th event.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OFFHOOK_EVENTS_A_CUT 24
#endif
#endif
#ifndef OFFHOOK_EVENTS_A_CUT
#define OFFHOOK_EVENTS_A_CUT 1
#endif
constexpr std::size_t kEventsACut = OFFHOOK_EVENTS_A_CUT;

struct Event {
  double ms;
  std::string bytes;
  std::string key;  ///< whose order it belongs to: a channel's Uniqueid, else its topic
  bool counts;      ///< not one of those that the Centre passes over
};

/// The messages of a recording with their times.
std::vector<Event> events_of(const Recording& recording) {
  std::map<std::size_t, double> times;
  std::ifstream index(OFFHOOK_ROOT "/tests/traces/ami/" + recording.name + ".ami.idx.jsonl");
  for (std::string line; std::getline(index, line);)
    if (const json entry = json::parse(line, nullptr, false); !entry.is_discarded() && entry.value("dir", "") == "in") times[entry["off"]] = entry["ms"];
  std::vector<Event> events;
  double ms = 0;
  for (std::size_t at = 0; at < recording.bytes.size();) {
    std::size_t end = recording.bytes.find("\r\n\r\n", at);
    end = end == recording.bytes.npos ? recording.bytes.size() : end + 4;
    if (const auto time = times.find(at); time != times.end()) ms = time->second;
    Event event{ms, recording.bytes.substr(at, end - at), {}, true};
    ami::Parser parser;
    std::string_view rest = "Asterisk Call Manager/11.0.0\r\n";
    parser.next(rest);
    rest = event.bytes;
    if (const ami::Message* message = parser.next(rest)) {
      using ami::Word;
      event.counts = message->word != Word::Unknown && message->word != Word::VarSet && message->word != Word::Newexten;
      for (const char* name : {"Uniqueid", "DestUniqueid", "TransfererUniqueid", "OrigTransfererUniqueid", "Device", "Exten", "EndpointName", "Peer"})
        if (event.key.empty()) event.key = message->get(name);
      if (message->word == Word::PeerStatus) event.key = event.key.substr(event.key.find('/') + 1);
      // Whatever is told of queue members keeps its order.
      if (message->word >= Word::QueueMemberStatus && message->word <= Word::QueueMemberRinginuse) event.key = "member " + std::string(message->get("Queue"));
      if (message->kind == ami::Kind::Response || event.key.empty()) event.key = "other";
    } else {
      event.counts = false;
    }
    if (event.counts) events.push_back(event);
    at = end;
  }
  return events;
}

CentreDriver fresh() {
  json agents = json::array();
  for (const char* extension : {"1001", "1002", "1003", "2001"}) agents.push_back({{"extension", extension}});
  CentreDriver d(json{{"agents", agents}, {"learn_extensions", true}, {"sync_ms", 86'400'000}, {"reconcile_ms", 86'400'000}});
  d.start();
  return d;
}

void play(CentreDriver& d, const std::vector<Event>& events, const std::function<void(const Event&)>& feed) {
  const double from = d.now;
  for (const Event& event : events) {
    d.until(from + event.ms);
    feed(event);
  }
  d.pass(15'000);
}

/// What is shown in the end, without times and counts of how it came to be.
json end_of(CentreDriver& d) {
  json end = json::object();
  json all = d.state()["changes"];
  for (json& item : all["extensions"].is_null() ? all["extensions"] = json::array() : all["extensions"])
    end["extensions"][item["extension"].get<std::string>()] = {item["code"], item["legs"], item["registration"]};
  if (all.contains("members"))
    for (json& item : all["members"]) end["members"][item["queue"].get<std::string>() + " " + item["interface"].get<std::string>()] = {item["observed"], item["status"], item["penalty"]};
  if (all.contains("calls"))
    for (json& item : all["calls"]) end["calls"][item["call_id"].get<std::string>()] = item["legs"];
  if (all.contains("queues"))
    for (json& item : all["queues"])
      if (item["waiting"] != 0 || item["members"] != 0) end["queues"][item["queue"].get<std::string>()] = {item["waiting"], item["members"]};
  return end;
}

/// The calls that ended, without times.
json totals_of(const CentreDriver& d) {
  std::map<std::string, json> calls;
  for (const json& call : d.ended())
    calls[call["call_id"]] = {call["from"], call["to"], call["queue"], call["end"], call["transferred"], !call["answered_at"].is_null()};
  return calls;
}

struct Whole {
  json end, totals;
  std::map<std::string, std::vector<int>> codes;
};
const Whole& whole(const Recording& recording) {
  static std::map<std::string, Whole> known;
  Whole& w = known[recording.name];
  if (w.end.is_null()) {
    CentreDriver d = fresh();
    play(d, events_of(recording), [&](const Event& event) { d.bytes(event.bytes); });
    w = {end_of(d), totals_of(d), d.shown_codes};
  }
  return w;
}

/// What `work` says in a copy of this process: all that was played so far is there, and nothing of what it does remains.
/// A Centre is no value that could be copied, and playing the beginning anew for each event would be quadratic.
std::string in_a_copy(const std::function<std::string()>& work) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child < 0) return "no process";
  if (child == 0) {
    std::string said;
    try {
      said = work();
    } catch (const std::exception& error) {
      said = error.what();
    }
    said += '.';  // it came to its end
    const ssize_t written = write(ends[1], said.data(), std::min<std::size_t>(said.size(), 60'000));
    _exit(written > 0 ? 0 : 1);
  }
  close(ends[1]);
  std::string said;
  char some[4096];
  for (ssize_t size; (size = read(ends[0], some, sizeof some)) > 0;) said.append(some, static_cast<std::size_t>(size));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0 || said.empty()) return "it crashed";
  said.pop_back();
  return said;
}

/// What is wrong a quarter of an hour after the link was lost; "" when nobody has suffered by it.
std::string without_a_link(CentreDriver& d) {
  d.until(d.now + 200);
  d.clear();
  const json before = end_of(d);
  const std::size_t ended = d.ended().size();
  d.close();
  d.opens = false;
  d.pass(900'000);
  std::string wrong;
  if (!d.effects("status.write").empty()) wrong += "a status was written; ";
  if (d.ended().size() != ended) wrong += "a call ended; ";
  json after = end_of(d);
  for (auto& [name, item] : after["extensions"].items()) {
    if (item[0] != before.at("extensions").at(name)[0] || item[1] != before.at("extensions").at(name)[1]) wrong += name + " changed to " + item.dump() + "; ";
    if (d.extension(name)["stale"] != true) wrong += name + " is not shown as stale; ";
  }
  if (after.value("members", json()) != before.value("members", json())) wrong += "a queue's member changed; ";
  return wrong;
}

}  // namespace

TEST_CASE("a recording byte by byte or in random chunks is the recording") {
  std::mt19937 random(7);
  for (const Recording& recording : recordings()) {
    CAPTURE(recording.name);
    const Whole& expected = whole(recording);
    for (const int most : {1, 97}) {
      CentreDriver d = fresh();
      play(d, events_of(recording), [&](const Event& event) {
        for (std::size_t at = 0; at < event.bytes.size();) {
          const std::size_t size = most == 1 ? 1 : 1 + random() % static_cast<unsigned>(most);
          d.bytes(std::string_view(event.bytes).substr(at, size));
          at += size;
        }
      });
      CHECK(end_of(d) == expected.end);
      CHECK(totals_of(d) == expected.totals);
      CHECK(d.shown_codes == expected.codes);
    }
  }
}

TEST_CASE("every event twice is every event once") {
  for (const Recording& recording : recordings()) {
    CAPTURE(recording.name);
    CentreDriver d = fresh();
    play(d, events_of(recording), [&](const Event& event) {
      d.bytes(event.bytes);
      d.bytes(event.bytes);
    });
    CHECK(end_of(d) == whole(recording).end);
    CHECK(totals_of(d) == whole(recording).totals);
    CHECK(d.shown_codes == whole(recording).codes);
  }
}

TEST_CASE("events of different channels in another order within 100 ms lead to the same end and the same totals") {
  std::mt19937 random(11);
  for (const Recording& recording : recordings()) {
    CAPTURE(recording.name);
    for (int round = 0; round < 6; ++round) {
      std::vector<Event> events = events_of(recording);
      // Each event is moved by less than 100 ms; those of one channel keep their order.
      std::vector<std::pair<double, std::size_t>> order;
      std::map<std::string, double> last;
      for (std::size_t i = 0; i < events.size(); ++i) {
        double at = events[i].ms + static_cast<double>(random() % 100);
        double& before = last[events[i].key];
        at = std::max(at, before);
        before = at;
        order.emplace_back(at, i);
      }
      std::stable_sort(order.begin(), order.end());
      std::vector<Event> moved;
      for (const auto& [at, i] : order) moved.push_back({at, events[i].bytes, events[i].key, true});
      CentreDriver d = fresh();
      play(d, moved, [&](const Event& event) { d.bytes(event.bytes); });
      CAPTURE(round);
      CHECK(end_of(d) == whole(recording).end);
      CHECK(totals_of(d) == whole(recording).totals);
    }
  }
}

TEST_CASE("any beginning, a lost link, the lists, and the rest: the same end as without the loss") {
  for (const Recording& recording : recordings()) {
    CAPTURE(recording.name);
    const std::vector<Event> events = events_of(recording);
    for (std::size_t cut = 0; cut < events.size(); cut += 1 + events.size() / 24) {
      CAPTURE(cut);
      CentreDriver d = fresh();
      const double from = d.now;
      std::size_t at = 0;
      const auto feed = [&](bool heard) {
        d.until(from + events[at].ms);
        ami::Parser parser;
        std::string_view rest = "Asterisk Call Manager/11.0.0\r\n";
        parser.next(rest);
        rest = events[at].bytes;
        if (const ami::Message* message = parser.next(rest)) d.truth.follow(*message);
        if (heard) d.bytes(events[at].bytes);
        ++at;
      };
      while (at < cut) feed(true);
      d.close();
      // Some events are missed; then it is connected again.
      d.opens = false;
      for (int missed = 0; missed < 5 && at < events.size(); ++missed) feed(false);
      d.opens = true;
      const double reconnected = d.now;
      for (int i = 0; i < 120 && d.link["state"] != "live"; ++i) d.pass(1000);
      REQUIRE(d.link["state"] == "live");
      const double late = d.now - reconnected;
      while (at < events.size()) {
        d.until(from + events[at].ms + late);
        d.bytes(events[at].bytes);
        ++at;
      }
      d.pass(15'000);
      json end = end_of(d), expected = whole(recording).end;
      // Who is registered may have been told only before the cut, and a call that vanished has no totals.
      for (json* one : {&end, &expected}) {
        if (one->contains("extensions"))
          for (auto& [name, item] : (*one)["extensions"].items()) item.erase(2);
      }
      CHECK_MESSAGE(end == expected, json::diff(expected, end).dump());
    }
  }
}

TEST_CASE("the link is lost at every event: nobody's status changes by it, nothing becomes free, and no call ends") {
  std::size_t cuts = 0;
  for (const Recording& recording : recordings()) {
    CAPTURE(recording.name);
    const std::vector<Event> events = events_of(recording);
    CentreDriver d = fresh();
    for (const char* extension : {"1001", "1002", "1003"}) d.stored(extension, extension[3] == '2' ? "BREAK" : "ONLINE");
    const double from = d.now;
    for (std::size_t cut = 0; cut <= events.size(); ++cut, ++cuts) {
      CAPTURE(cut);
      if (cut % kEventsACut == 0) CHECK(in_a_copy([&] { return without_a_link(d); }) == "");
      if (cut == events.size()) break;
      d.until(from + events[cut].ms);
      d.bytes(events[cut].bytes);
    }
  }
  CHECK(cuts > 3000);
}

TEST_CASE("an extension without a leg is never in a call because of one, and every call ends once") {
  for (const Recording& recording : recordings()) {
    CAPTURE(recording.name);
    CentreDriver d = fresh();
    play(d, events_of(recording), [&](const Event& event) { d.bytes(event.bytes); });
    for (const auto& [name, item] : d.extensions)
      if (item["legs"] == 0 && item["source"] == "Call") CHECK((item["code"] == 0 || item["code"] == 4));
    std::map<std::string, int> ends;
    for (const json& call : d.ended()) CHECK(++ends[call["call_id"]] == 1);
  }
}
