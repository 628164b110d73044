// Who is registered where, as the PBX lists and tells it: the contacts of each
// endpoint, one store for each of the two lists that have them. A contact is an
// address; browsers choose a new random one with every page, so an endpoint may
// have two for a moment. What that proves is judged elsewhere.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ami/message.h"
#include "engine/pbx/by_text.h"

namespace offhook::pbx {

inline constexpr std::size_t kMostContacts = 100'000;

/// The endpoint a message about a contact means: EndpointName (or Endpoint), else the AOR, else the user of its address.
/// The user comes last: browser phones register a random one.
std::string endpoint_name(const ami::Message& message);

class Contacts {
 public:
  /// ContactStatus: one contact has changed.
  void tell(const std::string& endpoint, std::string_view uri, std::string_view status);
  /// PeerStatus: of the endpoint as a whole.
  void tell_peer(const std::string& endpoint, bool reachable);

  void begin_list();
  void list(const std::string& endpoint, std::string_view uri, std::string_view status);
  /// The list is whole: who is not in it has no contact. What was told while it was read counts over it.
  void end_list();
  void abandon_list() { listing_ = false; }
  /// The link is gone: nothing is known any more.
  void reset();

  /// The best label of its contacts; "Removed" when it has none for certain; "" when nothing is known.
  std::string_view best(std::string_view endpoint) const;
  bool complete() const { return complete_; }

 private:
  using ByUri = std::map<std::string, std::string>;
  using Store = ByText<ByUri>;
  static void put(Store& store, const std::string& endpoint, std::string_view uri, std::string_view status);

  Store known_, listed_;
  bool complete_ = false, listing_ = false;
  ByText<bool> told_;  ///< endpoints told of while the list is read
};

}  // namespace offhook::pbx
