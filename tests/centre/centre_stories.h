// What the Centre's stories have in common: two agents, a call from outside in its steps, a member, a contact, as AMI tells
// them. The driver they are told to is tests/centre/centre_driver.h.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/centre/centre_driver.h"

namespace offhook::bench {

inline const json kAgents = json::array({{{"extension", "1001"}, {"endpoint", "PJSIP/1001"}, {"name", "Alice"}}, {{"extension", "1002"}, {"endpoint", "PJSIP/bob"}, {"name", "Bob"}}});
inline json with_agents(json more = json::object()) {
  more["agents"] = kAgents;
  return more;
}

inline std::string channel(const std::string& prefix, const std::string& name, int state, const std::string& id, const std::string& linked, const std::string& from, const std::string& exten) {
  return prefix + "Channel: " + name + "\n" + prefix + "ChannelState: " + std::to_string(state) + "\n" + prefix + "CallerIDNum: " + from + "\n" + prefix + "ConnectedLineNum: <unknown>\n" + prefix +
         "Context: internal\n" + prefix + "Exten: " + exten + "\n" + prefix + "Uniqueid: " + id + "\n" + prefix + "Linkedid: " + linked;
}
inline const std::string kTrunk = "PJSIP/trunk-00000001", kAlice = "PJSIP/1001-00000002", kBob = "PJSIP/bob-00000003";

inline void rings(CentreDriver& d) {
  d.ami("Event: Newchannel\n" + channel("", kTrunk, 4, "1.1", "1.1", "+4420", "1001"));
  d.ami("Event: Newchannel\n" + channel("", kAlice, 0, "1.2", "1.1", "1001", "s"));
  d.ami("Event: DialBegin\n" + channel("", kTrunk, 4, "1.1", "1.1", "+4420", "1001") + "\n" + channel("Dest", kAlice, 0, "1.2", "1.1", "1001", "1001"));
  d.ami("Event: Newstate\n" + channel("", kAlice, 5, "1.2", "1.1", "1001", "1001"));
}
inline void talks(CentreDriver& d) {
  d.ami("Event: Newstate\n" + channel("", kAlice, 6, "1.2", "1.1", "1001", "1001"));
  d.ami("Event: DialEnd\n" + channel("", kTrunk, 4, "1.1", "1.1", "+4420", "1001") + "\n" + channel("Dest", kAlice, 6, "1.2", "1.1", "1001", "") + "\nDialStatus: ANSWER");
  d.ami("Event: Newstate\n" + channel("", kTrunk, 6, "1.1", "1.1", "+4420", "1001"));
  d.ami("Event: BridgeEnter\nBridgeUniqueid: b1\nBridgeTechnology: simple_bridge\n" + channel("", kAlice, 6, "1.2", "1.1", "1001", ""));
  d.ami("Event: BridgeEnter\nBridgeUniqueid: b1\nBridgeTechnology: simple_bridge\n" + channel("", kTrunk, 6, "1.1", "1.1", "+4420", "1001"));
}
inline void hangs_up(CentreDriver& d, const std::string& name, const std::string& id, int cause = 16) {
  d.ami("Event: Hangup\n" + channel("", name, 6, id, "1.1", "", "") + "\nCause: " + std::to_string(cause));
}
inline void member(CentreDriver& d, const std::string& event, const std::string& queue, bool paused, const std::string& reason = "", int status = 1, const std::string& interface = "PJSIP/1001") {
  d.ami("Event: " + event + "\nQueue: " + queue + "\nMemberName: Alice\nInterface: " + interface + "\nStateInterface: " + interface + "\nPenalty: 0\nCallsTaken: 0\nLastCall: 0\nInCall: 0\nStatus: " +
        std::to_string(status) + "\nPaused: " + (paused ? "1" : "0") + "\nPausedReason: " + reason);
}
inline void contact(CentreDriver& d, const std::string& endpoint, const std::string& status, const std::string& uri = "sip:x7@host") {
  d.ami("Event: ContactStatus\nURI: " + uri + "\nContactStatus: " + status + "\nAOR: " + endpoint + "\nEndpointName: " + endpoint);
}
inline bool logged(const CentreDriver& d, const std::string& text) {
  const auto logs = d.logs();
  return std::find(logs.begin(), logs.end(), text) != logs.end();
}

}  // namespace offhook::bench
