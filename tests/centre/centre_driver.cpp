#include "tests/centre/centre_driver.h"

#include <doctest/doctest.h>

#include "engine/ami/parser.h"

namespace offhook::bench {

namespace {

std::string field(const std::string& text, const std::string& key) {
  const std::string mark = key + ": ";
  std::size_t at = text.starts_with(mark) ? 0 : text.find("\n" + mark);
  if (at == text.npos) return {};
  if (at) ++at;
  const std::size_t begin = at + mark.size();
  return text.substr(begin, text.find_first_of("\r\n", begin) - begin);
}

std::string lines(const Truth::Lines& fields) {
  std::string text;
  for (const auto& [key, value] : fields) text += key + ": " + value + "\r\n";
  return text;
}

}  // namespace

std::string wire_text(std::string text) {
  std::string wire;
  for (const char c : text) {
    if (c == '\n') wire += '\r';
    wire += c;
  }
  return wire + "\r\n\r\n";
}

void Truth::follow(const ami::Message& message) {
  using ami::Word;
  const auto snapshot = [&](const std::string& prefix) {
    const std::string id(message.get(prefix + "Uniqueid"));
    if (id.empty()) return std::string();
    Lines& fields = channels[id];
    for (const char* key : {"Channel", "ChannelState", "ChannelStateDesc", "CallerIDNum", "CallerIDName", "ConnectedLineNum", "ConnectedLineName", "Context", "Exten", "Priority", "Uniqueid", "Linkedid"})
      if (message.has(prefix + key)) fields[key] = message.get(prefix + key);
    return id;
  };
  switch (message.word) {
    case Word::Newchannel:
    case Word::Newstate:
    case Word::NewConnectedLine:
    case Word::BridgeEnter:
    case Word::BridgeLeave: {
      const std::string id = snapshot("");
      if (message.word == Word::BridgeEnter) channels[id]["BridgeId"] = message.get("BridgeUniqueid");
      if (message.word == Word::BridgeLeave) channels[id]["BridgeId"] = "";
      break;
    }
    case Word::Hangup: channels.erase(std::string(message.get("Uniqueid"))); break;
    case Word::DeviceStateChange: devices[std::string(message.get("Device"))] = message.get("State"); break;
    case Word::ExtensionStatus: hints[std::string(message.get("Exten"))] = {{"Exten", std::string(message.get("Exten"))}, {"Context", std::string(message.get("Context"))}, {"Hint", std::string(message.get("Hint"))}, {"Status", std::string(message.get("Status"))}}; break;
    case Word::QueueMemberStatus:
    case Word::QueueMemberAdded:
    case Word::QueueMemberPause: {
      Lines& fields = members[{std::string(message.get("Queue")), std::string(message.get("Interface"))}];
      fields["Queue"] = message.get("Queue");
      fields["Name"] = message.get("MemberName");
      fields["Location"] = message.get("Interface");
      for (const char* key : {"StateInterface", "Membership", "Penalty", "CallsTaken", "LastCall", "InCall", "Status", "Paused", "PausedReason"}) fields[key] = message.get(key);
      break;
    }
    case Word::QueueMember: {
      Lines& fields = members[{std::string(message.get("Queue")), std::string(message.get("Location"))}];
      for (const char* key : {"Queue", "Name", "Location", "StateInterface", "Membership", "Penalty", "CallsTaken", "LastCall", "InCall", "Status", "Paused", "PausedReason"}) fields[key] = message.get(key);
      break;
    }
    case Word::QueueMemberRemoved: members.erase({std::string(message.get("Queue")), std::string(message.get("Interface"))}); break;
    case Word::QueueCallerJoin:
      entries[{std::string(message.get("Queue")), std::string(message.get("Uniqueid"))}] = {{"Queue", std::string(message.get("Queue"))}, {"Position", std::string(message.get("Position"))}, {"Channel", std::string(message.get("Channel"))}, {"Uniqueid", std::string(message.get("Uniqueid"))}, {"CallerIDNum", std::string(message.get("CallerIDNum"))}, {"Wait", "1"}};
      break;
    case Word::QueueCallerLeave: entries.erase({std::string(message.get("Queue")), std::string(message.get("Uniqueid"))}); break;
    case Word::ContactStatus:
      if (message.get("ContactStatus") == "Removed") contacts[std::string(message.get("EndpointName"))].erase(std::string(message.get("URI")));
      else contacts[std::string(message.get("EndpointName"))][std::string(message.get("URI"))] = message.get("ContactStatus");
      break;
    default: break;
  }
}

std::string Truth::answer(const std::string& action, const std::string& id) const {
  std::vector<std::string> items;
  std::string event, complete;
  if (action == "CoreShowChannels") {
    complete = "CoreShowChannelsComplete";
    for (const auto& [uniqueid, fields] : channels) items.push_back("Event: CoreShowChannel\r\n" + lines(fields) + "Duration: 00:00:05\r\n");
  } else if (action == "BridgeList") {
    complete = "BridgeListComplete";
  } else if (action == "QueueStatus") {
    complete = "QueueStatusComplete";
    std::map<std::string, bool> queues;
    for (const auto& [key, fields] : members) queues[key.first] = true;
    for (const auto& [key, fields] : entries) queues[key.first] = true;
    for (const auto& [queue, yes] : queues) items.push_back("Event: QueueParams\r\nQueue: " + queue + "\r\nStrategy: linear\r\n");
    for (const auto& [key, fields] : members) items.push_back("Event: QueueMember\r\n" + lines(fields));
    for (const auto& [key, fields] : entries) items.push_back("Event: QueueEntry\r\n" + lines(fields));
  } else if (action == "DeviceStateList") {
    complete = "DeviceStateListComplete";
    for (const auto& [device, state] : devices) items.push_back("Event: DeviceStateChange\r\nDevice: " + device + "\r\nState: " + state + "\r\n");
  } else if (action == "ExtensionStateList") {
    complete = "ExtensionStateListComplete";
    for (const auto& [exten, fields] : hints) items.push_back("Event: ExtensionStatus\r\n" + lines(fields));
  } else if (action == "PJSIPShowContacts" || action == "PJSIPShowRegistrationInboundContactStatuses") {
    if (!contacts_known) return "Response: Error\r\nActionID: " + id + "\r\nMessage: Permission denied\r\n\r\n";
    const bool details = action != "PJSIPShowContacts";
    complete = details ? "ContactStatusDetailComplete" : "ContactListComplete";
    for (const auto& [endpoint, uris] : contacts)
      for (const auto& [uri, status] : uris)
        items.push_back(details ? "Event: ContactStatusDetail\r\nEndpointName: " + endpoint + "\r\nURI: " + uri + "\r\nStatus: " + status + "\r\n"
                                : "Event: ContactList\r\nEndpoint: " + endpoint + "\r\nUri: " + uri + "\r\nStatus: " + status + "\r\n");
    if (items.empty()) return "Response: Error\r\nActionID: " + id + "\r\nMessage: No Contacts found\r\n\r\n";
  } else if (action == "Agents") {
    complete = "AgentsComplete";
  } else {
    return {};
  }
  std::string text = "Response: Success\r\nActionID: " + id + "\r\nEventList: start\r\n\r\n";
  for (const std::string& item : items) text += item + "ActionID: " + id + "\r\n\r\n";
  return text + "Event: " + complete + "\r\nActionID: " + id + "\r\nEventList: Complete\r\nListItems: " + std::to_string(items.size()) + "\r\n\r\n";
}

CentreDriver::CentreDriver(json config, double start_at) : at0(start_at) {
  if (!config.contains("ping_ms")) config["ping_ms"] = 86'400'000;
  std::string error;
  centre_ = Centre::create(config.dump(), error);
  REQUIRE_MESSAGE(centre_, error);
}

void CentreDriver::start() {
  event({{"type", "Started"}});
  until(now + 1000);
  REQUIRE(link["state"] == "live");
}

void CentreDriver::event(json event) {
  event["at"] = at0 + now;
  event["mono"] = now;
  take(centre_->dispatch(event.dump()));
}

void CentreDriver::bytes(std::string_view bytes) { take(centre_->receive(bytes, at0 + now, now)); }

void CentreDriver::ami(std::string text) {
  const std::string wire = wire_text(std::move(text));
  ami::Parser parser;
  std::string_view rest = "Asterisk Call Manager/11.0.0\r\n";
  parser.next(rest);
  rest = wire;
  while (const ami::Message* message = parser.next(rest)) truth.follow(*message);
  bytes(wire);
}

void CentreDriver::until(double ms) {
  for (int turns = 0; wake >= 0 && wake <= ms && turns < 1'000'000; ++turns) {
    now = wake > now ? wake : now;
    wake = -1;
    event({{"type", "Woke"}});
  }
  if (ms > now) now = ms;
}

void CentreDriver::stored(const std::string& extension, const std::string& status, const std::string& reason, const std::string& source, json previous) {
  event({{"type", "StatusStored"}, {"extension", extension}, {"status", status}, {"reason", reason}, {"source", source}, {"since", at0 + now}, {"previous", std::move(previous)}});
}

std::string CentreDriver::answer(const std::string& text) const {
  if (!answers) return {};
  const std::string action = field(text, "Action"), id = field(text, "ActionID");
  if (reply_to)
    if (std::string said = reply_to(action, text); !said.empty()) return said;
  if (std::string list = truth.answer(action, id); !list.empty()) return list;
  return "Response: Success\r\nActionID: " + id + "\r\n\r\n";
}

void CentreDriver::take(std::string_view text) {
  if (text.empty()) return;
  const json reply = json::parse(text);
  wake = reply["wake_ms"].is_null() ? -1 : now + reply["wake_ms"].get<double>();
  const json& changes = reply["changes"];
  if (changes.contains("link")) link = changes["link"];
  if (changes.contains("extensions"))
    for (const json& item : changes["extensions"]) {
      const std::string name = item["extension"];
      if (item.value("gone", false)) {
        extensions.erase(name);
        continue;
      }
      extensions[name] = item;
      auto& codes = shown_codes[name];
      if (codes.empty() || codes.back() != item["code"].get<int>()) codes.push_back(item["code"]);
    }
  if (changes.contains("members"))
    for (const json& item : changes["members"]) {
      const std::pair<std::string, std::string> key{item["queue"], item["interface"]};
      if (item.value("gone", false)) members.erase(key);
      else members[key] = item;
    }
  if (changes.contains("calls"))
    for (const json& item : changes["calls"]) {
      const std::string id = item["call_id"];
      if (item["ended_at"].is_null()) calls[id] = item;
      else calls.erase(id), over.push_back(item);
    }
  if (changes.contains("queues"))
    for (const json& item : changes["queues"]) {
      if (item.value("gone", false)) queues.erase(item["queue"]);
      else queues[item["queue"]] = item;
    }
  for (const json& effect : reply["effects"]) said.push_back(effect);
  for (const json& effect : reply["effects"]) {
    const std::string type = effect["type"];
    if (type == "ami.connect" && opens) {
      event({{"type", "AmiOpened"}});
      bytes("Asterisk Call Manager/11.0.0\r\n");
    } else if (type == "ami.login") {
      bytes(wire_text("Response: Success\nActionID: " + effect["action_id"].get<std::string>() + "\nMessage: Authentication accepted"));
      bytes(wire_text("Event: FullyBooted\nPrivilege: system,all\nUptime: " + std::to_string(static_cast<long long>(uptime_s + now / 1000)) + "\nLastReload: 1\nStatus: Fully Booted"));
    } else if (type == "ami.send") {
      if (const std::string said_back = answer(effect["text"]); !said_back.empty()) bytes(said_back);
    }
  }
}

json CentreDriver::channel(const std::string& name) {
  const std::string_view said = centre_->channel(name);
  return said.empty() ? json() : json::parse(said);
}

json CentreDriver::state() { return json::parse(centre_->state()); }

std::vector<json> CentreDriver::effects(const std::string& type) const {
  std::vector<json> found;
  for (const json& effect : said)
    if (effect["type"] == type) found.push_back(effect);
  return found;
}

std::vector<std::string> CentreDriver::sent(const std::string& action) const {
  std::vector<std::string> found;
  for (const json& effect : effects("ami.send"))
    if (field(effect["text"], "Action") == action) found.push_back(effect["text"]);
  return found;
}

std::vector<std::string> CentreDriver::logs() const {
  std::vector<std::string> found;
  for (const json& effect : effects("log")) found.push_back(effect["text"]);
  return found;
}

json CentreDriver::extension(const std::string& name) const {
  const auto found = extensions.find(name);
  return found == extensions.end() ? json() : found->second;
}

json CentreDriver::member(const std::string& extension, const std::string& queue) const {
  for (const auto& [key, item] : members)
    if (key.first == queue && item["extension"] == extension) return item;
  return {};
}

std::vector<int> CentreDriver::codes(const std::string& extension) const {
  const auto found = shown_codes.find(extension);
  return found == shown_codes.end() ? std::vector<int>() : found->second;
}

std::vector<json> CentreDriver::ended() const { return over; }

}  // namespace offhook::bench
