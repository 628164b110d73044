// Emscripten 3.1.6 only (cmake/wasm.cmake): the types that our handful of Embind
// functions speaks. It stands in for the library's own list, which registers
// every number, wide string and memory view, and with them brings 2 KB of glue
// and the C library's printf into the page.
#include <emscripten/bind.h>
#include <emscripten/emscripten.h>

#include <cstdlib>
#include <limits>
#include <string>

extern "C" {

/// Embind names a type that nobody registered by this, in an error of a build that is wrong. The caller frees it.
EMSCRIPTEN_KEEPALIVE const char* __getTypeName(const std::type_info*) {
  char* text = static_cast<char*>(std::malloc(2));
  text[0] = '?';
  text[1] = 0;
  return text;
}

EMSCRIPTEN_KEEPALIVE __attribute__((constructor)) void __embind_register_native_and_builtin_types() {
  using namespace emscripten::internal;
  _embind_register_void(TypeID<void>::get(), "void");
  _embind_register_std_string(TypeID<std::string>::get(), "std::string");
  _embind_register_integer(TypeID<unsigned>::get(), "unsigned int", sizeof(unsigned), 0, std::numeric_limits<unsigned>::max());
}

}  // extern "C"
