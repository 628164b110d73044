// Documents, words and tables that must say the same as the code.
#include "engine/tools/tables.h"
#include "tests/engine/phone_driver.h"
#include "tests/support/documents.h"

using namespace offhook;
using namespace offhook::bench;
using documents::read;

TEST_CASE("each machine's document lists the rows that run, in their order, word for word") {
  documents::say_the_rows([](auto&& each) { tools::each_machine(each); });
}

TEST_CASE("each document explains every state of its machine") {
  documents::explain_the_states([](auto&& each) { tools::each_machine(each); });
}

TEST_CASE("the nine statuses' document says what the pause rules do") {
  const std::string text = read("docs/machines/agent_status.md");
  for (const auto& rule : agent_status::kPauseRules) {
    const std::string status(kAgentStatusWords[static_cast<std::size_t>(rule.status)]);
    const std::string row = "| " + status + " | " + (rule.unchanged ? "unchanged" : rule.paused ? "yes" : "no") + " |";
    CHECK_MESSAGE(text.find(row) != std::string::npos, row);
  }
}

// A record's word and its machine's state are one list: not two that agree by chance.
static_assert(&startup::Machine::state_names == &kPhaseWords);
static_assert(&registration::Machine::state_names == &kRegistrationStateWords);
static_assert(&link::Machine::state_names == &kLinkStateWords);
static_assert(&call::Machine::state_names == &kCallStateWords);
static_assert(&toggle::Machine::state_names == &kSwitchStateWords);
static_assert(&dtmf::Machine::state_names == &kDtmfStateWords);
static_assert(&transfer::Machine::state_names == &kTransferStateWords);
static_assert(&consult::Machine::state_names == &kConsultStateWords);
static_assert(&conference::Machine::state_names == &kConferenceStateWords);
static_assert(&recording::Machine::state_names == &kRecordingStateWords);
static_assert(&contact::Machine::state_names == &kContactStateWords);
static_assert(&call_log::Machine::state_names == &kLogStatusWords);
static_assert(&delivery::Machine::state_names == &kDeliveryStateWords);
static_assert(&agent_status::activity::Machine::state_names == &kActivityStateWords);
static_assert(&agent_status::write::Machine::state_names == &kStatusWriteStateWords);
static_assert(&agent_status::pause::Machine::state_names == &kPauseStateWords);
static_assert(&tabs::Machine::state_names == &kTabStateWords);
static_assert(&quality::Machine::state_names == &kQualityStateWords);

// Every list of words is as long as its enumeration, and in its order where a number is turned into another.
static_assert(static_cast<int>(MaybeStatus::OnCall) == static_cast<int>(AgentStatus::OnCall) + 1);
static_assert(static_cast<int>(EndReason::Failed) + 1 == kEndReasonWords.size());
static_assert(static_cast<int>(Reason::NotKept) + 1 == kReasonWords.size());
static_assert(static_cast<int>(Anomaly::BadState) + 1 == kAnomalyWords.size());
static_assert(static_cast<int>(Notice::TabFrozen) + 1 == kNoticeWords.size());
static_assert(static_cast<int>(Blocker::TabFrozen) + 1 == kBlockerWords.size());
static_assert(static_cast<int>(LogStatus::Answered) > static_cast<int>(LogStatus::Talking), "the final ones come last");

TEST_CASE("the nine statuses are the same nine with and without 'none', and no word stands twice in a list") {
  for (std::size_t i = 0; i < kAgentStatusWords.size(); ++i) CHECK(kMaybeStatusWords[i + 1] == kAgentStatusWords[i]);
  auto unique = [](Words words) {
    for (std::size_t i = 0; i < words.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) CHECK_MESSAGE(words[i] != words[j], words[i]);
  };
  for (const EventShape& shape : kEvents)
    for (const Field& field : shape.fields) unique(field.words);
  for (const LeafShape& shape : kLeafShapes)
    for (const Field& field : shape.fields) unique(field.words);
}

