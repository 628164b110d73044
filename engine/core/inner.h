// Events that machines post to each other. They never leave the engine; the
// Phone routes each to the machine it names.
#pragma once

#include "engine/core/schema.h"
#include "engine/core/words.h"

namespace offhook {

enum class InnerType : std::uint8_t {
  LogOpened,        ///< call slot: a call_log is due
  CallConnected,    ///< call slot
  CallFinished,     ///< call slot: final; the call_log and the agent are told
  CallForgotten,    ///< call slot: may be used again
  OthersToHold,     ///< call slot: every other talking call goes on hold
  LookUpContact,    ///< call slot
  ContactKnown,     ///< a: number, b: contact_id, c: name
  ContactFailed,    ///< a: number
  LogWritten,       ///< call_log slot: its record changed and must reach the backend
  DraftOpened,      ///< call_log slot
  DraftClosed,      ///< call_log slot
  LinkWanted,
  LinkUnwanted,
  StatusGetWanted,
  RegistrationUp,
  RegistrationChanged,
  StatusWanted,     ///< word: the status, a: reason, source: who wants it
  WrapUpForced,     ///< the CRM has set another status
  DraftKept,        ///< a: call_log key; what was typed so far must reach the backend
  UnregisterWanted,
  PauseWanted,      ///< word: the status whose pause the PBX should have, a: reason
  HangUpTransferred,///< call slot
  CallsToCheck,     ///< the softphone is asked whether it still has each live call
  LeadershipGained,
  LeadershipLost,
  TabWanted,        ///< other tabs may exist: ask for the lock
  TransferDone,     ///< call slot: the customer is with the target
  TransferFailed,   ///< call slot: he is not
  CallInDoubt,      ///< call slot: the PBX may have dropped it without a word
  LookUpAgain,      ///< call slot: somebody else is at the other end
  ConsultHold,      ///< the customer of the consultation goes on hold
  ConsultDial,      ///< its target is called
  ConsultComplete,  ///< the two are joined
  ConsultResume,    ///< the customer is taken back
  ConsultHangUp,    ///< the call to the target is ended
  ConsultLegLeft,   ///< the same, when the PBX does not do it
  ConferenceJoined, ///< a, b: the calls that are one conversation now
  ConferenceParted, ///< a, b: the calls that are two again; b waits
  AttachQueueMessages,  ///< call slot: a new call, maybe one of the waiting messages is its own
};

/// Whether a transfer's target takes calls, as far as presence tells. `Unknown`: not a colleague, or not known freshly.
enum class Reach : std::uint8_t { Unknown, Free, Away };

struct Inner {
  InnerType type;
  std::uint16_t slot = 0;
  Text a{}, b{}, c{};
  AgentStatus word = AgentStatus::Online;
  StatusSource source = StatusSource::None;
};

}  // namespace offhook
