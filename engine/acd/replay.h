// The contact centre line by line, for replays and comparisons: a line in, all that it gave out, as JSON text. It is the same natively
// (build/native/acd_replay) and in centre.wasm (oc_acd_*), so that what a hub kept can be looked at anywhere. No rules live here.
#pragma once

#include <string>
#include <string_view>

#include "engine/acd/acd.h"

namespace offhook::acd {

class Replay {
 public:
  /// A line is a journal entry (docs/queues.md, "Stored"), `{"seed": n}` (begin anew), `{"restore": snapshot}` or `{"snapshot": true}`. The reply, valid until the next line:
  /// `{"changed", "error": {"code","message"}|null, "due", "effects": […], "queues": […], "agents": […], "calls": […], "ended": […], "gone": […], "rows": [[machine, row], …]}`, items as
  /// they look now; after `snapshot` the snapshot itself.
  const std::string& tell(std::string_view line);

 private:
  const std::string& refused(std::string_view error);
  const std::string& said(const Effects& effects);

  Acd acd_;
  std::string text_;
};

}  // namespace offhook::acd
