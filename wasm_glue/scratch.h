// One text area that JavaScript writes and C++ reads within a single call.
#pragma once

#include <string_view>

namespace offhook::glue {

char* scratch(int bytes);                ///< grows to `bytes`; nullptr beyond 256 KiB
std::string_view scratch_view(int bytes);  ///< what JavaScript has written, at most what there is

}  // namespace offhook::glue
