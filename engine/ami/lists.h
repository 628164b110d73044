// The lists by which the PBX is read anew: asked one after the other, each with an ActionID of its own, each complete
// or not. Bookkeeping only: what an item says is for whoever keeps the PBX's state.
// Source: Asterisk's documentation, "AMI Actions" and "AMI v2 Specification" (Event lists).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/ami/message.h"

namespace offhook::ami {

/// In the order in which they are asked: calls first, then queues, then devices.
enum class List : std::uint8_t {
  CoreShowChannels,
  BridgeList,
  QueueStatus,
  DeviceStateList,
  ExtensionStateList,
  PJSIPShowContacts,
  PJSIPShowRegistrationInboundContactStatuses,
  Agents
};

struct ListShape {
  std::string_view action;  ///< as Asterisk names it
  Word complete;            ///< the event that ends it
  std::string_view classes; ///< any one of these in the account's `write=` allows it; empty: none is needed
};

inline constexpr std::array<ListShape, 8> kLists{{
  {"CoreShowChannels", Word::CoreShowChannelsComplete, "system or reporting"},
  {"BridgeList", Word::BridgeListComplete, ""},
  {"QueueStatus", Word::QueueStatusComplete, ""},
  {"DeviceStateList", Word::DeviceStateListComplete, "call or reporting"},
  {"ExtensionStateList", Word::ExtensionStateListComplete, "call or reporting"},
  {"PJSIPShowContacts", Word::ContactListComplete, "system"},
  {"PJSIPShowRegistrationInboundContactStatuses", Word::ContactStatusDetailComplete, "system or reporting"},
  {"Agents", Word::AgentsComplete, "agent"},
}};
inline constexpr std::size_t kListCount = kLists.size();

using ListSet = std::uint32_t;  ///< a bit for each list
constexpr ListSet only(List list) { return 1u << static_cast<unsigned>(list); }
inline constexpr ListSet kAllLists = (1u << kListCount) - 1;

enum class ListOutcome : std::uint8_t {
  NotAsked,
  Waiting,     ///< its turn comes
  Asked,       ///< items are coming
  Complete,    ///< all items were heard
  Empty,       ///< "No Contacts found": an answer, and a complete one
  Incomplete,  ///< it ended with another number of items than were heard
  Denied,      ///< "Permission denied": the account lacks a class
  Absent,      ///< this Asterisk has no such action, or the module is not loaded
  Failed,      ///< another error; `message` has it
  TimedOut     ///< nothing came for as long as a list may pause
};
inline constexpr std::array<std::string_view, 10> kListOutcomeWords{"not_asked", "waiting", "asked",  "complete", "empty",
                                                                   "incomplete", "denied",  "absent", "failed",   "timed_out"};

/// Only what is complete may be taken as the whole truth; from the others single items are known, and nothing is known to be gone.
constexpr bool is_complete(ListOutcome outcome) { return outcome == ListOutcome::Complete || outcome == ListOutcome::Empty; }

struct ListState {
  ListOutcome outcome = ListOutcome::NotAsked;
  std::uint32_t items = 0;
  std::string message;  ///< what the PBX said when it refused
};

class Lists {
 public:
  /// Forgets what was asked, and puts these in line.
  void begin(ListSet set);
  /// Puts these in line as well; one that is being asked is not asked again.
  void add(ListSet set);
  /// The next in line is asked under `id`; false: none is waiting.
  bool ask_next(std::string_view id);
  bool asking() const { return asking_ < kListCount; }
  bool waiting() const;
  List current() const { return static_cast<List>(asking_); }
  const ListState& operator[](List list) const { return states_[static_cast<std::size_t>(list)]; }

  enum class Heard : std::uint8_t { NotMine, Begun, Item, Over };
  /// What a message means for the list that is being asked.
  Heard hear(const Message& message);
  /// Nothing came in time: the list is over.
  void give_up();
  /// The link is gone: what was asked or waiting will not come.
  void abandon();

 private:
  Heard over(ListOutcome outcome);

  std::array<ListState, kListCount> states_;
  std::size_t asking_ = kListCount;
  std::string id_;
};

}  // namespace offhook::ami
