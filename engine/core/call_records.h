// What the store lists: calls and their quality, call_logs, drafts, the
// call_stack, other agents. Plain values, no behaviour.
#pragma once

#include "engine/core/schema.h"
#include "engine/core/states.h"
#include "engine/core/words.h"

namespace offhook {

/// One call leg at this phone, from dialling or ringing to its end.
struct Call {
  Text id;
  Text sip_call_id;
  Direction direction = Direction::Inbound;
  CallState state = CallState::Idle;
  Text number;
  Text name;
  Text line;
  Text contact_id;
  Text contact_name;
  ContactState contact = ContactState::Idle;
  Text call_log_id;
  Text queue_name, queue_number;
  Millis started_at = 0;
  Millis ringing_at = 0;
  Millis connected_at = 0;
  Millis ended_at = 0;
  double duration_ms = 0;
  EndReason end_reason = EndReason::None;
  SwitchState hold = SwitchState::Off;
  Millis held_since = 0;
  double held_ms = 0;
  SwitchState mute = SwitchState::Off;
  DtmfState dtmf = DtmfState::Idle;
  Text dtmf_digits;
  TransferState transfer = TransferState::Idle;
  Text transfer_target;
  bool hold_wanted = false, mute_wanted = false;  ///< what was asked for last; `hold` and `mute` say what is so
  RecordingState recording = RecordingState::Off;
  // kept, not shown
  Text uniqueid, linkedid;
  Millis connected_mono = 0, held_mono = 0;
  double answer_command = 0, end_command = 0, hold_command = 0, mute_command = 0, dtmf_command = 0, transfer_command = 0;
  Text dialog;                           ///< what the softphone needs to take the call up again from another page; it alone reads it
  Text contact_number;                   ///< normalised; what the contact was looked up by
  Text transfer_other;                   ///< the consult call of an attended transfer
  Route transfer_route = Route::None;
  double transfer_request = 0, recording_request = 0, recording_command = 0;
  RecordingState recording_before = RecordingState::Off;  ///< where a refused stop leads back to
  Millis mute_kept_until = 0;            ///< monotonic; until then the hold's change is to blame for a lost mute
  std::int32_t log_slot = -1;            ///< where its call_log stands; checked against call_log_id
  Origin end_origin = Origin::Unknown;   ///< Local once the agent asked for the end
  Millis last_alive = 0;                 ///< when the softphone last confirmed, on being asked, that it has this call
  bool in_use = false;
  bool operator==(const Call&) const = default;
};
inline constexpr std::array kCallFields{
    OFFHOOK_FIELD(Call, "id", String, id),
    OFFHOOK_FIELD(Call, "sipCallId", Name, sip_call_id),
    OFFHOOK_WORD(Call, "direction", direction, kDirectionWords),
    OFFHOOK_WORD(Call, "state", state, kCallStateWords),
    OFFHOOK_FIELD(Call, "number", String, number),
    OFFHOOK_FIELD(Call, "name", Name, name),
    OFFHOOK_FIELD(Call, "line", Name, line),
    OFFHOOK_FIELD(Call, "contactId", Name, contact_id),
    OFFHOOK_FIELD(Call, "contactName", Name, contact_name),
    OFFHOOK_WORD(Call, "contact", contact, kContactStateWords),
    OFFHOOK_FIELD(Call, "callLogId", Name, call_log_id),
    OFFHOOK_FIELD(Call, "queueName", Name, queue_name),
    OFFHOOK_FIELD(Call, "queueNumber", Name, queue_number),
    OFFHOOK_FIELD(Call, "startedAt", Time, started_at),
    OFFHOOK_FIELD(Call, "ringingAt", Time, ringing_at),
    OFFHOOK_FIELD(Call, "connectedAt", Time, connected_at),
    OFFHOOK_FIELD(Call, "endedAt", Time, ended_at),
    OFFHOOK_FIELD(Call, "durationMs", Number, duration_ms),
    OFFHOOK_WORD(Call, "endReason", end_reason, kEndReasonWords),
    OFFHOOK_WORD(Call, "hold", hold, kSwitchStateWords),
    OFFHOOK_FIELD(Call, "heldSince", Time, held_since),
    OFFHOOK_FIELD(Call, "heldMs", Number, held_ms),
    OFFHOOK_WORD(Call, "mute", mute, kSwitchStateWords),
    OFFHOOK_WORD(Call, "dtmf", dtmf, kDtmfStateWords),
    OFFHOOK_FIELD(Call, "dtmfDigits", String, dtmf_digits),
    OFFHOOK_WORD(Call, "transfer", transfer, kTransferStateWords),
    OFFHOOK_FIELD(Call, "transferTarget", Name, transfer_target),
    OFFHOOK_FIELD(Call, "holdWanted", Flag, hold_wanted),
    OFFHOOK_FIELD(Call, "muteWanted", Flag, mute_wanted),
    OFFHOOK_WORD(Call, "recording", recording, kRecordingStateWords),
};

inline constexpr std::array kCallInner{
    OFFHOOK_FIELD(Call, "uniqueid", String, uniqueid),
    OFFHOOK_FIELD(Call, "linkedid", String, linkedid),
    OFFHOOK_FIELD(Call, "connectedMono", Number, connected_mono),
    OFFHOOK_FIELD(Call, "heldMono", Number, held_mono),
    OFFHOOK_FIELD(Call, "dialog", String, dialog),
    OFFHOOK_FIELD(Call, "contactNumber", String, contact_number),
    OFFHOOK_FIELD(Call, "transferOther", String, transfer_other),
    OFFHOOK_WORD(Call, "endOrigin", end_origin, kOriginWords),
    OFFHOOK_FIELD(Call, "lastAlive", Number, last_alive),
    OFFHOOK_FIELD(Call, "inUse", Flag, in_use),
};

/// What is heard of one live call. Apart from Call, because it changes by itself every few seconds.
struct Quality {
  Text call_id;
  QualityState state = QualityState::Unknown;
  double mos = 0;           ///< 1 to 4.5, estimated; 0: not measured
  double jitter_ms = 0, loss_percent = 0, rtt_ms = 0;
  Millis since = 0;         ///< of `state`
  // kept, not shown
  double poor = 0, not_good = 0, good = 0, not_poor = 0;  ///< measurements in a row that were judged so
  bool in_use = false;
  bool operator==(const Quality&) const = default;
};
inline constexpr std::array kQualityFields{
    OFFHOOK_FIELD(Quality, "callId", String, call_id),
    OFFHOOK_WORD(Quality, "state", state, kQualityStateWords),
    OFFHOOK_FIELD(Quality, "mos", Number, mos),
    OFFHOOK_FIELD(Quality, "jitterMs", Number, jitter_ms),
    OFFHOOK_FIELD(Quality, "lossPercent", Number, loss_percent),
    OFFHOOK_FIELD(Quality, "rttMs", Number, rtt_ms),
    OFFHOOK_FIELD(Quality, "since", Time, since),
};

/// One call_log. `key` is ours and stable (also the Idempotency-Key of its
/// create); `id` is the backend's, empty until it has answered. `duration` is
/// in milliseconds (docs/wire.md).
struct CallLog {
  Text key;
  Text id;
  Text call_id;
  Direction type = Direction::Inbound;
  LogStatus status = LogStatus::Ringing;
  EndReason end_reason = EndReason::None;
  Text call_from;
  Text call_to;
  Text extension_id;
  Text contact_id;
  Text contact_name;
  double duration = 0;
  Millis started_at = 0;
  Millis connected_at = 0;
  Millis ended_at = 0;
  double hold_ms = 0;
  Text queue_name, server_call_log_token, yeastar_call_id, queue_number, channel_id;
  Text sip_call_id;
  Text notes;
  Text disposition;
  double revision = 0;
  DeliveryState delivery = DeliveryState::Unwritten;
  double attempts = 0;
  Text last_error;
  // kept, not shown
  double written_revision = 0, request = 0;
  bool typed = false;  ///< notes or disposition have changed since the record was last written
  Millis dirty_since = 0;
  Text contact_number;
  double skew_ms = 0;  ///< what its times are corrected by when they are sent; fixed with each revision
  bool in_use = false;
  bool operator==(const CallLog&) const = default;
};
inline constexpr std::array kCallLogFields{
    OFFHOOK_FIELD(CallLog, "key", String, key),
    OFFHOOK_FIELD(CallLog, "id", Name, id),
    OFFHOOK_FIELD(CallLog, "call_id", String, call_id),
    OFFHOOK_WORD(CallLog, "type", type, kDirectionWords),
    OFFHOOK_WORD(CallLog, "status", status, kLogStatusWords),
    OFFHOOK_WORD(CallLog, "end_reason", end_reason, kEndReasonWords),
    OFFHOOK_FIELD(CallLog, "call_from", String, call_from),
    OFFHOOK_FIELD(CallLog, "call_to", String, call_to),
    OFFHOOK_FIELD(CallLog, "extension_id", String, extension_id),
    OFFHOOK_FIELD(CallLog, "contact_id", Name, contact_id),
    OFFHOOK_FIELD(CallLog, "contact_name", Name, contact_name),
    OFFHOOK_FIELD(CallLog, "duration", Number, duration),
    OFFHOOK_FIELD(CallLog, "started_at", Time, started_at),
    OFFHOOK_FIELD(CallLog, "connected_at", Time, connected_at),
    OFFHOOK_FIELD(CallLog, "ended_at", Time, ended_at),
    OFFHOOK_FIELD(CallLog, "hold_ms", Number, hold_ms),
    OFFHOOK_FIELD(CallLog, "queue_name", Name, queue_name),
    OFFHOOK_FIELD(CallLog, "server_call_log_token", Name, server_call_log_token),
    OFFHOOK_FIELD(CallLog, "yeastar_call_id", Name, yeastar_call_id),
    OFFHOOK_FIELD(CallLog, "queue_number", Name, queue_number),
    OFFHOOK_FIELD(CallLog, "channel_id", Name, channel_id),
    OFFHOOK_FIELD(CallLog, "sip_call_id", Name, sip_call_id),
    OFFHOOK_FIELD(CallLog, "notes", String, notes),
    OFFHOOK_FIELD(CallLog, "disposition", Name, disposition),
    OFFHOOK_FIELD(CallLog, "revision", Number, revision),
    OFFHOOK_WORD(CallLog, "delivery", delivery, kDeliveryStateWords),
    OFFHOOK_FIELD(CallLog, "attempts", Number, attempts),
    OFFHOOK_FIELD(CallLog, "last_error", Name, last_error),
};

inline constexpr std::array kCallLogInner{
    OFFHOOK_FIELD(CallLog, "writtenRevision", Number, written_revision),
    OFFHOOK_FIELD(CallLog, "dirtySince", Number, dirty_since),
    OFFHOOK_FIELD(CallLog, "typed", Flag, typed),
    OFFHOOK_FIELD(CallLog, "contactNumber", String, contact_number),
    OFFHOOK_FIELD(CallLog, "skewMs", Number, skew_ms),
    OFFHOOK_FIELD(CallLog, "inUse", Flag, in_use),
};

/// An ended, answered call that waits for the agent's notes. Its text lives in the call_log.
struct Draft {
  Text call_log_id;   ///< the call_log's `key`
  Text notes;
  Text disposition;
  Millis since = 0;
  bool in_use = false;
  bool operator==(const Draft&) const = default;
};
inline constexpr std::array kDraftFields{
    OFFHOOK_FIELD(Draft, "call_log_id", String, call_log_id),
    OFFHOOK_FIELD(Draft, "notes", String, notes),
    OFFHOOK_FIELD(Draft, "disposition", Name, disposition),
    OFFHOOK_FIELD(Draft, "since", Time, since),
};

inline constexpr std::array kDraftInner{
    OFFHOOK_FIELD(Draft, "inUse", Flag, in_use),
};

struct StackEntry {
  StackEvent event = StackEvent::InBoundRinging;
  Text call_id;
  Text peername;
  Millis at = 0;
  bool operator==(const StackEntry&) const = default;
};
inline constexpr std::array kStackEntryFields{
    OFFHOOK_WORD(StackEntry, "event", event, kStackEventWords),
    OFFHOOK_FIELD(StackEntry, "callId", String, call_id),
    OFFHOOK_FIELD(StackEntry, "peername", String, peername),
    OFFHOOK_FIELD(StackEntry, "at", Time, at),
};

/// Another agent, as the backend's socket tells.
struct Presence {
  Text extension;
  Text name;
  AgentStatus status = AgentStatus::Offline;
  Text reason;
  Millis since = 0;
  double revision = 0;
  bool operator==(const Presence&) const = default;
};
inline constexpr std::array kPresenceFields{
    OFFHOOK_FIELD(Presence, "extension", String, extension),
    OFFHOOK_FIELD(Presence, "name", Name, name),
    OFFHOOK_WORD(Presence, "status", status, kAgentStatusWords),
    OFFHOOK_FIELD(Presence, "reason", Name, reason),
    OFFHOOK_FIELD(Presence, "since", Time, since),
    OFFHOOK_FIELD(Presence, "revision", Number, revision),
};

}  // namespace offhook
