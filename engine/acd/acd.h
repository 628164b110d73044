// The contact centre as one object: typed events in, effects out (docs/queues.md). It composes the matcher (who gets whom) with one
// machine `queue_call` a stay and one machine `centre_agent` an agent, keeps records and counters, and can be put away and taken up again. It
// knows no AMI, reads no clock, and decides nothing by chance that its seed does not give.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/acd/effect.h"
#include "engine/acd/event.h"

namespace offhook::acd {

struct Model;
/// Not ours: what a simulation looks at that no item shows (tests/acd_sim).
struct Inside;

class Acd {
 public:
  explicit Acd(double seed = 0);
  ~Acd();
  Acd(Acd&&) noexcept;
  Acd& operator=(Acd&&) noexcept;

  /// Runs to completion, matcher included. `out` is added to. A refusal (`out.code`) leaves the state as it was. `out.changed`: write_event of it
  /// is the next journal entry.
  void apply(const Event& event, Effects& out);
  /// When it wants `Woke`, in the host's monotonic ms; −1: never.
  Millis due() const;

  /// Everything, as one JSON object with a version. snapshot + the entries after it, applied in order, give the same bytes again.
  void snapshot(std::string& json) const;
  /// Into a fresh Acd. False: `error` is `{"code","message"}`, and the Acd is as new. After it and after the journal's entries the host tells `Restarted`:
  /// its monotonic clock has begun anew.
  bool restore(std::string_view json, std::string& error);

  // Items as docs/queues.md has them, whole. False: there is none of that name.
  bool write_queue(JsonWriter& json, const std::string& queue) const;
  bool write_agent(JsonWriter& json, const std::string& agent) const;
  /// `supervisors`: a JSON array of those who listen, which the acd does not know of; empty: none.
  bool write_call(JsonWriter& json, const std::string& call, std::string_view supervisors = {}) const;
  /// Names of all items, for a whole state.
  void names(Effects& out) const;
  /// Why it waits, or who got it (docs/queues.md, "An explanation"). False: no such call is remembered.
  bool explain(JsonWriter& json, const std::string& call) const;

  // For who stands between PBX and acd.
  /// The call is in a queue of ours. `Where` and agent of it; false: it is not.
  bool where(const std::string& call, Where& where, std::string& agent) const;
  /// The queue's mode; false: no such queue.
  bool mode_of(const std::string& queue, Mode& mode) const;
  /// The agent whom attempt `attempt` of `call` rings; empty: it is not open.
  std::string offered(const std::string& call, double attempt) const;
  bool knows_agent(const std::string& agent) const;

 private:
  friend Inside;
  std::unique_ptr<Model> model_;
};

}  // namespace offhook::acd
