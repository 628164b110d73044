// Queues, members and waiting callers out of AMI's messages.
#include "engine/pbx/queues.h"

#include <algorithm>

namespace offhook::pbx {

using ami::Message;
using ami::Word;

Queue* Queues::queue(std::string_view name) {
  if (name.empty()) return nullptr;
  auto found = queues_.find(std::string(name));
  if (found == queues_.end()) {
    if (queues_.size() >= kMostQueues) return ++over_limit, nullptr;
    found = queues_.emplace(name, Queue{}).first;
    found->second.name = name;
    dirty_queues_.insert(found->first);
  }
  found->second.listed = true;
  found->second.gone = false;
  return &found->second;
}

Member* Queues::member(std::string_view queue_name, std::string_view interface) {
  Queue* in = interface.empty() ? nullptr : queue(queue_name);
  if (!in) return nullptr;
  auto found = in->members.find(std::string(interface));
  if (found == in->members.end()) {
    if (member_count_ >= kMostMembers) return ++over_limit, nullptr;
    found = in->members.emplace(interface, Member{}).first;
    ++member_count_;
    found->second.queue = in->name;
    found->second.interface = interface;
  }
  found->second.listed = true;
  dirty_members_.insert({in->name, found->first});
  dirty_queues_.insert(in->name);
  return &found->second;
}

void Queues::own(Member& member) {
  std::string extension = directory_.extension_of_endpoint(member.device);
  if (extension == member.extension) return;
  const MemberKey key{member.queue, member.interface};
  if (!member.extension.empty()) by_extension_[member.extension].erase(key);
  member.extension = std::move(extension);
  if (!member.extension.empty()) by_extension_[member.extension].insert(key);
  dirty_members_.insert(key);
}

void Queues::remove(Queue& queue, const std::string& interface) {
  const auto found = queue.members.find(interface);
  if (found == queue.members.end()) return;
  if (!found->second.extension.empty()) by_extension_[found->second.extension].erase({queue.name, interface});
  queue.members.erase(found);
  --member_count_;
  dirty_members_.insert({queue.name, interface});
  dirty_queues_.insert(queue.name);
}

void Queues::caller(const Message& message, bool listed, Millis at) {
  Queue* in = queue(message.get("Queue"));
  const std::string_view uniqueid = message.get("Uniqueid");
  if (!in || uniqueid.empty()) return;
  auto found = std::find_if(in->entries.begin(), in->entries.end(), [&](const Entry& entry) { return entry.uniqueid == uniqueid; });
  if (found == in->entries.end()) {
    if (entry_count_ >= kMostEntries) {
      ++over_limit;
      return;
    }
    ++entry_count_;
    found = in->entries.emplace(in->entries.end());
    found->uniqueid = uniqueid;
    found->since = listed ? at - 1000.0 * static_cast<double>(message.number("Wait")) : at;
  }
  found->channel = message.get("Channel");
  if (const std::string_view from = message.get("CallerIDNum"); from != "<unknown>" && from != "unknown") found->from = from;
  found->position = static_cast<int>(message.number("Position"));
  found->listed = true;
  std::stable_sort(in->entries.begin(), in->entries.end(), [](const Entry& a, const Entry& b) { return a.position < b.position; });
  dirty_queues_.insert(in->name);
}

void Queues::leave(std::string_view queue_name, std::string_view uniqueid) {
  const auto in = queues_.find(std::string(queue_name));
  if (in == queues_.end()) return;
  auto& entries = in->second.entries;
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.uniqueid == uniqueid; });
  if (found == entries.end()) return;
  for (Entry& entry : entries)
    if (entry.position > found->position) --entry.position;
  entries.erase(found);
  --entry_count_;
  dirty_queues_.insert(in->first);
}

void Queues::drop_caller(std::string_view uniqueid) {
  for (const auto& [name, queue] : queues_)
    if (std::any_of(queue.entries.begin(), queue.entries.end(), [&](const Entry& entry) { return entry.uniqueid == uniqueid; })) leave(name, uniqueid);
}

