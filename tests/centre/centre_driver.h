// A Centre with a host around it for stories: a clock that moves when told, a PBX that answers logins and lists, and what
// was shown and asked for. The small PBX knows what the story put there, and nothing else.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/ami/message.h"
#include "engine/centre/centre.h"

namespace offhook::bench {

using nlohmann::json;

/// What a PBX would list, followed from its events by the test's own, plainer rules.
struct Truth {
  using Lines = std::map<std::string, std::string>;
  std::map<std::string, Lines> channels;                 ///< Uniqueid → snapshot, with BridgeId
  std::map<std::string, std::string> devices;            ///< Device → State
  std::map<std::string, Lines> hints;                    ///< Exten → ExtensionStatus
  std::map<std::pair<std::string, std::string>, Lines> members;  ///< queue, interface → fields
  std::map<std::pair<std::string, std::string>, Lines> entries;  ///< queue, Uniqueid → fields
  std::map<std::string, std::map<std::string, std::string>> contacts;  ///< endpoint → uri → status
  bool contacts_known = false;                           ///< the contact lists are answered

  void follow(const ami::Message& message);
  /// The answer to a list action, with its ActionID; empty when it is no list.
  std::string answer(const std::string& action, const std::string& id) const;
};

struct Packet {
  double ms;
  std::string bytes;
};

class CentreDriver {
 public:
  explicit CentreDriver(json config = json::object(), double start_at = 1'795'166'000'000);

  /// Started, logged in, lists read: live.
  void start();
  void event(json event);
  void bytes(std::string_view bytes);
  /// One message: "Event: Hangup\nUniqueid: 1.1" with plain newlines.
  void ami(std::string text);
  void until(double ms);
  void pass(double ms) { until(now + ms); }
  void close(const std::string& reason = "the network") { event({{"type", "AmiClosed"}, {"reason", reason}}); }
  void stored(const std::string& extension, const std::string& status, const std::string& reason = "", const std::string& source = "agent", json previous = nullptr);

  json state();
  json channel(const std::string& name);  ///< null: the PBX has none
  /// Effects of a type since the last `clear()`.
  std::vector<json> effects(const std::string& type) const;
  std::vector<std::string> sent(const std::string& action) const;  ///< texts of ami.send with that Action
  std::vector<std::string> logs() const;
  void clear() { said.clear(); }
  json extension(const std::string& name) const;
  json member(const std::string& extension, const std::string& queue) const;
  /// Codes that were shown, in their order.
  std::vector<int> codes(const std::string& extension) const;
  /// Ended calls in the order of their ends.
  std::vector<json> ended() const;

  double now = 0, at0;
  double wake = -1;
  Truth truth;
  bool answers = true;        ///< the PBX answers actions
  bool opens = true;          ///< a socket opens when asked for
  double uptime_s = 86'400;
  std::vector<json> said;     ///< effects
  std::map<std::string, std::vector<int>> shown_codes;
  std::map<std::string, json> extensions, calls, queues;
  std::map<std::pair<std::string, std::string>, json> members;
  std::vector<json> over;
  json link;
  std::function<std::string(const std::string& action, const std::string& text)> reply_to;  ///< overrides an answer; "" falls back

 private:
  void take(std::string_view reply);
  std::string answer(const std::string& text) const;
  std::unique_ptr<Centre> centre_;
};

/// A message's text as AMI has it.
std::string wire_text(std::string text);

}  // namespace offhook::bench
