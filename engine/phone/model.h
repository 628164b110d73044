// All state of a Phone, as plain values. Machines see their own part only; the
// Phone alone holds the whole.
#pragma once

#include <array>
#include <unordered_map>
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
  std::unordered_map<std::uint32_t, std::uint32_t> presence_at;  ///< extension's Text id → position

  std::array<contact::Lookup, limits::kLookups> lookups;
  std::vector<EarlyMessage> early;
  std::vector<Text> closed;  ///< yeastar_call_ids of ended calls, oldest first
  Skew skew;
  Millis storage_failed_at = 0;  ///< the host could not keep a record; 0: it never said so
  double calls_made = 0;     ///< for the ids of outgoing calls
};

}  // namespace offhook
