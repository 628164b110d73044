// Legs, bridges and calls out of AMI's messages.
#include "engine/pbx/channels.h"

#include <algorithm>

namespace offhook::pbx {

using ami::Message;
using ami::Word;

struct Channels::Keys {
  std::string_view prefix;
};

namespace {

/// A channel's snapshot as it stands in a message, under a prefix ("", "Dest", "Transferee" …).
struct Snapshot {
  std::string_view channel, state, caller, caller_name, connected, context, exten, uniqueid, linkedid;
};

Snapshot snapshot(const Message& message, std::string_view prefix) {
  Snapshot s;
  for (std::string_view line : message.lines) {
    if (!prefix.empty()) {
      if (!line.starts_with(prefix)) continue;
      line.remove_prefix(prefix.size());
    }
    // Asked of every line of every message: the colon's place tells the keys apart before any is compared.
    constexpr std::size_t kShortest = 5, kLongest = 16;
    std::size_t colon = kShortest;
    while (colon <= kLongest && colon < line.size() && line[colon] != ':') ++colon;
    if (colon > kLongest || colon >= line.size()) continue;
    std::string_view* place = nullptr;
    const auto is = [&](std::string_view key) { return ami::same(line.substr(0, colon), key); };
    switch (colon) {
      case 5: if (is("Exten")) place = &s.exten; break;
      case 7: if (is("Channel")) place = &s.channel; else if (is("Context")) place = &s.context; break;
      case 8: if (is("Uniqueid") || is("UniqueID")) place = &s.uniqueid; else if (is("Linkedid") || is("LinkedID")) place = &s.linkedid; break;
      case 11: if (is("CallerIDNum")) place = &s.caller; break;
      case 12: if (is("ChannelState")) place = &s.state; else if (is("CallerIDName")) place = &s.caller_name; break;
      case 16: if (is("ConnectedLineNum")) place = &s.connected; break;
      default: break;
    }
    if (!place) continue;
    std::size_t begin = colon + 1;
    while (begin < line.size() && line[begin] == ' ') ++begin;
    *place = line.substr(begin);
    if (ami::same(*place, "<unknown>")) *place = {};
  }
  return s;
}

/// How far a channel has come: it never goes back. A busy tone (7) is no progress of the leg.
int rank(int state) {
  switch (state) {
    case 0: return 0;
    case 1: return 1;
    case 6: return 3;
    case 7: return -1;
    default: return 2;
  }
}

int number(std::string_view text, int otherwise) {
  if (text.empty() || text.size() > 4) return otherwise;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return otherwise;
    value = value * 10 + (c - '0');
  }
  return value;
}

/// "00:01:05" in seconds; 0 when it is no time.
double seconds(std::string_view text) {
  double total = 0, part = 0;
  for (const char c : text) {
    if (c == ':') total = (total + part) * 60, part = 0;
    else if (c >= '0' && c <= '9') part = part * 10 + (c - '0');
    else return 0;
  }
  return total + part < 86'400.0 * 30 ? total + part : 0;
}

}  // namespace

void Channels::mark(const Leg& leg) {
  if (!leg.extension.empty() && !leg.internal) dirty_extensions_.insert(leg.extension);
  if (!leg.call.empty()) dirty_calls_.insert(leg.call);
}

