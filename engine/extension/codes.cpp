// Words and numbers of extension states: what they are called, how legs add
// up to one, which changes are usual. No machine here.
#include "engine/extension/extension.h"

namespace offhook::extension {

const Look& getUnifiedExtensionStatus(int code) {
  static constexpr Look unknown{0, "Unknown", "grey", false};
  for (const Look& look : kLooks)
    if (look.code == code) return look;
  return unknown;
}

std::string_view getStatusText(int code) { return getUnifiedExtensionStatus(code).text; }

bool code_of_device(std::string_view word, int& code) {
  struct Pair {
    std::string_view word, number;
    int code;
  };
  // UNKNOWN is left out: Asterisk shows it as free, but it is no evidence of anything.
  static constexpr Pair pairs[] = {
      {"NOT_INUSE", "1", code::kFree},     {"INUSE", "2", code::kOnCall},       {"BUSY", "3", code::kBusy},           {"INVALID", "4", code::kUnavailable},
      {"UNAVAILABLE", "5", code::kUnavailable}, {"RINGING", "6", code::kRinging}, {"RINGINUSE", "7", code::kOnCallRinging}, {"ONHOLD", "8", code::kOnHold},
  };
  for (const Pair& pair : pairs)
    if (word == pair.word || word == pair.number) {
      code = pair.code;
      return true;
    }
  return false;
}

bool is_usual(int from, int to) {
  // Losing the phone, or the hint, is no step of a call: it may happen at any time.
  if (from == to || to < 0 || from < 0 || to == code::kUnavailable) return true;
  switch (from) {
    case code::kFree: return to == code::kRinging || to == code::kOnCall;
    case code::kRinging: return to == code::kFree || to == code::kOnCall || to == code::kOnCallRinging;
    case code::kOnCall: return to != code::kBusy;
    case code::kOnCallRinging: return to == code::kOnCall || to == code::kRinging || to == code::kOnHold || to == code::kFree;
    case code::kOnHold: return to == code::kOnCall || to == code::kFree || to == code::kOnCallRinging || to == code::kOnCallOnHold;
    case code::kOnCallOnHold: return to == code::kOnCall || to == code::kOnHold || to == code::kFree || to == code::kOnCallRinging;
    case code::kBusy: return to == code::kFree || to == code::kRinging;
    case code::kUnavailable: return to == code::kFree;
    default: return false;
  }
}

void LegCount::add(LegState state) {
  switch (state) {
    case LegState::Down: break;
    case LegState::Dialling:
    case LegState::Up: ++inuse; break;
    case LegState::Ringing: ++ringing; break;
    case LegState::Held: ++held; break;
    case LegState::Busy: ++busy; break;
  }
}

int aggregate(const LegCount& legs) {
  if (legs.ringing && (legs.inuse || legs.held || legs.busy)) return code::kOnCallRinging;
  if (legs.busy) return code::kBusy;
  if (legs.inuse) return code::kOnCall;
  if (legs.ringing) return code::kRinging;
  if (legs.held) return code::kOnHold;
  return code::kFree;
}

}  // namespace offhook::extension
