// The names of AMI's events as words, found in one look. An event that is not here is Unknown: it is counted and
// passed over, so a newer Asterisk does no harm. Source: Asterisk's documentation, "AMI Events".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/ami/same.h"

namespace offhook::ami {

enum class Word : std::uint8_t {
  Unknown,
  Newchannel, Newstate, NewCallerid, NewConnectedLine, NewAccountCode, Newexten, VarSet, DialBegin, DialState, DialEnd, Hold, Unhold,
  HangupRequest, SoftHangupRequest, Hangup, BridgeCreate, BridgeDestroy, BridgeEnter, BridgeLeave, BridgeMerge, BlindTransfer,
  AttendedTransfer, Pickup, LocalBridge, LocalOptimizationEnd, Rename, ParkedCall, UnParkedCall, ParkedCallGiveUp, ParkedCallTimeOut,
  ParkedCallSwap, ExtensionStatus, PresenceStatus, DeviceStateChange, PeerStatus, ContactStatus, Registry, QueueCallerJoin,
  QueueCallerLeave, QueueCallerAbandon, AgentCalled, AgentRingNoAnswer, AgentConnect, AgentComplete, AgentDump, AgentLogin, AgentLogoff,
  QueueMemberStatus, QueueMemberAdded, QueueMemberRemoved, QueueMemberPause, QueueMemberPaused, QueueMemberPenalty, QueueMemberRinginuse,
  OriginateResponse, ChanSpyStart, ChanSpyStop, MixMonitorStart, MixMonitorStop, MixMonitorMute, UserEvent, ConfbridgeStart, ConfbridgeEnd,
  ConfbridgeJoin, ConfbridgeLeave, ConfbridgeMute, ConfbridgeUnmute, ConfbridgeRecord, ConfbridgeStopRecord, FullyBooted, Reload, Shutdown,
  CoreShowChannel, CoreShowChannelsComplete, BridgeListItem, BridgeListComplete, BridgeInfoChannel, BridgeInfoComplete, Status,
  StatusComplete, QueueParams, QueueMember, QueueEntry, QueueStatusComplete, DeviceStateListComplete, ExtensionStateListComplete,
  ContactList, ContactListComplete, ContactStatusDetail, ContactStatusDetailComplete, Agents, AgentsComplete, EndpointList,
  EndpointListComplete
};

/// In the order of `Word`, which begins with Unknown.
inline constexpr auto kWords = std::to_array<std::string_view>({
  "",
  "Newchannel", "Newstate", "NewCallerid", "NewConnectedLine", "NewAccountCode", "Newexten", "VarSet", "DialBegin", "DialState", "DialEnd",
  "Hold", "Unhold", "HangupRequest", "SoftHangupRequest", "Hangup", "BridgeCreate", "BridgeDestroy", "BridgeEnter", "BridgeLeave",
  "BridgeMerge", "BlindTransfer", "AttendedTransfer", "Pickup", "LocalBridge", "LocalOptimizationEnd", "Rename", "ParkedCall",
  "UnParkedCall", "ParkedCallGiveUp", "ParkedCallTimeOut", "ParkedCallSwap", "ExtensionStatus", "PresenceStatus", "DeviceStateChange",
  "PeerStatus", "ContactStatus", "Registry", "QueueCallerJoin", "QueueCallerLeave", "QueueCallerAbandon", "AgentCalled",
  "AgentRingNoAnswer", "AgentConnect", "AgentComplete", "AgentDump", "AgentLogin", "AgentLogoff", "QueueMemberStatus", "QueueMemberAdded",
  "QueueMemberRemoved", "QueueMemberPause", "QueueMemberPaused", "QueueMemberPenalty", "QueueMemberRinginuse", "OriginateResponse",
  "ChanSpyStart", "ChanSpyStop", "MixMonitorStart", "MixMonitorStop", "MixMonitorMute", "UserEvent", "ConfbridgeStart", "ConfbridgeEnd",
  "ConfbridgeJoin", "ConfbridgeLeave", "ConfbridgeMute", "ConfbridgeUnmute", "ConfbridgeRecord", "ConfbridgeStopRecord", "FullyBooted",
  "Reload", "Shutdown", "CoreShowChannel", "CoreShowChannelsComplete", "BridgeListItem", "BridgeListComplete", "BridgeInfoChannel",
  "BridgeInfoComplete", "Status", "StatusComplete", "QueueParams", "QueueMember", "QueueEntry", "QueueStatusComplete",
  "DeviceStateListComplete", "ExtensionStateListComplete", "ContactList", "ContactListComplete", "ContactStatusDetail",
  "ContactStatusDetailComplete", "Agents", "AgentsComplete", "EndpointList", "EndpointListComplete"
});

namespace vocabulary {

constexpr std::size_t place(std::string_view name) {
  std::uint32_t hash = 2166136261u;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return (hash ^ (hash >> 15)) % 512;
}

/// Open addressing over 512 places: a look or two for each name.
inline constexpr auto kPlaces = [] {
  std::array<std::uint8_t, 512> places{};
  for (std::size_t word = 1; word < kWords.size(); ++word) {
    std::size_t at = place(kWords[word]);
    while (places[at]) at = (at + 1) % places.size();
    places[at] = static_cast<std::uint8_t>(word);
  }
  return places;
}();

}  // namespace vocabulary

/// The word that is written so, or Unknown.
constexpr Word word_of(std::string_view name) {
  for (std::size_t at = vocabulary::place(name); vocabulary::kPlaces[at]; at = (at + 1) % vocabulary::kPlaces.size())
    if (same(kWords[vocabulary::kPlaces[at]], name)) return static_cast<Word>(vocabulary::kPlaces[at]);
  return Word::Unknown;
}

constexpr std::string_view name_of(Word word) { return kWords[static_cast<std::size_t>(word)]; }

static_assert(kWords.size() < 256);
static_assert(word_of("Newchannel") == Word::Newchannel && word_of("EndpointListComplete") == Word::EndpointListComplete && word_of("Newchannels") == Word::Unknown);

}  // namespace offhook::ami