void Queues::apply(const Message& message, Millis at) {
  switch (message.word) {
    case Word::QueueParams:
      if (Queue* in = queue(message.get("Queue"))) {
        in->strategy = message.get("Strategy");
        dirty_queues_.insert(in->name);
      }
      return;
    case Word::QueueMember:
    case Word::QueueMemberStatus:
    case Word::QueueMemberAdded:
    case Word::QueueMemberPause:
    case Word::QueueMemberPaused:
    case Word::QueueMemberPenalty:
    case Word::QueueMemberRinginuse: {
      const bool listed = message.word == Word::QueueMember;  // the list says Name and Location, the events MemberName and Interface
      Member* member = this->member(message.get("Queue"), message.get(listed ? "Location" : message.has("Interface") ? "Interface" : "Location"));
      if (!member) return;
      member->fresh = true;
      if (message.has("StateInterface")) member->device = message.get("StateInterface");
      if (member->device.empty()) member->device = member->interface;
      if (const std::string_view name = message.get(listed ? "Name" : "MemberName"); !name.empty()) member->name = name;
      if (member->extension.empty()) own(*member);
      if (message.has("Paused")) {
        member->paused = message.get("Paused") == "1";
        // Asterisk 16 has both headers in QueueMemberPause, 22 only PausedReason; unpaused, an old reason may still stand in the event.
        member->reason = !member->paused ? std::string_view() : message.has("PausedReason") ? message.get("PausedReason") : message.get("Reason");
      }
      if (message.has("Penalty")) member->penalty = static_cast<int>(message.number("Penalty"));
      if (message.has("Status")) member->status = static_cast<int>(message.number("Status"));
      if (message.has("InCall")) member->in_call = message.get("InCall") == "1";
      if (message.has("Wrapuptime")) member->wrapup_s = static_cast<int>(message.number("Wrapuptime"));
      if (message.has("CallsTaken")) member->calls_taken = static_cast<int>(message.number("CallsTaken"));
      if (message.has("LastCall")) member->last_call_at = 1000.0 * static_cast<double>(message.number("LastCall"));
      return;
    }
    case Word::QueueMemberRemoved:
      if (const auto in = queues_.find(std::string(message.get("Queue"))); in != queues_.end()) remove(in->second, std::string(message.get("Interface")));
      return;
    case Word::QueueEntry: caller(message, true, at); return;
    case Word::QueueCallerJoin: caller(message, false, at); return;
    case Word::QueueCallerLeave:
    case Word::QueueCallerAbandon: leave(message.get("Queue"), message.get("Uniqueid")); return;
    default: return;
  }
}

void Queues::begin_list() {
  for (auto& [name, queue] : queues_) {
    queue.listed = false;
    for (auto& [interface, member] : queue.members) member.listed = false;
    for (Entry& entry : queue.entries) entry.listed = false;
  }
}

void Queues::end_list() {
  for (auto& [name, queue] : queues_) {
    std::vector<std::string> members, callers;
    for (const auto& [interface, member] : queue.members)
      if (!member.listed) members.push_back(interface);
    for (const Entry& entry : queue.entries)
      if (!entry.listed) callers.push_back(entry.uniqueid);
    for (const std::string& interface : members) remove(queue, interface);
    for (const std::string& uniqueid : callers) leave(name, uniqueid);
    if (!queue.listed && !queue.gone) queue.gone = true, dirty_queues_.insert(name);
  }
}

void Queues::directory_changed() {
  for (auto& [name, queue] : queues_)
    for (auto& [interface, member] : queue.members) own(member);
}

void Queues::link_lost() {
  for (auto& [name, queue] : queues_)
    for (auto& [interface, member] : queue.members) member.fresh = false;
}

const Member* Queues::member(const MemberKey& key) const {
  const auto in = queues_.find(key.queue);
  if (in == queues_.end()) return nullptr;
  const auto found = in->second.members.find(key.interface);
  return found == in->second.members.end() ? nullptr : &found->second;
}

const std::set<MemberKey>& Queues::members_of(const std::string& extension) const {
  static const std::set<MemberKey> none;
  const auto found = by_extension_.find(extension);
  return found == by_extension_.end() ? none : found->second;
}

std::set<std::string> Queues::take_queues() {
  std::set<std::string> taken;
  taken.swap(dirty_queues_);
  return taken;
}

std::set<MemberKey> Queues::take_members() {
  std::set<MemberKey> taken;
  taken.swap(dirty_members_);
  return taken;
}

}  // namespace offhook::pbx