Leg* Channels::touch(const Message& message, const Keys& keys, bool own, Millis at, Millis mono) {
  const Snapshot s = snapshot(message, keys.prefix);
  if (s.uniqueid.empty()) return nullptr;
  const std::string_view uniqueid = s.uniqueid;
  auto found = legs_.find(uniqueid);
  if (found == legs_.end()) {
    if (dead_.count(uniqueid)) {
      ++counters.late;
      return nullptr;
    }
    if (legs_.size() >= kMostLegs) {
      ++counters.over_limit;
      return nullptr;
    }
    if (message.word != Word::Newchannel && message.word != Word::CoreShowChannel) ++counters.unknown_channel;
    found = legs_.emplace(std::string(uniqueid), Leg{}).first;
    Leg& leg = found->second;
    leg.uniqueid = uniqueid;
    leg.since = at;
  }
  Leg& leg = found->second;
  leg.seen_at = at;
  leg.listed = true;
  if (leg.channel.empty() || (own && leg.channel != s.channel && !s.channel.empty())) {
    if (!leg.channel.empty()) by_channel_.erase(leg.channel);
    leg.channel = s.channel;
    leg.internal = is_internal(leg.channel);
    by_channel_[leg.channel] = leg.uniqueid;
    if (std::string extension = directory_.extractAgentExtension(leg.channel); extension != leg.extension) {
      if (!leg.extension.empty()) by_extension_[leg.extension].erase(leg.uniqueid), mark(leg);
      leg.extension = std::move(extension);
      if (!leg.extension.empty()) by_extension_[leg.extension].insert(leg.uniqueid);
    }
  }
  const int state = number(s.state, leg.state);
  if (rank(state) > rank(leg.state) || (own && rank(state) == rank(leg.state))) leg.state = state;
  if (own || leg.caller.empty()) {
    if (!s.caller.empty()) leg.caller = s.caller;
    if (!s.caller_name.empty()) leg.caller_name = s.caller_name;
  }
  if ((own || leg.connected.empty()) && !s.connected.empty()) leg.connected = s.connected;
  if ((own || leg.exten.empty()) && !s.exten.empty()) leg.exten = s.exten;
  if ((own || leg.context.empty()) && !s.context.empty()) leg.context = s.context;

  // The Linkedid is re-read from each of its own events: a transfer changes it. A late snapshot in another's event does not take it back.
  const std::string_view linked = s.linkedid.empty() ? s.uniqueid : s.linkedid;
  if (leg.linkedid.empty() || (own && linked != leg.linkedid)) {
    leg.linkedid = linked;
    join(leg, leg.linkedid, at, mono);
  }
  if (const auto entry = calls_.find(leg.call); entry != calls_.end()) {
    Call& call = entry->second;
    call.last_seen_at = at;
    // Whoever the agent was: until somebody has talked, the extension that was offered it first.
    if (call.extension.empty() && leg.uniqueid != call.first && !leg.internal && !leg.extension.empty()) call.extension = leg.extension;
    if (leg.uniqueid == call.first) {
      const bool best = message.word == Word::Newchannel;
      if (!leg.caller.empty() && (best || call.from.empty())) call.from = leg.caller, call.from_name = leg.caller_name;
      if (is_number_dialled(s.exten) && (best || call.to.empty())) call.to = s.exten;
      if (leg.state == channel_state::kUp && call.first_up_at == 0) call.first_up_at = at;
    }
  }
  mark(leg);
  return &leg;
}

Call& Channels::join(Leg& leg, const std::string& id, Millis at, Millis mono) {
  if (leg.call == id) return calls_[id];
  if (const auto old = calls_.find(leg.call); old != calls_.end()) {
    std::erase(old->second.legs, leg.uniqueid);
    if (old->second.legs.empty()) emptied(old->second, mono), old->second.ended_at = at;
    dirty_calls_.insert(old->first);
  }
  Call& call = calls_[id];
  if (call.id.empty()) {
    call.id = call.first = id;
    call.started_at = at;
  }
  call.ended_at = 0;
  call.empty_since = -1;
  call.legs.push_back(leg.uniqueid);
  leg.call = id;
  return call;
}

void Channels::enter(Leg& leg, std::string_view bridge, bool counts, Millis at) {
  if (leg.bridge != bridge) {
    leave(leg);
    leg.bridge = bridge;
    bridges_[leg.bridge].insert(leg.uniqueid);
  }
  leg.state = channel_state::kUp;  // nothing is bridged that is not up
  if (!counts) return;
  const auto& members = bridges_[leg.bridge];
  const bool talks = members.size() > 1 && std::any_of(members.begin(), members.end(), [&](const std::string& id) {
    const auto member = legs_.find(id);
    return member != legs_.end() && !member->second.internal;
  });
  if (!talks) return;
  for (const std::string& id : members) {
    const auto member = legs_.find(id);
    if (member == legs_.end()) continue;
    const auto call = calls_.find(member->second.call);
    if (call == calls_.end()) continue;
    if (call->second.answered_at == 0) call->second.answered_at = at;
    const Leg& other = member->second;
    if (!other.extension.empty() && !other.internal && (other.uniqueid != call->second.first || call->second.extension.empty())) call->second.extension = other.extension;
    dirty_calls_.insert(call->first);
  }
}

void Channels::leave(Leg& leg) {
  if (leg.bridge.empty()) return;
  const auto bridge = bridges_.find(leg.bridge);
  if (bridge != bridges_.end()) {
    bridge->second.erase(leg.uniqueid);
    if (bridge->second.empty()) bridges_.erase(bridge);
  }
  leg.bridge.clear();
}

