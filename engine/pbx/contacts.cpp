// The contacts of each endpoint.
#include "engine/pbx/contacts.h"

namespace offhook::pbx {

namespace {
constexpr std::string_view kPeer = "peer";  ///< the contact of a peer whose address was never told

int worth(std::string_view status) {
  if (status == "Reachable" || status == "NonQualified" || status == "Created" || status == "Updated") return 3;
  if (status == "Unreachable") return 2;
  return 1;
}
}  // namespace

std::string endpoint_name(const ami::Message& message) {
  for (const std::string_view key : {"EndpointName", "Endpoint", "AOR"})
    if (const std::string_view value = message.get(key); !value.empty()) return std::string(value);
  std::string_view uri = message.get(message.has("URI") ? "URI" : "Uri");
  if (const std::size_t colon = uri.find(':'); colon != uri.npos) uri.remove_prefix(colon + 1);
  const std::size_t at = uri.find('@');
  return at == uri.npos ? std::string() : std::string(uri.substr(0, at));
}

void Contacts::put(Store& store, const std::string& endpoint, std::string_view uri, std::string_view status) {
  auto found = store.find(endpoint);
  if (found == store.end()) {
    if (store.size() >= kMostContacts) return;
    found = store.emplace(endpoint, ByUri{}).first;
  }
  ByUri& contacts = found->second;
  contacts.erase(std::string(kPeer));
  if (status == "Removed") contacts.erase(std::string(uri));
  else if (contacts.size() < 100) contacts[std::string(uri)] = status;
}

void Contacts::tell(const std::string& endpoint, std::string_view uri, std::string_view status) {
  if (endpoint.empty()) return;
  put(known_, endpoint, uri, status);
  if (listing_) told_[endpoint] = true;
}

void Contacts::tell_peer(const std::string& endpoint, bool reachable) {
  if (endpoint.empty() || (known_.size() >= kMostContacts && !known_.count(endpoint))) return;
  ByUri& contacts = known_[endpoint];
  if (reachable && contacts.empty()) contacts[std::string(kPeer)] = "Reachable";
  else if (!reachable) contacts.erase(std::string(kPeer));
  for (auto& [uri, status] : contacts) {
    if (!reachable) status = "Unreachable";
    else if (status == "Unreachable") status = "Reachable";
  }
  if (listing_) told_[endpoint] = true;
}

void Contacts::begin_list() {
  listing_ = true;
  listed_.clear();
  told_.clear();
}

void Contacts::list(const std::string& endpoint, std::string_view uri, std::string_view status) {
  if (!endpoint.empty()) put(listing_ ? listed_ : known_, endpoint, uri, status);
}

void Contacts::end_list() {
  if (!listing_) return;
  listing_ = false;
  complete_ = true;
  for (const auto& [endpoint, told] : told_)
    if (const auto live = known_.find(endpoint); live != known_.end()) listed_[endpoint] = live->second;
  known_.swap(listed_);
  listed_.clear();
  told_.clear();
}

void Contacts::reset() {
  known_.clear();
  listed_.clear();
  told_.clear();
  complete_ = listing_ = false;
}

std::string_view Contacts::best(std::string_view endpoint) const {
  const auto found = known_.find(endpoint);
  if (found == known_.end()) return complete_ ? "Removed" : "";
  std::string_view best;
  for (const auto& [uri, status] : found->second)
    if (best.empty() || worth(status) > worth(best)) best = status;
  return best.empty() ? "Removed" : best;
}

}  // namespace offhook::pbx
