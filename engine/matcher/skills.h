// Skill profiles and requirements, each content kept once and known by a number: agents with the same skills are one profile, calls that ask for
// the same are one class. What nobody uses any more is given back.
#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "engine/matcher/types.h"

namespace offhook::matcher {

using ProfileId = std::uint32_t;
using RequirementId = std::uint32_t;

inline bool before(const Need& x, const Need& y) {
  if (x.skill != y.skill) return x.skill < y.skill;
  if (x.min != y.min) return x.min < y.min;
  if (x.weight != y.weight) return x.weight < y.weight;
  return x.mandatory < y.mandatory;
}
inline bool before(const Level& x, const Level& y) { return x.skill != y.skill ? x.skill < y.skill : x.level < y.level; }

template <class Item>
class Interned {
 public:
  /// One more use of this content (sorted by skill).
  std::uint32_t take(const std::vector<Item>& items) {
    const auto [found, fresh] = ids_.try_emplace(items, 0);
    if (fresh) {
      if (free_.empty()) {
        found->second = static_cast<std::uint32_t>(kept_.size());
        kept_.emplace_back();
      } else {
        found->second = free_.back();
        free_.pop_back();
      }
      kept_[found->second].items = &found->first;
    }
    kept_[found->second].uses += 1;
    return found->second;
  }
  void take(std::uint32_t id) { kept_[id].uses += 1; }
  void drop(std::uint32_t id) {
    if (id == kNone || --kept_[id].uses > 0) return;
    ids_.erase(ids_.find(*kept_[id].items));
    kept_[id].items = nullptr;
    free_.push_back(id);
  }
  const std::vector<Item>& operator[](std::uint32_t id) const { return *kept_[id].items; }
  std::size_t size() const { return ids_.size(); }
  std::size_t bytes() const {
    std::size_t bytes = kept_.capacity() * sizeof(Kept) + free_.capacity() * 4;
    for (const auto& [items, id] : ids_) bytes += 80 + items.capacity() * sizeof(Item);
    return bytes;
  }

 private:
  struct Less {
    bool operator()(const std::vector<Item>& x, const std::vector<Item>& y) const {
      return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end(), [](const Item& a, const Item& b) { return before(a, b); });
    }
  };
  struct Kept {
    const std::vector<Item>* items = nullptr;
    std::uint32_t uses = 0;
  };
  std::map<std::vector<Item>, std::uint32_t, Less> ids_;
  std::vector<Kept> kept_;
  std::vector<std::uint32_t> free_;
};

/// The agent's level in a skill; 0 when he has it not.
inline int level_in(const std::vector<Level>& profile, SkillId skill) {
  const auto found = std::lower_bound(profile.begin(), profile.end(), skill, [](const Level& one, SkillId s) { return one.skill < s; });
  return found != profile.end() && found->skill == skill ? found->level : 0;
}

/// The first mandatory need that the profile does not meet, or nullptr.
inline const Need* missing(const std::vector<Need>& needs, const std::vector<Level>& profile) {
  for (const Need& need : needs)
    if (need.mandatory && level_in(profile, need.skill) < need.min) return &need;
  return nullptr;
}

/// How far the profile is from what is asked: what is mandatory counts by how much too good he is (experts are kept for who needs them), what is
/// only wished by how much he lacks. Smaller is better.
inline double fit_of(const std::vector<Need>& needs, const std::vector<Level>& profile) {
  double fit = 0;
  for (const Need& need : needs) {
    const int over = level_in(profile, need.skill) - need.min;
    fit += need.weight * static_cast<double>(need.mandatory ? over : (over < 0 ? -over : 0));
  }
  return fit;
}

/// What a call asks at a step: the settings' needs, and its own besides. A step that names a skill of the call may lower it; one that asks for nothing
/// asks for nothing at all, so that a call's own wish cannot keep it waiting for ever.
inline std::vector<Need> joined(const std::vector<Need>& settings, const std::vector<Need>& own, int step) {
  if (step > 0 && settings.empty()) return {};
  std::vector<Need> all = settings;
  for (const Need& need : own) {
    const auto same = std::find_if(all.begin(), all.end(), [&](const Need& one) { return one.skill == need.skill; });
    if (same == all.end()) all.push_back(need);
    else if (step == 0) *same = need;
    else same->min = std::min(same->min, need.min);
  }
  std::sort(all.begin(), all.end(), [](const Need& a, const Need& b) { return before(a, b); });
  return all;
}

}  // namespace offhook::matcher
