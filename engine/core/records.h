// What the store shows, one struct a leaf: plain values, no behaviour. Each
// shape lists the fields in the order of the record that crosses the hot
// boundary. Wire records keep snake_case (call_log, agents); all else is
// camelCase. Machines read and write these; only engine/phone publishes them.
#pragma once

#include "engine/core/call_records.h"
#include "engine/core/phone_records.h"

namespace offhook {

/// Leaves of the store, in the order of their kind numbers at the boundary.
enum class Leaf : std::uint8_t {
  Root, Registration, Agent, Connection, Outbox, QueueInfo, AttendantTransferForm, Can, Notice, Tab, Consult, Conference, Devices,
  Call, Quality, CallLog, Draft, StackEntry, Blocker, Presence
};
inline constexpr std::size_t kLeaves = 20;
/// The leaves before this one are single values.
inline constexpr std::size_t kSingleLeaves = static_cast<std::size_t>(Leaf::Call);

struct LeafShape {
  std::string_view name;       ///< TypeScript type
  std::string_view key;        ///< where it stands in the state
  std::string_view collection; ///< "" one value · "map" by the first field · "list" in slot order · "ring" append-only · "pages" large
  std::span<const Field> fields;  ///< shown
  std::span<const Field> inner{}; ///< kept in snapshots only
};

inline constexpr std::array<LeafShape, kLeaves> kLeafShapes{{
    {"Root", "", "", kRootFields, kRootInner},
    {"Registration", "registration", "", kRegistrationFields, kRegistrationInner},
    {"Agent", "agent", "", kAgentFields, kAgentInner},
    {"Connection", "connection", "", kConnectionFields, kConnectionInner},
    {"Outbox", "outbox", "", kOutboxFields},
    {"QueueInfo", "queueInfo", "", kQueueInfoFields},
    {"AttendantTransferForm", "attendantTransferForm", "", kAttendantTransferFormFields},
    {"Can", "can", "", kCanFields},
    {"Notice", "notice", "", kNoticeFields},
    {"Tab", "tab", "", kTabFields},
    {"Consult", "consult", "", kConsultFields},
    {"Conference", "conference", "", kConferenceFields},
    {"Devices", "devices", "", kDevicesFields},
    {"Call", "calls", "map", kCallFields, kCallInner},
    {"Quality", "quality", "map", kQualityFields},
    {"CallLog", "callLogs", "map", kCallLogFields, kCallLogInner},
    {"Draft", "drafts", "list", kDraftFields, kDraftInner},
    {"StackEntry", "callStack", "ring", kStackEntryFields},
    {"Blocker", "blockers", "list", kBlockerFields},
    {"Presence", "agents", "pages", kPresenceFields},
}};

}  // namespace offhook