void Channels::bury(Millis mono) {
  while (first_grave_ < graves_.size() && (graves_[first_grave_].first + kTombstoneMs < mono || graves_.size() - first_grave_ > 4 * kMostLegs)) {
    dead_.erase(graves_[first_grave_].second);
    ++first_grave_;
  }
  if (first_grave_ > 4096 && first_grave_ * 2 > graves_.size()) {
    graves_.erase(graves_.begin(), graves_.begin() + static_cast<std::ptrdiff_t>(first_grave_));
    first_grave_ = 0;
  }
}

void Channels::hang_up(const std::string& uniqueid, int cause, bool lost, Millis at, Millis mono) {
  const auto found = legs_.find(uniqueid);
  if (found == legs_.end()) return;
  Leg& leg = found->second;
  mark(leg);
  leave(leg);
  if (const auto entry = calls_.find(leg.call); entry != calls_.end()) {
    Call& call = entry->second;
    if (leg.uniqueid == call.first) call.cause = cause;
    std::erase(call.legs, leg.uniqueid);
    if (lost) call.vanished = true;
    if (call.legs.empty()) {
      call.ended_at = lost ? std::max(call.last_seen_at, call.started_at) : at;
      emptied(call, mono);
    }
  }
  if (!leg.extension.empty()) {
    const auto set = by_extension_.find(leg.extension);
    if (set != by_extension_.end()) set->second.erase(uniqueid);
  }
  by_channel_.erase(leg.channel);
  dead_[uniqueid] = mono;
  graves_.emplace_back(mono, uniqueid);
  legs_.erase(found);
  bury(mono);
}

void Channels::merge(std::string_view to, std::string_view from) {
  const auto source = bridges_.find(from);
  if (source == bridges_.end() || to == from) return;
  const auto members = source->second;
  for (const std::string& id : members)
    if (const auto leg = legs_.find(id); leg != legs_.end()) {
      leave(leg->second);
      leg->second.bridge = to;
      bridges_[leg->second.bridge].insert(id);
    }
}

