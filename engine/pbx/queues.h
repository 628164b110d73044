// The PBX's queues as last seen: members with their pause in each queue, and
// the callers who wait. Filled from the answer to QueueStatus and from live
// events, whose names for the same things differ. No wishes, no agents' status.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ami/message.h"
#include "engine/core/schema.h"
#include "engine/pbx/directory.h"

namespace offhook::pbx {

inline constexpr std::size_t kMostQueues = 10'000;
inline constexpr std::size_t kMostMembers = 100'000;
inline constexpr std::size_t kMostEntries = 50'000;

struct Member {
  std::string queue, interface, device, name, extension, reason;
  bool paused = false, in_call = false, listed = false;
  bool fresh = false;  ///< told of since the link is up: its status is evidence
  int penalty = 0, status = 0, calls_taken = 0;
  int wrapup_s = 0;  ///< of its own; 0: the queue's
  Millis last_call_at = 0;
};

struct Entry {
  std::string uniqueid, channel, from;
  int position = 0;
  Millis since = 0;
  bool listed = false;
};

struct Queue {
  std::string name, strategy;
  bool listed = false, gone = false;
  std::map<std::string, Member> members;  ///< by interface
  std::vector<Entry> entries;             ///< in the order of their places
};

/// A member, by the names that every consumer has.
struct MemberKey {
  std::string queue, interface;
  friend bool operator<(const MemberKey& a, const MemberKey& b) { return a.queue != b.queue ? a.queue < b.queue : a.interface < b.interface; }
};

class Queues {
 public:
  explicit Queues(Directory& directory) : directory_(directory) {}

  void apply(const ami::Message& message, Millis at);
  void begin_list();
  /// What the list did not have is gone.
  void end_list();
  /// A caller's channel is gone, however that became known.
  void drop_caller(std::string_view uniqueid);
  void directory_changed();
  /// The link is gone: no member's status is evidence any more.
  void link_lost();

  const std::map<std::string, Queue>& all() const { return queues_; }
  const Member* member(const MemberKey& key) const;
  const std::set<MemberKey>& members_of(const std::string& extension) const;

  /// Since the last call: queues that differ; members that were told of (`observed`) or are gone.
  std::set<std::string> take_queues();
  bool queues_differ() const { return !dirty_queues_.empty(); }
  std::set<MemberKey> take_members();
  double over_limit = 0;

 private:
  Queue* queue(std::string_view name);
  Member* member(std::string_view queue, std::string_view interface);
  void remove(Queue& queue, const std::string& interface);
  void own(Member& member);  ///< finds whose it is
  void caller(const ami::Message& message, bool listed, Millis at);
  void leave(std::string_view queue, std::string_view uniqueid);

  Directory& directory_;
  std::map<std::string, Queue> queues_;
  std::size_t member_count_ = 0, entry_count_ = 0;
  std::map<std::string, std::set<MemberKey>> by_extension_;
  std::set<std::string> dirty_queues_;
  std::set<MemberKey> dirty_members_;
};

}  // namespace offhook::pbx
