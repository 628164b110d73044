// The waiting room of the PBX for stories: callers come, telephones ring, answer and end, in the words that a real one used. Shared by the
// tests of engine/centre/routing*.cpp; it decides nothing and checks nothing.
#pragma once

#include <string>

#include "tests/centre/centre_driver.h"

namespace offhook::bench {


inline std::string field(const std::string& text, const std::string& key) {
  const std::size_t at = text.find("\n" + key + ": ");
  if (at == text.npos) return {};
  const std::size_t begin = at + key.size() + 3;
  return text.substr(begin, text.find_first_of("\r\n", begin) - begin);
}

struct Room : CentreDriver {
  std::string status;  ///< items of the answer to Status
  explicit Room(json queue = json::object()) : CentreDriver({{"agents", {{{"extension", "1001"}, {"endpoint", "PJSIP/1001"}}, {{"extension", "1002"}, {"endpoint", "PJSIP/1002"}}, {{"extension", "1003"}, {"endpoint", "PJSIP/sue-desk"}}}}}) {
    truth.contacts_known = true;
    for (const char* name : {"1001", "1002", "sue-desk"}) truth.contacts[name][std::string("sip:") + name + "@192.0.2.1"] = "Reachable";
    reply_to = [this](const std::string& action, const std::string& text) -> std::string {
      const std::string id = field(text, "ActionID");
      if (action == "Ping") return "Response: Success\r\nActionID: " + id + "\r\nPing: Pong\r\nTimestamp: 1795298447.250000\r\n\r\n";
      if (action != "Status") return {};
      std::string said = "Response: Success\r\nActionID: " + id + "\r\nEventList: start\r\n\r\n";
      std::size_t from = 0;
      for (std::size_t end; (end = status.find("\n\n", from)) != status.npos; from = end + 2) said += wire_text(status.substr(from, end - from) + "\nActionID: " + id);
      return said + "Event: StatusComplete\r\nActionID: " + id + "\r\nEventList: Complete\r\n\r\n";
    };
    queue["queue"] = "support";
    if (!queue.contains("strategy")) queue["strategy"] = "linear";
    queue["wrap_up"] = {{"mode", "none"}, {"ms", 0}};
    settings = {{"type", "QueuesChanged"}, {"queues", json::array({queue})}, {"agents", json::array()}};
    for (const char* name : {"1001", "1002"}) settings["agents"].push_back({{"extension", name}, {"skills", json::array()}, {"queues", {{{"queue", "support"}, {"penalty", 0}, {"position", name[3] - '0'}}}}});
  }
  json settings;
  void open() {
    event(settings);
    for (const char* name : {"1001", "1002"}) stored(name, "ONLINE");
    start();
    pass(200);
  }
  std::string channel(const std::string& id) const { return "PJSIP/trunk-" + id; }
  void newchannel(const std::string& id, const std::string& name, const std::string& linked) {
    ami("Event: Newchannel\nChannel: " + name + "\nChannelState: 0\nCallerIDNum: +44\nExten: s\nContext: x\nUniqueid: " + id + "\nLinkedid: " + linked);
  }
  void comes(const std::string& id, const std::string& call = {}, const std::string& queue = "support") {
    newchannel(id, channel(id), id);
    ami("Event: Newstate\nChannel: " + channel(id) + "\nChannelState: 6\nUniqueid: " + id + "\nLinkedid: " + id);
    arrives(id, call, queue);
  }
  void arrives(const std::string& id, const std::string& call = {}, const std::string& queue = "support") {
    ami("Event: UserEvent\nUserEvent: HubCaller\nChannel: " + channel(id) + "\nCallerIDNum: +441\nUniqueid: " + id + "\nLinkedid: " + id + "\nCcCall: " + (call.empty() ? id : call) + "\nCcQueue: " + queue + "\nCcSince: 1795298447");
  }
  void rings(const std::string& id, const std::string& agent, const std::string& leg) {
    newchannel(leg, "PJSIP/" + agent + "-" + leg, id);
    ami("Event: DialBegin\nChannel: " + channel(id) + "\nUniqueid: " + id + "\nLinkedid: " + id + "\nDestChannel: PJSIP/" + agent + "-" + leg + "\nDestUniqueid: " + leg + "\nDestLinkedid: " + id);
  }
  void ring_ends(const std::string& id, const std::string& attempt, const std::string& result, const std::string& cause) {
    ami("Event: UserEvent\nUserEvent: HubRingEnd\nChannel: " + channel(id) + "\nUniqueid: " + id + "\nLinkedid: " + id + "\nCcAgent: 1001\nCcTry: " + attempt + "\nCcResult: " + result + "\nCcCause: " + cause);
  }
  void answers_(const std::string& id, const std::string& agent, const std::string& leg) {
    ami("Event: DialEnd\nChannel: " + channel(id) + "\nUniqueid: " + id + "\nLinkedid: " + id + "\nDestChannel: PJSIP/" + agent + "-" + leg + "\nDestUniqueid: " + leg + "\nDestLinkedid: " + id + "\nDialStatus: ANSWER");
  }
  void hangs_up(const std::string& id, const std::string& name, bool asked = true) {
    if (asked) ami("Event: HangupRequest\nChannel: " + name + "\nUniqueid: " + id + "\nLinkedid: " + id + "\nCause: 17");
    ami("Event: Hangup\nChannel: " + name + "\nUniqueid: " + id + "\nLinkedid: " + id + "\nCause: 17");
  }
  /// "1001*1" of the last Redirect to hub-ring; empty when there is none.
  std::string offered() const {
    const auto all = sent("Redirect");
    return all.empty() || field(all.back(), "Context") != "hub-ring" ? std::string() : field(all.back(), "Exten");
  }
  json record() const {
    const auto all = effects("record.write");
    return all.empty() ? json() : all.back()["record"];
  }
  json call(const std::string& id) {
    const json all = state();
    for (const json& item : all["changes"].value("acd_calls", json::array()))
      if (item["call_id"] == id) return item;
    return {};
  }
};

inline std::string attempt_of(const std::string& exten) { return exten.substr(exten.find('*') + 1); }

}  // namespace offhook::bench
