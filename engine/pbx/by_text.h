// Containers by name that are asked with a view: a Uniqueid has 15 characters, and to make a std::string of it for each
// look-up would be an allocation each on wasm32, where ten fit.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "engine/ami/same.h"

namespace offhook::pbx {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

struct TextEqual {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return ami::same(a, b); }
};

template <class Value>
using ByText = std::unordered_map<std::string, Value, TextHash, TextEqual>;
using Texts = std::unordered_set<std::string, TextHash, TextEqual>;

}  // namespace offhook::pbx
