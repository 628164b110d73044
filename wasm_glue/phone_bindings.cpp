// The Phone at the JavaScript boundary: a handful of Embind functions (cold,
// JSON) and raw C exports on the same object (hot, numbers). No rules live here.
#include <emscripten/bind.h>
#include <emscripten/emscripten.h>

#include <memory>
#include <string>

#include "engine/phone/machine_names.h"
#include "engine/phone/phone.h"
#include "wasm_glue/scratch.h"

namespace {

// The cold face as functions of a handle, which is the Phone's address; phone_engine.js makes the class PhoneEngine of them.
// Its `delete()` is the owner: a handle is never used after it.

offhook::Phone& phone_at(unsigned handle) { return *reinterpret_cast<offhook::Phone*>(handle); }

unsigned create(const std::string& config_json) { return reinterpret_cast<unsigned>(new offhook::Phone(config_json)); }
void destroy(unsigned handle) { delete &phone_at(handle); }

std::string dispatch(unsigned handle, const std::string& event_json) { return phone_at(handle).dispatch_json(event_json); }
std::string snapshot(unsigned handle) { return phone_at(handle).snapshot(); }
std::string restore(unsigned handle, const std::string& snapshot_json) { return phone_at(handle).restore_json(snapshot_json); }
std::string checkpoint(unsigned handle, unsigned agents) { return phone_at(handle).checkpoint(agents != 0); }  // 0 or 1: one type less for Embind
std::string resume(unsigned handle, const std::string& checkpoint_json) { return phone_at(handle).resume_json(checkpoint_json); }

/// The reply, and in `rows` which row of which machine was taken, in order; row -1: none.
std::string traced(unsigned handle, const std::string& event_json) {
  offhook::Phone& phone = phone_at(handle);
  std::string rows;
  phone.trace({[](void* user, offhook::MachineId machine, int row) {
                 std::string& text = *static_cast<std::string*>(user);
                 if (!text.empty()) text += ',';
                 text += R"({"machine":")" + std::string(offhook::machine_name(machine)) + R"(","row":)" + std::to_string(row) + "}";
               },
               &rows});
  std::string reply = phone.dispatch_json(event_json);
  phone.trace({});
  return R"({"rows":[)" + rows + "]," + reply.substr(1);
}

std::string error(unsigned handle) {
  const offhook::wire::Error& why = phone_at(handle).error();
  return why ? std::string(why.code) + ": " + why.message : std::string();
}

std::string schema() { return offhook::Phone::schema(); }

double in_area[64];

}  // namespace

EMSCRIPTEN_BINDINGS(offhook_phone) {
  emscripten::function("engineCreate", &create);
  emscripten::function("engineDelete", &destroy);
  emscripten::function("engineDispatch", &dispatch);
  emscripten::function("engineSnapshot", &snapshot);
  emscripten::function("engineRestore", &restore);
  emscripten::function("engineCheckpoint", &checkpoint);
  emscripten::function("engineResume", &resume);
  emscripten::function("engineTraced", &traced);
  emscripten::function("engineError", &error);
  emscripten::function("engineSchema", &schema);
}

extern "C" {

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

EMSCRIPTEN_KEEPALIVE int oh_dispatch(offhook::Phone* phone, int type, int blob_bytes) {
  return phone->dispatch_hot(type, in_area, offhook::glue::scratch_view(blob_bytes));
}

EMSCRIPTEN_KEEPALIVE const double* oh_out(offhook::Phone* phone) { return phone->hot_out().data(); }

}  // extern "C"
