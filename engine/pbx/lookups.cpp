// Who is asked for what of legs, calls and bridges, and what has changed since
// the last question.
#include <algorithm>

#include "engine/pbx/channels.h"

namespace offhook::pbx {

const Leg* Channels::leg(std::string_view uniqueid) const {
  const auto found = legs_.find(uniqueid);
  return found == legs_.end() ? nullptr : &found->second;
}

const Leg* Channels::leg_by_channel(std::string_view channel) const {
  const auto found = by_channel_.find(channel);
  return found == by_channel_.end() ? nullptr : leg(found->second);
}

Call* Channels::call(std::string_view id) {
  const auto found = calls_.find(id);
  return found == calls_.end() ? nullptr : &found->second;
}

const Call* Channels::call_of(const Leg& leg) const {
  const auto found = calls_.find(leg.call);
  return found == calls_.end() ? nullptr : &found->second;
}

const Texts* Channels::legs_of(const std::string& extension) const {
  const auto found = by_extension_.find(extension);
  return found == by_extension_.end() ? nullptr : &found->second;
}

std::vector<const Leg*> Channels::peers(const Leg& leg) const {
  std::vector<const Leg*> others;
  if (const auto bridge = bridges_.find(leg.bridge); !leg.bridge.empty() && bridge != bridges_.end())
    for (const std::string& id : bridge->second)
      if (id != leg.uniqueid)
        if (const Leg* other = this->leg(id)) others.push_back(other);
  std::sort(others.begin(), others.end(), [](const Leg* a, const Leg* b) { return a->uniqueid < b->uniqueid; });
  return others;
}

void Channels::set_held(const std::string& uniqueid, bool held) {
  if (const auto leg = legs_.find(uniqueid); leg != legs_.end() && leg->second.held != held) leg->second.held = held, mark(leg->second);
}

void Channels::directory_changed() {
  for (auto& [id, leg] : legs_) {
    std::string extension = directory_.extractAgentExtension(leg.channel);
    if (extension == leg.extension) continue;
    mark(leg);
    if (!leg.extension.empty()) by_extension_[leg.extension].erase(id);
    leg.extension = std::move(extension);
    if (!leg.extension.empty()) by_extension_[leg.extension].insert(id);
    mark(leg);
  }
}

std::vector<std::string> Channels::take_extensions() {
  std::vector<std::string> taken(dirty_extensions_.begin(), dirty_extensions_.end());
  std::sort(taken.begin(), taken.end());
  dirty_extensions_.clear();
  return taken;
}

std::vector<std::string> Channels::take_calls() {
  std::vector<std::string> taken(dirty_calls_.begin(), dirty_calls_.end());
  std::sort(taken.begin(), taken.end());
  dirty_calls_.clear();
  return taken;
}

}  // namespace offhook::pbx