bool Channels::apply(const Message& message, Millis at, Millis mono) {
  static constexpr Keys own{""}, dest{"Dest"};
  switch (message.word) {
    case Word::Newchannel:
    case Word::Newstate:
    case Word::NewCallerid:
    case Word::NewConnectedLine:
    case Word::SoftHangupRequest: return touch(message, own, true, at, mono) != nullptr;
    case Word::HangupRequest: {
      const Leg* leg = touch(message, own, true, at, mono);
      if (leg)
        if (const auto call = calls_.find(leg->call); call != calls_.end() && call->second.first == leg->uniqueid && call->second.in_waiting_room) call->second.abandoned = true;
      return leg != nullptr;
    }
    case Word::UserEvent: {
      // The waiting room of our own dialplan: the caller waits for an agent whom the hub chooses.
      const std::string_view name = message.get("UserEvent");
      const bool enters = name == "HubCaller";
      if (!enters && name != "HubFallback" && name != "HubOverflow") return true;
      const Leg* leg = touch(message, own, true, at, mono);
      if (!leg) return false;
      if (enters) set_queue(*leg, message.get("CcQueue"), false);
      calls_[leg->call].in_waiting_room = enters;
      return true;
    }
    case Word::Hold:
    case Word::Unhold:
      if (Leg* leg = touch(message, own, true, at, mono)) {
        leg->held = message.word == Word::Hold;
        return true;
      }
      return false;
    case Word::Rename: {
      const auto leg = legs_.find(message.get("Uniqueid"));
      if (leg == legs_.end()) return false;
      by_channel_.erase(leg->second.channel);
      leg->second.channel = message.get("Newname");
      leg->second.internal = is_internal(leg->second.channel);
      by_channel_[leg->second.channel] = leg->first;
      mark(leg->second);
      directory_changed();
      return true;
    }
    case Word::DialBegin:
    case Word::DialState:
    case Word::DialEnd: {
      Leg* from = touch(message, own, true, at, mono);
      // A verdict names a leg that may have gone before it; it makes none.
      Leg* to = message.word == Word::DialEnd && !leg(message.get("DestUniqueid")) ? nullptr : touch(message, dest, false, at, mono);
      if (to && message.word != Word::DialEnd) to->offered = true, mark(*to);
      if (message.word == Word::DialEnd) dial_end(message, from, to, at);
      return from || to;
    }
    case Word::BridgeEnter:
      if (Leg* leg = touch(message, own, true, at, mono)) {
        enter(*leg, message.get("BridgeUniqueid"), message.get("BridgeTechnology") != "holding_bridge", at);
        // It took the place of another one, whose own BridgeLeave may come later.
        if (const auto swapped = legs_.find(message.get("SwapUniqueid")); swapped != legs_.end() && &swapped->second != leg && swapped->second.bridge == leg->bridge) leave(swapped->second);
        return true;
      }
      return false;
    case Word::BridgeLeave:
      if (Leg* leg = touch(message, own, true, at, mono)) {
        if (leg->bridge == message.get("BridgeUniqueid")) leave(*leg);
        return true;
      }
      return false;
    case Word::BridgeMerge: merge(message.get("ToBridgeUniqueid"), message.get("FromBridgeUniqueid")); return true;
    case Word::BlindTransfer: transferred(message, false, at, mono); return true;
    case Word::AttendedTransfer: transferred(message, true, at, mono); return true;
    case Word::Hangup: {
      const std::string uniqueid(message.get("Uniqueid"));
      if (!uniqueid.empty() && !legs_.count(uniqueid)) {
        // A channel that was never seen ends: no leg and no call is made of that, and none by what comes late.
        if (is_dead(uniqueid)) ++counters.late;
        else ++counters.unknown_channel, dead_[uniqueid] = mono, graves_.emplace_back(mono, uniqueid), bury(mono);
        return false;
      }
      if (!touch(message, own, true, at, mono)) return false;
      hang_up(std::string(message.get("Uniqueid")), number(message.get("Cause"), 0), false, at, mono);
      return true;
    }
    case Word::QueueCallerJoin:
    case Word::QueueCallerAbandon:
    case Word::AgentConnect:
    case Word::AgentCalled: {
      Leg* leg = touch(message, own, true, at, mono);
      if (leg) set_queue(*leg, message.get("Queue"), message.word == Word::QueueCallerAbandon);
      if (message.word == Word::AgentCalled)
        if (Leg* to = touch(message, dest, false, at, mono)) to->offered = true, mark(*to);
      return leg != nullptr;
    }
    case Word::CoreShowChannel: {
      const bool fresh = !legs_.count(message.get("Uniqueid"));
      Leg* leg = touch(message, own, true, at, mono);
      if (!leg) return false;
      Call& call = calls_[leg->call];
      if (fresh) {
        leg->since = at - seconds(message.get("Duration")) * 1000.0;
        call.started_at = std::min(call.started_at, leg->since);
      }
      // Whoever waits, or came from there: the list of queues has only those who wait.
      if (const std::string_view data = message.get("ApplicationData"); !call.queued && message.get("Application") == "Queue") set_queue(*leg, data.substr(0, data.find(',')), false);
      const bool talked = call.answered_at != 0;
      if (const std::string_view bridge = message.get("BridgeId"); bridge.empty()) leave(*leg);
      else enter(*leg, bridge, true, at);
      if (!talked && call.answered_at != 0) {
        // Nobody saw when: not before the younger of the two was there.
        call.estimated = true;
        call.answered_at = leg->since;
        for (const Leg* peer : peers(*leg)) call.answered_at = std::max(call.answered_at, peer->since);
      }
      return true;
    }
    default: return true;
  }
}

void Channels::begin_list() {
  listing_ = true;
  for (auto& [id, leg] : legs_) leg.listed = false;
}

void Channels::end_list(Millis at, Millis mono) {
  if (!listing_) return;
  listing_ = false;
  std::vector<std::string> gone;
  for (const auto& [id, leg] : legs_)
    if (!leg.listed) gone.push_back(id);
  std::sort(gone.begin(), gone.end());
  for (const std::string& id : gone) {
    ++counters.lost_legs;
    hang_up(id, 0, true, at, mono);
  }
}

void Channels::restarted(Millis at, Millis mono, Millis last_seen) {
  std::vector<std::string> gone;
  for (const auto& [id, leg] : legs_) gone.push_back(id);
  std::sort(gone.begin(), gone.end());
  for (auto& [id, call] : calls_) {
    call.end = End::pbx_restart;
    call.estimated = true;
  }
  for (const std::string& id : gone) hang_up(id, 0, true, at, mono);
  empty_.clear();
  for (auto& [id, call] : calls_) {
    if (last_seen > 0) call.ended_at = std::max(last_seen, call.started_at);
    if (call.empty_since < 0) continue;  // it has ended already, and is only not told yet
    call.empty_since = mono - kEmptyCallMs;
    empty_.emplace_back(call.empty_since, id);
  }
  bridges_.clear();
}

}  // namespace offhook::pbx
