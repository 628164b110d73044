// `on(call::On::Hangup)`: a machine's event as the number that Phone's step
// functions take, so that phone.h need not include every machine.
#pragma once

#include <type_traits>

namespace offhook {

template <class On>
constexpr int on(On event) {
  static_assert(std::is_enum_v<On>);
  return static_cast<int>(event);
}

}  // namespace offhook
