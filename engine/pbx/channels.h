// What the PBX was last seen to hold of calls: legs (channels), the bridges they
// are in, and the calls they make up. Filled from AMI's messages and lists. Only
// the order of one channel's messages is relied upon; a leg is made on first
// sight from whatever names it, and a dead one stays dead. No rules about
// agents: whose a leg is comes from the directory.
// Why so: docs/machines/extension.md, "Legs and calls".
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/ami/message.h"
#include "engine/core/schema.h"
#include "engine/pbx/by_text.h"
#include "engine/pbx/directory.h"

namespace offhook::pbx {

inline constexpr std::size_t kMostLegs = 50'000;
inline constexpr std::size_t kMostCalls = 50'000;
inline constexpr Millis kTombstoneMs = 60'000;
/// A call without a leg waits so long for one whose first event is still on its way.
inline constexpr Millis kEmptyCallMs = 100;

enum class End : std::uint8_t { None, answered, no_answer, busy, cancelled, failed, lost, pbx_restart };
inline constexpr std::array<std::string_view, 8> kEndWords{"", "answered", "no_answer", "busy", "cancelled", "failed", "lost", "pbx_restart"};

/// ChannelState of AMI, the values that mean something here.
namespace channel_state {
inline constexpr int kDown = 0, kRing = 4, kRinging = 5, kUp = 6, kBusy = 7, kPreRing = 9;
}

struct Leg {
  std::string uniqueid, linkedid, channel, extension, call;
  std::string caller, caller_name, connected, exten, context, bridge;
  int state = channel_state::kDown;
  bool internal = false;  ///< Local and the like: never a device leg
  bool offered = false;   ///< somebody dialled it: it rings from then on, whatever its channel says
  bool held = false;      ///< this side pressed hold
  bool listed = false;    ///< while a list is read: seen in it
  Millis since = 0, seen_at = 0;
};

/// What is known of how the dialled legs of a call fared.
struct Verdicts {
  bool answer = false, busy = false, no_answer = false, cancel = false, failed = false;
  bool any() const { return answer || busy || no_answer || cancel || failed; }
};

struct Call {
  std::string id, first, from, from_name, to, extension, queue, queue_number;
  std::vector<std::string> legs;
  Millis started_at = 0, answered_at = 0, ended_at = 0;
  End end = End::None;
  bool estimated = false, transferred = false, dirty = true;
  // Evidence for the end:
  Verdicts verdicts;
  Texts judged;  ///< dialled legs that had their verdict: app_queue sends a second one
  bool queued = false, abandoned = false, in_waiting_room = false, vanished = false;
  int cause = 0;                       ///< of the first leg's Hangup
  Millis first_up_at = 0, dial_answer_at = 0, last_seen_at = 0, empty_since = -1;
};

/// How a call without legs ended. Table: docs/machines/extension.md, "How a call ended".
End classify(const Call& call);

/// An Exten that somebody dialled, not one of the dialplan's own ("s", "h" …).
bool is_number_dialled(std::string_view exten);

struct ChannelCounters {
  double unknown_channel = 0, late = 0, duplicate = 0, over_limit = 0, lost_legs = 0;
};

class Channels {
 public:
  explicit Channels(Directory& directory) : directory_(directory) {}

  /// A message about channels, bridges or calls; any other is ignored. False: it concerned a dead leg only.
  bool apply(const ami::Message& message, Millis at, Millis mono);

  /// A list of channels is read: between these, CoreShowChannel says which legs live.
  void begin_list();
  /// Legs that the list did not have are gone: each gets a Hangup of its own, `lost`.
  void end_list(Millis at, Millis mono);
  /// The PBX is another one than before: everything ends now.
  void restarted(Millis at, Millis mono, Millis last_seen);
  /// Ends calls that have been empty long enough; the time of the next one, or -1.
  Millis settle(Millis mono);

  const Leg* leg(std::string_view uniqueid) const;
  const Leg* leg_by_channel(std::string_view channel) const;
  Call* call(std::string_view id);
  const Call* call_of(const Leg& leg) const;
  /// The live device legs of an extension.
  const Texts* legs_of(const std::string& extension) const;
  /// The others in its bridge.
  std::vector<const Leg*> peers(const Leg& leg) const;
  const ByText<Leg>& legs() const { return legs_; }
  const ByText<Call>& calls() const { return calls_; }

  /// Since the last call of this: extensions whose legs changed, and calls that differ. Ended ones are erased by `forget`.
  std::vector<std::string> take_extensions();
  std::vector<std::string> take_calls();
  bool calls_differ() const { return !dirty_calls_.empty(); }
  /// Calls that ended since the last call of this.
  std::vector<std::string> take_ended() { return std::exchange(ended_, {}); }
  void forget(const std::string& call) { calls_.erase(call); }
  void set_queue(const Leg& leg, std::string_view queue, bool abandoned);
  /// A held party's device tells of its peer's hold after a list, which itself knows none.
  void set_held(const std::string& uniqueid, bool held);
  /// Legs whose extension is to be found anew: the directory has changed.
  void directory_changed();

  ChannelCounters counters;

 private:
  struct Keys;  // the names of a snapshot's headers, with their prefix
  Leg* touch(const ami::Message& message, const Keys& keys, bool own, Millis at, Millis mono);
  Call& join(Leg& leg, const std::string& id, Millis at, Millis mono);
  void emptied(Call& call, Millis mono);
  void enter(Leg& leg, std::string_view bridge, bool counts, Millis at);
  void leave(Leg& leg);
  void hang_up(const std::string& uniqueid, int cause, bool lost, Millis at, Millis mono);
  void merge(std::string_view to, std::string_view from);
  void dial_end(const ami::Message& message, Leg* from, Leg* to, Millis at);
  void transferred(const ami::Message& message, bool attended, Millis at, Millis mono);
  void mark(const Leg& leg);
  bool is_dead(std::string_view uniqueid) const { return dead_.count(uniqueid) > 0; }
  void bury(Millis mono);

  Directory& directory_;
  ByText<Leg> legs_;
  ByText<std::string> by_channel_;
  ByText<Texts> by_extension_;
  ByText<Texts> bridges_;
  ByText<Call> calls_;
  ByText<Millis> dead_;
  std::vector<std::pair<Millis, std::string>> graves_;  ///< in the order of death
  std::size_t first_grave_ = 0;
  std::deque<std::pair<Millis, std::string>> empty_;  ///< calls without a leg, in the order in which they lost it; one that has a leg again is passed over
  Texts dirty_extensions_, dirty_calls_;
  std::vector<std::string> ended_;
  bool listing_ = false;
};

}  // namespace offhook::pbx
