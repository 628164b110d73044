// Whose is a channel, a device or an endpoint: the directory of agents, asked
// by endpoint, and without one the pattern of an extension. A Local channel is
// nobody's. It knows names, not states.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/pbx/by_text.h"

namespace offhook::pbx {

struct AgentEntry {
  std::string extension, endpoint, name;
};

/// "PJSIP/1001" of "PJSIP/1001-0000008f"; empty for a Local or internal channel, which is no device.
std::string_view endpoint_of(std::string_view channel);
/// A helper channel of the PBX's own (Local, AsyncGoto, Surrogate, …): never a device leg.
bool is_internal(std::string_view channel);

class Directory {
 public:
  int least_digits = 3, most_digits = 5;
  bool learn = false;

  /// The whole directory anew.
  void set(std::vector<AgentEntry> agents);
  /// The extension of a channel, "" when it is nobody's: by the directory, and with `learn` by the name of its endpoint.
  std::string extractAgentExtension(std::string_view channel);
  /// The same for an endpoint or device ("PJSIP/1001", or "1001" as ContactStatus has it).
  std::string extension_of_endpoint(std::string_view endpoint);
  /// A hint of the dialplan: `extension` is the telephone `endpoint`, whatever that is called. Only with `learn`.
  void learn_hint(std::string_view extension, std::string_view endpoint);
  /// The same for a dialled number or a hint: only an extension that is known already.
  bool knows(std::string_view extension) const { return by_extension_.count(extension) > 0; }
  const AgentEntry* find(std::string_view extension) const;
  bool fits_pattern(std::string_view text) const;
  const std::map<std::string, AgentEntry, std::less<>>& agents() const { return by_extension_; }

 private:
  std::map<std::string, AgentEntry, std::less<>> by_extension_;
  ByText<std::string> by_endpoint_;  ///< with and without technology
};

}  // namespace offhook::pbx
