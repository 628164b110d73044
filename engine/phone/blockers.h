// The list of reasons why calls do not come, or not all: a pure function of the
// state.
#pragma once

#include <array>

#include "engine/phone/model.h"

namespace offhook {

using BlockerList = std::array<BlockerEntry, kBlockerWords.size() + 1>;

/// Fills `list`, the most important first, and returns how many there are. A
/// `since` of 0 is not known from the state: the caller keeps the time it first
/// saw that reason.
std::size_t find_blockers(const Model& m, const Config& config, BlockerList& list);

}  // namespace offhook
