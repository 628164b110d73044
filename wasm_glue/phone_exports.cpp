// The Phone as a page has it: raw C exports only. Events are numbers (docs/ARCHITECTURE.md, The boundary), texts go in and
// out by two areas. No Embind and no glue of emscripten's: web/src/engine/host.ts brings the few functions that are imported.
// The JSON face is phone_bindings.cpp, another module. No rules live here.
#include <emscripten/emscripten.h>

#include <string>

#include "engine/phone/phone.h"
#include "wasm_glue/scratch.h"

namespace {

double in_area[64];
std::string room;  ///< long texts, for one call: a stored state in, a snapshot or checkpoint out

int give(std::string text) {
  room = std::move(text);
  return static_cast<int>(room.size());
}

}  // namespace

extern "C" {

/// A Phone from the configuration in the scratch. oh_error() says whether it was taken; oh_delete() gives it back either way.
EMSCRIPTEN_KEEPALIVE offhook::Phone* oh_create(int config_bytes) { return new offhook::Phone(offhook::glue::scratch_view(config_bytes)); }

EMSCRIPTEN_KEEPALIVE void oh_delete(offhook::Phone* phone) { delete phone; }

/// Room for a long text; 0 gives the memory back. A null pointer beyond 4 MiB.
EMSCRIPTEN_KEEPALIVE char* oh_room(int bytes) {
  if (bytes < 0 || static_cast<std::size_t>(bytes) > offhook::limits::kStateBytes) return nullptr;
  room = std::string(static_cast<std::size_t>(bytes), '\0');
  return room.data();
}

/// Where the text begins whose length one of the following has just given.
EMSCRIPTEN_KEEPALIVE const char* oh_said() { return room.data(); }

/// Why the configuration was refused; 0 when it was not.
EMSCRIPTEN_KEEPALIVE int oh_error(offhook::Phone* phone) {
  const offhook::wire::Error& why = phone->error();
  return give(why ? std::string(why.code) + ": " + why.message : std::string());
}

EMSCRIPTEN_KEEPALIVE int oh_snapshot(offhook::Phone* phone) { return give(phone->snapshot()); }

/// Without the other agents: the store has each of them as it is shown.
EMSCRIPTEN_KEEPALIVE int oh_checkpoint(offhook::Phone* phone) { return give(phone->checkpoint(false)); }

/// Takes up the stored state in the room. 0: done, and oh_out() has what it changed; else the length of what is wrong with it.
EMSCRIPTEN_KEEPALIVE int oh_restore(offhook::Phone* phone) {
  const offhook::wire::Error error = phone->restore_hot(room);
  return give(error.message);
}

EMSCRIPTEN_KEEPALIVE double* oh_in() { return in_area; }

/// UTF-8 scratch of at least `bytes`; 0 beyond 256 KiB.
EMSCRIPTEN_KEEPALIVE char* oh_text(int bytes) { return offhook::glue::scratch(bytes); }

/// Interns the first `bytes` of the scratch; −1 when it is longer than a string may be.
EMSCRIPTEN_KEEPALIVE int oh_intern(offhook::Phone* phone, int bytes) {
  if (bytes < 0 || static_cast<std::size_t>(bytes) > offhook::limits::kTextBytes) return -1;
  const offhook::Text text = phone->strings().intern(offhook::glue::scratch_view(bytes));
  phone->strings().announce(text);
  return static_cast<int>(text.id);
}

/// Where the reply is; below 0: why the event was refused, as −HotError. Then nothing has changed.
EMSCRIPTEN_KEEPALIVE int oh_dispatch(offhook::Phone* phone, int type, int blob_bytes) {
  const int error = phone->dispatch_hot(type, in_area, offhook::glue::scratch_view(blob_bytes));
  return error ? -error : static_cast<int>(reinterpret_cast<std::uintptr_t>(phone->hot_out().data()));
}

EMSCRIPTEN_KEEPALIVE const double* oh_out(offhook::Phone* phone) { return phone->hot_out().data(); }

}  // extern "C"
