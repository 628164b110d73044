// Names of channels to endpoints to extensions.
#include "engine/pbx/directory.h"

namespace offhook::pbx {

namespace {
constexpr std::size_t kMostLearned = 20'000;
std::string_view without_technology(std::string_view endpoint) {
  const std::size_t slash = endpoint.find('/');
  return slash == endpoint.npos ? endpoint : endpoint.substr(slash + 1);
}
}  // namespace

bool is_internal(std::string_view channel) {
  for (const std::string_view prefix : {"Local/", "AsyncGoto/", "Surrogate/", "Message/", "Bridge/", "Announcer/", "Recorder/", "CBAnn/", "CBRec/", "OutgoingSpoolFailed", "UnicastRTP/",
                                        "MulticastRTP/", "AudioSocket/", "Parked/"})
    if (channel.starts_with(prefix)) return true;
  return false;
}

std::string_view endpoint_of(std::string_view channel) {
  if (is_internal(channel)) return {};
  const std::size_t slash = channel.find('/'), dash = channel.rfind('-');
  if (slash == channel.npos) return {};
  return dash == channel.npos || dash < slash ? channel : channel.substr(0, dash);
}

void Directory::set(std::vector<AgentEntry> agents) {
  by_extension_.clear();
  by_endpoint_.clear();
  for (AgentEntry& agent : agents) {
    if (agent.extension.empty()) continue;
    if (agent.endpoint.empty()) agent.endpoint = "PJSIP/" + agent.extension;
    by_endpoint_[agent.endpoint] = agent.extension;
    by_endpoint_.emplace(without_technology(agent.endpoint), agent.extension);
    by_extension_[agent.extension] = agent;
  }
}

bool Directory::fits_pattern(std::string_view text) const {
  if (text.size() < static_cast<std::size_t>(least_digits) || text.size() > static_cast<std::size_t>(most_digits)) return false;
  for (const char c : text)
    if (c < '0' || c > '9') return false;
  return true;
}

std::string Directory::extension_of_endpoint(std::string_view endpoint) {
  if (endpoint.empty()) return {};
  if (const auto found = by_endpoint_.find(endpoint); found != by_endpoint_.end()) return found->second;
  const std::string_view name = without_technology(endpoint);
  if (!learn || !fits_pattern(name) || by_extension_.size() >= kMostLearned) return {};
  const std::string extension(name);
  const std::string whole = name.size() == endpoint.size() ? "PJSIP/" + extension : std::string(endpoint);
  if (!whole.starts_with("PJSIP/") && !whole.starts_with("SIP/") && !whole.starts_with("IAX2/")) return {};
  by_extension_[extension] = AgentEntry{extension, whole, ""};
  by_endpoint_[whole] = extension;
  by_endpoint_[extension] = extension;
  return extension;
}

void Directory::learn_hint(std::string_view extension, std::string_view endpoint) {
  if (!learn || !fits_pattern(extension) || by_extension_.size() >= kMostLearned || knows(extension)) return;
  if (!endpoint.starts_with("PJSIP/") && !endpoint.starts_with("SIP/") && !endpoint.starts_with("IAX2/")) return;
  if (by_endpoint_.count(endpoint) || fits_pattern(without_technology(endpoint))) return;
  const std::string name(extension);
  by_extension_[name] = AgentEntry{name, std::string(endpoint), ""};
  by_endpoint_[std::string(endpoint)] = name;
  by_endpoint_.emplace(without_technology(endpoint), name);
}

std::string Directory::extractAgentExtension(std::string_view channel) { return extension_of_endpoint(endpoint_of(channel)); }

const AgentEntry* Directory::find(std::string_view extension) const {
  const auto found = by_extension_.find(extension);
  return found == by_extension_.end() ? nullptr : &found->second;
}

}  // namespace offhook::pbx
