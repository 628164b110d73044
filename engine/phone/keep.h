// What the Phone remembers about its stored records: under which names they
// stand, so that a change is one put and an end one delete. The records
// themselves are the host's (docs/storage.md); the engine never reads its own
// puts back before the next load.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "engine/core/limits.h"
#include "engine/core/records.h"

namespace offhook {

/// What of a live call is worth a put: a click on hold or mute is not, a hold that was confirmed is (its time counts in the record).
struct KeptCall {
  Text id, sip_call_id, number, call_log_id, dialog;
  CallState state = CallState::Idle;
  Millis connected_at = 0, held_since = 0;
  bool mute_wanted = false;
  bool operator==(const KeptCall&) const = default;
};

struct Kept {
  /// Off: no storage, or not loaded yet. Refused: what is stored is not ours to overwrite (a newer schema).
  enum class State : std::uint8_t { Off, On, Refused } state = State::Off;
  std::vector<Text> logs, drafts;  ///< by slot: the key of the stored record
  std::array<KeptCall, limits::kCalls> calls;
  std::vector<Text> dropped;       ///< stored calls that are none any more: deleted with the next puts
  double ids_until = 0, calls_until = 0;
  bool consult = false;            ///< a consultation stands there
  bool all = false;                ///< everything is put anew: after a load
  bool beat_due = false, beating = false;
};

/// A stored state while its parts come in. Nothing of it counts before the last part is there.
struct Restoring {
  double schema = 0;  ///< of the first part that named one
  double next_id = 1, calls_made = 0;
  Millis saved_at = 0;
  bool refused = false;
  std::optional<Agent> agent;
  std::optional<Consult> consult;
  std::vector<Call> calls;
  std::vector<CallLog> logs;
  std::vector<Draft> drafts;
  std::vector<StackEntry> stack;
};

}  // namespace offhook
