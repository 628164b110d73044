// All state of a Phone, as plain values. Machines see their own part only; the
// Phone alone holds the whole.
#pragma once

#include <array>
#include <vector>

#include "engine/contact/contact.h"
#include "engine/core/limits.h"
#include "engine/core/records.h"
#include "engine/core/skew.h"

namespace offhook {

/// A queue-number message that came before its call.
struct EarlyMessage {
  Event event;
  Millis mono = 0;
};

/// Position of the record of a Text. Handles are small and dense, so that a plain list is smaller than a hash map, and faster.
class Places {
 public:
  int find(Text text) const { return text.id < at_.size() ? at_[text.id] - 1 : -1; }
  void put(Text text, std::size_t position) {
    if (text.id >= at_.size()) at_.resize(text.id + 1);
    at_[text.id] = static_cast<int>(position) + 1;
  }

 private:
  std::vector<int> at_;  ///< 0: none
};

struct Model {
  Root root;
  Registration registration;
  Agent agent;
  Connection connection;
  Outbox outbox;
  QueueInfo queue_info;
  AttendantTransferForm transfer_form;
  Can can;
  NoticeRecord notice;
  Tab tab;
  Consult consult;
  Conference conference;
  Devices devices;

  std::array<Call, limits::kCalls> calls;
  std::array<Quality, limits::kCalls> quality;  ///< beside the call of the same slot
  std::vector<BlockerEntry> blockers;           ///< in the order of their importance
  std::vector<CallLog> logs;
  std::vector<Draft> drafts;
  std::vector<StackEntry> stack;  ///< the last kCallStack, oldest first
  std::vector<Presence> presence;
  Places presence_at;  ///< by extension

  std::array<contact::Lookup, limits::kLookups> lookups;
  std::vector<EarlyMessage> early;
  std::vector<Text> closed;  ///< yeastar_call_ids of ended calls, oldest first
  Skew skew;
  Millis storage_failed_at = 0;  ///< the host could not keep a record; 0: it never said so
  double calls_made = 0;     ///< for the ids of outgoing calls
};

}  // namespace offhook
