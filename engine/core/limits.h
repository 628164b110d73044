// Every bound and time limit of the Phone, with its unit and its reason.
#pragma once

#include <cstddef>

#include "engine/core/schema.h"

namespace offhook::limits {

// Sizes -----------------------------------------------------------------------
inline constexpr std::size_t kCalls = 16;          ///< call slots, ended ones included; `Config::calls_max` bounds the live ones
inline constexpr std::size_t kCallLogsShown = 50;  ///< confirmed call_logs kept for "recent calls"
inline constexpr std::size_t kCallLogs = 1000;     ///< unconfirmed ones may grow to this before the oldest confirmed goes
inline constexpr std::size_t kDrafts = 50;
inline constexpr std::size_t kCallStack = 64;
inline constexpr std::size_t kPresence = 16'384;
inline constexpr std::size_t kLookups = 32;
inline constexpr std::size_t kQueueMessages = 16;   ///< early queue-number messages waiting for their call
inline constexpr std::size_t kClosedCalls = 32;     ///< yeastar_call_ids of ended calls, to know a late message
// Each call_log may have a request, a timer and an inner event of its own: a backend that was away for a day must not make one of them lost.
inline constexpr std::size_t kRequests = kCallLogs + 128;
inline constexpr std::size_t kTimers = kCallLogs + 256;
inline constexpr std::size_t kInnerQueue = kCallLogs + 64;
inline constexpr std::size_t kEffects = 3 * kCallLogs + 256;  ///< after a load each record may be put, and have a timer
/// Records that the backend has refused and nobody has looked after; one more, and the oldest is given up.
inline constexpr std::size_t kRejected = 100;
inline constexpr std::size_t kRetriedAtOnce = 32;  ///< waiting records that "try now" sends at once; the others keep their time
inline constexpr std::size_t kTextBytes = 16 * 1024;  ///< one string from outside
inline constexpr std::size_t kJsonBytes = 256 * 1024; ///< one JSON text from outside
inline constexpr std::size_t kStateBytes = 4 * 1024 * 1024;  ///< a stored state
inline constexpr std::size_t kJsonDepth = 16;
inline constexpr std::size_t kDigits = 64;           ///< DTMF digits waiting

// Times, milliseconds ---------------------------------------------------------
/// Without an answer the PBX gives up long before; this is the net under it.
inline constexpr Millis kSetupTimeout = 120'000;
/// 200 OK, media and ACK take well under a second; 15 s covers a microphone prompt.
inline constexpr Millis kAnswerTimeout = 15'000;
/// RFC 3261 timer B is 32 s; after 8 s without an end report the leg is ours to close.
inline constexpr Millis kEndTimeout = 8'000;
/// An ended call stays visible this long, so that a page can say how it ended.
inline constexpr Millis kLinger = 5'000;
/// Hold and mute: a re-INVITE answers in 20 to 200 ms; 8 s covers a retransmission.
inline constexpr Millis kSwitchTimeout = 8'000;
/// A mute that falls off so soon after a hold or resume fell with it, and is set again.
inline constexpr Millis kMuteKept = 1'000;
/// Digits typed within 2 s of each other are sent together.
inline constexpr Millis kDtmfDebounce = 2'000;
inline constexpr Millis kDtmfTimeout = 30'000;
/// A transfer whose result is not known by then has failed.
inline constexpr Millis kTransferTimeout = 10'000;
/// The PBX rings the target of a consultation no longer than a softphone would.
inline constexpr Millis kConsultTimeout = 120'000;
/// After a transfer with consultation the PBX ends our leg to the target at once (Asterisk 22: 30 ms); after this we do.
inline constexpr Millis kConsultLegLinger = 2'000;
inline constexpr Millis kConferenceTimeout = 10'000;
inline constexpr Millis kRequestTimeout = 10'000;
/// A wrap-up of the contact centre's of which nothing is heard any more: so long after its end, and so long when it was only announced.
inline constexpr Millis kCentreGrace = 5'000;
inline constexpr Millis kCentreSilent = 30'000;
inline constexpr Millis kConnectTimeout = 10'000;
/// An open socket that said nothing for so long is asked whether it lives, and given up when it does not answer.
inline constexpr Millis kSilenceTimeout = 20'000;
inline constexpr Millis kPongTimeout = 5'000;
inline constexpr Millis kAskPatience = 1'000;  ///< so long an answer may take before the link is shown as Silent
/// A timer that fires so much too late has slept with the device: what it waited for may be heard any moment now.
inline constexpr Millis kSleptTimer = 2'000;
/// Clocks closer than this are taken as equal: HTTP's Date has whole seconds, and a call_log needs no better.
inline constexpr Millis kSkewNoise = 2'000;
/// A smaller change of a known skew is the measurement's, not the clock's.
inline constexpr Millis kSkewStep = 500;
inline constexpr Millis kSkewMost = 10.0 * 365 * 86'400'000;  ///< a server that says more has no clock
/// From here on the user is told: the CRM's token and certificates may fail too.
inline constexpr Millis kClockWrong = 60'000;
/// A page that stood still for so long was asleep or frozen: the user is told.
inline constexpr Millis kFrozen = 5'000;
/// Back-off of requests and of the socket: 1 s doubling to 30 s, ± 25 %.
inline constexpr Millis kRetryFirst = 1'000;
inline constexpr Millis kRetryMost = 30'000;
inline constexpr double kRetryJitter = 0.25;
/// Retry-After of a 429 or 503 is obeyed up to here: a server that says "tomorrow" is asked today.
inline constexpr Millis kRetryAfterMost = 600'000;
/// After a reload what was unsent is sent one by one, so far apart.
inline constexpr Millis kRestoreSpacing = 50;
/// An early queue-number message waits this long for its call.
inline constexpr Millis kQueueMessageLife = 30'000;
/// Without a number to compare, a message and a call belong together only this close.
inline constexpr Millis kQueueMessageWindow = 5'000;
inline constexpr double kPauseAttempts = 5;
/// A contact is a convenience: asked for again 1, 2, 4 and 8 s later, then not before the next call of that number.
inline constexpr double kContactAttempts = 5;
/// A leading tab that says nothing for so long is asked; silent as long again, its lock is taken: 4 s, within the promised 5.
inline constexpr Millis kTabSilence = 2'000;
/// Timers of a hidden tab fire up to once a second (Chrome: after 5 min once a minute). Later than this, we may have stood still ourselves.
inline constexpr Millis kTabLate = 3'000;
/// A call that was there before a reload: so long the softphone has to say that it still has it, and so long once it is registered again.
inline constexpr Millis kRecoverTimeout = 15'000;
inline constexpr Millis kRecoverRegistered = 5'000;
/// While somebody talks, the time is written so often: a page that dies then knows afterwards how long the call is known to have lived.
inline constexpr Millis kKeepBeat = 10'000;
/// Numbers reserved by one write of `meta`, so that none is given twice after a reload; and how many may be left when the next are reserved.
inline constexpr double kIdBlock = 10'000;
inline constexpr double kIdMargin = 5'000;
inline constexpr double kCallIdBlock = 100;
/// A longer wrap-up is a mistyped one.
inline constexpr double kExtendMostSeconds = 86'400;
/// Measurements in a row before a call counts as worse, and as better again.
inline constexpr double kQualityWorse = 3, kQualityBetter = 5;

}  // namespace offhook::limits
