// The call machine's table. Read it beside docs/machines/call.md: same rows,
// same order, same words.
#pragma once

#include "engine/call/call_actions.h"
#include "engine/fsm/table_checks.h"

namespace offhook::call {

namespace rows {
using enum CallState;
using enum On;
using fsm::same;
using S = fsm::StateSet<CallState>;
inline constexpr const Machine::Guard* always = nullptr;

// clang-format off
inline constexpr std::array<Machine::Row, 40> call_table{{
  // State                                    Event          Guard       Next state  Actions
  { Idle,                                     Dial,          always,     Dialing,    {&noteStart, &dialSoftphone, &startSetupTimer, &holdOthers, &settleDial} },
  { Idle,                                     Offer,         always,     Offered,    {&noteStart, &noteRinging, &openLog, &lookUpContact} },
  { Dialing,                                  Dialed,        always,     same,       {&noteDialed, &openLog, &lookUpContact} },
  { S(Ringing) | Active | Ending,             Dialed,        always,     same,       {&noteDialed} },
  { Dialing,                                  Progress,      &isRinging, Ringing,    {&noteRinging} },
  { S(Dialing) | Ringing | Ending,            Progress,      always,     same,       {} },
  { S(Dialing) | Ringing,                     Connected,     always,     Active,     {&stopSetupTimer, &startClock, &openLog, &lookUpContact, &holdOthers, &tellConnected} },
  { Offered,                                  Connected,     always,     Active,     {&startClock, &holdOthers, &tellConnected} },
  { Answering,                                Connected,     always,     Active,     {&stopSetupTimer, &startClock, &holdOthers, &tellConnected, &settleAnswerDone} },
  { Ending,                                   Connected,     always,     same,       {&hangUpSoftphone} },
  { S(Dialing) | Ringing | Offered | Answering | Active | Ending,
                                              EndReported,         always,     Ended,      {&noteEnd, &openLog, &settleAll, &tellFinished, &startLinger} },
  { Active,                                   RemoteChanged, always,     same,       {&noteRemote, &lookUpAgain} },
  { S(Dialing) | Ringing | Offered | Answering | Ending | Recovering,
                                              RemoteChanged, always,     same,       {&noteRemote} },
  { Offered,                                  Answer,        always,     Answering,  {&answerSoftphone, &startAnswerTimer, &holdOthers} },
  { S(Answering) | Dialing | Ringing | Active | Ending | Ended,
                                              Answer,        always,     same,       {&refuseNotRinging} },
  { Offered,                                  Reject,        always,     Ending,     {&noteLocalEnd, &rejectSoftphone, &startEndTimer} },
  { S(Answering) | Dialing | Ringing | Active | Ending | Ended,
                                              Reject,        always,     same,       {&refuseNotRinging} },
  { Offered,                                  Hangup,        always,     Ending,     {&noteLocalEnd, &rejectSoftphone, &startEndTimer} },
  { S(Dialing) | Ringing | Answering | Active,
                                              Hangup,        always,     Ending,     {&noteLocalEnd, &hangUpSoftphone, &startEndTimer} },
  { S(Ending) | Ended,             Hangup,        always,     same,       {&refuseEnding} },
  { Answering,                                AnswerRefused, always,     Offered,    {&stopSetupTimer, &settleAnswerRefused} },
  { Answering,                                SetupTimeout,  always,     Offered,    {&settleAnswerTimedOut} },
  { S(Dialing) | Ringing,                     SetupTimeout,  always,     Ending,     {&noteNoAnswer, &hangUpSoftphone, &startEndTimer} },
  { Dialing,                                  DialRefused,   always,     Ended,
                                                                                     {&noteFailure, &openLog, &settleAll, &tellFinished, &startLinger} },
  { Ending,                                   DialRefused,   always,     Ended,
                                                                                     {&noteFailure, &openLog, &settleAll, &tellFinished, &startLinger} },
  { Ending,                                   HangupRefused, always,     Ended,
                                                                                     {&noteFailure, &openLog, &settleAll, &tellFinished, &startLinger} },
  { Ending,                                   EndTimeout,    always,     Ended,
                                                                                     {&noteFailure, &openLog, &settleAll, &tellFinished, &startLinger} },
  { Ended,                         LingerOver,    always,     Idle,       {&forget} },
  { Idle,                                     Recover,       always,     Recovering, {&startRecovery} },
  { Recovering,                               Reachable,     &hasDialog, same,       {&resumeSoftphone, &startRecovery} },
  { Recovering,                               Reachable,     always,     same,       {&hastenRecovery} },
  { Recovering,                               Resumed,       &wasTalking, Active,    {&stopSetupTimer, &noteResumed, &continueClock, &openLog, &holdOthersIfTalking, &warnRecovered} },
  { Recovering,                               Resumed,       always,     Active,     {&stopSetupTimer, &noteResumed, &startClock, &openLog, &holdOthersIfTalking, &tellConnected, &warnRecovered} },
  { Idle,                                     Resumed,       always,     Active,     {&noteStart, &startClock, &openLog, &lookUpContact, &holdOthersIfTalking, &tellConnected, &warnRecovered} },
  { Recovering,                               EndReported,   &isGone,    Ended,      {&noteLost, &openLog, &settleAll, &tellFinished, &startLinger} },
  { Recovering,                               EndReported,   always,     Ended,      {&continueClock, &noteEnd, &openLog, &settleAll, &tellFinished, &startLinger} },
  { Recovering,                               SetupTimeout,  always,     Ended,      {&noteLost, &openLog, &settleAll, &tellFinished, &startLinger} },
  { Recovering,                               Hangup,        always,     Ending,     {&continueClock, &noteLocalEnd, &hangUpSoftphone, &startEndTimer} },
  { Recovering,                               Answer,        always,     same,       {&refuseRecovering} },
  { Recovering,                               Reject,        always,     same,       {&refuseRecovering} },
}};
// clang-format on
}  // namespace rows

inline constexpr std::array<Machine::Row, 40> Machine::table = rows::call_table;
static_assert(fsm::table_is_sound<Machine>());

}  // namespace offhook::call
