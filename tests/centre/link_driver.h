// A session with a clock that the test moves, and a manager at its other end that answers what it is told to answer.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "engine/ami/session.h"
#include "tests/centre/rows.h"

namespace offhook::bench {

using Tells = std::vector<ami::Tell>;
using enum ami::Tell::What;

struct LinkDriver {
  explicit LinkDriver(ami::LinkConfig config = {}) : session(std::move(config)) {
    session.trace([](void*, int row) { if (row >= 0) rows_taken()["ami_link"].insert(row); }, nullptr);
  }

  double at = 1'795'000'000'000, mono = 1'000'000;
  ami::Session session;
  Tells told;                                  ///< everything, in order
  std::vector<std::string> sent;               ///< the actions' names
  std::map<std::string, std::string> answers;  ///< by action: what comes back, `%` standing for the ActionID; "": nothing
  std::vector<std::string> events, items;      ///< what was handed out to be applied

  ami::LinkState state() const { return session.state(); }
  std::string state_word() const { return std::string(ami::kLinkStateWords[static_cast<std::size_t>(session.state())]); }
  std::string reason() const { return std::string(ami::kLinkReasonWords[static_cast<std::size_t>(session.context().reason)]); }
  bool told_since(std::size_t from, ami::Tell::What what) const {
    for (std::size_t i = from; i < told.size(); ++i) if (told[i].what == what) return true;
    return false;
  }
  int count(ami::Tell::What what) const {
    int n = 0;
    for (const ami::Tell& tell : told) n += tell.what == what;
    return n;
  }

  /// The ActionID of the last such action that was sent.
  std::string id_of(std::string_view action) const {
    std::string id;
    for (const ami::Tell& tell : told) {
      if (tell.what != Send || !tell.text.starts_with("Action: " + std::string(action) + "\r")) continue;
      const std::size_t from = tell.text.find("ActionID: ") + 10;
      id = tell.text.substr(from, tell.text.find('\r', from) - from);
    }
    return id;
  }

  template <class Do>
  void with(Do&& work) {
    Tells now;
    ami::LinkOut out{at, mono, now};
    work(out);
    carry_out(now);
  }
  void start() { with([&](ami::LinkOut& out) { session.start(out); }); }
  void opened() { with([&](ami::LinkOut& out) { session.opened(out); }); }
  void closed(std::string_view why = "ECONNRESET") { with([&](ami::LinkOut& out) { session.closed(why, out); }); }
  void resync() { with([&](ami::LinkOut& out) { session.resync(out); }); }
  void refresh(ami::ListSet lists) { with([&](ami::LinkOut& out) { session.refresh(lists, out); }); }
  /// Time goes by, and the host wakes the session when it wants to be woken.
  void wait(double ms) {
    const double until = mono + ms;
    while (session.due_mono() != 0 && session.due_mono() <= until) {
      to(session.due_mono());
      with([&](ami::LinkOut& out) { session.woke(out); });
    }
    to(until);
  }
  /// The machine sleeps: the timers fire when it is over.
  void sleep(double ms) {
    to(mono + ms);
    with([&](ami::LinkOut& out) { session.woke(out); });
  }
  void hear(std::string_view text) {
    std::string bytes;
    for (const char c : text) c == '\n' ? bytes += "\r\n" : bytes += c;
    std::string_view rest = bytes;
    while (true) {
      Tells now;
      ami::LinkOut out{at, mono, now};
      ami::Heard heard;
      const ami::Message* message = session.receive(rest, heard, out);
      if (message && heard.what == ami::Heard::What::Event) events.emplace_back(message->name);
      if (message && heard.what == ami::Heard::What::Item) items.emplace_back(message->name);
      for (const ami::Tell& tell : now)
        if (tell.what == Resynced) while (const ami::Message* kept = session.next_kept()) events.push_back("kept " + std::string(kept->name));
      carry_out(now);
      if (!message) return;
    }
  }
  /// What is heard from now on is up to the manager's answers.
  void greet() { hear("Asterisk Call Manager/11.0.0\n"); }
  void connect() {
    start();
    opened();
    greet();
  }
  /// Answers every action as a small PBX that is up and has nothing to list.
  void usual(double uptime_s = 3600) {
    answers["Login"] = "Response: Success\nActionID: %\nMessage: Authentication accepted\n\nEvent: FullyBooted\nPrivilege: system,all\nUptime: " +
                       std::to_string(static_cast<long>(uptime_s)) + "\nLastReload: 3600\nStatus: Fully Booted\n\n";
    answers["Ping"] = "Response: Success\nActionID: %\nPing: Pong\nTimestamp: 1795166920.876699\n\n";
    answers["CoreSettings"] = "Response: Success\nActionID: %\nAMIversion: 11.0.0\nAsteriskVersion: 22.10.1\n\n";
    answers["CoreStatus"] = "Response: Success\nActionID: %\nCoreStartupDate: 2026-11-20\nCoreStartupTime: 09:18:47\n\n";
    answers["Filter"] = "Response: Success\nActionID: %\nMessage: Filter Added\n\n";
    answers["Events"] = "Response: Success\nActionID: %\nEvents: On\n\n";
    for (const ami::ListShape& list : ami::kLists)
      answers[std::string(list.action)] = "Response: Success\nActionID: %\nEventList: start\nMessage: will follow\n\nEvent: " +
                                          std::string(ami::name_of(list.complete)) + "\nActionID: %\nEventList: Complete\nListItems: 0\n\n";
  }
  void live() {
    usual();
    connect();
    REQUIRE(state_word() == "live");
  }

 private:
  void to(double then) {
    at += then - mono;
    mono = then;
  }
  void carry_out(const Tells& now) {
    for (const ami::Tell& tell : now) {
      told.push_back(tell);
      std::string action, id;
      if (tell.what == Login) {
        action = "Login";
        id = tell.text;
      } else if (tell.what == Send) {
        action = tell.text.substr(8, tell.text.find('\r') - 8);
        const std::size_t from = tell.text.find("ActionID: ") + 10;
        id = tell.text.substr(from, tell.text.find('\r', from) - from);
        CHECK(tell.text.ends_with("\r\n\r\n"));
      } else {
        continue;
      }
      sent.push_back(action);
      std::string answer = answers[action];
      for (std::size_t place = answer.find('%'); place != answer.npos; place = answer.find('%')) answer.replace(place, 1, id);
      if (!answer.empty()) hear(answer);
    }
  }
};

}  // namespace offhook::bench
