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

/// The engine as JavaScript sees it. Owned by its Embind handle: `delete()` frees it.
class PhoneEngine {
 public:
  explicit PhoneEngine(const std::string& config_json) : phone_(config_json) {}

  std::string dispatch(const std::string& event_json) { return phone_.dispatch_json(event_json); }
  std::string snapshot() const { return phone_.snapshot(); }
  std::string restore(const std::string& snapshot_json) { return phone_.restore_json(snapshot_json); }
  std::string checkpoint(unsigned agents) const { return phone_.checkpoint(agents != 0); }  // 0 or 1: one type less for Embind
  std::string resume(const std::string& checkpoint_json) { return phone_.resume_json(checkpoint_json); }
  /// The reply, and in `rows` which row of which machine was taken, in order; row -1: none.
  std::string traced(const std::string& event_json) {
    std::string rows;
    phone_.trace({[](void* user, offhook::MachineId machine, int row) {
                    std::string& text = *static_cast<std::string*>(user);
                    if (!text.empty()) text += ',';
                    text += R"({"machine":")" + std::string(offhook::machine_name(machine)) + R"(","row":)" + std::to_string(row) + "}";
                  },
                  &rows});
    std::string reply = phone_.dispatch_json(event_json);
    phone_.trace({});
    return R"({"rows":[)" + rows + "]," + reply.substr(1);
  }
  std::string error() const {
    return phone_.error() ? std::string(phone_.error().code) + ": " + phone_.error().message : std::string();
  }
  static std::string schema() { return offhook::Phone::schema(); }
  unsigned handle() { return reinterpret_cast<unsigned>(&phone_); }

 private:
  offhook::Phone phone_;
};

double in_area[64];

}  // namespace

EMSCRIPTEN_BINDINGS(offhook_phone) {
  emscripten::class_<PhoneEngine>("PhoneEngine")
      .constructor<std::string>()
      .function("dispatch", &PhoneEngine::dispatch)
      .function("snapshot", &PhoneEngine::snapshot)
      .function("restore", &PhoneEngine::restore)
      .function("checkpoint", &PhoneEngine::checkpoint)
      .function("resume", &PhoneEngine::resume)
      .function("traced", &PhoneEngine::traced)
      .function("error", &PhoneEngine::error)
      .function("handle", &PhoneEngine::handle)
      .class_function("schema", &PhoneEngine::schema);
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
