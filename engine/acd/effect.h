// Everything that the contact centre wants done or told: data, in order. engine/centre/routing*.cpp makes AMI actions of `offer`,
// `withdraw`, `overflow`, `announce` and `callback.due`; all others go to the hub as they are.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/acd/settings.h"

namespace offhook::acd {

/// One row of `call_records`: a stay, or the part of it with one agent. Times are ms UTC, 0 is null; durations ms.
struct Record {
  std::string id, call_id, queue_name, agent_id, from, to;
  std::string customer_session_id, agent_session_id;
  std::string recording_url, notes, overflow_to, transfer_from_record;
  std::string outcome, hangup_by;  ///< "" while it lasts
  std::string direction = "inbound";  ///< a callback is `outbound`
  Mode mode = Mode::Offhook;
  Millis offered_at = 0, enqueued_at = 0, first_ring_at = 0, answered_at = 0, ended_at = 0, wrap_up_ended_at = 0;
  Millis wait_time = 0, ring_time = 0, hold_time = 0, talk_time = 0, wrap_up_time = 0;
  int attempts = 0, rona_count = 0, offers = 0;
  int part = 0;  ///< of its stay: 0 from the door on, n after a transfer to an agent or the loss of one
  bool end_estimated = false;
  bool final = false;              ///< nothing of it changes any more, notes apart
  std::vector<std::string> participants;
};
void write_record(JsonWriter& json, const Record& record);

struct Effect {
  enum class What : std::uint8_t { Offer, Withdraw, Overflow, Announce, CallbackDue, StatusWrite, WriteRecord, Note };
  What what = What::Note;
  std::string call{}, queue{}, agent{};  ///< as the effect has them
  double attempt = 0;              ///< Offer, Withdraw, CallbackDue
  Millis ring_ms = 0;              ///< Offer, CallbackDue
  bool record = false;             ///< Offer: start the call's recording when it is answered
  std::string kind{}, target{};        ///< Overflow: one of kOverflowWords, and where to
  double position = 0;             ///< Announce; 0: it is not said
  std::string sounds{};
  std::string number{};              ///< CallbackDue
  AgentStatus status = AgentStatus::Offline;  ///< StatusWrite; its source is `acd`
  std::string reason{};
  std::string code{};                ///< Note: missed, rona, wrap_up_began, wrap_up_over, recording_due, …
  Millis until = 0;                ///< Note wrap_up_began: ms UTC, 0: no limit
  Record row{};                      ///< WriteRecord
};
inline constexpr WordList<8> kEffectWords{"offer", "withdraw", "overflow", "announce", "callback.due", "status.write", "record.write", "note"};

/// `{"type": …}` as the hub gets it.
void write_effect(JsonWriter& json, const Effect& effect);

/// What one `apply` gave. Names in the sets are items that look different now: `Acd::write_queue` and its like write them.
struct Effects {
  std::vector<Effect> list;
  std::set<std::string> queues, agents, calls;
  std::vector<std::string> ended;   ///< calls that are over, as JSON items with `ended_at`, `outcome`, `"gone": true`
  std::vector<std::string> gone_queues;
  // A refusal: the state is untouched. `code` is a literal.
  std::string_view code;
  std::string message;
  bool changed = false;             ///< the event is a journal entry
  /// Rows that were taken, in order: of machine 0 queue_call, 1 centre_agent.
  struct Taken {
    std::uint8_t machine, row;
  };
  std::vector<Taken> rows;

  void clear() { *this = Effects{}; }
};

}  // namespace offhook::acd
