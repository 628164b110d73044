// What is due when, by kind and name. One timer a kind and name: setting it anew moves it. It knows no clock; who owns it says what time it is.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>

#include "engine/core/schema.h"

namespace offhook {

template <class Due>
class Timers {
 public:
  void set(Due due, const std::string& name, Millis at) {
    clear(due, name);
    at_[{due, name}] = at;
    order_.insert({at, due, name});
  }
  void clear(Due due, const std::string& name) {
    const auto found = at_.find({due, name});
    if (found == at_.end()) return;
    order_.erase({found->second, due, name});
    at_.erase(found);
  }
  bool is_set(Due due, const std::string& name) const { return at_.count({due, name}) > 0; }
  /// When the first is due, or -1.
  Millis next() const { return order_.empty() ? -1 : std::get<0>(*order_.begin()); }
  /// Takes one that is due at `now`; false when there is none.
  bool take(Millis now, Due& due, std::string& name) {
    if (order_.empty() || std::get<0>(*order_.begin()) > now) return false;
    due = std::get<1>(*order_.begin());
    name = std::get<2>(*order_.begin());
    clear(due, name);
    return true;
  }

 private:
  std::map<std::pair<Due, std::string>, Millis> at_;
  std::set<std::tuple<Millis, Due, std::string>> order_;
};

}  // namespace offhook