TEST_CASE("how a call ended: direction, connection, and what the network said") {
  struct End {
    Direction direction;
    bool connected, asked;  ///< asked: the agent's own hangup or reject
    Origin origin;
    double status, q850;
    const char* reason;
    EndReason why;
  };
  using enum Direction;
  using enum EndReason;
  const Origin us = Origin::Local, them = Origin::Remote, nobody = Origin::Unknown;
  const End ends[] = {
      {Inbound, true, true, us, 0, 0, "", AgentHangup},
      {Inbound, true, true, them, 0, 16, "", AgentHangup},  // both at once: we asked first
      {Inbound, true, false, us, 0, 0, "", AgentHangup},
      {Outbound, true, false, them, 0, 16, "", RemoteHangup},
      {Outbound, true, false, nobody, 0, 0, "", Lost},
      {Inbound, false, false, them, 487, 127, "Q.850;cause=127", CallerCancel},
      {Inbound, false, false, them, 487, 0, "", CallerCancel},
      {Inbound, false, false, them, 487, 0, "Q.850;cause=0", Timeout},
      {Inbound, false, false, them, 0, 19, "", Timeout},
      {Inbound, false, false, them, 408, 0, "", Timeout},
      {Inbound, false, false, them, 487, 26, "", AnsweredElsewhere},
      {Inbound, false, false, them, 487, 0, "SIP;cause=200;text=\"Call completed elsewhere\"", AnsweredElsewhere},
      {Inbound, false, false, them, 487, 0, "SIP;cause=200", AnsweredElsewhere},
      {Inbound, false, false, nobody, 0, 0, "Call Completed Elsewhere", AnsweredElsewhere},
      {Inbound, false, true, us, 0, 0, "", Rejected},
      {Inbound, false, true, them, 487, 127, "", Rejected},
      {Inbound, false, false, us, 486, 0, "", Busy},
      {Inbound, false, false, nobody, 0, 0, "lost", Lost},
      {Outbound, false, true, us, 487, 0, "", Cancelled},
      {Outbound, false, true, them, 486, 17, "", Cancelled},
      {Outbound, false, false, us, 0, 0, "", Cancelled},
      {Outbound, false, false, us, 487, 0, "", Cancelled},
      {Outbound, false, false, them, 486, 17, "", Busy},
      {Outbound, false, false, them, 600, 0, "", Busy},
      {Outbound, false, false, them, 480, 19, "", NoAnswer},   // refused by the callee's device, default
      {Outbound, false, false, them, 603, 16, "Decline", NoAnswer},  // Asterisk: nobody answered
      {Outbound, false, false, them, 603, 0, "", NoAnswer},
      {Outbound, false, false, them, 603, 21, "", Rejected},
      {Outbound, false, false, them, 403, 21, "", Rejected},  // Asterisk: the callee declined
      {Outbound, false, false, them, 607, 0, "", Rejected},
      {Outbound, false, false, them, 408, 0, "", NoAnswer},
      {Outbound, false, false, them, 487, 0, "", NoAnswer},
      {Outbound, false, false, them, 404, 3, "", Failed},
      {Outbound, false, false, them, 503, 34, "", Failed},
      {Outbound, false, false, us, 503, 0, "", Failed},  // made locally: the transport is gone
      {Outbound, false, false, nobody, 0, 0, "connection lost", Lost},
  };
  for (const End& end : ends) {
    Call call;
    call.direction = end.direction;
    if (end.connected) call.connected_at = 1;
    if (end.asked) call.end_origin = Origin::Local;
    const EndReason why = call::classify(call, end.origin, end.status, end.q850, end.reason);
    CHECK_MESSAGE(why == end.why, kDirectionWords[static_cast<std::size_t>(end.direction)] << " " << end.status << "/" << end.q850 << " '" << end.reason
                                      << "' gave " << kEndReasonWords[static_cast<std::size_t>(why)]);
    const std::string row = "| " + std::string(kEndReasonWords[static_cast<std::size_t>(why)]) + " |";
    CHECK_MESSAGE(read("docs/machines/call.md").find(row) != std::string::npos, "docs/machines/call.md has no row with " << row);
  }
}

TEST_CASE("numbers as the CRM wants them, and who is nobody") {
  struct Number { const char* given; const char* normal; bool nobody; };
  const Number numbers[] = {
      {"+442079460123", "+442079460123", false}, {"+44 (20) 7946-0123", "+442079460123", false}, {"0044 20 7946 0123", "+442079460123", false},
      {"020 7946 0123", "02079460123", false},   {"sip:+4912345678@pbx", "+4912345678", false},  {"tel:+4912345678;ext=9", "+4912345678", false},
      {"1001", "1001", true},                    {"12345", "12345", true},                       {"123456", "123456", false},
      {"12", "12", false},                       {"+123", "+123", false},                        {"sip:1001@pbx", "1001", true},
      {"", "", true},                            {"+", "", true},                                {"anonymous", "", true},
      {"Anonymous 1234567", "1234567", true},    {"<UNKNOWN>", "", true},                        {"restricted", "", true},
      {"Private 0301234567", "0301234567", true}, {"0000", "0000", true},                        {"00123", "+123", false}};
  const Config config;
  for (const Number& one : numbers) {
    const std::string got = contact::normalise(one.given);
    CHECK_MESSAGE(got == one.normal, one.given << " gave " << got);
    CHECK_MESSAGE(contact::is_nobody(one.given, got, config) == one.nobody, one.given);
  }
  CHECK(contact::normalise(std::string(1000, '7')).size() == 32);
}
