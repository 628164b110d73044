// What a record knows only while its phone lives: commands and requests under
// way, counts of attempts. A checkpoint keeps them, a snapshot for a later phone
// does not. A field that stands in none of a record's three lists is lost in
// a checkpoint; tests/engine/checkpoint_test.cpp finds it, and then it goes here.
#pragma once

#include "engine/core/records.h"

namespace offhook {

inline constexpr std::array kAgentLive{
    OFFHOOK_FIELD(Agent, "writeRequest", Number, write_request),   OFFHOOK_FIELD(Agent, "pauseRequest", Number, pause_request),
    OFFHOOK_FIELD(Agent, "pauseAttempts", Number, pause_attempts), OFFHOOK_FIELD(Agent, "getAttempts", Number, get_attempts),
    OFFHOOK_FIELD(Agent, "command", Number, command),              OFFHOOK_FIELD(Agent, "queuedCommand", Number, queued_command),
    OFFHOOK_FIELD(Agent, "extendRequest", Number, extend_request), OFFHOOK_FIELD(Agent, "extendCommand", Number, extend_command),
};

inline constexpr std::array kConnectionLive{
    OFFHOOK_FIELD(Connection, "heardMono", Number, heard_mono), OFFHOOK_FIELD(Connection, "probedMono", Number, probed_mono),
    OFFHOOK_FIELD(Connection, "askedMono", Number, asked_mono), OFFHOOK_FIELD(Connection, "helloMono", Number, hello_mono),
    OFFHOOK_FIELD(Connection, "clockTold", Flag, clock_told),
};

inline constexpr std::array kTabLive{
    OFFHOOK_FIELD(Tab, "pings", Number, pings),
};

inline constexpr std::array kConsultLive{
    OFFHOOK_FIELD(Consult, "command", Number, command),
    OFFHOOK_FIELD(Consult, "request", Number, request),
};

inline constexpr std::array kConferenceLive{
    OFFHOOK_FIELD(Conference, "command", Number, command),
    OFFHOOK_FIELD(Conference, "request", Number, request),
};

inline constexpr std::array kCallLive{
    OFFHOOK_FIELD(Call, "answerCommand", Number, answer_command),
    OFFHOOK_FIELD(Call, "endCommand", Number, end_command),
    OFFHOOK_FIELD(Call, "holdCommand", Number, hold_command),
    OFFHOOK_FIELD(Call, "muteCommand", Number, mute_command),
    OFFHOOK_FIELD(Call, "dtmfCommand", Number, dtmf_command),
    OFFHOOK_FIELD(Call, "transferCommand", Number, transfer_command),
    OFFHOOK_WORD(Call, "transferRoute", transfer_route, kRouteWords),
    OFFHOOK_FIELD(Call, "transferRequest", Number, transfer_request),
    OFFHOOK_FIELD(Call, "recordingRequest", Number, recording_request),
    OFFHOOK_FIELD(Call, "recordingCommand", Number, recording_command),
    OFFHOOK_WORD(Call, "recordingBefore", recording_before, kRecordingStateWords),
    OFFHOOK_FIELD(Call, "muteKeptUntil", Number, mute_kept_until),
    OFFHOOK_FIELD(Call, "inUse", Flag, in_use),
};

inline constexpr std::array kQualityLive{
    OFFHOOK_FIELD(Quality, "poor", Number, poor),
    OFFHOOK_FIELD(Quality, "notGood", Number, not_good),
    OFFHOOK_FIELD(Quality, "good", Number, good),
    OFFHOOK_FIELD(Quality, "notPoor", Number, not_poor),
    OFFHOOK_FIELD(Quality, "inUse", Flag, in_use),
};

inline constexpr std::array kCallLogLive{
    OFFHOOK_FIELD(CallLog, "request", Number, request),
    OFFHOOK_FIELD(CallLog, "inUse", Flag, in_use),
};

inline constexpr std::array kDraftLive{
    OFFHOOK_FIELD(Draft, "inUse", Flag, in_use),
};

inline constexpr std::array kBlockerLive{
    OFFHOOK_FIELD(BlockerEntry, "inUse", Flag, in_use),
};

constexpr std::span<const Field> live_fields(Leaf leaf) {
  switch (leaf) {
    case Leaf::Agent: return kAgentLive;
    case Leaf::Connection: return kConnectionLive;
    case Leaf::Tab: return kTabLive;
    case Leaf::Consult: return kConsultLive;
    case Leaf::Conference: return kConferenceLive;
    case Leaf::Call: return kCallLive;
    case Leaf::Quality: return kQualityLive;
    case Leaf::CallLog: return kCallLogLive;
    case Leaf::Draft: return kDraftLive;
    case Leaf::Blocker: return kBlockerLive;
    default: return {};
  }
}

}  // namespace offhook
