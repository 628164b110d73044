// The Centre at the JavaScript boundary: raw exports only (docs/centre.md). No Embind: bytes go in and JSON text comes out,
// so there is no class to describe, and without it the module needs no glue of emscripten's at all. No rules live here.
#include <emscripten/emscripten.h>

#include <memory>
#include <string>
#include <string_view>

#include "engine/acd/replay.h"
#include "engine/centre/centre.h"
#include "engine/reports/report.h"

namespace {

constexpr int kInputBytes = 64 * 1024 * 1024;  // a restart hands in a whole snapshot: 9 MB for ten thousand waiting calls

std::string input;
std::string reason;        ///< why the last oc_create was refused
std::string_view output;

std::string_view given(int bytes) {
  return std::string_view(input).substr(0, bytes < 0 ? 0 : static_cast<std::size_t>(bytes));
}

int give(std::string_view reply) {
  output = reply;
  return static_cast<int>(reply.size());
}

}  // namespace

extern "C" {

/// Input area of at least `bytes`; 0 beyond 64 MiB. It stays where it is until a larger one is asked for.
EMSCRIPTEN_KEEPALIVE char* oc_in(int bytes) {
  if (bytes < 0 || bytes > kInputBytes) return nullptr;
  if (input.size() < static_cast<std::size_t>(bytes)) input.resize(static_cast<std::size_t>(bytes));
  return input.data();
}

EMSCRIPTEN_KEEPALIVE const char* oc_out() { return output.data(); }

/// A handle; 0 when the configuration is refused: the output is the reason then, its length from oc_out_bytes().
EMSCRIPTEN_KEEPALIVE offhook::Centre* oc_create(int bytes) {
  reason.clear();
  std::unique_ptr<offhook::Centre> centre = offhook::Centre::create(given(bytes), reason);
  give(reason);
  return centre.release();
}

EMSCRIPTEN_KEEPALIVE int oc_out_bytes() { return static_cast<int>(output.size()); }

EMSCRIPTEN_KEEPALIVE void oc_delete(offhook::Centre* centre) {
  give({});
  delete centre;
}

EMSCRIPTEN_KEEPALIVE int oc_receive(offhook::Centre* centre, int bytes, double at, double mono) {
  return give(centre->receive(given(bytes), at, mono));
}

EMSCRIPTEN_KEEPALIVE int oc_dispatch(offhook::Centre* centre, int bytes) { return give(centre->dispatch(given(bytes))); }

/// The event Woke without JSON around its two times: the only one that comes with every change.
EMSCRIPTEN_KEEPALIVE int oc_woke(offhook::Centre* centre, double at, double mono) { return give(centre->woke(at, mono)); }

/// The input is a channel's name; 0 when the PBX has none of that name.
EMSCRIPTEN_KEEPALIVE int oc_channel(offhook::Centre* centre, int bytes) { return give(centre->channel(given(bytes))); }

EMSCRIPTEN_KEEPALIVE int oc_state(offhook::Centre* centre) { return give(centre->state()); }

/// A report by its settings; 0 when they are refused: the output is the reason then.
EMSCRIPTEN_KEEPALIVE offhook::reports::Report* oc_report_new(int bytes) {
  reason.clear();
  std::unique_ptr<offhook::reports::Report> report = offhook::reports::Report::create(given(bytes), reason);
  give(reason);
  return report.release();
}

/// A page of rows, at most 1 MiB; 1 when it could not be read.
EMSCRIPTEN_KEEPALIVE int oc_report_add(offhook::reports::Report* report, int bytes) { return report->add(given(bytes)) ? 0 : 1; }

EMSCRIPTEN_KEEPALIVE int oc_report_result(offhook::reports::Report* report) { return give(report->result()); }

EMSCRIPTEN_KEEPALIVE void oc_report_delete(offhook::reports::Report* report) {
  give({});
  delete report;
}

/// The contact centre alone, line by line: what a hub kept, replayed (engine/acd/replay.h).
EMSCRIPTEN_KEEPALIVE offhook::acd::Replay* oc_acd_new() { return new offhook::acd::Replay; }

EMSCRIPTEN_KEEPALIVE int oc_acd_tell(offhook::acd::Replay* replay, int bytes) { return give(replay->tell(given(bytes))); }

EMSCRIPTEN_KEEPALIVE void oc_acd_delete(offhook::acd::Replay* replay) {
  give({});
  delete replay;
}

}  // extern "C"
