// What a table must satisfy to compile. Each check is a static_assert beside
// the table it guards, so a bad row is a build error at the row's own file.
#pragma once

#include "engine/fsm/table.h"

namespace offhook::fsm {

/// No row is hidden: for each of its states some event reaches it past the earlier unguarded rows.
template <class M>
consteval bool every_row_can_fire() {
  for (std::size_t later = 0; later < M::table.size(); ++later) {
    std::uint32_t open = M::table[later].from.mask;
    for (std::size_t earlier = 0; earlier < later; ++earlier)
      if (M::table[earlier].on == M::table[later].on && !M::table[earlier].when) open &= ~M::table[earlier].from.mask;
    if (open != M::table[later].from.mask) return false;
  }
  return true;
}

/// Every state can be entered from the first one.
template <class M>
consteval bool every_state_is_reachable() {
  std::uint32_t seen = 1;
  for (std::size_t pass = 0; pass < M::state_names.size(); ++pass)
    for (const Row<M>& row : M::table)
      if ((row.from.mask & seen) && !row.to.stays) seen |= 1u << static_cast<unsigned>(row.to.state);
  return seen == (1u << M::state_names.size()) - 1;
}

/// No two states, and no two events, share a name; guards and actions with one name are one value.
template <class M>
consteval bool names_are_unique() {
  for (std::size_t i = 0; i < M::state_names.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (M::state_names[i] == M::state_names[j]) return false;
  for (std::size_t i = 0; i < M::event_names.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (M::event_names[i] == M::event_names[j]) return false;
  return true;
}

/// Every event that has a name is answered somewhere.
template <class M>
consteval bool every_event_is_used() {
  for (std::size_t e = 0; e < M::event_names.size(); ++e) {
    bool used = false;
    for (const Row<M>& row : M::table) used = used || static_cast<std::size_t>(row.on) == e;
    if (!used) return false;
  }
  return true;
}

template <class M>
consteval bool table_is_sound() {
  return every_row_can_fire<M>() && every_state_is_reachable<M>() && names_are_unique<M>() && every_event_is_used<M>();
}

}  // namespace offhook::fsm
