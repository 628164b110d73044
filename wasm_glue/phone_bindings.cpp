// The Phone's cold face: a handful of Embind functions, JSON text both ways. For replay, debugging, tests and any client that
// is not our own package; a page has phone_exports.cpp instead, in a module of its own. No rules live here.
#include <emscripten/bind.h>
#include <emscripten/emscripten.h>

#include <memory>
#include <string>

#include "engine/phone/machine_names.h"
#include "engine/phone/phone.h"

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
